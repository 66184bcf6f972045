/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Mail to the school's server, many at once over few connections: each message
 * in flight has a thread of the loop's pool, so that a server slow to answer
 * holds up its own message only.  Every message handed over is answered exactly
 * once, in any order.
 *
 * Layer: courier.  Threading: the loop's thread.
 */
#pragma once

#include <stdint.h>
#include <uv.h>

#include "base/attr.h"
#include "base/slice.h"
#include "courier/outcome.h"

struct jw;
struct smtp;

enum {
	SMTP_INFLIGHT_MAX = 8, /* and as many threads in the pool: UV_THREADPOOL_SIZE */
	SMTP_QUEUE_MAX = 256,
	SMTP_END_MS = 3000,                      /* well within the parent's patience */
	SMTP_HELD_OCTETS_MAX = 64 * 1024 * 1024, /* of messages queued and in flight */
};

/** One message; everything is borrowed for the call only. */
struct smtp_job {
	int64_t delivery;
	uint32_t attempt;
	struct slice config; /* courier/account.h */
	struct slice to;
	struct slice key;
	struct slice subject;
	struct slice body;
	struct slice annex;
	int64_t at_unix_ms;
};

struct smtp_result {
	int64_t delivery;
	uint32_t attempt;
	enum outcome outcome;
	struct slice provider; /* the server's last reply when accepted */
	struct slice error;    /* "STEP why", or "busy", "config: …", "address", "stopping" */
};

typedef void (*smtp_fn)(void *ctx, const struct smtp_result *result);

struct smtp_setup {
	const char *name_servers; /* lookup_create */
	struct slice ca;          /* the machine's certificates, PEM; outlives the smtp */
	smtp_fn done;
	void *ctx;
};

/** Opens files and sockets of its libraries: before the fence.  Returns: 0, E_INPUT or -ENOMEM. */
NODISCARD int smtp_create(
	uv_loop_t *loop, const struct smtp_setup *setup, struct smtp **ret_smtp);

/** Take a message; done may be called before this returns. */
void smtp_send(struct smtp *smtp, const struct smtp_job *job);

/** Counters as members of an open object. */
void smtp_status(const struct smtp *smtp, struct jw *jw);

/**
 * Hang up, answer everything unfinished and close.  Blocks for up to SMTP_END_MS while a server has
 * yet to answer the final dot.  The loop ends when the threads have returned, and then smtp_destroy
 * frees the memory.
 */
void smtp_end(struct smtp *smtp);
struct smtp *smtp_destroy(struct smtp *smtp);
