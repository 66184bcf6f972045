/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries are canonical text without columns to search by, so a page looks at
 * a bounded number of them and gives a cursor to go on from where it stopped.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "view/overview.h"
#include "view/page.h"
#include "view/view.h"
#include "workflow/explain.h"

enum { AUDIT_SCAN_MAX = 5000 };

struct wanted {
	struct slice act;
	struct slice kind;
	int64_t id;
	struct slice actor; /* a name, or an id */
};

static int actor_name(struct view *view, int64_t id, struct slice *ret_name)
{
	AUTO_STMT struct stmt *q = NULL;
	*ret_name = (struct slice) { 0 };
	if (id == 0) {
		return 0;
	}
	int row = sql_query(view->db, "SELECT name FROM person WHERE id = $1", &q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		*ret_name = arena_dup(view->arena, db_col_text(q, 0));
	}
	return row < 0 ? row : 0;
}

static bool wants(const struct wanted *w, const struct json *entry, struct slice name)
{
	bool actor = w->actor.n == 0 || slice_find(name, w->actor) != SIZE_MAX;
	return actor && (w->act.n == 0 || slice_eq(json_get_str(entry, "act"), w->act)) &&
	       (w->kind.n == 0 || slice_eq(json_get_str(entry, "kind"), w->kind)) &&
	       (w->id == 0 || json_get_int(entry, "id", 0) == w->id);
}

static void number_put(struct view *view, const char *key, const struct json *entry)
{
	int64_t value = 0;
	jw_key(&view->jw, key);
	if (json_int(json_get(entry, key), &value)) {
		jw_int(&view->jw, value);
	} else {
		jw_null(&view->jw);
	}
}

/* "word value" as it is kept, or by which entry it went. */
static int value_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	struct slice text = arena_dup(view->arena, db_col_text(q, 0));
	struct slice word = slice_head(text, slice_find(text, SLICE(" ")));
	jw_object(jw);
	jw_kv_opt(jw, "word", word);
	jw_kv_opt(jw, "value", slice_skip(text, word.n + 1));
	page_int_col(view, "erased_by", q, 1);
	jw_end(jw);
	return 0;
}

static int personal_put(struct view *view, int64_t seq, const struct json *entry)
{
	if (json_count(json_get(entry, "personal")) == 0) {
		jw_key(&view->jw, "personal");
		jw_array(&view->jw);
		jw_end(&view->jw);
		return 0;
	}
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT value, erased_by FROM audit_personal WHERE seq = $1 ORDER BY n", &q,
		SQL_INT(seq));
	return page_list(view, "personal", opened, q, value_put);
}

static int entry_put(struct view *view, int64_t seq, int64_t at_ms, const struct json *entry,
	struct slice name)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "seq", seq);
	jw_kv_int(jw, "at", at_ms);
	jw_kv_opt(jw, "actor", name);
	jw_kv_opt(jw, "role", json_get_str(entry, "role"));
	jw_kv_str(jw, "act", json_get_str(entry, "act"));
	jw_kv_str(jw, "kind", json_get_str(entry, "kind"));
	number_put(view, "id", entry);
	number_put(view, "version", entry);
	jw_kv_opt(jw, "reason", json_get_str(entry, "reason"));
	jw_kv_opt(jw, "trace", json_get_str(entry, "trace"));
	int error = personal_put(view, seq, entry);
	jw_end(jw);
	return error;
}

/* 1 go on, 0 the page is full. */
static int entry_look(
	struct view *view, struct page *page, const struct wanted *w, struct stmt *q)
{
	const struct json *entry = NULL;
	struct slice name = { 0 };
	int64_t seq = db_col_int64(q, 0);
	struct slice text = arena_dup(view->arena, db_col_text(q, 2));
	if (json_parse(view->arena, text, 0, &entry, NULL) < 0) {
		return 1; /* audit verify names it */
	}
	int error = actor_name(view, json_get_int(entry, "actor", 0), &name);
	if (error < 0) {
		return error;
	}
	if (wants(w, entry, name)) {
		if (!page_take(page, 0, seq)) {
			return 0;
		}
		error = entry_put(view, seq, db_col_int64(q, 1), entry, name);
	}
	return error < 0 ? error : 1;
}

int view_audit_list(struct view *view)
{
	struct page page;
	struct wanted wanted = { view_param(view, "act"), view_param(view, "kind"),
		view_param_int(view, "id", 0), view_param(view, "actor") };
	AUTO_STMT struct stmt *q = NULL;
	int64_t looked = 0;
	int64_t last = 0;
	int row = page_begin(view, &page);
	if (row == 0) {
		row = sql_query(view->db,
			"SELECT seq, at_ms, entry FROM audit_entry WHERE seq < $1"
			" AND at_ms >= $2 AND at_ms < $3 ORDER BY seq DESC LIMIT $4",
			&q, SQL_INT(page.has_cursor ? page.after_id : INT64_MAX),
			SQL_INT(view_param_int(view, "from", 0)),
			SQL_INT(view_param_int(view, "to", INT64_MAX)),
			SQL_INT(AUDIT_SCAN_MAX));
	}
	int more = 1;
	while (row >= 0 && more == 1 && (row = db_step(q)) == 1) {
		last = db_col_int64(q, 0);
		looked++;
		more = entry_look(view, &page, &wanted, q);
	}
	if (row < 0 || more < 0) {
		return row < 0 ? row : more;
	}
	if (looked == AUDIT_SCAN_MAX && !page.more) {
		page.more = true;
		page.last_id = last;
	}
	page_end(view, &page, -1);
	return 0;
}

