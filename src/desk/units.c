/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/units.h"

#include <stddef.h>

#include "base/err.h"
#include "desk/desk.h"
#include "desk/patch.h"
#include "desk/unit_row.h"

static const struct patch_field fields[] = {
	{ .name = "name",
		.offset = offsetof(struct unit_row, name),
		.kind = PATCH_TEXT,
		.need = WORDS_REQUIRED,
		.max = UNIT_NAME_MAX },
	{ .name = "short_name",
		.offset = offsetof(struct unit_row, short_name),
		.kind = PATCH_TEXT,
		.max = UNIT_NAME_MAX },
	{ .name = "kind",
		.offset = offsetof(struct unit_row, kind),
		.kind = PATCH_CHOICE,
		.words = unit_kinds,
		.otherwise = "department" },
	{ .name = "parent_id",
		.offset = offsetof(struct unit_row, parent_id),
		.kind = PATCH_ID,
		.table = "unit" },
	{ .name = "is_centre",
		.offset = offsetof(struct unit_row, is_centre),
		.kind = PATCH_BOOL },
	{ .name = "valid_to",
		.offset = offsetof(struct unit_row, valid_to_ms),
		.kind = PATCH_INT,
		.max = INT64_MAX },
};

static int saved(
	struct desk *desk, const char *act, const struct unit_row *before, struct unit_row *row)
{
	int error = unit_row_save(desk, before, row);
	error = error < 0 ? error : txn_change(desk->txn, "unit", row->id, row->version);
	desk_audit(desk, act, "unit", row->id, row->version, (struct slice) { 0 });
	desk_answer(desk, row->id, row->version);
	return error;
}

int desk_unit_create(struct desk *desk)
{
	struct unit_row row = { 0 };
	int error = patch_apply(desk, &row, fields, sizeof(fields) / sizeof(fields[0]));
	error = error < 0 ? error : unit_row_check(desk, &row);
	if (error < 0) {
		return error;
	}
	if (row.valid_to_ms != 0) {
		return desk_refuse(desk, E_INPUT, "unit.ends_before_start", "valid_to");
	}
	return saved(desk, "unit.create", NULL, &row);
}

static int end_check(
	struct desk *desk, const struct unit_row *before, const struct unit_row *row)
{
	if (row->valid_to_ms == 0 || row->valid_to_ms == before->valid_to_ms) {
		return 0;
	}
	/* A day still to come would need somebody to end it then. */
	if (row->valid_to_ms < row->valid_from_ms || row->valid_to_ms > desk->now_ms) {
		return desk_refuse(desk, E_INPUT, "input.range", "valid_to");
	}
	return unit_row_may_end(desk, row);
}

int desk_unit_update(struct desk *desk)
{
	struct unit_row before = { 0 };
	int error = unit_row_load(desk, desk->call->id, &before);
	error = error < 0 ? error : desk_unit_reached(desk, before.id);
	error = error < 0 ? error : desk_version_same(desk, before.version);
	struct unit_row row = before;
	error = error < 0 ? error
			  : patch_apply(desk, &row, fields, sizeof(fields) / sizeof(fields[0]));
	error = error < 0 ? error : unit_row_check(desk, &row);
	error = error < 0 ? error : end_check(desk, &before, &row);
	return error < 0 ? error : saved(desk, "unit.update", &before, &row);
}
