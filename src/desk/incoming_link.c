/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/incoming_link.h"

#include "base/err.h"
#include "desk/desk.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/trail.h"

int incoming_link_read(struct desk *desk, int64_t *ret_id)
{
	int64_t open = 0;
	int error = words_id(desk, "incoming_id", WORDS_OPTIONAL, "incoming", ret_id);
	if (error < 0 || *ret_id == 0) {
		return error;
	}
	int found = sql_int(desk->db,
		"SELECT CASE WHEN secrecy NOT IN ('public', 'internal') THEN 0"
		" WHEN state IN ('archived', 'voided') THEN 1 ELSE 2 END FROM incoming"
		" WHERE id = $1",
		&open, SQL_INT(*ret_id));
	if (found < 0 || open == 2) {
		return found < 0 ? found : 0;
	}
	return desk_refuse(desk, E_INPUT,
		open == 0 ? "incoming.state_secret" : "incoming.is_over", "incoming_id");
}

int incoming_link_finding(struct desk *desk, int64_t finding_id, int64_t id)
{
	if (id == 0) {
		return 0;
	}
	int64_t done = sql_run(desk->db, "UPDATE finding SET incoming_id = $2 WHERE id = $1",
		SQL_INT(finding_id), SQL_INT(id));
	int error = done < 0 ? (int)done : trail_row(desk->txn, "finding", finding_id);
	return error < 0 ? error : txn_change(desk->txn, "incoming", id, 0);
}

int incoming_link_notice(struct desk *desk, int64_t notice_id, int64_t id)
{
	int64_t done = sql_run(desk->db,
		"UPDATE notice SET incoming_id = COALESCE($2, (SELECT min(f.incoming_id)"
		" FROM finding f WHERE f.notice_id = $1)), source = CASE WHEN COALESCE($2,"
		" (SELECT min(f.incoming_id) FROM finding f WHERE f.notice_id = $1)) IS NULL"
		" THEN source ELSE 'superior' END WHERE id = $1",
		SQL_INT(notice_id), SQL_INT_OR_NULL(id));
	int error = done < 0 ? (int)done : trail_row(desk->txn, "notice", notice_id);
	return error < 0 || id == 0 ? error : txn_change(desk->txn, "incoming", id, 0);
}
