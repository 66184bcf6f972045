/* SPDX-License-Identifier: Apache-2.0 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "api/events.h"
#include "api/server.h"
#include "fixture.h"
#include "sys/clock.h"

#define STREAM "GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nCookie: fengsui=t0ken\r\n"

static struct web web;
static struct reply reply;
static struct buf text;

static int start(void **state)
{
	(void)state;
	web_start(&web);
	reply_init(&reply);
	buf_init(&text, 64 * 1024);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	buf_fini(&text);
	reply_fini(&reply);
	web_stop(&web);
	return 0;
}

static void event_send(uint32_t req, int64_t seq, const char *topic, int64_t id)
{
	struct msg_event event = {
		.seq = seq, .topic = slice_str(topic), .id = id, .version = 1
	};
	WEB_SEND(&web, IPC_QUERY, event, MSG_EVENT, req, &event);
}

static void end_send(uint32_t req, uint32_t status, bool resync)
{
	struct msg_stream_end end = { .status = status, .resync = resync };
	WEB_SEND(&web, IPC_QUERY, stream_end, MSG_STREAM_END, req, &end);
}

/* A stream that flows, its greeting read. */
static int stream_open_at(const char *more, uint32_t *ret_req)
{
	char request[256];
	(void)snprintf(request, sizeof(request), STREAM "%s\r\n", more);
	int fd = http_open(&web);
	http_say(fd, request);
	*ret_req = web_take(&web, IPC_QUERY, MSG_SUBSCRIBE).req;
	(void)http_read_until(fd, "\r\n\r\n", &reply.head);
	assert_int_equal(slice_find(buf_slice(&reply.head), SLICE("HTTP/1.1 200")), 0);
	assert_true(http_read_until(fd, "\n\n", &text)[0] != '\0');
	return fd;
}

/* The next message but pings; it must hold this. */
static void event_read(int fd, const char *part)
{
	do {
		assert_true(http_read_until(fd, "\n\n", &text)[0] != '\0');
	} while (strstr((const char *)text.p, ": ping\n") != NULL);
	assert_non_null(strstr((const char *)text.p, part));
}

/* The readers of earlier tests were found gone, and query was told. */
static void all_gone(void)
{
	web_wait_counter(&web, "streams", 0);
	while (!web_quiet(&web, IPC_QUERY)) {
		(void)web_take(&web, IPC_QUERY, MSG_UNSUBSCRIBE);
	}
}

static void test_stream(void **state)
{
	struct msg_subscribe subscribe = { 0 };
	(void)state;
	int fd = http_open(&web);
	http_say(fd, STREAM "Last-Event-ID: 41\r\n\r\n");
	struct ipc_frame frame = web_take(&web, IPC_QUERY, MSG_SUBSCRIBE);
	assert_int_equal(msg_subscribe_decode(frame.payload, &subscribe), 0);
	assert_int_equal(subscribe.last_seq, 41);
	assert_true(slice_is(subscribe.token, "t0ken"));
	event_send(frame.req, 42, "notices", 7);
	(void)http_read_until(fd, "\r\n\r\n", &reply.head);
	assert_string_equal(http_field(&reply, "Content-Type"), "text/event-stream");
	assert_string_equal(http_field(&reply, "X-Accel-Buffering"), "no");
	assert_string_equal(http_field(&reply, "Cache-Control"), "no-store");
	(void)http_read_until(fd, "\n\n", &text);
	assert_true(slice_find(buf_slice(&text), SLICE("event: hello\ndata: {\"now_ms\":")) !=
		    SIZE_MAX);
	assert_true(slice_find(buf_slice(&text), SLICE("retry: ")) != SIZE_MAX);
	event_read(fd,
		"id: 42\ndata: {\"seq\":42,\"topic\":\"notices\",\"id\":7,\"version\":1}\n\n");
	event_send(frame.req, 43, "alerts", 1);
	event_read(fd, "id: 43\n");
	(void)close(fd);
}

/* What is committed before query comes to the subscription must not be missed. */
static void test_stream_begins_where_answers_were(void **state)
{
	struct msg_subscribe subscribe = { 0 };
	struct msg_answer answer = { .status = 200, .seq = 60, .body = SLICE("{}") };
	(void)state;
	all_gone();
	int fd = http_open(&web);
	http_say(fd, "GET /api/v1/units HTTP/1.1\r\nHost: a\r\nCookie: fengsui=t0ken\r\n\r\n");
	web_answer(&web, IPC_QUERY, web_take(&web, IPC_QUERY, MSG_ASK).req, &answer, -1);
	http_read(fd, false, &reply);
	assert_string_equal(http_field(&reply, "Fengsui-Seq"), "60");
	(void)close(fd);
	fd = http_open(&web);
	http_say(fd, STREAM "\r\n");
	struct ipc_frame frame = web_take(&web, IPC_QUERY, MSG_SUBSCRIBE);
	assert_int_equal(msg_subscribe_decode(frame.payload, &subscribe), 0);
	assert_int_equal(subscribe.last_seq, 60);
	event_send(frame.req, 61, "alerts", 1);
	(void)http_read_until(fd, "\r\n\r\n", &reply.head);
	event_read(fd, "event: hello\n");
	event_read(fd, "id: 61\n");
	(void)close(fd);
}

