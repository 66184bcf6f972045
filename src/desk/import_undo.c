/* SPDX-License-Identifier: Apache-2.0 */
/* An import taken back, the last change first; whatever somebody has touched since stays. */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/asset_row.h"
#include "desk/desk.h"
#include "desk/expiry.h"
#include "desk/imports.h"
#include "desk/person_row.h"
#include "desk/sheet.h"
#include "desk/unit_row.h"
#include "model/asset_key.h"
#include "records/db.h"
#include "records/search.h"
#include "records/sql.h"

enum { TOUCHED = 1 };

struct change {
	struct slice kind;
	int64_t id;
	int64_t version;
	const struct json *was; /* NULL = it was not there */
	struct slice name;      /* found on the way */
};

struct undo {
	struct desk *desk;
	struct change *change;
	size_t count;
	int64_t undone;
	int64_t touched;
	bool dry_run;
	struct buf names;
	struct jw jw;
};

/* ---- what would be torn */

static int tied(struct desk *desk, const char *const tables[], const char *column, int64_t id)
{
	int64_t found_id = 0;
	int found = 0;
	for (size_t i = 0; tables[i] != NULL && found == 0; i++) {
		struct slice sql = arena_printf(desk->arena,
			"SELECT id FROM %s WHERE %s = $1 ORDER BY id LIMIT 1", tables[i],
			column);
		found = sql_int(desk->db, (const char *)sql.p, &found_id, SQL_INT(id));
	}
	return found;
}

/* In a savepoint of its own: what hangs on it refuses, and nothing has happened. */
static int row_delete(
	struct desk *desk, const char *table, int64_t id, const char *const before[])
{
	int error = db_savepoint(desk->db);
	int64_t done = error;
	for (size_t i = 0; before[i] != NULL && done >= 0; i++) {
		done = sql_run(desk->db, before[i], SQL_INT(id));
	}
	if (done >= 0) {
		struct slice sql =
			arena_printf(desk->arena, "DELETE FROM %s WHERE id = $1", table);
		done = sql_run(desk->db, (const char *)sql.p, SQL_INT(id));
	}
	if (done == E_CONFLICT) {
		error = db_rollback_to(desk->db);
		error = error < 0 ? error : db_release(desk->db);
		return error < 0 ? error : E_CONFLICT;
	}
	if (done < 0) {
		return (int)done;
	}
	error = db_release(desk->db);
	error = error < 0 ? error : search_drop(desk->txn, table, id);
	return error < 0 ? error : trail_row(desk->txn, table, id);
}

/* ---- assets */

static int asset_back(struct undo *u, struct change *c, struct asset_row *row)
{
	struct asset_keys *keys = arena_take(u->desk->arena, sizeof(*keys));
	const char *field = NULL;
	struct slice bad = { 0 };
	int error = asset_row_keys(row, keys, &field, &bad);
	error = error < 0 ? error : asset_row_save(u->desk, row, keys);
	error = error < 0 ? error : expiry_set(u->desk->txn, "asset", row->id);
	return error < 0 ? error : txn_change(u->desk->txn, "asset", c->id, row->version);
}

static int asset_undo(struct undo *u, struct change *c)
{
	static const char *const work[] = { "watch", "finding", "incident", "alert", NULL };
	static const char *const before[] = { "DELETE FROM asset_key WHERE asset_id = $1",
		"DELETE FROM asset_tag WHERE asset_id = $1",
		"DELETE FROM timer WHERE record_kind = 'asset' AND record_id = $1", NULL };
	struct asset_row row = { 0 };
	int error = asset_row_load(u->desk, c->id, &row);
	if (error < 0) {
		return error == E_ABSENT ? TOUCHED : error;
	}
	c->name = row.name;
	int ties = c->was == NULL ? tied(u->desk, work, "asset_id", c->id) : 0;
	if (row.version != c->version || ties != 0) {
		return ties < 0 ? ties : TOUCHED;
	}
	if (u->dry_run) {
		return 0;
	}
	if (c->was != NULL) {
		asset_row_of_json(&row, c->was);
		return asset_back(u, c, &row);
	}
	error = row_delete(u->desk, "asset", c->id, before);
	if (error == E_CONFLICT) {
		/* Only the machine has looked at it: it is put out of use. */
		row.retired = true;
		return asset_back(u, c, &row);
	}
	return error < 0 ? error : txn_change(u->desk->txn, "asset", c->id, row.version);
}

