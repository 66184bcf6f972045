/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Where a plugin is: by name, in the configured folders and nowhere else.
 *
 * Layer: probe.  Threading: reentrant.
 */
#pragma once

#include <stddef.h>

#include "base/slice.h"
#include "probe/plugin/runner.h"

/** Letters, digits, '_', '-', '.' and '+', not beginning with a dot; no way to say a folder. */
bool plugin_name_fits(struct slice name);

/**
 * Look for it in each folder; a link may lead to another file of its folder.
 *
 * Source:  openat2(2), RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS.
 * Returns: PLUGIN_ENDED with the folder it is in, PLUGIN_ABSENT, PLUGIN_SETUID,
 *          PLUGIN_OUTSIDE.
 */
enum plugin_how plugin_place_find(
	const int *folders, size_t count, const char *name, int *ret_folder);
