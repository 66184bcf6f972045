/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/people.h"

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/desk.h"
#include "desk/patch.h"
#include "desk/person_row.h"
#include "model/contact.h"

enum { STAFF_NO_MAX = 32 };

static const struct patch_field fields[] = {
	{ .name = "name",
		.offset = offsetof(struct person_row, name),
		.kind = PATCH_TEXT,
		.need = WORDS_REQUIRED,
		.max = PERSON_NAME_MAX },
	{ .name = "unit_id",
		.offset = offsetof(struct person_row, unit_id),
		.kind = PATCH_ID,
		.table = "unit" },
	{ .name = "phone",
		.offset = offsetof(struct person_row, phone),
		.kind = PATCH_TEXT,
		.max = PERSON_PHONE_MAX },
	{ .name = "phone2",
		.offset = offsetof(struct person_row, phone2),
		.kind = PATCH_TEXT,
		.max = PERSON_PHONE_MAX },
	{ .name = "mail",
		.offset = offsetof(struct person_row, mail),
		.kind = PATCH_TEXT,
		.max = PERSON_MAIL_MAX },
	{ .name = "title",
		.offset = offsetof(struct person_row, title),
		.kind = PATCH_TEXT,
		.max = PERSON_NAME_MAX },
	{ .name = "staff_no",
		.offset = offsetof(struct person_row, staff_no),
		.kind = PATCH_TEXT,
		.max = STAFF_NO_MAX },
};

static int contacts_check(struct desk *desk, const struct person_row *row)
{
	const struct {
		const char *field;
		struct slice text;
		bool (*plausible)(struct slice text);
	} contacts[] = {
		{ "phone", row->phone, phone_plausible },
		{ "phone2", row->phone2, phone_plausible },
		{ "mail", row->mail, mail_plausible },
	};
	for (size_t i = 0; i < sizeof(contacts) / sizeof(contacts[0]); i++) {
		if (contacts[i].text.n > 0 && !contacts[i].plausible(contacts[i].text)) {
			return desk_refuse(desk, E_INPUT, "input.invalid", contacts[i].field);
		}
	}
	return 0;
}

static int told(struct desk *desk, const char *act, const struct person_row *row)
{
	desk_audit(desk, act, "person", row->id, row->version, (struct slice) { 0 });
	desk_answer(desk, row->id, row->version);
	return txn_change(desk->txn, "person", row->id, row->version);
}

int desk_person_create(struct desk *desk)
{
	struct person_row row = { 0 };
	int error = patch_apply(desk, &row, fields, sizeof(fields) / sizeof(fields[0]));
	error = error < 0 ? error : contacts_check(desk, &row);
	error = error < 0 ? error : person_row_insert(desk, &row);
	return error < 0 ? error : told(desk, "person.create", &row);
}

int desk_person_update(struct desk *desk)
{
	struct person_row row = { 0 };
	int error = person_row_load(desk, desk->call->id, &row);
	error = error < 0 ? error : desk_unit_reached(desk, row.unit_id);
	error = error < 0 ? error : desk_version_same(desk, row.version);
	if (error == 0 && row.erased) {
		error = desk_refuse(desk, E_STATE, "person.erased", NULL);
	}
	struct person_row was = row;
	error = error < 0 ? error
			  : patch_apply(desk, &row, fields, sizeof(fields) / sizeof(fields[0]));
	error = error < 0 ? error : contacts_check(desk, &row);
	if (error < 0) {
		return error;
	}
	error = person_row_save(desk, &was, &row);
	return error < 0 ? error : told(desk, "person.update", &row);
}

/* What is given replaces what is there; what is not stays. */
static void given_take(struct desk *desk, struct person_row *row)
{
	const struct json *body = desk->call->body;
	const struct {
		const char *field;
		struct slice *text;
	} texts[] = { { "name", &row->name }, { "title", &row->title },
		{ "phone", &row->phone }, { "phone2", &row->phone2 }, { "mail", &row->mail },
		{ "staff_no", &row->staff_no } };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct slice text = slice_trim(json_get_str(body, texts[i].field));
		*texts[i].text = text.n > 0 ? text : *texts[i].text;
	}
	bool in_post = false;
	if (json_bool(json_get(body, "in_post"), &in_post)) {
		row->in_post = in_post ? 1 : 2;
	}
}

/* The limits of PATCH /people hold here too. */
static int given_check(struct desk *desk, const struct person_row *row)
{
	struct slice text = { 0 };
	int error = 0;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]) && error == 0; i++) {
		if (fields[i].kind == PATCH_TEXT) {
			error = words_text(desk, fields[i].name,
				row->id == 0 && fields[i].need == WORDS_REQUIRED
					? WORDS_REQUIRED
					: WORDS_OPTIONAL,
				fields[i].max, &text);
		}
	}
	return error < 0 ? error : contacts_check(desk, row);
}

int person_of_body(struct desk *desk, int64_t id, int64_t unit_id, int64_t *ret_id)
{
	struct person_row was = { .unit_id = unit_id };
	int error = id == 0 ? 0 : person_row_load(desk, id, &was);
	if (error == 0 && was.erased) {
		error = desk_refuse(desk, E_STATE, "person.erased", "person_id");
	}
	/* Who is of another unit is not changed by this one. */
	if (error == 0 && was.unit_id != unit_id) {
		error = desk_refuse(desk, E_INPUT, "filing.other_unit", "person_id");
	}
	struct person_row row = was;
	if (error < 0) {
		return error;
	}
	given_take(desk, &row);
	error = given_check(desk, &row);
	error = error < 0 ? error
		: id == 0 ? person_row_insert(desk, &row)
			  : person_row_save(desk, &was, &row);
	error = error < 0 ? error : told(desk, "person.update", &row);
	*ret_id = error < 0 ? *ret_id : row.id;
	return error;
}
