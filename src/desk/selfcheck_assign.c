/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Units are asked: every day at the policy's hour each unit whose period opens
 * gets its check, with its systems and questions as they are then.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/jw.h"
#include "desk/calendars.h"
#include "desk/desk.h"
#include "desk/selfcheck_row.h"
#include "desk/selfcheck_sample.h"
#include "desk/selfcheck_tell.h"
#include "desk/selfcheck_timers.h"
#include "desk/selfchecks.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/timer.h"
#include "workflow/policy.h"
#include "workflow/selfcheck_plan.h"
#include "workflow/selfcheck_template.h"

enum { UNITS_MAX = 2000, ASSETS_MAX = 400 };

/* What is opened for a unit on a day. */
struct opening {
	struct txn *txn;
	const struct desk_env *env;
	int64_t unit_id;
	int64_t day;
	const struct calendar *calendar;
	int64_t period_id; /* the important period the day lies in, 0 = none */
	bool daily;
	bool zero;
	int64_t key_systems;
};

/* ---- every day */

static int tick_set(struct txn *txn, const struct desk_env *env, int64_t day)
{
	struct timer timer = { .kind = SLICE("selfcheck.tick"),
		.record_kind = SLICE("selfcheck_day"),
		.seq = day,
		.fire_at_ms =
			selfcheck_instant(env->calendar, day, env->policy->selfcheck.open_min),
		.trace = txn_trace(txn) };
	int error = timer_set(txn, &timer);
	return error == E_STATE ? 0 : error;
}

int selfcheck_begin(struct txn *txn, void *arg)
{
	const struct desk_env *env = arg;
	int64_t waiting = 0;
	int found = sql_int(txn_db(txn),
		"SELECT count(*) FROM timer WHERE kind = $1 AND fired_at_ms IS NULL"
		" AND cancelled_at_ms IS NULL",
		&waiting, SQL_STR("selfcheck.tick"));
	if (found < 0 || waiting > 0) {
		return found < 0 ? found : 0;
	}
	int64_t now_ms = txn_now_ms(txn);
	int64_t day = civil_day_of_ms(now_ms, env->calendar->offset_min);
	int64_t open_ms =
		selfcheck_instant(env->calendar, day, env->policy->selfcheck.open_min);
	trail_act(txn, &(struct trail_act) { .act = SLICE("selfcheck.begin") });
	return tick_set(txn, env, open_ms > now_ms ? day : day + 1);
}

/* ---- what opens */

static int important_find(struct opening *o)
{
	AUTO_STMT struct stmt *q = NULL;
	int64_t open_ms =
		selfcheck_instant(o->calendar, o->day, o->env->policy->selfcheck.open_min);
	int row = sql_query(txn_db(o->txn),
		"SELECT id, daily, zero_report FROM important_period WHERE from_ms <= $1"
		" AND to_ms > $1 AND ended_at_ms IS NULL"
		" ORDER BY daily DESC, zero_report DESC, id LIMIT 1",
		&q, SQL_INT(open_ms));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		o->period_id = db_col_int64(q, 0);
		o->daily = db_col_int64(q, 1) != 0;
		o->zero = db_col_int64(q, 2) != 0;
	}
	return row < 0 ? row : 0;
}

#define OF_UNIT                                                                                \
	" WHERE retired_at_ms IS NULL"                                                         \
	" AND (owner_unit_id = $1 OR operate_unit_id = $1 OR use_unit_id = $1)"

static int opening_load(struct opening *o)
{
	int error = calendar_of_unit(o->txn, o->env, o->unit_id, &o->calendar);
	error = error < 0 ? error : important_find(o);
	int found = error < 0 ? error
			      : sql_int(txn_db(o->txn),
					"SELECT count(*) FROM asset" OF_UNIT
					" AND importance = 'core'",
					&o->key_systems, SQL_INT(o->unit_id));
	return found < 0 ? found : 0;
}

