/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Extensions, acceptances and temporary controls: every state, act, role and
 * fact against what the rules say, written down here a second time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/diag.h"
#include "base/err.h"
#include "base/jw.h"
#include "china.h"
#include "workflow/acceptance.h"
#include "workflow/control.h"
#include "workflow/extension.h"
#include "workflow/notice_clock.h"
#include "workflow/notice_remind.h"

struct rule {
	const char *from;
	const char *act;
	const char *to;
	const char *roles;
};

static const struct rule extensions[] = {
	{ "none", "ask", "asked", "officer specialist unit_head" },
	{ "asked", "approve", "approved", "director vice_president" },
	{ "asked", "refuse", "refused", "director vice_president" },
	{ "asked", "lapse", "lapsed", "system" },
};
static const struct rule acceptances[] = {
	{ "none", "ask", "asked", "unit_head" },
	{ "asked", "approve", "approved", "director leading_group" },
	{ "asked", "refuse", "refused", "director leading_group" },
	{ "asked", "lapse", "lapsed", "system" },
	{ "approved", "expire", "expired", "system" },
};
static const struct rule controls[] = {
	{ "none", "propose", "proposed", "operator security_admin system" },
	{ "proposed", "approve", "approved", "director" },
	{ "proposed", "refuse", "refused", "director" },
	{ "proposed", "lapse", "lapsed", "system" },
	{ "approved", "lapse", "lapsed", "system" },
	{ "approved", "apply", "applied", "operator security_admin" },
	{ "applied", "lift", "lifted", "operator security_admin" },
};

static bool listed(const char *roles, const char *role)
{
	struct slice rest = slice_str(roles);
	struct slice word;
	bool more = true;
	while (more) {
		more = slice_cut(rest, ' ', &word, &rest);
		if (slice_is(word, role)) {
			return true;
		}
	}
	return false;
}

static const char *want(const struct rule *rules, size_t count, const char *from,
	const char *act, const char *role)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(rules[i].from, from) == 0 && strcmp(rules[i].act, act) == 0 &&
			listed(rules[i].roles, role)) {
			return rules[i].to;
		}
	}
	return NULL;
}

#define WANT(rules, from, act, role)                                                           \
	want(rules, sizeof(rules) / sizeof((rules)[0]), from, act, role)

static void agree(int error, const char *got, const char *to, bool may, const char *what)
{
	bool goes = to != NULL && may;
	if ((error == 0) != goes || (goes && strcmp(got, to) != 0)) {
		fail_msg("%s: %d %s, not %s", what, error, got, goes ? to : "refused");
	}
	if (to == NULL) {
		assert_true(error == E_STATE || error == E_DENIED);
	}
}

/* ---- more time */

static bool extension_may(const struct extension_facts *f, const char *act, const char *role)
{
	if (strcmp(act, "ask") == 0) {
		return f->actor_in_unit && f->with_unit && f->before_due && f->reason_given &&
		       f->control_given && f->nth <= f->count_max && f->length_fits &&
		       !f->another_open;
	}
	if (strcmp(act, "lapse") == 0) {
		return true;
	}
	bool right = strcmp(role, f->nth == 1 ? "director" : "vice_president") == 0;
	return right && !f->actor_is_asker && (strcmp(act, "approve") == 0 || f->reason_given);
}

