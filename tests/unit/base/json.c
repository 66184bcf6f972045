/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/jw.h"

/* A parse of a heap copy without a NUL, so that the sanitizer sees one octet too many. */
struct parsed {
	struct arena *arena;
	uint8_t *copy;
	const struct json *root;
	struct diag diag;
	int error;
};

static struct parsed parse(struct slice text, unsigned depth_max)
{
	struct parsed p = { .arena = arena_create(0), .copy = malloc(text.n + (text.n == 0)) };
	assert_non_null(p.copy);
	if (text.n > 0) {
		memcpy(p.copy, text.p, text.n);
	}
	p.error = json_parse(p.arena, slice_of(p.copy, text.n), depth_max, &p.root, &p.diag);
	return p;
}

static void parsed_fini(struct parsed *p)
{
	arena_destroy(p->arena);
	free(p->copy);
}

static struct slice written(const struct json *value, struct buf *buf)
{
	struct jw jw;
	jw_init(&jw, buf);
	jw_value(&jw, value);
	return buf_slice(buf);
}

/* clang-format off */
#define TEXT(literal) { (const uint8_t *)(literal), sizeof(literal) - 1 }
/* clang-format on */

static const struct {
	const char *name;
	struct slice text;
	const char *want; /* written again */
} accepted[] = {
	{ "a text may be a bare number", TEXT("7"), "7" },
	{ "a text may be a bare word", TEXT("null"), "null" },
	{ "a text may be a bare string", TEXT("\"\""), "\"\"" },
	{ "space stands anywhere between tokens", TEXT("\t\r\n { \"a\" : [ 1 , 2 ] } \n"),
		"{\"a\":[1,2]}" },
	{ "long runs of space are skipped",
		TEXT("[                                        "
		     "1,\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n2]"),
		"[1,2]" },
	{ "empty containers stay empty", TEXT("[[],{},[ ],{ }]"), "[[],{},[],{}]" },
	{ "duplicate names are kept in order", TEXT("{\"a\":1,\"b\":2,\"a\":3}"),
		"{\"a\":1,\"b\":2,\"a\":3}" },
	{ "an empty name is a name", TEXT("{\"\":0}"), "{\"\":0}" },
	{ "every short escape is decoded", TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""),
		"\"\\\"\\\\/\\b\\f\\n\\r\\t\"" },
	{ "hex escapes take either case", TEXT("\"\\u00e9\\u00E9\\u4e2d\""), "\"éé中\"" },
	{ "a surrogate pair is one character", TEXT("\"\\uD83D\\ude00\""),
		"\"\xf0\x9f\x98\x80\"" },
	{ "the last code point is reached by escapes", TEXT("\"\\udbff\\udfff\""),
		"\"\xf4\x8f\xbf\xbf\"" },
	{ "an escaped NUL is an octet like others", TEXT("\"a\\u0000b\""), "\"a\\u0000b\"" },
	{ "DEL stands bare", TEXT("\"\x7f\""), "\"\x7f\"" },
	{ "text beyond ASCII is kept", TEXT("[\"教务处 é \xf0\x9f\x98\x80\",\"图书馆\"]"),
		"[\"教务处 é \xf0\x9f\x98\x80\",\"图书馆\"]" },
	{ "edges of the UTF-8 ranges are kept",
		TEXT("\"\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80"
		     "\""),
		"\"\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\"" },
	{ "numbers keep their text", TEXT("[-0,0.0,1e400,1E+2,12.50,-0.1e-7]"),
		"[-0,0.0,1e400,1E+2,12.50,-0.1e-7]" },
	{ "a long string crosses many vector steps",
		TEXT("\"0123456789abcdef0123456789abcdef0123456789abcdef\\n0123456789abcdef\""),
		"\"0123456789abcdef0123456789abcdef0123456789abcdef\\n0123456789abcdef\"" },
};

static void right_texts_are_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
		struct parsed p = parse(accepted[i].text, 0);
		if (p.error < 0) {
			fail_msg("%s: %s at %zu", accepted[i].name, p.diag.text,
				(size_t)p.diag.offset);
		}
		AUTO_BUF struct buf buf;
		buf_init(&buf, 1000);
		if (!slice_is(written(p.root, &buf), accepted[i].want)) {
			fail_msg("%s: written as %s", accepted[i].name, (const char *)buf.p);
		}
		assert_null(json_next(p.root));
		parsed_fini(&p);
	}
}

