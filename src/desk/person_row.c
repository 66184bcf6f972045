/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/person_row.h"

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/import_source.h"
#include "desk/row_json.h"
#include "desk/salt.h"
#include "model/contact.h"
#include "records/search.h"
#include "records/sql.h"

enum { MADE = 1, CHANGED = 2 };

#define COLUMNS                                                                                \
	"id, version, name, unit_id, phone, phone2, mail, title, withdrawn_at_ms, staff_no,"   \
	" in_post, erased_at_ms"

bool person_phone_fine(struct slice text)
{
	return text.n == 0 || phone_plausible(text);
}

bool person_mail_fine(struct slice text)
{
	return text.n == 0 || mail_plausible(text);
}

static int row_take(struct desk *desk, struct stmt *q, struct person_row *ret_row)
{
	int found = db_step(q);
	if (found == 1) {
		*ret_row = (struct person_row) {
			.id = db_col_int64(q, 0),
			.version = db_col_int64(q, 1),
			.name = arena_dup(desk->arena, db_col_text(q, 2)),
			.unit_id = db_col_int64(q, 3),
			.phone = arena_dup(desk->arena, db_col_text(q, 4)),
			.phone2 = arena_dup(desk->arena, db_col_text(q, 5)),
			.mail = arena_dup(desk->arena, db_col_text(q, 6)),
			.title = arena_dup(desk->arena, db_col_text(q, 7)),
			.withdrawn = !db_col_is_null(q, 8),
			.staff_no = arena_dup(desk->arena, db_col_text(q, 9)),
			.in_post = db_col_int64(q, 10),
			.erased = !db_col_is_null(q, 11),
		};
	}
	return found;
}

int person_row_load(struct desk *desk, int64_t id, struct person_row *ret_row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(
		desk->db, "SELECT " COLUMNS " FROM person WHERE id = $1", &q, SQL_INT(id));
	found = found < 0 ? found : row_take(desk, q, ret_row);
	return found == 0 ? E_ABSENT : found < 0 ? found : 0;
}

/* In the unit; else the only one of the name who has none, or whose unit the sheet does not tell. */
static int find(struct desk *desk, const struct person_row *row, struct person_row *ret_row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT " COLUMNS " FROM person WHERE name = $1 AND erased_at_ms IS NULL AND"
		" withdrawn_at_ms IS NULL AND ($2 = 0 OR unit_id = $2 OR unit_id IS NULL)"
		" ORDER BY CASE WHEN unit_id IS NULL THEN 1 ELSE 0 END, id LIMIT 2",
		&q, SQL_TEXT(row->name), SQL_INT(row->unit_id));
	struct person_row second = { 0 };
	found = found < 0 ? found : row_take(desk, q, ret_row);
	if (found != 1) {
		return found;
	}
	bool in_unit = ret_row->unit_id != 0 && ret_row->unit_id == row->unit_id;
	int more = in_unit ? 0 : row_take(desk, q, &second);
	return more < 0 ? more : more == 1 ? E_CONFLICT : 1;
}

static int saved(struct desk *desk, const struct person_row *was, const struct person_row *row)
{
	const struct {
		const char *old_word;
		const char *word;
		struct slice was;
		struct slice is;
	} contacts[] = {
		{ "phone.was", "phone", was->phone, row->phone },
		{ "phone2.was", "phone2", was->phone2, row->phone2 },
		{ "mail.was", "mail", was->mail, row->mail },
	};
	int error = trail_row(desk->txn, "person", row->id);
	for (size_t i = 0; i < sizeof(contacts) / sizeof(contacts[0]) && error == 0; i++) {
		if (!slice_eq(contacts[i].was, contacts[i].is)) {
			error = trail_personal(
				desk->txn, row->id, contacts[i].old_word, contacts[i].was);
			error = error < 0 ? error
					  : trail_personal(desk->txn, row->id, contacts[i].word,
						    contacts[i].is);
		}
	}
	if (error < 0) {
		return error;
	}
	if (row->withdrawn) {
		return search_drop(desk->txn, "person", row->id);
	}
	int64_t tokens = search_put(desk->txn, "person", row->id,
		arena_printf(desk->arena, "%.*s %.*s %.*s %.*s %.*s", SLICE_FMT(row->name),
			SLICE_FMT(row->title), SLICE_FMT(row->phone), SLICE_FMT(row->phone2),
			SLICE_FMT(row->mail)));
	return tokens < 0 ? (int)tokens : 0;
}

