/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench-checks tcp|http FIRST:PORT SECONDS: checks a second as the probe role
 * runs them, scheduler, prober and verdicts included, of the addresses from
 * FIRST on, each once in 200 ms.  Targets are added until the engine is full;
 * then SECONDS are measured.  One line: checks a second, cores, and what was
 * not up.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uv.h>

#include "base/err.h"
#include "base/num.h"
#include "base/slice.h"
#include "probe/prober.h"
#include "probe/pump.h"
#include "probe/reach.h"
#include "probe/scheduler.h"

enum {
	STEP_MS = 300,
	TARGETS_FIRST = 500,
	TARGETS_FAST = 4000, /* up to here a quarter more a step, then a sixteenth */
	TARGETS_MAX = 60000,
	EVERY_MS = SCHEDULER_INTERVAL_MIN_MS,
	FULL_SHARE = 50, /* full: one start in so many found no place */
};

static struct {
	uv_loop_t loop;
	uv_timer_t timer;
	struct pump pump;
	struct scheduler *scheduler;
	struct prober *prober;
	struct reach *reach;
	struct check_spec spec;
	uint32_t base; /* first address */
	uint32_t targets;
	uint64_t seconds;
	bool measuring;
	double wall;
	double cpu;
	struct scheduler_stats before;
	uint64_t bad;
	char code[64]; /* of the first that was not up */
} bench;

static void fail(const char *why)
{
	(void)fprintf(stderr, "bench-checks: %s\n", why);
	exit(3);
}

static double now_s(clockid_t clock)
{
	struct timespec at;
	(void)clock_gettime(clock, &at);
	return (double)at.tv_sec + 1e-9 * (double)at.tv_nsec;
}

static int on_start(void *user, const struct check_spec *spec, struct check_sink sink)
{
	(void)user;
	return prober_start(bench.prober, spec, sink);
}

static void on_result(
	void *user, const struct check_spec *spec, const struct check_result *result)
{
	struct scheduler_look look = { 0 };
	struct reach_told told;
	(void)user;
	if (scheduler_look(bench.scheduler, spec->id, &look) < 0) {
		return;
	}
	struct reach_seen seen = { .result = result,
		.shown = look.shown,
		.started_ms = look.started_ms,
		.now_ms = look.started_ms,
		.regular = look.regular,
		.need = look.need };
	reach_result(bench.reach, &seen);
	while (reach_take(bench.reach, &told)) {
	}
	if (result->state != CHECK_UP && bench.bad++ == 0) {
		(void)snprintf(bench.code, sizeof(bench.code), "%s", result->code);
	}
}

static void on_hurry(void *user, int64_t id)
{
	(void)user;
	(void)!scheduler_hurry(bench.scheduler, id);
}

static void grow(uint32_t targets)
{
	for (; bench.targets < targets && bench.targets < TARGETS_MAX; bench.targets++) {
		uint32_t at = bench.base + bench.targets;
		bench.spec.id = (int64_t)bench.targets + 1;
		for (size_t i = 0; i < 4; i++) {
			bench.spec.addr.octet[i] = (uint8_t)(at >> (24 - 8 * i));
		}
		if (scheduler_put(bench.scheduler, &bench.spec, false) < 0 ||
			reach_put(bench.reach, bench.spec.id, bench.spec.kind, true) < 0) {
			fail("a check was refused");
		}
	}
}

static void say(void)
{
	struct scheduler_stats now = scheduler_stats(bench.scheduler);
	double wall = now_s(CLOCK_MONOTONIC) - bench.wall;
	double cpu = now_s(CLOCK_PROCESS_CPUTIME_ID) - bench.cpu;
	double done = (double)(now.finished - bench.before.finished);
	(void)printf("{\"per_s\":%.0f,\"per_cpu_s\":%.0f,\"cores\":%.3f,\"targets\":%" PRIu32
		     ",\"busy\":%" PRIu64 ",\"bad\":%" PRIu64 ",\"code\":\"%s\"}\n",
		done / wall, done / cpu, cpu / wall, bench.targets,
		now.busy - bench.before.busy, bench.bad, bench.code);
}

static void on_step(uv_timer_t *timer)
{
	struct scheduler_stats now = scheduler_stats(bench.scheduler);
	uint64_t busy = now.busy - bench.before.busy;
	uint64_t done = now.finished - bench.before.finished;
	if (bench.measuring) {
		say();
		uv_stop(&bench.loop);
		return;
	}
	bench.measuring = busy * FULL_SHARE > done || bench.targets == TARGETS_MAX;
	bench.before = now;
	uint64_t wait_ms = STEP_MS;
	if (bench.measuring) {
		bench.wall = now_s(CLOCK_MONOTONIC);
		bench.cpu = now_s(CLOCK_PROCESS_CPUTIME_ID);
		wait_ms = bench.seconds * 1000;
	} else {
		grow(bench.targets + bench.targets / (bench.targets < TARGETS_FAST ? 4 : 16));
	}
	(void)uv_timer_start(timer, on_step, wait_ms, 0);
}

static bool read_target(const char *text)
{
	struct slice host;
	struct slice port;
	uint64_t number = 0;
	if (!slice_cut(slice_str(text), ':', &host, &port) ||
		probe_addr_parse(host, &bench.spec.addr) < 0 || bench.spec.addr.family != 4 ||
		num_u64(port, 65535, &number) < 0) {
		return false;
	}
	bench.spec.port = (uint16_t)number;
	for (size_t i = 0; i < 4; i++) {
		bench.base = bench.base << 8 | bench.spec.addr.octet[i];
	}
	return true;
}

int main(int argc, char **argv)
{
	if (argc != 4 || check_kind_parse(slice_str(argv[1]), &bench.spec.kind) < 0 ||
		!read_target(argv[2]) ||
		num_u64(slice_str(argv[3]), 3600, &bench.seconds) < 0) {
		fail("use: bench-checks tcp|http FIRST:PORT SECONDS");
	}
	struct prober_config config = { .fd4 = -1, .fd6 = -1, .dhcp4 = -1 };
	struct scheduler_config plan = { .start = on_start, .on_result = on_result };
	struct reach_config reach = { .checks_max = TARGETS_MAX, .hurry = on_hurry };
	bench.spec.interval_ms = EVERY_MS;
	bench.spec.retries = 2;
	bench.scheduler = scheduler_create(&plan);
	bench.reach = reach_create(&reach);
	if (bench.scheduler == NULL || bench.reach == NULL || uv_loop_init(&bench.loop) != 0 ||
		prober_create(&bench.loop, &config, &bench.prober) != 0 ||
		pump_start(&bench.pump, &bench.loop, bench.scheduler) != 0) {
		fail("the engines do not start");
	}
	grow(TARGETS_FIRST);
	(void)uv_timer_init(&bench.loop, &bench.timer);
	(void)uv_timer_start(&bench.timer, on_step, STEP_MS, 0);
	(void)uv_run(&bench.loop, UV_RUN_DEFAULT);
	return bench.bad == 0 ? 0 : 1;
}
