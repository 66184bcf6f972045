/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/sessions.h"

#include <stdio.h>

#include "base/err.h"
#include "base/json.h"
#include "desk/account.h"
#include "desk/desk.h"
#include "desk/login.h"
#include "desk/password_policy.h"
#include "desk/words.h"

/* An API token has no session to end, switch or change the password of. */
static int session_only(struct desk *desk)
{
	return desk->caller.session_id != 0 ? 0
					    : desk_refuse(desk, E_STATE, "session.only", NULL);
}

static void cookie_end(struct desk *desk)
{
	(void)snprintf(desk->set_token, sizeof(desk->set_token), "-");
}

int desk_session_logout(struct desk *desk)
{
	int error = session_only(desk);
	if (error < 0) {
		return error;
	}
	int64_t done = sql_run(desk->db, "UPDATE session SET ended_at_ms = $2 WHERE id = $1",
		SQL_INT(desk->caller.session_id), SQL_INT(desk->now_ms));
	error = done < 0 ? (int)done
			 : txn_change(desk->txn, "session", desk->caller.account_id, 0);
	if (error < 0) {
		return error;
	}
	desk_audit(desk, "session.logout", "session", desk->caller.session_id, 0,
		(struct slice) { 0 });
	cookie_end(desk);
	return 0;
}

int desk_session_role(struct desk *desk)
{
	int64_t grant_id = 0;
	int error = session_only(desk);
	error = error < 0 ? error
			  : words_id(desk, "grant_id", WORDS_REQUIRED, "role_grant", &grant_id);
	if (error < 0) {
		return error;
	}
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT role FROM role_grant WHERE id = $1 AND person_id = $2"
		" AND (valid_to_ms IS NULL OR read_until_ms > $3)",
		&q, SQL_INT(grant_id), SQL_INT(desk->caller.person_id), SQL_INT(desk->now_ms));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : desk_refuse(desk, E_INPUT, "input.unknown", "grant_id");
	}
	desk_audit(
		desk, "session.role", "session", desk->caller.session_id, 0, db_col_text(q, 0));
	int64_t done = sql_run(desk->db, "UPDATE session SET grant_id = $2 WHERE id = $1",
		SQL_INT(desk->caller.session_id), SQL_INT(grant_id));
	desk_answer(desk, desk->caller.session_id, 0);
	return done < 0 ? (int)done
			: txn_change(desk->txn, "session", desk->caller.account_id, 0);
}

static int new_check(struct desk *desk)
{
	struct password_policy policy = { 0 };
	struct password_facts facts = { 0 };
	struct slice password = json_get_str(desk->call->body, "new");
	if (password.n == 0) {
		return desk_refuse(desk, E_INPUT, "input.required", "new");
	}
	if (slice_eq(password, json_get_str(desk->call->body, "old"))) {
		return desk_refuse(desk, E_INPUT, "password.same", "new");
	}
	int error = password_policy_load(desk->db, desk->arena, &policy);
	error = error < 0 ? error : account_facts(desk->txn, desk->caller.account_id, &facts);
	if (error < 0) {
		return error;
	}
	const char *fault = password_policy_fault(&policy, password, &facts);
	return fault != NULL ? desk_refuse(desk, E_INPUT, fault, "new") : 0;
}

int session_password_check(struct desk *desk)
{
	int error = session_only(desk);
	return error < 0 ? error : new_check(desk);
}

int desk_session_password(struct desk *desk)
{
	struct account account = { 0 };
	int error = session_password_check(desk);
	error = error < 0 ? error : login_checked(desk, "old");
	if (error == 0 && desk->call->new_hash.n == 0) {
		error = desk_refuse(
			desk, E_BUSY, "login.busy", NULL); /* the lane had no memory for it */
	}
	int found =
		error < 0 ? error : account_by_id(desk->txn, desk->caller.account_id, &account);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	error = account_password_set(desk->txn, account.id, desk->call->new_hash, false);
	error = error < 0
			? error
			: account_sessions_end(desk->txn, account.id, desk->caller.session_id);
	if (error < 0) {
		return error;
	}
	desk_audit(desk, "session.password", "account", account.id, account.version + 1,
		(struct slice) { 0 });
	desk_answer(desk, account.id, account.version + 1);
	return txn_change(desk->txn, "user", account.id, account.version + 1);
}

int desk_session_revoke_all(struct desk *desk)
{
	int error = session_only(desk);
	error = error < 0 ? error : account_sessions_end(desk->txn, desk->caller.account_id, 0);
	if (error < 0) {
		return error;
	}
	desk_audit(desk, "session.revoke_all", "account", desk->caller.account_id, 0,
		(struct slice) { 0 });
	cookie_end(desk);
	return 0;
}
