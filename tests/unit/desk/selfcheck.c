/* SPDX-License-Identifier: Apache-2.0 */
/* Self-checks of the units on a clock the test moves, on both stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "../workflow/china.h"
#include "base/buf.h"
#include "base/err.h"
#include "cast.h"
#include "desk/selfchecks.h"
#include "records/timer.h"
#include "workflow/selfcheck_plan.h"

struct world {
	struct cast c;
	struct hat head; /* of the unit */
};

static void world_open(struct world *w, const char *conf)
{
	cast_five(&w->c, conf);
	struct school *s = &w->c.school;
	w->head = school_hat(s, school_person(s, "吴院长", w->c.unit), "unit_head", w->c.unit);
	s->policy.selfcheck.sample_percent = 0; /* nobody is drawn but where a test wants it */
	s->calendar.break_count = 0;
	cast_events(&w->c);
	assert_int_equal(school_run(s, selfcheck_begin, &s->desk_env), 0);
}

static void refused(struct school *s, int status, int error, const char *code)
{
	assert_int_equal(status, error);
	assert_string_equal(s->code, code);
}

/* The newest check of a unit. */
static int64_t check_of(struct cast *c, int64_t unit)
{
	char sql[160];
	(void)snprintf(sql, sizeof(sql),
		"SELECT coalesce(max(id), 0) FROM selfcheck WHERE unit_id = %lld",
		(long long)unit);
	return cast_number(c, sql);
}

static void state_is(struct cast *c, int64_t id, const char *state)
{
	char sql[96];
	(void)snprintf(
		sql, sizeof(sql), "SELECT state FROM selfcheck WHERE id = %lld", (long long)id);
	store_is(c, sql, state);
}

static int64_t letters(struct cast *c, const struct hat *hat, const char *subject)
{
	char sql[240];
	(void)snprintf(sql, sizeof(sql),
		"SELECT count(*) FROM delivery WHERE about = 'selfcheck' AND person_id = %lld"
		" AND subject LIKE '%%%s%%'",
		(long long)hat->person_id, subject);
	return cast_number(c, sql);
}

/* All six with 无 and the value in hand, but one question answered as said. */
static int hand_in(struct cast *c, const struct hat *hat, int64_t id, const char *value,
	const char *but, const char *said)
{
	static const char *const items[] = { "abnormal", "password_rules", "weak_password",
		"password_change", "backup", "upgrade" };
	AUTO_BUF struct buf body;
	buf_init(&body, 8192);
	buf_printf(&body, "{\"seconds\":40,\"answers\":[");
	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
		const char *one = but != NULL && strcmp(but, items[i]) == 0
					  ? said
					  : "\"answer\":\"none\"";
		buf_printf(&body, "%s{\"item\":\"%s\",%s", i > 0 ? "," : "", items[i], one);
		if (strstr(one, "opened_at") == NULL) {
			buf_printf(&body, ",\"opened_at\":%lld",
				(long long)c->school.house.now_ms);
		}
		if (strstr(one, "value") == NULL) {
			buf_printf(&body, ",\"value\":\"%s\"", value);
		}
		buf_printf(&body, "}");
	}
	buf_printf(&body, "]}");
	buf_put_byte(&body, 0);
	return desk_do(&c->school, hat, ROUTE_SELFCHECKS_SUBMIT, id, (const char *)body.p);
}

static int well(struct cast *c, const struct hat *hat, int64_t id)
{
	char value[24];
	(void)snprintf(value, sizeof(value), "第 %lld 号", (long long)id);
	return hand_in(c, hat, id, value, NULL, NULL);
}

/* ---- asked, reminded, late, closed */

