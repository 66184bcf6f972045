/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The file system behind a seam, so that a test can forget what was not yet
 * synced.  Only what decides durability goes through it; reading a finished
 * file does not.
 *
 * Layer: sys.  Threading: reentrant; a descriptor has one owner.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/slice.h"

/** Each as the system call of its name, but returning -errno. */
struct fs_ops {
	int (*open)(void *ctx, const char *path, int flags, mode_t mode);
	ssize_t (*pwrite)(void *ctx, int fd, const void *octets, size_t n, off_t at);
	int (*fsync)(void *ctx, int fd);
	int (*fsync_dir)(void *ctx, const char *path);
	int (*rename)(void *ctx, const char *from, const char *to);
	int (*unlink)(void *ctx, const char *path);
	int (*mkdir)(void *ctx, const char *path, mode_t mode);
	int (*close)(void *ctx, int fd);
};

struct fs {
	const struct fs_ops *ops;
	void *ctx;
};

/** Below 5 % or 2 GiB, whichever is less, ingest stops; records never stop first. */
enum { FS_RESERVE_PERCENT = 5 };
#define FS_RESERVE_OCTETS (INT64_C(2) * 1024 * 1024 * 1024)

struct fs_space {
	int64_t total_octets;
	int64_t free_octets; /* for a process without privilege */
	bool below_reserve;
};

/** The kernel's file system. */
const struct fs *fs_real(void);

/** Shape: flags as open(2); files are made 0600, closed on exec.  Returns: a descriptor or -errno. */
NODISCARD int fs_open(const struct fs *fs, const char *path, int flags);
/** All of the octets at an offset.  Returns: 0 or -errno. */
NODISCARD int fs_write(const struct fs *fs, int fd, struct slice octets, int64_t at);
NODISCARD int fs_sync(const struct fs *fs, int fd);
/** Make the names in a folder durable. */
NODISCARD int fs_sync_dir(const struct fs *fs, const char *path);
NODISCARD int fs_rename(const struct fs *fs, const char *from, const char *to);
NODISCARD int fs_unlink(const struct fs *fs, const char *path);
/** Returns: 1 made, 0 there already, or -errno. */
NODISCARD int fs_mkdir(const struct fs *fs, const char *path);
NODISCARD int fs_close(const struct fs *fs, int fd);

/** Free space where path lies.  Returns: 0 or -errno. */
NODISCARD int fs_space_of(const char *path, struct fs_space *ret_space);
/** The rule alone: is so little left that ingest must stop? */
bool fs_below_reserve(int64_t total_octets, int64_t free_octets);
