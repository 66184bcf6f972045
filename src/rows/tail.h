/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Appending to a tail: the journal, the searchable store and the detector's
 * feed of one shard, in one.  Files KIND-STARTMS.tail in the shard's folder
 * hold nothing but batches (rows/batch.h); a new file begins at every start
 * and every full hour of UTC, and the writer removes its own files past their
 * age or the cap.
 *
 * Rows are kept in memory until tail_flush: call it when the loop is idle.
 * An append flushes by itself once the oldest row is TAIL_HOLD_MS old or the
 * batch is full.  rows/tail_loop.h does all of it on a libuv loop.
 *
 * The folder is opened before the fence and used by openat; Landlock must
 * allow it (create, write, remove, read the folder).
 *
 * Layer: rows.  Threading: one owner, except the descriptor of tail_sync_fd.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "model/row.h"

enum {
	TAIL_HOLD_MS = 250,
	TAIL_SYNC_MS = 1000,
	TAIL_NAME_MAX = 48,
	TAIL_FILES_MAX = 4096, /* files of one kind in one shard; the oldest goes first */
};

#define TAIL_KEEP_MS (INT64_C(7) * 24 * 3600 * 1000)

struct tail_options {
	int dir_fd; /* shard folder; duplicated */
	enum row_kind kind;
	int wake_fd;           /* eventfd of detect, or -1; borrowed */
	int64_t keep_ms;       /* 0 = TAIL_KEEP_MS */
	uint64_t cap_octets;   /* of all files of this kind and shard; 0 = 2 GiB */
	uint64_t floor_octets; /* refuse rows when the disk has less free; 0 = never */
	uint8_t seed[16];      /* secret, for keyed tables */
};

/** Since create. */
struct tail_counters {
	uint64_t rows; /* written to a file */
	uint64_t octets;
	uint64_t batches;
	uint64_t rows_too_large; /* over BATCH_ROW_MAX */
	uint64_t rows_refused;   /* the batch was full and could not be written */
	uint64_t rows_reserve;   /* refused: free space under floor_octets */
	uint64_t write_errors;
	uint64_t sync_errors;
	uint64_t files_removed;
	uint64_t octets_removed;
	int last_error; /* of write, sync or rotation; 0 = all well */
	bool reserve;   /* free space is under floor_octets now */
};

struct tail;

/**
 * Begin a new file in the shard's folder.
 *
 * Owns:    *ret_tail; release with tail_destroy.
 * Returns: 0 or -errno of the folder or the file.
 */
NODISCARD int tail_create(
	const struct tail_options *options, int64_t now_ms, struct tail **ret_tail);
/** Flushes and syncs; what cannot be written is lost.  NULL is fine. */
struct tail *tail_destroy(struct tail *tail, int64_t now_ms);

/**
 * Take one row; its text is copied.
 *
 * Returns: 0; E_LIMIT or the write's -errno when it was refused (counted by
 *          reason; nothing was taken).
 */
NODISCARD int tail_append_sample(
	struct tail *tail, const struct sample_row *row, int64_t now_ms);
NODISCARD int tail_append_log(struct tail *tail, const struct log_row *row, int64_t now_ms);
NODISCARD int tail_append_series(
	struct tail *tail, const struct series_row *row, int64_t now_ms);

/**
 * Write what is held, rotate when the hour is over, wake detect.
 *
 * Returns: 0, or -errno; the rows are then still held and the next flush
 *          tries again, with the file cut back to its last whole batch.
 */
NODISCARD int tail_flush(struct tail *tail, int64_t now_ms);

/** Rows held in memory. */
size_t tail_held(const struct tail *tail);

/** Has anything been written since the last tail_sync? */
bool tail_unsynced(const struct tail *tail);
/** fdatasync on the calling thread.  Returns: 0 or -errno. */
NODISCARD int tail_sync(struct tail *tail);
/**
 * A descriptor of the file to fdatasync on a pool thread; counts as synced
 * from now.  Report its failure with tail_sync_failed.
 *
 * Owns:    the result; close it.
 * Returns: a descriptor or -errno.
 */
NODISCARD int tail_sync_fd(struct tail *tail);
void tail_sync_failed(struct tail *tail, int error);

const struct tail_counters *tail_counters(const struct tail *tail);
