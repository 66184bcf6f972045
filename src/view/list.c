/* SPDX-License-Identifier: Apache-2.0 */
#include "view/list.h"

#include "base/arena.h"
#include "base/err.h"
#include "records/search.h"
#include "view/view.h"

static size_t args_fill(
	const struct list_query *query, int64_t id, int64_t limit, struct sql_arg *args)
{
	args[0] = SQL_INT(id);
	args[1] = SQL_INT(limit);
	memcpy(args + 2, query->more, query->more_count * sizeof(args[0]));
	return 2 + query->more_count;
}

static int above(struct view *view, struct page *page, const struct list_query *query,
	int64_t *ret_total)
{
	struct sql_arg args[2 + LIST_MORE_MAX];
	AUTO_STMT struct stmt *q = NULL;
	size_t count =
		args_fill(query, page->has_cursor ? page->after_id : 0, page->limit + 1, args);
	int row = sql_query_args(view->db, query->above, &q, args, count);
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(page, 0, db_col_int64(q, 0))) {
		query->take(view, q, query->context);
	}
	if (row < 0) {
		return row;
	}
	count = args_fill(query, 0, 1, args);
	row = sql_int_args(view->db, query->count, ret_total, args, count);
	return row < 0 ? row : 0;
}

/* At most SEARCH_HITS_MAX looks by primary key; a page ends it sooner. */
static int found(struct view *view, struct page *page, const struct list_query *query,
	struct slice words)
{
	int64_t *ids = arena_take(view->arena, SEARCH_HITS_MAX * sizeof(*ids));
	int hits = search_find(view->db, query->kind, words, ids, SEARCH_HITS_MAX);
	int row = hits == E_INPUT ? 0 : hits; /* no word in it: nothing has it */
	bool room = true;
	for (int i = 0; row >= 0 && room && i < hits; i++) {
		struct sql_arg args[2 + LIST_MORE_MAX];
		if (page->has_cursor && ids[i] >= page->after_id) {
			continue;
		}
		AUTO_STMT struct stmt *q = NULL;
		row = sql_query_args(
			view->db, query->one, &q, args, args_fill(query, ids[i], 1, args));
		row = row < 0 ? row : db_step(q);
		if (row == 1 && (room = page_take(page, 0, ids[i]))) {
			query->take(view, q, query->context);
		}
	}
	return row < 0 ? row : 0;
}

int list_run(struct view *view, struct page *page, const struct list_query *query,
	int64_t *ret_total)
{
	struct slice words =
		query->kind != NULL ? slice_trim(view_param(view, "q")) : (struct slice) { 0 };
	*ret_total = -1;
	return words.n > 0 ? found(view, page, query, words)
			   : above(view, page, query, ret_total);
}

int list_one(struct view *view, const struct list_query *query, int64_t id)
{
	struct sql_arg args[2 + LIST_MORE_MAX];
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query_args(view->db, query->one, &q, args, args_fill(query, id, 1, args));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		query->take(view, q, query->context);
	}
	return row == 0 ? E_ABSENT : row < 0 ? row : 0;
}
