/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench-icmp FIRST TARGETS INFLIGHT ROUNDS RATE PERIOD_MS: the echo engine over
 * the addresses from FIRST on, on a loop as probe runs it.  A round begins when
 * the last is over and its period has passed.  One line: requests a second,
 * CPU seconds, what was lost, octets of memory a target.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <uv.h>

#include "base/err.h"
#include "base/num.h"
#include "base/slice.h"
#include "probe/icmp/ping.h"
#include "sys/rand.h"

#define USE "use: bench-icmp FIRST TARGETS INFLIGHT ROUNDS RATE PERIOD_MS"

struct bench {
	uv_loop_t loop;
	uv_timer_t next;
	struct ping *ping;
	uint32_t first; /* address */
	uint64_t targets;
	uint64_t rounds;
	uint64_t period_ms;
	uint64_t begun_ms;
	uint64_t started; /* of this round */
	uint64_t done;    /* of this round */
	uint64_t up;
	uint64_t lost;
	double rtt_us_sum;
};

static void fail(const char *why)
{
	(void)fprintf(stderr, "bench-icmp: %s\n", why);
	exit(3);
}

static double now_s(clockid_t clock)
{
	struct timespec at;
	(void)clock_gettime(clock, &at);
	return (double)at.tv_sec + 1e-9 * (double)at.tv_nsec;
}

static void on_done(void *user, uint64_t tag, const struct check_result *result);

static void start_more(struct bench *bench)
{
	while (bench->started < bench->targets) {
		uint32_t n = (uint32_t)bench->started;
		uint32_t at = bench->first + n;
		struct check_spec spec = { .id = (int64_t)n + 1,
			.kind = CHECK_ICMP,
			.timeout_ms = 2000,
			.addr = { .family = 4,
				.octet = { (uint8_t)(at >> 24), (uint8_t)(at >> 16),
					(uint8_t)(at >> 8), (uint8_t)at } } };
		int rc = ping_start(
			bench->ping, &spec, (struct check_sink) { on_done, bench, n });
		if (rc == E_BUSY) {
			return;
		}
		if (rc < 0) {
			fail(err_text(rc));
		}
		bench->started++;
	}
}

static void on_next(uv_timer_t *timer)
{
	struct bench *bench = timer->data;
	bench->started = 0;
	bench->done = 0;
	bench->begun_ms = uv_now(&bench->loop);
	start_more(bench);
}

static void on_done(void *user, uint64_t tag, const struct check_result *result)
{
	struct bench *bench = user;
	(void)tag;
	bench->up += result->state == CHECK_UP;
	bench->lost += result->state != CHECK_UP;
	bench->rtt_us_sum += result->latency_us > 0 ? (double)result->latency_us : 0;
	bench->done++;
	if (bench->done < bench->targets) {
		if (bench->started < bench->targets) {
			start_more(bench);
		}
		return;
	}
	if (--bench->rounds == 0) {
		ping_close(bench->ping);
		uv_close((uv_handle_t *)&bench->next, NULL);
		return;
	}
	uint64_t spent = uv_now(&bench->loop) - bench->begun_ms;
	uint64_t pause = spent < bench->period_ms ? bench->period_ms - spent : 0;
	(void)uv_timer_start(&bench->next, on_next, pause, 0);
}

static uint64_t number(const char *text, uint64_t max)
{
	uint64_t value = 0;
	if (num_u64(slice_str(text), max, &value) < 0) {
		fail(USE);
	}
	return value;
}

int main(int argc, char **argv)
{
	static struct bench bench;
	struct probe_addr first = { 0 };
	if (argc != 7 || probe_addr_parse(slice_str(argv[1]), &first) < 0 ||
		first.family != 4) {
		fail(USE);
	}
	for (size_t i = 0; i < 4; i++) {
		bench.first = bench.first << 8 | first.octet[i];
	}
	bench.targets = number(argv[2], PING_INFLIGHT_LIMIT);
	bench.rounds = number(argv[4], 100000);
	bench.period_ms = number(argv[6], 60000);
	uint64_t requests = bench.targets * bench.rounds;
	struct ping_config config = { .fd4 = ping_socket(4),
		.fd6 = -1,
		.inflight_max = (uint32_t)number(argv[3], PING_INFLIGHT_LIMIT),
		.rate_per_s = (uint32_t)number(argv[5], 10000000) };
	rand_octets(config.key, sizeof(config.key));
	size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
	if (config.fd4 < 0 || uv_loop_init(&bench.loop) != 0 ||
		ping_create(&bench.loop, &config, &bench.ping) != 0) {
		fail("no raw socket: run as root");
	}
	size_t octets = mallinfo2().uordblks + mallinfo2().hblkhd - before;
	(void)uv_timer_init(&bench.loop, &bench.next);
	bench.next.data = &bench;
	double wall = now_s(CLOCK_MONOTONIC);
	double cpu = now_s(CLOCK_PROCESS_CPUTIME_ID);
	(void)uv_timer_start(&bench.next, on_next, 0, 0);
	struct ping_stats stats = { 0 };
	while (uv_run(&bench.loop, UV_RUN_ONCE) != 0) {
		if (bench.rounds > 0) {
			stats = ping_stats(bench.ping);
		}
	}
	wall = now_s(CLOCK_MONOTONIC) - wall;
	cpu = now_s(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	(void)printf("{\"requests\":%llu,\"wall_s\":%.4f,\"cpu_s\":%.4f,\"per_s\":%.0f,"
		     "\"lost\":%llu,\"late\":%llu,\"rtt_us\":%.1f,\"kernel_dropped\":%llu,"
		     "\"octets_a_target\":%.1f}\n",
		(unsigned long long)requests, wall, cpu, (double)requests / wall,
		(unsigned long long)bench.lost, (unsigned long long)stats.late,
		bench.rtt_us_sum / (double)requests, (unsigned long long)stats.kernel_dropped,
		(double)octets / (double)bench.targets);
	return bench.lost == 0 ? 0 : 1;
}
