/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Accounts and roles as records, below the acts: what the acts, the first
 * start and the command line of a stopped platform all do alike.  Callers
 * name the act for the audit log themselves.
 *
 * A refusal's code comes in *ret_code, set only with E_INPUT, E_STATE and
 * E_EXISTS.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/role.h"

struct arena;
struct db;
struct password_facts;
struct txn;

enum {
	ACCOUNT_NAME_MAX = 32,
	ACCOUNT_SESSIONS_MAX = 20, /* live ones of an account; the oldest end */
	ACCOUNT_UNIT_HEADS_MAX = 3,
	ACCOUNT_OFFICERS_MAX = 2, /* the officer and his deputy */
	ACCOUNT_SPECIALISTS_MAX = 1,
};

struct account {
	int64_t id;
	int64_t version;
	int64_t person_id;
	struct slice name;
	struct slice password_hash;
	int64_t password_at_ms;
	bool must_change;
	bool disabled;
	int64_t failures;
	int64_t locked_until_ms; /* 0 = never */
	int64_t code_until_ms; /* his password is a code that is good until then; 0 = it is none */
};

/** In small letters.  Returns: 1, 0 (none of that name) or as db_step. */
NODISCARD int account_by_name(struct txn *txn, struct slice name, struct account *ret_account);
/** Returns: as account_by_name. */
NODISCARD int account_by_id(struct txn *txn, int64_t id, struct account *ret_account);

/**
 * A new account for a person without one, its password to be changed first.
 *
 * Shape:   name is 2 to ACCOUNT_NAME_MAX of a-z 0-9 . _ - and begins with a letter.
 * Returns: 0; E_INPUT "user.name"; E_EXISTS "user.exists" or "user.has_account"; as db_step.
 */
NODISCARD int account_make(struct txn *txn, struct slice name, int64_t person_id,
	struct slice hash, int64_t *ret_id, const char **ret_code);

/** Another password; the lock goes.  must_change says whether it is a one-time one.  0 or as db_step. */
NODISCARD int account_password_set(
	struct txn *txn, int64_t id, struct slice hash, bool must_change);

/** End the account's sessions but one (0 = all).  0 or as db_step. */
NODISCARD int account_sessions_end(struct txn *txn, int64_t id, int64_t but_session_id);

/** What the account's password must not hold.  0 or as db_step. */
NODISCARD int account_facts(struct txn *txn, int64_t id, struct password_facts *ret_facts);

/**
 * Give a person a role.
 *
 * Source:  GB/T 22239-2019 8.1.5 (three administrators kept apart); the
 *          regulation's articles 13 and 15 for the people of a unit.
 * Shape:   unit_id is that of the unit's roles and, where wished, a
 *          contractor's; 0 for all others.
 * Returns: 0; E_INPUT "grant.needs_unit", "grant.no_unit"; E_STATE
 *          "grant.three_admins" (system and audit administrators hold no role
 *          of the desk, nor each other's) or "grant.full" (the unit has as
 *          many as it may) or "person.erased"; E_EXISTS "grant.exists"; as db_step.
 */
NODISCARD int account_grant(struct txn *txn, int64_t person_id, enum role role, int64_t unit_id,
	int64_t *ret_grant_id, const char **ret_code);

/**
 * Take a role back; who acts in it now is logged out.
 *
 * Returns: 0; E_ABSENT (not a live grant of this person); E_STATE
 *          "user.last_admin"; as db_step.
 */
NODISCARD int account_revoke(
	struct txn *txn, int64_t person_id, int64_t grant_id, const char **ret_code);

/** 1 when nobody but this person administers the platform, 0, or as db_step. */
NODISCARD int account_is_last_admin(struct txn *txn, int64_t person_id);
