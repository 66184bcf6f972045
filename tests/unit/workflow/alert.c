/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/alert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void a_key_names_the_thing_and_nothing_else(void **state)
{
	(void)state;
	struct alert_identity web = { SLICE("probe"), SLICE("17"), SLICE("192.0.2.1"),
		SLICE("http") };
	struct alert_identity moved = { SLICE("probe"), SLICE("171"), SLICE("92.0.2.1"),
		SLICE("http") };
	char a[ALERT_KEY_TEXT];
	char b[ALERT_KEY_TEXT];
	alert_key(&web, a);
	alert_key(&web, b);
	assert_string_equal(a, b);
	assert_int_equal(strspn(a, "0123456789abcdef"), ALERT_KEY_TEXT - 1);
	alert_key(&moved, b);
	assert_string_not_equal(a, b);
	struct slice *fields[] = { &web.source, &web.check, &web.asset, &web.class_id };
	for (size_t i = 0; i < 4; i++) {
		struct slice kept = *fields[i];
		*fields[i] = SLICE("other");
		alert_key(&web, b);
		assert_string_not_equal(a, b);
		*fields[i] = kept;
	}
}

static const struct {
	struct alert_known known;
	enum alert_signal signal;
	enum alert_decision want;
} cases[] = {
	{ { false, false }, ALERT_SIGNAL_FIRING, ALERT_DECISION_OPEN },
	{ { true, false }, ALERT_SIGNAL_FIRING, ALERT_DECISION_COUNT },
	{ { true, true }, ALERT_SIGNAL_FIRING, ALERT_DECISION_COUNT },
	{ { false, true }, ALERT_SIGNAL_FIRING, ALERT_DECISION_LIST },
	{ { true, false }, ALERT_SIGNAL_RESOLVED, ALERT_DECISION_RESOLVE },
	{ { false, false }, ALERT_SIGNAL_RESOLVED, ALERT_DECISION_LIST },
	{ { true, false }, ALERT_SIGNAL_NOTE, ALERT_DECISION_NOTE },
	{ { false, false }, ALERT_SIGNAL_NOTE, ALERT_DECISION_LIST },
};

static void a_signal_opens_counts_resolves_or_is_listed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct alert_meter meter = { 0 };
		assert_int_equal(
			alert_decide(&cases[i].known, cases[i].signal, &meter, 5, 1000),
			cases[i].want);
	}
}

static void a_storm_of_one_source_is_capped_and_counted(void **state)
{
	(void)state;
	struct alert_known unknown = { false, false };
	struct alert_known known = { true, false };
	struct alert_meter meter = { 0 };
	int64_t at_ms = INT64_C(1767225600000);
	for (unsigned i = 0; i < 1000; i++) {
		enum alert_decision got =
			alert_decide(&unknown, ALERT_SIGNAL_FIRING, &meter, 60, at_ms + i);
		assert_int_equal(got, i < 60 ? ALERT_DECISION_OPEN : ALERT_DECISION_ABSORB);
	}
	assert_int_equal(meter.absorbed, 940);
	/* Repeats and recoveries are never capped. */
	assert_int_equal(alert_decide(&known, ALERT_SIGNAL_FIRING, &meter, 60, at_ms),
		ALERT_DECISION_COUNT);
	assert_int_equal(alert_decide(&known, ALERT_SIGNAL_RESOLVED, &meter, 60, at_ms),
		ALERT_DECISION_RESOLVE);
	assert_int_equal(alert_decide(&unknown, ALERT_SIGNAL_FIRING, &meter, 60, at_ms + 60000),
		ALERT_DECISION_OPEN);
	assert_int_equal(meter.absorbed, 0);
}

static void alerts_of_one_asset_close_together_are_one_incident(void **state)
{
	(void)state;
	struct alert_incident web = { 7, 1000, SLICE("192.0.2.1") };
	struct alert_incident stranger = { 0, 1000, SLICE("198.51.100.9") };
	assert_true(alert_joins(&web, 7, SLICE("web"), 1500, 500));
	assert_false(alert_joins(&web, 7, SLICE("web"), 1501, 500));
	assert_false(alert_joins(&web, 8, SLICE("192.0.2.1"), 1001, 500));
	assert_true(alert_joins(&stranger, 0, SLICE("198.51.100.9"), 1001, 500));
	assert_false(alert_joins(&stranger, 0, SLICE("198.51.100.8"), 1001, 500));
	assert_int_equal(alert_worse(ALERT_SEVERITY_MINOR, ALERT_SEVERITY_CRITICAL),
		ALERT_SEVERITY_CRITICAL);
	assert_int_equal(alert_wait_ms(ALERT_SEVERITY_CRITICAL, 30000), 0);
	assert_int_equal(alert_wait_ms(ALERT_SEVERITY_MAJOR, 30000), 30000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_names_the_thing_and_nothing_else),
		cmocka_unit_test(a_signal_opens_counts_resolves_or_is_listed),
		cmocka_unit_test(a_storm_of_one_source_is_capped_and_counted),
		cmocka_unit_test(alerts_of_one_asset_close_together_are_one_incident),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
