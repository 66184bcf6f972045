/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What time brings: a reminder, the end of a period with the ladder of those
 * that were missed, the close of those that were done.
 */
#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "desk/calendars.h"
#include "desk/desk.h"
#include "desk/selfcheck_row.h"
#include "desk/selfcheck_sample.h"
#include "desk/selfcheck_tell.h"
#include "desk/selfcheck_timers.h"
#include "desk/selfchecks.h"
#include "records/sql.h"
#include "records/timer.h"
#include "workflow/policy.h"
#include "workflow/selfcheck_plan.h"

enum { ROW_MAX = 40, DAYS_AHEAD_MAX = 60, CLOSE_TRIES_MAX = 8, UNIT_OPEN_MAX = 200 };

struct moment {
	struct txn *txn;
	const struct desk_env *env;
	const struct timer *timer;
	struct selfcheck_row row;
};

static void act_of_time(const struct moment *m, const char *act)
{
	const struct timer *timer = m->timer;
	trail_act(m->txn,
		&(struct trail_act) { .act = slice_str(act),
			.kind = SLICE("selfcheck"),
			.id = m->row.id,
			.version = m->row.version,
			.reason = timer->late_by_ms > 0
					  ? arena_printf(txn_arena(m->txn), "late_by_ms=%lld",
						    (long long)timer->late_by_ms)
					  : (struct slice) { 0 } });
}

/* ---- a reminder */

static int remind(struct moment *m)
{
	struct selfcheck_row *row = &m->row;
	if (row->state == SELFCHECK_SCHEDULED) {
		/* Perhaps somebody has come into the post meanwhile. */
		act_of_time(m, "selfcheck.assign");
		int error = selfcheck_give(m->txn, m->env, row);
		return error < 0 || row->state == SELFCHECK_SCHEDULED
			       ? error
			       : selfcheck_row_save(m->txn, row);
	}
	if (row->state != SELFCHECK_ASSIGNED || txn_now_ms(m->txn) >= row->end_at_ms) {
		return 0;
	}
	act_of_time(m, "selfcheck.remind");
	struct selfcheck_mail mail = { .event = "remind",
		.subject = arena_printf(txn_arena(m->txn), "【%s】尚未提交",
			name_text(&selfcheck_kind_names, row->kind, LANG_ZH)),
		.text = SLICE("本单位本期自查尚未提交，请逐项查看后提交；有情况如实填报即可，"
			      "如实填报不作为扣分依据。") };
	return selfcheck_tell_unit(m->txn, m->env, row, &mail);
}

/* ---- missed */

/* The ones right before it of the same kind, itself counted. */
static int row_of_missed(struct moment *m, int64_t *ret_count)
{
	AUTO_STMT struct stmt *q = NULL;
	int64_t count = 1;
	int row = sql_query(txn_db(m->txn),
		"SELECT state FROM selfcheck WHERE unit_id = $1 AND kind = $2 AND first_day < $3"
		" AND state <> 'voided' ORDER BY first_day DESC LIMIT $4",
		&q, SQL_INT(m->row.unit_id),
		SQL_STR(name_id(&selfcheck_kind_names, m->row.kind)), SQL_INT(m->row.first_day),
		SQL_INT(ROW_MAX));
	while (row >= 0 && (row = db_step(q)) == 1 && slice_is(db_col_text(q, 0), "missed")) {
		count++;
	}
	*ret_count = count;
	return row < 0 ? row : 0;
}

/* Of the month in which its period ended, itself counted. */
static int month_of_missed(struct moment *m, int64_t *ret_count)
{
	struct civil last = civil_of_ms(m->row.end_at_ms - 1, m->env->calendar->offset_min);
	int64_t first_day = civil_day(last.year, last.month, 1);
	int64_t from_ms = selfcheck_instant(m->env->calendar, first_day, 0);
	int64_t others = 0;
	int found = sql_int(txn_db(m->txn),
		"SELECT count(*) FROM selfcheck WHERE unit_id = $1 AND state = 'missed'"
		" AND end_at_ms > $2 AND end_at_ms <= $3 AND id <> $4",
		&others, SQL_INT(m->row.unit_id), SQL_INT(from_ms), SQL_INT(m->row.end_at_ms),
		SQL_INT(m->row.id));
	*ret_count = others + 1;
	return found < 0 ? found : 0;
}

