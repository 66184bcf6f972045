/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/imports.h"
#include "desk/person_row.h"
#include "desk/sheet.h"
#include "desk/unit_names.h"

#define NAMES(...)                                                                             \
	(const char *const[])                                                                  \
	{                                                                                      \
		__VA_ARGS__, NULL                                                              \
	}

enum { NAME, UNIT, PHONE, PHONE2, MAIL, TITLE, FIELD_COUNT };

static const struct sheet_field fields[FIELD_COUNT] = {
	[NAME] = { "name",
		NAMES("姓名", "人员姓名", "联系人", "责任人", "负责人", "专员", "网络安全员",
			"安全员", "name"),
		PERSON_NAME_MAX, true },
	[UNIT] = { "unit",
		NAMES("单位", "部门", "所属单位", "所属部门", "责任单位", "学院", "处室",
			"单位名称", "部门名称", "unit"),
		100, false },
	[PHONE] = { "phone",
		NAMES("电话", "手机", "手机号", "手机号码", "联系方式", "联系电话", "phone",
			"mobile"),
		PERSON_PHONE_MAX, false },
	[PHONE2] = { "phone2", NAMES("办公电话", "座机", "固定电话", "备用电话", "phone2"),
		PERSON_PHONE_MAX, false },
	[MAIL] = { "mail", NAMES("邮箱", "电子邮箱", "邮件", "E-mail", "mail", "email"),
		PERSON_MAIL_MAX, false },
	[TITLE] = { "title", NAMES("职务", "职称", "岗位", "title"), PERSON_NAME_MAX, false },
};

struct import {
	struct desk *desk;
	struct sheet sheet;
	struct unit_names units;
	struct person_row *rows;
};

static void line_read(struct import *im, size_t i)
{
	struct person_row *row = &im->rows[i];
	struct slice unit = sheet_cell(&im->sheet, i, UNIT);
	row->name = sheet_cell(&im->sheet, i, NAME);
	row->phone = sheet_cell(&im->sheet, i, PHONE);
	row->phone2 = sheet_cell(&im->sheet, i, PHONE2);
	row->mail = sheet_cell(&im->sheet, i, MAIL);
	row->title = sheet_cell(&im->sheet, i, TITLE);
	if (!person_phone_fine(row->phone)) {
		sheet_refuse(&im->sheet, i, PHONE, "invalid", row->phone);
	}
	if (!person_phone_fine(row->phone2)) {
		sheet_refuse(&im->sheet, i, PHONE2, "invalid", row->phone2);
	}
	if (!person_mail_fine(row->mail)) {
		sheet_refuse(&im->sheet, i, MAIL, "invalid", row->mail);
	}
	int64_t id = unit.n > 0 ? unit_names_find(&im->units, im->desk->arena, unit) : 0;
	if (id < 0 || (id == 0 && unit.n > 0)) {
		sheet_refuse(
			&im->sheet, i, UNIT, id == 0 ? "unit_left_out" : "unknown_unit", unit);
	}
	row->unit_id = id == INT64_MAX || id < 0 ? 0 : id;
}

static int line_save(struct import *im, size_t i)
{
	int done = person_row_import(im->desk, &im->rows[i], im->sheet.dry_run);
	if (done == E_CONFLICT) {
		sheet_refuse(&im->sheet, i, NAME, "ambiguous_person", im->rows[i].name);
		return 0;
	}
	im->sheet.added += done == 1;
	im->sheet.changed += done == 2;
	im->sheet.same += done == 0;
	return done < 0 ? done : 0;
}

static int run(struct import *im)
{
	struct desk *desk = im->desk;
	int error = import_sheet_open(desk, fields, FIELD_COUNT, &im->sheet);
	error = error < 0 ? error : unit_names_load(desk, &im->units);
	if (error < 0) {
		return error;
	}
	im->rows = arena_take(desk->arena, (im->sheet.row_count + 1) * sizeof(*im->rows));
	sheet_check(&im->sheet);
	for (size_t i = 0; i < im->sheet.row_count; i++) {
		line_read(im, i);
	}
	error = sheet_admit(desk, &im->sheet);
	for (size_t i = 0; error >= 0 && i < im->sheet.row_count; i++) {
		error = im->sheet.rows[i].bad ? 0 : line_save(im, i);
	}
	error = error < 0 ? error : sheet_admit(desk, &im->sheet);
	return error < 0 ? error : sheet_answer(desk, &im->sheet, "person.import", "person");
}

int person_import(struct desk *desk)
{
	struct import im = { .desk = desk };
	int error = run(&im);
	import_sheet_close(&im.sheet);
	return error;
}
