/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "base/err.h"
#include "fixture.h"

static struct school school;
static struct hat operator;

static void begin(const char *conf)
{
	school_open(&school, conf);
	operator= school_hat(&school, school_person(&school, "赵强", 0), "operator", 0);
}

/* An act that must succeed; the id answered. */
static int64_t done(enum route_id route, int64_t id, const char *body)
{
	if (desk_do(&school, &operator, route, id, body) < 0) {
		fail_msg("%s %s: %d %s %s", routes[route].name, body, school.status,
			school.code, school.field);
	}
	return school.answer_id;
}

static void refused(
	enum route_id route, int64_t id, const char *body, int error, const char *code)
{
	assert_int_equal(desk_do(&school, &operator, route, id, body), error);
	assert_string_equal(school.code, code);
}

static void see(const struct hat *hat, enum route_id route, int64_t id, const char *query)
{
	if (view_do(&school, hat, route, id, query) < 0) {
		fail_msg("%s?%s: %d %s", routes[route].name, query, school.status, school.code);
	}
}

/* The text with # replaced by the number. */
static char *body_of(const char *format, int64_t number)
{
	static char text[512];
	const char *at = strchr(format, '#');
	assert_non_null(at);
	(void)snprintf(text, sizeof(text), "%.*s%lld%s", (int)(at - format), format,
		(long long)number, at + 1);
	return text;
}

static void units_are_a_tree(const char *conf)
{
	begin(conf);
	int64_t root = done(ROUTE_UNITS_CREATE, 0,
		"{\"name\":\"信息工程学院\",\"short_name\":\"信工\",\"kind\":\"faculty\"}");
	int64_t leaf = done(ROUTE_UNITS_CREATE, 0,
		body_of("{\"name\":\"网络实验室\",\"parent_id\":#}", root));
	refused(ROUTE_UNITS_UPDATE, root, body_of("{\"parent_id\":#}", leaf), E_INPUT,
		"unit.cycle");
	refused(ROUTE_UNITS_UPDATE, root, body_of("{\"parent_id\":#}", root), E_INPUT,
		"unit.cycle");
	refused(ROUTE_UNITS_CREATE, 0, "{\"name\":\"信息工程学院\"}", E_EXISTS,
		"unit.name_taken");
	refused(ROUTE_UNITS_CREATE, 0, "{\"name\":\" \"}", E_INPUT, "input.required");
	refused(ROUTE_UNITS_CREATE, 0, "{\"name\":\"甲\",\"parent_id\":999999}", E_INPUT,
		"input.unknown");
	refused(ROUTE_UNITS_CREATE, 0, "{\"name\":\"甲\",\"kind\":\"school\"}", E_INPUT,
		"input.word");
	int64_t centre = done(ROUTE_UNITS_CREATE, 0,
		"{\"name\":\"信息中心\",\"kind\":\"centre\",\"is_centre\":true}");
	refused(ROUTE_UNITS_CREATE, 0, "{\"name\":\"又一个中心\",\"is_centre\":true}", E_EXISTS,
		"unit.centre_exists");
	/* A member left out stays, null clears. */
	(void)done(ROUTE_UNITS_UPDATE, root, "{\"name\":\"信息学院\"}");
	see(&operator, ROUTE_UNITS_GET, root, NULL);
	answer_is(&school, "short_name", "信工");
	(void)done(ROUTE_UNITS_UPDATE, leaf, "{\"parent_id\":null}");
	see(&operator, ROUTE_UNITS_GET, leaf, NULL);
	assert_int_equal(json_type(answer_at(&school, "parent_id")), JSON_NULL);
	school.if_match = 1;
	refused(ROUTE_UNITS_UPDATE, root, "{\"name\":\"旧版本\"}", E_CONFLICT,
		"version.changed");
	see(&operator, ROUTE_UNITS_GET, centre, NULL);
	assert_true(json_get_bool(school.answer, "is_centre", false));
	school_close(&school);
}

