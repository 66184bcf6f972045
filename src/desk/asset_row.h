/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One asset as a value, with the keys it is found by.  The acts, the import
 * and pasted checks share it.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct asset_keys;
struct json;
struct arena;
struct desk;

enum {
	ASSET_NAME_MAX = 120,
	ASSET_FIELD_MAX = 1000,
	ASSET_NOTE_MAX = 4000,
	ASSET_MLPS_MAX = 5
};

struct asset_row {
	int64_t id; /* 0 = not stored yet */
	int64_t version;
	struct slice name;
	struct slice kind;
	struct slice address;
	struct slice domain;
	struct slice importance;
	int64_t mlps_level; /* 0 = not graded */
	struct slice exposure;
	int64_t owner_unit_id;
	int64_t operate_unit_id;
	int64_t use_unit_id;
	struct slice host;
	struct slice vendor;
	struct slice vendor_phone;
	struct slice note;
	int64_t domain_end_ms; /* its last day; 0 = not typed in */
	struct slice icp_number;
	int64_t icp_end_ms;
	struct slice tags; /* as asset_tags_put keeps them */
	bool retired;
};

/** NULL-ended words of the columns. */
extern const char *const asset_kinds[];
extern const char *const asset_importances[];
extern const char *const asset_exposures[];

/** Texts live in the act's arena.  Returns: 0, E_ABSENT or as db_step. */
NODISCARD int asset_row_load(struct desk *desk, int64_t id, struct asset_row *ret_row);
/** The asset in use of this name.  Returns: 1, 0 none, or as db_step. */
NODISCARD int asset_row_find(struct desk *desk, struct slice name, struct asset_row *ret_row);

/**
 * Put its tags in the form they are kept in.
 *
 * Returns: 0, or E_INPUT with the word at fault in *ret_bad.
 */
NODISCARD int asset_row_tags(struct arena *arena, struct asset_row *row, struct slice *ret_bad);

/**
 * The keys of its address and domain fields.
 *
 * Returns: 0, or E_INPUT with *ret_field "address", "domain" or "vendor_phone"
 *          and *ret_bad the part at fault.
 */
NODISCARD int asset_row_keys(const struct asset_row *row, struct asset_keys *ret_keys,
	const char **ret_field, struct slice *ret_bad);

/**
 * Insert (id 0, which is filled in) or update with its keys, search words and
 * audit row; the stream is the caller's.
 *
 * Returns: 0 or as db_step.
 */
NODISCARD int asset_row_save(
	struct desk *desk, struct asset_row *row, const struct asset_keys *keys);

/** Its members as JSON, and back; id and version are the caller's.  Owns: the arena. */
struct slice asset_row_json(struct arena *arena, const struct asset_row *row);
void asset_row_of_json(struct asset_row *row, const struct json *json);

/** Would saving change anything? */
bool asset_row_same(const struct asset_row *a, const struct asset_row *b);
