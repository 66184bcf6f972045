/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A finding as it is stored, with enums for words, and what a person writes
 * into it.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/finding.h"
#include "model/scale.h"

struct desk;
struct txn;

/** Times unix ms; 0 and empty stand for NULL. */
struct finding_row {
	int64_t id;
	int64_t version;
	enum finding_state state;
	enum grade grade;
	struct slice kind;
	struct slice title;
	struct slice description;
	struct slice advice;
	int64_t asset_id;
	int64_t unit_id;
	enum source source;
	struct slice dedup_key;
	int64_t found_at_ms;
	int64_t reported_at_ms;
	int64_t handled_at_ms;
	int64_t incident_id;
	int64_t watch_id;
	int64_t notice_id;
	int64_t author_id;
	int64_t recurrence;
	struct slice reason;
	int64_t false_by; /* who called it a false positive */
	struct slice evidence;
	struct slice policy;
	int64_t policy_id;        /* the text kept; 0 in records older than that */
	int64_t target_id;        /* what it repeats or went into */
	int64_t previous_id;      /* what it was before, long ago */
	struct slice again_cause; /* why it came back */
	struct slice again_note;
	int64_t review_at_ms; /* a false positive is looked at again */
	bool review_due;
	int64_t suppressed; /* times it was seen while said to be none */
	int64_t event_id;   /* the event whose cause it is */
};

/** Texts live in the command's arena.  Returns: 0, E_ABSENT or as db_step. */
NODISCARD int finding_row_load(struct txn *txn, int64_t id, struct finding_row *ret_row);
/** A new one of version 1, with its id set.  Returns: 0 or as db_step. */
NODISCARD int finding_row_insert(struct txn *txn, const struct finding_row *row);
/** Everything of it, version + 1, told to log and stream.  Returns: 0 or as db_step. */
NODISCARD int finding_row_save(struct txn *txn, struct finding_row *row);

/**
 * What the body says, over what the row has; an incident fills in what is
 * not said: asset, its owner, check and evidence.
 *
 * Returns: 0, E_INPUT refused, or as db_step.
 */
NODISCARD int finding_row_read(struct desk *desk, struct finding_row *row);

/**
 * Take in what was found: a new finding, or once more the one that is open
 * under the same key.  Answers its id and version.
 *
 * Shape:   act is the audit's word and code the timeline's for a new one.
 * Returns: 0 or as db_step.
 */
NODISCARD int finding_take(
	struct desk *desk, struct finding_row *row, const char *act, const char *code);
