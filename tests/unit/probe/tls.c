/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/ssl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "probe/engines.h"
#include "probe/http/http_check.h"
#include "probe/stream.h"
#include "probe/tls/tls_check.h"
#include "probe/tls_session.h"
#include "tls_world.h"
#include "world.h"

static struct caught check(const struct check_spec *spec, const char *authority)
{
	uv_loop_t loop;
	struct caught caught = { 0 };
	struct tls_client *client = NULL;
	assert_true(tls_client_create(authority, &client) >= 0);
	assert_int_equal(uv_loop_init(&loop), 0);
	struct stream_set *set = stream_set_create(&loop, 8);
	struct engines engines = { .streams = set, .tls = client };
	if (spec->kind == CHECK_HTTP) {
		assert_int_equal(http_check_start(&engines, spec, caught_sink(&caught)), 0);
	} else {
		assert_int_equal(tls_check_start(set, client, spec, caught_sink(&caught)), 0);
	}
	world_run(&loop, &caught, 1, 8000);
	assert_int_equal(caught.count, 1);
	stream_set_close(set);
	world_end(&loop);
	tls_client_destroy(client);
	return caught;
}

static double perf(const struct check_result *result, const char *name)
{
	for (size_t i = 0; i < result->perf_count; i++) {
		if (strcmp(result->perf[i].name, name) == 0) {
			return result->perf[i].value;
		}
	}
	fail_msg("no %s", name);
	return 0;
}

static const struct {
	const char *name;
	struct tls_identity identity;
	const char *asked;
	bool accept_untrusted;
	enum check_state state;
	const char *code; /* "tls.ok" stands for http.ok too */
} identities[] = {
	{ "all is well", { "www.example.test", -1, 90, false, 0 }, "www.example.test", false,
		CHECK_UP, "tls.ok" },
	{ "a wildcard covers one label", { "*.example.test", -1, 90, false, 0 },
		"www.example.test", false, CHECK_UP, "tls.ok" },
	{ "a wildcard covers no second label", { "*.example.test", -1, 90, false, 0 },
		"a.b.example.test", false, CHECK_DEGRADED, "tls.wrong_name" },
	{ "an address is a name too", { NULL, -1, 90, false, 0 }, NULL, false, CHECK_UP,
		"tls.ok" },
	{ "another name", { "mail.example.test", -1, 90, false, 0 }, "www.example.test", false,
		CHECK_DEGRADED, "tls.wrong_name" },
	{ "self-signed", { "www.example.test", -1, 90, true, 0 }, "www.example.test", false,
		CHECK_DEGRADED, "tls.self_signed" },
	{ "self-signed and accepted", { "www.example.test", -1, 90, true, 0 },
		"www.example.test", true, CHECK_UP, "tls.ok" },
	{ "expired", { "www.example.test", -90, -2, false, 0 }, "www.example.test", false,
		CHECK_DOWN, "tls.expired" },
	{ "expired counts before the name", { "mail.example.test", -90, -2, true, 0 },
		"www.example.test", true, CHECK_DOWN, "tls.expired" },
	{ "not yet valid", { "www.example.test", 2, 90, false, 0 }, "www.example.test", false,
		CHECK_DOWN, "tls.not_yet_valid" },
	{ "twenty days left", { "www.example.test", -1, 20, false, 0 }, "www.example.test",
		false, CHECK_DEGRADED, "tls.expires_soon" },
	{ "an old protocol is seen and named",
		{ "www.example.test", -1, 90, false, TLS1_1_VERSION }, "www.example.test",
		false, CHECK_DEGRADED, "tls.old_protocol" },
	{ "TLS 1.2 is well", { "www.example.test", -1, 90, false, TLS1_2_VERSION },
		"www.example.test", false, CHECK_UP, "tls.ok" },
};

static void certificates_are_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(identities) / sizeof(identities[0]); i++) {
		struct tls_world *world = tls_world_start(&identities[i].identity, NULL);
		struct check_spec spec = { .kind = CHECK_TLS,
			.addr = world_addr("127.0.0.1"),
			.port = tls_world_port(world),
			.timeout_ms = 5000,
			.name = identities[i].asked,
			.accept_untrusted = identities[i].accept_untrusted };
		struct caught caught = check(&spec, tls_world_authority(world));
		if (strcmp(caught.last.code, identities[i].code) != 0) {
			fail_msg("%s: %s", identities[i].name, caught.last.code);
		}
		assert_int_equal(caught.last.state, identities[i].state);
		assert_string_equal(world_arg(&caught.last, "subject"), "服务");
		int days = identities[i].identity.to_days;
		assert_true(perf(&caught.last, "days_left") == (double)days);
		/* The check's own series, which rules and lists know as the days left. */
		assert_string_equal(caught.last.perf[0].name, "days_left");
		tls_world_stop(world);
	}
}

