/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The decision over the generated permission table: may this caller use this
 * route, and on whose records.  Deny by default.
 *
 * Layer: access.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/caller.h"
#include "schema/permissions.h"

/**
 * On whose records the caller may use the route.
 *
 * Returns: SCOPE_NONE when not at all; open routes are not asked here.
 */
enum scope access_scope(const struct caller *caller, enum route_id route);

/** What of his second factor stands between a caller and what he asks. */
enum second_need {
	SECOND_NEED_NONE,
	SECOND_NEED_CODE,  /* a code of it, shown in this session */
	SECOND_NEED_ENROL, /* he must first have one */
};

/** What a session lacks before it may do more than show a code or enrol. */
enum second_need access_second_session(const struct caller *caller);

/**
 * What a request lacks of it: what the session does, and before a dangerous
 * act a code not older than SECOND_FRESH_MS.  An API token can show none; it
 * may read what it was given, and no more.
 *
 * Shape:   scope is access_scope's; who may not do it anyhow lacks nothing more.
 */
enum second_need access_second(
	const struct caller *caller, enum route_id route, enum scope scope, int64_t now_ms);

/** The refusal's code for a need; NULL for none. */
const char *access_second_code(enum second_need need);

/**
 * Does the scope reach a record of this unit?
 *
 * Shape:   unit_id 0 = a record of no unit, reached by SCOPE_ALL only.
 */
bool access_covers(const struct caller *caller, enum scope scope, int64_t unit_id);
