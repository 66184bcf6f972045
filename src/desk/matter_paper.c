/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Papers of a notice: what each kind's form is told of the matter.  The rest,
 * and who makes them, is desk/paper_job.h's.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "desk/paper_job.h"
#include "records/sql.h"
#include "workflow/machine.h"

enum { MEMBERS_MAX_OCTETS = 256 * 1024, SM3_SHOWN_OCTETS = 8, PAPERS_MAX = 200 };

static int person_put(struct matter *m, struct jw *jw, const char *key, int64_t id)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(m->db, "SELECT name FROM person WHERE id = $1", &q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		jw_kv_str(jw, key, db_col_text(q, 0));
	}
	return row < 0 ? row : 0;
}

static void problems_put(struct matter *m, struct jw *jw)
{
	jw_key(jw, "problems");
	jw_array(jw);
	for (size_t i = 0; i < m->finding_count; i++) {
		const struct matter_finding *f = &m->findings[i];
		jw_object(jw);
		jw_kv_str(jw, "title", f->title);
		jw_kv_str(jw, "grade", slice_str(name_text(&grade_names, f->grade, LANG_ZH)));
		jw_kv_opt(jw, "asset", f->asset);
		jw_kv_opt(jw, "description", f->description);
		jw_kv_opt(jw, "advice", f->advice);
		jw_end(jw);
	}
	jw_end(jw);
}

/* ---- what only some kinds say */

static int items_put(struct matter *m, struct jw *jw)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(m->db,
		"SELECT f.title, i.cause, i.measure, i.done_at_ms, i.residual"
		" FROM rectification_item i JOIN finding f ON f.id = i.finding_id"
		" JOIN rectification r ON r.id = i.rectification_id"
		" WHERE r.notice_id = $1 AND r.round = $2 ORDER BY i.id",
		&q, SQL_INT(m->row.id), SQL_INT(m->row.round));
	jw_key(jw, "items");
	jw_array(jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		jw_object(jw);
		jw_kv_str(jw, "problem", db_col_text(q, 0));
		jw_kv_str(jw, "cause", db_col_text(q, 1));
		jw_kv_str(jw, "measure", db_col_text(q, 2));
		jw_kv_str(jw, "done", paper_day(m->arena, db_col_int64(q, 3)));
		jw_kv_opt(jw, "residual", db_col_text(q, 4));
		jw_end(jw);
	}
	jw_end(jw);
	return row < 0 ? row : 0;
}

static struct slice fault_words(struct slice code)
{
	static const char *const words[][2] = { { "seal_unreadable", "公章不清晰" },
		{ "unit_mismatch", "印章名称与单位名称不一致" },
		{ "wrong_code", "校验码与本轮整改报告不一致" },
		{ "page_missing", "扫描件缺页" }, { "not_answering", "未逐项答复隐患" } };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (slice_is(code, words[i][0])) {
			return slice_str(words[i][1]);
		}
	}
	return SLICE("其他形式问题");
}

static int faults_put(struct matter *m, struct jw *jw)
{
	const struct json *list = NULL;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(m->db, "SELECT returned_faults FROM rectification WHERE id = $1",
		&q, SQL_INT(m->round.id));
	row = row < 0 ? row : db_step(q);
	if (row == 1 && !db_col_is_null(q, 0)) {
		struct slice text = arena_dup(m->arena, db_col_text(q, 0));
		(void)!json_parse(m->arena, text, 0, &list, NULL);
	}
	jw_key(jw, "faults");
	jw_array(jw);
	for (const struct json *f = json_first(list); f != NULL; f = json_next(f)) {
		jw_object(jw);
		jw_kv_str(jw, "name", fault_words(json_str(f)));
		jw_end(jw);
	}
	jw_end(jw);
	return row < 0 ? row : 0;
}

static int opinion_put(struct matter *m, struct jw *jw)
{
	bool passed = m->act == NOTICE_ACT_PASS;
	int error = person_put(m, jw, "verifier", m->check.verifier_id);
	error = error < 0 ? error
			  : person_put(m, jw, "second_reader", m->check.second_reader_id);
	jw_kv_str(jw, "verified_at", paper_moment(m->arena, m->now_ms));
	jw_kv_str(jw, "conclusion", slice_str(passed ? "通过" : "不通过"));
	return error;
}

