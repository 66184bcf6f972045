/* SPDX-License-Identifier: Apache-2.0 */
/* Events on both stores: filed, graded, every clock, reports, authorities, and back to findings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "../workflow/china.h"
#include "base/err.h"
#include "cast.h"

#define HOUR_MS INT64_C(3600000)

/* Who handles events besides the five: the response lead and the head of the unit. */
struct stage {
	struct cast c;
	struct hat lead;
	struct hat head;
	int64_t id; /* the event */
};

static void stage_open(struct stage *st, const char *conf)
{
	*st = (struct stage) { 0 };
	struct school *s = &st->c.school;
	cast_five(&st->c, conf);
	cast_events(&st->c);
	st->lead = school_hat(s, school_person(s, "陈应急", 0), "response_lead", 0);
	st->head =
		school_hat(s, school_person(s, "吴院长", st->c.unit), "unit_head", st->c.unit);
}

static int act(struct stage *st, const struct hat *hat, enum route_id route, const char *body)
{
	return desk_do(&st->c.school, hat, route, st->id, body);
}

static int act_sub(struct stage *st, const struct hat *hat, enum route_id route, int64_t sub,
	const char *body)
{
	st->c.school.call.sub = sub;
	return desk_do(&st->c.school, hat, route, st->id, body);
}

static void refused(struct stage *st, int status, int error, const char *code)
{
	assert_int_equal(status, error);
	assert_string_equal(st->c.school.code, code);
}

static int64_t number(struct stage *st, const char *sql)
{
	return cast_number(&st->c, sql);
}

/* Since when it is known, in China's time; the unit files it now. */
static void filed(struct stage *st, const char *known)
{
	struct school *s = &st->c.school;
	assert_int_equal(
		desk_dof(s, &st->c.officer, ROUTE_EVENTS_REPORT, 0,
			"{\"title\":\"选课系统首页异常\",\"asset_id\":%lld,\"known_at\":%lld}",
			(long long)st->c.asset, (long long)china_at(known)),
		0);
	st->id = s->answer_id;
}

static int graded_by(
	struct stage *st, const struct hat *hat, const char *grade, const char *more)
{
	char body[400];
	(void)snprintf(body, sizeof(body),
		"{\"grade\":\"%s\",\"reason\":\"按影响范围研判\",\"class\":\"attack\"%s}",
		grade, more);
	return act(st, hat, ROUTE_EVENTS_GRADE, body);
}

static void graded(struct stage *st, const char *grade)
{
	assert_int_equal(graded_by(st, &st->c.operator, grade, ""), 0);
}

static void moved(struct stage *st, const struct hat *hat, const char *what)
{
	char body[160];
	(void)snprintf(
		body, sizeof(body), "{\"act\":\"%s\",\"text\":\"已隔离并恢复备份\"}", what);
	assert_int_equal(act(st, hat, ROUTE_EVENTS_MOVE, body), 0);
}

/* One number of the clock of a kind that was started last. */
static int64_t clock_of(struct stage *st, const char *kind, const char *column)
{
	char sql[240];
	(void)snprintf(sql, sizeof(sql),
		"SELECT coalesce(%s, 0) FROM event_clock WHERE kind = '%s' ORDER BY id DESC LIMIT 1",
		column, kind);
	return number(st, sql);
}

static int64_t mails(struct stage *st, const char *where)
{
	char sql[300];
	(void)snprintf(sql, sizeof(sql),
		"SELECT count(*) FROM delivery WHERE about = 'event' AND %s", where);
	return number(st, sql);
}

static int64_t mails_to(struct stage *st, const struct hat *hat, const char *subject)
{
	char where[200];
	(void)snprintf(where, sizeof(where), "person_id = %lld AND subject LIKE '%s'",
		(long long)hat->person_id, subject);
	return mails(st, where);
}

/* ---- filed */

