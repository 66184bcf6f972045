/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Errors as core and query answer them: RFC 9457 problem JSON with a code and
 * never a sentence to translate.
 *
 * Layer: role.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"

struct problem {
	int error;         /* what the act or read returned */
	const char *code;  /* its own code; "" = the one of the error */
	const char *field; /* member of the body at fault; "" = none */
	uint64_t trace;
	int64_t version;     /* of the record, for a conflict; 0 = unknown */
	struct slice state;  /* and the state it is in now; empty = it has none */
	struct slice detail; /* where exactly, in a sentence; empty = none */
};

/**
 * Append the problem's JSON.
 *
 * Source:  RFC 9457 section 3.
 * Returns: the HTTP status.
 */
unsigned problem_put(struct buf *out, const struct problem *problem);
