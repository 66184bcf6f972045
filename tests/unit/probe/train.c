/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/icmp/train.h"

#include <linux/filter.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "probe/icmp/rtt.h"
#include "world.h"

static void a_round_is_summed_up(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct rtt_round round;
		struct rtt_summary summary;
	} cases[] = {
		{ "nothing was sent", { 0, { 0 } }, { 0, 0, -1, -1, -1, -1 } },
		{ "one came", { 1, { 700 } }, { 0, 0, 700, 700, 700, -1 } },
		{ "one of twenty lost is five percent",
			{ 20, { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1 } },
			{ 1, 5, 1, 1, 1, 0 } },
		{ "one of three is never rounded to none", { 3, { 10, -1, 30 } },
			{ 1, 34, 10, 10, 30, -1 } },
		{ "jitter is of neighbours", { 4, { 100, 300, 250, 250 } },
			{ 0, 0, 100, 250, 300, 83 } },
		{ "a gap breaks the pairs", { 5, { 100, 300, -1, 900, 901 } },
			{ 1, 20, 100, 300, 901, 100 } },
		{ "all lost", { 2, { -1, -1 } }, { 2, 100, -1, -1, -1, -1 } },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rtt_summary seen = rtt_summarise(&cases[i].round);
		const struct rtt_summary *want = &cases[i].summary;
		print_message("# %s\n", cases[i].name);
		assert_int_equal(seen.lost, want->lost);
		assert_int_equal(seen.loss_percent, want->loss_percent);
		assert_int_equal(seen.min_us, want->min_us);
		assert_int_equal(seen.median_us, want->median_us);
		assert_int_equal(seen.max_us, want->max_us);
		assert_int_equal(seen.jitter_us, want->jitter_us);
	}
}

struct bench {
	uv_loop_t loop;
	struct ping *ping;
	struct train_set *set;
	int fd4;
};

static void begin(struct bench *bench, uint32_t inflight_max)
{
	bench->fd4 = ping_socket(4);
	if (bench->fd4 < 0) {
		print_message("# skipped: no raw socket without CAP_NET_RAW\n");
		skip();
	}
	struct ping_config config = {
		.fd4 = bench->fd4, .fd6 = -1, .inflight_max = inflight_max
	};
	assert_int_equal(uv_loop_init(&bench->loop), 0);
	assert_int_equal(ping_create(&bench->loop, &config, &bench->ping), 0);
	bench->set = train_set_create(&bench->loop, bench->ping);
	assert_non_null(bench->set);
}

static void end(struct bench *bench)
{
	ping_close(bench->ping);
	train_set_close(bench->set);
	world_end(&bench->loop);
	(void)close(bench->fd4);
}

/* What the engine hears from now on: everything, or nothing at all. */
static void hear(const struct bench *bench, bool anything)
{
	struct sock_filter rule = BPF_STMT(BPF_RET | BPF_K, anything ? UINT32_MAX : 0);
	struct sock_fprog program = { 1, &rule };
	assert_int_equal(
		setsockopt(bench->fd4, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)),
		0);
}

static double perf(const struct check_result *result, const char *name)
{
	for (size_t i = 0; i < result->perf_count; i++) {
		if (strcmp(result->perf[i].name, name) == 0) {
			return result->perf[i].value;
		}
	}
	return -1;
}

static struct check_value values[CHECK_VALUES_MAX];

static struct check_spec round_of(int64_t count)
{
	memset(values, 0, sizeof(values));
	values[ICMP_COUNT] = (struct check_value) { .number = count, .given = true };
	return (struct check_spec) {
		.id = 7, .addr = world_addr("127.0.0.9"), .timeout_ms = 300, .values = values
	};
}

