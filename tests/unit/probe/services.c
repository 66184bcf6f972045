/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <netinet/in.h>
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
#include "probe/ask.h"
#include "probe/engines.h"
#include "probe/imap/imap_check.h"
#include "probe/ldap/ldap_check.h"
#include "probe/ntp/ntp_check.h"
#include "probe/pop3/pop3_check.h"
#include "probe/prober.h"
#include "probe/radius/radius_check.h"
#include "probe/smtp/smtp_check.h"
#include "probe/ssh/ssh_check.h"
#include "probe/stream.h"
#include "probe/tls_session.h"
#include "tls_world.h"
#include "world.h"

typedef int start_fn(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink);

static struct caught ask(start_fn *start, const struct check_spec *spec, struct tls_client *tls)
{
	uv_loop_t loop;
	struct caught caught = { 0 };
	assert_int_equal(uv_loop_init(&loop), 0);
	struct engines engines = { .streams = stream_set_create(&loop, 4),
		.asks = ask_set_create(&loop, 4),
		.tls = tls };
	assert_int_equal(start(&engines, spec, caught_sink(&caught)), 0);
	assert_int_equal(caught.count, 0);
	world_run(&loop, &caught, 1, 5000);
	stream_set_close(engines.streams);
	ask_set_close(engines.asks);
	world_end(&loop);
	assert_int_equal(caught.count, 1);
	return caught;
}

/* ---- one datagram: what a server made of the question */

struct answerer {
	int fd;
	uint16_t port;
	uv_thread_t thread;
	size_t (*answer)(uint8_t *octets, size_t n);
};

static void answer_one(void *user)
{
	struct answerer *a = user;
	struct sockaddr_in from = { 0 };
	socklen_t len = sizeof(from);
	uint8_t octets[4096];
	ssize_t n = recvfrom(a->fd, octets, sizeof(octets), 0, (struct sockaddr *)&from, &len);
	size_t out = n > 0 ? a->answer(octets, (size_t)n) : 0;
	if (out > 0) {
		(void)!sendto(a->fd, octets, out, 0, (struct sockaddr *)&from, len);
	}
}

