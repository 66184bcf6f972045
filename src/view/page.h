/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Cursor paging and the JSON pieces many views share.
 *
 * A cursor is "NUMBER.ID": the sort column's value and the id of the last
 * item shown.  A view asks its SQL for one row more than the limit; the extra
 * row only says that there is a next page.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct stmt;
struct view;

struct page {
	int64_t limit;
	bool has_cursor;
	int64_t after; /* sort value of the last item shown */
	int64_t after_id;
	int64_t shown;
	int64_t last; /* of the item now shown */
	int64_t last_id;
	bool more;
};

/** Read limit and cursor, open {"items":[ .  Returns: 0 or E_INPUT "input.cursor". */
NODISCARD int page_begin(struct view *view, struct page *page);
/** Before each row: false when the page is full (then more is set).  sort and id are the row's. */
bool page_take(struct page *page, int64_t sort, int64_t id);
/** Close the array and the object; total < 0 leaves it out. */
void page_end(struct view *view, const struct page *page, int64_t total);

/** "name":{"id":…,"name":…} or null when id is 0. */
void page_ref(struct view *view, const char *key, int64_t id, struct slice name);
/** Columns id and name at i, i+1. */
void page_ref_col(struct view *view, const char *key, struct stmt *stmt, unsigned column);
/** "name":number, or null where there is none. */
void page_int(struct view *view, const char *key, bool there, int64_t number);
/** "name":number or null. */
void page_int_col(struct view *view, const char *key, struct stmt *stmt, unsigned column);
/** "name":"text" or null. */
void page_text_col(struct view *view, const char *key, struct stmt *stmt, unsigned column);
/** "name":{JSON text of the column} or null. */
void page_json_col(struct view *view, const char *key, struct stmt *stmt, unsigned column);
/** "name":{"code":…,"args":…} of two columns, or null. */
void page_sentence_col(struct view *view, const char *key, struct stmt *stmt, unsigned column);
/**
 * "name":[…] with what put writes of each row, until it fails.
 *
 * Shape:   opened is what opening the statement returned.
 * Returns: 0, what opened or put said, or as db_step.
 */
NODISCARD int page_list(struct view *view, const char *key, int opened, struct stmt *stmt,
	int (*put)(struct view *view, struct stmt *row));
/** "timeline":[…] of a record, oldest first, at most 500.  0 or as db_step. */
NODISCARD int page_timeline(struct view *view, const char *kind, int64_t id);