/* ---- units, people, names of units */

static int unit_undo(struct undo *u, struct change *c)
{
	static const char *const before[] = { "DELETE FROM unit_past WHERE unit_id = $1",
		NULL };
	static const char *const units[] = { "unit", NULL };
	static const char *const work[] = { "person", "notice", "finding", "role_grant", NULL };
	struct unit_row row = { 0 };
	int error = unit_row_load(u->desk, c->id, &row);
	if (error < 0) {
		return error == E_ABSENT ? TOUCHED : error;
	}
	c->name = row.name;
	struct unit_row was = row;
	int ties = c->was == NULL && !u->dry_run ? tied(u->desk, units, "parent_id", c->id) : 0;
	ties = ties == 0 && c->was == NULL && !u->dry_run
		       ? tied(u->desk, work, "unit_id", c->id)
		       : ties;
	if (row.version != c->version || ties != 0) {
		return ties < 0 ? ties : TOUCHED;
	}
	if (u->dry_run) {
		return 0;
	}
	if (c->was != NULL) {
		unit_row_of_json(&row, c->was);
		error = unit_row_check(u->desk, &row);
		error = error < 0 ? error : unit_row_save(u->desk, &was, &row);
	} else {
		error = row_delete(u->desk, "unit", c->id, before);
	}
	if (error == E_CONFLICT) {
		return TOUCHED;
	}
	return error < 0 ? error : txn_change(u->desk->txn, "unit", c->id, row.version);
}

static int person_undo(struct undo *u, struct change *c)
{
	static const char *const work[] = { "role_grant", "account", NULL };
	struct person_row row = { 0 };
	int error = person_row_load(u->desk, c->id, &row);
	if (error < 0) {
		return error == E_ABSENT ? TOUCHED : error;
	}
	c->name = row.name;
	struct person_row was = row;
	int ties = c->was == NULL ? tied(u->desk, work, "person_id", c->id) : 0;
	if (row.version != c->version || ties != 0) {
		return ties < 0 ? ties : TOUCHED;
	}
	if (u->dry_run) {
		return 0;
	}
	if (c->was != NULL) {
		person_row_of_json(&row, c->was);
	} else {
		/* The audit log names him: the row stays, without a way to reach him. */
		row = (struct person_row) { .id = row.id,
			.version = row.version,
			.name = row.name,
			.withdrawn = true };
	}
	error = person_row_save(u->desk, &was, &row);
	return error < 0 ? error : txn_change(u->desk->txn, "person", c->id, row.version);
}

static int alias_undo(struct undo *u, struct change *c)
{
	static const char *const nothing[] = { NULL };
	int64_t version = 0;
	int found = sql_int(u->desk->db, "SELECT version FROM unit_alias WHERE id = $1",
		&version, SQL_INT(c->id));
	if (found <= 0 || version != c->version) {
		return found < 0 ? found : TOUCHED;
	}
	return u->dry_run ? 0 : row_delete(u->desk, "unit_alias", c->id, nothing);
}

/* ---- all of it */

static int changes_load(struct undo *u, int64_t id)
{
	int64_t count = 0;
	int row = sql_int(u->desk->db,
		"SELECT count(*) FROM sheet_import_change WHERE import_id = $1", &count,
		SQL_INT(id));
	if (row < 0) {
		return row;
	}
	u->change = arena_take(u->desk->arena, ((size_t)count + 1) * sizeof(*u->change));
	AUTO_STMT struct stmt *q = NULL;
	row = sql_query(u->desk->db,
		"SELECT kind, record_id, record_version, was FROM sheet_import_change"
		" WHERE import_id = $1 ORDER BY n DESC",
		&q, SQL_INT(id));
	while (row >= 0 && u->count < (size_t)count && (row = db_step(q)) == 1) {
		struct change *c = &u->change[u->count++];
		*c = (struct change) { .kind = arena_dup(u->desk->arena, db_col_text(q, 0)),
			.id = db_col_int64(q, 1),
			.version = db_col_int64(q, 2) };
		if (!db_col_is_null(q, 3) &&
			json_parse(u->desk->arena, arena_dup(u->desk->arena, db_col_text(q, 3)),
				0, &c->was, NULL) < 0) {
			return E_STORE;
		}
	}
	return row < 0 ? row : 0;
}

