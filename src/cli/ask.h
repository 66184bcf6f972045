/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the commands that look at a store have in common: which platform is
 * meant, in which form to answer, and one word that names a record.
 *
 * Layer: cli.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "cli/place.h"
#include "model/name.h"

struct arena;
struct db;
struct diag;

struct ask {
	struct place_words words;
	const char *word; /* what is left over; NULL when nothing is */
	enum lang lang;
	bool json;
};

/**
 * -c FILE, --data DIR, --db CONF, --json, --lang zh|en and at most one word.
 *
 * Returns: false on anything else.
 */
NODISCARD bool ask_read(int argc, char **argv, struct ask *ret_ask);

/** "fengsui: VERB: WHY: WHAT (WHERE)" on stderr.  Returns: the exit code, 1 found invalid or 3 could not run. */
int ask_complain(const char *verb, int error, const struct diag *diag, const char *where);

/** A record: ids are one series over all tables, so an id alone says which. */
struct ask_record {
	const char *kind; /* "notice", as the log has it; static */
	int64_t id;
};

/**
 * The record of an id, or the notice of a number such as 网安通报 2026-001.
 *
 * Returns: 1, 0 (no such record) or as db_step.
 */
NODISCARD int ask_record_find(struct db *db, struct slice word, struct ask_record *ret_record);

/** "2026-11-22 15:24:06.123" local to the school, in the arena. */
struct slice ask_time(struct arena *arena, int64_t at_unix_ms);
