/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Following a tail: batches of one shard and kind in the order they were
 * written, across rotation, from a position that can be kept and given back.
 *
 * Half a batch at the end of the newest file is one still being written: the
 * reader waits.  At the end of an older file it is what a crash left: counted
 * as torn and stepped over.  A batch whose checksum is wrong is counted and
 * stepped over by its length; when the head itself makes no sense the rest of
 * that file is counted as torn.  No content of a file makes this fail harder.
 *
 * Layer: rows.  Threading: one owner.  Fuzz target: fuzz/tail.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "rows/batch.h"

/** Where the next batch begins.  {0, 0} is the oldest there is. */
struct tail_pos {
	int64_t start_ms; /* names the file */
	uint64_t offset;  /* octets into it */
};

struct tail_report {
	uint64_t batches;
	uint64_t rows;
	uint64_t batches_bad; /* whole, but checksum or layout wrong */
	uint64_t files_torn;  /* ended in less than a batch, or in nonsense */
	uint64_t octets_torn;
	uint64_t files_gone;      /* the position's file had been removed already */
	uint64_t batches_skipped; /* outside the wanted time */
	uint64_t read_errors;
};

struct tail_reader;

/**
 * Owns:    *ret_reader; release with tail_reader_close.  dir_fd is duplicated.
 * Returns: 0 or -errno.
 */
NODISCARD int tail_reader_open(
	int dir_fd, enum row_kind kind, struct tail_pos from, struct tail_reader **ret_reader);
struct tail_reader *tail_reader_close(struct tail_reader *reader);

/** Only batches that overlap from_ms..to_ms; others are stepped over unread. */
void tail_reader_want(struct tail_reader *reader, int64_t from_ms, int64_t to_ms);

/**
 * The next batch.
 *
 * Owns:    *ret_batch borrows from the reader until its next call.
 * Returns: 1 and a batch; 0 when there is none yet; -errno of the folder.
 */
NODISCARD int tail_reader_next(struct tail_reader *reader, struct batch *ret_batch);

/** Behind the last batch given: carry it with what came of that batch. */
struct tail_pos tail_reader_pos(const struct tail_reader *reader);
const struct tail_report *tail_reader_report(const struct tail_reader *reader);

/** "START:OFFSET" in decimal. */
void tail_pos_put(struct buf *buf, struct tail_pos pos);
/** Returns: 0 or E_FORMAT. */
NODISCARD int tail_pos_parse(struct slice text, struct tail_pos *ret_pos);
