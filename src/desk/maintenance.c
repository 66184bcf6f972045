/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/maintenance.h"

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/calendars.h"
#include "desk/desk.h"
#include "desk/id_list.h"
#include "desk/maintenance_cover.h"
#include "desk/patch.h"
#include "model/asset_tags.h"
#include "records/search.h"
#include "records/sql.h"
#include "records/timer.h"
#include "workflow/calendar.h"
#include "workflow/window.h"

#define TIME_MAX INT64_C(253402300799999) /* the end of the year 9999 */

struct row {
	int64_t id;
	int64_t version;
	struct slice reason;
	struct slice kind;
	int64_t from_ms;
	int64_t to_ms;
	int64_t weekdays;
	int64_t from_min;
	int64_t length_min;
	struct slice days;
	struct slice season; /* any, term, break */
	struct slice scope;
	struct slice scope_ids; /* JSON list; empty of a tag */
	struct slice tag;
	int64_t ended_ms;
};

#define COLUMNS                                                                                \
	"id, version, reason, kind, from_ms, to_ms, weekdays, from_min, length_min, days,"     \
	" CASE WHEN tag IS NULL THEN scope ELSE 'tag' END, scope_ids, ended_at_ms,"            \
	" coalesce(season, 'any'), tag"

static const char *const kinds[] = { "once", "weekly", NULL };
static const char *const days[] = { "any", "working", "off", NULL };
static const char *const seasons[] = { "any", "term", "break", NULL };
static const char *const scopes[] = { "check", "asset", "unit", "tag", NULL };
static const char *const tables[] = { "watch", "asset", "unit", NULL };

#define AT(member) offsetof(struct row, member)

static const struct patch_field fields[] = {
	{ .name = "reason",
		.offset = AT(reason),
		.kind = PATCH_TEXT,
		.need = WORDS_REQUIRED,
		.max = MAINTENANCE_REASON_MAX },
	{ .name = "kind", .offset = AT(kind), .kind = PATCH_CHOICE, .words = kinds },
	{ .name = "from", .offset = AT(from_ms), .kind = PATCH_INT, .max = TIME_MAX },
	{ .name = "to", .offset = AT(to_ms), .kind = PATCH_INT, .max = TIME_MAX },
	{ .name = "from_min", .offset = AT(from_min), .kind = PATCH_INT, .max = 24 * 60 - 1 },
	{ .name = "length_min",
		.offset = AT(length_min),
		.kind = PATCH_INT,
		.max = WINDOW_LENGTH_MAX_MIN },
	{ .name = "days",
		.offset = AT(days),
		.kind = PATCH_CHOICE,
		.words = days,
		.otherwise = "any" },
	{ .name = "season",
		.offset = AT(season),
		.kind = PATCH_CHOICE,
		.words = seasons,
		.otherwise = "any" },
	{ .name = "scope", .offset = AT(scope), .kind = PATCH_CHOICE, .words = scopes },
	{ .name = "tag", .offset = AT(tag), .kind = PATCH_TEXT, .max = ASSET_TAG_OCTETS_MAX },
};

static void row_take(struct arena *arena, struct stmt *q, struct row *ret_row)
{
	*ret_row = (struct row) {
		.id = db_col_int64(q, 0),
		.version = db_col_int64(q, 1),
		.reason = arena_dup(arena, db_col_text(q, 2)),
		.kind = arena_dup(arena, db_col_text(q, 3)),
		.from_ms = db_col_int64(q, 4),
		.to_ms = db_col_int64(q, 5),
		.weekdays = db_col_int64(q, 6),
		.from_min = db_col_int64(q, 7),
		.length_min = db_col_int64(q, 8),
		.days = arena_dup(arena, db_col_text(q, 9)),
		.scope = arena_dup(arena, db_col_text(q, 10)),
		.scope_ids = arena_dup(arena, db_col_text(q, 11)),
		.ended_ms = db_col_int64(q, 12),
		.season = arena_dup(arena, db_col_text(q, 13)),
		.tag = arena_dup(arena, db_col_text(q, 14)),
	};
}

