/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The generated table behind model/sentence.h.
 *
 * Layer: model.
 */
#pragma once

#include <stddef.h>

struct sentence_row {
	const char *code;
	const char *text[2]; /* by enum lang */
};

/** Sorted by code. */
extern const struct sentence_row sentence_rows[];
extern const size_t sentence_row_count;
