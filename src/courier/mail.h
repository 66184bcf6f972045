/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One mail as the octets that go over the wire: plain text in UTF-8, with at
 * most one PDF beside it.  Nothing a caller gives can add a header or a line.
 *
 * Layer: courier.  Threading: reentrant.  Fuzz target: fuzz/mail.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct buf;

enum { MAIL_SUBJECT_OCTETS_MAX = 900, MAIL_ADDRESS_OCTETS_MAX = 254 };

struct mail {
	struct slice from;      /* address */
	struct slice from_name; /* may be empty */
	struct slice to;        /* address */
	struct slice subject;   /* UTF-8; cut to MAIL_SUBJECT_OCTETS_MAX */
	struct slice key;       /* names the message: the same key is the same Message-ID */
	int64_t at_unix_ms;
	struct slice body;       /* UTF-8, lines ended by LF or CRLF */
	struct slice annex;      /* a PDF; empty = none */
	struct slice annex_name; /* UTF-8 */
};

/**
 * May this be an envelope address?
 *
 * Source:  RFC 5321 section 4.1.2, the Dot-string form only; domain of letters,
 *          digits, dots and hyphens (an internationalised one as its A-labels).
 */
bool mail_address_ok(struct slice address);

/** What follows the @ of an address. */
struct slice mail_domain(struct slice address);

/**
 * Append the message.
 *
 * Source:  RFC 5322 section 3.6, RFC 2045 section 6.8, RFC 2047, RFC 2183, RFC 2231
 *          section 4, RFC 3834 section 5.
 * Shape:   CRLF line ends, no line above 998 octets; dots are stuffed by the transport.
 * Returns: 0; E_INPUT for an address or key that is not one; E_UTF8; E_LIMIT when out is full.
 */
NODISCARD int mail_build(const struct mail *mail, struct buf *out);
