/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A superior's paper as it is stored, and one act on it: load, decide, save.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "workflow/incoming.h"

struct desk;
struct desk_env;
struct txn;

/** Times unix ms; 0 and empty stand for NULL. */
struct incoming_row {
	int64_t id;
	int64_t version;
	enum incoming_state state;
	struct slice secrecy; /* a word of secrecy_names */
	struct slice register_no;
	struct slice place;
	int64_t superior_id;
	struct slice paper_no;
	struct slice title;
	struct slice urgency;
	int64_t received_at_ms;
	int64_t due_at_ms;
	int64_t inner_due_at_ms;
	struct slice feedback_way;
	struct slice proposal;
	int64_t handler_id;
	struct slice result;
	struct slice answer;
	struct slice channel;
	int64_t fed_back_at_ms;
	int64_t fed_back_by;
	struct slice receipt;
	int64_t receipt_at_ms;
	struct slice reason;
	int64_t reminded;
	int64_t author_id;
	int64_t created_at_ms;
	int64_t closed_at_ms;
	int64_t policy_id;
};

enum secrecy incoming_secrecy(const struct incoming_row *row);

/** Texts live in the command's arena.  Returns: 0, E_ABSENT or as db_step. */
NODISCARD int incoming_row_load(struct txn *txn, int64_t id, struct incoming_row *ret_row);
/** A new one of version 1, with its id set.  Returns: 0 or as db_step. */
NODISCARD int incoming_row_insert(struct txn *txn, const struct incoming_row *row);
/** Everything of it, version + 1, told to log and stream.  Returns: 0 or as db_step. */
NODISCARD int incoming_row_save(struct txn *txn, struct incoming_row *row);

/** The paper of the call: If-Match checked.  0, E_ABSENT, E_CONFLICT or as db_step. */
NODISCARD int incoming_open(struct desk *desk, struct incoming_row *ret_row);
/** What has come of it so far, for the machine.  0 or as db_step. */
NODISCARD int incoming_facts_load(
	struct txn *txn, const struct incoming_row *row, struct incoming_facts *ret_facts);
/** Ask the machine; the row's state becomes the new one.  Refuses with "incoming." and the guard. */
NODISCARD int incoming_decide(struct desk *desk, struct incoming_row *row,
	const struct incoming_facts *facts, enum incoming_act act);
/** Save, timers, timeline, audit and answer of an act that has been decided.  0 or as db_step. */
NODISCARD int incoming_done(struct desk *desk, struct incoming_row *row, const char *act,
	const char *code, struct slice args_json);
/** {"reason":…,"name":…}; empty members are left out. */
struct slice incoming_args(struct desk *desk, struct slice reason, struct slice name);

/** Its inner limit and timers by its due date and state.  0 or as db_step. */
NODISCARD int incoming_clock(
	struct txn *txn, const struct desk_env *env, struct incoming_row *row);
