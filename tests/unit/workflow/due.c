/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/due.h"

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
#include "workflow/explain.h"

enum { CASES = 250000, HOUR_MS = 3600000 }; /* four properties: a million in all */

static struct calendar china;

static int china_open(void **state)
{
	(void)state;
	china_load(&china);
	return 0;
}

static struct due_rule rule_draw(uint64_t *dice_state)
{
	static const uint32_t sides[] = { 40, 60, 400, 3000 };
	enum due_unit unit = (enum due_unit)roll(dice_state, 4);
	return (struct due_rule) { 1 + roll(dice_state, sides[unit]), unit };
}

static int64_t start_draw(uint64_t *dice_state)
{
	return china_at("2024-11-01") + (int64_t)(dice(dice_state) % UINT64_C(72000000000));
}

static struct due due_draw(uint64_t *dice_state)
{
	struct due due;
	int error = due_begin(&china, "v1", "remediation.high", start_draw(dice_state),
		rule_draw(dice_state), &due);
	assert_int_equal(error, 0);
	return due;
}

static void assert_follows(const struct due *due)
{
	int64_t due_ms = 0;
	bool provisional = false;
	assert_int_equal(due_recompute(&china, due, &due_ms, &provisional), 0);
	assert_true(due_ms == due->due_ms && provisional == due->provisional);
}

static void a_longer_rule_is_never_due_earlier(void **state)
{
	(void)state;
	uint64_t seed = 1;
	for (int i = 0; i < CASES; i++) {
		struct due due = due_draw(&seed);
		struct due_rule longer = due.rule;
		longer.n += 1 + roll(&seed, 5);
		struct due later;
		assert_int_equal(due_begin(&china, "v1", "", due.start_ms, longer, &later), 0);
		assert_true(later.due_ms > due.due_ms);
		/* Starting later is never due earlier either. */
		int64_t start_ms = due.start_ms + roll(&seed, 864000000);
		assert_int_equal(due_begin(&china, "v1", "", start_ms, due.rule, &later), 0);
		assert_true(later.due_ms >= due.due_ms);
	}
}

static void a_pause_gives_back_exactly_its_length(void **state)
{
	(void)state;
	uint64_t seed = 2;
	for (int i = 0; i < CASES; i++) {
		struct due due = due_draw(&seed);
		int64_t before_ms = due.due_ms;
		int64_t pause_ms = due.start_ms + roll(&seed, 900000000);
		int64_t length_ms = roll(&seed, 2000000000);
		assert_int_equal(due_pause(&due, pause_ms), 0);
		int64_t used_ms = due_elapsed_ms(&due, pause_ms);
		assert_true(due_paused(&due) &&
			    due_elapsed_ms(&due, pause_ms + length_ms) == used_ms);
		assert_int_equal(due_resume(&china, &due, pause_ms + length_ms), 0);
		assert_true(due.due_ms == before_ms + length_ms);
		assert_true(due_elapsed_ms(&due, pause_ms + length_ms) == used_ms);
		assert_follows(&due);
	}
}

static void an_extension_never_shortens(void **state)
{
	(void)state;
	uint64_t seed = 3;
	for (int i = 0; i < CASES; i++) {
		struct due due = due_draw(&seed);
		int64_t before_ms = due.due_ms;
		int64_t at_ms = due.start_ms + roll(&seed, 900000000);
		enum due_step_kind kind = roll(&seed, 2) == 0 ? DUE_EXTEND : DUE_AT_LEAST;
		struct due_rule rule = rule_draw(&seed);
		assert_int_equal(due_adjust(&china, &due, kind, at_ms, rule), 0);
		assert_true(
			kind == DUE_EXTEND ? due.due_ms > before_ms : due.due_ms >= before_ms);
		assert_follows(&due);
	}
}

static void a_new_grade_keeps_the_time_already_used(void **state)
{
	(void)state;
	uint64_t seed = 4;
	for (int i = 0; i < CASES; i++) {
		struct due due = due_draw(&seed);
		int64_t at_ms = due.start_ms + roll(&seed, 900000000);
		int64_t used_ms = due_elapsed_ms(&due, at_ms);
		struct due_rule rule = rule_draw(&seed);
		assert_int_equal(due_adjust(&china, &due, DUE_REGRADE, at_ms, rule), 0);
		assert_true(due_elapsed_ms(&due, at_ms) == used_ms);
		struct due fresh;
		assert_int_equal(due_begin(&china, "v1", "", due.start_ms, rule, &fresh), 0);
		assert_true(fresh.due_ms == due.due_ms);
	}
}

static void walk(struct due *due, uint64_t *seed)
{
	int64_t now_ms = due->start_ms;
	for (uint32_t steps = roll(seed, DUE_STEPS_MAX + 8); steps > 0; steps--) {
		now_ms += roll(seed, 300000000);
		int error = 0;
		if (due_paused(due)) {
			error = due_resume(&china, due, now_ms);
		} else if (roll(seed, 2) == 0) {
			error = due_pause(due, now_ms);
		} else {
			error = due_adjust(&china, due, (enum due_step_kind)(1 + roll(seed, 3)),
				now_ms, rule_draw(seed));
		}
		assert_true(error == 0 ||
			    (error == E_LIMIT && due->step_count >= DUE_STEPS_MAX - 1));
	}
}

