/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One check as the desk registers it (JSON), read into what the engines
 * take.  Pure: nothing is resolved, nothing opened.
 *
 * Layer: probe.  Threading: reentrant.  Fuzz target: fuzz/check_table.c.
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/scale.h"
#include "probe/check.h"

struct arena;
struct diag;
struct json;

enum {
	SPEC_NAME_MAX = 200,   /* octets kept of the name people gave */
	SPEC_TARGET_MAX = 300, /* octets kept of the target for showing */
	SPEC_HOST_MAX = 255,
	SPEC_INTERVAL_MAX_S = 24 * 3600,
	SPEC_RETRIES_MAX = 15,
};

struct spec_item {
	struct check_spec spec;
	struct slice name;   /* for people, cut at a character */
	struct slice target; /* as registered, cut at a character */
	struct slice host;   /* address or name it points at; empty for this machine */
	enum alert_severity severity;
};

/**
 * Read one check.
 *
 * Shape:   {"id","name","kind","target","params":{},"interval_s","retries",
 *          "severity"}; target and params as schema/check_kinds.toml has them for
 *          the kind.  IPv6 with a port is in brackets.  Params of other kinds are
 *          passed over.
 * Owns:    texts of *ret_item live in the arena.
 * Returns: 0, or E_INPUT with diag.
 */
NODISCARD int spec_read(struct arena *arena, const struct json *check,
	struct spec_item *ret_item, struct diag *diag);

/**
 * The params alone, into a spec whose kind is set.
 *
 * Owns:    texts and values live in the arena.
 * Returns: 0, or E_INPUT with diag.
 */
NODISCARD int spec_read_params(struct arena *arena, const struct json *params,
	struct check_spec *spec, struct diag *diag);

/** The usual port where none is said.  Returns: 0, or E_INPUT where one is missing or does not belong. */
NODISCARD int spec_complete(struct check_spec *spec);

/**
 * "[IPV6]:PORT", "HOST:PORT", or either without a port.
 *
 * Owns:    both borrow from text; *ret_port is empty when there is none.
 * Returns: false when brackets or a port are begun and not ended.
 */
bool spec_cut_port(struct slice text, struct slice *ret_host, struct slice *ret_port);
