/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What happens to findings and notices without a person: a fresh probe came
 * back, a document is ready, a mail has arrived, a deadline is reached.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct desk_env;
struct timer;
struct txn;

struct line_probe {
	int64_t proof_id;
	int64_t at_ms;
	struct slice state; /* "up", "down" … */
	int64_t latency_us;
	struct slice code;
	struct slice args; /* JSON */
};

struct line_document {
	int64_t document_id;
	bool ok;
	int64_t blob_id; /* when ok */
	struct slice error;
};

/** The result of a check a verification asked for; ends its outbox row.  0 or as db_step. */
NODISCARD int line_probe_result(
	struct txn *txn, const struct desk_env *env, const struct line_probe *result);

/** A document was rendered or could not be; the first rendering stored wins.  0 or as db_step. */
NODISCARD int line_document_done(
	struct txn *txn, const struct desk_env *env, const struct line_document *done);

/**
 * Was it a superior's form that came back?  Then it becomes a file of its paper.
 *
 * Returns: 1 when it was, 0, or as db_step.
 */
NODISCARD int line_annex_done(struct txn *txn, const struct line_document *done);

/** A file for a notice ended every worker that looked into it, and was refused: an alert.  0 or as db_step. */
NODISCARD int line_upload_lost(
	struct txn *txn, const struct desk_env *env, int64_t notice_id, struct slice name);

/** A delivery was accepted: the first of a notice starts its clock.  0 or as db_step. */
NODISCARD int line_delivered(struct txn *txn, const struct desk_env *env, int64_t delivery_id);

/** A timer of the line has come due.  0 or as db_step. */
NODISCARD int line_timer(
	struct txn *txn, const struct desk_env *env, const struct timer *timer);
