/* SPDX-License-Identifier: Apache-2.0 */
/* The authorities whose papers come in. */
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/incoming.h"
#include "desk/patch.h"
#include "records/sql.h"

enum { NAME_MAX_CHARS = 60, NOTE_MAX = 200, SUPERIORS_MAX = 200 };

struct row {
	int64_t id;
	int64_t version;
	struct slice name;
	struct slice note;
	bool retired;
};

#define AT(member) offsetof(struct row, member)

static const struct patch_field fields[] = {
	{ .name = "name",
		.offset = AT(name),
		.kind = PATCH_TEXT,
		.need = WORDS_REQUIRED,
		.max = NAME_MAX_CHARS },
	{ .name = "note", .offset = AT(note), .kind = PATCH_TEXT, .max = NOTE_MAX },
	{ .name = "retired", .offset = AT(retired), .kind = PATCH_BOOL },
};

static int body_read(struct desk *desk, struct row *row)
{
	int64_t other = 0;
	int error = patch_apply(desk, row, fields, sizeof(fields) / sizeof(fields[0]));
	if (error < 0 || row->retired) {
		return error;
	}
	int found = sql_int(desk->db,
		"SELECT id FROM superior WHERE name = $1 AND retired_at_ms IS NULL AND id <> $2",
		&other, SQL_TEXT(row->name), SQL_INT(row->id));
	return found <= 0 ? found : desk_refuse(desk, E_EXISTS, "superior.name_taken", "name");
}

static int saved(struct desk *desk, const char *act, const struct row *row)
{
	int error = trail_row(desk->txn, "superior", row->id);
	error = error < 0 ? error : txn_change(desk->txn, "incoming", row->id, row->version);
	desk_audit(desk, act, "superior", row->id, row->version, row->name);
	desk_answer(desk, row->id, row->version);
	return error;
}

int desk_superior_create(struct desk *desk)
{
	struct row row = { .version = 1 };
	int64_t standing = 0;
	int found = sql_int_args(desk->db,
		"SELECT count(*) FROM superior WHERE retired_at_ms IS NULL", &standing, NULL,
		0);
	if (found >= 0 && standing >= SUPERIORS_MAX) {
		return desk_refuse(desk, E_LIMIT, "input.too_many", NULL);
	}
	int error = found < 0 ? found : body_read(desk, &row);
	if (error < 0) {
		return error;
	}
	row.id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO superior (id, version, name, note) VALUES ($1, 1, $2, $3)",
		SQL_INT(row.id), SQL_TEXT(row.name), SQL_TEXT_OR_NULL(row.note));
	return done < 0 ? (int)done : saved(desk, "superior.create", &row);
}

static int row_load(struct desk *desk, struct row *row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT version, name, note, retired_at_ms FROM superior WHERE id = $1", &q,
		SQL_INT(desk->call->id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	*row = (struct row) { .id = desk->call->id,
		.version = db_col_int64(q, 0),
		.name = arena_dup(desk->arena, db_col_text(q, 1)),
		.note = arena_dup(desk->arena, db_col_text(q, 2)),
		.retired = !db_col_is_null(q, 3) };
	return 0;
}

int desk_superior_update(struct desk *desk)
{
	struct row row = { 0 };
	int error = row_load(desk, &row);
	error = error < 0 ? error : desk_version_same(desk, row.version);
	error = error < 0 ? error : body_read(desk, &row);
	if (error < 0) {
		return error;
	}
	row.version++;
	int64_t done = sql_run(desk->db,
		"UPDATE superior SET version = version + 1, name = $2, note = $3,"
		" retired_at_ms = CASE WHEN $4 = 0 THEN NULL ELSE COALESCE(retired_at_ms, $5) END"
		" WHERE id = $1",
		SQL_INT(row.id), SQL_TEXT(row.name), SQL_TEXT_OR_NULL(row.note),
		SQL_INT(row.retired), SQL_INT(desk->now_ms));
	return done < 0 ? (int)done : saved(desk, "superior.update", &row);
}
