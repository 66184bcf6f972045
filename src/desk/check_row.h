/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One check as a value: held against the form of its kind, saved.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct arena;
struct desk;
struct json;

enum {
	CHECK_NAME_MAX = 120,
	CHECK_INTERVAL_MAX_S = 86400,
	CHECK_INTERVAL_DEFAULT_S = 30,
	CHECK_RETRIES_MAX = 10,
	CHECK_RETRIES_DEFAULT = 2,
	CHECK_PARENTS_MAX = 8,
	CHECK_SECRETS_MAX = 4,
};

struct check_secret {
	const char *name;
	struct slice value; /* in clear, in the act's arena */
};

struct check_row {
	int64_t id; /* 0 = not stored yet */
	int64_t version;
	int64_t asset_id;
	struct slice name;
	struct slice kind;
	struct slice target;
	struct slice params; /* JSON object */
	int64_t interval_s;
	int64_t retries;
	struct slice severity;
	bool enabled;
	bool by_asset;        /* its severity is that of the asset's importance */
	struct slice parents; /* JSON list of checks it is reached through; empty = none */
	unsigned secret_count;
	struct check_secret secrets[CHECK_SECRETS_MAX]; /* given by this act; no column */
};

/** A new one as it is when nobody says otherwise. */
struct check_row check_row_default(void);

/** Texts live in the act's arena.  Returns: 0, E_ABSENT or as db_step. */
NODISCARD int check_row_load(struct desk *desk, int64_t id, struct check_row *ret_row);

/**
 * Its version, and the unit its asset belongs to; a check of nobody's asset belongs
 * to the centre: its unit is 0.  Returns: 0, E_ABSENT or as db_step.
 */
NODISCARD int check_row_unit(
	struct desk *desk, int64_t check_id, int64_t *ret_version, int64_t *ret_unit);

/**
 * The parameters of the row's kind, each within its range (schema/check_kinds.toml),
 * written again into row->params.  A secret becomes `true` there and is kept beside
 * it for check_secrets_save; `true` from outside keeps the one that is sealed.
 *
 * Shape:   params NULL or null = none.
 * Returns: 0, or E_INPUT refused with check.param and the parameter as field.
 */
NODISCARD int check_params_read(
	struct desk *desk, const struct json *params, struct check_row *row);

/**
 * A check that looks elsewhere takes no old secret there: each must be in this
 * body.  Returns: 0, or E_INPUT refused with check.secret_again.
 */
NODISCARD int check_secrets_given(struct desk *desk, const struct check_row *row);

/** The name a check's secret is sealed under.  Owns: the arena's. */
const char *check_secret_name(struct arena *arena, int64_t id, const char *param);

/** Seal what was given, drop what the row has no more.  Returns: 0, E_STATE refused with
 *  secret.no_key, or as db_step. */
NODISCARD int check_secrets_save(struct desk *desk, const struct check_row *row);

/**
 * Target and parameters fit the kind, interval and retries are in range.
 *
 * Returns: 0, or E_INPUT refused with check.target, check.param or input.range.
 */
NODISCARD int check_row_check(struct desk *desk, const struct check_row *row);

/**
 * Member `parents` of the body, when it is there.
 *
 * Returns: 0, or E_INPUT refused with input.unknown, input.too_many or, when
 *          they hang on the check itself, check.parent_ring.
 */
NODISCARD int check_row_parents(struct desk *desk, struct check_row *row);

/** Insert (id 0, which is filled in) or update, and tell the stream.  Returns: 0 or as db_step. */
NODISCARD int check_row_save(struct desk *desk, struct check_row *row);

/**
 * A check that stops looking, or looks elsewhere, knows nothing any more and
 * holds no alert up: they are resolved, and log, timeline and mail say why.
 *
 * Shape:   why is "check.disabled", "check.changed" or "asset.retired".
 *
 * Returns: 0 or as db_step.
 */
NODISCARD int check_row_forget(struct desk *desk, int64_t id, const char *why);
