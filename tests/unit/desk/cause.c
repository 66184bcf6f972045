/* SPDX-License-Identifier: Apache-2.0 */
/* One message a cause, and none while somebody is at work on it. */
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "base/arena.h"
#include "base/err.h"
#include "cast.h"
#include "desk/affected.h"
#include "desk/check_table.h"
#include "desk/signals.h"
#include "model/signal.h"

enum { CHILDREN = 40 };

static struct cast cast;
static struct school *const school = &cast.school;
static struct hat *const operator= & cast.operator;

static void begin(const char *conf)
{
	school_open(school, conf);
	cast.unit = school_unit(school, "数学系", false);
	cast.operator= school_hat(school, school_person(school, "赵强", 0), "operator", 0);
}

PRINTF_LIKE(3, 4)
static int64_t done(enum route_id route, int64_t id, const char *format, ...)
{
	char body[2048];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(body, sizeof(body), format, args);
	va_end(args);
	if (desk_do(school, operator, route, id, body) < 0) {
		fail_msg("%s %s: %d %s %s", routes[route].name, body, school->status,
			school->code, school->field);
	}
	return school->answer_id;
}

static void see(enum route_id route, int64_t id, const char *query)
{
	if (view_do(school, operator, route, id, query) < 0) {
		fail_msg("%s?%s: %d %s", routes[route].name, query, school->status,
			school->code);
	}
}

static int64_t number(const char *sql)
{
	return house_number(&school->house, sql);
}

/* ---- what probe would say */

struct word {
	int64_t check;
	enum signal_state state;
	const char *class;
	const char *shown;
	int64_t cause;
};

static int hear(struct txn *txn, void *arg)
{
	const struct word *w = arg;
	struct arena *arena = txn_arena(txn);
	bool flap = strcmp(w->class, "check.flapping") == 0;
	struct signal signal = { .source = SLICE("probe"),
		.check = arena_printf(arena, "%lld", (long long)w->check),
		.asset_key = arena_printf(arena, "10.1.2.%lld", (long long)w->check % 250),
		.class = slice_str(w->class),
		.severity = ALERT_SEVERITY_MAJOR,
		.observed_at_ms = txn_now_ms(txn),
		.state = w->state,
		.dedup_key = arena_printf(
			arena, "probe:%lld%s", (long long)w->check, flap ? ":flap" : ""),
		.code = slice_str(flap ? "check.flapping" : "check.down"),
		.args = arena_printf(arena, "{\"name\":\"项%lld\",\"state\":\"%s\"}",
			(long long)w->check, w->shown),
		.cause = w->cause != 0 ? arena_printf(arena, "%lld", (long long)w->cause)
				       : (struct slice) { 0 } };
	return signal_take(txn, &school->desk_env, &signal);
}

static void said(int64_t check, enum signal_state state, const char *shown, int64_t cause)
{
	struct word word = { check, state, "check.state", shown, cause };
	assert_int_equal(school_run(school, hear, &word), 0);
}

static void flap_said(int64_t check, enum signal_state state, const char *shown)
{
	struct word word = { check, state, "check.flapping", shown, 0 };
	assert_int_equal(school_run(school, hear, &word), 0);
}

static int64_t check_of(const char *name, int64_t parent)
{
	static unsigned address;
	char parents[32] = "null";
	if (parent != 0) {
		(void)snprintf(parents, sizeof(parents), "[%lld]", (long long)parent);
	}
	return done(ROUTE_CHECKS_CREATE, 0,
		"{\"name\":\"%s\",\"kind\":\"icmp\",\"target\":\"10.1.2.%u\",\"parents\":%s}",
		name, ++address % 250, parents);
}

static int64_t mails(const char *about)
{
	char sql[200];
	(void)snprintf(sql, sizeof(sql),
		"SELECT count(*) FROM delivery WHERE about = 'incident' AND subject LIKE '%%%s%%'",
		about);
	return number(sql);
}

/* ---- parents */

