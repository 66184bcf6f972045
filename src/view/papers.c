/* SPDX-License-Identifier: Apache-2.0 */
/* Documents and attachments as bytes; who may see the record may see its papers. */
#include <errno.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "records/blob.h"
#include "view/notice_acts.h"
#include "view/notices.h"
#include "view/page.h"
#include "view/view.h"

/* A paper that is gone from its place is answered like one that never was. */
static int blob_fd(struct view *view, int64_t blob_id, int *ret_fd)
{
	struct blob_ref ref = { 0 };
	int error = view->env->blobs != NULL
			    ? blob_open(view->env->blobs, view->db, blob_id, ret_fd, &ref)
			    : blob_open_at(view->env->blobs_fd, view->db, blob_id, ret_fd);
	return error == -ENOENT ? E_ABSENT : error;
}

static void name_set(struct view *view, struct slice name, struct slice media)
{
	(void)snprintf(view->file_name, sizeof(view->file_name), "%.*s", SLICE_FMT(name));
	(void)snprintf(view->media, sizeof(view->media), "%.*s", SLICE_FMT(media));
}

/* Columns: 0 blob, 1 name, 2 media, 3 kind, 4 unit, 5 state of the notice. */
static int reached(struct view *view, struct stmt *q, int row)
{
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	int error = view_unit_reached(view, db_col_int64(q, 4));
	bool hidden = view_notice_hidden(view, db_col_text(q, 5)) ||
		      view_document_hidden(view, db_col_text(q, 3));
	return error < 0 || hidden ? E_ABSENT : 0;
}

static int give(struct view *view, const char *sql)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, sql, &q, SQL_INT(view->call->id));
	int error = reached(view, q, row);
	if (error < 0) {
		return error;
	}
	if (db_col_is_null(q, 0)) {
		return view_refuse(view, E_STATE, "document.not_ready", NULL);
	}
	name_set(view, db_col_text(q, 1), db_col_text(q, 2));
	return blob_fd(view, db_col_int64(q, 0), &view->download_fd);
}

#define MEDIA                                                                                  \
	"CASE COALESCE(d.format, 'pdf') WHEN 'pdf' THEN 'application/pdf' ELSE"                \
	" 'application/vnd.openxmlformats-officedocument.wordprocessingml.document' END"
/* What is of a superior's paper is for who may read that: view/incoming.h. */
#define OF_DOCUMENT                                                                            \
	" FROM document d LEFT JOIN notice n ON n.id = d.about_id AND d.about = 'notice'"      \
	" LEFT JOIN blob b ON b.id = d.blob_id WHERE d.id = $1 AND d.about <> 'incoming'"
#define WHOSE " d.kind, COALESCE(n.unit_id, d.reader_unit_id, 0), COALESCE(n.state, '')"

int view_documents_get(struct view *view)
{
	return give(view, "SELECT d.blob_id, d.name, " MEDIA "," WHOSE OF_DOCUMENT);
}

int view_documents_about(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT d.id, d.name, d.state," WHOSE
		", b.octets, d.created_at_ms, d.check_code" OF_DOCUMENT,
		&q, SQL_INT(view->call->id));
	int error = reached(view, q, row);
	if (error < 0) {
		return error;
	}
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
	jw_kv_str(&view->jw, "kind", db_col_text(q, 3));
	jw_kv_str(&view->jw, "name", db_col_text(q, 1));
	jw_kv_str(&view->jw, "state", db_col_text(q, 2));
	page_int_col(view, "octets", q, 6);
	jw_kv_int(&view->jw, "created_at", db_col_int64(q, 7));
	jw_kv_str(&view->jw, "check_code", db_col_text(q, 8));
	jw_end(&view->jw);
	return 0;
}

int view_attachments_get(struct view *view)
{
	return give(view,
		"SELECT a.blob_id, a.name, a.media, a.kind, n.unit_id, n.state"
		" FROM attachment a JOIN notice n ON n.id = a.about_id AND a.about = 'notice' WHERE a.id = $1");
}
