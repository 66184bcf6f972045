/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/finding_recur.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/err.h"
#include "desk/deliver.h"
#include "desk/desk.h"
#include "desk/finding_act.h"
#include "desk/line.h"
#include "records/outbox.h"
#include "records/sql.h"
#include "records/timer.h"
#include "records/trail.h"
#include "workflow/policy.h"

enum { PEOPLE_MAX = 50, BODY_MAX_OCTETS = 2048, GONE_MAX = 64 };

static int timer_put(struct txn *txn, const char *kind, int64_t id, int64_t days)
{
	struct timer timer = { .kind = slice_str(kind),
		.record_kind = SLICE("finding"),
		.record_id = id,
		.seq = txn_id(txn),
		.fire_at_ms = txn_now_ms(txn) + days * CIVIL_DAY_MS,
		.trace = txn_trace(txn) };
	return timer_set(txn, &timer);
}

/* No word of what it is: mail is read by others. */
static int duty_tell(struct txn *txn, const struct desk_env *env, const struct finding_row *row,
	const char *what, const char *text)
{
	int64_t people[PEOPLE_MAX];
	int count = deliver_on_duty(txn, people, PEOPLE_MAX);
	struct arena *arena = txn_arena(txn);
	AUTO_BUF struct buf body;
	buf_init(&body, BODY_MAX_OCTETS);
	buf_printf(&body, "隐患 H-%lld %s\n\n登录后查看：\n%s/findings/%lld\n",
		(long long)row->id, text, env->base_url, (long long)row->id);
	int error = count < 0 ? count : 0;
	for (int i = 0; error == 0 && i < count; i++) {
		struct deliver_mail mail = { .person_id = people[i],
			.subject =
				arena_printf(arena, "【%s】H-%lld", what, (long long)row->id),
			.body = buf_slice(&body),
			.about = "finding",
			.about_id = row->id,
			.event = (const char *)arena_printf(
				arena, "recur.%lld", (long long)row->version)
					 .p };
		int put = deliver_mail(txn, &mail);
		error = put < 0 ? put : 0;
	}
	return error;
}

/* ---- opened again */

int finding_reopen(struct txn *txn, struct finding_row *row)
{
	struct finding_facts facts = { .state = row->state, .grade = row->grade };
	struct finding_outcome outcome = { 0 };
	int error =
		finding_step(&facts, FINDING_ACT_REOPEN, ROLE_SYSTEM, &outcome, txn_diag(txn));
	if (error < 0) {
		return error;
	}
	row->state = outcome.to;
	row->recurrence++;
	row->handled_at_ms = 0;
	row->again_cause = (struct slice) { 0 };
	row->again_note = (struct slice) { 0 };
	int64_t gone = timer_cancel(txn, "finding", row->id, NULL);
	return gone < 0 ? (int)gone : finding_row_save(txn, row);
}

/* Within the policy's days the same record; later another that knows of it. */
static int seen_again(struct txn *txn, const struct desk_env *env, struct finding_row *row)
{
	int64_t span_ms = env->policy->recurrence_days * CIVIL_DAY_MS;
	struct finding_row next = *row;
	int error = 0;
	if (txn_now_ms(txn) - row->handled_at_ms <= span_ms) {
		error = finding_reopen(txn, row);
	} else {
		next = (struct finding_row) { .id = txn_id(txn),
			.version = 1,
			.state = FINDING_NEW,
			.grade = row->grade,
			.kind = row->kind,
			.title = row->title,
			.description = row->description,
			.advice = row->advice,
			.asset_id = row->asset_id,
			.unit_id = row->unit_id,
			.source = SOURCE_MONITOR,
			.dedup_key = row->dedup_key,
			.found_at_ms = txn_now_ms(txn),
			.watch_id = row->watch_id,
			.evidence = row->evidence,
			.policy = slice_str(env->policy->version),
			.policy_id = env->policy_id,
			.previous_id = row->id };
		error = finding_row_insert(txn, &next);
		error = error < 0 ? error : finding_say(txn, next.id, "created", SLICE("{}"));
	}
	error = error < 0 ? error : finding_say(txn, row->id, "recheck_seen", SLICE("{}"));
	return error < 0 ? error
			 : duty_tell(txn, env, row, "隐患复发",
				   "在办结后的复测中再次出现，请尽快研判。");
}

/* ---- looked at again */

int finding_rechecks_set(
	struct txn *txn, const struct desk_env *env, int64_t finding_id, bool offline)
{
	if (offline) {
		return timer_put(
			txn, "finding.recheck", finding_id, env->policy->offline_recheck_days);
	}
	int error = timer_put(txn, "finding.recheck", finding_id, env->policy->recheck_days[0]);
	return error < 0 ? error
			 : timer_put(txn, "finding.recheck", finding_id,
				   env->policy->recheck_days[1]);
}