static void what_is_stored_follows_from_itself_and_reads_back(void **state)
{
	(void)state;
	uint64_t seed = 5;
	AUTO_BUF struct buf text;
	AUTO_BUF struct buf again;
	buf_init(&text, DUE_TEXT_MAX);
	buf_init(&again, DUE_TEXT_MAX);
	for (int i = 0; i < CASES / 8; i++) {
		struct due due = due_draw(&seed);
		walk(&due, &seed);
		assert_follows(&due);
		struct jw jw;
		buf_clear(&text);
		jw_init(&jw, &text);
		due_put_json(&jw, &due);
		struct due back;
		struct diag diag = { 0 };
		if (due_parse_json(buf_slice(&text), &back, &diag) != 0) {
			fail_msg("%s: %s", diag.text, (const char *)text.p);
		}
		assert_follows(&back);
		buf_clear(&again);
		jw_init(&jw, &again);
		due_put_json(&jw, &back);
		assert_true(!again.failed && slice_eq(buf_slice(&text), buf_slice(&again)));
		assert_true(back.due_ms == due.due_ms && back.step_count == due.step_count);
	}
}

static void a_clock_refuses_what_makes_no_sense(void **state)
{
	(void)state;
	struct due due;
	struct due_rule rule = { 5, DUE_WORKING_DAYS };
	int64_t start_ms = china_at("2026-11-20T16:50");
	assert_int_equal(due_begin(&china, "v1", "p", start_ms, rule, &due), 0);
	assert_int_equal(due_resume(&china, &due, start_ms), E_STATE);
	assert_int_equal(due_pause(&due, start_ms - 1), E_RANGE);
	assert_int_equal(due_adjust(&china, &due, DUE_PAUSE, start_ms, rule), E_RANGE);
	assert_int_equal(due_pause(&due, start_ms + 10), 0);
	assert_int_equal(due_pause(&due, start_ms + 20), E_STATE);
	assert_int_equal(due_adjust(&china, &due, DUE_EXTEND, start_ms + 20, rule), E_STATE);
	assert_int_equal(due_resume(&china, &due, start_ms + 9), E_RANGE);
	assert_int_equal(due_resume(&china, &due, start_ms + 30), 0);
	assert_int_equal(due_pause(&due, start_ms + 29), E_RANGE);
	while (due.step_count < DUE_STEPS_MAX - 1) {
		assert_int_equal(due_adjust(&china, &due, DUE_EXTEND, start_ms + 30, rule), 0);
	}
	int64_t due_ms = due.due_ms;
	assert_int_equal(due_adjust(&china, &due, DUE_EXTEND, start_ms + 30, rule), E_LIMIT);
	assert_int_equal(due_pause(&due, start_ms + 30), 0);
	assert_int_equal(due_resume(&china, &due, start_ms + 30), 0);
	assert_int_equal(due_pause(&due, start_ms + 30), E_LIMIT);
	assert_true(due.due_ms == due_ms && due.step_count == DUE_STEPS_MAX);
	assert_follows(&due);
}

static void a_moved_end_of_day_leaves_old_clocks_alone(void **state)
{
	(void)state;
	struct due due;
	struct due_rule rule = { 3, DUE_WORKING_DAYS };
	assert_int_equal(due_begin(&china, "v1", "p", china_at("2026-02-13"), rule, &due), 0);
	struct calendar moved = china;
	moved.day_end_min = 18 * 60;
	int64_t due_ms = 0;
	bool provisional = true;
	assert_int_equal(due_recompute(&moved, &due, &due_ms, &provisional), 0);
	assert_true(due_ms == due.due_ms && !provisional);
}

static const struct {
	const char *from;
	const char *to;
	const char *says;
} broken[] = {
	{ "\"start_ms\"", "\"start\"", "start_ms" },
	{ "\"5 wd\"", "\"five\"", "rule" },
	{ "\"seq\":1", "\"seq\":0", "seq" },
	{ "\"seq\":1", "\"seq\":7", "seq" },
	{ "\"extend\"", "\"shorten\"", "kind" },
	{ "\"provisional\":false", "\"provisional\":0", "provisional" },
	{ "\"to_ms\":1", "\"to_ms\":-", "" },
	{ "\"parameter\":\"", "\"parameter\":\"\\u0000", "parameter" },
	{ "\"day_end_min\":1", "\"day_end_min\":9", "day_end_min" },
};