static void a_week_is_asked_for_reminded_of_and_closed(const char *conf)
{
	struct world w;
	world_open(&w, conf);
	struct cast *c = &w.c;
	struct school *s = &c->school;
	/* In the middle of the week the platform began: nobody is asked before Monday's hour. */
	cast_time(c, "2026-03-09T07:59");
	assert_int_equal(check_of(c, c->unit), 0);
	cast_time(c, "2026-03-09T08:00");
	int64_t id = check_of(c, c->unit);
	state_is(c, id, "assigned");
	assert_true(check_of(c, c->other) != 0);
	assert_int_equal(cast_number(c, "SELECT count(*) FROM selfcheck"), 2);
	assert_int_equal(letters(c, &c->officer, "每周自查"), 1);
	assert_int_equal(letters(c, &w.head, "每周自查"), 0);
	/* Its systems are those of this hour. */
	(void)school_row(s,
		"INSERT INTO asset (id, version, name, kind, owner_unit_id)"
		" SELECT $1, 1, '新系统', 'system', id FROM unit WHERE name = '数学系'");
	assert_int_equal(view_do(s, &c->officer, ROUTE_SELFCHECKS_GET, id, NULL), 0);
	answer_is(s, "assets.0.asset.name", "选课系统");
	assert_null(answer_at(s, "assets.1"));
	answer_is(s, "first_day", "2026-03-09");
	answer_is(s, "items.1.item", "password_rules");
	assert_int_equal(answer_int(s, "items.3.clause"), 2);
	answer_is(s, "acts.0", "submit");
	answer_is(s, "due.parameter", "selfcheck.due.week");
	assert_int_equal(answer_int(s, "due_at"), china_at("2026-03-13T17:30"));
	assert_int_equal(view_do(s, &c->officer, ROUTE_TODO_LIST, 0, NULL), 0);
	answer_is(s, "items.0.kind", "selfcheck");
	answer_is(s, "items.0.title", "每周自查");
	assert_int_equal(view_do(s, &c->stranger, ROUTE_SELFCHECKS_GET, id, NULL), E_ABSENT);
	/* A day before it is due it is reminded of, whoever has done it is not. */
	int64_t others = check_of(c, c->other);
	assert_int_equal(well(c, &c->stranger, others), 0);
	cast_time(c, "2026-03-12T16:00");
	assert_int_equal(letters(c, &c->officer, "尚未提交"), 1);
	assert_int_equal(letters(c, &c->stranger, "尚未提交"), 0);
	cast_time(c, "2026-03-14T10:00");
	assert_int_equal(well(c, &c->officer, id), 0);
	answer_is(s, "state", "submitted");
	assert_int_equal(view_do(s, &c->operator, ROUTE_SELFCHECKS_GET, id, NULL), 0);
	assert_true(json_get_bool(s->answer, "late", false));
	answer_is(s, "outcome", "normal");
	assert_int_equal(answer_int(s, "seconds"), 40);
	/* Five working days after the week it is closed, if nobody has looked at it. */
	cast_time(c, "2026-03-23T17:29");
	state_is(c, id, "submitted");
	cast_time(c, "2026-03-23T17:30");
	state_is(c, id, "closed");
	state_is(c, others, "closed");
	school_close(s);
}

static void what_is_not_done_properly_is_refused(const char *conf)
{
	struct world w;
	world_open(&w, conf);
	struct cast *c = &w.c;
	struct school *s = &c->school;
	cast_time(c, "2026-03-09T09:00");
	int64_t id = check_of(c, c->unit);
	static const struct {
		const char *but;
		const char *said;
		const char *value;
		const char *code;
	} cases[] = {
		{ "backup", "\"answer\":\"none\",\"opened_at\":0", "x",
			"selfcheck.not_opened" },
		{ "backup", "\"answer\":\"some\",\"note\":\"\"", "x", "selfcheck.not_told" },
		{ "backup", "\"answer\":\"not_applicable\"", "x", "selfcheck.not_told" },
		{ NULL, NULL, "", "selfcheck.value" },
	};
	refused(s, desk_do(s, &c->officer, ROUTE_SELFCHECKS_SUBMIT, id, "{}"), E_INPUT,
		"selfcheck.not_opened");
	refused(s,
		desk_do(s, &c->officer, ROUTE_SELFCHECKS_SUBMIT, id,
			"{\"answers\":[{\"item\":\"backup\",\"answer\":\"perhaps\"}]}"),
		E_INPUT, "input.word");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int error = hand_in(
			c, &c->officer, id, cases[i].value, cases[i].but, cases[i].said);
		if (error != E_INPUT || strcmp(s->code, cases[i].code) != 0) {
			fail_msg("%zu: %d %s", i, error, s->code);
		}
	}
	assert_int_equal(well(c, &c->stranger, id), E_ABSENT);
	assert_int_equal(well(c, &c->operator, id), E_DENIED);
	/* Its week is over. */
	school_at(s, "2026-03-16T00:00");
	refused(s, well(c, &c->officer, id), E_STATE, "selfcheck.over");
	school_close(s);
}

/* ---- what is wrong is reported by the same act */