static const struct {
	const char *name;
	struct slice text;
	int error;
	uint64_t offset;
} refused[] = {
	{ "nothing is not a text", TEXT(""), E_SHORT, 0 },
	{ "space alone is not a text", TEXT("  \n"), E_SHORT, 3 },
	{ "a byte order mark is refused", TEXT("\xef\xbb\xbf{}"), E_FORMAT, 0 },
	{ "UTF-16 is refused", TEXT("{\0}\0"), E_FORMAT, 1 },
	{ "a second value is refused", TEXT("{} {}"), E_FORMAT, 3 },
	{ "a stray close is refused", TEXT("]"), E_FORMAT, 0 },
	{ "a close of the wrong kind is refused", TEXT("[1}"), E_FORMAT, 2 },
	{ "an object closed as an array is refused", TEXT("{\"a\":1]"), E_FORMAT, 6 },
	{ "a trailing comma in an array is refused", TEXT("[1,]"), E_FORMAT, 3 },
	{ "a trailing comma in an object is refused", TEXT("{\"a\":1,}"), E_FORMAT, 7 },
	{ "a leading comma is refused", TEXT("[,1]"), E_FORMAT, 1 },
	{ "a missing comma is refused", TEXT("[1 2]"), E_FORMAT, 3 },
	{ "a missing colon is refused", TEXT("{\"a\" 1}"), E_FORMAT, 5 },
	{ "a missing value is refused", TEXT("{\"a\":}"), E_FORMAT, 5 },
	{ "a name without quotes is refused", TEXT("{a:1}"), E_FORMAT, 1 },
	{ "a number as name is refused", TEXT("{1:1}"), E_FORMAT, 1 },
	{ "single quotes are refused", TEXT("['a']"), E_FORMAT, 1 },
	{ "comments are refused", TEXT("[1/*x*/]"), E_FORMAT, 2 },
	{ "words are lower case", TEXT("True"), E_FORMAT, 0 },
	{ "a word half right is refused where it turns wrong", TEXT("[trap]"), E_FORMAT, 3 },
	{ "a word with more behind it is refused", TEXT("nullx"), E_FORMAT, 4 },
	{ "NaN is refused", TEXT("[NaN]"), E_FORMAT, 1 },
	{ "Infinity is refused", TEXT("-Infinity"), E_FORMAT, 1 },
	{ "a plus sign is refused", TEXT("+1"), E_FORMAT, 0 },
	{ "a leading zero is refused", TEXT("[01]"), E_FORMAT, 2 },
	{ "a leading zero behind a minus is refused", TEXT("-012"), E_FORMAT, 2 },
	{ "a fraction needs a digit before it", TEXT("[.5]"), E_FORMAT, 1 },
	{ "a fraction needs a digit behind it", TEXT("[5.]"), E_FORMAT, 3 },
	{ "an exponent needs a digit", TEXT("[1e]"), E_FORMAT, 3 },
	{ "an exponent needs a digit behind its sign", TEXT("[1e+]"), E_FORMAT, 4 },
	{ "hexadecimal is refused", TEXT("0x10"), E_FORMAT, 1 },
	{ "a bare minus ends too early", TEXT("-"), E_SHORT, 1 },
	{ "a bare exponent ends too early", TEXT("1e-"), E_SHORT, 3 },
	{ "a bare newline in a string is refused", TEXT("\"a\nb\""), E_FORMAT, 2 },
	{ "a bare tab in a string is refused", TEXT("\"\t\""), E_FORMAT, 1 },
	{ "a bare NUL in a string is refused", TEXT("[\"a\0\"]"), E_FORMAT, 3 },
	{ "a control far into a string is refused", TEXT("\"0123456789abcdef0123\x1f\""),
		E_FORMAT, 21 },
	{ "an unknown escape is refused", TEXT("\"\\x41\""), E_FORMAT, 2 },
	{ "three hex digits are refused", TEXT("\"\\u12g4\""), E_FORMAT, 5 },
	{ "an upper-case U escape is refused", TEXT("\"\\U0041\""), E_FORMAT, 2 },
	{ "a lone high surrogate is refused", TEXT("[\"ab\\ud83d\"]"), E_UTF8, 4 },
	{ "two low surrogates are refused", TEXT("\"\\ude00\\ude00\""), E_UTF8, 1 },
	{ "a control early in a long string is refused",
		TEXT("\"0123\x1f"
		     "56789abcdef0123456\""),
		E_FORMAT, 5 },
	{ "bad UTF-8 early in a long string is found",
		TEXT("\"01\xff"
		     "3456789abcdef0123456789abcdef0123456789abcdef\""),
		E_UTF8, 3 },
	{ "bad UTF-8 right before the quote is found",
		TEXT("[\"012345\xff\",1,2,3,4,5,6,7,8,9]"), E_UTF8, 8 },
	{ "a lone low surrogate is refused", TEXT("\"\\ude00\""), E_UTF8, 1 },
	{ "a high surrogate before an escape is refused", TEXT("\"\\ud83d\\n\""), E_UTF8, 1 },
	{ "two high surrogates are refused", TEXT("\"\\ud83d\\ud83d\""), E_UTF8, 1 },
	{ "a stray continuation octet is refused", TEXT("\"a\x80\""), E_UTF8, 2 },
	{ "an overlong slash is refused", TEXT("\"\xc0\xaf\""), E_UTF8, 1 },
	{ "an overlong three-octet form is refused", TEXT("\"\xe0\x9f\xbf\""), E_UTF8, 1 },
	{ "a surrogate in UTF-8 is refused", TEXT("\"\xed\xa0\x80\""), E_UTF8, 1 },
	{ "a code point past the last is refused", TEXT("\"\xf4\x90\x80\x80\""), E_UTF8, 1 },
	{ "a sequence cut by the quote is refused", TEXT("\"中\xe4\xb8\""), E_UTF8, 4 },
	{ "bad UTF-8 before a control is what counts", TEXT("\"\xff\x01\""), E_UTF8, 1 },
	{ "bad UTF-8 behind an escape is found", TEXT("\"\\n\xff\""), E_UTF8, 3 },
	{ "bad UTF-8 in a name is found", TEXT("{\"\xff\":1}"), E_UTF8, 2 },
	{ "bad UTF-8 in an unfinished string is not merely short", TEXT("\"\xff"), E_UTF8, 1 },
	{ "an impossible second octet at the end is not merely short", TEXT("\"\xed\xa0"),
		E_UTF8, 1 },
	{ "a sequence cut by the end is short", TEXT("\"\xed\x9f"), E_SHORT, 3 },
	{ "GBK is not UTF-8", TEXT("\"\xbd\xcc\xce\xf1\""), E_UTF8, 1 },
};

