/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/map.h"
#include "desk/asset_row.h"
#include "desk/assets.h"
#include "desk/desk.h"
#include "desk/expiry.h"
#include "desk/import_source.h"
#include "desk/person_row.h"
#include "desk/sheet.h"
#include "desk/unit_names.h"
#include "model/asset_key.h"
#include "sys/rand.h"

/* Of a sheet in the store, besides the register's own: who is responsible, and how he is reached. */
enum { PERSON = ASSET_COLUMN_COUNT, PHONE, MAIL, FIELD_COUNT };
_Static_assert((int)FIELD_COUNT <= (int)SHEET_FIELDS_MAX, "every column has its place");

#define NAMES(...)                                                                             \
	(const char *const[])                                                                  \
	{                                                                                      \
		__VA_ARGS__, NULL                                                              \
	}

static const struct sheet_field person_fields[] = {
	{ "person",
		NAMES("责任人", "负责人", "联系人", "管理员", "系统管理员", "安全员",
			"责任人姓名", "姓名", "person", "owner", "contact"),
		PERSON_NAME_MAX, false },
	{ "phone",
		NAMES("电话", "手机", "手机号", "手机号码", "联系方式", "联系电话", "办公电话",
			"phone", "mobile"),
		PERSON_PHONE_MAX, false },
	{ "mail", NAMES("邮箱", "电子邮箱", "邮件", "E-mail", "mail", "email"), PERSON_MAIL_MAX,
		false },
};

struct import {
	struct desk *desk;
	struct sheet sheet;
	struct unit_names units;
	struct asset_row *rows; /* what each line says; empty members say nothing */
	struct asset_keys *keys;
	struct sheet_field fields[FIELD_COUNT];
	struct person_row
		*people; /* who each line says is responsible; without a name nobody */
	bool with_people;
};

/* How many records the import touches is limited by the audit entry, which names each. */
static int person_save(struct import *im, const struct person_row *person, int64_t unit_id)
{
	struct person_row row = *person;
	if (row.name.n == 0) {
		return 0;
	}
	row.unit_id = unit_id == INT64_MAX ? 0 : unit_id;
	int done = person_row_import(im->desk, &row, im->sheet.dry_run);
	im->desk->import->people += done == 1;
	/* Two of the name: whom is meant the sheet does not say. */
	return done < 0 && done != E_CONFLICT ? done : 0;
}

static void person_take(struct import *im, size_t row, struct person_row *person)
{
	person->name = sheet_cell(&im->sheet, row, PERSON);
	person->phone = sheet_cell(&im->sheet, row, PHONE);
	person->mail = sheet_cell(&im->sheet, row, MAIL);
	if (!person_phone_fine(person->phone)) {
		sheet_refuse(&im->sheet, row, PHONE, "invalid", person->phone);
	}
	if (!person_mail_fine(person->mail)) {
		sheet_refuse(&im->sheet, row, MAIL, "invalid", person->mail);
	}
}

/* A word of the schema, or nothing; 0 or refused. */
static void word_take(
	struct import *im, size_t row, enum asset_column column, struct slice *word)
{
	static const struct {
		const struct name_table *table;
		const struct sheet_word *words;
	} kinds[ASSET_COLUMN_COUNT] = {
		[ASSET_COLUMN_KIND] = { &asset_kind_names, asset_kind_words },
		[ASSET_COLUMN_IMPORTANCE] = { &asset_importance_names, asset_importance_words },
		[ASSET_COLUMN_EXPOSURE] = { &asset_exposure_names, asset_exposure_words },
	};
	struct slice cell = sheet_cell(&im->sheet, row, column);
	const char *id =
		cell.n > 0 ? sheet_word_id(kinds[column].table, kinds[column].words, cell) : "";
	if (id == NULL) {
		sheet_refuse(&im->sheet, row, column, "invalid", cell);
		return;
	}
	*word = slice_str(id);
}

static void unit_take(struct import *im, size_t row, enum asset_column column, int64_t *unit_id)
{
	struct slice cell = sheet_cell(&im->sheet, row, column);
	int64_t id = cell.n > 0 ? unit_names_find(&im->units, im->desk->arena, cell) : 0;
	if (id < 0 || (id == 0 && cell.n > 0)) {
		sheet_refuse(&im->sheet, row, column,
			id == E_CONFLICT ? "ambiguous_unit"
			: id == 0        ? "unit_left_out"
					 : "unknown_unit",
			cell);
		return;
	}
	*unit_id = id;
}