static void what_is_wrong_becomes_a_report_with_its_number(const char *conf)
{
	struct world w;
	world_open(&w, conf);
	struct cast *c = &w.c;
	struct school *s = &c->school;
	char said[200];
	cast_time(c, "2026-03-09T09:00");
	int64_t id = check_of(c, c->unit);
	(void)snprintf(said, sizeof(said),
		"\"answer\":\"some\",\"note\":\"首页被改\\n多出一个博彩链接\","
		"\"asset_id\":%lld",
		(long long)c->asset);
	assert_int_equal(hand_in(c, &c->officer, id, "3月1日", "abnormal", said), 0);
	int64_t finding = cast_number(c, "SELECT max(id) FROM finding");
	char number[40];
	(void)snprintf(number, sizeof(number), "H-%lld", (long long)finding);
	answer_is(s, "number", number);
	assert_int_equal(s->answer_id, id);
	store_is(c, "SELECT source FROM finding", "unit");
	store_is(c, "SELECT title FROM finding", "首页被改");
	store_is(c, "SELECT grade FROM finding", "medium");
	store_is(c, "SELECT outcome FROM selfcheck WHERE outcome IS NOT NULL", "abnormal");
	assert_int_equal(
		cast_number(
			c, "SELECT count(*) FROM selfcheck_item WHERE finding_id IS NOT NULL"),
		1);
	assert_int_equal(
		cast_number(
			c, "SELECT count(*) FROM delivery WHERE subject LIKE '【单位上报】%'"),
		1);
	assert_int_equal(
		cast_number(c, "SELECT count(*) FROM delivery WHERE subject LIKE '【回执】%'"),
		1);
	/* Whoever says so has done what he should: nothing is proposed against him. */
	state_is(c, id, "submitted");
	/* A system of another unit is as one that does not exist; then nothing stays. */
	int64_t other = check_of(c, c->other);
	(void)snprintf(said, sizeof(said),
		"\"answer\":\"some\",\"note\":\"口令\",\"asset_id\":%lld", (long long)c->asset);
	refused(s, hand_in(c, &c->stranger, other, "x", "weak_password", said), E_INPUT,
		"input.unknown");
	state_is(c, other, "assigned");
	/* What has happened is filed as an event, and is its first report, too; where may be found out. */
	assert_int_equal(
		hand_in(c, &c->stranger, other, "x", "abnormal",
			"\"answer\":\"some\",\"note\":\"邮箱群发\",\"what\":\"event\""),
		0);
	answer_is(s, "number", "事件 2026-001");
	store_is(c,
		"SELECT e.title || e.source FROM event e JOIN selfcheck_item i ON i.event_id = e.id",
		"邮箱群发self_check");
	store_is(c, "SELECT state FROM event_report", "submitted");
	assert_int_equal(cast_number(c, "SELECT count(*) FROM finding"), 1);
	school_close(s);
}

/* ---- missed */

static void who_misses_is_told_in_the_morning_and_then_those_above(const char *conf)
{
	struct world w;
	world_open(&w, conf);
	struct cast *c = &w.c;
	struct school *s = &c->school;
	cast_time(c, "2026-03-09T08:00");
	int64_t first = check_of(c, c->unit);
	cast_time(c, "2026-03-15T23:59");
	state_is(c, first, "assigned");
	cast_time(c, "2026-03-16T00:00");
	state_is(c, first, "missed");
	assert_int_equal(letters(c, &c->officer, "漏查"), 0);
	cast_time(c, "2026-03-16T08:00");
	assert_int_equal(letters(c, &c->officer, "漏查"), 1);
	assert_int_equal(letters(c, &w.head, "漏查"), 0);
	refused(s, well(c, &c->officer, first), E_STATE, "selfcheck.no_such_step");
	/* The second in a row reaches the head. */
	cast_time(c, "2026-03-23T08:00");
	assert_int_equal(letters(c, &c->officer, "漏查"), 2);
	assert_int_equal(letters(c, &w.head, "漏查"), 1);
	assert_int_equal(letters(c, &c->director, "漏查"), 0);
	/* One that was done between breaks the row. */
	assert_int_equal(well(c, &c->officer, check_of(c, c->unit)), 0);
	cast_time(c, "2026-03-30T08:00");
	assert_int_equal(letters(c, &w.head, "漏查"), 1);
	/* The week before Qingming ends on a day off: it is told on Tuesday, when the next is asked for. */
	cast_time(c, "2026-04-06T23:59");
	assert_int_equal(letters(c, &c->officer, "漏查"), 2);
	cast_time(c, "2026-04-07T08:00");
	assert_int_equal(letters(c, &c->officer, "漏查"), 3);
	assert_int_equal(letters(c, &w.head, "漏查"), 1);
	assert_int_equal(
		view_do(s, &c->officer, ROUTE_SELFCHECKS_GET, check_of(c, c->unit), NULL), 0);
	answer_is(s, "first_day", "2026-04-06");
	assert_int_equal(answer_int(s, "open_at"), china_at("2026-04-07T08:00"));
	assert_int_equal(answer_int(s, "due_at"), china_at("2026-04-10T17:30"));
	/* The board counts what it is a share of: the other unit has missed all it was asked. */
	assert_int_equal(
		view_do(s, &c->operator, ROUTE_SELFCHECKS_BOARD, 0, "weeks=6&until=2026-04-07"),
		0);
	assert_int_equal(answer_int(s, "asked"), 8);
	assert_int_equal(answer_int(s, "done"), 1);
	assert_int_equal(answer_int(s, "missed"), 7);
	answer_is(s, "weeks.5", "2026-04-06");
	assert_int_equal(view_do(s, &c->officer, ROUTE_SELFCHECKS_BOARD, 0, "weeks=6"), 0);
	assert_int_equal(answer_int(s, "asked"), 4);
	assert_null(answer_at(s, "rows.1"));
	school_close(s);
}

