/* SPDX-License-Identifier: Apache-2.0 */
#include "base/jw.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/json.h"

static void commas_and_colons_are_put_alone(void **state)
{
	(void)state;
	AUTO_BUF struct buf buf;
	buf_init(&buf, 1000);
	struct jw jw;
	jw_init(&jw, &buf);
	jw_object(&jw);
	jw_kv_str(&jw, "名", SLICE("a"));
	jw_kv_int(&jw, "n", INT64_MIN);
	jw_kv_bool(&jw, "b", true);
	jw_kv_opt(&jw, "o", SLICE(""));
	jw_key_slice(&jw, SLICE("list"));
	jw_array(&jw);
	jw_array(&jw);
	jw_end(&jw);
	jw_object(&jw);
	jw_end(&jw);
	jw_uint(&jw, UINT64_MAX);
	jw_uint(&jw, 7);
	jw_raw(&jw, SLICE("[1]"));
	jw_value(&jw, NULL);
	jw_end(&jw);
	jw_kv_opt(&jw, "p", SLICE("x"));
	jw_end(&jw);
	assert_false(buf.failed);
	assert_string_equal((char *)buf.p,
		"{\"名\":\"a\",\"n\":-9223372036854775808,\"b\":true,\"o\":null,"
		"\"list\":[[],{},18446744073709551615,7,[1],null],\"p\":\"x\"}");
}

static const struct {
	const char *name;
	struct slice text;
	const char *want;
} strings[] = {
	{ "quote and backslash are escaped", { (const uint8_t *)"a\"b\\", 4 },
		"\"a\\\"b\\\\\"" },
	{ "controls are escaped", { (const uint8_t *)"\b\f\n\r\t\0\x1f", 7 },
		"\"\\b\\f\\n\\r\\t\\u0000\\u001F\"" },
	{ "a slash stands bare", { (const uint8_t *)"</a>", 4 }, "\"</a>\"" },
	{ "Chinese is kept", { (const uint8_t *)"教务处", 9 }, "\"教务处\"" },
	{ "a bad octet is replaced", { (const uint8_t *)"a\xff\"", 3 },
		"\"a\xef\xbf\xbd\\\"\"" },
	{ "a cut sequence is replaced octet by octet", { (const uint8_t *)"\xe6\x95", 2 },
		"\"\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "nothing is an empty string", { NULL, 0 }, "\"\"" },
};

static void strings_are_escaped(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		AUTO_BUF struct buf buf;
		buf_init(&buf, 1000);
		struct jw jw;
		jw_init(&jw, &buf);
		jw_str(&jw, strings[i].text);
		if (!slice_is(buf_slice(&buf), strings[i].want)) {
			fail_msg("%s: %s", strings[i].name, (char *)buf.p);
		}
	}
}

static const struct {
	const char *name;
	double value;
	const char *want;
} doubles[] = {
	{ "a tenth is short", 0.1, "0.1" },
	{ "a third needs sixteen digits", 1.0 / 3, "0.3333333333333333" },
	{ "a sum of tenths needs seventeen", 0.1 + 0.2, "0.30000000000000004" },
	{ "a whole number has no point", 5, "5" },
	{ "minus zero keeps its sign", -0.0, "-0" },
	{ "the largest double survives", 1.7976931348623157e308, "1.7976931348623157e+308" },
	{ "NaN is null", NAN, "null" },
	{ "infinity is null", -INFINITY, "null" },
};

static void doubles_are_as_short_as_they_can_be(void **state)
{
	(void)state;
	AUTO_BUF struct buf buf;
	buf_init(&buf, 1000);
	for (size_t i = 0; i < sizeof(doubles) / sizeof(doubles[0]); i++) {
		buf_clear(&buf);
		struct jw jw;
		jw_init(&jw, &buf);
		jw_double(&jw, doubles[i].value);
		if (!slice_is(buf_slice(&buf), doubles[i].want)) {
			fail_msg("%s: %s", doubles[i].name, (char *)buf.p);
		}
	}
	uint64_t bits = 88172645463325252u;
	for (unsigned i = 0; i < 20000; i++) {
		bits ^= bits << 13;
		bits ^= bits >> 7;
		bits ^= bits << 17;
		double value = 0;
		memcpy(&value, &bits, sizeof(value));
		buf_clear(&buf);
		struct jw jw;
		jw_init(&jw, &buf);
		jw_double(&jw, value);
		AUTO_ARENA struct arena *arena = arena_create(0);
		const struct json *root = NULL;
		double back = 0;
		assert_int_equal(json_parse(arena, buf_slice(&buf), 0, &root, NULL), 0);
		assert_true(isfinite(value) ? json_double(root, &back)
					    : json_type(root) == JSON_NULL);
		if (isfinite(value) && memcmp(&back, &value, sizeof(back)) != 0) {
			fail_msg("%.17g came back as %.17g", value, back);
		}
	}
}

/* A part of a document is written alone; a buf too small for it fails and stays within. */
static void values_are_written_again(void **state)
{
	(void)state;
	static const char text[] = "{\"a\":[{\"b\":[1,\"\\n\"],\"c\":{}},\"x\"],\"d\":null}";
	AUTO_ARENA struct arena *arena = arena_create(0);
	const struct json *root = NULL;
	assert_int_equal(json_parse(arena, slice_str(text), 0, &root, NULL), 0);
	for (size_t max = 0; max < sizeof(text) + 2; max++) {
		AUTO_BUF struct buf buf;
		buf_init(&buf, max);
		struct jw jw;
		jw_init(&jw, &buf);
		jw_value(&jw, root);
		assert_int_equal(buf.failed, max < sizeof(text) - 1);
		assert_true(buf.n <= max);
		assert_true(buf.failed || slice_is(buf_slice(&buf), text));
	}
	AUTO_BUF struct buf part;
	buf_init(&part, 100);
	struct jw jw;
	jw_init(&jw, &part);
	jw_array(&jw);
	jw_value(&jw, json_first(json_get(root, "a")));
	jw_value(&jw, json_get(root, "d"));
	jw_end(&jw);
	assert_string_equal((char *)part.p, "[{\"b\":[1,\"\\n\"],\"c\":{}},null]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commas_and_colons_are_put_alone),
		cmocka_unit_test(strings_are_escaped),
		cmocka_unit_test(doubles_are_as_short_as_they_can_be),
		cmocka_unit_test(values_are_written_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
