/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/import_source.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/sheet.h"
#include "desk/unit_row.h"
#include "desk/units.h"
#include "desk/words.h"
#include "model/cell.h"
#include "records/sql.h"

/* ---- out of the store */

static int pages_load(struct desk *desk, struct import_source *source)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT n, name, left_out, CASE WHEN n = $2 THEN cells ELSE NULL END"
		" FROM sheet_import_page WHERE import_id = $1 ORDER BY n",
		&q, SQL_INT(source->id), SQL_INT((int64_t)source->page));
	bool found = false;
	while (row >= 0 && source->pages < GRID_SHEETS_MAX && (row = db_step(q)) == 1) {
		source->page_name[source->pages++] = arena_dup(desk->arena, db_col_text(q, 1));
		if (db_col_int64(q, 0) == (int64_t)source->page) {
			found = true;
			source->left_out = (size_t)db_col_int64(q, 2);
			source->cells = arena_dup(desk->arena, db_col_text(q, 3));
		}
	}
	if (row < 0) {
		return row;
	}
	if (source->pages == 0) {
		return desk_refuse(desk, E_STATE, "import.gone", NULL);
	}
	return found ? 0 : desk_refuse(desk, E_INPUT, "input.invalid", "sheet");
}

static int decisions_take(struct desk *desk, struct import_source *source)
{
	const struct json *list = json_get(desk->call->body, "units");
	for (const struct json *at = json_first(list); at != NULL; at = json_next(at)) {
		struct import_decision d = { .text = json_get_str(at, "text"),
			.unit_id = json_get_int(at, "unit_id", 0),
			.remember = json_get_bool(at, "remember", false) };
		int64_t known = 1;
		if (source->decisions == IMPORT_DECISIONS_MAX) {
			return desk_refuse(desk, E_LIMIT, "import.units", "units");
		}
		int found = d.unit_id <= 0 ? 1
					   : sql_int(desk->db,
						     "SELECT id FROM unit WHERE id = $1 AND "
						     "valid_to_ms IS NULL",
						     &known, SQL_INT(d.unit_id));
		if (found <= 0 || d.text.n == 0) {
			return found < 0 ? found
					 : desk_refuse(desk, E_INPUT, "input.invalid", "units");
		}
		source->decision[source->decisions++] = d;
	}
	return 0;
}

int import_source_load(struct desk *desk, int64_t id, struct import_source **ret_source)
{
	const struct json *body = desk->call->body;
	struct import_source *source = arena_take(desk->arena, sizeof(*source));
	int64_t page = 0;
	int64_t done = 0;
	int error = words_int(desk, "sheet", 0, GRID_SHEETS_MAX - 1, 0, &page);
	if (error < 0) {
		return error;
	}
	int found = sql_int(desk->db,
		"SELECT CASE WHEN state = 'read' THEN 0 ELSE 1 END FROM sheet_import WHERE id = $1",
		&done, SQL_INT(id));
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	if (done != 0) {
		return desk_refuse(desk, E_STATE, "import.done", NULL);
	}
	source->id = id;
	source->page = (size_t)page;
	const struct json *columns = json_get(body, "columns");
	source->columns_given = json_type(columns) == JSON_ARRAY ? columns : NULL;
	source->fill_given = json_get(body, "fill");
	const struct json *heading = json_get(body, "heading_row");
	int64_t row = 0;
	source->heading_given = json_int(heading, &row) && row >= 0 && row <= INT32_MAX;
	source->heading_row = source->heading_given ? (uint32_t)row : 0;
	*ret_source = source;
	error = pages_load(desk, source);
	return error < 0 ? error : decisions_take(desk, source);
}

/* ---- whose names these are */

static struct import_unknown *unknown_find(struct import_source *source, struct slice text)
{
	for (size_t i = 0; i < source->unknowns; i++) {
		if (slice_eq(source->unknown[i].text, text)) {
			return &source->unknown[i];
		}
	}
	return NULL;
}

static void candidate_put(
	struct import_unknown *u, const struct unit_name *unit, unsigned likeness)
{
	for (size_t i = 0; i < IMPORT_CANDIDATES; i++) {
		if (likeness > u->likeness[i]) {
			for (size_t j = IMPORT_CANDIDATES - 1; j > i; j--) {
				u->likeness[j] = u->likeness[j - 1];
				u->id[j] = u->id[j - 1];
				u->name[j] = u->name[j - 1];
			}
			u->likeness[i] = likeness;
			u->id[i] = unit->id;
			u->name[i] = unit->name;
			return;
		}
	}
}

static unsigned likeness_of(const struct unit_name *unit, struct slice text, struct slice bare)
{
	unsigned best = cell_likeness(unit->name, text);
	unsigned other = cell_likeness(unit->bare, bare);
	best = slice_eq(unit->bare, bare) || slice_eq(unit->short_name, bare) ? 100 : best;
	best = other > best ? other : best;
	other = unit->short_name.n > 0 ? cell_likeness(unit->short_name, bare) : 0;
	return other > best ? other : best;
}

