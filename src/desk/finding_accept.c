/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 暂缓整改: a finding left as it is until a day, guarded meanwhile.  One that is
 * in a notice leaves its rounds; a notice left with nothing is withdrawn.
 */
#include "base/arena.h"
#include "base/civil.h"
#include "base/diag.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/finding_act.h"
#include "desk/finding_ends.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/trail.h"
#include "workflow/acceptance.h"
#include "workflow/policy.h"

enum { TEXT_MAX = 1000 };

struct accepting {
	struct desk *desk;
	struct finding_row row;
	struct matter m; /* of its notice, with row.notice_id */
	bool noticed;
	int64_t id;
	int64_t by_id;
	int64_t expires_ms;
	struct slice reason;
	struct slice control;
	struct slice opinion;
	struct acceptance_facts facts;
};

static int step(struct accepting *a, enum acceptance_act act)
{
	struct desk *desk = a->desk;
	struct diag diag = { 0 };
	int error = acceptance_step(&a->facts, act, desk->caller.role, &a->facts.state, &diag);
	if (error < 0) {
		struct slice code = arena_printf(desk->arena, "acceptance.%s", diag.source);
		return desk_refuse(desk, error, (const char *)code.p, NULL);
	}
	return 0;
}

static int waiting_load(struct accepting *a)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(a->desk->db,
		"SELECT id, by_id, expires_at_ms, reason, control FROM acceptance"
		" WHERE finding_id = $1 AND state = 'asked' ORDER BY id LIMIT 1",
		&q, SQL_INT(a->row.id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		a->id = db_col_int64(q, 0);
		a->by_id = db_col_int64(q, 1);
		a->expires_ms = db_col_int64(q, 2);
		a->reason = arena_dup(a->desk->arena, db_col_text(q, 3));
		a->control = arena_dup(a->desk->arena, db_col_text(q, 4));
	}
	return row < 0 ? row : 0;
}

/* A finding that is in nobody's hands but its unit's. */
static int open_it(struct accepting *a)
{
	struct desk *desk = a->desk;
	int error = finding_open_row(desk, &a->row);
	a->noticed = a->row.state == FINDING_NOTICED && a->row.notice_id != 0;
	if (error == 0 && a->noticed) {
		error = matter_open_system(desk->txn, desk->env, a->row.notice_id, &a->m);
	}
	error = error < 0 ? error : waiting_load(a);
	int64_t most_ms = desk->env->policy->acceptance_days_max * CIVIL_DAY_MS;
	struct acceptance_facts *f = &a->facts;
	bool with_unit = a->noticed && notice_with_unit(a->m.row.state) &&
			 a->m.row.state != NOTICE_ISSUED;
	f->grade = a->row.grade;
	f->actor_in_unit = desk->caller.unit_id != 0 && desk->caller.unit_id == a->row.unit_id;
	f->actor_is_asker = a->id != 0 && desk->caller.person_id == a->by_id;
	f->finding_fits = a->row.state == FINDING_CONFIRMED || with_unit;
	f->another_open = a->id != 0;
	f->expiry_fits =
		a->expires_ms > desk->now_ms && a->expires_ms <= desk->now_ms + most_ms;
	return error;
}

static int tell_role(struct accepting *a, enum role role, const char *what, const char *text)
{
	struct desk *desk = a->desk;
	struct matter m = a->m;
	if (!a->noticed) {
		return 0; /* it stands in their list of what waits */
	}
	struct slice subject =
		arena_printf(desk->arena, "【%s】H-%lld", what, (long long)a->row.id);
	struct slice event = arena_printf(desk->arena, "acceptance.%s.%lld.%lld",
		name_id(&acceptance_state_names, a->facts.state), (long long)a->row.id,
		(long long)a->row.version);
	struct slice body = arena_printf(desk->arena, "%.*s（%.*s）的隐患 H-%lld %s",
		SLICE_FMT(m.row.number), SLICE_FMT(m.unit_name), (long long)a->row.id, text);
	m.act = NOTICE_ACT_COUNT;
	m.actor_id = desk->caller.person_id;
	return role == ROLE_UNIT_HEAD
		       ? matter_tell_unit(&m, (const char *)event.p, subject, body)
		       : matter_tell_role(&m, role, 0, (const char *)event.p, subject, body);
}

/* What is asked, and the form it is signed on. */
static int asked_write(struct accepting *a, int64_t now_ms)
{
	struct desk *desk = a->desk;
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO acceptance (id, version, finding_id, notice_id, state, reason,"
		" control, expires_at_ms, by_id, at_ms)"
		" VALUES ($1, 1, $2, $3, 'asked', $4, $5, $6, $7, $8)",
		SQL_INT(id), SQL_INT(a->row.id),
		SQL_INT_OR_NULL(a->noticed ? a->row.notice_id : 0), SQL_TEXT(a->reason),
		SQL_TEXT(a->control), SQL_INT(a->expires_ms), SQL_INT(desk->caller.person_id),
		SQL_INT(now_ms));
	int error = done < 0 ? (int)done : trail_row(desk->txn, "acceptance", id);
	error = error < 0 ? error : finding_row_save(desk->txn, &a->row);
	return error < 0 ? error : acceptance_paper(desk, &a->row, id);
}