/* Never the same question twice a day: what covers more stands for what covers less. */
static int kinds_of(const struct opening *o, struct selfcheck_period periods[],
	bool opens[SELFCHECK_KIND_COUNT])
{
	const struct policy *policy = o->env->policy;
	int error = 0;
	for (unsigned kind = 0; kind < SELFCHECK_KIND_COUNT && error >= 0; kind++) {
		error = selfcheck_period(
			o->calendar, policy, (enum selfcheck_kind)kind, o->day, &periods[kind]);
		opens[kind] = error == 1;
	}
	opens[SELFCHECK_DAY] = opens[SELFCHECK_DAY] && o->daily;
	opens[SELFCHECK_WEEK] = opens[SELFCHECK_WEEK] && !o->daily;
	opens[SELFCHECK_ZERO] = opens[SELFCHECK_ZERO] && o->zero && !o->daily;
	opens[SELFCHECK_KEY] = opens[SELFCHECK_KEY] && policy->selfcheck.key_days != 0 &&
			       o->key_systems > 0 && !o->daily && !o->zero &&
			       !opens[SELFCHECK_WEEK];
	return error < 0 ? error : 0;
}

static int timer_of_unit(struct txn *txn, int64_t unit_id, int64_t day)
{
	struct timer timer = { .kind = SLICE("selfcheck.assign"),
		.record_kind = SLICE("selfcheck_unit"),
		.record_id = unit_id,
		.seq = day,
		.fire_at_ms = txn_now_ms(txn),
		.trace = txn_trace(txn) };
	int error = timer_set(txn, &timer);
	return error == E_STATE ? 0 : error;
}

/* Units that have systems or people; a name that only groups others is not asked. */
static int units_load(struct txn *txn, int64_t *ids)
{
	AUTO_STMT struct stmt *q = NULL;
	int count = 0;
	int row = sql_query(txn_db(txn),
		"SELECT u.id FROM unit u WHERE u.valid_to_ms IS NULL AND (EXISTS (SELECT 1"
		" FROM asset a WHERE a.retired_at_ms IS NULL AND (a.owner_unit_id = u.id"
		" OR a.operate_unit_id = u.id OR a.use_unit_id = u.id)) OR EXISTS (SELECT 1"
		" FROM role_grant g WHERE g.unit_id = u.id AND g.valid_to_ms IS NULL"
		" AND g.role IN ('officer', 'specialist', 'unit_head')))"
		" ORDER BY u.id LIMIT $1",
		&q, SQL_INT(UNITS_MAX));
	while (row >= 0 && count < UNITS_MAX && (row = db_step(q)) == 1) {
		ids[count++] = db_col_int64(q, 0);
	}
	return row < 0 ? row : count;
}

static int unit_asked(struct txn *txn, const struct desk_env *env, int64_t unit_id, int64_t day)
{
	struct opening o = { .txn = txn, .env = env, .unit_id = unit_id, .day = day };
	struct selfcheck_period periods[SELFCHECK_KIND_COUNT];
	bool opens[SELFCHECK_KIND_COUNT] = { false };
	int error = opening_load(&o);
	error = error < 0 ? error : kinds_of(&o, periods, opens);
	bool any = false;
	for (unsigned kind = 0; kind < SELFCHECK_KIND_COUNT; kind++) {
		any = any || opens[kind];
	}
	return error < 0 || !any ? error : timer_of_unit(txn, unit_id, day);
}

int selfcheck_tick(struct txn *txn, const struct desk_env *env, const struct timer *timer)
{
	int64_t *units = arena_take(txn_arena(txn), UNITS_MAX * sizeof(*units));
	trail_act(txn, &(struct trail_act) { .act = SLICE("selfcheck.day") });
	int error = tick_set(txn, env, timer->seq + 1);
	error = error < 0 ? error : selfcheck_draw_week(txn, env, timer->seq);
	int count = error < 0 ? error : units_load(txn, units);
	error = count < 0 ? count : 0;
	for (int i = 0; i < count && error == 0; i++) {
		error = unit_asked(txn, env, units[i], timer->seq);
	}
	return error;
}

