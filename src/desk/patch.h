/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A body's members onto a record in memory, by a table: a member that is
 * absent keeps what is there, null clears it.  A new record is the same with
 * nothing there yet, so create and update read their body alike.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "desk/words.h"

struct desk;

enum patch_kind {
	PATCH_TEXT,   /* struct slice */
	PATCH_CHOICE, /* struct slice, one of words; `otherwise` when nothing is there */
	PATCH_ID,     /* int64_t, 0 = none */
	PATCH_INT,    /* int64_t, 0 = none */
	PATCH_BOOL,   /* bool */
};

struct patch_field {
	const char *name;
	size_t offset; /* in the record */
	enum patch_kind kind;
	enum words_need need;
	size_t max;               /* text: code points; int: largest */
	const char *table;        /* id: where it must exist */
	const char *const *words; /* choice: NULL-ended */
	const char *otherwise;    /* choice */
};

/** Returns: 0, or E_INPUT refused as by words_*, or as db_step. */
NODISCARD int patch_apply(
	struct desk *desk, void *record, const struct patch_field *fields, size_t count);

/** Is the member in the body, null or not? */
bool patch_given(const struct desk *desk, const char *name);
