/* SPDX-License-Identifier: Apache-2.0 */
/* A unit reports of its own accord what it has seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "../workflow/china.h"
#include "base/err.h"
#include "cast.h"

#define REPORT "{\"title\":\"自助机弹出陌生网页\",\"place\":\"图书馆一楼\",\"since\":%lld}"

static int64_t mails(struct cast *c, const char *where)
{
	char sql[300];
	(void)snprintf(sql, sizeof(sql),
		"SELECT count(*) FROM delivery WHERE about = 'finding' AND %s", where);
	return cast_number(c, sql);
}

static void a_report_is_a_finding_to_be_judged(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	struct school *s = &c.school;
	long long since = (long long)china_at("2026-03-02T16:00");
	assert_int_equal(desk_dof(s, &c.officer, ROUTE_FINDINGS_REPORT, 0, REPORT, since), 0);
	answer_is(s, "state", "new");
	int64_t id = s->answer_id;
	store_is(&c, "SELECT source FROM finding", "unit");
	store_is(&c, "SELECT grade FROM finding", "medium");
	store_is(&c, "SELECT description FROM finding", "位置：图书馆一楼");
	assert_int_equal(cast_number(&c, "SELECT unit_id FROM finding"), c.unit);
	assert_int_equal(cast_number(&c, "SELECT found_at_ms FROM finding"), since);
	assert_int_equal(cast_number(&c, "SELECT reported_at_ms FROM finding"),
		china_at("2026-03-03T09:00"));
	/* Who judges may say that it is worse. */
	assert_int_equal(
		desk_do(s, &c.operator, ROUTE_FINDINGS_CONFIRM, id,
			"{\"title\":\"自助机弹出陌生网页\",\"kind\":\"malicious_attack\",\"grade\":\"high\"}"),
		0);
	store_is(&c, "SELECT grade FROM finding", "high");
	school_close(s);
}

static void those_who_must_know_are_told(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	struct school *s = &c.school;
	assert_int_equal(desk_do(s, &c.officer, ROUTE_FINDINGS_REPORT, 0,
				 "{\"title\":\"选课系统疑似被篡改\",\"harm\":true}"),
		0);
	store_is(&c, "SELECT grade FROM finding", "high");
	assert_int_equal(mails(&c, "subject LIKE '【紧急上报】数学系 H-%'"), 1);
	assert_int_equal(mails(&c, "subject LIKE '【回执】%'"), 1);
	/* What it is stays on the platform. */
	assert_int_equal(mails(&c, "(subject LIKE '%篡改%' OR body LIKE '%篡改%')"), 0);
	/* Said again it is the same finding, and has a receipt again. */
	assert_int_equal(desk_do(s, &c.officer, ROUTE_FINDINGS_REPORT, 0,
				 "{\"title\":\"选课系统疑似被篡改\",\"harm\":true,"
				 "\"description\":\"首页出现外链\"}"),
		0);
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM timeline WHERE code = 'said_again'"
				" AND args LIKE '%首页出现外链%'"),
		1);
	assert_int_equal(cast_number(&c, "SELECT count(*) FROM finding"), 1);
	assert_int_equal(mails(&c, "subject LIKE '【回执】%'"), 2);
	school_close(s);
}

static void refused(struct cast *c, const char *body, const char *code, const char *field)
{
	assert_int_equal(
		desk_do(&c->school, &c->officer, ROUTE_FINDINGS_REPORT, 0, body), E_INPUT);
	assert_string_equal(c->school.code, code);
	assert_string_equal(c->school.field, field);
}

static void what_is_no_report_is_refused(const char *conf)
{
	struct cast c;
	char body[200];
	cast_five(&c, conf);
	struct school *s = &c.school;
	refused(&c, "{\"title\":\" \"}", "input.required", "title");
	(void)snprintf(body, sizeof(body), "{\"title\":\"t\",\"since\":%lld}",
		(long long)china_at("2026-03-03T10:00"));
	refused(&c, body, "input.range", "since");
	/* A phone's clock may be a little ahead: never later than the report. */
	(void)snprintf(body, sizeof(body), "{\"title\":\"t\",\"since\":%lld}",
		(long long)china_at("2026-03-03T09:02"));
	assert_int_equal(desk_do(s, &c.officer, ROUTE_FINDINGS_REPORT, 0, body), 0);
	assert_int_equal(cast_number(&c, "SELECT found_at_ms FROM finding"),
		china_at("2026-03-03T09:00"));
	/* Of another unit's asset nothing is learnt, not even that there is one. */
	(void)snprintf(
		body, sizeof(body), "{\"title\":\"u\",\"asset_id\":%lld}", (long long)c.asset);
	assert_int_equal(desk_do(s, &c.stranger, ROUTE_FINDINGS_REPORT, 0, body), E_INPUT);
	assert_string_equal(s->code, "input.unknown");
	assert_int_equal(desk_do(s, &c.officer, ROUTE_FINDINGS_REPORT, 0, body), 0);
	/* The centre has its own way. */
	assert_int_equal(desk_do(s, &c.operator, ROUTE_FINDINGS_REPORT, 0, "{\"title\":\"v\"}"),
		E_DENIED);
	school_close(s);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "what a unit reports is a finding with its own times, to be judged",
			a_report_is_a_finding_to_be_judged, false },
		{ "those on duty are told without a word of what it is, the reporter has a "
		  "receipt",
			those_who_must_know_are_told, false },
		{ "a blank report, one from the future, a foreign asset and the centre are "
		  "refused",
			what_is_no_report_is_refused, false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
