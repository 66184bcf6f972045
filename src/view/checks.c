/* SPDX-License-Identifier: Apache-2.0 */
#include "view/checks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "model/check.h"
#include "rows/query.h"
#include "view/list.h"
#include "view/samples.h"
#include "view/view.h"

enum {
	BUDGET_MS = 1500,
	FRESH_INTERVALS = 3,
	LOOK_BACK_MS = 2 * 3600 * 1000,
	SERVICES_MAX = 12,
	DAY_SAMPLES_MAX = 10000,
	DAY_POINTS = 288 /* of five minutes */
};
#define DAY_MS INT64_C(86400000)

const uint8_t view_badness[QUERY_STATES_MAX] = { 0, 2, 4, 3, 1, 1 };

enum {
	ASSET,
	NAME,
	KIND,
	TARGET,
	PARAMS,
	SEVERITY,
	STATE,
	CODE,
	ARGS,
	CAUSE,
	UNIT,
	TEXT_COUNT
};

enum { WORDS_MAX = 3, WORD_OCTETS_MAX = 100 };

struct item {
	int64_t id;
	int64_t version;
	int64_t asset_id;
	int64_t interval_s;
	int64_t retries;
	int64_t enabled;
	int64_t since_ms;
	int64_t by_asset;
	int64_t cause_id;
	int64_t maintenance_id;
	int64_t parents_by; /* watch_parent.by_map; -1 = it has none */
	int64_t unit_id;
	int64_t domain_end_ms;
	int64_t icp_end_ms;
	int64_t rank;
	struct slice text[TEXT_COUNT];
};

struct items {
	struct item item[VIEW_PAGE_MAX];
	struct query_beats beats[VIEW_PAGE_MAX];
	struct query_latest latest[VIEW_PAGE_MAX];
	size_t count;
};

/*
 * $3 = 0 or the caller's unit, $4 = 0 or an asset, $5 = a state or "", $6 = a part of the
 * network or "", $7 $8 $9 = words to be found or ""; sorted, also $10 = a rank: $1 is the id
 * after which, and of the same rank.
 */
#define RANK                                                                                   \
	"CASE WHEN w.enabled = 0 THEN 90 ELSE 10 * " CHECK_WORST_FIRST                         \
	" + CASE w.severity WHEN 'critical' THEN 0 WHEN 'major' THEN 1 WHEN 'minor' THEN 2"    \
	" ELSE 3 END END"
#define OWNERS                                                                                 \
	" LEFT JOIN asset a ON a.id = w.asset_id LEFT JOIN unit u ON u.id = a.owner_unit_id"
#define WITH_CAUSE " LEFT JOIN watch c ON c.id = w.live_cause_id"
#define TABLES " FROM watch w" OWNERS
#define SHOWN                                                                                  \
	"SELECT w.id, w.version, w.asset_id, w.interval_s, w.retries, w.enabled, "             \
	"w.live_since_ms, a.name, w.name,"                                                     \
	" w.kind, w.target, w.params, w.severity, " CHECK_SHOWN                                \
	", w.live_code, w.live_args, c.name, u.name, w.by_asset, w.live_cause_id,"             \
	" w.live_maintenance_id,"                                                              \
	" (SELECT max(p.by_map) FROM watch_parent p WHERE p.watch_id = w.id),"                 \
	" u.id, a.domain_end_ms, a.icp_end_ms, " RANK
#define COLUMNS SHOWN TABLES WITH_CAUSE
/* Sorted by their ids alone, then read: a sorter that carries every column of ten thousand is slow. */
#define CHOSEN(where, order)                                                                   \
	SHOWN " FROM (SELECT w.id AS id" TABLES " WHERE " where " ORDER BY " order             \
	      ", w.id LIMIT $2) k JOIN watch w ON w.id = k.id" OWNERS WITH_CAUSE               \
	      " ORDER BY " order ", w.id"
#define WORD(n)                                                                                \
	" AND ($" #n " = '' OR lower(w.name || ' ' || w.target || ' ' || coalesce(a.name, '')" \
	" || ' ' || coalesce(u.name, '')) LIKE $" #n " ESCAPE '!')"
#define CONDITIONS                                                                             \
	" AND ($3 = 0 OR a.owner_unit_id = $3) AND ($4 = 0 OR w.asset_id = $4)"                \
	" AND ($5 = '' OR " CHECK_SHOWN " = $5)"                                               \
	" AND ($6 = '' OR " CHECK_PART " = $6)" WORD(7) WORD(8) WORD(9)

