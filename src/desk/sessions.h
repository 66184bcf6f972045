/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a logged-in person does with his own session and password.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

/** DELETE /session */
NODISCARD int desk_session_logout(struct desk *desk);
/** POST /session/role: act in another of one's own live roles. */
NODISCARD int desk_session_role(struct desk *desk);
/** Everything about a change of password but the old one; reads only.  As desk_session_password. */
NODISCARD int session_password_check(struct desk *desk);
/** POST /session/password: refusals password.wrong and those of password_policy_fault; other sessions end. */
NODISCARD int desk_session_password(struct desk *desk);
/** DELETE /sessions: every one, this too. */
NODISCARD int desk_session_revoke_all(struct desk *desk);
