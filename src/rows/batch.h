/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The batch: rows of one kind laid out column by column, with length and
 * checksum, as tails hold it.  Little-endian:
 *
 *   u32 magic "FSB1" · u16 version · u16 kind · u64 xxh3 of what follows ·
 *   u32 rows · u32 body octets · i64 least time · i64 greatest time · body
 *   body: per column of the kind's schema: u8 form · u32 octets · data
 *   forms: 1 i64 × rows · 2 f64 × rows · 3 u32 ends × rows, text ·
 *          4 u16 count, u32 ends × count, text, u16 index × rows
 *
 * The time of a sample is ts_ms and of a log line recv_ms, since a sender's
 * clock may say anything.
 *
 * Layer: rows.  Threading: one owner.  Fuzz target: fuzz/tail.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/row.h"

enum {
	BATCH_HEAD_OCTETS = 40,
	BATCH_ROWS_MAX = 8192,
	BATCH_BODY_MAX = 16 * 1024 * 1024,
	BATCH_ROW_MAX = 256 * 1024,          /* text octets of one row */
	BATCH_FILL_OCTETS = 4 * 1024 * 1024, /* a batch this full is written out */
	BATCH_DICT_MAX = 256, /* more different values than this are laid out plain */
	BATCH_COLUMNS_MAX = 12,
};

struct batch_head {
	enum row_kind kind;
	uint64_t checksum;
	uint32_t rows;
	uint32_t body_octets;
	int64_t min_ms;
	int64_t max_ms;
};

/**
 * Read the fixed front of a batch.
 *
 * Returns: 0; E_SHORT below BATCH_HEAD_OCTETS; E_FORMAT, E_VERSION or
 *          E_LIMIT when this cannot be a batch of ours.
 */
NODISCARD int batch_head_read(struct slice octets, struct batch_head *ret_head);

/** One decoded column; borrowed from the batch's octets. */
struct batch_column {
	uint8_t form;
	struct slice ends; /* u32 × texts */
	struct slice text;
	struct slice cells; /* i64, f64 or u16 × rows */
};

struct batch {
	struct batch_head head;
	size_t columns;
	struct batch_column column[BATCH_COLUMNS_MAX];
};

/**
 * Check a whole batch (checksum, every length, every index) and index it.
 *
 * Shape:   octets = head and body exactly.
 * Owns:    *ret_batch borrows octets.
 * Returns: 0, what batch_head_read returns, E_DIGEST, or E_FORMAT when a
 *          column is not what the kind's schema says.
 */
NODISCARD int batch_read(struct slice octets, struct batch *ret_batch);

/** Row i < head.rows of a batch of kind ROW_SAMPLE. */
struct sample_row batch_sample(const struct batch *batch, size_t i);
/** Row i < head.rows of a batch of kind ROW_LOG. */
struct log_row batch_log(const struct batch *batch, size_t i);
/** Row i < head.rows of a batch of kind ROW_SERIES. */
struct series_row batch_series(const struct batch *batch, size_t i);

/** The row's time by which batches are chosen: ts_ms of a sample, recv_ms of a log line. */
int64_t batch_time_ms(const struct batch *batch, size_t i);