static struct window window_of(const struct row *row)
{
	return (struct window) {
		.weekly = slice_is(row->kind, "weekly"),
		.from_ms = row->from_ms,
		.to_ms = row->to_ms,
		.weekdays = (unsigned)row->weekdays,
		.from_min = (int32_t)row->from_min,
		.length_min = (int32_t)row->length_min,
		.on = slice_is(row->days, "working") ? WINDOW_WORKING
		      : slice_is(row->days, "off")   ? WINDOW_OFF
						     : WINDOW_ANY,
		.season = slice_is(row->season, "term")    ? WINDOW_TERM
			  : slice_is(row->season, "break") ? WINDOW_BREAK
							   : WINDOW_YEAR,
	};
}

/* ---- a body onto a row */

/* 1 is Monday. */
static int weekdays_read(struct desk *desk, struct row *row)
{
	if (!patch_given(desk, "weekdays")) {
		return 0;
	}
	row->weekdays = 0;
	for (const struct json *day = json_first(json_get(desk->call->body, "weekdays"));
		day != NULL; day = json_next(day)) {
		int64_t number = 0;
		if (!json_int(day, &number) || number < 1 || number > WINDOW_WEEKDAYS) {
			return desk_refuse(desk, E_INPUT, "input.range", "weekdays");
		}
		row->weekdays |= INT64_C(1) << (number - 1);
	}
	return 0;
}

static const char *table_of(struct slice scope)
{
	for (size_t i = 0; scopes[i] != NULL; i++) {
		if (slice_is(scope, scopes[i]) && tables[i] != NULL) {
			return tables[i];
		}
	}
	return tables[0];
}

/* A word nobody bears would be kept quiet about for ever: most likely it is misspelt. */
static int tag_read(struct desk *desk, struct row *row)
{
	int64_t bearer = 0;
	row->scope_ids = SLICE("[]");
	int found = sql_int(desk->db,
		"SELECT asset_id FROM asset_tag WHERE tag = $1 ORDER BY asset_id LIMIT 1",
		&bearer, SQL_TEXT(row->tag));
	return found == 0 ? desk_refuse(desk, E_INPUT, "maintenance.no_tag", "tag") : found;
}

static int scope_read(
	struct desk *desk, struct row *row, struct slice scope_before, struct id_list *ids)
{
	if (slice_is(row->scope, "tag")) {
		return tag_read(desk, row);
	}
	row->tag = (struct slice) { 0 };
	if (patch_given(desk, "scope_ids") || !slice_eq(scope_before, row->scope)) {
		int error = id_list_read(
			desk, "scope_ids", table_of(row->scope), MAINTENANCE_SCOPE_MAX, ids);
		if (error < 0) {
			return error;
		}
		row->scope_ids = id_list_json(desk, ids);
	}
	return slice_is(row->scope_ids, "[]") || row->scope_ids.n == 0
		       ? desk_refuse(desk, E_INPUT, "input.required", "scope_ids")
		       : 0;
}

static int body_read(struct desk *desk, struct row *row, struct id_list *ids)
{
	struct slice scope = row->scope;
	int error = patch_apply(desk, row, fields, sizeof(fields) / sizeof(fields[0]));
	error = error < 0 ? error : weekdays_read(desk, row);
	error = error < 0 ? error : scope_read(desk, row, scope, ids);
	if (error < 0) {
		return error;
	}
	struct window window = window_of(row);
	if (!window_valid(&window)) {
		return desk_refuse(
			desk, E_INPUT, "maintenance.window", window.weekly ? "weekdays" : "to");
	}
	const struct calendar *calendar = NULL;
	error = calendar_of_unit(desk->txn, desk->env, 0, &calendar);
	if (error < 0) {
		return error;
	}
	if (window.season != WINDOW_YEAR && calendar->break_count == 0) {
		return desk_refuse(desk, E_INPUT, "maintenance.no_terms", "season");
	}
	if (!window.weekly && row->to_ms <= desk->now_ms) {
		return desk_refuse(desk, E_INPUT, "maintenance.past", "to");
	}
	return 0;
}