static void three_answers_are_enough_and_the_number_comes_back(const char *conf)
{
	struct stage st;
	stage_open(&st, conf);
	filed(&st, "2026-03-03T08:50");
	answer_is(&st.c.school, "number", "事件 2026-001");
	answer_is(&st.c.school, "state", "received");
	store_is(&st.c, "SELECT state FROM event_report", "submitted");
	/* Reported in writing at once: the clock was met as it began. */
	assert_int_equal(clock_of(&st, "initial", "due_at_ms"), china_at("2026-03-03T12:50"));
	assert_int_equal(clock_of(&st, "initial", "met_at_ms"), china_at("2026-03-03T09:00"));
	assert_int_equal(clock_of(&st, "grade", "due_at_ms"), china_at("2026-03-03T09:30"));
	/* Duty, the unit's head and the response lead hear, without a word of what it is. */
	assert_int_equal(mails_to(&st, &st.c.operator, "【事件接报】数学系 事件 2026-001"), 1);
	assert_int_equal(mails_to(&st, &st.head, "【事件接报】%"), 1);
	assert_int_equal(mails_to(&st, &st.lead, "【事件接报】%"), 1);
	assert_int_equal(mails_to(&st, &st.c.officer, "【回执·事件已受理】%"), 1);
	assert_int_equal(
		mails(&st, "(subject LIKE '%首页异常%' OR body LIKE '%首页异常%')"), 0);
	/* The next one has the next number; a drill counts for itself. */
	struct school *s = &st.c.school;
	assert_int_equal(
		desk_do(s, &st.c.operator, ROUTE_EVENTS_CREATE, 0, "{\"title\":\"t\"}"),
		E_INPUT);
	assert_int_equal(
		desk_dof(s, &st.c.operator, ROUTE_EVENTS_CREATE, 0,
			"{\"title\":\"演练：首页被篡改\",\"place\":\"网站\",\"unit_id\":%lld,"
			"\"drill\":true}",
			(long long)st.c.unit),
		0);
	answer_is(s, "number", "演练 2026-001");
	assert_int_equal(view_do(s, &st.c.operator, ROUTE_EVENTS_LIST, 0, NULL), 0);
	answer_is(s, "items.0.number", "事件 2026-001");
	assert_int_equal(view_do(s, &st.c.operator, ROUTE_EVENTS_LIST, 0, "drill=1"), 0);
	answer_is(s, "items.0.number", "演练 2026-001");
	assert_int_equal(view_do(s, &st.c.operator, ROUTE_OVERVIEW_GET, 0, NULL), 0);
	assert_int_equal(answer_int(s, "events_open"), 1);
	assert_true(mails(&st, "subject LIKE '【演练·事件接报】%'") > 0);
	school_close(s);
}

static void what_cannot_be_so_is_refused(const char *conf)
{
	struct stage st;
	char body[240];
	stage_open(&st, conf);
	struct hat *officer = &st.c.officer;
	refused(&st, act(&st, officer, ROUTE_EVENTS_REPORT, "{\"place\":\"机房\"}"), E_INPUT,
		"input.required");
	refused(&st, act(&st, officer, ROUTE_EVENTS_REPORT, "{\"title\":\"t\"}"), E_INPUT,
		"event.where");
	(void)snprintf(body, sizeof(body),
		"{\"title\":\"t\",\"place\":\"p\",\"known_at\":%lld}",
		(long long)china_at("2026-03-03T10:00"));
	refused(&st, act(&st, officer, ROUTE_EVENTS_REPORT, body), E_INPUT, "input.range");
	/* Known of before it happened. */
	(void)snprintf(body, sizeof(body),
		"{\"title\":\"t\",\"place\":\"p\",\"known_at\":%lld,\"occurred_at\":%lld}",
		(long long)china_at("2026-03-03T08:00"),
		(long long)china_at("2026-03-03T08:30"));
	refused(&st, act(&st, officer, ROUTE_EVENTS_REPORT, body), E_INPUT, "event.times");
	assert_string_equal(st.c.school.field, "occurred_at");
	(void)snprintf(body, sizeof(body), "{\"title\":\"t\",\"asset_id\":%lld}",
		(long long)st.c.asset);
	refused(&st, act(&st, &st.c.stranger, ROUTE_EVENTS_REPORT, body), E_INPUT,
		"input.unknown");
	filed(&st, "2026-03-03T08:50");
	graded(&st, "iv");
	moved(&st, &st.c.operator, "respond");
	/* Contained before anybody knew of it. */
	(void)snprintf(body, sizeof(body),
		"{\"act\":\"contain\",\"text\":\"已断网隔离\",\"at\":%lld}",
		(long long)china_at("2026-03-03T08:00"));
	refused(&st, act(&st, &st.c.operator, ROUTE_EVENTS_MOVE, body), E_INPUT, "event.times");
	refused(&st,
		act(&st, &st.c.operator, ROUTE_EVENTS_UPDATE,
			"{\"class_kind\":\"malware.worm\"}"),
		E_INPUT, "input.unknown");
	/* Another unit does not know that there is one. */
	assert_int_equal(
		view_do(&st.c.school, &st.c.stranger, ROUTE_EVENTS_GET, st.id, NULL), E_ABSENT);
	refused(&st, act(&st, &st.c.stranger, ROUTE_EVENTS_REPORT_PUT, "{\"facts\":{}}"),
		E_ABSENT, st.c.school.code);
	school_close(&st.c.school);
}

/* ---- clocks, one after the other on a stepped clock */

/* Told by telephone: the unit still owes it in writing. */
static void called_in(struct stage *st, const char *known)
{
	struct school *s = &st->c.school;
	assert_int_equal(
		desk_dof(s, &st->c.operator, ROUTE_EVENTS_CREATE, 0,
			"{\"title\":\"机房断电\",\"place\":\"东区机房\",\"unit_id\":%lld,"
			"\"known_at\":%lld}",
			(long long)st->c.unit, (long long)china_at(known)),
		0);
	st->id = s->answer_id;
}

