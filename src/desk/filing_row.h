/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One filing 备案 as it is stored, and what is known about it when an act
 * decides.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "workflow/filing.h"

struct desk;
struct desk_env;
struct txn;

/** Times unix ms; 0 and empty stand for NULL. */
struct filing_row {
	int64_t id;
	int64_t version;
	enum filing_state state;
	struct slice number;
	int64_t unit_id;
	enum post post;
	int64_t person_id;
	int64_t outgoing_id; /* 0: the post was vacant, or others stay in it */
	struct slice reason;
	int64_t effective_at_ms;
	int64_t made_by;
	int64_t made_at_ms;
	int64_t submitted_at_ms;
	int64_t signed_by;
	int64_t signed_at_ms;
	int64_t form_by;
	int64_t approved_by;
	int64_t approved_at_ms;
	struct slice warned;
	int64_t taken_at_ms;
	int64_t grant_id;
	struct slice returned_reason;
	int64_t ended_at_ms;
	struct slice notes; /* of who goes, for who comes */
	struct slice moved; /* JSON: what the hand-over moved */
	int64_t given_at_ms;
	int64_t received_at_ms;
};

/** Texts live in the command's arena.  Returns: 0, E_ABSENT or as db_step. */
NODISCARD int filing_load(struct txn *txn, int64_t id, struct filing_row *ret_row);

/** Insert (id 0, which is filled in) or update; version goes up, the stream is told.  0 or as db_step. */
NODISCARD int filing_save(struct txn *txn, struct filing_row *row);

/** Facts but reason_given and warnings_taken.  actor 0 = the machine.  0 or as db_step. */
NODISCARD int filing_facts(struct txn *txn, const struct desk_env *env,
	const struct filing_row *row, int64_t actor_id, struct filing_facts *ret_facts);

/** A line of its timeline by the machine.  0 or as db_step. */
NODISCARD int filing_note(
	struct txn *txn, int64_t id, const char *code, struct slice args_json);

/** Names for messages: unit and who comes, in the arena.  0 or as db_step. */
NODISCARD int filing_names(struct txn *txn, const struct filing_row *row,
	struct slice *ret_unit, struct slice *ret_person);
