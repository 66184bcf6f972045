/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A disk that forgets: files and names in memory, each write and each change
 * of a name kept apart until it was synced.  After the chosen operation the
 * power goes: everything fails from then on, and what survives is what was
 * synced plus a random part of the rest, writes torn within sectors included.
 *
 * The SQLite VFS "powercut" and the fs_ops given here work on the one disk.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "sys/fs.h"

enum disk_op { DISK_WRITE, DISK_SYNC, DISK_SYNC_DIR, DISK_NAME };

/* Which syncs this disk claims and does not do: the broken builds. */
struct disk_lies {
	bool no_wal_sync;
	bool no_blob_sync;
	bool no_dir_sync;
};

struct disk_conf {
	struct disk_lies lies;
	uint64_t seed;
	/* Told after every operation, before the power may go. */
	void (*seen)(enum disk_op op, const char *path);
};

/** There is one disk at a time; starts empty and unarmed. */
void disk_start(const struct disk_conf *conf);
void disk_end(void);

/** A durable file. */
void disk_load(const char *path, struct slice octets);

/** From now on operations count from 1; after number `cut` the power goes (0 = never). */
void disk_arm(uint64_t cut);
uint64_t disk_ops(void);
bool disk_dead(void);

/** Choose what survives and give each file of it once. */
void disk_survivors(void (*give)(void *arg, const char *path, struct slice octets), void *arg);

const struct fs *disk_fs(void);

/** Make "powercut" SQLite's default VFS, or take it away. */
void disk_vfs(bool use);

/* Shared by the two faces of the disk. */
struct disk_file;
struct disk_file *disk_find(const char *path);
struct disk_file *disk_create(const char *path);
size_t disk_size(const struct disk_file *file);
/** Returns: octets read. */
size_t disk_read(const struct disk_file *file, void *out, size_t n, uint64_t at);
/** Each returns 0, or -EIO without power. */
int disk_write(struct disk_file *file, struct slice octets, uint64_t at);
int disk_truncate(struct disk_file *file, uint64_t size);
int disk_sync(struct disk_file *file);
int disk_sync_names(const char *folder);
int disk_rename(const char *from, const char *to);
int disk_unlink(const char *path);