static void the_first_report_is_due_by_grade(const char *conf)
{
	struct stage st;
	stage_open(&st, conf);
	called_in(&st, "2026-03-03T08:30");
	store_is(&st.c, "SELECT state FROM event_report", "draft");
	assert_int_equal(clock_of(&st, "initial", "due_at_ms"), china_at("2026-03-03T12:30"));
	/* Nobody grades it for half an hour. */
	cast_time(&st.c, "2026-03-03T09:31");
	assert_int_equal(clock_of(&st, "grade", "missed_at_ms"), china_at("2026-03-03T09:30"));
	assert_true(mails_to(&st, &st.lead, "【事件分级研判逾期】%") == 1);
	/* Graver: one hour from when it was known of, which is over. */
	graded(&st, "iii");
	assert_int_equal(clock_of(&st, "grade", "met_at_ms"), china_at("2026-03-03T09:31"));
	assert_int_equal(clock_of(&st, "initial", "due_at_ms"), china_at("2026-03-03T09:30"));
	cast_late(&st.c);
	assert_int_equal(
		clock_of(&st, "initial", "missed_at_ms"), china_at("2026-03-03T09:31"));
	assert_int_equal(mails_to(&st, &st.c.officer, "【事件书面初报逾期】%"), 1);
	/* Handed in late is handed in, and stays late. */
	school_at(&st.c.school, "2026-03-03T09:45");
	assert_int_equal(act_sub(&st, &st.c.officer, ROUTE_EVENTS_REPORT_UPDATE,
				 number(&st, "SELECT id FROM event_report"),
				 "{\"facts\":{\"course\":\"市电中断\"},\"submit\":true}"),
		0);
	assert_int_equal(clock_of(&st, "initial", "met_at_ms"), china_at("2026-03-03T09:45"));
	assert_true(clock_of(&st, "initial", "missed_at_ms") != 0);
	/* The derivation says so, sentence by sentence. */
	assert_int_equal(
		view_do(&st.c.school, &st.c.operator, ROUTE_EVENTS_GET, st.id, NULL), 0);
	assert_non_null(strstr((const char *)st.c.school.text.p, "due.regrade"));
	answer_is(&st.c.school, "clocks.0.due.1.args.parameter", "event.initial_minor");
	school_close(&st.c.school);
}

static void follow_up_reports_are_due_until_it_is_contained(const char *conf)
{
	struct stage st;
	stage_open(&st, conf);
	filed(&st, "2026-03-03T09:00");
	graded(&st, "ii");
	assert_int_equal(clock_of(&st, "follow_up", "due_at_ms"), china_at("2026-03-03T11:00"));
	/* One is missing: a fact, and the next is due two hours on. */
	cast_time(&st.c, "2026-03-03T11:05");
	assert_int_equal(number(&st, "SELECT count(*) FROM event_clock WHERE kind = 'follow_up'"
				     " AND missed_at_ms IS NOT NULL"),
		1);
	assert_int_equal(clock_of(&st, "follow_up", "due_at_ms"), china_at("2026-03-03T13:00"));
	assert_int_equal(
		number(&st, "SELECT count(*) FROM timeline WHERE code = 'event_clock_missed'"),
		1);
	/* One comes: it must say something new, and two hours begin with it. */
	school_at(&st.c.school, "2026-03-03T12:00");
	refused(&st, act(&st, &st.c.officer, ROUTE_EVENTS_REPORT_PUT, "{\"submit\":true}"),
		E_INPUT, "event.no_news");
	assert_int_equal(act(&st, &st.c.officer, ROUTE_EVENTS_REPORT_PUT,
				 "{\"facts\":{\"measures\":\"已断网\"},\"submit\":true}"),
		0);
	assert_int_equal(clock_of(&st, "follow_up", "due_at_ms"), china_at("2026-03-03T14:00"));
	/* Milder is asked for and allowed: a day, counted from the same moment. */
	assert_int_equal(graded_by(&st, &st.c.operator, "iv", ""), 0);
	assert_int_equal(clock_of(&st, "follow_up", "due_at_ms"), china_at("2026-03-03T14:00"));
	assert_int_equal(
		act(&st, &st.c.director, ROUTE_EVENTS_DECIDE_GRADE, "{\"decision\":\"allow\"}"),
		0);
	assert_int_equal(clock_of(&st, "follow_up", "due_at_ms"), china_at("2026-03-04T12:00"));
	moved(&st, &st.c.operator, "respond");
	moved(&st, &st.lead, "contain");
	cast_time(&st.c, "2026-03-06T12:00");
	assert_int_equal(number(&st, "SELECT count(*) FROM event_clock WHERE kind = 'follow_up'"
				     " AND missed_at_ms IS NOT NULL"),
		1);
	/* It breaks out again, and they are asked for again. */
	moved(&st, &st.c.operator, "relapse");
	assert_int_equal(clock_of(&st, "follow_up", "due_at_ms"), china_at("2026-03-07T12:00"));
	school_close(&st.c.school);
}

