/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/import_source.h"
#include "desk/sheet.h"
#include "desk/unit_names.h"
#include "desk/unit_row.h"
#include "desk/units.h"

#define NAMES(...)                                                                             \
	(const char *const[])                                                                  \
	{                                                                                      \
		__VA_ARGS__, NULL                                                              \
	}

enum { UNIT_IMPORT_ROWS_MAX = 2000 };
enum { NAME, SHORT_NAME, KIND, PARENT, FIELD_COUNT };

static const struct sheet_field fields[FIELD_COUNT] = {
	[NAME] = { "name",
		NAMES("名称", "单位名称", "部门名称", "学院名称", "单位", "部门", "单位全称",
			"全称", "name"),
		UNIT_NAME_MAX, true },
	[SHORT_NAME] = { "short_name", NAMES("简称", "单位简称", "部门简称", "short_name"),
		UNIT_NAME_MAX, false },
	[KIND] = { "unit_kind",
		NAMES("类别", "类型", "性质", "单位类别", "单位类型", "单位性质", "kind"), 20,
		false },
	[PARENT] = { "parent",
		NAMES("上级", "上级单位", "上级部门", "所属单位", "隶属单位", "parent"),
		UNIT_NAME_MAX, false },
};

static const struct name_row kind_rows[] = {
	{ "department", "部门", "department" },
	{ "faculty", "学院", "faculty" },
	{ "centre", "中心", "centre" },
	{ "other", "其他", "other" },
};
static const struct name_table kind_names = { "unit kind", kind_rows,
	sizeof(kind_rows) / sizeof(kind_rows[0]) };

static const struct sheet_word kind_words[] = {
	{ "党政部门", "department" },
	{ "职能部门", "department" },
	{ "机关", "department" },
	{ "处室", "department" },
	{ "行政", "department" },
	{ "教学单位", "faculty" },
	{ "院系", "faculty" },
	{ "二级学院", "faculty" },
	{ "系", "faculty" },
	{ "学部", "faculty" },
	{ "直属单位", "centre" },
	{ "教辅单位", "centre" },
	{ "教辅", "centre" },
	{ "其它", "other" },
	{ NULL, NULL },
};

struct line {
	struct unit_row row;
	struct slice parent;
	size_t parent_line; /* in this sheet; SIZE_MAX = in the register, or none */
	bool placed;        /* it and everything above it may be saved */
};

struct import {
	struct desk *desk;
	struct sheet sheet;
	struct unit_names units;
	struct line *lines;
	size_t *order; /* lines, parents before children */
	size_t placed;
};

const char *unit_kind_guess(struct slice name)
{
	static const struct sheet_word ends[] = { { "学院", "faculty" }, { "系", "faculty" },
		{ "学部", "faculty" }, { "中心", "centre" } };
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (slice_ends(name, slice_str(ends[i].text))) {
			return ends[i].id;
		}
	}
	return "department";
}

static size_t line_named(const struct import *im, struct slice name, size_t before)
{
	for (size_t i = 0; i < before; i++) {
		if (slice_eq(im->lines[i].row.name, name)) {
			return i;
		}
	}
	return SIZE_MAX;
}

static void line_read(struct import *im, size_t i)
{
	struct line *line = &im->lines[i];
	struct slice kind = sheet_cell(&im->sheet, i, KIND);
	line->row.name = sheet_cell(&im->sheet, i, NAME);
	line->row.short_name = sheet_cell(&im->sheet, i, SHORT_NAME);
	line->parent = sheet_cell(&im->sheet, i, PARENT);
	line->parent_line = SIZE_MAX;
	if (kind.n > 0) {
		const char *id = sheet_word_id(&kind_names, kind_words, kind);
		line->row.kind = slice_str(id);
		if (id == NULL) {
			sheet_refuse(&im->sheet, i, KIND, "invalid", kind);
		}
	}
	if (line->row.name.n > 0 && line_named(im, line->row.name, i) != SIZE_MAX) {
		sheet_refuse(&im->sheet, i, NAME, "duplicate", line->row.name);
	}
}

/* A parent in the same sheet goes before one of the register: it may be renamed there. */
static void parent_find(struct import *im, size_t i)
{
	struct line *line = &im->lines[i];
	if (line->parent.n == 0) {
		return;
	}
	line->parent_line = line_named(im, line->parent, im->sheet.row_count);
	if (line->parent_line != SIZE_MAX) {
		return;
	}
	int64_t id = unit_names_find(&im->units, im->desk->arena, line->parent);
	if (id <= 0) {
		sheet_refuse(&im->sheet, i, PARENT,
			id == E_CONFLICT ? "ambiguous_unit"
			: id == 0        ? "unit_left_out"
					 : "unknown_unit",
			line->parent);
		return;
	}
	line->row.parent_id = id;
}

