/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The HTTP server: takes requests, passes them with the caller's token to
 * core or query, gives their answers back, and serves the interface and the
 * event stream.  It decides nothing about who may do what.
 *
 * Layer: api.  Threading: the loop's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/attr.h"
#include "base/diag.h"
#include "base/slice.h"
#include "schema/messages.h"

struct assets;
struct ipc_frame;
struct jw;
struct server;

enum {
	SERVER_CONNECTIONS_MAX = 4096,
	SERVER_ADDRESS_CONNECTIONS_MAX =
		256, /* from one address (IPv6: /64); loopback is exempt */
	SERVER_HEADER_OCTETS_MAX = 16 * 1024,
	SERVER_QUERY_OCTETS_MAX = 4096,
	SERVER_BODY_OCTETS_MAX = 1024 * 1024,
	SERVER_BODIES_OCTETS_MAX = 64 * 1024 * 1024, /* of all requests being read */
	SERVER_BODY_FRAME_OCTETS = 57000, /* a longer body travels as a sealed memfd */
	SERVER_UPLOAD_OCTETS_MAX = 20 * 1024 * 1024,
	SERVER_UPLOADS_MAX = 3,
	SERVER_UPLOADS_WAITING_MAX = 64,
	SERVER_STREAMS_MAX = 1000,
	SERVER_IDLE_S = 30,            /* silence on a connection */
	SERVER_REQUEST_MS = 60 * 1000, /* from its first octet to its last, however it drips */
	SERVER_UPLOAD_MS = 600 * 1000,
	SERVER_ANSWER_MS = 30 * 1000, /* of core or query */
	SERVER_PING_MS = 15 * 1000,
	SERVER_TOUCH_MS = 60 * 1000,
	SERVER_LOGIN_BURST = 30,
	SERVER_LOGIN_REFILL_MS = 1000,
};

/** How frames leave: 0 or E_*; the frame's descriptor is closed in every case. */
typedef int (*server_send_fn)(void *ctx, enum ipc_role to, const struct ipc_frame *frame);

struct server_setup {
	int http_fd; /* listening sockets, or -1; stay the caller's */
	int https_fd;
	const char *certificate; /* PEM, for HTTPS; copied */
	const char *key;
	bool demo;             /* an invented school: said before anybody logs in */
	struct assets *assets; /* borrowed */
	server_send_fn send;
	void *send_ctx;
	/* Patience in ms; 0 = as named above. */
	int64_t request_ms;
	int64_t answer_ms;
	int64_t ping_ms;
};

/** Make the daemons, before the fence of files.  Owns: *ret_server; release with server_destroy. */
NODISCARD int server_create(
	const struct server_setup *setup, struct server **ret_server, struct diag *diag);
/** Start serving in this loop. */
NODISCARD int server_begin(struct server *server, uv_loop_t *loop);
/** Answer what can be answered, close every connection and the loop's handles. */
void server_end(struct server *server);
/** After the loop has ended. */
struct server *server_destroy(struct server *server);

/** A frame from core, query or the parent. */
void server_frame(struct server *server, enum ipc_role from, struct ipc_frame *frame);
/** A channel came up or went away; what waited for it is answered 503. */
void server_peer(struct server *server, enum ipc_role peer, bool up);
/** Members of the role's counters object. */
void server_status(struct server *server, struct jw *jw);