/* The last verification; null before the first. */
static int check_put(struct view *view)
{
	struct jw *jw = &view->jw;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query_args(view->db,
		"SELECT began_at_ms, at_ms, ok, entries, personal, erased, erased_by, problems, found, error"
		" FROM audit_check ORDER BY id DESC LIMIT 1",
		&q, NULL, 0);
	row = row < 0 ? row : db_step(q);
	jw_key(jw, "last_check");
	if (row != 1) {
		jw_null(jw);
		return row;
	}
	jw_object(jw);
	jw_kv_int(jw, "began_at", db_col_int64(q, 0));
	jw_kv_int(jw, "at", db_col_int64(q, 1));
	jw_kv_bool(jw, "ok", db_col_int64(q, 2) == 1);
	jw_kv_int(jw, "entries", db_col_int64(q, 3));
	jw_kv_int(jw, "personal", db_col_int64(q, 4));
	jw_kv_int(jw, "erased", db_col_int64(q, 5));
	page_json_col(view, "erased_by", q, 6);
	jw_kv_int(jw, "problems", db_col_int64(q, 7));
	page_json_col(view, "found", q, 8);
	page_text_col(view, "error", q, 9);
	jw_end(jw);
	return 0;
}

/* Does a process verify at this moment? */
static bool is_checking(struct view *view)
{
	const struct json *health = NULL;
	if (view->env->health.n == 0 ||
		json_parse(view->arena, view->env->health, 0, &health, NULL) < 0) {
		return false;
	}
	const struct json *role = json_first(json_get(health, "roles"));
	while (role != NULL && !slice_is(json_get_str(role, "role"), "verify")) {
		role = json_next(role);
	}
	return role != NULL;
}

int view_audit_state(struct view *view)
{
	int64_t size = 0;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_int_args(view->db,
		"SELECT value FROM counter WHERE series = 'audit' AND year = 0", &size, NULL,
		0);
	row = row < 0 ? row
		      : sql_query_args(view->db,
				"SELECT size, root, at_ms FROM audit_head"
				" ORDER BY size DESC LIMIT 1",
				&q, NULL, 0);
	row = row < 0 ? row : db_step(q);
	if (row < 0) {
		return row;
	}
	AUTO_BUF struct buf root;
	buf_init(&root, 256);
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "size", size);
	if (row == 1) {
		buf_put_hex(&root, db_col_blob(q, 1));
		jw_kv_str(&view->jw, "root", buf_slice(&root));
		jw_kv_int(&view->jw, "signed_size", db_col_int64(q, 0));
		page_int_col(view, "signed_at", q, 2);
	} else {
		jw_kv_str(&view->jw, "root", SLICE(""));
		jw_kv_int(&view->jw, "signed_size", 0);
	}
	jw_kv_bool(&view->jw, "checking", is_checking(view));
	int error = check_put(view);
	jw_end(&view->jw);
	return error < 0 ? error : 0;
}

static int told(struct view *view, const struct explanation *explanation)
{
	explain_put_json(&view->jw, explanation);
	return 0;
}

/* Records with one deadline of a unit: unit, due, inner due, derivation. */
static const struct {
	const char *kind;
	enum route_id route;
	const char *sql;
} explained[] = {
	{ "incoming", ROUTE_INCOMING_GET,
		"SELECT 0, due_at_ms, inner_due_at_ms, NULL FROM incoming WHERE id = $1" },
	{ "selfcheck", ROUTE_SELFCHECKS_GET,
		"SELECT unit_id, due_at_ms, 0, due_json FROM selfcheck WHERE id = $1" },
	{ "task", ROUTE_TASKS_GET,
		"SELECT unit_id, due_at_ms, 0, due_json FROM task WHERE id = $1" },
};

enum { EXPLAINED = sizeof(explained) / sizeof(explained[0]) };

/* A superior's day as it was given, or one's own as it was counted or named. */
static int explain_other(struct view *view, size_t which)
{
	AUTO_STMT struct stmt *q = NULL;
	struct due due = { 0 };
	struct explanation explanation = { 0 };
	bool paper = slice_is(view->call->key, "incoming");
	enum scope scope = access_scope(&view->caller, explained[which].route);
	int row = sql_query(view->db, explained[which].sql, &q, SQL_INT(view->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0 || !access_covers(&view->caller, scope, db_col_int64(q, 0)) ||
		db_col_is_null(q, 1)) {
		return row < 0 ? row : E_ABSENT;
	}
	if (paper) {
		explain_superior(db_col_int64(q, 1), db_col_int64(q, 2), &explanation);
	} else if (db_col_is_null(q, 3)) {
		explain_given(db_col_int64(q, 1), &explanation);
	} else if (due_parse_json(arena_dup(view->arena, db_col_text(q, 3)), &due, NULL) < 0) {
		return E_STORE;
	} else {
		explain_due(&due, &explanation);
	}
	return told(view, &explanation);
}

int view_explain_get(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	struct due due = { 0 };
	struct explanation explanation = { 0 };
	for (size_t i = 0; i < EXPLAINED; i++) {
		if (slice_is(view->call->key, explained[i].kind)) {
			return explain_other(view, i);
		}
	}
	if (!slice_is(view->call->key, "notice")) {
		return E_ABSENT;
	}
	int row = sql_query(view->db, "SELECT unit_id, due_json FROM notice WHERE id = $1", &q,
		SQL_INT(view->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	int error = view_unit_reached(view, db_col_int64(q, 0));
	if (error < 0 || db_col_is_null(q, 1)) {
		return E_ABSENT;
	}
	error = due_parse_json(arena_dup(view->arena, db_col_text(q, 1)), &due, NULL);
	if (error < 0) {
		return E_STORE;
	}
	explain_due(&due, &explanation);
	explain_put_json(&view->jw, &explanation);
	return 0;
}
