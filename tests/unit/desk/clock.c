/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "../workflow/china.h"
#include "base/err.h"
#include "cast.h"
#include "desk/backups.h"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)

/* ---- is it to be believed? */

static void a_jump_while_running_is_seen_either_way(const char *conf)
{
	(void)conf;
	static const struct {
		int64_t by_ms;
		bool believed;
	} cases[] = { { 0, true }, { 9 * MINUTE_MS, true }, { -9 * MINUTE_MS, true },
		{ 10 * MINUTE_MS, false }, { -10 * MINUTE_MS, false },
		{ 400 * 24 * HOUR_MS, false }, { -48 * HOUR_MS, false } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct clock_watch watch;
		clock_watch_begin(&watch, 1700000000000, 5000);
		int64_t by_ms = clock_watch_jump(&watch, 1700000000100 + cases[i].by_ms, 5100);
		assert_int_equal(by_ms, cases[i].believed ? 0 : cases[i].by_ms);
		/* It stays one until somebody begins anew. */
		by_ms = clock_watch_jump(&watch, 1700000003100 + cases[i].by_ms, 8100);
		assert_int_equal(by_ms == 0, cases[i].believed);
		clock_watch_begin(&watch, 1700000003100 + cases[i].by_ms, 8100);
		assert_int_equal(
			clock_watch_jump(&watch, 1700000009100 + cases[i].by_ms, 14100), 0);
	}
}

static void small_steps_add_up_and_slewing_does_not(const char *conf)
{
	(void)conf;
	struct clock_watch watch;
	int64_t wall_ms = 1700000000000;
	clock_watch_begin(&watch, wall_ms, 0);
	/* A fast crystal under a time service: half a thousandth, for ten weeks. */
	for (int64_t mono_ms = 60000; mono_ms < 70 * 24 * HOUR_MS; mono_ms += 60000) {
		assert_int_equal(
			clock_watch_jump(&watch, wall_ms + mono_ms + mono_ms / 2000, mono_ms),
			0);
	}
	clock_watch_begin(&watch, wall_ms, 0);
	assert_int_equal(clock_watch_jump(&watch, wall_ms + 6 * MINUTE_MS + 2000, 2000), 0);
	assert_int_not_equal(
		clock_watch_jump(&watch, wall_ms + 12 * MINUTE_MS + 4000, 4000), 0);
}

/* ---- what a clock that is not believed does */

static int held_run(struct txn *txn, void *arg)
{
	(void)arg;
	return clock_hold(txn);
}

static int seen_run(struct txn *txn, void *arg)
{
	(void)arg;
	trail_act(txn, &(struct trail_act) { .act = SLICE("test.see") });
	return clock_see(txn);
}

static void it_is_held_until_an_administrator_confirms(const char *conf)
{
	struct cast c;
	int64_t seen_ms = 0;
	cast_five(&c, conf);
	struct school *s = &c.school;
	struct hat admin = school_hat(s, school_person(s, "管理员", 0), "sysadmin", 0);
	assert_int_equal(school_run(s, seen_run, NULL), 0);
	assert_int_equal(clock_is_held(s->house.db), 0);
	assert_int_equal(school_run(s, held_run, NULL), 0);
	assert_int_equal(school_run(s, held_run, NULL), 0);
	assert_int_equal(clock_is_held(s->house.db), 1);
	school_at(s, "2026-03-05T09:00");
	assert_int_equal(desk_do(s, &c.operator, ROUTE_CLOCK_CONFIRM, 0, "{}"), E_DENIED);
	assert_int_equal(desk_do(s, &admin, ROUTE_CLOCK_CONFIRM, 0, "{}"), 0);
	assert_int_equal(clock_is_held(s->house.db), 0);
	assert_int_equal(clock_seen(s->house.db, &seen_ms), 1);
	assert_int_equal(seen_ms, china_at("2026-03-05T09:00"));
	assert_int_equal(cast_number(&c, "SELECT count(*) FROM audit_entry WHERE entry LIKE "
					 "'%clock.held%'"),
		2);
	school_close(s);
}

