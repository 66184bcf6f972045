/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A small store with a true audit log, written by the test's own SQL: 300
 * entries, notices, blobs, personal values (two erased, one notice deleted)
 * and six signed heads.  Every tamper test begins here.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "audit/head.h"
#include "audit/verify.h"
#include "base/slice.h"

enum {
	WORLD_ENTRIES = 300,
	WORLD_NOTICES = 40,
	WORLD_DELETED = 3, /* the notice deleted in entry 150 */
	WORLD_DELETED_IN = 150,
	WORLD_ERASED_IN = 200, /* erases value 0 of entry 6 and value 1 of entry 12 */
	WORLD_HEAD_EVERY = 50,
	WORLD_PROBLEMS = 2000,
};

/** One bound value: 'i', 't', 'b' or 'n'. */
struct cell {
	char type;
	int64_t number;
	struct slice octets;
};

#define INT(value) ((struct cell) { .type = 'i', .number = (value) })
#define TEXT(value) ((struct cell) { .type = 't', .octets = (value) })
#define BLOB(pointer, count) ((struct cell) { .type = 'b', .octets = slice_of(pointer, count) })

struct world {
	char conf[256];
	char folder[256]; /* of blobs; unused on PostgreSQL */
	struct sqlite3 *lite;
	struct pg_conn *pg;
	struct audit_key *key;
	struct audit_problem problem[WORLD_PROBLEMS];
	size_t problems;
	struct audit_report report;
};

/** Write the store; conf names an empty one. */
void world_build(struct world *world, const char *conf);
void world_fini(struct world *world);

/** One statement with $1… bound; false when the store refuses it. */
bool world_try(struct world *world, const char *sql, const struct cell *cells, size_t count);
/** The first value of the first row; octets live until the next call. */
struct cell world_get(struct world *world, const char *sql);
/** Close and open the SQLite file again; between them its octets may be changed. */
void world_detach(struct world *world);
void world_attach(struct world *world);

/** audit_verify with everything given; problems are kept in world->problem. */
int world_verify(struct world *world);
/** As world_verify for another target. */
int world_verify_target(struct world *world, const struct audit_target *target);
/** Was a problem of this name family ("row.", "entry.changed") found with this number or text? */
bool world_named(const struct world *world, const char *family, int64_t seq, const char *what);
/** Print what was found, for a failing test. */
void world_show(const struct world *world);
