/* SPDX-License-Identifier: Apache-2.0 */
/**
 * web between a fake parent, core and query, and a plain HTTP client.  The
 * same tests run against the real program behind its fence, and against the
 * server in a thread of the test, where the sanitizers see leaks and the
 * patience can be short.
 */
#pragma once

#include <pthread.h>
#include <sys/types.h>

#include "base/buf.h"
#include "sys/ipc.h"

struct web {
	const char *program; /* NULL = in a thread */
	int64_t request_ms;
	int64_t answer_ms;
	int64_t ping_ms;
	int port;
	int tls_port;
	int control_fd;
	int core_fd;
	int query_fd;
	char folder[64]; /* with ui/ and data/ */
	pid_t pid;
	pthread_t thread;
	struct inside *inside;
	uint8_t *frame_room;
};

void web_start(struct web *web);
/** Ends it and checks that it ended well. */
void web_stop(struct web *web);
/** Close the channel to a peer, and bring up a fresh one. */
void web_peer_close(struct web *web, enum ipc_role peer);
void web_peer_open(struct web *web, enum ipc_role peer);

/** The next frame for core or query, which must be of this type; touch and unsubscribe are passed over. */
struct ipc_frame web_take(struct web *web, enum ipc_role at, enum msg_type type);
/** Nothing is waiting there. */
bool web_quiet(struct web *web, enum ipc_role at);
void web_answer(struct web *web, enum ipc_role from, uint32_t req, const struct msg_answer *msg,
	int own_fd);
#define WEB_SEND(web, from, name, kind, req, msg)                                              \
	do {                                                                                   \
		struct buf out_;                                                               \
		buf_init(&out_, IPC_PAYLOAD_OCTETS_MAX);                                       \
		msg_##name##_encode((msg), &out_);                                             \
		assert_int_equal(                                                              \
			web_send_payload((web), (from), (kind), (req), buf_slice(&out_)), 0);  \
		buf_fini(&out_);                                                               \
	} while (0)
int web_send_payload(struct web *web, enum ipc_role from, enum msg_type type, uint32_t req,
	struct slice payload);

struct reply {
	int status; /* 0 = the connection was closed instead */
	struct buf head;
	struct buf body;
};

int http_open(const struct web *web);
void http_say(int fd, const char *text);
void http_say_octets(int fd, struct slice octets);
/** One answer off the connection; body by length or chunks. */
void http_read(int fd, bool head_only, struct reply *reply);
/** Field of an answer, "" when absent; valid until the next call. */
const char *http_field(const struct reply *reply, const char *name);
/** Text up to and with the end mark; "" when the connection ends before. */
const char *http_read_until(int fd, const char *end, struct buf *text);
void reply_init(struct reply *reply);
void reply_fini(struct reply *reply);
/** Open, say, read, close. */
void http_ask(const struct web *web, const char *text, struct reply *reply);
bool reply_has(const struct reply *reply, const char *text);
/** A counter of web's own, read from /metrics. */
long web_counter(const struct web *web, const char *name);
/** Waits until it has this value; fails after a while. */
void web_wait_counter(const struct web *web, const char *name, long value);
