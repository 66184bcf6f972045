/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The entries of knowledge that come along, policy/knowledge.json.  Each comes
 * in once; what the school makes of it afterwards is the school's.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"

struct db;
struct txn;

/** Is every entry of the text there already?  Returns: 1, 0, E_INPUT for a text that cannot be read, or as db_step. */
NODISCARD int knowledge_known(struct db *db, struct slice text);

/**
 * Command: bring in those of arg, a struct slice, that are not there yet.
 *
 * Shape:   {"entries":[{"key","shelf","kind","name","body","proof","name_en",…},…]}
 * Returns: 0, E_INPUT or as db_step.
 */
NODISCARD int knowledge_ship(struct txn *txn, void *arg);
