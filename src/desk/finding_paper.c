/* SPDX-License-Identifier: Apache-2.0 */
/* 暂缓整改审批单: what its form is told of a finding and of what is asked. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/finding_act.h"
#include "desk/paper_job.h"

enum { MEMBERS_MAX_OCTETS = 64 * 1024 };

static struct slice grade_text(const struct finding_row *row)
{
	return slice_str(name_text(&grade_names, row->grade, LANG_ZH));
}

static void problem_put(struct jw *jw, const struct finding_row *row, struct slice asset)
{
	jw_key(jw, "problems");
	jw_array(jw);
	jw_object(jw);
	jw_kv_str(jw, "title", row->title);
	jw_kv_str(jw, "grade", grade_text(row));
	jw_kv_opt(jw, "asset", asset);
	jw_kv_opt(jw, "description", row->description);
	jw_end(jw);
	jw_end(jw);
}

/* Columns: 0 state, 1 reason, 2 control, 3 until, 4 asked by, 5 opinion, 6 decided by, 7 unit,
   8 asset, 9 number, 10 round, 11 due */
static void asked_put(struct desk *desk, struct jw *jw, struct stmt *q)
{
	jw_kv_str(jw, "unit", db_col_text(q, 7));
	if (!db_col_is_null(q, 10)) {
		jw_kv_int(jw, "round", db_col_int64(q, 10));
	}
	if (!db_col_is_null(q, 11)) {
		jw_kv_str(jw, "due", paper_moment(desk->arena, db_col_int64(q, 11)));
	}
	jw_kv_str(jw, "reason", db_col_text(q, 1));
	jw_kv_str(jw, "control", db_col_text(q, 2));
	jw_kv_str(jw, "expires", paper_day(desk->arena, db_col_int64(q, 3)));
	jw_kv_str(jw, "applicant", db_col_text(q, 4));
}

static void decided_put(struct desk *desk, struct jw *jw, struct stmt *q)
{
	if (db_col_is_null(q, 6)) {
		return;
	}
	bool granted = slice_is(db_col_text(q, 0), "approved");
	jw_kv_str(jw, "decision",
		arena_printf(desk->arena, "%s。%.*s", granted ? "同意暂缓整改" : "不同意",
			SLICE_FMT(db_col_text(q, 5))));
	jw_kv_str(jw, "approver", db_col_text(q, 6));
}

int acceptance_paper(struct desk *desk, const struct finding_row *row, int64_t id)
{
	AUTO_BUF struct buf members;
	AUTO_STMT struct stmt *q = NULL;
	struct jw jw;
	int64_t document = 0;
	int found = sql_query(desk->db,
		"SELECT a.state, a.reason, a.control, a.expires_at_ms, p.name, a.opinion, d.name,"
		" u.name, s.name, n.number, n.round, n.due_at_ms FROM acceptance a"
		" JOIN person p ON p.id = a.by_id JOIN finding f ON f.id = a.finding_id"
		" JOIN unit u ON u.id = f.unit_id LEFT JOIN person d ON d.id = a.decided_by"
		" LEFT JOIN asset s ON s.id = f.asset_id LEFT JOIN notice n ON n.id = a.notice_id"
		" WHERE a.id = $1",
		&q, SQL_INT(id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found; /* of no unit: nobody could have asked */
	}
	buf_init(&members, MEMBERS_MAX_OCTETS);
	jw_init(&jw, &members);
	jw_object(&jw);
	jw_kv_str(&jw, "title", row->title);
	jw_kv_str(&jw, "grade", grade_text(row));
	problem_put(&jw, row, db_col_text(q, 8));
	jw_kv_str(&jw, "risk",
		arena_printf(desk->arena, "暂缓期间%.*s隐患“%.*s”仍然存在，可能被利用。",
			SLICE_FMT(grade_text(row)), SLICE_FMT(row->title)));
	asked_put(desk, &jw, q);
	decided_put(desk, &jw, q);
	jw_end(&jw);
	struct paper_job job = { .env = desk->env,
		.kind = PAPER_ACCEPTANCE,
		.policy_id = row->policy_id,
		.about = "finding",
		.about_id = row->id,
		.unit_id = row->unit_id,
		.number =
			arena_printf(desk->arena, "%.*s%sH-%lld", SLICE_FMT(db_col_text(q, 9)),
				db_col_text(q, 9).n > 0 ? " " : "", (long long)row->id),
		.members = buf_slice(&members) };
	return members.failed ? E_LIMIT : paper_job_put(desk->txn, &job, &document);
}