static void extensions_are_decided_as_the_rules_say(void **state)
{
	(void)state;
	for (unsigned i = 0; i < EXTENSION_COUNT * EXTENSION_ACT_COUNT * ROLE_COUNT * 1024;
		i++) {
		unsigned rest = i >> 10;
		unsigned act = rest % EXTENSION_ACT_COUNT;
		enum role role = (enum role)(rest / EXTENSION_ACT_COUNT % ROLE_COUNT);
		struct extension_facts facts = {
			.state =
				(enum extension_state)(rest / EXTENSION_ACT_COUNT / ROLE_COUNT),
			.nth = 1 + (int32_t)(i & 1) + (int32_t)(i >> 9 & 1),
			.count_max = 2,
			.actor_in_unit = (i & 2) != 0,
			.actor_is_asker = (i & 4) != 0,
			.with_unit = (i & 8) != 0,
			.before_due = (i & 16) != 0,
			.reason_given = (i & 32) != 0,
			.control_given = (i & 64) != 0,
			.length_fits = (i & 128) != 0,
			.another_open = (i & 256) != 0,
		};
		enum extension_state got = facts.state;
		const char *name = name_id(&extension_act_names, act);
		const char *who = name_id(&role_names, role);
		int error = extension_step(&facts, (enum extension_act)act, role, &got, NULL);
		agree(error, name_id(&extension_state_names, got),
			WANT(extensions, name_id(&extension_state_names, facts.state), name,
				who),
			extension_may(&facts, name, who), name);
	}
}

/* ---- left for a time */

static bool acceptance_may(const struct acceptance_facts *f, const char *act, const char *role)
{
	bool grave =
		f->grade == GRADE_URGENT || f->grade == GRADE_EXTREME || f->grade == GRADE_HIGH;
	if (strcmp(act, "ask") == 0) {
		return f->actor_in_unit && f->finding_fits && f->reason_given &&
		       f->control_given && f->expiry_fits && !f->another_open;
	}
	if (strcmp(act, "lapse") == 0 || strcmp(act, "expire") == 0) {
		return true;
	}
	bool right = strcmp(role, grave ? "leading_group" : "director") == 0;
	bool complete = strcmp(act, "approve") == 0 ? f->finding_fits && f->expiry_fits
						    : f->reason_given;
	return right && !f->actor_is_asker && complete;
}

static void acceptances_are_decided_as_the_rules_say(void **state)
{
	(void)state;
	for (unsigned i = 0;
		i < ACCEPTANCE_COUNT * ACCEPTANCE_ACT_COUNT * ROLE_COUNT * 128 * GRADE_COUNT;
		i++) {
		unsigned rest = (i >> 7) / GRADE_COUNT;
		unsigned act = rest % ACCEPTANCE_ACT_COUNT;
		enum role role = (enum role)(rest / ACCEPTANCE_ACT_COUNT % ROLE_COUNT);
		struct acceptance_facts facts = {
			.state = (enum acceptance_state)(
				rest / ACCEPTANCE_ACT_COUNT / ROLE_COUNT),
			.grade = (enum grade)((i >> 7) % GRADE_COUNT),
			.actor_in_unit = (i & 1) != 0,
			.actor_is_asker = (i & 2) != 0,
			.finding_fits = (i & 4) != 0,
			.reason_given = (i & 8) != 0,
			.control_given = (i & 16) != 0,
			.expiry_fits = (i & 32) != 0,
			.another_open = (i & 64) != 0,
		};
		enum acceptance_state got = facts.state;
		const char *name = name_id(&acceptance_act_names, act);
		const char *who = name_id(&role_names, role);
		int error = acceptance_step(&facts, (enum acceptance_act)act, role, &got, NULL);
		agree(error, name_id(&acceptance_state_names, got),
			WANT(acceptances, name_id(&acceptance_state_names, facts.state), name,
				who),
			acceptance_may(&facts, name, who), name);
	}
}

/* ---- held back for a time */

static bool control_may(const struct control_facts *f, const char *act)
{
	if (strcmp(act, "propose") == 0) {
		return f->notice_open && f->measure_given && f->reason_given &&
		       !f->another_open;
	}
	if (strcmp(act, "approve") == 0) {
		return !f->actor_is_proposer;
	}
	if (strcmp(act, "refuse") == 0) {
		return !f->actor_is_proposer && f->reason_given;
	}
	if (strcmp(act, "apply") == 0) {
		return f->person_named;
	}
	return strcmp(act, "lift") != 0 || (f->person_named && f->verified);
}

