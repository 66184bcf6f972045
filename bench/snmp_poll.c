/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our poller at work, for bench/snmp.py.
 *
 *   bench-snmp-poll walk FIRST:PORT DEVICES SECONDS        as fast as it goes
 *   bench-snmp-poll late FIRST:PORT DEVICES SECONDS EVERY  each once in so many ms
 *
 * A poll is twelve columns of every port.  Of `late`, devices whose number modulo ten is
 * below three are not live (the driver made them dead or slow) and are left out of the figure.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <uv.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/num.h"
#include "probe/snmp/poll.h"
#include "proto/beroid.h"
#include "proto/mib_table.h"

enum { DEVICES_MAX = 20000, COLUMNS = 12, LATE_MAX = 4 * 1000 * 1000 };

static const char *const columns[COLUMNS] = { "1.3.6.1.2.1.2.2.1.7", "1.3.6.1.2.1.2.2.1.8",
	"1.3.6.1.2.1.2.2.1.13", "1.3.6.1.2.1.2.2.1.14", "1.3.6.1.2.1.2.2.1.19",
	"1.3.6.1.2.1.2.2.1.20", "1.3.6.1.2.1.31.1.1.1.6", "1.3.6.1.2.1.31.1.1.1.7",
	"1.3.6.1.2.1.31.1.1.1.10", "1.3.6.1.2.1.31.1.1.1.11", "1.3.6.1.2.1.31.1.1.1.15",
	"1.3.6.1.2.1.31.1.1.1.19" };

struct subject {
	uint32_t device;
	struct mib_table *table;
	int64_t due_us;
	bool busy;
};

static struct {
	uv_loop_t loop;
	uv_timer_t timer;
	struct poller *poller;
	struct subject subjects[DEVICES_MAX];
	struct slice names[COLUMNS];
	struct buf octets[COLUMNS];
	uint64_t count;
	uint64_t every_ms; /* 0 = at once again */
	int64_t began_us;
	int64_t end_us;
	uint64_t good;
	uint64_t failed;
	uint64_t values;
	uint64_t skipped;
	int64_t *late_us;
	size_t late_count;
} bench;

