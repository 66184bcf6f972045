/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/policies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "../workflow/china.h"
#include "base/arena.h"
#include "base/err.h"
#include "cast.h"

/* The school's own edition: remediation.high and the first rung are shorter than shipped. */
static const char *const edits[][2] = {
	{ "\"remediation.high\", \"value\": \"5 wd\"",
		"\"remediation.high\", \"value\": \"4 wd\"" },
	{ "\"ladder.normal.1\", \"value\": \"1 wd\"",
		"\"ladder.normal.1\", \"value\": \"2 h\"" },
	{ "\"correction\", \"value\": \"1 wd\"", "\"correction\", \"value\": \"2 h\"" },
};

static struct arena *texts;

static bool is_in_force(struct school *school, const char *path)
{
	bool value = false;
	assert_true(json_bool(answer_at(school, path), &value));
	return value;
}

static struct slice edited(struct slice text, const char *from, const char *to)
{
	size_t at = slice_find(text, slice_str(from));
	assert_true(at != SIZE_MAX);
	struct slice rest = slice_skip(text, at + strlen(from));
	return arena_printf(
		texts, "%.*s%s%.*s", SLICE_FMT(slice_head(text, at)), to, SLICE_FMT(rest));
}

static struct slice file_text(const char *path)
{
	AUTO_BUF struct buf text;
	buf_init(&text, POLICY_TEXT_MAX);
	policy_file_read(path, &text);
	return arena_dup(texts, buf_slice(&text));
}

/* As core does when it starts with this policy file. */
static int64_t policy_start(struct cast *c, struct slice body)
{
	struct school *s = &c->school;
	struct policy_text text = { .kind = "policy", .subject = "policy", .text = body };
	struct diag_list errors;
	diag_list_init(&errors);
	assert_int_equal(policy_parse(body, &s->policy, &errors), 0);
	diag_list_fini(&errors);
	(void)snprintf(text.name, sizeof(text.name), "%s", s->policy.version);
	policy_stamp(s->policy.version, sizeof(s->policy.version), body);
	int kept = policy_kept(s->house.db, &text);
	if (kept == 0) {
		kept = school_run(s, policy_adopt, &text);
	}
	assert_in_range(kept, 0, 1);
	assert_int_not_equal(text.id, 0);
	s->desk_env.policy_id = text.id;
	return text.id;
}

static void calendar_start(struct cast *c, const struct slice years[2])
{
	struct school *s = &c->school;
	static const char *const subjects[] = { "calendar-2025", "calendar-2026" };
	calendar_init(&s->calendar);
	for (int i = 0; i < 2; i++) {
		struct policy_text text = { .kind = "calendar", .text = years[i] };
		assert_int_equal(calendar_add_json(&s->calendar, years[i], NULL), 0);
		char *version = s->calendar.years[i].version;
		(void)snprintf(text.subject, sizeof(text.subject), "%s", subjects[i]);
		(void)snprintf(text.name, sizeof(text.name), "%s", version);
		policy_stamp(version, CALENDAR_STAMPED_MAX, years[i]);
		if (policy_kept(s->house.db, &text) == 0) {
			assert_int_equal(school_run(s, policy_adopt, &text), 0);
		}
	}
}

static struct slice policy_edited(void)
{
	struct slice text = file_text("school-2023-v1.json");
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		text = edited(text, edits[i][0], edits[i][1]);
	}
	return text;
}

static struct slice text_kept(struct cast *c, int64_t id)
{
	AUTO_STMT struct stmt *q = NULL;
	assert_int_equal(
		sql_query(c->school.house.db, "SELECT text FROM policy_version WHERE id = $1",
			&q, SQL_INT(id)),
		0);
	assert_int_equal(db_step(q), 1);
	return arena_dup(texts, db_col_text(q, 0));
}

/* Found elsewhere: the same place again would be the same finding. */
static void issue_another(struct cast *c)
{
	c->watch = school_row(&c->school,
		"INSERT INTO watch (id, version, asset_id, name, kind, target, params)"
		" SELECT $1, 1, asset_id, '登录页', kind, target, params FROM watch");
	cast_issue(c, "high");
}

