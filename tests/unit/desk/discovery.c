/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "base/err.h"
#include "desk/crawl.h"
#include "desk/discovered_match.h"
#include "desk/range_table.h"
#include "desk/sightings.h"
#include "detect/topology/topology.h"
#include "fixture.h"
#include "model/maker.h"

#define DAY_MS INT64_C(86400000)

static struct school school;
static struct hat operator;
static struct hat director;
static struct hat officer;
static int64_t unit;
static struct makers *makers; /* of network cards; most cases know none */

static void begin(const char *conf)
{
	school_open(&school, conf);
	unit = school_unit(&school, "数学系", false);
	operator= school_hat(&school, school_person(&school, "赵强", 0), "operator", 0);
	director = school_hat(&school, school_person(&school, "李华", 0), "director", 0);
	officer = school_hat(&school, school_person(&school, "王芳", unit), "officer", unit);
}

static int64_t done(enum route_id route, int64_t id, const char *format, ...)
{
	char body[512];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(body, sizeof(body), format, args);
	va_end(args);
	if (desk_do(&school, &operator, route, id, body) < 0) {
		fail_msg("%s %s: %d %s %s", routes[route].name, body, school.status,
			school.code, school.field);
	}
	return school.answer_id;
}

static void refused(const struct hat *hat, enum route_id route, int64_t id, int error,
	const char *code, const char *body)
{
	assert_int_equal(desk_do(&school, hat, route, id, body), error);
	assert_string_equal(school.code, code);
}

static void see(const struct hat *hat, enum route_id route, int64_t id, const char *query)
{
	if (view_do(&school, hat, route, id, query) < 0) {
		fail_msg("%s?%s: %d %s", routes[route].name, query, school.status, school.code);
	}
}

static int64_t number(const char *sql)
{
	return house_number(&school.house, sql);
}

/* ---- what probe says */

static int report_take(struct txn *txn, void *arg)
{
	const struct json *report = NULL;
	assert_int_equal(json_parse(txn_arena(txn), slice_str(arg), 0, &report, NULL), 0);
	int news = sightings_take(txn, report);
	return news < 0 ? news : 0;
}

static int match(struct txn *txn, void *arg)
{
	(void)arg;
	int more = discovered_match(txn, makers);
	return more < 0 ? more : 0;
}

static void report(const char *seen)
{
	char text[2048];
	(void)snprintf(text, sizeof(text), "{\"seen\":[%s]}", seen);
	assert_int_equal(school_run(&school, report_take, text), 0);
	assert_int_equal(school_run(&school, match, NULL), 0);
}

struct station {
	const char *address;
	uint64_t mac;
	const char *name;
	enum discovery_source source;
};

static int station_keep(struct txn *txn, void *arg)
{
	const struct station *station = arg;
	struct sighting_keeper keeper;
	struct sighting sighting = { .source = station->source,
		.mac = station->mac,
		.name = slice_str(station->name),
		.at_ms = txn_now_ms(txn) };
	int error = sightings_begin(txn, 0, &keeper);
	if (station->address[0] != '\0') {
		assert_int_equal(
			network_parse(slice_str(station->address), &sighting.address), 0);
	}
	error = error < 0 ? error : sighting_keep(&keeper, &sighting);
	sightings_end(&keeper);
	return error;
}

static void arp(const char *address, uint64_t mac, const char *name)
{
	struct station station = { address, mac, name, DISCOVERY_ARP };
	assert_int_equal(school_run(&school, station_keep, &station), 0);
}

static void matched(void)
{
	assert_int_equal(school_run(&school, match, NULL), 0);
}

/* ---- cases */