static void controls_are_decided_as_the_rules_say(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CONTROL_COUNT * CONTROL_ACT_COUNT * ROLE_COUNT * 128; i++) {
		unsigned rest = i >> 7;
		unsigned act = rest % CONTROL_ACT_COUNT;
		enum role role = (enum role)(rest / CONTROL_ACT_COUNT % ROLE_COUNT);
		struct control_facts facts = {
			.state = (enum control_state)(rest / CONTROL_ACT_COUNT / ROLE_COUNT),
			.notice_open = (i & 1) != 0,
			.measure_given = (i & 2) != 0,
			.reason_given = (i & 4) != 0,
			.another_open = (i & 8) != 0,
			.actor_is_proposer = (i & 16) != 0,
			.person_named = (i & 32) != 0,
			.verified = (i & 64) != 0,
		};
		enum control_state got = facts.state;
		const char *name = name_id(&control_act_names, act);
		const char *who = name_id(&role_names, role);
		int error = control_step(&facts, (enum control_act)act, role, &got, NULL);
		agree(error, name_id(&control_state_names, got),
			WANT(controls, name_id(&control_state_names, facts.state), name, who),
			control_may(&facts, name), name);
	}
}

/* ---- the clock of a notice */

static struct calendar china;
static struct policy school;

static int world_open(void **state)
{
	(void)state;
	china_load(&china);
	AUTO_BUF struct buf text;
	buf_init(&text, POLICY_TEXT_MAX);
	policy_file_read("school-2023-v1.json", &text);
	struct diag_list errors;
	diag_list_init(&errors);
	int error = policy_parse(buf_slice(&text), &school, &errors);
	diag_list_fini(&errors);
	return error;
}

/* Issued and reached on Tuesday 3 March 09:00, five working days: due on the 10th at 17:30. */
static struct notice_timing timing_at(const char *now)
{
	return (struct notice_timing) { .calendar = &china,
		.policy = &school,
		.grade = GRADE_HIGH,
		.issued_ms = china_at("2026-03-03T09:00"),
		.now_ms = china_at(now) };
}

static struct due high_due(bool recurring)
{
	struct notice_timing timing = timing_at("2026-03-03T09:00");
	struct due due = { 0 };
	timing.recurring = recurring;
	assert_int_equal(notice_remedy(&timing, NOTICE_CLOCK_REMEDY_REACHED, &due), 0);
	return due;
}

static void time_is_given_back_for_an_objection_that_was_right(void **state)
{
	(void)state;
	struct due due = high_due(false);
	struct notice_timing timing = timing_at("2026-03-04T12:00");
	int64_t before = due.due_ms;
	assert_true(before == china_at("2026-03-10T17:30"));
	timing.objected_ms = china_at("2026-03-03T15:00");
	assert_int_equal(notice_remedy(&timing, NOTICE_CLOCK_REMEDY_BACK, &due), 0);
	assert_true(due.due_ms - before == timing.now_ms - timing.objected_ms);
	assert_int_equal(due.steps[0].kind, DUE_GIVE_BACK);
	AUTO_BUF struct buf text;
	buf_init(&text, DUE_TEXT_MAX);
	struct jw jw;
	jw_init(&jw, &text);
	due_put_json(&jw, &due);
	struct due again = { 0 };
	assert_int_equal(due_parse_json(buf_slice(&text), &again, NULL), 0);
	int64_t due_ms = 0;
	bool provisional = false;
	assert_int_equal(due_recompute(&china, &again, &due_ms, &provisional), 0);
	assert_true(due_ms == due.due_ms && again.steps[0].until_ms == timing.now_ms);
}

static void what_has_come_back_has_half_the_time_rounded_up(void **state)
{
	(void)state;
	struct due due = high_due(true);
	assert_true(due.due_ms == china_at("2026-03-06T17:30")); /* three days of five */
	assert_int_equal(due.steps[0].kind, DUE_RECUR);
}

