/* SPDX-License-Identifier: Apache-2.0 */
#include "view/audit_log.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "view/page.h"
#include "view/view.h"

/* Entries looked at for one page when a filter lets few through. */
enum { LOOKED_AT_MAX = 20000 };

struct filter {
	int64_t actor;
	int64_t id;
	struct slice kind;
	struct slice act;
};

static bool passes(const struct filter *f, const struct json *entry)
{
	return (f->actor == 0 || json_get_int(entry, "actor", 0) == f->actor) &&
		(f->id == 0 || json_get_int(entry, "id", 0) == f->id) &&
		(f->kind.n == 0 || slice_eq(json_get_str(entry, "kind"), f->kind)) &&
		(f->act.n == 0 || slice_starts(json_get_str(entry, "act"), f->act));
}

static struct slice actor_name(struct view *view, int64_t person_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = person_id == 0 ? 0 : sql_query(view->db, "SELECT name FROM person WHERE id = $1", &q, SQL_INT(person_id));
	row = person_id == 0 || row < 0 ? 0 : db_step(q);
	return row == 1 ? arena_dup(view->arena, db_col_text(q, 0)) : (struct slice){ 0 };
}

static void value_put(struct view *view, const char *name, const struct json *value)
{
	jw_key(&view->jw, name);
	if (value == NULL) {
		jw_null(&view->jw);
	} else {
		jw_value(&view->jw, value);
	}
}

static void entry_put(struct view *view, int64_t seq, int64_t at_ms, const struct json *entry)
{
	struct slice actor = actor_name(view, json_get_int(entry, "actor", 0));
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "seq", seq);
	jw_kv_int(&view->jw, "at", at_ms);
	jw_kv_opt(&view->jw, "actor", actor);
	value_put(view, "role", json_get(entry, "role"));
	value_put(view, "act", json_get(entry, "act"));
	value_put(view, "kind", json_get(entry, "kind"));
	value_put(view, "id", json_get(entry, "id"));
	value_put(view, "version", json_get(entry, "version"));
	value_put(view, "reason", json_get(entry, "reason"));
	value_put(view, "trace", json_get(entry, "trace"));
	jw_end(&view->jw);
}

int view_audit(struct view *view)
{
	struct page page;
	int error = page_begin(view, &page);
	if (error < 0) {
		return error;
	}
	struct filter filter = { view_param_int(view, "actor", 0), view_param_int(view, "id", 0),
		view_param(view, "kind"), view_param(view, "act") };
	int64_t before = page.has_cursor ? page.after_id : INT64_MAX;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT seq, at_ms, entry FROM audit_entry WHERE seq < $1 AND at_ms >= $2 AND at_ms <= $3"
		" ORDER BY seq DESC LIMIT $4",
		&q, SQL_INT(before), SQL_INT(view_param_int(view, "from", 0)),
		SQL_INT(view_param_int(view, "to", INT64_MAX)), SQL_INT(LOOKED_AT_MAX));
	while (row >= 0 && (row = db_step(q)) == 1) {
		const struct json *entry = NULL;
		struct slice text = arena_dup(view->arena, db_col_text(q, 2));
		if (json_parse(view->arena, text, 0, &entry, NULL) < 0 || !passes(&filter, entry)) {
			continue;
		}
		if (!page_take(&page, 0, db_col_int64(q, 0))) {
			break;
		}
		entry_put(view, db_col_int64(q, 0), db_col_int64(q, 1), entry);
	}
	page_end(view, &page, -1);
	return row < 0 ? row : 0;
}

int view_audit_state(struct view *view)
{
	int64_t size = 0;
	int row = sql_int_args(view->db, "SELECT max(seq) FROM audit_entry", &size, NULL, 0);
	if (row < 0) {
		return row;
	}
	AUTO_STMT struct stmt *q = NULL;
	row = db_prepare(view->db, "SELECT size, root, at_ms FROM audit_head ORDER BY size DESC LIMIT 1", &q);
	row = row < 0 ? row : db_step(q);
	if (row < 0) {
		return row;
	}
	AUTO_BUF struct buf root;
	buf_init(&root, 256);
	if (row == 1) {
		buf_put_hex(&root, db_col_blob(q, 1));
	}
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "size", size);
	jw_kv_str(jw, "root", buf_slice(&root));
	jw_kv_int(jw, "signed_size", row == 1 ? db_col_int64(q, 0) : 0);
	if (row == 1) {
		jw_kv_int(jw, "signed_at", db_col_int64(q, 2));
	}
	jw_end(jw);
	return 0;
}
