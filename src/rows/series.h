/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Figures beside a check's main one, each a series of samples of its own: a
 * line's loss, a port's octets.  Whoever measures asks the book for the id;
 * the book announces a series once an hour in the tail of kind ROW_SERIES.
 *
 * Layer: rows.  Threading: one owner.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "model/row.h"

struct series_book;
struct tail;

enum { SERIES_MAX = 1 << 20 }; /* in one book; more are refused and counted */

/**
 * The id of a series: the same from start to start and on every machine.
 *
 * Shape:   at least 2^62, where no check's id is.
 */
int64_t series_id_of(int64_t check_id, struct slice metric, struct slice instance);

/** tail is of kind ROW_SERIES and borrowed.  Owns: release with series_book_destroy. */
struct series_book *series_book_create(struct tail *tail);
struct series_book *series_book_destroy(struct series_book *book);

/**
 * Announce it when this hour has not heard of it.  series_id and ts_ms of row are filled in.
 *
 * Returns: the series' id, E_LIMIT at SERIES_MAX, or as tail_append_series.
 */
NODISCARD int64_t series_announce(
	struct series_book *book, struct series_row *row, int64_t now_ms);

/** Asked for past SERIES_MAX. */
uint64_t series_refused(const struct series_book *book);