static int64_t now_us(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static double cpu_s(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void start(struct subject *subject);

static void on_done(void *user, const struct poll_answer *answer)
{
	struct subject *subject = user;
	size_t number = (size_t)(subject - bench.subjects);
	subject->busy = false;
	bench.values += mib_table_count(subject->table);
	subject->table = mib_table_destroy(subject->table);
	if (answer->end == POLL_OK) {
		bench.good++;
	} else {
		bench.failed++;
	}
	if (bench.every_ms == 0) {
		if (now_us() < bench.end_us) {
			start(subject);
		}
	} else if (number % 10 >= 3 && bench.late_count < LATE_MAX) {
		bench.late_us[bench.late_count++] = now_us() - subject->due_us;
	}
}

static void start(struct subject *subject)
{
	subject->table = mib_table_create();
	struct poll_ask ask = { .names = bench.names,
		.count = COLUMNS,
		.table = subject->table,
		.done = on_done,
		.user = subject };
	subject->busy = poll_walk(bench.poller, subject->device, &ask) == 0;
	if (!subject->busy) {
		subject->table = mib_table_destroy(subject->table);
		bench.failed++;
	}
}

static void on_timer(uv_timer_t *timer)
{
	int64_t now = now_us();
	int64_t every_us = (int64_t)bench.every_ms * 1000;
	if (now >= bench.end_us) {
		(void)uv_timer_stop(timer);
		uv_stop(&bench.loop);
		return;
	}
	for (size_t i = 0; i < bench.count && bench.every_ms > 0; i++) {
		struct subject *subject = &bench.subjects[i];
		while (subject->due_us + every_us <= now) {
			subject->due_us += every_us;
			if (subject->busy) {
				bench.skipped++;
			} else {
				start(subject);
			}
		}
	}
}

static bool add_all(const char *first)
{
	struct slice host;
	struct slice port;
	uint64_t number = 0;
	struct probe_addr addr;
	if (!slice_cut(slice_str(first), ':', &host, &port) ||
		probe_addr_parse(host, &addr) < 0 || num_u64(port, 65535, &number) < 0) {
		return false;
	}
	uint32_t base = 0;
	for (size_t i = 0; i < 4; i++) {
		base = base << 8 | addr.octet[i];
	}
	for (size_t i = 0; i < bench.count; i++) {
		uint32_t at = base + (uint32_t)i;
		struct poll_target target = { .addr = addr,
			.port = (uint16_t)number,
			.version = SNMP_V2C,
			.community = SLICE("public") };
		for (size_t k = 0; k < 4; k++) {
			target.addr.octet[k] = (uint8_t)(at >> (24 - 8 * k));
		}
		if (poll_add(bench.poller, &target, &bench.subjects[i].device) < 0) {
			return false;
		}
	}
	return true;
}

static void prepare(void)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		buf_init(&bench.octets[i], 64);
		(void)!beroid_put_parsed(&bench.octets[i], slice_str(columns[i]));
		bench.names[i] = buf_slice(&bench.octets[i]);
	}
	bench.began_us = now_us();
	for (size_t i = 0; i < bench.count; i++) {
		struct subject *subject = &bench.subjects[i];
		int64_t every_us = (int64_t)bench.every_ms * 1000;
		subject->due_us = bench.began_us - every_us +
				  every_us * (int64_t)i / (int64_t)bench.count;
		if (bench.every_ms == 0) {
			start(subject);
		}
	}
	(void)uv_timer_init(&bench.loop, &bench.timer);
	(void)uv_timer_start(&bench.timer, on_timer, 1, bench.every_ms > 0 ? 1 : 20);
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

static double late_ms(double share)
{
	size_t at = (size_t)((double)bench.late_count * share);
	at = at < bench.late_count ? at : bench.late_count - 1;
	return bench.late_count == 0 ? 0 : (double)bench.late_us[at] / 1000;
}

static void say(double cpu)
{
	double took = (double)(now_us() - bench.began_us) / 1e6;
	struct poll_stats stats = poll_stats(bench.poller);
	struct rusage use;
	(void)getrusage(RUSAGE_SELF, &use);
	qsort(bench.late_us, bench.late_count, sizeof(int64_t), by_size);
	(void)printf(
		"{\"requests_per_s\":%.0f,\"values_per_s\":%.0f,\"cores\":%.3f,\"polls\":%" PRIu64
		",\"failed\":%" PRIu64 ",\"skipped\":%" PRIu64 ",\"repeats\":%" PRIu64
		",\"dropped\":%" PRIu64 ",\"late_p50_ms\":%.2f,\"late_p99_ms\":%.2f,"
		"\"late_max_ms\":%.2f,\"rss_mib\":%.1f}\n",
		(double)stats.received / took, (double)bench.values / took, cpu / took,
		bench.good, bench.failed, bench.skipped, stats.repeats, stats.kernel_dropped,
		late_ms(0.5), late_ms(0.99), late_ms(1), (double)use.ru_maxrss / 1024);
}

int main(int argc, char **argv)
{
	uint64_t seconds = 0;
	bool late = argc == 6 && strcmp(argv[1], "late") == 0;
	if ((!late && (argc != 5 || strcmp(argv[1], "walk") != 0)) ||
		num_u64(slice_str(argv[3]), DEVICES_MAX, &bench.count) < 0 ||
		num_u64(slice_str(argv[4]), 3600, &seconds) < 0 ||
		(late && num_u64(slice_str(argv[5]), 600000, &bench.every_ms) < 0)) {
		return 2;
	}
	struct poll_config config = { .devices_max = DEVICES_MAX, .fd4 = -1, .fd6 = -1 };
	bench.late_us = calloc(LATE_MAX, sizeof(int64_t));
	int rc = uv_loop_init(&bench.loop);
	if (rc < 0 || bench.late_us == NULL ||
		(rc = poll_create(&bench.loop, &config, &bench.poller)) < 0) {
		(void)fprintf(stderr, "bench-snmp-poll: %s\n", err_text(rc));
		return 3;
	}
	if (!add_all(argv[2])) {
		return 2;
	}
	double cpu = cpu_s();
	bench.end_us = now_us() + (int64_t)seconds * 1000000;
	prepare();
	(void)uv_run(&bench.loop, UV_RUN_DEFAULT);
	say(cpu_s() - cpu);
	return 0;
}