static void a_stopped_platform_does_not_count_the_periods_it_slept(const char *conf)
{
	struct stage st;
	stage_open(&st, conf);
	filed(&st, "2026-03-03T09:00");
	graded(&st, "i");
	school_at(&st.c.school, "2026-03-05T09:00");
	cast_late(&st.c);
	assert_int_equal(
		number(&st, "SELECT count(*) FROM event_clock WHERE kind = 'follow_up'"), 2);
	assert_int_equal(clock_of(&st, "follow_up", "due_at_ms"), china_at("2026-03-05T11:00"));
	school_close(&st.c.school);
}

static int64_t up_of(struct stage *st, const char *authority)
{
	char sql[200];
	(void)snprintf(sql, sizeof(sql),
		"SELECT id FROM event_up WHERE authority = '%s' AND state <> 'waived'",
		authority);
	return number(st, sql);
}

static int64_t up_due(struct stage *st, const char *authority)
{
	char sql[240];
	(void)snprintf(sql, sizeof(sql),
		"SELECT c.due_at_ms FROM event_clock c JOIN event_up u ON u.id = c.up_id"
		" WHERE u.authority = '%s' ORDER BY c.id DESC LIMIT 1",
		authority);
	return number(st, sql);
}

static void alarms_go_off_at_one_two_and_three_hours(const char *conf)
{
	struct stage st;
	stage_open(&st, conf);
	filed(&st, "2026-03-03T09:00");
	graded(&st, "iii");
	/* Two authorities, two limits, from when it was known of. */
	assert_int_equal(up_due(&st, "cac"), china_at("2026-03-03T13:00"));
	assert_int_equal(up_due(&st, "province"), china_at("2026-03-03T17:00"));
	assert_int_equal(number(&st, "SELECT count(*) FROM event_up"), 2);
	for (int64_t hour = 1; hour <= 3; hour++) {
		cast_time_ms(&st.c, china_at("2026-03-03T09:00") + hour * HOUR_MS - 1);
		assert_int_equal(
			mails_to(&st, &st.c.leader, "【事件待报属地省级网信部门】%"), hour - 1);
		cast_time_ms(&st.c, china_at("2026-03-03T09:00") + hour * HOUR_MS);
		assert_int_equal(
			mails_to(&st, &st.c.leader, "【事件待报属地省级网信部门】%"), hour);
		assert_int_equal(mails_to(&st, &st.c.director, "【事件待报省教育厅】%"), hour);
	}
	/* At four hours it is missed; the other runs on. */
	cast_time(&st.c, "2026-03-03T13:00");
	assert_int_equal(mails_to(&st, &st.lead, "【事件报属地省级网信部门逾期】%"), 1);
	assert_int_equal(number(&st, "SELECT count(*) FROM event_clock WHERE kind = 'up'"
				     " AND missed_at_ms IS NOT NULL"),
		1);
	cast_time(&st.c, "2026-03-03T17:00");
	assert_int_equal(number(&st, "SELECT count(*) FROM event_clock WHERE kind = 'up'"
				     " AND missed_at_ms IS NOT NULL"),
		2);
	assert_int_equal(mails_to(&st, &st.c.leader, "【事件待报%"), 6);
	school_close(&st.c.school);
}

/* Drafted, approved by another, sent, receipted. */
static void who_drafts_does_not_approve(const char *conf)
{
	struct stage st;
	char body[200];
	stage_open(&st, conf);
	filed(&st, "2026-03-03T09:00");
	graded(&st, "iii");
	int64_t cac = up_of(&st, "cac");
	refused(&st,
		act_sub(&st, &st.c.operator, ROUTE_EVENTS_UP_ACT, cac, "{\"act\":\"draft\"}"),
		E_INPUT, "event.up_text");
	assert_int_equal(act_sub(&st, &st.c.operator, ROUTE_EVENTS_UP_ACT, cac,
				 "{\"act\":\"draft\",\"text\":\"我校选课系统异常……\"}"),
		0);
	refused(&st,
		act_sub(&st, &st.c.operator, ROUTE_EVENTS_UP_ACT, cac, "{\"act\":\"approve\"}"),
		E_DENIED, "event.own_draft");
	/* Nor a colleague who is no leader; what a leader said on the telephone is his. */
	refused(&st,
		act_sub(&st, &st.c.director, ROUTE_EVENTS_UP_ACT, cac, "{\"act\":\"approve\"}"),
		E_DENIED, "event.not_leader");
	refused(&st,
		act_sub(&st, &st.c.operator, ROUTE_EVENTS_UP_ACT, cac, "{\"act\":\"send\"}"),
		E_STATE, "event.no_such_step");
	(void)snprintf(body, sizeof(body), "{\"act\":\"approve\",\"leader_id\":%lld}",
		(long long)st.c.leader.person_id);
	assert_int_equal(act_sub(&st, &st.c.operator, ROUTE_EVENTS_UP_ACT, cac, body), 0);
	assert_int_equal(
		number(&st, "SELECT approved_by FROM event_up WHERE heard_by IS NOT NULL"),
		st.c.leader.person_id);
	refused(&st,
		act_sub(&st, &st.c.operator, ROUTE_EVENTS_UP_ACT, cac,
			"{\"act\":\"send\",\"channel\":\"12387 电话\"}"),
		E_INPUT, "event.called");
	school_at(&st.c.school, "2026-03-03T09:50");
	assert_int_equal(
		act_sub(&st, &st.c.operator, ROUTE_EVENTS_UP_ACT, cac,
			"{\"act\":\"send\",\"channel\":\"12387 电话\",\"called\":\"值班员张工\"}"),
		0);
	assert_int_equal(number(&st, "SELECT met_at_ms FROM event_clock c JOIN event_up u"
				     " ON u.id = c.up_id WHERE u.authority = 'cac'"),
		china_at("2026-03-03T09:50"));
	/* Told is told: no alarm any more, while the other authority's go on. */
	cast_time(&st.c, "2026-03-03T13:30");
	assert_int_equal(mails(&st, "subject LIKE '%属地省级网信部门%'"), 0);
	assert_true(mails(&st, "subject LIKE '【事件待报省教育厅】%'") > 0);
	assert_int_equal(act_sub(&st, &st.c.operator, ROUTE_EVENTS_UP_ACT, cac,
				 "{\"act\":\"receipt\",\"receipt\":\"回执 2026-88\"}"),
		0);
	/* What the grade asks for is not dropped; a unit sees nothing of it. */
	refused(&st,
		act_sub(&st, &st.c.director, ROUTE_EVENTS_UP_ACT, up_of(&st, "province"),
			"{\"act\":\"waive\",\"reason\":\"已电话说明\"}"),
		E_STATE, "event.still_asked");
	assert_int_equal(
		view_do(&st.c.school, &st.c.officer, ROUTE_EVENTS_GET, st.id, NULL), 0);
	assert_null(strstr((const char *)st.c.school.text.p, "网信"));
	assert_null(strstr((const char *)st.c.school.text.p, "event_up_sent"));
	school_close(&st.c.school);
}