static void parents_are_kept_and_rings_are_refused(const char *conf)
{
	begin(conf);
	int64_t core = check_of("核心", 0);
	int64_t edge = check_of("楼栋", core);
	int64_t room = check_of("教室", edge);
	char body[64];
	(void)snprintf(body, sizeof(body), "{\"parents\":[%lld]}", (long long)room);
	assert_int_equal(desk_do(school, operator, ROUTE_CHECKS_UPDATE, core, body), E_INPUT);
	assert_string_equal(school->code, "check.parent_ring");
	assert_string_equal(school->field, "parents");
	assert_int_equal(desk_do(school, operator, ROUTE_CHECKS_UPDATE, room, body), E_INPUT);
	assert_string_equal(school->code, "check.parent_ring");
	assert_int_equal(desk_do(school, operator, ROUTE_CHECKS_UPDATE, room,
				 "{\"parents\":[99999999]}"),
		E_INPUT);
	assert_string_equal(school->code, "input.unknown");
	see(ROUTE_CHECKS_GET, room, NULL);
	assert_int_equal(answer_int(school, "parents.0.id"), edge);
	answer_is(school, "parents.0.name", "楼栋");
	AUTO_BUF struct buf table;
	buf_init(&table, 16384);
	assert_int_equal(check_table_put(school->house.db, NULL, &table), 0);
	(void)snprintf(body, sizeof(body), "\"parents\":[%lld]", (long long)edge);
	assert_true(slice_find(buf_slice(&table), slice_str(body)) != SIZE_MAX);
	(void)done(ROUTE_CHECKS_UPDATE, room, "{\"parents\":null}");
	assert_int_equal(number("SELECT count(*) FROM watch_parent"), 1);
	school_close(school);
}

static void a_severity_may_be_that_of_the_asset(const char *conf)
{
	begin(conf);
	int64_t asset = done(ROUTE_ASSETS_CREATE, 0,
		"{\"name\":\"一卡通\",\"kind\":\"system\",\"importance\":\"core\"}");
	int64_t check = done(ROUTE_CHECKS_CREATE, 0,
		"{\"name\":\"一卡通\",\"kind\":\"icmp\",\"target\":\"10.1.9.9\",\"asset_id\":%lld,"
		"\"severity\":\"info\",\"by_asset\":true}",
		(long long)asset);
	AUTO_BUF struct buf table;
	buf_init(&table, 16384);
	assert_int_equal(check_table_put(school->house.db, NULL, &table), 0);
	assert_true(
		slice_find(buf_slice(&table), SLICE("\"severity\":\"critical\"")) != SIZE_MAX);
	(void)done(ROUTE_CHECKS_UPDATE, check, "{\"by_asset\":false}");
	buf_clear(&table);
	assert_int_equal(check_table_put(school->house.db, NULL, &table), 0);
	assert_true(slice_find(buf_slice(&table), SLICE("\"severity\":\"info\"")) != SIZE_MAX);
	school_close(school);
}

/* ---- causes */

