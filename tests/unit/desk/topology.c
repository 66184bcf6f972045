/* SPDX-License-Identifier: Apache-2.0 */
/* From tables to a map to parents, on both stores. */
#include "desk/topology.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "base/arena.h"
#include "base/err.h"
#include "desk/vicinity.h"
#include "fixture.h"
#include "records/sql.h"

static struct school school;
static struct hat operator;

static int64_t check(const char *name, const char *kind, const char *target)
{
	char body[256];
	(void)snprintf(body, sizeof(body),
		"{\"name\":\"%s\",\"kind\":\"%s\",\"target\":\"%s\"}", name, kind, target);
	assert_int_equal(desk_do(&school, &operator, ROUTE_CHECKS_CREATE, 0, body), 0);
	return school.answer_id;
}

static int take_run(struct txn *txn, void *arg)
{
	return vicinity_take(txn, arg);
}

static int keep_run(struct txn *txn, void *arg)
{
	return topology_keep(txn, arg);
}

/* A switch that hears another; and what more its tables have. */
static void hears(int64_t id, unsigned own, unsigned port, unsigned far, const char *more)
{
	char json[1024];
	(void)snprintf(json, sizeof(json),
		"{\"facts\":{\"sysname\":\"sw%u\",\"chassis\":[[4,\"0200000000%02x\"]],\"ports\":["
		"{\"index\":1,\"name\":\"Gi1\"},{\"index\":2,\"name\":\"Gi2\"},{\"index\":3,\"name\":\"Gi3\"}]},"
		"\"neighbours\":[{\"source\":\"lldp\",\"local\":%u,\"chassis_kind\":4,"
		"\"chassis\":\"0200000000%02x\",\"port_kind\":5,\"port\":\"4769%02x\"}]%s}",
		own, own, port, far, 0x30 + (port == 1 ? 2 : 1), more);
	struct vicinity_facts facts = { id, school.house.now_ms, slice_str(json) };
	assert_int_equal(school_run(&school, take_run, &facts), 1);
}

static int make(void)
{
	AUTO_ARENA struct arena *arena = arena_create((size_t)1 << 30);
	struct topology_made *made = arena_take(arena, sizeof(*made));
	assert_int_equal(topology_make(school.house.db, (struct slice) { 0 }, arena, made), 0);
	return made->is_nothing ? E_STATE : school_run(&school, keep_run, made);
}

static int64_t number(const char *sql)
{
	return house_number(&school.house, sql);
}

static int64_t hangs_on(int64_t watch)
{
	char sql[128];
	(void)snprintf(sql, sizeof(sql),
		"SELECT coalesce(sum(parent_id), 0) FROM watch_parent WHERE watch_id = %lld",
		(long long)watch);
	return number(sql);
}

/* rest is members after the device's, with a comma in front. */
static int say(const char *kind, int64_t device, const char *rest)
{
	char body[256];
	(void)snprintf(body, sizeof(body), "{\"kind\":\"%s\",\"device\":%lld%s}", kind,
		(long long)device, rest);
	return desk_do(&school, &operator, ROUTE_TOPOLOGY_SAY, 0, body);
}

struct made {
	int64_t core, core_ping, access, access_ping, host;
};

/* core Gi1 — Gi2 access; a server behind access Gi3, known by the core's ARP. */
static struct made begin(const char *conf)
{
	struct made m = { 0 };
	school_open(&school, conf);
	operator= school_hat(&school, school_person(&school, "赵强", 0), "operator", 0);
	m.core = check("核心", "snmp", "10.0.0.1");
	m.core_ping = check("核心 Ping", "icmp", "10.0.0.1");
	m.access = check("接入", "snmp", "10.0.0.2");
	m.access_ping = check("接入 Ping", "icmp", "10.0.0.2");
	m.host = check("服务器", "icmp", "10.1.0.9");
	hears(m.core, 1, 1, 2,
		",\"arp\":[[1,\"10.1.0.9\",\"060000000009\"]],"
		"\"fdb\":[[1,10,\"060000000009\"]]");
	hears(m.access, 2, 2, 1, ",\"fdb\":[[3,10,\"060000000009\"]]");
	return m;
}

static void parents_follow_from_the_point(const char *conf)
{
	struct made m = begin(conf);
	assert_int_equal(make(), 0);
	assert_int_equal(number("SELECT count(*) FROM watch_parent"), 0);
	assert_int_equal(say("point", m.core, ",\"reason\":\"x\""), 0);
	assert_int_equal(make(), 1);
	assert_int_equal(hangs_on(m.core_ping), 0);
	assert_int_equal(hangs_on(m.core), m.core_ping);
	assert_int_equal(hangs_on(m.access_ping), m.core_ping);
	assert_int_equal(hangs_on(m.access), m.access_ping);
	assert_int_equal(hangs_on(m.host), m.access_ping);
	assert_int_equal(make(), 0);
	school_close(&school);
}