static void wrong_texts_are_refused_where_they_are_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct parsed p = parse(refused[i].text, 0);
		if (p.error != refused[i].error || p.diag.offset != refused[i].offset) {
			fail_msg("%s: %d at %zu", refused[i].name, p.error,
				(size_t)p.diag.offset);
		}
		assert_null(p.root);
		assert_true(p.diag.text[0] != '\0');
		parsed_fini(&p);
	}
	struct parsed p = parse(SLICE("{\n\"a\":\n\n?"), 0);
	assert_int_equal(p.diag.line, 4);
	parsed_fini(&p);
}

static const char whole[] =
	"{\"a\":[1,-2.5e+3,\"x\\\"\\u4e2d\\ud83d\\ude00\",true,false,null,{}, []],"
	"\"教务处\": {\"b\":\"\xf0\x9f\x98\x80 é 0123456789abcdef\"}, \"n\":123}";

static void every_beginning_of_a_text_is_too_short(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(whole); n++) {
		struct parsed p = parse(slice_of(whole, n), 0);
		int want = n == sizeof(whole) - 1 ? 0 : E_SHORT;
		if (p.error != want || (want < 0 && p.diag.offset != n)) {
			fail_msg("%zu octets: %d at %zu", n, p.error, (size_t)p.diag.offset);
		}
		parsed_fini(&p);
	}
}

static void nested(struct buf *buf, size_t depth, const char *open, const char *close)
{
	for (size_t i = 0; i < depth; i++) {
		buf_put_str(buf, open);
	}
	buf_put_str(buf, strcmp(open, "[") == 0 ? "" : "0");
	for (size_t i = 0; i < depth; i++) {
		buf_put_str(buf, close);
	}
}

static const struct {
	const char *name;
	const char *open;
	const char *close;
	size_t depth;
	unsigned depth_max;
	int error;
	uint64_t offset;
} depths[] = {
	{ "arrays nest 64 deep unless asked", "[", "]", 64, 0, 0, 0 },
	{ "arrays do not nest 65 deep", "[", "]", 65, 0, E_DEPTH, 64 },
	{ "objects nest 64 deep unless asked", "{\"a\":", "}", 64, 0, 0, 0 },
	{ "objects do not nest 65 deep", "{\"a\":", "}", 65, 0, E_DEPTH, 64 * 5 },
	{ "one level when one is asked for", "[", "]", 1, 1, 0, 0 },
	{ "not two levels when one is asked for", "[", "]", 2, 1, E_DEPTH, 1 },
	{ "the most that can be asked for is there", "[", "]", JSON_DEPTH_MAX, 9999, 0, 0 },
	{ "no more than that is given", "[", "]", JSON_DEPTH_MAX + 1, 9999, E_DEPTH,
		JSON_DEPTH_MAX },
	{ "objects reach the most too", "{\"a\":", "}", JSON_DEPTH_MAX, 9999, 0, 0 },
};

