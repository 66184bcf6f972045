/* SPDX-License-Identifier: Apache-2.0 */
#include <cmocka.h>

#include "api/events.h"
#include "api/field.h"
#include "api/flood.h"
#include "api/origin.h"
#include "api/pending.h"
#include "api/route.h"
#include "base/err.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static void test_route(void **state)
{
	static const struct {
		const char *name;
		const char *method;
		const char *path;
		int error;
		enum route_id id;
		int64_t record;
		int64_t sub;
		const char *key;
	} cases[] = {
		{ "a fixed path", "GET", "/session", 0, ROUTE_SESSION_GET, 0, 0, "" },
		{ "the method tells routes apart", "POST", "/session", 0, ROUTE_SESSION_LOGIN,
			0, 0, "" },
		{ "HEAD is GET", "HEAD", "/notices/7", 0, ROUTE_NOTICES_GET, 7, 0, "" },
		{ "an id is a number", "GET", "/notices/7x", E_ABSENT, 0, 0, 0, "" },
		{ "zero is no id", "GET", "/notices/0", E_ABSENT, 0, 0, 0, "" },
		{ "a negative number is no id", "GET", "/notices/-1", E_ABSENT, 0, 0, 0, "" },
		{ "the largest id", "GET", "/notices/9223372036854775807", 0, ROUTE_NOTICES_GET,
			INT64_MAX, 0, "" },
		{ "one past the largest id", "GET", "/notices/9223372036854775808", E_ABSENT, 0,
			0, 0, "" },
		{ "two ids", "DELETE", "/people/3/grants/9", 0, ROUTE_PEOPLE_REVOKE, 3, 9, "" },
		{ "a key is text", "PUT", "/settings/mail.host", 0, ROUTE_SETTINGS_PUT, 0, 0,
			"mail.host" },
		{ "a kind and an id", "GET", "/explain/notice/4", 0, ROUTE_EXPLAIN_GET, 4, 0,
			"notice" },
		{ "a fixed segment where an id could be", "GET", "/assets/export", 0,
			ROUTE_ASSETS_EXPORT, 0, 0, "" },
		{ "another method of a known path", "PATCH", "/session", E_STATE, 0, 0, 0, "" },
		{ "a method nobody has", "BREW", "/session", E_STATE, 0, 0, 0, "" },
		{ "a longer path", "GET", "/session/x/y", E_ABSENT, 0, 0, 0, "" },
		{ "a trailing slash", "GET", "/session/", E_ABSENT, 0, 0, 0, "" },
		{ "an empty segment", "GET", "//session", E_ABSENT, 0, 0, 0, "" },
		{ "the pattern itself is no path", "GET", "/notices/{id}", E_ABSENT, 0, 0, 0,
			"" },
		{ "nothing", "GET", "", E_ABSENT, 0, 0, 0, "" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct route_hit hit = { 0 };
		print_message("# %s\n", cases[i].name);
		int error =
			route_find(slice_str(cases[i].method), slice_str(cases[i].path), &hit);
		assert_int_equal(error, cases[i].error);
		if (cases[i].error == 0) {
			assert_int_equal(hit.id, cases[i].id);
			assert_int_equal(hit.record, cases[i].record);
			assert_int_equal(hit.sub, cases[i].sub);
			assert_true(slice_is(hit.key, cases[i].key));
		}
	}
}

static void test_every_route_is_found(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ROUTE_COUNT_; i++) {
		char path[256];
		size_t n = 0;
		for (const char *p = routes[i].path; *p != '\0'; p++) {
			bool variable = *p == '{';
			path[n++] = variable ? '5' : *p;
			while (variable && *p != '}') {
				p++;
			}
		}
		struct route_hit hit = { 0 };
		assert_int_equal(
			route_find(slice_str(routes[i].method), slice_of(path, n), &hit), 0);
		assert_string_equal(routes[hit.id].name, routes[i].name);
	}
}