int person_row_save(struct desk *desk, const struct person_row *was, struct person_row *row)
{
	row->version++;
	int64_t done = sql_run(desk->db,
		"UPDATE person SET version = version + 1, name = $2, unit_id = $3, phone = $4,"
		" phone2 = $5, mail = $6, title = $7, salt = COALESCE(salt, $8),"
		" withdrawn_at_ms = CASE WHEN $9 = 0 THEN NULL ELSE $10 END, staff_no = $11,"
		" in_post = $12 WHERE id = $1",
		SQL_INT(row->id), SQL_TEXT(row->name), SQL_INT_OR_NULL(row->unit_id),
		SQL_TEXT_OR_NULL(row->phone), SQL_TEXT_OR_NULL(row->phone2),
		SQL_TEXT_OR_NULL(row->mail), SQL_TEXT_OR_NULL(row->title),
		SQL_BLOB(salt_draw(desk->arena)), SQL_INT(row->withdrawn),
		SQL_INT(desk->now_ms), SQL_TEXT_OR_NULL(row->staff_no),
		SQL_INT_OR_NULL(row->in_post));
	return done < 0 ? (int)done : saved(desk, was, row);
}

int person_row_insert(struct desk *desk, struct person_row *row)
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
	return done < 0 ? (int)done : saved(desk, &(struct person_row) { 0 }, row);
}

static bool merge(struct slice *into, struct slice text)
{
	bool changes = text.n > 0 && !slice_eq(*into, text);
	*into = changes ? text : *into;
	return changes;
}

int person_row_import(struct desk *desk, struct person_row *row, bool dry_run)
{
	struct person_row before = { 0 };
	int found = find(desk, row, &before);
	if (found < 0) {
		return found;
	}
	if (found == 0) {
		int error = dry_run ? 0 : person_row_insert(desk, row);
		error = error < 0 || dry_run ? error
					     : import_source_note(desk, "person", row->id,
						       row->version, (struct slice) { 0 });
		return error < 0 ? error : MADE;
	}
	struct person_row after = before;
	bool changes = merge(&after.phone, row->phone);
	changes |= merge(&after.phone2, row->phone2);
	changes |= merge(&after.mail, row->mail);
	changes |= merge(&after.title, row->title);
	changes |= before.unit_id == 0 && row->unit_id != 0;
	after.unit_id = before.unit_id == 0 ? row->unit_id : before.unit_id;
	if (!changes) {
		return 0;
	}
	int error = dry_run ? 0 : person_row_save(desk, &before, &after);
	error = error < 0 || dry_run
			? error
			: import_source_note(desk, "person", after.id, after.version,
				  person_row_json(desk->arena, &before));
	return error < 0 ? error : CHANGED;
}

#define AT(member) offsetof(struct person_row, member)
static const struct row_member members[] = {
	{ "name", AT(name), ROW_MEMBER_TEXT },
	{ "unit_id", AT(unit_id), ROW_MEMBER_INT },
	{ "phone", AT(phone), ROW_MEMBER_TEXT },
	{ "phone2", AT(phone2), ROW_MEMBER_TEXT },
	{ "mail", AT(mail), ROW_MEMBER_TEXT },
	{ "title", AT(title), ROW_MEMBER_TEXT },
};

struct slice person_row_json(struct arena *arena, const struct person_row *row)
{
	return row_json(arena, row, members, sizeof(members) / sizeof(members[0]));
}

void person_row_of_json(struct person_row *row, const struct json *json)
{
	row_of_json(row, json, members, sizeof(members) / sizeof(members[0]));
}
