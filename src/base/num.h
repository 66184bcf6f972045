/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Numbers out of text, whole or not at all: no leading space, no trailing
 * octet, no silent overflow; and into Chinese numerals.
 *
 * Layer: base.  Threading: reentrant.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

/**
 * Decimal integer with optional '-'.
 *
 * Shape:   the whole slice is one number between min and max.
 * Returns: 0, E_FORMAT when it is not a number, E_RANGE when it is outside.
 */
NODISCARD int num_i64(struct slice text, int64_t min, int64_t max, int64_t *ret_value);

/** Decimal digits only; as num_i64 otherwise. */
NODISCARD int num_u64(struct slice text, uint64_t max, uint64_t *ret_value);

/** Decimal fraction as strtod in the C locale; E_FORMAT when not wholly a number. */
NODISCARD int num_double(struct slice text, double *ret_value);

enum { NUM_ZH_ROOM = 12 };

/** 一 … 九十九, as articles and headings are numbered; figures beyond.  NUL-terminated. */
void num_zh(unsigned n, char ret_text[NUM_ZH_ROOM]);
