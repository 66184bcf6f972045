/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/metric_rule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"

#define FRONT "\"id\":\"r\",\"metric\":\"loss\",\"severity\":\"minor\","

static const struct {
	const char *name;
	const char *text;
	const char *fault; /* NULL = it is taken */
} cases[] = {
	{ "a threshold needs its limit alone", "{" FRONT "\"kind\":\"threshold\",\"limit\":5}",
		NULL },
	{ "a threshold without a limit is refused", "{" FRONT "\"kind\":\"threshold\"}",
		"limit" },
	{ "hysteresis lies on the good side of the limit",
		"{" FRONT "\"kind\":\"threshold\",\"limit\":5,\"clear\":6}", "clear" },
	{ "for what must not fall the good side is above",
		"{" FRONT "\"kind\":\"threshold\",\"op\":\"below\",\"limit\":5,\"clear\":6}",
		NULL },
	{ "null is as good as left out",
		"{" FRONT
		"\"kind\":\"threshold\",\"limit\":5,\"clear\":null,\"window_s\":null,\"of\":null}",
		NULL },
	{ "a member of another kind is refused, not passed over",
		"{" FRONT "\"kind\":\"threshold\",\"limit\":5,\"window_s\":600}", "window_s" },
	{ "either way is for what has a middle",
		"{" FRONT "\"kind\":\"threshold\",\"op\":\"either\",\"limit\":5}", "op" },
	{ "a second limit lies further out and is graver",
		"{" FRONT
		"\"kind\":\"threshold\",\"limit\":5,\"grave\":9,\"grave_severity\":\"major\"}",
		NULL },
	{ "a second limit that is met first is refused",
		"{" FRONT "\"kind\":\"threshold\",\"limit\":5,\"grave\":4}", "grave" },
	{ "further down for what must not fall",
		"{" FRONT "\"kind\":\"threshold\",\"op\":\"below\",\"limit\":5,\"grave\":4}",
		NULL },
	{ "a second limit that is no graver is refused",
		"{" FRONT
		"\"kind\":\"threshold\",\"limit\":5,\"grave\":9,\"grave_severity\":\"minor\"}",
		"grave_severity" },
	{ "how grave needs a second limit",
		"{" FRONT "\"kind\":\"threshold\",\"limit\":5,\"grave_severity\":\"critical\"}",
		"grave_severity" },
	{ "another figure may stand in its place",
		"{" FRONT "\"kind\":\"threshold\",\"limit\":5,\"unless\":\"loss_high\"}",
		NULL },
	{ "but not of a change",
		"{" FRONT
		"\"kind\":\"rate\",\"limit\":5,\"window_s\":600,\"unless\":\"loss_high\"}",
		"unless" },
	{ "a rate needs a window", "{" FRONT "\"kind\":\"rate\",\"limit\":5}", "window_s" },
	{ "a rate takes its change in percent",
		"{" FRONT "\"kind\":\"rate\",\"limit\":50,\"window_s\":600,\"relative\":true}",
		NULL },
	{ "silence under a minute is none", "{" FRONT "\"kind\":\"absence\",\"duration_s\":30}",
		"duration_s" },
	{ "a forecast says how far ahead", "{" FRONT "\"kind\":\"forecast\",\"limit\":95}",
		"horizon_s" },
	{ "a forecast of a week is taken",
		"{" FRONT "\"kind\":\"forecast\",\"limit\":95,\"horizon_s\":604800}", NULL },
	{ "a baseline needs nothing more", "{" FRONT "\"kind\":\"baseline\"}", NULL },
	{ "a baseline of one deviation would always fire",
		"{" FRONT "\"kind\":\"baseline\",\"deviations\":1}", "deviations" },
	{ "a baseline without history is none",
		"{" FRONT "\"kind\":\"baseline\",\"min_days\":0}", "min_days" },
	{ "a scope but all names its record",
		"{" FRONT "\"kind\":\"baseline\",\"scope\":{\"kind\":\"unit\"}}", "scope" },
	{ "a check as scope is taken",
		"{" FRONT "\"kind\":\"baseline\",\"scope\":{\"kind\":\"check\",\"id\":7}}",
		NULL },
	{ "a grade is no severity of an alert",
		"{\"id\":\"r\",\"metric\":\"loss\",\"severity\":\"urgent\",\"kind\":\"baseline\"}",
		"severity" },
	{ "a number too large for a double is refused",
		"{" FRONT "\"kind\":\"threshold\",\"limit\":1e999}", "limit" },
	{ "a limit in words is refused", "{" FRONT "\"kind\":\"threshold\",\"limit\":\"5\"}",
		"limit" },
	{ "a metric in numbers is refused",
		"{\"id\":\"r\",\"metric\":5,\"severity\":\"minor\",\"kind\":\"baseline\"}",
		"metric" },
	{ "a list is no rule", "[]", "object" },
};

static void the_reader_says_what_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		struct metric_rule rule = { 0 };
		struct diag diag = { 0 };
		int error = metric_rule_read(arena, slice_str(cases[i].text), &rule, &diag);
		bool as_wanted =
			cases[i].fault == NULL
				? error == 0
				: error == E_INPUT && strcmp(diag.text, cases[i].fault) == 0;
		if (!as_wanted) {
			fail_msg("%s: %d %s", cases[i].name, error, diag.text);
		}
	}
}

static uint64_t fingerprint(const char *text)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct metric_rule rule = { 0 };
	assert_int_equal(metric_rule_read(arena, slice_str(text), &rule, NULL), 0);
	return rule.fingerprint;
}

static void a_name_is_not_part_of_the_condition(void **state)
{
	(void)state;
	uint64_t plain = fingerprint("{" FRONT "\"kind\":\"threshold\",\"limit\":5}");
	assert_true(
		plain ==
		fingerprint("{" FRONT "\"kind\":\"threshold\",\"limit\":5,\"name\":\"丢包\"}"));
	assert_true(plain != fingerprint("{" FRONT "\"kind\":\"threshold\",\"limit\":6}"));
	assert_true(
		plain !=
		fingerprint("{" FRONT "\"kind\":\"threshold\",\"limit\":5,\"duration_s\":60}"));
	assert_true(plain !=
		    fingerprint("{" FRONT "\"kind\":\"threshold\",\"limit\":5,\"grave\":9}"));
	assert_true(
		plain !=
		fingerprint("{" FRONT "\"kind\":\"threshold\",\"limit\":5,\"unless\":\"x\"}"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_reader_says_what_is_wrong),
		cmocka_unit_test(a_name_is_not_part_of_the_condition),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