static void grades_go_up_at_once_and_down_when_another_allows(const char *conf)
{
	struct stage st;
	stage_open(&st, conf);
	filed(&st, "2026-03-03T09:00");
	refused(&st,
		act(&st, &st.c.operator, ROUTE_EVENTS_GRADE,
			"{\"grade\":\"iv\",\"reason\":\"影响范围很小\"}"),
		E_INPUT, "input.required");
	refused(&st,
		act(&st, &st.c.operator, ROUTE_EVENTS_GRADE,
			"{\"grade\":\"iv\",\"class\":\"attack\"}"),
		E_INPUT, "event.reason");
	/* The answers propose Ⅲ, the person decides Ⅳ; both are kept.  Its cause is 待查. */
	assert_int_equal(
		graded_by(&st, &st.c.operator, "iv",
			",\"cause\":null,\"class_kind\":null,\"answers\":{\"tampered\":\"home\",\"home_minutes\":31}"),
		0);
	store_is(&st.c, "SELECT proposed FROM event_grading", "iii");
	assert_int_equal(number(&st, "SELECT count(*) FROM event_up"), 0);
	refused(&st, graded_by(&st, &st.c.operator, "iv", ""), E_INPUT, "event.not_graver");
	/* Two hours and a half on it is found to be graver: the limits began when it was known of. */
	cast_time(&st.c, "2026-03-03T11:30");
	assert_int_equal(graded_by(&st, &st.lead, "i", ",\"crime\":true"), 0);
	assert_int_equal(number(&st, "SELECT count(*) FROM event_up"), 4);
	assert_int_equal(up_due(&st, "cac"), china_at("2026-03-03T13:00"));
	assert_int_equal(up_due(&st, "police"), china_at("2026-03-03T10:00"));
	assert_int_equal(clock_of(&st, "initial", "due_at_ms"), china_at("2026-03-03T10:00"));
	/* It was reported at nine, in time by the graver grade as well. */
	assert_int_equal(clock_of(&st, "initial", "missed_at_ms"), 0);
	assert_int_equal(mails_to(&st, &st.c.leader, "【事件调高级别】%"), 1);
	cast_late(&st.c);
	assert_int_equal(mails_to(&st, &st.c.leader, "【事件报公安机关逾期】%"), 1);
	/* Down: asked for by one, allowed by another. */
	struct hat same = school_hat(&st.c.school, st.c.director.person_id, "leading_group", 0);
	assert_int_equal(graded_by(&st, &st.c.director, "iii", ""), 0);
	refused(&st, graded_by(&st, &st.c.operator, "iii", ""), E_STATE,
		"event.lowering_asked");
	refused(&st, act(&st, &same, ROUTE_EVENTS_DECIDE_GRADE, "{\"decision\":\"allow\"}"),
		E_DENIED, "event.own_request");
	refused(&st,
		act(&st, &st.c.leader, ROUTE_EVENTS_DECIDE_GRADE, "{\"decision\":\"refuse\"}"),
		E_INPUT, "event.reason");
	assert_int_equal(
		act(&st, &st.c.leader, ROUTE_EVENTS_DECIDE_GRADE, "{\"decision\":\"allow\"}"),
		0);
	store_is(&st.c, "SELECT grade FROM event", "iii");
	assert_int_equal(number(&st, "SELECT count(*) FROM event_grading"), 3);
	/* The ministry is not asked any more, and may be dropped with a reason. */
	assert_int_equal(
		act_sub(&st, &st.c.director, ROUTE_EVENTS_UP_ACT, up_of(&st, "ministry"),
			"{\"act\":\"waive\",\"reason\":\"级别已调低\"}"),
		0);
	school_close(&st.c.school);
}

