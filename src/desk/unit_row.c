/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/unit_row.h"

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/row_json.h"
#include "records/search.h"
#include "records/sql.h"

enum { NAMES_FOUND_MAX = 50 }; /* earlier ones a unit is found by */

const char *const unit_kinds[] = { "department", "faculty", "centre", "other", NULL };

#define COLUMNS                                                                                \
	"id, version, name, short_name, kind, parent_id, is_centre, valid_from_ms, "           \
	"valid_to_ms"

static int row_take(struct desk *desk, struct stmt *q, struct unit_row *ret_row)
{
	int found = db_step(q);
	if (found == 1) {
		*ret_row = (struct unit_row) {
			.id = db_col_int64(q, 0),
			.version = db_col_int64(q, 1),
			.name = arena_dup(desk->arena, db_col_text(q, 2)),
			.short_name = arena_dup(desk->arena, db_col_text(q, 3)),
			.kind = arena_dup(desk->arena, db_col_text(q, 4)),
			.parent_id = db_col_int64(q, 5),
			.is_centre = db_col_int64(q, 6) != 0,
			.valid_from_ms = db_col_int64(q, 7),
			.valid_to_ms = db_col_int64(q, 8),
		};
	}
	return found;
}

int unit_row_load(struct desk *desk, int64_t id, struct unit_row *ret_row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(
		desk->db, "SELECT " COLUMNS " FROM unit WHERE id = $1", &q, SQL_INT(id));
	found = found < 0 ? found : row_take(desk, q, ret_row);
	return found == 0 ? E_ABSENT : found < 0 ? found : 0;
}

int unit_row_find(struct desk *desk, struct slice name, struct unit_row *ret_row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT " COLUMNS " FROM unit WHERE name = $1 AND valid_to_ms IS NULL", &q,
		SQL_TEXT(name));
	return found < 0 ? found : row_take(desk, q, ret_row);
}

/* From the new parent to the root: the unit itself must not be on the way. */
static int parents_check(struct desk *desk, const struct unit_row *row)
{
	int64_t at = row->parent_id;
	for (int depth = 0; at != 0; depth++) {
		struct unit_row parent = { 0 };
		int error = unit_row_load(desk, at, &parent);
		if (error < 0) {
			return error;
		}
		if (at == row->id) {
			return desk_refuse(desk, E_INPUT, "unit.cycle", "parent_id");
		}
		if (depth >= UNIT_DEPTH_MAX) {
			return desk_refuse(desk, E_INPUT, "unit.too_deep", "parent_id");
		}
		if (depth == 0 && parent.valid_to_ms != 0) {
			return desk_refuse(desk, E_INPUT, "unit.parent_ended", "parent_id");
		}
		at = parent.parent_id;
	}
	return 0;
}

int unit_row_check(struct desk *desk, const struct unit_row *row)
{
	int64_t other = 0;
	if (row->valid_to_ms != 0) {
		return 0; /* what has ended stands in nobody's way */
	}
	int found = sql_int(desk->db,
		"SELECT id FROM unit WHERE name = $1 AND valid_to_ms IS NULL AND id <> $2",
		&other, SQL_TEXT(row->name), SQL_INT(row->id));
	if (found != 0) {
		return found < 0 ? found
				 : desk_refuse(desk, E_EXISTS, "unit.name_taken", "name");
	}
	found = !row->is_centre ? 0
				: sql_int(desk->db,
					  "SELECT id FROM unit WHERE is_centre = 1 AND "
					  "valid_to_ms IS NULL AND id <> $1"
					  " ORDER BY id LIMIT 1",
					  &other, SQL_INT(row->id));
	if (found != 0) {
		return found < 0
			       ? found
			       : desk_refuse(desk, E_EXISTS, "unit.centre_exists", "is_centre");
	}
	return parents_check(desk, row);
}

int unit_row_may_end(struct desk *desk, const struct unit_row *row)
{
	static const struct {
		const char *sql;
		const char *code;
	} ties[] = {
		{ "SELECT id FROM notice WHERE unit_id = $1 AND state NOT IN ('closed', "
		  "'withdrawn')"
		  " ORDER BY id LIMIT 1",
			"unit.has_notices" },
		{ "SELECT id FROM role_grant WHERE unit_id = $1 AND valid_to_ms IS NULL ORDER "
		  "BY id LIMIT 1",
			"unit.has_grants" },
		{ "SELECT id FROM unit WHERE parent_id = $1 AND valid_to_ms IS NULL ORDER BY "
		  "id LIMIT 1",
			"unit.has_children" },
		{ "SELECT id FROM asset WHERE owner_unit_id = $1 AND retired_at_ms IS NULL "
		  "ORDER BY id LIMIT 1",
			"unit.has_assets" },
	};
	for (size_t i = 0; i < sizeof(ties) / sizeof(ties[0]); i++) {
		int64_t id = 0;
		int found = sql_int(desk->db, ties[i].sql, &id, SQL_INT(row->id));
		if (found != 0) {
			return found < 0 ? found
					 : desk_refuse(desk, E_STATE, ties[i].code, "valid_to");
		}
	}
	return 0;
}

