/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "api/server.h"
#include "base/json.h"
#include "fixture.h"
#include "schema/routes.h"
#include "sys/clock.h"
#include "sys/memfd.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define HOST "Host: desk.school\r\n"
#define COOKIE "Cookie: fengsui=t0ken\r\n"
#define OURS "Sec-Fetch-Site: same-origin\r\n"
#define JSON_TYPE "Content-Type: application/json\r\n"
#define END "\r\n"

static struct web web;
static struct reply reply;

static int start(void **state)
{
	(void)state;
	web_start(&web);
	reply_init(&reply);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	reply_fini(&reply);
	web_stop(&web);
	return 0;
}

static void query_answers(uint32_t req, const char *json)
{
	struct msg_answer msg = { .status = 200, .body = slice_str(json) };
	web_answer(&web, IPC_QUERY, req, &msg, -1);
}

static void test_interface(void **state)
{
	static const struct {
		const char *name;
		const char *request;
		int status;
		const char *coding;
		const char *cache;
		const char *body;
	} cases[] = {
		{ "the desk", "GET / HTTP/1.1\r\n" HOST END, 200, "", "no-cache", "desk" },
		{ "a page of the desk", "GET /notices/7 HTTP/1.1\r\n" HOST END, 200, "",
			"no-cache", "desk" },
		{ "the phone", "GET /m HTTP/1.1\r\n" HOST END, 200, "", "no-cache", "phone" },
		{ "a page of the phone", "GET /m/sign/7?x=1 HTTP/1.1\r\n" HOST END, 200, "",
			"no-cache", "phone" },
		{ "a word that begins like the phone", "GET /me HTTP/1.1\r\n" HOST END, 200, "",
			"no-cache", "desk" },
		{ "a wall that is not installed", "GET /wall HTTP/1.1\r\n" HOST END, 200, "",
			"no-cache", "desk" },
		{ "a script as it is", "GET /static/app-1a2b.js HTTP/1.1\r\n" HOST END, 200, "",
			"public, max-age=31536000, immutable", "plain" },
		{ "a script by gzip",
			"GET /static/app-1a2b.js HTTP/1.1\r\n" HOST
			"Accept-Encoding: gzip\r\n" END,
			200, "gzip", "public, max-age=31536000, immutable",
			"as if gzip, shorter" },
		{ "a script by brotli",
			"GET /static/app-1a2b.js HTTP/1.1\r\n" HOST
			"Accept-Encoding: gzip, br\r\n" END,
			200, "br", "public, max-age=31536000, immutable", "as if brotli" },
		{ "a script that is not there", "GET /static/app-0.js HTTP/1.1\r\n" HOST END,
			404, "", "no-store", "route.absent" },
		{ "a file that is not there", "GET /favicon.ico HTTP/1.1\r\n" HOST END, 404, "",
			"no-store", "route.absent" },
		{ "a way out of the folder", "GET /../data/tls/self.pem HTTP/1.1\r\n" HOST END,
			404, "", "no-store", "route.absent" },
		{ "another method", "POST / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n" END, 405,
			"", "no-store", "method.other" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		print_message("# %s\n", cases[i].name);
		http_ask(&web, cases[i].request, &reply);
		assert_int_equal(reply.status, cases[i].status);
		assert_string_equal(http_field(&reply, "Content-Encoding"), cases[i].coding);
		assert_string_equal(http_field(&reply, "Cache-Control"), cases[i].cache);
		assert_true(reply_has(&reply, cases[i].body));
	}
}

static void test_unchanged(void **state)
{
	char request[256];
	(void)state;
	http_ask(&web, "GET / HTTP/1.1\r\n" HOST END, &reply);
	(void)snprintf(request, sizeof(request),
		"GET / HTTP/1.1\r\n" HOST "If-None-Match: W/\"x\", %s\r\n" END,
		http_field(&reply, "ETag"));
	http_ask(&web, request, &reply);
	assert_int_equal(reply.status, 304);
	assert_true(http_field(&reply, "ETag")[0] == '"');
}

/* Every kind of answer carries what keeps a browser safe, and none names the server. */
static void test_headers(void **state)
{
	static const char *const requests[] = {
		"GET / HTTP/1.1\r\n" HOST END,
		"GET /none.txt HTTP/1.1\r\n" HOST END,
		"GET /healthz HTTP/1.1\r\n" HOST END,
		"GET /api/v1/openapi.json HTTP/1.1\r\n" HOST END,
		"GET /api/v1/none HTTP/1.1\r\n" HOST END,
	};
	static const char *const fields[][2] = {
		{ "X-Content-Type-Options", "nosniff" },
		{ "Referrer-Policy", "same-origin" },
		{ "Cross-Origin-Opener-Policy", "same-origin" },
		{ "Cross-Origin-Resource-Policy", "same-origin" },
		{ "Server", "" },
		{ "Strict-Transport-Security", "" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(requests); i++) {
		http_ask(&web, requests[i], &reply);
		assert_string_equal(http_field(&reply, "Content-Security-Policy"),
			"default-src 'none'; script-src 'self'; style-src 'self'; img-src"
			" 'self' data: blob:; connect-src 'self'; font-src 'self'; worker-src"
			" 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none';"
			" frame-ancestors 'none'; require-trusted-types-for 'script';"
			" trusted-types vue");
		for (size_t k = 0; k < COUNT(fields); k++) {
			assert_string_equal(http_field(&reply, fields[k][0]), fields[k][1]);
		}
	}
}

static void test_question(void **state)
{
	struct msg_ask ask = { 0 };
	struct msg_answer answer = {
		.status = 200, .seq = 41, .version = 7, .body = SLICE("{\"id\":5}")
	};
	(void)state;
	int fd = http_open(&web);
	http_say(fd, "GET /api/v1/notices/5?open=%E6%98%AF&x HTTP/1.1\r\n" HOST COOKIE
		     "Fengsui-Seq: 40\r\n" END);
	struct ipc_frame frame = web_take(&web, IPC_QUERY, MSG_ASK);
	assert_int_equal(msg_ask_decode(frame.payload, &ask), 0);
	assert_int_equal(ask.route, ROUTE_NOTICES_GET);
	assert_int_equal(ask.id, 5);
	assert_int_equal(ask.min_seq, 40);
	assert_true(ask.loopback);
	assert_true(slice_is(ask.token, "t0ken"));
	assert_true(slice_is(ask.address, "127.0.0.1"));
	assert_true(slice_is(ask.query, "open=%E6%98%AF&x"));
	web_answer(&web, IPC_QUERY, frame.req, &answer, -1);
	http_read(fd, false, &reply);
	assert_int_equal(reply.status, 200);
	assert_true(reply_has(&reply, "{\"id\":5}"));
	assert_string_equal(http_field(&reply, "ETag"), "\"v7\"");
	assert_string_equal(http_field(&reply, "Fengsui-Seq"), "41");
	assert_string_equal(http_field(&reply, "Cache-Control"), "no-store");
	assert_string_equal(http_field(&reply, "Content-Type"), "application/json");
	(void)close(fd);
}

static void test_command(void **state)
{
	struct msg_command command = { 0 };
	struct msg_answer answer = {
		.status = 200, .seq = 9, .token = SLICE("n3w"), .body = SLICE("{\"seq\":9}")
	};
	(void)state;
	int fd = http_open(&web);
	http_say(fd, "DELETE /api/v1/people/3/grants/8 HTTP/1.1\r\n" HOST COOKIE OURS
		     "If-Match: \"v12\"\r\n"
		     "Idempotency-Key: k-1\r\nUser-Agent: 浏览器/1\r\n" JSON_TYPE
		     "Content-Length: 14\r\n" END "{\"a\":\"\\u00e9\"}");
	struct ipc_frame frame = web_take(&web, IPC_CORE, MSG_COMMAND);
	assert_int_equal(msg_command_decode(frame.payload, &command), 0);
	assert_int_equal(command.route, ROUTE_PEOPLE_REVOKE);
	assert_int_equal(command.id, 3);
	assert_int_equal(command.sub, 8);
	assert_int_equal(command.if_match, 12);
	assert_in_range(clock_unix_ms() - command.asked_at_ms, 0, 60000);
	assert_true(slice_is(command.idempotency, "k-1"));
	assert_true(slice_is(command.agent, "浏览器/1"));
	assert_true(slice_is(command.token, "t0ken"));
	assert_true(slice_is(command.body, "{\"a\":\"\\u00e9\"}"));
	web_answer(&web, IPC_CORE, frame.req, &answer, -1);
	http_read(fd, false, &reply);
	assert_int_equal(reply.status, 200);
	assert_string_equal(http_field(&reply, "Set-Cookie"),
		"fengsui=n3w; Path=/; HttpOnly; SameSite=Strict");
	/* On the same connection: the end of the session takes the cookie away. */
	http_say(fd, "DELETE /api/v1/session HTTP/1.1\r\n" HOST COOKIE OURS END);
	frame = web_take(&web, IPC_CORE, MSG_COMMAND);
	answer.token = SLICE("-");
	web_answer(&web, IPC_CORE, frame.req, &answer, -1);
	http_read(fd, false, &reply);
	assert_string_equal(http_field(&reply, "Set-Cookie"),
		"fengsui=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
	(void)close(fd);
}

/* An answer that would write a second header field into the first. */
static void test_answer_cannot_split_fields(void **state)
{
	struct msg_answer answer = { .status = 200,
		.token = SLICE("x\r\nEvil: 1"),
		.media = SLICE("a/b\r\nEvil: 2"),
		.file_name = SLICE("报告\r\nEvil: 3\".pdf"),
		.body = SLICE("{}") };
	(void)state;
	int fd = http_open(&web);
	http_say(fd, "GET /api/v1/documents/5 HTTP/1.1\r\n" HOST COOKIE END);
	web_answer(&web, IPC_QUERY, web_take(&web, IPC_QUERY, MSG_ASK).req, &answer, -1);
	http_read(fd, false, &reply);
	assert_int_equal(reply.status, 200);
	assert_string_equal(http_field(&reply, "Evil"), "");
	assert_string_equal(http_field(&reply, "Set-Cookie"), "");
	assert_string_equal(http_field(&reply, "Content-Disposition"),
		"attachment; filename*=UTF-8''%E6%8A%A5%E5%91%8A%0D%0AEvil%3A%203%22.pdf");
	(void)close(fd);
}

static void test_long_body(void **state)
{
	enum { LONG = 200000 };
	struct msg_command command = { 0 };
	struct memfd_map map = { 0 };
	struct buf body;
	(void)state;
	buf_init(&body, LONG + 100);
	buf_put_str(&body, "[\"");
	while (body.n < LONG) {
		buf_put_str(&body, "烽燧");
	}
	buf_put_str(&body, "\"]");
	int fd = http_open(&web);
	char head[256];
	(void)snprintf(head, sizeof(head),
		"POST /api/v1/assets/import HTTP/1.1\r\n" HOST COOKIE OURS JSON_TYPE
		"Content-Length: %zu\r\n" END,
		body.n);
	http_say(fd, head);
	http_say_octets(fd, buf_slice(&body));
	struct ipc_frame frame = web_take(&web, IPC_CORE, MSG_COMMAND);
	assert_int_equal(msg_command_decode(frame.payload, &command), 0);
	assert_int_equal(command.body.n, 0);
	assert_int_equal(memfd_map(frame.fd, SERVER_BODY_OCTETS_MAX, &map), 0);
	assert_true(slice_eq(map.octets, buf_slice(&body)));
	memfd_unmap(&map);
	(void)close(frame.fd);
	/* And as long an answer. */
	struct msg_answer answer = { .status = 200 };
	int large = -1;
	assert_int_equal(memfd_of(buf_slice(&body), &large), 0);
	web_answer(&web, IPC_CORE, frame.req, &answer, large);
	http_read(fd, false, &reply);
	assert_int_equal(reply.status, 200);
	assert_true(slice_eq(buf_slice(&reply.body), buf_slice(&body)));
	assert_string_equal(http_field(&reply, "Content-Type"), "application/json");
	(void)close(fd);
	buf_fini(&body);
}

#define POST_UNIT "POST /api/v1/units HTTP/1.1\r\n" HOST

static void test_refused_at_the_door(void **state)
{
	static const struct {
		const char *name;
		const char *request;
		int status;
		const char *code;
	} cases[] = {
		{ "half a JSON text",
			POST_UNIT COOKIE OURS JSON_TYPE "Content-Length: 6\r\n" END "{\"a\":1",
			400, "json.bad" },
		{ "JSON that is not UTF-8",
			POST_UNIT COOKIE OURS JSON_TYPE "Content-Length: 4\r\n" END
							"[\"\xff\"]",
			400, "json.bad" },
		{ "a form",
			POST_UNIT COOKIE OURS
			"Content-Type: text/plain\r\nContent-Length: 2\r\n" END "{}",
			415, "media.unsupported" },
		{ "a body that does not say what it is",
			POST_UNIT COOKIE OURS "Content-Length: 2\r\n" END "{}", 415,
			"media.unsupported" },
		{ "another site with our cookie",
			POST_UNIT COOKIE "Sec-Fetch-Site: cross-site\r\n" JSON_TYPE
					 "Content-Length: 2\r\n" END "{}",
			403, "origin.foreign" },
		{ "another origin with our cookie",
			POST_UNIT COOKIE "Origin: https://evil\r\n" JSON_TYPE
					 "Content-Length: 2\r\n" END "{}",
			403, "origin.foreign" },
		{ "a cookie from nowhere",
			POST_UNIT COOKIE JSON_TYPE "Content-Length: 2\r\n" END "{}", 403,
			"origin.foreign" },
		{ "a version nobody can have seen",
			"DELETE /api/v1/tokens/3 HTTP/1.1\r\n" HOST COOKIE OURS
			"If-Match: \"latest\"\r\n" END,
			400, "if_match.bad" },
		{ "a path nobody has", "GET /api/v1/nothing HTTP/1.1\r\n" HOST END, 404,
			"route.absent" },
		{ "the prefix alone", "GET /api/v1 HTTP/1.1\r\n" HOST END, 404,
			"route.absent" },
		{ "another method", "PUT /api/v1/units HTTP/1.1\r\n" HOST END, 405,
			"method.other" },
		{ "a method nobody knows", "BREW /api/v1/units HTTP/1.1\r\n" HOST END, 405,
			"method.other" },
		{ "a broken escape", "GET /api/v1/un%zzits HTTP/1.1\r\n" HOST END, 400,
			"path.bad" },
		{ "a path that is not UTF-8", "GET /api/v1/%ff HTTP/1.1\r\n" HOST END, 400,
			"path.bad" },
		{ "a NUL in the path", "GET /api/v1/units%00 HTTP/1.1\r\n" HOST END, 400,
			"path.bad" },
		{ "a query that is not UTF-8", "GET /api/v1/units?q=\xfe HTTP/1.1\r\n" HOST END,
			400, "query.not_utf8" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char code[64];
		print_message("# %s\n", cases[i].name);
		http_ask(&web, cases[i].request, &reply);
		assert_int_equal(reply.status, cases[i].status);
		assert_string_equal(
			http_field(&reply, "Content-Type"), "application/problem+json");
		(void)snprintf(code, sizeof(code), "\"code\":\"%s\"", cases[i].code);
		assert_true(reply_has(&reply, code));
	}
	assert_string_equal(http_field(&reply, "Allow"), "");
	http_ask(&web, "PUT /api/v1/units HTTP/1.1\r\n" HOST END, &reply);
	assert_string_equal(http_field(&reply, "Allow"), "GET, HEAD, POST");
	assert_true(web_quiet(&web, IPC_CORE));
	assert_true(web_quiet(&web, IPC_QUERY));
}

static void test_malformed_http(void **state)
{
	static const struct {
		const char *name;
		const char *octets;
	} cases[] = {
		{ "TLS spoken to the plain port",
			"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" },
		{ "no HTTP at all", "hello\r\n\r\n" },
		{ "no host", "GET /api/v1/units HTTP/1.1\r\n\r\n" },
		{ "a version of the future", "GET / HTTP/9.9\r\n" HOST END },
		{ "a header without a colon",
			"GET /api/v1/units HTTP/1.1\r\n" HOST "nonsense\r\n" END },
		{ "a length that is no number",
			"POST /api/v1/units HTTP/1.1\r\n" HOST "Content-Length: x\r\n" END },
		{ "a negative length",
			"POST /api/v1/units HTTP/1.1\r\n" HOST "Content-Length: -1\r\n" END },
		{ "a length past every number",
			"POST /api/v1/units HTTP/1.1\r\n" HOST
			"Content-Length: 99999999999999999999999\r\n" END },
		{ "a chunk without a size",
			"POST /api/v1/units HTTP/1.1\r\n" HOST OURS JSON_TYPE
			"Transfer-Encoding: chunked\r\n" END "zz\r\n{}\r\n0\r\n\r\n" },
		{ "half a request", "GET /api/v1/units HTTP/1.1\r\nHost: de" },
		{ "half a body", "POST /api/v1/units HTTP/1.1\r\n" HOST OURS JSON_TYPE
				 "Content-Length: 50\r\n" END "{" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		print_message("# %s\n", cases[i].name);
		int fd = http_open(&web);
		http_say(fd, cases[i].octets);
		/* An end that comes with the last octets is seen by the library only at SERVER_IDLE_S. */
		(void)usleep(50 * 1000);
		(void)shutdown(fd, SHUT_WR);
		http_read(fd, false, &reply);
		assert_true(reply.status == 0 || reply.status >= 400);
		(void)close(fd);
	}
	struct buf many;
	buf_init(&many, 128 * 1024);
	buf_put_str(&many, "GET / HTTP/1.1\r\n" HOST "X: ");
	while (many.n < 100 * 1024) {
		buf_put_str(&many, "aaaaaaaaaaaaaaaa");
	}
	int fd = http_open(&web);
	http_say_octets(fd, buf_slice(&many));
	http_read(fd, false, &reply);
	assert_true(reply.status == 0 || reply.status == 431 || reply.status == 413);
	(void)close(fd);
	buf_fini(&many);
	assert_true(web_quiet(&web, IPC_CORE));
	http_ask(&web, "GET / HTTP/1.1\r\n" HOST END, &reply);
	assert_int_equal(reply.status, 200);
	/* Nothing of them is left but the request that asks. */
	web_wait_counter(&web, "requests_open", 1);
}

static void test_large_header_and_query(void **state)
{
	struct buf text;
	(void)state;
	buf_init(&text, 64 * 1024);
	buf_put_str(&text, "GET /api/v1/units HTTP/1.1\r\n" HOST "X: ");
	while (text.n < SERVER_HEADER_OCTETS_MAX + 100) {
		buf_put_byte(&text, 'a');
	}
	buf_put_str(&text, "\r\n\r\n");
	http_ask(&web, (const char *)text.p, &reply);
	assert_int_equal(reply.status, 431);
	buf_clear(&text);
	buf_put_str(&text, "GET /api/v1/units?q=");
	while (text.n < SERVER_QUERY_OCTETS_MAX + 100) {
		buf_put_byte(&text, 'a');
	}
	buf_put_str(&text, " HTTP/1.1\r\n" HOST END);
	http_ask(&web, (const char *)text.p, &reply);
	assert_int_equal(reply.status, 414);
	buf_fini(&text);
}

static void test_body_of_100_megabytes(void **state)
{
	static uint8_t block[64 * 1024];
	(void)state;
	long before = web_counter(&web, "refused_body");
	int fd = http_open(&web);
	http_say(fd, POST_UNIT COOKIE OURS JSON_TYPE "Content-Length: 104857600\r\n" END);
	http_read(fd, false, &reply); /* before one octet of the body was sent */
	assert_int_equal(reply.status, 413);
	(void)close(fd);
	/* Without a length: cut off a little past the limit. */
	fd = http_open(&web);
	http_say(fd, POST_UNIT COOKIE OURS JSON_TYPE "Transfer-Encoding: chunked\r\n" END);
	size_t sent = 0;
	memset(block, ' ', sizeof(block));
	while (sent < 100 * 1024 * 1024 && send(fd, "10000\r\n", 7, MSG_NOSIGNAL) == 7 &&
		send(fd, block, sizeof(block), MSG_NOSIGNAL) == (ssize_t)sizeof(block) &&
		send(fd, "\r\n", 2, MSG_NOSIGNAL) == 2) {
		sent += sizeof(block);
	}
	assert_true(sent < 32 * 1024 * 1024);
	(void)close(fd);
	assert_int_equal(web_counter(&web, "refused_body"), before + 2);
	assert_true(web_quiet(&web, IPC_CORE));
}

static void test_tokens_pass_as_they_are(void **state)
{
	static const struct {
		const char *name;
		const char *field;
		const char *token;
	} cases[] = {
		{ "no token", "", "" },
		{ "a forged cookie", "Cookie: fengsui=../../etc/passwd\r\n",
			"../../etc/passwd" },
		{ "a cookie of SQL", "Cookie: fengsui=' OR 1=1 --\r\n", "' OR 1=1 --" },
		{ "Authorization before the cookie",
			"Cookie: fengsui=c\r\nAuthorization: Bearer b\r\n", "b" },
		{ "a token longer than any",
			"Authorization: Bearer "
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n",
			"" },
		{ "a token that is not UTF-8", "Cookie: fengsui=\xff\xfe\r\n", "" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char request[512];
		struct msg_ask ask = { 0 };
		struct msg_answer answer = { .status = 401 };
		print_message("# %s\n", cases[i].name);
		(void)snprintf(request, sizeof(request),
			"GET /api/v1/session HTTP/1.1\r\n" HOST "%s\r\n", cases[i].field);
		int fd = http_open(&web);
		http_say(fd, request);
		struct ipc_frame frame = web_take(&web, IPC_QUERY, MSG_ASK);
		assert_int_equal(msg_ask_decode(frame.payload, &ask), 0);
		assert_true(slice_is(ask.token, cases[i].token));
		web_answer(&web, IPC_QUERY, frame.req, &answer, -1);
		http_read(fd, false, &reply);
		assert_int_equal(reply.status, 401);
		assert_true(reply_has(&reply, "answer.empty"));
		(void)close(fd);
	}
}

static void test_touch(void **state)
{
	struct msg_touch touch = { 0 };
	(void)state;
	while (!web_quiet(&web, IPC_CORE)) {
		(void)web_take(&web, IPC_CORE, MSG_TOUCH);
	}
	for (int i = 0; i < 3; i++) {
		int fd = http_open(&web);
		http_say(fd, "GET /api/v1/session HTTP/1.1\r\n" HOST
			     "Cookie: fengsui=fresh\r\n" END);
		query_answers(web_take(&web, IPC_QUERY, MSG_ASK).req, "{}");
		http_read(fd, false, &reply);
		(void)close(fd);
	}
	struct ipc_frame frame = web_take(&web, IPC_CORE, MSG_TOUCH);
	assert_int_equal(msg_touch_decode(frame.payload, &touch), 0);
	assert_true(slice_is(touch.token, "fresh"));
	assert_true(web_quiet(&web, IPC_CORE)); /* once a minute */
}

static void test_pipeline_and_head(void **state)
{
	(void)state;
	int fd = http_open(&web);
	http_say(fd,
		"GET /api/v1/notices/1 HTTP/1.1\r\n" HOST END
		"HEAD /api/v1/notices/2 HTTP/1.1\r\n" HOST END "GET / HTTP/1.1\r\n" HOST END);
	query_answers(web_take(&web, IPC_QUERY, MSG_ASK).req, "{\"n\":1}");
	query_answers(web_take(&web, IPC_QUERY, MSG_ASK).req, "{\"n\":2}");
	http_read(fd, false, &reply);
	assert_true(reply_has(&reply, "{\"n\":1}"));
	http_read(fd, true, &reply);
	assert_int_equal(reply.status, 200);
	assert_string_equal(http_field(&reply, "Content-Length"), "7");
	http_read(fd, false, &reply);
	assert_true(reply_has(&reply, "desk"));
	(void)close(fd);
}

static void test_local(void **state)
{
	struct msg_health starting = {
		.json = SLICE("{\"roles\":[{\"role\":\"core\",\"state\":\"up\"},"
			      "{\"role\":\"query\",\"state\":\"starting\"}]}")
	};
	struct msg_health health = {
		.json = SLICE("{\"roles\":[{\"role\":\"core\",\"state\":\"up\",\"restarts\":2,"
			      "\"counters\":{\"commands\":12,\"name\":\"x\"}}]}")
	};
	(void)state;
	http_ask(&web, "GET /healthz HTTP/1.1\r\n" HOST END, &reply);
	assert_int_equal(reply.status, 200);
	assert_true(reply_has(&reply, "\"status\":\"ok\""));
	WEB_SEND(&web, IPC_PARENT, health, MSG_HEALTH, 0, &starting);
	(void)usleep(100 * 1000);
	http_ask(&web, "GET /healthz HTTP/1.1\r\n" HOST END,
		&reply); /* its channel alone is not enough */
	assert_int_equal(reply.status, 503);
	assert_true(reply_has(&reply, "\"core\":true,\"query\":false"));
	http_ask(&web, "GET /api/v1/openapi.json HTTP/1.1\r\n" HOST END, &reply);
	assert_int_equal(reply.status, 200);
	assert_true(reply_has(&reply, "\"openapi\": \"3.1.0\""));
	WEB_SEND(&web, IPC_PARENT, health, MSG_HEALTH, 0, &health);
	(void)usleep(100 * 1000);
	http_ask(&web, "GET /metrics HTTP/1.1\r\n" HOST END, &reply);
	assert_true(reply_has(&reply, "fengsui_role_up{role=\"core\"} 1\n"));
	assert_true(reply_has(&reply, "fengsui_role_restarts_total{role=\"core\"} 2\n"));
	assert_true(reply_has(
		&reply, "fengsui_role_counter{role=\"core\",name=\"commands\"} 12\n"));
}

static void test_download(void **state)
{
	static const struct {
		const char *name;
		const char *field;
		int status;
		const char *range;
		const char *body;
	} cases[] = {
		{ "the whole", "", 200, "", "0123456789" },
		{ "the first half", "Range: bytes=0-4\r\n", 206, "bytes 0-4/10", "01234" },
		{ "the end", "Range: bytes=-3\r\n", 206, "bytes 7-9/10", "789" },
		{ "behind the end", "Range: bytes=10-\r\n", 416, "bytes */10",
			"range.outside" },
		{ "several ranges are sent whole", "Range: bytes=0-1,3-4\r\n", 200, "",
			"0123456789" },
		{ "of the same version", "Range: bytes=0-1\r\nIf-Range: \"v3\"\r\n", 206,
			"bytes 0-1/10", "01" },
		{ "of another version", "Range: bytes=0-1\r\nIf-Range: \"v2\"\r\n", 200, "",
			"0123456789" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char request[256];
		int blob = -1;
		struct msg_answer answer = { .status = 200,
			.version = 3,
			.media = SLICE("application/pdf"),
			.file_name = SLICE("通报.pdf") };
		print_message("# %s\n", cases[i].name);
		assert_int_equal(memfd_of(SLICE("0123456789"), &blob), 0);
		(void)snprintf(request, sizeof(request),
			"GET /api/v1/documents/5 HTTP/1.1\r\n" HOST COOKIE "%s\r\n",
			cases[i].field);
		int fd = http_open(&web);
		http_say(fd, request);
		web_answer(
			&web, IPC_QUERY, web_take(&web, IPC_QUERY, MSG_ASK).req, &answer, blob);
		http_read(fd, false, &reply);
		assert_int_equal(reply.status, cases[i].status);
		assert_string_equal(http_field(&reply, "Content-Range"), cases[i].range);
		assert_true(reply_has(&reply, cases[i].body));
		assert_string_equal(http_field(&reply, "Content-Type"),
			reply.status == 416 ? "application/problem+json" : "application/pdf");
		(void)close(fd);
	}
}

static void test_login_flood(void **state)
{
	static const char request[] = "POST /api/v1/session HTTP/1.1\r\n" HOST JSON_TYPE
				      "Content-Length: 2\r\n" END "{}";
	struct msg_answer answer = { .status = 401,
		.body = SLICE("{\"code\":\"login.wrong\"}") };
	int refused = 0;
	(void)state;
	for (int i = 0; i < SERVER_LOGIN_BURST + 10; i++) {
		int fd = http_open(&web);
		http_say(fd, request);
		if (i < SERVER_LOGIN_BURST) {
			web_answer(&web, IPC_CORE, web_take(&web, IPC_CORE, MSG_COMMAND).req,
				&answer, -1);
		} else if (!web_quiet(&web, IPC_CORE)) {
			web_answer(&web, IPC_CORE, web_take(&web, IPC_CORE, MSG_COMMAND).req,
				&answer, -1);
		}
		http_read(fd, false, &reply);
		refused += reply.status == 429 ? 1 : 0;
		assert_true(
			reply.status == 401 || http_field(&reply, "Retry-After")[0] != '\0');
		(void)close(fd);
	}
	assert_true(refused >= 5);
	assert_int_equal(web_counter(&web, "refused_login"), refused);
}

static void test_peer_gone(void **state)
{
	(void)state;
	int fd = http_open(&web);
	http_say(fd, "GET /api/v1/overview HTTP/1.1\r\n" HOST COOKIE END);
	uint32_t old = web_take(&web, IPC_QUERY, MSG_ASK).req;
	web_peer_close(&web, IPC_QUERY);
	http_read(fd, false, &reply);
	assert_int_equal(reply.status, 503);
	assert_string_equal(http_field(&reply, "Retry-After"), "1");
	assert_true(reply_has(&reply, "server.restarting"));
	http_ask(&web, "GET /healthz HTTP/1.1\r\n" HOST END, &reply);
	assert_int_equal(reply.status, 503);
	assert_true(reply_has(&reply, "\"query\":false"));
	http_ask(&web, "GET /api/v1/overview HTTP/1.1\r\n" HOST COOKIE END, &reply);
	assert_int_equal(reply.status, 503);
	assert_true(reply_has(&reply, "server.starting"));
	web_peer_open(&web, IPC_QUERY);
	http_say(fd, "GET /api/v1/overview HTTP/1.1\r\n" HOST COOKIE END);
	uint32_t fresh = web_take(&web, IPC_QUERY, MSG_ASK).req;
	assert_true(fresh != old);
	query_answers(old, "{\"late\":1}"); /* finds nobody */
	query_answers(fresh, "{\"fresh\":1}");
	http_read(fd, false, &reply);
	assert_true(reply_has(&reply, "fresh"));
	(void)close(fd);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interface),
		cmocka_unit_test(test_unchanged),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_question),
		cmocka_unit_test(test_command),
		cmocka_unit_test(test_answer_cannot_split_fields),
		cmocka_unit_test(test_long_body),
		cmocka_unit_test(test_refused_at_the_door),
		cmocka_unit_test(test_malformed_http),
		cmocka_unit_test(test_large_header_and_query),
		cmocka_unit_test(test_body_of_100_megabytes),
		cmocka_unit_test(test_tokens_pass_as_they_are),
		cmocka_unit_test(test_touch),
		cmocka_unit_test(test_pipeline_and_head),
		cmocka_unit_test(test_local),
		cmocka_unit_test(test_download),
		cmocka_unit_test(test_login_flood),
		cmocka_unit_test(test_peer_gone),
	};
	web.program = argc > 1 ? argv[1] : NULL;
	return cmocka_run_group_tests(tests, start, stop);
}
