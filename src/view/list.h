/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Lists of records with and without words to find: without, in the order of
 * their ids; with q, newest first among what the search table finds.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "records/sql.h"
#include "view/page.h"

enum { LIST_MORE_MAX = 8 };

/**
 * Three statements over the same columns and conditions: $1 = the id, $2 = how
 * many at most, $3 … = more.  Column 0 is the id.
 */
struct list_query {
	const char *kind;  /* of records/search; NULL = q is not taken */
	const char *above; /* … WHERE id > $1 AND … ORDER BY id LIMIT $2 */
	const char *one;   /* … WHERE id = $1 AND … LIMIT $2 */
	const char *count; /* SELECT count(*) … WHERE id > $1 AND … LIMIT $2 */
	struct sql_arg more[LIST_MORE_MAX];
	size_t more_count;
	void (*take)(struct view *view, struct stmt *stmt, void *context);
	void *context;
};

/**
 * Rows of one page to take, which writes them or keeps them for later.
 *
 * Shape:   page comes from page_begin; *ret_total is for page_end, -1 with q.
 * Returns: 0 or as db_step.
 */
NODISCARD int list_run(struct view *view, struct page *page, const struct list_query *query,
	int64_t *ret_total);

/** The one record by id to take.  Returns: 0, E_ABSENT or as db_step. */
NODISCARD int list_one(struct view *view, const struct list_query *query, int64_t id);
