/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the files of the server share; src/api/server.h is the public side.
 *
 * Layer: api.  Threading: the loop's thread.
 */
#pragma once

#include <microhttpd.h>
#include <uv.h>

#include "api/route.h"
#include "api/server.h"
#include "base/buf.h"
#include "base/slice.h"

struct arena;
struct assets;
struct flood;
struct pending;
struct stream;

enum { DAEMON_HTTP, DAEMON_HTTPS, DAEMON_COUNT };

#define API_PREFIX "/api/v1"

struct daemon {
	struct server *server;
	struct MHD_Daemon *mhd;
	uv_poll_t poll;
	bool tls;
	bool polling;
};

/* One of each: in the status, in /metrics. */
enum counter {
	COUNT_REQUESTS,
	COUNT_2XX,
	COUNT_3XX,
	COUNT_4XX,
	COUNT_5XX,
	COUNT_COMMANDS,
	COUNT_ASKS,
	COUNT_UPLOADS,
	COUNT_EVENTS,
	COUNT_RESYNCS,
	COUNT_REFUSED_CONNECTIONS,
	COUNT_REFUSED_ADDRESS,
	COUNT_REFUSED_HEADER,
	COUNT_REFUSED_BODY,
	COUNT_REFUSED_BODIES,
	COUNT_REFUSED_JSON,
	COUNT_REFUSED_ORIGIN,
	COUNT_REFUSED_LOGIN,
	COUNT_REFUSED_UPLOADS,
	COUNT_REFUSED_STREAMS,
	COUNT_SLOW_CLIENTS,
	COUNT_SLOW_ANSWERS,
	COUNT_PEER_GONE,
	COUNTER_COUNT_,
};

/* One connection. */
struct client {
	struct client *next;
	struct client *previous;
	struct MHD_Connection *conn;
	int64_t since_ms; /* when it connected, or its last request was done */
	int64_t grace_ms; /* until when a request must be complete, beyond since_ms */
	bool receiving;   /* a request is not yet complete */
	bool loopback;
	uint16_t address_slot;
	char address[64];
};

enum request_state {
	REQUEST_NEW,      /* its head has come */
	REQUEST_BODY,     /* its body comes, or there is none */
	REQUEST_GRANTING, /* suspended: an upload asks for leave, or for its turn */
	REQUEST_GRANTED,  /* the body of an upload may come */
	REQUEST_WAITING,  /* suspended: core or query has it */
	REQUEST_READY,    /* response is set */
	REQUEST_STREAM,   /* the event stream flows */
	REQUEST_DONE,
};

enum request_place { PLACE_STATIC, PLACE_API, PLACE_HEALTH, PLACE_METRICS };

struct request {
	struct request *next; /* among the server's */
	struct request *previous;
	struct daemon *daemon;
	struct server *server;
	struct client *client;
	struct MHD_Connection *conn;
	enum request_state state;
	enum request_place place;
	bool suspended;
	bool is_get;        /* GET or HEAD */
	struct slice path;  /* decoded */
	struct slice query; /* as it came */
	struct route_hit hit;
	struct slice token;
	uint64_t trace;
	int64_t asked_at_ms; /* unix; when its first line had come */
	struct buf body;
	size_t counted; /* octets of body that count among the server's */
	uint64_t discarded;
	/* waiting for a peer */
	enum ipc_role peer;
	uint32_t pending;
	int64_t deadline_ms;
	/* the response, once known */
	struct MHD_Response *response;
	bool shared; /* the response belongs to an asset */
	unsigned status;
	/* uploads */
	bool waits_turn;
	bool has_slot;
	int upload_fd; /* -1 = none */
	uint64_t grant;
	uint64_t upload_octets; /* announced */
	uint64_t upload_taken;
	struct stream *stream;
	char target[]; /* decoded path, NUL, query, NUL */
};

struct server {
	struct server_setup setup;
	struct daemon daemons[DAEMON_COUNT];
	uv_loop_t *loop;
	uv_timer_t pace;  /* libmicrohttpd's own time-outs */
	uv_timer_t tick;  /* every second: our time-outs */
	uv_timer_t hello; /* streams whose subscription nobody refused */
	uv_prepare_t kick;
	bool kicked; /* something was resumed: run the daemons before sleeping */
	bool ending;
	struct client *clients;
	struct request *requests;
	size_t request_count;
	size_t client_count;
	uint16_t *address_count; /* by keyed hash of the address */
	uint8_t seed[16];
	uint64_t trace;
	size_t bodies_octets;
	unsigned uploads;
	unsigned uploads_waiting;
	struct stream *streams;
	size_t stream_count;
	int64_t ping_at_ms;
	int64_t seq; /* the highest commit_seq an answer carried */
	struct pending *pending;
	struct flood *logins;
	struct flood *touches;
	struct arena *arena; /* for looking at one body */
	struct buf out;      /* one frame */
	struct buf text;     /* one answer made here */
	struct buf health;   /* the parent's last */
	struct buf front;    /* what is told before the log-in; written once */
	bool peer_up[IPC_ROLE_COUNT_];
	uint64_t counters[COUNTER_COUNT_];
};

/* server.c */
void server_suspend(struct request *r);
/* The request goes on with what it has: its response, its leave, its events. */
void server_resume(struct request *r);
const char *server_counter_name(enum counter counter);

/* request.c */
void *request_create(struct daemon *daemon, const char *uri, struct MHD_Connection *conn);
void request_destroy(struct request *r);
struct slice request_field(const struct request *r, const char *name);
enum MHD_Result request_head(struct request *r, const char *method);
enum MHD_Result request_body(struct request *r, struct slice octets);
enum MHD_Result request_act(struct request *r);

/* reply.c: each sets r->response and r->status. */
void reply_text(struct request *r, unsigned status, const char *media, struct slice text);
void reply_problem(struct request *r, unsigned status, const char *code, const char *detail);
void reply_static(struct request *r);
void reply_answer(struct request *r, const struct msg_answer *msg, int own_fd);
void reply_field(struct request *r, const char *name, const char *value);
enum MHD_Result reply_queue(struct request *r);
void reply_secure(struct MHD_Response *response, bool tls);
/* One response for every form of every asset. */
int reply_prepare(struct server *server);
void reply_release(struct server *server);

/* forward.c */
/* Command or question to its peer; the request is suspended, or has a response at once. */
void forward_send(struct request *r);
void forward_answer(struct server *server, struct ipc_frame *frame);
/* A question of this request to a peer; 0 or the response is set. */
int forward_ask(struct request *r, enum ipc_role to, enum msg_type type, int own_fd);
void forward_fail(struct request *r, const char *code);
void forward_sweep(struct server *server, int64_t now_ms);
void forward_peer_gone(struct server *server, enum ipc_role peer);

/* upload.c */
void upload_head(struct request *r);
int upload_body(struct request *r, struct slice octets);
void upload_act(struct request *r);
void upload_granted(struct request *r, const struct msg_grant *msg);
void upload_release(struct request *r);

/* stream.c */
void stream_open(struct request *r);
void stream_frame(struct server *server, struct ipc_frame *frame);
void stream_peer_up(struct server *server);
void stream_ping(struct server *server, int64_t now_ms);
void stream_end_all(struct server *server);
void stream_detach(struct request *r);

/* openapi.c, generated */
extern const uint8_t openapi_json[];
extern const size_t openapi_json_n;

/* local.c */
void local_health(struct request *r);
void local_metrics(struct request *r);
void local_openapi(struct request *r);
void local_front(struct request *r);
/* What local_front answers: while the setup's certificate is still there. */
void local_front_write(struct server *server);