/* The last opinion that settled a round of this notice. */
static int conclusion_put(struct matter *m, struct jw *jw)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(m->db,
		"SELECT opinion FROM verification WHERE notice_id = $1 AND opinion IS NOT NULL"
		" ORDER BY round DESC LIMIT 1",
		&q, SQL_INT(m->row.id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		jw_kv_opt(jw, "conclusion", db_col_text(q, 0));
	}
	return row < 0 ? row : 0;
}

static void archived_put(struct matter *m, struct jw *jw, struct stmt *q)
{
	AUTO_BUF struct buf hex;
	buf_init(&hex, 64);
	int kind = name_parse(&paper_kind_names, db_col_text(q, 0));
	buf_put_hex(&hex, slice_head(db_col_blob(q, 3), SM3_SHOWN_OCTETS));
	jw_object(jw);
	jw_kv_str(jw, "name",
		kind < 0 ? db_col_text(q, 0)
			 : slice_str(name_text(&paper_kind_names, (unsigned)kind, LANG_ZH)));
	jw_kv_str(jw, "made", paper_day(m->arena, db_col_int64(q, 1)));
	jw_kv_opt(jw, "check_code", db_col_text(q, 2));
	jw_kv_opt(jw, "sm3", buf_slice(&hex));
	jw_end(jw);
}

static int archive_put(struct matter *m, struct jw *jw)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(m->db,
		"SELECT d.kind, d.created_at_ms, d.check_code, b.sm3 FROM document d"
		" JOIN blob b ON b.id = d.blob_id WHERE ((d.about = 'notice' AND d.about_id = $1)"
		" OR (d.about = 'finding' AND d.about_id IN (SELECT finding_id FROM acceptance"
		" WHERE notice_id = $1))) AND d.of_id IS NULL ORDER BY d.id LIMIT $2",
		&q, SQL_INT(m->row.id), SQL_INT(PAPERS_MAX));
	jw_kv_str(jw, "opened", paper_day(m->arena, m->row.issued_at_ms));
	jw_kv_str(jw, "closed", paper_day(m->arena, m->now_ms));
	jw_key(jw, "papers");
	jw_array(jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		archived_put(m, jw, q);
	}
	jw_end(jw);
	return row < 0 ? row : 0;
}

/* The one that was granted just now. */
static int extension_put(struct matter *m, struct jw *jw)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(m->db,
		"SELECT e.nth, e.until_ms, e.reason, e.control, p.name FROM extension e"
		" JOIN person p ON p.id = e.by_id WHERE e.notice_id = $1 ORDER BY e.id DESC LIMIT 1",
		&q, SQL_INT(m->row.id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		jw_kv_int(jw, "times", db_col_int64(q, 0));
		jw_kv_str(jw, "asked_due", paper_moment(m->arena, db_col_int64(q, 1)));
		jw_kv_str(jw, "reason", db_col_text(q, 2));
		jw_kv_str(jw, "control", db_col_text(q, 3));
		jw_kv_str(jw, "applicant", db_col_text(q, 4));
		jw_kv_str(jw, "decision", SLICE("同意"));
		jw_kv_str(jw, "approver", m->actor_name);
		jw_kv_str(jw, "granted_due", paper_moment(m->arena, m->row.due_at_ms));
	}
	return row < 0 ? row : 0;
}

/* The one that was approved just now; what it is laid on are the assets of the findings. */
static int control_put(struct matter *m, struct jw *jw)
{
	AUTO_BUF struct buf assets;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(m->db,
		"SELECT c.measure, c.reason, p.name FROM control c LEFT JOIN person p"
		" ON p.id = c.proposed_by WHERE c.notice_id = $1 ORDER BY c.id DESC LIMIT 1",
		&q, SQL_INT(m->row.id));
	row = row < 0 ? row : db_step(q);
	buf_init(&assets, MEMBERS_MAX_OCTETS);
	for (size_t i = 0; i < m->finding_count; i++) {
		const struct matter_finding *f = &m->findings[i];
		struct slice what = f->asset.n > 0 ? f->asset : f->title;
		buf_printf(&assets, "%s%.*s", i > 0 ? "、" : "", SLICE_FMT(what));
	}
	if (row == 1) {
		jw_kv_str(jw, "asset", buf_slice(&assets));
		jw_kv_str(jw, "measure", db_col_text(q, 0));
		jw_kv_str(jw, "reason", db_col_text(q, 1));
		jw_kv_opt(jw, "proposer", db_col_text(q, 2));
		jw_kv_str(jw, "until", SLICE("整改并复核通过后恢复"));
		jw_kv_str(jw, "decision", SLICE("同意"));
		jw_kv_str(jw, "approver", m->actor_name);
	}
	return row < 0 ? row : 0;
}

