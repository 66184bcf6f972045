/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 异议: a unit says that a notice is none of its own, or of nothing.  The clock
 * runs on; if it is right the time is given back, and the notice goes to whose
 * it is, is withdrawn, or waits for the unit's proof.
 */
#include "base/arena.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "desk/notice_pleas.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/timer.h"
#include "records/trail.h"
#include "workflow/machine.h"

enum { TEXT_MAX = 2000, OPINION_MAX = 1000, CHAIN_MAX = 16 };

static const char *const reasons[] = { "not_ours", "false_positive", "already_fixed",
	"cannot_fix", NULL };

/* ---- raised */

static int objection_put(struct matter *m, struct slice reason, int64_t unit_id)
{
	int64_t id = txn_id(m->txn);
	int64_t done = sql_run(m->db,
		"INSERT INTO objection (id, version, notice_id, reason, text, unit_id, by_id,"
		" at_ms, due_at_ms) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8)",
		SQL_INT(id), SQL_INT(m->row.id), SQL_TEXT(reason), SQL_TEXT(m->note),
		SQL_INT_OR_NULL(unit_id), SQL_INT(m->actor_id), SQL_INT(m->now_ms),
		SQL_INT(m->row.step_due_at_ms));
	return done < 0 ? (int)done : trail_row(m->txn, "objection", id);
}

int desk_notice_object(struct desk *desk)
{
	struct matter m;
	struct slice reason = { 0 };
	int64_t unit_id = 0;
	int error = matter_open(desk, &m);
	error = error < 0 ? error : words_choice(desk, "reason", reasons, NULL, &reason);
	error = error < 0 ? error : words_text(desk, "text", WORDS_REQUIRED, TEXT_MAX, &m.note);
	error = error < 0 ? error : words_id(desk, "unit_id", WORDS_OPTIONAL, "unit", &unit_id);
	m.facts.reason_given = words_enough(m.note, NOTICE_REASON_MIN);
	error = error < 0 ? error : matter_decide(desk, &m, NOTICE_ACT_OBJECT);
	error = error < 0 ? error : matter_write(&m);
	error = error < 0 ? error : objection_put(&m, reason, unit_id);
	error = error < 0 ? error : matter_paper(&m, NOTICE_DOCUMENT_OBJECTION);
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.object", "objected",
				   matter_args(&m, m.note));
}

/* ---- to another unit */

/* "… 2026-012-1": the number of the first, and how often it went on. */
static int number_next(struct matter *m, struct slice *ret_number)
{
	struct slice root = m->row.number;
	int64_t origin = m->row.origin_id;
	int depth = 1;
	for (; origin != 0 && depth < CHAIN_MAX; depth++) {
		struct notice_row row;
		int error = notice_row_load(m->txn, origin, &row);
		if (error < 0) {
			return error;
		}
		root = row.number;
		origin = row.origin_id;
	}
	*ret_number = arena_printf(m->arena, "%.*s-%d", SLICE_FMT(root), depth);
	return depth < CHAIN_MAX ? 0 : E_LIMIT;
}

static int findings_take(struct matter *m, const struct notice_row *next)
{
	int error = 0;
	for (size_t i = 0; i < m->finding_count && error == 0; i++) {
		int64_t id = m->findings[i].id;
		if (!finding_open(m->findings[i].state)) {
			continue;
		}
		int64_t done = sql_run(m->db,
			"UPDATE finding SET version = version + 1, unit_id = $2, notice_id = $3"
			" WHERE id = $1",
			SQL_INT(id), SQL_INT(next->unit_id), SQL_INT(next->id));
		error = done < 0 ? (int)done : trail_row(m->txn, "finding", id);
		error = error < 0 ? error : txn_change(m->txn, "finding", id, 0);
	}
	return error;
}

static int next_make(struct matter *m, int64_t unit_id, struct notice_row *next)
{
	int64_t centre = 0;
	int found = sql_int(
		m->db, "SELECT is_centre FROM unit WHERE id = $1", &centre, SQL_INT(unit_id));
	const struct notice_row *old = &m->row;
	*next = (struct notice_row) { .id = txn_id(m->txn),
		.version = 1,
		.state = NOTICE_ISSUED,
		.title = old->title,
		.grade = old->grade,
		.unit_id = unit_id,
		.source = old->source,
		.requirement = old->requirement,
		.contact = old->contact,
		.author_id = old->author_id,
		.issuer_id = old->issuer_id,
		.created_at_ms = old->created_at_ms,
		.review_at_ms = old->review_at_ms,
		.issued_at_ms = m->now_ms,
		.round = 1,
		.centre_self = found == 1 && centre != 0,
		.deferred_reason = old->deferred_reason,
		.deferred_confirmed_by = old->deferred_confirmed_by,
		.deferred_confirmed_at_ms = old->deferred_confirmed_at_ms,
		.policy = slice_str(m->env->policy->version),
		.policy_id = m->env->policy_id,
		.origin_id = old->id };
	return found < 0 ? found : number_next(m, &next->number);
}

