/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/syslog/syslog.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/diag.h"
#include "collect/packs.h"
#include "proto/logfields.h"
#include "rows/query.h"
#include "rows/tail.h"
#include "rows/tail_loop.h"
#include "sys/clock.h"

/* A receiver on free ports of loopback, its tail in a folder of its own. */
struct bench {
	char path[64];
	int root_fd;
	int shard_fd;
	int udp;
	int tcp;
	uint16_t udp_port;
	uint16_t tcp_port;
	uv_loop_t loop;
	struct logfields *packs;
	struct tail *tail;
	struct tail_loop *writer;
	struct collect_syslog *collect;
};

static int bound(int type, uint16_t *ret_port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
	if (type == SOCK_STREAM) {
		assert_int_equal(listen(fd, 64), 0);
	}
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	*ret_port = ntohs(at.sin_port);
	return fd;
}

static int dial(int type, uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	to.sin_port = htons(port);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static void begin(struct bench *b, unsigned connections, unsigned rate, unsigned idle_ms)
{
	(void)snprintf(b->path, sizeof(b->path), "/tmp/collect-test-XXXXXX");
	assert_non_null(mkdtemp(b->path));
	b->root_fd = open(b->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(mkdirat(b->root_fd, "syslog-0", 0750), 0);
	b->shard_fd = openat(b->root_fd, "syslog-0", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	b->udp = bound(SOCK_DGRAM, &b->udp_port);
	b->tcp = bound(SOCK_STREAM, &b->tcp_port);
	assert_int_equal(uv_loop_init(&b->loop), 0);
	char packs[4096];
	(void)snprintf(packs, sizeof(packs), "%s/decoders", getenv("FENGSUI_SOURCE"));
	int packs_fd = open(packs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct diag_list diags;
	diag_list_init(&diags);
	b->packs = logfields_create();
	assert_true(packs_load(packs_fd, -1, b->packs, &diags) > 0);
	diag_list_fini(&diags);
	(void)close(packs_fd);
	struct tail_options tail = { .dir_fd = b->shard_fd, .kind = ROW_LOG, .wake_fd = -1 };
	assert_int_equal(tail_create(&tail, clock_unix_ms(), &b->tail), 0);
	assert_int_equal(tail_loop_attach(&b->loop, b->tail, &b->writer), 0);
	struct collect_syslog_options options = { .loop = &b->loop,
		.udp_fds = &b->udp,
		.udp_count = 1,
		.tcp_fds = &b->tcp,
		.tcp_count = 1,
		.tail = b->tail,
		.packs = b->packs,
		.offset_min = 480,
		.connections_max = connections,
		.rate_max = rate,
		.idle_ms = idle_ms };
	assert_int_equal(collect_syslog_create(&options, &b->collect), 0);
}

static void run_for(struct bench *b, int64_t ms)
{
	int64_t end_ms = clock_mono_ms() + ms;
	while (clock_mono_ms() < end_ms) {
		(void)uv_run(&b->loop, UV_RUN_NOWAIT);
		(void)usleep(1000);
	}
}

static void end(struct bench *b)
{
	b->collect = collect_syslog_destroy(b->collect);
	b->writer = tail_loop_detach(b->writer);
	assert_int_equal(uv_run(&b->loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(uv_loop_close(&b->loop), 0);
	b->tail = tail_destroy(b->tail, clock_unix_ms());
	b->packs = logfields_destroy(b->packs);
	DIR *dir = fdopendir(dup(b->shard_fd));
	const struct dirent *entry = NULL;
	while ((entry = readdir(dir)) != NULL) {
		(void)unlinkat(b->shard_fd, entry->d_name, 0);
	}
	(void)closedir(dir);
	(void)unlinkat(b->root_fd, "syslog-0", AT_REMOVEDIR);
	(void)close(b->shard_fd);
	(void)close(b->root_fd);
	assert_int_equal(rmdir(b->path), 0);
}

static int newest(struct bench *b, struct arena *arena, struct log_row *rows, size_t max)
{
	struct query_store *store = NULL;
	struct query_coverage coverage = { 0 };
	struct query_request range = { .from_ms = 0, .to_ms = INT64_MAX, .arena = arena };
	assert_int_equal(query_store_open(b->root_fd, &store), 0);
	int n = query_logs(store, &range, NULL, rows, max, &coverage);
	assert_int_equal(coverage.batches_bad, 0);
	assert_int_equal(coverage.stop, QUERY_WHOLE);
	(void)query_store_close(store);
	return n;
}

static void logger(uint16_t port, const char *how, const char *form, const char *text)
{
	char number[16];
	(void)snprintf(number, sizeof(number), "%u", port);
	pid_t child = fork();
	if (child == 0) {
		(void)execlp("logger", "logger", "-n", "127.0.0.1", "-P", number, how, form,
			"-t", "sshd", "-p", "auth.info", text, (char *)NULL);
		_exit(127);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void logger_of_util_linux_is_heard_on_both_transports(void **state)
{
	(void)state;
	struct bench b;
	begin(&b, 0, 0, 0);
	logger(b.udp_port, "-d", "--rfc3164",
		"Failed password for root from 10.0.0.1 port 1 ssh2");
	logger(b.udp_port, "-d", "--rfc5424",
		"Failed password for root from 10.0.0.2 port 2 ssh2");
	logger(b.tcp_port, "-T", "--rfc5424",
		"Failed password for root from 10.0.0.3 port 3 ssh2");
	logger(b.tcp_port, "-T", "--rfc3164",
		"Failed password for root from 10.0.0.4 port 4 ssh2");
	run_for(&b, 200);
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct log_row rows[10];
	assert_int_equal(newest(&b, arena, rows, 10), 4);
	unsigned seen = 0;
	for (int i = 0; i < 4; i++) {
		char want[40];
		for (unsigned k = 1; k <= 4; k++) {
			(void)snprintf(want, sizeof(want), "\"src_ip\":\"10.0.0.%u\"", k);
			seen |= slice_find(rows[i].fields, slice_str(want)) != SIZE_MAX
					? 1u << k
					: 0;
		}
		assert_true(
			slice_is(rows[i].source, "127.0.0.1") && slice_is(rows[i].app, "sshd"));
		assert_int_equal(rows[i].facility, 4);
		assert_int_equal(rows[i].severity, 6);
	}
	assert_int_equal(seen, 30);
	end(&b);
}

static void every_datagram_and_every_framing_arrives(void **state)
{
	(void)state;
	struct bench b;
	begin(&b, 0, 0, 0);
	int udp = dial(SOCK_DGRAM, b.udp_port);
	int tcp = dial(SOCK_STREAM, b.tcp_port);
	char text[100];
	for (int i = 0; i < 2000; i++) {
		int n = snprintf(
			text, sizeof(text), "<13>Jan  1 00:00:00 h app[%d]: message %d", i, i);
		assert_int_equal(send(udp, text, (size_t)n, 0), n);
		char framed[140];
		int m = i % 2 ? snprintf(framed, sizeof(framed), "%d %s", n, text)
			      : snprintf(framed, sizeof(framed), "%s\n", text);
		assert_int_equal(send(tcp, framed, (size_t)m, 0), m);
		if (i % 50 == 0) {
			run_for(&b, 2);
		}
	}
	(void)close(tcp);
	run_for(&b, 300);
	const struct collect_syslog_counters *c = collect_syslog_counters(b.collect);
	assert_int_equal(c->datagrams + c->kernel_drops, 2000);
	assert_int_equal(c->stream_messages, 2000);
	assert_int_equal(c->rows, c->datagrams + 2000);
	assert_int_equal(c->malformed, 0);
	assert_int_equal(c->connections, 0);
	AUTO_ARENA struct arena *arena = arena_create(0);
	static struct log_row rows[5000];
	assert_int_equal(newest(&b, arena, rows, 5000), c->rows);
	(void)close(udp);
	end(&b);
}

static void what_the_kernel_dropped_is_counted_exactly(void **state)
{
	(void)state;
	struct bench b;
	begin(&b, 0, 0, 0);
	/* the receiver is not run meanwhile, so its queue of the smallest size overflows */
	int small = 2048;
	assert_int_equal(setsockopt(b.udp, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)), 0);
	int udp = dial(SOCK_DGRAM, b.udp_port);
	for (int i = 0; i < 500; i++) {
		assert_int_equal(send(udp, "<13>x", 5, 0), 5);
	}
	run_for(&b, 20);
	/* the count comes with the next datagram after the drops */
	assert_int_equal(send(udp, "<13>x", 5, 0), 5);
	run_for(&b, 20);
	const struct collect_syslog_counters *c = collect_syslog_counters(b.collect);
	assert_true(c->kernel_drops > 0);
	assert_int_equal(c->datagrams + c->kernel_drops, 501);
	(void)close(udp);
	end(&b);
}

static void hostile_octets_cost_a_count_and_nothing_more(void **state)
{
	(void)state;
	struct bench b;
	begin(&b, 0, 0, 0);
	int udp = dial(SOCK_DGRAM, b.udp_port);
	uint32_t random = 99;
	uint8_t octets[1400];
	for (int i = 0; i < 300; i++) {
		int tcp = dial(SOCK_STREAM, b.tcp_port);
		for (size_t k = 0; k < sizeof(octets); k++) {
			random = random * 1664525u + 1013904223u;
			octets[k] = (uint8_t)(random >> 24);
		}
		memcpy(octets, "<13>1 - [", 9);
		size_t n = 9 + random % (sizeof(octets) - 9);
		assert_int_equal(send(udp, octets, n, 0), n);
		assert_int_equal(send(udp, octets, 0, 0), 0);
		assert_int_equal(
			send(tcp, octets + i % 9, n - (size_t)i % 9, 0), n - (size_t)i % 9);
		(void)close(tcp);
		run_for(&b, 1);
	}
	run_for(&b, 100);
	const struct collect_syslog_counters *c = collect_syslog_counters(b.collect);
	assert_true(c->malformed >= 300);
	assert_int_equal(c->rows_refused, 0);
	assert_int_equal(c->rows, c->datagrams + c->stream_messages);
	assert_int_equal(c->connections, 0);
	(void)close(udp);
	end(&b);
}

static void connections_rate_and_silence_have_their_limits(void **state)
{
	(void)state;
	struct bench b;
	begin(&b, 3, 5, 1500);
	int fds[6];
	for (size_t i = 0; i < 6; i++) {
		fds[i] = dial(SOCK_STREAM, b.tcp_port);
	}
	run_for(&b, 50);
	const struct collect_syslog_counters *c = collect_syslog_counters(b.collect);
	assert_int_equal(c->connections, 3);
	assert_int_equal(c->connections_refused, 3);
	for (int i = 0; i < 40; i++) {
		assert_int_equal(send(fds[0], "<13>x\n", 6, 0), 6);
	}
	run_for(&b, 50);
	assert_in_range(c->rows, 5, 10);
	assert_int_equal(c->rows + c->rate_refused, 40);
	struct collect_syslog_source source = { 0 };
	size_t cursor = 0;
	assert_int_equal(collect_syslog_next_source(b.collect, &cursor, &source), 1);
	assert_true(slice_is(source.address, "127.0.0.1"));
	assert_int_equal(source.messages, 40);
	assert_int_equal(source.refused, c->rate_refused);
	run_for(&b, 3200);
	assert_int_equal(c->connections, 0);
	assert_int_equal(c->connections_idle, 3);
	for (size_t i = 0; i < 6; i++) {
		(void)close(fds[i]);
	}
	end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logger_of_util_linux_is_heard_on_both_transports),
		cmocka_unit_test(every_datagram_and_every_framing_arrives),
		cmocka_unit_test(what_the_kernel_dropped_is_counted_exactly),
		cmocka_unit_test(hostile_octets_cost_a_count_and_nothing_more),
		cmocka_unit_test(connections_rate_and_silence_have_their_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