/* 异议: as it was raised, and, once it is decided, what was decided. */
static int objection_put(struct matter *m, struct jw *jw)
{
	static const char *const words[][2] = { { "not_ours", "不属于本单位" },
		{ "false_positive", "属误报" }, { "already_fixed", "已经整改" },
		{ "cannot_fix", "无法按期整改" } };
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(m->db,
		"SELECT o.reason, o.text, p.name, o.at_ms, o.decision, o.opinion, d.name,"
		" o.decided_at_ms FROM objection o JOIN person p ON p.id = o.by_id"
		" LEFT JOIN person d ON d.id = o.decided_by WHERE o.notice_id = $1"
		" ORDER BY o.id DESC LIMIT 1",
		&q, SQL_INT(m->row.id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row;
	}
	struct slice ground = SLICE("其他");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		ground = slice_is(db_col_text(q, 0), words[i][0]) ? slice_str(words[i][1])
								  : ground;
	}
	jw_kv_str(jw, "ground", ground);
	jw_kv_str(jw, "statement", db_col_text(q, 1));
	jw_kv_str(jw, "applicant", db_col_text(q, 2));
	jw_kv_str(jw, "raised_at", paper_moment(m->arena, db_col_int64(q, 3)));
	if (!db_col_is_null(q, 4)) {
		bool upheld = slice_is(db_col_text(q, 4), "upheld");
		jw_kv_str(jw, "decision",
			arena_printf(m->arena, "异议%s。%.*s", upheld ? "成立" : "不成立",
				SLICE_FMT(db_col_text(q, 5))));
		jw_kv_opt(jw, "decided_by", db_col_text(q, 6));
		jw_kv_str(jw, "decided_at", paper_moment(m->arena, db_col_int64(q, 7)));
	}
	return 0;
}

static int reassignment_put(struct matter *m, struct jw *jw)
{
	jw_kv_str(jw, "old_unit", m->unit_name);
	jw_kv_str(jw, "old_number", m->row.number);
	jw_kv_str(jw, "reason", m->note);
	jw_kv_str(jw, "decided_by", m->actor_name);
	return 0;
}

static int own_put(struct matter *m, struct jw *jw, enum paper_kind kind)
{
	int error = 0;
	switch ((int)kind) {
	case PAPER_REPORT:
		return items_put(m, jw);
	case PAPER_RETURN:
		return faults_put(m, jw);
	case PAPER_OPINION:
		return opinion_put(m, jw);
	case PAPER_BRIEF:
		jw_kv_bool(jw, "centre_self", m->unit_is_centre);
		error = items_put(m, jw);
		return error < 0 ? error : conclusion_put(m, jw);
	case PAPER_UPREPORT:
		jw_kv_opt(jw, "authority", m->row.upreport_authority);
		error = items_put(m, jw);
		return error < 0 ? error : conclusion_put(m, jw);
	case PAPER_ARCHIVE:
		return archive_put(m, jw);
	case PAPER_EXTENSION:
		return extension_put(m, jw);
	case PAPER_CONTROL:
		return control_put(m, jw);
	case PAPER_OBJECTION:
		return objection_put(m, jw);
	case PAPER_REASSIGNMENT:
		return reassignment_put(m, jw);
	case PAPER_REMINDER:
		jw_kv_str(jw, "state",
			slice_str(name_text(&notice_state_names, m->row.state, LANG_ZH)));
		return 0;
	default:
		return 0;
	}
}

