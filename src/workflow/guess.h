/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a device that nobody registered may be, from what it told of itself and
 * who made its card.  A guess, and shown as one with what it rests on: where
 * a maker builds many kinds of things nothing is said.
 *
 * Layer: workflow.  Threading: reentrant.
 */
#pragma once

#include "base/slice.h"

enum device_guess {
	GUESS_NOTHING,
	GUESS_NETWORK, /* a switch, router, firewall or access point */
	GUESS_PRINTER,
	GUESS_CAMERA, /* or its recorder */
	GUESS_PHONE,  /* on a desk */
	GUESS_MOBILE,
	GUESS_SERVER,
	GUESS_STORAGE,
	GUESS_POWER, /* a UPS or a power strip */
	GUESS_COUNT
};

/** What a guess rests on, or-ed. */
enum { GUESS_BY_SYSTEM = 1, GUESS_BY_VENDOR = 2, GUESS_BY_MAKER = 4 };

struct guess {
	enum device_guess what;
	unsigned by;
};

/** What is known of a device; what is not is empty. */
struct guess_basis {
	struct slice system; /* a profile's `os` */
	struct slice vendor; /* by SNMP */
	struct slice maker;  /* of its card */
};

/** "network" …; NULL for GUESS_NOTHING and what is none. */
const char *guess_text(enum device_guess what);

/** Its system says more than its vendor, and that more than its card; those that agree are named together. */
struct guess guess_of(const struct guess_basis *basis);
