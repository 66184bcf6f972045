/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A superior's form, read or filled by a worker of paper that ends afterwards.
 *
 * Layer: role.
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"

struct diag;

#define PAPER_ANNEX_KIND "annex" /* what core says for the kind of a document */

/** What stands in it as a memory file.  Owns: *ret_fd when 0.  Returns: as annex_read. */
NODISCARD int paper_annex_read(int fd, const char **ret_media, int *ret_fd, struct diag *diag);

/** Filled in, as a memory file; diag's text is a code.  Owns: *ret_fd when 0.  Returns: as annex_fill. */
NODISCARD int paper_annex_fill(
	struct slice json, struct slice file, int *ret_fd, struct diag *diag);