static int change_undo(struct undo *u, struct change *c)
{
	int done = slice_is(c->kind, "asset")    ? asset_undo(u, c)
		   : slice_is(c->kind, "unit")   ? unit_undo(u, c)
		   : slice_is(c->kind, "person") ? person_undo(u, c)
						 : alias_undo(u, c);
	bool record = !slice_is(c->kind, "alias");
	u->undone += done == 0 && record;
	u->touched += done == TOUCHED && record;
	if (done == TOUCHED && record && u->names.n < SHEET_REPORT_MAX_OCTETS / 2) {
		jw_object(&u->jw);
		jw_kv_int(&u->jw, "row", c->id);
		jw_kv_str(&u->jw, "column", c->kind);
		jw_kv_str(&u->jw, "code", SLICE("touched"));
		jw_kv_str(&u->jw, "value", sheet_cut(c->name));
		jw_end(&u->jw);
	}
	return done < 0 ? done : 0;
}

static struct slice report(struct undo *u)
{
	AUTO_BUF struct buf out;
	struct jw jw;
	buf_init(&out, SHEET_REPORT_MAX_OCTETS);
	jw_end(&u->jw);
	jw_init(&jw, &out);
	jw_object(&jw);
	jw_kv_bool(&jw, "dry_run", u->dry_run);
	jw_kv_int(&jw, "rows", u->undone + u->touched);
	jw_kv_int(&jw, "added", 0);
	jw_kv_int(&jw, "changed", u->undone);
	jw_kv_int(&jw, "same", 0);
	jw_kv_int(&jw, "refused", u->touched);
	jw_key(&jw, "errors");
	jw_raw(&jw, buf_slice(&u->names));
	jw_key(&jw, "preview");
	jw_array(&jw);
	jw_end(&jw);
	jw_end(&jw);
	return arena_dup(u->desk->arena, buf_slice(&out));
}

static int settle(struct undo *u)
{
	struct desk *desk = u->desk;
	if (u->dry_run) {
		return 0;
	}
	if (u->undone == 0) {
		return desk_refuse(desk, E_STATE, "import.touched", NULL);
	}
	desk_audit(desk, "import.undo", "import", desk->call->id, 1,
		arena_printf(desk->arena, "undone %lld touched %lld", (long long)u->undone,
			(long long)u->touched));
	int64_t done = sql_run(desk->db,
		"UPDATE sheet_import SET state = 'undone', undone_at_ms = $2, undone_by = $3"
		" WHERE id = $1",
		SQL_INT(desk->call->id), SQL_INT(desk->now_ms),
		SQL_INT(desk->caller.person_id));
	return done < 0 ? (int)done : 0;
}

static int run(struct undo *u)
{
	struct desk *desk = u->desk;
	int64_t done = 0;
	int found = sql_int(desk->db,
		"SELECT CASE WHEN state = 'done' THEN 1 ELSE 0 END FROM sheet_import WHERE id = $1"
		" AND ($2 = 1 OR kind IS NULL OR kind <> 'asset')",
		&done, SQL_INT(desk->call->id),
		SQL_INT(access_scope(&desk->caller, ROUTE_ASSETS_IMPORT) == SCOPE_ALL));
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	if (done == 0) {
		return desk_refuse(desk, E_STATE, "import.not_done", NULL);
	}
	int error = changes_load(u, desk->call->id);
	for (size_t i = 0; i < u->count && error >= 0; i++) {
		error = change_undo(u, &u->change[i]);
	}
	if (error < 0) {
		return error;
	}
	desk->answer_report = report(u);
	desk_answer(desk, desk->call->id, 1);
	return settle(u);
}

int desk_import_undo(struct desk *desk)
{
	struct undo u = { .desk = desk,
		.dry_run = json_get_bool(desk->call->body, "dry_run", false) };
	buf_init(&u.names, SHEET_REPORT_MAX_OCTETS);
	jw_init(&u.jw, &u.names);
	jw_array(&u.jw);
	int error = run(&u);
	buf_fini(&u.names);
	return error;
}
