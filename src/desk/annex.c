/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/annex.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/incoming_row.h"
#include "desk/words.h"
#include "records/outbox.h"
#include "records/sql.h"
#include "records/trail.h"
#include "workflow/annex.h"

enum { FORMS_MAX = 20, FILLS_MAX = 60, PLACES_OCTETS_MAX = 64 * 1024, COORD_MAX = 2000000 };

/* ---- loaded */

static int upload_admit(struct desk *desk, const struct incoming_row *row)
{
	int64_t count = 0;
	if (secrecy_is_state_secret(incoming_secrecy(row))) {
		return desk_refuse(desk, E_INPUT, "incoming.state_secret", NULL);
	}
	if (incoming_terminal(row->state)) {
		return desk_refuse(desk, E_STATE, "incoming.no_such_step", NULL);
	}
	/* The media is what paper found, not what the name says. */
	if (desk->call->upload_cells.n == 0) {
		return desk_refuse(desk, E_INPUT, "upload.media", NULL);
	}
	int found = sql_int(desk->db, "SELECT count(*) FROM annex WHERE incoming_id = $1",
		&count, SQL_INT(row->id));
	return found < 0            ? found
	       : count >= FORMS_MAX ? desk_refuse(desk, E_LIMIT, "upload.too_many", NULL)
				    : 0;
}

/* The same form was loaded and looked at before: what was said of it then still holds. */
static int known_places(struct desk *desk, struct slice cells, struct slice *ret_places,
	int64_t *ret_mapped_by, int64_t *ret_mapped_at_ms)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT places, mapped_by, mapped_at_ms FROM annex WHERE cells = $1"
		" AND mapped_at_ms IS NOT NULL ORDER BY mapped_at_ms DESC, id DESC LIMIT 1",
		&q, SQL_TEXT(cells));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		*ret_places = arena_dup(desk->arena, db_col_text(q, 0));
		*ret_mapped_by = db_col_int64(q, 1);
		*ret_mapped_at_ms = db_col_int64(q, 2);
	}
	return row;
}

int desk_annex_upload(struct desk *desk)
{
	struct incoming_row row = { 0 };
	struct slice places = { 0 };
	const struct json *cells = NULL;
	int64_t mapped_by = 0;
	int64_t mapped_at_ms = 0;
	int error = incoming_open(desk, &row);
	error = error < 0 ? error : upload_admit(desk, &row);
	error = error < 0 ? error : words_file_name(desk, desk->call->upload_name);
	error = error < 0 ? error
			  : json_parse(desk->arena, desk->call->upload_cells, 0, &cells, NULL);
	if (error < 0) {
		return error;
	}
	int known = known_places(
		desk, desk->call->upload_cells, &places, &mapped_by, &mapped_at_ms);
	error = known == 0 ? annex_places_guess(desk->arena, cells, &places) : known;
	if (error < 0) {
		return error;
	}
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO annex (id, version, incoming_id, superior_id, name, media, blob_id,"
		" cells, places, mapped_by, mapped_at_ms, by_id, at_ms)"
		" VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		SQL_INT(id), SQL_INT(row.id), SQL_INT_OR_NULL(row.superior_id),
		SQL_TEXT(desk->call->upload_name), SQL_TEXT(desk->call->upload_media),
		SQL_INT(desk->call->upload_blob), SQL_TEXT(desk->call->upload_cells),
		SQL_TEXT(places), SQL_INT_OR_NULL(mapped_by), SQL_INT_OR_NULL(mapped_at_ms),
		SQL_INT(desk->caller.person_id), SQL_INT(desk->now_ms));
	error = done < 0 ? (int)done : trail_row(desk->txn, "annex", id);
	error = error < 0 ? error : txn_change(desk->txn, "incoming", row.id, row.version);
	desk_audit(desk, "annex.upload", "annex", id, 1, (struct slice) { 0 });
	desk_answer(desk, id, 1);
	return error;
}

/* ---- mapped */

struct form {
	int64_t id;
	int64_t version;
	struct slice name;
	struct slice places;
	int64_t mapped_at_ms;
	bool retired;
	int64_t incoming_id; /* the paper it came with */
	int64_t incoming_version;
};