static void a_dead_core_is_one_mail_that_says_who_is_affected(const char *conf)
{
	begin(conf);
	int64_t children[CHILDREN];
	int64_t core = check_of("核心", 0);
	int64_t other = check_of("第二核心", 0);
	for (int i = 0; i < CHILDREN; i++) {
		char name[32];
		(void)snprintf(name, sizeof(name), "楼栋%d", i);
		children[i] = check_of(name, core);
	}
	/* This one has another way that works. */
	(void)done(ROUTE_CHECKS_UPDATE, children[0], "{\"parents\":[%lld,%lld]}",
		(long long)core, (long long)other);
	said(other, SIGNAL_RESOLVED, "up", 0);
	said(core, SIGNAL_FIRING, "down", 0);
	assert_int_equal(mails("核心"), 0);
	assert_int_equal(number("SELECT count(*) FROM delivery"), 1);
	store_is(&cast,
		"SELECT CASE WHEN body LIKE '%影响：39 项：楼栋1、楼栋2%等%' THEN 'yes' ELSE body"
		" END FROM delivery",
		"yes");
	for (int i = 1; i < CHILDREN; i++) {
		said(children[i], SIGNAL_NOTE, "unreachable", core);
	}
	assert_int_equal(number("SELECT count(*) FROM delivery"), 1);
	assert_int_equal(number("SELECT count(*) FROM incident"), 1);
	assert_int_equal(number("SELECT count(*) FROM alert"), 1);
	assert_int_equal(
		number("SELECT count(*) FROM affected WHERE until_ms IS NULL"), CHILDREN - 1);
	int64_t incident = number("SELECT id FROM incident");
	see(ROUTE_INCIDENTS_GET, incident, NULL);
	assert_int_equal(answer_int(school, "affected_count"), CHILDREN - 1);
	answer_is(school, "affected.0.check.name", "楼栋1");
	see(ROUTE_CHECKS_LIST, 0, "state=unreachable");
	assert_int_equal(json_count(answer_at(school, "items")), CHILDREN - 1);
	answer_is(school, "items.0.cause.name", "核心");
	/* One entry for all of them, in the timeline and in the log. */
	cast_time(&cast, "2026-03-03T09:01");
	assert_int_equal(number("SELECT count(*) FROM timeline WHERE code = 'affected'"), 1);
	assert_int_equal(number("SELECT count(*) FROM audit_entry WHERE entry LIKE"
				" '%39 checks unreachable, not told: behind 核心:%'"),
		1);
	/* What is still away when the core is back is its own matter. */
	said(core, SIGNAL_RESOLVED, "up", 0);
	said(children[1], SIGNAL_FIRING, "down", 0);
	said(children[2], SIGNAL_RESOLVED, "up", 0);
	assert_int_equal(
		number("SELECT count(*) FROM affected WHERE until_ms IS NULL"), CHILDREN - 3);
	assert_int_equal(mails("已恢复"), 1);
	assert_int_equal(number("SELECT count(*) FROM incident"), 2);
	school_close(school);
}

static void flapping_is_one_message_and_one_at_its_end(const char *conf)
{
	begin(conf);
	int64_t port = check_of("端口", 0);
	said(port, SIGNAL_RESOLVED, "up", 0);
	flap_said(port, SIGNAL_FIRING, "flapping");
	see(ROUTE_CHECKS_GET, port, NULL);
	answer_is(school, "state", "flapping");
	assert_int_equal(mails("反复波动"), 1);
	flap_said(port, SIGNAL_RESOLVED, "up");
	see(ROUTE_CHECKS_GET, port, NULL);
	answer_is(school, "state", "up");
	assert_int_equal(mails("已恢复"), 1);
	assert_int_equal(number("SELECT count(*) FROM delivery"), 2);
	school_close(school);
}

/* ---- maintenance */

static int64_t window_now(const char *scope, int64_t target)
{
	return done(ROUTE_MAINTENANCE_CREATE, 0,
		"{\"reason\":\"交换机升级\",\"kind\":\"once\",\"from\":%lld,\"to\":%lld,"
		"\"scope\":\"%s\",\"scope_ids\":[%lld]}",
		(long long)school->house.now_ms, (long long)school->house.now_ms + 3600000,
		scope, (long long)target);
}

