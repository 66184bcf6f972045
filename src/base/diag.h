/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a person must read about bad input: where, and one plain sentence.
 * Many can be collected, so a file reports all its mistakes at once.
 *
 * Layer: base.  Threading: one owner.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

enum { DIAG_TEXT_MAX = 256, DIAG_SOURCE_MAX = 128, DIAG_LIST_MAX = 200 };

struct diag {
	char source[DIAG_SOURCE_MAX]; /* file, field or peer; may be empty */
	uint64_t line;                /* from 1; 0 = not known */
	uint64_t offset;              /* octets from the start of the input */
	char text[DIAG_TEXT_MAX];     /* one English sentence without full stop */
};

/** Fill *diag; NULL is fine and does nothing.  Returns error, to return onward. */
PRINTF_LIKE(5, 6)
int diag_set(
	struct diag *diag, int error, uint64_t line, uint64_t offset, const char *format, ...);

struct diag_list {
	size_t count;   /* kept, at most DIAG_LIST_MAX */
	size_t refused; /* came after the list was full */
	struct diag *items;
};

void diag_list_init(struct diag_list *list);
void diag_list_fini(struct diag_list *list);
/** Adds a copy. */
void diag_list_add(struct diag_list *list, const struct diag *diag);