/* ---- to the end */

static int64_t report_of(struct stage *st, const char *kind)
{
	char sql[160];
	(void)snprintf(sql, sizeof(sql),
		"SELECT id FROM event_report WHERE kind = '%s' ORDER BY id DESC LIMIT 1", kind);
	return number(st, sql);
}

static void scan(struct stage *st)
{
	st->c.school.call = (struct desk_call) { .upload_name = SLICE("终报.pdf"),
		.upload_media = SLICE("application/pdf"),
		.upload_blob = cast_blob(&st->c) };
	assert_int_equal(
		desk_do(&st->c.school, &st->c.officer, ROUTE_EVENTS_UPLOAD, st->id, NULL), 0);
}

#define FINAL                                                                                                  \
	"{\"kind\":\"final\",\"submit\":true,\"facts\":{\"cause\":\"弱口令\",\"measures\":\"改密\","      \
	"\"harm\":\"中断两小时\",\"responsibility\":\"运维单位\",\"rectification\":\"统一认证\"," \
	"\"lessons\":\"定期改密\"}}"

static void final_report_comes_in(struct stage *st)
{
	struct hat *officer = &st->c.officer;
	refused(st, act(st, officer, ROUTE_EVENTS_REPORT_PUT, FINAL), E_STATE,
		"event.unresolved");
	moved(st, &st->c.operator, "resolve");
	refused(st,
		act(st, officer, ROUTE_EVENTS_REPORT_PUT,
			"{\"kind\":\"final\",\"submit\":true,\"facts\":{\"cause\":\"弱口令\"}}"),
		E_INPUT, "event.report_incomplete");
	refused(st, act(st, officer, ROUTE_EVENTS_REPORT_PUT, FINAL), E_INPUT,
		"event.report_sealed");
	scan(st);
	assert_int_equal(act(st, officer, ROUTE_EVENTS_REPORT_PUT, FINAL), 0);
}

/* Each of two is told, says so, and has the summary. */
static void authorities_are_told(struct stage *st)
{
	static const char *const authorities[] = { "cac", "province" };
	for (size_t i = 0; i < 2; i++) {
		int64_t up = up_of(st, authorities[i]);
		assert_int_equal(act_sub(st, &st->c.operator, ROUTE_EVENTS_UP_ACT, up,
					 "{\"act\":\"draft\",\"text\":\"报告\"}"),
			0);
		assert_int_equal(act_sub(st, &st->c.leader, ROUTE_EVENTS_UP_ACT, up,
					 "{\"act\":\"approve\"}"),
			0);
		assert_int_equal(
			act_sub(st, &st->c.operator, ROUTE_EVENTS_UP_ACT, up,
				"{\"act\":\"send\",\"channel\":\"电话\",\"called\":\"李\"}"),
			0);
		assert_int_equal(act_sub(st, &st->c.operator, ROUTE_EVENTS_UP_ACT, up,
					 "{\"act\":\"receipt\",\"receipt\":\"已收\"}"),
			0);
		assert_int_equal(clock_of(st, "national", "met_at_ms"), 0);
		assert_int_equal(act_sub(st, &st->c.operator, ROUTE_EVENTS_UP_ACT, up,
					 "{\"act\":\"summary\"}"),
			0);
	}
}

