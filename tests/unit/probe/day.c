/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 24 hours on a fake clock: pings every second, 1 % of them lost, and true
 * outages of five seconds among them.  Here with few targets, because the
 * sanitizers take their time; FENGSUI_FULL=1 takes the whole thousand, a
 * minute or two in a release build.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "reach_world.h"

enum {
	OUTAGES = 20,
	OUTAGE_MS = 5000,
	TELL_MS = 5000,
	DAY_MS = 24 * 3600 * 1000,
	TARGETS_FEW = 20,
	TARGETS_ALL = 1000
};

static bool full(void)
{
	return getenv("FENGSUI_FULL") != NULL;
}

/* One outage at a time, each of another target, at any millisecond. */
static void outage(struct campus *campus, size_t n, int64_t *ret_slowest_ms)
{
	struct campus_device *d = &campus->devices[n % campus->count];
	unsigned before = d->downs;
	int64_t wait_ms = DAY_MS / OUTAGES - 60000 + campus_draw(campus, 1000);
	d->out_ms = campus->now_ms + wait_ms;
	d->back_ms = d->out_ms + OUTAGE_MS;
	campus_pass(campus, wait_ms + 60000);
	if (d->downs != before + 1 || d->down_ms - d->out_ms > TELL_MS) {
		fail_msg("outage %zu: told %u times, after %lld ms", n, d->downs - before,
			(long long)(d->down_ms - d->out_ms));
	}
	int64_t took_ms = d->down_ms - d->out_ms;
	*ret_slowest_ms = took_ms > *ret_slowest_ms ? took_ms : *ret_slowest_ms;
}

static void a_day(unsigned burst_max, uint64_t seed)
{
	struct campus campus;
	struct campus_plan plan = { CHECK_ICMP, 1000, 0, 2 };
	int64_t slowest_ms = 0;
	unsigned told = 0;
	unsigned flaps = 0;
	campus_open(&campus, full() ? TARGETS_ALL : TARGETS_FEW, seed);
	campus.loss_ppm = 10000;
	campus.burst_max = burst_max;
	campus_watch(&campus, &plan);
	for (size_t n = 0; n < OUTAGES; n++) {
		outage(&campus, n, &slowest_ms);
	}
	for (size_t i = 0; i < campus.count; i++) {
		told += campus.devices[i].downs;
		flaps += campus.devices[i].flap_begins;
	}
	print_message(
		"# %zu targets, bursts to %u: %llu looks, slowest outage told after %lld ms\n",
		campus.count, burst_max, (unsigned long long)campus.looks,
		(long long)slowest_ms);
	assert_int_equal(told, OUTAGES);
	assert_int_equal(flaps, 0);
	campus_close(&campus);
}

static void a_day_of_independent_losses_tells_the_outages_and_nothing_else(void **state)
{
	(void)state;
	a_day(1, 11);
}

static void a_day_of_bursts_up_to_three_tells_the_outages_and_nothing_else(void **state)
{
	(void)state;
	a_day(3, 12);
}

/* Out for so long, good for so long, ten minutes on end. */
static void swing(const struct campus_plan *plan, unsigned swing_ms, uint64_t seed)
{
	struct campus campus;
	campus_open(&campus, 1, seed);
	campus.devices[0].out_ms = 60000;
	campus.devices[0].back_ms = 660000;
	campus.devices[0].swing_ms = swing_ms;
	campus_watch(&campus, plan);
	campus_pass(&campus, 1200000);
	const struct campus_device *d = &campus.devices[0];
	if (d->flap_begins != 1 || d->flap_ends != 1 || d->downs != 0 || d->ups != 1) {
		fail_msg("every %u ms, seed %llu: begins %u ends %u downs %u ups %u", swing_ms,
			(unsigned long long)seed, d->flap_begins, d->flap_ends, d->downs,
			d->ups);
	}
	campus_close(&campus);
}

/* Half a hertz: out for a second, good for a second. */
static void a_port_at_half_a_hertz_begins_to_flap_once_and_ends_once(void **state)
{
	static const struct campus_plan plans[] = {
		{ CHECK_TCP, 1000, 20, 2 },
		{ CHECK_TCP, 700, 20, 4 },
	};
	(void)state;
	for (uint64_t seed = 1; seed <= 25; seed++) {
		for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
			swing(&plans[i], 1000, seed);
		}
	}
}

static void a_ping_that_comes_and_goes_begins_once_and_ends_once(void **state)
{
	static const struct campus_plan plan = { CHECK_ICMP, 1000, 0, 2 };
	(void)state;
	for (uint64_t seed = 1; seed <= 25; seed++) {
		swing(&plan, 2000, seed);
	}
}

/* What hangs on it goes up and down with it; that is one message as well. */
static void what_hangs_on_a_flapping_one_is_not_told(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct campus campus;
		struct campus_plan plan = { CHECK_TCP, 1000, 200, 2 };
		unsigned begins = 0;
		campus_open(&campus, 30, seed);
		campus.devices[0].out_ms = 60000;
		campus.devices[0].back_ms = 660000;
		campus.devices[0].swing_ms = 2500;
		for (size_t i = 1; i < campus.count; i++) {
			campus.devices[i].parent = 0;
		}
		campus_watch(&campus, &plan);
		campus_pass(&campus, 1200000);
		for (size_t i = 0; i < campus.count; i++) {
			begins += campus.devices[i].flap_begins;
			assert_true(i == 0 || campus.devices[i].downs == 0);
		}
		assert_int_equal(begins, 1);
		assert_int_equal(campus.devices[0].flap_begins, 1);
		assert_int_equal(campus.devices[0].flap_ends, 1);
		campus_close(&campus);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_day_of_independent_losses_tells_the_outages_and_nothing_else),
		cmocka_unit_test(
			a_day_of_bursts_up_to_three_tells_the_outages_and_nothing_else),
		cmocka_unit_test(a_port_at_half_a_hertz_begins_to_flap_once_and_ends_once),
		cmocka_unit_test(a_ping_that_comes_and_goes_begins_once_and_ends_once),
		cmocka_unit_test(what_hangs_on_a_flapping_one_is_not_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
