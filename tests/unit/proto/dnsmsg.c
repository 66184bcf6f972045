/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/dnsmsg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

static struct dnsmsg dns;

/* Header, then the question www.example.test A at offset 12. */
#define HEAD(flags, answers) "\x12\x34" flags "\0\1\0" answers "\0\0\0\0"
#define QUESTION "\3www\7example\4test\0\0\1\0\1"

static void a_query_is_what_the_standard_draws(void **state)
{
	(void)state;
	AUTO_BUF struct buf wire;
	buf_init(&wire, 512);
	struct dnsmsg_query query = { .id = 0x1234,
		.type = DNSMSG_A,
		.recursion = true,
		.name = SLICE("www.example.test.") };
	assert_int_equal(dnsmsg_put_query(&wire, &query), 0);
	assert_true(slice_eq(buf_slice(&wire), SLICE(HEAD("\1\0", "\0") QUESTION)));
	buf_clear(&wire);
	query.authentic = true;
	assert_int_equal(dnsmsg_put_query(&wire, &query), 0);
	assert_true(slice_ends(buf_slice(&wire), SLICE("\0\0\x29\x04\xd0\0\0\x80\0\0\0")));
	assert_int_equal(wire.p[3], 0x20);
}

static void a_name_that_is_none_is_refused(void **state)
{
	(void)state;
	static char longest[300];
	memset(longest, 'a', sizeof(longest) - 1);
	const char *const bad[] = { "a..b", ".a", "a\\.b", longest,
		"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg.x" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		AUTO_BUF struct buf wire;
		buf_init(&wire, 512);
		struct dnsmsg_query query = { .type = DNSMSG_A, .name = slice_str(bad[i]) };
		assert_int_equal(dnsmsg_put_query(&wire, &query), E_FORMAT);
	}
	/* 63 octets four times and dots are 256 octets on the wire: one too many. */
	for (size_t i = 63; i < sizeof(longest) - 1; i += 64) {
		longest[i] = '.';
	}
	AUTO_BUF struct buf wire;
	buf_init(&wire, 512);
	struct dnsmsg_query query = { .type = DNSMSG_A, .name = slice_of(longest, 255) };
	assert_int_equal(dnsmsg_put_query(&wire, &query), E_FORMAT);
}

static void answers_are_read_as_text(void **state)
{
	(void)state;
	const struct {
		const char *name;
		struct slice record; /* behind the owner's pointer */
		uint16_t type;
		const char *value;
	} cases[] = {
		{ "an address", SLICE("\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\1"), DNSMSG_A,
			"127.0.0.1" },
		{ "a version 6 address",
			SLICE("\0\x1c\0\1\0\0\0\x3c\0\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"),
			DNSMSG_AAAA, "::1" },
		{ "an alias whose tail is elsewhere",
			SLICE("\0\5\0\1\0\0\0\x3c\0\6\3web\xc0\x10"), DNSMSG_CNAME,
			"web.example.test" },
		{ "a mail exchanger", SLICE("\0\xf\0\1\0\0\0\x3c\0\7\0\xa\2mx\xc0\x10"),
			DNSMSG_MX, "10 mx.example.test" },
		{ "text in pieces",
			SLICE("\0\x10\0\1\0\0\0\x3c\0\7\2v=\3"
			      "abc"),
			DNSMSG_TXT, "v=abc" },
		{ "a service", SLICE("\0\x21\0\1\0\0\0\x3c\0\xb\0\1\0\2\x1f\x90\2ab\xc0\x10"),
			DNSMSG_SRV, "1 2 8080 ab.example.test" },
		{ "the root", SLICE("\0\2\0\1\0\0\0\x3c\0\1\0"), DNSMSG_NS, "." },
		{ "a dot within a label", SLICE("\0\2\0\1\0\0\0\x3c\0\6\4a.\\\1\0"), DNSMSG_NS,
			"a\\.\\\\\\001" },
		{ "a type not read", SLICE("\0\x63\0\1\0\0\0\x3c\0\2xx"), 99, "" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_BUF struct buf wire;
		buf_init(&wire, 1024);
		buf_put(&wire, SLICE(HEAD("\x85\x80", "\1") QUESTION "\xc0\x0c"));
		buf_put(&wire, cases[i].record);
		if (dnsmsg_parse(buf_slice(&wire), &dns) != 0) {
			fail_msg("%s", cases[i].name);
		}
		assert_true(dns.is_response && dns.authoritative && !dns.truncated &&
			    !dns.authentic);
		assert_string_equal(dns.question, "www.example.test");
		assert_int_equal(dns.answer_count, 1);
		assert_int_equal(dns.answers[0].type, cases[i].type);
		assert_int_equal(dns.answers[0].ttl_s, 60);
		assert_string_equal(dns.answers[0].value, cases[i].value);
		/* No prefix of it is taken for the whole. */
		for (size_t n = 0; n < wire.n; n++) {
			assert_int_equal(dnsmsg_parse(slice_of(wire.p, n), &dns), E_SHORT);
		}
	}
}

static void hostile_messages_are_refused(void **state)
{
	(void)state;
	const struct {
		const char *name;
		struct slice wire;
	} cases[] = {
		{ "a pointer to itself", SLICE(HEAD("\x80\0", "\0") "\xc0\x0c\0\1\0\1") },
		{ "a pointer forward", SLICE(HEAD("\x80\0", "\0") "\xc0\x0e\1a\0\0\1\0\1") },
		{ "two pointers in a ring",
			SLICE(HEAD("\x80\0",
				"\1") "\1a\xc0\x12\0\1\0\1\xc0\x0c\0\1\0\1\0\0\0\0\0\0") },
		{ "a label type that is none", SLICE(HEAD("\x80\0", "\0") "\x80"
									  "aaaaaaaaaaaaaaaa") },
		{ "an address of five octets",
			SLICE(HEAD("\x80\0", "\1") QUESTION
				"\xc0\x0c\0\1\0\1\0\0\0\0\0\5\1\2\3\4\5") },
		{ "two questions", SLICE("\x12\x34\x80\0\0\2\0\0\0\0\0\0" QUESTION QUESTION) },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (dnsmsg_parse(cases[i].wire, &dns) != E_FORMAT) {
			fail_msg("%s", cases[i].name);
		}
	}
}

static void more_answers_than_kept_are_counted(void **state)
{
	(void)state;
	AUTO_BUF struct buf wire;
	buf_init(&wire, 4096);
	buf_put(&wire, SLICE(HEAD("\x80\0", "\x28") QUESTION));
	for (unsigned i = 0; i < 40; i++) {
		buf_put(&wire, SLICE("\xc0\x0c\0\1\0\1\0\0\0\0\0\4\1\2\3\4"));
	}
	assert_int_equal(dnsmsg_parse(buf_slice(&wire), &dns), 0);
	assert_int_equal(dns.answer_total, 40);
	assert_int_equal(dns.answer_count, DNSMSG_ANSWERS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_query_is_what_the_standard_draws),
		cmocka_unit_test(a_name_that_is_none_is_refused),
		cmocka_unit_test(answers_are_read_as_text),
		cmocka_unit_test(hostile_messages_are_refused),
		cmocka_unit_test(more_answers_than_kept_are_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
