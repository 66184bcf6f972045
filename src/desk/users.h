/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The system administrator's acts on accounts and roles.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

/** POST /users: a person (new or known), his account and roles; the one-time password is answered once. */
NODISCARD int desk_user_create(struct desk *desk);
/** PATCH /users/{id}: disable (his sessions end) or enable (his lock goes). */
NODISCARD int desk_user_update(struct desk *desk);
/** POST /users/{id}/reset-password: another one-time password; his sessions end. */
NODISCARD int desk_user_reset_password(struct desk *desk);
/** POST /users/{id}/reset-second-factor: his key and codes go, he is told by mail; his sessions end. */
NODISCARD int desk_user_reset_second_factor(struct desk *desk);
/** POST /people/{id}/grants */
NODISCARD int desk_people_grant(struct desk *desk);
/** DELETE /people/{id}/grants/{sub} */
NODISCARD int desk_people_revoke(struct desk *desk);
