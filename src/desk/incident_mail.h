/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The mails about an incident.  They name the alert, the asset and the time,
 * and carry one link; details are read after login.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct desk_env;
struct txn;

/** To the people on duty, each with an acknowledgement link of his own.  0 or as db_step. */
NODISCARD int incident_mail_opened(struct txn *txn, const struct desk_env *env,
	int64_t incident_id, struct slice severity);

/** To everybody who was told that it opened.  0 or as db_step. */
NODISCARD int incident_mail_recovered(
	struct txn *txn, const struct desk_env *env, int64_t incident_id);