int desk_finding_accept(struct desk *desk)
{
	struct accepting a = { .desk = desk };
	int64_t now_ms = desk->now_ms;
	int error = open_it(&a);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_REQUIRED, TEXT_MAX, &a.reason);
	error = error < 0 ? error
			  : words_text(desk, "control", WORDS_REQUIRED, TEXT_MAX, &a.control);
	error = error < 0 ? error
			  : words_int(desk, "expires_at", 0, INT64_MAX, 0, &a.expires_ms);
	a.facts.reason_given = words_enough(a.reason, FINDING_REASON_MIN);
	a.facts.control_given = a.control.n > 0;
	a.facts.expiry_fits =
		a.expires_ms > now_ms &&
		a.expires_ms <= now_ms + desk->env->policy->acceptance_days_max * CIVIL_DAY_MS;
	error = error < 0 ? error : step(&a, ACCEPTANCE_ACT_ASK);
	if (error < 0) {
		return error;
	}
	error = asked_write(&a, now_ms);
	bool grave = a.row.grade <= GRADE_HIGH;
	error = error < 0 ? error
			  : tell_role(&a, grave ? ROLE_LEADING_GROUP : ROLE_DIRECTOR,
				    "暂缓整改待审批", "申请暂缓整改，请审批。");
	return error < 0 ? error
			 : finding_done(desk, &a.row, "finding.accept", "acceptance_asked",
				   a.reason);
}

/* ---- decided */

static int accepted_write(struct accepting *a)
{
	struct desk *desk = a->desk;
	struct finding_facts facts = { 0 };
	struct finding_outcome outcome = { 0 };
	int error = finding_decide(desk, &a->row, FINDING_ACT_ACCEPT, &facts, &outcome);
	if (error < 0) {
		return error;
	}
	a->row.state = outcome.to;
	a->row.notice_id = a->noticed ? a->row.notice_id : 0; /* a draft loses it */
	return finding_accepted_set(desk->txn, a->row.id, a->id, a->expires_ms);
}

static int settle(struct accepting *a)
{
	struct desk *desk = a->desk;
	int64_t done = sql_run(desk->db,
		"UPDATE acceptance SET version = version + 1, state = $2, opinion = $3,"
		" decided_by = $4, decided_at_ms = $5 WHERE id = $1",
		SQL_INT(a->id), SQL_STR(name_id(&acceptance_state_names, a->facts.state)),
		SQL_TEXT_OR_NULL(a->opinion), SQL_INT(desk->caller.person_id),
		SQL_INT(desk->now_ms));
	int error = done < 0 ? (int)done : trail_row(desk->txn, "acceptance", a->id);
	error = error < 0 ? error : finding_row_save(desk->txn, &a->row);
	return error < 0 ? error : acceptance_paper(desk, &a->row, a->id);
}

static int decision_read(struct accepting *a, bool *ret_granted)
{
	static const char *const words[] = { "approved", "refused", NULL };
	struct slice word = { 0 };
	int error = words_choice(a->desk, "decision", words, NULL, &word);
	error = error < 0
			? error
			: words_text(a->desk, "opinion", WORDS_OPTIONAL, TEXT_MAX, &a->opinion);
	a->facts.state = a->id != 0 ? ACCEPTANCE_ASKED : ACCEPTANCE_NONE;
	a->facts.reason_given = words_enough(a->opinion, NOTICE_REASON_MIN);
	*ret_granted = slice_is(word, "approved");
	return error;
}

/* A notice left with nothing to put right ends with it. */
static int granted_write(struct accepting *a)
{
	int error = accepted_write(a);
	error = error < 0 ? error : settle(a);
	return error < 0 || !a->noticed ? error : matter_emptied(a->desk, a->row.notice_id);
}

int desk_finding_decide_acceptance(struct desk *desk)
{
	struct accepting a = { .desk = desk };
	bool granted = false;
	int error = open_it(&a);
	error = error < 0 ? error : decision_read(&a, &granted);
	error = error < 0 ? error
			  : step(&a, granted ? ACCEPTANCE_ACT_APPROVE : ACCEPTANCE_ACT_REFUSE);
	if (error == 0) {
		error = granted ? granted_write(&a) : settle(&a);
	}
	error = error < 0 ? error
			  : tell_role(&a, ROLE_UNIT_HEAD,
				    granted ? "暂缓整改已批准" : "暂缓整改未批准",
				    granted ? "已批准暂缓整改，到期重新计时。"
					    : "暂缓整改未获批准，请按期整改。");
	return error < 0 ? error
			 : finding_done(desk, &a.row, "finding.decide_acceptance",
				   granted ? "accepted" : "acceptance_refused", a.opinion);
}