static void nesting_has_a_limit(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(depths) / sizeof(depths[0]); i++) {
		AUTO_BUF struct buf text;
		buf_init(&text, 100000);
		nested(&text, depths[i].depth, depths[i].open, depths[i].close);
		struct parsed p = parse(buf_slice(&text), depths[i].depth_max);
		if (p.error != depths[i].error ||
			(p.error < 0 && p.diag.offset != depths[i].offset)) {
			fail_msg("%s: %d at %zu", depths[i].name, p.error,
				(size_t)p.diag.offset);
		}
		AUTO_BUF struct buf again;
		buf_init(&again, 100000);
		if (p.error == 0 && !slice_eq(written(p.root, &again), buf_slice(&text))) {
			fail_msg("%s: not written again alike", depths[i].name);
		}
		parsed_fini(&p);
	}
	/* Siblings do not add up. */
	struct parsed p = parse(SLICE("[[],[],[[]],[]]"), 3);
	assert_int_equal(p.error, 0);
	parsed_fini(&p);
}

static const struct {
	const char *name;
	const char *text;
	enum json_type type;
	int64_t want;
} integers[] = {
	{ "the greatest integer is exact", "9223372036854775807", JSON_INT, INT64_MAX },
	{ "the least integer is exact", "-9223372036854775808", JSON_INT, INT64_MIN },
	{ "one above is no integer", "9223372036854775808", JSON_NUMBER, 0 },
	{ "one below is no integer", "-9223372036854775809", JSON_NUMBER, 0 },
	{ "nineteen nines are no integer", "9999999999999999999", JSON_NUMBER, 0 },
	{ "twenty digits are no integer", "10000000000000000000", JSON_NUMBER, 0 },
	{ "eighteen nines are an integer", "999999999999999999", JSON_INT, 999999999999999999 },
	{ "a double would lose this one", "9007199254740993", JSON_INT, 9007199254740993 },
	{ "minus zero is the integer zero", "-0", JSON_INT, 0 },
	{ "a fraction is no integer", "1.0", JSON_NUMBER, 0 },
	{ "an exponent is no integer", "1e2", JSON_NUMBER, 0 },
};

static void integers_are_exact(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(integers) / sizeof(integers[0]); i++) {
		struct parsed p = parse(slice_str(integers[i].text), 0);
		assert_int_equal(p.error, 0);
		int64_t value = 77;
		bool got = json_int(p.root, &value);
		if (json_type(p.root) != integers[i].type ||
			got != (integers[i].type == JSON_INT) ||
			value != (got ? integers[i].want : 77)) {
			fail_msg("%s", integers[i].name);
		}
		assert_true(slice_is(json_number_text(p.root), integers[i].text));
		parsed_fini(&p);
	}
}

static const struct {
	const char *name;
	const char *text;
	bool fits;
	double want;
} doubles[] = {
	{ "an integer is a double too", "5", true, 5.0 },
	{ "a fraction is read to the nearest double", "-12.25e1", true, -122.5 },
	{ "minus zero keeps its sign", "-0", true, -0.0 },
	{ "past the largest double is refused", "1e400", false, 0 },
	{ "far below the smallest is zero", "1e-400", true, 0.0 },
	{ "the largest double is read", "1.7976931348623157e308", true,
		1.7976931348623157e308 },
	{ "a number of many digits is read",
		"1."
		"0000000000000000000000000000000000000000000000000000000000000000000000000000",
		true, 1.0 },
	{ "digit 67 decides the last bit",
		"9007199254740993.00000000000000000000000000000000000000000000000001", true,
		9007199254740994.0 },
};

static void numbers_become_the_nearest_double(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(doubles) / sizeof(doubles[0]); i++) {
		struct parsed p = parse(slice_str(doubles[i].text), 0);
		assert_int_equal(p.error, 0);
		double value = 77;
		bool got = json_double(p.root, &value);
		double want = doubles[i].fits ? doubles[i].want : 77;
		if (got != doubles[i].fits || memcmp(&value, &want, sizeof(value)) != 0) {
			fail_msg("%s: %.17g", doubles[i].name, value);
		}
		parsed_fini(&p);
	}
}

