/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One plugin's beginning: between vfork and exec everything of ours is put
 * away.  vfork, because the memory of who calls is not copied then, whatever
 * its size; between it and exec only system calls are made.
 *
 * Layer: probe.  Threading: the calling thread stands still meanwhile.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/attr.h"

struct launch {
	int folder;       /* becomes its working folder */
	const char *file; /* "./NAME" */
	char *const *argv;
	int nothing; /* its stdin */
	int out;
	int err;
	unsigned cpu_s;
	bool change_user;
	unsigned uid;
	unsigned gid;
};

/**
 * In a process group of its own, with limits, no descriptors but three and
 * every signal as it is by default.
 *
 * Returns: 0 or -errno of the first thing that failed, exec included.
 */
NODISCARD int launch(const struct launch *what, pid_t *ret_pid);
