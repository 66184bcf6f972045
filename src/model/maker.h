/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Who made a network card, by its station address.
 *
 * Source:  the registries of IEEE RA as CSV (Registry, Assignment, Organization
 *          Name, Organization Address): MA-L of 24 bits, MA-M of 28, MA-S and
 *          IAB of 36; IEEE 802-2014 section 8.2.2 (bits U/L and I/G).
 *
 * Layer: model.  Threading: read by anybody once it is sealed.  Fuzz target: fuzz/maker.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct makers;

enum {
	MAKERS_MAX = 1 << 17, /* assignments kept; three times what there is in 2025 */
	MAKER_NAME_MAX = 80,  /* octets; a longer name is cut */
};

/** Owns: the result; release with makers_destroy. */
struct makers *makers_create(void);
/** NULL is fine.  Returns: NULL, to assign back. */
struct makers *makers_destroy(struct makers *makers);

/**
 * Take a registry's text.  A row that is none of an assignment (the head, one
 * cut off, a private one) is passed over.
 *
 * Returns: how many were taken, E_LIMIT when MAKERS_MAX is reached: those before it are kept.
 */
NODISCARD int makers_read(struct makers *makers, struct slice text);
/** After the last makers_read, before the first maker_of. */
void makers_seal(struct makers *makers);

/**
 * Shape:   mac is 48 bits; the narrowest assignment around it counts.
 * Owns:    the name is makers'.
 * Returns: empty for one nobody registered, a local or a group address, or makers NULL.
 */
struct slice maker_of(const struct makers *makers, uint64_t mac);

/** Was the address chosen by the machine itself: a phone's random one, a virtual machine's? */
bool mac_is_local(uint64_t mac);
