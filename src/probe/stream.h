/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One outgoing connection of a check: TCP, then TLS when asked, with one
 * deadline over all of it.  A set bounds how many are open at once and can
 * end them all.
 *
 * Events come in this order: CONNECTED, SECURED (TLS only), DATA…, then one
 * of END, FAILED or TIMEOUT, after which nothing comes until the owner calls
 * stream_close; CLOSED is always the last, also when the whole set is closed.
 *
 * Layer: probe.  Threading: the loop's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/attr.h"
#include "base/slice.h"
#include "probe/addr.h"

struct stream;
struct stream_set;
struct tls_client;
struct tls_session;

enum { STREAM_SET_LIMIT = 16384, STREAM_WRITE_MAX = 64 * 1024 };

enum stream_event {
	STREAM_CONNECTED,
	STREAM_SECURED,
	STREAM_DATA,
	STREAM_END,    /* the peer has finished sending */
	STREAM_FAILED, /* see stream_error */
	STREAM_TIMEOUT,
	STREAM_CLOSED, /* the stream is gone; free what belongs to it */
};

struct stream_config {
	struct probe_addr addr;
	uint16_t port;
	uint32_t timeout_ms;
	struct tls_client *tls;  /* NULL = plain */
	const char *server_name; /* SNI; NULL = none */
	bool knock;              /* only CONNECTED is wanted; see stream_open */
	void (*on)(
		void *user, struct stream *stream, enum stream_event event, struct slice data);
	void *user;
};

/** Owns:    the result; end it with stream_set_close.  NULL without memory or descriptors. */
struct stream_set *stream_set_create(uv_loop_t *loop, uint32_t open_max);
/** Close every stream (each says CLOSED, nothing else); memory goes with the last of them. */
void stream_set_close(struct stream_set *set);
uv_loop_t *stream_set_loop(const struct stream_set *set);
uint32_t stream_set_count(const struct stream_set *set);

/**
 * Begin to connect; every outcome comes as an event, never from inside.
 *
 * A knock (probe/knock.h) sends and reads nothing: its owner closes it at CONNECTED.
 *
 * Returns: 0 and *ret_stream, E_BUSY at open_max, E_CLOSED when the set is closing,
 *          or -errno without descriptors or memory.
 */
NODISCARD int stream_open(
	struct stream_set *set, const struct stream_config *config, struct stream **ret_stream);

/** Send; octets are copied.  A failure comes as STREAM_FAILED. */
void stream_write(struct stream *stream, struct slice octets);

/**
 * The dialogue agreed on TLS: it begins with the next octet either way, and
 * SECURED or FAILED comes as for a stream opened with it.  server_name as in the
 * config.  Only for a plain stream that is connected.
 */
void stream_begin_tls(struct stream *stream, struct tls_client *tls, const char *server_name);

/** Twice is once. */
void stream_close(struct stream *stream);

/** Microseconds from stream_open to now, and from stream_open to CONNECTED (-1 = not yet). */
int64_t stream_elapsed_us(const struct stream *stream);
int64_t stream_connect_us(const struct stream *stream);

/**
 * Why it FAILED: -errno, E_FORMAT for a broken TLS dialogue, E_CLOSED for an
 * end in its middle.  *ret_reason, when not NULL, gets a static word group or "".
 */
int stream_error(const struct stream *stream, const char **ret_reason);

/** The TLS session of a stream, for tls_session_seen; NULL when plain. */
const struct tls_session *stream_tls_session(const struct stream *stream);
