/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/sweep.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/err.h"

enum { RANGES = 6, BEGIN_MS = 1000000 };

static struct network net(const char *text)
{
	struct network network = { 0 };
	assert_int_equal(network_parse(slice_str(text), &network), 0);
	return network;
}

/* "+10.1.0.0/24" is walked, "-10.1.0.128/25" is passive. */
static struct sweep *make(const char *const texts[RANGES],
	const struct sweep_position *position, const struct sweep_freeze *freeze)
{
	struct sweep_range range[RANGES];
	struct sweep_config config = { .ranges = range,
		.freezes = freeze,
		.freeze_count = freeze != NULL,
		.pace = { 1000, 1, 3600000 } };
	while (config.range_count < RANGES && texts[config.range_count] != NULL) {
		const char *text = texts[config.range_count];
		range[config.range_count++] =
			(struct sweep_range) { net(text + 1), text[0] == '-' };
	}
	struct sweep *sweep = NULL;
	struct sweep_position none = { 0 };
	assert_int_equal(sweep_create(&config, position != NULL ? position : &none, &sweep), 0);
	return sweep;
}

static const struct {
	const char *name;
	const char *range[RANGES];
	uint64_t addresses;
	uint64_t too_wide;
} cases[] = {
	{ "a /24 has 254 hosts", { "+10.1.0.0/24" }, 254, 0 },
	{ "a single address is a host", { "+10.1.0.7" }, 1, 0 },
	{ "a /31 has two hosts", { "+10.1.0.6/31" }, 2, 0 },
	{ "one address named twice is asked once", { "+10.1.0.7", "+10.1.0.7" }, 1, 0 },
	{ "ranges that overlap are asked once", { "+10.1.0.0/24", "+10.1.0.0/25" }, 253, 0 },
	{ "a passive range is not asked", { "-10.1.0.0/24" }, 0, 0 },
	{ "a passive range is cut out of a wider one", { "+10.1.0.0/24", "-10.1.0.64/26" }, 190,
		0 },
	{ "a passive range covers an active one inside", { "-10.1.0.0/16", "+10.1.3.0/24" }, 0,
		0 },
	{ "a passive address in the middle splits a range", { "+10.1.0.0/29", "-10.1.0.3" }, 5,
		0 },
	{ "passive before or after it is the same", { "-10.1.0.3", "+10.1.0.0/29" }, 5, 0 },
	{ "an IPv4 range wider than /12 is not walked", { "+10.0.0.0/11" }, 0, 1 },
	{ "an IPv6 /64 is not walked", { "+2001:db8::/64" }, 0, 1 },
	{ "a small IPv6 range is, ends included", { "+2001:db8::/120" }, 256, 0 },
	{ "a passive IPv6 /32 covers it", { "+2001:db8::/120", "-2001:db8::/32" }, 0, 0 },
	{ "all addresses may be made passive", { "+10.1.0.0/24", "+2001:db8::/120", "-::/0" },
		0, 0 },
	{ "nothing registered is nothing asked", { NULL }, 0, 0 },
};

static void a_plan_has_the_addresses_it_should(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sweep *sweep = make(cases[i].range, NULL, NULL);
		struct sweep_stats stats = sweep_stats(sweep);
		if (stats.addresses != cases[i].addresses ||
			stats.too_wide != cases[i].too_wide) {
			fail_msg("%s: %llu, %llu too wide", cases[i].name,
				(unsigned long long)stats.addresses,
				(unsigned long long)stats.too_wide);
		}
		sweep_destroy(sweep);
	}
}

static void every_address_comes_once_a_round_at_the_pace(void **state)
{
	(void)state;
	static const char *const range[RANGES] = { "+10.1.0.0/24", "+10.1.4.0/26" };
	struct sweep *sweep = make(range, NULL, NULL);
	bool seen[5][256] = { { false } };
	int64_t now_ms = BEGIN_MS;
	unsigned asked = 0;
	unsigned in_a_row = 0;
	uint8_t last = 0;
	for (;;) {
		struct network address = { 0 };
		int64_t wait_ms = 0;
		enum sweep_answer answer = sweep_next(sweep, now_ms, &address, &wait_ms);
		if (answer == SWEEP_DONE) {
			assert_true(wait_ms > 0 && wait_ms <= 3600000);
			assert_int_equal(
				sweep_next(sweep, now_ms + wait_ms, &address, &wait_ms),
				SWEEP_ASK);
			break;
		}
		if (answer == SWEEP_WAIT) {
			assert_int_equal(wait_ms, 1); /* 1000 a second */
			now_ms += wait_ms;
			continue;
		}
		assert_int_equal(answer, SWEEP_ASK);
		assert_false(seen[address.octet[14]][address.octet[15]]);
		seen[address.octet[14]][address.octet[15]] = true;
		in_a_row += address.octet[15] == last + 1;
		last = address.octet[15];
		asked++;
	}
	assert_int_equal(asked, 254 + 62);
	assert_true(now_ms - BEGIN_MS >= asked - 1);
	assert_true(in_a_row < 4);
	sweep_destroy(sweep);
}

