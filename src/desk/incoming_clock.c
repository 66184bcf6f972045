/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clocks of a superior's paper: half way to the inner limit who handles it
 * is reminded, at the inner limit the director hears, at the superior's own the
 * leader.  No message says what the paper is about.
 */
#include "base/arena.h"
#include "base/err.h"
#include "desk/calendars.h"
#include "desk/deliver.h"
#include "desk/desk.h"
#include "desk/incoming.h"
#include "desk/incoming_row.h"
#include "desk/policies.h"
#include "records/sql.h"
#include "records/timer.h"
#include "records/trail.h"
#include "workflow/due_superior.h"
#include "workflow/policy.h"

enum { PEOPLE_MAX = 20 };

static int timer_at(
	struct txn *txn, const struct incoming_row *row, const char *kind, int64_t at_ms)
{
	struct timer timer = { .kind = slice_str(kind),
		.record_kind = SLICE("incoming"),
		.record_id = row->id,
		.seq = at_ms,
		.fire_at_ms = at_ms,
		.trace = txn_trace(txn) };
	int error = at_ms > txn_now_ms(txn) ? timer_set(txn, &timer) : 0;
	return error == E_STATE ? 0 : error;
}

/* By when the school must be done within, for the superior to have its answer in time. */
static int inner_count(struct txn *txn, const struct desk_env *env, const struct policy *policy,
	struct incoming_row *row)
{
	const struct calendar *days = NULL;
	bool provisional = false;
	struct due_superior superior = { row->due_at_ms,
		policy_rule(policy, POLICY_SUPERIOR_BUFFER, GRADE_HIGH),
		policy->superior_buffer_percent, policy->superior_short_hours };
	int error = calendar_of_unit(txn, env, 0, &days);
	return error < 0 ? error
			 : due_superior_limit(days, row->received_at_ms, &superior,
				   &row->inner_due_at_ms, &provisional);
}

int incoming_clock(struct txn *txn, const struct desk_env *env, struct incoming_row *row)
{
	const struct policy *policy = NULL;
	int64_t gone = timer_cancel(txn, "incoming", row->id, NULL);
	if (gone < 0 || row->due_at_ms == 0) {
		row->inner_due_at_ms = 0;
		return gone < 0 ? (int)gone : 0;
	}
	int error = policy_then(txn, env, row->policy_id, &policy);
	error = error < 0 ? error : inner_count(txn, env, policy, row);
	if (error < 0 || row->state >= INCOMING_ANSWERED) {
		return error;
	}
	int64_t span_ms = row->inner_due_at_ms - row->received_at_ms;
	int64_t half_ms = row->received_at_ms + span_ms / 100 * policy->incoming_remind_percent;
	error = timer_at(txn, row, "incoming.remind", half_ms);
	error = error < 0 ? error : timer_at(txn, row, "incoming.inner", row->inner_due_at_ms);
	return error < 0 ? error : timer_at(txn, row, "incoming.due", row->due_at_ms);
}

/* ---- who hears */

struct hearers {
	int64_t people[PEOPLE_MAX];
	int count;
};

static void hearer_add(struct hearers *hearers, int64_t person_id)
{
	for (int i = 0; i < hearers->count; i++) {
		if (hearers->people[i] == person_id) {
			return;
		}
	}
	if (hearers->count < PEOPLE_MAX && person_id != 0) {
		hearers->people[hearers->count++] = person_id;
	}
}

static int role_add(struct txn *txn, enum role role, struct hearers *hearers)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn),
		"SELECT DISTINCT person_id FROM role_grant WHERE role = $1"
		" AND valid_to_ms IS NULL ORDER BY person_id LIMIT $2",
		&q, SQL_STR(name_id(&role_names, role)), SQL_INT(PEOPLE_MAX));
	while (row >= 0 && (row = db_step(q)) == 1) {
		hearer_add(hearers, db_col_int64(q, 0));
	}
	return row < 0 ? row : 0;
}