static void what_fails_under_maintenance_is_told_when_it_ends(const char *conf)
{
	begin(conf);
	int64_t core = check_of("核心", 0);
	int64_t edge = check_of("楼栋", core);
	int64_t apart = check_of("别处", 0);
	int64_t window = window_now("check", core);
	see(ROUTE_CHECKS_LIST, 0, "state=maintenance");
	/* What hangs on it is covered with it. */
	assert_int_equal(json_count(answer_at(school, "items")), 2);
	said(core, SIGNAL_FIRING, "down", 0);
	said(edge, SIGNAL_FIRING, "down", 0);
	assert_int_equal(number("SELECT count(*) FROM delivery"), 0);
	assert_int_equal(number("SELECT count(*) FROM incident"), 0);
	assert_int_equal(number("SELECT count(*) FROM alert WHERE state = 'firing'"), 2);
	said(apart, SIGNAL_FIRING, "down", 0);
	assert_int_equal(number("SELECT count(*) FROM delivery"), 1);
	see(ROUTE_MAINTENANCE_GET, window, NULL);
	answer_is(school, "state", "open");
	assert_int_equal(answer_int(school, "covered"), 2);
	assert_int_equal(answer_int(school, "muted"), 2);
	answer_is(school, "timeline.0.code", "muted");
	answer_is(school, "targets.0.name", "核心");
	answer_is(school, "made_by.name", "赵强");
	assert_int_equal(number("SELECT count(*) FROM audit_entry WHERE entry LIKE"
				" '%not told: maintenance%'"),
		2);
	/* One is put right in time, the other is not. */
	said(core, SIGNAL_RESOLVED, "up", 0);
	assert_int_equal(number("SELECT count(*) FROM delivery"), 1);
	cast_time(&cast, "2026-03-03T10:00");
	assert_int_equal(number("SELECT count(*) FROM delivery"), 2);
	assert_int_equal(mails("项"), 2);
	see(ROUTE_MAINTENANCE_GET, window, NULL);
	answer_is(school, "state", "over");
	see(ROUTE_CHECKS_GET, edge, NULL);
	answer_is(school, "state", "down");
	school_close(school);
}

static void a_window_ends_when_a_person_says_so(const char *conf)
{
	begin(conf);
	int64_t asset = done(ROUTE_ASSETS_CREATE, 0,
		"{\"name\":\"甲\",\"kind\":\"server\",\"owner_unit_id\":%lld}",
		(long long)cast.unit);
	int64_t check = done(ROUTE_CHECKS_CREATE, 0,
		"{\"name\":\"甲\",\"kind\":\"icmp\",\"target\":\"10.1.9.8\",\"asset_id\":%lld}",
		(long long)asset);
	int64_t by_asset = window_now("asset", asset);
	int64_t by_unit = window_now("unit", cast.unit);
	said(check, SIGNAL_FIRING, "down", 0);
	(void)done(ROUTE_MAINTENANCE_END, by_asset, "{}");
	assert_int_equal(number("SELECT count(*) FROM delivery"), 0);
	(void)done(ROUTE_MAINTENANCE_END, by_unit, "{}");
	assert_int_equal(number("SELECT count(*) FROM delivery"), 1);
	see(ROUTE_MAINTENANCE_LIST, 0, "state=ended");
	assert_int_equal(json_count(answer_at(school, "items")), 2);
	assert_int_equal(
		desk_do(school, operator, ROUTE_MAINTENANCE_END, by_unit, "{}"), E_STATE);
	assert_string_equal(school->code, "maintenance.ended");
	see(ROUTE_SEARCH_LIST, 0, "q=%E4%BA%A4%E6%8D%A2%E6%9C%BA");
	answer_is(school, "items.0.kind", "maintenance");
	school_close(school);
}

static void a_weekly_window_comes_again(const char *conf)
{
	begin(conf);
	int64_t check = check_of("核心", 0);
	/* Wednesdays from 02:00 for two hours; today is Tuesday. */
	int64_t window = done(ROUTE_MAINTENANCE_CREATE, 0,
		"{\"reason\":\"例行\",\"kind\":\"weekly\",\"weekdays\":[3],\"from_min\":120,"
		"\"length_min\":120,\"days\":\"working\",\"scope\":\"check\",\"scope_ids\":[%lld]}",
		(long long)check);
	see(ROUTE_MAINTENANCE_GET, window, NULL);
	answer_is(school, "state", "planned");
	cast_time(&cast, "2026-03-04T02:30");
	see(ROUTE_CHECKS_GET, check, NULL);
	answer_is(school, "state", "maintenance");
	cast_time(&cast, "2026-03-04T04:30");
	see(ROUTE_CHECKS_GET, check, NULL);
	answer_is(school, "state", "unknown");
	cast_time(&cast, "2026-03-11T03:00");
	see(ROUTE_CHECKS_GET, check, NULL);
	answer_is(school, "state", "maintenance");
	/* Made shorter while it is open: it closes at once. */
	(void)done(ROUTE_MAINTENANCE_UPDATE, window,
		"{\"reason\":\"例行\",\"kind\":\"weekly\",\"scope\":\"check\",\"length_min\":30}");
	see(ROUTE_CHECKS_GET, check, NULL);
	answer_is(school, "state", "unknown");
	school_close(school);
}