static int form_load(struct desk *desk, int64_t id, struct form *ret_form)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT a.version, a.name, a.places, a.mapped_at_ms, a.retired_at_ms, i.id,"
		" i.version FROM annex a JOIN incoming i ON i.id = a.incoming_id WHERE a.id = $1",
		&q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		*ret_form = (struct form) { id, db_col_int64(q, 0),
			arena_dup(desk->arena, db_col_text(q, 1)),
			arena_dup(desk->arena, db_col_text(q, 2)),
			db_col_is_null(q, 3) ? 0 : db_col_int64(q, 3), !db_col_is_null(q, 4),
			db_col_int64(q, 5), db_col_int64(q, 6) };
	}
	return row < 0 ? row : row == 0 ? E_ABSENT : 0;
}

static bool place_read(const struct json *p, struct jw *jw)
{
	static const char *const names[] = { "t", "r", "c" };
	int fact = name_parse(&annex_fact_names, json_get_str(p, "fact"));
	bool fine = fact >= 0;
	jw_object(jw);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int64_t at = json_get_int(p, names[i], COORD_MAX + 1);
		fine = fine && at >= (i == 0 ? -1 : 0) && at <= COORD_MAX;
		jw_kv_int(jw, names[i], at);
	}
	jw_kv_str(jw, "fact",
		slice_str(fact < 0 ? "" : name_id(&annex_fact_names, (unsigned)fact)));
	jw_kv_bool(jw, "repeat", json_get_bool(p, "repeat", false));
	jw_end(jw);
	return fine;
}

static int places_read(struct desk *desk, struct slice *ret_places)
{
	AUTO_BUF struct buf out;
	const struct json *list = json_get(desk->call->body, "places");
	struct jw jw;
	if (json_type(list) == JSON_ABSENT) {
		return 0;
	}
	bool fine = json_type(list) == JSON_ARRAY && json_count(list) <= ANNEX_PLACES_MAX;
	buf_init(&out, PLACES_OCTETS_MAX);
	jw_init(&jw, &out);
	jw_array(&jw);
	for (const struct json *p = fine ? json_first(list) : NULL; p != NULL;
		p = json_next(p)) {
		fine = place_read(p, &jw) && fine;
	}
	jw_end(&jw);
	*ret_places = arena_dup(desk->arena, buf_slice(&out));
	return fine && !out.failed ? 0 : desk_refuse(desk, E_INPUT, "annex.places", "places");
}

int desk_annex_map(struct desk *desk)
{
	struct form form = { 0 };
	int error = form_load(desk, desk->call->id, &form);
	error = error < 0 ? error : desk_version_same(desk, form.version);
	struct slice places = form.places;
	error = error < 0 ? error : places_read(desk, &places);
	if (error < 0) {
		return error;
	}
	bool retired = json_get_bool(desk->call->body, "retired", form.retired);
	int64_t done = sql_run(desk->db,
		"UPDATE annex SET version = version + 1, places = $2, mapped_by = $3,"
		" mapped_at_ms = $4, retired_at_ms = $5 WHERE id = $1",
		SQL_INT(form.id), SQL_TEXT(places), SQL_INT(desk->caller.person_id),
		SQL_INT(desk->now_ms), SQL_INT_OR_NULL(retired ? desk->now_ms : 0));
	error = done < 0 ? (int)done : trail_row(desk->txn, "annex", form.id);
	error = error < 0 ? error
			  : txn_change(desk->txn, "incoming", form.incoming_id,
				    form.incoming_version);
	desk_audit(desk, retired ? "annex.retire" : "annex.map", "annex", form.id,
		form.version + 1, (struct slice) { 0 });
	desk_answer(desk, form.id, form.version + 1);
	return error;
}

/* ---- filled in */