static void row_take(struct view *view, struct stmt *q, void *context)
{
	struct items *items = context;
	size_t at = items->count++;
	items->item[at] = (struct item) {
		.id = db_col_int64(q, 0),
		.version = db_col_int64(q, 1),
		.asset_id = db_col_int64(q, 2),
		.interval_s = db_col_int64(q, 3),
		.retries = db_col_int64(q, 4),
		.enabled = db_col_int64(q, 5),
		.since_ms = db_col_int64(q, 6),
		.by_asset = db_col_int64(q, 7 + TEXT_COUNT),
		.cause_id = db_col_int64(q, 8 + TEXT_COUNT),
		.maintenance_id = db_col_int64(q, 9 + TEXT_COUNT),
		.parents_by = db_col_is_null(q, 10 + TEXT_COUNT)
				      ? -1
				      : db_col_int64(q, 10 + TEXT_COUNT),
		.unit_id = db_col_int64(q, 11 + TEXT_COUNT),
		.domain_end_ms = db_col_int64(q, 12 + TEXT_COUNT),
		.icp_end_ms = db_col_int64(q, 13 + TEXT_COUNT),
		.rank = db_col_int64(q, 14 + TEXT_COUNT),
	};
	for (unsigned i = 0; i < TEXT_COUNT; i++) {
		items->item[at].text[i] = arena_dup(view->arena, db_col_text(q, 7 + i));
	}
	items->beats[at] = (struct query_beats) { .series_id = items->item[at].id };
	memset(items->beats[at].worst, 0xff,
		sizeof(items->beats[at].worst)); /* -1 = no sample */
	items->latest[at] = (struct query_latest) { .series_id = items->item[at].id };
}

/* "%word%", in small letters, for LIKE; what means something there is taken as itself. */
static struct slice pattern_of(struct arena *arena, struct slice word)
{
	AUTO_BUF struct buf text;
	buf_init(&text, 2 * WORD_OCTETS_MAX + 2);
	buf_put_str(&text, "%");
	for (size_t i = 0; i < word.n && i < WORD_OCTETS_MAX; i++) {
		uint8_t octet = word.p[i];
		bool special = octet == '%' || octet == '_' || octet == '!';
		buf_put_str(&text, special ? "!" : "");
		buf_put_byte(
			&text, octet >= 'A' && octet <= 'Z' ? (uint8_t)(octet + 32) : octet);
	}
	buf_put_str(&text, "%");
	return arena_dup(arena, buf_slice(&text));
}

/* The words of q as patterns; more than WORDS_MAX are not looked at. */
static void words_split(
	const struct view *view, struct slice q, struct sql_arg words[WORDS_MAX])
{
	size_t count = 0;
	for (size_t i = 0; i < WORDS_MAX; i++) {
		words[i] = SQL_TEXT(SLICE(""));
	}
	while (q.n > 0 && count < WORDS_MAX) {
		struct slice word = { 0 };
		if (!slice_cut(q, ' ', &word, &q)) {
			q = (struct slice) { 0 };
		}
		if (word.n > 0) {
			words[count++] = SQL_TEXT(pattern_of(view->arena, word));
		}
	}
}

static struct list_query query_of(const struct view *view, struct items *items, bool single)
{
	struct slice none = SLICE("");
	struct sql_arg words[WORDS_MAX];
	words_split(view, single ? none : view_param(view, "q"), words);
	return (struct list_query) {
		.above = COLUMNS " WHERE w.id > $1" CONDITIONS " ORDER BY w.id LIMIT $2",
		.one = COLUMNS " WHERE w.id = $1" CONDITIONS " LIMIT $2",
		.count = "SELECT count(*)" TABLES " WHERE w.id > $1" CONDITIONS " LIMIT $2",
		.more = { SQL_INT(view_unit_filter(view)),
			SQL_INT(single ? 0 : view_param_int(view, "asset_id", 0)),
			SQL_TEXT(single ? none : view_param(view, "state")),
			SQL_TEXT(single ? none : view_param(view, "part")), words[0], words[1],
			words[2] },
		.more_count = 4 + WORDS_MAX,
		.take = row_take,
		.context = items,
	};
}

