/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rules records are judged by, kept as they read: a text that differs from
 * the one before becomes a version of its own, and a notice goes on by the
 * version it was issued under.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct calendar;
struct db;
struct desk_env;
struct policy;
struct policy_text;
struct txn;

/**
 * Is the latest kept text of its subject this one?  Or is it one that people
 * adopted, which gives way to a changed file of the school's own alone?
 *
 * Returns: 1 with text->id set to the latest, 0, or as db_step.
 */
NODISCARD int policy_kept(struct db *db, struct policy_text *text);

/** Command: keep arg, a struct policy_text, unless it is kept; its id is set.  0 or as db_step. */
NODISCARD int policy_adopt(struct txn *txn, void *arg);

/**
 * The latest kept text of the policy: what is in force.
 *
 * Shape:   what it lacks is as in otherwise; version is stamped.
 * Returns: 1 with both, 0 nothing is kept, E_STORE it cannot be read, or as db_step.
 */
NODISCARD int policy_in_force(struct db *db, const struct policy *otherwise, int64_t *ret_id,
	struct policy *ret_policy);
/** Its id alone.  Returns: 1, 0 nothing is kept, or as db_step. */
NODISCARD int policy_in_force_id(struct db *db, int64_t *ret_id);

/**
 * The policy of a kept version; the one in force for 0 and its own id.
 *
 * Owns:    the result is the environment's or the command's arena's.
 * Returns: 0, E_STORE for a text that is gone or cannot be read, or as db_step.
 */
NODISCARD int policy_then(struct txn *txn, const struct desk_env *env, int64_t id,
	const struct policy **ret_policy);

/**
 * The calendar a stored deadline was counted by: the years it names as they
 * read then, the others as they read now.
 *
 * Shape:   versions as in struct due, "cn-2026-1@1a2b3c4d+cn-2027-1@…"; one
 *          without a digest, or that is not kept, counts as it reads now.
 * Owns:    the result is the environment's or the command's arena's.
 * Returns: 0 or as db_step.
 */
NODISCARD int calendar_then(struct txn *txn, const struct desk_env *env, const char *versions,
	const struct calendar **ret_calendar);
