/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Compiled rules.
 *
 * Source: decoders/README.md.
 *
 * Layer: proto, seen by this folder only.
 */
#pragma once

#include <stdbool.h>

#include "proto/logfields.h"

enum part_kind {
	PART_LITERAL,
	PART_OPTIONAL,
	PART_ANY,
	PART_TEXT,
	PART_MOST,
	PART_WORD,
	PART_NUM,
	PART_IP,
	PART_HOST,
	PART_END
};

struct part {
	enum part_kind kind;
	struct slice text; /* the literal, or the name of the field */
};

struct rule {
	struct slice name;
	struct slice vendor;
	const struct slice *apps;
	size_t app_count;
	struct slice needle; /* longest literal */
	struct part part[LOGFIELDS_PARTS_MAX];
	size_t part_count;
	struct logfields_field set[LOGFIELDS_FIELDS_MAX];
	size_t set_count;
};

struct logfields {
	struct arena *arena;
	struct rule **rules;
	size_t count;
};

/** Compile a pattern.  Returns: 0 or E_INPUT with diag. */
NODISCARD int logfields_compile(
	struct arena *arena, struct slice pattern, struct rule *rule, struct diag *diag);
