/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/imports.h"

#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "desk/assets.h"
#include "desk/desk.h"
#include "desk/import_source.h"
#include "desk/units.h"
#include "desk/words.h"
#include "grid/grid.h"
#include "records/sql.h"

/* ---- sent in */

/* Cells hold what people wrote about people: they are not kept longer than the work takes. */
static int old_drop(struct desk *desk)
{
	int64_t done = sql_run(desk->db,
		"DELETE FROM sheet_import_page WHERE import_id IN (SELECT id FROM sheet_import"
		" WHERE read_at_ms < $1)",
		SQL_INT(desk->now_ms - IMPORT_KEPT_MS));
	if (done >= 0) {
		done = sql_run(desk->db,
			"DELETE FROM sheet_import WHERE state = 'read' AND read_at_ms < $1",
			SQL_INT(desk->now_ms - IMPORT_KEPT_MS));
	}
	return done < 0 ? (int)done : 0;
}

static int pages_save(struct desk *desk, int64_t id)
{
	struct slice left = desk->call->upload_cells;
	struct slice name = { 0 };
	struct slice rows = { 0 };
	size_t left_out = 0;
	int64_t done = 0;
	int more = 0;
	int n = 0;
	while (done >= 0 && (more = grid_next_sheet(&left, &name, &left_out, &rows)) == 1) {
		if (rows.n == 0 && left.n > 0) {
			continue; /* an empty one before another is nothing to choose */
		}
		if (n == GRID_SHEETS_MAX) {
			break;
		}
		done = sql_run(desk->db,
			"INSERT INTO sheet_import_page (import_id, n, name, left_out, cells)"
			" VALUES ($1, $2, $3, $4, $5)",
			SQL_INT(id), SQL_INT(n++), SQL_TEXT(name), SQL_INT((int64_t)left_out),
			SQL_TEXT(rows));
	}
	if (more < 0) {
		return desk_refuse(desk, E_INPUT, "import.broken", NULL);
	}
	return done < 0 ? (int)done : 0;
}

int desk_import_create(struct desk *desk)
{
	int error = old_drop(desk);
	if (error < 0) {
		return error;
	}
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO sheet_import (id, name, state, by_id, read_at_ms)"
		" VALUES ($1, $2, 'read', $3, $4)",
		SQL_INT(id), SQL_TEXT(desk->call->upload_name), SQL_INT(desk->caller.person_id),
		SQL_INT(desk->now_ms));
	desk_answer(desk, id, 1);
	return done < 0 ? (int)done : pages_save(desk, id);
}

/* ---- imported */

static const struct {
	const char *kind;
	enum route_id route; /* who may make one there may import them here */
	int (*run)(struct desk *desk);
} kinds[] = {
	{ "asset", ROUTE_ASSETS_IMPORT, desk_asset_import },
	{ "unit", ROUTE_UNITS_IMPORT, desk_unit_import },
	{ "person", ROUTE_PEOPLE_CREATE, person_import },
};

int desk_import_run(struct desk *desk)
{
	static const char *const words[] = { "asset", "unit", "person", NULL };
	struct slice kind = { 0 };
	size_t k = 0;
	int error = words_choice(desk, "kind", words, NULL, &kind);
	if (error < 0) {
		return error;
	}
	while (!slice_is(kind, kinds[k].kind)) {
		k++;
	}
	if (access_scope(&desk->caller, kinds[k].route) != SCOPE_ALL) {
		return desk_refuse(desk, E_DENIED, "import.denied", "kind");
	}
	struct import_source *source = NULL;
	error = import_source_load(desk, desk->call->id, &source);
	desk->import = source;
	if (error >= 0 && !json_get_bool(desk->call->body, "dry_run", false)) {
		error = import_source_decide(desk);
	}
	error = error < 0 ? error : kinds[k].run(desk);
	desk->import = NULL;
	desk_answer(desk, desk->call->id, 1);
	return error;
}
