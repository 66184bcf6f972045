/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/shutdowns.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/deliver.h"
#include "desk/desk.h"
#include "desk/id_list.h"
#include "desk/maintenance.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/trail.h"

#define TIME_MAX INT64_C(253402300799999) /* the end of the year 9999 */

enum { PEOPLE_MAX = 400 };

struct round {
	int64_t id;
	int64_t version;
	struct slice name;
	int64_t to_ms;
	int64_t ended_ms;
};

struct item {
	int64_t id;
	int64_t version;
	int64_t unit_id;
	int64_t asset_id;
	struct slice asset;
	struct slice state;
	struct slice reason;
	struct slice keeper;
	int64_t shut_ms;
	int64_t shut_by;
	int64_t restored_ms;
	int64_t restored_by;
	int64_t maintenance_id;
};

static int round_load(struct desk *desk, struct round *round)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT version, name, to_ms, ended_at_ms FROM shutdown WHERE id = $1", &q,
		SQL_INT(desk->call->id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	*round = (struct round) { .id = desk->call->id,
		.version = db_col_int64(q, 0),
		.name = arena_dup(desk->arena, db_col_text(q, 1)),
		.to_ms = db_col_int64(q, 2),
		.ended_ms = db_col_int64(q, 3) };
	return round->ended_ms != 0 ? desk_refuse(desk, E_STATE, "shutdown.ended", NULL) : 0;
}

/* ---- telling the units */

/* Everybody who answers for a unit that still owes an answer; event names the message. */
static int units_tell(
	struct desk *desk, const struct round *round, const char *event, const char *what)
{
	int64_t people[PEOPLE_MAX];
	int count = 0;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT DISTINCT g.person_id FROM role_grant g JOIN shutdown_item i"
		" ON i.unit_id = g.unit_id WHERE i.shutdown_id = $1 AND g.valid_to_ms IS NULL"
		" AND (i.state = 'asked' OR (i.state = 'shut' AND $2 < $3))"
		" AND g.role IN ('officer', 'specialist', 'unit_head')"
		" ORDER BY g.person_id LIMIT $4",
		&q, SQL_INT(round->id), SQL_INT(round->to_ms), SQL_INT(desk->now_ms),
		SQL_INT(PEOPLE_MAX));
	while (row >= 0 && count < PEOPLE_MAX && (row = db_step(q)) == 1) {
		people[count++] = db_col_int64(q, 0);
	}
	row = row < 0 ? row : 0;
	for (int i = 0; i < count && row >= 0; i++) {
		struct deliver_mail mail = { .person_id = people[i],
			.subject = arena_printf(
				desk->arena, "【假期关停】%.*s", SLICE_FMT(round->name)),
			.body = arena_printf(desk->arena,
				"%s\n\n登录后逐项填写：\n%s/days?tab=holiday&h=%lld\n", what,
				desk->env->base_url, (long long)round->id),
			.about = "shutdown",
			.about_id = round->id,
			.event = event };
		row = deliver_mail(desk->txn, &mail);
	}
	return row < 0 ? row : 0;
}

/* ---- asking */

static int item_insert(struct desk *desk, int64_t round_id, int64_t asset_id)
{
	int64_t unit_id = 0;
	int found = sql_int(desk->db,
		"SELECT COALESCE(owner_unit_id, operate_unit_id, use_unit_id, 0) FROM asset"
		" WHERE id = $1 AND retired_at_ms IS NULL",
		&unit_id, SQL_INT(asset_id));
	if (found < 0 || unit_id == 0) {
		return found < 0 ? found
				 : desk_refuse(desk, E_INPUT, "shutdown.no_unit", "asset_ids");
	}
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO shutdown_item (id, version, shutdown_id, asset_id, unit_id, state)"
		" VALUES ($1, 1, $2, $3, $4, 'asked')",
		SQL_INT(id), SQL_INT(round_id), SQL_INT(asset_id), SQL_INT(unit_id));
	return done < 0 ? (int)done : trail_row(desk->txn, "shutdown_item", id);
}

