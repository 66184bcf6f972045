/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/discovery.h"

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

enum { SEEN = 6 };

#define MAC(n) (0x001000000000u + (n))

static struct network net(const char *text)
{
	struct network network = { 0 };
	assert_int_equal(network_parse(slice_str(text), &network), 0);
	return network;
}

struct sight {
	const char *address;
	uint64_t mac;
	const char *chassis;
	const char *name;
};

/* Registered: 7 has 10.1.0.7 and the name www.example.edu.cn, 8 the network 10.1.8.0/24 and in it
 * 9 the address 10.1.8.9, 10 the station MAC(10), 11 a name alone. */
static const struct {
	const char *name;
	struct sight seen[SEEN];
	const char *want;
} cases[] = {
	{ "an address of the register is known", { { "10.1.0.7", 0, NULL, NULL } },
		"known 7 10.1.0.7 x1" },
	{ "one in a registered network is covered", { { "10.1.8.5", 0, NULL, NULL } },
		"covered 8 10.1.8.5 x1" },
	{ "the longest network counts", { { "10.1.8.9", 0, NULL, NULL } },
		"known 9 10.1.8.9 x1" },
	{ "what is in no field is unregistered", { { "10.1.9.1", 0, NULL, NULL } },
		"unregistered 10.1.9.1 x1" },
	{ "a name in another case is known",
		{ { "10.9.9.9", 0, NULL, "MAIL.example.edu.cn." } },
		"known 11 10.9.9.9 x1 MAIL.example.edu.cn." },
	{ "a name below a registered one is another's",
		{ { "10.9.9.9", 0, NULL, "a.mail.example.edu.cn" } },
		"unregistered 10.9.9.9 x1 a.mail.example.edu.cn" },
	{ "a registered station is known at any address",
		{ { "10.9.9.9", MAC(10), NULL, NULL } }, "known 10 10.9.9.9 x1" },
	{ "several addresses of one station are one device",
		{ { "10.9.9.1", MAC(1), NULL, NULL }, { "10.9.9.2", MAC(1), NULL, NULL } },
		"unregistered 10.9.9.2 x2" },
	{ "two stations with one chassis id are one device",
		{ { "10.9.9.1", MAC(1), "s1", NULL }, { "10.9.9.2", MAC(2), "s1", NULL } },
		"unregistered 10.9.9.2 x2" },
	{ "two devices of one name are two",
		{ { "10.9.9.1", MAC(1), NULL, "pc" }, { "10.9.9.2", MAC(2), NULL, "pc" } },
		"unregistered 10.9.9.1 x1 pc, unregistered 10.9.9.2 x1 pc" },
	{ "a bare answer belongs to the station that has the address",
		{ { "10.9.9.1", 0, NULL, NULL }, { "10.9.9.1", MAC(1), NULL, NULL } },
		"unregistered 10.9.9.1 x1" },
	{ "a bare answer belongs to the last that had the address",
		{ { "10.9.9.1", MAC(1), NULL, NULL }, { "10.9.9.1", MAC(2), NULL, NULL },
			{ "10.9.9.1", 0, NULL, "late" }, { "10.9.9.3", MAC(2), NULL, NULL } },
		"unregistered 10.9.9.1 x1, unregistered 10.9.9.3 x2 late" },
	{ "a router's wandering address joins nothing",
		{ { "10.9.9.1", 0x00005e000101, NULL, NULL },
			{ "10.9.9.2", 0x00005e000101, NULL, NULL } },
		"unregistered 10.9.9.1 x1, unregistered 10.9.9.2 x1" },
	{ "one known address is enough for the device",
		{ { "10.9.9.1", MAC(1), NULL, NULL }, { "10.1.0.7", MAC(1), NULL, NULL } },
		"known 7 10.1.0.7 x2" },
	{ "a device tied to two assets says so", { { "10.1.8.9", MAC(10), NULL, NULL } },
		"known 10 and 9 10.1.8.9 x1" },
	{ "a covering network is no second asset", { { "10.1.8.5", MAC(10), NULL, NULL } },
		"known 10 10.1.8.5 x1" },
	{ "nor is it when the network was seen first",
		{ { "10.1.0.7", MAC(1), NULL, NULL }, { "10.1.8.5", MAC(1), NULL, NULL } },
		"known 7 10.1.8.5 x2" },
	{ "a neighbour without address is a device too", { { NULL, MAC(3), "s3", "phone" } },
		"unregistered - x0 phone" },
};