static int64_t important(struct cast *c, const char *from, const char *to, const char *what)
{
	assert_int_equal(desk_dof(&c->school, &c->operator, ROUTE_IMPORTANT_CREATE, 0,
				 "{\"name\":\"重要保障\",\"from\":%lld,\"to\":%lld,%s}",
				 (long long)china_at(from), (long long)china_at(to), what),
		0);
	return c->school.answer_id;
}

static void an_important_period_asks_every_day_and_five_missed_reach_the_director(
	const char *conf)
{
	struct world w;
	world_open(&w, conf);
	struct cast *c = &w.c;
	struct school *s = &c->school;
	refused(s,
		desk_dof(s, &c->operator, ROUTE_IMPORTANT_CREATE, 0,
			"{\"name\":\"x\",\"from\":%lld,\"to\":%lld}",
			(long long)china_at("2026-03-05T00:00"),
			(long long)china_at("2026-03-12T00:00")),
		E_INPUT, "important.nothing");
	refused(s,
		desk_dof(s, &c->operator, ROUTE_IMPORTANT_CREATE, 0,
			"{\"name\":\"x\",\"daily\":true,\"from\":%lld,\"to\":%lld}",
			(long long)china_at("2026-03-05T00:00"),
			(long long)china_at("2026-03-01T00:00")),
		E_INPUT, "important.period");
	int64_t period = important(c, "2026-03-05T00:00", "2026-03-12T00:00",
		"\"daily\":true,\"zero_report\":true");
	/* Thursday to Wednesday, Saturday and Sunday too; no weekly one beside it. */
	cast_time(c, "2026-03-05T09:00");
	int64_t day = check_of(c, c->unit);
	assert_int_equal(view_do(s, &c->officer, ROUTE_SELFCHECKS_GET, day, NULL), 0);
	answer_is(s, "kind", "day");
	answer_is(s, "period.name", "重要保障");
	answer_is(s, "due.parameter", "selfcheck.due.day");
	assert_int_equal(answer_int(s, "due_at"), china_at("2026-03-05T17:00"));
	assert_int_equal(well(c, &c->officer, day), 0);
	cast_time(c, "2026-03-10T09:00");
	assert_int_equal(
		cast_number(c, "SELECT count(*) FROM selfcheck WHERE kind = 'week'"), 0);
	assert_int_equal(
		cast_number(c, "SELECT count(*) FROM selfcheck WHERE kind = 'day'"), 12);
	/* Missed on the 6th to the 9th: the head has heard, the director has not. */
	assert_int_equal(letters(c, &c->officer, "漏查"), 4);
	assert_int_equal(letters(c, &w.head, "漏查"), 3);
	cast_time(c, "2026-03-11T09:00");
	assert_int_equal(letters(c, &w.head, "漏查"), 4);
	/* The other unit has missed since the 5th, a day more. */
	assert_int_equal(letters(c, &c->director, "漏查"), 1 + 2);
	assert_int_equal(desk_do(s, &c->director, ROUTE_IMPORTANT_END, period, "{}"), 0);
	refused(s, desk_do(s, &c->director, ROUTE_IMPORTANT_END, period, "{}"), E_STATE,
		"important.over");
	cast_time(c, "2026-03-13T09:00");
	assert_int_equal(
		cast_number(c, "SELECT count(*) FROM selfcheck WHERE kind = 'day'"), 14);
	school_close(s);
}

