/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Fields out of the text of a log line, by packs that are data
 * (decoders/NAME.json; the language is in decoders/README.md).
 *
 * A rule is tried only where its longest literal occurs; matching runs within
 * LOGFIELDS_STEPS_MAX steps a rule, so no line and no pack can stall it.
 *
 * Source: decoders/README.md, our own language.
 *
 * Layer: proto.  Threading: loading has one owner, matching is reentrant.
 * Fuzz target: fuzz/decoder_pack.c.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct diag;
struct logfields;

enum {
	LOGFIELDS_RULES_MAX = 1024,
	LOGFIELDS_APPS_MAX = 16,   /* of a pack */
	LOGFIELDS_PARTS_MAX = 48,  /* of a pattern */
	LOGFIELDS_FIELDS_MAX = 16, /* of an answer */
	LOGFIELDS_STEPS_MAX = 20000,
};

/** name from the pack, value from the line or the pack. */
struct logfields_field {
	struct slice name;
	struct slice value;
};

struct logfields_answer {
	struct slice rule;   /* "pack/rule", for a person to find it */
	struct slice vendor; /* empty when the pack names none */
	size_t count;
	struct logfields_field field[LOGFIELDS_FIELDS_MAX];
};

/** Owns:    the result; release with logfields_destroy. */
struct logfields *logfields_create(void);
struct logfields *logfields_destroy(struct logfields *packs);

/**
 * Add the rules of one pack, all or none; rules of packs loaded first go first.
 *
 * Shape:   JSON as decoders/README.md has it.
 * Returns: how many rules, or json_parse's errors, E_INPUT with diag, or
 *          E_LIMIT past LOGFIELDS_RULES_MAX.
 */
NODISCARD int logfields_load(
	struct logfields *packs, struct slice json, const char *name, struct diag *diag);

/**
 * The first rule that matches.
 *
 * Owns:    slices of *ret_answer borrow from the packs and from msg.
 * Returns: 1 and the answer, or 0.
 */
NODISCARD int logfields_match(const struct logfields *packs, struct slice app, struct slice msg,
	struct logfields_answer *ret_answer);

size_t logfields_count(const struct logfields *packs);
