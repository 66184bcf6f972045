/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Where the packs are: below the prefix of an installed tree, beside the
 * program in an unpacked archive, or in the checkout around a build folder.
 *
 * Layer: cli.
 */
#pragma once

#include <linux/limits.h>
#include <stddef.h>

#include "base/attr.h"

struct buf;

/** Path of something among the packs, such as "policy/calendar".  Returns: 0 or E_ABSENT. */
NODISCARD int share_find(const char *inside, char ret_path[PATH_MAX]);

/** Append a whole file.  Returns: 0, -errno, or E_LIMIT beyond octets_max. */
NODISCARD int share_read(const char *path, size_t octets_max, struct buf *buf);
