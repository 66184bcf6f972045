/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/incoming_row.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/trail.h"

#define COLUMNS                                                                                \
	"version, state, secrecy, register_no, place, superior_id, paper_no, title, urgency,"  \
	" received_at_ms, due_at_ms, inner_due_at_ms, feedback_way, proposal, handler_id,"     \
	" result, answer, channel, fed_back_at_ms, fed_back_by, receipt, receipt_at_ms,"       \
	" reason, reminded, author_id, created_at_ms, closed_at_ms, policy_id"

enum { ARGS = 29, ARGS_OCTETS_MAX = 16 * 1024 };

enum secrecy incoming_secrecy(const struct incoming_row *row)
{
	int secrecy = name_parse(&secrecy_names, row->secrecy);
	/* What cannot be read is kept closest. */
	return secrecy < 0 ? SECRECY_TOP_SECRET : (enum secrecy)secrecy;
}

int incoming_row_load(struct txn *txn, int64_t id, struct incoming_row *ret_row)
{
	struct arena *arena = txn_arena(txn);
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(
		txn_db(txn), "SELECT " COLUMNS " FROM incoming WHERE id = $1", &q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	int state = name_parse(&incoming_state_names, db_col_text(q, 1));
	if (state < 0) {
		return E_STORE;
	}
	*ret_row = (struct incoming_row) {
		.id = id,
		.version = db_col_int64(q, 0),
		.state = (enum incoming_state)state,
		.secrecy = arena_dup(arena, db_col_text(q, 2)),
		.register_no = arena_dup(arena, db_col_text(q, 3)),
		.place = arena_dup(arena, db_col_text(q, 4)),
		.superior_id = db_col_int64(q, 5),
		.paper_no = arena_dup(arena, db_col_text(q, 6)),
		.title = arena_dup(arena, db_col_text(q, 7)),
		.urgency = arena_dup(arena, db_col_text(q, 8)),
		.received_at_ms = db_col_int64(q, 9),
		.due_at_ms = db_col_int64(q, 10),
		.inner_due_at_ms = db_col_int64(q, 11),
		.feedback_way = arena_dup(arena, db_col_text(q, 12)),
		.proposal = arena_dup(arena, db_col_text(q, 13)),
		.handler_id = db_col_int64(q, 14),
		.result = arena_dup(arena, db_col_text(q, 15)),
		.answer = arena_dup(arena, db_col_text(q, 16)),
		.channel = arena_dup(arena, db_col_text(q, 17)),
		.fed_back_at_ms = db_col_int64(q, 18),
		.fed_back_by = db_col_int64(q, 19),
		.receipt = arena_dup(arena, db_col_text(q, 20)),
		.receipt_at_ms = db_col_int64(q, 21),
		.reason = arena_dup(arena, db_col_text(q, 22)),
		.reminded = db_col_int64(q, 23),
		.author_id = db_col_int64(q, 24),
		.created_at_ms = db_col_int64(q, 25),
		.closed_at_ms = db_col_int64(q, 26),
		.policy_id = db_col_int64(q, 27),
	};
	return 0;
}

/* $1 is the id, $2 … the columns in their order. */
static void args_fill(const struct incoming_row *r, struct sql_arg args[ARGS])
{
	const struct sql_arg all[ARGS] = {
		SQL_INT(r->id),
		SQL_INT(r->version),
		SQL_STR(name_id(&incoming_state_names, r->state)),
		SQL_TEXT(r->secrecy),
		SQL_TEXT(r->register_no),
		SQL_TEXT_OR_NULL(r->place),
		SQL_INT_OR_NULL(r->superior_id),
		SQL_TEXT_OR_NULL(r->paper_no),
		SQL_TEXT_OR_NULL(r->title),
		SQL_TEXT_OR_NULL(r->urgency),
		SQL_INT_OR_NULL(r->received_at_ms),
		SQL_INT_OR_NULL(r->due_at_ms),
		SQL_INT_OR_NULL(r->inner_due_at_ms),
		SQL_TEXT_OR_NULL(r->feedback_way),
		SQL_TEXT_OR_NULL(r->proposal),
		SQL_INT_OR_NULL(r->handler_id),
		SQL_TEXT_OR_NULL(r->result),
		SQL_TEXT_OR_NULL(r->answer),
		SQL_TEXT_OR_NULL(r->channel),
		SQL_INT_OR_NULL(r->fed_back_at_ms),
		SQL_INT_OR_NULL(r->fed_back_by),
		SQL_TEXT_OR_NULL(r->receipt),
		SQL_INT_OR_NULL(r->receipt_at_ms),
		SQL_TEXT_OR_NULL(r->reason),
		SQL_INT(r->reminded),
		SQL_INT(r->author_id),
		SQL_INT(r->created_at_ms),
		SQL_INT_OR_NULL(r->closed_at_ms),
		SQL_INT_OR_NULL(r->policy_id),
	};
	for (size_t i = 0; i < ARGS; i++) {
		args[i] = all[i];
	}
}

int incoming_row_insert(struct txn *txn, const struct incoming_row *row)
{
	struct sql_arg args[ARGS];
	args_fill(row, args);
	int64_t done = sql_run_args(txn_db(txn),
		"INSERT INTO incoming (id, " COLUMNS
		") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,"
		" $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)",
		args, ARGS);
	int error = done < 0 ? (int)done : trail_row(txn, "incoming", row->id);
	return error < 0 ? error : txn_change(txn, "incoming", row->id, row->version);
}

int incoming_row_save(struct txn *txn, struct incoming_row *row)
{
	struct sql_arg args[ARGS];
	row->version++;
	args_fill(row, args);
	int64_t done = sql_run_args(txn_db(txn),
		"UPDATE incoming SET version = $2, state = $3, secrecy = $4, register_no = $5,"
		" place = $6, superior_id = $7, paper_no = $8, title = $9, urgency = $10,"
		" received_at_ms = $11, due_at_ms = $12, inner_due_at_ms = $13,"
		" feedback_way = $14, proposal = $15, handler_id = $16, result = $17,"
		" answer = $18, channel = $19, fed_back_at_ms = $20, fed_back_by = $21,"
		" receipt = $22, receipt_at_ms = $23, reason = $24, reminded = $25,"
		" author_id = $26, created_at_ms = $27, closed_at_ms = $28, policy_id = $29"
		" WHERE id = $1",
		args, ARGS);
	int error = done < 0 ? (int)done : trail_row(txn, "incoming", row->id);
	return error < 0 ? error : txn_change(txn, "incoming", row->id, row->version);
}

/* ---- one act */

int incoming_open(struct desk *desk, struct incoming_row *ret_row)
{
	int error = incoming_row_load(desk->txn, desk->call->id, ret_row);
	if (error < 0) {
		return error;
	}
	desk->answer_state = slice_str(name_id(&incoming_state_names, ret_row->state));
	return desk_version_same(desk, ret_row->version);
}

static int any(struct txn *txn, const char *sql, int64_t id, bool *ret_any)
{
	int64_t found = 0;
	int row = sql_int(txn_db(txn), sql, &found, SQL_INT(id));
	*ret_any = row == 1;
	return row < 0 ? row : 0;
}

int incoming_facts_load(
	struct txn *txn, const struct incoming_row *row, struct incoming_facts *ret_facts)
{
	struct incoming_facts *f = ret_facts;
	bool seal = false;
	bool scan = false;
	*f = (struct incoming_facts) {
		.state = row->state,
		.secrecy = incoming_secrecy(row),
		.receipt_kept = row->receipt_at_ms != 0,
	};
	int error = any(txn,
		"SELECT 1 FROM notice WHERE incoming_id = $1 UNION ALL"
		" SELECT 1 FROM finding WHERE incoming_id = $1 LIMIT 1",
		row->id, &f->spawned);
	error = error < 0 ? error
			  : any(txn,
				    "SELECT 1 FROM notice WHERE incoming_id = $1"
				    " AND state NOT IN ('closed', 'withdrawn') LIMIT 1",
				    row->id, &f->spawned_open);
	error = error < 0 ? error
			  : any(txn,
				    "SELECT 1 FROM incoming_seal WHERE incoming_id = $1"
				    " AND what = 'answer' LIMIT 1",
				    row->id, &f->answer_sealed);
	error = error < 0 ? error
			  : any(txn,
				    "SELECT 1 FROM incoming_seal WHERE incoming_id = $1"
				    " AND what = 'statement' LIMIT 1",
				    row->id, &seal);
	error = error < 0 ? error
			  : any(txn,
				    "SELECT 1 FROM attachment WHERE about = 'incoming'"
				    " AND about_id = $1 AND kind = 'answer' LIMIT 1",
				    row->id, &scan);
	f->statement_kept = seal && scan;
	return error;
}

int incoming_decide(struct desk *desk, struct incoming_row *row,
	const struct incoming_facts *facts, enum incoming_act act)
{
	struct diag diag = { 0 };
	int error = incoming_step(facts, act, desk->caller.role, &row->state, &diag);
	if (error < 0 && diag.source[0] != '\0') {
		struct slice code = arena_printf(desk->arena, "incoming.%s", diag.source);
		return desk_refuse(desk, error, (const char *)code.p, NULL);
	}
	return error;
}

struct slice incoming_args(struct desk *desk, struct slice reason, struct slice name)
{
	AUTO_BUF struct buf text;
	buf_init(&text, ARGS_OCTETS_MAX);
	struct jw jw;
	jw_init(&jw, &text);
	jw_object(&jw);
	if (reason.n > 0) {
		jw_kv_str(&jw, "reason", reason);
	}
	if (name.n > 0) {
		jw_kv_str(&jw, "name", name);
	}
	jw_end(&jw);
	return arena_dup(desk->arena, buf_slice(&text));
}

int incoming_done(struct desk *desk, struct incoming_row *row, const char *act,
	const char *code, struct slice args_json)
{
	if (incoming_terminal(row->state) && row->closed_at_ms == 0) {
		row->closed_at_ms = desk->now_ms;
	}
	int error = incoming_clock(desk->txn, desk->env, row);
	error = error < 0 ? error : incoming_row_save(desk->txn, row);
	/* The log is for ever, and a paper may turn out to be a state secret: no word of it goes there. */
	desk_audit(desk, act, "incoming", row->id, row->version, (struct slice) { 0 });
	desk_answer(desk, row->id, row->version);
	desk->answer_state = slice_str(name_id(&incoming_state_names, row->state));
	desk->answer_number = row->register_no;
	return error < 0 ? error : words_timeline(desk, "incoming", row->id, code, args_json);
}
