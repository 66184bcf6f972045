/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Acts on settings: audited records a person changes in the UI (never the
 * machine's configuration file, never policy).
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

/** PUT /settings/{key} */
NODISCARD int desk_setting_put(struct desk *desk);
/** PUT /secrets/{key}: write-only. */
NODISCARD int desk_secret_put(struct desk *desk);
/** POST /setup/finish */
NODISCARD int desk_setup_finish(struct desk *desk);
/** POST /settings/mail/test */
NODISCARD int desk_mail_test(struct desk *desk);
