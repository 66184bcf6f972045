/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open notices go on by the version they were issued under.  Only this act
 * moves them: each gets the deadline the version in force gives, says so in
 * its history, and its unit is told.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "desk/regulation_row.h"
#include "desk/regulations.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/timer.h"
#include "records/trail.h"
#include "workflow/policy.h"
#include "workflow/policy_impact.h"

enum { NOTICES_MAX = 2000, REASON_MAX = 500 };

static int open_list(struct desk *desk, int64_t *ids, size_t *ret_count)
{
	AUTO_STMT struct stmt *q = NULL;
	size_t count = 0;
	int row = sql_query(desk->db,
		"SELECT id FROM notice WHERE due_json IS NOT NULL AND state IN ('issued',"
		" 'received', 'rectifying', 'submitted', 'verifying', 'returned', 'failed')"
		" AND (policy_id IS NULL OR policy_id <> $1) ORDER BY id LIMIT $2",
		&q, SQL_INT(desk->env->policy_id), SQL_INT(NOTICES_MAX));
	while (row >= 0 && (row = db_step(q)) == 1) {
		ids[count++] = db_col_int64(q, 0);
	}
	*ret_count = count;
	return row < 0 ? row : 0;
}

static struct slice json_of(struct matter *m)
{
	AUTO_BUF struct buf text;
	buf_init(&text, DUE_TEXT_MAX);
	struct jw jw;
	jw_init(&jw, &text);
	due_put_json(&jw, &m->due);
	return arena_dup(m->arena, buf_slice(&text));
}

static int timer_move(struct matter *m)
{
	struct timer timer = { .kind = SLICE("notice.due"),
		.record_kind = SLICE("notice"),
		.record_id = m->row.id,
		.seq = txn_id(m->txn),
		.fire_at_ms = m->row.due_at_ms,
		.trace = txn_trace(m->txn) };
	int64_t ended = timer_cancel(m->txn, "notice", m->row.id, "notice.due");
	ended = ended < 0 ? ended : timer_cancel(m->txn, "notice", m->row.id, "notice.ladder");
	if (ended < 0 || due_paused(&m->due)) {
		return ended < 0 ? (int)ended : 0;
	}
	/* What is overdue by the new rule as well stays on its rung. */
	return m->row.due_at_ms < m->now_ms && m->row.overdue_level > 0
		       ? matter_ladder_next(m)
		       : timer_set(m->txn, &timer);
}

static int unit_tell(struct matter *m, int64_t before_ms)
{
	struct slice subject =
		arena_printf(m->arena, "【期限变更】%.*s", SLICE_FMT(m->row.number));
	struct slice text =
		arena_printf(m->arena, "因制度修订，%.*s 的整改期限由 %.*s 改为 %.*s。",
			SLICE_FMT(m->row.number), SLICE_FMT(matter_time(m, before_ms)),
			SLICE_FMT(matter_time(m, m->row.due_at_ms)));
	struct slice event =
		arena_printf(m->arena, "policy_moved.%lld", (long long)m->env->policy_id);
	m->act = NOTICE_ACT_COUNT;
	return matter_tell_unit(m, (const char *)event.p, subject, text);
}

static int history_put(struct desk *desk, struct matter *m, int64_t before_ms)
{
	struct slice args =
		arena_printf(m->arena, "{\"policy\":\"%s\",\"from\":\"%.*s\",\"to\":\"%.*s\"}",
			m->env->policy->version, SLICE_FMT(matter_time(m, before_ms)),
			SLICE_FMT(matter_time(m, m->row.due_at_ms)));
	return words_timeline(desk, "notice", m->row.id, "policy_moved", args);
}

static int notice_move(struct desk *desk, int64_t id)
{
	struct matter m;
	int error = matter_open_system(desk->txn, desk->env, id, &m);
	if (error < 0) {
		return error;
	}
	int64_t before_ms = m.row.due_at_ms;
	error = policy_move_due(
		desk->env->calendar, desk->env->policy, m.row.grade, &m.due, &m.due);
	if (error < 0) {
		return error == E_ABSENT ? 0 : error;
	}
	m.row.due_json = json_of(&m);
	m.row.due_at_ms = m.due.due_ms;
	m.row.due_provisional = m.due.provisional;
	m.row.policy_id = desk->env->policy_id;
	m.row.policy = slice_str(desk->env->policy->version);
	if (m.row.due_at_ms >= m.now_ms) {
		m.row.overdue_level = 0;
	}
	m.timing.policy = desk->env->policy;
	error = timer_move(&m);
	error = error < 0 ? error : notice_row_save(m.txn, &m.row);
	error = error < 0 ? error : history_put(desk, &m, before_ms);
	return error < 0 || before_ms == m.row.due_at_ms ? error : unit_tell(&m, before_ms);
}

int desk_regulation_carry(struct desk *desk)
{
	struct regulation_row row;
	struct regulation_facts facts = { 0 };
	struct slice reason = { 0 };
	struct diag diag = { 0 };
	int64_t *ids = arena_take(desk->arena, NOTICES_MAX * sizeof(*ids));
	size_t count = 0;
	int error = regulation_row_load(desk->txn, desk->call->id, &row);
	error = error < 0 ? error : desk_version_same(desk, row.version);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_REQUIRED, REASON_MAX, &reason);
	if (error < 0) {
		return error;
	}
	facts.state = row.state;
	facts.reason_given = words_enough(reason, REGULATION_REASON_MIN);
	error = regulation_step(
		&facts, REGULATION_ACT_CARRY, desk->caller.role, &row.state, &diag);
	if (error < 0) {
		struct slice code = arena_printf(desk->arena, "regulation.%s", diag.source);
		return desk_refuse(desk, error, (const char *)code.p, NULL);
	}
	if (row.policy_id != desk->env->policy_id) {
		return desk_refuse(desk, E_STATE, "regulation.no_such_step", NULL);
	}
	error = open_list(desk, ids, &count);
	for (size_t i = 0; i < count && error == 0; i++) {
		error = notice_move(desk, ids[i]);
	}
	row.carried_at_ms = desk->now_ms;
	error = error < 0 ? error : regulation_row_save(desk->txn, &row);
	desk_audit(desk, "regulation.carry", "regulation", row.id, row.version, reason);
	desk_answer(desk, row.id, row.version);
	desk->answer_number = arena_printf(desk->arena, "%zu", count);
	return error < 0 ? error
			 : words_timeline(desk, "regulation", row.id, "carried",
				   arena_printf(desk->arena, "{\"count\":%zu}", count));
}