static void one_text_is_kept_once(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	struct slice shipped = file_text("school-2023-v1.json");
	int64_t first = policy_start(&c, shipped);
	assert_int_equal(policy_start(&c, shipped), first);
	int64_t second = policy_start(&c, policy_edited());
	assert_int_not_equal(second, first);
	/* Going back is an adoption, too. */
	int64_t third = policy_start(&c, shipped);
	assert_int_not_equal(third, first);
	assert_int_equal(cast_number(&c, "SELECT count(*) FROM policy_version"), 3);
	assert_int_equal(
		cast_number(&c, "SELECT edition FROM policy_version ORDER BY id DESC LIMIT 1"),
		3);
	assert_int_equal(
		cast_number(
			&c, "SELECT previous_id FROM policy_version ORDER BY id DESC LIMIT 1"),
		second);
	assert_int_equal(
		cast_number(&c,
			"SELECT count(*) FROM audit_entry WHERE entry LIKE '%policy.adopt%'"),
		3);
	store_is(&c, "SELECT name FROM policy_version WHERE edition = 2", "school-2023-v1");
	assert_true(slice_eq(text_kept(&c, second), policy_edited()));
	school_close(&c.school);
}

static void old_notices_keep_their_policy(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	int64_t first = policy_start(&c, file_text("school-2023-v1.json"));
	cast_issue(&c, "high");
	int64_t old = c.notice;
	int64_t due_ms = cast_number(&c, "SELECT due_at_ms FROM notice");
	assert_int_equal(due_ms, china_at("2026-03-10T17:30"));
	assert_int_equal(cast_number(&c, "SELECT policy_id FROM notice"), first);
	assert_int_equal(cast_number(&c, "SELECT policy_id FROM finding"), first);
	int64_t second = policy_start(&c, policy_edited());
	school_at(&c.school, "2026-03-04T09:00");
	/* The old one is handed in and comes back: time goes on by the rules of its issue. */
	cast_submit(&c);
	school_at(&c.school, "2026-03-10T17:00");
	assert_int_equal(
		cast_do(&c, &c.operator, ROUTE_NOTICES_RETURN,
			"{\"faults\":[\"seal_unreadable\"],\"reason\":\"盖章不清，请重新扫描\"}"),
		0);
	assert_int_equal(cast_number(&c, "SELECT policy_id FROM notice"), first);
	int64_t paused_ms = china_at("2026-03-10T17:00") - china_at("2026-03-04T09:00");
	assert_int_equal(cast_number(&c, "SELECT due_at_ms FROM notice"), due_ms + paused_ms);
	/* A new one, by the new. */
	issue_another(&c);
	assert_int_not_equal(c.notice, old);
	assert_int_equal(cast_number(&c, "SELECT max(policy_id) FROM notice"), second);
	assert_int_equal(
		cast_number(&c, "SELECT due_at_ms FROM notice ORDER BY id DESC LIMIT 1"),
		china_at("2026-03-16T17:30"));
	assert_int_equal(cast_number(&c, "SELECT max(policy_id) FROM finding"), second);
	assert_int_equal(
		cast_number(&c,
			"SELECT count(*) FROM notice WHERE due_json LIKE '%school-2023-v1@%'"),
		2);
	school_close(&c.school);
}

static void the_ladder_is_the_old_one(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	(void)policy_start(&c, file_text("school-2023-v1.json"));
	cast_issue(&c, "high");
	(void)policy_start(&c, policy_edited());
	/* The rung of the issue's policy is a working day; the new one's two hours. */
	cast_time(&c, "2026-03-10T20:00");
	assert_int_equal(cast_number(&c, "SELECT overdue_level FROM notice"), 0);
	cast_time(&c, "2026-03-11T17:31");
	assert_int_equal(cast_number(&c, "SELECT overdue_level FROM notice"), 1);
	school_close(&c.school);
}