static void what_answers_is_listed_once(const char *conf)
{
	begin(conf);
	int64_t range = done(ROUTE_SUBNETS_CREATE, 0,
		"{\"name\":\"办公区\",\"network\":\"10.20.0.0/24\",\"mode\":\"active\","
		"\"unit_id\":%lld}",
		(long long)unit);
	(void)done(ROUTE_ASSETS_CREATE, 0,
		"{\"name\":\"主页\",\"kind\":\"site\",\"address\":\"10.20.0.5\"}");
	report("{\"source\":\"sweep\",\"address\":\"10.20.0.5\",\"at\":1},"
	       "{\"source\":\"sweep\",\"address\":\"10.20.0.9\",\"at\":1}");
	report("{\"source\":\"sweep\",\"address\":\"10.20.0.9\",\"at\":2},"
	       "{\"source\":\"snmp\",\"address\":\"10.20.0.9\",\"at\":2,\"name\":\"sw-3\","
	       "\"vendor\":\"Huawei\",\"object_id\":\"1.3.6.1.4.1.2011.2.23.1\"}");
	see(&operator, ROUTE_DISCOVERED_LIST, 0, "");
	assert_int_equal(answer_int(&school, "total"), 1);
	answer_is(&school, "items.0.address", "10.20.0.9");
	answer_is(&school, "items.0.name", "sw-3");
	answer_is(&school, "items.0.vendor", "Huawei");
	answer_is(&school, "items.0.kind", "device");
	assert_int_equal(answer_int(&school, "items.0.subnet.id"), range);
	answer_is(&school, "items.0.suggested.name", "数学系");
	answer_is(&school, "items.0.sources.1", "snmp");
	int64_t id = answer_int(&school, "items.0.id");
	see(&operator, ROUTE_DISCOVERED_GET, id, "");
	assert_int_equal(json_count(answer_at(&school, "evidence")), 2);
	see(&operator, ROUTE_DISCOVERED_LIST, 0, "q=10.20.0.9&source=snmp");
	assert_int_equal(answer_int(&school, "total"), 1);
	see(&operator, ROUTE_DISCOVERED_LIST, 0, "source=arp");
	assert_int_equal(answer_int(&school, "total"), 0);
	school_close(&school);
}

static void order_is(
	const char *query, const char *first, const char *second, const char *third)
{
	const char *const want[] = { first, second, third };
	char all[128];
	(void)snprintf(all, sizeof(all), "limit=1&%s", query);
	for (size_t i = 0; i < 3; i++) {
		see(&operator, ROUTE_DISCOVERED_LIST, 0, all);
		answer_is(&school, "items.0.address", want[i]);
		assert_int_equal(answer_int(&school, "total"), 3);
		assert_int_equal(json_type(answer_at(&school, "next_cursor")),
			i < 2 ? JSON_STRING : JSON_NULL);
		(void)snprintf(all, sizeof(all), "limit=1&%s&cursor=%.*s", query,
			SLICE_FMT(json_str(answer_at(&school, "next_cursor"))));
	}
}

static void who_made_it_is_said_and_what_it_may_be(const char *conf)
{
	begin(conf);
	makers = makers_create();
	assert_int_equal(makers_read(makers, SLICE("MA-L,00E0FC,Zebu Works\nMA-L,0012AA,"
						   "\"Hangzhou Hikvision Digital\"\n")),
		2);
	makers_seal(makers);
	arp("10.20.0.9", 0x00e0fc000009, "beta");
	matched();
	arp("10.20.0.10", 0x0012aa000010, "");
	matched();
	arp("10.20.0.101", 0xda12aa000010, "Alpha");
	matched();
	see(&operator, ROUTE_DISCOVERED_LIST, 0, "sort=address");
	answer_is(&school, "items.0.maker", "Zebu Works");
	assert_int_equal(json_type(answer_at(&school, "items.0.guess")), JSON_NULL);
	answer_is(&school, "items.1.guess", "camera");
	answer_is(&school, "items.1.guess_by.0", "maker");
	answer_is(&school, "items.1.kind", "device");
	assert_int_equal(json_type(answer_at(&school, "items.2.maker")), JSON_NULL);
	assert_true(json_get_bool(answer_at(&school, "items.2"), "mac_random", false));
	order_is("sort=newest", "10.20.0.101", "10.20.0.10", "10.20.0.9");
	order_is("sort=last", "10.20.0.101", "10.20.0.10", "10.20.0.9");
	order_is("sort=address", "10.20.0.9", "10.20.0.10", "10.20.0.101");
	order_is("sort=name", "10.20.0.101", "10.20.0.9", "10.20.0.10");
	order_is("sort=maker", "10.20.0.10", "10.20.0.9", "10.20.0.101");
	see(&operator, ROUTE_DISCOVERED_LIST, 0, "guess=camera");
	assert_int_equal(answer_int(&school, "total"), 1);
	see(&operator, ROUTE_DISCOVERED_LIST, 0, "guess=none&q=zebu");
	assert_int_equal(answer_int(&school, "total"), 1);
	/* Claimed without a word of its vendor, and with one. */
	(void)done(ROUTE_DISCOVERED_CLAIM, number("SELECT min(id) FROM discovered"),
		"{\"name\":\"甲\",\"kind\":\"device\",\"unit_id\":%lld}", (long long)unit);
	(void)done(ROUTE_DISCOVERED_CLAIM, number("SELECT max(id) FROM discovered"),
		"{\"name\":\"乙\",\"kind\":\"device\",\"unit_id\":%lld,\"vendor\":\"丙\"}",
		(long long)unit);
	assert_int_equal(number("SELECT count(*) FROM asset WHERE vendor = 'Zebu Works'"), 1);
	assert_int_equal(number("SELECT count(*) FROM asset WHERE vendor = '丙'"), 1);
	makers = makers_destroy(makers);
	school_close(&school);
}

