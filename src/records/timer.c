/* SPDX-License-Identifier: Apache-2.0 */
#include "records/timer.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "records/db.h"
#include "records/sql.h"
#include "records/txn_priv.h"

int timer_set(struct txn *txn, const struct timer *timer)
{
	int64_t rows = sql_run(txn->db,
		"INSERT INTO timer (id, kind, record_kind, record_id, seq, fire_at_ms, due_at_ms,"
		" trace) VALUES ($1, $2, $3, $4, $5, $6, $6, $7)"
		" ON CONFLICT (record_kind, record_id, kind, seq) DO UPDATE SET"
		" fire_at_ms = excluded.fire_at_ms, due_at_ms = excluded.due_at_ms,"
		" trace = excluded.trace, attempts = 0, cancelled_at_ms = NULL"
		" WHERE timer.fired_at_ms IS NULL",
		SQL_INT(txn_id(txn)), SQL_TEXT(timer->kind), SQL_TEXT(timer->record_kind),
		SQL_INT(timer->record_id), SQL_INT(timer->seq), SQL_INT(timer->fire_at_ms),
		SQL_TEXT(txn_trace(txn)));
	return rows == 1 ? 0 : rows < 0 ? (int)rows : E_STATE;
}

int64_t timer_cancel(
	struct txn *txn, const char *record_kind, int64_t record_id, const char *kind)
{
	return sql_run(txn->db,
		"UPDATE timer SET cancelled_at_ms = $3 WHERE record_kind = $1 AND record_id = $2"
		" AND fired_at_ms IS NULL AND cancelled_at_ms IS NULL"
		" AND (CAST($4 AS TEXT) IS NULL OR kind = CAST($4 AS TEXT))",
		SQL_STR(record_kind), SQL_INT(record_id), SQL_INT(txn->now_ms),
		kind != NULL ? SQL_STR(kind) : SQL_NULL);
}

static int take_due(struct txn *txn, struct timer *timer)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn->db,
		"SELECT id, kind, record_kind, record_id, seq, fire_at_ms, trace, attempts"
		" FROM timer WHERE fired_at_ms IS NULL AND cancelled_at_ms IS NULL"
		" AND due_at_ms <= $1 ORDER BY due_at_ms, id LIMIT 1",
		&q, SQL_INT(txn->now_ms));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		*timer = (struct timer) {
			.id = db_col_int64(q, 0),
			.kind = arena_dup(txn->arena, db_col_text(q, 1)),
			.record_kind = arena_dup(txn->arena, db_col_text(q, 2)),
			.record_id = db_col_int64(q, 3),
			.seq = db_col_int64(q, 4),
			.fire_at_ms = db_col_int64(q, 5),
			.trace = arena_dup(txn->arena, db_col_text(q, 6)),
			.attempts = db_col_int64(q, 7),
		};
		timer->late_by_ms = txn->now_ms - timer->fire_at_ms;
	}
	return row;
}

static int64_t retry_after(int64_t attempts)
{
	int64_t wait_ms = TIMER_RETRY_FIRST_MS;
	while (attempts-- > 0 && wait_ms < TIMER_RETRY_MAX_MS) {
		wait_ms *= 2;
	}
	return wait_ms < TIMER_RETRY_MAX_MS ? wait_ms : TIMER_RETRY_MAX_MS;
}

/* Mark first: an effect that sets the same timer again is told it has fired. */
static int64_t mark_fired(struct txn *txn, const struct timer *timer)
{
	return sql_run(txn->db,
		"UPDATE timer SET fired_at_ms = $2, late_by_ms = $3 WHERE id = $1",
		SQL_INT(timer->id), SQL_INT(txn->now_ms), SQL_INT(timer->late_by_ms));
}

int timer_fire(struct txn *txn, void *arg)
{
	const struct timer_handler *handler = arg;
	struct timer timer = { 0 };
	int due = take_due(txn, &timer);
	if (due != 1) {
		return due;
	}
	int error = db_savepoint(txn->db);
	if (error < 0) {
		return error;
	}
	/* What it brings about belongs to the journey of whoever set it. */
	if (timer.trace.n > 0 && timer.trace.n < sizeof(txn->command->trace)) {
		(void)snprintf(txn->command->trace, sizeof(txn->command->trace), "%.*s",
			SLICE_FMT(timer.trace));
	}
	struct counters counters = *txn->counters;
	int64_t changes = txn->changes;
	struct trail trail = txn->trail;
	int64_t rows = mark_fired(txn, &timer);
	error = rows < 0 ? (int)rows : handler->fire(txn, &timer, handler->arg);
	if (error >= 0) {
		error = db_release(txn->db);
		return error < 0 ? error : 1;
	}
	error = db_rollback_to(txn->db);
	if (error < 0) {
		return error;
	}
	*txn->counters = counters;
	txn->changes = changes;
	txn->trail = trail;
	rows = sql_run(txn->db,
		"UPDATE timer SET attempts = attempts + 1, due_at_ms = $2 WHERE id = $1",
		SQL_INT(timer.id), SQL_INT(txn->now_ms + retry_after(timer.attempts)));
	return rows < 0 ? (int)rows : 1;
}

int timer_next(struct db *db, int64_t *ret_due_at_ms)
{
	return sql_int_args(db,
		"SELECT min(due_at_ms) FROM timer"
		" WHERE fired_at_ms IS NULL AND cancelled_at_ms IS NULL",
		ret_due_at_ms, NULL, 0);
}
