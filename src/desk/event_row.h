/* SPDX-License-Identifier: Apache-2.0 */
/**
 * An event as it is stored, and one act on it: load within reach, decide,
 * save, and leave the words behind.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/scale.h"
#include "workflow/event.h"
#include "workflow/event_pack.h"

struct desk;
struct txn;

/** Times unix ms; 0 and empty stand for NULL. */
struct event_row {
	int64_t id;
	int64_t version;
	enum event_state state;
	struct slice number;
	struct slice title;
	int64_t unit_id;
	int64_t asset_id;
	struct slice place;
	bool drill;
	struct slice source;
	int64_t known_at_ms;
	int64_t occurred_at_ms;
	int64_t reported_at_ms;
	struct slice class_id; /* a word of event_class_names */
	struct slice class_kind;
	struct slice class_2023;
	struct slice cause; /* a word of event_cause_names */
	bool crime;
	struct slice grade; /* a word of event_grade_names; empty = not graded */
	int64_t graded_by;
	int64_t graded_at_ms;
	int64_t responding_at_ms;
	int64_t contained_at_ms;
	int64_t resolved_at_ms;
	struct slice review;
	struct slice no_roots; /* why nothing has to be put right */
	struct slice reason;
	int64_t finding_id; /* it came of, or became */
	int64_t incident_id;
	int64_t author_id;
	int64_t closed_at_ms;
	int64_t policy_id;
	int64_t pack_id;
};

/** EVENT_UNGRADED while it is not. */
enum event_grade event_grade_now(const struct event_row *row);

/** Texts live in the command's arena.  Returns: 0, E_ABSENT or as db_step. */
NODISCARD int event_row_load(struct txn *txn, int64_t id, struct event_row *ret_row);
/** A new one of version 1, with its id set.  Returns: 0 or as db_step. */
NODISCARD int event_row_insert(struct txn *txn, const struct event_row *row);
/** Everything of it, version + 1, told to log and stream.  Returns: 0 or as db_step. */
NODISCARD int event_row_save(struct txn *txn, struct event_row *row);

/** The event of the call: reach and If-Match checked.  0, E_ABSENT, E_CONFLICT or as db_step. */
NODISCARD int event_open(struct desk *desk, struct event_row *ret_row);
/** What has come of it so far, for the machine.  0 or as db_step. */
NODISCARD int event_facts_load(
	struct desk *desk, const struct event_row *row, struct event_facts *ret_facts);
/** Ask the machine; the row's state becomes the new one.  Refuses with "event." and the guard. */
NODISCARD int event_decide(struct desk *desk, struct event_row *row,
	const struct event_facts *facts, enum event_act act);
/** Save, timeline, audit and answer of an act that has been decided.  0 or as db_step. */
NODISCARD int event_done(struct desk *desk, struct event_row *row, const char *act,
	const char *code, struct slice args_json);
/** Refuse with "event." and what a machine's diag names. */
struct diag;
int event_refuse(struct desk *desk, int error, const struct diag *diag);

/** {"text":…,"name":…}; empty members are left out. */
struct slice event_args(struct txn *txn, struct slice text, struct slice name);
/** A line in its timeline by the machine. */
NODISCARD int event_say(struct txn *txn, int64_t id, const char *code, struct slice args);

/** The pack it is judged by, with id 0 the one in force.  *ret_id may be NULL.  0, E_STORE or as db_step. */
NODISCARD int event_pack_load(
	struct txn *txn, int64_t id, struct event_pack *ret_pack, int64_t *ret_id);