/* ---- saving */

static int scope_save(struct desk *desk, const struct row *row)
{
	const struct json *list = NULL;
	int64_t done = sql_run(desk->db,
		"DELETE FROM maintenance_scope WHERE maintenance_id = $1", SQL_INT(row->id));
	if (json_parse(desk->arena, row->scope_ids, 0, &list, NULL) < 0) {
		return E_FORMAT;
	}
	for (const struct json *item = json_first(list); item != NULL && done >= 0;
		item = json_next(item)) {
		int64_t id = 0;
		(void)!json_int(item, &id);
		done = sql_run(desk->db,
			"INSERT INTO maintenance_scope (maintenance_id, kind, target_id)"
			" VALUES ($1, $2, $3)",
			SQL_INT(row->id), SQL_TEXT(row->scope), SQL_INT(id));
	}
	return done < 0 ? (int)done : 0;
}

/* Windows from before there were seasons keep their digest. */
static struct sql_arg season_arg(const struct row *row)
{
	return slice_is(row->season, "any") ? SQL_NULL : SQL_TEXT(row->season);
}

/* Those that bear a tag are assets. */
static struct sql_arg scope_arg(const struct row *row)
{
	return row->tag.n > 0 ? SQL_STR("asset") : SQL_TEXT(row->scope);
}

static int64_t row_insert(struct desk *desk, struct row *row)
{
	row->id = txn_id(desk->txn);
	row->version = 1;
	return sql_run(desk->db,
		"INSERT INTO maintenance (id, version, reason, kind, from_ms, to_ms, weekdays,"
		" from_min, length_min, days, scope, scope_ids, made_by, made_at_ms, season,"
		" tag) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
		SQL_INT(row->id), SQL_TEXT(row->reason), SQL_TEXT(row->kind),
		SQL_INT_OR_NULL(row->from_ms), SQL_INT_OR_NULL(row->to_ms),
		SQL_INT(row->weekdays), SQL_INT(row->from_min), SQL_INT(row->length_min),
		SQL_TEXT(row->days), scope_arg(row), SQL_TEXT(row->scope_ids),
		SQL_INT(desk->caller.person_id), SQL_INT(desk->now_ms), season_arg(row),
		SQL_TEXT_OR_NULL(row->tag));
}

static int64_t row_update(struct desk *desk, struct row *row)
{
	row->version++;
	return sql_run(desk->db,
		"UPDATE maintenance SET version = version + 1, reason = $2, kind = $3,"
		" from_ms = $4, to_ms = $5, weekdays = $6, from_min = $7, length_min = $8,"
		" days = $9, scope = $10, scope_ids = $11, season = $12, tag = $13 WHERE id = $1",
		SQL_INT(row->id), SQL_TEXT(row->reason), SQL_TEXT(row->kind),
		SQL_INT_OR_NULL(row->from_ms), SQL_INT_OR_NULL(row->to_ms),
		SQL_INT(row->weekdays), SQL_INT(row->from_min), SQL_INT(row->length_min),
		SQL_TEXT(row->days), scope_arg(row), SQL_TEXT(row->scope_ids), season_arg(row),
		SQL_TEXT_OR_NULL(row->tag));
}

static int edge_set(struct txn *txn, const struct desk_env *env, const struct row *row)
{
	struct window window = window_of(row);
	int64_t now_ms = txn_now_ms(txn);
	const struct calendar *calendar = NULL;
	int found = calendar_of_unit(txn, env, 0, &calendar);
	if (found < 0) {
		return found;
	}
	bool open = window_open(&window, calendar, now_ms);
	int64_t edge_ms = window_edge(&window, calendar, now_ms);
	bool has_edge = edge_ms != WINDOW_NEVER;
	int64_t done = sql_run(txn_db(txn),
		"UPDATE maintenance SET live_open = $2, live_edge_ms = $3 WHERE id = $1",
		SQL_INT(row->id), SQL_INT(open), has_edge ? SQL_INT(edge_ms) : SQL_NULL);
	struct timer timer = { .kind = SLICE("maintenance.edge"),
		.record_kind = SLICE("maintenance"),
		.record_id = row->id,
		.seq = edge_ms,
		.fire_at_ms = edge_ms };
	int error = done < 0 ? (int)done : has_edge ? timer_set(txn, &timer) : 0;
	return error == E_STATE ? 0 : error;
}

