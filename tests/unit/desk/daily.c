/* SPDX-License-Identifier: Apache-2.0 */
/* What is shut over a holiday, and the filters one keeps, on both stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "../workflow/china.h"
#include "base/err.h"
#include "cast.h"

/* Refused, and by this code. */
static void refused(struct school *s, int status, int error, const char *code)
{
	assert_int_equal(status, error);
	assert_string_equal(s->code, code);
}

/* ---- what is shut over a holiday */

static int64_t holiday(struct cast *c)
{
	assert_int_equal(
		desk_dof(&c->school, &c->operator, ROUTE_SHUTDOWNS_CREATE, 0,
			"{\"name\":\"清明\",\"from\":%lld,\"to\":%lld,\"answer_by\":%lld,"
			"\"asset_ids\":[%lld]}",
			(long long)china_at("2026-04-04T00:00"),
			(long long)china_at("2026-04-07T00:00"),
			(long long)china_at("2026-04-03T17:30"), (long long)c->asset),
		0);
	return c->school.answer_id;
}

static int say(struct cast *c, const struct hat *hat, int64_t list, const char *members)
{
	int64_t item = cast_number(c, "SELECT id FROM shutdown_item");
	return desk_dof(&c->school, hat, ROUTE_SHUTDOWNS_ANSWER, list, "{\"item_id\":%lld,%s}",
		(long long)item, members);
}

static int64_t covered(struct cast *c)
{
	return cast_number(
		c, "SELECT count(*) FROM watch WHERE live_maintenance_id IS NOT NULL");
}

static int64_t told(struct cast *c)
{
	return cast_number(c, "SELECT count(*) FROM delivery WHERE about = 'shutdown'");
}

static void a_system_is_shut_over_a_holiday_and_alarms_nobody(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	struct school *s = &c.school;
	school_at(s, "2026-04-02T10:00");
	int64_t list = holiday(&c);
	assert_int_equal(told(&c), 1);
	/* Another unit knows nothing of it, its own has it as a to-do. */
	assert_int_equal(view_do(s, &c.stranger, ROUTE_SHUTDOWNS_GET, list, NULL), E_ABSENT);
	assert_int_equal(say(&c, &c.stranger, list, "\"state\":\"shut\""), E_ABSENT);
	assert_int_equal(view_do(s, &c.officer, ROUTE_TODO_LIST, 0, NULL), 0);
	answer_is(s, "items.0.kind", "shutdown");
	/* Staying on needs a reason and somebody who watches it. */
	refused(s, say(&c, &c.officer, list, "\"state\":\"kept\",\"reason\":\"在用\""), E_INPUT,
		"input.required");
	refused(s, say(&c, &c.officer, list, "\"state\":\"restored\""), E_STATE,
		"shutdown.not_shut");
	assert_int_equal(say(&c, &c.officer, list, "\"state\":\"shut\""), 0);
	assert_int_equal(covered(&c), 1);
	assert_int_equal(view_do(s, &c.officer, ROUTE_SHUTDOWNS_GET, list, NULL), 0);
	answer_is(s, "items.0.state", "shut");
	answer_is(s, "items.0.shut_by.name", "王芳");
	assert_int_equal(answer_int(s, "items.0.shut_at"), china_at("2026-04-02T10:00"));
	/* It stays on after all: its checks count again; then it is shut and restored. */
	assert_int_equal(
		say(&c, &c.officer, list,
			"\"state\":\"kept\",\"reason\":\"招生在用\",\"keeper\":\"王芳\""),
		0);
	assert_int_equal(covered(&c), 0);
	assert_int_equal(say(&c, &c.officer, list, "\"state\":\"shut\""), 0);
	cast_time(&c, "2026-04-06T12:00");
	assert_int_equal(covered(&c), 1);
	assert_int_equal(say(&c, &c.officer, list, "\"state\":\"restored\""), 0);
	assert_int_equal(covered(&c), 0);
	refused(s, desk_do(s, &c.operator, ROUTE_SHUTDOWNS_CHASE, list, "{}"), E_STATE,
		"shutdown.all_answered");
	assert_int_equal(desk_do(s, &c.operator, ROUTE_SHUTDOWNS_END, list, "{}"), 0);
	refused(s, say(&c, &c.officer, list, "\"state\":\"shut\""), E_STATE, "shutdown.ended");
	school_close(s);
}

