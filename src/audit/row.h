/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What an audit entry remembers of a stored row: one digest over its columns.
 * Writer and verifier feed the same octets from their own sources.
 *
 * Shape of the digested octets, columns in octet order of their names, names
 * that start with "live_" left out (they change without an entry), and so is a
 * column younger than the first schema where it is empty: rows written before
 * it came keep their digest:
 *   u16 name length, name, tag, value
 *   tag 'n' nothing · 'i' int64 · 't' u32 length, text · 'b' u32 length, octets
 * all numbers little-endian.  A REAL, which the schema forbids, is fed as 'r'
 * and its text, so that it can only fail to agree.
 *
 * Layer: audit.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/slice.h"

/** Octets one row may have in this form; also the maximum to give the buf. */
enum { AUDIT_ROW_MAX_OCTETS = 16 * 1024 * 1024 };

/** Does this column count? */
bool audit_row_counts(struct slice column);

/** Feed the next column; one that does not count is skipped. */
void audit_row_put_null(struct buf *row, struct slice column);
void audit_row_put_int(struct buf *row, struct slice column, int64_t value);
void audit_row_put_text(struct buf *row, struct slice column, struct slice text);
void audit_row_put_blob(struct buf *row, struct slice column, struct slice octets);
/** Feed a value of a type the schema does not know. */
void audit_row_put_real(struct buf *row, struct slice column, struct slice text);

/** SM3 over what was fed; the caller has looked at row->failed. */
struct digest audit_row_digest(const struct buf *row);