static void a_claimed_one_is_an_asset_and_stays_it(const char *conf)
{
	begin(conf);
	arp("10.20.0.9", 0x00e0fc000009, "");
	matched();
	int64_t id = number("SELECT id FROM discovered");
	refused(&operator, ROUTE_DISCOVERED_CLAIM, id, E_INPUT, "input.required",
		"{\"name\":\"交换机 3\",\"kind\":\"device\"}");
	(void)done(ROUTE_DISCOVERED_CLAIM, id,
		"{\"name\":\"交换机 3\",\"kind\":\"device\",\"unit_id\":%lld}",
		(long long)unit);
	assert_int_equal(
		number("SELECT count(*) FROM asset a JOIN discovered d ON d.asset_id = a.id"
		       " WHERE a.address = '10.20.0.9' AND d.state = 'claimed'"),
		1);
	refused(&operator, ROUTE_DISCOVERED_IGNORE, id, E_STATE, "discovered.decided",
		"{\"reason\":\"测试\",\"until\":1}");
	/* It has another address now, and is known by its station. */
	school_at(&school, "2026-03-04T09:00");
	arp("10.20.0.77", 0x00e0fc000009, "");
	matched();
	assert_int_equal(number("SELECT count(*) FROM discovered WHERE state = 'claimed'"), 1);
	assert_int_equal(number("SELECT count(*) FROM discovered"), 1);
	/* Out of use and still there: it is in no register any more. */
	(void)done(ROUTE_ASSETS_UPDATE, number("SELECT asset_id FROM discovered"),
		"{\"retired\":true}");
	matched();
	assert_int_equal(number("SELECT count(*) FROM discovered WHERE state = 'new'"), 1);
	school_close(&school);
}

static void two_that_are_one_become_one(const char *conf)
{
	begin(conf);
	report("{\"source\":\"sweep\",\"address\":\"10.20.0.9\",\"at\":1},"
	       "{\"source\":\"sweep\",\"address\":\"10.20.0.10\",\"at\":1}");
	assert_int_equal(number("SELECT count(*) FROM discovered WHERE state = 'new'"), 2);
	arp("10.20.0.9", 0x00e0fc000009, "");
	arp("10.20.0.10", 0x00e0fc000009, "");
	matched();
	assert_int_equal(number("SELECT count(*) FROM discovered WHERE state = 'new'"), 1);
	assert_int_equal(number("SELECT count(*) FROM discovered WHERE state = 'joined'"), 1);
	assert_int_equal(
		number("SELECT live_addresses FROM discovered WHERE state = 'new'"), 2);
	school_close(&school);
}

