/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 临时管控: what is done about an asset that is not put right in time, until it
 * is.  People propose, approve, apply and lift it; the machine cuts nothing.
 */
#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "desk/notice_pleas.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/trail.h"
#include "workflow/control.h"

enum { TEXT_MAX = 1000, NAME_MAX_CHARS = 60 };

static const char *const words[] = { "propose", "approve", "refuse", "apply", "lift", NULL };

struct acting {
	int64_t id;
	int64_t proposer_id;
	enum control_act act;
	struct slice measure;
	struct slice reason;
	struct slice person;
	struct control_facts facts;
};

/* The one that has not come to its end. */
static int open_load(struct matter *m, struct acting *a)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(m->db,
		"SELECT id, state, proposed_by, measure FROM control WHERE notice_id = $1"
		" AND state IN ('proposed', 'approved', 'applied') ORDER BY id DESC LIMIT 1",
		&q, SQL_INT(m->row.id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		int state = name_parse(&control_state_names, db_col_text(q, 1));
		a->id = db_col_int64(q, 0);
		a->facts.state = (enum control_state)(state < 0 ? 0 : state);
		a->proposer_id = db_col_int64(q, 2);
		a->measure = arena_dup(m->arena, db_col_text(q, 3));
	}
	return row < 0 ? row : 0;
}

static int acting_read(struct desk *desk, struct matter *m, struct acting *a)
{
	struct slice word = { 0 };
	struct slice measure = { 0 };
	int error = open_load(m, a);
	error = error < 0 ? error : words_choice(desk, "act", words, NULL, &word);
	error = error < 0 ? error
			  : words_text(desk, "measure", WORDS_OPTIONAL, TEXT_MAX, &measure);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_OPTIONAL, TEXT_MAX, &a->reason);
	error = error < 0 ? error
			  : words_text(
				    desk, "person", WORDS_OPTIONAL, NAME_MAX_CHARS, &a->person);
	if (error < 0) {
		return error;
	}
	struct control_facts *f = &a->facts;
	a->act = (enum control_act)name_parse(&control_act_names, word);
	a->measure = measure.n > 0 ? measure : a->measure;
	f->another_open = a->id != 0;
	if (a->act == CONTROL_ACT_PROPOSE) {
		f->state = CONTROL_NONE;
	}
	f->notice_open = notice_with_unit(m->row.state) || m->row.state == NOTICE_OBJECTED;
	f->measure_given = a->measure.n > 0;
	f->reason_given = words_enough(a->reason, NOTICE_REASON_MIN);
	f->actor_is_proposer = m->actor_id == a->proposer_id;
	f->person_named = a->person.n > 0;
	f->verified = (m->row.state >= NOTICE_PASSED && m->row.state <= NOTICE_WITHDRAWN) ||
		      notice_terminal(m->row.state);
	return 0;
}

static int propose(struct matter *m, struct acting *a)
{
	a->id = txn_id(m->txn);
	int64_t done = sql_run(m->db,
		"INSERT INTO control (id, version, notice_id, state, measure, reason,"
		" proposed_by, proposed_at_ms) VALUES ($1, 1, $2, 'proposed', $3, $4, $5, $6)",
		SQL_INT(a->id), SQL_INT(m->row.id), SQL_TEXT(a->measure), SQL_TEXT(a->reason),
		SQL_INT(m->actor_id), SQL_INT(m->now_ms));
	return done < 0 ? (int)done : trail_row(m->txn, "control", a->id);
}

static int move(struct matter *m, const struct acting *a)
{
	static const struct {
		enum control_act act;
		const char *sql; /* $2 state, $3 person acting, $4 now, $5 words, $6 measure */
	} changes[] = {
		{ CONTROL_ACT_APPROVE,
			"UPDATE control SET version = version + 1, state = $2, decided_by = $3,"
			" decided_at_ms = $4, opinion = $5, measure = $6 WHERE id = $1" },
		{ CONTROL_ACT_REFUSE,
			"UPDATE control SET version = version + 1, state = $2, decided_by = $3,"
			" decided_at_ms = $4, opinion = $5, measure = $6 WHERE id = $1" },
		{ CONTROL_ACT_APPLY,
			"UPDATE control SET version = version + 1, state = $2, applied_by = $3,"
			" applied_at_ms = $4, applied_person = $5, measure = $6 WHERE id = $1" },
		{ CONTROL_ACT_LIFT,
			"UPDATE control SET version = version + 1, state = $2, lifted_by = $3,"
			" lifted_at_ms = $4, lifted_person = $5, measure = $6 WHERE id = $1" },
	};
	int64_t done = E_STATE;
	struct slice said = a->person.n > 0 ? a->person : a->reason;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		if (changes[i].act == a->act) {
			done = sql_run(m->db, changes[i].sql, SQL_INT(a->id),
				SQL_STR(name_id(&control_state_names, a->facts.state)),
				SQL_INT(m->actor_id), SQL_INT(m->now_ms),
				SQL_TEXT_OR_NULL(said), SQL_TEXT(a->measure));
		}
	}
	return done < 0 ? (int)done : trail_row(m->txn, "control", a->id);
}

static int tell(struct matter *m, const struct acting *a)
{
	const char *word = name_text(&control_state_names, a->facts.state, LANG_ZH);
	struct slice subject =
		arena_printf(m->arena, "【临时管控%s】%.*s", word, SLICE_FMT(m->row.number));
	struct slice text = arena_printf(m->arena, "%.*s（%.*s）的临时管控：%s。",
		SLICE_FMT(m->row.number), SLICE_FMT(m->unit_name), word);
	const char *event = (const char *)arena_printf(m->arena, "control.%s.%lld",
		name_id(&control_act_names, a->act), (long long)m->row.version)
				    .p;
	if (a->act == CONTROL_ACT_PROPOSE) {
		return matter_tell_role(m, ROLE_DIRECTOR, 0, event, subject, text);
	}
	if (a->act == CONTROL_ACT_APPROVE || a->act == CONTROL_ACT_REFUSE) {
		return matter_tell_role(m, ROLE_OPERATOR, 0, event, subject, text);
	}
	return matter_tell_unit(m, event, subject, text);
}

int desk_notice_control(struct desk *desk)
{
	struct matter m;
	struct acting a = { 0 };
	struct diag diag = { 0 };
	int error = matter_open(desk, &m);
	m.act = NOTICE_ACT_COUNT;
	error = error < 0 ? error : acting_read(desk, &m, &a);
	if (error < 0) {
		return error;
	}
	error = control_step(&a.facts, a.act, m.role, &a.facts.state, &diag);
	if (error < 0) {
		struct slice code = arena_printf(m.arena, "control.%s", diag.source);
		return desk_refuse(desk, error, (const char *)code.p, NULL);
	}
	error = a.act == CONTROL_ACT_PROPOSE ? propose(&m, &a) : move(&m, &a);
	m.note = a.measure;
	if (error == 0 && a.act == CONTROL_ACT_APPROVE) {
		error = matter_paper(&m, NOTICE_DOCUMENT_CONTROL);
	}
	error = error < 0 ? error : notice_row_save(m.txn, &m.row);
	error = error < 0 ? error : tell(&m, &a);
	struct slice code = arena_printf(
		m.arena, "control_%s", name_id(&control_state_names, a.facts.state));
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.control", (const char *)code.p,
				   matter_args(&m, a.person.n > 0 ? a.person : a.reason));
}
