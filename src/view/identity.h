/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Who I am, who may log in, and with what.
 *
 * Layer: view.  Threading: as the view.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct view;

/** GET /session: what the interface is drawn by. */
NODISCARD int view_session_get(struct view *view);
/** GET /session/second-factor: one's own. */
NODISCARD int view_second_factor_get(struct view *view);
/** GET /sessions: one's own live ones. */
NODISCARD int view_session_list(struct view *view);
/** GET /users */
NODISCARD int view_users_list(struct view *view);
/** GET /tokens: one's own. */
NODISCARD int view_tokens_list(struct view *view);

/** "grants":[…] of a person's live roles, oldest first.  0 or as db_step. */
NODISCARD int view_grants_put(struct view *view, int64_t person_id);
