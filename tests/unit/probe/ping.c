/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/icmp/ping.h"

#include <linux/filter.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/digest.h"
#include "base/err.h"
#include "proto/icmp.h"
#include "world.h"

static const uint8_t key[16] = { 3, 1, 4, 1, 5, 9, 2, 6 };

struct bench {
	uv_loop_t loop;
	struct ping *ping;
	int fd4;
	int fd6;
};

/* Raw sockets need CAP_NET_RAW; without it these tests have nothing to stand on. */
static void begin(struct bench *bench, uint32_t inflight_max, uint32_t rate_per_s)
{
	bench->fd4 = ping_socket(4);
	if (bench->fd4 < 0) {
		print_message("# skipped: no raw socket without CAP_NET_RAW\n");
		skip();
	}
	bench->fd6 = ping_socket(6);
	struct ping_config config = { .fd4 = bench->fd4,
		.fd6 = bench->fd6,
		.inflight_max = inflight_max,
		.rate_per_s = rate_per_s };
	memcpy(config.key, key, sizeof(key));
	assert_int_equal(uv_loop_init(&bench->loop), 0);
	assert_int_equal(ping_create(&bench->loop, &config, &bench->ping), 0);
}

static void end(struct bench *bench)
{
	ping_close(bench->ping);
	world_end(&bench->loop);
	(void)close(bench->fd4);
	if (bench->fd6 >= 0) {
		(void)close(bench->fd6);
	}
}

static void loopback_answers_within_a_millisecond_or_so(void **state)
{
	(void)state;
	struct bench bench;
	begin(&bench, 16, 0);
	static const char *const targets[] = { "127.0.0.1", "127.9.8.7", "::1" };
	for (size_t i = 0; i < 3; i++) {
		struct caught caught = { 0 };
		struct check_spec spec = {
			.id = 5, .addr = world_addr(targets[i]), .timeout_ms = 1000
		};
		if (spec.addr.family == 6 && bench.fd6 < 0) {
			continue;
		}
		assert_int_equal(ping_start(bench.ping, &spec, caught_sink(&caught)), 0);
		assert_int_equal(caught.count, 0);
		world_run(&bench.loop, &caught, 1, 2000);
		assert_int_equal(caught.count, 1);
		assert_string_equal(caught.last.code, "icmp.ok");
		assert_int_equal(caught.last.state, CHECK_UP);
		assert_int_equal(caught.last.check_id, 5);
		assert_in_range(caught.last.latency_us, 1, 200000);
		assert_int_equal(caught.last.perf_count, 1);
	}
	end(&bench);
}

static void four_thousand_targets_lose_nothing(void **state)
{
	(void)state;
	struct bench bench;
	begin(&bench, 4096, 20000);
	struct caught caught = { 0 };
	struct check_spec spec = { .addr = world_addr("127.1.0.0"), .timeout_ms = 3000 };
	uint64_t began = uv_hrtime();
	for (unsigned i = 0; i < 4096; i++) {
		spec.addr.octet[2] = (uint8_t)(i >> 8);
		spec.addr.octet[3] = (uint8_t)i;
		assert_int_equal(ping_start(bench.ping, &spec, caught_sink(&caught)), 0);
	}
	/* One more than inflight_max is refused and counted. */
	assert_int_equal(ping_start(bench.ping, &spec, caught_sink(&caught)), E_BUSY);
	world_run(&bench.loop, &caught, 4096, 10000);
	uint64_t took_ms = (uv_hrtime() - began) / 1000000;
	struct ping_stats stats = ping_stats(bench.ping);
	/* 127.1.0.0 and the like are ordinary addresses of loopback's /8. */
	assert_int_equal(caught.by_state[CHECK_UP], 4096);
	assert_int_equal(stats.refused, 1);
	assert_int_equal(stats.inflight, 0);
	assert_int_equal(stats.replied, 4096);
	/* The bucket held them back: 4,096 at 20,000 a second are 205 ms. */
	assert_in_range(took_ms, 150, 10000);
	end(&bench);
}

