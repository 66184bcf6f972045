/* SPDX-License-Identifier: Apache-2.0 */
/* Uploads, and the limits on many at once. */
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "api/server.h"
#include "fixture.h"
#include "schema/routes.h"
#include "sys/memfd.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define HOST "Host: desk.school\r\n"
#define COOKIE "Cookie: fengsui=t0ken\r\n"
#define OURS "Sec-Fetch-Site: same-origin\r\n"
#define JSON_TYPE "Content-Type: application/json\r\n"
#define END "\r\n"
#define POST_UNIT "POST /api/v1/units HTTP/1.1\r\n" HOST

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

#define UPLOAD(length)                                                                         \
	"POST /api/v1/notices/4/attachments?name=%E6%8A%A5%E5%91%8A.pdf HTTP/1.1\r\n" HOST     \
		COOKIE OURS                                                                    \
	"Content-Type: application/octet-stream\r\nContent-Length: " length "\r\n" END

static void grant_all(uint32_t req, uint64_t number)
{
	struct msg_grant grant = { .status = 200, .grant = number };
	WEB_SEND(&web, IPC_CORE, grant, MSG_GRANT, req, &grant);
}

static void test_upload(void **state)
{
	struct msg_grant_ask ask = { 0 };
	struct msg_upload upload = { 0 };
	struct memfd_map map = { 0 };
	struct msg_answer answer = { .status = 200, .body = SLICE("{\"id\":77,\"seq\":3}") };
	(void)state;
	int fd = http_open(&web);
	http_say(fd, UPLOAD("10") "%PDF-");
	struct ipc_frame frame = web_take(&web, IPC_CORE, MSG_GRANT_ASK);
	assert_int_equal(msg_grant_ask_decode(frame.payload, &ask), 0);
	assert_int_equal(ask.route, ROUTE_NOTICES_UPLOAD);
	assert_int_equal(ask.id, 4);
	assert_int_equal(ask.octets, 10);
	assert_true(slice_is(ask.name, "报告.pdf"));
	assert_true(slice_is(ask.token, "t0ken"));
	grant_all(frame.req, 99);
	http_say(fd, "12345");
	frame = web_take(&web, IPC_CORE, MSG_UPLOAD);
	assert_int_equal(msg_upload_decode(frame.payload, &upload), 0);
	assert_int_equal(upload.grant, 99);
	assert_int_equal(upload.octets, 10);
	assert_int_equal(memfd_map(frame.fd, 100, &map), 0); /* sealed */
	assert_true(slice_is(map.octets, "%PDF-12345"));
	memfd_unmap(&map);
	(void)close(frame.fd);
	web_answer(&web, IPC_CORE, frame.req, &answer, -1);
	http_read(fd, false, &reply);
	assert_int_equal(reply.status, 200);
	assert_true(reply_has(&reply, "\"id\":77"));
	(void)close(fd);
}

static void test_upload_refused(void **state)
{
	static const struct {
		const char *name;
		const char *request;
		int status;
	} cases[] = {
		{ "too large", UPLOAD("20971521"), 413 },
		{ "nothing", UPLOAD("0"), 413 },
		{ "no length",
			"POST /api/v1/notices/4/attachments?name=a HTTP/1.1\r\n" HOST COOKIE
				OURS
			"Content-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n" END
			"0\r\n\r\n",
			411 },
		{ "no name",
			"POST /api/v1/notices/4/attachments HTTP/1.1\r\n" HOST COOKIE OURS
			"Content-Type: application/octet-stream\r\nContent-Length: 3\r\n" END
			"abc",
			400 },
		{ "as JSON",
			"POST /api/v1/notices/4/attachments?name=a HTTP/1.1\r\n" HOST COOKIE
				OURS JSON_TYPE "Content-Length: 3\r\n" END "[1]",
			415 },
	};
	struct msg_grant grant = { .status = 403,
		.problem = SLICE("{\"code\":\"denied.role\"}") };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		print_message("# %s\n", cases[i].name);
		http_ask(&web, cases[i].request, &reply);
		assert_int_equal(reply.status, cases[i].status);
	}
	assert_true(web_quiet(&web, IPC_CORE));
	int fd = http_open(&web);
	http_say(fd, UPLOAD("10"));
	struct ipc_frame frame = web_take(&web, IPC_CORE, MSG_GRANT_ASK);
	WEB_SEND(&web, IPC_CORE, grant, MSG_GRANT, frame.req, &grant);
	http_read(fd, false, &reply);
	assert_int_equal(reply.status, 403);
	assert_true(reply_has(&reply, "denied.role"));
	(void)close(fd);
}

