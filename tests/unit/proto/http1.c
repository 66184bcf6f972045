/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/http1.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"

enum { BODY_MAX = 32 };

static const struct {
	const char *name;
	const char *text;
	int fed;   /* of http1_feed over everything */
	int ended; /* of http1_end, where fed is 0 */
	unsigned status;
	const char *body;
} cases[] = {
	{ "a length ends the body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, rest",
		1, 0, 200, "hello" },
	{ "bare line feeds are borne", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", 1, 0, 200,
		"hi" },
	{ "no reason phrase", "HTTP/1.1 404\r\ncontent-length:0\r\n\r\n", 1, 0, 404, "" },
	{ "the end ends a body without length", "HTTP/1.0 200 OK\r\n\r\nall of it", 0, 1, 200,
		"all of it" },
	{ "too little of a known length is short",
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", 0, E_SHORT, 200, "hell" },
	{ "chunks are joined",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: "
		"chunked\r\n\r\n3;x\r\nabc\r\n0A\r\n0123456789\r\n0\r\n"
		"Trailer: x\r\n\r\n",
		1, 0, 200, "abc0123456789" },
	{ "a chunk without its end is short",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", 0, E_SHORT,
		200, "abc" },
	{ "interim answers are passed over",
		"HTTP/1.1 100 Continue\r\nX: y\r\n\r\nHTTP/1.1 103 "
		"Early\r\n\r\nHTTP/1.1 204 No\r\n\r\n",
		1, 0, 204, "" },
	{ "a folded header is borne",
		"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 1\r\n\r\nz", 1, 0, 200, "z" },
	{ "equal lengths twice are one",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nz", 1, 0, 200,
		"z" },
	{ "two lengths contradict",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nz", E_FORMAT,
		0, 200, "" },
	{ "a negative length is refused", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
		E_FORMAT, 0, 200, "" },
	{ "a chunk size must be a number",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", E_FORMAT, 0, 200,
		"" },
	{ "a chunk size of 16 digits is refused",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: "
		"chunked\r\n\r\nffffffffffffffff\r\n",
		E_FORMAT, 0, 200, "" },
	{ "an encoding nobody asked for is refused",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", E_FORMAT, 0, 200, "" },
	{ "a header needs a colon", "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", E_FORMAT, 0, 200,
		"" },
	{ "a banner is no status line", "SSH-2.0-OpenSSH\r\n", E_FORMAT, 0, 0, "" },
	{ "HTTP/2 is not ours", "HTTP/2 200\r\n\r\n", E_FORMAT, 0, 0, "" },
	{ "status 099 is none", "HTTP/1.1 099 x\r\n", E_FORMAT, 0, 0, "" },
	{ "status 600 is none", "HTTP/1.1 600 x\r\n", E_FORMAT, 0, 0, "" },
	{ "a body beyond the cap is cut and done",
		"HTTP/1.1 200 OK\r\n\r\n0123456789012345678901234567890123456789", 1, 0, 200,
		"01234567890123456789012345678901" },
	{ "nothing at all is short", "", 0, E_SHORT, 0, "" },
};

static void answers_are_read_to_their_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t step = 1; step < 64; step = step * 3 + 1) {
			struct http1 http;
			struct slice left = slice_str(cases[i].text);
			int rc = 0;
			http1_init(&http, BODY_MAX);
			while (left.n > 0 && rc == 0) {
				rc = http1_feed(&http, slice_head(left, step));
				left = slice_skip(left, step);
			}
			int ended = rc == 0 ? http1_end(&http) : 0;
			if (rc != cases[i].fed || ended != cases[i].ended ||
				http.status != cases[i].status ||
				!slice_is(buf_slice(&http.body), cases[i].body)) {
				fail_msg("%s: fed %d ended %d status %u", cases[i].name, rc,
					ended, http.status);
			}
			http1_fini(&http);
		}
	}
}

static void a_redirect_tells_where(void **state)
{
	(void)state;
	struct http1 http;
	http1_init(&http, BODY_MAX);
	assert_int_equal(http1_feed(&http, SLICE("HTTP/1.1 302 Found\r\nLocation: "
						 "/login\r\nContent-Length: 0\r\n\r\n")),
		1);
	assert_string_equal(http.location, "/login");
	http1_fini(&http);
}

static void cookies_are_kept_for_who_asks(void **state)
{
	struct http1 http;
	AUTO_BUF struct buf cookies;
	(void)state;
	buf_init(&cookies, 24);
	http1_init(&http, BODY_MAX);
	http.cookies = &cookies;
	assert_int_equal(
		http1_feed(&http, SLICE("HTTP/1.1 200 OK\r\nSet-Cookie: A=1; Path=/; Secure\r\n"
					"set-cookie:B=2\r\nSet-Cookie: none\r\n"
					"Set-Cookie: C=too-long-to-be-kept\r\n"
					"Content-Length: 0\r\n\r\n")),
		1);
	assert_true(slice_is(buf_slice(&cookies), "A=1; B=2; "));
	http1_fini(&http);
}

static void a_head_without_end_is_refused(void **state)
{
	(void)state;
	static const char *const lines[] = { "X: y\r\n", "", "HTTP/1.1 100 C\r\n\r\n" };
	char *line = malloc(HTTP1_LINE_MAX + 2);
	memset(line, 'x', HTTP1_LINE_MAX + 1);
	line[HTTP1_LINE_MAX + 1] = '\0';
	for (size_t i = 0; i < 3; i++) {
		struct http1 http;
		http1_init(&http, BODY_MAX);
		int rc = http1_feed(&http, i < 2 ? SLICE("HTTP/1.1 200 OK\r\n") : SLICE(""));
		size_t fed = 0;
		while (rc == 0 && fed < 4 * HTTP1_HEAD_MAX) {
			struct slice more = slice_str(i == 1 ? line : lines[i]);
			rc = http1_feed(&http, more);
			fed += more.n;
		}
		assert_int_equal(rc, E_LIMIT);
		assert_true(fed <= HTTP1_HEAD_MAX + HTTP1_LINE_MAX);
		http1_fini(&http);
	}
	free(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_read_to_their_end),
		cmocka_unit_test(a_redirect_tells_where),
		cmocka_unit_test(cookies_are_kept_for_who_asks),
		cmocka_unit_test(a_head_without_end_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
