/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reads about the platform itself: its settings, what is not yet set up, how
 * it fares, its backups.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include "base/attr.h"

struct view;

/** GET /settings: every key, unset ones as {} in version 0; of a secret only whether there is one. */
NODISCARD int view_settings_list(struct view *view);
/** GET /checkup: 体检, everything that should be set up, and whether it is. */
NODISCARD int view_checkup_get(struct view *view);
/** GET /health */
NODISCARD int view_health_get(struct view *view);
/** GET /policies: the texts records are judged by, newest first. */
NODISCARD int view_policies_list(struct view *view);
/** GET /policies/{id}: one of them, as it reads. */
NODISCARD int view_policies_get(struct view *view);
/** GET /backups: newest first. */
NODISCARD int view_backups_list(struct view *view);