static void an_event_ends_when_everything_is_settled(const char *conf)
{
	struct stage st;
	stage_open(&st, conf);
	filed(&st, "2026-03-03T09:00");
	graded(&st, "iii");
	moved(&st, &st.c.operator, "respond");
	moved(&st, &st.c.operator, "contain");
	school_at(&st.c.school, "2026-03-03T16:00");
	final_report_comes_in(&st);
	assert_int_equal(clock_of(&st, "final", "due_at_ms"), china_at("2026-03-10T17:30"));
	assert_int_equal(clock_of(&st, "final", "met_at_ms"), china_at("2026-03-03T16:00"));
	assert_int_equal(clock_of(&st, "national", "due_at_ms"), china_at("2026-04-02T17:30"));
	/* Sent back with a reason, handed in again, accepted. */
	int64_t final = report_of(&st, "final");
	refused(&st,
		act_sub(&st, &st.c.operator, ROUTE_EVENTS_REPORT_SETTLE, final,
			"{\"decision\":\"return\"}"),
		E_INPUT, "event.reason");
	assert_int_equal(act_sub(&st, &st.c.operator, ROUTE_EVENTS_REPORT_SETTLE, final,
				 "{\"decision\":\"return\",\"reason\":\"公章看不清楚\"}"),
		0);
	assert_int_equal(mails_to(&st, &st.c.officer, "【事件终报退回补正】%"), 1);
	assert_int_equal(act_sub(&st, &st.c.officer, ROUTE_EVENTS_REPORT_UPDATE, final,
				 "{\"submit\":true}"),
		0);
	assert_int_equal(act_sub(&st, &st.c.operator, ROUTE_EVENTS_REPORT_SETTLE, final,
				 "{\"decision\":\"accept\"}"),
		0);
	answer_is(&st.c.school, "state", "final_reported");
	refused(&st, act(&st, &st.c.officer, ROUTE_EVENTS_REPORT_PUT, FINAL), E_EXISTS,
		"event.report_exists");
	/* Who has to correct himself writes one more; the first stays as it is. */
	char body[300];
	(void)snprintf(body, sizeof(body),
		"{\"corrects_id\":%lld,\"submit\":true,\"facts\":{\"cause\":\"口令重用\","
		"\"measures\":\"改密\",\"harm\":\"中断三小时\",\"responsibility\":\"运维单位\","
		"\"rectification\":\"统一认证\",\"lessons\":\"定期改密\"}}",
		(long long) final);
	assert_int_equal(act(&st, &st.c.officer, ROUTE_EVENTS_REPORT_PUT, body), 0);
	assert_int_equal(number(&st, "SELECT count(*) FROM event_report WHERE kind = 'final'"
				     " AND facts LIKE '%弱口令%' AND state = 'accepted'"),
		1);
	moved(&st, &st.c.director, "review");
	refused(&st, act(&st, &st.c.director, ROUTE_EVENTS_MOVE, "{\"act\":\"close\"}"),
		E_STATE, "event.up_open");
	authorities_are_told(&st);
	assert_true(clock_of(&st, "national", "met_at_ms") != 0);
	refused(&st, act(&st, &st.c.director, ROUTE_EVENTS_MOVE, "{\"act\":\"close\"}"),
		E_INPUT, "event.roots");
	assert_int_equal(
		desk_dof(&st.c.school, &st.c.operator, ROUTE_FINDINGS_CREATE, 0,
			"{\"title\":\"管理口令复用\",\"kind\":\"weak_password\",\"grade\":"
			"\"high\",\"unit_id\":%lld,\"event_id\":%lld}",
			(long long)st.c.unit, (long long)st.id),
		0);
	assert_int_equal(act(&st, &st.c.director, ROUTE_EVENTS_MOVE, "{\"act\":\"close\"}"), 0);
	answer_is(&st.c.school, "state", "closed");
	/* Nothing of it runs any more. */
	assert_int_equal(number(&st, "SELECT count(*) FROM event_clock WHERE met_at_ms IS NULL"
				     " AND ended_at_ms IS NULL"),
		0);
	refused(&st, act(&st, &st.c.officer, ROUTE_EVENTS_REPORT_PUT, "{\"facts\":{}}"),
		E_STATE, "event.over");
	school_close(&st.c.school);
}

static void final_reports_are_missed_when_they_do_not_come(const char *conf)
{
	struct stage st;
	stage_open(&st, conf);
	filed(&st, "2026-03-03T09:00");
	graded(&st, "iii");
	moved(&st, &st.c.operator, "respond");
	moved(&st, &st.c.operator, "contain");
	moved(&st, &st.c.operator, "resolve");
	cast_time(&st.c, "2026-03-10T17:30");
	assert_int_equal(clock_of(&st, "final", "missed_at_ms"), china_at("2026-03-10T17:30"));
	cast_time(&st.c, "2026-04-02T17:30");
	assert_int_equal(
		clock_of(&st, "national", "missed_at_ms"), china_at("2026-04-02T17:30"));
	assert_int_equal(mails_to(&st, &st.c.leader, "【事件国家总结报告逾期】%"), 1);
	school_close(&st.c.school);
}

/* ---- hazard and event, both ways */

