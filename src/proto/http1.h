/* SPDX-License-Identifier: Apache-2.0 */
/**
 * An HTTP/1 response read as it comes in, every part of it bounded.  For a
 * client that sends one GET and then looks: forgiving about line ends and
 * folded lines as old devices send them, strict about lengths.
 *
 * Layer: proto.  Threading: one owner.  Fuzz target: fuzz/http1.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

enum {
	HTTP1_LINE_MAX = 8 * 1024,
	HTTP1_HEAD_MAX =
		32 * 1024,     /* octets of all heads, interim ones and trailers included */
	HTTP1_INTERIM_MAX = 8, /* 1xx answers before the real one */
	HTTP1_LOCATION_MAX = 1024,
	HTTP1_COOKIES_MAX = 4 * 1024,
};

enum http1_phase {
	HTTP1_STATUS,
	HTTP1_HEADER,
	HTTP1_LENGTH, /* body of a known length */
	HTTP1_CLOSE,  /* body until the connection ends */
	HTTP1_CHUNK_SIZE,
	HTTP1_CHUNK,
	HTTP1_CHUNK_END,
	HTTP1_TRAILER,
	HTTP1_DONE,
};

struct http1 {
	enum http1_phase phase;
	unsigned status; /* 0 until its line was read */
	bool body_cut;   /* the body was longer than body_max: what is held is its beginning */
	uint64_t body_octets; /* seen */
	struct buf body;
	char location[HTTP1_LOCATION_MAX + 1]; /* of a redirect; "" = none, or too long */
	struct buf
		*cookies; /* "NAME=VALUE; …" of every Set-Cookie is added; NULL = nobody asks */
	/* How far the reading is. */
	struct buf line;
	uint64_t left;
	size_t head_octets;
	unsigned interim;
	bool has_length;
	bool chunked;
};

/** At most body_max octets of body are kept; the rest is not read. */
void http1_init(struct http1 *http, size_t body_max);
void http1_fini(struct http1 *http);

/**
 * Octets as they come.
 *
 * Source:  RFC 9112 sections 4 to 7; RFC 9110 section 15.2 (interim answers).
 * Returns: 0 when more is needed, 1 when the answer is complete or the body full,
 *          E_FORMAT, or E_LIMIT for a head beyond its bounds.
 */
NODISCARD int http1_feed(struct http1 *http, struct slice octets);

/** The connection has ended.  Returns: 1 when that completes the answer, else E_SHORT. */
NODISCARD int http1_end(struct http1 *http);