static const struct {
	const char *name;
	const char *until;
	int error;
	unsigned days;
} lengths[] = {
	{ "not later than it is due anyway", "2026-03-10T17:30", E_RANGE, 0 },
	{ "the next working day", "2026-03-11T12:00", 0, 1 },
	{ "a Saturday means the Monday after", "2026-03-14T12:00", 0, 4 },
	{ "as long as it was at first", "2026-03-17T17:30", 0, 5 },
	{ "a minute more than that", "2026-03-17T17:31", E_RANGE, 0 },
};

static void an_extension_is_as_long_as_the_first_time_at_most(void **state)
{
	(void)state;
	struct due due = high_due(false);
	struct notice_timing timing = timing_at("2026-03-09T09:00");
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct due_rule rule = { 0, DUE_WORKING_DAYS };
		int error = notice_extension(&timing, &due, china_at(lengths[i].until), &rule);
		if (error != lengths[i].error || (error == 0 && rule.n != lengths[i].days)) {
			fail_msg("%s: %d, %u", lengths[i].name, error, rule.n);
		}
	}
}

static void nobody_is_reminded_of_a_normal_notice_on_a_day_off(void **state)
{
	(void)state;
	struct notice_timing timing = timing_at("2026-03-06T16:50"); /* a Friday */
	int64_t at_ms = 0;
	assert_int_equal(notice_remind_at(&timing, POLICY_SIGN_FOR, timing.now_ms, &at_ms), 0);
	assert_true(at_ms == china_at("2026-03-09T17:30"));
	/* A school that counts it in hours does not remind on the Saturday either. */
	struct policy hours = school;
	hours.rules[POLICY_SIGN_FOR][GRADE_HIGH] = (struct due_rule) { 24, DUE_HOURS };
	timing.policy = &hours;
	assert_int_equal(notice_remind_at(&timing, POLICY_SIGN_FOR, timing.now_ms, &at_ms), 0);
	assert_true(at_ms == china_at("2026-03-09T17:30"));
	timing.grade = GRADE_URGENT;
	assert_int_equal(notice_remind_at(&timing, POLICY_SIGN_FOR, timing.now_ms, &at_ms), 0);
	assert_true(at_ms == china_at("2026-03-06T17:20"));
}

/* A clock of five working days from Tuesday 10:00: until Tuesday the week after, 17:30. */
static struct due five_days(struct notice_timing *timing)
{
	struct due due;
	assert_int_equal(
		due_begin(&china, "p", "remediation.high", china_at("2026-03-03T10:00"),
			(struct due_rule) { 5, DUE_WORKING_DAYS }, &due),
		0);
	assert_true(due.due_ms == china_at("2026-03-10T17:30"));
	*timing = timing_at("2026-03-03T10:00");
	return due;
}

static void next_is(const struct notice_timing *timing, const struct due *due, int64_t last_ms,
	const char *at)
{
	int64_t at_ms = 0;
	int found = notice_remind_next(timing, due, last_ms, &at_ms);
	assert_int_equal(found, at == NULL ? 0 : 1);
	if (at != NULL && at_ms != china_at(at)) {
		fail_msg("%lld min off %s", (long long)(at_ms - china_at(at)) / 60000, at);
	}
}

static void a_unit_is_reminded_before_its_deadline(void **state)
{
	(void)state;
	struct notice_timing timing;
	struct due due = five_days(&timing);
	/* Half the time ends on Saturday night, four fifths before Monday's morning: one reminder. */
	next_is(&timing, &due, 0, "2026-03-09T07:30");
	timing.now_ms = china_at("2026-03-09T07:30");
	next_is(&timing, &due, timing.now_ms, "2026-03-09T17:30");
	timing.now_ms = china_at("2026-03-09T17:30");
	next_is(&timing, &due, timing.now_ms, "2026-03-10T15:30");
	/* Reminded by a person meanwhile: not again within four hours. */
	timing.now_ms = china_at("2026-03-10T12:00");
	next_is(&timing, &due, timing.now_ms, NULL);
	timing.now_ms = china_at("2026-03-10T15:30");
	next_is(&timing, &due, 0, NULL);
	/* Urgent: on Saturday night as well. */
	timing = timing_at("2026-03-03T10:00");
	timing.grade = GRADE_URGENT;
	next_is(&timing, &due, 0, "2026-03-07T01:45");
}