static void merging_teaches_the_register_the_address(const char *conf)
{
	begin(conf);
	int64_t asset = done(ROUTE_ASSETS_CREATE, 0,
		"{\"name\":\"教务系统\",\"kind\":\"system\",\"address\":\"10.20.0.5\"}");
	report("{\"source\":\"sweep\",\"address\":\"10.20.0.6\",\"at\":1}");
	int64_t id = number("SELECT id FROM discovered");
	(void)done(ROUTE_DISCOVERED_MERGE, id, "{\"asset_id\":%lld}", (long long)asset);
	see(&operator, ROUTE_ASSETS_GET, asset, "");
	answer_is(&school, "address", "10.20.0.5, 10.20.0.6");
	matched();
	assert_int_equal(number("SELECT count(*) FROM discovered WHERE state = 'merged'"), 1);
	school_close(&school);
}

static void whoever_is_registered_meanwhile_is_settled(const char *conf)
{
	begin(conf);
	report("{\"source\":\"sweep\",\"address\":\"10.20.0.6\",\"at\":1}");
	(void)done(ROUTE_ASSETS_CREATE, 0,
		"{\"name\":\"实验室\",\"kind\":\"server\",\"address\":\"10.20.0.0/24\"}");
	matched();
	assert_int_equal(number("SELECT count(*) FROM discovered WHERE state = 'merged'"
				" AND asset_id IS NOT NULL AND decided_by IS NULL"),
		1);
	school_close(&school);
}

static void ignored_ones_come_back_when_it_ends(const char *conf)
{
	begin(conf);
	report("{\"source\":\"sweep\",\"address\":\"10.20.0.6\",\"at\":1}");
	int64_t id = number("SELECT id FROM discovered");
	int64_t until_ms = school.house.now_ms + 10 * DAY_MS;
	refused(&operator, ROUTE_DISCOVERED_IGNORE, id, E_INPUT, "input.required",
		"{\"reason\":\"来宾\"}");
	refused(&operator, ROUTE_DISCOVERED_IGNORE, id, E_INPUT, "input.range",
		"{\"reason\":\"来宾\",\"until\":1}");
	(void)done(ROUTE_DISCOVERED_IGNORE, id, "{\"reason\":\"来宾\",\"until\":%lld}",
		(long long)until_ms);
	school_at(&school, "2026-03-05T09:00");
	report("{\"source\":\"sweep\",\"address\":\"10.20.0.6\"}");
	assert_int_equal(number("SELECT count(*) FROM discovered WHERE state = 'ignored'"), 1);
	/* The time is over, and it is not there any more: nobody need be asked. */
	school_at(&school, "2026-03-20T09:00");
	matched();
	assert_int_equal(number("SELECT count(*) FROM discovered WHERE state = 'ignored'"), 1);
	report("{\"source\":\"sweep\",\"address\":\"10.20.0.6\"}");
	assert_int_equal(number("SELECT count(*) FROM discovered WHERE state = 'new'"), 1);
	school_close(&school);
}

static void a_unit_sees_and_claims_what_it_was_handed(const char *conf)
{
	begin(conf);
	int64_t other = school_unit(&school, "物理系", false);
	report("{\"source\":\"sweep\",\"address\":\"10.20.0.6\",\"at\":1},"
	       "{\"source\":\"sweep\",\"address\":\"10.20.0.7\",\"at\":1}");
	int64_t first = number("SELECT min(id) FROM discovered");
	int64_t second = number("SELECT max(id) FROM discovered");
	char body[128];
	see(&officer, ROUTE_DISCOVERED_LIST, 0, "");
	assert_int_equal(answer_int(&school, "total"), 0);
	assert_int_equal(view_do(&school, &officer, ROUTE_DISCOVERED_GET, first, ""), E_ABSENT);
	(void)done(ROUTE_DISCOVERED_HAND, first, "{\"unit_id\":%lld}", (long long)unit);
	(void)done(ROUTE_DISCOVERED_HAND, second, "{\"unit_id\":%lld}", (long long)unit);
	see(&officer, ROUTE_DISCOVERED_LIST, 0, "");
	assert_int_equal(answer_int(&school, "total"), 2);
	see(&officer, ROUTE_TODO_LIST, 0, "");
	answer_is(&school, "items.0.kind", "discovered");
	answer_is(&school, "items.0.act", "claim");
	(void)snprintf(body, sizeof(body),
		"{\"name\":\"机房服务器\",\"kind\":\"server\",\"unit_id\":%lld}",
		(long long)other);
	assert_int_equal(
		desk_do(&school, &officer, ROUTE_DISCOVERED_CLAIM, first, body), E_ABSENT);
	(void)snprintf(body, sizeof(body),
		"{\"name\":\"机房服务器\",\"kind\":\"server\",\"unit_id\":%lld}",
		(long long)unit);
	assert_int_equal(desk_do(&school, &officer, ROUTE_DISCOVERED_CLAIM, first, body), 0);
	assert_int_equal(desk_do(&school, &officer, ROUTE_DISCOVERED_DECLINE, second,
				 "{\"reason\":\"不是本系的\"}"),
		0);
	see(&officer, ROUTE_DISCOVERED_LIST, 0, "");
	assert_int_equal(answer_int(&school, "total"), 0);
	see(&operator, ROUTE_DISCOVERED_GET, second, "");
	answer_is(&school, "state", "new");
	answer_is(&school, "reason", "不是本系的");
	school_close(&school);
}

