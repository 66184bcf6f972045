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
#include "base/buf.h"
#include "base/err.h"
#include "detect/topology/parents.h"

enum { PAIRS = 12, POINTS = 3, ORDERS = 3 };

static const struct {
	const char *name;
	int64_t pair[PAIRS][2];
	int64_t point[POINTS];
	struct topology_order order[ORDERS];
	const char *want;
	size_t refused;
} cases[] = {
	{ "a chain has one parent each", { { 1, 2 }, { 2, 3 }, { 3, 4 } }, { 1 }, { { 0 } },
		"1: 2:1 3:2 4:3", 0 },
	{ "two ways of one length are two parents", { { 1, 2 }, { 1, 3 }, { 2, 4 }, { 3, 4 } },
		{ 1 }, { { 0 } }, "1: 2:1 3:1 4:2,3", 0 },
	{ "a longer way round leaves no parent but the common one",
		{ { 1, 2 }, { 2, 3 }, { 3, 4 }, { 4, 5 }, { 5, 1 } }, { 1 }, { { 0 } },
		"1: 2:1 3:1 4:1 5:1", 0 },
	{ "a ring's tail hangs on the ring's last", { { 1, 2 }, { 2, 3 }, { 3, 1 }, { 3, 9 } },
		{ 1 }, { { 0 } }, "1: 2:1 3:1 9:3", 0 },
	{ "a ring behind a device hangs on that device",
		{ { 1, 2 }, { 2, 3 }, { 3, 4 }, { 4, 5 }, { 5, 6 }, { 6, 2 } }, { 1 },
		{ { 0 } }, "1: 2:1 3:2 4:2 5:2 6:2", 0 },
	{ "distributions that are joined keep both cores",
		{ { 1, 2 }, { 1, 3 }, { 2, 4 }, { 3, 4 }, { 2, 5 }, { 3, 5 }, { 4, 5 },
			{ 4, 6 }, { 5, 6 } },
		{ 1 }, { { 0 } }, "1: 2:1 3:1 4:2,3 5:2,3 6:4,5", 0 },
	{ "two points make two ways", { { 1, 2 }, { 2, 3 }, { 3, 4 } }, { 1, 4 }, { { 0 } },
		"1: 2: 3: 4:", 0 },
	{ "no way leads to what no link joins", { { 1, 2 }, { 3, 4 } }, { 1 }, { { 0 } },
		"1: 2:1 3? 4?", 0 },
	{ "two links to one device are one parent", { { 1, 2 }, { 1, 2 } }, { 1 }, { { 0 } },
		"1: 2:1", 0 },
	{ "a person's word wins", { { 1, 2 }, { 2, 3 } }, { 1 }, { { 3, { 1 }, 1 } },
		"1: 2:1 3=1", 0 },
	{ "a person's word that nothing is above holds", { { 1, 2 }, { 2, 3 } }, { 1 },
		{ { 3, { 0 }, 0 } }, "1: 2:1 3=", 0 },
	{ "what the links say gives way to a person's word", { { 1, 2 }, { 2, 3 } }, { 1 },
		{ { 2, { 3 }, 1 } }, "1: 2=3 3:", 0 },
	{ "a device is not its own parent", { { 1, 2 }, { 2, 3 } }, { 1 }, { { 2, { 2 }, 1 } },
		"1: 2:1 3:2", 1 },
	{ "two words that make a ring are one word", { { 1, 2 }, { 2, 3 } }, { 1 },
		{ { 2, { 3 }, 1 }, { 3, { 2 }, 1 } }, "1: 2=3 3:", 1 },
	{ "a person may name several", { { 1, 2 }, { 1, 3 }, { 2, 4 } }, { 1 },
		{ { 4, { 3, 2 }, 2 } }, "1: 2:1 3:1 4=2,3", 0 },
};