static void key_systems_are_asked_about_daily_and_a_zero_report_is_one_question(
	const char *conf)
{
	struct world w;
	world_open(&w, conf);
	struct cast *c = &w.c;
	struct school *s = &c->school;
	(void)school_row(s, "INSERT INTO asset (id, version, name, kind, owner_unit_id,"
			    " importance) SELECT $1, 1, '门户', 'system', id, 'core' FROM unit"
			    " WHERE name = '数学系'");
	(void)school_row(s,
		"INSERT INTO watch (id, version, asset_id, name, kind, target, params, live_state,"
		" live_since_ms) SELECT $1, 1, id, '门户首页', 'http', 'http://127.0.0.1', '{}',"
		" 'up', 0 FROM asset WHERE name = '门户'");
	/* Wednesday: only the unit with a key system, only about that. */
	cast_time(c, "2026-03-04T09:00");
	assert_int_equal(cast_number(c, "SELECT count(*) FROM selfcheck"), 1);
	int64_t id = check_of(c, c->unit);
	assert_int_equal(view_do(s, &c->officer, ROUTE_SELFCHECKS_GET, id, NULL), 0);
	answer_is(s, "kind", "key");
	answer_is(s, "assets.0.asset.name", "门户");
	assert_null(answer_at(s, "assets.1"));
	assert_null(answer_at(s, "items.1"));
	/* What its checks say is filled in beforehand; a person opens it and says so. */
	answer_is(s, "items.0.proposed", "none");
	assert_int_equal(answer_int(s, "items.0.checks"), 1);
	/* No mail for that every day. */
	assert_int_equal(letters(c, &c->officer, "自查"), 0);
	assert_int_equal(hand_in(c, &c->officer, id, "", NULL, NULL), 0);
	/* Not on Saturday; on Monday the weekly check covers it. */
	cast_time(c, "2026-03-09T09:00");
	assert_int_equal(
		cast_number(c, "SELECT count(*) FROM selfcheck WHERE kind = 'key'"), 3);
	assert_int_equal(
		cast_number(c, "SELECT count(*) FROM selfcheck WHERE kind = 'week'"), 2);
	(void)important(c, "2026-03-10T00:00", "2026-03-11T00:00", "\"zero_report\":true");
	cast_time(c, "2026-03-10T09:00");
	assert_int_equal(
		cast_number(c, "SELECT count(*) FROM selfcheck WHERE kind = 'zero'"), 2);
	assert_int_equal(
		cast_number(c, "SELECT count(*) FROM selfcheck WHERE kind = 'key'"), 3);
	id = check_of(c, c->other);
	/* Only what was said to be well can be contradicted. */
	assert_int_equal(hand_in(c, &c->stranger, id, "", "abnormal",
				 "\"answer\":\"some\",\"note\":\"官网打不开\""),
		0);
	assert_int_equal(desk_do(s, &c->operator, ROUTE_SELFCHECKS_SAMPLE, id,
				 "{\"reason\":\"抽一份看看\"}"),
		0);
	refused(s,
		desk_do(s, &c->operator, ROUTE_SELFCHECKS_DECIDE, id,
			"{\"result\":\"contradicted\",\"reason\":\"与实际情况不符\"}"),
		E_STATE, "selfcheck.honest");
	assert_int_equal(desk_do(s, &c->operator, ROUTE_SELFCHECKS_DECIDE, id,
				 "{\"result\":\"confirmed\"}"),
		0);
	state_is(c, id, "confirmed");
	cast_time(c, "2026-03-19T09:00");
	state_is(c, id, "closed");
	school_close(s);
}

/* ---- looked at */

static void the_same_words_five_times_are_looked_at(const char *conf)
{
	struct world w;
	world_open(&w, conf);
	struct cast *c = &w.c;
	static const char *const mondays[] = { "2026-03-09T10:00", "2026-03-16T10:00",
		"2026-03-23T10:00", "2026-03-30T10:00", "2026-04-07T10:00" };
	for (size_t i = 0; i < 5; i++) {
		cast_time(c, mondays[i]);
		int64_t id = check_of(c, c->unit);
		assert_int_equal(
			hand_in(c, &c->officer, id, "一切正常", "backup",
				i % 2 == 0
					? "\"answer\":\"not_applicable\",\"note\":\"没有 服务器\",\"value\":\"一切正常\""
					: "\"answer\":\"not_applicable\",\"note\":\"没有服务器\",\"value\":\"一切 正常\""),
			0);
		state_is(c, id, i < 4 ? "submitted" : "sampled");
	}
	store_is(c, "SELECT sample FROM selfcheck WHERE sample IS NOT NULL", "same_text");
	assert_int_equal(view_do(&c->school, &c->operator, ROUTE_TODO_LIST, 0, NULL), 0);
	answer_is(&c->school, "items.0.act", "decide_selfcheck");
	school_close(&c->school);
}

static void what_the_platform_sees_is_held_against_a_no(const char *conf)
{
	struct world w;
	world_open(&w, conf);
	struct cast *c = &w.c;
	struct school *s = &c->school;
	assert_int_equal(
		desk_dof(s, &c->operator, ROUTE_FINDINGS_CREATE, 0,
			"{\"title\":\"后台弱口令\",\"kind\":\"weak_password\",\"grade\":"
			"\"high\",\"asset_id\":%lld}",
			(long long)c->asset),
		0);
	cast_time(c, "2026-03-09T10:00");
	int64_t id = check_of(c, c->unit);
	assert_int_equal(view_do(s, &c->officer, ROUTE_SELFCHECKS_GET, id, NULL), 0);
	assert_int_equal(answer_int(s, "items.2.findings"), 1);
	assert_int_equal(well(c, &c->officer, id), 0);
	state_is(c, id, "sampled");
	assert_int_equal(view_do(s, &c->operator, ROUTE_SELFCHECKS_GET, id, NULL), 0);
	answer_is(s, "sample", "contradiction");
	assert_true(json_get_bool(answer_at(s, "items.2"), "against", false));
	assert_false(json_get_bool(answer_at(s, "items.4"), "against", true));
	answer_is(s, "acts.0", "confirm");
	answer_is(s, "acts.1", "contradict");
	assert_int_equal(answer_int(s, "sample_due_at"), china_at("2026-03-16T17:30"));
	/* A person decides, with a reason, and not one of the unit. */
	refused(s,
		desk_do(s, &c->operator, ROUTE_SELFCHECKS_DECIDE, id,
			"{\"result\":\"contradicted\"}"),
		E_INPUT, "selfcheck.reason");
	s->if_match = 1;
	refused(s,
		desk_do(s, &c->operator, ROUTE_SELFCHECKS_DECIDE, id,
			"{\"result\":\"contradicted\",\"reason\":\"弱口令仍在\"}"),
		E_CONFLICT, "version.changed");
	/* Not done in time: whoever has to do it hears of it. */
	cast_time(c, "2026-03-23T18:00");
	assert_int_equal(letters(c, &c->operator, "抽查逾期"), 1);
	assert_int_equal(desk_do(s, &c->operator, ROUTE_SELFCHECKS_DECIDE, id,
				 "{\"result\":\"contradicted\",\"reason\":\"弱口令仍在\"}"),
		0);
	state_is(c, id, "contradicted");
	assert_int_equal(letters(c, &c->officer, "不符"), 1);
	assert_int_equal(letters(c, &c->director, "不符"), 1);
	cast_time(c, "2026-03-23T18:01");
	state_is(c, id, "closed");
	store_is(c, "SELECT result FROM selfcheck WHERE result IS NOT NULL", "contradicted");
	/* Next week the unit says what is so. */
	id = check_of(c, c->unit);
	assert_int_equal(hand_in(c, &c->officer, id, "3月", "weak_password",
				 "\"answer\":\"some\",\"note\":\"后台口令未改\""),
		0);
	state_is(c, id, "submitted");
	cast_time(c, "2026-03-30T08:00");
	state_is(c, id, "submitted");
	school_close(s);
}

