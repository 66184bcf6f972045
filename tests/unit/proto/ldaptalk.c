/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/ldaptalk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#define M(text)                                                                                \
	{                                                                                      \
		(const uint8_t *)(text), sizeof(text) - 1                                      \
	}
#define BOUND "\x30\x0c\x02\x01\x02\x61\x07\x0a\x01\x00\x04\x00\x04\x00"
#define WRONG "\x30\x0e\x02\x01\x02\x61\x09\x0a\x01\x31\x04\x00\x04\x02no"
#define NOT_ANONYMOUS "\x30\x0c\x02\x01\x02\x61\x07\x0a\x01\x30\x04\x00\x04\x00"
#define BUSY "\x30\x0c\x02\x01\x02\x61\x07\x0a\x01\x33\x04\x00\x04\x00"
#define SYNTAX "\x30\x0c\x02\x01\x02\x61\x07\x0a\x01\x22\x04\x00\x04\x00"
#define ENTRY                                                                                        \
	"\x30\x24\x02\x01\x03\x64\x1f\x04\x00\x30\x1b\x30\x19\x04\x0enamingContexts\x31\x07\x04\x05" \
	"dc=Ab"
#define DONE "\x30\x0c\x02\x01\x03\x65\x07\x0a\x01\x00\x04\x00\x04\x00"
#define TLS_YES "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00"
#define TLS_WHAT "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x02\x04\x00\x04\x00"
#define TLS_NOT_NOW "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x34\x04\x00\x04\x00"
#define GOODBYE "\x30\x0c\x02\x01\x00\x78\x07\x0a\x01\x34\x04\x00\x04\x00"

static const struct {
	const char *name;
	bool want_tls;
	struct slice server;
	enum talk_step step;
	enum talk_end end;
	bool found;
} cases[] = {
	{ "the root entry holds the context", false, M(BOUND ENTRY DONE), TALK_DONE, TALK_GOOD,
		true },
	{ "the root entry is hidden", false, M(BOUND DONE), TALK_DONE, TALK_GOOD, false },
	{ "a wrong password", false, M(WRONG), TALK_DONE, TALK_LOGIN_REFUSED, false },
	{ "anonymous binds are off", false, M(NOT_ANONYMOUS), TALK_DONE, TALK_LOGIN_OFF,
		false },
	{ "too busy", false, M(BUSY), TALK_DONE, TALK_UNAVAILABLE, false },
	{ "a DN that is none", false, M(SYNTAX), TALK_DONE, TALK_REFUSED, false },
	{ "TLS is agreed on", true, M(TLS_YES), TALK_TLS, TALK_OPEN, false },
	{ "TLS is not known", true, M(TLS_WHAT), TALK_DONE, TALK_NO_TLS, false },
	{ "TLS is not to be had", true, M(TLS_NOT_NOW), TALK_DONE, TALK_TLS_REFUSED, false },
	{ "a notice of disconnection", false, M(GOODBYE), TALK_DONE, TALK_UNAVAILABLE, false },
	{ "an answer to what was not asked", false, M(DONE), TALK_DONE, TALK_MALFORMED, false },
	{ "an entry before the search", false, M(ENTRY), TALK_DONE, TALK_MALFORMED, false },
	{ "another service", false, M("220 mail\r\n"), TALK_DONE, TALK_MALFORMED, false },
	{ "an indefinite length", false, M("\x30\x80\x02\x01\x02"), TALK_DONE, TALK_MALFORMED,
		false },
	{ "a length beyond all bounds", false, M("\x30\x84\x7f\xff\xff\xff"), TALK_DONE,
		TALK_MALFORMED, false },
	{ "a length of five octets", false, M("\x30\x85\x01\x01\x01\x01\x01"), TALK_DONE,
		TALK_MALFORMED, false },
	{ "a result cut short inside", false, M("\x30\x08\x02\x01\x02\x61\x03\x0a\x01\x00"),
		TALK_DONE, TALK_MALFORMED, false },
	{ "half a message is waited for", false, M("\x30\x0c\x02\x01\x02\x61"), TALK_MORE,
		TALK_OPEN, false },
	{ "a long form where the short would do", false,
		M("\x30\x81\x0c\x02\x01\x02\x61\x07\x0a\x01\x00\x04\x00\x04\x00" ENTRY DONE),
		TALK_DONE, TALK_GOOD, true },
};

static void run(size_t i, size_t part)
{
	AUTO_BUF struct buf out;
	struct ldaptalk talk = { .want_tls = cases[i].want_tls, .expect = SLICE("DC=aB") };
	enum talk_step step = TALK_MORE;
	buf_init(&out, LDAPTALK_OUT_MAX);
	ldaptalk_init(&talk);
	ldaptalk_begin(&talk, &out);
	for (struct slice rest = cases[i].server; rest.n > 0 && step == TALK_MORE;
		rest = slice_skip(rest, part)) {
		step = ldaptalk_feed(&talk, slice_head(rest, part), &out);
	}
	if (step != cases[i].step || talk.end != cases[i].end ||
		talk.context_found != cases[i].found) {
		fail_msg("%s: step %d, end %d", cases[i].name, (int)step, (int)talk.end);
	}
	ldaptalk_fini(&talk);
}

static void each_dialogue_ends_as_it_should(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		run(i, 4096);
		run(i, 1);
	}
}

static void requests_are_written_as_they_should(void **state)
{
	AUTO_BUF struct buf out;
	struct ldaptalk talk = { .user = SLICE("cn=a"), .password = SLICE("pw") };
	const struct slice bind = M("\x30\x12\x02\x01\x02\x60\x0d\x02\x01\x03\x04\x04"
				    "cn=a\x80\x02pw");
	(void)state;
	buf_init(&out, LDAPTALK_OUT_MAX);
	ldaptalk_init(&talk);
	ldaptalk_begin(&talk, &out);
	assert_true(slice_eq(buf_slice(&out), bind));
	buf_clear(&out);
	talk.user = (struct slice) { 0 }; /* a password without a name goes nowhere */
	ldaptalk_begin(&talk, &out);
	assert_true(slice_find(buf_slice(&out), SLICE("pw")) == SIZE_MAX);
	ldaptalk_fini(&talk);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_dialogue_ends_as_it_should),
		cmocka_unit_test(requests_are_written_as_they_should),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
