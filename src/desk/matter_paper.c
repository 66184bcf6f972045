/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Papers: what a document says is frozen when it is asked for, whatever
 * becomes of the records afterwards.  Paper renders it outside.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "records/caller.h"
#include "records/outbox.h"
#include "records/sql.h"
#include "records/trail.h"
#include "workflow/machine.h"

enum { INPUT_MAX_OCTETS = 256 * 1024 };

static struct slice date_text(const struct matter *m, int64_t at_ms)
{
	struct civil c = civil_of_ms(at_ms, CIVIL_CHINA_OFFSET_MIN);
	return arena_printf(m->arena, "%d年%u月%u日", (int)c.year, c.month, c.day);
}

static struct slice due_text(const struct matter *m)
{
	struct civil c = civil_of_ms(m->row.due_at_ms, CIVIL_CHINA_OFFSET_MIN);
	return arena_printf(m->arena, "%d年%u月%u日%02u:%02u%s", (int)c.year, c.month, c.day,
		c.hour, c.minute, m->row.due_provisional ? "（暂定）" : "");
}

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

static int items_put(struct matter *m, struct jw *jw)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(m->db,
		"SELECT f.title, i.cause, i.measure, i.done_at_ms, i.residual"
		" FROM rectification_item i JOIN finding f ON f.id = i.finding_id"
		" WHERE i.rectification_id = $1 ORDER BY i.id",
		&q, SQL_INT(m->round.id));
	jw_key(jw, "items");
	jw_array(jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		jw_object(jw);
		jw_kv_str(jw, "problem", db_col_text(q, 0));
		jw_kv_str(jw, "cause", db_col_text(q, 1));
		jw_kv_str(jw, "measure", db_col_text(q, 2));
		jw_kv_str(jw, "done", date_text(m, db_col_int64(q, 3)));
		jw_kv_opt(jw, "residual", db_col_text(q, 4));
		jw_end(jw);
	}
	jw_end(jw);
	return row < 0 ? row : 0;
}

static int input_put(
	struct matter *m, struct jw *jw, enum notice_document kind, struct slice code)
{
	const struct notice_row *n = &m->row;
	jw_object(jw);
	jw_kv_str(jw, "kind", slice_str(name_id(&notice_document_names, kind)));
	jw_kv_str(jw, "heading", slice_str(name_text(&notice_document_names, kind, LANG_ZH)));
	jw_kv_str(jw, "number", n->number);
	jw_kv_str(jw, "title", n->title);
	jw_kv_str(jw, "unit", m->unit_name);
	jw_kv_str(jw, "grade", slice_str(name_text(&grade_names, n->grade, LANG_ZH)));
	jw_kv_int(jw, "round", n->round);
	problems_put(m, jw);
	jw_kv_str(jw, "requirement", n->requirement);
	if (n->due_at_ms != 0) {
		jw_kv_str(jw, "due", due_text(m));
		jw_kv_int(jw, "due_at", n->due_at_ms);
	}
	jw_kv_opt(jw, "contact", n->contact);
	jw_kv_opt(jw, "note", m->note);
	jw_kv_str(jw, "date", date_text(m, m->now_ms));
	jw_kv_int(jw, "at", m->now_ms);
	jw_kv_str(jw, "check_code", code);
	jw_kv_str(jw, "basis", SLICE("美珈院〔2023〕75 号 第十五条"));
	int error = person_put(m, jw, "actor", m->actor_id);
	error = error < 0 ? error : person_put(m, jw, "issuer", n->issuer_id);
	if (error == 0 && kind == NOTICE_DOCUMENT_REPORT) {
		error = items_put(m, jw);
	}
	jw_end(jw);
	return error;
}

static int job_put(struct matter *m, int64_t id)
{
	struct outbox_item item = { .id = id,
		.kind = SLICE("render"),
		.effect = arena_printf(m->arena, "render|%lld", (long long)id),
		.record_kind = SLICE("document"),
		.record_id = id,
		.payload = SLICE("{}"),
		.trace = txn_trace(m->txn) };
	int put = outbox_put(m->txn, &item);
	return put < 0 ? put : 0;
}

static int paper_put(struct matter *m, enum notice_document kind)
{
	AUTO_BUF struct buf input;
	buf_init(&input, INPUT_MAX_OCTETS);
	struct jw jw;
	jw_init(&jw, &input);
	int64_t id = txn_id(m->txn);
	struct slice code = kind == NOTICE_DOCUMENT_REPORT && m->round.check_code.n > 0
				    ? m->round.check_code
				    : matter_code(m);
	int error = input_put(m, &jw, kind, code);
	if (error < 0 || input.failed) {
		return error < 0 ? error : E_LIMIT;
	}
	struct slice name = arena_printf(m->arena, "%.*s %s.pdf", SLICE_FMT(m->row.number),
		name_text(&notice_document_names, kind, LANG_ZH));
	int64_t done = sql_run(m->db,
		"INSERT INTO document (id, version, kind, about, about_id, name, state, input,"
		" check_code, created_at_ms)"
		" VALUES ($1, 1, $2, 'notice', $3, $4, 'waiting', $5, $6, $7)",
		SQL_INT(id), SQL_STR(name_id(&notice_document_names, kind)), SQL_INT(m->row.id),
		SQL_TEXT(name), SQL_TEXT(buf_slice(&input)), SQL_TEXT(code),
		SQL_INT(m->now_ms));
	error = done < 0 ? (int)done : trail_row(m->txn, "document", id);
	error = error < 0 ? error : txn_change(m->txn, "document", id, 1);
	return error < 0 ? error : job_put(m, id);
}

/*
 * Documents that paper has a writer for, whose id is the document's: what is
 * not here is a record without a paper yet.
 */
static const bool written[NOTICE_DOCUMENT_COUNT] = {
	[NOTICE_DOCUMENT_NOTICE] = true,
	[NOTICE_DOCUMENT_SIGNATURE] = true,
	[NOTICE_DOCUMENT_PLAN] = true,
	[NOTICE_DOCUMENT_REPORT] = true,
	[NOTICE_DOCUMENT_RETURN] = true,
	[NOTICE_DOCUMENT_OPINION] = true,
	[NOTICE_DOCUMENT_AGAIN] = true,
	[NOTICE_DOCUMENT_BRIEF] = true,
	[NOTICE_DOCUMENT_UPREPORT] = true,
	[NOTICE_DOCUMENT_ARCHIVE] = true,
	[NOTICE_DOCUMENT_WITHDRAWAL] = true,
	[NOTICE_DOCUMENT_OBJECTION] = false,
	[NOTICE_DOCUMENT_REASSIGNMENT] = false,
	[NOTICE_DOCUMENT_EXTENSION] = false,
	[NOTICE_DOCUMENT_REMINDER] = false,
	[NOTICE_DOCUMENT_SUPERVISION] = false,
	[NOTICE_DOCUMENT_ACCEPTANCE] = false,
	[NOTICE_DOCUMENT_CONTROL] = false,
};

int matter_paper(struct matter *m, enum notice_document kind)
{
	return written[kind] ? paper_put(m, kind) : 0;
}

int matter_papers(struct matter *m)
{
	int error = 0;
	for (unsigned kind = 0; kind < NOTICE_DOCUMENT_COUNT && error == 0; kind++) {
		if ((m->outcome.documents & MACHINE_BIT(kind)) != 0) {
			error = matter_paper(m, (enum notice_document)kind);
		}
	}
	return error;
}
