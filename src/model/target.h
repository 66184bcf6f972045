/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a check looks at, as one text whose form its kind says:
 *
 *	icmp  10.1.2.3, 2001:db8::1, name
 *	tcp   HOST:PORT, [2001:db8::1]:22
 *	tls   HOST:PORT
 *	http  http://HOST[:PORT][/PATH], https://…
 *	dns   ADDRESS[:PORT] of the resolver
 *	host  load, memory, disk, clock, interface:NAME
 *
 * Layer: model.  Threading: reentrant.  Fuzz target: fuzz/target.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/name.h"

enum target_kind { TARGET_ICMP, TARGET_TCP, TARGET_HTTP, TARGET_TLS, TARGET_DNS, TARGET_HOST };

#define TARGET_KIND_COUNT (TARGET_HOST + 1)

enum { TARGET_MAX_OCTETS = 1024, TARGET_INTERFACE_MAX = 15 };

/** The kinds of checks, as the store and the API name them. */
extern const struct name_table target_kind_names;

struct target {
	struct slice host; /* without brackets; the item of TARGET_HOST */
	uint16_t port;     /* 0 = none is said */
	bool is_address;
	bool is_https;
};

/**
 * Returns: 0, E_FORMAT when it is not of its kind's form, E_RANGE for a port
 *          outside 1..65535, E_LIMIT (TARGET_MAX_OCTETS).
 */
NODISCARD int target_parse(enum target_kind kind, struct slice text, struct target *ret_target);

/**
 * What the first figure of such a check is, by its metric's name; "value" where
 * it has no name of its own.  Static.
 */
struct slice target_metric(struct slice kind, struct slice target);
