/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The places of a template, filled in from the notice it goes into.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct desk;
struct notice_row;

/** Refused with template.place when the text has a place nobody knows; field is the member it came in. */
NODISCARD int places_check(struct desk *desk, struct slice text, const char *field);

/**
 * Fill row->requirement in from the unit, the findings and who writes it.  Number
 * and deadline stay until it is issued.
 *
 * Returns: 0; E_INPUT refused with template.place or input.too_long; or as db_step.
 */
NODISCARD int notice_places_fill(
	struct desk *desk, struct notice_row *row, const int64_t *finding_ids, size_t count);