struct asking {
	struct slice name;
	struct slice note;
	int64_t from_ms;
	int64_t to_ms;
	int64_t answer_by_ms;
	struct id_list ids;
};

static int asking_read(struct desk *desk, struct asking *a)
{
	int error = words_text(desk, "name", WORDS_REQUIRED, SHUTDOWN_NAME_MAX, &a->name);
	error = error < 0
			? error
			: words_text(desk, "note", WORDS_OPTIONAL, SHUTDOWN_TEXT_MAX, &a->note);
	error = error < 0 ? error : words_int(desk, "from", 1, TIME_MAX, 0, &a->from_ms);
	error = error < 0 ? error : words_int(desk, "to", 1, TIME_MAX, 0, &a->to_ms);
	error = error < 0 ? error
			  : words_int(desk, "answer_by", 1, TIME_MAX, 0, &a->answer_by_ms);
	error = error < 0
			? error
			: id_list_read(desk, "asset_ids", "asset", SHUTDOWN_ITEMS_MAX, &a->ids);
	if (error < 0) {
		return error;
	}
	if (a->ids.count == 0) {
		return desk_refuse(desk, E_INPUT, "input.required", "asset_ids");
	}
	return a->from_ms >= a->to_ms || a->to_ms <= desk->now_ms ||
			       a->answer_by_ms > a->from_ms
		       ? desk_refuse(desk, E_INPUT, "shutdown.period", "to")
		       : 0;
}

int desk_shutdown_create(struct desk *desk)
{
	struct asking *a = arena_take(desk->arena, sizeof(*a));
	*a = (struct asking) { .from_ms = 0 };
	int error = asking_read(desk, a);
	if (error < 0) {
		return error;
	}
	struct round round = {
		.id = txn_id(desk->txn), .version = 1, .name = a->name, .to_ms = a->to_ms
	};
	int64_t done = sql_run(desk->db,
		"INSERT INTO shutdown (id, version, name, from_ms, to_ms, answer_by_ms, note,"
		" made_by, made_at_ms) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8)",
		SQL_INT(round.id), SQL_TEXT(a->name), SQL_INT(a->from_ms), SQL_INT(a->to_ms),
		SQL_INT(a->answer_by_ms), SQL_TEXT_OR_NULL(a->note),
		SQL_INT(desk->caller.person_id), SQL_INT(desk->now_ms));
	error = done < 0 ? (int)done : trail_row(desk->txn, "shutdown", round.id);
	for (size_t i = 0; i < a->ids.count && error == 0; i++) {
		error = item_insert(desk, round.id, a->ids.id[i]);
	}
	error = error < 0
			? error
			: units_tell(desk, &round, "asked",
				  "假期前请逐项说明本单位系统是否关停：无业务、无人值守的请关停；"
				  "不关停的请写明理由和值守人。");
	error = error < 0 ? error : txn_change(desk->txn, "task", round.id, 1);
	desk_audit(desk, "shutdown.create", "shutdown", round.id, 1, a->name);
	desk_answer(desk, round.id, 1);
	return error;
}

/* ---- answering */

