/* SPDX-License-Identifier: Apache-2.0 */
#include "view/listing.h"

#include "base/arena.h"
#include "base/err.h"
#include "records/search.h"
#include "view/page.h"
#include "view/view.h"

int listing_open(struct view *view, const char *sql, const struct listing *listing,
	int64_t first, struct stmt **ret_stmt)
{
	return sql_query(view->db, sql, ret_stmt, SQL_INT(first), SQL_INT(listing->unit_id),
		SQL_TEXT(listing->state), SQL_TEXT(listing->word));
}

static int one(struct view *view, const struct listing *listing, int64_t id, struct page *page,
	bool *full)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = listing_open(view, listing->by_id, listing, id, &q);
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		*full = !page_take(page, 0, id);
		if (!*full) {
			row = listing->put(view, q);
		}
	}
	return row;
}

int listing_search(struct view *view, const struct listing *listing, struct slice query)
{
	struct page page;
	int64_t *ids = arena_take(view->arena, SEARCH_HITS_MAX * sizeof(*ids));
	int error = page_begin(view, &page);
	int count = error < 0
			    ? error
			    : search_find(view->db, listing->kind, query, ids, SEARCH_HITS_MAX);
	if (count < 0 && (error < 0 || count != E_INPUT)) {
		return count; /* without a word nothing is found */
	}
	bool full = false;
	for (int i = 0; i < count && !full; i++) {
		if (page.has_cursor && ids[i] >= page.after_id) {
			continue;
		}
		error = one(view, listing, ids[i], &page, &full);
		if (error < 0) {
			return error;
		}
	}
	page_end(view, &page, -1);
	return 0;
}
