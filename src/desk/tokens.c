/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/tokens.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/desk.h"
#include "desk/login.h"
#include "desk/words.h"
#include "records/caller.h"
#include "sys/rand.h"

enum {
	NAME_MAX_CHARS = 60,
	SECRET_LENGTH = 40,
	SCOPES_MAX_OCTETS = 4096,
	SCOPE_MAX_OCTETS = 64
};
#define LIFE_MAX_MS (INT64_C(730) * 24 * 3600 * 1000)

/* Does the word name a route, or the resource of one, that the role may use? */
static bool scope_allowed(struct desk *desk, struct slice word)
{
	for (unsigned i = 0; i < ROUTE_COUNT_; i++) {
		struct slice name = slice_str(routes[i].name);
		bool named =
			slice_eq(name, word) ||
			(slice_starts(name, word) && name.n > word.n && name.p[word.n] == '.');
		if (named && !routes[i].open &&
			access_scope(&desk->caller, (enum route_id)i) != SCOPE_NONE) {
			return true;
		}
	}
	return false;
}

static int scopes_take(struct desk *desk, struct buf *scopes)
{
	const struct json *list = json_get(desk->call->body, "scopes");
	size_t count = json_count(list);
	if (json_type(list) != JSON_ARRAY || count == 0) {
		return desk_refuse(desk, E_INPUT, "input.required", "scopes");
	}
	if (count > TOKEN_SCOPES_MAX) {
		return desk_refuse(desk, E_INPUT, "input.too_long", "scopes");
	}
	for (const struct json *s = json_first(list); s != NULL; s = json_next(s)) {
		struct slice word = json_str(s);
		if (word.n == 0 || word.n > SCOPE_MAX_OCTETS || !scope_allowed(desk, word)) {
			return desk_refuse(desk, E_INPUT, "token.scope", "scopes");
		}
		buf_put_str(scopes, scopes->n > 0 ? " " : "");
		buf_put(scopes, word);
	}
	return 0;
}

static int expiry_take(struct desk *desk, int64_t *ret_expires_ms)
{
	int64_t expires_ms = 0;
	int error = words_int(desk, "expires_at", desk->now_ms + 1, desk->now_ms + LIFE_MAX_MS,
		0, &expires_ms);
	*ret_expires_ms = error < 0 ? *ret_expires_ms : expires_ms;
	return error;
}

static int room_check(struct desk *desk)
{
	int64_t live = 0;
	int found = sql_int(desk->db,
		"SELECT count(*) FROM api_token WHERE account_id = $1 AND ended_at_ms IS NULL"
		" AND (expires_at_ms IS NULL OR expires_at_ms > $2)",
		&live, SQL_INT(desk->caller.account_id), SQL_INT(desk->now_ms));
	return found < 0                 ? found
	       : live >= TOKENS_LIVE_MAX ? desk_refuse(desk, E_STATE, "token.full", NULL)
					 : 0;
}

static int token_insert(
	struct desk *desk, struct slice name, struct slice scopes, int64_t expires_ms)
{
	char random[SECRET_LENGTH + 1];
	rand_text(random, SECRET_LENGTH);
	struct slice secret = arena_printf(desk->arena, "fst_%s", random);
	struct digest digest = caller_token_digest(secret);
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO api_token (id, version, account_id, grant_id, name, digest, scopes, created_at_ms,"
		" expires_at_ms) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8)",
		SQL_INT(id), SQL_INT(desk->caller.account_id), SQL_INT(desk->caller.grant_id),
		SQL_TEXT(name), SQL_BLOB(slice_of(digest.octet, DIGEST_OCTETS)),
		SQL_TEXT(scopes), SQL_INT(desk->now_ms), SQL_INT_OR_NULL(expires_ms));
	int error = done < 0 ? (int)done : trail_row(desk->txn, "api_token", id);
	explicit_bzero(random, sizeof(random));
	if (error < 0) {
		return error;
	}
	desk_audit(desk, "tokens.create", "api_token", id, 1, scopes);
	desk_answer(desk, id, 1);
	desk->answer_secret = secret;
	return txn_change(desk->txn, "session", desk->caller.account_id, 0);
}

struct wanted {
	struct slice name;
	struct slice scopes;
	int64_t expires_ms;
};

static int wanted_take(struct desk *desk, struct wanted *wanted)
{
	AUTO_BUF struct buf scopes;
	buf_init(&scopes, SCOPES_MAX_OCTETS);
	/* A token cannot beget tokens. */
	int error = desk->caller.session_id != 0
			    ? 0
			    : desk_refuse(desk, E_STATE, "session.only", NULL);
	error = error < 0 ? error
			  : words_text(desk, "name", WORDS_REQUIRED, NAME_MAX_CHARS,
				    &wanted->name);
	error = error < 0 ? error : scopes_take(desk, &scopes);
	error = error < 0 ? error : expiry_take(desk, &wanted->expires_ms);
	error = error < 0 ? error : room_check(desk);
	wanted->scopes = arena_dup(desk->arena, buf_slice(&scopes));
	return error;
}

int token_check(struct desk *desk)
{
	struct wanted wanted = { 0 };
	return wanted_take(desk, &wanted);
}

int desk_token_create(struct desk *desk)
{
	struct wanted wanted = { 0 };
	int error = wanted_take(desk, &wanted);
	error = error < 0 ? error : login_checked(desk, "password");
	return error < 0 ? error
			 : token_insert(desk, wanted.name, wanted.scopes, wanted.expires_ms);
}

int desk_token_revoke(struct desk *desk)
{
	int64_t version = 0;
	int found = sql_int(desk->db,
		"SELECT version FROM api_token WHERE id = $1 AND account_id = $2 AND ended_at_ms IS NULL",
		&version, SQL_INT(desk->call->id), SQL_INT(desk->caller.account_id));
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	int64_t done = sql_run(desk->db,
		"UPDATE api_token SET version = version + 1, ended_at_ms = $2 WHERE id = $1",
		SQL_INT(desk->call->id), SQL_INT(desk->now_ms));
	int error = done < 0 ? (int)done : trail_row(desk->txn, "api_token", desk->call->id);
	if (error < 0) {
		return error;
	}
	desk_audit(desk, "tokens.revoke", "api_token", desk->call->id, version + 1,
		(struct slice) { 0 });
	desk_answer(desk, desk->call->id, version + 1);
	return txn_change(desk->txn, "session", desk->caller.account_id, 0);
}
