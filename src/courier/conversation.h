/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Talks with mail servers, one letter at a time, and keeps its connection for
 * the next.  libcurl blocks whoever calls it from the final dot to the answer,
 * its multi interface too, so each conversation has a thread while it lasts.
 *
 * Layer: courier.  Threading: one thread at a time; conversation_hang_up from any.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "courier/outcome.h"

struct account;
struct conversation;

enum { CONVERSATION_REPLY_OCTETS_MAX = 480, CONVERSATION_AGE_S = 20 };

/** One letter; what it points to is borrowed from conversation_begin until conversation_run returns. */
struct letter {
	const struct account *account;
	const char *address; /* literal, of account->host */
	const char *to;
	struct slice text; /* RFC 5322 */
	struct slice ca;   /* PEM; the machine's, where the account has none of its own */
};

struct conversation_end {
	bool accepted;
	enum outcome_step step;
	const char *why;                           /* libcurl's words for its result, static */
	char reply[CONVERSATION_REPLY_OCTETS_MAX]; /* the server's last; empty = none */
};

/** Returns: NULL when out of memory. */
NODISCARD struct conversation *conversation_create(void);

/** Take a letter; run comes next. */
void conversation_begin(struct conversation *conversation, const struct letter *letter);

/**
 * Blocks until the letter's end: for the account's timeout at most, and as long again for a QUIT.
 *
 * Source:  RFC 5321 section 4.1.4, RFC 3207 (STARTTLS), RFC 4954 (AUTH); libcurl's part.
 */
void conversation_run(struct conversation *conversation);

/** Of the last letter, after its run; lasts until the next begins. */
const struct conversation_end *conversation_end(const struct conversation *conversation);

/**
 * From any thread: nothing more is said, of the letter begun or of another.  A letter whose final
 * dot is on its way may be answered until the given uv_hrtime() first: that spares a second copy.
 *
 * Returns: true and how far the letter came when that was the end of it; false when it had
 *          ended by itself, and conversation_end tells of it.
 */
bool conversation_hang_up(struct conversation *conversation, uint64_t answer_until_ns,
	enum outcome_step *ret_step);

/**
 * Says QUIT on the connection kept and waits for nothing.  NULL is fine.
 *
 * Source:  RFC 5321 section 4.1.1.10: the answer SHOULD be waited for; a silent server would hold
 *          up the end.
 * Returns: NULL, to assign back.
 */
struct conversation *conversation_destroy(struct conversation *conversation);
