/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The asset register made ready to be asked: what holds this address, name or
 * station?
 *
 * Layer: workflow.  Threading: one owner.
 */
#pragma once

#include "workflow/discovery.h"

struct discovery_register;

/** Lives in scratch, borrows the assets. */
struct discovery_register *discovery_register_make(
	const struct discovery_input *input, struct arena *scratch);
/** The asset with the longest network around the address and that network's prefix; 0 = none. */
int64_t discovery_by_address(const struct discovery_register *reg,
	const struct network *address, uint8_t *ret_prefix);
/** The asset whose domain is the name; 0 = none. */
int64_t discovery_by_name(const struct discovery_register *reg, struct slice name);
int64_t discovery_by_mac(const struct discovery_register *reg, uint64_t mac);