/* As if it had been issued to that unit today: its own time, its own paper. */
static int next_issue(struct matter *m, const struct notice_row *row, struct matter *next)
{
	int error = notice_row_insert(m->txn, row);
	error = error < 0 ? error : findings_take(m, row);
	error = error < 0 ? error : matter_open_system(m->txn, m->env, row->id, next);
	if (error < 0) {
		return error;
	}
	next->actor_id = m->actor_id;
	next->role = m->role;
	next->act = NOTICE_ACT_ISSUE;
	next->outcome = (struct notice_outcome) { .to = NOTICE_ISSUED,
		.upreport = next->row.upreport,
		.verification = next->check.state,
		.finding_act = -1,
		.effects = NOTICE_EFFECT_TELL_UNIT,
		.documents = MACHINE_BIT(NOTICE_DOCUMENT_NOTICE),
		.clocks = NOTICE_CLOCK_SIGN_START | NOTICE_CLOCK_REMEDY_START |
			  (next->facts.confirm_pending ? NOTICE_CLOCK_CONFIRM_START : 0U) };
	error = matter_recipients(next);
	error = error < 0 ? error : matter_round_begin(next);
	error = error < 0 ? error : matter_write(next);
	error = error < 0 ? error : notice_row_search(m->txn, &next->row);
	return error < 0
		       ? error
		       : matter_say(next, "reassigned_from",
				 arena_printf(m->arena, "{\"number\":\"%.*s\",\"notice\":%lld}",
					 SLICE_FMT(m->row.number), (long long)m->row.id));
}

/* ---- decided */

struct decision {
	bool upheld;
	enum notice_act act;
	int64_t unit_id;
};

static int decision_read(struct desk *desk, struct matter *m, struct decision *d)
{
	static const char *const words[] = { "upheld", "dismissed", NULL };
	struct slice word = { 0 };
	int error = words_choice(desk, "decision", words, NULL, &word);
	error = error < 0 ? error
			  : words_text(desk, "opinion", WORDS_REQUIRED, OPINION_MAX, &m->note);
	error = error < 0 ? error
			  : words_id(desk, "unit_id", WORDS_OPTIONAL, "unit", &d->unit_id);
	if (error < 0) {
		return error;
	}
	d->upheld = slice_is(word, "upheld");
	d->unit_id = d->unit_id != 0 ? d->unit_id : m->objection.unit_id;
	d->act = !d->upheld                                        ? NOTICE_ACT_DISMISS
		 : slice_is(m->objection.reason, "not_ours")       ? NOTICE_ACT_REASSIGN
		 : slice_is(m->objection.reason, "false_positive") ? NOTICE_ACT_DROP
								   : NOTICE_ACT_UPHOLD;
	m->facts.reason_given = words_enough(m->note, NOTICE_REASON_MIN);
	m->facts.objection_fits = m->objection.id != 0;
	if (d->act == NOTICE_ACT_REASSIGN && d->unit_id != 0 && d->unit_id != m->row.unit_id) {
		error = matter_reachable(m, d->unit_id, &m->facts.new_unit_known);
	}
	return error;
}

static int objection_settle(struct matter *m, const struct decision *d)
{
	int64_t done = sql_run(m->db,
		"UPDATE objection SET version = version + 1, decision = $2, opinion = $3,"
		" decided_by = $4, decided_at_ms = $5 WHERE id = $1",
		SQL_INT(m->objection.id), SQL_STR(d->upheld ? "upheld" : "dismissed"),
		SQL_TEXT(m->note), SQL_INT(m->actor_id), SQL_INT(m->now_ms));
	return done < 0 ? (int)done : trail_row(m->txn, "objection", m->objection.id);
}

static const char *code_of(enum notice_act act)
{
	switch ((int)act) {
	case NOTICE_ACT_DISMISS:
		return "objection_dismissed";
	case NOTICE_ACT_REASSIGN:
		return "reassigned";
	case NOTICE_ACT_DROP:
		return "objection_dropped";
	default:
		return "objection_upheld";
	}
}

/* The objection's sheet with what was decided; 转派单 for both when it moves. */
static int decided_papers(struct matter *m, const struct matter *next)
{
	int error = matter_paper(m, NOTICE_DOCUMENT_OBJECTION);
	m->successor = next;
	return error < 0 || next == NULL ? error
					 : matter_paper(m, NOTICE_DOCUMENT_REASSIGNMENT);
}

static int decided_write(struct matter *m, const struct matter *next)
{
	int error = matter_write(m);
	if (error == 0 && notice_terminal(m->row.state)) {
		int64_t ended = timer_cancel(m->txn, "notice", m->row.id, NULL);
		error = ended < 0 ? (int)ended : 0;
	}
	return error < 0 ? error : decided_papers(m, next);
}

int desk_notice_decide_objection(struct desk *desk)
{
	struct matter m;
	struct matter next;
	struct decision d = { 0 };
	struct notice_row row;
	int error = matter_open(desk, &m);
	error = error < 0 ? error : decision_read(desk, &m, &d);
	error = error < 0 ? error : matter_decide(desk, &m, d.act);
	error = error < 0 ? error : objection_settle(&m, &d);
	bool moves = error == 0 && (m.outcome.effects & NOTICE_EFFECT_MOVE) != 0;
	if (moves) {
		error = next_make(&m, d.unit_id, &row);
		error = error < 0 ? error : next_issue(&m, &row, &next);
		m.row.successor_id = row.id;
	}
	m.row.withdrawn_reason = d.act == NOTICE_ACT_DROP ? m.note : m.row.withdrawn_reason;
	error = error < 0 ? error : decided_write(&m, moves ? &next : NULL);
	struct slice args = moves ? arena_printf(m.arena, "{\"number\":\"%.*s\"}",
					    SLICE_FMT(next.row.number))
				  : matter_args(&m, m.note);
	return error < 0 ? error
			 : matter_close(
				   desk, &m, "notice.decide_objection", code_of(d.act), args);
}