/* What is broken first: a page goes on behind the last row's rank and id. */
static int worst_run(struct view *view, struct page *page, const struct list_query *query,
	int64_t *ret_total)
{
	struct items *items = query->context;
	struct sql_arg args[3 + LIST_MORE_MAX] = {
		SQL_INT(page->has_cursor ? page->after_id : 0), SQL_INT(page->limit + 1)
	};
	AUTO_STMT struct stmt *q = NULL;
	memcpy(args + 2, query->more, query->more_count * sizeof(args[0]));
	args[2 + query->more_count] = SQL_INT(page->has_cursor ? page->after : -1);
	int row = sql_query_args(view->db,
		CHOSEN("(" RANK " > $10 OR (" RANK " = $10 AND w.id > $1))" CONDITIONS, RANK),
		&q, args, 3 + query->more_count);
	while (row >= 0 && (row = db_step(q)) == 1 &&
		page_take(page, db_col_int64(q, 14 + TEXT_COUNT), db_col_int64(q, 0))) {
		row_take(view, q, items);
	}
	args[0] = SQL_INT(0);
	args[1] = SQL_INT(1);
	row = row < 0 ? row
		      : sql_int_args(
				view->db, query->count, ret_total, args, 2 + query->more_count);
	return row < 0 ? row : 0;
}

/* ---- by certificates: what ends first, then all that have none */

enum { CERTIFICATES_MAX = 20000 };

/* As the rank of what has no certificate, or one nobody has seen; days lie far below. */
#define NO_CERTIFICATE INT64_C(1000000)

struct certificate {
	int64_t id;
	int64_t rank; /* days left, or NO_CERTIFICATE */
};

static bool has_days(const struct query_latest *latest)
{
	return latest->found && isfinite(latest->row.value) &&
	       fabs(latest->row.value) < (double)NO_CERTIFICATE;
}

static int by_days(const void *a, const void *b)
{
	const struct certificate *x = a;
	const struct certificate *y = b;
	return x->rank != y->rank ? (x->rank < y->rank ? -1 : 1)
				  : (x->id > y->id) - (x->id < y->id);
}

static int certificates_load(struct view *view, const struct list_query *query,
	struct certificate *found, size_t *ret_count)
{
	struct query_coverage coverage;
	struct query_latest *latest =
		arena_take(view->arena, CERTIFICATES_MAX * sizeof(*latest));
	struct sql_arg args[2 + LIST_MORE_MAX] = { SQL_INT(0), SQL_INT(CERTIFICATES_MAX) };
	AUTO_STMT struct stmt *q = NULL;
	size_t count = 0;
	memcpy(args + 2, query->more, query->more_count * sizeof(args[0]));
	int row = sql_query_args(view->db,
		"SELECT w.id" TABLES
		" WHERE w.id > $1 AND w.kind = 'tls' AND w.enabled = 1" CONDITIONS
		" ORDER BY w.id LIMIT $2",
		&q, args, 2 + query->more_count);
	while (row >= 0 && (row = db_step(q)) == 1) {
		latest[count++] = (struct query_latest) { .series_id = db_col_int64(q, 0) };
	}
	if (row >= 0 && view->env->rows != NULL && count > 0) {
		(void)!query_latest(view->env->rows, view->arena, view->now_ms - LOOK_BACK_MS,
			latest, count, &coverage);
	}
	for (size_t i = 0; i < count; i++) {
		found[i].id = latest[i].series_id;
		found[i].rank = has_days(&latest[i]) ? (int64_t)floor(latest[i].row.value)
						     : NO_CERTIFICATE;
	}
	qsort(found, count, sizeof(*found), by_days);
	*ret_count = count;
	return row < 0 ? row : 0;
}

static int row_load(struct view *view, const struct list_query *query, int64_t id)
{
	struct sql_arg args[2 + LIST_MORE_MAX] = { SQL_INT(id), SQL_INT(1) };
	AUTO_STMT struct stmt *q = NULL;
	memcpy(args + 2, query->more, query->more_count * sizeof(args[0]));
	int row = sql_query_args(view->db, COLUMNS " WHERE w.id = $1" CONDITIONS " LIMIT $2",
		&q, args, 2 + query->more_count);
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		row_take(view, q, query->context);
	}
	return row < 0 ? row : 0;
}

static int others_run(struct view *view, struct page *page, const struct list_query *query)
{
	bool within = page->has_cursor && page->after > NO_CERTIFICATE;
	struct sql_arg args[2 + LIST_MORE_MAX] = { SQL_INT(within ? page->after_id : 0),
		SQL_INT(page->limit + 1) };
	AUTO_STMT struct stmt *q = NULL;
	memcpy(args + 2, query->more, query->more_count * sizeof(args[0]));
	int row = sql_query_args(view->db,
		COLUMNS " WHERE w.id > $1 AND (w.kind <> 'tls' OR w.enabled = 0)" CONDITIONS
			" ORDER BY w.id LIMIT $2",
		&q, args, 2 + query->more_count);
	while (row >= 0 && (row = db_step(q)) == 1 &&
		page_take(page, NO_CERTIFICATE + 1, db_col_int64(q, 0))) {
		row_take(view, q, query->context);
	}
	return row < 0 ? row : 0;
}