static void test_uploads_wait_for_their_turn(void **state)
{
	int fds[SERVER_UPLOADS_MAX + 1];
	uint32_t req[SERVER_UPLOADS_MAX] = { 0 };
	struct msg_answer answer = { .status = 200, .body = SLICE("{}") };
	(void)state;
	for (size_t i = 0; i < COUNT(fds); i++) {
		fds[i] = http_open(&web);
		http_say(fds[i], UPLOAD("3") "abc");
		if (i < COUNT(req)) {
			req[i] = web_take(&web, IPC_CORE, MSG_GRANT_ASK).req;
		}
	}
	assert_true(web_quiet(&web, IPC_CORE)); /* the fourth is not even asked about */
	grant_all(req[0], 1);
	struct ipc_frame frame = web_take(&web, IPC_CORE, MSG_UPLOAD);
	(void)close(frame.fd);
	web_answer(&web, IPC_CORE, frame.req, &answer, -1);
	http_read(fds[0], false, &reply);
	assert_int_equal(reply.status, 200);
	grant_all(web_take(&web, IPC_CORE, MSG_GRANT_ASK).req, 2);
	frame = web_take(&web, IPC_CORE, MSG_UPLOAD);
	(void)close(frame.fd);
	web_answer(&web, IPC_CORE, frame.req, &answer, -1);
	http_read(fds[COUNT(fds) - 1], false, &reply);
	assert_int_equal(reply.status, 200);
	for (size_t i = 0; i < COUNT(fds); i++) {
		(void)close(fds[i]);
	}
	grant_all(req[1], 3);
	grant_all(req[2], 4);
	for (int i = 0; i < 2 && !web_quiet(&web, IPC_CORE); i++) {
		frame = web_take(&web, IPC_CORE, MSG_UPLOAD);
		(void)close(frame.fd);
		web_answer(&web, IPC_CORE, frame.req, &answer, -1);
	}
}

static void test_uploads_waiting_are_bounded(void **state)
{
	enum { ALL = SERVER_UPLOADS_MAX + SERVER_UPLOADS_WAITING_MAX };
	static int fds[ALL];
	(void)state;
	long before = web_counter(&web, "refused_uploads");
	for (size_t i = 0; i < ALL; i++) {
		fds[i] = http_open(&web);
		http_say(fds[i], UPLOAD("3"));
	}
	web_wait_counter(&web, "requests_open", ALL + 1);
	http_ask(&web, UPLOAD("3") "abc", &reply);
	assert_int_equal(reply.status, 503);
	assert_true(reply_has(&reply, "upload.busy"));
	assert_int_equal(web_counter(&web, "refused_uploads"), before + 1);
	/* Core goes away: all of them are told, those whose turn had not come too. */
	web_peer_close(&web, IPC_CORE);
	for (size_t i = 0; i < ALL; i++) {
		http_read(fds[i], false, &reply);
		assert_int_equal(reply.status, 503);
		(void)close(fds[i]);
	}
	web_peer_open(&web, IPC_CORE);
	web_wait_counter(&web, "requests_open", 1);
}

/* Many bodies at once, each within its limit, must not fill the memory. */
static void test_bodies_together(void **state)
{
	enum { EACH = 1000 * 1000, ALL = SERVER_BODIES_OCTETS_MAX / EACH };
	static int fds[ALL];
	static uint8_t spaces[EACH];
	(void)state;
	long before = web_counter(&web, "refused_bodies");
	memset(spaces, ' ', sizeof(spaces));
	for (size_t i = 0; i < ALL; i++) {
		fds[i] = http_open(&web);
		http_say(fds[i],
			POST_UNIT COOKIE OURS JSON_TYPE "Content-Length: 1000001\r\n" END);
		http_say_octets(fds[i], slice_of(spaces, sizeof(spaces)));
	}
	web_wait_counter(&web, "body_octets", (long)ALL * EACH);
	int fd = http_open(&web);
	http_say(fd, POST_UNIT COOKIE OURS JSON_TYPE "Content-Length: 1000000\r\n" END);
	http_say_octets(fd, slice_of(spaces, sizeof(spaces)));
	http_read(fd, false, &reply);
	assert_int_equal(reply.status, 503);
	assert_true(reply_has(&reply, "server.busy"));
	assert_int_equal(web_counter(&web, "refused_bodies"), before + 1);
	(void)close(fd);
	for (size_t i = 0; i < ALL; i++) {
		(void)close(fds[i]);
	}
	web_wait_counter(&web, "requests_open", 1);
	web_wait_counter(&web, "body_octets", 0);
}

/* One more connection than there may be is closed without a word, and room is made again. */
static void test_connections_full(void **state)
{
	static int fds[SERVER_CONNECTIONS_MAX];
	struct rlimit limit = { 0 };
	char octet = 0;
	(void)state;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur < COUNT(fds) + 64) {
		skip(); /* fewer descriptors than connections */
	}
	for (size_t i = 0; i < COUNT(fds); i++) {
		fds[i] = http_open(&web);
	}
	int one_more = http_open(&web);
	assert_int_equal(recv(one_more, &octet, 1, 0), 0);
	(void)close(one_more);
	for (size_t i = 0; i < COUNT(fds); i++) {
		(void)close(fds[i]);
	}
	(void)usleep(300 * 1000);
	assert_true(web_counter(&web, "refused_connections") >= 1);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_upload),
		cmocka_unit_test(test_upload_refused),
		cmocka_unit_test(test_uploads_wait_for_their_turn),
		cmocka_unit_test(test_uploads_waiting_are_bounded),
		cmocka_unit_test(test_bodies_together),
	};
	/* Both ends in one process need more descriptors than most may have. */
	const struct CMUnitTest apart[] = {
		cmocka_unit_test(test_upload),
		cmocka_unit_test(test_uploads_waiting_are_bounded),
		cmocka_unit_test(test_bodies_together),
		cmocka_unit_test(test_connections_full),
	};
	web.program = argc > 1 ? argv[1] : NULL;
	return web.program == NULL ? cmocka_run_group_tests(tests, start, stop)
				   : cmocka_run_group_tests(apart, start, stop);
}
