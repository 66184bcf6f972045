/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A row in memory as JSON and back, member by member of a table: what an
 * import keeps of what was there before.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stddef.h>

#include "base/slice.h"

struct arena;
struct json;

enum row_member_kind { ROW_MEMBER_TEXT, ROW_MEMBER_INT, ROW_MEMBER_BOOL };

struct row_member {
	const char *name;
	size_t offset;
	enum row_member_kind kind;
};

/** Empty texts and zeros are left away.  Owns: the arena. */
struct slice row_json(
	struct arena *arena, const void *row, const struct row_member *members, size_t count);
/** Fill the members; what is absent becomes empty.  Texts borrow from the JSON. */
void row_of_json(
	void *row, const struct json *json, const struct row_member *members, size_t count);
