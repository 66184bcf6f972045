/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a dialogue wants next, and how it ended: the words shared by the
 * services that are spoken with over one connection.
 *
 * Source:  RFC 3207 section 4, RFC 2595 sections 3 and 4, RFC 4511 section 4.14: TLS
 *          begun in the middle of a connection; the rest is our own vocabulary.
 *
 * Layer: proto.  Threading: reentrant.
 */
#pragma once

enum talk_step {
	TALK_MORE, /* send what is in the buffer and go on reading */
	TALK_TLS,  /* the service agreed: TLS begins with the next octet */
	TALK_ANEW, /* what follows goes over a connection of its own */
	TALK_DONE,
};

enum talk_end {
	TALK_OPEN, /* not over yet */
	TALK_GOOD,
	TALK_UNAVAILABLE, /* it greets by saying that it will not serve */
	TALK_MALFORMED,   /* something else listens there */
	TALK_REFUSED,     /* it will not do what any client needs */
	TALK_NO_TLS,      /* it does not offer to begin TLS */
	TALK_TLS_REFUSED, /* it offered and then would not */
	TALK_LOGIN_OFF,   /* it takes no password on this connection */
	TALK_LOGIN_REFUSED,
	TALK_OLD, /* only a version nobody should speak */
	TALK_END_COUNT,
};
