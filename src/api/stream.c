/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/events.h"
#include "api/pending.h"
#include "api/server_priv.h"
#include "base/err.h"
#include "base/num.h"
#include "sys/clock.h"
#include "sys/ipc.h"
#include "sys/rand.h"

enum {
	BLOCK_OCTETS = 4096,
	MESSAGE_OCTETS_MAX = 1024,
	/* Nothing says a subscription was taken but that nobody refuses it this long. */
	HELLO_AFTER_MS = 150,
	RETRY_LEAST_MS = 1000,
	RETRY_SPREAD_MS = 4000, /* so that a thousand readers do not come back at once */
};

/* One reader.  Lives until its request is done, and until its response has let go of it. */
struct stream {
	struct stream *next;
	struct stream *previous;
	struct server *server;
	struct request *request; /* NULL once done */
	struct events events;
	int64_t open_at_ms; /* 0 once it flows */
	int64_t last_seq;   /* given to the reader */
	bool hello;         /* still to be said */
	bool ping;
	bool ended;
	bool held; /* a response will ask it for octets */
};

static void stream_free(struct stream *s)
{
	if (s->request == NULL && !s->held) {
		events_fini(&s->events);
		free(s);
	}
}

static void on_free(void *cls)
{
	struct stream *s = cls;
	s->held = false;
	stream_free(s);
}

static void subscribe(struct stream *s, uint32_t number)
{
	struct server *server = s->server;
	struct request *r = s->request;
	struct msg_subscribe msg = { .token = r->token,
		.address = slice_str(r->client->address),
		.last_seq = s->last_seq };
	buf_clear(&server->out);
	msg_subscribe_encode(&msg, &server->out);
	/* Without query the reader keeps its stream and is subscribed when query is back. */
	struct ipc_frame frame = { MSG_SUBSCRIBE, number, r->trace, buf_slice(&server->out),
		-1 };
	(void)!server->setup.send(server->setup.send_ctx, IPC_QUERY, &frame);
}

/* One message: what the reader must know first, first. */
static bool message_make(struct stream *s, struct buf *out)
{
	if (s->hello) {
		s->hello = false;
		buf_printf(out, "retry: %u\nevent: hello\ndata: {\"now_ms\":%lld}\n\n",
			(unsigned)(RETRY_LEAST_MS + rand_u64() % RETRY_SPREAD_MS),
			(long long)clock_unix_ms());
		return true;
	}
	const struct event *first = s->events.count > 0 ? &s->events.waiting[0] : NULL;
	int64_t seq = s->events.resync_seq > 0 ? s->events.resync_seq
		      : first != NULL          ? first->seq
					       : 0;
	if (events_take(&s->events, out)) {
		s->last_seq = seq > s->last_seq ? seq : s->last_seq;
		s->server->counters[COUNT_EVENTS]++;
		return true;
	}
	if (s->ping) {
		s->ping = false;
		/* The comment keeps proxies awake; a page's script sees only the event. */
		buf_printf(out, ": ping\nevent: beat\ndata: {\"now_ms\":%lld}\n\n",
			(long long)clock_unix_ms());
		return true;
	}
	return false;
}

static ssize_t on_read(void *cls, uint64_t position, char *octets, size_t room)
{
	struct stream *s = cls;
	size_t n = 0;
	(void)position;
	AUTO_BUF struct buf text;
	buf_init(&text, MESSAGE_OCTETS_MAX);
	while (room - n >= MESSAGE_OCTETS_MAX && message_make(s, &text)) {
		memcpy(octets + n, text.p, text.n);
		n += text.n;
		buf_clear(&text);
	}
	if (n > 0) {
		return (ssize_t)n;
	}
	if (s->ended || s->request == NULL || room < MESSAGE_OCTETS_MAX) {
		return MHD_CONTENT_READER_END_OF_STREAM;
	}
	server_suspend(s->request);
	return 0;
}

