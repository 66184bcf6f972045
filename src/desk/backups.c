/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/backups.h"

#include "base/civil.h"
#include "desk/desk.h"

int desk_backup_run(struct desk *desk)
{
	desk_audit(desk, "backup.ask", "backup", 0, 0, (struct slice) { 0 });
	return 0;
}

bool backup_is_due(const struct backup_due *due)
{
	struct civil now = civil_of_ms(due->now_ms, CIVIL_CHINA_OFFSET_MIN);
	int64_t today = civil_day_of_ms(due->now_ms, CIVIL_CHINA_OFFSET_MIN);
	if (due->hour < 0 || (due->last_ms != 0 && civil_day_of_ms(due->last_ms,
							   CIVIL_CHINA_OFFSET_MIN) == today)) {
		return false;
	}
	return now.hour == due->hour || (due->settled && now.hour > due->hour &&
						due->now_ms - due->last_ms > CIVIL_DAY_MS);
}

int backup_record(struct txn *txn, const struct backup_made *made)
{
	int64_t id = txn_id(txn);
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO backup_run (id, version, at_ms, path, octets, ok, error)"
		" VALUES ($1, 1, $2, $3, $4, $5, $6)",
		SQL_INT(id), SQL_INT(txn_now_ms(txn)), SQL_TEXT(made->path),
		SQL_INT(made->octets), SQL_INT(made->ok ? 1 : 0),
		SQL_TEXT_OR_NULL(made->error));
	if (done < 0) {
		return (int)done;
	}
	struct trail_act act = { .act = SLICE("backup.made"),
		.kind = SLICE("backup"),
		.id = id,
		.version = 1,
		.reason = made->ok ? SLICE("ok") : made->error };
	trail_act(txn, &act);
	int error = trail_row(txn, "backup_run", id);
	return error < 0 ? error : txn_change(txn, "setting", id, 1);
}
