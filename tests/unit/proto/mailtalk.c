/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/mailtalk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

/* The server's octets in two scenes, the second after TLS; what we sent, and how it ended. */
static const struct {
	const char *name;
	enum mailtalk_kind kind;
	bool want_tls;
	bool login;
	const char *server;
	const char *secured; /* NULL = TLS is never reached */
	const char *sent;
	enum talk_end end;
} cases[] = {
	{ "SMTP greets and takes EHLO", MAILTALK_SMTP, false, false,
		"220 a ESMTP\r\n250-a\r\n250 STARTTLS\r\n", NULL,
		"EHLO monitor.invalid\r\nQUIT\r\n", TALK_GOOD },
	{ "SMTP begins TLS and is asked again", MAILTALK_SMTP, true, false,
		"220 a\r\n250-a\r\n250-STARTTLS\r\n250 8BITMIME\r\n220 go\r\n", "250 a\r\n",
		"EHLO monitor.invalid\r\nSTARTTLS\r\nEHLO monitor.invalid\r\nQUIT\r\n",
		TALK_GOOD },
	{ "SMTP offers no TLS", MAILTALK_SMTP, true, false,
		"220 a\r\n250-a\r\n250 X-STARTTLS\r\n", NULL, "EHLO monitor.invalid\r\n",
		TALK_NO_TLS },
	{ "SMTP says STARTTLS in its greeting only", MAILTALK_SMTP, true, false,
		"220-STARTTLS\r\n220 a\r\n250 a\r\n", NULL, "EHLO monitor.invalid\r\n",
		TALK_NO_TLS },
	{ "SMTP takes back its TLS", MAILTALK_SMTP, true, false,
		"220 a\r\n250-a\r\n250 STARTTLS\r\n454 later\r\n", NULL,
		"EHLO monitor.invalid\r\nSTARTTLS\r\n", TALK_TLS_REFUSED },
	{ "SMTP does not serve", MAILTALK_SMTP, false, false, "554 no\r\n", NULL, "",
		TALK_UNAVAILABLE },
	{ "SMTP takes no EHLO", MAILTALK_SMTP, false, false, "220 a\r\n502 no\r\n", NULL,
		"EHLO monitor.invalid\r\n", TALK_REFUSED },
	{ "SMTP is something else", MAILTALK_SMTP, false, false, "SSH-2.0-x\r\n", NULL, "",
		TALK_MALFORMED },
	{ "a code without room behind it", MAILTALK_SMTP, false, false, "220x\r\n", NULL, "",
		TALK_MALFORMED },
	{ "IMAP greets and says what it can", MAILTALK_IMAP, false, false,
		"* OK hi\r\n* CAPABILITY IMAP4rev1 STARTTLS\r\na1 OK\r\n", NULL,
		"a1 CAPABILITY\r\na1 LOGOUT\r\n", TALK_GOOD },
	{ "IMAP begins TLS, is asked again, and lets in", MAILTALK_IMAP, true, true,
		"* OK\r\n* CAPABILITY STARTTLS LOGINDISABLED\r\na1 OK\r\na1 OK\r\n",
		"* CAPABILITY IMAP4rev1\r\na1 OK\r\n* 1 EXISTS\r\na1 OK in\r\n",
		"a1 CAPABILITY\r\na1 STARTTLS\r\na1 CAPABILITY\r\na1 LOGIN \"a\\\"b\" \"p\\\\w\"\r\na1 LOGOUT\r\n",
		TALK_GOOD },
	{ "IMAP refuses the password", MAILTALK_IMAP, false, true,
		"* OK\r\n* CAPABILITY\r\na1 OK\r\na1 NO wrong\r\n", NULL,
		"a1 CAPABILITY\r\na1 LOGIN \"a\\\"b\" \"p\\\\w\"\r\n", TALK_LOGIN_REFUSED },
	{ "IMAP takes no password here", MAILTALK_IMAP, false, true,
		"* OK\r\n* CAPABILITY LOGINDISABLED\r\na1 OK\r\n", NULL, "a1 CAPABILITY\r\n",
		TALK_LOGIN_OFF },
	{ "IMAP says goodbye at once", MAILTALK_IMAP, false, false, "* BYE full\r\n", NULL, "",
		TALK_UNAVAILABLE },
	{ "IMAP says goodbye in the middle", MAILTALK_IMAP, false, false, "* OK\r\n* BYE\r\n",
		NULL, "a1 CAPABILITY\r\n", TALK_UNAVAILABLE },
	{ "IMAP offers no TLS", MAILTALK_IMAP, true, false,
		"* OK\r\n* CAPABILITY IMAP4rev1\r\na1 OK\r\n", NULL, "a1 CAPABILITY\r\n",
		TALK_NO_TLS },
	{ "IMAP is POP3", MAILTALK_IMAP, false, false, "+OK\r\n", NULL, "", TALK_MALFORMED },
	{ "POP3 greets and says what it can", MAILTALK_POP3, false, false,
		"+OK hi\r\n+OK\r\nSTLS\r\nUSER\r\n.\r\n", NULL, "CAPA\r\nQUIT\r\n", TALK_GOOD },
	{ "POP3 knows no CAPA", MAILTALK_POP3, false, false, "+OK\r\n-ERR what\r\n", NULL,
		"CAPA\r\nQUIT\r\n", TALK_GOOD },
	{ "POP3 that knows no CAPA offers no TLS", MAILTALK_POP3, true, false,
		"+OK\r\n-ERR what\r\n", NULL, "CAPA\r\n", TALK_NO_TLS },
	{ "POP3 begins TLS and lets in", MAILTALK_POP3, true, true,
		"+OK\r\n+OK\r\nSTLS\r\n.\r\n+OK\r\n", "+OK\r\nUSER\r\n.\r\n+OK\r\n+OK\r\n",
		"CAPA\r\nSTLS\r\nCAPA\r\nUSER a\"b\r\nPASS p\\w\r\nQUIT\r\n", TALK_GOOD },
	{ "POP3 refuses the password", MAILTALK_POP3, false, true,
		"+OK\r\n+OK\r\n.\r\n+OK\r\n-ERR no\r\n", NULL,
		"CAPA\r\nUSER a\"b\r\nPASS p\\w\r\n", TALK_LOGIN_REFUSED },
	{ "POP3 does not serve", MAILTALK_POP3, false, false, "-ERR busy\r\n", NULL, "",
		TALK_UNAVAILABLE },
};