static void an_event_that_is_none_is_a_finding(const char *conf)
{
	struct stage st;
	stage_open(&st, conf);
	filed(&st, "2026-03-02T16:00");
	refused(&st, act(&st, &st.c.operator, ROUTE_EVENTS_NOT_EVENT, "{\"reason\":\"否\"}"),
		E_INPUT, "event.reason");
	assert_int_equal(act(&st, &st.c.operator, ROUTE_EVENTS_NOT_EVENT,
				 "{\"reason\":\"是一处配置隐患\"}"),
		0);
	answer_is(&st.c.school, "state", "not_event");
	/* Its own unit's, with the times it had; nothing of the event runs or counts. */
	store_is(&st.c, "SELECT source FROM finding", "unit");
	assert_int_equal(
		number(&st, "SELECT found_at_ms FROM finding"), china_at("2026-03-02T16:00"));
	cast_time(&st.c, "2026-03-04T09:00");
	assert_int_equal(
		number(&st, "SELECT count(*) FROM event_clock WHERE missed_at_ms IS NOT"
			    " NULL"),
		0);
	assert_int_equal(view_do(&st.c.school, &st.c.officer, ROUTE_FINDINGS_GET,
				 number(&st, "SELECT id FROM finding"), NULL),
		0);
	answer_is(&st.c.school, "event.name", "事件 2026-001");
	/* What has gone up is an event. */
	filed(&st, "2026-03-04T09:00");
	graded(&st, "iii");
	int64_t up = number(&st, "SELECT max(id) FROM event_up WHERE authority = 'cac'");
	assert_int_equal(act_sub(&st, &st.c.operator, ROUTE_EVENTS_UP_ACT, up,
				 "{\"act\":\"draft\",\"text\":\"报告\"}"),
		0);
	assert_int_equal(
		act_sub(&st, &st.c.leader, ROUTE_EVENTS_UP_ACT, up, "{\"act\":\"approve\"}"),
		0);
	assert_int_equal(act_sub(&st, &st.c.operator, ROUTE_EVENTS_UP_ACT, up,
				 "{\"act\":\"send\",\"channel\":\"电话\",\"called\":\"李\"}"),
		0);
	refused(&st,
		act(&st, &st.c.director, ROUTE_EVENTS_NOT_EVENT,
			"{\"reason\":\"其实不是事件\"}"),
		E_STATE, "event.up_sent");
	school_close(&st.c.school);
}

static void a_finding_becomes_an_event(const char *conf)
{
	struct stage st;
	stage_open(&st, conf);
	struct school *s = &st.c.school;
	int64_t finding = cast_finding(&st.c, "high", "选课系统存在后门");
	assert_int_equal(desk_do(s, &st.c.operator, ROUTE_FINDINGS_TRANSFER, finding,
				 "{\"reason\":\"已被利用，网站出现异常文件\"}"),
		0);
	answer_is(s, "number", "事件 2026-001");
	store_is(&st.c, "SELECT state FROM finding", "transferred_to_event");
	store_is(&st.c, "SELECT source FROM event", "finding");
	assert_int_equal(number(&st, "SELECT finding_id FROM event"), finding);
	assert_int_equal(number(&st, "SELECT unit_id FROM event"), st.c.unit);
	school_close(s);
}

static void a_checklist_is_of_its_class(const char *conf)
{
	struct stage st;
	stage_open(&st, conf);
	filed(&st, "2026-03-03T09:00");
	refused(&st, act(&st, &st.lead, ROUTE_EVENTS_TICK, "{\"tick\":\"attack.1\"}"), E_INPUT,
		"input.unknown");
	graded(&st, "iv");
	assert_int_equal(act(&st, &st.lead, ROUTE_EVENTS_TICK, "{\"tick\":\"attack.1\"}"), 0);
	assert_int_equal(
		act(&st, &st.lead, ROUTE_EVENTS_TICK, "{\"tick\":\"attack.1\",\"done\":false}"),
		0);
	assert_int_equal(number(&st, "SELECT done FROM event_tick"), 0);
	/* What the answers so far come to, by the event's own pack. */
	assert_int_equal(view_do(&st.c.school, &st.c.operator, ROUTE_EVENTS_PROPOSE, st.id,
				 "answers=%7B%22loss%22%3A5000000%7D"),
		0);
	answer_is(&st.c.school, "grade", "iii");
	assert_int_equal(view_do(&st.c.school, &st.c.operator, ROUTE_EVENTS_PROPOSE, st.id,
				 "answers=%7B%22nothing%22%3A1%7D"),
		E_INPUT);
	school_close(&st.c.school);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "three answers are enough; the number comes back, drills count apart",
			three_answers_are_enough_and_the_number_comes_back, false },
		{ "half the facts, times that contradict and foreign records are refused",
			what_cannot_be_so_is_refused, false },
		{ "the first report is due by grade, counted from when it was known of",
			the_first_report_is_due_by_grade, false },
		{ "follow-up reports are due until it is contained; a missing one is a fact",
			follow_up_reports_are_due_until_it_is_contained, false },
		{ "a platform that stood still does not count the periods it slept",
			a_stopped_platform_does_not_count_the_periods_it_slept, false },
		{ "alarms go off at one, two and three hours, two authorities have two limits",
			alarms_go_off_at_one_two_and_three_hours, false },
		{ "who drafts a report upward does not approve it", who_drafts_does_not_approve,
			false },
		{ "a graver grade holds at once, a milder one when another allows it",
			grades_go_up_at_once_and_down_when_another_allows, false },
		{ "an event ends when reports, authorities and causes are settled",
			an_event_ends_when_everything_is_settled, false },
		{ "final reports that do not come are missed",
			final_reports_are_missed_when_they_do_not_come, false },
		{ "an event that is none is a finding, unless it has gone up",
			an_event_that_is_none_is_a_finding, false },
		{ "a finding becomes an event", a_finding_becomes_an_event, false },
		{ "a checklist is of its class, answers come to a grade",
			a_checklist_is_of_its_class, false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
