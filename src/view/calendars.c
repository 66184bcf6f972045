/* SPDX-License-Identifier: Apache-2.0 */
#include "view/calendars.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "records/sql.h"
#include "view/page.h"
#include "view/view.h"

enum { YEARS_MAX = 32, UNITS_MAX = 200 };

static void list_copy(struct view *view, const char *name, const struct json *list)
{
	jw_key(&view->jw, name);
	jw_array(&view->jw);
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		jw_str(&view->jw, json_str(item));
	}
	jw_end(&view->jw);
}

static int year_put(struct view *view, struct stmt *q)
{
	const struct json *root = NULL;
	struct slice text = arena_dup(view->arena, db_col_text(q, 0));
	if (json_parse(view->arena, text, 0, &root, NULL) < 0) {
		return E_STORE;
	}
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "year", json_get_int(root, "year", 0));
	jw_kv_str(&view->jw, "version", json_get_str(root, "version"));
	list_copy(view, "off", json_get(root, "off"));
	list_copy(view, "work", json_get(root, "work"));
	jw_end(&view->jw);
	return 0;
}

static int years_put(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT v.text FROM policy_version v WHERE v.kind = 'calendar'"
		" AND v.subject LIKE 'calendar-2%' AND v.edition = (SELECT max(o.edition)"
		" FROM policy_version o WHERE o.subject = v.subject)"
		" ORDER BY v.subject LIMIT $1",
		&q, SQL_INT(YEARS_MAX));
	return page_list(view, "years", opened, q, year_put);
}

static void spans_put(struct view *view, const struct json *list)
{
	static const char *const members[] = { "from", "to", "kind" };
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		jw_object(&view->jw);
		for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
			jw_kv_str(&view->jw, members[i], json_get_str(item, members[i]));
		}
		jw_kv_opt(&view->jw, "reason", json_get_str(item, "reason"));
		jw_end(&view->jw);
	}
}

/* "name":[…] of the latest text of a subject; its edition, 0 without one. */
static int layer_put(
	struct view *view, const char *name, struct slice subject, int64_t *ret_edition)
{
	const struct json *root = NULL;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT text, edition FROM policy_version WHERE subject = $1"
		" ORDER BY edition DESC LIMIT 1",
		&q, SQL_TEXT(subject));
	row = row < 0 ? row : db_step(q);
	*ret_edition = row == 1 ? db_col_int64(q, 1) : 0;
	if (row == 1 && json_parse(view->arena, arena_dup(view->arena, db_col_text(q, 0)), 0,
				&root, NULL) < 0) {
		row = E_STORE;
	}
	jw_key(&view->jw, name);
	jw_array(&view->jw);
	spans_put(view, json_get(root, "spans"));
	jw_end(&view->jw);
	return row < 0 ? row : 0;
}

static int unit_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
	jw_kv_str(&view->jw, "name", db_col_text(q, 1));
	jw_end(&view->jw);
	return 0;
}

static int units_put(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT u.id, u.name FROM unit u WHERE u.valid_to_ms IS NULL"
		" AND ($1 = 0 OR u.id = $1) AND EXISTS (SELECT 1 FROM policy_version v"
		" WHERE v.subject = 'calendar-unit-' || u.id) ORDER BY u.id LIMIT $2",
		&q, SQL_INT(view_unit_filter(view)), SQL_INT(UNITS_MAX));
	return page_list(view, "units", opened, q, unit_put);
}

static int unit_ref_put(struct view *view, int64_t unit_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(
		view->db, "SELECT id, name FROM unit WHERE id = $1", &q, SQL_INT(unit_id));
	row = row < 0 ? row : db_step(q);
	page_ref(view, "unit", row == 1 ? db_col_int64(q, 0) : 0,
		row == 1 ? db_col_text(q, 1) : (struct slice) { 0 });
	return row < 0 ? row : row == 0 && unit_id != 0 ? E_ABSENT : 0;
}

int view_calendars_get(struct view *view)
{
	int64_t edition = 0;
	int64_t school_edition = 0;
	int64_t unit_id = view_param_int(view, "unit_id", 0);
	struct slice subject = arena_printf(
		view->arena, "calendar-unit-%lld", (long long)(unit_id < 0 ? 0 : unit_id));
	if (unit_id != 0 && view_unit_reached(view, unit_id) < 0) {
		return E_ABSENT;
	}
	jw_object(&view->jw);
	int error = unit_ref_put(view, unit_id);
	error = error < 0
			? error
			: layer_put(view, "school", SLICE("calendar-school"), &school_edition);
	error = error < 0 ? error : layer_put(view, "own", subject, &edition);
	jw_kv_int(&view->jw, "edition", unit_id == 0 ? school_edition : edition);
	error = error < 0 ? error : years_put(view);
	error = error < 0 ? error : units_put(view);
	jw_end(&view->jw);
	return error;
}