static bool named_same(const struct unit_row *a, const struct unit_row *b)
{
	return slice_eq(a->name, b->name) && slice_eq(a->short_name, b->short_name) &&
	       slice_eq(a->kind, b->kind) && a->parent_id == b->parent_id;
}

bool unit_row_same(const struct unit_row *a, const struct unit_row *b)
{
	return named_same(a, b) && a->is_centre == b->is_centre &&
	       a->valid_to_ms == b->valid_to_ms;
}

static int past_keep(struct desk *desk, const struct unit_row *before)
{
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO unit_past (id, version, unit_id, until_ms, name, short_name, kind,"
		" parent_id) VALUES ($1, 1, $2, $3, $4, $5, $6, $7)",
		SQL_INT(id), SQL_INT(before->id), SQL_INT(desk->now_ms), SQL_TEXT(before->name),
		SQL_TEXT_OR_NULL(before->short_name), SQL_TEXT(before->kind),
		SQL_INT_OR_NULL(before->parent_id));
	return done < 0 ? (int)done : trail_row(desk->txn, "unit_past", id);
}

static int64_t insert(struct desk *desk, struct unit_row *row)
{
	row->id = txn_id(desk->txn);
	row->version = 1;
	row->valid_from_ms = desk->now_ms;
	return sql_run(desk->db,
		"INSERT INTO unit (id, version, name, short_name, kind, parent_id, is_centre,"
		" valid_from_ms, valid_to_ms) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8)",
		SQL_INT(row->id), SQL_TEXT(row->name), SQL_TEXT_OR_NULL(row->short_name),
		SQL_TEXT(row->kind), SQL_INT_OR_NULL(row->parent_id), SQL_INT(row->is_centre),
		SQL_INT(row->valid_from_ms), SQL_INT_OR_NULL(row->valid_to_ms));
}

static int64_t update(struct desk *desk, struct unit_row *row)
{
	row->version++;
	return sql_run(desk->db,
		"UPDATE unit SET version = version + 1, name = $2, short_name = $3, kind = $4,"
		" parent_id = $5, is_centre = $6, valid_to_ms = $7 WHERE id = $1",
		SQL_INT(row->id), SQL_TEXT(row->name), SQL_TEXT_OR_NULL(row->short_name),
		SQL_TEXT(row->kind), SQL_INT_OR_NULL(row->parent_id), SQL_INT(row->is_centre),
		SQL_INT_OR_NULL(row->valid_to_ms));
}

int unit_row_words(struct desk *desk, const struct unit_row *row)
{
	AUTO_STMT struct stmt *q = NULL;
	struct slice words = arena_printf(
		desk->arena, "%.*s %.*s", SLICE_FMT(row->name), SLICE_FMT(row->short_name));
	int found = sql_query(desk->db,
		"SELECT h.name, h.short_name, h.id FROM unit_past h WHERE h.unit_id = $1"
		" OR h.unit_id IN (SELECT x.id FROM unit x WHERE x.successor_id = $1)"
		" UNION SELECT u.name, u.short_name, u.id FROM unit u WHERE u.successor_id = $1"
		" ORDER BY 3 LIMIT $2",
		&q, SQL_INT(row->id), SQL_INT(NAMES_FOUND_MAX));
	while (found >= 0 && (found = db_step(q)) == 1) {
		words = arena_printf(desk->arena, "%.*s %.*s %.*s", SLICE_FMT(words),
			SLICE_FMT(db_col_text(q, 0)), SLICE_FMT(db_col_text(q, 1)));
	}
	int64_t tokens = found < 0 ? found : search_put(desk->txn, "unit", row->id, words);
	return tokens < 0 ? (int)tokens : 0;
}

int unit_row_save(struct desk *desk, const struct unit_row *before, struct unit_row *row)
{
	int64_t done = before == NULL ? insert(desk, row) : update(desk, row);
	int error = done < 0 ? (int)done : trail_row(desk->txn, "unit", row->id);
	if (error >= 0 && before != NULL && !named_same(before, row)) {
		error = past_keep(desk, before);
	}
	if (error < 0) {
		return error;
	}
	return unit_row_words(desk, row);
}

#define AT(member) offsetof(struct unit_row, member)
static const struct row_member members[] = {
	{ "name", AT(name), ROW_MEMBER_TEXT },
	{ "short_name", AT(short_name), ROW_MEMBER_TEXT },
	{ "kind", AT(kind), ROW_MEMBER_TEXT },
	{ "parent_id", AT(parent_id), ROW_MEMBER_INT },
	{ "is_centre", AT(is_centre), ROW_MEMBER_BOOL },
	{ "valid_from_ms", AT(valid_from_ms), ROW_MEMBER_INT },
	{ "valid_to_ms", AT(valid_to_ms), ROW_MEMBER_INT },
};

struct slice unit_row_json(struct arena *arena, const struct unit_row *row)
{
	return row_json(arena, row, members, sizeof(members) / sizeof(members[0]));
}

void unit_row_of_json(struct unit_row *row, const struct json *json)
{
	row_of_json(row, json, members, sizeof(members) / sizeof(members[0]));
}