/* ---- one unit's check */

static int assets_freeze(struct txn *txn, const struct selfcheck_row *row)
{
	struct asset {
		int64_t id;
		struct slice name;
		struct slice importance;
	} *assets = arena_take(txn_arena(txn), ASSETS_MAX * sizeof(*assets));
	int count = 0;
	AUTO_STMT struct stmt *q = NULL;
	int step = sql_query(txn_db(txn),
		"SELECT id, name, importance FROM asset" OF_UNIT
		" AND ($2 = 0 OR importance = 'core') ORDER BY id LIMIT $3",
		&q, SQL_INT(row->unit_id), SQL_INT(row->kind == SELFCHECK_KEY),
		SQL_INT(ASSETS_MAX));
	while (step >= 0 && count < ASSETS_MAX && (step = db_step(q)) == 1) {
		assets[count++] = (struct asset) { db_col_int64(q, 0),
			arena_dup(txn_arena(txn), db_col_text(q, 1)),
			arena_dup(txn_arena(txn), db_col_text(q, 2)) };
	}
	int error = step < 0 ? step : 0;
	for (int i = 0; i < count && error == 0; i++) {
		int64_t id = txn_id(txn);
		int64_t done = sql_run(txn_db(txn),
			"INSERT INTO selfcheck_asset (id, version, selfcheck_id, asset_id, name,"
			" importance) VALUES ($1, 1, $2, $3, $4, $5)",
			SQL_INT(id), SQL_INT(row->id), SQL_INT(assets[i].id),
			SQL_TEXT(assets[i].name), SQL_TEXT(assets[i].importance));
		error = done < 0 ? (int)done : trail_row(txn, "selfcheck_asset", id);
	}
	return error;
}

static int question_put(struct txn *txn, const struct selfcheck_row *row,
	const struct selfcheck_question *question, size_t position)
{
	int64_t id = txn_id(txn);
	bool valued = slice_is(row->value_item, question->id);
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO selfcheck_item (id, version, selfcheck_id, position, item, clause,"
		" text, text_en, value_label, value_label_en, finding_kind)"
		" VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		SQL_INT(id), SQL_INT(row->id), SQL_INT((int64_t)position),
		SQL_STR(question->id), SQL_INT(question->clause), SQL_STR(question->text),
		SQL_STR(question->text_en), valued ? SQL_STR(question->value) : SQL_NULL,
		valued ? SQL_STR(question->value_en) : SQL_NULL,
		SQL_STR(question->finding_kind));
	return done < 0 ? (int)done : trail_row(txn, "selfcheck_item", id);
}

/* Which question asks for a value this time; "" in a check of one question. */
static struct slice value_item(const struct selfcheck_row *row,
	const struct selfcheck_question *questions, size_t count)
{
	const char *asking[SELFCHECK_ITEMS_MAX];
	size_t valued = 0;
	for (size_t i = 0; i < count && count > 1; i++) {
		if (questions[i].value != NULL) {
			asking[valued++] = questions[i].id;
		}
	}
	return valued == 0 ? (struct slice) { 0 }
			   : slice_str(asking[selfcheck_value_at(
				     row->kind, row->unit_id, row->first_day, valued)]);
}

static struct slice due_text(struct txn *txn, const struct due *due)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	buf_init(&text, DUE_TEXT_MAX);
	jw_init(&jw, &text);
	due_put_json(&jw, due);
	return arena_dup(txn_arena(txn), buf_slice(&text));
}

static struct selfcheck_mail asked_mail(struct txn *txn, const struct selfcheck_row *row)
{
	const char *kind = name_text(&selfcheck_kind_names, row->kind, LANG_ZH);
	AUTO_BUF struct buf due;
	buf_init(&due, 64);
	struct civil at = civil_of_ms(row->due_at_ms, CIVIL_CHINA_OFFSET_MIN);
	buf_printf(&due, "%d月%d日 %02d:%02d", (int)at.month, (int)at.day, (int)at.hour,
		(int)at.minute);
	return (struct selfcheck_mail) { .event = "asked",
		.subject = arena_printf(txn_arena(txn), "【%s】请在 %.*s 前完成", kind,
			SLICE_FMT(buf_slice(&due))),
		.text = arena_printf(txn_arena(txn),
			"请逐项查看本单位信息系统和网站后填写%s，%.*s 后提交记为“迟”。", kind,
			SLICE_FMT(buf_slice(&due))) };
}

