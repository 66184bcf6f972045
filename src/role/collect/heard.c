/* SPDX-License-Identifier: Apache-2.0 */
#include "role/collect/heard.h"

#include <stdlib.h>

#include "base/jw.h"
#include "base/map.h"
#include "collect/syslog/syslog.h"
#include "role/runtime.h"
#include "sys/clock.h"
#include "sys/rand.h"

enum { WALK_EVERY_MS = 5000 };

/* Past HEARD_MAX nobody new is said: addresses can be made up. */
void heard_put(struct heard *heard, struct slice source)
{
	int64_t now_ms = clock_mono_ms();
	int64_t *told = map_get(heard->told, source);
	if (told != NULL && now_ms - *told < HEARD_EVERY_MS) {
		return;
	}
	struct msg_heard msg = { .source = source };
	if (RUNTIME_SEND(heard->rt, IPC_PROBE, heard, MSG_HEARD, 0, 0, &msg, -1) < 0) {
		return; /* the next time it sends */
	}
	heard->says++;
	if (told == NULL) {
		told = calloc(1, sizeof(*told));
		if (told == NULL) {
			abort();
		}
		if (map_put(heard->told, source, told) < 0) {
			free(told);
			return;
		}
	}
	*told = now_ms;
}

static void on_walk(uv_timer_t *timer)
{
	struct heard *heard = timer->data;
	struct collect_syslog_source source;
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
	uint8_t seed[16];
	rand_octets(seed, sizeof(seed));
	heard->rt = rt;
	heard->syslog = syslog;
	heard->told = map_create(HEARD_MAX, seed);
	(void)uv_timer_init(&rt->loop, &heard->walk);
	heard->walk.data = heard;
	(void)uv_timer_start(&heard->walk, on_walk, WALK_EVERY_MS, WALK_EVERY_MS);
}

void heard_status(const struct heard *heard, struct jw *jw)
{
	jw_kv_int(jw, "senders", (int64_t)map_count(heard->told));
	jw_kv_int(jw, "senders_said", (int64_t)heard->says);
	jw_kv_int(jw, "senders_refused", (int64_t)map_refused(heard->told));
}

void heard_end(struct heard *heard)
{
	size_t cursor = 0;
	struct slice key;
	void *told = NULL;
	while (map_next(heard->told, &cursor, &key, &told)) {
		free(told);
	}
	heard->told = map_destroy(heard->told);
	uv_close((uv_handle_t *)&heard->walk, NULL);
}
