/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/access_code.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/account.h"
#include "desk/desk.h"
#include "desk/record_papers.h"
#include "desk/words.h"
#include "records/sql.h"
#include "workflow/policy.h"

#define DAY_MS INT64_C(86400000)

/* Who answers for a unit, and is nothing at the centre: his password is not the operator's to give. */
static int person_check(struct desk *desk)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT (SELECT count(*) FROM role_grant g WHERE g.person_id = p.id"
		" AND g.valid_to_ms IS NULL AND g.role IN ('officer', 'specialist', 'unit_head')),"
		" (SELECT count(*) FROM role_grant g WHERE g.person_id = p.id"
		" AND g.valid_to_ms IS NULL AND g.role NOT IN ('officer', 'specialist', 'unit_head')),"
		" EXISTS (SELECT 1 FROM suspicion s WHERE s.person_id = p.id AND s.state = 'open')"
		" FROM person p WHERE p.id = $1 AND p.erased_at_ms IS NULL",
		&q, SQL_INT(desk->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	if (desk->call->id == desk->caller.person_id) {
		return desk_refuse(desk, E_STATE, "user.self", NULL);
	}
	if (db_col_int64(q, 2) != 0) {
		return desk_refuse(desk, E_STATE, "access.doubted", NULL);
	}
	return db_col_int64(q, 0) > 0 && db_col_int64(q, 1) == 0
		       ? 0
		       : desk_refuse(desk, E_STATE, "access.not_of_unit", NULL);
}

static int account_of(struct desk *desk, struct account *account)
{
	int64_t id = 0;
	int found = sql_int(desk->db, "SELECT id FROM account WHERE person_id = $1", &id,
		SQL_INT(desk->call->id));
	return found <= 0 ? found : account_by_id(desk->txn, id, account);
}

static int account_open(struct desk *desk, struct account *account)
{
	struct slice name = { 0 };
	const char *code = NULL;
	int error = words_text(desk, "account", WORDS_OPTIONAL, ACCOUNT_NAME_MAX, &name);
	if (error < 0) {
		return error;
	}
	account->name = name.n > 0
				? name
				: arena_printf(desk->arena, "o%lld", (long long)desk->call->id);
	account->version = 1;
	error = account_make(desk->txn, account->name, desk->call->id, desk->call->new_hash,
		&account->id, &code);
	return error < 0 && code != NULL ? desk_refuse(desk, error, code, "account") : error;
}

int desk_access_code(struct desk *desk)
{
	struct account account = { 0 };
	int error = person_check(desk);
	if (error == 0 && (desk->call->new_hash.n == 0 || desk->call->new_secret.n == 0)) {
		error = desk_refuse(desk, E_BUSY, "login.busy", NULL);
	}
	int found = error < 0 ? error : account_of(desk, &account);
	if (found < 0) {
		return found;
	}
	if (found == 1 && account.disabled) {
		return desk_refuse(desk, E_STATE, "access.disabled", NULL);
	}
	error = found == 0 ? account_open(desk, &account)
			   : account_password_set(
				     desk->txn, account.id, desk->call->new_hash, true);
	int64_t until = desk->now_ms + desk->env->policy->officers.code_days * DAY_MS;
	int64_t done = error < 0
			       ? error
			       : sql_run(desk->db,
					 "UPDATE account SET code_until_ms = $2 WHERE id = $1",
					 SQL_INT(account.id), SQL_INT(until));
	error = done < 0 ? (int)done : trail_row(desk->txn, "account", account.id);
	error = error < 0 ? error : account_sessions_end(desk->txn, account.id, 0);
	error = error < 0 ? error : txn_change(desk->txn, "user", account.id, 0);
	error = error < 0 ? error
			  : access_stub_paper(desk, desk->call->id, account.name, until);
	desk_audit(desk, "people.access", "account", account.id, account.version, account.name);
	desk_answer(desk, desk->call->id, account.version);
	desk->answer_number = account.name;
	desk->answer_secret = desk->call->new_secret;
	return error;
}
