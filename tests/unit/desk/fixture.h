/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A small school for tests of acts and reads: a store, the shipped calendar
 * and policy, units, people who act in one named role, and a clock the test
 * moves.
 *
 *	struct school school;
 *	school_open(&school, conf);
 *	int64_t unit = school_unit(&school, "数学系", false);
 *	struct hat officer = school_hat(&school, school_person(&school, "王芳", unit), "officer", unit);
 *	assert_int_equal(desk_do(&school, &officer, ROUTE_NOTICES_SIGN, id, NULL), 0);
 *	school_close(&school);
 */
#pragma once

#include <stdint.h>

#include "../records/house.h"
#include "base/buf.h"
#include "base/json.h"
#include "desk/desk.h"
#include "view/view.h"
#include "workflow/calendar.h"
#include "workflow/policy.h"

struct school {
	struct house house; /* house.now_ms is the clock */
	struct calendar calendar;
	struct policy policy;
	struct blob_store *blobs;
	struct desk_env desk_env;
	struct view_env view_env;
	struct arena *arena;
	/* of the last call */
	int status;
	char code[48];
	char field[48];
	int64_t answer_id;
	int64_t answer_version;
	char set_token[80];        /* the cookie the act set; "-" ends it */
	const struct json *answer; /* parsed; NULL after a refusal */
	struct buf text;           /* the answer as it was written */
	int download_fd;           /* -1 = none; closed by the next call */
	int64_t if_match;          /* of the next act only; -1 = none */
	struct desk_call
		call; /* what the next act brings besides, upload_… and key; then cleared */
	unsigned hats;
	unsigned people;
};

/** A person acting in one role, logged in. */
struct hat {
	int64_t person_id;
	int64_t unit_id;
	char token[80];
};

/** Tuesday 2026-03-03 09:00 in China. */
void school_open(struct school *school, const char *conf);
void school_close(struct school *school);
/** Move the clock to a China time "2026-03-05T10:00". */
void school_at(struct school *school, const char *text);
/** Small-school mode. */
void school_small(struct school *school);

int64_t school_unit(struct school *school, const char *name, bool is_centre);
/** With an account and a mail address. */
int64_t school_person(struct school *school, const char *name, int64_t unit_id);
/** unit_id 0 = school-wide. */
struct hat school_hat(
	struct school *school, int64_t person_id, const char *role, int64_t unit_id);
/** A row by SQL inside a command: $1 is a new id, which is returned. */
int64_t school_row(struct school *school, const char *sql);
/** One command that is not an act: a timer's effect, a probe's result. */
int school_run(struct school *school, int (*run)(struct txn *txn, void *arg), void *arg);

/**
 * An act; hat NULL = nobody.  body is JSON text, or NULL.
 *
 * Returns: as desk_run; school->code says why not.
 */
int desk_do(struct school *school, const struct hat *hat, enum route_id route, int64_t id,
	const char *body);
/** As desk_do with a body made as by printf. */
PRINTF_LIKE(5, 6)
int desk_dof(struct school *school, const struct hat *hat, enum route_id route, int64_t id,
	const char *format, ...);
/** A read; query is what follows "?", or NULL. */
int view_do(struct school *school, const struct hat *hat, enum route_id route, int64_t id,
	const char *query);

/** Fails the test unless the last answer's member (dotted: "unit.name", "items.0.id") is this text. */
void answer_is(const struct school *school, const char *path, const char *text);
int64_t answer_int(const struct school *school, const char *path);
const struct json *answer_at(const struct school *school, const char *path);