static void a_window_covers_whatever_bears_its_tag(const char *conf)
{
	begin(conf);
	int64_t asset[2];
	int64_t check[2];
	for (int i = 0; i < 2; i++) {
		asset[i] = done(ROUTE_ASSETS_CREATE, 0,
			"{\"name\":\"甲%d\",\"kind\":\"server\",\"owner_unit_id\":%lld%s}", i,
			(long long)cast.unit,
			i == 0 ? ",\"tags\":\"核心机房、 双路供电，核心机房\"" : "");
		check[i] = done(ROUTE_CHECKS_CREATE, 0,
			"{\"name\":\"甲%d\",\"kind\":\"icmp\",\"target\":\"10.1.9.%d\","
			"\"asset_id\":%lld}",
			i, i + 1, (long long)asset[i]);
	}
	see(ROUTE_ASSETS_GET, asset[0], NULL);
	answer_is(school, "tags", "核心机房,双路供电");
	int64_t window = done(ROUTE_MAINTENANCE_CREATE, 0,
		"{\"reason\":\"机房断电\",\"kind\":\"once\",\"from\":%lld,\"to\":%lld,"
		"\"scope\":\"tag\",\"tag\":\"双路供电\"}",
		(long long)school->house.now_ms, (long long)school->house.now_ms + 3600000);
	see(ROUTE_MAINTENANCE_GET, window, NULL);
	answer_is(school, "scope", "tag");
	answer_is(school, "tag", "双路供电");
	assert_int_equal(answer_int(school, "covered"), 1);
	/* One that is given the tag later is covered from then on, one that loses it no more. */
	(void)done(ROUTE_ASSETS_UPDATE, asset[1], "{\"tags\":\"双路供电\"}");
	(void)done(ROUTE_ASSETS_UPDATE, asset[0], "{\"tags\":null}");
	see(ROUTE_CHECKS_GET, check[1], NULL);
	answer_is(school, "state", "maintenance");
	see(ROUTE_CHECKS_GET, check[0], NULL);
	answer_is(school, "state", "unknown");
	assert_int_equal(desk_do(school, operator, ROUTE_MAINTENANCE_CREATE, 0,
				 "{\"reason\":\"x\",\"kind\":\"weekly\",\"weekdays\":[1],"
				 "\"length_min\":60,\"scope\":\"tag\",\"tag\":\"双路\"}"),
		E_INPUT);
	assert_string_equal(school->code, "maintenance.no_tag");
	(void)done(ROUTE_MAINTENANCE_UPDATE, window,
		"{\"reason\":\"机房断电\",\"scope\":\"check\",\"scope_ids\":[%lld]}",
		(long long)check[0]);
	see(ROUTE_CHECKS_GET, check[1], NULL);
	answer_is(school, "state", "unknown");
	see(ROUTE_CHECKS_GET, check[0], NULL);
	answer_is(school, "state", "maintenance");
	school_close(school);
}

