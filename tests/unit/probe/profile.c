/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/snmp/profile.h"

#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "probe/snmp/device.h"
#include "proto/mib_table.h"
#include "proto/snmprec.h"

/* ---- a file breaks the language */

static const struct {
	const char *name;
	const char *yaml;
	int error;
	uint64_t line;
} refused[] = {
	{ "text that is not YAML", "os: [", E_FORMAT, 2 },
	{ "a list instead of a mapping", "- os: x\n", E_INPUT, 1 },
	{ "nothing at all", "", E_INPUT, 0 },
	{ "an unknown key", "os: x\ncolour: red\n", E_INPUT, 2 },
	{ "an unknown key of a rule", "sensors:\n  - {class: c, value: 1.3.0, color: red}\n",
		E_INPUT, 2 },
	{ "a key of another section", "processors:\n  - {usage: 1.3.0, used: 1.3.0}\n", E_INPUT,
		2 },
	{ "a name that is not known", "os: x\nsensors:\n  - {class: c, value: noSuch}\n",
		E_INPUT, 3 },
	{ "a match without a condition", "os: x\nmatch:\n  - {}\n", E_INPUT, 3 },
	{ "a match without an os", "match:\n  - object_id: 1.3\n", E_INPUT, 1 },
	{ "a sensor without a value", "sensors:\n  - {class: c, descr: d}\n", E_INPUT, 2 },
	{ "rows below none",
		"sensors:\n  - {class: c, value: 1.3, high_warn: {from: 1.3, under: true}}\n",
		E_INPUT, 2 },
	{ "a divisor of 0", "sensors:\n  - {class: c, value: 1.3, divisor: 0}\n", E_INPUT, 2 },
	{ "a brace that does not close",
		"sensors:\n  - {class: c, value: 1.3, descr: '{1.3'}\n", E_INPUT, 2 },
	{ "a filter that is none", "sensors:\n  - {class: c, value: '{1.3|loud}'}\n", E_INPUT,
		2 },
	{ "a part of an index counted from 0",
		"sensors:\n  - {class: c, value: 1.3, descr: '{1.4:0}'}\n", E_INPUT, 2 },
	{ "a condition without an operator",
		"sensors:\n  - {class: c, value: 1.3, skip: wet}\n", E_INPUT, 2 },
	{ "a pattern that is none", "identity:\n  - model: {from: 1.3.0, match: '('}\n",
		E_INPUT, 2 },
	{ "a map that is not there", "identity:\n  - model: {from: 1.3.0, map: none}\n",
		E_INPUT, 2 },
	{ "states that are not there",
		"sensors:\n  - {class: state, value: 1.3, states: none}\n", E_INPUT, 2 },
	{ "a state of no severity",
		"sensors:\n  - {class: state, value: 1.3, states: {1: [loud, x]}}\n", E_INPUT,
		2 },
	{ "a transformation that is none", "sensors:\n  - {class: c, value: 1.3, as: gold}\n",
		E_INPUT, 2 },
	{ "an alias", "oids: &a {x: 1.3}\nmaps: {m: *a}\n", E_INPUT, 1 },
	{ "a mapping in a loop", "maps: &a {m: *a}\n", E_INPUT, 1 },
	{ "an order out of range", "order: 100000\n", E_INPUT, 1 },
};

static void a_file_that_breaks_the_language_is_refused_whole_with_its_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct profiles *profiles = profiles_create();
		struct diag_list diags;
		diag_list_init(&diags);
		int error = profiles_load(profiles, slice_str(refused[i].yaml), "bad", &diags);
		if (error != refused[i].error || profiles_count(profiles) != 0 ||
			diags.count == 0 || diags.items[0].line != refused[i].line) {
			fail_msg("%s: %d at line %llu", refused[i].name, error,
				(unsigned long long)(diags.count > 0 ? diags.items[0].line
								     : 0));
		}
		diag_list_fini(&diags);
		(void)profiles_destroy(profiles);
	}
}

