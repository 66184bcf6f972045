/* SPDX-License-Identifier: Apache-2.0 */
#include "records/txn.h"

#include "base/err.h"
#include "records/sql.h"
#include "records/txn_priv.h"

struct db *txn_db(struct txn *txn)
{
	return txn->db;
}

int64_t txn_now_ms(const struct txn *txn)
{
	return txn->now_ms;
}

int64_t txn_commit_seq(const struct txn *txn)
{
	return txn->counters->commit_seq + 1;
}

struct slice txn_trace(const struct txn *txn)
{
	return slice_str(txn->command->trace);
}

int64_t txn_account(const struct txn *txn)
{
	return txn->command->account;
}

struct arena *txn_arena(struct txn *txn)
{
	return txn->arena;
}

struct buf *txn_answer(struct txn *txn)
{
	return &txn->command->answer;
}

void txn_answer_once(struct txn *txn)
{
	txn->command->answer_once = true;
}

struct diag *txn_diag(struct txn *txn)
{
	return &txn->command->diag;
}

int64_t txn_id(struct txn *txn)
{
	return ++txn->counters->id;
}

int txn_number(struct txn *txn, const char *series, int64_t year, int64_t *ret_number)
{
	int row = sql_int(txn->db,
		"INSERT INTO counter (series, year, value) VALUES ($1, $2, 1)"
		" ON CONFLICT (series, year) DO UPDATE SET value = counter.value + 1"
		" RETURNING value",
		ret_number, SQL_STR(series), SQL_INT(year));
	return row == 0 ? E_STORE : row < 0 ? row : 0;
}

int txn_change(struct txn *txn, const char *topic, int64_t id, int64_t version)
{
	int64_t rows = sql_run(txn->db,
		"INSERT INTO change (seq, n, topic, record_id, record_version)"
		" VALUES ($1, $2, $3, $4, $5)",
		SQL_INT(txn_commit_seq(txn)), SQL_INT(txn->changes), SQL_STR(topic),
		SQL_INT(id), SQL_INT(version));
	txn->changes += rows == 1;
	return rows < 0 ? (int)rows : 0;
}
