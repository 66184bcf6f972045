/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A second factor as a record, below the acts: its key, the codes already
 * taken, the recovery codes.  Callers name the act for the audit log.
 *
 * The key lies sealed among the secrets, which no backup holds: after a
 * restore the recovery codes still work, and whoever has none left is reset.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct jw;
struct secret_key;
struct txn;

enum { SECOND_RECOVERY_CODES = 10 };

struct second_factor {
	int64_t id;
	int64_t version;
	int64_t account_id;
	int64_t made_at_ms;
	int64_t on_at_ms; /* 0 = begun only */
	int64_t step;     /* the last one taken */
	int64_t failures;
	int64_t locked_until_ms;
};

/** Returns: 1, 0 (none, not even begun) or as db_step. */
NODISCARD int second_factor_load(
	struct txn *txn, int64_t account_id, struct second_factor *ret_factor);

/**
 * Begin anew: a key of OTP_SECRET_OCTETS, sealed, in place of an older one that
 * was only begun.
 *
 * Shape:   ret_key holds OTP_SECRET_OCTETS; the caller wipes it.
 * Returns: 0 or as db_step.
 */
NODISCARD int second_factor_begin_key(
	struct txn *txn, const struct secret_key *key, int64_t account_id, uint8_t *ret_key);

/**
 * Count an attempt before it is made, as login.h does and by the same policy.
 *
 * Returns: 0 with *ret_counted false when it is locked or there is none; or as db_step.
 */
NODISCARD int second_factor_attempt(struct txn *txn, int64_t account_id, bool *ret_counted);

/**
 * Is this a code of the key, and of a step after the last one taken?
 *
 * Shape:   code is OTP_DIGITS digits; *ret_step 0 = it is none; *ret_again = it was, and was
 *          taken before.
 * Returns: 0; E_ABSENT or E_DIGEST (no key here to check it by); or as db_step.
 */
NODISCARD int second_factor_match(struct txn *txn, const struct secret_key *key,
	const struct second_factor *factor, struct slice code, int64_t *ret_step,
	bool *ret_again);

/** Take the step: no code of it or an earlier one counts again, and failures are forgotten. */
NODISCARD int second_factor_take(
	struct txn *txn, const struct second_factor *factor, int64_t step);

/** From now on it is asked for.  0 or as db_step. */
NODISCARD int second_factor_on(
	struct txn *txn, const struct second_factor *factor, int64_t step);

/**
 * Use up a recovery code.
 *
 * Shape:   code as otp_typed_read gives it.
 * Returns: 1, 0 (there is none such left) or as db_step.
 */
NODISCARD int second_factor_recover(struct txn *txn, int64_t account_id, struct slice code);

/** Other recovery codes, SECOND_RECOVERY_CODES of them: their array goes to jw.  0 or as db_step. */
NODISCARD int second_factor_recovery_make(struct txn *txn, int64_t account_id, struct jw *jw);

/** Key, codes and all.  Returns: 1; 0 (there was none); or as db_step. */
NODISCARD int second_factor_drop(struct txn *txn, int64_t account_id);