static void device_put(struct buf *buf, const struct discovery_device *device)
{
	static const char *const verdict[] = { "unregistered", "covered", "known" };
	buf_put_str(buf, verdict[device->verdict]);
	if (device->asset != 0) {
		buf_printf(buf, " %lld", (long long)device->asset);
	}
	if (device->other != 0) {
		buf_printf(buf, " and %lld", (long long)device->other);
	}
	const uint8_t *octet = device->address.octet;
	if (device->address.prefix != 0) {
		buf_printf(buf, " %u.%u.%u.%u", octet[12], octet[13], octet[14], octet[15]);
	} else {
		buf_put_str(buf, " -");
	}
	buf_printf(buf, " x%zu", device->address_count);
	buf_put_str(buf, device->name.n > 0 ? " " : "");
	buf_put(buf, device->name);
}

static struct asset_keys keys_of(const char *addresses, const char *domains)
{
	struct asset_keys keys = { .count = 0 };
	struct slice bad = { 0 };
	assert_int_equal(asset_keys_addresses(&keys, slice_str(addresses), &bad), 0);
	assert_int_equal(asset_keys_domains(&keys, slice_str(domains), &bad), 0);
	return keys;
}

static void every_sighting_finds_its_asset(void **state)
{
	(void)state;
	static struct asset_keys keys[5];
	keys[0] = keys_of("10.1.0.7", "www.example.edu.cn");
	keys[1] = keys_of("10.1.8.0/24", "");
	keys[2] = keys_of("10.1.8.9", "");
	keys[3] = keys_of("", "");
	keys[4] = keys_of("", "mail.example.edu.cn");
	static const uint64_t mac = MAC(10);
	struct discovery_asset asset[5];
	for (unsigned i = 0; i < 5; i++) {
		asset[i] = (struct discovery_asset) { 7 + (int64_t)i, keys[i].item,
			keys[i].count, &mac, i == 3 };
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		struct discovery_seen seen[SEEN] = { 0 };
		struct discovery_input input = { seen, 0, asset, 5 };
		for (; input.seen_count < SEEN; input.seen_count++) {
			const struct sight *sight = &cases[i].seen[input.seen_count];
			if (sight->address == NULL && sight->mac == 0) {
				break;
			}
			seen[input.seen_count] = (struct discovery_seen) {
				.seen_ms = 1000 + (int64_t)input.seen_count,
				.mac = sight->mac,
				.chassis = slice_str(sight->chassis),
				.name = slice_str(sight->name),
			};
			if (sight->address != NULL) {
				seen[input.seen_count].address = net(sight->address);
			}
		}
		struct discovery discovery = { 0 };
		assert_int_equal(discovery_match(&input, arena, &discovery), 0);
		AUTO_BUF struct buf got;
		buf_init(&got, 4096);
		for (size_t k = 0; k < discovery.count; k++) {
			buf_put_str(&got, k > 0 ? ", " : "");
			device_put(&got, &discovery.devices[k]);
		}
		if (!slice_is(buf_slice(&got), cases[i].want)) {
			fail_msg("%s: %.*s", cases[i].name, SLICE_FMT(buf_slice(&got)));
		}
	}
}