static void day_take(struct import *im, size_t row, enum asset_column column, int64_t *day_ms)
{
	struct slice cell = sheet_cell(&im->sheet, row, column);
	if (sheet_day_parse(cell, day_ms) < 0) {
		sheet_refuse(&im->sheet, row, column, "bad_day", cell);
	}
}

static enum asset_column column_of(const char *field)
{
	for (enum asset_column c = ASSET_COLUMN_NAME; c < ASSET_COLUMN_COUNT; c++) {
		if (slice_is(slice_str(field), asset_sheet_fields[c].id)) {
			return c;
		}
	}
	return ASSET_COLUMN_NAME;
}

static void line_read(struct import *im, size_t row)
{
	struct asset_row *line = &im->rows[row];
	const struct {
		enum asset_column column;
		struct slice *text;
	} texts[] = {
		{ ASSET_COLUMN_NAME, &line->name },
		{ ASSET_COLUMN_ADDRESS, &line->address },
		{ ASSET_COLUMN_DOMAIN, &line->domain },
		{ ASSET_COLUMN_HOST, &line->host },
		{ ASSET_COLUMN_VENDOR, &line->vendor },
		{ ASSET_COLUMN_VENDOR_PHONE, &line->vendor_phone },
		{ ASSET_COLUMN_NOTE, &line->note },
		{ ASSET_COLUMN_TAGS, &line->tags },
		{ ASSET_COLUMN_ICP_NUMBER, &line->icp_number },
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		*texts[i].text = sheet_cell(&im->sheet, row, texts[i].column);
	}
	word_take(im, row, ASSET_COLUMN_KIND, &line->kind);
	word_take(im, row, ASSET_COLUMN_IMPORTANCE, &line->importance);
	word_take(im, row, ASSET_COLUMN_EXPOSURE, &line->exposure);
	unit_take(im, row, ASSET_COLUMN_OWNER_UNIT, &line->owner_unit_id);
	unit_take(im, row, ASSET_COLUMN_OPERATE_UNIT, &line->operate_unit_id);
	unit_take(im, row, ASSET_COLUMN_USE_UNIT, &line->use_unit_id);
	day_take(im, row, ASSET_COLUMN_DOMAIN_END, &line->domain_end_ms);
	day_take(im, row, ASSET_COLUMN_ICP_END, &line->icp_end_ms);
	struct slice cell = sheet_cell(&im->sheet, row, ASSET_COLUMN_MLPS_LEVEL);
	int level = mlps_level_parse(cell);
	if (level < 0) {
		sheet_refuse(&im->sheet, row, ASSET_COLUMN_MLPS_LEVEL, "invalid", cell);
	}
	line->mlps_level = level < 0 ? 0 : level;
	const char *field = NULL;
	struct slice bad = { 0 };
	if (asset_row_keys(line, im->keys, &field, &bad) < 0) {
		sheet_refuse(&im->sheet, row, column_of(field), "invalid", bad);
	}
	if (asset_row_tags(im->desk->arena, line, &bad) < 0) {
		sheet_refuse(&im->sheet, row, ASSET_COLUMN_TAGS, "invalid", bad);
	}
}

/* The first of two lines of one name is taken. */
static int duplicates_refuse(struct import *im)
{
	uint8_t seed[16];
	rand_octets(seed, sizeof(seed));
	struct map *seen = map_create(im->sheet.row_count + 1, seed);
	int error = 0;
	for (size_t row = 0; error >= 0 && row < im->sheet.row_count; row++) {
		struct slice name = im->rows[row].name;
		if (name.n == 0) {
			continue;
		}
		if (map_get(seen, name) != NULL) {
			sheet_refuse(&im->sheet, row, ASSET_COLUMN_NAME, "duplicate", name);
		} else {
			error = map_put(seen, name, &im->rows[row]);
		}
	}
	(void)map_destroy(seen);
	return error;
}

static void text_merge(struct slice *into, struct slice text, const char *otherwise)
{
	if (text.n > 0) {
		*into = text;
	} else if (into->n == 0) {
		*into = slice_str(otherwise);
	}
}

static void unit_merge(int64_t *into, int64_t id)
{
	*into = id != 0 ? id : *into;
}

/* Another hour of the day that stands is no other day. */
static void day_merge(int64_t *into, int64_t day_ms)
{
	bool same = civil_day_of_ms(*into, CIVIL_CHINA_OFFSET_MIN) ==
		    civil_day_of_ms(day_ms, CIVIL_CHINA_OFFSET_MIN);
	*into = day_ms == 0 || same ? *into : day_ms;
}

