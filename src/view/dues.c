/* SPDX-License-Identifier: Apache-2.0 */
/* All that falls due, of every kind, in one order. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/err.h"
#include "records/sql.h"
#include "rows/query.h"
#include "sys/memfd.h"
#include "view/calendars.h"
#include "view/page.h"
#include "view/view.h"

enum {
	DUES_MAX = 1000,
	A_KIND_MAX = 400,
	CERTIFICATES_MAX = 400,
	ICS_OCTETS_MAX = 1024 * 1024
};
#define SPAN_MAX_MS (INT64_C(400) * 86400000)
#define SPAN_DEFAULT_MS (INT64_C(42) * 86400000)
#define DAY_MS INT64_C(86400000)
/* A certificate that was looked at longer ago says nothing of its end. */
#define SEEN_MS (INT64_C(7) * DAY_MS)

/* $1 from, $2 to, $3 unit (0 = any), $4 how many; columns: id, title, number, unit id and name, due. */
#define RANGE(column) " AND " column " >= $1 AND " column " < $2"
#define TAIL(unit, column) " AND ($3 = 0 OR " unit " = $3) ORDER BY " column ", 1 LIMIT $4"
#define NOTICE(column, states)                                                                 \
	"SELECT n.id, n.title, n.number, n.unit_id, u.name, n." column                         \
	" FROM notice n JOIN unit u ON u.id = n.unit_id WHERE n.state IN (" states             \
	")" RANGE("n." column) TAIL("n.unit_id", "n." column)
#define ENDS(table, unit, column, number)                                                      \
	"SELECT a.id, a.name, a." number ", a." unit ", u.name, a." column " FROM " table      \
	" a LEFT JOIN unit u ON u.id = a." unit                                                \
	" WHERE a.retired_at_ms IS NULL" RANGE("a." column) TAIL("a." unit, "a." column)
#define PAPER(column)                                                                          \
	"SELECT i.id, coalesce(i.title, i.register_no), i.register_no, NULL, NULL, i." column  \
	" FROM incoming i WHERE i.state NOT IN ('answered', 'archived', 'voided')" RANGE(      \
		"i." column) TAIL("0", "i." column)

#define EVENT(kinds)                                                                           \
	"SELECT e.id, e.title, e.number, e.unit_id, u.name, c.due_at_ms FROM event_clock c"    \
	" JOIN event e ON e.id = c.event_id JOIN unit u ON u.id = e.unit_id WHERE " kinds      \
	" AND c.met_at_ms IS NULL AND c.ended_at_ms IS NULL" RANGE("c.due_at_ms")              \
		TAIL("e.unit_id", "c.due_at_ms")

static const struct {
	const char *kind;
	const char *what;
	enum route_id route; /* who may list such records sees when they fall due */
	bool centre;         /* the centre's own work */
	const char *sql;
} sources[] = {
	{ "notice", "remediate", ROUTE_NOTICES_LIST, false,
		NOTICE("due_at_ms",
			"'issued', 'received', 'rectifying', 'returned', 'failed'") },
	{ "notice", "sign", ROUTE_NOTICES_LIST, false, NOTICE("sign_due_at_ms", "'issued'") },
	{ "notice", "review", ROUTE_NOTICES_LIST, true, NOTICE("step_due_at_ms", "'review'") },
	{ "notice", "verify", ROUTE_NOTICES_LIST, true,
		NOTICE("step_due_at_ms", "'submitted', 'verifying'") },
	{ "notice", "brief", ROUTE_NOTICES_LIST, true, NOTICE("step_due_at_ms", "'passed'") },
	{ "incoming", "superior", ROUTE_INCOMING_LIST, true, PAPER("due_at_ms") },
	{ "incoming", "inner", ROUTE_INCOMING_LIST, true, PAPER("inner_due_at_ms") },
	{ "task", "task", ROUTE_TASKS_LIST, false,
		"SELECT t.id, t.title, NULL, t.unit_id, u.name, t.due_at_ms FROM task t"
		" JOIN unit u ON u.id = t.unit_id WHERE t.state IN ('open', 'reported')" RANGE(
			"t.due_at_ms") TAIL("t.unit_id", "t.due_at_ms") },
	{ "event", "event_report", ROUTE_EVENTS_LIST, false,
		EVENT("c.kind IN ('initial', 'follow_up', 'final')") },
	{ "event", "event_up", ROUTE_EVENTS_LIST, true, EVENT("c.kind IN ('up', 'national')") },
	{ "asset", "domain", ROUTE_ASSETS_LIST, false,
		ENDS("asset", "owner_unit_id", "domain_end_ms", "domain") },
	{ "asset", "icp", ROUTE_ASSETS_LIST, false,
		ENDS("asset", "owner_unit_id", "icp_end_ms", "icp_number") },
	{ "circuit", "contract", ROUTE_CIRCUITS_LIST, false,
		ENDS("circuit", "unit_id", "contract_end_ms", "number") },
};

enum { SOURCES = sizeof(sources) / sizeof(sources[0]) };

