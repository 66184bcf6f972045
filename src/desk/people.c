/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/people.h"

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/desk.h"
#include "desk/patch.h"
#include "desk/salt.h"
#include "model/contact.h"
#include "records/search.h"
#include "records/sql.h"

enum { NAME_MAX_CHARS = 60, CONTACT_MAX = 254, PHONE_MAX = 32, STAFF_NO_MAX = 32 };

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
	bool erased;
};

static const struct patch_field fields[] = {
	{ .name = "name",
		.offset = offsetof(struct person_row, name),
		.kind = PATCH_TEXT,
		.need = WORDS_REQUIRED,
		.max = NAME_MAX_CHARS },
	{ .name = "unit_id",
		.offset = offsetof(struct person_row, unit_id),
		.kind = PATCH_ID,
		.table = "unit" },
	{ .name = "phone",
		.offset = offsetof(struct person_row, phone),
		.kind = PATCH_TEXT,
		.max = PHONE_MAX },
	{ .name = "phone2",
		.offset = offsetof(struct person_row, phone2),
		.kind = PATCH_TEXT,
		.max = PHONE_MAX },
	{ .name = "mail",
		.offset = offsetof(struct person_row, mail),
		.kind = PATCH_TEXT,
		.max = CONTACT_MAX },
	{ .name = "title",
		.offset = offsetof(struct person_row, title),
		.kind = PATCH_TEXT,
		.max = NAME_MAX_CHARS },
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

/* What was and what is, where they differ. */
static int contacts_keep(
	struct desk *desk, const struct person_row *was, const struct person_row *is)
{
	const struct {
		const char *old_word;
		const char *word;
		struct slice was;
		struct slice is;
	} contacts[] = {
		{ "phone.was", "phone", was->phone, is->phone },
		{ "phone2.was", "phone2", was->phone2, is->phone2 },
		{ "mail.was", "mail", was->mail, is->mail },
	};
	int error = 0;
	for (size_t i = 0; i < sizeof(contacts) / sizeof(contacts[0]) && error == 0; i++) {
		if (!slice_eq(contacts[i].was, contacts[i].is)) {
			error = trail_personal(
				desk->txn, is->id, contacts[i].old_word, contacts[i].was);
			error = error < 0 ? error
					  : trail_personal(desk->txn, is->id, contacts[i].word,
						    contacts[i].is);
		}
	}
	return error;
}

static int saved(struct desk *desk, const char *act, const struct person_row *row)
{
	int error = trail_row(desk->txn, "person", row->id);
	if (error < 0) {
		return error;
	}
	int64_t tokens = search_put(desk->txn, "person", row->id,
		arena_printf(desk->arena, "%.*s %.*s %.*s %.*s %.*s", SLICE_FMT(row->name),
			SLICE_FMT(row->title), SLICE_FMT(row->phone), SLICE_FMT(row->phone2),
			SLICE_FMT(row->mail)));
	desk_audit(desk, act, "person", row->id, row->version, (struct slice) { 0 });
	desk_answer(desk, row->id, row->version);
	return tokens < 0 ? (int)tokens
			  : txn_change(desk->txn, "person", row->id, row->version);
}

static int insert(struct desk *desk, struct person_row *row)
{
	row->id = txn_id(desk->txn);
	row->version = 1;
	int64_t done = sql_run(desk->db,
		"INSERT INTO person (id, version, name, unit_id, phone, phone2, mail, title, salt,"
		" staff_no, in_post) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		SQL_INT(row->id), SQL_TEXT(row->name), SQL_INT_OR_NULL(row->unit_id),
		SQL_TEXT_OR_NULL(row->phone), SQL_TEXT_OR_NULL(row->phone2),
		SQL_TEXT_OR_NULL(row->mail), SQL_TEXT_OR_NULL(row->title),
		SQL_BLOB(salt_draw(desk->arena)), SQL_TEXT_OR_NULL(row->staff_no),
		SQL_INT_OR_NULL(row->in_post));
	return done < 0 ? (int)done : contacts_keep(desk, &(struct person_row) { 0 }, row);
}

int desk_person_create(struct desk *desk)
{
	struct person_row row = { 0 };
	int error = patch_apply(desk, &row, fields, sizeof(fields) / sizeof(fields[0]));
	error = error < 0 ? error : contacts_check(desk, &row);
	error = error < 0 ? error : insert(desk, &row);
	return error < 0 ? error : saved(desk, "person.create", &row);
}

static int row_load(struct desk *desk, int64_t id, struct person_row *row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT id, version, name, unit_id, phone, phone2, mail, title, erased_at_ms,"
		" staff_no, in_post FROM person WHERE id = $1",
		&q, SQL_INT(id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	*row = (struct person_row) {
		.id = id,
		.version = db_col_int64(q, 1),
		.name = arena_dup(desk->arena, db_col_text(q, 2)),
		.unit_id = db_col_int64(q, 3),
		.phone = arena_dup(desk->arena, db_col_text(q, 4)),
		.phone2 = arena_dup(desk->arena, db_col_text(q, 5)),
		.mail = arena_dup(desk->arena, db_col_text(q, 6)),
		.title = arena_dup(desk->arena, db_col_text(q, 7)),
		.erased = !db_col_is_null(q, 8),
		.staff_no = arena_dup(desk->arena, db_col_text(q, 9)),
		.in_post = db_col_int64(q, 10),
	};
	return 0;
}

static int update(struct desk *desk, const struct person_row *was, struct person_row *row)
{
	row->version++;
	int64_t done = sql_run(desk->db,
		"UPDATE person SET version = version + 1, name = $2, unit_id = $3, phone = $4,"
		" phone2 = $5, mail = $6, title = $7, salt = COALESCE(salt, $8), staff_no = $9,"
		" in_post = $10 WHERE id = $1",
		SQL_INT(row->id), SQL_TEXT(row->name), SQL_INT_OR_NULL(row->unit_id),
		SQL_TEXT_OR_NULL(row->phone), SQL_TEXT_OR_NULL(row->phone2),
		SQL_TEXT_OR_NULL(row->mail), SQL_TEXT_OR_NULL(row->title),
		SQL_BLOB(salt_draw(desk->arena)), SQL_TEXT_OR_NULL(row->staff_no),
		SQL_INT_OR_NULL(row->in_post));
	return done < 0 ? (int)done : contacts_keep(desk, was, row);
}

int desk_person_update(struct desk *desk)
{
	struct person_row row = { 0 };
	int error = row_load(desk, desk->call->id, &row);
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
	error = update(desk, &was, &row);
	return error < 0 ? error : saved(desk, "person.update", &row);
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
	int error = id == 0 ? 0 : row_load(desk, id, &was);
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
	error = error < 0 ? error : id == 0 ? insert(desk, &row) : update(desk, &was, &row);
	error = error < 0 ? error : saved(desk, "person.update", &row);
	*ret_id = error < 0 ? *ret_id : row.id;
	return error;
}
