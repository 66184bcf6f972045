/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Hash table from octets to a pointer, keyed with SipHash because keys come
 * from outside, bounded by a count given at birth.
 *
 * Layer: base.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct map;

/**
 * Owns:    the result; release with map_destroy.  Keys are copied, values borrowed.
 * Shape:   at most count_max keys; seed is 16 secret octets.
 */
struct map *map_create(size_t count_max, const uint8_t seed[16]);
/** Values are not touched. */
struct map *map_destroy(struct map *map);

/** The value, or NULL. */
void *map_get(const struct map *map, struct slice key);
/**
 * Add or replace.  Returns: 0 when added, 1 when replaced, E_LIMIT when full
 * (counted in map_refused).
 */
NODISCARD int map_put(struct map *map, struct slice key, void *value);
/** Removes and gives back the value, or NULL. */
void *map_take(struct map *map, struct slice key);

size_t map_count(const struct map *map);
uint64_t map_refused(const struct map *map);

/** Walk all entries in no order; *cursor starts at 0.  Do not put or take meanwhile. */
bool map_next(const struct map *map, size_t *cursor, struct slice *ret_key, void **ret_value);