static int certificates_run(struct view *view, struct page *page,
	const struct list_query *query, int64_t *ret_total)
{
	struct certificate *all = arena_take(view->arena, CERTIFICATES_MAX * sizeof(*all));
	struct certificate after = { page->after_id, page->after };
	struct sql_arg args[2 + LIST_MORE_MAX] = { SQL_INT(0), SQL_INT(1) };
	size_t count = 0;
	int error = certificates_load(view, query, all, &count);
	for (size_t i = 0; error >= 0 && i < count; i++) {
		if (page->has_cursor && by_days(&all[i], &after) <= 0) {
			continue;
		}
		if (!page_take(page, all[i].rank, all[i].id)) {
			break;
		}
		error = row_load(view, query, all[i].id);
	}
	error = error < 0 || page->more ? error : others_run(view, page, query);
	memcpy(args + 2, query->more, query->more_count * sizeof(args[0]));
	int row = error < 0 ? error
			    : sql_int_args(view->db, query->count, ret_total, args,
				      2 + query->more_count);
	return row < 0 ? row : 0;
}

/* What the rows cannot say in time is left out, never made up. */
static void rows_load(struct view *view, struct items *items)
{
	struct query_coverage coverage;
	struct query_request range = { .kind = ROW_SAMPLE,
		.from_ms = view->now_ms - DAY_MS,
		.to_ms = view->now_ms,
		.limits = { QUERY_ROWS_DEFAULT, BUDGET_MS },
		.arena = view->arena };
	if (view->env->rows != NULL && items->count > 0) {
		(void)!query_beats(view->env->rows, &range, view_badness, items->beats,
			items->count, &coverage);
		(void)!query_latest(view->env->rows, view->arena, view->now_ms - LOOK_BACK_MS,
			items->latest, items->count, &coverage);
	}
}

/* A first answer is in the rows before its signal is in the records. */
static struct slice state_of(
	const struct view *view, const struct item *item, const struct query_latest *latest)
{
	bool fresh = latest->found &&
		     latest->row.ts_ms >
			     view->now_ms - FRESH_INTERVALS * 1000 * (item->interval_s + 10);
	bool first = slice_is(item->text[STATE], "unknown") && item->since_ms == 0;
	return first && fresh && item->enabled == 1 && latest->row.state >= 0 &&
			       latest->row.state < CHECK_COUNT
		       ? slice_str(name_id(&check_state_names, (unsigned)latest->row.state))
		       : item->text[STATE];
}

/* Never 100.00 while one answer was bad: cut, not rounded. */
static void ratio_put(struct jw *jw, const char *key, uint64_t up, uint64_t all)
{
	char text[16];
	jw_key(jw, key);
	if (all == 0) {
		jw_null(jw);
		return;
	}
	uint64_t cents = up * 10000 / all;
	int n = snprintf(text, sizeof(text), "%u.%02u", (unsigned)(cents / 100),
		(unsigned)(cents % 100));
	jw_str(jw, slice_of(text, (size_t)n));
}

static void seen_put(
	struct view *view, const struct query_beats *beats, const struct query_latest *latest)
{
	struct jw *jw = &view->jw;
	page_int(view, "last_at", latest->found, latest->row.ts_ms);
	page_int(view, "latency_us", latest->found && latest->row.latency_us >= 0,
		latest->row.latency_us);
	jw_key(jw, "beats");
	jw_array(jw);
	for (size_t i = 0; i < QUERY_BEATS; i++) {
		jw_int(jw, beats->worst[i]);
	}
	jw_end(jw);
	ratio_put(jw, "up_ratio", beats->up, beats->samples);
}

static int parent_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
	jw_kv_str(&view->jw, "name", db_col_text(q, 1));
	jw_end(&view->jw);
	return 0;
}