/* What it was called before may have become part of another: the newest change comes first. */
static int64_t old_name(struct desk *desk, struct slice text)
{
	int64_t id = 0;
	int found = sql_int(desk->db,
		"SELECT p.unit_id FROM unit_past p JOIN unit u ON u.id = p.unit_id WHERE p.name = $1"
		" AND u.valid_to_ms IS NULL ORDER BY p.until_ms DESC, p.id DESC LIMIT 1",
		&id, SQL_TEXT(text));
	return found == 1 ? id : 0;
}

static void unknown_add(struct desk *desk, const struct unit_names *names, struct slice text)
{
	struct import_source *source = desk->import;
	struct import_unknown *u = unknown_find(source, text);
	if (u != NULL) {
		u->rows++;
		return;
	}
	if (source->unknowns == IMPORT_UNKNOWN_MAX) {
		return;
	}
	u = &source->unknown[source->unknowns++];
	*u = (struct import_unknown) { .text = text, .rows = 1 };
	struct slice bare = name_bare(desk->arena, text);
	int64_t before = old_name(desk, text);
	for (size_t i = 0; i < names->count; i++) {
		const struct unit_name *unit = &names->item[i];
		unsigned likeness = unit->ended          ? 0
				    : unit->id == before ? 101
							 : likeness_of(unit, text, bare);
		if (likeness >= IMPORT_LIKENESS_MIN) {
			candidate_put(u, unit, likeness);
		}
	}
}

static int64_t alias_find(struct desk *desk, struct slice text)
{
	int64_t id = 0;
	int found = sql_int(desk->db,
		"SELECT a.unit_id FROM unit_alias a JOIN unit u ON u.id = a.unit_id"
		" WHERE a.alias = $1 AND u.valid_to_ms IS NULL",
		&id, SQL_TEXT(text));
	return found <= 0 ? found : id;
}

int64_t import_source_unit(struct desk *desk, struct unit_names *names, struct slice text)
{
	struct import_source *source = desk->import;
	for (size_t i = 0; i < source->decisions; i++) {
		if (slice_eq(source->decision[i].text, text)) {
			return source->decision[i].unit_id == IMPORT_NEW_UNIT
				       ? INT64_MAX /* of a dry run: not made yet */
				       : source->decision[i].unit_id;
		}
	}
	for (size_t i = 0; i < names->count; i++) {
		const struct unit_name *unit = &names->item[i];
		if (!unit->ended && (slice_eq(unit->name, text) ||
					    (text.n > 0 && slice_eq(unit->short_name, text)))) {
			return unit->id;
		}
	}
	int64_t id = alias_find(desk, text);
	if (id == 0) {
		unknown_add(desk, names, text);
		return E_ABSENT;
	}
	return id;
}

static int unit_make(struct desk *desk, struct import_decision *d)
{
	struct unit_row row = { 0 };
	int found = unit_row_find(desk, d->text, &row);
	if (found != 0) {
		d->unit_id = row.id;
		return found < 0 ? found : 0;
	}
	row = (struct unit_row) { .name = d->text,
		.kind = slice_str(unit_kind_guess(d->text)) };
	int error = unit_row_check(desk, &row);
	error = error < 0 ? error : unit_row_save(desk, NULL, &row);
	error = error < 0 ? error
			  : import_source_note(
				    desk, "unit", row.id, row.version, (struct slice) { 0 });
	d->unit_id = row.id;
	desk->import->units++;
	return error;
}

static int alias_keep(struct desk *desk, const struct import_decision *d)
{
	int64_t id = 0;
	int found = sql_int(
		desk->db, "SELECT id FROM unit_alias WHERE alias = $1", &id, SQL_TEXT(d->text));
	if (found < 0 || d->text.n > 3 * UNIT_NAME_MAX) {
		return found < 0 ? found : 0;
	}
	if (found == 1) {
		int64_t done = sql_run(desk->db,
			"UPDATE unit_alias SET version = version + 1, unit_id = $2 WHERE id = $1",
			SQL_INT(id), SQL_INT(d->unit_id));
		return done < 0 ? (int)done : trail_row(desk->txn, "unit_alias", id);
	}
	id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO unit_alias (id, version, alias, unit_id) VALUES ($1, 1, $2, $3)",
		SQL_INT(id), SQL_TEXT(d->text), SQL_INT(d->unit_id));
	int error = done < 0 ? (int)done : trail_row(desk->txn, "unit_alias", id);
	return error < 0 ? error
			 : import_source_note(desk, "alias", id, 1, (struct slice) { 0 });
}

