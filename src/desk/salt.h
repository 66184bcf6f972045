/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The salt of a row that holds somebody's contact data: random octets inside
 * the row's audited digest.  Whoever erases that data replaces the salt too,
 * and no digest of before tells a guess from the truth.
 *
 * Layer: desk.  Threading: reentrant.
 */
#pragma once

#include "base/slice.h"

struct arena;

enum { SALT_OCTETS = 16 };

/** Fresh octets, for a column salt.  Owns: the arena. */
struct slice salt_draw(struct arena *arena);
