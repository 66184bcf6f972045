/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/knowledge_row.h"

#include "base/arena.h"
#include "base/err.h"
#include "records/sql.h"
#include "records/trail.h"
#include "records/txn.h"

static struct slice text_at(struct txn *txn, struct stmt *q, unsigned column)
{
	return arena_dup(txn_arena(txn), db_col_text(q, column));
}

int knowledge_row_load(struct txn *txn, int64_t id, struct knowledge_row *ret_row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(txn_db(txn),
		"SELECT id, version, shelf, kind, edition, name, body, proof, name_en, body_en,"
		" proof_en, shipped, created_at_ms, retired_at_ms FROM knowledge WHERE id = $1",
		&q, SQL_INT(id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	*ret_row = (struct knowledge_row) {
		.id = db_col_int64(q, 0),
		.version = db_col_int64(q, 1),
		.shelf = text_at(txn, q, 2),
		.kind = text_at(txn, q, 3),
		.edition = db_col_int64(q, 4),
		.name = text_at(txn, q, 5),
		.body = text_at(txn, q, 6),
		.proof = text_at(txn, q, 7),
		.name_en = text_at(txn, q, 8),
		.body_en = text_at(txn, q, 9),
		.proof_en = text_at(txn, q, 10),
		.shipped = text_at(txn, q, 11),
		.created_at_ms = db_col_int64(q, 12),
		.retired_at_ms = db_col_int64(q, 13),
	};
	return 0;
}

static int64_t row_write(
	struct txn *txn, const char *sql, const struct knowledge_row *r, int64_t by_id)
{
	const struct sql_arg args[] = { SQL_INT(r->id), SQL_TEXT(r->shelf), SQL_TEXT(r->kind),
		SQL_INT(r->edition), SQL_TEXT(r->name), SQL_TEXT(r->body),
		SQL_TEXT_OR_NULL(r->proof), SQL_TEXT_OR_NULL(r->name_en),
		SQL_TEXT_OR_NULL(r->body_en), SQL_TEXT_OR_NULL(r->proof_en),
		SQL_TEXT_OR_NULL(r->shipped), SQL_INT(r->created_at_ms),
		SQL_INT(txn_now_ms(txn)), SQL_INT_OR_NULL(by_id),
		SQL_INT_OR_NULL(r->retired_at_ms) };
	return sql_run_args(txn_db(txn), sql, args, sizeof(args) / sizeof(args[0]));
}

static int edition_put(struct txn *txn, const struct knowledge_row *r, int64_t by_id)
{
	int64_t id = txn_id(txn);
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO knowledge_edition (id, version, knowledge_id, edition, kind, name,"
		" body, proof, name_en, body_en, proof_en, at_ms, by_id, retired)"
		" VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
		SQL_INT(id), SQL_INT(r->id), SQL_INT(r->edition), SQL_TEXT(r->kind),
		SQL_TEXT(r->name), SQL_TEXT(r->body), SQL_TEXT_OR_NULL(r->proof),
		SQL_TEXT_OR_NULL(r->name_en), SQL_TEXT_OR_NULL(r->body_en),
		SQL_TEXT_OR_NULL(r->proof_en), SQL_INT(txn_now_ms(txn)), SQL_INT_OR_NULL(by_id),
		SQL_INT(r->retired_at_ms != 0));
	return done < 0 ? (int)done : trail_row(txn, "knowledge_edition", id);
}

int knowledge_row_save(struct txn *txn, struct knowledge_row *row, int64_t by_id)
{
	bool new = row->id == 0;
	row->edition++;
	row->version++;
	if (new) {
		row->id = txn_id(txn);
		row->created_at_ms = txn_now_ms(txn);
	}
	int64_t done = row_write(txn,
		new ? "INSERT INTO knowledge (id, version, shelf, kind, edition, name, body,"
		      " proof, name_en, body_en, proof_en, shipped, created_at_ms,"
		      " changed_at_ms, changed_by, retired_at_ms) VALUES ($1, 1, $2, $3, $4, $5,"
		      " $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
		    : "UPDATE knowledge SET version = version + 1, shelf = $2, kind = $3,"
		      " edition = $4, name = $5, body = $6, proof = $7, name_en = $8,"
		      " body_en = $9, proof_en = $10, shipped = $11, created_at_ms = $12,"
		      " changed_at_ms = $13, changed_by = $14, retired_at_ms = $15"
		      " WHERE id = $1",
		row, by_id);
	int error = done < 0 ? (int)done : trail_row(txn, "knowledge", row->id);
	error = error < 0 ? error : edition_put(txn, row, by_id);
	return error < 0 ? error : txn_change(txn, "knowledge", row->id, row->version);
}