static void an_include_that_is_not_there_is_named(void **state)
{
	(void)state;
	struct profiles *profiles = profiles_create();
	struct diag_list diags;
	diag_list_init(&diags);
	assert_int_equal(profiles_load(profiles, SLICE("include: nowhere\n"), "a", &diags), 0);
	assert_int_equal(profiles_link(profiles, &diags), E_ABSENT);
	assert_string_equal(diags.items[0].source, "a");
	diag_list_fini(&diags);
	(void)profiles_destroy(profiles);
}

/* ---- what the language says of objects */

static const char objects[] =
	"1.3.6.1.2.1.1.1.0|4|Maker box 12-34 (rev B)\n"
	"1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99991.7\n"
	"1.4.1.1|2|250\n1.4.1.2|2|0\n1.4.1.3|4|39 C/102 F\n1.4.1.4|68x|9f780442280000\n"
	"1.4.2.1|4|north\n1.4.2.2|4|\n1.4.2.3|4|south\n1.4.2.4294967294|4|nowhere\n"
	"1.4.3.5.6|2|1\n1.4.3.5.7|2|2\n"
	"1.4.4.5|4|five\n1.4.4.6|4|six\n1.4.4.7|4|seven\n"
	"1.4.5.1|2|-2\n1.4.5.2|2|3\n"
	"1.4.6.2.104.105|4|hi\n"
	"1.4.7.0|2|-1\n1.4.8.0|4x|0100\n1.4.9.0|64|192.0.2.7\n1.4.10.0|4x|01154142\n"
	"1.4.11.0|2|1000\n1.4.12.0|2|400\n1.4.13.0|66|30\n1.4.14.0|4|GREEN\n";

/* One rule, and what the first sensor of it is: "descr=value", or "" for none. */
static const struct {
	const char *name;
	const char *rule;
	const char *want;
} rules[] = {
	{ "a column is walked and divided", "{class: c, value: 1.4.1, divisor: 10, descr: a}",
		"a=25" },
	{ "rows can be skipped",
		"{class: c, value: 1.4.1, skip: '{value} > 100', descr: '{index}'}", "2=0" },
	{ "only some rows can be wanted",
		"{class: c, value: 1.4.1, only: '1.4.2 = south', descr: '{index}'}", "3=39" },
	{ "a text gives the number it begins with",
		"{class: c, value: 1.4.1, only: '{index} = 3', descr: x}", "x=39" },
	{ "an opaque float is a number",
		"{class: c, value: 1.4.1, only: '{index} = 4', descr: x}", "x=42" },
	{ "a pattern takes another number",
		"{class: c, each: 1.4.1, value: {from: '{value}', match: '/([0-9]+)'}, descr: x}",
		"x=102" },
	{ "the first description that says something is taken",
		"{class: c, value: 1.4.1, only: '{index} = 2', descr: ['{1.4.2}', 'no {index}']}",
		"no 2=0" },
	{ "a part of an index leads to another table",
		"{class: c, value: 1.4.3, descr: '{1.4.4:1} {1.4.4:-1} {index:1..2}'}",
		"five six 5.6=1" },
	{ "a value points to a row",
		"{class: c, value: 1.4.5, only: '{index} = 2', descr: '{1.4.2@1.4.5}'}",
		"south=3" },
	{ "a pointer below 0 points nowhere",
		"{class: c, value: 1.4.5, descr: '{1.4.2@1.4.5}'}", "=-2" },
	{ "an index can be a text",
		"{class: c, each: 1.4.6, value: 1.4.13.0, descr: '{index|string}'}", "hi=30" },
	{ "the first of a column that says something",
		"{class: c, value: 1.4.13.0, descr: '{1.4.2*}'}", "north=30" },
	{ "32 bits below 0 are what they were", "{class: c, value: '{1.4.7.0|u32}', descr: x}",
		"x=4294967295" },
	{ "octets can be a number", "{class: c, value: '{1.4.8.0|number}', descr: x}",
		"x=256" },
	{ "an address is dotted", "{class: c, value: 1.4.13.0, descr: '{1.4.9.0}'}",
		"192.0.2.7=30" },
	{ "what does not print can be left out",
		"{class: c, value: 1.4.13.0, descr: '{1.4.10.0|ascii}'}", "AB=30" },
	{ "what does not print is hexadecimal",
		"{class: c, value: 1.4.13.0, descr: '{1.4.10.0}'}", "01154142=30" },
	{ "a share of another object",
		"{class: c, value: 1.4.12.0, percent_of: 1.4.11.0, descr: x}", "x=40" },
	{ "a power of ten and digits behind the point",
		"{class: c, value: 1.4.12.0, exponent: {from: 1.4.13.0, map: {'30': '3'}}, precision: '1', descr: x}",
		"x=40000" },
	{ "milliwatts become dBm", "{class: dbm, value: 1.4.11.0, as: dbm_from_mw, descr: x}",
		"x=30" },
	{ "no light is no dBm",
		"{class: dbm, value: 1.4.1, only: '{index} = 2', as: dbm_from_mw, descr: x}",
		"" },
	{ "degrees Fahrenheit",
		"{class: c, value: 1.4.1, only: '{index} = 1', multiplier: 0.4, divisor: 1, as: celsius_from_fahrenheit, descr: x}",
		"x=37.7777777778" },
	{ "a text stands for a number",
		"{class: state, value: 1.4.14.0, states: {green: [ok, fine, 7]}, descr: x}",
		"x=7" },
	{ "a device without it is left alone",
		"{class: c, value: 1.4.13.0, when: '1.4.99 exists', descr: x}", "" },
	{ "a device with it is not",
		"{class: c, value: 1.4.13.0, when: '1.4.2 exists', descr: x}", "x=30" },
	{ "a class can come from the device",
		"{class: {from: 1.4.3, map: {'2': t}}, value: 1.4.3, descr: '{index}'}",
		"5.7=2" },
	{ "a column nobody has gives nothing", "{class: c, value: 1.99, descr: x}", "" },
};