static void what_comes_out_before_the_week_ends_is_held_against_it_too(const char *conf)
{
	struct world w;
	world_open(&w, conf);
	struct cast *c = &w.c;
	struct school *s = &c->school;
	cast_time(c, "2026-03-09T10:00");
	int64_t id = check_of(c, c->unit);
	assert_int_equal(well(c, &c->officer, id), 0);
	state_is(c, id, "submitted");
	school_at(s, "2026-03-11T10:00");
	assert_int_equal(desk_dof(s, &c->operator, ROUTE_FINDINGS_CREATE, 0,
				 "{\"title\":\"未备份\",\"kind\":\"backup\",\"grade\":\"high\","
				 "\"asset_id\":%lld}",
				 (long long)c->asset),
		0);
	/* Since the week before it was so. */
	char sql[120];
	(void)snprintf(sql, sizeof(sql), "UPDATE finding SET found_at_ms = %lld WHERE $1 > 0",
		(long long)china_at("2026-03-08T10:00"));
	(void)school_row(s, sql);
	cast_time(c, "2026-03-15T23:00");
	state_is(c, id, "submitted");
	cast_time(c, "2026-03-16T00:00");
	store_is(c, "SELECT sample FROM selfcheck WHERE sample IS NOT NULL", "contradiction");
	school_close(s);
}

enum { DRAWN_UNITS = 12 };

static void a_share_is_drawn_each_week_and_anybody_can_draw_again(const char *conf)
{
	struct world w;
	world_open(&w, conf);
	struct cast *c = &w.c;
	struct school *s = &c->school;
	struct hat officers[DRAWN_UNITS];
	s->policy.selfcheck.sample_percent = 20;
	for (int i = 0; i < DRAWN_UNITS; i++) {
		char name[32];
		(void)snprintf(name, sizeof(name), "第%d系", i);
		int64_t unit = school_unit(s, name, false);
		officers[i] = school_hat(s, school_person(s, name, unit), "officer", unit);
	}
	cast_time(c, "2026-03-09T10:00");
	for (int i = 0; i < DRAWN_UNITS; i++) {
		assert_int_equal(well(c, &officers[i], check_of(c, officers[i].unit_id)), 0);
	}
	cast_time(c, "2026-03-16T08:00");
	assert_int_equal(
		view_do(s, &c->operator, ROUTE_SELFCHECKS_BOARD, 0, "weeks=2&until=2026-03-16"),
		0);
	answer_is(s, "draws.0.week", "2026-03-09");
	assert_int_equal(answer_int(s, "draws.0.units"), DRAWN_UNITS);
	assert_int_equal(answer_int(s, "draws.0.drawn"), 3); /* 20 % of 12, rounded up */
	assert_int_equal(answer_int(s, "sampled"), 3);
	assert_null(answer_at(s, "draws.1"));
	/* The seed alone says whose. */
	struct selfcheck_candidate all[DRAWN_UNITS];
	for (int i = 0; i < DRAWN_UNITS; i++) {
		all[i] = (struct selfcheck_candidate) { .unit_id = officers[i].unit_id };
	}
	selfcheck_draw(json_get_str(answer_at(s, "draws.0"), "seed"), all, DRAWN_UNITS, 20,
		answer_int(s, "draws.0.weeks_left"));
	for (int i = 0; i < DRAWN_UNITS; i++) {
		char sql[120];
		(void)snprintf(sql, sizeof(sql),
			"SELECT count(*) FROM selfcheck WHERE state = 'sampled' AND unit_id = %lld",
			(long long)all[i].unit_id);
		assert_int_equal(cast_number(c, sql), all[i].drawn);
	}
	school_close(s);
}