int import_source_decide(struct desk *desk)
{
	struct import_source *source = desk->import;
	int error = 0;
	for (size_t i = 0; i < source->decisions && error >= 0; i++) {
		struct import_decision *d = &source->decision[i];
		bool make = d->unit_id == IMPORT_NEW_UNIT;
		error = make ? unit_make(desk, d) : 0;
		if (error >= 0 && !make && d->remember && d->unit_id > 0) {
			error = alias_keep(desk, d);
		}
	}
	return error;
}

int import_source_note(
	struct desk *desk, const char *kind, int64_t id, int64_t version, struct slice was)
{
	struct import_source *source = desk->import;
	if (source == NULL) {
		return 0;
	}
	int64_t done = sql_run(desk->db,
		"INSERT INTO sheet_import_change (import_id, n, kind, record_id, record_version, was)"
		" VALUES ($1, $2, $3, $4, $5, $6)",
		SQL_INT(source->id), SQL_INT(++source->changes), SQL_STR(kind), SQL_INT(id),
		SQL_INT(version), SQL_TEXT_OR_NULL(was));
	return done < 0 ? (int)done : 0;
}

int import_source_settle(struct desk *desk, const struct sheet *sheet, const char *kind)
{
	const struct import_source *source = desk->import;
	int64_t done = sql_run(desk->db,
		"UPDATE sheet_import SET kind = $2, state = $3, done_at_ms = $4, rows_added = $5,"
		" rows_changed = $6, rows_refused = $7, error_sheet = $8, error_heading = $9,"
		" errors = $10 WHERE id = $1",
		SQL_INT(source->id), SQL_STR(kind), SQL_STR(sheet->dry_run ? "read" : "done"),
		sheet->dry_run ? SQL_NULL : SQL_INT(desk->now_ms), SQL_INT(sheet->added),
		SQL_INT(sheet->changed), SQL_INT(sheet->refused),
		SQL_INT((int64_t)source->page), SQL_INT(source->heading_row),
		SQL_TEXT(buf_slice(&sheet->all_errors)));
	return done < 0 ? (int)done : 0;
}

/* ---- the report */

static void columns_put(
	struct jw *jw, const struct import_source *source, const struct sheet *sheet)
{
	jw_key(jw, "columns");
	jw_array(jw);
	for (size_t i = 0; i < source->columns; i++) {
		const struct import_column *c = &source->column[i];
		jw_object(jw);
		jw_kv_str(jw, "heading", sheet_cut(c->heading));
		jw_kv_opt(jw, "field",
			c->field == SIZE_MAX ? (struct slice) { 0 }
					     : slice_str(sheet->fields[c->field].id));
		jw_kv_bool(jw, "fill", c->fill);
		jw_key(jw, "samples");
		jw_array(jw);
		for (size_t s = 0; s < c->samples; s++) {
			jw_str(jw, sheet_cut(c->sample[s]));
		}
		jw_end(jw);
		jw_end(jw);
	}
	jw_end(jw);
}

static void unknowns_put(struct jw *jw, const struct import_source *source)
{
	jw_key(jw, "units");
	jw_array(jw);
	for (size_t i = 0; i < source->unknowns && jw->buf->n < SHEET_REPORT_MAX_OCTETS / 2;
		i++) {
		const struct import_unknown *u = &source->unknown[i];
		jw_object(jw);
		jw_kv_str(jw, "text", u->text);
		jw_kv_int(jw, "rows", (int64_t)u->rows);
		jw_key(jw, "candidates");
		jw_array(jw);
		for (size_t c = 0; c < IMPORT_CANDIDATES && u->likeness[c] > 0; c++) {
			jw_object(jw);
			jw_kv_int(jw, "id", u->id[c]);
			jw_kv_str(jw, "name", u->name[c]);
			jw_end(jw);
		}
		jw_end(jw);
		jw_end(jw);
	}
	jw_end(jw);
}

void import_source_report(struct desk *desk, struct jw *jw, const struct sheet *sheet)
{
	const struct import_source *source = desk->import;
	jw_kv_int(jw, "sheet", (int64_t)source->page);
	jw_kv_int(jw, "heading_row", source->heading_row);
	jw_kv_int(jw, "left_out", (int64_t)source->left_out);
	jw_kv_int(jw, "people", source->people);
	jw_kv_int(jw, "new_units", source->units);
	jw_key(jw, "sheets");
	jw_array(jw);
	for (size_t i = 0; i < source->pages; i++) {
		jw_str(jw, source->page_name[i]);
	}
	jw_end(jw);
	jw_key(jw, "fields");
	jw_array(jw);
	for (size_t f = 0; f < sheet->field_count; f++) {
		jw_str(jw, slice_str(sheet->fields[f].id));
	}
	jw_end(jw);
	columns_put(jw, source, sheet);
	unknowns_put(jw, source);
}
