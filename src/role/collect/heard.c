/* SPDX-License-Identifier: Apache-2.0 */
#include "role/collect/heard.h"

#include "base/jw.h"
#include "base/map.h"
#include "collect/syslog/syslog.h"
#include "role/runtime.h"
#include "sys/clock.h"
#include "sys/rand.h"

enum { WALK_EVERY_MS = 5000 };

/* Past HEARD_MAX nobody new is said in this round: addresses can be made up. */
void heard_put(struct heard *heard, struct slice source)
{
	if (map_get(heard->told, source) != NULL || map_put(heard->told, source, heard) < 0) {
		return;
	}
	struct msg_heard msg = { .source = source };
	if (RUNTIME_SEND(heard->rt, IPC_PROBE, heard, MSG_HEARD, 0, 0, &msg, -1) < 0) {
		(void)map_take(heard->told, source); /* the next time it sends */
		return;
	}
	heard->says++;
}

static void round_begin(struct heard *heard)
{
	uint8_t seed[16];
	rand_octets(seed, sizeof(seed));
	heard->refused += heard->told != NULL ? map_refused(heard->told) : 0;
	heard->told = map_destroy(heard->told);
	heard->told = map_create(HEARD_MAX, seed);
	heard->round_ms = clock_mono_ms();
}

static void on_walk(uv_timer_t *timer)
{
	struct heard *heard = timer->data;
	struct collect_syslog_source source;
	if (clock_mono_ms() - heard->round_ms >= HEARD_EVERY_MS) {
		round_begin(heard);
	}
	size_t cursor = 0;
	int64_t since_ms = heard->since_ms;
	heard->since_ms = clock_unix_ms();
	while (heard->syslog != NULL &&
		collect_syslog_next_source(heard->syslog, &cursor, &source) == 1) {
		if (source.last_ms >= since_ms) {
			heard_put(heard, source.address);
		}
	}
}

void heard_begin(struct heard *heard, struct runtime *rt, const struct collect_syslog *syslog)
{
	heard->rt = rt;
	heard->syslog = syslog;
	round_begin(heard);
	(void)uv_timer_init(&rt->loop, &heard->walk);
	heard->walk.data = heard;
	(void)uv_timer_start(&heard->walk, on_walk, WALK_EVERY_MS, WALK_EVERY_MS);
}

void heard_status(const struct heard *heard, struct jw *jw)
{
	jw_kv_int(jw, "senders", (int64_t)map_count(heard->told));
	jw_kv_int(jw, "senders_said", (int64_t)heard->says);
	jw_kv_int(jw, "senders_refused", (int64_t)(heard->refused + map_refused(heard->told)));
}

void heard_end(struct heard *heard)
{
	heard->told = map_destroy(heard->told);
	uv_close((uv_handle_t *)&heard->walk, NULL);
}