struct due_row {
	const char *kind;
	const char *what;
	int64_t id;
	struct slice title;
	struct slice number;
	int64_t unit_id;
	struct slice unit;
	int64_t due_ms;
};

struct dues {
	int64_t from_ms;
	int64_t to_ms;
	struct due_row *rows;
	size_t count;
};

/* The unit to filter by under a route's scope: 0 any, -1 nothing. */
static int64_t unit_of(const struct view *view, enum route_id route)
{
	int64_t asked = view_param_int(view, "unit_id", 0);
	enum scope scope = access_scope(&view->caller, route);
	if (scope == SCOPE_ALL) {
		return asked;
	}
	bool own = scope == SCOPE_OWN && view->caller.unit_id != 0;
	return own && (asked == 0 || asked == view->caller.unit_id) ? view->caller.unit_id : -1;
}

static int rows_load(struct view *view, struct dues *dues, size_t source)
{
	AUTO_STMT struct stmt *q = NULL;
	int64_t unit_id = unit_of(view, sources[source].route);
	bool all = access_scope(&view->caller, sources[source].route) == SCOPE_ALL;
	if (unit_id < 0 || (sources[source].centre && !all)) {
		return 0;
	}
	int row = sql_query(view->db, sources[source].sql, &q, SQL_INT(dues->from_ms),
		SQL_INT(dues->to_ms), SQL_INT(unit_id), SQL_INT(A_KIND_MAX));
	while (row >= 0 && dues->count < DUES_MAX && (row = db_step(q)) == 1) {
		dues->rows[dues->count++] = (struct due_row) {
			.kind = sources[source].kind,
			.what = sources[source].what,
			.id = db_col_int64(q, 0),
			.title = arena_dup(view->arena, db_col_text(q, 1)),
			.number = arena_dup(view->arena, db_col_text(q, 2)),
			.unit_id = db_col_int64(q, 3),
			.unit = arena_dup(view->arena, db_col_text(q, 4)),
			.due_ms = db_col_int64(q, 5),
		};
	}
	return row < 0 ? row : 0;
}

/* ---- certificates: their end is measured, not registered */

static int certificates_load(struct view *view, struct dues *dues)
{
	AUTO_STMT struct stmt *q = NULL;
	struct query_coverage coverage;
	int64_t unit_id = unit_of(view, ROUTE_CHECKS_LIST);
	size_t count = 0;
	if (unit_id < 0 || view->env->rows == NULL) {
		return 0;
	}
	struct due_row *rows = arena_take(view->arena, CERTIFICATES_MAX * sizeof(*rows));
	struct query_latest *latest =
		arena_take(view->arena, CERTIFICATES_MAX * sizeof(*latest));
	int row = sql_query(view->db,
		"SELECT w.id, w.name, w.target, a.owner_unit_id, u.name FROM watch w"
		" LEFT JOIN asset a ON a.id = w.asset_id LEFT JOIN unit u"
		" ON u.id = a.owner_unit_id WHERE w.kind = 'tls' AND w.enabled = 1"
		" AND ($1 = 0 OR a.owner_unit_id = $1) ORDER BY w.id LIMIT $2",
		&q, SQL_INT(unit_id), SQL_INT(CERTIFICATES_MAX));
	while (row >= 0 && (row = db_step(q)) == 1) {
		rows[count] = (struct due_row) {
			.kind = "check",
			.what = "certificate",
			.id = db_col_int64(q, 0),
			.title = arena_dup(view->arena, db_col_text(q, 1)),
			.number = arena_dup(view->arena, db_col_text(q, 2)),
			.unit_id = db_col_int64(q, 3),
			.unit = arena_dup(view->arena, db_col_text(q, 4)),
		};
		/* Days left are what such a check measures in the first place. */
		latest[count] = (struct query_latest) { .series_id = rows[count].id };
		count++;
	}
	if (row < 0 || count == 0 ||
		query_latest(view->env->rows, view->arena, view->now_ms - SEEN_MS, latest,
			count, &coverage) < 0) {
		return row < 0 ? row : 0;
	}
	for (size_t i = 0; i < count && dues->count < DUES_MAX; i++) {
		if (!latest[i].found || isnan(latest[i].row.value)) {
			continue;
		}
		rows[i].due_ms =
			latest[i].row.ts_ms + (int64_t)(latest[i].row.value * (double)DAY_MS);
		if (rows[i].due_ms >= dues->from_ms && rows[i].due_ms < dues->to_ms) {
			dues->rows[dues->count++] = rows[i];
		}
	}
	return 0;
}

static int by_due(const void *a, const void *b)
{
	const struct due_row *x = a;
	const struct due_row *y = b;
	if (x->due_ms != y->due_ms) {
		return x->due_ms < y->due_ms ? -1 : 1;
	}
	return (x->id > y->id) - (x->id < y->id);
}

