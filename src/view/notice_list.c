/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list that must stay fast: every order has its index, a page reads one
 * row more than it shows, and nothing is counted over the whole table.
 */
#include "base/arena.h"
#include "base/err.h"
#include "view/listing.h"
#include "view/notices.h"
#include "view/page.h"
#include "view/view.h"

#define COLUMNS                                                                                \
	"SELECT n.id, n.version, n.number, n.title, n.state, n.grade, n.unit_id,"              \
	" (SELECT u.name FROM unit u WHERE u.id = n.unit_id), n.issued_at_ms, n.due_at_ms,"    \
	" n.due_provisional, n.overdue_level, n.round, n.source,"                              \
	" (SELECT count(*) FROM finding f WHERE f.notice_id = n.id) FROM notice n"
/* As the partial index notice_open says it. */
#define OPEN " AND n.state NOT IN ('closed', 'withdrawn', 'reassigned')"
#define WITH_UNIT " AND n.state IN ('issued', 'received', 'rectifying', 'returned', 'failed')"
#define SEEN " AND n.state NOT IN ('draft', 'review') AND n.issued_at_ms IS NOT NULL"
/* What listing_search asks of each hit. */
#define FILTER                                                                                 \
	" AND ($2 = 0 OR n.unit_id = $2) AND ($3 = '' OR n.state = $3) AND ($4 = '' OR $4 = "  \
	"'all')"

const char *view_notice_ball(struct slice state)
{
	static const struct {
		const char *state;
		const char *ball;
	} balls[] = {
		{ "draft", "desk" },
		{ "review", "reviewer" },
		{ "issued", "unit" },
		{ "received", "unit" },
		{ "rectifying", "unit" },
		{ "returned", "unit" },
		{ "failed", "unit" },
		{ "objected", "desk" },
		{ "submitted", "verifier" },
		{ "verifying", "verifier" },
		{ "passed", "desk" },
		{ "briefed", "director" },
		{ "upreported", "director" },
	};
	for (size_t i = 0; i < sizeof(balls) / sizeof(balls[0]); i++) {
		if (slice_is(state, balls[i].state)) {
			return balls[i].ball;
		}
	}
	return "none";
}

bool view_notice_hidden(const struct view *view, struct slice state)
{
	return view->scope != SCOPE_ALL &&
	       (slice_is(state, "draft") || slice_is(state, "review"));
}

static int put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	page_text_col(view, "number", q, 2);
	jw_kv_str(jw, "title", db_col_text(q, 3));
	jw_kv_str(jw, "state", db_col_text(q, 4));
	jw_kv_str(jw, "grade", db_col_text(q, 5));
	page_ref_col(view, "unit", q, 6);
	page_int_col(view, "issued_at", q, 8);
	page_int_col(view, "due_at", q, 9);
	jw_kv_bool(jw, "due_provisional", db_col_int64(q, 10) != 0);
	jw_kv_int(jw, "overdue_level", db_col_int64(q, 11));
	jw_kv_int(jw, "round", db_col_int64(q, 12));
	jw_kv_str(jw, "source", db_col_text(q, 13));
	jw_kv_str(jw, "ball", slice_str(view_notice_ball(db_col_text(q, 4))));
	jw_kv_int(jw, "findings", db_col_int64(q, 14));
	jw_end(jw);
	return 0;
}

struct asked {
	int64_t unit_id; /* 0 = any */
	struct slice state;
	bool open;
	bool overdue;
	bool seen; /* only what a unit may see */
};

/* Only the parts that are asked for, so that an index serves each. */
static const char *where_of(
	struct view *view, const struct asked *a, const char *keyset, const char *order)
{
	struct slice sql = arena_printf(view->arena, COLUMNS " WHERE %s%s%s%s%s%s %s LIMIT $3",
		keyset, a->unit_id != 0 ? " AND n.unit_id = $4" : " AND $4 = 0",
		a->state.n > 0 ? " AND n.state = $5" : " AND $5 = ''", a->open ? OPEN : "",
		a->overdue ? WITH_UNIT : "", a->seen ? SEEN : "", order);
	return (const char *)sql.p;
}

static int run(struct view *view, struct page *page, const struct asked *a, const char *sql,
	const int64_t keys[2])
{
	AUTO_STMT struct stmt *q = NULL;
	int64_t left = page->limit - page->shown + 1;
	int row = sql_query(view->db, sql, &q, SQL_INT(keys[0]), SQL_INT(keys[1]),
		SQL_INT(left), SQL_INT(a->unit_id), SQL_TEXT(a->state),
		SQL_INT(a->overdue ? view->now_ms : INT64_MAX));
	while (row >= 0 && (row = db_step(q)) == 1) {
		int64_t due = db_col_is_null(q, 9) ? INT64_MAX : db_col_int64(q, 9);
		if (!page_take(page, due, db_col_int64(q, 0))) {
			break;
		}
		row = put(view, q);
	}
	return row < 0 ? row : 0;
}

/* Those with a date by (date, id), then those without by id: two walks of one index. */
static int by_due(struct view *view, struct page *page, const struct asked *a)
{
	int64_t dated[2] = { page->has_cursor ? page->after : INT64_MIN, page->after_id };
	int64_t dateless[2] = { 0, 0 };
	bool dates = dated[0] != INT64_MAX;
	int error = 0;
	if (!dates) {
		dateless[0] = page->after_id;
	} else {
		error = run(view, page, a,
			where_of(view, a, "(n.due_at_ms, n.id) > ($1, $2) AND n.due_at_ms < $6",
				"ORDER BY n.due_at_ms, n.id"),
			dated);
	}
	if (error < 0 || page->more || a->overdue) {
		return error;
	}
	return run(view, page, a,
		where_of(view, a, "n.due_at_ms IS NULL AND n.id > $1 AND $2 = 0 AND $6 > 0",
			"ORDER BY n.id"),
		dateless);
}

static int by_age(struct view *view, struct page *page, const struct asked *a)
{
	const int64_t keys[2] = { page->has_cursor ? page->after_id : INT64_MAX, 0 };
	return run(view, page, a,
		where_of(view, a, "n.id < $1 AND $2 = 0 AND $6 > 0", "ORDER BY n.id DESC"),
		keys);
}

static int searched(struct view *view, const struct asked *a, struct slice words)
{
	struct slice sql = arena_printf(view->arena, COLUMNS " WHERE n.id = $1" FILTER "%s%s%s",
		a->open ? OPEN : "", a->overdue ? WITH_UNIT : "", a->seen ? SEEN : "");
	struct listing listing = { .kind = "notice",
		.by_id = (const char *)sql.p,
		.put = put,
		.unit_id = a->unit_id,
		.state = a->state,
		.word = SLICE("all") };
	return listing_search(view, &listing, words);
}

int view_notices_list(struct view *view)
{
	struct page page;
	int64_t own = view_unit_filter(view);
	struct asked asked = { .unit_id = own != 0 ? own : view_param_int(view, "unit_id", 0),
		.state = view_param(view, "state"),
		.open = view_param_int(view, "open", 0) == 1,
		.overdue = view_param_int(view, "overdue", 0) == 1,
		.seen = view->scope != SCOPE_ALL };
	struct slice words = view_param(view, "q");
	if (words.n > 0) {
		return searched(view, &asked, words);
	}
	bool due = slice_is(view_param(view, "order"), "due") || asked.overdue;
	int error = page_begin(view, &page);
	error = error < 0 ? error
		: due     ? by_due(view, &page, &asked)
			  : by_age(view, &page, &asked);
	if (error == 0) {
		page_end(view, &page, -1);
	}
	return error;
}