static void parents_put(struct buf *buf, const struct topology_parents *parents)
{
	for (size_t i = 0; i < parents->count; i++) {
		const struct topology_parent *item = &parents->item[i];
		const char *mark = item->distance == UINT32_MAX ? "?" : ":";
		buf_printf(buf, "%s%lld%s", i > 0 ? " " : "", (long long)item->device,
			item->mark == TOPOLOGY_DRAWN ? "=" : mark);
		for (size_t k = 0; k < item->count; k++) {
			buf_printf(buf, "%s%lld", k > 0 ? "," : "", (long long)item->parent[k]);
		}
	}
}

static void every_graph_has_its_parents(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		struct topology_link link[PAIRS];
		struct topology topology = { .links = link };
		for (; topology.link_count < PAIRS &&
			cases[i].pair[topology.link_count][0] != 0;
			topology.link_count++) {
			link[topology.link_count] = (struct topology_link) {
				.device_a = cases[i].pair[topology.link_count][0],
				.device_b = cases[i].pair[topology.link_count][1],
				.confidence = TOPOLOGY_CERTAIN,
			};
		}
		struct topology_ask ask = { .topology = &topology,
			.least = TOPOLOGY_LIKELY,
			.points = cases[i].point,
			.orders = cases[i].order };
		while (ask.point_count < POINTS && cases[i].point[ask.point_count] != 0) {
			ask.point_count++;
		}
		while (ask.order_count < ORDERS &&
			cases[i].order[ask.order_count].device != 0) {
			ask.order_count++;
		}
		struct topology_parents parents = { 0 };
		assert_int_equal(topology_parents(&ask, arena, &parents), 0);
		AUTO_BUF struct buf got;
		buf_init(&got, 4096);
		parents_put(&got, &parents);
		if (!slice_is(buf_slice(&got), cases[i].want) ||
			parents.refused_orders != cases[i].refused) {
			print_error("%s: %.*s, refused %zu\n", cases[i].name,
				SLICE_FMT(buf_slice(&got)), parents.refused_orders);
			failed++;
		}
	}
	assert_int_equal(failed, 0);
}

static void only_links_that_are_good_enough_are_ways(void **state)
{
	(void)state;
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct topology_link link[] = {
		{ .device_a = 1, .device_b = 2, .confidence = TOPOLOGY_POSSIBLE },
		{ .device_a = 1,
			.device_b = 3,
			.confidence = TOPOLOGY_POSSIBLE,
			.mark = TOPOLOGY_DRAWN },
		{ .device_a = 1,
			.device_b = 4,
			.confidence = TOPOLOGY_CERTAIN,
			.mark = TOPOLOGY_STRUCK },
	};
	struct topology topology = { .links = link, .link_count = 3 };
	int64_t point = 1;
	struct topology_ask ask = { .topology = &topology,
		.least = TOPOLOGY_LIKELY,
		.points = &point,
		.point_count = 1 };
	struct topology_parents parents = { 0 };
	assert_int_equal(topology_parents(&ask, arena, &parents), 0);
	AUTO_BUF struct buf got;
	buf_init(&got, 4096);
	parents_put(&got, &parents);
	assert_string_equal((const char *)got.p, "1: 2? 3:1 4?");
}

/* ---- chance */

enum { NODES = 24, LINKS_MAX = 60, ROUNDS = 4000 };

static uint32_t draw(uint64_t *random, uint32_t below)
{
	*random = *random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((*random >> 33) % below);
}

/* Do the points reach the device when these are gone? */
static bool reached(const struct topology *topology, const struct topology_ask *ask,
	int64_t device, const struct topology_parent *gone)
{
	bool dead[NODES + 1] = { false };
	bool seen[NODES + 1] = { false };
	for (size_t i = 0; i < gone->count; i++) {
		dead[gone->parent[i]] = true;
	}
	for (size_t i = 0; i < ask->point_count; i++) {
		seen[ask->points[i]] = !dead[ask->points[i]];
	}
	for (unsigned round = 0; round < NODES; round++) {
		for (size_t i = 0; i < topology->link_count; i++) {
			int64_t a = topology->links[i].device_a;
			int64_t b = topology->links[i].device_b;
			seen[a] = seen[a] || (seen[b] && !dead[a]);
			seen[b] = seen[b] || (seen[a] && !dead[b]);
		}
	}
	return seen[device];
}

