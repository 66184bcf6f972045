/* SPDX-License-Identifier: Apache-2.0 */
/* Forms of superiors: which there are for a paper, what stands in one, its bytes. */
#include "view/annexes.h"

#include <errno.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "records/blob.h"
#include "records/sql.h"
#include "view/incoming.h"
#include "view/page.h"
#include "view/view.h"
#include "workflow/annex.h"

enum { FORMS_MAX = 100 };

static void format_put(struct view *view, struct slice media)
{
	bool book = slice_find(media, SLICE("spreadsheetml")) != SIZE_MAX;
	jw_kv_str(&view->jw, "format", book ? SLICE("xlsx") : SLICE("docx"));
}

static int places_count(struct view *view, struct slice text)
{
	const struct json *list = NULL;
	return json_parse(view->arena, text, 0, &list, NULL) < 0 ? 0 : (int)json_count(list);
}

static int form_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	jw_kv_str(jw, "name", db_col_text(q, 2));
	format_put(view, db_col_text(q, 3));
	page_ref_col(view, "superior", q, 4);
	jw_kv_bool(jw, "own", db_col_int64(q, 6) != 0);
	page_int_col(view, "mapped_at", q, 7);
	jw_kv_int(jw, "places", places_count(view, db_col_text(q, 8)));
	jw_kv_int(jw, "fills", db_col_int64(q, 9));
	jw_kv_bool(jw, "retired", !db_col_is_null(q, 10));
	page_ref_col(view, "by", q, 11);
	jw_kv_int(jw, "at", db_col_int64(q, 13));
	jw_end(jw);
	return 0;
}

static int fill_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "annex_id", db_col_int64(q, 1));
	jw_kv_str(jw, "name", db_col_text(q, 2));
	jw_kv_str(jw, "state", db_col_text(q, 3));
	jw_kv_int(jw, "rows", db_col_int64(q, 4));
	page_text_col(view, "problem", q, 5);
	page_int_col(view, "attachment_id", q, 6);
	page_ref_col(view, "by", q, 7);
	jw_kv_int(jw, "at", db_col_int64(q, 9));
	jw_end(jw);
	return 0;
}

/* Those of the paper, and of its superior those in use: a form without a superior is of its paper alone. */
#define FORMS_SQL                                                                              \
	"SELECT a.id, a.version, a.name, a.media, a.superior_id, s.name,"                      \
	" CASE WHEN a.incoming_id = i.id THEN 1 ELSE 0 END, a.mapped_at_ms, a.places,"         \
	" (SELECT count(*) FROM annex_fill f WHERE f.annex_id = a.id), a.retired_at_ms,"       \
	" a.by_id, p.name, a.at_ms FROM incoming i JOIN annex a ON a.incoming_id = i.id"       \
	" OR (a.superior_id = i.superior_id AND a.retired_at_ms IS NULL)"                      \
	" LEFT JOIN superior s ON s.id = a.superior_id JOIN person p ON p.id = a.by_id"        \
	" WHERE i.id = $1 ORDER BY 7 DESC, a.id DESC LIMIT $2"
#define FILLS_SQL                                                                              \
	"SELECT f.id, f.annex_id, f.name, f.state, f.row_count, f.problem, f.attachment_id,"   \
	" f.by_id, p.name, f.at_ms FROM annex_fill f JOIN person p ON p.id = f.by_id"          \
	" WHERE f.incoming_id = $1 ORDER BY f.id DESC LIMIT $2"

int view_annexes_list(struct view *view)
{
	AUTO_STMT struct stmt *forms = NULL;
	AUTO_STMT struct stmt *fills = NULL;
	int64_t id = view_param_int(view, "incoming", 0);
	int64_t found = 0;
	int there =
		sql_int(view->db, "SELECT id FROM incoming WHERE id = $1", &found, SQL_INT(id));
	if (there <= 0) {
		return there < 0 ? there : E_ABSENT;
	}
	jw_object(&view->jw);
	int opened = sql_query(view->db, FORMS_SQL, &forms, SQL_INT(id), SQL_INT(FORMS_MAX));
	int error = page_list(view, "forms", opened, forms, form_put);
	opened = sql_query(view->db, FILLS_SQL, &fills, SQL_INT(id), SQL_INT(FORMS_MAX));
	error = error < 0 ? error : page_list(view, "fills", opened, fills, fill_put);
	jw_end(&view->jw);
	return error;
}

static void facts_put(struct view *view)
{
	jw_key(&view->jw, "facts");
	jw_array(&view->jw);
	for (unsigned i = 0; i < ANNEX_FACT_COUNT; i++) {
		jw_object(&view->jw);
		jw_kv_str(&view->jw, "id", slice_str(name_id(&annex_fact_names, i)));
		jw_kv_str(
			&view->jw, "name", slice_str(name_text(&annex_fact_names, i, LANG_ZH)));
		jw_kv_bool(&view->jw, "of_row", i >= ANNEX_FACT_FIRST_OF_ROW);
		jw_end(&view->jw);
	}
	jw_end(&view->jw);
}

int view_annexes_get(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	struct jw *jw = &view->jw;
	int row = sql_query(view->db,
		"SELECT a.id, a.version, a.name, a.media, a.superior_id, s.name, a.mapped_at_ms,"
		" a.mapped_by, p.name, a.retired_at_ms, a.cells, a.places FROM annex a"
		" LEFT JOIN superior s ON s.id = a.superior_id"
		" LEFT JOIN person p ON p.id = a.mapped_by WHERE a.id = $1",
		&q, SQL_INT(view->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	view->version = db_col_int64(q, 1);
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	jw_kv_str(jw, "name", db_col_text(q, 2));
	format_put(view, db_col_text(q, 3));
	page_ref_col(view, "superior", q, 4);
	page_int_col(view, "mapped_at", q, 6);
	page_ref_col(view, "mapped_by", q, 7);
	jw_kv_bool(jw, "retired", !db_col_is_null(q, 9));
	jw_key(jw, "cells");
	jw_raw(jw, db_col_text(q, 10));
	jw_key(jw, "places");
	jw_raw(jw, db_col_text(q, 11));
	facts_put(view);
	jw_end(jw);
	return 0;
}

int view_annexes_file(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	struct blob_ref ref = { 0 };
	int row = sql_query(view->db,
		"SELECT a.blob_id, a.name, a.media, i.secrecy FROM annex a JOIN incoming i"
		" ON i.id = a.incoming_id WHERE a.id = $1",
		&q, SQL_INT(view->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	if (!slice_is(db_col_text(q, 3), "public") &&
		view_incoming_is_handheld(view->call->agent)) {
		return view_refuse(view, E_DENIED, "incoming.not_on_phones", NULL);
	}
	(void)snprintf(
		view->file_name, sizeof(view->file_name), "%.*s", SLICE_FMT(db_col_text(q, 1)));
	(void)snprintf(view->media, sizeof(view->media), "%.*s", SLICE_FMT(db_col_text(q, 2)));
	int64_t blob_id = db_col_int64(q, 0);
	int error = view->env->blobs != NULL ? blob_open(view->env->blobs, view->db, blob_id,
						       &view->download_fd, &ref)
					     : blob_open_at(view->env->blobs_fd, view->db,
						       blob_id, &view->download_fd);
	return error == -ENOENT ? E_ABSENT : error;
}
