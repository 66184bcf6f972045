/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/staffing_load.h"

#include "base/json.h"
#include "records/caller.h"
#include "records/sql.h"
#include "records/txn.h"
#include "workflow/staffing.h"

int staffing_load(struct txn *txn, struct staffing *ret_staffing)
{
	struct slice text = { 0 };
	const struct json *value = NULL;
	bool small = false;
	int64_t people = 0;
	int error = setting_load(txn_db(txn), txn_arena(txn), "small_school", &text);
	if (error == 0 && text.n > 0 &&
		json_parse(txn_arena(txn), text, 0, &value, NULL) == 0) {
		small = json_get_bool(value, "on", false);
	}
	int row =
		error < 0
			? error
			: sql_int(txn_db(txn),
				  "SELECT count(DISTINCT g.person_id) FROM role_grant g"
				  " JOIN account a ON a.person_id = g.person_id AND a.disabled "
				  "= 0"
				  " WHERE g.valid_to_ms IS NULL AND g.role IN ('operator', "
				  "'reviewer',"
				  " 'verifier', 'director', 'security_admin', 'response_lead')"
				  " AND g.id > $1",
				  &people, SQL_INT(0));
	if (row < 0) {
		return row;
	}
	*ret_staffing = (struct staffing) { small, (unsigned)people };
	return 0;
}
