/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Making batches (rows/batch.h): rows go in one by one, octets come out.
 *
 * Layer: rows.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/row.h"

struct batch_writer;

/** Owns:    the result; release with batch_writer_destroy.  seed: 16 secret octets. */
struct batch_writer *batch_writer_create(enum row_kind kind, const uint8_t seed[16]);
struct batch_writer *batch_writer_destroy(struct batch_writer *writer);

/** Returns: 0; E_LIMIT when the row is over BATCH_ROW_MAX or the batch is full. */
NODISCARD int batch_add_sample(struct batch_writer *writer, const struct sample_row *row);
NODISCARD int batch_add_log(struct batch_writer *writer, const struct log_row *row);
NODISCARD int batch_add_series(struct batch_writer *writer, const struct series_row *row);

/** Rows held; *ret_full (may be NULL): the next row could be refused. */
size_t batch_writer_rows(const struct batch_writer *writer, bool *ret_full);

/** The batch as octets, valid until the next call on the writer; it is kept until batch_clear. */
struct slice batch_octets(struct batch_writer *writer);
void batch_clear(struct batch_writer *writer);