static int put_up(struct desk *desk, struct row *row)
{
	int error = trail_row(desk->txn, "maintenance", row->id);
	error = error < 0 ? error : scope_save(desk, row);
	int64_t tokens =
		error < 0 ? error : search_put(desk->txn, "maintenance", row->id, row->reason);
	error = tokens < 0 ? (int)tokens : edge_set(desk->txn, desk->env, row);
	error = error < 0 ? error : maintenance_refresh(desk->txn, desk->env);
	return error < 0 ? error : txn_change(desk->txn, "maintenance", row->id, row->version);
}

static int saved(struct desk *desk, const char *act, struct row *row)
{
	int error = put_up(desk, row);
	desk_audit(desk, act, "maintenance", row->id, row->version, row->reason);
	desk_answer(desk, row->id, row->version);
	return error;
}

int desk_maintenance_create(struct desk *desk)
{
	struct row row = { 0 };
	struct id_list ids = { .count = 0 };
	int64_t standing = 0;
	int error = sql_int_args(desk->db,
		"SELECT count(*) FROM maintenance WHERE ended_at_ms IS NULL"
		" AND (live_open = 1 OR live_edge_ms IS NOT NULL)",
		&standing, NULL, 0);
	if (error >= 0 && standing >= MAINTENANCE_MAX) {
		return desk_refuse(desk, E_LIMIT, "input.too_many", NULL);
	}
	error = error < 0 ? error : body_read(desk, &row, &ids);
	int64_t done = error < 0 ? error : row_insert(desk, &row);
	return done < 0 ? (int)done : saved(desk, "maintenance.create", &row);
}