static enum talk_step feed(
	struct mailtalk *talk, const char *text, size_t part, struct buf *out)
{
	enum talk_step step = TALK_MORE;
	for (struct slice rest = slice_str(text); rest.n > 0 && step == TALK_MORE;
		rest = slice_skip(rest, part)) {
		step = mailtalk_feed(talk, slice_head(rest, part), out);
	}
	return step;
}

static void run(size_t i, size_t part)
{
	AUTO_BUF struct buf out;
	struct mailtalk talk = { .kind = cases[i].kind,
		.want_tls = cases[i].want_tls,
		.user = cases[i].login ? SLICE("a\"b") : (struct slice) { 0 },
		.password = SLICE("p\\w") };
	buf_init(&out, MAILTALK_OUT_MAX);
	mailtalk_init(&talk);
	enum talk_step step = feed(&talk, cases[i].server, part, &out);
	if (cases[i].secured != NULL) {
		assert_int_equal(step, TALK_TLS);
		mailtalk_secured(&talk, &out);
		step = feed(&talk, cases[i].secured, part, &out);
	}
	if (step != TALK_DONE || talk.end != cases[i].end ||
		!slice_is(buf_slice(&out), cases[i].sent)) {
		fail_msg("%s: step %d, end %d, sent %.*s", cases[i].name, (int)step,
			(int)talk.end, SLICE_FMT(buf_slice(&out)));
	}
	mailtalk_fini(&talk);
}

static void each_dialogue_ends_as_it_should(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		run(i, 1);
		run(i, cases[i].secured != NULL ? 1 : 4096);
	}
}

static void nothing_said_before_TLS_counts_after_it(void **state)
{
	AUTO_BUF struct buf out;
	struct mailtalk talk = { .kind = MAILTALK_SMTP, .want_tls = true };
	(void)state;
	buf_init(&out, MAILTALK_OUT_MAX);
	mailtalk_init(&talk);
	/* The reply to the second EHLO, put in by somebody in the middle. */
	assert_int_equal(
		mailtalk_feed(&talk,
			SLICE("220 a\r\n250-a\r\n250 STARTTLS\r\n220 go\r\n250 evil\r\n"),
			&out),
		TALK_TLS);
	mailtalk_secured(&talk, &out);
	assert_int_equal(talk.end, TALK_OPEN);
	assert_int_equal(mailtalk_feed(&talk, SLICE("502 no\r\n"), &out), TALK_DONE);
	assert_int_equal(talk.end, TALK_REFUSED);
	mailtalk_fini(&talk);
}

static void what_would_end_a_line_is_no_name(void **state)
{
	AUTO_BUF struct buf out;
	struct mailtalk talk = {
		.kind = MAILTALK_POP3, .user = SLICE("a\r\nDELE 1"), .password = SLICE("x")
	};
	(void)state;
	buf_init(&out, MAILTALK_OUT_MAX);
	mailtalk_init(&talk);
	assert_int_equal(mailtalk_feed(&talk, SLICE("+OK\r\n+OK\r\n.\r\n"), &out), TALK_DONE);
	assert_int_equal(talk.end, TALK_LOGIN_OFF);
	assert_true(slice_is(buf_slice(&out), "CAPA\r\n"));
	mailtalk_fini(&talk);
}

static void a_server_that_never_ends_is_ended(void **state)
{
	AUTO_BUF struct buf out;
	struct mailtalk talk = { .kind = MAILTALK_SMTP };
	uint8_t line[1024];
	enum talk_step step = TALK_MORE;
	(void)state;
	memset(line, 'a', sizeof(line));
	buf_init(&out, MAILTALK_OUT_MAX);
	mailtalk_init(&talk);
	for (int i = 0; i < 9 && step == TALK_MORE; i++) {
		step = mailtalk_feed(&talk, slice_of(line, sizeof(line)), &out);
	}
	assert_int_equal(talk.end, TALK_MALFORMED);
	mailtalk_fini(&talk);
	mailtalk_init(&talk);
	step = TALK_MORE;
	int lines = 0;
	for (; lines < 2 * MAILTALK_LINES_MAX && step == TALK_MORE; lines++) {
		step = mailtalk_feed(&talk, SLICE("220-on and on\r\n"), &out);
	}
	assert_int_equal(lines, MAILTALK_LINES_MAX + 1);
	mailtalk_fini(&talk);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_dialogue_ends_as_it_should),
		cmocka_unit_test(nothing_said_before_TLS_counts_after_it),
		cmocka_unit_test(what_would_end_a_line_is_no_name),
		cmocka_unit_test(a_server_that_never_ends_is_ended),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
