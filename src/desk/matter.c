/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/matter.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/matter_priv.h"
#include "desk/staffing_load.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/trail.h"

/* ---- what is known */

static int unit_load(struct matter *m)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(m->db, "SELECT name, is_centre FROM unit WHERE id = $1", &q,
		SQL_INT(m->row.unit_id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_STORE;
	}
	m->unit_name = arena_dup(m->arena, db_col_text(q, 0));
	m->unit_is_centre = db_col_int64(q, 1) != 0;
	return 0;
}

static void finding_read(struct matter *m, struct stmt *q, struct matter_finding *f)
{
	int state = name_parse(&finding_state_names, db_col_text(q, 2));
	int grade = name_parse(&grade_names, db_col_text(q, 3));
	*f = (struct matter_finding) {
		.id = db_col_int64(q, 0),
		.version = db_col_int64(q, 1),
		.state = (enum finding_state)(state < 0 ? 0 : state),
		.grade = (enum grade)(grade < 0 ? 0 : grade),
		.unit_id = db_col_int64(q, 4),
		.watch_id = db_col_int64(q, 5),
		.asset_id = db_col_int64(q, 6),
		.title = arena_dup(m->arena, db_col_text(q, 7)),
		.description = arena_dup(m->arena, db_col_text(q, 8)),
		.advice = arena_dup(m->arena, db_col_text(q, 9)),
		.asset = arena_dup(m->arena, db_col_text(q, 10)),
		.recurrence = db_col_int64(q, 11),
		.again_asked = db_col_int64(q, 12) != 0,
	};
}

static int findings_load(struct matter *m)
{
	AUTO_STMT struct stmt *q = NULL;
	m->findings = arena_take(m->arena, MATTER_FINDINGS_MAX * sizeof(*m->findings));
	int row = sql_query(m->db,
		"SELECT f.id, f.version, f.state, f.grade, f.unit_id, f.watch_id, f.asset_id,"
		" f.title, f.description, f.advice, a.name, f.recurrence, CASE WHEN"
		" (f.recurrence > 0 OR f.earlier_id IS NOT NULL) AND f.again_cause IS NULL"
		" THEN 1 ELSE 0 END FROM finding f"
		" LEFT JOIN asset a ON a.id = f.asset_id"
		" WHERE f.notice_id = $1 ORDER BY f.id LIMIT $2",
		&q, SQL_INT(m->row.id), SQL_INT(MATTER_FINDINGS_MAX));
	while (row >= 0 && (row = db_step(q)) == 1) {
		finding_read(m, q, &m->findings[m->finding_count++]);
	}
	return row < 0 ? row : 0;
}

static int round_load(struct matter *m)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(m->db,
		"SELECT id, version, state, check_code, responsible, submitted_by,"
		" submitted_at_ms FROM rectification WHERE notice_id = $1 AND round = $2",
		&q, SQL_INT(m->row.id), SQL_INT(m->row.round));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row;
	}
	int state = name_parse(&rectification_state_names, db_col_text(q, 2));
	m->round = (struct matter_round) {
		.id = db_col_int64(q, 0),
		.version = db_col_int64(q, 1),
		.state = (enum rectification_state)(state < 0 ? 0 : state),
		.check_code = arena_dup(m->arena, db_col_text(q, 3)),
		.responsible = arena_dup(m->arena, db_col_text(q, 4)),
		.submitted_by = db_col_int64(q, 5),
		.submitted_at_ms = db_col_int64(q, 6),
	};
	return 0;
}

static int check_load(struct matter *m)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(m->db,
		"SELECT id, state, verifier_id, second_reader_id FROM verification"
		" WHERE notice_id = $1 AND round = $2",
		&q, SQL_INT(m->row.id), SQL_INT(m->row.round));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row;
	}
	int state = name_parse(&verification_state_names, db_col_text(q, 1));
	m->check = (struct matter_check) { db_col_int64(q, 0),
		(enum verification_state)(state < 0 ? 0 : state), db_col_int64(q, 2),
		db_col_int64(q, 3) };
	return 0;
}