static void a_device_is_cut_off_when_its_parents_are_gone(void **state)
{
	(void)state;
	size_t several = 0;
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		uint64_t random = seed;
		struct topology_link link[LINKS_MAX];
		struct topology topology = { .links = link,
			.link_count = 1 + draw(&random, LINKS_MAX) };
		for (size_t i = 0; i < topology.link_count; i++) {
			int64_t a = 1 + draw(&random, NODES);
			int64_t b = 1 + draw(&random, NODES);
			link[i] = (struct topology_link) { .device_a = a,
				.device_b = a != b ? b : a % NODES + 1,
				.confidence = TOPOLOGY_CERTAIN };
		}
		int64_t point[2] = { 1, 1 + draw(&random, NODES) };
		struct topology_ask ask = { .topology = &topology,
			.points = point,
			.point_count = 1 + draw(&random, 2) };
		struct topology_parents parents = { 0 };
		assert_int_equal(topology_parents(&ask, arena, &parents), 0);
		uint32_t distance[NODES + 1] = { 0 };
		for (size_t i = 0; i < parents.count; i++) {
			distance[parents.item[i].device] = parents.item[i].distance;
		}
		for (size_t i = 0; i < parents.count; i++) {
			const struct topology_parent *item = &parents.item[i];
			several += item->count > 1;
			assert_true(item->count == 0 ||
				    !reached(&topology, &ask, item->device, item));
			for (size_t k = 0; k < item->count; k++) {
				assert_true(distance[item->parent[k]] < item->distance);
			}
		}
	}
	print_message("# %zu sets of more than one parent\n", several);
	assert_true(several > ROUNDS);
}

static void a_big_ladder_is_done_at_once(void **state)
{
	(void)state;
	enum { RUNGS = 8000 };
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct topology_link *link = arena_take(arena, 3 * RUNGS * sizeof(*link));
	struct topology topology = { .links = link };
	for (int64_t i = 0; i < RUNGS - 1; i++) {
		int64_t pair[3][2] = { { 2 * i + 1, 2 * i + 3 }, { 2 * i + 2, 2 * i + 4 },
			{ 2 * i + 1, 2 * i + 2 } };
		for (unsigned k = 0; k < 3; k++) {
			link[topology.link_count++] =
				(struct topology_link) { .device_a = pair[k][0],
					.device_b = pair[k][1],
					.confidence = TOPOLOGY_CERTAIN };
		}
	}
	int64_t point = 1;
	struct topology_ask ask = { .topology = &topology, .points = &point, .point_count = 1 };
	struct topology_parents parents = { 0 };
	struct timespec begin;
	struct timespec end;
	clock_gettime(CLOCK_MONOTONIC, &begin);
	assert_int_equal(topology_parents(&ask, arena, &parents), 0);
	clock_gettime(CLOCK_MONOTONIC, &end);
	int64_t took_ms =
		(end.tv_sec - begin.tv_sec) * 1000 + (end.tv_nsec - begin.tv_nsec) / 1000000;
	print_message("# %zu devices, %lld ms, %zu coarse\n", parents.count, (long long)took_ms,
		parents.coarse);
	assert_int_equal(parents.count, 2 * RUNGS);
	assert_true(took_ms < 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_graph_has_its_parents),
		cmocka_unit_test(only_links_that_are_good_enough_are_ways),
		cmocka_unit_test(a_device_is_cut_off_when_its_parents_are_gone),
		cmocka_unit_test(a_big_ladder_is_done_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