static void test_path_decode(void **state)
{
	static const struct {
		const char *raw;
		int error;
		const char *path;
	} cases[] = {
		{ "/a%20b", 0, "/a b" },
		{ "/%e7%83%bd", 0, "/烽" },
		{ "/a%2Fb", E_FORMAT, "" },
		{ "/a%00b", E_FORMAT, "" },
		{ "/a%", E_FORMAT, "" },
		{ "/a%4", E_FORMAT, "" },
		{ "/a%zz", E_FORMAT, "" },
		{ "/%ff", E_UTF8, "" },
		{ "/%41", 0, "/A" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_BUF struct buf out;
		buf_init(&out, 64);
		assert_int_equal(
			route_path_decode(slice_str(cases[i].raw), &out), cases[i].error);
		if (cases[i].error == 0) {
			assert_true(slice_is(buf_slice(&out), cases[i].path));
		}
	}
}

static void test_origin(void **state)
{
	static const struct {
		const char *name;
		bool safe;
		bool bearer;
		bool cookie;
		const char *site;
		const char *origin;
		const char *referer;
		bool allowed;
	} cases[] = {
		{ "reading is always allowed", true, false, true, "cross-site", "https://evil",
			"", true },
		{ "a bearer token cannot be forged", false, true, true, "cross-site",
			"https://evil", "", true },
		{ "the browser says same-origin", false, false, true, "same-origin", "", "",
			true },
		{ "typed by the person", false, false, true, "none", "", "", true },
		{ "another site", false, false, true, "cross-site", "", "", false },
		{ "a sister site", false, false, true, "same-site", "https://desk.school", "",
			false },
		{ "an old browser's Origin is ours", false, false, true, "",
			"https://desk.school", "", true },
		{ "in other letters", false, false, true, "", "https://DESK.school", "", true },
		{ "an old browser's Origin is another", false, false, true, "", "https://evil",
			"", false },
		{ "another port", false, false, true, "", "https://desk.school:81", "", false },
		{ "a null origin", false, false, true, "", "null", "", false },
		{ "ours only as a prefix", false, false, true, "", "https://desk.school.evil",
			"", false },
		{ "Origin wins over Referer", false, false, true, "", "https://evil",
			"https://desk.school/", false },
		{ "Referer alone is ours", false, false, true, "", "", "https://desk.school/m",
			true },
		{ "Referer alone is another", false, false, true, "", "",
			"https://evil/desk.school", false },
		{ "a cookie and no word of where from", false, false, true, "", "", "", false },
		{ "a program logs in", false, false, false, "", "", "", true },
		{ "another site makes me log in", false, false, false, "cross-site", "", "",
			false },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct origin_ask ask = { cases[i].safe, cases[i].bearer, cases[i].cookie,
			slice_str(cases[i].site), slice_str(cases[i].origin),
			slice_str(cases[i].referer), SLICE("desk.school") };
		print_message("# %s\n", cases[i].name);
		assert_int_equal(origin_allowed(&ask), cases[i].allowed);
	}
}

static void test_range(void **state)
{
	static const struct {
		const char *value;
		uint64_t size;
		int result;
		uint64_t at;
		uint64_t octets;
	} cases[] = {
		{ "", 100, 0, 0, 0 },
		{ "bytes=0-9", 100, 1, 0, 10 },
		{ "bytes=90-", 100, 1, 90, 10 },
		{ "bytes=90-200", 100, 1, 90, 10 },
		{ "bytes=-5", 100, 1, 95, 5 },
		{ "bytes=-500", 100, 1, 0, 100 },
		{ "bytes=-0", 100, E_RANGE, 0, 0 },
		{ "bytes=100-", 100, E_RANGE, 0, 0 },
		{ "bytes=0-", 0, E_RANGE, 0, 0 },
		{ "bytes=-1", 0, E_RANGE, 0, 0 },
		{ "bytes=9-3", 100, 0, 0, 0 },
		{ "bytes=0-1,4-5", 100, 0, 0, 0 },
		{ "bytes=a-b", 100, 0, 0, 0 },
		{ "bytes=-", 100, 0, 0, 0 },
		{ "octets=0-9", 100, 0, 0, 0 },
		{ "bytes=99999999999999999999-", 100, 0, 0, 0 },
		{ "bytes=0-18446744073709551615", 100, 1, 0, 100 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct field_range range = { 0 };
		print_message("# range %s of %d\n", cases[i].value, (int)cases[i].size);
		assert_int_equal(field_range(slice_str(cases[i].value), cases[i].size, &range),
			cases[i].result);
		assert_int_equal(range.at, cases[i].at);
		assert_int_equal(range.octets, cases[i].octets);
	}
}

static void test_fields(void **state)
{
	static const struct {
		const char *text;
		int error;
		int64_t version;
	} if_match[] = { { "", 0, -1 }, { "*", 0, -1 }, { "\"v12\"", 0, 12 }, { "v12", 0, 12 },
		{ "12", 0, 12 }, { "\"12\"", 0, 12 }, { "\"x\"", E_FORMAT, 0 },
		{ "\"v1\", \"v2\"", E_FORMAT, 0 }, { "-3", E_FORMAT, 0 } };
	static const struct {
		const char *text;
		unsigned codings;
	} accept[] = { { "", 1 }, { "gzip, deflate, br", 7 }, { "br;q=1.0, gzip;q=0", 5 },
		{ "GZIP", 3 }, { "identity", 1 }, { "brx", 1 }, { "gzip;q=0.000", 1 } };
	(void)state;
	for (size_t i = 0; i < COUNT(if_match); i++) {
		int64_t version = 0;
		assert_int_equal(field_if_match(slice_str(if_match[i].text), &version),
			if_match[i].error);
		assert_int_equal(version, if_match[i].version);
	}
	for (size_t i = 0; i < COUNT(accept); i++) {
		assert_int_equal(field_codings(slice_str(accept[i].text)), accept[i].codings);
	}
	assert_true(slice_is(field_cookie(SLICE("a=1; fengsui=abc; b=2"), "fengsui"), "abc"));
	assert_true(
		slice_is(field_cookie(SLICE("xfengsui=no; fengsui=\"q\""), "fengsui"), "q"));
	assert_int_equal(field_cookie(SLICE("fengsuix=abc"), "fengsui").n, 0);
	assert_true(slice_is(field_bearer(SLICE("bearer  t0ken ")), "t0ken"));
	assert_int_equal(field_bearer(SLICE("Basic abc")).n, 0);
	assert_true(field_tag_among(SLICE("\"a\", W/\"b\""), SLICE("\"b\"")));
	assert_true(field_tag_among(SLICE("*"), SLICE("\"b\"")));
	assert_false(field_tag_among(SLICE("\"ab\""), SLICE("\"b\"")));
	assert_true(
		field_media_is(SLICE("Application/JSON; charset=utf-8"), "application/json"));
	assert_false(
		field_media_is(SLICE("text/plain; x=application/json"), "application/json"));
}

static struct event event_of(int64_t seq, const char *topic, int64_t id)
{
	struct event event = { .seq = seq, .id = id, .version = seq };
	memcpy(event.topic, topic, strlen(topic));
	return event;
}

static void test_events_coalesce(void **state)
{
	struct events events = { 0 };
	AUTO_BUF struct buf out;
	(void)state;
	buf_init(&out, 1024);
	const struct event list[] = { event_of(1, "notices", 5), event_of(2, "alerts", 5),
		event_of(3, "notices", 5) };
	for (size_t i = 0; i < COUNT(list); i++) {
		events_put(&events, &list[i]);
	}
	while (events_take(&events, &out)) {
	}
	/* The older one of record 5 is gone, and the sequence still rises. */
	assert_string_equal((const char *)out.p,
		"id: 2\ndata: {\"seq\":2,\"topic\":\"alerts\",\"id\":5,\"version\":2}\n\n"
		"id: 3\ndata: {\"seq\":3,\"topic\":\"notices\",\"id\":5,\"version\":3}\n\n");
	assert_int_equal(events.coalesced, 1);
	events_fini(&events);
}

static void test_events_overflow(void **state)
{
	struct events events = { 0 };
	AUTO_BUF struct buf out;
	(void)state;
	buf_init(&out, 1024);
	for (int64_t i = 1; i <= EVENTS_WAITING_MAX + 1; i++) {
		struct event event = event_of(i, "alerts", i);
		events_put(&events, &event);
	}
	struct event after = event_of(300, "alerts", 1);
	events_put(&events, &after);
	assert_int_equal(events.overflows, 1);
	assert_true(events_take(&events, &out));
	assert_string_equal(
		(const char *)out.p, "id: 257\nevent: resync\ndata: {\"seq\":257}\n\n");
	buf_clear(&out);
	assert_true(events_take(&events, &out));
	assert_int_equal(slice_find(buf_slice(&out), SLICE("id: 300\n")), 0);
	assert_false(events_take(&events, &out));
	events_fini(&events);
}

static void test_flood(void **state)
{
	static const uint8_t seed[16] = { 1 };
	struct flood *flood = flood_create(8, 3, 1000, seed);
	int64_t wait = 0;
	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_true(flood_take(flood, SLICE("a"), 5000, NULL));
	}
	assert_false(flood_take(flood, SLICE("a"), 5000, &wait));
	assert_int_equal(wait, 1000);
	assert_true(flood_take(flood, SLICE("b"), 5000, NULL));
	assert_false(flood_take(flood, SLICE("a"), 5999, &wait));
	assert_int_equal(wait, 1);
	assert_true(flood_take(flood, SLICE("a"), 6000, NULL));
	/* A clock that goes back gives nothing and takes nothing. */
	assert_false(flood_take(flood, SLICE("a"), 100, NULL));
	for (uint8_t i = 0; i < 100; i++) {
		assert_true(flood_take(flood, slice_of(&i, 1), 6000, NULL));
	}
	assert_true(flood_displaced(flood) >= 92);
	(void)flood_destroy(flood);
}

static void test_pending(void **state)
{
	struct pending *pending = pending_create();
	int who[2];
	(void)state;
	uint32_t first = pending_put(pending, &who[0]);
	assert_true(first != 0);
	assert_ptr_equal(pending_get(pending, first), &who[0]);
	assert_ptr_equal(pending_take(pending, first), &who[0]);
	assert_null(pending_take(pending, first));
	for (size_t i = 0; i < PENDING_MAX; i++) {
		uint32_t number = pending_put(pending, &who[1]);
		assert_true(number != 0 && number != first);
	}
	assert_int_equal(pending_put(pending, &who[0]), 0);
	assert_int_equal(pending_refused(pending), 1);
	assert_null(pending_get(pending, first));
	(void)pending_destroy(pending);
	/* Another life of web gives other numbers: a late answer finds nobody there either. */
	pending = pending_create();
	assert_null(pending_get(pending, first));
	assert_int_not_equal(pending_put(pending, &who[0]), first);
	(void)pending_destroy(pending);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_route),
		cmocka_unit_test(test_every_route_is_found),
		cmocka_unit_test(test_path_decode),
		cmocka_unit_test(test_origin),
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_events_coalesce),
		cmocka_unit_test(test_events_overflow),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_pending),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
