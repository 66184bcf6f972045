/* SPDX-License-Identifier: Apache-2.0 */
/* Documents and attachments as bytes; who may see the record may see its papers. */
#include <fcntl.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "records/blob.h"
#include "view/notice_acts.h"
#include "view/notices.h"
#include "view/view.h"

/* Embedded: the folder's descriptor is all query has.  Else the store opens it. */
static int blob_fd(struct view *view, int64_t blob_id, struct slice sm3, int *ret_fd)
{
	struct blob_ref ref = { 0 };
	if (view->env->blobs != NULL) {
		return blob_open(view->env->blobs, view->db, blob_id, ret_fd, &ref);
	}
	AUTO_BUF struct buf hex;
	buf_init(&hex, 256);
	buf_put_hex(&hex, sm3);
	struct slice path =
		arena_printf(view->arena, "%.2s/%s", (const char *)hex.p, (const char *)hex.p + 2);
	*ret_fd = openat(
		view->env->blobs_fd, (const char *)path.p, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return *ret_fd < 0 ? E_ABSENT : 0;
}

static void name_set(struct view *view, struct slice name, struct slice media)
{
	(void)snprintf(view->file_name, sizeof(view->file_name), "%.*s", SLICE_FMT(name));
	(void)snprintf(view->media, sizeof(view->media), "%.*s", SLICE_FMT(media));
}

/* Columns: 0 blob, 1 sm3, 2 name, 3 media, 4 kind, 5 unit, 6 state of the notice. */
static int give(struct view *view, const char *sql)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, sql, &q, SQL_INT(view->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	int error = view_unit_reached(view, db_col_int64(q, 5));
	if (error < 0 || view_notice_hidden(view, db_col_text(q, 6)) ||
		view_document_hidden(view, db_col_text(q, 4))) {
		return E_ABSENT;
	}
	if (db_col_is_null(q, 0)) {
		return view_refuse(view, E_STATE, "document.not_ready", NULL);
	}
	name_set(view, db_col_text(q, 2), db_col_text(q, 3));
	return blob_fd(view, db_col_int64(q, 0), arena_dup(view->arena, db_col_blob(q, 1)),
		&view->download_fd);
}

int view_documents_get(struct view *view)
{
	return give(view,
		"SELECT d.blob_id, b.sm3, d.name, 'application/pdf', d.kind, n.unit_id, n.state"
		" FROM document d JOIN notice n ON n.id = d.about_id AND d.about = 'notice'"
		" LEFT JOIN blob b ON b.id = d.blob_id WHERE d.id = $1");
}

int view_attachments_get(struct view *view)
{
	return give(view,
		"SELECT a.blob_id, b.sm3, a.name, a.media, a.kind, n.unit_id, n.state"
		" FROM attachment a JOIN notice n ON n.id = a.about_id AND a.about = 'notice'"
		" JOIN blob b ON b.id = a.blob_id WHERE a.id = $1");
}
