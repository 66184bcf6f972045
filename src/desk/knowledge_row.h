/* SPDX-License-Identifier: Apache-2.0 */
/**
 * An entry of knowledge as it is stored, with its editions.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct txn;

enum { KNOWLEDGE_NAME_MAX = 80, KNOWLEDGE_TEXT_MAX = 4000 };

struct knowledge_row {
	int64_t id; /* 0 = not stored yet */
	int64_t version;
	struct slice shelf; /* "solution", "template" */
	struct slice kind;
	int64_t edition;
	struct slice name;
	struct slice body;
	struct slice proof;
	struct slice name_en;
	struct slice body_en;
	struct slice proof_en;
	struct slice shipped; /* the entry it came as; may be empty */
	int64_t created_at_ms;
	int64_t retired_at_ms;
};

/** Texts live in the command's arena.  Returns: 0, E_ABSENT or as db_step. */
NODISCARD int knowledge_row_load(struct txn *txn, int64_t id, struct knowledge_row *ret_row);

/**
 * Insert (id 0, which is filled in) or update as the next edition, by a person
 * (0 = it came along); told to log and stream.
 *
 * Returns: 0 or as db_step.
 */
NODISCARD int knowledge_row_save(struct txn *txn, struct knowledge_row *row, int64_t by_id);