/* Somebody of the unit is somebody filed there, whatever hat he wears today. */
static int actor_of_unit(struct matter *m, bool *ret_of_unit)
{
	int64_t found = 0;
	int row = sql_int(m->db,
		"SELECT 1 FROM person p WHERE p.id = $1 AND (p.unit_id = $2 OR EXISTS"
		" (SELECT 1 FROM role_grant g WHERE g.person_id = p.id AND g.unit_id = $2"
		" AND g.valid_to_ms IS NULL))",
		&found, SQL_INT(m->actor_id), SQL_INT(m->row.unit_id));
	*ret_of_unit = row == 1;
	return row < 0 ? row : 0;
}

/*
 * Findings that need a fresh probe and have no newest answer that is good,
 * asked and answered after the submission.
 */
static int probes_missing(struct matter *m, int64_t finding_id, int64_t *ret_missing)
{
	return sql_int(m->db,
		"SELECT count(*) FROM finding f WHERE f.notice_id = $1 AND f.state = 'remediated'"
		" AND ($5 = 0 OR f.id = $5)"
		" AND (f.watch_id IS NOT NULL OR $2 = 1) AND NOT EXISTS"
		" (SELECT 1 FROM probe_proof p JOIN watch w ON w.id = p.watch_id"
		" WHERE p.verification_id = $3 AND p.state = 'up' AND p.asked_at_ms >= $4"
		" AND p.at_ms > $4 AND (p.watch_id = f.watch_id"
		" OR (f.watch_id IS NULL AND w.asset_id = f.asset_id)) AND NOT EXISTS"
		" (SELECT 1 FROM probe_proof n WHERE n.verification_id = p.verification_id"
		" AND n.watch_id = p.watch_id AND n.id > p.id AND n.at_ms IS NOT NULL))",
		ret_missing, SQL_INT(m->row.id), SQL_INT(m->unit_is_centre),
		SQL_INT(m->check.id), SQL_INT(m->round.submitted_at_ms), SQL_INT(finding_id));
}

static int verification_facts(struct matter *m, struct verification_facts *v)
{
	int64_t missing = 0;
	int error = actor_of_unit(m, &v->actor_in_unit);
	int row = error < 0 ? error : probes_missing(m, 0, &missing);
	if (row < 0) {
		return row;
	}
	bool asked = m->unit_is_centre;
	for (size_t i = 0; i < m->finding_count; i++) {
		v->from_probe = v->from_probe || (finding_open(m->findings[i].state) &&
							 m->findings[i].watch_id != 0);
	}
	asked = asked || v->from_probe;
	v->state = m->check.state;
	v->grade = m->row.grade;
	v->staffing = m->facts.staffing;
	v->unit_is_centre = m->unit_is_centre;
	/* Who submitted, and who the plan names as doing the repair. */
	v->actor_is_repairer =
		m->actor_id != 0 &&
		(m->round.submitted_by == m->actor_id ||
			(m->actor_name.n > 0 &&
				slice_find(m->round.responsible, m->actor_name) != SIZE_MAX));
	v->actor_is_author = m->actor_id != 0 && m->actor_id == m->row.author_id;
	v->actor_is_verifier = m->actor_id != 0 && m->actor_id == m->check.verifier_id;
	v->fresh_negative_probe = asked && m->finding_count > 0 && missing == 0;
	v->second_reader = m->check.second_reader_id != 0;
	return 0;
}

int matter_parts(struct matter *m)
{
	struct verification_facts *v = &m->facts.verification;
	int64_t missing = 0;
	size_t passed = 0;
	size_t open = 0;
	v->from_probe = false;
	for (size_t i = 0; i < m->finding_count; i++) {
		const struct matter_finding *f = &m->findings[i];
		int64_t lacks = 0;
		open += finding_open(f->state) ? 1 : 0;
		if (!f->passed) {
			continue;
		}
		int row = probes_missing(m, f->id, &lacks);
		if (row < 0) {
			return row;
		}
		missing += lacks;
		passed++;
		v->from_probe = v->from_probe || f->watch_id != 0;
	}
	v->fresh_negative_probe = (v->from_probe || m->unit_is_centre) && missing == 0;
	m->facts.parts_named = passed > 0 && passed < open;
	return 0;
}