static bool may_place(const struct import *im, size_t i)
{
	const struct line *line = &im->lines[i];
	return !line->placed && !im->sheet.rows[i].bad &&
	       (line->parent_line == SIZE_MAX || im->lines[line->parent_line].placed);
}

/* Layer by layer from the top; what is left stands below a bad line or in a circle. */
static void order_find(struct import *im)
{
	size_t before = SIZE_MAX;
	while (before != im->placed) {
		before = im->placed;
		for (size_t i = 0; i < im->sheet.row_count; i++) {
			if (may_place(im, i)) {
				im->lines[i].placed = true;
				im->order[im->placed++] = i;
			}
		}
	}
	for (size_t i = 0; i < im->sheet.row_count; i++) {
		if (!im->lines[i].placed && !im->sheet.rows[i].bad) {
			sheet_refuse(&im->sheet, i, PARENT, "parent", im->lines[i].parent);
		}
	}
}

static struct unit_row merged(const struct line *line, const struct unit_row *before)
{
	struct unit_row row = *before;
	row.name = line->row.name;
	row.short_name = line->row.short_name.n > 0 ? line->row.short_name : before->short_name;
	row.kind = line->row.kind.n > 0 ? line->row.kind
		   : before->kind.n > 0 ? before->kind
					: slice_str(unit_kind_guess(line->row.name));
	row.parent_id = line->row.parent_id != 0 ? line->row.parent_id : before->parent_id;
	return row;
}

static int line_save(struct import *im, struct line *line)
{
	struct unit_row before = { 0 };
	if (line->parent_line != SIZE_MAX) {
		line->row.parent_id = im->lines[line->parent_line].row.id;
	}
	int found = unit_row_find(im->desk, line->row.name, &before);
	if (found < 0) {
		return found;
	}
	struct unit_row row = merged(line, &before);
	line->row.id = before.id;
	/* In a dry run a new parent has no id yet: its child changes for certain, or is new. */
	bool moves = line->parent_line != SIZE_MAX && line->row.parent_id == 0;
	if (found == 1 && !moves && unit_row_same(&before, &row)) {
		im->sheet.same++;
		return 0;
	}
	im->sheet.added += found == 0;
	im->sheet.changed += found == 1;
	if (im->sheet.dry_run) {
		return 0;
	}
	int error = unit_row_check(im->desk, &row);
	error = error < 0 ? error : unit_row_save(im->desk, found == 1 ? &before : NULL, &row);
	error = error < 0 ? error
			  : import_source_note(im->desk, "unit", row.id, row.version,
				    found == 1 ? unit_row_json(im->desk->arena, &before)
					       : (struct slice) { 0 });
	line->row.id = row.id;
	return error;
}

static int run(struct import *im)
{
	struct desk *desk = im->desk;
	int error = import_sheet_open(desk, fields, FIELD_COUNT, &im->sheet);
	error = error < 0 ? error : unit_names_load(desk, &im->units);
	if (error < 0) {
		return error;
	}
	if (im->sheet.row_count > UNIT_IMPORT_ROWS_MAX) {
		return desk_refuse(desk, E_LIMIT, "import.rows", "text");
	}
	im->lines = arena_take(desk->arena, (im->sheet.row_count + 1) * sizeof(*im->lines));
	im->order = arena_take(desk->arena, (im->sheet.row_count + 1) * sizeof(*im->order));
	sheet_check(&im->sheet);
	for (size_t i = 0; i < im->sheet.row_count; i++) {
		line_read(im, i);
	}
	for (size_t i = 0; i < im->sheet.row_count; i++) {
		parent_find(im, i);
	}
	order_find(im);
	error = sheet_admit(desk, &im->sheet);
	for (size_t i = 0; error >= 0 && i < im->placed; i++) {
		error = line_save(im, &im->lines[im->order[i]]);
	}
	return error < 0 ? error : sheet_answer(desk, &im->sheet, "unit.import", "unit");
}

int desk_unit_import(struct desk *desk)
{
	struct import im = { .desk = desk };
	int error = run(&im);
	import_sheet_close(&im.sheet);
	return error;
}
