/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From a token to the person behind it, read from the store.
 *
 * Layer: records.  Threading: as its connection.
 */
#pragma once

#include "base/attr.h"
#include "base/digest.h"
#include "base/slice.h"
#include "model/caller.h"

struct arena;
struct db;

/** How a token is kept: only its digest is stored. */
struct digest caller_token_digest(struct slice token);

/**
 * Find the caller of a session cookie or API token ("fst_…").  An unknown,
 * ended, idle or expired token gives known = false, not an error.
 *
 * Shape:   address is the peer's, for the administrators' networks;
 *          names live in the arena.
 * Returns: 0 or as db_step.
 */
NODISCARD int caller_load(struct db *db, struct arena *arena, struct slice token,
	struct slice address, int64_t now_ms, struct caller *ret_caller);

/** Value of a setting as JSON text in the arena; empty when it was never set.  0 or as db_step. */
NODISCARD int setting_load(
	struct db *db, struct arena *arena, const char *key, struct slice *ret_json);
