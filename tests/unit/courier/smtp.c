/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/smtp.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/jw.h"
#include "base/num.h"
#include "courier/account.h"
#include "courier/conversation.h"
#include "dns_world.h"
#include "sink.h"

enum { PATIENCE_MS = 8000, SILENT_MS = 20000, RESULTS_MAX = 512 };

static const char *script;

/* One sender on a loop, and what it said. */
struct post {
	uv_loop_t loop;
	struct smtp *smtp;
	unsigned count;
	struct {
		int64_t delivery;
		enum outcome outcome;
		char provider[256];
		char error[256];
	} results[RESULTS_MAX];
};

static struct post post;
static char config[4096];

static void on_sent(void *ctx, const struct smtp_result *result)
{
	struct post *p = ctx;
	assert_true(p->count < RESULTS_MAX);
	p->results[p->count].delivery = result->delivery;
	p->results[p->count].outcome = result->outcome;
	(void)snprintf(p->results[p->count].provider, 256, "%.*s", SLICE_FMT(result->provider));
	(void)snprintf(p->results[p->count].error, 256, "%.*s", SLICE_FMT(result->error));
	p->count++;
}

static void post_open(const char *name_servers)
{
	struct smtp_setup setup = {
		.name_servers = name_servers, .done = on_sent, .ctx = &post
	};
	memset(&post, 0, sizeof(post));
	assert_int_equal(uv_loop_init(&post.loop), 0);
	assert_int_equal(smtp_create(&post.loop, &setup, &post.smtp), 0);
}

