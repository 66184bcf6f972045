/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What core says of sweeping, read: the ranges, the freezes, the pace, where
 * it stood, and the communities of the ranges that have one.
 *
 * Layer: role.  Threading: one owner.
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"
#include "workflow/sweep.h"

struct sweep_plan;

/**
 * Read a `ranges` text; its position holds unless another is given.
 *
 * Owns:    *ret_plan, release with sweep_plan_destroy.
 * Returns: 0, E_FORMAT, or as sweep_create.
 */
NODISCARD int sweep_plan_read(
	struct slice json, const struct sweep_position *position, struct sweep_plan **ret_plan);
/** NULL is fine; communities are wiped.  Returns: NULL, to assign back. */
struct sweep_plan *sweep_plan_destroy(struct sweep_plan *plan);

/** Who answered in the round that it goes on with, as told. */
uint64_t sweep_plan_answered(const struct sweep_plan *plan);
/** Are resolvers asked for the names of those who answer? */
bool sweep_plan_names(const struct sweep_plan *plan);
struct sweep *sweep_plan_sweep(const struct sweep_plan *plan);
/** Of the narrowest range around the address; empty = it is not asked by SNMP. */
struct slice sweep_plan_community(const struct sweep_plan *plan, const struct network *address);