static void identify(const char *yaml, struct arena *arena, struct device *ret_device,
	struct profiles **ret_profiles, struct mib_table **ret_table)
{
	struct diag_list diags;
	diag_list_init(&diags);
	*ret_profiles = profiles_create();
	*ret_table = mib_table_create();
	if (profiles_load(*ret_profiles, slice_str(yaml), "test", &diags) < 0) {
		fail_msg("%s: %s", yaml, diags.items[0].text);
	}
	assert_int_equal(profiles_link(*ret_profiles, &diags), 0);
	assert_int_equal(snmprec_parse(slice_str(objects), *ret_table, &diags), 0);
	device_identify(*ret_profiles, *ret_table, arena, ret_device);
	diag_list_fini(&diags);
}

static void each_word_of_the_language_does_what_it_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		AUTO_MIB_TABLE struct mib_table *table = NULL;
		struct profiles *profiles = NULL;
		struct device device;
		char yaml[600];
		char got[200] = "";
		(void)snprintf(
			yaml, sizeof(yaml), "generic: true\nsensors:\n  - %s\n", rules[i].rule);
		identify(yaml, arena, &device, &profiles, &table);
		if (device.sensors.count > 0) {
			(void)snprintf(got, sizeof(got), "%.*s=%.12g",
				SLICE_FMT(device.sensors.items[0].descr),
				device.sensors.items[0].value);
		}
		if (strcmp(got, rules[i].want) != 0) {
			fail_msg("%s: gave '%s', wanted '%s'", rules[i].name, got,
				rules[i].want);
		}
		(void)profiles_destroy(profiles);
	}
}