static int dues_load(struct view *view, struct dues *dues)
{
	int64_t from_ms = view_param_int(view, "from", view->now_ms);
	int64_t to_ms = view_param_int(view, "to", from_ms + SPAN_DEFAULT_MS);
	if (from_ms < 0 || to_ms <= from_ms || to_ms - from_ms > SPAN_MAX_MS) {
		return view_refuse(view, E_INPUT, "input.range", "to");
	}
	*dues = (struct dues) { .from_ms = from_ms, .to_ms = to_ms };
	dues->rows = arena_take(view->arena, DUES_MAX * sizeof(*dues->rows));
	int error = 0;
	for (size_t i = 0; i < SOURCES && error == 0; i++) {
		error = rows_load(view, dues, i);
	}
	error = error < 0 ? error : certificates_load(view, dues);
	qsort(dues->rows, dues->count, sizeof(*dues->rows), by_due);
	return error;
}

int view_dues_list(struct view *view)
{
	struct dues dues;
	struct page page;
	int error = dues_load(view, &dues);
	error = error < 0 ? error : page_begin(view, &page);
	if (error < 0) {
		return error;
	}
	struct jw *jw = &view->jw;
	for (size_t i = 0; i < dues.count; i++) {
		const struct due_row *row = &dues.rows[i];
		jw_object(jw);
		jw_kv_str(jw, "kind", slice_str(row->kind));
		jw_kv_int(jw, "id", row->id);
		jw_kv_str(jw, "what", slice_str(row->what));
		jw_kv_str(jw, "title", row->title);
		jw_kv_opt(jw, "number", row->number);
		page_ref(view, "unit", row->unit_id, row->unit);
		jw_kv_int(jw, "due_at", row->due_ms);
		jw_end(jw);
	}
	page_end(view, &page, (int64_t)dues.count);
	return 0;
}

/* ---- for a calendar program, which may well be a phone's */

static const char *word_of(const char *what)
{
	static const struct {
		const char *what;
		const char *word;
	} words[] = { { "remediate", "整改到期" }, { "sign", "签收到期" },
		{ "review", "审核到期" }, { "verify", "复核到期" }, { "brief", "汇报到期" },
		{ "superior", "来文办理时限" }, { "inner", "来文校内时限" },
		{ "task", "议定事项到期" }, { "event_report", "事件报告到期" },
		{ "event_up", "事件上报到期" }, { "domain", "域名到期" },
		{ "icp", "ICP 备案到期" }, { "contract", "线路合同到期" },
		{ "certificate", "证书到期" } };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (slice_is(slice_str(what), words[i].what)) {
			return words[i].word;
		}
	}
	return "到期";
}

/*
 * Text of RFC 5545 section 3.3.11: backslash, comma and semicolon are escaped.
 */
static void ics_text(struct buf *out, struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		if (c == '\\' || c == ',' || c == ';') {
			buf_put_byte(out, '\\');
		}
		if (c >= 0x20) {
			buf_put_byte(out, c);
		}
	}
}

static void ics_time(struct buf *out, const char *name, int64_t at_ms)
{
	struct civil c = civil_of_ms(at_ms, 0);
	buf_printf(out, "%s:%04d%02u%02uT%02u%02u%02uZ\r\n", name, (int)c.year, c.month, c.day,
		c.hour, c.minute, c.second);
}

/* Which notice or paper, and never what is wrong: a calendar is seen by others and goes onto phones. */
static void event_put(struct buf *out, const struct due_row *row, int64_t now_ms)
{
	bool registered = slice_is(slice_str(row->kind), "asset") ||
			  slice_is(slice_str(row->kind), "circuit") ||
			  slice_is(slice_str(row->kind), "check");
	buf_printf(out, "BEGIN:VEVENT\r\nUID:%s-%lld-%s@fengsui\r\n", row->kind,
		(long long)row->id, row->what);
	ics_time(out, "DTSTAMP", now_ms);
	ics_time(out, "DTSTART", row->due_ms);
	buf_printf(out, "SUMMARY:%s ", word_of(row->what));
	ics_text(out, registered ? row->title : row->number);
	if (row->unit.n > 0) {
		buf_put_str(out, " ");
		ics_text(out, row->unit);
	}
	buf_put_str(out, "\r\nEND:VEVENT\r\n");
}

int view_dues_ics(struct view *view)
{
	struct dues dues;
	AUTO_BUF struct buf out;
	int error = dues_load(view, &dues);
	if (error < 0) {
		return error;
	}
	buf_init(&out, ICS_OCTETS_MAX);
	buf_put_str(&out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Fengsui//dues//ZH\r\n");
	for (size_t i = 0; i < dues.count; i++) {
		event_put(&out, &dues.rows[i], view->now_ms);
	}
	buf_put_str(&out, "END:VCALENDAR\r\n");
	if (out.failed) {
		return view_refuse(view, E_LIMIT, "answer.too_large", NULL);
	}
	(void)snprintf(view->media, sizeof(view->media), "text/calendar; charset=utf-8");
	(void)snprintf(view->file_name, sizeof(view->file_name), "到期日历.ics");
	return memfd_of(buf_slice(&out), &view->download_fd);
}
