/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 收文处理单.  While a paper may still turn out to be a state secret nothing of
 * it is put into a file by the machine: the office asks for the sheet it
 * carries round, and what the machine adds comes when a leader has written.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/incoming.h"
#include "desk/incoming_row.h"
#include "desk/paper_job.h"
#include "desk/record_papers.h"

enum { MEMBERS_MAX_OCTETS = 128 * 1024, PART_MAX = 100 };

static struct slice urgency_text(struct slice urgency)
{
	return slice_is(urgency, "urgent")  ? SLICE("加急")
	       : slice_is(urgency, "extra") ? SLICE("特急")
					    : (struct slice) { 0 };
}

static int names_put(struct desk *desk, const struct incoming_row *row, struct jw *jw)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT s.name, h.name, u.name, a.name FROM incoming i LEFT JOIN superior s"
		" ON s.id = i.superior_id LEFT JOIN person h ON h.id = i.handler_id"
		" LEFT JOIN unit u ON u.id = h.unit_id JOIN person a ON a.id = i.author_id"
		" WHERE i.id = $1",
		&q, SQL_INT(row->id));
	found = found < 0 ? found : db_step(q);
	if (found == 1) {
		jw_kv_str(
			jw, "from_unit", db_col_is_null(q, 0) ? SLICE("—") : db_col_text(q, 0));
		jw_kv_opt(jw, "handler", db_col_text(q, 1));
		jw_kv_opt(jw, "unit", db_col_text(q, 2));
		jw_kv_opt(jw, "actor", db_col_text(q, 3));
	}
	return found < 0 ? found : 0;
}

static int directions_put(struct desk *desk, int64_t id, struct jw *jw)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT leader, words, day_ms FROM incoming_word WHERE incoming_id = $1"
		" ORDER BY id LIMIT $2",
		&q, SQL_INT(id), SQL_INT(PART_MAX));
	jw_key(jw, "directions");
	jw_array(jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		jw_object(jw);
		jw_kv_str(jw, "who", db_col_text(q, 0));
		jw_kv_str(jw, "words", db_col_text(q, 1));
		jw_kv_str(jw, "on", paper_day(desk->arena, db_col_int64(q, 2)));
		jw_end(jw);
	}
	jw_end(jw);
	return row < 0 ? row : 0;
}

static int notices_put(struct desk *desk, int64_t id, struct jw *jw)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT n.number, u.name, n.title FROM notice n JOIN unit u ON u.id = n.unit_id"
		" WHERE n.incoming_id = $1 AND n.number IS NOT NULL ORDER BY n.id LIMIT $2",
		&q, SQL_INT(id), SQL_INT(PART_MAX));
	jw_key(jw, "notices");
	jw_array(jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		jw_object(jw);
		jw_kv_str(jw, "number", db_col_text(q, 0));
		jw_kv_str(jw, "unit", db_col_text(q, 1));
		jw_kv_str(jw, "title", db_col_text(q, 2));
		jw_end(jw);
	}
	jw_end(jw);
	return row < 0 ? row : 0;
}

static void result_put(struct desk *desk, const struct incoming_row *row, struct jw *jw)
{
	if (row->fed_back_at_ms == 0) {
		return;
	}
	bool done = slice_is(row->result, "done");
	jw_kv_str(jw, "result",
		arena_printf(desk->arena, "%s。%.*s\n反馈渠道：%.*s　%.*s",
			done ? "已办结" : "不涉及", SLICE_FMT(row->answer),
			SLICE_FMT(row->channel),
			SLICE_FMT(paper_moment(desk->arena, row->fed_back_at_ms))));
}

static void facts_put(struct desk *desk, const struct incoming_row *row, struct jw *jw)
{
	enum secrecy secrecy = incoming_secrecy(row);
	jw_kv_str(jw, "title", row->title);
	jw_kv_opt(jw, "their_number", row->paper_no);
	jw_kv_str(jw, "secrecy", slice_str(name_text(&secrecy_names, secrecy, LANG_ZH)));
	jw_kv_opt(jw, "urgency", urgency_text(row->urgency));
	jw_kv_str(jw, "received", paper_moment(desk->arena, row->received_at_ms));
	if (row->due_at_ms != 0) {
		jw_kv_str(jw, "due", paper_moment(desk->arena, row->due_at_ms));
	}
	jw_kv_opt(jw, "reply_by", row->feedback_way);
	jw_kv_opt(jw, "opinion", row->proposal);
	result_put(desk, row, jw);
}

int incoming_sheet_paper(struct desk *desk, const struct incoming_row *row, int64_t *ret_id)
{
	AUTO_BUF struct buf members;
	struct jw jw;
	int64_t id = 0;
	if (secrecy_is_state_secret(incoming_secrecy(row))) {
		return 0;
	}
	buf_init(&members, MEMBERS_MAX_OCTETS);
	jw_init(&jw, &members);
	jw_object(&jw);
	facts_put(desk, row, &jw);
	int error = names_put(desk, row, &jw);
	error = error < 0 ? error : directions_put(desk, row->id, &jw);
	error = error < 0 ? error : notices_put(desk, row->id, &jw);
	jw_end(&jw);
	struct paper_job job = { .env = desk->env,
		.kind = PAPER_INCOMING,
		.policy_id = row->policy_id,
		.about = "incoming",
		.about_id = row->id,
		.number = row->register_no,
		.members = buf_slice(&members) };
	error = error == 0 && members.failed ? E_LIMIT : error;
	error = error < 0 ? error : paper_job_put(desk->txn, &job, &id);
	if (ret_id != NULL) {
		*ret_id = id;
	}
	return error;
}

int desk_incoming_print(struct desk *desk)
{
	struct incoming_row row = { 0 };
	int64_t id = 0;
	int error = incoming_open(desk, &row);
	if (error == 0 && secrecy_is_state_secret(incoming_secrecy(&row))) {
		error = desk_refuse(desk, E_STATE, "incoming.state_secret", NULL);
	}
	error = error < 0 ? error : incoming_sheet_paper(desk, &row, &id);
	desk_audit(desk, "incoming.print", "document", id, 1, row.register_no);
	desk_answer(desk, id, 1);
	return error;
}