/* Key systems are asked about in the platform alone: a mail a day is read by nobody. */
int selfcheck_give(struct txn *txn, const struct desk_env *env, struct selfcheck_row *row)
{
	struct selfcheck_facts facts = { 0 };
	int staffed = selfcheck_staffed(txn, row->unit_id);
	facts.staffed = staffed == 1;
	if (staffed <= 0) {
		return staffed;
	}
	int error = selfcheck_decide_system(row, &facts, SELFCHECK_ACT_ASSIGN);
	row->assigned_at_ms = txn_now_ms(txn);
	if (error == 0 && row->kind != SELFCHECK_KEY) {
		struct selfcheck_mail mail = asked_mail(txn, row);
		error = selfcheck_tell_unit(txn, env, row, &mail);
	}
	return error;
}

static int check_put(const struct opening *o, enum selfcheck_kind kind,
	const struct selfcheck_period *period, int64_t *ret_id)
{
	struct txn *txn = o->txn;
	struct selfcheck_question questions[SELFCHECK_ITEMS_MAX];
	size_t count =
		selfcheck_template_questions(&o->env->policy->selfcheck, kind, questions);
	bool important = kind == SELFCHECK_DAY || kind == SELFCHECK_ZERO;
	struct selfcheck_row row = { .id = txn_id(txn),
		.version = 1,
		.unit_id = o->unit_id,
		.kind = kind,
		.first_day = period->first_day,
		.state = SELFCHECK_SCHEDULED,
		.period_id = important ? o->period_id : 0,
		.policy = slice_str(o->env->policy->version),
		.policy_id = o->env->policy_id,
		.open_at_ms = period->open_ms,
		.remind_at_ms = period->remind_ms,
		.due_at_ms = period->due.due_ms,
		.end_at_ms = period->end_ms,
		.due_json = due_text(txn, &period->due) };
	row.value_item = value_item(&row, questions, count);
	int error = selfcheck_give(txn, o->env, &row);
	error = error < 0 ? error : selfcheck_row_insert(txn, &row);
	error = error < 0 ? error : assets_freeze(txn, &row);
	for (size_t i = 0; i < count && error == 0; i++) {
		error = question_put(txn, &row, &questions[i], i + 1);
	}
	error = error < 0 ? error
			  : selfcheck_say(txn, row.id,
				    row.state == SELFCHECK_ASSIGNED ? "selfcheck_assigned"
								    : "selfcheck_nobody",
				    (struct slice) { 0 });
	if (error == 0 && row.remind_at_ms > txn_now_ms(txn)) {
		error = selfcheck_timer_set(
			txn, "selfcheck.remind", row.id, 1, row.remind_at_ms);
	}
	error = error < 0 ? error
			  : selfcheck_timer_set(txn, "selfcheck.end", row.id, 1, row.end_at_ms);
	*ret_id = row.id;
	return error;
}

static int known_find(const struct opening *o, enum selfcheck_kind kind, int64_t first_day)
{
	int64_t known = 0;
	return sql_int(txn_db(o->txn),
		"SELECT id FROM selfcheck WHERE unit_id = $1 AND kind = $2 AND first_day = $3",
		&known, SQL_INT(o->unit_id), SQL_STR(name_id(&selfcheck_kind_names, kind)),
		SQL_INT(first_day));
}

static int check_make(const struct opening *o, enum selfcheck_kind kind,
	const struct selfcheck_period *period)
{
	int64_t id = 0;
	int found = known_find(o, kind, period->first_day);
	/* The platform stood still until it was late: that is nobody's fault in the unit. */
	bool too_late = txn_now_ms(o->txn) >= period->due.due_ms;
	return found != 0 || too_late ? (found < 0 ? found : 0)
				      : check_put(o, kind, period, &id);
}