static int item_load(struct desk *desk, struct item *item)
{
	AUTO_STMT struct stmt *q = NULL;
	int64_t id = json_get_int(desk->call->body, "item_id", 0);
	int found = sql_query(desk->db,
		"SELECT i.version, i.unit_id, i.asset_id, a.name, i.state, i.shut_at_ms,"
		" i.shut_by, i.maintenance_id FROM shutdown_item i JOIN asset a"
		" ON a.id = i.asset_id WHERE i.id = $1 AND i.shutdown_id = $2",
		&q, SQL_INT(id), SQL_INT(desk->call->id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found
				 : desk_refuse(desk, E_INPUT, "input.unknown", "item_id");
	}
	*item = (struct item) { .id = id,
		.version = db_col_int64(q, 0),
		.unit_id = db_col_int64(q, 1),
		.asset_id = db_col_int64(q, 2),
		.asset = arena_dup(desk->arena, db_col_text(q, 3)),
		.state = arena_dup(desk->arena, db_col_text(q, 4)),
		.shut_ms = db_col_int64(q, 5),
		.shut_by = db_col_int64(q, 6),
		.maintenance_id = db_col_int64(q, 7) };
	int error = desk_unit_reached(desk, item->unit_id);
	return error < 0 ? error : desk_version_same(desk, item->version);
}

static int loud_again(struct desk *desk, struct item *item)
{
	int64_t window = item->maintenance_id;
	item->maintenance_id = 0;
	return window != 0 ? maintenance_quiet_end(desk, window) : 0;
}

/* From now until the holiday is over its checks wake nobody. */
static int shut(struct desk *desk, const struct round *round, struct item *item, int64_t at_ms)
{
	int error = loud_again(desk, item);
	item->shut_ms = at_ms;
	item->shut_by = desk->caller.person_id;
	if (error < 0 || round->to_ms <= desk->now_ms) {
		return error;
	}
	return maintenance_quiet(desk,
		arena_printf(desk->arena, "假期关停 %.*s", SLICE_FMT(round->name)),
		item->asset_id, round->to_ms, &item->maintenance_id);
}

static int kept(struct desk *desk, struct item *item)
{
	int error =
		words_text(desk, "reason", WORDS_REQUIRED, SHUTDOWN_TEXT_MAX, &item->reason);
	error = error < 0 ? error
			  : words_text(desk, "keeper", WORDS_REQUIRED, SHUTDOWN_NAME_MAX,
				    &item->keeper);
	item->shut_ms = item->shut_by = 0;
	return error < 0 ? error : loud_again(desk, item);
}

static int restored(struct desk *desk, struct item *item, int64_t at_ms)
{
	if (!slice_is(item->state, "shut")) {
		return desk_refuse(desk, E_STATE, "shutdown.not_shut", "state");
	}
	if (at_ms < item->shut_ms) {
		return desk_refuse(desk, E_INPUT, "input.range", "at");
	}
	item->restored_ms = at_ms;
	item->restored_by = desk->caller.person_id;
	return loud_again(desk, item);
}

static int item_save(struct desk *desk, struct item *item)
{
	item->version++;
	int64_t done = sql_run(desk->db,
		"UPDATE shutdown_item SET version = $2, state = $3, reason = $4, keeper = $5,"
		" shut_at_ms = $6, shut_by = $7, restored_at_ms = $8, restored_by = $9,"
		" maintenance_id = $10, answered_at_ms = $11, answered_by = $12 WHERE id = $1",
		SQL_INT(item->id), SQL_INT(item->version), SQL_TEXT(item->state),
		SQL_TEXT_OR_NULL(item->reason), SQL_TEXT_OR_NULL(item->keeper),
		SQL_INT_OR_NULL(item->shut_ms), SQL_INT_OR_NULL(item->shut_by),
		SQL_INT_OR_NULL(item->restored_ms), SQL_INT_OR_NULL(item->restored_by),
		SQL_INT_OR_NULL(item->maintenance_id), SQL_INT(desk->now_ms),
		SQL_INT(desk->caller.person_id));
	return done < 0 ? (int)done : trail_row(desk->txn, "shutdown_item", item->id);
}

/* A list is one's own when it asks one's unit. */
static int list_reached(struct desk *desk)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT DISTINCT unit_id FROM shutdown_item WHERE shutdown_id = $1", &q,
		SQL_INT(desk->call->id));
	while (row >= 0 && (row = db_step(q)) == 1) {
		if (desk_unit_reached(desk, db_col_int64(q, 0)) == 0) {
			return 0;
		}
	}
	return row < 0 ? row : E_ABSENT;
}