static int admitted(struct desk *desk, struct row *row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db, "SELECT " COLUMNS " FROM maintenance WHERE id = $1", &q,
		SQL_INT(desk->call->id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	row_take(desk->arena, q, row);
	int error = desk_version_same(desk, row->version);
	return error < 0           ? error
	       : row->ended_ms > 0 ? desk_refuse(desk, E_STATE, "maintenance.ended", NULL)
				   : 0;
}

int desk_maintenance_update(struct desk *desk)
{
	struct row row = { 0 };
	struct id_list ids = { .count = 0 };
	int error = admitted(desk, &row);
	error = error < 0 ? error : body_read(desk, &row, &ids);
	int64_t done = error < 0 ? error : row_update(desk, &row);
	return done < 0 ? (int)done : saved(desk, "maintenance.update", &row);
}

static int take_down(struct desk *desk, int64_t id, int64_t version)
{
	int64_t done = sql_run(desk->db,
		"UPDATE maintenance SET version = version + 1, ended_at_ms = $2,"
		" live_open = 0, live_edge_ms = NULL WHERE id = $1 AND ended_at_ms IS NULL",
		SQL_INT(id), SQL_INT(desk->now_ms));
	int error = done < 0 ? (int)done : trail_row(desk->txn, "maintenance", id);
	error = error < 0 ? error : maintenance_refresh(desk->txn, desk->env);
	return error < 0 ? error : txn_change(desk->txn, "maintenance", id, version);
}

int maintenance_quiet(struct desk *desk, struct slice reason, int64_t asset_id, int64_t to_ms,
	int64_t *ret_id)
{
	struct row row = { .reason = reason,
		.kind = SLICE("once"),
		.from_ms = desk->now_ms,
		.to_ms = to_ms,
		.days = SLICE("any"),
		.season = SLICE("any"),
		.scope = SLICE("asset"),
		.scope_ids = arena_printf(desk->arena, "[%lld]", (long long)asset_id) };
	int64_t done = row_insert(desk, &row);
	*ret_id = row.id;
	return done < 0 ? (int)done : put_up(desk, &row);
}

int maintenance_quiet_end(struct desk *desk, int64_t id)
{
	int64_t version = 0;
	int found = sql_int(desk->db,
		"SELECT version FROM maintenance WHERE id = $1 AND ended_at_ms IS NULL",
		&version, SQL_INT(id));
	return found <= 0 ? found : take_down(desk, id, version + 1);
}

int desk_maintenance_end(struct desk *desk)
{
	struct row row = { 0 };
	int error = admitted(desk, &row);
	error = error < 0 ? error : take_down(desk, row.id, row.version + 1);
	desk_audit(desk, "maintenance.end", "maintenance", row.id, row.version + 1, row.reason);
	desk_answer(desk, row.id, row.version + 1);
	return error;
}

/* ---- by the clock */

#define STANDING                                                                               \
	"SELECT " COLUMNS " FROM maintenance WHERE ended_at_ms IS NULL"                        \
	" AND (live_open = 1 OR live_edge_ms IS NOT NULL) ORDER BY id LIMIT $1"
/* One that never comes again by the terms of last year may come by those of this. */
#define SEASONAL                                                                               \
	"SELECT " COLUMNS " FROM maintenance WHERE ended_at_ms IS NULL"                        \
	" AND season IS NOT NULL ORDER BY id LIMIT $1"

static int rows_load(struct txn *txn, const char *sql, struct row *rows, size_t *ret_count)
{
	AUTO_STMT struct stmt *q = NULL;
	size_t count = 0;
	int row = sql_query(txn_db(txn), sql, &q, SQL_INT(MAINTENANCE_MAX));
	while (row >= 0 && count < MAINTENANCE_MAX && (row = db_step(q)) == 1) {
		row_take(txn_arena(txn), q, &rows[count++]);
	}
	*ret_count = count;
	return row < 0 ? row : 0;
}

int maintenance_refresh(struct txn *txn, const struct desk_env *env)
{
	int64_t work = 0;
	int row = sql_int_args(txn_db(txn),
		"SELECT (SELECT count(*) FROM maintenance WHERE live_open = 1)"
		" + (SELECT count(*) FROM watch WHERE live_maintenance_id IS NOT NULL)",
		&work, NULL, 0);
	if (row < 0 || work == 0) {
		return row < 0 ? row : 0;
	}
	int changed = maintenance_cover(txn, env);
	return changed < 0 ? changed : 0;
}

static int edges_set(
	struct txn *txn, const struct desk_env *env, const char *sql, int64_t about_id)
{
	struct row *rows = arena_take(txn_arena(txn), MAINTENANCE_MAX * sizeof(*rows));
	size_t count = 0;
	int error = rows_load(txn, sql, rows, &count);
	if (error < 0 || (count == 0 && about_id == 0)) {
		return error;
	}
	struct trail_act act = { .act = SLICE("maintenance.edge"),
		.kind = SLICE("maintenance"),
		.id = about_id != 0 ? about_id : rows[0].id };
	trail_act(txn, &act);
	for (size_t i = 0; i < count && error >= 0; i++) {
		error = edge_set(txn, env, &rows[i]);
	}
	error = error < 0 ? error : txn_change(txn, "maintenance", act.id, 0);
	return error < 0 ? error : maintenance_refresh(txn, env);
}

int maintenance_timer(struct txn *txn, const struct desk_env *env, const struct timer *timer)
{
	return edges_set(txn, env, STANDING, timer->record_id);
}

int maintenance_days(struct txn *txn, const struct desk_env *env)
{
	return edges_set(txn, env, STANDING, 0);
}

int maintenance_terms(struct txn *txn, void *env)
{
	return edges_set(txn, env, SEASONAL, 0);
}

int maintenance_is_seasonal(struct db *db)
{
	int64_t count = 0;
	int row = sql_int_args(db,
		"SELECT count(*) FROM maintenance WHERE ended_at_ms IS NULL AND season IS NOT NULL",
		&count, NULL, 0);
	return row < 0 ? row : count > 0;
}
