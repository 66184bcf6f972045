/* SPDX-License-Identifier: Apache-2.0 */
/**
 * API tokens: a person's own, acting in the role they were made in, and
 * within it only as far as their scopes say.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

enum {
	TOKENS_LIVE_MAX = 20, /* of one account */
	TOKEN_SCOPES_MAX = 50,
};

/** Everything about a new token but the password; reads only.  As desk_token_create. */
NODISCARD int token_check(struct desk *desk);
/** POST /tokens: asks the password again; the token is answered once. */
NODISCARD int desk_token_create(struct desk *desk);
/** DELETE /tokens/{id} */
NODISCARD int desk_token_revoke(struct desk *desk);