static void a_persons_parents_stay(const char *conf)
{
	struct made m = begin(conf);
	char body[64];
	assert_int_equal(make(), 0);
	assert_int_equal(say("point", m.core, ",\"reason\":\"x\""), 0);
	assert_int_equal(make(), 1);
	(void)snprintf(body, sizeof(body), "{\"parents\":[%lld]}", (long long)m.core);
	assert_int_equal(desk_do(&school, &operator, ROUTE_CHECKS_UPDATE, m.host, body), 0);
	assert_int_equal(hangs_on(m.host), m.core);
	(void)make();
	assert_int_equal(hangs_on(m.host), m.core);
	assert_int_equal(number("SELECT count(*) FROM watch_parent WHERE by_map = 0"), 1);
	assert_int_equal(
		desk_do(&school, &operator, ROUTE_CHECKS_UPDATE, m.host, "{\"parents\":[]}"),
		0);
	assert_int_equal(make(), 1);
	assert_int_equal(hangs_on(m.host), m.access_ping);
	/* What the map says is no obstacle to what a person says. */
	(void)snprintf(body, sizeof(body), "{\"parents\":[%lld]}", (long long)m.access_ping);
	assert_int_equal(
		desk_do(&school, &operator, ROUTE_CHECKS_UPDATE, m.core_ping, body), 0);
	assert_int_equal(make(), 1);
	assert_int_equal(hangs_on(m.access_ping), 0);
	school_close(&school);
}

static void what_is_gone_ends(const char *conf)
{
	struct made m = begin(conf);
	assert_int_equal(make(), 0);
	int64_t links = number("SELECT count(*) FROM topology_link WHERE until_ms IS NULL");
	assert_int_equal(links, 2);
	char rest[64];
	(void)snprintf(
		rest, sizeof(rest), ",\"other\":%lld,\"reason\":\"x\"", (long long)m.core);
	assert_int_equal(say("strike", m.access, rest), 0);
	assert_int_equal(make(), 0);
	assert_int_equal(number("SELECT count(*) FROM topology_link WHERE mark = 'struck'"), 1);
	assert_int_equal(desk_dof(&school, &operator, ROUTE_CHECKS_UPDATE, m.access,
				 "{\"target\":\"10.0.0.77\"}"),
		0);
	assert_int_equal(make(), 0);
	assert_int_equal(
		number("SELECT count(*) FROM topology_link WHERE until_ms IS NULL"), 0);
	assert_int_equal(number("SELECT count(*) FROM topology_link"), links);
	school_close(&school);
}

/* By what anybody writes: a port there is, and one that no table has. */
static void a_link_is_drawn_by_the_names_of_its_ports(const char *conf)
{
	struct made m = begin(conf);
	char rest[160];
	assert_int_equal(make(), 0);
	(void)snprintf(rest, sizeof(rest),
		",\"port_name\":\"gi1\",\"other\":%lld,\"other_port_name\":\"光口 2\","
		"\"reason\":\"x\"",
		(long long)m.core);
	assert_int_equal(say("draw", m.access, rest), 0);
	assert_int_equal(make(), 0);
	assert_int_equal(number("SELECT count(*) FROM topology_link WHERE mark = 'drawn'"
				" AND until_ms IS NULL AND name_a = '光口 2' AND port_a = 0"
				" AND name_b = 'Gi1' AND port_b = 1"),
		1);
	assert_int_equal(view_do(&school, &operator, ROUTE_TOPOLOGY_GET, 0, ""), 0);
	answer_is(&school, "words.0.port_name", "光口 2");
	answer_is(&school, "words.0.other_port_name", "gi1");
	/* The same said again stands in place of it, another port beside it. */
	assert_int_equal(say("draw", m.access, rest), 0);
	(void)snprintf(rest, sizeof(rest),
		",\"port_name\":\"gi2\",\"other\":%lld,\"reason\":\"x\"", (long long)m.core);
	assert_int_equal(say("draw", m.access, rest), 0);
	assert_int_equal(
		number("SELECT count(*) FROM topology_word WHERE ended_at_ms IS NULL"), 2);
	/* Found by itself and drawn: one link, by the name the device gives its port. */
	assert_int_equal(make(), 0);
	assert_int_equal(number("SELECT count(*) FROM topology_link WHERE mark = 'drawn'"
				" AND until_ms IS NULL AND name_a = 'Gi1' AND name_b = 'Gi2'"),
		1);
	school_close(&school);
}

static void words_are_held_against_the_map(const char *conf)
{
	struct made m = begin(conf);
	char self[64];
	(void)snprintf(
		self, sizeof(self), ",\"other\":%lld,\"reason\":\"x\"", (long long)m.core);
	const struct {
		const char *kind;
		int64_t device;
		const char *rest;
		const char *code;
	} bad[] = {
		{ "point", 1, ",\"reason\":\"x\"", "input.unknown" },
		{ "point", m.core, "", "input.required" },
		{ "draw", m.core, self, "topology.same" },
		{ "erase", m.core, ",\"reason\":\"x\"", "input.word" },
	};
	assert_int_equal(make(), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(say(bad[i].kind, bad[i].device, bad[i].rest), E_INPUT);
		assert_string_equal(school.code, bad[i].code);
	}
	assert_int_equal(view_do(&school, &operator, ROUTE_TOPOLOGY_GET, 0, ""), 0);
	school_close(&school);
}

static void without_devices_nothing_is_made(const char *conf)
{
	school_open(&school, conf);
	operator= school_hat(&school, school_person(&school, "赵强", 0), "operator", 0);
	(void)check("网站", "icmp", "10.1.0.9");
	assert_int_equal(make(), E_STATE);
	school_close(&school);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "parents follow from the monitoring point", parents_follow_from_the_point,
			false },
		{ "a person's parents stay", a_persons_parents_stay, false },
		{ "what is gone ends, and is kept", what_is_gone_ends, false },
		{ "a link is drawn by the names of its ports, known or not",
			a_link_is_drawn_by_the_names_of_its_ports, false },
		{ "words are held against the map", words_are_held_against_the_map, false },
		{ "without devices nothing is made", without_devices_nothing_is_made, false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
