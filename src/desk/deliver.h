/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Messages to people: one row a recipient and channel, with a key that names
 * the message so that doing it again cannot make a second one.  The text is
 * rendered here; the courier only carries it.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct arena;
struct desk_env;
struct txn;

struct deliver_mail {
	int64_t person_id;    /* 0 = nobody we know: to address */
	struct slice address; /* of nobody we know; a person's is looked up */
	struct slice subject;
	struct slice body; /* plain text */
	const char *about; /* kind of the record */
	int64_t about_id;
	const char *event;   /* what happened to it, "opened", "issued.2" … */
	int64_t document_id; /* annex, 0 = none */
};

/**
 * Put one mail into the outbox; a person without a mail address gets none.
 *
 * Returns: 1 queued, 0 no address or queued before, or as db_step.
 */
NODISCARD int deliver_mail(struct txn *txn, const struct deliver_mail *mail);

/**
 * Everybody who should know of an incident now: the person on duty by the
 * settings, else all operators, else the director.
 *
 * Shape:   at most max ids.
 * Returns: how many, or as db_step.
 */
NODISCARD int deliver_on_duty(struct txn *txn, int64_t *ret_person_ids, int max);

/** What became of a delivery the courier had: "accepted", "retry", "permanent", "unknown". */
struct deliver_result {
	int64_t delivery_id; /* also the outbox row's */
	struct slice outcome;
	struct slice provider;
	struct slice error;
};

/** Settle or put off.  Returns: 0 or as db_step. */
NODISCARD int deliver_settle(struct txn *txn, const struct deliver_result *result);
