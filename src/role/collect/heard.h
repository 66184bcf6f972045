/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Who sends us anything: said to probe once a round for each address, so that
 * a device nobody registered is found by what it says of itself.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include <uv.h>

#include "base/slice.h"

struct collect_syslog;
struct jw;
struct map;
struct runtime;

enum { HEARD_MAX = 4096, /* a round */ HEARD_EVERY_MS = 10 * 60 * 1000 };

struct heard {
	struct runtime *rt;
	const struct collect_syslog *syslog; /* whose sources are walked; may be NULL */
	struct map *told;                    /* addresses of this round */
	uv_timer_t walk;
	int64_t since_ms; /* unix; what was said before has been walked */
	int64_t round_ms; /* monotonic, when it began */
	uint64_t says;
	uint64_t refused; /* of the rounds before */
};

void heard_begin(struct heard *heard, struct runtime *rt, const struct collect_syslog *syslog);
/** An address, as text, has sent something. */
void heard_put(struct heard *heard, struct slice source);
void heard_status(const struct heard *heard, struct jw *jw);
/** Before the syslog receiver goes. */
void heard_end(struct heard *heard);