static void a_burst_is_not_lost_to_our_own_buffer(void **state)
{
	(void)state;
	struct bench bench;
	struct caught caught = { 0 };
	struct check_spec spec = { .addr = world_addr("127.1.0.0"), .timeout_ms = 5000 };
	enum { BURST = 20000 };
	begin(&bench, BURST, 1000000);
	for (unsigned i = 0; i < BURST; i++) {
		spec.addr.octet[2] = (uint8_t)(i >> 8);
		spec.addr.octet[3] = (uint8_t)i;
		assert_int_equal(ping_start(bench.ping, &spec, caught_sink(&caught)), 0);
	}
	world_run(&bench.loop, &caught, BURST, 10000);
	assert_int_equal(caught.by_state[CHECK_UP], BURST);
	assert_int_equal(ping_stats(bench.ping).kernel_dropped, 0);
	end(&bench);
}

/* Nothing from 127.0.0.66 reaches the engine any more: a target that is silent. */
static void silence(int fd)
{
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 12),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x7f000042, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	struct sock_fprog program = { 4, rules };
	assert_int_equal(
		setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)), 0);
}

static void start_silent(struct bench *bench, uint32_t timeout_ms, struct caught *caught)
{
	struct check_spec spec = { .addr = world_addr("127.0.0.66"), .timeout_ms = timeout_ms };
	silence(bench->fd4);
	assert_int_equal(ping_start(bench->ping, &spec, caught_sink(caught)), 0);
	world_run(&bench->loop, caught, 1, 20);
	assert_int_equal(caught->count, 0);
}

static void send_message(uint8_t *message, size_t n)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
	assert_true(fd >= 0);
	message[2] = 0;
	message[3] = 0;
	uint16_t sum = icmp_checksum(slice_of(message, n));
	message[2] = (uint8_t)(sum >> 8);
	message[3] = (uint8_t)sum;
	assert_int_equal(sendto(fd, message, n, 0, (struct sockaddr *)&to, sizeof(to)), n);
	(void)close(fd);
}

/* The request the engine has under way to the silent target: slot 0, first use. */
static struct icmp_echo under_way(void)
{
	uint8_t text[24] = { 127, 0, 0, 66 };
	uint32_t generation = 1;
	memcpy(text + 20, &generation, 4);
	return (struct icmp_echo) { .id = (uint16_t)digest_siphash(key, SLICE("identifier")),
		.generation = 1,
		.cookie = digest_siphash(key, slice_of(text, sizeof(text))) };
}

static void a_silent_target_times_out(void **state)
{
	(void)state;
	static const uint32_t timeouts_ms[] = { 60, 200 };
	for (size_t i = 0; i < 2; i++) {
		struct bench bench;
		struct caught caught = { 0 };
		begin(&bench, 16, 0);
		start_silent(&bench, timeouts_ms[i], &caught);
		uint64_t began = uv_hrtime();
		world_run(&bench.loop, &caught, 1, 2000);
		assert_int_equal(caught.count, 1);
		assert_string_equal(caught.last.code, "icmp.timeout");
		assert_int_equal(caught.last.state, CHECK_DOWN);
		assert_in_range((uv_hrtime() - began) / 1000000, timeouts_ms[i] - 30,
			timeouts_ms[i] + 500);
		end(&bench);
	}
}

static void a_time_out_longer_than_the_wheel_is_kept(void **state)
{
	(void)state;
	struct bench bench;
	struct caught slow = { 0 };
	struct caught quick = { 0 };
	begin(&bench, 16, 0);
	start_silent(&bench, 9000, &slow);
	/* 9,000 ms falls into the bucket of 808 ms: passing it must not end the wait. */
	start_silent(&bench, 1000, &quick);
	world_run(&bench.loop, &quick, 1, 3000);
	assert_int_equal(quick.count, 1);
	assert_int_equal(slow.count, 0);
	end(&bench);
	assert_int_equal(slow.count, 0);
}