/* What a device tells of a sensor's limits, and how grave its value is: lc, lw, hw, hc. */
static void limits_are_what_the_device_tells(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *rule;
		const char *want;
	} cases[] = {
		{ "a sensor without limits is neither well nor unwell",
			"{class: c, value: 1.4.13.0}", "30: - - - - unknown" },
		{ "limits are scaled as the value is",
			"{class: c, value: 1.4.13.0, divisor: 10, low_warn: '10', high_warn: '50'}",
			"3: - 1 5 - ok" },
		{ "beyond the nearer limit is a warning",
			"{class: c, value: 1.4.13.0, high_warn: '29', high_critical: '40'}",
			"30: - - 29 40 warning" },
		{ "beyond the farther is critical",
			"{class: c, value: 1.4.13.0, low_critical: '31', high_warn: '40'}",
			"30: 31 - 40 - critical" },
		{ "at a limit it is not beyond it",
			"{class: c, value: 1.4.13.0, high_critical: '30'}", "30: - - - 30 ok" },
		{ "limits that do not rise are none",
			"{class: c, value: 1.4.13.0, low_warn: '20', high_warn: '20'}",
			"30: - - - - unknown" },
		{ "nor are those the wrong way round",
			"{class: c, value: 1.4.13.0, high_warn: '40', high_critical: '39'}",
			"30: - - - - unknown" },
		{ "one limit for both steps of a side is sound",
			"{class: c, value: 1.4.13.0, high_warn: '40', high_critical: '40'}",
			"30: - - 40 40 ok" },
		{ "a limit of 0 can be passed over",
			"{class: c, value: 1.4.13.0, low_critical: '0', high_critical: {from: '0', nonzero: true}}",
			"30: 0 - - - ok" },
		{ "a limit can be searched among the rows below the sensor's own",
			"{class: c, each: 1.4.4, only: '{index} = 5', value: 1.4.13.0,"
			" high_warn: {each: 1.4.3, under: true, from: '40', only: '{value} = 2'}}",
			"30: - - 40 - ok" },
		{ "and not among another's",
			"{class: c, each: 1.4.4, only: '{index} = 6', value: 1.4.13.0,"
			" high_warn: {each: 1.4.3, under: true, from: '40', only: '{value} = 2'}}",
			"30: - - - - unknown" },
	};
	static const char *const severities[] = { "unknown", "ok", "warning", "critical" };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		AUTO_MIB_TABLE struct mib_table *table = NULL;
		struct profiles *profiles = NULL;
		struct device device;
		char yaml[600];
		AUTO_BUF struct buf got;
		buf_init(&got, 200);
		(void)snprintf(
			yaml, sizeof(yaml), "generic: true\nsensors:\n  - %s\n", cases[i].rule);
		identify(yaml, arena, &device, &profiles, &table);
		assert_int_equal(device.sensors.count, 1);
		const struct device_sensor *sensor = &device.sensors.items[0];
		buf_printf(&got, "%.12g:", sensor->value);
		for (unsigned k = 0; k < DEVICE_LIMITS; k++) {
			if (isnan(sensor->limit[k])) {
				buf_put_str(&got, " -");
			} else {
				buf_printf(&got, " %.12g", sensor->limit[k]);
			}
		}
		buf_printf(&got, " %s", severities[sensor->severity]);
		if (!slice_is(buf_slice(&got), cases[i].want)) {
			fail_msg("%s: gave '%.*s', wanted '%s'", cases[i].name,
				SLICE_FMT(buf_slice(&got)), cases[i].want);
		}
		(void)profiles_destroy(profiles);
	}
}

static void pools_are_completed_from_what_is_told(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *rule;
		double used;
		double total;
		double perc;
	} cases[] = {
		{ "used and total", "{used: 1.4.12.0, total: 1.4.11.0, descr: x}", 400, 1000,
			40 },
		{ "free and total", "{each: 1.4.11.0, free: 1.4.12.0, total: 1.4.11.0}", 600,
			1000, 60 },
		{ "used and free", "{used: 1.4.12.0, free: 1.4.11.0}", 400, 1400, 29 },
		{ "a share alone", "{perc: 1.4.13.0}", 30, 100, 30 },
		{ "a share that is free", "{perc: 1.4.13.0, as: idle}", 70, 100, 70 },
		{ "units", "{used: 1.4.12.0, total: 1.4.11.0, units: '10'}", 4000, 10000, 40 },
		{ "caches taken off",
			"{used: 1.4.12.0, total: 1.4.11.0, less: '100', less_too: 1.4.13.0}",
			270, 1000, 27 },
		{ "caches never take off more than there is",
			"{used: 1.4.12.0, total: 1.4.11.0, less: '400'}", 400, 1000, 40 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		AUTO_MIB_TABLE struct mib_table *table = NULL;
		struct profiles *profiles = NULL;
		struct device device;
		char yaml[600];
		(void)snprintf(yaml, sizeof(yaml), "generic: true\nmempools:\n  - %s\n",
			cases[i].rule);
		identify(yaml, arena, &device, &profiles, &table);
		assert_int_equal(device.mempools.count, 1);
		const struct device_pool *pool = &device.mempools.items[0];
		if (pool->used != cases[i].used || pool->total != cases[i].total ||
			pool->perc != cases[i].perc) {
			fail_msg("%s: %g of %g, %g %%", cases[i].name, pool->used, pool->total,
				pool->perc);
		}
		(void)profiles_destroy(profiles);
	}
}