static int objection_load(struct matter *m)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(m->db,
		"SELECT id, reason, unit_id, by_id, at_ms FROM objection"
		" WHERE notice_id = $1 AND decision IS NULL ORDER BY id DESC LIMIT 1",
		&q, SQL_INT(m->row.id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		m->objection = (struct matter_objection) { db_col_int64(q, 0),
			arena_dup(m->arena, db_col_text(q, 1)), db_col_int64(q, 2),
			db_col_int64(q, 3), db_col_int64(q, 4) };
	}
	return row < 0 ? row : 0;
}

int matter_reachable(struct matter *m, int64_t unit_id, bool *ret_known)
{
	int64_t found = 0;
	int row = sql_int(m->db,
		"SELECT 1 FROM role_grant g JOIN person p ON p.id = g.person_id"
		" WHERE g.unit_id = $1 AND g.valid_to_ms IS NULL AND p.mail IS NOT NULL"
		" AND g.role IN ('specialist', 'officer', 'unit_head') LIMIT 1",
		&found, SQL_INT(unit_id));
	*ret_known = row == 1;
	return row < 0 ? row : 0;
}

/* Within the policy's time after receipt. */
static int objection_time(struct matter *m)
{
	int64_t until_ms = 0;
	bool provisional = false;
	if (m->row.signed_at_ms == 0) {
		return 0;
	}
	int error = calendar_add(m->env->calendar, m->row.signed_at_ms,
		policy_rule(m->timing.policy, POLICY_OBJECTION, m->row.grade), &until_ms,
		&provisional);
	m->facts.objection_in_time = error == 0 && m->now_ms <= until_ms;
	return error;
}

static int facts_load(struct matter *m)
{
	struct notice_facts *f = &m->facts;
	const struct notice_row *row = &m->row;
	int error = staffing_load(m->txn, &f->staffing);
	error = error < 0 ? error : matter_reachable(m, row->unit_id, &f->recipient_known);
	error = error < 0 ? error : verification_facts(m, &f->verification);
	f->state = row->state;
	f->grade = row->grade;
	f->source = row->source;
	f->upreport = row->upreport;
	f->actor_is_author = m->actor_id != 0 && m->actor_id == row->author_id;
	f->actor_is_issuer = m->actor_id != 0 && m->actor_id == row->issuer_id;
	f->actor_in_unit = m->actor_unit_id != 0 && m->actor_unit_id == row->unit_id;
	f->has_findings = m->finding_count > 0;
	f->one_unit = true;
	f->findings_closed = true;
	for (size_t i = 0; i < m->finding_count; i++) {
		f->one_unit = f->one_unit && m->findings[i].unit_id == row->unit_id;
		f->findings_closed = f->findings_closed && !finding_open(m->findings[i].state);
	}
	f->actor_is_objector = m->actor_id != 0 && m->actor_id == m->objection.by_id;
	f->requirement_set = row->requirement.n > 0;
	f->delivered = row->reached_at_ms != 0;
	f->confirm_pending = row->deferred_reason.n > 0 && row->deferred_confirmed_by == 0;
	return error;
}

static int load(struct matter *m, int64_t id)
{
	int error = notice_row_load(m->txn, id, &m->row);
	error = error < 0 ? error : unit_load(m);
	error = error < 0 ? error : findings_load(m);
	error = error < 0 ? error : round_load(m);
	error = error < 0 ? error : check_load(m);
	error = error < 0 ? error : objection_load(m);
	error = error < 0 ? error : facts_load(m);
	if (error == 0 && m->row.due_json.n > 0) {
		error = due_parse_json(m->row.due_json, &m->due, txn_diag(m->txn));
	}
	error = error < 0 ? error : matter_timing(m);
	return error < 0 ? error : objection_time(m);
}

static void open_at(struct txn *txn, const struct desk_env *env, struct matter *m)
{
	*m = (struct matter) { .txn = txn,
		.db = txn_db(txn),
		.arena = txn_arena(txn),
		.env = env,
		.now_ms = txn_now_ms(txn),
		.role = ROLE_SYSTEM };
}

