/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which traps say again what was said, and which source says too much.  Of a
 * port that goes down, up and down all three are news; the same word twice is not.
 *
 * Layer: collect.  Threading: one owner; time is passed in.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct trap;
struct trap_repeat;

enum {
	TRAP_REPEAT_SUBJECTS = 16384, /* ports and kinds remembered; the newest win */
	TRAP_REPEAT_SOURCES = 4096,
	TRAP_REPEAT_WINDOW_MS = 10000,
	TRAP_STORM_MAX = 600, /* of one source in a minute */
};

enum trap_repeat_says {
	TRAP_NEWS,
	TRAP_REPEAT, /* the same of the same subject, shortly before */
	TRAP_STORM,  /* its source has said enough this minute */
};

/** Owns:    the result; release with trap_repeat_destroy.  seed is 16 secret octets. */
struct trap_repeat *trap_repeat_create(const uint8_t seed[16]);
/** NULL is fine.  Returns: NULL, to assign back. */
struct trap_repeat *trap_repeat_destroy(struct trap_repeat *repeat);

/**
 * Judge one.  ret_unsaid: with TRAP_NEWS how many of its subject were left out
 * since it was news last, with TRAP_STORM how many of the source this minute.
 */
enum trap_repeat_says trap_repeat_judge(struct trap_repeat *repeat, struct slice source,
	const struct trap *trap, int64_t now_ms, uint32_t *ret_unsaid);