/* ---- people */

static void of_two_who_hand_in_at_once_the_second_is_told(const char *conf)
{
	struct world w;
	world_open(&w, conf);
	struct cast *c = &w.c;
	struct school *s = &c->school;
	cast_time(c, "2026-03-09T10:00");
	int64_t id = check_of(c, c->unit);
	s->if_match = 1;
	assert_int_equal(well(c, &c->officer, id), 0);
	s->if_match = 1;
	assert_int_equal(well(c, &w.head, id), E_CONFLICT);
	refused(s, well(c, &w.head, id), E_STATE, "selfcheck.no_such_step");
	assert_int_equal(cast_number(c, "SELECT count(*) FROM timeline WHERE kind = 'selfcheck'"
					" AND code = 'selfcheck_submitted'"),
		1);
	school_close(s);
}

static void where_the_officer_is_absent_somebody_else_is_asked(const char *conf)
{
	struct world w;
	world_open(&w, conf);
	struct cast *c = &w.c;
	struct school *s = &c->school;
	/* One unit has only its head left, the other nobody. */
	(void)school_row(s, "UPDATE role_grant SET valid_to_ms = 1 WHERE role = 'officer'"
			    " AND $1 > 0");
	cast_time(c, "2026-03-09T08:00");
	int64_t headed = check_of(c, c->unit);
	int64_t empty = check_of(c, c->other);
	assert_int_equal(letters(c, &w.head, "每周自查"), 1);
	state_is(c, headed, "assigned");
	/* The other has no system and nobody: it is not asked at all. */
	assert_int_equal(empty, 0);
	(void)school_row(s,
		"INSERT INTO asset (id, version, name, kind, owner_unit_id)"
		" SELECT $1, 1, '展览网', 'system', id FROM unit WHERE name = '美术系'");
	cast_time(c, "2026-03-16T08:00");
	empty = check_of(c, c->other);
	state_is(c, empty, "scheduled");
	cast_time(c, "2026-03-23T08:00");
	state_is(c, empty, "missed");
	/* Those who keep the register hear that nobody could be asked. */
	assert_int_equal(letters(c, &c->operator, "漏查"), 1);
	int64_t next = check_of(c, c->other);
	state_is(c, next, "scheduled");
	struct hat fresh =
		school_hat(s, school_person(s, "新人", c->other), "officer", c->other);
	cast_time(c, "2026-03-26T16:00");
	state_is(c, next, "assigned");
	assert_int_equal(well(c, &fresh, next), 0);
	school_close(s);
}

static void a_unit_that_is_dissolved_owes_nothing(const char *conf)
{
	struct world w;
	world_open(&w, conf);
	struct cast *c = &w.c;
	struct school *s = &c->school;
	cast_time(c, "2026-03-09T10:00");
	int64_t id = check_of(c, c->other);
	assert_int_equal(desk_do(s, &c->director, ROUTE_UNITS_DISSOLVE, c->other,
				 "{\"reason\":\"院系调整合并\"}"),
		0);
	state_is(c, id, "voided");
	cast_time(c, "2026-03-16T09:00");
	state_is(c, id, "voided");
	assert_int_equal(check_of(c, c->other), id);
	assert_int_equal(letters(c, &c->director, "漏查"), 0);
	school_close(s);
}

/* ---- by hand, and after a standstill */

static void the_centre_may_ask_at_once_what_is_left_of_a_week(const char *conf)
{
	struct world w;
	world_open(&w, conf);
	struct cast *c = &w.c;
	struct school *s = &c->school;
	/* Tuesday. */
	assert_int_equal(desk_dof(s, &c->operator, ROUTE_SELFCHECKS_ASK, 0,
				 "{\"unit_id\":%lld}", (long long)c->unit),
		0);
	int64_t id = s->answer_id;
	assert_int_equal(view_do(s, &c->officer, ROUTE_SELFCHECKS_GET, id, NULL), 0);
	assert_int_equal(answer_int(s, "due_at"), china_at("2026-03-06T17:30"));
	answer_is(s, "first_day", "2026-03-02");
	refused(s,
		desk_dof(s, &c->operator, ROUTE_SELFCHECKS_ASK, 0, "{\"unit_id\":%lld}",
			(long long)c->unit),
		E_EXISTS, "selfcheck.asked");
	assert_int_equal(desk_do(s, &c->director, ROUTE_SELFCHECKS_ASK, 0, "{}"), 0);
	cast_time(c, "2026-03-03T09:01");
	assert_int_equal(cast_number(c, "SELECT count(*) FROM selfcheck"), 2);
	school_close(s);
}