static void a_renamed_unit_has_a_past(const char *conf)
{
	begin(conf);
	int64_t id = done(ROUTE_UNITS_CREATE, 0, "{\"name\":\"计算机系\"}");
	struct hat officer =
		school_hat(&school, school_person(&school, "王芳", id), "officer", id);
	int64_t before = school.house.now_ms + 1000;
	school_at(&school, "2026-04-01T09:00");
	(void)done(ROUTE_UNITS_UPDATE, id, "{\"name\":\"计算机学院\",\"kind\":\"faculty\"}");
	int64_t between = school.house.now_ms + 1000;
	school_at(&school, "2026-05-01T09:00");
	(void)done(ROUTE_UNITS_UPDATE, id, "{\"name\":\"人工智能学院\"}");
	/* The grant went on. */
	see(&officer, ROUTE_UNITS_LIST, 0, "");
	answer_is(&school, "items.0.name", "人工智能学院");
	answer_is(&school, "items.0.officer.name", "王芳");
	see(&operator, ROUTE_UNITS_LIST, 0, body_of("as_of=#", before));
	answer_is(&school, "items.0.name", "计算机系");
	answer_is(&school, "items.0.kind", "department");
	see(&operator, ROUTE_UNITS_LIST, 0, body_of("as_of=#", between));
	answer_is(&school, "items.0.name", "计算机学院");
	see(&operator, ROUTE_UNITS_LIST, 0, body_of("as_of=#", before - 100000000));
	assert_int_equal(json_count(answer_at(&school, "items")), 0);
	assert_int_equal(answer_int(&school, "total"), 0);
	school_close(&school);
}

static void a_unit_ends_only_untied(const char *conf)
{
	begin(conf);
	int64_t id = done(ROUTE_UNITS_CREATE, 0, "{\"name\":\"语委办\"}");
	int64_t person = school_person(&school, "孙丽", id);
	struct hat officer = school_hat(&school, person, "officer", id);
	int64_t asset = done(ROUTE_ASSETS_CREATE, 0,
		body_of("{\"name\":\"测试站\",\"kind\":\"site\",\"owner_unit_id\":#}", id));
	const int64_t now = school.house.now_ms;
	(void)school_row(&school,
		"INSERT INTO notice (id, version, state, title, grade, unit_id, source, requirement,"
		" author_id, created_at_ms, policy) SELECT $1, 1, 'issued', 't', 'high', u.id, 'monitor', 'r',"
		" p.id, 0, 'x' FROM unit u, person p WHERE p.name = '孙丽'");
	static char body[64];
	(void)snprintf(body, sizeof(body), "{\"valid_to\":%lld}", (long long)now);
	refused(ROUTE_UNITS_UPDATE, id, body, E_STATE, "unit.has_notices");
	see(&officer, ROUTE_UNITS_GET, id, NULL);
	assert_int_equal(answer_int(&school, "open_notices"), 1);
	assert_int_equal(answer_int(&school, "assets"), 1);
	assert_true(sql_run(school.house.db,
			    "UPDATE notice SET state = 'closed' WHERE unit_id = $1",
			    SQL_INT(id)) == 1);
	refused(ROUTE_UNITS_UPDATE, id, body, E_STATE, "unit.has_grants");
	assert_true(sql_run(school.house.db,
			    "UPDATE role_grant SET valid_to_ms = 1 WHERE unit_id = $1",
			    SQL_INT(id)) == 1);
	refused(ROUTE_UNITS_UPDATE, id, body, E_STATE, "unit.has_assets");
	(void)done(ROUTE_ASSETS_UPDATE, asset, "{\"owner_unit_id\":null}");
	refused(ROUTE_UNITS_UPDATE, id, body_of("{\"valid_to\":#}", now + 1000), E_INPUT,
		"input.range");
	(void)done(ROUTE_UNITS_UPDATE, id, body);
	see(&operator, ROUTE_UNITS_LIST, 0, "");
	assert_int_equal(json_count(answer_at(&school, "items")), 0);
	/* Its name is free again, and brings a conflict when it comes back. */
	(void)done(ROUTE_UNITS_CREATE, 0, "{\"name\":\"语委办\"}");
	refused(ROUTE_UNITS_UPDATE, id, "{\"valid_to\":null}", E_EXISTS, "unit.name_taken");
	school_close(&school);
}

