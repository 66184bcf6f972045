/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The log-in page of a CAS server: is the form there, and the token without
 * which it would refuse every log-in?  And what it answers when the form is sent.
 *
 * Layer: proto.  Threading: reentrant.  Fuzz target: fuzz/casform.c.
 */
#pragma once

#include <stdbool.h>

#include "base/slice.h"

struct buf;

enum { CASFORM_INPUTS_MAX = 200 };

struct casform {
	bool has_user;
	bool has_password;
	bool has_salt;          /* a script of the page is to encrypt the password */
	struct slice execution; /* values, borrowed, as they stand in the page */
	struct slice ticket;    /* "lt" of CAS 3 and 4 */
	unsigned inputs;        /* read; those beyond CASFORM_INPUTS_MAX are passed over */
};

/**
 * Source:  CAS protocol 3.0 section 2.1.2 (the parameters of a log-in); HTML (WHATWG)
 *          section 13.1.2.3, attributes with or without quotes.
 * Returns: what was found; a page that is none has nothing.
 */
struct casform casform_find(struct slice page);

/** A value of the page (entities as HTML has them) or a plain text, as a form's field is sent. */
void casform_put_value(struct buf *buf, struct slice value);
void casform_put_text(struct buf *buf, struct slice text);

/** The service ticket in the address a log-in leads to; empty without one.  Section 2.2.4. */
struct slice casform_ticket(struct slice location);

/** Does the page speak of a locked or disabled account, which the one before it did not? */
bool casform_is_locked(struct slice before, struct slice after);

struct casticket {
	bool is_good;
	bool is_refused;
	struct slice code; /* INVALID_TICKET …, borrowed */
};

/** What a server says of a ticket.  Source: section 2.5.2; anything else is neither good nor refused. */
struct casticket casticket_find(struct slice answer);
