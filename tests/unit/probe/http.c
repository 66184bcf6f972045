/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "probe/engines.h"
#include "probe/http/http_check.h"
#include "probe/stream.h"
#include "world.h"

static char seen[4096];

static void serve_answer(int fd, void *arg)
{
	world_read_request(fd, seen, sizeof(seen));
	world_send(fd, arg);
}

/* Waits for the peer to hang up. */
static void serve_silence(int fd, void *arg)
{
	char rest[512];
	(void)arg;
	while (recv(fd, rest, sizeof(rest), 0) > 0) {
	}
}

/* Slowloris turned round: a head that never ends, an octet at a time. */
static void serve_drip(int fd, void *arg)
{
	(void)arg;
	world_send(fd, "HTTP/1.1 200 OK\r\nX: ");
	for (unsigned i = 0; i < 60; i++) {
		if (send(fd, "x", 1, MSG_NOSIGNAL) != 1) {
			return;
		}
		(void)usleep(20000);
	}
}

static void serve_endless(int fd, void *arg)
{
	world_read_request(fd, seen, sizeof(seen));
	world_send(fd, "HTTP/1.1 200 OK\r\n");
	while (send(fd, arg, strlen(arg), MSG_NOSIGNAL) > 0) {
	}
}

static void serve_endless_body(int fd, void *arg)
{
	world_read_request(fd, seen, sizeof(seen));
	world_send(fd, "HTTP/1.1 200 OK\r\n\r\n");
	while (send(fd, arg, strlen(arg), MSG_NOSIGNAL) > 0) {
	}
}

static struct caught check(const struct check_spec *spec)
{
	uv_loop_t loop;
	struct caught caught = { 0 };
	assert_int_equal(uv_loop_init(&loop), 0);
	struct stream_set *set = stream_set_create(&loop, 8);
	struct engines engines = { .streams = set };
	assert_int_equal(http_check_start(&engines, spec, caught_sink(&caught)), 0);
	world_run(&loop, &caught, 1, 8000);
	assert_int_equal(caught.count, 1);
	stream_set_close(set);
	world_end(&loop);
	return caught;
}

static void answers_are_judged(void **state)
{
	(void)state;
	static char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n校园网";
	static char chunked[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
				"chunked\r\n\r\n3\r\n校\r\n6\r\n园网\r\n0\r\n\r\n";
	static char moved[] = "HTTP/1.1 302 Found\r\nLocation: "
			      "http://elsewhere.test/\r\nContent-Length: 0\r\n\r\n";
	static char denied[] = "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n";
	static char broken[] = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";
	static char short_body[] = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this";
	static char noise[] = "220 mail.example.test ESMTP\r\n";
	static char empty[] = "";
	static char filler[] = "X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n";
	static char line[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	static const struct {
		const char *name;
		void (*serve)(int fd, void *arg);
		char *arg;
		uint16_t expect_status;
		const char *expect_text;
		enum check_state state;
		const char *code;
	} cases[] = {
		{ "a page with its text", serve_answer, ok, 0, "校园", CHECK_UP, "http.ok" },
		{ "text across chunks", serve_answer, chunked, 0, "校园网", CHECK_UP,
			"http.ok" },
		{ "another text", serve_answer, ok, 0, "登录", CHECK_DOWN,
			"http.content_missing" },
		{ "a redirect is an answer and is not followed", serve_answer, moved, 0, NULL,
			CHECK_UP, "http.ok" },
		{ "a redirect where a page is wanted", serve_answer, moved, 200, NULL,
			CHECK_DOWN, "http.status" },
		{ "401 is no page", serve_answer, denied, 0, NULL, CHECK_DOWN, "http.status" },
		{ "401 as expected", serve_answer, denied, 401, NULL, CHECK_UP, "http.ok" },
		{ "503", serve_answer, broken, 0, NULL, CHECK_DOWN, "http.status" },
		{ "half a page", serve_answer, short_body, 0, NULL, CHECK_DOWN,
			"http.truncated" },
		{ "another protocol", serve_answer, noise, 0, NULL, CHECK_DOWN,
			"http.malformed" },
		{ "no answer at all", serve_answer, empty, 0, NULL, CHECK_DOWN, "http.closed" },
		{ "silence", serve_silence, NULL, 0, NULL, CHECK_DOWN, "http.timeout" },
		{ "a head that drips", serve_drip, NULL, 0, NULL, CHECK_DOWN, "http.timeout" },
		{ "a head without end", serve_endless, filler, 0, NULL, CHECK_DOWN,
			"http.head_too_large" },
		{ "a line without end", serve_endless, line, 0, NULL, CHECK_DOWN,
			"http.head_too_large" },
		{ "a body without end is enough", serve_endless_body, line, 0, NULL, CHECK_UP,
			"http.ok" },
		{ "what is sought lies beyond the cap", serve_endless_body, line, 0, "zz",
			CHECK_DOWN, "http.content_missing" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct server server;
		server_start(&server, cases[i].serve, cases[i].arg);
		struct check_spec spec = { .kind = CHECK_HTTP,
			.addr = world_addr("127.0.0.1"),
			.port = server.port,
			.timeout_ms = 600,
			.expect_status = cases[i].expect_status,
			.expect_text = cases[i].expect_text };
		struct caught caught = check(&spec);
		server_stop(&server);
		if (strcmp(caught.last.code, cases[i].code) != 0) {
			fail_msg("%s: %s", cases[i].name, caught.last.code);
		}
		assert_int_equal(caught.last.state, cases[i].state);
	}
}

static void the_request_is_plain(void **state)
{
	(void)state;
	static char ok[] = "HTTP/1.1 204 No\r\n\r\n";
	struct server server;
	server_start(&server, serve_answer, ok);
	struct check_spec spec = { .kind = CHECK_HTTP,
		.addr = world_addr("127.0.0.1"),
		.port = server.port,
		.timeout_ms = 600,
		.path = "/a?b=c",
		.name = "www.example.test" };
	struct caught caught = check(&spec);
	assert_string_equal(caught.last.code, "http.ok");
	assert_non_null(strstr(seen, "GET /a?b=c HTTP/1.1\r\nHost: www.example.test:"));
	assert_non_null(strstr(seen, "\r\nConnection: close\r\n"));
	spec.host_header = "other.example.test";
	(void)check(&spec);
	assert_non_null(strstr(seen, "\r\nHost: other.example.test\r\n"));
	server_stop(&server);
}

static void what_would_split_the_request_is_refused(void **state)
{
	(void)state;
	static const struct check_spec specs[] = {
		{ .path = "/a\r\nX: y" },
		{ .path = "/a b" },
		{ .path = "nopath" },
		{ .name = "a\nb" },
		{ .host_header = "a\tb" },
	};
	uv_loop_t loop;
	struct caught caught = { 0 };
	assert_int_equal(uv_loop_init(&loop), 0);
	struct stream_set *set = stream_set_create(&loop, 8);
	struct engines engines = { .streams = set };
	for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
		assert_int_equal(
			http_check_start(&engines, &specs[i], caught_sink(&caught)), E_INPUT);
	}
	stream_set_close(set);
	world_end(&loop);
}

int main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_judged),
		cmocka_unit_test(the_request_is_plain),
		cmocka_unit_test(what_would_split_the_request_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