static void values_are_reached_by_name_and_in_order(void **state)
{
	(void)state;
	struct parsed p = parse(SLICE("{\"a\":1,\"list\":[10,\"x\",[],{\"k\":true}],"
				      "\"a\":2,\"na\\u006de\":\"v\\n\",\"off\":false}"),
		0);
	assert_int_equal(p.error, 0);
	assert_int_equal(json_count(p.root), 5);
	assert_int_equal(json_get_int(p.root, "a", -1), 2);
	assert_int_equal(json_get_int(p.root, "list", -1), -1);
	assert_int_equal(json_get_int(p.root, "nowhere", -1), -1);
	assert_true(slice_is(json_get_str(p.root, "name"), "v\n"));
	assert_false(json_get_bool(p.root, "off", true));
	assert_true(json_get_bool(p.root, "a", true));
	const struct json *list = json_get(p.root, "list");
	assert_int_equal(json_type(list), JSON_ARRAY);
	assert_true(slice_is(json_name(list), "list"));
	assert_int_equal(json_count(list), 4);
	const struct json *item = json_first(list);
	assert_int_equal(json_name(item).n, 0);
	assert_true(slice_is(json_str(item = json_next(item)), "x"));
	assert_null(json_first(item = json_next(item)));
	assert_true(json_get_bool(item = json_next(item), "k", false));
	assert_null(json_next(item));
	parsed_fini(&p);
}

static void absent_answers_absent(void **state)
{
	(void)state;
	int64_t i = 3;
	double d = 3;
	bool b = true;
	assert_int_equal(json_type(NULL), JSON_ABSENT);
	assert_null(json_get(json_get(NULL, "a"), "b"));
	assert_null(json_first(NULL));
	assert_null(json_next(NULL));
	assert_int_equal(json_count(NULL) + json_name(NULL).n + json_str(NULL).n, 0);
	assert_int_equal(json_number_text(NULL).n, 0);
	assert_false(json_int(NULL, &i) || json_double(NULL, &d) || json_bool(NULL, &b));
	struct parsed p = parse(SLICE("\"12\""), 0);
	assert_null(json_get(p.root, "12"));
	assert_int_equal(json_count(p.root), 0);
	assert_false(json_int(p.root, &i) || json_double(p.root, &d) || json_bool(p.root, &b));
	parsed_fini(&p);
}

/* Octets taken from the arena for a text of n times the piece in brackets. */
static size_t cost(const char *piece, size_t n, struct arena *arena, int *ret_error)
{
	AUTO_BUF struct buf text;
	buf_init(&text, 64 * n);
	buf_put_str(&text, "[");
	for (size_t i = 0; i < n; i++) {
		buf_put_str(&text, piece);
	}
	buf_put_str(&text, "0]");
	size_t before = arena_used(arena);
	const struct json *root = NULL;
	*ret_error = json_parse(arena, buf_slice(&text), 0, &root, NULL);
	if (*ret_error == 0) {
		assert_int_equal(json_count(root), n + 1);
		size_t count = 0;
		for (const struct json *at = json_first(root); at != NULL; at = json_next(at)) {
			count++;
		}
		assert_int_equal(count, n + 1);
	}
	return (arena_used(arena) - before) / text.n;
}

static void memory_is_bounded_by_the_text(void **state)
{
	(void)state;
	static const char *const pieces[] = { "1,", "\"\",", "\"\\n\",", "{\"\":1},", "[],",
		"\"a long string of plain text\"," };
	int error = 0;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		assert_true(cost(pieces[i], 100000, arena, &error) <= 8);
		assert_int_equal(error, 0);
	}
	AUTO_ARENA struct arena *small = arena_create(64 * 1024);
	cost("1,", 100000, small, &error);
	assert_int_equal(error, E_LIMIT);
	cost("\"\\n\",", 100000, small, &error);
	assert_int_equal(error, E_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_texts_are_accepted),
		cmocka_unit_test(wrong_texts_are_refused_where_they_are_wrong),
		cmocka_unit_test(every_beginning_of_a_text_is_too_short),
		cmocka_unit_test(nesting_has_a_limit),
		cmocka_unit_test(integers_are_exact),
		cmocka_unit_test(numbers_become_the_nearest_double),
		cmocka_unit_test(values_are_reached_by_name_and_in_order),
		cmocka_unit_test(absent_answers_absent),
		cmocka_unit_test(memory_is_bounded_by_the_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
