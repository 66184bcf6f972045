/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/notice_row.h"

#include "base/arena.h"
#include "base/err.h"
#include "records/search.h"
#include "records/sql.h"
#include "records/trail.h"
#include "records/txn.h"

#define COLUMNS                                                                                \
	"version, state, number, office_number, title, grade, unit_id, source, requirement,"   \
	" contact, author_id, issuer_id, created_at_ms, review_at_ms, issued_at_ms,"           \
	" reached_at_ms, signed_at_ms, signed_by, due_at_ms, due_json, due_provisional,"       \
	" sign_due_at_ms, step_due_at_ms, overdue_level, reminders, round, centre_self,"       \
	" deferred_reason, deferred_due_at_ms, deferred_confirmed_by,"                         \
	" deferred_confirmed_at_ms, upreport, upreport_reason, upreport_authority,"            \
	" reject_reason, withdrawn_reason, closed_at_ms, policy, policy_id, origin_id,"        \
	" successor_id, failed_rounds, accountable"

enum { ARGS = 44 };

struct reading {
	struct stmt *q;
	struct arena *arena;
	unsigned column;
};

static int64_t next_int(struct reading *r)
{
	return db_col_int64(r->q, r->column++);
}

static struct slice next_text(struct reading *r)
{
	return arena_dup(r->arena, db_col_text(r->q, r->column++));
}

/* The words are ours, so an unknown one is a broken store. */
static unsigned next_word(struct reading *r, const struct name_table *names, int *error)
{
	int value = name_parse(names, db_col_text(r->q, r->column++));
	if (value < 0) {
		*error = E_STORE;
	}
	return value < 0 ? 0 : (unsigned)value;
}

static int row_read(struct reading *r, struct notice_row *n)
{
	int error = 0;
	n->version = next_int(r);
	n->state = (enum notice_state)next_word(r, &notice_state_names, &error);
	n->number = next_text(r);
	n->office_number = next_text(r);
	n->title = next_text(r);
	n->grade = (enum grade)next_word(r, &grade_names, &error);
	n->unit_id = next_int(r);
	n->source = (enum source)next_word(r, &source_names, &error);
	n->requirement = next_text(r);
	n->contact = next_text(r);
	n->author_id = next_int(r);
	n->issuer_id = next_int(r);
	n->created_at_ms = next_int(r);
	n->review_at_ms = next_int(r);
	n->issued_at_ms = next_int(r);
	n->reached_at_ms = next_int(r);
	n->signed_at_ms = next_int(r);
	n->signed_by = next_int(r);
	n->due_at_ms = next_int(r);
	n->due_json = next_text(r);
	n->due_provisional = next_int(r) != 0;
	n->sign_due_at_ms = next_int(r);
	n->step_due_at_ms = next_int(r);
	n->overdue_level = next_int(r);
	n->reminders = next_int(r);
	n->round = next_int(r);
	n->centre_self = next_int(r) != 0;
	n->deferred_reason = next_text(r);
	n->deferred_due_at_ms = next_int(r);
	n->deferred_confirmed_by = next_int(r);
	n->deferred_confirmed_at_ms = next_int(r);
	n->upreport = (enum upreport)next_word(r, &upreport_names, &error);
	n->upreport_reason = next_text(r);
	n->upreport_authority = next_text(r);
	n->reject_reason = next_text(r);
	n->withdrawn_reason = next_text(r);
	n->closed_at_ms = next_int(r);
	n->policy = next_text(r);
	n->policy_id = next_int(r);
	n->origin_id = next_int(r);
	n->successor_id = next_int(r);
	n->failed_rounds = next_int(r);
	n->accountable = next_text(r);
	return error;
}

int notice_row_load(struct txn *txn, int64_t id, struct notice_row *ret_row)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(
		txn_db(txn), "SELECT " COLUMNS " FROM notice WHERE id = $1", &q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	struct reading reading = { .q = q, .arena = txn_arena(txn) };
	struct notice_row loaded = { .id = id };
	int error = row_read(&reading, &loaded);
	if (error == 0) {
		*ret_row = loaded;
	}
	return error;
}

static struct sql_arg word(const struct name_table *names, unsigned value)
{
	return SQL_STR(name_id(names, value));
}

