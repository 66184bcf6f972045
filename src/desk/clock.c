/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/clock.h"

#include "base/arena.h"
#include "desk/desk.h"
#include "records/db.h"

enum { SLEW_PART = 1000 };

void clock_watch_begin(struct clock_watch *watch, int64_t wall_ms, int64_t mono_ms)
{
	*watch = (struct clock_watch) { wall_ms - mono_ms, mono_ms };
}

int64_t clock_watch_jump(struct clock_watch *watch, int64_t wall_ms, int64_t mono_ms)
{
	int64_t drift_ms = wall_ms - mono_ms - watch->base_ms;
	/* At least a millisecond, or looks close to each other would believe nothing. */
	int64_t slew_ms = (mono_ms - watch->mono_ms) / SLEW_PART + 1;
	if (drift_ms >= CLOCK_JUMP_MS || drift_ms <= -CLOCK_JUMP_MS) {
		return drift_ms;
	}
	if (mono_ms - watch->mono_ms >= SLEW_PART) {
		watch->base_ms += drift_ms > slew_ms    ? slew_ms
				  : drift_ms < -slew_ms ? -slew_ms
							: drift_ms;
		watch->mono_ms = mono_ms;
	}
	return 0;
}

int clock_see(struct txn *txn)
{
	struct slice now = arena_printf(txn_arena(txn), "%lld", (long long)txn_now_ms(txn));
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO meta (key, value) VALUES ('clock_seen_ms', $1)"
		" ON CONFLICT (key) DO UPDATE SET value = excluded.value",
		SQL_TEXT(now));
	return done < 0 ? (int)done : 0;
}

int clock_seen(struct db *db, int64_t *ret_at_ms)
{
	int64_t at_ms = 0;
	int found = sql_int(db, "SELECT CAST(value AS BIGINT) FROM meta WHERE key = $1", &at_ms,
		SQL_STR("clock_seen_ms"));
	/* A store of before this was kept, and one restored, has its log. */
	if (found == 0) {
		found = sql_int_args(db,
			"SELECT max(at_ms) FROM (SELECT at_ms FROM audit_entry ORDER BY seq DESC LIMIT 64) e",
			&at_ms, NULL, 0);
	}
	if (found == 1) {
		*ret_at_ms = at_ms;
	}
	return found;
}

int clock_hold(struct txn *txn)
{
	trail_act(txn,
		&(struct trail_act) { .act = SLICE("clock.held"), .kind = SLICE("setting") });
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO meta (key, value) VALUES ('clock_held', $1) ON CONFLICT (key) DO NOTHING",
		SQL_STR("1"));
	return done < 0 ? (int)done : 0;
}

int clock_is_held(struct db *db)
{
	int64_t held = 0;
	int found = sql_int(
		db, "SELECT count(*) FROM meta WHERE key = $1", &held, SQL_STR("clock_held"));
	return found < 0 ? found : held > 0;
}

int desk_clock_confirm(struct desk *desk)
{
	int64_t before_ms = 0;
	int found = clock_seen(desk->db, &before_ms);
	int error = found < 0 ? found : clock_see(desk->txn);
	error = error < 0 ? error
			  : db_exec(desk->db, "DELETE FROM meta WHERE key = 'clock_held'");
	desk_audit(desk, "clock.confirm", "setting", 0, 0,
		arena_printf(desk->arena, "%lld after %lld", (long long)desk->now_ms,
			(long long)before_ms));
	return error;
}