static void test_stream_refused(void **state)
{
	(void)state;
	int fd = http_open(&web);
	http_say(fd, STREAM "\r\n");
	end_send(web_take(&web, IPC_QUERY, MSG_SUBSCRIBE).req, 401, false);
	http_read(fd, false, &reply);
	assert_int_equal(reply.status, 401);
	assert_true(reply_has(&reply, "stream.refused"));
	(void)close(fd);
}

static void test_stream_ended_by_query(void **state)
{
	uint32_t req = 0;
	(void)state;
	int fd = stream_open_at("", &req);
	end_send(req, 200, true); /* too far back: read anew, and on it goes */
	event_read(fd, "event: resync\n");
	event_send(req, 90, "notices", 1);
	event_read(fd, "id: 90\n");
	end_send(req, 401, false); /* its token was revoked */
	assert_non_null(strstr(http_read_until(fd, "0\r\n\r\n", &text), "0\r\n\r\n"));
	(void)close(fd);
}

/* A reader that reads nothing for a while gets one word instead of a thousand. */
static void test_slow_reader(void **state)
{
	enum { MANY = 40000 };
	uint32_t req = 0;
	(void)state;
	int fd = stream_open_at("", &req);
	for (int64_t i = 1; i <= MANY; i++) {
		event_send(req, i, "alerts", i);
	}
	/* An event or the word itself may be the last. */
	bool resync = false;
	bool last = false;
	while (!last && http_read_until(fd, "\n\n", &text)[0] != '\0') {
		resync = resync || strstr((const char *)text.p, "event: resync") != NULL;
		last = strstr((const char *)text.p, "\"seq\":40000") != NULL;
	}
	assert_true(last);
	assert_true(resync);
	assert_true(web_counter(&web, "resyncs") >= 1);
	(void)close(fd);
}

static void test_query_comes_back(void **state)
{
	struct msg_subscribe subscribe = { 0 };
	uint32_t req = 0;
	(void)state;
	all_gone();
	int fd = stream_open_at("", &req);
	event_send(req, 77, "alerts", 1);
	event_read(fd, "id: 77\n");
	web_peer_close(&web, IPC_QUERY);
	web_peer_open(&web, IPC_QUERY);
	struct ipc_frame frame = web_take(&web, IPC_QUERY, MSG_SUBSCRIBE);
	assert_int_equal(msg_subscribe_decode(frame.payload, &subscribe), 0);
	assert_int_equal(subscribe.last_seq, 77);
	event_send(frame.req, 78, "alerts", 1);
	event_read(fd, "id: 78\n");
	(void)close(fd);
}

static void test_reader_leaves(void **state)
{
	uint32_t req = 0;
	(void)state;
	while (!web_quiet(&web, IPC_QUERY)) {
		(void)web_take(&web, IPC_QUERY, MSG_UNSUBSCRIBE);
	}
	int fd = stream_open_at("", &req);
	(void)close(fd);
	/* The first event after finds out, as would the next ping. */
	for (int i = 0; i < 100 && web_quiet(&web, IPC_QUERY); i++) {
		event_send(req, 100 + i, "alerts", i);
	}
	struct ipc_frame frame = web_take(&web, IPC_QUERY, MSG_UNSUBSCRIBE);
	while (frame.req != req) {
		frame = web_take(&web, IPC_QUERY, MSG_UNSUBSCRIBE); /* of an earlier reader */
	}
}

static void test_thousand_readers(void **state)
{
	static int fds[SERVER_STREAMS_MAX];
	static uint32_t reqs[SERVER_STREAMS_MAX];
	(void)state;
	all_gone();
	for (size_t i = 0; i < SERVER_STREAMS_MAX; i++) {
		fds[i] = http_open(&web);
		http_say(fds[i], STREAM "\r\n");
		reqs[i] = web_take(&web, IPC_QUERY, MSG_SUBSCRIBE).req;
	}
	long before = web_counter(&web, "refused_streams");
	http_ask(&web, STREAM "\r\n", &reply);
	assert_int_equal(reply.status, 503);
	assert_true(reply_has(&reply, "stream.full"));
	assert_int_equal(web_counter(&web, "refused_streams"), before + 1);
	for (size_t i = 0; i < SERVER_STREAMS_MAX; i++) {
		(void)http_read_until(fds[i], "\r\n\r\n", &reply.head);
		assert_true(http_read_until(fds[i], "\n\n", &text)[0] != '\0');
	}
	int64_t from_us = clock_mono_us();
	for (size_t i = 0; i < SERVER_STREAMS_MAX; i++) {
		event_send(reqs[i], 500, "notices", 3);
	}
	for (size_t i = 0; i < SERVER_STREAMS_MAX; i++) {
		struct pollfd readable = { .fd = fds[i], .events = POLLIN };
		assert_int_equal(poll(&readable, 1, 15000), 1);
	}
	print_message("# one event to %d readers in %lld us\n", SERVER_STREAMS_MAX,
		(long long)(clock_mono_us() - from_us));
	for (size_t i = 0; i < SERVER_STREAMS_MAX; i++) {
		event_read(fds[i], "id: 500\n");
	}
	for (size_t i = 0; i < SERVER_STREAMS_MAX; i++) {
		(void)close(fds[i]);
		event_send(reqs[i], 501, "notices", 4);
	}
}

