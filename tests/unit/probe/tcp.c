/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "probe/stream.h"
#include "probe/tcp/tcp_check.h"
#include "world.h"

static void serve_text(int fd, void *arg)
{
	world_send(fd, arg);
	char rest[64];
	(void)!recv(fd, rest, sizeof(rest), 0);
}

static void serve_nothing(int fd, void *arg)
{
	(void)arg;
	char rest[64];
	(void)!recv(fd, rest, sizeof(rest), 0);
}

static void serve_drip(int fd, void *arg)
{
	const char *text = arg;
	for (; *text != '\0'; text++) {
		char one[2] = { *text, '\0' };
		world_send(fd, one);
		(void)usleep(20000);
	}
}

static void serve_end(int fd, void *arg)
{
	(void)fd;
	(void)arg;
}

static struct caught check(const struct check_spec *spec)
{
	uv_loop_t loop;
	struct caught caught = { 0 };
	assert_int_equal(uv_loop_init(&loop), 0);
	struct stream_set *set = stream_set_create(&loop, 8);
	assert_non_null(set);
	assert_int_equal(tcp_check_start(set, spec, caught_sink(&caught)), 0);
	assert_int_equal(caught.count, 0);
	world_run(&loop, &caught, 1, 5000);
	assert_int_equal(caught.count, 1);
	stream_set_close(set);
	world_end(&loop);
	assert_int_equal(caught.count, 1);
	return caught;
}

static void a_port_is_judged_by_what_it_does(void **state)
{
	(void)state;
	static char hello[] = "SSH-2.0-x\r\n";
	static char noise[] = "\0\xff\xfe garbage";
	static const struct {
		const char *name;
		void (*serve)(int fd, void *arg);
		char *arg;
		const char *expect;
		const char *code;
		enum check_state state;
	} cases[] = {
		{ "accepting is enough when nothing is expected", serve_nothing, NULL, NULL,
			"tcp.ok", CHECK_UP },
		{ "the banner begins as it should", serve_text, hello, "SSH-2.0",
			"tcp.banner_ok", CHECK_UP },
		{ "a banner in single octets is put together", serve_drip, hello, "SSH-2.0",
			"tcp.banner_ok", CHECK_UP },
		{ "another banner is wrong", serve_text, hello, "220 ", "tcp.banner_wrong",
			CHECK_DOWN },
		{ "noise is wrong", serve_text, noise + 1, "220 ", "tcp.banner_wrong",
			CHECK_DOWN },
		{ "silence has no banner", serve_nothing, NULL, "220 ", "tcp.banner_none",
			CHECK_DOWN },
		{ "hanging up has no banner", serve_end, NULL, "220 ", "tcp.banner_none",
			CHECK_DOWN },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct server server;
		server_start(&server, cases[i].serve, cases[i].arg);
		struct check_spec spec = { .id = 3,
			.kind = CHECK_TCP,
			.addr = world_addr("127.0.0.1"),
			.port = server.port,
			.timeout_ms = 400,
			.expect_text = cases[i].expect };
		struct caught caught = check(&spec);
		server_stop(&server);
		if (strcmp(caught.last.code, cases[i].code) != 0) {
			fail_msg("%s: %s", cases[i].name, caught.last.code);
		}
		assert_int_equal(caught.last.state, cases[i].state);
		assert_in_range(caught.last.latency_us, 1, 400000);
	}
}

static void nobody_listening_is_refused(void **state)
{
	(void)state;
	struct server server;
	server_start(&server, serve_nothing, NULL);
	struct check_spec spec = { .kind = CHECK_TCP,
		.addr = world_addr("127.0.0.1"),
		.port = server.port,
		.timeout_ms = 400 };
	server_stop(&server);
	struct caught caught = check(&spec);
	assert_string_equal(caught.last.code, "tcp.refused");
	assert_int_equal(caught.last.state, CHECK_DOWN);
	assert_int_equal(caught.last.latency_us, -1);
}

static void a_full_backlog_times_out(void **state)
{
	(void)state;
	/* A listener whose queue is full drops the SYN: the nearest thing to a silent host. */
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(at);
	int fill[4];
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 0), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	for (size_t i = 0; i < 4; i++) {
		fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		(void)connect(fill[i], (struct sockaddr *)&at, sizeof(at));
	}
	struct check_spec spec = { .kind = CHECK_TCP,
		.addr = world_addr("127.0.0.1"),
		.port = ntohs(at.sin_port),
		.timeout_ms = 150 };
	struct caught caught = check(&spec);
	assert_string_equal(caught.last.code, "tcp.timeout");
	assert_int_equal(caught.last.state, CHECK_DOWN);
	for (size_t i = 0; i < 4; i++) {
		(void)close(fill[i]);
	}
	(void)close(fd);
}

/* How many of so many checks of a port get as far as the service behind it. */
static unsigned accepted_of(unsigned count, const char *expect)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(at);
	unsigned accepted = 0;
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 64), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	for (unsigned i = 0; i < count; i++) {
		struct check_spec spec = { .kind = CHECK_TCP,
			.addr = world_addr("127.0.0.1"),
			.port = ntohs(at.sin_port),
			.timeout_ms = 400,
			.expect_text = expect };
		struct caught caught = check(&spec);
		assert_int_equal(caught.last.state, expect == NULL ? CHECK_UP : CHECK_DOWN);
		int one = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
		if (one >= 0) {
			accepted++;
			(void)close(one);
		}
	}
	(void)close(fd);
	return accepted;
}

static void a_port_is_knocked_at_and_the_service_left_alone(void **state)
{
	(void)state;
	/* On a machine held up for 40 ms the acknowledgement goes out after all. */
	assert_in_range(accepted_of(10, NULL), 0, 4);
	assert_int_equal(accepted_of(2, "220 "), 2);
}

static void the_set_refuses_more_than_its_limit_and_ends_them_all(void **state)
{
	(void)state;
	uv_loop_t loop;
	struct server server;
	struct caught caught = { 0 };
	server_start(&server, serve_nothing, NULL);
	assert_int_equal(uv_loop_init(&loop), 0);
	struct stream_set *set = stream_set_create(&loop, 2);
	struct check_spec spec = { .addr = world_addr("127.0.0.1"),
		.port = server.port,
		.expect_text = "x",
		.timeout_ms = 5000 };
	assert_int_equal(tcp_check_start(set, &spec, caught_sink(&caught)), 0);
	assert_int_equal(tcp_check_start(set, &spec, caught_sink(&caught)), 0);
	assert_int_equal(tcp_check_start(set, &spec, caught_sink(&caught)), E_BUSY);
	world_run(&loop, &caught, 1, 50);
	assert_int_equal(stream_set_count(set), 2);
	stream_set_close(set);
	world_end(&loop);
	assert_int_equal(caught.count, 0);
	server_stop(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_port_is_judged_by_what_it_does),
		cmocka_unit_test(nobody_listening_is_refused),
		cmocka_unit_test(a_full_backlog_times_out),
		cmocka_unit_test(a_port_is_knocked_at_and_the_service_left_alone),
		cmocka_unit_test(the_set_refuses_more_than_its_limit_and_ends_them_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