static void people_are_kept_apart(const char *conf)
{
	begin(conf);
	int64_t maths = school_unit(&school, "数学系", false);
	int64_t music = school_unit(&school, "音乐系", false);
	struct hat officer =
		school_hat(&school, school_person(&school, "王芳", maths), "officer", maths);
	static const struct {
		const char *body;
		const char *field;
	} bad[] = {
		{ "{\"name\":\"甲\",\"phone\":\"abc\"}", "phone" },
		{ "{\"name\":\"甲\",\"phone\":\"12\"}", "phone" },
		{ "{\"name\":\"甲\",\"phone2\":\"8000转x\"}", "phone2" },
		{ "{\"name\":\"甲\",\"mail\":\"a@b\"}", "mail" },
		{ "{\"name\":\"甲\",\"mail\":\"a b@c.cn\"}", "mail" },
		{ "{\"name\":\"甲\",\"mail\":\"a@b@c.cn\"}", "mail" },
		{ "{\"name\":\"甲\",\"mail\":\"@c.cn\"}", "mail" },
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		refused(ROUTE_PEOPLE_CREATE, 0, bad[i].body, E_INPUT, "input.invalid");
		assert_string_equal(school.field, bad[i].field);
	}
	int64_t id = done(ROUTE_PEOPLE_CREATE, 0,
		body_of("{\"name\":\"刘洋\",\"unit_id\":#,\"phone\":\"0571-86991234转8001\",\"mail\":\"ly@example.edu.cn\"}",
			music));
	(void)done(ROUTE_PEOPLE_UPDATE, id, "{\"title\":\"网络安全员\"}");
	see(&operator, ROUTE_PEOPLE_GET, id, NULL);
	answer_is(&school, "phone", "0571-86991234转8001");
	answer_is(&school, "unit.name", "音乐系");
	answer_is(&school, "title", "网络安全员");
	assert_int_equal(school.answer_version, 2);
	see(&operator, ROUTE_PEOPLE_LIST, 0, "q=%E5%88%98%E6%B4%8B");
	assert_int_equal(json_count(answer_at(&school, "items")), 1);
	see(&operator, ROUTE_PEOPLE_LIST, 0, body_of("unit_id=#", maths));
	answer_is(&school, "items.0.name", "王芳");
	answer_is(&school, "items.0.grants.0.role", "officer");
	answer_is(&school, "items.0.grants.0.unit.name", "数学系");
	/* The officer sees his unit's people and nobody else. */
	assert_int_equal(view_do(&school, &officer, ROUTE_PEOPLE_GET, id, NULL), E_ABSENT);
	see(&officer, ROUTE_PEOPLE_LIST, 0, "");
	assert_int_equal(json_count(answer_at(&school, "items")), 1);
	assert_int_equal(desk_do(&school, &officer, ROUTE_PEOPLE_UPDATE, id, "{}"), E_DENIED);
	school_close(&school);
}

static void assets_are_found_by_their_keys(const char *conf)
{
	begin(conf);
	int64_t maths = school_unit(&school, "数学系", false);
	int64_t id = done(ROUTE_ASSETS_CREATE, 0,
		body_of("{\"name\":\"教务系统\",\"kind\":\"system\",\"owner_unit_id\":#,"
			"\"address\":\"10.1.2.3、10.1.2.4 10.1.2.3，2001:DB8::1;10.2.0.0/16\","
			"\"domain\":\"https://JW.Example.edu.cn:8443/login 中文.cn\"}",
			maths));
	assert_int_equal(house_number(&school.house,
				 "SELECT count(*) FROM asset_key WHERE kind = 'net'"),
		4);
	assert_int_equal(
		house_number(&school.house,
			"SELECT count(*) FROM asset_key WHERE kind = 'net' AND prefix = 112"
			" AND key = '00000000000000000000ffff0a020000'"),
		1);
	assert_int_equal(
		house_number(&school.house,
			"SELECT count(*) FROM asset_key WHERE key = 'jw.example.edu.cn'"),
		1);
	assert_int_equal(house_number(&school.house,
				 "SELECT count(*) FROM asset_key WHERE key = '中文.cn'"),
		1);
	refused(ROUTE_ASSETS_CREATE, 0, "{\"name\":\"教务系统\",\"kind\":\"site\"}", E_EXISTS,
		"asset.name_taken");
	refused(ROUTE_ASSETS_CREATE, 0, "{\"name\":\"乙\"}", E_INPUT, "input.required");
	refused(ROUTE_ASSETS_CREATE, 0,
		"{\"name\":\"乙\",\"kind\":\"site\",\"address\":\"10.1.2.300\"}", E_INPUT,
		"input.invalid");
	assert_string_equal(school.field, "address");
	refused(ROUTE_ASSETS_CREATE, 0,
		"{\"name\":\"乙\",\"kind\":\"site\",\"domain\":\"a..b\"}", E_INPUT,
		"input.invalid");
	refused(ROUTE_ASSETS_CREATE, 0, "{\"name\":\"乙\",\"kind\":\"site\",\"mlps_level\":6}",
		E_INPUT, "input.range");
	/* Keys are rebuilt with the asset. */
	(void)done(ROUTE_ASSETS_UPDATE, id, "{\"address\":\"10.9.9.9\",\"mlps_level\":3}");
	assert_int_equal(house_number(&school.house,
				 "SELECT count(*) FROM asset_key WHERE kind = 'net'"),
		1);
	see(&operator, ROUTE_ASSETS_GET, id, NULL);
	answer_is(&school, "owner_unit.name", "数学系");
	answer_is(&school, "state", "unknown");
	assert_int_equal(answer_int(&school, "mlps_level"), 3);
	see(&operator, ROUTE_ASSETS_LIST, 0, "q=10.9.9.9&kind=system");
	assert_int_equal(json_count(answer_at(&school, "items")), 1);
	see(&operator, ROUTE_ASSETS_LIST, 0, "kind=site");
	assert_int_equal(json_count(answer_at(&school, "items")), 0);
	school_close(&school);
}

