/* SPDX-License-Identifier: Apache-2.0 */
/* The rows that go with a notice: findings, this round's rectification and verification. */
#include <string.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/finding_recur.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "desk/paper_job.h"
#include "records/sql.h"
#include "records/trail.h"
#include "sys/rand.h"

int matter_round_begin(struct matter *m)
{
	m->round = (struct matter_round) { .id = txn_id(m->txn),
		.version = 1,
		.state = RECTIFICATION_PLANNED,
		.check_code = paper_code(m->arena) };
	int64_t done = sql_run(m->db,
		"INSERT INTO rectification (id, version, notice_id, round, state, check_code)"
		" VALUES ($1, 1, $2, $3, 'planned', $4)",
		SQL_INT(m->round.id), SQL_INT(m->row.id), SQL_INT(m->row.round),
		SQL_TEXT(m->round.check_code));
	return done < 0 ? (int)done : trail_row(m->txn, "rectification", m->round.id);
}

int matter_round_step(struct matter *m, enum rectification_act act)
{
	struct rectification_facts facts = {
		.state = m->round.state,
		.actor_in_unit = m->facts.actor_in_unit,
		.items_complete = m->facts.report_complete,
		.scan_stored = m->facts.scan_stored,
		.fault_named = m->facts.fault_named,
	};
	return rectification_step(&facts, act, m->role, &m->round.state, txn_diag(m->txn));
}

int matter_round_save(struct matter *m)
{
	int64_t done = sql_run(m->db,
		"UPDATE rectification SET version = version + 1, state = $2 WHERE id = $1",
		SQL_INT(m->round.id),
		SQL_STR(name_id(&rectification_state_names, m->round.state)));
	return done < 0 ? (int)done : trail_row(m->txn, "rectification", m->round.id);
}

int matter_check_begin(struct matter *m)
{
	if (m->check.id != 0) {
		return 0; /* handed in again in the same round, after papers were returned */
	}
	m->check =
		(struct matter_check) { .id = txn_id(m->txn), .state = VERIFICATION_ASSIGNED };
	int64_t done = sql_run(m->db,
		"INSERT INTO verification (id, version, notice_id, round, state)"
		" VALUES ($1, 1, $2, $3, 'assigned')",
		SQL_INT(m->check.id), SQL_INT(m->row.id), SQL_INT(m->row.round));
	return done < 0 ? (int)done : trail_row(m->txn, "verification", m->check.id);
}

int matter_check_save(struct matter *m)
{
	m->check.state = m->outcome.verification;
	int64_t done = sql_run(m->db,
		"UPDATE verification SET version = version + 1, state = $2, verifier_id = $3,"
		" second_reader_id = $4 WHERE id = $1",
		SQL_INT(m->check.id),
		SQL_STR(name_id(&verification_state_names, m->check.state)),
		SQL_INT_OR_NULL(m->check.verifier_id),
		SQL_INT_OR_NULL(m->check.second_reader_id));
	return done < 0 ? (int)done : trail_row(m->txn, "verification", m->check.id);
}

static int finding_save(struct matter *m, struct matter_finding *f, enum finding_act act)
{
	bool noticed = act == FINDING_ACT_NOTICE;
	bool closed = act == FINDING_ACT_CLOSE;
	bool dropped = act == FINDING_ACT_DROP;
	int64_t review_ms =
		m->now_ms + m->timing.policy->false_positive_review_days * CIVIL_DAY_MS;
	f->version++;
	int64_t done = sql_run(m->db,
		"UPDATE finding SET version = $2, state = $3,"
		" reported_at_ms = COALESCE(reported_at_ms, $4),"
		" handled_at_ms = COALESCE($5, handled_at_ms), reason = COALESCE($6, reason),"
		" false_by = COALESCE($7, false_by), doubt_at_ms = COALESCE($8, doubt_at_ms)"
		" WHERE id = $1",
		SQL_INT(f->id), SQL_INT(f->version),
		SQL_STR(name_id(&finding_state_names, f->state)),
		SQL_INT_OR_NULL(noticed ? m->now_ms : 0),
		SQL_INT_OR_NULL(closed || dropped ? m->now_ms : 0),
		SQL_TEXT_OR_NULL(dropped ? m->note : (struct slice) { 0 }),
		SQL_INT_OR_NULL(dropped ? m->actor_id : 0),
		SQL_INT_OR_NULL(dropped ? review_ms : 0));
	int error = done < 0 ? (int)done : trail_row(m->txn, "finding", f->id);
	if (error == 0 && closed) {
		error = finding_rechecks_set(
			m->txn, m->env, f->id, m->act == NOTICE_ACT_PASS_OFFLINE);
	}
	return error < 0 ? error : txn_change(m->txn, "finding", f->id, f->version);
}

static int finding_tell(struct matter *m, const struct matter_finding *f)
{
	struct slice args = arena_printf(m->arena, "{\"number\":\"%.*s\",\"state\":\"%s\"}",
		SLICE_FMT(m->row.number), name_id(&finding_state_names, f->state));
	int64_t done = sql_run(m->db,
		"INSERT INTO timeline (id, kind, record_id, at_ms, code, args, person_id, role)"
		" VALUES ($1, 'finding', $2, $3, $4, $5, $6, 'system')",
		SQL_INT(txn_id(m->txn)), SQL_INT(f->id), SQL_INT(m->now_ms),
		SQL_STR(name_id(&finding_state_names, f->state)), SQL_TEXT(args),
		SQL_INT_OR_NULL(m->actor_id));
	return done < 0 ? (int)done : 0;
}

int matter_findings_move(struct matter *m, enum finding_act act)
{
	int error = 0;
	for (size_t i = 0; i < m->finding_count && error == 0; i++) {
		struct matter_finding *f = &m->findings[i];
		if (!finding_open(f->state)) {
			continue; /* settled in an earlier round, or accepted for a time */
		}
		struct finding_facts facts = { .state = f->state,
			.grade = f->grade,
			.staffing = m->facts.staffing,
			.unit_known = f->unit_id != 0 };
		struct finding_outcome outcome = { 0 };
		enum finding_act own = f->passed ? FINDING_ACT_CLOSE : act;
		error = finding_step(&facts, own, ROLE_SYSTEM, &outcome, txn_diag(m->txn));
		if (error == 0) {
			f->state = outcome.to;
			error = finding_save(m, f, own);
		}
		error = error < 0 ? error : finding_tell(m, f);
	}
	return error;
}
