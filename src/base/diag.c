/* SPDX-License-Identifier: Apache-2.0 */
#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int diag_set(
	struct diag *diag, int error, uint64_t line, uint64_t offset, const char *format, ...)
{
	if (diag != NULL) {
		diag->line = line;
		diag->offset = offset;
		va_list args;
		va_start(args, format);
		(void)vsnprintf(diag->text, sizeof(diag->text), format, args);
		va_end(args);
	}
	return error;
}

void diag_list_init(struct diag_list *list)
{
	*list = (struct diag_list) { 0 };
}

void diag_list_fini(struct diag_list *list)
{
	free(list->items);
	*list = (struct diag_list) { 0 };
}

void diag_list_add(struct diag_list *list, const struct diag *diag)
{
	if (list->items == NULL) {
		list->items = calloc(DIAG_LIST_MAX, sizeof(*list->items));
	}
	if (list->items == NULL || list->count == DIAG_LIST_MAX) {
		list->refused++;
		return;
	}
	list->items[list->count++] = *diag;
}
