/* SPDX-License-Identifier: Apache-2.0 */
/* Papers of several notices in one PDF, to print on both sides. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/id_list.h"
#include "desk/paper_job.h"
#include "desk/papers.h"
#include "desk/words.h"
#include "records/sql.h"

enum { PAPERS_MAX = 60, MEMBERS_MAX_OCTETS = 1000 * 1024 };

/* As the notice's page does: what goes up is not the unit's to read, and a draft not yet. */
static bool hidden(const struct desk *desk, struct slice kind, struct slice state)
{
	return desk->scope != SCOPE_ALL &&
	       (slice_is(kind, "brief") || slice_is(kind, "upreport") ||
		       slice_is(state, "draft") || slice_is(state, "review"));
}

/* The latest of its kind.  1 put, 0 there is none, or an error. */
static int paper_put(struct desk *desk, struct jw *jw, int64_t notice_id, struct slice kind)
{
	AUTO_STMT struct stmt *q = NULL;
	const struct json *data = NULL;
	int row = sql_query(desk->db,
		"SELECT d.input, n.unit_id, n.state FROM document d JOIN notice n ON n.id = d.about_id"
		" WHERE d.about = 'notice' AND d.about_id = $1 AND d.kind = $2 AND d.of_id IS NULL"
		" ORDER BY d.id DESC LIMIT 1",
		&q, SQL_INT(notice_id), SQL_TEXT(kind));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row;
	}
	int error = desk_unit_reached(desk, db_col_int64(q, 1));
	if (error < 0 || hidden(desk, kind, db_col_text(q, 2))) {
		return E_ABSENT;
	}
	error = json_parse(
		desk->arena, arena_dup(desk->arena, db_col_text(q, 0)), 0, &data, NULL);
	if (error < 0) {
		return error;
	}
	jw_object(jw);
	jw_kv_str(jw, "kind", kind);
	jw_key(jw, "data");
	jw_value(jw, data);
	jw_end(jw);
	return 1;
}

static int list_put(
	struct desk *desk, const struct id_list *notices, struct slice kind, struct buf *out)
{
	struct jw jw;
	int count = 0;
	int error = 0;
	jw_init(&jw, out);
	jw_object(&jw);
	jw_key(&jw, "papers");
	jw_array(&jw);
	for (size_t i = 0; i < notices->count && error >= 0; i++) {
		error = paper_put(desk, &jw, notices->id[i], kind);
		count += error > 0 ? 1 : 0;
	}
	jw_end(&jw);
	jw_end(&jw);
	if (error < 0) {
		return error;
	}
	if (out->failed) {
		return desk_refuse(desk, E_LIMIT, "print.too_many", "notice_ids");
	}
	return count > 0 ? count : desk_refuse(desk, E_INPUT, "print.nothing", "notice_ids");
}

int desk_documents_print(struct desk *desk)
{
	struct id_list notices = { 0 };
	AUTO_BUF struct buf members;
	int64_t id = 0;
	struct slice said = json_get_str(desk->call->body, "kind");
	int kind = said.n > 0 ? name_parse(&paper_kind_names, said) : PAPER_NOTICE;
	if (kind < 0 || kind == PAPER_BATCH) {
		return desk_refuse(desk, E_INPUT, "input.word", "kind");
	}
	int error = id_list_read(desk, "notice_ids", "notice", PAPERS_MAX, &notices);
	if (error < 0) {
		return error;
	}
	buf_init(&members, MEMBERS_MAX_OCTETS);
	struct slice name = slice_str(name_id(&paper_kind_names, (unsigned)kind));
	int count = list_put(desk, &notices, name, &members);
	if (count < 0) {
		return count;
	}
	struct paper_job job = { .env = desk->env,
		.kind = PAPER_BATCH,
		.about = "person",
		.about_id = desk->caller.person_id,
		.unit_id = desk->scope == SCOPE_ALL ? 0 : desk->caller.unit_id,
		.number = arena_printf(desk->arena, "%d份", count),
		.members = buf_slice(&members) };
	error = paper_job_batch(desk->txn, &job, &id);
	desk_audit(desk, "document.print", "document", id, 1, name);
	desk_answer(desk, id, 1);
	desk->answer_number = job.number;
	return error;
}
