/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Whether somebody who answers for a unit is still there.  A sign that he is
 * not, of a kind that counts alone or has come often enough, is a doubt: at
 * once nothing is told or shown to him, links and sessions end, the unit's
 * head stands in, and somebody is asked to say how it is.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/filing.h"

struct desk;
struct desk_env;
struct timer;
struct txn;

struct doubt_sign {
	int64_t person_id;
	int64_t unit_id; /* 0 = every unit he answers for */
	enum tenure_signal signal;
	struct slice evidence; /* what was seen, without a secret */
	int64_t by_id;         /* who typed it in; 0 = the machine */
};

/**
 * Keep the sign, and doubt where it is enough.  Somebody who answers for no
 * unit is not doubted, and nothing of him is kept.
 *
 * Returns: how many doubts are new, or as db_step.
 */
NODISCARD int doubt_sign(
	struct txn *txn, const struct desk_env *env, const struct doubt_sign *sign);

/** A delivery was refused for good: the mailbox is gone.  0 or as db_step. */
NODISCARD int doubt_delivery(struct txn *txn, const struct desk_env *env, int64_t delivery_id);

/** A doubt about a person in a unit ends, for it is settled elsewhere: by a filing.  0 or as db_step. */
NODISCARD int doubt_end(struct txn *txn, int64_t person_id, int64_t unit_id, const char *state,
	struct slice reason);

/** Everything that lets a person in without a password in a unit ends.  0 or as db_step. */
NODISCARD int doubt_doors_close(struct txn *txn, int64_t person_id, int64_t unit_id);

/** Somebody is the unit's officer again: nobody stands in any more.  0 or as db_step. */
NODISCARD int interim_end(struct txn *txn, int64_t unit_id);

/** POST /doubts: somebody says that he has left. */
NODISCARD int desk_doubt_raise(struct desk *desk);
/** POST /doubts/{id}/settle */
NODISCARD int desk_doubt_settle(struct desk *desk);
/** POST /people/{id}/called: whether a number was answered. */
NODISCARD int desk_person_called(struct desk *desk);
/** POST /staff-list: who answers for a unit and is in the sheet no more. */
NODISCARD int desk_staff_check(struct desk *desk);

/** Nobody has said how it is.  0 or as db_step. */
NODISCARD int doubt_timer(
	struct txn *txn, const struct desk_env *env, const struct timer *timer);