/* Two of long ago, of which one is the unit's to answer for, and a new one. */
static void who_may_see_the_list_is_told_how_long_it_is(const char *conf)
{
	begin(conf);
	struct hat sysadmin =
		school_hat(&school, school_person(&school, "陈工", 0), "sysadmin", 0);
	report("{\"source\":\"sweep\",\"address\":\"10.20.0.6\",\"at\":1},"
	       "{\"source\":\"sweep\",\"address\":\"10.20.0.7\",\"at\":1},"
	       "{\"source\":\"sweep\",\"address\":\"10.20.0.8\"}");
	(void)done(ROUTE_DISCOVERED_HAND,
		number("SELECT id FROM discovered WHERE live_address = '10.20.0.6'"),
		"{\"unit_id\":%lld}", (long long)unit);
	see(&operator, ROUTE_OVERVIEW_GET, 0, "");
	assert_int_equal(answer_int(&school, "found.all"), 3);
	assert_int_equal(answer_int(&school, "found.fresh"), 1);
	see(&officer, ROUTE_OVERVIEW_GET, 0, "");
	assert_int_equal(answer_int(&school, "found.all"), 1);
	assert_int_equal(answer_int(&school, "found.fresh"), 0);
	see(&sysadmin, ROUTE_OVERVIEW_GET, 0, "");
	assert_int_equal(json_type(answer_at(&school, "found")), JSON_NULL);
	school_close(&school);
}

static void ranges_are_kept_apart_and_in_bounds(const char *conf)
{
	begin(conf);
	int64_t id = done(ROUTE_SUBNETS_CREATE, 0,
		"{\"name\":\"宿舍\",\"network\":\"10.30.1.7/16\",\"mode\":\"passive\"}");
	see(&operator, ROUTE_SUBNETS_LIST, 0, "");
	answer_is(&school, "items.0.network", "10.30.0.0/16");
	refused(&operator, ROUTE_SUBNETS_CREATE, 0, E_EXISTS, "subnet.taken",
		"{\"name\":\"又\",\"network\":\"10.30.0.0/16\",\"mode\":\"active\"}");
	refused(&operator, ROUTE_SUBNETS_CREATE, 0, E_INPUT, "subnet.too_wide",
		"{\"name\":\"全部\",\"network\":\"10.0.0.0/8\",\"mode\":\"active\"}");
	refused(&operator, ROUTE_SUBNETS_CREATE, 0, E_INPUT, "subnet.no_place",
		"{\"name\":\"全部\",\"network\":\"0.0.0.0/0\",\"mode\":\"passive\"}");
	refused(&operator, ROUTE_SUBNETS_CREATE, 0, E_INPUT, "subnet.no_place",
		"{\"name\":\"组播\",\"network\":\"239.1.1.0/24\",\"mode\":\"active\"}");
	refused(&operator, ROUTE_SUBNETS_CREATE, 0, E_INPUT, "input.invalid",
		"{\"name\":\"甲\",\"network\":\"10.300.0.0/16\",\"mode\":\"active\"}");
	assert_int_equal(desk_do(&school, &operator, ROUTE_SUBNETS_REMOVE, id, NULL), 0);
	(void)done(ROUTE_SUBNETS_CREATE, 0,
		"{\"name\":\"宿舍\",\"network\":\"10.30.0.0/16\",\"mode\":\"off\"}");
	/* Nothing of a range that is not looked at is kept, not even in passing. */
	arp("10.30.4.4", 0x00e0fc000004, "somebody");
	assert_int_equal(number("SELECT count(*) FROM sighting"), 0);
	school_close(&school);
}

