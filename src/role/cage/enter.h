/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Into the cage's namespaces, with as little right there as the work needs.
 *
 * Layer: role.  Threading: single-threaded, before the fence.
 */
#pragma once

#include <stddef.h>

#include "base/attr.h"
#include "sys/fence.h"

struct cage_entry {
	int user;     /* the cage's user namespace */
	int net;      /* its network namespace */
	int plugins;  /* folder of this machine's plugins, or -1 */
	int site;     /* the school's own, or -1 */
	unsigned uid; /* who plugins run as */
};

/**
 * From here on the process is somebody in the cage alone: it may change the
 * cage's nft sets, become the plugins' user and end what that user runs.  In a
 * mount namespace of its own that user has a name, for programs that ask for
 * it, and the school's plugins lie where it may come.  *entry then has both
 * folders as they are there.
 *
 * Source:  user_namespaces(7), "Capabilities": who made a user namespace has every
 *          right in it from outside; mount_namespaces(7).
 * Returns: 0 or -errno.
 */
NODISCARD int cage_enter(struct cage_entry *entry);

/**
 * What plugins need of this machine, and of the data folder nothing but its
 * plugins: at most RUNTIME_PATHS_MAX paths, those absent are passed over.
 *
 * Returns: how many.
 */
size_t cage_paths(const int folders[2], struct fence_path *ret_list);
