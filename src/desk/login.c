/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/login.h"

#include <stdio.h>

#include "base/err.h"
#include "base/json.h"
#include "desk/account.h"
#include "desk/desk.h"
#include "desk/password_policy.h"
#include "desk/people.h"
#include "desk/second_factor.h"
#include "desk/second_factor_keep.h"
#include "desk/sessions.h"
#include "desk/tokens.h"
#include "records/caller.h"
#include "records/sql.h"
#include "sys/rand.h"

enum { TOKEN_LENGTH = 32 };
/* Ended sessions are kept as long as the law asks of logs, then forgotten. */
#define SESSION_KEPT_MS (INT64_C(184) * 24 * 3600 * 1000)

enum login_need login_need(enum route_id route)
{
	if (route == ROUTE_SESSION_LOGIN || route == ROUTE_TOKENS_CREATE ||
		route == ROUTE_PEOPLE_ERASE || route == ROUTE_SECOND_FACTOR_BEGIN ||
		route == ROUTE_SECOND_FACTOR_RENEW || route == ROUTE_SECOND_FACTOR_REMOVE) {
		return LOGIN_NEED_CHECK;
	}
	if (route == ROUTE_SECOND_FACTOR_CODE) {
		return LOGIN_NEED_COUNT;
	}
	if (route == ROUTE_SESSION_PASSWORD) {
		return LOGIN_NEED_HASH_NEW;
	}
	return route == ROUTE_USERS_CREATE || route == ROUTE_USERS_RESET_PASSWORD ||
			       route == ROUTE_PEOPLE_ACCESS
		       ? LOGIN_NEED_GENERATE
		       : LOGIN_NEED_NONE;
}

const char *login_need_member(enum route_id route)
{
	return route == ROUTE_SESSION_PASSWORD ? "old" : "password";
}

/* Count an attempt before it is made, and lock when it is one too many. */
static int attempt(struct txn *txn, const struct account *account, struct login_stored *stored)
{
	int64_t now = txn_now_ms(txn);
	struct password_policy policy = { 0 };
	if (account->disabled || account->locked_until_ms > now) {
		return 0; /* no hash: nothing can match, and nothing more is counted */
	}
	int error = password_policy_load(txn_db(txn), txn_arena(txn), &policy);
	if (error < 0) {
		return error;
	}
	int64_t lock_ms = password_policy_lock_ms(&policy, account->failures + 1);
	int64_t done = sql_run(txn_db(txn),
		"UPDATE account SET live_failures = live_failures + 1, live_locked_until_ms = $2 WHERE id = $1",
		SQL_INT(account->id), SQL_INT_OR_NULL(lock_ms > 0 ? now + lock_ms : 0));
	if (done < 0) {
		return (int)done;
	}
	(void)snprintf(
		stored->hash, sizeof(stored->hash), "%.*s", SLICE_FMT(account->password_hash));
	return 0;
}

/* None at all is no guess. */
static bool password_absent(const struct desk_call *call)
{
	enum login_need need = login_need(call->route);
	return (need == LOGIN_NEED_CHECK || need == LOGIN_NEED_HASH_NEW) &&
	       json_get_str(call->body, login_need_member(call->route)).n == 0;
}

/* Would the act refuse before it looks at the password?  Then no attempt is counted: a new password
 * that is too short is no guess at the old one. */
static bool refused_anyway(
	struct txn *txn, const struct desk_call *call, const struct caller *caller)
{
	struct desk desk = { .txn = txn,
		.db = txn_db(txn),
		.arena = txn_arena(txn),
		.call = call,
		.caller = *caller,
		.now_ms = txn_now_ms(txn) };
	if (call->route == ROUTE_SESSION_PASSWORD) {
		return session_password_check(&desk) < 0;
	}
	if (call->route == ROUTE_PEOPLE_ERASE) {
		return person_erase_check(&desk) < 0;
	}
	if (call->route == ROUTE_SECOND_FACTOR_BEGIN ||
		call->route == ROUTE_SECOND_FACTOR_RENEW ||
		call->route == ROUTE_SECOND_FACTOR_REMOVE) {
		return second_factor_check(&desk) < 0;
	}
	return call->route == ROUTE_TOKENS_CREATE && token_check(&desk) < 0;
}

