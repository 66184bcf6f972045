/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ladder of a notice that is overdue: who is told on which rung, each rung
 * once, and what the rung brings with it.  Nothing is cut here: a temporary
 * control is proposed, and people decide.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "records/sql.h"
#include "records/trail.h"

enum { LEVEL_REMIND = 1, LEVEL_SUPERVISE = 2, LEVEL_CONTROL = 3, LEVEL_ACCOUNT = 4 };

int matter_say(struct matter *m, const char *code, struct slice args)
{
	int64_t done = sql_run(m->db,
		"INSERT INTO timeline (id, kind, record_id, at_ms, code, args, role)"
		" VALUES ($1, 'notice', $2, $3, $4, $5, 'system')",
		SQL_INT(txn_id(m->txn)), SQL_INT(m->row.id), SQL_INT(m->now_ms), SQL_STR(code),
		SQL_TEXT(args));
	return done < 0 ? (int)done : 0;
}

/* ---- what a rung brings */

static int control_propose(struct matter *m)
{
	int64_t open = 0;
	int row = sql_int(m->db,
		"SELECT count(*) FROM control WHERE notice_id = $1 AND state IN ('proposed',"
		" 'approved', 'applied')",
		&open, SQL_INT(m->row.id));
	if (row < 0 || open > 0) {
		return row < 0 ? row : 0;
	}
	int64_t id = txn_id(m->txn);
	int64_t done = sql_run(m->db,
		"INSERT INTO control (id, version, notice_id, state, measure, reason,"
		" proposed_at_ms) VALUES ($1, 1, $2, 'proposed', $3, $4, $5)",
		SQL_INT(id), SQL_INT(m->row.id),
		SQL_STR("限制所涉资产的对外访问，整改并复核通过后恢复"),
		SQL_TEXT(arena_printf(m->arena, "整改逾期达到 L%d 级", LEVEL_CONTROL)),
		SQL_INT(m->now_ms));
	int error = done < 0 ? (int)done : trail_row(m->txn, "control", id);
	struct slice subject =
		arena_printf(m->arena, "【临时管控待审批】%.*s", SLICE_FMT(m->row.number));
	struct slice text = arena_printf(m->arena,
		"%.*s（%.*s）整改逾期，建议对所涉资产采取临时管控，请审批。平台不会自动切断。",
		SLICE_FMT(m->row.number), SLICE_FMT(m->unit_name));
	error = error < 0 ? error : matter_say(m, "control_proposed", SLICE("{}"));
	return error < 0 ? error
			 : matter_tell_role(m, ROLE_DIRECTOR, 0, "control", subject, text);
}

int matter_accountable(struct matter *m, struct slice why)
{
	AUTO_BUF struct buf text;
	if (m->row.accountable.n > 0) {
		return 0;
	}
	m->row.accountable = why;
	buf_init(&text, 1024);
	struct jw jw;
	jw_init(&jw, &text);
	jw_object(&jw);
	jw_kv_str(&jw, "reason", why);
	jw_end(&jw);
	return matter_say(m, "accountable", arena_dup(m->arena, buf_slice(&text)));
}

static int rung_brings(struct matter *m, int64_t level)
{
	switch (level) {
	case LEVEL_REMIND:
		return matter_paper(m, NOTICE_DOCUMENT_REMINDER);
	case LEVEL_SUPERVISE:
		return matter_paper(m, NOTICE_DOCUMENT_SUPERVISION);
	case LEVEL_CONTROL:
		return control_propose(m);
	case LEVEL_ACCOUNT:
		return matter_accountable(
			m, arena_printf(m->arena, "整改逾期达到 L%d 级", LEVEL_ACCOUNT));
	default:
		return 0;
	}
}

/* ---- who is told */

int matter_rungs(struct matter *m, int64_t from, int64_t level, int64_t seq)
{
	static const struct {
		enum role role;
		bool own;
	} rungs[POLICY_LADDER_RUNGS] = {
		{ ROLE_UNIT_HEAD, true },
		{ ROLE_DIRECTOR, false },
		{ ROLE_VICE_PRESIDENT, false },
		{ ROLE_LEADING_GROUP, false },
	};
	const char *event = (const char *)arena_printf(
		m->arena, "overdue.%lld.%lld", (long long)level, (long long)seq)
				    .p;
	bool late = m->row.due_at_ms != 0 && m->now_ms >= m->row.due_at_ms;
	struct slice subject = arena_printf(
		m->arena, "【%s】%.*s", late ? "逾期" : "督办", SLICE_FMT(m->row.number));
	struct slice text =
		late ? arena_printf(m->arena, "%.*s（%.*s）整改已逾期，逾期级别 L%lld。",
			       SLICE_FMT(m->row.number), SLICE_FMT(m->unit_name),
			       (long long)level)
		     : arena_printf(m->arena, "%.*s（%.*s）复核已 %lld 轮不通过，升级督办。",
			       SLICE_FMT(m->row.number), SLICE_FMT(m->unit_name),
			       (long long)m->row.failed_rounds);
	int error = matter_tell_unit(m, event, subject, text);
	/* Whoever stands on a rung hears of it, and of the rungs above his own. */
	for (int64_t i = 0; i < level && i < POLICY_LADDER_RUNGS && error == 0; i++) {
		if (level > from) {
			error = matter_tell_role(m, rungs[i].role,
				rungs[i].own ? m->row.unit_id : 0, event, subject, text);
		}
	}
	for (int64_t rung = from + 1; rung <= level && error == 0; rung++) {
		error = rung_brings(m, rung);
	}
	return error;
}

int matter_failed(struct matter *m)
{
	const struct policy *policy = m->timing.policy;
	int64_t before = m->row.overdue_level;
	int error = 0;
	if (m->act != NOTICE_ACT_FAIL || m->row.failed_rounds < policy->failed_supervised) {
		return 0;
	}
	if (before < LEVEL_SUPERVISE) {
		m->row.overdue_level = LEVEL_SUPERVISE;
		error = matter_rungs(m, before, LEVEL_SUPERVISE, m->row.round);
		error = error < 0 ? error
				  : matter_say(m, "supervised",
					    arena_printf(m->arena, "{\"times\":%lld}",
						    (long long)m->row.failed_rounds));
	}
	return error < 0 || m->row.failed_rounds < policy->failed_accountable
		       ? error
		       : matter_accountable(m, arena_printf(m->arena, "复核 %lld 轮不通过",
						       (long long)m->row.failed_rounds));
}