static void a_calendar_is_kept_as_it_counted(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	struct slice years[2] = { file_text("calendar/cn-2025.json"),
		file_text("calendar/cn-2026.json") };
	calendar_start(&c, years);
	assert_int_equal(cast_number(&c, "SELECT count(*) FROM policy_version"), 2);
	cast_issue(&c, "high");
	int64_t due_ms = cast_number(&c, "SELECT due_at_ms FROM notice");
	school_at(&c.school, "2026-03-04T09:00");
	cast_submit(&c);
	/* Two days of March become free under the same name. */
	years[1] = edited(
		years[1], "\"2026-04-04\"", "\"2026-03-05\", \"2026-03-06\", \"2026-04-04\"");
	calendar_start(&c, years);
	assert_int_equal(cast_number(&c, "SELECT count(*) FROM policy_version"), 3);
	school_at(&c.school, "2026-03-04T10:00");
	assert_int_equal(
		cast_do(&c, &c.operator, ROUTE_NOTICES_RETURN,
			"{\"faults\":[\"seal_unreadable\"],\"reason\":\"盖章不清，请重新扫描\"}"),
		0);
	assert_int_equal(cast_number(&c, "SELECT due_at_ms FROM notice"), due_ms + 3600 * 1000);
	/* Each names a text that is kept. */
	assert_int_equal(
		cast_number(&c,
			"SELECT count(*) FROM notice n JOIN policy_version p ON p.kind = 'calendar'"
			" AND n.due_json LIKE '%\"calendar_version\":\"' || p.name || '@' ||"
			" substr(p.sm3, 1, 8) || '\"%' WHERE p.edition = 1"),
		1);
	issue_another(&c);
	assert_int_equal(
		cast_number(&c, "SELECT due_at_ms FROM notice ORDER BY id DESC LIMIT 1"),
		china_at("2026-03-13T17:30"));
	school_close(&c.school);
}

static void a_text_that_is_gone_stops_the_act(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	int64_t first = policy_start(&c, file_text("school-2023-v1.json"));
	cast_issue(&c, "high");
	(void)policy_start(&c, policy_edited());
	assert_true(
		sql_run(c.school.house.db, "UPDATE policy_version SET text = '{' WHERE id = $1",
			SQL_INT(first)) == 1);
	assert_int_equal(cast_do(&c, &c.officer, ROUTE_NOTICES_SIGN, "{}"), E_STORE);
	school_close(&c.school);
}

static void versions_can_be_read(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	struct school *s = &c.school;
	struct slice years[2] = { file_text("calendar/cn-2025.json"),
		file_text("calendar/cn-2026.json") };
	int64_t first = policy_start(&c, file_text("school-2023-v1.json"));
	calendar_start(&c, years);
	int64_t second = policy_start(&c, policy_edited());
	assert_int_equal(view_do(s, &c.officer, ROUTE_POLICIES_LIST, 0, ""), 0);
	assert_int_equal(answer_int(s, "items.0.id"), second);
	assert_int_equal(answer_int(s, "items.0.edition"), 2);
	assert_int_equal(answer_int(s, "items.0.previous_id"), first);
	answer_is(s, "items.0.kind", "policy");
	answer_is(s, "items.1.subject", "calendar-2026");
	assert_true(is_in_force(s, "items.0.in_force"));
	assert_true(is_in_force(s, "items.1.in_force"));
	assert_false(is_in_force(s, "items.3.in_force"));
	assert_int_equal(view_do(s, &c.officer, ROUTE_POLICIES_LIST, 0, "limit=3"), 0);
	assert_true(json_str(answer_at(s, "next_cursor")).n > 0);
	assert_int_equal(view_do(s, &c.officer, ROUTE_POLICIES_GET, second, ""), 0);
	assert_true(slice_eq(json_str(answer_at(s, "text")), policy_edited()));
	assert_int_equal(
		view_do(s, &c.officer, ROUTE_POLICIES_GET, c.notice + 77777, ""), E_ABSENT);
	school_close(s);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "a text is kept once, and again when it comes back", one_text_is_kept_once,
			false },
		{ "a notice keeps the policy it was issued under, the next has the new one",
			old_notices_keep_their_policy, false },
		{ "the ladder of an old notice is that of its issue", the_ladder_is_the_old_one,
			false },
		{ "a deadline goes on by the calendar that counted it",
			a_calendar_is_kept_as_it_counted, false },
		{ "a kept text that cannot be read is no excuse for another's",
			a_text_that_is_gone_stops_the_act, false },
		{ "the versions and their texts can be read", versions_can_be_read, false },
	};
	texts = arena_create(0);
	int failed = house_both(cases, sizeof(cases) / sizeof(cases[0]));
	texts = arena_destroy(texts);
	return failed;
}