static void a_freeze_stops_it_and_says_until_when(void **state)
{
	(void)state;
	static const char *const range[RANGES] = { "+10.1.0.0/24" };
	struct sweep_freeze freeze = { BEGIN_MS, BEGIN_MS + 500 };
	struct sweep *sweep = make(range, NULL, &freeze);
	struct network address = net("10.1.0.9");
	int64_t wait_ms = 0;
	assert_int_equal(sweep_next(sweep, BEGIN_MS - 1, &address, &wait_ms), SWEEP_ASK);
	assert_int_equal(sweep_next(sweep, BEGIN_MS, &address, &wait_ms), SWEEP_FROZEN);
	assert_int_equal(wait_ms, 500);
	assert_false(sweep_may(sweep, &address, BEGIN_MS));
	assert_true(sweep_may(sweep, &address, BEGIN_MS + 500));
	assert_int_equal(sweep_next(sweep, BEGIN_MS + 500, &address, &wait_ms), SWEEP_ASK);
	sweep_destroy(sweep);
}

static void it_goes_on_where_it_stopped_unless_the_ranges_changed(void **state)
{
	(void)state;
	static const char *const range[RANGES] = { "+10.1.0.0/29" };
	static const char *const other[RANGES] = { "+10.1.0.0/28" };
	struct sweep *sweep = make(range, NULL, NULL);
	struct network first[6];
	int64_t wait_ms = 0;
	for (unsigned i = 0; i < 6; i++) {
		if (i == 3) {
			struct sweep_position position = sweep_position(sweep);
			sweep_destroy(sweep);
			sweep = make(range, &position, NULL);
		}
		assert_int_equal(
			sweep_next(sweep, BEGIN_MS + i, &first[i], &wait_ms), SWEEP_ASK);
		for (unsigned k = 0; k < i; k++) {
			assert_memory_not_equal(first[k].octet, first[i].octet, 16);
		}
	}
	struct sweep_position position = sweep_position(sweep);
	sweep_destroy(sweep);
	sweep = make(other, &position, NULL);
	assert_int_equal(sweep_position(sweep).next, 0);
	sweep_destroy(sweep);
}

static void what_may_be_asked_is_registered_and_not_passive(void **state)
{
	(void)state;
	static const char *const range[RANGES] = { "+2001:db8::/32", "+10.1.0.0/16",
		"-10.1.8.0/24" };
	struct sweep *sweep = make(range, NULL, NULL);
	struct network address = net("2001:db8:7::1"); /* too wide to walk, good when named */
	assert_true(sweep_may(sweep, &address, 0));
	address = net("10.1.7.1");
	assert_true(sweep_may(sweep, &address, 0));
	address = net("10.1.8.1");
	assert_false(sweep_may(sweep, &address, 0));
	address = net("10.2.0.1");
	assert_false(sweep_may(sweep, &address, 0));
	address = net("10.1.0.0/24");
	assert_false(sweep_may(sweep, &address, 0));
	sweep_destroy(sweep);
}

static uint32_t draw(uint64_t *random, uint32_t below)
{
	*random = *random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((*random >> 33) % below);
}

/* Ranges by chance within one /23, so that they overlap; what is asked is held against them. */
static void nothing_outside_is_ever_asked_whatever_the_ranges(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 3000; seed++) {
		uint64_t random = seed;
		struct sweep_range range[8];
		struct sweep_config config = { range, 1 + draw(&random, 8), NULL, 0,
			{ SWEEP_PER_SECOND_MAX, 1 << 16, 1 } };
		for (size_t i = 0; i < config.range_count; i++) {
			struct network network = net("10.1.0.0");
			network.octet[14] = (uint8_t)draw(&random, 2);
			network.octet[15] = (uint8_t)draw(&random, 256);
			range[i].network =
				network_cut(&network, (uint8_t)(119 + draw(&random, 10)));
			range[i].passive = draw(&random, 3) == 0;
		}
		struct sweep *sweep = NULL;
		assert_int_equal(
			sweep_create(&config, &(struct sweep_position) { 0 }, &sweep), 0);
		uint64_t asked = 0;
		bool seen[2][256] = { { false } };
		struct network address = { 0 };
		int64_t wait_ms = 0;
		while (asked <= 512 && sweep_next(sweep, 0, &address, &wait_ms) == SWEEP_ASK) {
			assert_true(sweep_may(sweep, &address, 0));
			assert_false(seen[address.octet[14] & 1][address.octet[15]]);
			seen[address.octet[14] & 1][address.octet[15]] = true;
			asked++;
		}
		assert_int_equal(asked, sweep_stats(sweep).addresses);
		sweep_destroy(sweep);
	}
}

static void a_pace_out_of_bounds_is_refused(void **state)
{
	(void)state;
	struct sweep *sweep = NULL;
	struct sweep_position none = { 0 };
	struct sweep_config config = { .pace = { 0, 1, 1 } };
	assert_int_equal(sweep_create(&config, &none, &sweep), E_RANGE);
	config.pace = (struct sweep_pace) { SWEEP_PER_SECOND_MAX + 1, 1, 1 };
	assert_int_equal(sweep_create(&config, &none, &sweep), E_RANGE);
	config.pace = (struct sweep_pace) { 1, 1, 0 };
	assert_int_equal(sweep_create(&config, &none, &sweep), E_RANGE);
	config.range_count = SWEEP_RANGES_MAX + 1;
	assert_int_equal(sweep_create(&config, &none, &sweep), E_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plan_has_the_addresses_it_should),
		cmocka_unit_test(every_address_comes_once_a_round_at_the_pace),
		cmocka_unit_test(a_freeze_stops_it_and_says_until_when),
		cmocka_unit_test(it_goes_on_where_it_stopped_unless_the_ranges_changed),
		cmocka_unit_test(what_may_be_asked_is_registered_and_not_passive),
		cmocka_unit_test(nothing_outside_is_ever_asked_whatever_the_ranges),
		cmocka_unit_test(a_pace_out_of_bounds_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