/* One that nobody handles yet is the office's and the director's. */
static int hearers_load(struct txn *txn, const struct incoming_row *row, struct slice kind,
	struct hearers *hearers)
{
	bool nobody = row->handler_id == 0;
	bool late = slice_is(kind, "incoming.due");
	int error = 0;
	hearer_add(hearers, row->handler_id);
	if (nobody) {
		error = role_add(txn, ROLE_SCHOOL_OFFICE, hearers);
	}
	if (error == 0 && (nobody || !slice_is(kind, "incoming.remind"))) {
		error = role_add(txn, ROLE_DIRECTOR, hearers);
	}
	return error == 0 && late ? role_add(txn, ROLE_VICE_PRESIDENT, hearers) : error;
}

static struct slice day_text(struct txn *txn, int64_t at_ms)
{
	struct civil c = civil_of_ms(at_ms, CIVIL_CHINA_OFFSET_MIN);
	return arena_printf(txn_arena(txn), "%04d-%02u-%02u %02u:%02u", (int)c.year, c.month,
		c.day, c.hour, c.minute);
}

static int mail_one(struct txn *txn, const struct desk_env *env, const struct incoming_row *row,
	const struct timer *timer, int64_t person_id)
{
	struct arena *arena = txn_arena(txn);
	bool late = slice_is(timer->kind, "incoming.due");
	struct slice text = arena_printf(arena,
		"%.*s%s\n上级办理时限：%.*s\n校内时限：%.*s\n\n请登录查看办理：\n%s/incoming/%lld\n",
		SLICE_FMT(row->register_no),
		late ? " 已到上级办理时限，尚未反馈。" : " 尚未反馈，请抓紧办理。",
		SLICE_FMT(day_text(txn, row->due_at_ms)),
		SLICE_FMT(day_text(txn, row->inner_due_at_ms)), env->base_url,
		(long long)row->id);
	struct deliver_mail mail = { .person_id = person_id,
		.subject = arena_printf(arena, "【收文%s】%.*s", late ? "逾期" : "催办",
			SLICE_FMT(row->register_no)),
		.body = text,
		.about = "incoming",
		.about_id = row->id,
		.event = (const char *)arena_printf(
			arena, "%.*s.%lld", SLICE_FMT(timer->kind), (long long)timer->seq)
				 .p };
	int put = deliver_mail(txn, &mail);
	return put < 0 ? put : 0;
}

int incoming_timer(struct txn *txn, const struct desk_env *env, const struct timer *timer)
{
	struct incoming_row row = { 0 };
	struct hearers hearers = { 0 };
	int error = incoming_row_load(txn, timer->record_id, &row);
	if (error < 0 || row.state >= INCOMING_ANSWERED || row.due_at_ms == 0) {
		return error;
	}
	trail_act(txn, &(struct trail_act) { .act = SLICE("incoming.remind"),
			       .kind = SLICE("incoming"),
			       .id = row.id,
			       .version = row.version + 1,
			       .reason = timer->kind });
	error = hearers_load(txn, &row, timer->kind, &hearers);
	for (int i = 0; i < hearers.count && error == 0; i++) {
		error = mail_one(txn, env, &row, timer, hearers.people[i]);
	}
	row.reminded++;
	error = error < 0 ? error : incoming_row_save(txn, &row);
	int64_t done =
		error < 0
			? error
			: sql_run(txn_db(txn),
				  "INSERT INTO timeline (id, kind, record_id, at_ms, code,"
				  " args, role) VALUES ($1, 'incoming', $2, $3, $4, '{}',"
				  " 'system')",
				  SQL_INT(txn_id(txn)), SQL_INT(row.id),
				  SQL_INT(txn_now_ms(txn)),
				  SQL_STR(slice_is(timer->kind, "incoming.due") ? "overdue"
										: "reminded"));
	return done < 0 ? (int)done : 0;
}