static void what_would_be_judged_by_it_is_refused(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	c.finding = cast_finding(&c, "high", "选课系统首页不可用");
	c.notice = cast_draft(&c, c.finding);
	assert_int_equal(cast_do(&c, &c.operator, ROUTE_NOTICES_REVIEW, "{}"), 0);
	c.school.call.clock_held = true;
	assert_int_equal(cast_do(&c, &c.reviewer, ROUTE_NOTICES_ISSUE, "{}"), E_STATE);
	assert_string_equal(c.school.code, "clock.held");
	cast_state(&c, "review");
	assert_int_equal(cast_do(&c, &c.reviewer, ROUTE_NOTICES_ISSUE, "{}"), 0);
	school_close(&c.school);
}

static void clock_word_is(
	struct cast *c, const char *health, const char *state, const char *mark)
{
	struct school *s = &c->school;
	s->view_env.health = slice_str(health);
	assert_int_equal(view_do(s, &c->operator, ROUTE_HEALTH_GET, 0, ""), 0);
	answer_is(s, "clock_state", state);
	assert_int_equal(view_do(s, &c->operator, ROUTE_CHECKUP_GET, 0, ""), 0);
	const struct json *item = json_first(answer_at(s, "items"));
	while (item != NULL && !slice_is(json_get_str(item, "code"), "time")) {
		item = json_next(item);
	}
	assert_non_null(item);
	assert_true(slice_is(json_get_str(item, "state"), mark));
}

static void health_and_checkup_say_so(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	clock_word_is(&c, "{\"roles\":[{\"role\":\"core\",\"counters\":{\"clock_held\":1}}]}",
		"held", "bad");
	clock_word_is(&c, "{\"roles\":[{\"role\":\"core\",\"counters\":{\"clock_held\":0}}]}",
		"ok", "ok");
	school_close(&c.school);
}

/* ---- the day's backup */

static void a_missed_backup_is_caught_up_the_same_day(const char *conf)
{
	(void)conf;
	static const struct {
		const char *now;
		const char *last; /* NULL = none */
		int64_t hour;
		bool settled;
		bool due;
	} cases[] = {
		{ "2026-03-05T03:10", "2026-03-04T03:00", 3, false, true },
		{ "2026-03-05T03:50", "2026-03-05T03:10", 3, true, false }, /* done today */
		{ "2026-03-05T02:59", "2026-03-03T03:00", 3, true, false }, /* not yet */
		{ "2026-03-05T09:00", "2026-03-03T03:00", 3, true,
			true }, /* was off at three */
		{ "2026-03-05T09:00", "2026-03-03T03:00", 3, false,
			false }, /* has just come up */
		{ "2026-03-05T09:00", NULL, 3, true, true },
		{ "2026-03-05T02:00", "2026-03-04T09:00", 3, true, false },
		{ "2026-03-05T04:00", "2026-03-04T09:00", 3, true,
			false },                               /* a day is not over */
		{ "2026-03-05T03:10", NULL, -1, true, false }, /* never by itself */
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct backup_due due = { cases[i].hour, china_at(cases[i].now),
			cases[i].last != NULL ? china_at(cases[i].last) : 0, cases[i].settled };
		if (backup_is_due(&due) != cases[i].due) {
			fail_msg("%s after %s", cases[i].now,
				cases[i].last != NULL ? cases[i].last : "none");
		}
	}
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "a jump while running is seen either way",
			a_jump_while_running_is_seen_either_way, false },
		{ "small steps add up and slewing does not",
			small_steps_add_up_and_slewing_does_not, false },
		{ "it is held until an administrator confirms",
			it_is_held_until_an_administrator_confirms, false },
		{ "what would be judged by it is refused",
			what_would_be_judged_by_it_is_refused, false },
		{ "health page and checkup say so", health_and_checkup_say_so, false },
		{ "a missed backup is caught up the same day",
			a_missed_backup_is_caught_up_the_same_day, false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