/* The caller of a route that is not open: only one who may use it costs the lane anything. */
static int look_inside(
	struct txn *txn, const struct desk_call *call, struct login_stored *stored)
{
	struct caller caller = { 0 };
	struct account account = { 0 };
	int error = caller_load(txn_db(txn), txn_arena(txn), call->token, call->address,
		txn_now_ms(txn), &caller);
	if (error < 0) {
		return error;
	}
	enum scope scope = access_scope(&caller, call->route);
	stored->refused = scope == SCOPE_NONE ||
			  access_second(&caller, call->route, scope, txn_now_ms(txn)) !=
				  SECOND_NEED_NONE ||
			  password_absent(call) || refused_anyway(txn, call, &caller);
	if (!stored->refused && login_need(call->route) == LOGIN_NEED_COUNT) {
		stored->refused = true;
		return second_factor_attempt(txn, caller.account_id, &stored->counted);
	}
	if (stored->refused || login_need(call->route) == LOGIN_NEED_GENERATE) {
		return 0;
	}
	int found = account_by_id(txn, caller.account_id, &account);
	return found <= 0 ? found : attempt(txn, &account, stored);
}

int login_look(struct txn *txn, const struct desk_call *call, struct login_stored *ret_stored)
{
	struct login_stored stored = { .refused = false };
	int error = 0;
	if (call->route == ROUTE_SESSION_LOGIN) {
		struct account account = { 0 };
		int found = account_by_name(
			txn, slice_trim(json_get_str(call->body, "account")), &account);
		error = found <= 0 ? found : attempt(txn, &account, &stored);
	} else {
		error = look_inside(txn, call, &stored);
	}
	if (error == 0) {
		*ret_stored = stored;
	}
	return error;
}

static int forgive(struct txn *txn, int64_t account_id)
{
	int64_t done = sql_run(txn_db(txn),
		"UPDATE account SET live_failures = 0, live_locked_until_ms = NULL WHERE id = $1",
		SQL_INT(account_id));
	return done < 0 ? (int)done : 0;
}

/*
 * The attempt stays in the log though the command fails.  A name that is no
 * account's may be a password typed into the wrong field, and is not kept.
 */
static bool note_refused(struct desk *desk, const struct account *account)
{
	bool locked = account->locked_until_ms > desk->now_ms;
	desk_audit(desk, locked ? "session.locked" : "session.refused", "account", account->id,
		account->version, (struct slice) { 0 });
	(void)!trail_personal(desk->txn, account->person_id, "address", desk->call->address);
	(void)!trail_personal(desk->txn, account->person_id, "account", account->name);
	trail_keep_refusal(desk->txn);
	return locked;
}

int login_checked(struct desk *desk, const char *field)
{
	struct account account = { 0 };
	if (desk->call->password_ok) {
		return forgive(desk->txn, desk->caller.account_id);
	}
	if (json_get_str(desk->call->body, field).n == 0) {
		return desk_refuse(desk, E_INPUT, "input.required", field);
	}
	int found = account_by_id(desk->txn, desk->caller.account_id, &account);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	/* Whoever is logged in may know that he is locked. */
	return note_refused(desk, &account)
		       ? desk_refuse(desk, E_DENIED, "session.locked", NULL)
		       : desk_refuse(desk, E_INPUT, "password.wrong", field);
}

/* The role he acted in last, else his first. */
static int grant_choose(struct desk *desk, const struct account *account)
{
	static const char *const questions[] = {
		"SELECT g.id, g.role, g.unit_id FROM session s JOIN role_grant g ON g.id = s.grant_id"
		" WHERE s.account_id = $1 AND g.person_id = $2 AND (g.valid_to_ms IS NULL"
		" OR g.read_until_ms > $3) ORDER BY s.id DESC LIMIT 1",
		"SELECT g.id, g.role, g.unit_id FROM role_grant g JOIN account a ON a.person_id = g.person_id"
		" WHERE a.id = $1 AND g.person_id = $2 AND (g.valid_to_ms IS NULL OR g.read_until_ms > $3)"
		" ORDER BY CASE WHEN g.valid_to_ms IS NULL THEN 0 ELSE 1 END, g.id LIMIT 1",
	};
	int row = 0;
	for (size_t i = 0; i < 2 && row == 0; i++) {
		AUTO_STMT struct stmt *q = NULL;
		row = sql_query(desk->db, questions[i], &q, SQL_INT(account->id),
			SQL_INT(account->person_id), SQL_INT(desk->now_ms));
		row = row < 0 ? row : db_step(q);
		if (row == 1) {
			int role = name_parse(&role_names, db_col_text(q, 1));
			desk->caller.grant_id = db_col_int64(q, 0);
			desk->caller.role = role < 0 ? ROLE_SYSTEM : (enum role)role;
			desk->caller.unit_id = db_col_int64(q, 2);
		}
	}
	return row;
}