static void a_window_by_the_terms_needs_them_told(const char *conf)
{
	static const char body[] = "{\"reason\":\"例行\",\"kind\":\"weekly\",\"weekdays\":[3],"
				   "\"from_min\":120,\"length_min\":120,\"season\":\"break\","
				   "\"scope\":\"check\",\"scope_ids\":[%lld]}";
	begin(conf);
	int64_t check = check_of("核心", 0);
	char text[400];
	(void)snprintf(text, sizeof(text), body, (long long)check);
	assert_int_equal(desk_do(school, operator, ROUTE_MAINTENANCE_CREATE, 0, text), E_INPUT);
	assert_string_equal(school->code, "maintenance.no_terms");
	assert_int_equal(
		calendar_add_breaks(&school->calendar,
			SLICE("{\"breaks\":[{\"from\":\"2026-03-09\",\"to\":\"2026-03-15\"}]}"),
			NULL),
		0);
	int64_t window = done(ROUTE_MAINTENANCE_CREATE, 0, body, (long long)check);
	see(ROUTE_MAINTENANCE_GET, window, NULL);
	answer_is(school, "season", "break");
	answer_is(school, "state", "planned");
	/* A Wednesday in term, and one in the break. */
	cast_time(&cast, "2026-03-04T02:30");
	see(ROUTE_CHECKS_GET, check, NULL);
	answer_is(school, "state", "unknown");
	cast_time(&cast, "2026-03-11T02:30");
	see(ROUTE_CHECKS_GET, check, NULL);
	answer_is(school, "state", "maintenance");
	school_close(school);
}

static void a_window_is_held_against_its_form(const char *conf)
{
	static const struct {
		const char *body;
		const char *code;
		const char *field;
	} bad[] = {
		{ "\"kind\":\"once\",\"from\":2000000000000,\"to\":2000000000000",
			"maintenance.window", "to" },
		{ "\"kind\":\"once\",\"from\":1,\"to\":1000", "maintenance.past", "to" },
		{ "\"kind\":\"weekly\",\"from_min\":0,\"length_min\":60", "maintenance.window",
			"weekdays" },
		{ "\"kind\":\"weekly\",\"weekdays\":[8],\"length_min\":60", "input.range",
			"weekdays" },
		{ "\"kind\":\"weekly\",\"weekdays\":[1],\"length_min\":1441", "input.range",
			"length_min" },
		{ "\"kind\":\"daily\"", "input.word", "kind" },
	};
	begin(conf);
	int64_t check = check_of("核心", 0);
	char body[300];
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)snprintf(body, sizeof(body),
			"{\"reason\":\"x\",\"scope\":\"check\",\"scope_ids\":[%lld],%s}",
			(long long)check, bad[i].body);
		assert_int_equal(
			desk_do(school, operator, ROUTE_MAINTENANCE_CREATE, 0, body), E_INPUT);
		if (strcmp(school->code, bad[i].code) != 0 ||
			strcmp(school->field, bad[i].field) != 0) {
			fail_msg("%s: %s %s", body, school->code, school->field);
		}
	}
	assert_int_equal(desk_do(school, operator, ROUTE_MAINTENANCE_CREATE, 0,
				 "{\"reason\":\"x\",\"kind\":\"weekly\",\"weekdays\":[1],"
				 "\"length_min\":60,\"scope\":\"unit\",\"scope_ids\":[]}"),
		E_INPUT);
	assert_string_equal(school->code, "input.required");
	school_close(school);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "parents are kept and rings are refused",
			parents_are_kept_and_rings_are_refused, false },
		{ "a severity may be that of the asset", a_severity_may_be_that_of_the_asset,
			false },
		{ "a dead core is one mail that says who is affected",
			a_dead_core_is_one_mail_that_says_who_is_affected, false },
		{ "flapping is one message and one at its end",
			flapping_is_one_message_and_one_at_its_end, false },
		{ "what fails under maintenance is told when it ends",
			what_fails_under_maintenance_is_told_when_it_ends, false },
		{ "a window ends when a person says so", a_window_ends_when_a_person_says_so,
			false },
		{ "a weekly window comes again", a_weekly_window_comes_again, false },
		{ "a window covers whatever bears its tag",
			a_window_covers_whatever_bears_its_tag, false },
		{ "a window by the terms needs them told",
			a_window_by_the_terms_needs_them_told, false },
		{ "a window is held against its form", a_window_is_held_against_its_form,
			false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