static void post_close(void)
{
	smtp_end(post.smtp);
	assert_int_equal(uv_run(&post.loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(uv_loop_close(&post.loop), 0);
	post.smtp = smtp_destroy(post.smtp);
}

static void post_send(int64_t delivery)
{
	char key[32];
	(void)snprintf(key, sizeof(key), "key-%d", (int)delivery);
	struct smtp_job job = { .delivery = delivery,
		.attempt = 1,
		.config = slice_str(config),
		.to = SLICE("li@campus.test"),
		.key = slice_str(key),
		.subject = SLICE("告警"),
		.body = SLICE("one\n.\ntwo\n"),
		.at_unix_ms = 1795332246000 };
	smtp_send(post.smtp, &job);
}

static void on_patience(uv_timer_t *timer)
{
	*(bool *)timer->data = true;
}

static void post_wait(unsigned count)
{
	uv_timer_t timer;
	bool over = false;
	assert_int_equal(uv_timer_init(&post.loop, &timer), 0);
	timer.data = &over;
	assert_int_equal(uv_timer_start(&timer, on_patience, PATIENCE_MS, 0), 0);
	while (post.count < count && !over) {
		(void)uv_run(&post.loop, UV_RUN_ONCE);
	}
	uv_close((uv_handle_t *)&timer, NULL);
	(void)uv_run(&post.loop, UV_RUN_NOWAIT);
	assert_int_equal(post.count, count);
}

static void config_patient(
	const char *host, uint16_t port, unsigned timeout_ms, const char *more)
{
	(void)snprintf(config, sizeof(config),
		"{\"host\":\"%s\",\"port\":%u,\"from\":\"noc@campus.test\",\"timeout_ms\":%u%s}",
		host, port, timeout_ms, more);
}

static void config_put(const char *host, uint16_t port, const char *more)
{
	config_patient(host, port, 700, more);
}

static void test_script(void **state)
{
	static const struct {
		const char *name;
		const char *mode;
		enum outcome want;
		const char *text; /* in provider or error */
	} cases[] = {
		{ "accepted", "accept", OUTCOME_ACCEPTED, "250 kept as 000001" },
		{ "busy at the greeting", "busy", OUTCOME_RETRY, "421" },
		{ "recipient unknown", "reject 550", OUTCOME_PERMANENT,
			"rcpt 550 as the script says" },
		{ "recipient greylisted", "reject 451", OUTCOME_RETRY, "rcpt 451" },
		{ "sender refused", "reject 550 MAIL", OUTCOME_RETRY, "mail 550" },
		{ "DATA refused", "reject 554 DATA", OUTCOME_PERMANENT, "data 554" },
		{ "DATA later", "reject 452 DATA", OUTCOME_RETRY, "data 452" },
		{ "silence", "blackhole", OUTCOME_RETRY, "connect Timeout" },
		{ "lost after the final dot", "drop", OUTCOME_UNKNOWN, "body" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sink sink;
		sink_start(&sink, script, false);
		sink_mode(&sink, cases[i].mode);
		config_put("127.0.0.1", sink.port, "");
		post_open("");
		post_send(7);
		post_wait(1);
		if (post.results[0].delivery != 7 || post.results[0].outcome != cases[i].want ||
			(strstr(post.results[0].provider, cases[i].text) == NULL &&
				strstr(post.results[0].error, cases[i].text) == NULL)) {
			fail_msg("%s: %s, provider '%s', error '%s'", cases[i].name,
				outcome_text(post.results[0].outcome), post.results[0].provider,
				post.results[0].error);
		}
		assert_int_equal(sink_count(&sink), cases[i].want == OUTCOME_ACCEPTED ? 1 : 0);
		post_close();
		sink_stop(&sink);
	}
}

/* A letter longer than what the kernel takes in one go. */
static void post_send_long(int64_t delivery)
{
	enum { LONG_OCTETS = 8 * 1024 * 1024 };
	static char body[LONG_OCTETS + 1];
	memset(body, 'x', LONG_OCTETS);
	struct smtp_job job = { .delivery = delivery,
		.attempt = 1,
		.config = slice_str(config),
		.to = SLICE("li@campus.test"),
		.key = SLICE("key-7"),
		.subject = SLICE("告警"),
		.body = slice_of(body, LONG_OCTETS),
		.at_unix_ms = 1795332246000 };
	smtp_send(post.smtp, &job);
}

static void expect_kept(const struct sink *sink, unsigned want, const char *when)
{
	assert_int_equal(sink_count(sink), want);
	for (unsigned i = 1; i <= want; i++) {
		char name[32];
		char text[4096];
		(void)snprintf(name, sizeof(name), "%06u.eml", i);
		assert_true(sink_read(sink, name, text, sizeof(text)));
		if (strstr(text, "\r\nMessage-ID: <key-7@campus.test>\r\n") == NULL) {
			fail_msg(
				"%s: message %u has another Message-ID: %.200s", when, i, text);
		}
	}
}

static void test_cut(void **state)
{
	static const struct {
		const char *mode;
		bool is_long;
		enum outcome want;
		unsigned kept;
	} cases[] = {
		{ "cut GREETING", false, OUTCOME_RETRY, 0 },
		{ "cut EHLO", false, OUTCOME_RETRY, 0 },
		{ "cut MAIL", false, OUTCOME_RETRY, 0 },
		{ "cut RCPT", false, OUTCOME_RETRY, 0 },
		{ "cut DATA", false, OUTCOME_RETRY, 0 },
		{ "cut BODY", true, OUTCOME_RETRY, 0 },
		{ "cut DOT", false, OUTCOME_UNKNOWN, 0 },
		{ "cut KEPT", false, OUTCOME_UNKNOWN, 1 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sink sink;
		sink_start(&sink, script, false);
		sink_mode(&sink, cases[i].mode);
		config_put("127.0.0.1", sink.port, "");
		post_open("");
		(cases[i].is_long ? post_send_long : post_send)(7);
		post_wait(1);
		if (post.results[0].outcome != cases[i].want) {
			fail_msg("%s: %s, %s", cases[i].mode,
				outcome_text(post.results[0].outcome), post.results[0].error);
		}
		expect_kept(&sink, cases[i].kept, cases[i].mode);
		sink_mode(&sink, "accept");
		post_send(7);
		post_wait(2);
		assert_int_equal(post.results[1].outcome, OUTCOME_ACCEPTED);
		expect_kept(&sink, cases[i].kept + 1, cases[i].mode);
		post_close();
		sink_stop(&sink);
	}
}

static void wait_ms(uint64_t ms)
{
	uv_timer_t timer;
	bool over = false;
	assert_int_equal(uv_timer_init(&post.loop, &timer), 0);
	timer.data = &over;
	uv_update_time(&post.loop);
	assert_int_equal(uv_timer_start(&timer, on_patience, ms, 0), 0);
	while (!over) {
		(void)uv_run(&post.loop, UV_RUN_ONCE);
	}
	uv_close((uv_handle_t *)&timer, NULL);
	(void)uv_run(&post.loop, UV_RUN_NOWAIT);
}

static void wait_kept(const struct sink *sink, unsigned count)
{
	for (int turn = 0; turn < PATIENCE_MS / 50 && sink_count(sink) < count; turn++) {
		wait_ms(50);
	}
	assert_int_equal(sink_count(sink), count);
}

/* libcurl blocks whoever calls it from the final dot to the answer. */
static void test_silent_server(void **state)
{
	enum { HELD = SMTP_INFLIGHT_MAX - 1 };
	struct sink silent;
	struct sink other;
	(void)state;
	sink_start(&silent, script, false);
	sink_start(&other, script, false);
	sink_mode(&silent, "hold KEPT");
	post_open("");
	config_patient("127.0.0.1", silent.port, SILENT_MS, "");
	for (int i = 0; i < HELD; i++) {
		post_send(i);
	}
	wait_kept(&silent, HELD);
	wait_ms(50); /* timers go on */
	assert_int_equal(post.count, 0);
	config_patient("127.0.0.1", other.port, SILENT_MS, "");
	post_send(HELD);
	post_wait(1);
	assert_int_equal(post.results[0].delivery, HELD);
	assert_int_equal(post.results[0].outcome, OUTCOME_ACCEPTED);
	sink_mode(&silent, "accept");
	post_wait(SMTP_INFLIGHT_MAX);
	for (unsigned i = 1; i < SMTP_INFLIGHT_MAX; i++) {
		assert_int_equal(post.results[i].outcome, OUTCOME_ACCEPTED);
	}
	post_close();
	sink_stop(&silent);
	sink_stop(&other);
}

static uint64_t port_of(const struct sink *sink, const char *name)
{
	char text[512];
	uint64_t port = 0;
	assert_true(sink_read(sink, name, text, sizeof(text)));
	const char *at = strstr(text, "\"port\": ");
	assert_non_null(at);
	struct slice digits = slice_str(at + 8);
	digits.n = strspn(at + 8, "0123456789");
	assert_int_equal(num_u64(digits, UINT16_MAX, &port), 0);
	return port;
}

static void test_connection_kept(void **state)
{
	struct sink sink;
	struct sink other;
	(void)state;
	sink_start(&sink, script, false);
	sink_start(&other, script, false);
	post_open("");
	config_put("127.0.0.1", sink.port, "");
	for (unsigned i = 1; i <= 2; i++) {
		post_send(i);
		post_wait(i);
	}
	assert_int_equal(port_of(&sink, "000001.json"), port_of(&sink, "000002.json"));
	/* The settings name another server, and the old one does not even answer QUIT. */
	sink_mode(&sink, "hold QUIT");
	config_put("127.0.0.1", other.port, "");
	post_send(3);
	post_wait(3);
	assert_int_equal(post.results[2].outcome, OUTCOME_ACCEPTED);
	post_close();
	sink_stop(&sink);
	sink_stop(&other);
}

static void close_at_once(void)
{
	uint64_t begin = uv_hrtime();
	post_close();
	assert_in_range((uv_hrtime() - begin) / 1000000, 0, PATIENCE_MS);
}

/* A listener whose queue is full: who connects hears nothing. */
static uint16_t deaf_port(int ret_fds[3])
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	ret_fds[0] = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(ret_fds[0], (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(ret_fds[0], 0), 0);
	assert_int_equal(getsockname(ret_fds[0], (struct sockaddr *)&at, &n), 0);
	for (int i = 1; i < 3; i++) {
		ret_fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(ret_fds[i], (struct sockaddr *)&at, sizeof(at));
	}
	return ntohs(at.sin_port);
}

static void test_end_after_the_dot(void **state)
{
	struct sink sink;
	(void)state;
	sink_start(&sink, script, false);
	sink_mode(&sink, "slow 200");
	post_open("");
	config_patient("127.0.0.1", sink.port, SILENT_MS, "");
	post_send(1);
	wait_kept(&sink, 1);
	close_at_once();
	assert_int_equal(post.results[0].outcome, OUTCOME_ACCEPTED);
	sink_stop(&sink);
}

static void test_end_waits_for_nobody(void **state)
{
	struct sink sink;
	int fds[3];
	(void)state;
	sink_start(&sink, script, false);
	sink_mode(&sink, "hold KEPT");
	post_open("");
	config_patient("127.0.0.1", sink.port, SILENT_MS, "");
	post_send(1);
	wait_kept(&sink, 1);
	close_at_once();
	assert_int_equal(post.results[0].outcome, OUTCOME_UNKNOWN);
	assert_string_equal(post.results[0].error, "stopping");

	sink_mode(&sink, "accept");
	post_open("");
	post_send(2);
	post_wait(1);
	sink_mode(&sink, "hold QUIT");
	close_at_once();

	post_open("");
	config_patient("127.0.0.1", deaf_port(fds), SILENT_MS, "");
	post_send(3);
	wait_ms(50);
	close_at_once();
	assert_int_equal(post.results[0].outcome, OUTCOME_RETRY);
	for (int i = 0; i < 3; i++) {
		(void)close(fds[i]);
	}
	sink_stop(&sink);
}

/* A letter that is to be tried again is not taken now: not whole, and not half of it either. */
static void test_end_in_the_midst(void **state)
{
	static const char *const places[] = { "GREETING", "EHLO", "MAIL", "RCPT", "DATA",
		"BODY" };
	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct sink sink;
		char mode[32];
		sink_start(&sink, script, false);
		(void)snprintf(mode, sizeof(mode), "hold %s", places[i]);
		sink_mode(&sink, mode);
		config_put("127.0.0.1", sink.port, "");
		post_open("");
		(strcmp(places[i], "BODY") == 0 ? post_send_long : post_send)(7);
		wait_ms(250);
		assert_int_equal(post.count, 0);
		smtp_end(post.smtp);
		sink_mode(&sink, "accept"); /* and the server goes on */
		assert_int_equal(post.count, 1);
		assert_int_equal(post.results[0].outcome, OUTCOME_RETRY);
		wait_ms(250);
		if (sink_count(&sink) != 0) {
			char text[600] = "";
			(void)sink_read(&sink, "000001.eml", text, sizeof(text));
			fail_msg("ended at %s, and the server took '%.500s'", places[i], text);
		}
		post_close();
		sink_stop(&sink);
	}
}

static void test_hung_up(void **state)
{
	struct sink sink;
	(void)state;
	sink_start(&sink, script, false);
	struct account account = { .host = "127.0.0.1",
		.port = sink.port,
		.user = "",
		.from = "noc@campus.test",
		.timeout_ms = 700 };
	struct letter letter = { .account = &account,
		.address = "127.0.0.1",
		.to = "li@campus.test",
		.text = SLICE("Subject: late\r\n\r\nlate\r\n") };
	enum outcome_step step = OUTCOME_BODY;
	for (int hang_up = 0; hang_up < 2; hang_up++) {
		struct conversation *conversation = conversation_create();
		assert_non_null(conversation);
		conversation_begin(conversation, &letter);
		if (hang_up != 0) {
			assert_true(conversation_hang_up(conversation, 0, &step));
			assert_int_equal(step, OUTCOME_CONNECT);
		}
		conversation_run(conversation);
		assert_int_equal(conversation_end(conversation)->accepted, hang_up == 0);
		assert_int_equal(sink_count(&sink), 1);
		assert_false(conversation_hang_up(conversation, 0, &step));
		assert_null(conversation_destroy(conversation));
	}
	sink_stop(&sink);
}

static void test_text(void **state)
{
	struct sink sink;
	char text[4096];
	(void)state;
	sink_start(&sink, script, false);
	config_put("localhost", sink.port, ",\"user\":\"u\",\"password\":\"not kept\"");
	post_open("");
	post_send(1);
	post_wait(1);
	assert_int_equal(post.results[0].outcome, OUTCOME_ACCEPTED);
	assert_true(sink_read(&sink, "000001.eml", text, sizeof(text)));
	assert_non_null(strstr(text, "To: <li@campus.test>\r\n"));
	assert_non_null(strstr(text, "Message-ID: <key-1@campus.test>\r\n"));
	assert_non_null(strstr(text, "\r\n\r\nb25lDQouDQp0d28NCg==\r\n"));
	post_close();
	sink_stop(&sink);
}

static void test_refused_connection(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	(void)state;
	int fd = socket(AF_INET, SOCK_STREAM,
		0); /* bound and not listening: nobody else takes the port */
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	config_put("127.0.0.1", ntohs(at.sin_port), "");
	post_open("");
	post_send(1);
	post_wait(1);
	assert_int_equal(post.results[0].outcome, OUTCOME_RETRY);
	assert_string_equal(post.results[0].error, "connect Couldn't connect to server");
	post_close();
	(void)close(fd);
}

static void expect_next(enum outcome want, const char *error)
{
	unsigned before = post.count;
	post_send(before);
	post_wait(before + 1);
	if (post.results[post.count - 1].outcome != want ||
		strstr(post.results[post.count - 1].error, error) == NULL) {
		fail_msg("%s: %s", outcome_text(post.results[post.count - 1].outcome),
			post.results[post.count - 1].error);
	}
}

static void test_tls(void **state)
{
	struct sink sink;
	char pem[2048];
	AUTO_BUF struct buf more;
	struct jw jw;
	(void)state;
	buf_init(&more, 4096);
	sink_start(&sink, script, true);
	assert_true(sink_read(&sink, "cert", pem, sizeof(pem)));
	post_open("");
	config_put("127.0.0.1", sink.port, ",\"tls\":\"starttls\"");
	expect_next(OUTCOME_RETRY, "connect SSL");
	buf_put_str(&more, ",\"tls\":\"starttls\",\"ca\":");
	jw_init(&jw, &more);
	jw_str(&jw, slice_str(pem));
	config_put("127.0.0.1", sink.port, (const char *)more.p);
	expect_next(OUTCOME_ACCEPTED, "");
	config_put("localhost", sink.port, (const char *)more.p); /* not its name */
	expect_next(OUTCOME_RETRY, "connect SSL");
	config_put("127.0.0.1", sink.port, ",\"tls\":\"starttls\",\"verify\":false");
	expect_next(OUTCOME_ACCEPTED, "");
	assert_int_equal(sink_count(&sink), 2);
	post_close();
	sink_stop(&sink);
}

static void test_no_clear_text(void **state)
{
	struct sink sink;
	(void)state;
	sink_start(&sink, script, false);
	config_put("127.0.0.1", sink.port, ",\"tls\":\"starttls\",\"verify\":false");
	post_open("");
	expect_next(OUTCOME_RETRY, "");
	assert_int_equal(sink_count(&sink), 0);
	post_close();
	sink_stop(&sink);
}

static void test_many(void **state)
{
	struct sink sink;
	(void)state;
	sink_start(&sink, script, false);
	config_put("127.0.0.1", sink.port, "");
	post_open("");
	for (int i = 0; i < 40; i++) {
		post_send(i);
	}
	post_wait(40);
	for (int i = 0; i < 40; i++) {
		assert_int_equal(post.results[i].outcome, OUTCOME_ACCEPTED);
	}
	assert_int_equal(sink_count(&sink), 40);
	post_close();
	sink_stop(&sink);
}

static void test_limit_and_end(void **state)
{
	struct sink sink;
	(void)state;
	sink_start(&sink, script, false);
	sink_mode(&sink, "blackhole");
	config_put("127.0.0.1", sink.port, "");
	post_open("");
	for (int i = 0; i < SMTP_INFLIGHT_MAX + SMTP_QUEUE_MAX; i++) {
		post_send(i);
	}
	assert_int_equal(post.count, 0);
	post_send(999);
	assert_int_equal(post.count, 1);
	assert_int_equal(post.results[0].delivery, 999);
	assert_int_equal(post.results[0].outcome, OUTCOME_RETRY);
	assert_string_equal(post.results[0].error, "busy");
	post_close();
	assert_int_equal(post.count, 1 + SMTP_INFLIGHT_MAX + SMTP_QUEUE_MAX);
	for (unsigned i = 1; i < post.count; i++) {
		assert_int_equal(post.results[i].outcome, OUTCOME_RETRY);
		assert_string_equal(post.results[i].error, "stopping");
	}
	sink_stop(&sink);
}

static void test_unsendable(void **state)
{
	(void)state;
	post_open("");
	(void)snprintf(config, sizeof(config), "{}");
	post_send(1);
	assert_int_equal(post.results[0].outcome, OUTCOME_RETRY);
	assert_string_equal(post.results[0].error, "config: host is no host name or address");
	struct smtp_job job = { .config = SLICE("{\"host\":\"127.0.0.1\",\"from\":\"a@b\"}"),
		.to = SLICE("a@b>\r\nRCPT TO:<c@d"),
		.key = SLICE("k") };
	smtp_send(post.smtp, &job);
	assert_int_equal(post.results[1].outcome, OUTCOME_PERMANENT);
	assert_string_equal(post.results[1].error, "address");
	post_close();
}

/* An A record of the question's name (a pointer to octet 12): 127.0.0.1 for 60 s. */
static const char loopback_record[] =
	"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x7f\x00\x00\x01";

static void test_name(void **state)
{
	struct dns_script answers = {
		.record = loopback_record, .record_octets = 16, .answers = 1
	};
	struct sink sink;
	char servers[64];
	(void)state;
	struct dns_world *dns = dns_world_start(&answers);
	sink_start(&sink, script, false);
	(void)snprintf(servers, sizeof(servers), "127.0.0.1:%u", dns_world_port(dns));
	post_open(servers);
	config_put("mail.campus.test", sink.port, "");
	expect_next(OUTCOME_ACCEPTED, "");
	assert_true(dns_world_asked(dns) > 0);
	/* What is still being asked when the end comes is answered too. */
	dns_world_silence(dns);
	config_put("other.campus.test", sink.port, "");
	post_send(2);
	post_close();
	assert_int_equal(post.count, 2);
	assert_int_equal(post.results[1].outcome, OUTCOME_RETRY);
	sink_stop(&sink);
	dns_world_stop(dns);
}

static void test_no_name_server(void **state)
{
	(void)state;
	post_open("");
	config_put("mail.campus.test", 25, "");
	expect_next(OUTCOME_RETRY, "connect no");
	post_close();
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		{ "each way to fail has its outcome", test_script, NULL, NULL, NULL },
		{ "cut off anywhere, it is accepted later under the same Message-ID", test_cut,
			NULL, NULL, NULL },
		{ "an end in the midst of a conversation leaves no letter there",
			test_end_in_the_midst, NULL, NULL, NULL },
		{ "servers silent after the final dot hold up nobody else", test_silent_server,
			NULL, NULL, NULL },
		{ "a connection is kept for the next letter to the same server",
			test_connection_kept, NULL, NULL, NULL },
		{ "an end waits a moment for the answer to a final dot", test_end_after_the_dot,
			NULL, NULL, NULL },
		{ "and for no server's silence", test_end_waits_for_nobody, NULL, NULL, NULL },
		{ "a letter hung up on before its turn is not begun", test_hung_up, NULL, NULL,
			NULL },
		{ "the text arrives, after a log-in", test_text, NULL, NULL, NULL },
		{ "a refused connection is tried again", test_refused_connection, NULL, NULL,
			NULL },
		{ "certificates are checked unless told not to", test_tls, NULL, NULL, NULL },
		{ "a server without STARTTLS gets nothing in clear", test_no_clear_text, NULL,
			NULL, NULL },
		{ "forty go at once", test_many, NULL, NULL, NULL },
		{ "a full queue says busy, the end says stopping", test_limit_and_end, NULL,
			NULL, NULL },
		{ "what cannot be sent is refused at once", test_unsendable, NULL, NULL, NULL },
		{ "a name is asked of the given server", test_name, NULL, NULL, NULL },
		{ "without a name server names fail softly", test_no_name_server, NULL, NULL,
			NULL },
	};
	char threads[16];
	script = argc > 1 ? argv[1] : "lab/smtp_sink.py";
	(void)snprintf(threads, sizeof(threads), "%d", SMTP_INFLIGHT_MAX);
	(void)setenv("UV_THREADPOOL_SIZE", threads, 1);
	return cmocka_run_group_tests_name("courier smtp", tests, NULL, NULL);
}