/* Nobody refused it: say 200 and let it flow. */
static void flow(struct stream *s)
{
	struct request *r = s->request;
	s->open_at_ms = 0;
	s->held = true;
	r->response = MHD_create_response_from_callback(
		MHD_SIZE_UNKNOWN, BLOCK_OCTETS, on_read, s, on_free);
	if (r->response == NULL) {
		abort();
	}
	r->status = MHD_HTTP_OK;
	r->state = REQUEST_READY;
	reply_secure(r->response, r->daemon->tls);
	reply_field(r, MHD_HTTP_HEADER_CONTENT_TYPE, "text/event-stream");
	reply_field(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	reply_field(r, "X-Accel-Buffering", "no");
	server_resume(r);
}

static void on_hello(uv_timer_t *timer)
{
	struct server *server = timer->data;
	int64_t now_ms = clock_mono_ms();
	int64_t least = 0;
	for (struct stream *s = server->streams; s != NULL; s = s->next) {
		if (s->open_at_ms != 0 && s->open_at_ms <= now_ms) {
			flow(s);
		} else if (s->open_at_ms != 0 && (least == 0 || s->open_at_ms < least)) {
			least = s->open_at_ms;
		}
	}
	if (least != 0) {
		(void)uv_timer_start(timer, on_hello, (uint64_t)(least - now_ms), 0);
	}
}

void stream_open(struct request *r)
{
	struct server *server = r->server;
	bool full = server->stream_count >= SERVER_STREAMS_MAX;
	uint32_t number = full || server->ending ? 0 : pending_put(server->pending, r);
	struct stream *s = number != 0 ? calloc(1, sizeof(*s)) : NULL;
	if (s == NULL) {
		server->counters[COUNT_REFUSED_STREAMS]++;
		reply_problem(r, MHD_HTTP_SERVICE_UNAVAILABLE, "stream.full", NULL);
		reply_field(r, "Retry-After", "30");
		return;
	}
	/*
	 * A new reader's world is what was answered so far: query may come to his
	 * subscription only after the next commits, and those are his to hear of.
	 */
	if (num_i64(request_field(r, "Last-Event-ID"), 0, INT64_MAX, &s->last_seq) < 0) {
		s->last_seq = server->seq;
	}
	s->server = server;
	s->request = r;
	s->hello = true;
	s->open_at_ms = clock_mono_ms() + HELLO_AFTER_MS;
	s->next = server->streams;
	if (s->next != NULL) {
		s->next->previous = s;
	}
	server->streams = s;
	server->stream_count++;
	r->stream = s;
	r->pending = number;
	r->state = REQUEST_WAITING;
	server_suspend(r);
	subscribe(s, number);
	if (uv_is_active((uv_handle_t *)&server->hello) == 0) {
		(void)uv_timer_start(&server->hello, on_hello, HELLO_AFTER_MS, 0);
	}
}

void stream_detach(struct request *r)
{
	struct stream *s = r->stream;
	struct server *server = r->server;
	if (s == NULL) {
		return;
	}
	*(s->previous != NULL ? &s->previous->next : &server->streams) = s->next;
	if (s->next != NULL) {
		s->next->previous = s->previous;
	}
	server->stream_count--;
	if (r->pending != 0 && !s->ended && !server->ending) {
		struct ipc_frame frame = { MSG_UNSUBSCRIBE, r->pending, r->trace, { 0 }, -1 };
		(void)!server->setup.send(server->setup.send_ctx, IPC_QUERY, &frame);
	}
	s->request = NULL;
	r->stream = NULL;
	stream_free(s);
}

static void event_take(struct stream *s, const struct msg_event *msg)
{
	struct event event = { .seq = msg->seq, .id = msg->id, .version = msg->version };
	uint64_t overflows = s->events.overflows;
	if (msg->topic.n == 0) {
		return; /* only says that the subscription was taken */
	}
	(void)snprintf(event.topic, sizeof(event.topic), "%.*s", SLICE_FMT(msg->topic));
	events_put(&s->events, &event);
	s->server->counters[COUNT_RESYNCS] += s->events.overflows - overflows;
}

static void end_take(struct stream *s, const struct msg_stream_end *msg)
{
	struct request *r = s->request;
	if (msg->resync && msg->status < 400) {
		/* Query no longer has what this reader missed, and goes on from here. */
		events_resync(&s->events, s->last_seq);
		s->server->counters[COUNT_RESYNCS]++;
		return;
	}
	s->ended = true;
	if (s->open_at_ms != 0 && msg->status >= 400 && msg->status < 600) {
		s->open_at_ms = 0;
		reply_problem(r, msg->status, "stream.refused", NULL);
		r->state = REQUEST_READY;
	}
}

void stream_frame(struct server *server, struct ipc_frame *frame)
{
	struct request *r = pending_get(server->pending, frame->req);
	struct stream *s = r != NULL ? r->stream : NULL;
	struct msg_event event = { 0 };
	struct msg_stream_end end = { 0 };
	if (s == NULL) {
		return;
	}
	if (frame->type == MSG_EVENT && msg_event_decode(frame->payload, &event) == 0) {
		event_take(s, &event);
	} else if (frame->type == MSG_STREAM_END &&
		   msg_stream_end_decode(frame->payload, &end) == 0) {
		end_take(s, &end);
	}
	if (s->open_at_ms != 0) {
		flow(s);
	} else {
		server_resume(r);
	}
}

void stream_peer_up(struct server *server)
{
	for (struct stream *s = server->streams; s != NULL; s = s->next) {
		if (!s->ended && s->request->pending != 0) {
			subscribe(s, s->request->pending);
		}
	}
}

void stream_ping(struct server *server, int64_t now_ms)
{
	if (now_ms < server->ping_at_ms) {
		return;
	}
	server->ping_at_ms = now_ms + server->setup.ping_ms;
	for (struct stream *s = server->streams; s != NULL; s = s->next) {
		s->ping = true;
		if (s->open_at_ms == 0) {
			server_resume(s->request);
		}
	}
}

void stream_end_all(struct server *server)
{
	for (struct stream *s = server->streams; s != NULL; s = s->next) {
		s->ended = true;
		if (s->open_at_ms != 0) {
			flow(s);
		} else {
			server_resume(s->request);
		}
	}
}
