/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Decoder packs off the disk, before the fence.
 *
 * Layer: collect.
 */
#pragma once

#include "base/attr.h"

struct diag_list;
struct logfields;

enum { PACKS_FILES_MAX = 256 };

/**
 * Load every NAME.json of our folder, or of the site's folder where it has
 * the same name, and the site's others; in the order of their names.
 *
 * Shape:   descriptors of folders, borrowed; -1 = there is none.
 * Returns: how many rules; bad packs are left out and named in diags.
 */
NODISCARD int packs_load(
	int share_fd, int site_fd, struct logfields *packs, struct diag_list *diags);
