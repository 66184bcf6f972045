/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which fonts papers are set in: the school's own, those an archive brings, the
 * system's.
 *
 * Layer: role.
 */
#pragma once

#include "base/attr.h"

struct diag;
struct draw_fonts;
struct runtime;

/** Before the fence.  Owns: *ret_fonts.  Returns: 0 or as draw_fonts_create. */
NODISCARD int paper_fonts_create(
	struct runtime *rt, struct draw_fonts **ret_fonts, struct diag *diag);