static void answerer_start(struct answerer *a, size_t (*answer)(uint8_t *octets, size_t n))
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(at);
	a->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	a->answer = answer;
	assert_int_equal(bind(a->fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(getsockname(a->fd, (struct sockaddr *)&at, &len), 0);
	a->port = ntohs(at.sin_port);
	assert_int_equal(uv_thread_create(&a->thread, answer_one, a), 0);
}

static void answerer_stop(struct answerer *a)
{
	assert_int_equal(uv_thread_join(&a->thread), 0);
	(void)close(a->fd);
}

/* A server's answer to this question, its clock so many seconds ahead. */
static size_t time_reply(uint8_t *octets, uint8_t stratum, int64_t ahead_s)
{
	uint64_t seconds = (uint64_t)(ask_now_us() / 1000000 + INT64_C(2208988800) + ahead_s);
	memcpy(octets + 24, octets + 40, 8);
	octets[0] = 0x24;
	octets[1] = stratum;
	for (unsigned i = 0; i < 4; i++) {
		octets[32 + i] = octets[40 + i] = (uint8_t)(seconds >> 8 * (3 - i));
	}
	return 48;
}

static size_t time_good(uint8_t *octets, size_t n)
{
	(void)n;
	return time_reply(octets, 2, 0);
}

static size_t time_ahead(uint8_t *octets, size_t n)
{
	(void)n;
	return time_reply(octets, 2, 300);
}

static size_t time_far(uint8_t *octets, size_t n)
{
	(void)n;
	return time_reply(octets, 12, 0);
}

static size_t time_kiss(uint8_t *octets, size_t n)
{
	(void)n;
	memcpy(octets + 12, "RATE", 4);
	return time_reply(octets, 0, 0);
}

static size_t time_deny(uint8_t *octets, size_t n)
{
	(void)n;
	memcpy(octets + 12, "DENY", 4);
	return time_reply(octets, 0, 0);
}

static size_t noise(uint8_t *octets, size_t n)
{
	memset(octets, 0x5a, n);
	return n;
}

static size_t silence(uint8_t *octets, size_t n)
{
	(void)octets;
	(void)n;
	return 0;
}

/* An accept as anybody could make it. */
static size_t unproven(uint8_t *octets, size_t n)
{
	(void)n;
	octets[0] = 2;
	octets[2] = 0;
	octets[3] = 20;
	return 20;
}

static void a_datagram_is_judged_by_what_it_says(void **state)
{
	static const struct {
		const char *name;
		start_fn *start;
		enum check_kind kind;
		size_t (*answer)(uint8_t *octets, size_t n);
		const char *code;
		enum check_state state;
	} cases[] = {
		{ "the time is right", ntp_check_start, CHECK_NTP, time_good, "ntp.ok",
			CHECK_UP },
		{ "the time is wrong", ntp_check_start, CHECK_NTP, time_ahead, "ntp.offset",
			CHECK_DEGRADED },
		{ "the time is of hearsay", ntp_check_start, CHECK_NTP, time_far, "ntp.stratum",
			CHECK_DEGRADED },
		{ "we ask too often", ntp_check_start, CHECK_NTP, time_kiss, "ntp.rate",
			CHECK_DOWN },
		{ "we are not served", ntp_check_start, CHECK_NTP, time_deny, "ntp.denied",
			CHECK_DOWN },
		{ "noise is no time", ntp_check_start, CHECK_NTP, noise, "ntp.malformed",
			CHECK_DOWN },
		{ "silence is none", ntp_check_start, CHECK_NTP, silence, "ntp.timeout",
			CHECK_DOWN },
		{ "an accept without proof", radius_check_start, CHECK_RADIUS, unproven,
			"radius.unproven", CHECK_DOWN },
		{ "silence lets nobody in", radius_check_start, CHECK_RADIUS, silence,
			"radius.timeout", CHECK_DOWN },
	};
	static const struct check_value radius[CHECK_VALUES_MAX] = {
		[RADIUS_SECRET] = { .text = "secret", .given = true },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct answerer answerer;
		answerer_start(&answerer, cases[i].answer);
		struct check_spec spec = { .kind = cases[i].kind,
			.addr = world_addr("127.0.0.1"),
			.port = answerer.port,
			.timeout_ms = 300,
			.values = cases[i].kind == CHECK_RADIUS ? radius : NULL };
		struct caught caught = ask(cases[i].start, &spec, NULL);
		answerer_stop(&answerer);
		if (strcmp(caught.last.code, cases[i].code) != 0 ||
			caught.last.state != cases[i].state) {
			fail_msg("%s: %s", cases[i].name, caught.last.code);
		}
	}
}

/* ---- one connection */

static void serve_text(int fd, void *arg)
{
	world_send(fd, arg);
	char rest[64];
	(void)!recv(fd, rest, sizeof(rest), 0);
}

static void a_dialogue_is_judged_by_how_it_ends(void **state)
{
	static const struct {
		const char *name;
		start_fn *start;
		enum check_kind kind;
		char text[64];
		const char *code;
	} cases[] = {
		{ "SMTP will not serve", smtp_check_start, CHECK_SMTP, "554 go away\r\n",
			"smtp.unavailable" },
		{ "SMTP hangs up after its greeting", smtp_check_start, CHECK_SMTP,
			"220 hello\r\n", "smtp.closed" },
		{ "IMAP is full", imap_check_start, CHECK_IMAP, "* BYE too many\r\n",
			"imap.unavailable" },
		{ "POP3 is another service", pop3_check_start, CHECK_POP3, "SSH-2.0-x\r\n",
			"pop3.malformed" },
		{ "LDAP is another service", ldap_check_start, CHECK_LDAP, "220 mail\r\n",
			"ldap.malformed" },
		{ "SSH of long ago", ssh_check_start, CHECK_SSH, "SSH-1.5-old\r\n",
			"ssh.old_protocol" },
		{ "SSH takes no more", ssh_check_start, CHECK_SSH, "not now\r\n",
			"ssh.closed" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct server server;
		char text[64];
		memcpy(text, cases[i].text, sizeof(text));
		server_start(&server, serve_text, text);
		struct check_spec spec = { .kind = cases[i].kind,
			.addr = world_addr("127.0.0.1"),
			.port = server.port,
			.timeout_ms = 800 };
		struct caught caught = ask(cases[i].start, &spec, NULL);
		server_stop(&server);
		if (strcmp(caught.last.code, cases[i].code) != 0 ||
			caught.last.state != CHECK_DOWN) {
			fail_msg("%s: %s", cases[i].name, caught.last.code);
		}
	}
}

/* Not even the greeting is waited for, unless a person said that this certificate will do. */
static void no_password_is_shown_to_who_cannot_prove_himself(void **state)
{
	static const struct tls_identity identity = { .self_signed = true, .to_days = 90 };
	static const struct check_value login[CHECK_VALUES_MAX] = {
		[IMAP_USER] = { .text = "alice", .given = true },
		[IMAP_PASSWORD] = { .text = "secret", .given = true },
	};
	(void)state;
	struct tls_world *world = tls_world_start(&identity, NULL);
	struct tls_client *tls = NULL;
	assert_int_equal(tls_client_create(tls_world_authority(world), &tls), 0);
	struct check_spec spec = { .kind = CHECK_IMAP,
		.addr = world_addr("127.0.0.1"),
		.port = tls_world_port(world),
		.timeout_ms = 1500,
		.tls_mode = CHECK_TLS_AT_ONCE,
		.values = login };
	struct caught caught = ask(imap_check_start, &spec, tls);
	assert_string_equal(caught.last.code, "tls.self_signed");
	assert_null(world_arg(&caught.last, "greeting"));
	spec.accept_untrusted = true;
	caught = ask(imap_check_start, &spec, tls);
	assert_string_equal(caught.last.code, "imap.timeout"); /* it waits for the greeting */
	tls_client_destroy(tls);
	tls_world_stop(world);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_datagram_is_judged_by_what_it_says),
		cmocka_unit_test(a_dialogue_is_judged_by_how_it_ends),
		cmocka_unit_test(no_password_is_shown_to_who_cannot_prove_himself),
	};
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