int finding_review_set(struct txn *txn, const struct desk_env *env, struct finding_row *row)
{
	row->review_due = false;
	row->review_at_ms =
		txn_now_ms(txn) + env->policy->false_positive_review_days * CIVIL_DAY_MS;
	int64_t gone = timer_cancel(txn, "finding", row->id, NULL);
	return gone < 0 ? (int)gone
			: timer_put(txn, "finding.review", row->id,
				  env->policy->false_positive_review_days);
}

int finding_accepted_set(struct txn *txn, int64_t finding_id, int64_t seq, int64_t at_ms)
{
	struct timer timer = { .kind = SLICE("finding.accepted"),
		.record_kind = SLICE("finding"),
		.record_id = finding_id,
		.seq = seq,
		.fire_at_ms = at_ms,
		.trace = txn_trace(txn) };
	return timer_set(txn, &timer);
}

static int recheck_put(
	struct txn *txn, const struct finding_row *row, int64_t days, bool watched)
{
	int64_t id = txn_id(txn);
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO recheck (id, version, finding_id, watch_id, days, asked_at_ms,"
		" state) VALUES ($1, 1, $2, $3, $4, $5, $6)",
		SQL_INT(id), SQL_INT(row->id), SQL_INT_OR_NULL(watched ? row->watch_id : 0),
		SQL_INT(days), SQL_INT(txn_now_ms(txn)), SQL_STR(watched ? "asked" : "todo"));
	int error = done < 0 ? (int)done : trail_row(txn, "recheck", id);
	if (error < 0 || !watched) {
		return error;
	}
	struct arena *arena = txn_arena(txn);
	struct outbox_item item = { .id = id,
		.kind = SLICE("probe"),
		.effect = arena_printf(arena, "probe|%lld", (long long)id),
		.record_kind = SLICE("recheck"),
		.record_id = id,
		.payload = arena_printf(arena, "{\"check_id\":%lld,\"ask\":%lld}",
			(long long)row->watch_id, (long long)id),
		.trace = txn_trace(txn) };
	int put = outbox_put(txn, &item);
	return put < 0 ? put : 0;
}

static int recheck_fire(
	struct txn *txn, const struct desk_env *env, struct finding_row *row, int64_t at_ms)
{
	int64_t enabled = 0;
	if (row->state != FINDING_CLOSED) {
		return 0;
	}
	int found = sql_int(txn_db(txn), "SELECT enabled FROM watch WHERE id = $1", &enabled,
		SQL_INT(row->watch_id));
	bool watched = found == 1 && enabled != 0;
	int64_t days = (at_ms - row->handled_at_ms) / CIVIL_DAY_MS;
	int error = found < 0 ? found : recheck_put(txn, row, days, watched);
	struct slice args = arena_printf(txn_arena(txn), "{\"days\":%lld}", (long long)days);
	error = error < 0 ? error
			  : finding_say(txn, row->id,
				    watched ? "recheck_asked" : "recheck_todo", args);
	error = error < 0 ? error : txn_change(txn, "finding", row->id, row->version);
	return error < 0 || watched
		       ? error
		       : duty_tell(txn, env, row, "办结后回查",
				 "办结已满规定天数，没有可用的自动检查，请人工回查。");
}

static int recheck_settle(struct txn *txn, const struct line_probe *result, const char *state)
{
	int64_t done = sql_run(txn_db(txn),
		"UPDATE recheck SET version = version + 1, state = $2, at_ms = $3, code = $4,"
		" args = $5 WHERE id = $1",
		SQL_INT(result->proof_id), SQL_STR(state), SQL_INT(result->at_ms),
		SQL_TEXT_OR_NULL(result->code), SQL_TEXT_OR_NULL(result->args));
	int error = done < 0 ? (int)done : trail_row(txn, "recheck", result->proof_id);
	error = error < 0
			? error
			: outbox_end(txn, result->proof_id, OUTBOX_DONE, (struct slice) { 0 });
	return error == E_STATE ? 0 : error;
}

int finding_recheck_result(
	struct txn *txn, const struct desk_env *env, const struct line_probe *result)
{
	struct finding_row row = { 0 };
	int64_t finding_id = 0;
	int found = sql_int(txn_db(txn),
		"SELECT finding_id FROM recheck WHERE id = $1 AND state = 'asked'", &finding_id,
		SQL_INT(result->proof_id));
	int error = found <= 0 ? found : finding_row_load(txn, finding_id, &row);
	if (found <= 0 || error < 0) {
		return error;
	}
	bool gone = slice_is(result->state, "up");
	bool seen = slice_is(result->state, "down") || slice_is(result->state, "degraded");
	trail_act(txn, &(struct trail_act) { .act = SLICE("finding.recheck_result"),
			       .kind = SLICE("finding"),
			       .id = finding_id,
			       .reason = result->state });
	/* Without an answer somebody has to look. */
	error = recheck_settle(txn, result, gone ? "gone" : seen ? "seen" : "todo");
	if (error == 0 && seen && row.state == FINDING_CLOSED) {
		error = seen_again(txn, env, &row);
	} else if (error == 0) {
		error = finding_say(
			txn, finding_id, gone ? "recheck_gone" : "recheck_todo", SLICE("{}"));
	}
	error = error < 0 ? error : txn_change(txn, "finding", finding_id, row.version);
	return error < 0 ? error : 1;
}