static void a_forged_reply_counts_for_nothing(void **state)
{
	(void)state;
	struct bench bench;
	struct caught caught = { 0 };
	begin(&bench, 16, 0);
	start_silent(&bench, 5000, &caught);
	uint8_t message[ECHO_OCTETS];
	struct icmp_echo echo = under_way();
	echo.cookie ^= 1;
	icmp_put_echo(&echo, 4, message);
	message[0] = 0;
	send_message(message, sizeof(message));
	send_message(message, 12); /* no payload at all */
	echo = under_way();
	echo.slot = 4000000000u;
	icmp_put_echo(&echo, 4, message);
	message[0] = 0;
	send_message(message, sizeof(message));
	world_run(&bench.loop, &caught, 1, 100);
	assert_int_equal(caught.count, 0);
	assert_int_equal(ping_stats(bench.ping).forged, 2);
	assert_int_equal(ping_stats(bench.ping).late, 1);
	/* The right cookie from another address: a router with several. */
	echo = under_way();
	icmp_put_echo(&echo, 4, message);
	message[0] = 0;
	send_message(message, sizeof(message));
	send_message(message, sizeof(message));
	world_run(&bench.loop, &caught, 1, 1000);
	assert_int_equal(caught.count, 1);
	assert_string_equal(caught.last.code, "icmp.ok");
	assert_string_equal(world_arg(&caught.last, "from"), "127.0.0.1");
	assert_int_equal(ping_stats(bench.ping).late, 2);
	end(&bench);
}

static void an_icmp_error_ends_the_wait(void **state)
{
	(void)state;
	static const struct {
		uint8_t type, code;
		enum check_state state;
		const char *text;
		size_t quoted; /* octets of the request */
	} cases[] = {
		{ 3, 1, CHECK_DOWN, "icmp.host_unreachable", 8 },
		{ 3, 1, CHECK_DOWN, "icmp.host_unreachable", ECHO_OCTETS },
		{ 3, 0, CHECK_UNREACHABLE, "icmp.net_unreachable", 8 },
		{ 3, 13, CHECK_UNREACHABLE, "icmp.prohibited", 8 },
		{ 11, 0, CHECK_UNREACHABLE, "icmp.ttl_exceeded", 8 },
		{ 3, 5, CHECK_UNREACHABLE, "icmp.error", 8 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bench bench;
		struct caught caught = { 0 };
		begin(&bench, 16, 0);
		start_silent(&bench, 5000, &caught);
		uint8_t message[8 + 20 + ECHO_OCTETS] = { cases[i].type, cases[i].code };
		struct icmp_echo echo = under_way();
		message[8] = 0x45;
		message[8 + 9] = 1;
		memcpy(message + 8 + 16, (uint8_t[]) { 127, 0, 0, 65 }, 4);
		icmp_put_echo(&echo, 4, message + 28);
		if (cases[i].quoted == 8) {
			/* About another target: not ours. */
			send_message(message, 28 + 8);
			world_run(&bench.loop, &caught, 1, 30);
			assert_int_equal(caught.count, 0);
		}
		message[8 + 19] = 66;
		send_message(message, 28 + cases[i].quoted);
		world_run(&bench.loop, &caught, 1, 1000);
		assert_int_equal(caught.count, 1);
		assert_string_equal(caught.last.code, cases[i].text);
		assert_int_equal(caught.last.state, cases[i].state);
		end(&bench);
	}
}

static void a_family_without_socket_is_refused(void **state)
{
	(void)state;
	uv_loop_t loop;
	struct ping *ping = NULL;
	struct caught caught = { 0 };
	struct ping_config config = { .fd4 = -1, .fd6 = -1, .inflight_max = 1 };
	struct check_spec spec = { .addr = world_addr("127.0.0.1") };
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(ping_create(&loop, &config, &ping), 0);
	assert_int_equal(ping_start(ping, &spec, caught_sink(&caught)), E_UNSUPPORTED);
	spec.addr = world_addr("::1");
	assert_int_equal(ping_start(ping, &spec, caught_sink(&caught)), E_UNSUPPORTED);
	ping_close(ping);
	world_end(&loop);
	config.inflight_max = PING_INFLIGHT_LIMIT + 1;
	assert_int_equal(ping_create(&loop, &config, &ping), E_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_family_without_socket_is_refused),
		cmocka_unit_test(loopback_answers_within_a_millisecond_or_so),
		cmocka_unit_test(four_thousand_targets_lose_nothing),
		cmocka_unit_test(a_burst_is_not_lost_to_our_own_buffer),
		cmocka_unit_test(a_silent_target_times_out),
		cmocka_unit_test(a_time_out_longer_than_the_wheel_is_kept),
		cmocka_unit_test(a_forged_reply_counts_for_nothing),
		cmocka_unit_test(an_icmp_error_ends_the_wait),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
