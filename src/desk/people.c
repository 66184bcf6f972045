/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/people.h"

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/patch.h"
#include "desk/salt.h"
#include "model/contact.h"
#include "records/search.h"
#include "records/sql.h"

enum { NAME_MAX_CHARS = 60, CONTACT_MAX = 254, PHONE_MAX = 32 };

struct person_row {
	int64_t id;
	int64_t version;
	struct slice name;
	int64_t unit_id;
	struct slice phone;
	struct slice phone2;
	struct slice mail;
	struct slice title;
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

int desk_person_create(struct desk *desk)
{
	struct person_row row = { 0 };
	int error = patch_apply(desk, &row, fields, sizeof(fields) / sizeof(fields[0]));
	error = error < 0 ? error : contacts_check(desk, &row);
	if (error < 0) {
		return error;
	}
	row.id = txn_id(desk->txn);
	row.version = 1;
	int64_t done = sql_run(desk->db,
		"INSERT INTO person (id, version, name, unit_id, phone, phone2, mail, title, salt)"
		" VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8)",
		SQL_INT(row.id), SQL_TEXT(row.name), SQL_INT_OR_NULL(row.unit_id),
		SQL_TEXT_OR_NULL(row.phone), SQL_TEXT_OR_NULL(row.phone2),
		SQL_TEXT_OR_NULL(row.mail), SQL_TEXT_OR_NULL(row.title),
		SQL_BLOB(salt_draw(desk->arena)));
	error = done < 0 ? (int)done : contacts_keep(desk, &(struct person_row) { 0 }, &row);
	return error < 0 ? error : saved(desk, "person.create", &row);
}

static int row_load(struct desk *desk, int64_t id, struct person_row *row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT id, version, name, unit_id, phone, phone2, mail, title, erased_at_ms"
		" FROM person WHERE id = $1",
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
	};
	return 0;
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
	row.version++;
	int64_t done = sql_run(desk->db,
		"UPDATE person SET version = version + 1, name = $2, unit_id = $3, phone = $4,"
		" phone2 = $5, mail = $6, title = $7, salt = COALESCE(salt, $8) WHERE id = $1",
		SQL_INT(row.id), SQL_TEXT(row.name), SQL_INT_OR_NULL(row.unit_id),
		SQL_TEXT_OR_NULL(row.phone), SQL_TEXT_OR_NULL(row.phone2),
		SQL_TEXT_OR_NULL(row.mail), SQL_TEXT_OR_NULL(row.title),
		SQL_BLOB(salt_draw(desk->arena)));
	error = done < 0 ? (int)done : contacts_keep(desk, &was, &row);
	return error < 0 ? error : saved(desk, "person.update", &row);
}