static void an_asset_is_as_bad_as_its_worst_check(const char *conf)
{
	begin(conf);
	int64_t unit = school_unit(&school, "数学系", false);
	int64_t other = school_unit(&school, "音乐系", false);
	struct hat officer =
		school_hat(&school, school_person(&school, "王芳", other), "officer", other);
	int64_t id = done(ROUTE_ASSETS_CREATE, 0,
		body_of("{\"name\":\"主页\",\"kind\":\"site\",\"owner_unit_id\":#}", unit));
	(void)school_row(&school,
		"INSERT INTO watch (id, version, asset_id, name, kind, target, params, live_state)"
		" SELECT $1, 1, id, 'a', 'icmp', 't', '{}', 'up' FROM asset");
	(void)school_row(&school,
		"INSERT INTO watch (id, version, asset_id, name, kind, target, params, live_state)"
		" SELECT $1, 1, id, 'b', 'icmp', 't', '{}', 'degraded' FROM asset");
	(void)school_row(&school,
		"INSERT INTO watch (id, version, asset_id, name, kind, target, params, live_state, enabled)"
		" SELECT $1, 1, id, 'c', 'icmp', 't', '{}', 'down', 0 FROM asset");
	(void)school_row(&school,
		"INSERT INTO alert (id, version, state, severity, dedup_key, source, class, check_key,"
		" asset_key, asset_id, code, args, first_at_ms, trace, live_last_at_ms)"
		" SELECT $1, 1, 'firing', 'major', 'k', 's', 'c', 'x', 'y', id, 'z', '{}', 0, 't', 0 FROM asset");
	see(&operator, ROUTE_ASSETS_LIST, 0, "");
	answer_is(&school, "items.0.state", "degraded");
	assert_int_equal(answer_int(&school, "items.0.open_alerts"), 1);
	assert_int_equal(view_do(&school, &officer, ROUTE_ASSETS_GET, id, NULL), E_ABSENT);
	/* Taken out of use, its checks pause and its name is free. */
	(void)done(ROUTE_ASSETS_UPDATE, id, "{\"retired\":true}");
	assert_int_equal(
		house_number(&school.house, "SELECT count(*) FROM watch WHERE enabled = 1"), 0);
	(void)done(ROUTE_ASSETS_CREATE, 0, "{\"name\":\"主页\",\"kind\":\"site\"}");
	school_close(&school);
}

static void lists_turn_pages(const char *conf)
{
	begin(conf);
	for (int i = 0; i < 7; i++) {
		(void)done(ROUTE_ASSETS_CREATE, 0,
			body_of("{\"name\":\"服务器#\",\"kind\":\"server\"}", i));
	}
	int64_t seen = 0;
	char query[96] = "limit=3";
	for (int pages = 0; pages < 3; pages++) {
		see(&operator, ROUTE_ASSETS_LIST, 0, query);
		assert_int_equal(answer_int(&school, "total"), 7);
		seen += (int64_t)json_count(answer_at(&school, "items"));
		struct slice next = json_str(answer_at(&school, "next_cursor"));
		(void)snprintf(query, sizeof(query), "limit=3&cursor=%.*s", SLICE_FMT(next));
	}
	assert_int_equal(seen, 7);
	assert_int_equal(json_type(answer_at(&school, "next_cursor")), JSON_NULL);
	(void)snprintf(query, sizeof(query), "limit=5&q=%%E6%%9C%%8D");
	for (seen = 0;
		json_type(answer_at(&school, "next_cursor")) == JSON_STRING || seen == 0;) {
		see(&operator, ROUTE_ASSETS_LIST, 0, query);
		seen += (int64_t)json_count(answer_at(&school, "items"));
		(void)snprintf(query, sizeof(query), "limit=5&q=%%E6%%9C%%8D&cursor=%.*s",
			SLICE_FMT(json_str(answer_at(&school, "next_cursor"))));
	}
	assert_int_equal(seen, 7);
	school_close(&school);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "units are a tree with one centre", units_are_a_tree, false },
		{ "a renamed unit keeps its grants and has a past", a_renamed_unit_has_a_past,
			false },
		{ "a unit ends only when nothing is tied to it", a_unit_ends_only_untied,
			false },
		{ "people are told apart by unit and reached by plausible contacts",
			people_are_kept_apart, false },
		{ "assets are found by every address and name typed",
			assets_are_found_by_their_keys, false },
		{ "an asset is as bad as its worst check",
			an_asset_is_as_bad_as_its_worst_check, false },
		{ "lists turn pages with and without words", lists_turn_pages, false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
