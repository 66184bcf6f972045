/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The setting "password": how often it may be wrong, how long it may be used,
 * and how good it must be.
 *
 * Layer: desk.  Threading: reentrant but for password_policy_load.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct arena;
struct db;

struct password_policy {
	int64_t length_min;   /* characters; at least 10 */
	int64_t failures_max; /* wrong ones in a row before the account is locked */
	int64_t lock_ms;      /* first lock; doubles with each further one, up to a day */
	int64_t age_max_ms;   /* then it must be changed; 0 = never */
};

/** What is set, within bounds, or the defaults: 10, 5, 15 minutes, 180 days.  0 or as db_step. */
NODISCARD int password_policy_load(
	struct db *db, struct arena *arena, struct password_policy *ret_policy);

/** How long the account is locked after so many failures in a row; 0 = not at all. */
int64_t password_policy_lock_ms(const struct password_policy *policy, int64_t failures);

enum { PASSWORD_FACTS_MAX = 8 };

/** What everybody knows of a person and his password must not hold: account, names, phones. */
struct password_facts {
	struct slice known[PASSWORD_FACTS_MAX];
	int count;
};

/**
 * What is wrong with a new password.
 *
 * Shape:   length_min characters at least and at most 512 octets, three of
 *          lower case, upper case, digits and others; without any of the
 *          facts; not a common one with figures around it.
 * Returns: NULL when it is good, else the refusal's code: password.long,
 *          password.short, password.classes, password.personal,
 *          password.common.
 */
const char *password_policy_fault(const struct password_policy *policy, struct slice password,
	const struct password_facts *facts);
