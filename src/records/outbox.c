/* SPDX-License-Identifier: Apache-2.0 */
#include "records/outbox.h"

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "records/sql.h"
#include "records/txn_priv.h"

int outbox_put(struct txn *txn, const struct outbox_item *item)
{
	if (item->payload.n > OUTBOX_PAYLOAD_MAX_OCTETS) {
		return diag_set(
			txn_diag(txn), E_LIMIT, 0, 0, "an outbox payload is over 64 KiB");
	}
	int64_t due_at_ms = item->due_at_ms != 0 ? item->due_at_ms : txn->now_ms;
	return (int)sql_run(txn->db,
		"INSERT INTO outbox (id, kind, effect, state, record_kind, record_id, payload,"
		" trace, due_at_ms, created_at_ms)"
		" VALUES ($1, $2, $3, 'waiting', $4, $5, $6, $7, $8, $9)"
		" ON CONFLICT (effect) DO NOTHING",
		SQL_INT(item->id != 0 ? item->id : txn_id(txn)), SQL_TEXT(item->kind),
		SQL_TEXT(item->effect), SQL_TEXT(item->record_kind), SQL_INT(item->record_id),
		SQL_TEXT(item->payload), SQL_TEXT(txn_trace(txn)), SQL_INT(due_at_ms),
		SQL_INT(txn->now_ms));
}

static int select_due(struct txn *txn, const char *kind, struct outbox_item *items, size_t max)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn->db,
		"SELECT id, kind, effect, record_kind, record_id, payload, trace, due_at_ms,"
		" attempts FROM outbox WHERE kind = $1 AND state IN ('waiting', 'leased')"
		" AND due_at_ms <= $2 AND (state = 'waiting' OR lease_until_ms <= $2)"
		" ORDER BY due_at_ms, id LIMIT $3",
		&q, SQL_STR(kind), SQL_INT(txn->now_ms), SQL_INT((int64_t)max));
	int count = 0;
	for (row = row < 0 ? row : db_step(q); row == 1; row = db_step(q)) {
		items[count++] = (struct outbox_item) {
			.id = db_col_int64(q, 0),
			.kind = arena_dup(txn->arena, db_col_text(q, 1)),
			.effect = arena_dup(txn->arena, db_col_text(q, 2)),
			.record_kind = arena_dup(txn->arena, db_col_text(q, 3)),
			.record_id = db_col_int64(q, 4),
			.payload = arena_dup(txn->arena, db_col_text(q, 5)),
			.trace = arena_dup(txn->arena, db_col_text(q, 6)),
			.due_at_ms = db_col_int64(q, 7),
			.attempts = db_col_int64(q, 8),
		};
	}
	return row < 0 ? row : count;
}

int outbox_lease(struct txn *txn, const char *kind, int64_t lease_ms, struct outbox_item *items,
	size_t count_max)
{
	size_t max = count_max < OUTBOX_LEASE_MAX ? count_max : OUTBOX_LEASE_MAX;
	int count = select_due(txn, kind, items, max);
	for (int i = 0; i < count; i++) {
		int64_t rows = sql_run(txn->db,
			"UPDATE outbox SET state = 'leased', lease_until_ms = $2,"
			" attempts = attempts + 1 WHERE id = $1",
			SQL_INT(items[i].id), SQL_INT(txn->now_ms + lease_ms));
		if (rows < 0) {
			return (int)rows;
		}
	}
	return count;
}

static int ended(int64_t rows)
{
	return rows == 1 ? 0 : rows < 0 ? (int)rows : E_STATE;
}

int outbox_end(struct txn *txn, int64_t id, enum outbox_end how, struct slice why)
{
	static const char *const states[] = { "done", "failed", "cancelled" };
	return ended(sql_run(txn->db,
		"UPDATE outbox SET state = $2, why = $3, ended_at_ms = $4, lease_until_ms = NULL"
		" WHERE id = $1 AND state IN ('waiting', 'leased')",
		SQL_INT(id), SQL_STR(states[how]), SQL_TEXT_OR_NULL(why),
		SQL_INT(txn->now_ms)));
}

int outbox_retry(struct txn *txn, int64_t id, int64_t due_at_ms, struct slice why)
{
	return ended(sql_run(txn->db,
		"UPDATE outbox SET state = 'waiting', why = $3, due_at_ms = $2,"
		" lease_until_ms = NULL WHERE id = $1 AND state IN ('waiting', 'leased')",
		SQL_INT(id), SQL_INT(due_at_ms), SQL_TEXT_OR_NULL(why)));
}

/* What the worker was at: the first in the order of outbox_lease.  0 when it held nothing. */
static int lease_first(struct txn *txn, const char *kind, int64_t *ret_id)
{
	return sql_int(txn->db,
		"SELECT id FROM outbox WHERE kind = $1 AND state = 'leased'"
		" ORDER BY lease_until_ms, due_at_ms, id LIMIT 1",
		ret_id, SQL_STR(kind));
}

int64_t outbox_release(struct txn *txn, const char *kind, enum outbox_gone gone)
{
	int64_t at = 0;
	int row = gone == OUTBOX_WORKER_GONE ? lease_first(txn, kind, &at) : 0;
	if (row < 0) {
		return row;
	}
	return sql_run(txn->db,
		"UPDATE outbox SET state = 'waiting', lease_until_ms = NULL,"
		" attempts = CASE WHEN id = $2 THEN attempts ELSE attempts - 1 END"
		" WHERE kind = $1 AND state = 'leased'",
		SQL_STR(kind), SQL_INT(at));
}

int outbox_held(
	struct db *db, const char *kind, int64_t now_ms, int64_t max, int64_t *ret_count)
{
	return sql_int(db,
		"SELECT count(*) FROM (SELECT id FROM outbox WHERE kind = $1 AND state = 'leased'"
		" AND lease_until_ms > $2 LIMIT $3) held",
		ret_count, SQL_STR(kind), SQL_INT(now_ms), SQL_INT(max));
}

int64_t outbox_cancel(struct txn *txn, const char *record_kind, int64_t record_id)
{
	return sql_run(txn->db,
		"UPDATE outbox SET state = 'cancelled', ended_at_ms = $3, lease_until_ms = NULL"
		" WHERE record_kind = $1 AND record_id = $2 AND state = 'waiting'",
		SQL_STR(record_kind), SQL_INT(record_id), SQL_INT(txn->now_ms));
}

int64_t outbox_withhold(struct txn *txn, int64_t after_id)
{
	return sql_run(txn->db,
		"UPDATE outbox SET state = 'restored' WHERE id > $1 AND kind = 'mail'"
		" AND state = 'waiting'",
		SQL_INT(after_id));
}

int outbox_next(struct db *db, const char *kind, int64_t *ret_due_at_ms)
{
	return sql_int(db,
		"SELECT min(CASE WHEN state = 'leased' THEN lease_until_ms ELSE due_at_ms END)"
		" FROM outbox WHERE kind = $1 AND state IN ('waiting', 'leased')",
		ret_due_at_ms, SQL_STR(kind));
}