/* Nobody is told at midnight: in the next morning the unit works. */
static int morning(struct moment *m, int64_t *ret_at_ms)
{
	const struct calendar *days = NULL;
	int error = calendar_of_unit(m->txn, m->env, m->row.unit_id, &days);
	int64_t day = civil_day_of_ms(m->row.end_at_ms, m->env->calendar->offset_min);
	bool any_day = m->row.kind == SELFCHECK_DAY || m->row.kind == SELFCHECK_ZERO;
	for (int i = 0; error == 0 && !any_day && i < DAYS_AHEAD_MAX; i++) {
		if (calendar_working(days, day)) {
			break;
		}
		day++;
	}
	*ret_at_ms =
		selfcheck_instant(m->env->calendar, day, m->env->policy->selfcheck.open_min);
	return error;
}

static int missed(struct moment *m)
{
	int64_t in_row = 0;
	int64_t in_month = 0;
	int64_t tell_ms = 0;
	const struct selfcheck_facts facts = { .over = true };
	bool nobody = m->row.state == SELFCHECK_SCHEDULED;
	int error = selfcheck_decide_system(&m->row, &facts, SELFCHECK_ACT_MISS);
	error = error < 0 ? error : row_of_missed(m, &in_row);
	error = error < 0 ? error : month_of_missed(m, &in_month);
	error = error < 0 ? error : morning(m, &tell_ms);
	if (error < 0) {
		return error;
	}
	m->row.rung = selfcheck_rung(m->env->policy, in_row, in_month);
	error = selfcheck_row_save(m->txn, &m->row);
	error = error < 0 ? error
			  : selfcheck_say(m->txn, m->row.id, "selfcheck_missed",
				    arena_printf(txn_arena(m->txn),
					    "{\"in_row\":%lld,\"in_month\":%lld,\"nobody\":%s}",
					    (long long)in_row, (long long)in_month,
					    nobody ? "true" : "false"));
	return error < 0 ? error
			 : selfcheck_timer_set(m->txn, "selfcheck.tell", m->row.id,
				   nobody ? 2 : 1, tell_ms);
}

/* Each rung hears what those below hear. */
static int tell(struct moment *m)
{
	struct selfcheck_row *row = &m->row;
	struct slice unit = { 0 };
	bool nobody = m->timer->seq == 2;
	int error = selfcheck_unit_name(m->txn, row->unit_id, &unit);
	act_of_time(m, "selfcheck.missed");
	struct civil day = civil_of_day(row->first_day);
	struct selfcheck_mail mail = { .event = "missed",
		.subject = arena_printf(txn_arena(m->txn), "【自查漏查】%.*s", SLICE_FMT(unit)),
		.text = arena_printf(txn_arena(m->txn),
			"%.*s %d 月 %d 日起的%s没有提交，已记为漏查。%s", SLICE_FMT(unit),
			(int)day.month, (int)day.day,
			name_text(&selfcheck_kind_names, row->kind, LANG_ZH),
			nobody ? "该单位目前没有可以自查的人，请核对人员备案。" : "") };
	error = error < 0 ? error : selfcheck_tell_unit(m->txn, m->env, row, &mail);
	if (error == 0 && row->rung >= SELFCHECK_RUNG_HEAD) {
		error = selfcheck_tell_role(
			m->txn, m->env, row, "unit_head", row->unit_id, &mail);
	}
	if (error == 0 && nobody) {
		error = selfcheck_tell_role(m->txn, m->env, row, "operator", 0, &mail);
	}
	if (error == 0 && row->rung >= SELFCHECK_RUNG_DIRECTOR) {
		error = selfcheck_tell_role(m->txn, m->env, row, "director", 0, &mail);
	}
	return error;
}

/* ---- done: the platform looks once more, then it is closed */

static int looked_again(struct moment *m)
{
	struct selfcheck_item_row items[SELFCHECK_ROWS_MAX];
	int count = selfcheck_items_load(m->txn, m->row.id, items, SELFCHECK_ROWS_MAX);
	int against = count < 0 ? count : selfcheck_against(m->txn, &m->row, items, count);
	if (against <= 0) {
		return against;
	}
	return selfcheck_sample_begin(m->txn, m->env, &m->row, SELFCHECK_SAMPLE_CONTRADICTION);
}

static int end(struct moment *m)
{
	int64_t close_ms = 0;
	if (m->row.state == SELFCHECK_ASSIGNED || m->row.state == SELFCHECK_SCHEDULED) {
		act_of_time(m, "selfcheck.miss");
		return missed(m);
	}
	if (m->row.state == SELFCHECK_VOIDED) {
		return 0;
	}
	act_of_time(m, "selfcheck.end");
	int error = m->row.state == SELFCHECK_SUBMITTED ? looked_again(m) : 0;
	error = error < 0 ? error : selfcheck_sample_due(m->env, m->row.end_at_ms, &close_ms);
	return error < 0
		       ? error
		       : selfcheck_timer_set(m->txn, "selfcheck.close", m->row.id, 1, close_ms);
}

