/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "view/incidents.h"
#include "view/page.h"
#include "view/view.h"

#define FROM                                                                                   \
	"SELECT d.id, d.channel, d.address, d.person_id, p.name, d.subject, d.state,"          \
	" d.live_attempts, d.queued_at_ms, d.sent_at_ms, d.live_next_at_ms, d.live_error,"     \
	" d.about, d.about_id FROM delivery d LEFT JOIN person p ON p.id = d.person_id"

static int put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	bool waits = slice_is(db_col_text(q, 6), "queued") && db_col_int64(q, 7) > 0;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_str(jw, "channel", db_col_text(q, 1));
	jw_kv_str(jw, "to", db_col_text(q, 2));
	page_ref_col(view, "person", q, 3);
	jw_kv_str(jw, "subject", db_col_text(q, 5));
	jw_kv_str(jw, "state", waits ? SLICE("retry") : db_col_text(q, 6));
	jw_kv_int(jw, "attempts", db_col_int64(q, 7));
	jw_kv_int(jw, "queued_at", db_col_int64(q, 8));
	page_int_col(view, "sent_at", q, 9);
	page_int_col(view, "next_at", q, 10);
	page_text_col(view, "error", q, 11);
	jw_kv_str(jw, "about", db_col_text(q, 12));
	jw_kv_int(jw, "about_id", db_col_int64(q, 13));
	jw_end(jw);
	return 0;
}

int view_deliveries_of(struct view *view, const char *about, int64_t id)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		FROM " WHERE d.about = $1 AND d.about_id = $2 ORDER BY d.id DESC LIMIT $3", &q,
		SQL_STR(about), SQL_INT(id), SQL_INT(VIEW_PAGE_MAX));
	return page_list(view, "deliveries", opened, q, put);
}

int view_deliveries_list(struct view *view)
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	struct slice state = view_param(view, "state");
	bool retry = slice_is(state, "retry");
	int row = page_begin(view, &page);
	if (row == 0) {
		row = sql_query(view->db,
			FROM " WHERE d.id < $1 AND ($2 = '' OR d.state = $2)"
			     " AND ($3 = 0 OR d.live_attempts > 0) ORDER BY d.id DESC LIMIT $4",
			&q, SQL_INT(page.has_cursor ? page.after_id : INT64_MAX),
			SQL_TEXT(retry ? SLICE("queued") : state), SQL_INT(retry),
			SQL_INT(page.limit + 1));
	}
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(&page, 0, db_col_int64(q, 0))) {
		row = put(view, q);
	}
	if (row >= 0) {
		page_end(view, &page, -1);
	}
	return row < 0 ? row : 0;
}