/* Who stands in between: to a unit only its cause is named, not the way there. */
static void way_put(struct view *view, const struct item *item)
{
	AUTO_STMT struct stmt *q = NULL;
	static const char *const by[] = { "person", "map", "word" };
	bool shown = item->parents_by >= 0 && view->scope == SCOPE_ALL;
	int64_t id = shown ? item->id : 0;
	int opened = sql_query(view->db,
		"SELECT w.id, w.name FROM watch_parent p JOIN watch w ON w.id = p.parent_id"
		" WHERE p.watch_id = $1 ORDER BY w.id",
		&q, SQL_INT(id));
	/* What cannot be read is an empty list; the check itself has been read. */
	(void)!page_list(view, "parents", opened, q, parent_put);
	jw_kv_opt(&view->jw, "parents_by",
		slice_str(shown && item->parents_by <= 2 ? by[item->parents_by] : NULL));
	page_ref(view, "cause", item->cause_id, item->text[CAUSE]);
	page_int(view, "maintenance_id", item->maintenance_id != 0, item->maintenance_id);
	jw_kv_bool(&view->jw, "by_asset", item->by_asset == 1);
}

static void item_put(struct view *view, const struct items *items, size_t at)
{
	const struct item *item = &items->item[at];
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", item->id);
	jw_kv_int(jw, "version", item->version);
	page_ref(view, "asset", item->asset_id, item->text[ASSET]);
	jw_kv_str(jw, "name", item->text[NAME]);
	jw_kv_str(jw, "kind", item->text[KIND]);
	jw_kv_str(jw, "target", item->text[TARGET]);
	jw_key(jw, "params");
	jw_raw(jw, item->text[PARAMS]);
	jw_kv_int(jw, "interval_s", item->interval_s);
	jw_kv_int(jw, "retries", item->retries);
	jw_kv_str(jw, "severity", item->text[SEVERITY]);
	jw_kv_bool(jw, "enabled", item->enabled == 1);
	jw_kv_str(jw, "state", state_of(view, item, &items->latest[at]));
	page_int(view, "since", item->since_ms != 0, item->since_ms);
	jw_key(jw, "detail");
	if (item->text[CODE].n > 0) {
		jw_object(jw);
		jw_kv_str(jw, "code", item->text[CODE]);
		jw_key(jw, "args");
		jw_raw(jw, item->text[ARGS].n > 0 ? item->text[ARGS] : SLICE("{}"));
		jw_end(jw);
	} else {
		jw_null(jw);
	}
	way_put(view, item);
	seen_put(view, &items->beats[at], &items->latest[at]);
	bool days = slice_is(item->text[KIND], "tls") && has_days(&items->latest[at]);
	page_int(view, "certificate_days", days,
		days ? (int64_t)floor(items->latest[at].row.value) : 0);
	page_ref(view, "unit", item->unit_id, item->text[UNIT]);
	page_int(view, "domain_end", item->domain_end_ms != 0, item->domain_end_ms);
	page_int(view, "icp_end", item->icp_end_ms != 0, item->icp_end_ms);
	jw_end(jw);
}

int view_checks_list(struct view *view)
{
	struct items *items = arena_take(view->arena, sizeof(*items));
	struct list_query query = query_of(view, items, false);
	struct page page;
	int64_t total = 0;
	int error = page_begin(view, &page);
	if (error >= 0) {
		struct slice sort = view_param(view, "sort");
		error = slice_is(sort, "worst") ? worst_run(view, &page, &query, &total)
			: slice_is(sort, "certificate")
				? certificates_run(view, &page, &query, &total)
				: list_run(view, &page, &query, &total);
	}
	if (error < 0) {
		return error;
	}
	rows_load(view, items);
	for (size_t i = 0; i < items->count; i++) {
		item_put(view, items, i);
	}
	page_end(view, &page, total);
	return 0;
}

static int one_load(struct view *view, struct items *items)
{
	struct list_query query = query_of(view, items, true);
	return list_one(view, &query, view->call->id);
}

int view_check_reached(struct view *view)
{
	return one_load(view, arena_take(view->arena, sizeof(struct items)));
}

int view_checks_get(struct view *view)
{
	struct items *items = arena_take(view->arena, sizeof(*items));
	int error = one_load(view, items);
	if (error < 0) {
		return error;
	}
	view->version = items->item[0].version;
	rows_load(view, items);
	item_put(view, items, 0);
	return 0;
}

/* What is broken first, then by severity. */
#define SERVICE_RANK                                                                           \
	"CASE " CHECK_SHOWN " WHEN 'down' THEN 0 WHEN 'unreachable' THEN 1"                    \
	" WHEN 'flapping' THEN 1 WHEN 'degraded' THEN 2 ELSE 3 END, CASE w.severity"           \
	" WHEN 'critical' THEN 0 WHEN 'major' THEN 1 WHEN 'minor' THEN 2 ELSE 3 END"
