/* SPDX-License-Identifier: Apache-2.0 */
#include "json_oracle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

enum { DOCUMENTS = 4000, MUTANTS = 12, NEST_MAX = 5, TEXT_MAX = 20000 };

/* Same seed, same documents: a failure comes back. */
static uint64_t seed;

static uint32_t draw(uint32_t below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((seed >> 33) % below);
}

#define PICK(words) (words)[draw(sizeof(words) / sizeof((words)[0]))]

static void put_space(struct buf *buf)
{
	static const char *const runs[] = { "", "", "", "", " ", "\n", "\r\n\t",
		"                    " };
	buf_put_str(buf, PICK(runs));
}

static void put_string(struct buf *buf)
{
	static const char *const pieces[] = { "a", "plain text, rather long", "\\n", "\\\"",
		"\\\\", "\\/", "\\u0041", "\\u00e9", "\\u4E2d", "\\ud83d\\ude00",
		"\\uDBFF\\uDFFF", "é", "教务处", "\xf0\x9f\x98\x80", "\x7f", "\xed\x9f\xbf",
		"\xef\xbf\xbf", "{", "]", ",", ":" };
	buf_put_byte(buf, '"');
	for (uint32_t n = draw(6); n > 0; n--) {
		buf_put_str(buf, PICK(pieces));
	}
	buf_put_byte(buf, '"');
}

static void put_number(struct buf *buf)
{
	static const char *const edges[] = { "0", "-0", "9223372036854775807",
		"-9223372036854775808", "9223372036854775808", "-9223372036854775809", "1e400",
		"-1E+400", "1e-400", "0e0", "2.2250738585072011e-308", "9007199254740993.0",
		"0.1", "-0.0", "999999999999999999" };
	if (draw(3) == 0) {
		buf_put_str(buf, PICK(edges));
		return;
	}
	buf_printf(buf, "%s%u", draw(2) != 0 ? "-" : "", draw(100000));
	if (draw(2) != 0) {
		buf_printf(buf, ".%03u", draw(1000));
	}
	if (draw(4) == 0) {
		buf_printf(buf, "e%s%u", draw(2) != 0 ? "-" : "+", draw(30));
	}
}

static void put_value(struct buf *buf, unsigned nest); // NOLINT(misc-no-recursion)

static void put_container(struct buf *buf, unsigned nest) // NOLINT(misc-no-recursion)
{
	bool object = draw(2) != 0;
	buf_put_byte(buf, object ? '{' : '[');
	put_space(buf);
	for (uint32_t i = 0, n = draw(6); i < n; i++) {
		if (i > 0) {
			buf_put_byte(buf, ',');
			put_space(buf);
		}
		if (object) {
			put_string(buf);
			put_space(buf);
			buf_put_byte(buf, ':');
		}
		put_value(buf, nest + 1);
	}
	buf_put_byte(buf, object ? '}' : ']');
}

static void put_value(struct buf *buf, unsigned nest) // NOLINT(misc-no-recursion)
{
	static const char *const words[] = { "true", "false", "null" };
	put_space(buf);
	switch (draw(nest < NEST_MAX ? 6 : 3)) {
	case 0:
		buf_put_str(buf, PICK(words));
		break;
	case 1:
		put_number(buf);
		break;
	case 2:
		put_string(buf);
		break;
	default:
		put_container(buf, nest);
	}
	put_space(buf);
}

/* One place changed, taken out, put in, doubled, or all behind it cut off. */
static void put_mutant(struct buf *mutant, struct slice text)
{
	static const uint8_t octets[] =
		"\"\\{}[]:,0189-+.eE \n\t\x00\x1f\x7f\x80\xbf\xc2\xe0\xed\xf4tfnu";
	size_t at = draw((uint32_t)text.n);
	size_t skip = 0;
	buf_put(mutant, slice_head(text, at));
	switch (draw(5)) {
	case 0:
		buf_put_byte(mutant, octets[draw(sizeof(octets))]);
		skip = 1;
		break;
	case 1:
		skip = 1 + draw(4);
		break;
	case 2:
		buf_put_byte(mutant, octets[draw(sizeof(octets))]);
		break;
	case 3:
		buf_put(mutant, slice_head(slice_skip(text, at), 1 + draw(9)));
		break;
	default:
		skip = text.n;
	}
	buf_put(mutant, slice_skip(slice_skip(text, at), skip));
}

static void check(struct slice text)
{
	const char *differs = json_oracle_differs(text);
	if (differs != NULL) {
		fail_msg("%s: %.*s", differs, SLICE_FMT(text));
	}
}

static void right_texts_are_read_alike(void **state)
{
	(void)state;
	seed = 1;
	for (unsigned i = 0; i < DOCUMENTS; i++) {
		AUTO_BUF struct buf text;
		buf_init(&text, TEXT_MAX);
		put_value(&text, 0);
		check(buf_slice(&text));
		/* Were it refused by both, nothing would have been compared. */
		AUTO_BUF struct buf plain;
		buf_init(&plain, 8 * TEXT_MAX);
		assert_int_not_equal(oracle_jansson(buf_slice(&text), &plain), ORACLE_REFUSED);
	}
}

static void damaged_texts_are_read_or_refused_alike(void **state)
{
	(void)state;
	seed = 2;
	for (unsigned i = 0; i < DOCUMENTS; i++) {
		AUTO_BUF struct buf text;
		buf_init(&text, TEXT_MAX);
		put_value(&text, 0);
		for (unsigned k = 0; k < MUTANTS && text.n > 0; k++) {
			AUTO_BUF struct buf mutant;
			buf_init(&mutant, TEXT_MAX);
			put_mutant(&mutant, buf_slice(&text));
			check(buf_slice(&mutant));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_texts_are_read_alike),
		cmocka_unit_test(damaged_texts_are_read_or_refused_alike),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
