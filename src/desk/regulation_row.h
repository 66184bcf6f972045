/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A version of the regulation as it is stored, and the changes people make to
 * its text, which is one JSON object as policy/school-2023-v1.json shows it.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "workflow/regulation.h"

struct desk;
struct txn;

/** Times unix ms; 0 and empty stand for NULL. */
struct regulation_row {
	int64_t id;
	int64_t version;
	enum regulation_state state;
	struct slice name;
	struct slice title;
	struct slice note;
	struct slice text;
	int64_t base_id;
	struct slice document_number;
	struct slice meeting;
	struct slice decided_by;
	int64_t effective_at_ms;
	int64_t author_id;
	int64_t created_at_ms;
	int64_t adopted_by;
	int64_t adopted_at_ms;
	int64_t entered_at_ms;
	int64_t ended_at_ms;
	int64_t carried_at_ms;
	int64_t policy_id;
};

/** Texts live in the command's arena.  Returns: 0, E_ABSENT or as db_step. */
NODISCARD int regulation_row_load(struct txn *txn, int64_t id, struct regulation_row *ret_row);
/** A new one of version 1, with its id set.  Returns: 0 or as db_step. */
NODISCARD int regulation_row_insert(struct txn *txn, const struct regulation_row *row);
/** Everything of it, version + 1, told to log and stream.  Returns: 0 or as db_step. */
NODISCARD int regulation_row_save(struct txn *txn, struct regulation_row *row);

/**
 * The row's text under the row's name and title, with what the body says of
 * parameters {name: value}, articles [{number, title, …}], routing
 * [{kind, to}] and selfcheck_items [{id, text, …}]; what it does not name stays.
 *
 * Returns: 0 with row->text, or E_INPUT refused: regulation.parameter with the
 *          parameter, regulation.article with the member, regulation.routing,
 *          regulation.selfcheck.
 */
NODISCARD int regulation_text_apply(struct desk *desk, struct regulation_row *row);