/* An entry of the resolver outlives whom it was made for. */
static void a_reverse_name_is_the_last_resort_and_ties_nothing(void **state)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct asset_keys keys = keys_of("", "mail.example.edu.cn");
	struct discovery_asset asset = { 11, keys.item, keys.count, NULL, 0 };
	struct discovery_seen seen[] = {
		{ .seen_ms = 1,
			.address = net("10.9.9.1"),
			.name = SLICE("lab-printer"),
			.source = DISCOVERY_SNMP },
		{ .seen_ms = 2,
			.address = net("10.9.9.1"),
			.name = SLICE("p3.example.edu.cn"),
			.source = DISCOVERY_DNS },
		{ .seen_ms = 3,
			.address = net("10.9.9.2"),
			.name = SLICE("mail.example.edu.cn"),
			.source = DISCOVERY_DNS },
		{ .seen_ms = 4, .address = net("10.9.9.2"), .source = DISCOVERY_SWEEP },
	};
	struct discovery_input input = { seen, 4, &asset, 1 };
	struct discovery found = { 0 };
	(void)state;
	assert_int_equal(discovery_match(&input, arena, &found), 0);
	assert_int_equal(found.unregistered, 2);
	assert_true(slice_is(found.devices[0].name, "lab-printer"));
	assert_true(slice_is(found.devices[1].name, "mail.example.edu.cn"));
	assert_int_equal(found.devices[1].sources, 1u << DISCOVERY_DNS | 1u << DISCOVERY_SWEEP);
}

static void a_station_that_answers_for_many_joins_nothing(void **state)
{
	(void)state;
	AUTO_ARENA struct arena *arena = arena_create(0);
	for (size_t n = DISCOVERY_PROXY_MIN - 1; n <= DISCOVERY_PROXY_MIN; n++) {
		struct discovery_seen seen[DISCOVERY_PROXY_MIN];
		for (size_t i = 0; i < n; i++) {
			seen[i] = (struct discovery_seen) { .mac = MAC(1),
				.address = net("10.9.0.0") };
			seen[i].address.octet[15] = (uint8_t)i;
		}
		struct discovery_input input = { seen, n, NULL, 0 };
		struct discovery discovery = { 0 };
		assert_int_equal(discovery_match(&input, arena, &discovery), 0);
		bool many = n == DISCOVERY_PROXY_MIN;
		assert_int_equal(discovery.count, many ? n : 1);
		assert_int_equal(discovery.proxies, many);
		assert_int_equal(discovery.unregistered, discovery.count);
		assert_int_equal(
			discovery.devices[0].evidence_count, many ? 1 : DISCOVERY_EVIDENCE_MAX);
	}
}

static uint32_t draw(uint64_t *random, uint32_t below)
{
	*random = *random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((*random >> 33) % below);
}

static void the_order_of_sightings_does_not_matter(void **state)
{
	(void)state;
	enum { COUNT = 40 };
	static const char *const chassis[] = { "", "", "", "c1", "c2" };
	for (uint64_t seed = 1; seed <= 300; seed++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		struct buf text[2];
		uint64_t random = seed;
		struct discovery_seen seen[COUNT];
		for (size_t i = 0; i < COUNT; i++) {
			seen[i] = (struct discovery_seen) { .seen_ms = draw(&random, 20),
				.mac = draw(&random, 2) == 0 ? MAC(draw(&random, 8)) : 0,
				.chassis = slice_str(chassis[draw(&random, 5)]),
				.address = net("10.9.0.0") };
			seen[i].address.octet[15] = (uint8_t)draw(&random, 12);
		}
		for (unsigned round = 0; round < 2; round++) {
			struct discovery_input input = { seen, COUNT, NULL, 0 };
			struct discovery discovery = { 0 };
			assert_int_equal(discovery_match(&input, arena, &discovery), 0);
			buf_init(&text[round], 1 << 16);
			size_t sum = 0;
			for (size_t k = 0; k < discovery.count; k++) {
				device_put(&text[round], &discovery.devices[k]);
				sum += discovery.devices[k].seen_count;
			}
			assert_int_equal(sum, COUNT);
			for (size_t i = COUNT - 1; i > 0; i--) {
				size_t k = draw(&random, (uint32_t)i + 1);
				struct discovery_seen swap = seen[i];
				seen[i] = seen[k];
				seen[k] = swap;
			}
		}
		assert_true(slice_eq(buf_slice(&text[0]), buf_slice(&text[1])));
		buf_fini(&text[0]);
		buf_fini(&text[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sighting_finds_its_asset),
		cmocka_unit_test(a_reverse_name_is_the_last_resort_and_ties_nothing),
		cmocka_unit_test(a_station_that_answers_for_many_joins_nothing),
		cmocka_unit_test(the_order_of_sightings_does_not_matter),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
