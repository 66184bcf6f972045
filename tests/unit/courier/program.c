/* SPDX-License-Identifier: Apache-2.0 */
/* The real program behind its fence, with this test as its parent and as core. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "sink.h"
#include "sys/ipc.h"
#include "sys/memfd.h"

enum { PATIENCE_MS = 15000 };

static const char *script;
static const char *program;

struct courier {
	pid_t pid;
	int parent;
	int core;
	uint8_t *buffer;
	struct buf out;
};

static void start(struct courier *c)
{
	int control[2];
	int core[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, core), 0);
	assert_int_equal(fcntl(core[1], F_SETFL, O_NONBLOCK), 0);
	c->pid = fork();
	assert_true(c->pid >= 0);
	if (c->pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* The leak checker stops the process by means the fence kills. */
		(void)setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
		(void)setenv("UV_THREADPOOL_SIZE", "2", 1);
		(void)dup2(control[1], 3);
		(void)execl(program, program, NULL);
		_exit(127);
	}
	(void)close(control[1]);
	c->parent = control[0];
	c->core = core[0];
	c->buffer = malloc(IPC_FRAME_OCTETS_MAX);
	assert_non_null(c->buffer);
	buf_init(&c->out, IPC_PAYLOAD_OCTETS_MAX);
	struct msg_start begin = { .config = SLICE("{\"sandbox\":\"strict\"}") };
	msg_start_encode(&begin, &c->out);
	assert_int_equal(ipc_send_now(c->parent, MSG_START, 0, buf_slice(&c->out), -1), 0);
	struct msg_peer peer = { .role = SLICE("core") };
	buf_clear(&c->out);
	msg_peer_encode(&peer, &c->out);
	assert_int_equal(ipc_send_now(c->parent, MSG_PEER, 0, buf_slice(&c->out), core[1]), 0);
	(void)close(core[1]);
	assert_int_equal(ipc_send_now(c->parent, MSG_GO, 0, (struct slice) { 0 }, -1), 0);
}

static void receive(struct courier *c, int fd, enum ipc_role self, struct ipc_frame *ret_frame)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	assert_int_equal(poll(&poll_fd, 1, PATIENCE_MS), 1);
	assert_int_equal(ipc_receive_now(fd, self, IPC_COURIER, c->buffer, ret_frame), 0);
}

static void await_ready(struct courier *c)
{
	struct ipc_frame frame = { 0 };
	struct msg_ready ready = { 0 };
	receive(c, c->parent, IPC_PARENT, &frame);
	assert_int_equal(frame.type, MSG_READY);
	assert_int_equal(msg_ready_decode(frame.payload, &ready), 0);
	assert_true(slice_is(ready.sandbox, "strict"));
}

static void say_stop(struct courier *c)
{
	assert_int_equal(ipc_send_now(c->parent, MSG_STOP, 0, (struct slice) { 0 }, -1), 0);
}

static void await_exit(struct courier *c)
{
	int status = 0;
	assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
	assert_int_equal(status, 0);
	(void)close(c->parent);
	(void)close(c->core);
	free(c->buffer);
	buf_fini(&c->out);
}

static void hand_over(struct courier *c, const struct msg_send *msg, int fd)
{
	buf_clear(&c->out);
	msg_send_encode(msg, &c->out);
	assert_int_equal(ipc_send_now(c->core, MSG_SEND, 0, buf_slice(&c->out), fd), 0);
	if (fd >= 0) {
		(void)close(fd);
	}
}

static void stop(struct courier *c)
{
	say_stop(c);
	await_exit(c);
}

static void await_sent_of(
	struct courier *c, int64_t delivery, const char *outcome, const char *error)
{
	struct ipc_frame frame = { 0 };
	struct msg_sent sent = { 0 };
	receive(c, c->core, IPC_CORE, &frame);
	assert_int_equal(frame.type, MSG_SENT);
	assert_int_equal(msg_sent_decode(frame.payload, &sent), 0);
	assert_int_equal(sent.delivery, delivery);
	assert_int_equal(sent.attempt, 3);
	if (!slice_is(sent.outcome, outcome) ||
		slice_find(sent.error, slice_str(error)) == SIZE_MAX) {
		fail_msg("%.*s: %.*s", SLICE_FMT(sent.outcome), SLICE_FMT(sent.error));
	}
}

static void await_sent(struct courier *c, const char *outcome, const char *error)
{
	await_sent_of(c, 42, outcome, error);
}

static struct msg_send message(const char *config)
{
	return (struct msg_send) { .delivery = 42,
		.attempt = 3,
		.channel = SLICE("mail"),
		.config = slice_str(config),
		.to = SLICE("li@campus.test"),
		.message_id = SLICE("k42"),
		.subject = SLICE("通报"),
		.body = SLICE("正文\n") };
}

