/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What an attempt's end means for the message: the one place that decides
 * whether it is tried again.
 *
 * Layer: courier.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>

#include "base/slice.h"

enum outcome {
	OUTCOME_ACCEPTED,  /* the server has it */
	OUTCOME_RETRY,     /* the server does not have it; later it may */
	OUTCOME_PERMANENT, /* this message to this address never will */
	OUTCOME_UNKNOWN,   /* the server may have it; the same Message-ID shows a second copy */
};

/** How far the conversation came. */
enum outcome_step {
	OUTCOME_CONNECT, /* up to the greeting, TLS and EHLO */
	OUTCOME_AUTH,
	OUTCOME_MAIL,
	OUTCOME_RCPT,
	OUTCOME_DATA,
	OUTCOME_BODY, /* the final dot is on its way */
};

/**
 * Source:  RFC 5321 sections 4.2.1, 4.5.4.1 and 6.1.  A 5xx before RCPT speaks of our
 *          configuration, not of this message, and a person mends it: retry.
 * Shape:   reply is the last reply's code, 0 = none; done: the transport says all went well.
 */
enum outcome outcome_of(bool done, enum outcome_step step, long reply);

/** "accepted", "retry", "permanent", "unknown": the word in the frame `sent`. */
const char *outcome_text(enum outcome outcome);

/** Step by the first word of a client's line; a line of no step leaves before as it was. */
enum outcome_step outcome_step_of(struct slice line, enum outcome_step before);
const char *outcome_step_text(enum outcome_step step);