static void who_owes_an_answer_is_chased(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	struct school *s = &c.school;
	school_at(s, "2026-04-02T10:00");
	int64_t list = holiday(&c);
	assert_int_equal(desk_do(s, &c.operator, ROUTE_SHUTDOWNS_CHASE, list, "{}"), 0);
	assert_int_equal(told(&c), 2);
	assert_int_equal(say(&c, &c.officer, list, "\"state\":\"shut\""), 0);
	refused(s, desk_do(s, &c.operator, ROUTE_SHUTDOWNS_CHASE, list, "{}"), E_STATE,
		"shutdown.all_answered");
	/* The holiday is over: the window has closed by itself, and who has not restored is chased. */
	cast_time(&c, "2026-04-07T09:00");
	assert_int_equal(covered(&c), 0);
	assert_int_equal(desk_do(s, &c.operator, ROUTE_SHUTDOWNS_CHASE, list, "{}"), 0);
	assert_int_equal(told(&c), 3);
	school_close(s);
}

/* ---- filters of one's own */

static int filter(struct cast *c, const struct hat *hat, const char *name, const char *query,
	bool is_first)
{
	return desk_dof(&c->school, hat, ROUTE_FILTERS_CREATE, 0,
		"{\"list\":\"findings\",\"name\":\"%s\",\"query\":\"%s\",\"is_first\":%s}",
		name, query, is_first ? "true" : "false");
}

static void a_filter_is_kept_for_who_kept_it(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	struct school *s = &c.school;
	assert_int_equal(filter(&c, &c.operator, "待研判", "state=new", true), 0);
	int64_t one = s->answer_id;
	refused(s, filter(&c, &c.operator, "待研判", "state=closed", false), E_EXISTS,
		"filter.exists");
	refused(s, filter(&c, &c.operator, "坏", "https://x", false), E_INPUT, "input.text");
	assert_int_equal(
		filter(&c, &c.operator, "已通报", "q=%E5%BC%B1&state=noticed", true), 0);
	int64_t two = s->answer_id;
	assert_int_equal(filter(&c, &c.officer, "待研判", "state=new", false), 0);
	/* One's own only; the list opens with the one chosen last. */
	assert_int_equal(view_do(s, &c.operator, ROUTE_FILTERS_LIST, 0, "list=findings"), 0);
	assert_int_equal(json_get_bool(answer_at(s, "items.0"), "is_first", true), false);
	answer_is(s, "items.1.name", "已通报");
	assert_int_equal(json_get_bool(answer_at(s, "items.1"), "is_first", false), true);
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM saved_filter WHERE is_first = 1"), 1);
	assert_int_equal(view_do(s, &c.operator, ROUTE_FILTERS_LIST, 0, "list=assets"), 0);
	assert_null(answer_at(s, "items.0"));
	assert_int_equal(desk_do(s, &c.officer, ROUTE_FILTERS_END, two, NULL), E_ABSENT);
	assert_int_equal(desk_do(s, &c.operator, ROUTE_FILTERS_UPDATE, one,
				 "{\"name\":\"新的\",\"is_first\":true}"),
		0);
	assert_int_equal(desk_do(s, &c.operator, ROUTE_FILTERS_END, two, NULL), 0);
	assert_int_equal(view_do(s, &c.operator, ROUTE_FILTERS_LIST, 0, "list=findings"), 0);
	answer_is(s, "items.0.name", "新的");
	assert_int_equal(json_get_bool(answer_at(s, "items.0"), "is_first", false), true);
	assert_null(answer_at(s, "items.1"));
	school_close(s);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "a system is shut over a holiday and alarms nobody",
			a_system_is_shut_over_a_holiday_and_alarms_nobody, false },
		{ "who owes an answer for a holiday is chased", who_owes_an_answer_is_chased,
			false },
		{ "a filter is kept for who kept it", a_filter_is_kept_for_who_kept_it, false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
