/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/snmp/sensors.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "probe/snmp/device.h"
#include "probe/snmp/sink.h"

enum { SAID_MAX = 64 };

struct heard {
	char text[SAID_MAX][64];
	size_t count;
};

static void hear(
	void *user, const struct check_spec *spec, const struct snmp_sensor_change *change)
{
	static const char *const words[] = { "unknown", "well", "warning", "critical" };
	struct heard *heard = user;
	(void)spec;
	assert_true(heard->count < SAID_MAX);
	(void)snprintf(heard->text[heard->count++], sizeof(heard->text[0]), "%.*s %s",
		SLICE_FMT(change->name), words[change->state]);
}

static struct device_sensor state_of(const char *name, char letter)
{
	return (struct device_sensor) { .class = SLICE("state"),
		.descr = slice_str(name),
		.state = SLICE("word"),
		.severity = letter == 'c'   ? DEVICE_CRITICAL
			    : letter == 'w' ? DEVICE_WARNING
			    : letter == 'o' ? DEVICE_OK
					    : DEVICE_UNKNOWN };
}

/* One fan through inventories: o ok, w warning, c critical, ? unknown, . not there. */
static void run(const char *history, struct heard *heard)
{
	struct sensors *sensors = sensors_create();
	struct snmp_sink sink = { .sensor = hear, .user = heard };
	for (const char *at = history; *at != '\0'; at++) {
		struct device_sensor fan = state_of("Fan 1", *at);
		struct device found = { .sensors = { &fan, *at != '.' } };
		(void)sensors_take(sensors, &found, NULL, &sink);
	}
	assert_null(sensors_destroy(sensors));
}

