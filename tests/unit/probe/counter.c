/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/snmp/counter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "probe/snmp/uptime.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
enum { READINGS = 4, EVERY_MS = 10000 };

/* One reading each ten seconds; rates in units a second. */
static const struct {
	const char *name;
	uint8_t bits;
	double rate_max;
	uint64_t values[READINGS];
	bool discontinued[READINGS];
	enum counter_verdict verdicts[READINGS];
	double last_rate; /* of the last COUNTER_RATE among them; -1 = none */
} counters[] = {
	{ "a counter that counts", 64, 1e9, { 100, 1100, 2100, 4100 }, { 0 },
		{ COUNTER_FIRST, COUNTER_RATE, COUNTER_RATE, COUNTER_RATE }, 200 },
	{ "one of 32 bits that wraps", 32, 1e9, { 4294967000u, 704, 1704, 2704 }, { 0 },
		{ COUNTER_FIRST, COUNTER_RATE, COUNTER_RATE, COUNTER_RATE }, 100 },
	{ "one of 32 bits that was cleared is no wrap of 400 MB/s on a line of 12.5", 32,
		12.5e6, { 1000000, 10, 1010, 2010 }, { 0 },
		{ COUNTER_FIRST, COUNTER_DOUBT, COUNTER_RESET, COUNTER_RATE }, 100 },
	{ "a wrap without a known speed, from near the top to near the bottom", 32, 0,
		{ 4294967000u, 704, 1704, 2704 }, { 0 },
		{ COUNTER_FIRST, COUNTER_RATE, COUNTER_RATE, COUNTER_RATE }, 100 },
	{ "from the middle to the bottom without a known speed it was cleared", 32, 0,
		{ 2000000000u, 10, 1010, 2010 }, { 0 },
		{ COUNTER_FIRST, COUNTER_DOUBT, COUNTER_RESET, COUNTER_RATE }, 100 },
	{ "one of 64 bits never wraps", 64, 0, { 4294967000u, 1000, 2000, 3000 }, { 0 },
		{ COUNTER_FIRST, COUNTER_DOUBT, COUNTER_RESET, COUNTER_RATE }, 100 },
	{ "one reading past the line's speed is left out and the next is measured across it",
		64, 1e6, { 1000, 900000000000u, 21000, 31000 }, { 0 },
		{ COUNTER_FIRST, COUNTER_DOUBT, COUNTER_RATE, COUNTER_RATE }, 1000 },
	{ "one reading that dips is left out", 64, 1e6, { 10000, 4, 30000, 40000 }, { 0 },
		{ COUNTER_FIRST, COUNTER_DOUBT, COUNTER_RATE, COUNTER_RATE }, 1000 },
	{ "a jump that stays is a new beginning and no spike", 64, 1e6,
		{ 1000, 900000000000u, 900000010000u, 900000020000u }, { 0 },
		{ COUNTER_FIRST, COUNTER_DOUBT, COUNTER_RESET, COUNTER_RATE }, 1000 },
	{ "a discontinuity that was announced", 64, 1e9, { 1000, 500000, 501000, 502000 },
		{ false, true, false, false },
		{ COUNTER_FIRST, COUNTER_RESET, COUNTER_RATE, COUNTER_RATE }, 100 },
};

static void rates_never_spike(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(counters); i++) {
		struct counter counter = { 0 };
		double rate = -1;
		for (size_t k = 0; k < READINGS; k++) {
			struct counter_about about = { .bits = counters[i].bits,
				.discontinued = counters[i].discontinued[k],
				.rate_max = counters[i].rate_max };
			enum counter_verdict verdict =
				counter_step(&counter, counters[i].values[k],
					(int64_t)(k + 1) * EVERY_MS, &about, &rate);
			if (verdict != counters[i].verdicts[k]) {
				fail_msg("%s: reading %zu: %d", counters[i].name, k,
					(int)verdict);
			}
		}
		if (rate < counters[i].last_rate - 0.5 || rate > counters[i].last_rate + 0.5) {
			fail_msg("%s: %f", counters[i].name, rate);
		}
	}
}

static void a_reading_at_the_same_moment_gives_no_rate(void **state)
{
	(void)state;
	struct counter counter = { 0 };
	struct counter_about about = { .bits = 64 };
	double rate = -1;
	assert_int_equal(counter_step(&counter, 5, 1000, &about, &rate), COUNTER_FIRST);
	assert_int_equal(counter_step(&counter, 9, 1000, &about, &rate), COUNTER_DOUBT);
	assert_int_equal(counter_step(&counter, 15, 2000, &about, &rate), COUNTER_RATE);
	assert_true(rate > 9.9 && rate < 10.1);
}

static void a_port_carries_what_its_speed_says_and_a_tenth(void **state)
{
	(void)state;
	assert_true(counter_octets_max(1000) > 137e6 && counter_octets_max(1000) < 138e6);
	assert_true(counter_packets_max(1000) > 1.6e6 && counter_packets_max(1000) < 1.7e6);
}

static const struct {
	const char *name;
	struct uptime_seen before;
	struct uptime_seen after;
	int64_t took_ms;
	enum uptime_verdict verdict;
} uptimes[] = {
	{ "time goes on", { .ticks = 100000 }, { .ticks = 103000 }, 30000, UPTIME_ON },
	{ "a restart", { .ticks = 100000 }, { .ticks = 500 }, 30000, UPTIME_RESTARTED },
	{ "after 497 days it begins again", { .ticks = 4294967000u }, { .ticks = 2704 }, 30000,
		UPTIME_WRAPPED },
	{ "a restart just before the 497 days", { .ticks = 4294000000u }, { .ticks = 2704 },
		30000, UPTIME_RESTARTED },
	{ "a restart while nobody asked for an hour", { .ticks = 10000 }, { .ticks = 180000 },
		3600000, UPTIME_RESTARTED },
	{ "a clock a little slow", { .ticks = 10000 }, { .ticks = 361000 }, 3600000,
		UPTIME_ON },
	{ "a clock that jumps ahead", { .ticks = 10000 }, { .ticks = 900000 }, 30000,
		UPTIME_ON },
	{ "the engine says it went on", { 4294967000u, true, 7, 42949670 },
		{ 2704, true, 7, 42949700 }, 30000, UPTIME_WRAPPED },
	{ "the engine says it restarted at the very moment of the wrap",
		{ 4294967000u, true, 7, 42949670 }, { 2704, true, 8, 27 }, 30000,
		UPTIME_RESTARTED },
	{ "one more boot after an hour unasked", { 10000, true, 7, 10 },
		{ 359000, true, 8, 3590 }, 3600000, UPTIME_RESTARTED },
	{ "an engine that keeps no boots is given away by its time",
		{ 4294967000u, true, 0, 42949670 }, { 2704, true, 0, 27 }, 30000,
		UPTIME_RESTARTED },
};

static void a_restart_is_told_from_a_wrap(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(uptimes); i++) {
		struct uptime uptime = { 0 };
		assert_int_equal(uptime_step(&uptime, &uptimes[i].before, 1000), UPTIME_FIRST);
		enum uptime_verdict verdict =
			uptime_step(&uptime, &uptimes[i].after, 1000 + uptimes[i].took_ms);
		if (verdict != uptimes[i].verdict) {
			fail_msg("%s: %d", uptimes[i].name, (int)verdict);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_never_spike),
		cmocka_unit_test(a_reading_at_the_same_moment_gives_no_rate),
		cmocka_unit_test(a_port_carries_what_its_speed_says_and_a_tenth),
		cmocka_unit_test(a_restart_is_told_from_a_wrap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