static void the_first_to_name_an_object_has_the_say_and_fallbacks_wait(void **state)
{
	(void)state;
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_MIB_TABLE struct mib_table *table = NULL;
	struct profiles *profiles = NULL;
	struct device device;
	identify(
		"os: box\nvendor: Maker\nmatch:\n  - object_id: 1.3.6.1.4.1.99991\n"
		"identity:\n  - {version: {from: 1.3.6.1.2.1.1.1.0, match: '(\\d+)-(\\d+)'}, model: '{1.4.99.0}'}\n"
		"  - {model: plain}\n"
		"sensors:\n  - {class: c, value: 1.4.13.0, descr: mine}\n  - {class: c, value: 1.4.13.0, descr: theirs}\n"
		"  - {class: d, value: 1.4.13.0, descr: other, fallback: true}\n"
		"processors:\n  - {usage: 1.4.99.0}\n  - {usage: 1.4.13.0, as: idle, fallback: true}\n",
		arena, &device, &profiles, &table);
	assert_true(slice_is(device.os, "box"));
	assert_true(slice_is(device.version, "1234"));
	assert_true(slice_is(device.model, "plain"));
	assert_int_equal(device.sensors.count, 1);
	assert_true(slice_is(device.sensors.items[0].descr, "mine"));
	assert_int_equal(device.processors.count, 1);
	assert_true(device.processors.items[0].usage == 70);
	(void)profiles_destroy(profiles);
}

static void no_list_outgrows_its_largest_size(void **state)
{
	(void)state;
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_MIB_TABLE struct mib_table *table = mib_table_create();
	struct profiles *profiles = profiles_create();
	struct diag_list diags;
	struct device device;
	const struct mib_value value = { .type = MIB_INTEGER, .integer = 1 };
	diag_list_init(&diags);
	assert_int_equal(
		profiles_load(profiles,
			SLICE("generic: true\nprocessors:\n  - {usage: 1.4.1}\n"), "t", &diags),
		0);
	for (uint32_t i = 0; i < DEVICE_ROWS_MAX + 3; i++) {
		const uint32_t ids[] = { 1, 4, 1, i };
		assert_int_equal(mib_table_put(table, (struct oid) { ids, 4 }, &value), 0);
	}
	(void)mib_table_seal(table);
	device_identify(profiles, table, arena, &device);
	assert_int_equal(device.processors.count, DEVICE_ROWS_MAX);
	assert_int_equal(device.refused, 3);
	assert_false(device.cut_short);
	diag_list_fini(&diags);
	(void)profiles_destroy(profiles);
}

static void a_device_that_asks_for_endless_work_is_cut_short(void **state)
{
	(void)state;
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_MIB_TABLE struct mib_table *table = mib_table_create();
	struct profiles *profiles = profiles_create();
	struct diag_list diags;
	struct device device;
	const struct mib_value value = { .type = MIB_INTEGER, .integer = 1 };
	diag_list_init(&diags);
	/* every row looks through every row */
	assert_int_equal(
		profiles_load(profiles,
			SLICE("generic: true\nprocessors:\n  - {each: 1.4.1, usage: {each: 1.4.1, only: "
			      "'{value} = 2', from: '{value}'}}\n"),
			"t", &diags),
		0);
	for (uint32_t i = 0; i < 4 * DEVICE_ROWS_MAX; i++) {
		const uint32_t ids[] = { 1, 4, 1, i };
		assert_int_equal(mib_table_put(table, (struct oid) { ids, 4 }, &value), 0);
	}
	(void)mib_table_seal(table);
	device_identify(profiles, table, arena, &device);
	assert_true(device.cut_short);
	diag_list_fini(&diags);
	(void)profiles_destroy(profiles);
}