/* A neighbour that says nothing but its name: the register will never know an address of it. */
static void a_claimed_one_without_address_stays(const char *conf)
{
	begin(conf);
	arp("", 0, "attic-switch");
	matched();
	(void)done(ROUTE_DISCOVERED_CLAIM, number("SELECT id FROM discovered"),
		"{\"name\":\"阁楼交换机\",\"kind\":\"device\",\"unit_id\":%lld}",
		(long long)unit);
	matched();
	assert_int_equal(number("SELECT count(*) FROM discovered WHERE state = 'claimed'"), 1);
	school_close(&school);
}

static int crawl(struct txn *txn, void *arg)
{
	return crawl_take(txn, arg, txn_now_ms(txn));
}

static struct network address_of(const char *text)
{
	struct network network = { 0 };
	assert_int_equal(network_parse(slice_str(text), &network), 0);
	return network;
}

static void who_is_around_a_router_is_listed(const char *conf)
{
	begin(conf);
	(void)done(ROUTE_ASSETS_CREATE, 0,
		"{\"name\":\"核心\",\"kind\":\"device\",\"address\":\"10.20.0.1\"}");
	(void)done(ROUTE_SUBNETS_CREATE, 0,
		"{\"name\":\"宿舍\",\"network\":\"10.30.0.0/16\",\"mode\":\"off\"}");
	struct topology_port ports[] = { { .if_index = 7, .name = SLICE("Vlanif20") },
		{ .if_index = 9, .local_number = 109, .name = SLICE("GE1/0/9") } };
	struct network own[] = { address_of("10.20.0.1"), address_of("10.20.7.1") };
	struct topology_arp arps[] = { { address_of("10.20.0.9"), 0x00e0fc000009, 7 },
		{ address_of("10.20.7.1"), 0x00e0fc000001, 7 },
		{ address_of("10.30.4.4"), 0x00e0fc000044, 7 } };
	struct topology_neighbour neighbours[] = { { .source = TOPOLOGY_LLDP,
		.local = 109,
		.chassis = { TOPOLOGY_CHASSIS_MAC, SLICE("\x00\xe0\xfc\x00\x00\x09") },
		.sysname = SLICE("access-9") } };
	struct topology_fdb fdb[] = { { 9, 20, 0x00e0fc000009 }, { 7, 20, 0x00e0fc000055 } };
	struct topology_device device = { .id = 7,
		.sysname = SLICE("core"),
		.addresses = own,
		.address_count = 2,
		.ports = ports,
		.port_count = 2,
		.arp = arps,
		.arp_count = 3,
		.neighbours = neighbours,
		.neighbour_count = 1,
		.fdb = fdb,
		.fdb_count = 2 };
	/* A bridge may know the address only the next time. */
	assert_int_equal(school_run(&school, crawl, &device), 0);
	assert_int_equal(school_run(&school, crawl, &device), 0);
	matched();
	see(&operator, ROUTE_DISCOVERED_LIST, 0, "");
	assert_int_equal(answer_int(&school, "total"), 1);
	answer_is(&school, "items.0.address", "10.20.0.9");
	answer_is(&school, "items.0.name", "access-9");
	answer_is(&school, "items.0.mac", "00:e0:fc:00:00:09");
	see(&operator, ROUTE_DISCOVERED_GET, answer_int(&school, "items.0.id"), "");
	assert_int_equal(json_count(answer_at(&school, "evidence")), 3);
	assert_int_equal(number("SELECT count(*) FROM sighting WHERE source = 'fdb'"
				" AND by_port = 'GE1/0/9'"),
		1);
	assert_int_equal(number("SELECT count(*) FROM sighting WHERE mac = 966300532821"), 0);
	school_close(&school);
}

