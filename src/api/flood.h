/* SPDX-License-Identifier: Apache-2.0 */
/**
 * How often one caller may do something: a token bucket per key in a table of
 * fixed size.  A key that finds its place full takes that of the key seen
 * longest ago, so strangers cannot make the table grow or lock anybody out.
 *
 * Layer: api.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct flood;

/**
 * Shape:   slots is a power of two, at least 8; burst in one go, then one
 *          every refill_ms; seed is 16 secret octets.
 * Owns:    the result; release with flood_destroy.
 */
struct flood *flood_create(
	size_t slots, unsigned burst, int64_t refill_ms, const uint8_t seed[16]);
struct flood *flood_destroy(struct flood *flood);

/** True and one taken; or false, with the wait until the next in *ret_wait_ms (NULL is fine). */
bool flood_take(struct flood *flood, struct slice key, int64_t now_ms, int64_t *ret_wait_ms);

/** Keys pushed out by others before their time. */
uint64_t flood_displaced(const struct flood *flood);
