/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a check looks at, as one text whose form its kind says (schema/check_kinds.toml):
 *
 *	host     10.1.2.3, 2001:db8::1, name
 *	place    HOST:PORT, [2001:db8::1]:22
 *	service  as place, or without port
 *	server   ADDRESS[:PORT]
 *	url      http://HOST[:PORT][/PATH], https://…
 *	own      load, memory, disk, clock, interface:NAME
 *
 * Layer: model.  Threading: reentrant.  Fuzz target: fuzz/target.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/check_kind.h"

enum { TARGET_MAX_OCTETS = 1024, TARGET_INTERFACE_MAX = 15 };

struct target {
	struct slice host; /* without brackets; the item of an own target */
	uint16_t port;     /* 0 = none is said */
	bool is_address;
	bool is_https;
};

/**
 * Returns: 0, E_FORMAT when it is not of its kind's form, E_RANGE for a port
 *          outside 1..65535, E_LIMIT (TARGET_MAX_OCTETS).
 */
NODISCARD int target_parse(enum check_kind kind, struct slice text, struct target *ret_target);

/**
 * What the first figure of such a check is, by its metric's name; "value" where
 * it has no name of its own.  Static.
 */
struct slice target_metric(struct slice kind, struct slice target);
