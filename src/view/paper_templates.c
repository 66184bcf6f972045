/* SPDX-License-Identifier: Apache-2.0 */
/* A school's own Word files: which there are, and their bytes. */
#include <errno.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/paper.h"
#include "records/blob.h"
#include "view/notices.h"
#include "view/page.h"
#include "view/view.h"

enum { FILES_MAX = 500 };

#define WORD "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

static void digest_put(struct view *view, const char *key, struct slice octets)
{
	AUTO_BUF struct buf hex;
	buf_init(&hex, 256);
	buf_put_hex(&hex, octets);
	jw_kv_str(&view->jw, key, buf_slice(&hex));
}

static int file_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
	jw_kv_str(&view->jw, "kind", db_col_text(q, 1));
	jw_kv_str(&view->jw, "name", db_col_text(q, 2));
	jw_kv_str(&view->jw, "state", db_col_text(q, 3));
	digest_put(view, "sm3", db_col_blob(q, 4));
	digest_put(view, "sha256", db_col_blob(q, 5));
	jw_kv_int(&view->jw, "octets", db_col_int64(q, 6));
	page_ref_col(view, "by", q, 7);
	jw_kv_int(&view->jw, "at", db_col_int64(q, 9));
	jw_end(&view->jw);
	return 0;
}

int view_paper_templates_list(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT t.id, t.kind, t.name, t.state, b.sm3, b.sha256, b.octets, t.by_id, p.name,"
		" t.at_ms FROM paper_template t JOIN blob b ON b.id = t.blob_id"
		" JOIN person p ON p.id = t.by_id ORDER BY t.id DESC LIMIT $1",
		&q, SQL_INT(FILES_MAX));
	jw_object(&view->jw);
	jw_key(&view->jw, "kinds");
	jw_array(&view->jw);
	for (unsigned kind = 0; kind < PAPER_BATCH; kind++) {
		jw_str(&view->jw, slice_str(name_id(&paper_kind_names, kind)));
	}
	jw_end(&view->jw);
	int error = page_list(view, "templates", opened, q, file_put);
	jw_end(&view->jw);
	return error;
}

int view_paper_templates_get(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	struct blob_ref ref = { 0 };
	int row = sql_query(view->db, "SELECT blob_id, name FROM paper_template WHERE id = $1",
		&q, SQL_INT(view->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	(void)snprintf(
		view->file_name, sizeof(view->file_name), "%.*s", SLICE_FMT(db_col_text(q, 1)));
	(void)snprintf(view->media, sizeof(view->media), "%s", WORD);
	int64_t blob_id = db_col_int64(q, 0);
	int error = view->env->blobs != NULL ? blob_open(view->env->blobs, view->db, blob_id,
						       &view->download_fd, &ref)
					     : blob_open_at(view->env->blobs_fd, view->db,
						       blob_id, &view->download_fd);
	return error == -ENOENT ? E_ABSENT : error;
}