/* What is left of this week.  1, 0 when the unit has been asked already, or as db_step. */
static int week_make(const struct opening *o, int64_t *ret_id)
{
	struct selfcheck_period period = { 0 };
	int error =
		selfcheck_week_now(o->calendar, o->env->policy, txn_now_ms(o->txn), &period);
	int found = error < 0 ? error : known_find(o, SELFCHECK_WEEK, period.first_day);
	if (found != 0) {
		return found < 0 ? found : 0;
	}
	error = check_put(o, SELFCHECK_WEEK, &period, ret_id);
	return error < 0 ? error : 1;
}

int selfcheck_assign(struct txn *txn, const struct desk_env *env, const struct timer *timer)
{
	struct opening o = {
		.txn = txn, .env = env, .unit_id = timer->record_id, .day = timer->seq
	};
	struct selfcheck_period periods[SELFCHECK_KIND_COUNT];
	bool opens[SELFCHECK_KIND_COUNT] = { false };
	int64_t alive = 0;
	int found =
		sql_int(txn_db(txn), "SELECT 1 FROM unit WHERE id = $1 AND valid_to_ms IS NULL",
			&alive, SQL_INT(o.unit_id));
	if (found <= 0) {
		return found;
	}
	trail_act(txn, &(struct trail_act) { .act = SLICE("selfcheck.assign"),
			       .kind = SLICE("unit"),
			       .id = o.unit_id });
	int error = opening_load(&o);
	if (error == 0 && slice_is(timer->record_kind, "selfcheck_now")) {
		int made = week_make(&o, &alive);
		return made < 0 ? made : 0;
	}
	error = error < 0 ? error : kinds_of(&o, periods, opens);
	for (unsigned kind = 0; kind < SELFCHECK_KIND_COUNT && error == 0; kind++) {
		error = opens[kind] ? check_make(&o, (enum selfcheck_kind)kind, &periods[kind])
				    : 0;
	}
	return error;
}

/* ---- asked by hand: the platform is new, or the unit is */

static int all_ask(struct desk *desk)
{
	int64_t *units = arena_take(desk->arena, UNITS_MAX * sizeof(*units));
	int count = units_load(desk->txn, units);
	int error = count < 0 ? count : 0;
	for (int i = 0; i < count && error == 0; i++) {
		struct timer timer = { .kind = SLICE("selfcheck.assign"),
			.record_kind = SLICE("selfcheck_now"),
			.record_id = units[i],
			.seq = desk->now_ms,
			.fire_at_ms = desk->now_ms,
			.trace = txn_trace(desk->txn) };
		error = timer_set(desk->txn, &timer);
		error = error == E_STATE ? 0 : error;
	}
	return error;
}

int desk_selfcheck_ask(struct desk *desk)
{
	struct opening o = { .txn = desk->txn, .env = desk->env };
	int64_t id = 0;
	int error = words_id(desk, "unit_id", WORDS_OPTIONAL, "unit", &o.unit_id);
	desk_audit(desk, "selfcheck.ask", "unit", o.unit_id, 0, (struct slice) { 0 });
	if (error < 0 || o.unit_id == 0) {
		return error < 0 ? error : all_ask(desk);
	}
	int64_t alive = 0;
	int found =
		sql_int(desk->db, "SELECT 1 FROM unit WHERE id = $1 AND valid_to_ms IS NULL",
			&alive, SQL_INT(o.unit_id));
	if (found <= 0) {
		return found < 0 ? found
				 : desk_refuse(desk, E_INPUT, "input.unknown", "unit_id");
	}
	error = opening_load(&o);
	int made = error < 0 ? error : week_make(&o, &id);
	if (made <= 0) {
		return made < 0 ? made : desk_refuse(desk, E_EXISTS, "selfcheck.asked", NULL);
	}
	desk_answer(desk, id, 1);
	return 0;
}
