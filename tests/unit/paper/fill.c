/* SPDX-License-Identifier: Apache-2.0 */
#include "paper/fill.h"

#include <cmocka.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "paper/clean.h"

static const char fields_text[] =
	"{\"unit\":[\"text\",\"\"],\"note\":[\"text?\",\"\"],\"round\":[\"int?\",\"\"],"
	"\"items\":[\"list?\",\"\",{\"name\":[\"text\",\"\"],\"done\":[\"text?\",\"\"]}]}";
static const char data_text[] =
	"{\"unit\":\"教务处\",\"note\":\" \",\"round\":2,\"items\":["
	"{\"name\":\"甲\",\"done\":\"昨天\"},{\"name\":\"乙{{unit}}\"}]}";

static int fill_one(const char *text, struct arena *arena, struct slice *ret, struct diag *diag)
{
	struct fill fill = { 0 };
	assert_int_equal(json_parse(arena, slice_str(fields_text), 0, &fill.fields, NULL), 0);
	assert_int_equal(json_parse(arena, slice_str(data_text), 0, &fill.data, NULL), 0);
	return fill_text(&fill, slice_str(text), arena, ret, diag);
}

static void test_texts(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		const char *want;
	} cases[] = {
		{ "a text without tags stays", "甲{乙}丙", "甲{乙}丙" },
		{ "a field is put in", "致{{unit}}：", "致教务处：" },
		{ "spaces within the braces do not count", "{{ unit }}", "教务处" },
		{ "a number", "第{{round}}轮", "第2轮" },
		{ "what says nothing is nothing", "（{{note}}）", "（）" },
		{ "a condition that holds", "{{#if round}}第{{round}}轮{{/if}}", "第2轮" },
		{ "a field of blanks says nothing", "{{#if note}}注：{{note}}{{/if}}。", "。" },
		{ "a list with its numbers", "{{#each items}}{{@n}}．{{name}}；{{/each}}",
			"1．甲；2．乙{{unit}}；" },
		{ "an item looks at the paper, too", "{{#each items}}{{unit}}{{@zh}} {{/each}}",
			"教务处一 教务处二 " },
		{ "a condition within a list",
			"{{#each items}}{{#if done}}{{name}}{{done}}{{/if}}{{/each}}",
			"甲昨天" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		struct slice text = { 0 };
		struct diag diag = { 0 };
		int error = fill_one(cases[i].text, arena, &text, &diag);
		if (error != 0 || !slice_is(text, cases[i].want)) {
			fail_msg("%s: %d %s: %.*s", cases[i].name, error, diag.text,
				SLICE_FMT(text));
		}
	}
}

static void test_broken(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		int want;
		const char *says;
	} cases[] = {
		{ "a tag that is not closed", "甲{{unit", E_FORMAT,
			"{{unit is not closed by }}" },
		{ "a field nobody has", "{{unitt}}", E_ABSENT,
			"{{unitt}} is no field of this paper" },
		{ "a tag without a name", "{{}}", E_FORMAT, "{{}} names no field" },
		{ "a name in other letters", "{{Unit}}", E_FORMAT, "{{Unit}} names no field" },
		{ "a list as a text", "{{items}}", E_ABSENT, "{{items}} is a list" },
		{ "a text as a list", "{{#each unit}}{{/each}}", E_ABSENT,
			"{{unit}} is no list" },
		{ "a list that is not closed", "{{#each items}}{{name}}", E_FORMAT,
			"{{#each}} is not closed" },
		{ "a condition closed by the other tag", "{{#if unit}}{{/each}}", E_FORMAT,
			"{{#if}} is not closed" },
		{ "an end without a begin", "{{/if}}", E_FORMAT,
			"a tag closes what is not open" },
		{ "a field of no item, though the condition does not hold",
			"{{#if note}}{{nothing}}{{/if}}", E_ABSENT,
			"{{nothing}} is no field of this paper" },
		{ "a list within itself", "{{#each items}}{{#each items}}{{/each}}{{/each}}",
			E_ABSENT, "{{items}} is no field of this paper" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		struct slice text = { 0 };
		struct diag diag = { 0 };
		int error = fill_one(cases[i].text, arena, &text, &diag);
		if (error != cases[i].want || strcmp(diag.text, cases[i].says) != 0) {
			fail_msg("%s: %d %s", cases[i].name, error, diag.text);
		}
	}
}

static void test_clean(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		const char *want;
	} cases[] = {
		{ "Han and Latin stay", "教务处 A-1（甲）", "教务处 A-1（甲）" },
		{ "a tabulator is a space", "a\tb", "a b" },
		{ "controls go",
			"a\x01\x7f"
			"b\xc2\x85",
			"ab" },
		{ "what turns the direction goes",
			"a\xe2\x80\xae"
			"b\xe2\x81\xa6",
			"ab" },
		{ "a line separator is a line",
			"a\xe2\x80\xa8"
			"b",
			"a\nb" },
		{ "two marks stay, the third goes", "e\xcc\x81\xcc\x82\xcc\x83",
			"e\xcc\x81\xcc\x82" },
		{ "also when what is not seen stands between",
			"e\xcc\x81\xcc\x82\xe2\x80\x8b\xcc\x83", "e\xcc\x81\xcc\x82" },
		{ "a mark on nothing goes",
			"\xcc\x81"
			"a",
			"a" },
		{ "what is not UTF-8 is shown as such", "a\xff", "a\xef\xbf\xbd" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		struct slice text = fill_clean(arena, slice_str(cases[i].text));
		if (!slice_is(text, cases[i].want)) {
			fail_msg("%s: %.*s", cases[i].name, SLICE_FMT(text));
		}
		assert_true(clean_already(text));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "fields, conditions and lists are filled in", test_texts, NULL, NULL, NULL },
		{ "what is broken is told with its name", test_broken, NULL, NULL, NULL },
		{ "text from outside is cleaned", test_clean, NULL, NULL, NULL },
	};
	return cmocka_run_group_tests_name("paper fill", tests, NULL, NULL);
}