#define SERVICES CHOSEN("w.enabled = 1 AND ($1 = 0 OR a.owner_unit_id = $1)", SERVICE_RANK)

static int services_put(struct view *view)
{
	struct items *items = arena_take(view->arena, sizeof(*items));
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, SERVICES, &q, SQL_INT(view_unit_filter(view)),
		SQL_INT(VIEW_PAGE_MAX));
	while (row >= 0 && items->count < VIEW_PAGE_MAX && (row = db_step(q)) == 1) {
		row_take(view, q, items);
	}
	rows_load(view, items);
	uint64_t up = 0;
	uint64_t all = 0;
	for (size_t i = 0; i < items->count; i++) {
		/* What is only a remark, such as an unsynchronised clock, is no outage. */
		bool counts = !slice_is(items->item[i].text[SEVERITY], "info");
		up += counts ? items->beats[i].up : 0;
		all += counts ? items->beats[i].samples : 0;
	}
	ratio_put(&view->jw, "availability", up, all);
	jw_key(&view->jw, "services");
	jw_array(&view->jw);
	for (size_t i = 0; i < items->count && i < SERVICES_MAX; i++) {
		item_put(view, items, i);
	}
	jw_end(&view->jw);
	return row < 0 ? row : 0;
}

/*
 * The mean of the good answers of each five minutes, or of less as long as there is
 * less than a day to show; a point without one is a gap.
 */
static size_t points_of(
	const struct sample_row *rows, int count, struct sample_row points[DAY_POINTS])
{
	size_t made = 0;
	int64_t span_ms = count > 0 ? rows[count - 1].ts_ms - rows[0].ts_ms : 0;
	int64_t width_ms = span_ms / (DAY_POINTS - 1) + 1;
	for (int at = 0; at < count && made < DAY_POINTS;) {
		int64_t slot = (rows[at].ts_ms - rows[0].ts_ms) / width_ms;
		int64_t sum = 0;
		int64_t good = 0;
		struct sample_row *point = &points[made++];
		*point = rows[at];
		for (; at < count && (rows[at].ts_ms - rows[0].ts_ms) / width_ms == slot;
			at++) {
			bool answered =
				rows[at].latency_us >= 0 && rows[at].state <= CHECK_DEGRADED;
			sum += answered ? rows[at].latency_us : 0;
			good += answered;
			*point = (struct sample_row) { .ts_ms = rows[at].ts_ms,
				.state = rows[at].state,
				.value = (double)NAN };
		}
		point->latency_us = good > 0 ? sum / good : -1;
	}
	return made;
}

static int network_put(struct view *view)
{
	struct sample_row points[DAY_POINTS];
	struct query_coverage coverage = { .oldest_ms = INT64_MAX };
	struct query_request range = { .kind = ROW_SAMPLE,
		.from_ms = view->now_ms - DAY_MS,
		.to_ms = view->now_ms,
		.limits = { QUERY_ROWS_DEFAULT, BUDGET_MS },
		.arena = view->arena };
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT w.id, w.name FROM watch w LEFT JOIN asset a ON a.id = w.asset_id"
		" WHERE w.kind = 'icmp' AND w.enabled = 1 AND ($1 = 0 OR a.owner_unit_id = $1)"
		" ORDER BY w.id LIMIT 1",
		&q, SQL_INT(view_unit_filter(view)));
	row = row < 0 ? row : db_step(q);
	if (row <= 0 || view->env->rows == NULL) {
		return row < 0 ? row : 0;
	}
	struct sample_row *rows = arena_take(view->arena, DAY_SAMPLES_MAX * sizeof(*rows));
	int count = query_samples(
		view->env->rows, &range, db_col_int64(q, 0), rows, DAY_SAMPLES_MAX, &coverage);
	jw_kv_str(&view->jw, "network_name", db_col_text(q, 1));
	jw_key(&view->jw, "network");
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "check_id", db_col_int64(q, 0));
	jw_kv_int(&view->jw, "from", range.from_ms);
	jw_kv_int(&view->jw, "to", range.to_ms);
	samples_put_coverage(&view->jw, &coverage);
	samples_put_columns(
		&view->jw, points, count < 0 ? 0 : (int)points_of(rows, count, points));
	jw_end(&view->jw);
	return 0;
}

int view_checks_overview(struct view *view)
{
	int error = services_put(view);
	return error < 0 ? error : network_put(view);
}