static void test_text(void **state)
{
	struct courier c;
	struct sink sink;
	char config[256];
	char text[8192];
	int fd = -1;
	(void)state;
	sink_start(&sink, script, false);
	start(&c);
	await_ready(&c);
	(void)snprintf(config, sizeof(config),
		"{\"host\":\"127.0.0.1\",\"port\":%u,\"from\":\"noc@campus.test\"}", sink.port);
	struct msg_send msg = message(config);
	hand_over(&c, &msg, -1);
	await_sent(&c, "accepted", "");
	msg.body = (struct slice) { 0 };
	assert_int_equal(memfd_of(SLICE("long text"), &fd), 0);
	hand_over(&c, &msg, fd);
	await_sent(&c, "accepted", "");
	assert_true(sink_read(&sink, "000002.eml", text, sizeof(text)));
	assert_non_null(strstr(text, "\r\n\r\nbG9uZyB0ZXh0\r\n"));
	msg.body = SLICE("see the annex");
	assert_int_equal(memfd_of(SLICE("%PDF-1.7"), &fd), 0);
	hand_over(&c, &msg, fd);
	await_sent(&c, "accepted", "");
	assert_true(sink_read(&sink, "000003.eml", text, sizeof(text)));
	assert_non_null(strstr(text, "Content-Type: application/pdf"));
	msg.channel = SLICE("pigeon");
	hand_over(&c, &msg, -1);
	await_sent(&c, "permanent", "channel");
	stop(&c);
	sink_stop(&sink);
}

static void test_tls(void **state)
{
	struct courier c;
	struct sink sink;
	char config[256];
	(void)state;
	sink_start(&sink, script, true);
	start(&c);
	await_ready(&c);
	(void)snprintf(config, sizeof(config),
		"{\"host\":\"127.0.0.1\",\"port\":%u,\"from\":\"noc@campus.test\",\"tls\":\"starttls\","
		"\"user\":\"u\",\"password\":\"p\"}",
		sink.port);
	struct msg_send msg = message(config);
	hand_over(&c, &msg, -1);
	await_sent(&c, "retry", "connect SSL"); /* the machine's list does not hold it */
	(void)snprintf(config + strlen(config) - 1, sizeof(config) - strlen(config) + 1,
		",\"verify\":false}");
	msg = message(config);
	hand_over(&c, &msg, -1);
	await_sent(&c, "accepted", "");
	stop(&c);
	sink_stop(&sink);
}

/* Each conversation has a thread, started before the fence. */
static void test_silent_server(void **state)
{
	struct courier c;
	struct sink sink;
	char config[256];
	(void)state;
	sink_start(&sink, script, false);
	sink_mode(&sink, "hold KEPT slow@campus.test");
	start(&c);
	await_ready(&c);
	(void)snprintf(config, sizeof(config),
		"{\"host\":\"127.0.0.1\",\"port\":%u,\"from\":\"noc@campus.test\"}", sink.port);
	struct msg_send msg = message(config);
	msg.to = SLICE("slow@campus.test");
	msg.delivery = 41;
	hand_over(&c, &msg, -1);
	for (int turn = 0; turn < PATIENCE_MS / 20 && sink_count(&sink) == 0; turn++) {
		(void)poll(NULL, 0, 20);
	}
	msg = message(config);
	hand_over(&c, &msg, -1);
	await_sent(&c, "accepted", "");
	say_stop(&c);
	await_sent_of(&c, 41, "unknown", "stopping");
	await_exit(&c);
	sink_stop(&sink);
}

/* Another core: the parent hands courier a channel to it. */
static void core_follows(struct courier *c)
{
	int core[2];
	struct msg_peer peer = { .role = SLICE("core") };
	(void)close(c->core);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, core), 0);
	assert_int_equal(fcntl(core[1], F_SETFL, O_NONBLOCK), 0);
	buf_clear(&c->out);
	msg_peer_encode(&peer, &c->out);
	assert_int_equal(ipc_send_now(c->parent, MSG_PEER, 0, buf_slice(&c->out), core[1]), 0);
	(void)close(core[1]);
	c->core = core[0];
}

static void settle(struct courier *c, int64_t delivery)
{
	struct msg_settled msg = { .delivery = delivery, .attempt = 3 };
	buf_clear(&c->out);
	msg_settled_encode(&msg, &c->out);
	assert_int_equal(ipc_send_now(c->core, MSG_SETTLED, 0, buf_slice(&c->out), -1), 0);
}

static void test_core_dies(void **state)
{
	struct courier c;
	struct sink sink;
	char config[256];
	(void)state;
	sink_start(&sink, script, false);
	start(&c);
	await_ready(&c);
	(void)snprintf(config, sizeof(config),
		"{\"host\":\"127.0.0.1\",\"port\":%u,\"from\":\"noc@campus.test\"}", sink.port);
	struct msg_send msg = message(config);
	hand_over(&c, &msg, -1);
	await_sent(&c, "accepted", "");
	core_follows(&c); /* the first died before it had it on disk */
	await_sent(&c, "accepted", "");
	settle(&c, 42);
	msg.delivery = 43;
	hand_over(&c, &msg, -1);
	await_sent_of(&c, 43, "accepted", "");
	core_follows(&c);
	await_sent_of(&c, 43, "accepted", ""); /* and 42 no more */
	assert_int_equal(sink_count(&sink), 2);
	stop(&c);
	sink_stop(&sink);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		{ "frames become mails behind the fence", test_text, NULL, NULL, NULL },
		{ "TLS works behind the fence", test_tls, NULL, NULL, NULL },
		{ "a server silent after the final dot holds up neither mail nor end",
			test_silent_server, NULL, NULL, NULL },
		{ "what a dead core was told and had not on disk is told the next one",
			test_core_dies, NULL, NULL, NULL },
	};
	script = argc > 1 ? argv[1] : "lab/smtp_sink.py";
	program = argc > 2 ? argv[2] : "libexec/fengsui/courier";
	return cmocka_run_group_tests_name("courier program", tests, NULL, NULL);
}
