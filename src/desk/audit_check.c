/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/audit_check.h"

#include "desk/desk.h"

int desk_audit_verify(struct desk *desk)
{
	desk_audit(desk, "audit.verify", "audit", 0, 0, (struct slice) { 0 });
	return 0;
}

static const char *outcome(const struct audit_checked *checked)
{
	return !checked->ran ? "failed" : checked->problems > 0 ? "found" : "ok";
}

int audit_check_record(struct txn *txn, const struct audit_checked *c)
{
	int64_t id = txn_id(txn);
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO audit_check (id, version, began_at_ms, at_ms, ok, entries, personal, erased,"
		" erased_by, problems, found, error)"
		" VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		SQL_INT(id), SQL_INT(c->began_at_ms), SQL_INT(txn_now_ms(txn)),
		SQL_INT(c->ran && c->problems == 0 ? 1 : 0), SQL_INT(c->entries),
		SQL_INT(c->personal), SQL_INT(c->erased),
		SQL_TEXT(c->erased_by.n > 0 ? c->erased_by : SLICE("[]")), SQL_INT(c->problems),
		SQL_TEXT(c->found.n > 0 ? c->found : SLICE("[]")), SQL_TEXT_OR_NULL(c->error));
	if (done < 0) {
		return (int)done;
	}
	struct trail_act act = { .act = SLICE("audit.checked"),
		.kind = SLICE("audit"),
		.id = id,
		.version = 1,
		.reason = slice_str(outcome(c)) };
	trail_act(txn, &act);
	int error = trail_row(txn, "audit_check", id);
	return error < 0 ? error : txn_change(txn, "audit", id, 1);
}
