/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A notice as it is stored, with enums for words.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/finding.h"
#include "model/notice.h"
#include "model/scale.h"

struct txn;

/** Times unix ms; 0 and empty stand for NULL. */
struct notice_row {
	int64_t id;
	int64_t version;
	enum notice_state state;
	struct slice number;
	struct slice office_number;
	struct slice title;
	enum grade grade;
	int64_t unit_id;
	enum source source;
	struct slice requirement;
	struct slice contact;
	int64_t author_id;
	int64_t issuer_id;
	int64_t created_at_ms;
	int64_t review_at_ms;
	int64_t issued_at_ms;
	int64_t reached_at_ms; /* first message that reached somebody */
	int64_t signed_at_ms;
	int64_t signed_by;
	int64_t due_at_ms;
	struct slice due_json;
	bool due_provisional;
	int64_t sign_due_at_ms;
	int64_t step_due_at_ms; /* of review, verification or brief, whichever runs */
	int64_t overdue_level;
	int64_t reminders;
	int64_t round;
	bool centre_self;
	struct slice deferred_reason;
	int64_t deferred_due_at_ms;
	int64_t deferred_confirmed_by;
	int64_t deferred_confirmed_at_ms;
	enum upreport upreport;
	struct slice upreport_reason;
	struct slice upreport_authority;
	struct slice reject_reason;
	struct slice withdrawn_reason;
	int64_t closed_at_ms;
	struct slice policy;
	int64_t policy_id;    /* the text kept; 0 in records older than that */
	int64_t origin_id;    /* of another unit's notice this one was */
	int64_t successor_id; /* that of another unit it became */
	int64_t failed_rounds;
	struct slice accountable; /* why it is a matter of accountability */
};

/** Texts live in the command's arena.  Returns: 0, E_ABSENT or as db_step. */
NODISCARD int notice_row_load(struct txn *txn, int64_t id, struct notice_row *ret_row);

/** A new one of version 1, with its id set.  Returns: 0 or as db_step. */
NODISCARD int notice_row_insert(struct txn *txn, const struct notice_row *row);

/** Everything of it, version + 1, told to log and stream.  Returns: 0 or as db_step. */
NODISCARD int notice_row_save(struct txn *txn, struct notice_row *row);

/** Found by number, title and unit.  Returns: 0 or as db_step. */
NODISCARD int notice_row_search(struct txn *txn, const struct notice_row *row);
