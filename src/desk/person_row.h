/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One person's row: loaded, written with what the log keeps of contacts and the
 * words of the search; found again and filled in by an import.
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

enum { PERSON_NAME_MAX = 60, PERSON_MAIL_MAX = 254, PERSON_PHONE_MAX = 32 };

struct person_row {
	int64_t id;
	int64_t version;
	struct slice name;
	int64_t unit_id;
	struct slice phone;
	struct slice phone2;
	struct slice mail;
	struct slice title;
	struct slice staff_no;
	int64_t in_post; /* 1 staff in post, 2 not, 0 not said */
	bool withdrawn;  /* made by an import that was undone */
	bool erased;     /* by order; loaded only */
};

/** Nothing, or what people can be called under. */
bool person_phone_fine(struct slice text);
/** Nothing, or an address. */
bool person_mail_fine(struct slice text);

/** Texts live in the act's arena.  Returns: 0, E_ABSENT or as db_step. */
NODISCARD int person_row_load(struct desk *desk, int64_t id, struct person_row *ret_row);

/**
 * The person of this name in this unit: made, or filled in where the register
 * is silent.  An entry without a unit is filled in, too, when only one bears the name.
 *
 * Returns: 1 made, 2 changed, 0 as it was; or as db_step.
 */
NODISCARD int person_row_import(struct desk *desk, struct person_row *row, bool dry_run);

/** A new one: sets id and version, otherwise as person_row_save. */
NODISCARD int person_row_insert(struct desk *desk, struct person_row *row);

/** Update with audit row and search words.  was: as stored.  Returns: 0 or as db_step. */
NODISCARD int person_row_save(
	struct desk *desk, const struct person_row *was, struct person_row *row);

/** Its members as JSON, and back; id and version are the caller's.  Owns: the arena. */
struct slice person_row_json(struct arena *arena, const struct person_row *row);
void person_row_of_json(struct person_row *row, const struct json *json);