int desk_shutdown_answer(struct desk *desk)
{
	static const char *const states[] = { "shut", "kept", "restored", NULL };
	struct round round = { 0 };
	struct item item = { 0 };
	struct slice state = { 0 };
	int64_t at_ms = 0;
	int error = list_reached(desk);
	error = error < 0 ? error : round_load(desk, &round);
	error = error < 0 ? error : words_choice(desk, "state", states, NULL, &state);
	/* Nobody says today what will have been done tomorrow. */
	error = error < 0 ? error
			  : words_int(desk, "at", 1, desk->now_ms, desk->now_ms, &at_ms);
	error = error < 0 ? error : item_load(desk, &item);
	if (error < 0) {
		return error;
	}
	error = slice_is(state, "shut")   ? shut(desk, &round, &item, at_ms)
		: slice_is(state, "kept") ? kept(desk, &item)
					  : restored(desk, &item, at_ms);
	item.state = state;
	error = error < 0 ? error : item_save(desk, &item);
	error = error < 0 ? error : txn_change(desk->txn, "task", round.id, round.version);
	desk_audit(desk, "shutdown.answer", "shutdown", round.id, round.version, item.asset);
	desk_answer(desk, item.id, item.version);
	return error;
}

/* ---- chasing, ending */

int desk_shutdown_chase(struct desk *desk)
{
	struct round round = { 0 };
	int64_t times = 0;
	int error = round_load(desk, &round);
	error = error < 0 ? error : desk_version_same(desk, round.version);
	if (error < 0) {
		return error;
	}
	int found = sql_int(desk->db,
		"SELECT count(*) FROM shutdown_item WHERE shutdown_id = $1 AND (state = 'asked'"
		" OR (state = 'shut' AND $2 < $3))",
		&times, SQL_INT(round.id), SQL_INT(round.to_ms), SQL_INT(desk->now_ms));
	if (found < 0 || times == 0) {
		return found < 0 ? found
				 : desk_refuse(desk, E_STATE, "shutdown.all_answered", NULL);
	}
	round.version++;
	int64_t done = sql_run(desk->db, "UPDATE shutdown SET version = $2 WHERE id = $1",
		SQL_INT(round.id), SQL_INT(round.version));
	error = done < 0 ? (int)done : trail_row(desk->txn, "shutdown", round.id);
	struct slice event = arena_printf(desk->arena, "chase.%lld", (long long)round.version);
	error = error < 0
			? error
			: units_tell(desk, &round, (const char *)event.p,
				  round.to_ms < desk->now_ms
					  ? "假期已结束，仍有关停的系统没有登记恢复，请尽快填写。"
					  : "仍有系统没有说明是否关停，请尽快填写。");
	error = error < 0 ? error : txn_change(desk->txn, "task", round.id, round.version);
	desk_audit(desk, "shutdown.chase", "shutdown", round.id, round.version, round.name);
	desk_answer(desk, round.id, round.version);
	return error;
}

static int windows_end(struct desk *desk, int64_t round_id)
{
	int64_t ids[SHUTDOWN_ITEMS_MAX];
	size_t count = 0;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT maintenance_id FROM shutdown_item WHERE shutdown_id = $1"
		" AND state = 'shut' AND maintenance_id IS NOT NULL ORDER BY id LIMIT $2",
		&q, SQL_INT(round_id), SQL_INT(SHUTDOWN_ITEMS_MAX));
	while (row >= 0 && count < SHUTDOWN_ITEMS_MAX && (row = db_step(q)) == 1) {
		ids[count++] = db_col_int64(q, 0);
	}
	row = row < 0 ? row : 0;
	for (size_t i = 0; i < count && row == 0; i++) {
		row = maintenance_quiet_end(desk, ids[i]);
	}
	return row;
}

int desk_shutdown_end(struct desk *desk)
{
	struct round round = { 0 };
	int error = round_load(desk, &round);
	error = error < 0 ? error : desk_version_same(desk, round.version);
	if (error < 0) {
		return error;
	}
	round.version++;
	int64_t done = sql_run(desk->db,
		"UPDATE shutdown SET version = $2, ended_at_ms = $3 WHERE id = $1",
		SQL_INT(round.id), SQL_INT(round.version), SQL_INT(desk->now_ms));
	error = done < 0 ? (int)done : trail_row(desk->txn, "shutdown", round.id);
	error = error < 0 ? error : windows_end(desk, round.id);
	error = error < 0 ? error : txn_change(desk->txn, "task", round.id, round.version);
	desk_audit(desk, "shutdown.end", "shutdown", round.id, round.version, round.name);
	desk_answer(desk, round.id, round.version);
	return error;
}
