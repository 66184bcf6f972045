/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Passwords at rest, and the lane in which they are checked: one thread and a
 * short queue, so that a flood of log-ins costs one core and 64 MiB, never
 * more, and everything else goes on.
 *
 * Layer: sys.  Threading: hash and verify reentrant; the lane as said there.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/attr.h"
#include "base/slice.h"

enum {
	PASSWORD_HASH_MAX = 128,      /* an encoded hash with its NUL */
	PASSWORD_MAX_OCTETS = 512,    /* a longer password is never right */
	PASSWORD_LANE_QUEUE_MAX = 32, /* asked and not yet answered */
};

/**
 * Argon2id with a fresh salt.
 *
 * Source:  RFC 9106; m = 64 MiB, t = 3, p = 1, salt 16 and tag 32 octets.
 * Shape:   the encoded form "$argon2id$v=19$m=…,t=…,p=…$salt$tag" with its NUL.
 * Returns: 0, E_LIMIT (too long), or -ENOMEM.
 */
NODISCARD int password_hash(struct slice password, char ret_hash[PASSWORD_HASH_MAX]);

/**
 * Is this the password?  Compared in constant time.  An empty hash costs what
 * a real one costs and is never right, so that nobody can tell an unknown
 * account from a wrong password by the clock.
 */
bool password_verify(struct slice stored_hash, struct slice password);

/** Was it hashed with other parameters than today's? */
bool password_outdated(struct slice stored_hash);

/** Slices are borrowed until done is called. */
struct password_job {
	struct slice stored_hash;
	struct slice password;
	struct slice new_password; /* empty = nothing to hash */
	/**
	 * Called once, on the loop's thread.  new_hash lasts during the call:
	 * the new password's; or, when an outdated hash was answered rightly,
	 * the same password's with today's parameters; else empty.
	 */
	void (*done)(void *ctx, bool ok, struct slice new_hash);
	void *ctx;
};

struct password_lane;

struct password_lane_stats {
	uint64_t asked;
	uint64_t refused; /* came while the queue was full */
};

/**
 * Start the lane's thread; before the system-call fence.  The other lane
 * functions are for the loop's thread.
 *
 * Owns:    *ret_lane, release with password_lane_stop.
 * Returns: 0 or -errno.
 */
NODISCARD int password_lane_start(uv_loop_t *loop, struct password_lane **ret_lane);

/**
 * Check the password, unless there is only a new one to hash; then hash that.
 *
 * Returns: 0, or E_BUSY when PASSWORD_LANE_QUEUE_MAX wait (counted; done is
 *          not called).
 */
NODISCARD int password_lane_ask(struct password_lane *lane, const struct password_job *job);

struct password_lane_stats password_lane_stats(const struct password_lane *lane);

/**
 * End the thread after the job under way; those behind it are answered as
 * wrong.  The loop must turn once more to forget the lane.  NULL is fine.
 *
 * Returns: NULL.
 */
struct password_lane *password_lane_stop(struct password_lane *lane);