static void a_text_is_cut_between_characters(void **state)
{
	(void)state;
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_MIB_TABLE struct mib_table *table = mib_table_create();
	struct profiles *profiles = profiles_create();
	struct diag_list diags;
	struct device device;
	static uint8_t long_text[3 * 1000];
	for (size_t i = 0; i < sizeof(long_text); i += 3) {
		memcpy(long_text + i, "烽", 3);
	}
	const struct mib_value value = { .type = MIB_OCTETS,
		.octets = slice_of(long_text, sizeof(long_text)) };
	const uint32_t ids[] = { 1, 4, 0 };
	diag_list_init(&diags);
	assert_int_equal(
		profiles_load(profiles,
			SLICE("generic: true\nidentity:\n  - {model: '{1.4.0}'}\ntexts:\n  - {name: 1.4.0, text: 1.4.0}\n"),
			"t", &diags),
		0);
	assert_int_equal(mib_table_put(table, (struct oid) { ids, 3 }, &value), 0);
	(void)mib_table_seal(table);
	device_identify(profiles, table, arena, &device);
	assert_int_equal(device.model.n, 510);
	assert_int_equal(device.texts.items[0].name.n, 510);
	assert_int_equal(device.texts.items[0].text.n, 2046);
	diag_list_fini(&diags);
	(void)profiles_destroy(profiles);
}

/* ---- the shipped ones */

static const struct {
	const char *object_id;
	const char *descr;
	const char *os;
} makes[] = {
	{ "1.3.6.1.4.1.2011.2.23.1", "S5700 Huawei Versatile Routing Platform", "vrp" },
	{ "1.3.6.1.4.1.2011.6.174.1", "SNMP card for a UPS", "huaweiups" },
	{ "1.3.6.1.4.1.2011.2.235.1", "iBMC", "huawei-ibmc" },
	{ "1.3.6.1.4.1.25506.1.1", "H3C Comware Platform Software", "comware" },
	{ "1.3.6.1.4.1.4881.1.1", "Ruijie", "ruijie" },
	{ "1.3.6.1.4.1.9.1.1", "Cisco IOS Software, C2960", "ios" },
	{ "1.3.6.1.4.1.9.1.1",
		"Cisco IOS Software [Fuji], Catalyst L3 Switch Software (CAT9K_IOSXE)",
		"iosxe" },
	{ "1.3.6.1.4.1.9.12.3.1.3.1", "Cisco NX-OS(tm) nxos.9", "nxos" },
	{ "1.3.6.1.4.1.9.1.1", "Cisco Adaptive Security Appliance Version 9", "asa" },
	{ "1.3.6.1.4.1.9.6.1.95.1", "SG350 Managed Switch", "ciscosb" },
	{ "1.3.6.1.4.1.2636.1.1", "Juniper Networks, Inc. JUNOS 20", "junos" },
	{ "1.3.6.1.4.1.47196.4.1", "Aruba CX", "arubaos-cx" },
	{ "1.3.6.1.4.1.14823.1.1", "ArubaOS (MODEL: 7010), Version 8", "arubaos" },
	{ "1.3.6.1.4.1.11.2.3.7.11.1", "ProCurve J0000A, revision X", "procurve" },
	{ "1.3.6.1.4.1.11.2.3.9.1", "HP ETHERNET MULTI-ENVIRONMENT", "jetdirect" },
	{ "1.3.6.1.4.1.14988.1", "RouterOS RB", "routeros" },
	{ "1.3.6.1.4.1.12356.101.1.1", "", "fortigate" },
	{ "1.3.6.1.4.1.11863.5.1", "JetStream", "jetstream" },
	{ "1.3.6.1.4.1.8072.3.2.10", "UAP-AC 5", "unifi" },
	{ "1.3.6.1.4.1.8072.3.2.10", "Linux host 6.1", "linux" },
	{ "1.3.6.1.4.1.8072.3.2.10", "Linux node 6.8.4-2-pve", "proxmox" },
	{ "1.3.6.1.4.1.8072.3.2.8", "FreeBSD fw 14", "freebsd" },
	{ "1.3.6.1.4.1.12325.1.1.2.1.1", "pfSense fw 2.7 FreeBSD", "pfsense" },
	{ "1.3.6.1.4.1.311.1.1.3.1.2", "Hardware: x - Software: Windows", "windows" },
	{ "1.3.6.1.4.1.6876.4.1", "VMware ESXi 8", "vmware-esxi" },
	{ "1.3.6.1.4.1.232.9.4.10", "Integrated Lights-Out 5", "hpe-ilo" },
	{ "1.3.6.1.4.1.674.10892.5", "", "drac" },
	{ "1.3.6.1.4.1.674.11000.5", "Dell OS10", "dell-os10" },
	{ "1.3.6.1.4.1.318.1.3.27", "APC", "apc" },
	{ "1.3.6.1.4.1.534.1", "Eaton 9PX", "eatonups" },
	{ "1.3.6.1.4.1.6574.1", "", "dsm" },
	{ "1.3.6.1.4.1.24681.1", "Linux TS-453", "qnap" },
	{ "1.3.6.1.4.1.30065.1.1", "Arista Networks EOS version 4", "arista_eos" },
	{ "1.3.6.1.4.1.25461.2.3.1", "Palo Alto Networks PA-220", "panos" },
	{ "1.3.6.1.4.1.99993.1", "nobody", "generic" },
	{ "1.3.6.1.4.1.90.1", "nobody either", "generic" },
};