static void test_ping(void **state)
{
	uint32_t req = 0;
	(void)state;
	int fd = stream_open_at("", &req);
	assert_non_null(strstr(
		http_read_until(fd, "\n\n", &text), ": ping\nevent: beat\ndata: {\"now_ms\":"));
	(void)close(fd);
	web_wait_counter(&web, "streams", 0);
}

static void test_slow_client(void **state)
{
	char octet = 0;
	(void)state;
	long before = web_counter(&web, "slow_clients");
	int fd = http_open(&web);
	int64_t from_ms = clock_mono_ms();
	http_say(fd,
		"POST /api/v1/units HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
		"Content-Length: 1000\r\n\r\n");
	/* A letter now and then keeps the connection busy, but not alive. */
	while (send(fd, " ", 1, MSG_NOSIGNAL) == 1 && recv(fd, &octet, 1, MSG_DONTWAIT) < 0 &&
		clock_mono_ms() - from_ms < 15000) {
		(void)usleep(100 * 1000);
	}
	assert_true(clock_mono_ms() - from_ms < 10000);
	(void)close(fd);
	/* The same for one that never says a word. */
	fd = http_open(&web);
	assert_int_equal(recv(fd, &octet, 1, 0), 0);
	(void)close(fd);
	assert_int_equal(web_counter(&web, "slow_clients"), before + 2);
}

static void test_slow_answer(void **state)
{
	(void)state;
	int fd = http_open(&web);
	http_say(fd, "GET /api/v1/overview HTTP/1.1\r\nHost: x\r\n\r\n");
	struct ipc_frame frame = web_take(&web, IPC_QUERY, MSG_ASK);
	http_read(fd, false, &reply);
	assert_int_equal(reply.status, 503);
	assert_true(reply_has(&reply, "server.slow"));
	struct msg_answer late = { .status = 200, .body = SLICE("{}") };
	web_answer(&web, IPC_QUERY, frame.req, &late, -1);
	(void)close(fd);
	http_ask(&web, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", &reply);
	assert_int_equal(reply.status, 200);
}

/* Stopped with a stream, a question and half a request open: they are told, nothing is left. */
static void test_stop_with_work_open(void **state)
{
	uint32_t req = 0;
	(void)state;
	(void)stream_open_at("", &req);
	http_say(http_open(&web), STREAM "\r\n");
	(void)web_take(&web, IPC_QUERY, MSG_SUBSCRIBE);
	http_say(http_open(&web), "GET /api/v1/overview HTTP/1.1\r\nHost: x\r\n\r\n");
	(void)web_take(&web, IPC_QUERY, MSG_ASK);
	http_say(http_open(&web), "POST /api/v1/units HTTP/1.1\r\nHost: x\r\nContent-Le");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_stream_begins_where_answers_were),
		cmocka_unit_test(test_stream_refused),
		cmocka_unit_test(test_stream_ended_by_query),
		cmocka_unit_test(test_slow_reader),
		cmocka_unit_test(test_reader_leaves),
		cmocka_unit_test(test_stop_with_work_open),
	};
	const struct CMUnitTest patient[] = {
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_stream_begins_where_answers_were),
		cmocka_unit_test(test_query_comes_back),
		cmocka_unit_test(test_reader_leaves),
		cmocka_unit_test(test_thousand_readers),
		cmocka_unit_test(test_ping),
		cmocka_unit_test(test_slow_client),
		cmocka_unit_test(test_slow_answer),
		cmocka_unit_test(test_slow_reader),
		cmocka_unit_test(test_stop_with_work_open),
	};
	web.program = argc > 1 ? argv[1] : NULL;
	if (web.program != NULL) {
		return cmocka_run_group_tests(tests, start, stop);
	}
	/* In the thread patience is short, so that what takes time can be waited for. */
	web.request_ms = 2000;
	web.answer_ms = 1500;
	web.ping_ms = 1000;
	return cmocka_run_group_tests(patient, start, stop);
}
