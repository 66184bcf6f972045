/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A self-check as it is stored, with enums for words, its questions, and what
 * the acts and timers on it share.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/selfcheck.h"
#include "workflow/selfcheck.h"

struct desk;
struct txn;

/** Times unix ms; 0 and empty stand for NULL. */
struct selfcheck_row {
	int64_t id;
	int64_t version;
	int64_t unit_id;
	enum selfcheck_kind kind;
	int64_t first_day;
	enum selfcheck_state state;
	struct slice outcome; /* "normal", "abnormal" */
	struct slice result;  /* "confirmed", "contradicted" */
	int64_t period_id;    /* of the important period it belongs to */
	struct slice policy;
	int64_t policy_id;
	int64_t open_at_ms;
	int64_t remind_at_ms;
	int64_t due_at_ms;
	int64_t end_at_ms;
	struct slice due_json;
	struct slice value_item;
	int64_t assigned_at_ms;
	int64_t submitted_at_ms;
	int64_t submitted_by;
	int64_t seconds;
	bool late;
	struct slice words;
	int64_t same_run;
	struct slice sample;
	struct slice sample_reason;
	int64_t sampled_at_ms;
	int64_t sampled_by;
	int64_t sample_due_at_ms;
	struct slice against; /* JSON */
	int64_t decided_by;
	int64_t decided_at_ms;
	struct slice decision;
	int64_t rung;
	int64_t closed_at_ms;
};

/** Texts live in the command's arena.  Returns: 0, E_ABSENT or as db_step. */
NODISCARD int selfcheck_row_load(struct txn *txn, int64_t id, struct selfcheck_row *ret_row);
/** A new one of version 1, with its id set.  Returns: 0 or as db_step. */
NODISCARD int selfcheck_row_insert(struct txn *txn, const struct selfcheck_row *row);
/** Everything of it, version + 1, told to log and stream.  Returns: 0 or as db_step. */
NODISCARD int selfcheck_row_save(struct txn *txn, struct selfcheck_row *row);

struct selfcheck_item_row {
	int64_t id;
	int64_t version;
	struct slice item;
	struct slice text;
	struct slice value_label;
	struct slice finding_kind;
	int answer; /* enum selfcheck_answer, -1 = none yet */
	struct slice note;
	struct slice value;
	int64_t opened_at_ms;
	struct slice seen; /* JSON */
	int64_t finding_id;
	int64_t event_id;
};

enum { SELFCHECK_ROWS_MAX = 32 };

/** In their order.  Returns: how many, or as db_step. */
NODISCARD int selfcheck_items_load(
	struct txn *txn, int64_t selfcheck_id, struct selfcheck_item_row *items, int max);
/** Its answer, version + 1.  Returns: 0 or as db_step. */
NODISCARD int selfcheck_item_save(struct txn *txn, struct selfcheck_item_row *item);

/** Ask the machine; refuses with "selfcheck." and the guard's id.  row->state is then the new one. */
NODISCARD int selfcheck_decide(struct desk *desk, struct selfcheck_row *row,
	struct selfcheck_facts *facts, enum selfcheck_act act);
/** The same by the machine; what it may not do is its own fault.  0 or E_*. */
NODISCARD int selfcheck_decide_system(
	struct selfcheck_row *row, const struct selfcheck_facts *facts, enum selfcheck_act act);

/** Set one of its timers, at once when its time has passed.  0 or as db_step; one that has fired stays. */
NODISCARD int selfcheck_timer_set(
	struct txn *txn, const char *kind, int64_t id, int64_t seq, int64_t at_ms);

/** A line in its timeline by the machine; args is JSON.  0 or as db_step. */
NODISCARD int selfcheck_say(
	struct txn *txn, int64_t id, const char *code, struct slice args_json);