static void probe_is_told_what_it_may(const char *conf)
{
	begin(conf);
	AUTO_BUF struct buf table;
	char body[160];
	int64_t now_ms = school.house.now_ms;
	buf_init(&table, 65536);
	(void)done(ROUTE_SUBNETS_CREATE, 0,
		"{\"name\":\"办公区\",\"network\":\"10.20.0.0/24\",\"mode\":\"active\"}");
	(void)done(ROUTE_SUBNETS_CREATE, 0,
		"{\"name\":\"实验\",\"network\":\"10.20.0.64/26\",\"mode\":\"off\"}");
	(void)snprintf(body, sizeof(body), "{\"reason\":\"高考\",\"to\":%lld}",
		(long long)(now_ms + DAY_MS));
	assert_int_equal(desk_do(&school, &operator, ROUTE_FREEZES_CREATE, 0, body), 0);
	int64_t freeze = school.answer_id;
	assert_int_equal(range_table_put(school.house.db, NULL, now_ms, &table), 0);
	buf_put_byte(&table, 0);
	assert_non_null(
		strstr((char *)table.p, "{\"network\":\"10.20.0.0/24\",\"active\":true}"));
	assert_non_null(
		strstr((char *)table.p, "{\"network\":\"10.20.0.64/26\",\"active\":false}"));
	(void)snprintf(body, sizeof(body), "\"freezes\":[[%lld,%lld]]", (long long)now_ms,
		(long long)(now_ms + DAY_MS));
	assert_non_null(strstr((char *)table.p, body));
	see(&operator, ROUTE_DISCOVERY_GET, 0, "");
	answer_is(&school, "freeze", "高考");
	/* Only who answers for the network lets scans go on before the time. */
	refused(&operator, ROUTE_FREEZES_END, freeze, E_DENIED, "denied.role", NULL);
	assert_int_equal(desk_do(&school, &director, ROUTE_FREEZES_END, freeze, NULL), 0);
	refused(&director, ROUTE_FREEZES_END, freeze, E_STATE, "freeze.over", NULL);
	buf_clear(&table);
	assert_int_equal(range_table_put(school.house.db, NULL, now_ms, &table), 0);
	buf_put_byte(&table, 0);
	assert_non_null(strstr((char *)table.p, "\"freezes\":[]"));
	school_close(&school);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "what answers and is in no register is listed once",
			what_answers_is_listed_once, false },
		{ "who made a device's card is said, what it may be, and lists go by either",
			who_made_it_is_said_and_what_it_may_be, false },
		{ "a claimed device is an asset and stays it under another address",
			a_claimed_one_is_an_asset_and_stays_it, false },
		{ "a claimed device that has no address stays claimed",
			a_claimed_one_without_address_stays, false },
		{ "two that turn out to be one device become one entry",
			two_that_are_one_become_one, false },
		{ "tying a device to an asset teaches the register its address",
			merging_teaches_the_register_the_address, false },
		{ "whoever is registered meanwhile is settled by itself",
			whoever_is_registered_meanwhile_is_settled, false },
		{ "ignored devices come back when the time is over and they are still there",
			ignored_ones_come_back_when_it_ends, false },
		{ "a unit sees, claims and declines what it was handed, and nothing else",
			a_unit_sees_and_claims_what_it_was_handed, false },
		{ "who may see the list is told how long it is, and nobody else",
			who_may_see_the_list_is_told_how_long_it_is, false },
		{ "ranges are kept apart, in bounds and out of sight",
			ranges_are_kept_apart_and_in_bounds, false },
		{ "who is around a watched router is listed, its own addresses are not",
			who_is_around_a_router_is_listed, false },
		{ "probe is told its ranges and freezes, and who may lift one",
			probe_is_told_what_it_may, false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