static void what_is_told(void **state)
{
	static const struct {
		const char *name;
		const char *history;
		const char *said; /* joined by commas */
	} cases[] = {
		{ "one that is well is not spoken of", "ooooo", "" },
		{ "one bad reading is believed", "ooc", "Fan 1 critical" },
		{ "bad from the first look is told as well", "c", "Fan 1 critical" },
		{ "it is told once", "occcc", "Fan 1 critical" },
		{ "well again takes two good readings", "ocoo", "Fan 1 critical,Fan 1 well" },
		{ "and not one", "oco", "Fan 1 critical" },
		{ "a warning that becomes critical is told again", "owc",
			"Fan 1 warning,Fan 1 critical" },
		{ "a critical one that becomes a warning is not", "ocww", "Fan 1 critical" },
		{ "one that says nothing of itself changes nothing", "oc??o?o",
			"Fan 1 critical,Fan 1 well" },
		{ "one that is there no more is well", "oc.", "Fan 1 critical,Fan 1 well" },
		{ "one that keeps changing is told no more once that is clear, and ends when quiet",
			"ooccooccooccooccooccooccooccooccooccooccooccoooooooooooooooooooooooo",
			"Fan 1 critical,Fan 1 well,Fan 1 critical,Fan 1 well,Fan 1 critical,"
			"Fan 1 well" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct heard heard = { .count = 0 };
		char all[SAID_MAX * 64] = "";
		run(cases[i].history, &heard);
		for (size_t n = 0; n < heard.count; n++) {
			size_t used = strlen(all);
			(void)snprintf(all + used, sizeof(all) - used, "%s%s", n > 0 ? "," : "",
				heard.text[n]);
		}
		if (strcmp(all, cases[i].said) != 0) {
			fail_msg("%s: %s", cases[i].name, all);
		}
	}
}

/* A board through inventories, one value each; its warning is 65, its critical limit 75. */
static void what_is_told_of_a_value(void **state)
{
	static const struct {
		const char *name;
		double value[6]; /* 0 ends it */
		const char *said;
	} cases[] = {
		{ "below its limits it is not spoken of", { 40, 65 }, "" },
		{ "one value beyond a limit is told", { 40, 66 }, "Board warning" },
		{ "it is told once, and again when it is graver", { 66, 70, 76, 78 },
			"Board warning,Board critical" },
		{ "well again is some way back, twice", { 66, 64, 64, 64 }, "Board warning" },
		{ "and then it ends", { 66, 64, 63, 63 }, "Board warning,Board well" },
		{ "one that goes to and fro at its limit is told once",
			{ 66, 64, 66, 64, 66, 64 }, "Board warning" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct heard heard = { .count = 0 };
		struct sensors *sensors = sensors_create();
		struct snmp_sink sink = { .sensor = hear, .user = &heard };
		char all[SAID_MAX * 64] = "";
		for (size_t n = 0; n < 6 && cases[i].value[n] != 0; n++) {
			struct device_sensor board = { .class = SLICE("temperature"),
				.descr = SLICE("Board"),
				.value = cases[i].value[n],
				.limit = { (double)NAN, (double)NAN, 65, 75 } };
			struct device found = { .sensors = { &board, 1 } };
			(void)sensors_take(sensors, &found, NULL, &sink);
		}
		for (size_t n = 0; n < heard.count; n++) {
			size_t used = strlen(all);
			(void)snprintf(all + used, sizeof(all) - used, "%s%s", n > 0 ? "," : "",
				heard.text[n]);
		}
		if (strcmp(all, cases[i].said) != 0) {
			fail_msg("%s: %s", cases[i].name, all);
		}
		sensors_destroy(sensors);
	}
}

static void hear_limit(
	void *user, const struct check_spec *spec, const struct snmp_sensor_change *change)
{
	struct heard *heard = user;
	(void)spec;
	(void)snprintf(heard->text[heard->count++], sizeof(heard->text[0]), "%.*s|%.*s|%g",
		SLICE_FMT(change->key), SLICE_FMT(change->name),
		isnan(change->limit) ? 0 : change->limit);
}

static void a_value_is_told_with_the_limit_it_is_beyond_apart_from_a_state_of_its_name(
	void **state)
{
	struct heard heard = { .count = 0 };
	struct sensors *sensors = sensors_create();
	struct snmp_sink sink = { .sensor = hear_limit, .user = &heard };
	struct device_sensor both[3] = { state_of("Supply", 'c'),
		{ .class = SLICE("voltage"),
			.descr = SLICE("Supply"),
			.value = 11,
			.limit = { 10.8, 11.4, 12.6, 13.2 } },
		{ .class = SLICE("temperature"),
			.descr = SLICE("Supply"),
			.value = 90,
			.limit = { (double)NAN, (double)NAN, (double)NAN, (double)NAN } } };
	struct device found = { .sensors = { both, 3 } };
	(void)state;
	(void)sensors_take(sensors, &found, NULL, &sink);
	assert_int_equal(heard.count, 2);
	assert_string_equal(heard.text[0], "Supply|Supply|0");
	assert_string_equal(heard.text[1], "voltage:Supply|Supply|11.4");
	/* Gone with its device's board: well, for nothing will ever say so. */
	found.sensors.count = 1;
	(void)sensors_take(sensors, &found, NULL, &sink);
	assert_int_equal(heard.count, 3);
	assert_string_equal(heard.text[2], "voltage:Supply|Supply|0");
	sensors_destroy(sensors);
}

static void two_of_one_name_are_two(void **state)
{
	struct heard heard = { .count = 0 };
	struct sensors *sensors = sensors_create();
	struct snmp_sink sink = { .sensor = hear, .user = &heard };
	struct device_sensor fans[2] = { state_of("Fan", 'o'), state_of("Fan", 'c') };
	struct device found = { .sensors = { fans, 2 } };
	(void)state;
	assert_true(!sensors_take(sensors, &found, NULL, &sink));
	fans[1] = state_of("Fan", 'o');
	assert_true(sensors_take(sensors, &found, NULL, &sink));
	assert_true(!sensors_take(sensors, &found, NULL, &sink));
	assert_int_equal(heard.count, 2);
	assert_string_equal(heard.text[0], "Fan #2 critical");
	assert_string_equal(heard.text[1], "Fan #2 well");
	sensors_destroy(sensors);
}

static void more_than_it_holds_are_counted(void **state)
{
	static struct device_sensor many[SENSORS_MAX + 3];
	static char names[SENSORS_MAX + 3][16];
	struct heard heard = { .count = 0 };
	struct sensors *sensors = sensors_create();
	struct snmp_sink sink = { .sensor = hear, .user = &heard };
	struct device found = { .sensors = { many, SENSORS_MAX + 3 } };
	(void)state;
	for (size_t i = 0; i < SENSORS_MAX + 3; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "s%zu", i);
		many[i] = state_of(names[i], 'o');
	}
	(void)sensors_take(sensors, &found, NULL, &sink);
	assert_int_equal(sensors_refused(sensors), 3);
	sensors_destroy(sensors);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_told),
		cmocka_unit_test(what_is_told_of_a_value),
		cmocka_unit_test(
			a_value_is_told_with_the_limit_it_is_beyond_apart_from_a_state_of_its_name),
		cmocka_unit_test(two_of_one_name_are_two),
		cmocka_unit_test(more_than_it_holds_are_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