/* What a right answer changes of the account: its count, a hash of old parameters, a password grown old. */
static int account_settle(struct desk *desk, const struct account *account)
{
	struct password_policy policy = { 0 };
	int error = password_policy_load(desk->db, desk->arena, &policy);
	int64_t done =
		error < 0
			? error
			: sql_run(desk->db,
				  "UPDATE account SET live_failures = 0, live_locked_until_ms = NULL,"
				  " live_login_at_ms = $2"
				  " WHERE id = $1",
				  SQL_INT(account->id), SQL_INT(desk->now_ms));
	if (done < 0) {
		return (int)done;
	}
	bool old = policy.age_max_ms > 0 &&
		   account->password_at_ms + policy.age_max_ms < desk->now_ms;
	bool expire = old && !account->must_change;
	struct slice hash = desk->call->new_hash;
	if (!expire && hash.n == 0) {
		return 0;
	}
	done = sql_run(desk->db,
		"UPDATE account SET version = version + 1, password_hash = $2, must_change = $3 WHERE id = $1",
		SQL_INT(account->id), SQL_TEXT(hash.n > 0 ? hash : account->password_hash),
		SQL_INT(old || account->must_change ? 1 : 0));
	return done < 0 ? (int)done : trail_row(desk->txn, "account", account->id);
}

static int surplus_end(struct desk *desk, int64_t account_id)
{
	int64_t done = sql_run(desk->db,
		"UPDATE session SET ended_at_ms = $2 WHERE account_id = $1 AND ended_at_ms IS NULL AND id NOT IN"
		" (SELECT x.id FROM (SELECT id FROM session WHERE account_id = $1 AND ended_at_ms IS NULL"
		" ORDER BY id DESC LIMIT $3) AS x)",
		SQL_INT(account_id), SQL_INT(desk->now_ms), SQL_INT(ACCOUNT_SESSIONS_MAX - 1));
	done = done < 0
		       ? done
		       : sql_run(desk->db,
				 "DELETE FROM session WHERE account_id = $1 AND created_at_ms < $2",
				 SQL_INT(account_id), SQL_INT(desk->now_ms - SESSION_KEPT_MS));
	return done < 0 ? (int)done : 0;
}

static int session_begin(struct desk *desk, int64_t account_id)
{
	char token[TOKEN_LENGTH + 1];
	rand_text(token, TOKEN_LENGTH);
	struct digest digest = caller_token_digest(slice_str(token));
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO session (id, digest, account_id, grant_id, created_at_ms, seen_at_ms, address, agent)"
		" VALUES ($1, $2, $3, $4, $5, $5, $6, $7)",
		SQL_INT(id), SQL_BLOB(slice_of(digest.octet, DIGEST_OCTETS)),
		SQL_INT(account_id), SQL_INT(desk->caller.grant_id), SQL_INT(desk->now_ms),
		SQL_TEXT(desk->call->address), SQL_TEXT(desk->call->agent));
	int error = done < 0 ? (int)done : txn_change(desk->txn, "session", account_id, 0);
	if (error < 0) {
		return error;
	}
	desk_audit(desk, "session.login", "session", id, 0, (struct slice) { 0 });
	desk_answer(desk, id, 0);
	(void)snprintf(desk->set_token, sizeof(desk->set_token), "%s", token);
	explicit_bzero(token, sizeof(token));
	return trail_personal(
		desk->txn, desk->caller.person_id, "address", desk->call->address);
}

int desk_session_login(struct desk *desk)
{
	struct account account = { 0 };
	desk->caller = (struct caller) { .role = ROLE_SYSTEM,
		.name = "" }; /* whoever was logged in before */
	int found = account_by_name(
		desk->txn, slice_trim(json_get_str(desk->call->body, "account")), &account);
	if (found < 0) {
		return found;
	}
	if (found == 0 || account.disabled || !desk->call->password_ok) {
		(void)note_refused(desk, &account);
		return desk_refuse(desk, E_DENIED, "session.wrong", NULL);
	}
	if (account.code_until_ms != 0 && account.code_until_ms < desk->now_ms) {
		(void)note_refused(desk, &account);
		return desk_refuse(desk, E_DENIED, "session.code_expired", NULL);
	}
	desk->caller.known = true;
	desk->caller.person_id = account.person_id;
	desk->caller.account_id = account.id;
	int chosen = grant_choose(desk, &account);
	if (chosen <= 0) {
		desk->caller.known = chosen < 0;
		(void)note_refused(desk, &account);
		return chosen < 0 ? chosen
				  : desk_refuse(desk, E_DENIED, "session.no_role", NULL);
	}
	int error = account_settle(desk, &account);
	error = error < 0 ? error : surplus_end(desk, account.id);
	return error < 0 ? error : session_begin(desk, account.id);
}