/* What the line leaves out stays as it is. */
static void line_merge(struct asset_row *into, const struct asset_row *line)
{
	into->name = line->name;
	text_merge(&into->kind, line->kind, "system");
	text_merge(&into->address, line->address, "");
	text_merge(&into->domain, line->domain, "");
	text_merge(&into->importance, line->importance, "normal");
	text_merge(&into->exposure, line->exposure, "campus");
	text_merge(&into->host, line->host, "");
	text_merge(&into->vendor, line->vendor, "");
	text_merge(&into->vendor_phone, line->vendor_phone, "");
	text_merge(&into->note, line->note, "");
	text_merge(&into->tags, line->tags, "");
	text_merge(&into->icp_number, line->icp_number, "");
	day_merge(&into->domain_end_ms, line->domain_end_ms);
	day_merge(&into->icp_end_ms, line->icp_end_ms);
	unit_merge(&into->owner_unit_id, line->owner_unit_id);
	unit_merge(&into->operate_unit_id, line->operate_unit_id);
	unit_merge(&into->use_unit_id, line->use_unit_id);
	into->mlps_level = line->mlps_level != 0 ? line->mlps_level : into->mlps_level;
}

static int line_save(struct import *im, const struct asset_row *line)
{
	struct asset_row before = { 0 };
	const char *field = NULL;
	struct slice bad = { 0 };
	int found = asset_row_find(im->desk, line->name, &before);
	if (found < 0) {
		return found;
	}
	struct asset_row row = before;
	line_merge(&row, line);
	if (found == 1 && asset_row_same(&before, &row)) {
		im->sheet.same++;
		return 0;
	}
	im->sheet.added += found == 0;
	im->sheet.changed += found == 1;
	if (im->sheet.dry_run) {
		return 0;
	}
	if (asset_row_keys(&row, im->keys, &field, &bad) < 0) {
		return desk_refuse(im->desk, E_INPUT, "input.invalid", field);
	}
	bool dated = row.domain_end_ms != before.domain_end_ms ||
		     row.icp_end_ms != before.icp_end_ms;
	int error = asset_row_save(im->desk, &row, im->keys);
	error = error < 0 ? error
			  : import_source_note(im->desk, "asset", row.id, row.version,
				    found == 1 ? asset_row_json(im->desk->arena, &before)
					       : (struct slice) { 0 });
	return error < 0 || !dated ? error : expiry_set(im->desk->txn, "asset", row.id);
}

static int lines_save(struct import *im)
{
	int error = 0;
	for (size_t row = 0; error >= 0 && row < im->sheet.row_count; row++) {
		error = im->sheet.rows[row].bad ? 0 : line_save(im, &im->rows[row]);
		if (error >= 0 && im->with_people && !im->sheet.rows[row].bad) {
			error = person_save(im, &im->people[row], im->rows[row].owner_unit_id);
		}
	}
	return error;
}

static int run(struct import *im)
{
	struct desk *desk = im->desk;
	im->with_people = desk->import != NULL;
	memcpy(im->fields, asset_sheet_fields, sizeof(asset_sheet_fields));
	memcpy(&im->fields[PERSON], person_fields, sizeof(person_fields));
	int error = import_sheet_open(desk, im->fields,
		im->with_people ? FIELD_COUNT : ASSET_COLUMN_COUNT, &im->sheet);
	error = error < 0 ? error : unit_names_load(desk, &im->units);
	if (error < 0) {
		return error;
	}
	im->rows = arena_take(desk->arena, (im->sheet.row_count + 1) * sizeof(*im->rows));
	im->people = arena_take(desk->arena, (im->sheet.row_count + 1) * sizeof(*im->people));
	im->keys = arena_take(desk->arena, sizeof(*im->keys));
	sheet_check(&im->sheet);
	for (size_t row = 0; row < im->sheet.row_count; row++) {
		line_read(im, row);
		if (im->with_people) {
			person_take(im, row, &im->people[row]);
		}
	}
	error = duplicates_refuse(im);
	error = error < 0 ? error : sheet_admit(desk, &im->sheet);
	error = error < 0 ? error : lines_save(im);
	return error < 0 ? error : sheet_answer(desk, &im->sheet, "asset.import", "asset");
}

int desk_asset_import(struct desk *desk)
{
	struct import im = { .desk = desk };
	int error = run(&im);
	import_sheet_close(&im.sheet);
	return error;
}