int matter_open(struct desk *desk, struct matter *ret_matter)
{
	struct matter *m = ret_matter;
	open_at(desk->txn, desk->env, m);
	m->actor_id = desk->caller.person_id;
	m->actor_name = slice_str(desk->caller.name);
	m->role = desk->caller.role;
	m->actor_unit_id = desk->caller.unit_id;
	int error = load(m, desk->call->id);
	error = error < 0 ? error : desk_unit_reached(desk, m->row.unit_id);
	/* A unit hears of a notice when it is issued, not while it is written. */
	bool unseen = m->row.state == NOTICE_DRAFT || m->row.state == NOTICE_REVIEW ||
		      m->row.issued_at_ms == 0;
	if (error == 0 && unseen && desk->scope != SCOPE_ALL) {
		error = E_ABSENT;
	}
	desk->answer_state = slice_str(name_id(&notice_state_names, m->row.state));
	return error < 0 ? error : desk_version_same(desk, m->row.version);
}

int matter_open_system(
	struct txn *txn, const struct desk_env *env, int64_t id, struct matter *ret_matter)
{
	open_at(txn, env, ret_matter);
	return load(ret_matter, id);
}

/* ---- deciding */

int matter_decide(struct desk *desk, struct matter *m, enum notice_act act)
{
	struct diag diag = { 0 };
	m->act = act;
	int error = notice_step(&m->facts, act, m->role, &m->outcome, &diag);
	if (error < 0 && desk != NULL) {
		struct slice code = arena_printf(m->arena, "notice.%s", diag.source);
		return desk_refuse(desk, error, (const char *)code.p, NULL);
	}
	return error;
}

/* ---- writing */

static int round_next(struct matter *m)
{
	m->row.round++;
	m->row.failed_rounds += m->act == NOTICE_ACT_FAIL ? 1 : 0;
	m->round = (struct matter_round) { 0 };
	m->check = (struct matter_check) { 0 };
	return matter_round_begin(m);
}

int matter_write(struct matter *m)
{
	const struct notice_outcome *o = &m->outcome;
	int error = 0;
	m->row.state = o->to;
	m->row.upreport = o->upreport;
	if (o->to == NOTICE_CLOSED) {
		m->row.closed_at_ms = m->now_ms;
	}
	if ((o->effects & NOTICE_EFFECT_NUMBER) != 0) {
		error = matter_number(m);
	}
	error = error < 0 ? error : matter_clocks(m);
	matter_places_fill(m);
	if (error == 0 && (o->effects & NOTICE_EFFECT_FINDINGS) != 0) {
		error = matter_findings_move(m, (enum finding_act)o->finding_act);
	}
	if (error == 0 && (o->effects & NOTICE_EFFECT_CONFIRMED) != 0) {
		m->row.deferred_confirmed_by = m->actor_id;
		m->row.deferred_confirmed_at_ms = m->now_ms;
	}
	error = error < 0 ? error : matter_papers(m);
	if (error == 0 && (o->effects & NOTICE_EFFECT_ROUND) != 0) {
		error = round_next(m);
		error = error < 0 ? error : matter_failed(m);
	}
	error = error < 0 ? error : matter_lapse(m);
	error = error < 0 ? error : notice_row_save(m->txn, &m->row);
	return error < 0 ? error : matter_tell(m);
}

struct slice matter_args(const struct matter *m, struct slice reason)
{
	AUTO_BUF struct buf text;
	buf_init(&text, 8192);
	struct jw jw;
	jw_init(&jw, &text);
	jw_object(&jw);
	if (m->row.number.n > 0) {
		jw_kv_str(&jw, "number", m->row.number);
	}
	if (reason.n > 0) {
		jw_kv_str(&jw, "reason", reason);
	}
	jw_kv_int(&jw, "round", m->row.round);
	jw_end(&jw);
	return arena_dup(m->arena, buf_slice(&text));
}

int matter_close(struct desk *desk, const struct matter *m, const char *act, const char *code,
	struct slice args_json)
{
	const struct json *args = NULL;
	struct slice reason = { 0 };
	if (json_parse(m->arena, args_json, 0, &args, NULL) == 0) {
		reason = json_get_str(args, "reason");
	}
	desk_audit(desk, act, "notice", m->row.id, m->row.version, reason);
	desk_answer(desk, m->row.id, m->row.version);
	desk->answer_state = slice_str(name_id(&notice_state_names, m->row.state));
	desk->answer_number = m->row.number;
	return words_timeline(desk, "notice", m->row.id, code, args_json);
}