static void every_shipped_profile_loads_and_makes_are_told_apart(void **state)
{
	(void)state;
	char path[4096];
	struct profiles *profiles = profiles_create();
	struct diag_list diags;
	diag_list_init(&diags);
	(void)snprintf(path, sizeof(path), "%s/profiles", getenv("FENGSUI_SOURCE"));
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(profiles_read(fd, -1, profiles, &diags) > 90);
	(void)close(fd);
	if (diags.count > 0) {
		fail_msg("%s:%llu: %s", diags.items[0].source,
			(unsigned long long)diags.items[0].line, diags.items[0].text);
	}
	for (size_t i = 0; i < sizeof(makes) / sizeof(makes[0]); i++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		AUTO_MIB_TABLE struct mib_table *table = mib_table_create();
		struct device device;
		char text[400];
		(void)snprintf(text, sizeof(text),
			"1.3.6.1.2.1.1.1.0|4|%s\n1.3.6.1.2.1.1.2.0|6|%s\n", makes[i].descr,
			makes[i].object_id);
		assert_int_equal(snmprec_parse(slice_str(text), table, &diags), 0);
		device_identify(profiles, table, arena, &device);
		if (!slice_is(device.os, makes[i].os)) {
			fail_msg("%s, %s: %.*s, wanted %s", makes[i].object_id, makes[i].descr,
				SLICE_FMT(device.os), makes[i].os);
		}
	}
	diag_list_fini(&diags);
	(void)profiles_destroy(profiles);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_file_that_breaks_the_language_is_refused_whole_with_its_line),
		cmocka_unit_test(an_include_that_is_not_there_is_named),
		cmocka_unit_test(each_word_of_the_language_does_what_it_says),
		cmocka_unit_test(limits_are_what_the_device_tells),
		cmocka_unit_test(pools_are_completed_from_what_is_told),
		cmocka_unit_test(the_first_to_name_an_object_has_the_say_and_fallbacks_wait),
		cmocka_unit_test(no_list_outgrows_its_largest_size),
		cmocka_unit_test(a_device_that_asks_for_endless_work_is_cut_short),
		cmocka_unit_test(a_text_is_cut_between_characters),
		cmocka_unit_test(every_shipped_profile_loads_and_makes_are_told_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
