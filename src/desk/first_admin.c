/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/first_admin.h"

#include "base/err.h"
#include "desk/account.h"
#include "records/search.h"
#include "records/sql.h"
#include "records/trail.h"
#include "records/txn.h"

#define NAME "系统管理员"

bool first_admin_wanted(struct db *db)
{
	int64_t count = 0;
	return sql_int_args(db, "SELECT count(*) FROM account", &count, NULL, 0) == 1 &&
	       count == 0;
}

int first_admin(struct txn *txn, struct slice hash)
{
	const char *code = NULL;
	int64_t account_id = 0;
	int64_t grant_id = 0;
	if (!first_admin_wanted(txn_db(txn))) {
		return E_STATE;
	}
	int64_t person_id = txn_id(txn);
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO person (id, version, name) VALUES ($1, 1, $2)", SQL_INT(person_id),
		SQL_STR(NAME));
	done = done < 0 ? done
			: search_put(txn, "person", person_id,
				  SLICE(NAME " " FIRST_ADMIN_ACCOUNT));
	int error = done < 0 ? (int)done : trail_row(txn, "person", person_id);
	error = error < 0 ? error
			  : account_make(txn, SLICE(FIRST_ADMIN_ACCOUNT), person_id, hash,
				    &account_id, &code);
	error = error < 0 ? error
			  : account_grant(txn, person_id, ROLE_SYSADMIN, 0, &grant_id, &code);
	trail_act(txn, &(struct trail_act) { .act = SLICE("users.create"),
			       .kind = SLICE("account"),
			       .id = account_id,
			       .version = 1,
			       .reason = SLICE("first administrator") });
	return error;
}