static struct slice preview(struct desk *desk, struct slice edits, int64_t rows)
{
	AUTO_BUF struct buf out;
	struct jw jw;
	buf_init(&out, edits.n + 1024);
	jw_init(&jw, &out);
	jw_object(&jw);
	jw_kv_bool(&jw, "dry_run", true);
	jw_kv_int(&jw, "rows", rows);
	jw_kv_int(&jw, "added", 0);
	jw_kv_int(&jw, "changed", 0);
	jw_kv_int(&jw, "same", 0);
	jw_kv_int(&jw, "refused", 0);
	jw_key(&jw, "errors");
	jw_array(&jw);
	jw_end(&jw);
	jw_key(&jw, "preview");
	jw_array(&jw);
	jw_raw(&jw, edits);
	jw_end(&jw);
	jw_end(&jw);
	return arena_dup(desk->arena, buf_slice(&out));
}

static int fill_put(struct desk *desk, const struct incoming_row *row, const struct form *form,
	struct slice edits, int64_t rows)
{
	int64_t id = txn_id(desk->txn);
	struct outbox_item item = { .id = id,
		.kind = SLICE("render"),
		.effect = arena_printf(desk->arena, "render|%lld", (long long)id),
		.record_kind = SLICE("annex_fill"),
		.record_id = id,
		.payload = SLICE("{}"),
		.trace = txn_trace(desk->txn) };
	int64_t done = sql_run(desk->db,
		"INSERT INTO annex_fill (id, version, annex_id, incoming_id, name, state, input,"
		" row_count, by_id, at_ms) VALUES ($1, 1, $2, $3, $4, 'waiting', $5, $6, $7, $8)",
		SQL_INT(id), SQL_INT(form->id), SQL_INT(row->id), SQL_TEXT(form->name),
		SQL_TEXT(edits), SQL_INT(rows), SQL_INT(desk->caller.person_id),
		SQL_INT(desk->now_ms));
	int error = done < 0 ? (int)done : trail_row(desk->txn, "annex_fill", id);
	error = error < 0 ? error : txn_change(desk->txn, "incoming", row->id, row->version);
	int put = error < 0 ? error : outbox_put(desk->txn, &item);
	desk_audit(desk, "annex.fill", "annex_fill", id, 1, (struct slice) { 0 });
	desk_answer(desk, id, 1);
	return put < 0 ? put : 0;
}

static int fill_admit(
	struct desk *desk, const struct incoming_row *row, const struct form *form)
{
	int64_t count = 0;
	if (secrecy_is_state_secret(incoming_secrecy(row))) {
		return desk_refuse(desk, E_INPUT, "incoming.state_secret", NULL);
	}
	if (incoming_terminal(row->state)) {
		return desk_refuse(desk, E_STATE, "incoming.no_such_step", NULL);
	}
	if (form->retired || form->mapped_at_ms == 0) {
		return desk_refuse(desk, E_STATE, "annex.unmapped", NULL);
	}
	int found = sql_int(desk->db, "SELECT count(*) FROM annex_fill WHERE incoming_id = $1",
		&count, SQL_INT(row->id));
	return found < 0            ? found
	       : count >= FILLS_MAX ? desk_refuse(desk, E_LIMIT, "upload.too_many", NULL)
				    : 0;
}

int desk_annex_fill(struct desk *desk)
{
	struct incoming_row row = { 0 };
	struct form form = { 0 };
	const struct json *list = NULL;
	struct slice edits = { 0 };
	int64_t rows = 0;
	bool dry = json_get_bool(desk->call->body, "dry_run", false);
	int error = incoming_open(desk, &row);
	error = error < 0 ? error : form_load(desk, desk->call->sub, &form);
	/* What is tried out may be a mapping nobody has kept yet. */
	error = error < 0 || !dry ? error : places_read(desk, &form.places);
	form.mapped_at_ms = dry ? desk->now_ms : form.mapped_at_ms;
	error = error < 0 ? error : fill_admit(desk, &row, &form);
	error = error < 0 ? error : json_parse(desk->arena, form.places, 0, &list, NULL);
	error = error < 0 ? error : annex_edits(desk, row.id, list, &edits, &rows);
	if (error == E_LIMIT) {
		return desk_refuse(desk, E_LIMIT, "annex.too_large", NULL);
	}
	if (error < 0 || !dry) {
		return error < 0 ? error : fill_put(desk, &row, &form, edits, rows);
	}
	desk->answer_report = preview(desk, edits, rows);
	desk_answer(desk, form.id, form.version);
	return 0;
}