static void what_is_asked_for_on_a_sunday_ends_with_the_week(const char *conf)
{
	struct world w;
	world_open(&w, conf);
	struct cast *c = &w.c;
	struct school *s = &c->school;
	school_at(s, "2026-03-08T20:00");
	assert_int_equal(desk_dof(s, &c->operator, ROUTE_SELFCHECKS_ASK, 0,
				 "{\"unit_id\":%lld}", (long long)c->unit),
		0);
	assert_int_equal(view_do(s, &c->officer, ROUTE_SELFCHECKS_GET, s->answer_id, NULL), 0);
	assert_int_equal(answer_int(s, "end_at"), china_at("2026-03-09T00:00"));
	assert_true(answer_int(s, "due_at") < answer_int(s, "end_at"));
	school_close(s);
}

static void a_machine_that_stood_still_blames_nobody(const char *conf)
{
	struct world w;
	world_open(&w, conf);
	struct cast *c = &w.c;
	struct school *s = &c->school;
	cast_time(c, "2026-03-06T12:00");
	/* Off from Friday until Saturday in a week: what was to be asked on Monday is past. */
	school_at(s, "2026-03-14T12:00");
	cast_late(c);
	assert_int_equal(cast_number(c, "SELECT count(*) FROM selfcheck"), 0);
	/* Off over a Monday only: the week is asked for on Tuesday. */
	cast_time(c, "2026-03-15T12:00");
	school_at(s, "2026-03-17T12:00");
	cast_late(c);
	assert_int_equal(cast_number(c, "SELECT count(*) FROM selfcheck"), 2);
	/* Beginning again sets no second clock. */
	assert_int_equal(school_run(s, selfcheck_begin, &s->desk_env), 0);
	assert_int_equal(cast_number(c, "SELECT count(*) FROM timer WHERE kind ="
					" 'selfcheck.tick' AND fired_at_ms IS NULL"),
		1);
	school_close(s);
}

static void the_schools_own_questions_are_asked_as_its_policy_has_them(const char *conf)
{
	struct world w;
	world_open(&w, conf);
	struct cast *c = &w.c;
	struct school *s = &c->school;
	s->policy.selfcheck.question_count = 1;
	s->policy.selfcheck.questions[0] =
		(struct policy_question) { .id = "screens", .text = "电子屏有无异常？" };
	cast_time(c, "2026-03-09T10:00");
	int64_t id = check_of(c, c->unit);
	assert_int_equal(view_do(s, &c->officer, ROUTE_SELFCHECKS_GET, id, NULL), 0);
	answer_is(s, "items.6.item", "screens");
	assert_int_equal(answer_int(s, "items.6.clause"), 0);
	/* It is asked as it was, and has to be answered too. */
	s->policy.selfcheck.question_count = 0;
	refused(s, well(c, &c->officer, id), E_INPUT, "selfcheck.not_opened");
	school_close(s);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "a week is asked for, reminded of and closed",
			a_week_is_asked_for_reminded_of_and_closed, false },
		{ "what is not done properly is refused", what_is_not_done_properly_is_refused,
			false },
		{ "what is wrong becomes a report with its number",
			what_is_wrong_becomes_a_report_with_its_number, false },
		{ "who misses is told in the morning, and then those above",
			who_misses_is_told_in_the_morning_and_then_those_above, false },
		{ "an important period asks every day, and five missed reach the director",
			an_important_period_asks_every_day_and_five_missed_reach_the_director,
			false },
		{ "key systems are asked about daily, and a zero report is one question",
			key_systems_are_asked_about_daily_and_a_zero_report_is_one_question,
			false },
		{ "the same words five times are looked at",
			the_same_words_five_times_are_looked_at, false },
		{ "what the platform sees is held against a no",
			what_the_platform_sees_is_held_against_a_no, false },
		{ "what comes out before the week ends is held against it too",
			what_comes_out_before_the_week_ends_is_held_against_it_too, false },
		{ "a share is drawn each week, and anybody can draw again",
			a_share_is_drawn_each_week_and_anybody_can_draw_again, false },
		{ "of two who hand in at once the second is told",
			of_two_who_hand_in_at_once_the_second_is_told, false },
		{ "where the officer is absent somebody else is asked",
			where_the_officer_is_absent_somebody_else_is_asked, false },
		{ "a unit that is dissolved owes nothing",
			a_unit_that_is_dissolved_owes_nothing, false },
		{ "the centre may ask at once what is left of a week",
			the_centre_may_ask_at_once_what_is_left_of_a_week, false },
		{ "what is asked for on a Sunday ends with the week",
			what_is_asked_for_on_a_sunday_ends_with_the_week, false },
		{ "a machine that stood still blames nobody",
			a_machine_that_stood_still_blames_nobody, false },
		{ "the school's own questions are asked as its policy has them",
			the_schools_own_questions_are_asked_as_its_policy_has_them, false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
