/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "base/arena.h"
#include "campus.h"
#include "detect/topology/topology.h"

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool same(const struct campus_wire *wire, const struct topology_link *link)
{
	return wire->device_a == link->device_a && wire->device_b == link->device_b &&
	       wire->port_a == link->port_a && wire->port_b == link->port_b;
}

static bool link_true(const struct campus *campus, const struct topology_link *link)
{
	for (size_t i = 0; i < campus->wire_count; i++) {
		if (same(&campus->wires[i], link)) {
			return true;
		}
	}
	return false;
}

static bool wire_found(const struct topology *topology, const struct campus_wire *wire)
{
	for (size_t i = 0; i < topology->link_count; i++) {
		if (same(wire, &topology->links[i])) {
			return true;
		}
	}
	return false;
}

static void show(const char *what, int64_t a, uint32_t pa, int64_t b, uint32_t pb)
{
	if (getenv("CAMPUS_SHOW") != NULL) {
		print_message(
			"# %s %lld/%u - %lld/%u\n", what, (long long)a, pa, (long long)b, pb);
	}
}

static void run(const struct campus_plan *plan, double found_least, double falsely_most)
{
	AUTO_ARENA struct arena *arena = arena_create(1 << 30);
	struct campus campus;
	campus_make(plan, arena, &campus);
	struct topology topology = { 0 };
	int64_t began_ms = now_ms();
	assert_int_equal(topology_build(&campus.input, arena, &topology), 0);
	int64_t took_ms = now_ms() - began_ms;
	size_t missing = 0;
	size_t wrong = 0;
	size_t wrong_certain = 0;
	for (size_t i = 0; i < campus.wire_count; i++) {
		const struct campus_wire *w = &campus.wires[i];
		if (!wire_found(&topology, w)) {
			missing++;
			show("missing", w->device_a, w->port_a, w->device_b, w->port_b);
		}
	}
	for (size_t i = 0; i < topology.link_count; i++) {
		const struct topology_link *l = &topology.links[i];
		if (!link_true(&campus, l)) {
			wrong++;
			wrong_certain += l->confidence == TOPOLOGY_CERTAIN;
			show(l->confidence == TOPOLOGY_POSSIBLE ? "possible" : "wrong",
				l->device_a, l->port_a, l->device_b, l->port_b);
		}
	}
	double found = 100.0 - 100.0 * (double)missing / (double)campus.wire_count;
	double falsely = 100.0 * (double)wrong / (double)topology.link_count;
	print_message(
		"# seed %llu: %zu true links, %.2f %% found, %.2f %% false, %zu strangers of "
		"%zu, %lld ms\n",
		(unsigned long long)plan->seed, campus.wire_count, found, falsely,
		topology.stranger_count, campus.strangers, (long long)took_ms);
	assert_true(found >= found_least);
	assert_true(falsely <= falsely_most);
	assert_int_equal(wrong_certain, 0);
	assert_int_equal(topology.stranger_count, campus.strangers);
	assert_true(took_ms <= 30000);
}

static void a_campus_of_500_switches_is_found_as_it_is_wired(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++) {
		run(&(struct campus_plan) { .seed = seed,
			    .switches = 500,
			    .silent_percent = 10,
			    .one_sided_percent = 10,
			    .stale_percent = 2,
			    .gaps_percent = 10 },
			99.0, 0.5);
	}
}

static void with_a_third_of_the_bridge_rows_missing_nothing_certain_is_false(void **state)
{
	(void)state;
	run(&(struct campus_plan) { .seed = 77,
		    .switches = 500,
		    .silent_percent = 10,
		    .one_sided_percent = 30,
		    .stale_percent = 2,
		    .gaps_percent = 30 },
		96.0, 1.5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_campus_of_500_switches_is_found_as_it_is_wired),
		cmocka_unit_test(
			with_a_third_of_the_bridge_rows_missing_nothing_certain_is_false),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