static void a_round_gives_one_result(void **state)
{
	(void)state;
	struct bench bench;
	struct caught caught = { 0 };
	struct check_spec spec = round_of(4);
	begin(&bench, 16);
	assert_int_equal(train_start(bench.set, &spec, caught_sink(&caught)), 0);
	world_run(&bench.loop, &caught, 1, 5000);
	assert_int_equal(caught.count, 1);
	assert_int_equal(caught.last.state, CHECK_UP);
	assert_int_equal(caught.last.check_id, 7);
	assert_true(caught.last.at_unix_ms > 0);
	assert_string_equal(caught.last.code, "icmp.ok");
	assert_true(perf(&caught.last, "rtt") > 0);
	assert_true(perf(&caught.last, "rtt_max") >= perf(&caught.last, "rtt_min"));
	assert_true(perf(&caught.last, "jitter") >= 0);
	assert_true(perf(&caught.last, "loss") == 0);
	assert_int_equal(ping_stats(bench.ping).sent, 4);
	assert_int_equal(train_set_count(bench.set), 0);
	end(&bench);
}

static void half_lost_is_degraded_unless_that_is_allowed(void **state)
{
	(void)state;
	for (unsigned allowed = 0; allowed < 2; allowed++) {
		struct bench bench;
		struct caught caught = { 0 };
		struct check_spec spec = round_of(4);
		values[ICMP_WARN_LOSS] =
			(struct check_value) { .number = 60, .given = allowed != 0 };
		begin(&bench, 16);
		assert_int_equal(train_start(bench.set, &spec, caught_sink(&caught)), 0);
		while (ping_stats(bench.ping).replied < 2) {
			(void)uv_run(&bench.loop, UV_RUN_ONCE);
		}
		hear(&bench, false);
		world_run(&bench.loop, &caught, 1, 5000);
		assert_int_equal(caught.count, 1);
		assert_int_equal(caught.last.state, allowed != 0 ? CHECK_UP : CHECK_DEGRADED);
		assert_string_equal(caught.last.code, allowed != 0 ? "icmp.ok" : "icmp.loss");
		assert_true(
			perf(&caught.last, "loss") >= 25 && perf(&caught.last, "loss") <= 75);
		end(&bench);
	}
}

static void all_lost_is_down_and_has_no_time(void **state)
{
	(void)state;
	struct bench bench;
	struct caught caught = { 0 };
	struct check_spec spec = round_of(3);
	begin(&bench, 16);
	hear(&bench, false);
	assert_int_equal(train_start(bench.set, &spec, caught_sink(&caught)), 0);
	world_run(&bench.loop, &caught, 1, 5000);
	assert_int_equal(caught.last.state, CHECK_DOWN);
	assert_string_equal(caught.last.code, "icmp.timeout");
	assert_true(isnan(caught.last.perf[0].value));
	assert_true(perf(&caught.last, "loss") == 100);
	end(&bench);
}

static void a_full_engine_refuses_or_shortens(void **state)
{
	(void)state;
	struct bench bench;
	struct caught first = { 0 };
	struct caught second = { 0 };
	struct check_spec spec = round_of(5);
	begin(&bench, 1);
	hear(&bench, false);
	assert_int_equal(train_start(bench.set, &spec, caught_sink(&first)), 0);
	assert_int_equal(train_start(bench.set, &spec, caught_sink(&second)), E_BUSY);
	world_run(&bench.loop, &first, 1, 5000);
	assert_int_equal(first.count, 1);
	assert_int_equal(second.count, 0);
	/* Only what was sent can be lost. */
	assert_int_equal(ping_stats(bench.ping).sent, 1);
	assert_true(perf(&first.last, "loss") == 100);
	end(&bench);
}

static void rounds_under_way_are_dropped_at_the_end(void **state)
{
	(void)state;
	struct bench bench;
	struct caught caught = { 0 };
	struct check_spec spec = round_of(20);
	begin(&bench, 64);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(train_start(bench.set, &spec, caught_sink(&caught)), 0);
	}
	assert_int_equal(train_set_count(bench.set), 3);
	world_run(&bench.loop, &caught, 1, 50);
	end(&bench);
	assert_int_equal(caught.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_round_is_summed_up),
		cmocka_unit_test(a_round_gives_one_result),
		cmocka_unit_test(half_lost_is_degraded_unless_that_is_allowed),
		cmocka_unit_test(all_lost_is_down_and_has_no_time),
		cmocka_unit_test(a_full_engine_refuses_or_shortens),
		cmocka_unit_test(rounds_under_way_are_dropped_at_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
