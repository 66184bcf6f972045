/* SPDX-License-Identifier: Apache-2.0 */
/* What was asked for and nobody has decided ends when the notice has gone on without it. */
#include "desk/desk.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "records/sql.h"
#include "records/timer.h"
#include "records/trail.h"

enum { LAPSE_MAX = 32 };

static int row_lapse(struct matter *m, const char *table, const char *change, int64_t id)
{
	int64_t done = sql_run(m->db, change, SQL_INT(id), SQL_INT(m->now_ms));
	return done < 0 ? (int)done : trail_row(m->txn, table, id);
}

/* find: those of the notice $1; change: of the row $1, at $2. */
static int lapse(struct matter *m, const char *table, const char *find, const char *change)
{
	int64_t ids[LAPSE_MAX];
	int count = 0;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(m->db, find, &q, SQL_INT(m->row.id));
	while (row >= 0 && count < LAPSE_MAX && (row = db_step(q)) == 1) {
		ids[count++] = db_col_int64(q, 0);
	}
	int error = row < 0 ? row : 0;
	for (int i = 0; i < count && error == 0; i++) {
		error = row_lapse(m, table, change, ids[i]);
	}
	return error;
}

int matter_lapse(struct matter *m)
{
	enum notice_state state = m->row.state;
	bool over = notice_terminal(state);
	int error = 0;
	if (m->row.issued_at_ms == 0) {
		return 0;
	}
	if (!notice_with_unit(state) && state != NOTICE_OBJECTED) {
		error = lapse(m, "extension",
			"SELECT id FROM extension WHERE notice_id = $1 AND state = 'asked'",
			"UPDATE extension SET version = version + 1, state = 'lapsed',"
			" decided_at_ms = $2 WHERE id = $1");
		error = error < 0
				? error
				: lapse(m, "acceptance",
					  "SELECT a.id FROM acceptance a JOIN finding f"
					  " ON f.id = a.finding_id WHERE f.notice_id = $1"
					  " AND a.state = 'asked' AND f.state <> 'confirmed'",
					  "UPDATE acceptance SET version = version + 1,"
					  " state = 'lapsed', ended_at_ms = $2 WHERE id = $1");
	}
	if (error == 0 && (over || state == NOTICE_PASSED)) {
		error = lapse(m, "control",
			"SELECT id FROM control WHERE notice_id = $1"
			" AND state IN ('proposed', 'approved')",
			"UPDATE control SET version = version + 1, state = 'lapsed',"
			" decided_at_ms = COALESCE(decided_at_ms, $2) WHERE id = $1");
	}
	return error < 0 || !over
		       ? error
		       : lapse(m, "objection",
				 "SELECT id FROM objection WHERE notice_id = $1"
				 " AND decision IS NULL",
				 "UPDATE objection SET version = version + 1,"
				 " decision = 'lapsed', decided_at_ms = $2 WHERE id = $1");
}

int matter_emptied(struct desk *desk, int64_t notice_id)
{
	struct matter m;
	int error = matter_open_system(desk->txn, desk->env, notice_id, &m);
	if (error < 0 || !m.facts.findings_closed) {
		return error;
	}
	m.role = ROLE_DIRECTOR; /* whose approval says it */
	m.actor_id = desk->caller.person_id;
	m.facts.reason_given = true;
	m.note = SLICE("所列隐患均已批准暂缓整改");
	m.row.withdrawn_reason = m.note;
	error = matter_decide(NULL, &m, NOTICE_ACT_WITHDRAW);
	error = error < 0 ? error : matter_write(&m);
	int64_t ended = error < 0 ? error : timer_cancel(desk->txn, "notice", m.row.id, NULL);
	return ended < 0 ? (int)ended : matter_say(&m, "withdrawn", matter_args(&m, m.note));
}