static void reminders_are_what_the_policy_says(void **state)
{
	(void)state;
	struct notice_timing timing;
	struct due due = five_days(&timing);
	struct policy other = school;
	timing.policy = &other;
	other.reminders = (struct policy_reminders) { 0, 0, 0, 0, 4 };
	next_is(&timing, &due, 0, NULL);
	other.reminders.first_percent = 10; /* 17 h 33 min: in the night, so in the morning */
	next_is(&timing, &due, 0, "2026-03-04T07:30");
	other.reminders = (struct policy_reminders) { 0, 0, 2, 26, 0 };
	next_is(&timing, &due, 0, "2026-03-06T17:30");
	/* Two within the time between two: the later stays. */
	other.reminders = (struct policy_reminders) { 0, 0, 1, 26, 4 };
	next_is(&timing, &due, 0, "2026-03-09T17:30");
	/* What would be moved behind the deadline is left out. */
	due.due_ms = china_at("2026-03-04T06:00");
	other.reminders = (struct policy_reminders) { 0, 0, 0, 2, 4 };
	next_is(&timing, &due, 0, NULL);
	/* A night that does not pass midnight. */
	other.night_from_min = 60;
	other.night_to_min = 300;
	next_is(&timing, &due, 0, "2026-03-04T05:00");
	other.night_to_min = 240;
	next_is(&timing, &due, 0, "2026-03-04T04:00");
}

static void a_pause_and_an_extension_move_the_reminders(void **state)
{
	(void)state;
	struct notice_timing timing;
	struct due due = five_days(&timing);
	struct policy half = school;
	half.reminders = (struct policy_reminders) { 50, 0, 0, 0, 4 };
	timing.policy = &half;
	next_is(&timing, &due, 0, "2026-03-09T07:30");
	assert_int_equal(due_adjust(&china, &due, DUE_EXTEND, china_at("2026-03-04T09:00"),
				 (struct due_rule) { 5, DUE_WORKING_DAYS }),
		0);
	timing.now_ms = china_at("2026-03-04T09:00");
	next_is(&timing, &due, 0, "2026-03-10T13:45");
	/* Handed in for a day and returned: half of the time is a day later. */
	assert_int_equal(due_pause(&due, china_at("2026-03-05T09:00")), 0);
	timing.now_ms = china_at("2026-03-06T09:00");
	assert_int_equal(due_resume(&china, &due, timing.now_ms), 0);
	next_is(&timing, &due, 0, "2026-03-11T13:45");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_unit_is_reminded_before_its_deadline),
		cmocka_unit_test(reminders_are_what_the_policy_says),
		cmocka_unit_test(a_pause_and_an_extension_move_the_reminders),
		cmocka_unit_test(extensions_are_decided_as_the_rules_say),
		cmocka_unit_test(acceptances_are_decided_as_the_rules_say),
		cmocka_unit_test(controls_are_decided_as_the_rules_say),
		cmocka_unit_test(time_is_given_back_for_an_objection_that_was_right),
		cmocka_unit_test(what_has_come_back_has_half_the_time_rounded_up),
		cmocka_unit_test(an_extension_is_as_long_as_the_first_time_at_most),
		cmocka_unit_test(nobody_is_reminded_of_a_normal_notice_on_a_day_off),
	};
	return cmocka_run_group_tests(tests, world_open, NULL);
}