static void https_tells_of_the_certificate_when_the_answer_is_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(identities) / sizeof(identities[0]); i++) {
		struct tls_world *world = tls_world_start(&identities[i].identity,
			"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n校园");
		struct check_spec spec = { .kind = CHECK_HTTP,
			.addr = world_addr("127.0.0.1"),
			.port = tls_world_port(world),
			.timeout_ms = 5000,
			.name = identities[i].asked,
			.use_tls = true,
			.accept_untrusted = identities[i].accept_untrusted,
			.expect_text = "校园" };
		struct caught caught = check(&spec, tls_world_authority(world));
		bool good = strcmp(identities[i].code, "tls.ok") == 0;
		if (strcmp(caught.last.code, good ? "http.ok" : identities[i].code) != 0) {
			fail_msg("%s: %s", identities[i].name, caught.last.code);
		}
		assert_int_equal(caught.last.state, identities[i].state);
		spec.expect_text = "something else";
		caught = check(&spec, tls_world_authority(world));
		assert_string_equal(caught.last.code, "http.content_missing");
		tls_world_stop(world);
	}
}

static void serve_nothing(int fd, void *arg)
{
	(void)arg;
	char rest[4096];
	while (recv(fd, rest, sizeof(rest), 0) > 0) {
	}
}

static void serve_noise(int fd, void *arg)
{
	char hello[1024];
	(void)!recv(fd, hello, sizeof(hello), 0);
	world_send(fd, arg);
	serve_nothing(fd, NULL);
}

static void serve_end(int fd, void *arg)
{
	char hello[1024];
	(void)arg;
	(void)!recv(fd, hello, sizeof(hello), 0);
}

/* A record that says it holds 16 KiB, octet by octet. */
static void serve_drip(int fd, void *arg)
{
	(void)arg;
	char hello[1024];
	(void)!recv(fd, hello, sizeof(hello), 0);
	const uint8_t head[] = { 22, 3, 3, 0x40, 0, 2, 0, 0x3f, 0xfc };
	for (unsigned i = 0; i < 60; i++) {
		if (send(fd, &head[i < sizeof(head) ? i : 0], 1, MSG_NOSIGNAL) != 1) {
			return;
		}
		(void)usleep(20000);
	}
}

static void a_server_that_speaks_no_tls_is_named(void **state)
{
	(void)state;
	static char http[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
	static const struct {
		void (*serve)(int fd, void *arg);
		void *arg;
		const char *code;
	} cases[] = {
		{ serve_noise, http, "tls.failed" },
		{ serve_nothing, NULL, "tls.timeout" },
		{ serve_drip, NULL, "tls.timeout" },
		{ serve_end, NULL, "tls.closed" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct server server;
		server_start(&server, cases[i].serve, cases[i].arg);
		struct check_spec spec = { .kind = CHECK_TLS,
			.addr = world_addr("127.0.0.1"),
			.port = server.port,
			.timeout_ms = 300 };
		struct caught caught = check(&spec, NULL);
		assert_string_equal(caught.last.code, cases[i].code);
		assert_int_equal(caught.last.state, CHECK_DOWN);
		spec.kind = CHECK_HTTP;
		spec.use_tls = true;
		caught = check(&spec, NULL);
		assert_int_equal(caught.last.state, CHECK_DOWN);
		server_stop(&server);
	}
}

static void a_file_without_authorities_is_refused(void **state)
{
	(void)state;
	struct tls_client *client = NULL;
	assert_true(tls_client_create("/dev/null", &client) < 0);
}

int main(void)
{
	/* The servers of this test write into connections that are gone. */
	(void)signal(SIGPIPE, SIG_IGN);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(certificates_are_judged),
		cmocka_unit_test(https_tells_of_the_certificate_when_the_answer_is_good),
		cmocka_unit_test(a_server_that_speaks_no_tls_is_named),
		cmocka_unit_test(a_file_without_authorities_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
