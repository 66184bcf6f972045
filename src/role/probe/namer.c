/* SPDX-License-Identifier: Apache-2.0 */
#include "role/probe/namer.h"

#include <stdlib.h>

#include "base/jw.h"
#include "model/network.h"
#include "probe/addr.h"
#include "probe/check.h"
#include "probe/prober.h"
#include "role/probe/probe.h"
#include "role/probe/sweep_report.h"
#include "role/runtime.h"
#include "sys/clock.h"

enum {
	QUEUE_MAX = 4096, /* a power of two: places are numbers modulo it */
	FLYING_MAX = 4,
	APART_MS = 50 /* 20 questions a second */
};

struct namer {
	struct namer_config config;
	bool on;
	uv_timer_t timer;
	struct network queue[QUEUE_MAX];
	uint64_t put;   /* so many have been queued */
	uint64_t taken; /* and so many asked about or dropped */
	struct network flying[FLYING_MAX];
	bool used[FLYING_MAX];
	uint64_t asked;
	uint64_t named;
	uint64_t refused; /* by sweep_may, or for want of room */
};

static void on_name(void *user, uint64_t tag, int error, struct slice name)
{
	struct namer *n = user;
	struct check_spec spec = { 0 };
	struct check_result result;
	n->used[tag] = false;
	if (error < 0) {
		return;
	}
	n->named++;
	check_result_init(&result, &spec, clock_unix_ms());
	check_result_arg(&result, "name", name);
	sweep_report_seen(n->config.report, "dns", &n->flying[tag], &result);
}

static unsigned place_free(const struct namer *n)
{
	unsigned at = 0;
	while (at < FLYING_MAX && n->used[at]) {
		at++;
	}
	return at;
}

static void ask(struct namer *n, unsigned place, const struct network *address)
{
	struct probe_addr addr = probe_addr_of_network(address);
	if (!n->on || !n->config.may(n->config.user, address)) {
		n->refused++;
		return;
	}
	n->used[place] = true;
	n->flying[place] = *address;
	int error = prober_name(n->config.probe->prober, &addr,
		(struct resolver_name_sink) { on_name, n, place });
	n->asked += error >= 0;
	n->used[place] = n->used[place] && error >= 0;
}

static void on_timer(uv_timer_t *timer)
{
	struct namer *n = timer->data;
	unsigned place = place_free(n);
	if (n->taken < n->put && place < FLYING_MAX) {
		ask(n, place, &n->queue[n->taken++ % QUEUE_MAX]);
	}
	if (n->taken == n->put) {
		(void)uv_timer_stop(timer);
	}
}

void namer_switch(struct namer *n, bool on)
{
	n->on = on;
}

void namer_put(struct namer *n, const struct network *address)
{
	if (!n->on) {
		return;
	}
	if (n->put - n->taken == QUEUE_MAX) {
		n->refused++;
		return;
	}
	n->queue[n->put++ % QUEUE_MAX] = *address;
	if (!uv_is_active((uv_handle_t *)&n->timer)) {
		(void)uv_timer_start(&n->timer, on_timer, APART_MS, APART_MS);
	}
}

struct namer *namer_create(const struct namer_config *config)
{
	struct namer *n = calloc(1, sizeof(*n));
	if (n == NULL) {
		abort();
	}
	n->config = *config;
	(void)uv_timer_init(&config->probe->rt->loop, &n->timer);
	n->timer.data = n;
	return n;
}

void namer_stop(struct namer *n)
{
	uv_close((uv_handle_t *)&n->timer, NULL);
}

struct namer *namer_destroy(struct namer *n)
{
	free(n);
	return NULL;
}

void namer_status(const struct namer *n, struct jw *jw)
{
	jw_kv_int(jw, "sweep_names_asked", (int64_t)n->asked);
	jw_kv_int(jw, "sweep_names_found", (int64_t)n->named);
	jw_kv_int(jw, "sweep_names_refused", (int64_t)n->refused);
}