/* ---- time is over */

static int review_fire(
	struct txn *txn, const struct desk_env *env, struct finding_row *row, int64_t at_ms)
{
	(void)at_ms;
	if (row->state != FINDING_FALSE_POSITIVE) {
		return 0;
	}
	row->review_due = true;
	int error = finding_row_save(txn, row);
	error = error < 0 ? error : finding_say(txn, row->id, "review_due", SLICE("{}"));
	return error < 0 ? error
			 : duty_tell(txn, env, row, "误报待复查",
				   "判为误报已满规定天数，请复查是否仍为误报。");
}

static int acceptance_fire(
	struct txn *txn, const struct desk_env *env, struct finding_row *row, int64_t at_ms)
{
	(void)at_ms;
	struct finding_facts facts = { .state = row->state, .grade = row->grade };
	struct finding_outcome outcome = { 0 };
	int64_t id = 0;
	if (row->state != FINDING_ACCEPTED) {
		return 0;
	}
	int error =
		finding_step(&facts, FINDING_ACT_EXPIRE, ROLE_SYSTEM, &outcome, txn_diag(txn));
	int found = error < 0 ? error
			      : sql_int(txn_db(txn),
					"SELECT id FROM acceptance WHERE finding_id = $1"
					" AND state = 'approved' ORDER BY id DESC LIMIT 1",
					&id, SQL_INT(row->id));
	int64_t done = found <= 0 ? found
				  : sql_run(txn_db(txn),
					    "UPDATE acceptance SET version = version + 1,"
					    " state = 'expired', ended_at_ms = $2"
					    " WHERE id = $1",
					    SQL_INT(id), SQL_INT(txn_now_ms(txn)));
	error = done < 0 ? (int)done : done > 0 ? trail_row(txn, "acceptance", id) : 0;
	/* The next notice has a clock of its own; it is not overdue since long ago. */
	row->state = outcome.to;
	row->notice_id = 0;
	row->handled_at_ms = 0;
	error = error < 0 ? error : finding_row_save(txn, row);
	error = error < 0 ? error
			  : finding_say(txn, row->id, "acceptance_expired", SLICE("{}"));
	return error < 0 ? error
			 : duty_tell(txn, env, row, "暂缓到期",
				   "暂缓整改已到期，重新计时，请下发通报。");
}

int finding_timer(struct txn *txn, const struct desk_env *env, const struct timer *timer)
{
	static const struct {
		const char *kind;
		int (*fire)(struct txn *txn, const struct desk_env *env,
			struct finding_row *row, int64_t at_ms);
	} kinds[] = {
		{ "finding.recheck", recheck_fire },
		{ "finding.review", review_fire },
		{ "finding.accepted", acceptance_fire },
	};
	struct finding_row row = { 0 };
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!slice_is(timer->kind, kinds[i].kind)) {
			continue;
		}
		trail_act(txn, &(struct trail_act) { .act = timer->kind,
				       .kind = SLICE("finding"),
				       .id = timer->record_id });
		int error = finding_row_load(txn, timer->record_id, &row);
		return error < 0 ? error : kinds[i].fire(txn, env, &row, timer->fire_at_ms);
	}
	return 0;
}

/* ---- its check */

int finding_watched(struct txn *txn, int64_t watch_id, bool gone, int64_t at_ms)
{
	int64_t ids[GONE_MAX];
	int count = 0;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn),
		gone ? "SELECT id FROM finding WHERE watch_id = $1 AND live_gone_at_ms IS NULL"
		       " AND state IN ('new', 'confirmed', 'noticed', 'reopened')"
		       " ORDER BY id LIMIT $2"
		     : "SELECT id FROM finding WHERE watch_id = $1"
		       " AND live_gone_at_ms IS NOT NULL ORDER BY id LIMIT $2",
		&q, SQL_INT(watch_id), SQL_INT(GONE_MAX));
	while (row >= 0 && count < GONE_MAX && (row = db_step(q)) == 1) {
		ids[count++] = db_col_int64(q, 0);
	}
	int error = row < 0 ? row : 0;
	for (int i = 0; i < count && error == 0; i++) {
		int64_t done = sql_run(txn_db(txn),
			"UPDATE finding SET live_gone_at_ms = $2 WHERE id = $1",
			SQL_INT(ids[i]), SQL_INT_OR_NULL(gone ? at_ms : 0));
		error = done < 0 ? (int)done
				 : finding_say(txn, ids[i], gone ? "seems_gone" : "seems_back",
					   SLICE("{}"));
		error = error < 0 ? error : txn_change(txn, "finding", ids[i], 0);
	}
	return error;
}
