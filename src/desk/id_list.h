/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A body's list of ids of one table: read, held against the table, written as
 * the JSON text a record keeps.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct desk;

enum { ID_LIST_MAX = 200 };

struct id_list {
	int64_t id[ID_LIST_MAX];
	size_t count;
};

/**
 * Member of the body: ids that exist, each once, in the order given; null is none.
 *
 * Shape:   at most max ≤ ID_LIST_MAX; table is a name of our schema.
 * Returns: 0, or E_INPUT refused with input.invalid, input.too_many or
 *          input.unknown, or as db_step.
 */
NODISCARD int id_list_read(struct desk *desk, const char *field, const char *table, size_t max,
	struct id_list *ret_list);

/** "[1,2]", in the act's arena. */
struct slice id_list_json(struct desk *desk, const struct id_list *list);
