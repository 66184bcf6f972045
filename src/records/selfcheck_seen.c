/* SPDX-License-Identifier: Apache-2.0 */
#include "records/selfcheck_seen.h"

#include <stdbool.h>

#include "records/sql.h"

/* A check that fails for a moment says nothing of a week. */
#define DOWN_FOR_MS (INT64_C(10) * 60 * 1000)

/* Kinds of findings no other question asks about: then something is not as usual. */
#define ABNORMAL "('service_fault', 'info_leak', 'malicious_attack', 'exposure', 'certificate')"

/* What the unit has reported itself never speaks against it. */
static int findings_count(struct db *db, const struct selfcheck_asked *asked, bool abnormal,
	int64_t before_ms, int64_t *ret_count)
{
	return sql_int(db,
		"SELECT count(*) FROM finding WHERE unit_id = $1 AND found_at_ms <= $2"
		" AND source <> 'unit'"
		" AND state IN ('new', 'confirmed', 'noticed', 'remediated', 'reopened')"
		" AND (($3 = 1 AND kind IN " ABNORMAL ") OR ($3 = 0 AND kind = $4"
		" AND kind <> 'other'))",
		ret_count, SQL_INT(asked->unit_id), SQL_INT(before_ms), SQL_INT(abnormal),
		SQL_TEXT(asked->finding_kind));
}

static int checks_count(struct db *db, const struct selfcheck_asked *asked, int64_t now_ms,
	struct selfcheck_seen *seen)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(db,
		"SELECT count(*), sum(CASE WHEN w.live_state = 'down' AND w.live_since_ms <= $2"
		" THEN 1 ELSE 0 END) FROM watch w JOIN selfcheck_asset a"
		" ON a.asset_id = w.asset_id WHERE a.selfcheck_id = $1 AND w.enabled = 1",
		&q, SQL_INT(asked->id), SQL_INT(now_ms - DOWN_FOR_MS));
	found = found < 0 ? found : db_step(q);
	if (found == 1) {
		seen->checks = db_col_int64(q, 0);
		seen->down = db_col_int64(q, 1);
	}
	return found < 0 ? found : 0;
}

int selfcheck_seen_load(struct db *db, const struct selfcheck_asked *asked, int64_t before_ms,
	int64_t now_ms, struct selfcheck_seen *ret_seen)
{
	struct selfcheck_seen seen = { 0 };
	bool abnormal = slice_is(asked->item, "abnormal");
	int found = findings_count(db, asked, abnormal, before_ms, &seen.findings);
	if (found >= 0 && abnormal) {
		found = checks_count(db, asked, now_ms, &seen);
	}
	*ret_seen = seen;
	return found < 0 ? found : 0;
}