/* $1 is the id, $2 … the columns in their order. */
static void args_fill(const struct notice_row *n, struct sql_arg args[ARGS])
{
	const struct sql_arg all[ARGS] = {
		SQL_INT(n->id),
		SQL_INT(n->version),
		word(&notice_state_names, n->state),
		SQL_TEXT_OR_NULL(n->number),
		SQL_TEXT_OR_NULL(n->office_number),
		SQL_TEXT(n->title),
		word(&grade_names, n->grade),
		SQL_INT(n->unit_id),
		word(&source_names, n->source),
		SQL_TEXT(n->requirement),
		SQL_TEXT_OR_NULL(n->contact),
		SQL_INT(n->author_id),
		SQL_INT_OR_NULL(n->issuer_id),
		SQL_INT(n->created_at_ms),
		SQL_INT_OR_NULL(n->review_at_ms),
		SQL_INT_OR_NULL(n->issued_at_ms),
		SQL_INT_OR_NULL(n->reached_at_ms),
		SQL_INT_OR_NULL(n->signed_at_ms),
		SQL_INT_OR_NULL(n->signed_by),
		SQL_INT_OR_NULL(n->due_at_ms),
		SQL_TEXT_OR_NULL(n->due_json),
		SQL_INT(n->due_provisional),
		SQL_INT_OR_NULL(n->sign_due_at_ms),
		SQL_INT_OR_NULL(n->step_due_at_ms),
		SQL_INT(n->overdue_level),
		SQL_INT(n->reminders),
		SQL_INT(n->round),
		SQL_INT(n->centre_self),
		SQL_TEXT_OR_NULL(n->deferred_reason),
		SQL_INT_OR_NULL(n->deferred_due_at_ms),
		SQL_INT_OR_NULL(n->deferred_confirmed_by),
		SQL_INT_OR_NULL(n->deferred_confirmed_at_ms),
		word(&upreport_names, n->upreport),
		SQL_TEXT_OR_NULL(n->upreport_reason),
		SQL_TEXT_OR_NULL(n->upreport_authority),
		SQL_TEXT_OR_NULL(n->reject_reason),
		SQL_TEXT_OR_NULL(n->withdrawn_reason),
		SQL_INT_OR_NULL(n->closed_at_ms),
		SQL_TEXT(n->policy),
		SQL_INT_OR_NULL(n->policy_id),
		SQL_INT_OR_NULL(n->origin_id),
		SQL_INT_OR_NULL(n->successor_id),
		SQL_INT_OR_NULL(n->failed_rounds),
		SQL_TEXT_OR_NULL(n->accountable),
	};
	for (size_t i = 0; i < ARGS; i++) {
		args[i] = all[i];
	}
}

int notice_row_insert(struct txn *txn, const struct notice_row *row)
{
	struct sql_arg args[ARGS];
	args_fill(row, args);
	int64_t done = sql_run_args(txn_db(txn),
		"INSERT INTO notice (id, " COLUMNS
		") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,"
		" $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30,"
		" $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44)",
		args, ARGS);
	int error = done < 0 ? (int)done : trail_row(txn, "notice", row->id);
	return error < 0 ? error : txn_change(txn, "notice", row->id, row->version);
}

int notice_row_save(struct txn *txn, struct notice_row *row)
{
	struct sql_arg args[ARGS];
	row->version++;
	args_fill(row, args);
	int64_t done = sql_run_args(txn_db(txn),
		"UPDATE notice SET version = $2, state = $3, number = $4, office_number = $5,"
		" title = $6, grade = $7, unit_id = $8, source = $9, requirement = $10,"
		" contact = $11, author_id = $12, issuer_id = $13, created_at_ms = $14,"
		" review_at_ms = $15, issued_at_ms = $16, reached_at_ms = $17,"
		" signed_at_ms = $18, signed_by = $19, due_at_ms = $20, due_json = $21,"
		" due_provisional = $22, sign_due_at_ms = $23, step_due_at_ms = $24,"
		" overdue_level = $25, reminders = $26, round = $27, centre_self = $28,"
		" deferred_reason = $29, deferred_due_at_ms = $30, deferred_confirmed_by = $31,"
		" deferred_confirmed_at_ms = $32, upreport = $33, upreport_reason = $34,"
		" upreport_authority = $35, reject_reason = $36, withdrawn_reason = $37,"
		" closed_at_ms = $38, policy = $39, policy_id = $40, origin_id = $41,"
		" successor_id = $42, failed_rounds = $43, accountable = $44 WHERE id = $1",
		args, ARGS);
	int error = done < 0 ? (int)done : trail_row(txn, "notice", row->id);
	return error < 0 ? error : txn_change(txn, "notice", row->id, row->version);
}

int notice_row_search(struct txn *txn, const struct notice_row *row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(
		txn_db(txn), "SELECT name FROM unit WHERE id = $1", &q, SQL_INT(row->unit_id));
	found = found < 0 ? found : db_step(q);
	if (found < 0) {
		return found;
	}
	struct slice unit = found == 1 ? db_col_text(q, 0) : (struct slice) { 0 };
	struct slice text =
		arena_printf(txn_arena(txn), "%.*s %.*s %.*s %.*s", SLICE_FMT(row->number),
			SLICE_FMT(row->office_number), SLICE_FMT(row->title), SLICE_FMT(unit));
	int64_t tokens = search_put(txn, "notice", row->id, text);
	return tokens < 0 ? (int)tokens : 0;
}