/* Still being looked at: whoever has to do that is reminded. */
static int still_sampled(struct moment *m)
{
	int64_t next_ms = 0;
	struct selfcheck_mail mail = { .event = arena_dup_str(txn_arena(m->txn),
					       arena_printf(txn_arena(m->txn), "unlooked.%lld",
						       (long long)m->timer->seq)),
		.subject = SLICE("【自查抽查逾期】"),
		.text = SLICE("一份自查的抽查已过期限，尚未认定。") };
	act_of_time(m, "selfcheck.unlooked");
	int error = selfcheck_tell_role(m->txn, m->env, &m->row, "operator", 0, &mail);
	error = error < 0 ? error
			  : selfcheck_tell_role(m->txn, m->env, &m->row, "director", 0, &mail);
	error = error < 0 ? error : selfcheck_sample_due(m->env, txn_now_ms(m->txn), &next_ms);
	return error < 0 || m->timer->seq >= CLOSE_TRIES_MAX
		       ? error
		       : selfcheck_timer_set(m->txn, "selfcheck.close", m->row.id,
				 m->timer->seq + 1, next_ms);
}

static int closing(struct moment *m)
{
	const struct selfcheck_facts facts = { .over = true };
	if (m->row.state == SELFCHECK_SAMPLED) {
		return still_sampled(m);
	}
	if (selfcheck_terminal(m->row.state)) {
		return 0;
	}
	act_of_time(m, "selfcheck.close");
	int error = selfcheck_decide_system(&m->row, &facts, SELFCHECK_ACT_CLOSE);
	m->row.closed_at_ms = txn_now_ms(m->txn);
	return error < 0 ? error : selfcheck_row_save(m->txn, &m->row);
}

static int drawn(struct moment *m)
{
	return selfcheck_drawn(m->txn, m->env, m->row.id, m->timer->seq == 2);
}

int selfcheck_timer(struct txn *txn, const struct desk_env *env, const struct timer *timer)
{
	static const struct {
		const char *kind;
		int (*fire)(struct moment *m);
	} kinds[] = {
		{ "selfcheck.remind", remind },
		{ "selfcheck.end", end },
		{ "selfcheck.tell", tell },
		{ "selfcheck.close", closing },
		{ "selfcheck.drawn", drawn },
	};
	if (slice_is(timer->kind, "selfcheck.tick")) {
		return selfcheck_tick(txn, env, timer);
	}
	if (slice_is(timer->kind, "selfcheck.assign")) {
		return selfcheck_assign(txn, env, timer);
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!slice_is(timer->kind, kinds[i].kind)) {
			continue;
		}
		struct moment m = { .txn = txn, .env = env, .timer = timer };
		int error = selfcheck_row_load(txn, timer->record_id, &m.row);
		return error < 0 ? error : kinds[i].fire(&m);
	}
	return 0;
}

/* ---- a unit that is no more */

int selfcheck_unit_end(struct desk *desk, int64_t unit_id)
{
	int64_t ids[UNIT_OPEN_MAX];
	int count = 0;
	AUTO_STMT struct stmt *q = NULL;
	const struct selfcheck_facts facts = { 0 };
	int found = sql_query(desk->db,
		"SELECT id FROM selfcheck WHERE unit_id = $1 AND state IN ('scheduled', 'assigned')"
		" ORDER BY id LIMIT $2",
		&q, SQL_INT(unit_id), SQL_INT(UNIT_OPEN_MAX));
	while (found >= 0 && count < UNIT_OPEN_MAX && (found = db_step(q)) == 1) {
		ids[count++] = db_col_int64(q, 0);
	}
	int error = found < 0 ? found : 0;
	for (int i = 0; i < count && error == 0; i++) {
		struct selfcheck_row row = { 0 };
		error = selfcheck_row_load(desk->txn, ids[i], &row);
		error = error < 0 ? error
				  : selfcheck_decide_system(&row, &facts, SELFCHECK_ACT_VOID);
		row.closed_at_ms = desk->now_ms;
		error = error < 0 ? error : selfcheck_row_save(desk->txn, &row);
		int64_t gone =
			error < 0 ? error : timer_cancel(desk->txn, "selfcheck", row.id, NULL);
		error = gone < 0 ? (int)gone : 0;
	}
	return error;
}
