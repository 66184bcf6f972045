/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Acts that need a password, done as core does them.
 */
#pragma once

#include "fixture.h"

/** The password of people made by tests; its hash has old parameters and is cheap to check. */
#define PASSWORD "Tulip-4-Winter"

/** As desk_do, with a look before and what the password lane would make. */
int say(struct school *school, const struct hat *hat, enum route_id route, int64_t id,
	const char *body);
/** Returns: as desk_run; the session's token in *ret_hat. */
int log_in(
	struct school *school, const char *account, const char *password, struct hat *ret_hat);
/** The last call failed with this code. */
void refused(const struct school *school, int status, const char *code);
