/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The client's side of a short dialogue with a mail service: greeting,
 * capabilities, TLS when asked for, log-in when asked for, farewell.  Octets
 * in, octets out.
 *
 * Layer: proto.  Threading: one owner.  Fuzz target: fuzz/mailtalk.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"
#include "proto/talk.h"

enum {
	MAILTALK_LINE_MAX = 8192,
	MAILTALK_LINES_MAX = 256,
	MAILTALK_TEXT_MAX = 160,
	MAILTALK_SECRET_MAX = 255,
	MAILTALK_OUT_MAX = 2048,
};

enum mailtalk_kind { MAILTALK_SMTP, MAILTALK_IMAP, MAILTALK_POP3 };

struct mailtalk {
	enum mailtalk_kind kind;
	bool want_tls;     /* by the dialogue's own command */
	bool secured;      /* TLS is there, by that or from the first octet */
	struct slice user; /* empty = no log-in; borrowed, as is the password */
	struct slice password;
	enum talk_end end;
	bool tls_offered;
	bool login_off;
	unsigned phase;
	unsigned lines;
	unsigned reply; /* SMTP: the last code */
	struct buf line;
	char greeting[MAILTALK_TEXT_MAX + 1]; /* the first line, cut */
	char said[MAILTALK_TEXT_MAX + 1];     /* the line that ended it, cut */
};

/** The rest of *talk is set by the caller before; wants, user and password are kept. */
void mailtalk_init(struct mailtalk *talk);
void mailtalk_fini(struct mailtalk *talk);

/**
 * Octets as they come; what is to be sent is appended to out.  After TALK_TLS no
 * octet that came before TLS counts.
 *
 * Source:  RFC 5321 sections 3.1, 3.2, 4.2; RFC 3207; RFC 9051 sections 6.1, 6.2,
 *          7.1; RFC 1939 sections 4, 7; RFC 2449 section 5; RFC 2595 section 4.
 * Returns: what next; with TALK_DONE, talk->end says how it ended.
 */
enum talk_step mailtalk_feed(struct mailtalk *talk, struct slice octets, struct buf *out);

/** TLS that was begun in the dialogue is there: go on. */
void mailtalk_secured(struct mailtalk *talk, struct buf *out);
