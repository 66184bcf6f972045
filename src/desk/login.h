/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Who says a password, in three steps because checking one takes a tenth of a
 * second that the writer's thread has not got:
 *
 *   login_look    finds what the password must match and counts the attempt
 *                 before it is made, so that many at once cannot outrun the
 *                 lock; a right answer forgets the count;
 *   (the lane)    checks and hashes (sys/password.h);
 *   the act       reads call->password_ok, call->new_hash, call->new_secret.
 *
 * A locked or disabled account and one that does not exist look, cost and
 * answer alike.  Answers of these routes hold secrets: never remember them
 * under an idempotency key.
 *
 * Layer: desk.  Threading: the writer's thread; login_need… anywhere.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "schema/routes.h"

struct desk;
struct desk_call;
struct txn;

/** What must be done in the lane before the act of a route. */
enum login_need {
	LOGIN_NEED_NONE,
	LOGIN_NEED_CHECK,    /* check the body's password */
	LOGIN_NEED_HASH_NEW, /* check the old password, hash the body's "new" */
	LOGIN_NEED_COUNT,    /* no password: only count the attempt at a code */
	LOGIN_NEED_GENERATE, /* hash a one-time password that the answer shows once */
};

enum login_need login_need(enum route_id route);
/** The body's member that holds the password to check. */
const char *login_need_member(enum route_id route);

enum { LOGIN_HASH_MAX = 128 };

struct login_stored {
	char hash[LOGIN_HASH_MAX]; /* empty = nothing can match */
	bool refused; /* the act will refuse whatever the password, or asks for none: spare the lane */
	bool counted; /* an attempt at a code was counted; else there may be none now */
};

/**
 * What the caller's password must match.
 *
 * Shape:   call names the route, the token or (logging in) the account.
 * Returns: 0 or as db_step.
 */
NODISCARD int login_look(
	struct txn *txn, const struct desk_call *call, struct login_stored *ret_stored);

/**
 * In an act of a logged-in person: was the repeated password right?
 *
 * Returns: 0 and the count of attempts is forgotten; E_INPUT "password.wrong"
 *          or E_DENIED "session.locked", either leaving an audit entry.
 */
NODISCARD int login_checked(struct desk *desk, const char *field);

/** POST /session: the new session's token in desk->set_token, or E_DENIED "session.wrong". */
NODISCARD int desk_session_login(struct desk *desk);