/* 转派 is to whoever has it now. */
static const struct matter *whose(const struct matter *m, enum paper_kind kind)
{
	return kind == PAPER_REASSIGNMENT && m->successor != NULL ? m->successor : m;
}

static void due_put(const struct matter *m, struct jw *jw)
{
	if (m->row.due_at_ms != 0) {
		jw_kv_str(jw, "due",
			arena_printf(m->arena, "%.*s%s",
				SLICE_FMT(paper_moment(m->arena, m->row.due_at_ms)),
				m->row.due_provisional ? "（暂定）" : ""));
	}
}

static int members_put(struct matter *m, struct jw *jw, enum paper_kind kind)
{
	const struct notice_row *n = &m->row;
	bool plea = kind == PAPER_OBJECTION || kind == PAPER_REASSIGNMENT;
	jw_object(jw);
	if (kind == PAPER_NOTICE) {
		jw_kv_str(jw, "heading", SLICE("网络安全隐患限期整改通知书"));
	}
	jw_kv_str(jw, "title", n->title);
	jw_kv_str(jw, "unit", whose(m, kind)->unit_name);
	jw_kv_str(jw, "grade", slice_str(name_text(&grade_names, n->grade, LANG_ZH)));
	jw_kv_int(jw, "round", whose(m, kind)->row.round);
	problems_put(m, jw);
	if (kind != PAPER_REMINDER) {
		jw_kv_str(jw, "requirement", n->requirement);
	}
	due_put(whose(m, kind), jw);
	jw_kv_opt(jw, "contact", n->contact);
	jw_kv_opt(jw, "note", plea ? (struct slice) { 0 } : m->note);
	jw_kv_opt(jw, "doc_number", n->office_number);
	int error = person_put(m, jw, "actor", m->actor_id);
	error = error < 0 ? error : person_put(m, jw, "issuer", n->issuer_id);
	error = error < 0 ? error : own_put(m, jw, kind);
	jw_end(jw);
	return error;
}

/* A copy of what goes to two stands with both, under one check code. */
static int copy_put(struct matter *m, struct paper_job *job)
{
	int64_t id = 0;
	job->about_id = m->successor->row.id;
	job->unit_id = m->successor->row.unit_id;
	return paper_job_put(m->txn, job, &id);
}

static int paper_put(struct matter *m, enum paper_kind kind)
{
	AUTO_BUF struct buf members;
	struct jw jw;
	int64_t id = 0;
	buf_init(&members, MEMBERS_MAX_OCTETS);
	jw_init(&jw, &members);
	int error = members_put(m, &jw, kind);
	if (error < 0 || members.failed) {
		return error < 0 ? error : E_LIMIT;
	}
	struct paper_job job = { .env = m->env,
		.kind = kind,
		.policy_id = m->row.policy_id,
		.about = "notice",
		.about_id = m->row.id,
		.unit_id = m->row.unit_id,
		.number = whose(m, kind)->row.number,
		.members = buf_slice(&members) };
	/* The report's is the one that is typed in when its scan comes back. */
	job.code = kind == PAPER_REPORT ? m->round.check_code : paper_code(m->arena);
	error = paper_job_put(m->txn, &job, &id);
	return error < 0 || whose(m, kind) == m ? error : copy_put(m, &job);
}

/* Told of rows the act writes after the notice's own: asked for once they stand. */
#define LATER                                                                                  \
	(MACHINE_BIT(NOTICE_DOCUMENT_OBJECTION) | MACHINE_BIT(NOTICE_DOCUMENT_REASSIGNMENT))

int matter_paper(struct matter *m, enum notice_document kind)
{
	int paper =
		name_parse(&paper_kind_names, slice_str(name_id(&notice_document_names, kind)));
	return paper < 0 ? paper : paper_put(m, (enum paper_kind)paper);
}

int matter_papers(struct matter *m)
{
	int error = 0;
	for (unsigned kind = 0; kind < NOTICE_DOCUMENT_COUNT && error == 0; kind++) {
		if ((m->outcome.documents & ~LATER & MACHINE_BIT(kind)) != 0) {
			error = matter_paper(m, (enum notice_document)kind);
		}
	}
	return error;
}