static void a_spoilt_derivation_is_refused_and_says_where(void **state)
{
	(void)state;
	struct due due;
	struct due_rule rule = { 5, DUE_WORKING_DAYS };
	int64_t start_ms = china_at("2026-03-02T10:00");
	assert_int_equal(due_begin(&china, "v1", "p", start_ms, rule, &due), 0);
	assert_int_equal(due_pause(&due, start_ms + 1), 0);
	assert_int_equal(due_resume(&china, &due, start_ms + 2), 0);
	assert_int_equal(due_adjust(&china, &due, DUE_EXTEND, start_ms + 3, rule), 0);
	AUTO_BUF struct buf text;
	buf_init(&text, DUE_TEXT_MAX);
	struct jw jw;
	jw_init(&jw, &text);
	due_put_json(&jw, &due);
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		AUTO_BUF struct buf bad;
		buf_init(&bad, DUE_TEXT_MAX);
		size_t at = slice_find(buf_slice(&text), slice_str(broken[i].from));
		assert_true(at != SIZE_MAX);
		buf_put(&bad, slice_head(buf_slice(&text), at));
		buf_put_str(&bad, broken[i].to);
		buf_put(&bad, slice_skip(buf_slice(&text), at + strlen(broken[i].from)));
		struct diag diag = { 0 };
		struct due back;
		int error = due_parse_json(buf_slice(&bad), &back, &diag);
		if (error >= 0 || strstr(diag.text, broken[i].says) == NULL) {
			fail_msg("%s: %d %s", broken[i].to, error, diag.text);
		}
	}
}

static void explain_as(const struct due *due, enum lang lang, const char *want)
{
	struct explanation explanation;
	explain_due(due, &explanation);
	AUTO_BUF struct buf text;
	buf_init(&text, 4096);
	explain_put_text(&china, &explanation, lang, &text);
	assert_string_equal((const char *)text.p, want);
}

static void a_deadline_explains_itself(void **state)
{
	(void)state;
	struct due due;
	struct due_rule rule = { 5, DUE_WORKING_DAYS };
	struct due_rule one = { 1, DUE_WORKING_DAYS };
	int64_t start_ms = china_at("2026-09-24T10:00");
	int error =
		due_begin(&china, "school-2023-v1", "remediation.high", start_ms, rule, &due);
	assert_int_equal(error, 0);
	assert_int_equal(due_pause(&due, china_at("2026-09-29T09:00")), 0);
	assert_int_equal(due_resume(&china, &due, china_at("2026-09-30T11:10")), 0);
	assert_int_equal(
		due_adjust(&china, &due, DUE_AT_LEAST, china_at("2026-09-30T11:10"), one), 0);
	explain_as(&due, LANG_ZH,
		"自 2026-09-24 10:00 起算。\n"
		"时限 5 个工作日，依据制度参数 remediation.high（school-2023-v1）。\n"
		"起算当日不计，末日 17:30 截止；工作日按 cn-2026-1 日历。\n"
		"2026-09-29 09:00 至 2026-09-30 11:10 停表，顺延 1 天 2 小时 10 分钟。\n"
		"2026-09-30 11:10 起至少保留 1 个工作日。\n"
		"到期 2026-10-10 19:40。\n");
	explain_as(&due, LANG_EN,
		"Counted from 2026-09-24 10:00.\n"
		"5 working day(s) by policy parameter remediation.high (school-2023-v1).\n"
		"The first day does not count, the last ends at 17:30; working days by "
		"calendar "
		"cn-2026-1.\n"
		"Stood from 2026-09-29 09:00 to 2026-09-30 11:10; 1 d 2 h 10 min given back.\n"
		"At least 1 working day(s) from 2026-09-30 11:10.\n"
		"Due 2026-10-10 19:40.\n");
}

static void an_explanation_is_stored_as_codes(void **state)
{
	(void)state;
	struct due due;
	struct due_rule rule = { 30, DUE_MINUTES };
	int64_t start_ms = china_at("2027-01-01T00:00");
	assert_int_equal(due_begin(&china, "", "sign_for.urgent", start_ms, rule, &due), 0);
	struct explanation explanation;
	explain_due(&due, &explanation);
	AUTO_BUF struct buf text;
	buf_init(&text, 4096);
	struct jw jw;
	jw_init(&jw, &text);
	explain_put_json(&jw, &explanation);
	assert_string_equal((const char *)text.p,
		"[{\"code\":\"due.start\",\"args\":{\"start\":1798732800000}},"
		"{\"code\":\"due.rule\",\"args\":{\"rule\":\"30 "
		"min\",\"parameter\":\"sign_for.urgent\","
		"\"policy\":\"\"}},{\"code\":\"due.round_the_clock\",\"args\":{}},"
		"{\"code\":\"due.due\",\"args\":{\"due\":1798734600000}}]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_longer_rule_is_never_due_earlier),
		cmocka_unit_test(a_pause_gives_back_exactly_its_length),
		cmocka_unit_test(an_extension_never_shortens),
		cmocka_unit_test(a_new_grade_keeps_the_time_already_used),
		cmocka_unit_test(what_is_stored_follows_from_itself_and_reads_back),
		cmocka_unit_test(a_clock_refuses_what_makes_no_sense),
		cmocka_unit_test(a_moved_end_of_day_leaves_old_clocks_alone),
		cmocka_unit_test(a_spoilt_derivation_is_refused_and_says_where),
		cmocka_unit_test(a_deadline_explains_itself),
		cmocka_unit_test(an_explanation_is_stored_as_codes),
	};
	return cmocka_run_group_tests(tests, china_open, NULL);
}
