/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The client's side of a short dialogue with a directory: TLS when asked for,
 * a simple bind (anonymous without a user), and the root entry's naming
 * contexts.  Octets in, octets out.
 *
 * Layer: proto.  Threading: one owner.  Fuzz target: fuzz/ldaptalk.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"
#include "proto/talk.h"

enum {
	LDAPTALK_MESSAGE_MAX = 64 * 1024,
	LDAPTALK_MESSAGES_MAX = 64,
	LDAPTALK_TEXT_MAX = 160,
	LDAPTALK_SECRET_MAX = 1000,
	LDAPTALK_OUT_MAX = 4096,
};

struct ldaptalk {
	bool want_tls; /* by StartTLS */
	bool secured;
	struct slice user; /* DN; empty = anonymous; borrowed, as are the other texts */
	struct slice password;
	struct slice expect; /* a naming context that must be there; empty = none */
	enum talk_end end;
	bool context_found; /* the expected one */
	int result;         /* the last resultCode, -1 = none yet */
	unsigned phase;
	unsigned messages;
	struct buf in;
	char context[LDAPTALK_TEXT_MAX + 1]; /* the first naming context, cut */
	char said[LDAPTALK_TEXT_MAX + 1];    /* diagnosticMessage of the last result, cut */
};

/** Wants, texts and secured are set by the caller before and kept. */
void ldaptalk_init(struct ldaptalk *talk);
void ldaptalk_fini(struct ldaptalk *talk);

/** The connection is there, or TLS that was agreed on is: the next request. */
void ldaptalk_begin(struct ldaptalk *talk, struct buf *out);

/**
 * Octets as they come; what is to be sent is appended to out.
 *
 * Source:  RFC 4511 sections 4.1.1, 4.1.9 (results), 4.2 (bind), 4.5 (search), 4.14
 *          (StartTLS), 5.1 (definite lengths only); RFC 4512 section 5.1 (root entry).
 * Returns: what next; with TALK_DONE, talk->end says how it ended.
 */
enum talk_step ldaptalk_feed(struct ldaptalk *talk, struct slice octets, struct buf *out);
