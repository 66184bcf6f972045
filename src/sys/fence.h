/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The fence around a role: what it gives up before it meets the world.  The
 * order matters and is the caller's: fence_files while single-threaded, then
 * fence_pool so that the pool's threads inherit it, then fence_calls for all
 * threads at once.  Afterwards no file outside the list opens and no system
 * call outside the role's groups works (EPERM; exec, ptrace, mount and bpf kill,
 * exec not where FENCE_PROGRAMS is given).
 *
 * Layer: sys.  Threading: as above.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "base/attr.h"

enum fence_rights {
	FENCE_READ = 1,
	FENCE_WRITE = 2, /* write, create, rename, remove below it */
	FENCE_RUN = 4,   /* read, and execute: for a role with FENCE_PROGRAMS alone */
};

struct fence_path {
	int fd;           /* an open folder or file; -1 = use path */
	const char *path; /* absent paths are passed over */
	int rights;
};

/** Groups of system calls beyond what every role needs. */
enum fence_group {
	FENCE_FILES = 1,   /* open, stat, rename, fsync … within fence_files' list */
	FENCE_SERVE = 2,   /* accept on inherited sockets */
	FENCE_CONNECT = 4, /* make sockets and connect */
	FENCE_THREADS = 8, /* start threads (never processes) */
	FENCE_MEMFD = 16,
	/** Start programs of others and end them; no new namespaces, no ptrace, mount or bpf. */
	FENCE_PROGRAMS = 32,
};

/** Landlock version of this kernel; 0 = none. */
int fence_landlock_abi(void);

/**
 * Set no_new_privs and restrict file access to the list (Landlock).
 *
 * Source:  Linux Documentation/userspace-api/landlock.rst, ABI 1 to 3 file rights.
 * Returns: 0, E_UNSUPPORTED without Landlock in the kernel, or -errno.
 */
NODISCARD int fence_files(const struct fence_path *paths, size_t count);

/** Start all threads of the loop's pool now; UV_THREADPOOL_SIZE says how many.  0 or E_*. */
NODISCARD int fence_pool(uv_loop_t *loop);

/** Allow-list of system calls for all threads (seccomp TSYNC); groups = enum fence_group bits. */
NODISCARD int fence_calls(int groups);

/** Give up root for good and check that it is gone. */
NODISCARD int fence_user(unsigned uid, unsigned gid);
