/* SPDX-License-Identifier: Apache-2.0 */
#include "view/rules.h"

#include "base/arena.h"
#include "detect/metric_rule.h"
#include "view/view.h"

static int firing_put(struct view *view, struct slice key)
{
	int64_t firing = 0;
	int found = sql_int(view->db,
		"SELECT count(*) FROM alert WHERE state = 'firing' AND source = 'detect'"
		" AND check_key = $1",
		&firing, SQL_TEXT(key));
	jw_kv_int(&view->jw, "firing", firing);
	return found < 0 ? found : 0;
}

static const struct metric_rule *shipped_of(const struct view *view, struct slice key)
{
	const struct rule_shelf_view *shelf = view->env->rules;
	for (size_t i = 0; shelf != NULL && i < shelf->count; i++) {
		if (slice_eq(shelf->rules[i].id, key)) {
			return &shelf->rules[i];
		}
	}
	return NULL;
}

static int own_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	struct slice replaces = db_col_text(q, 3);
	struct slice key = replaces.n > 0 ? arena_dup(view->arena, replaces)
					  : arena_printf(view->arena, "rule-%lld",
						    (long long)db_col_int64(q, 0));
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	jw_kv_str(jw, "key", key);
	jw_kv_str(jw, "name", db_col_text(q, 2));
	jw_kv_bool(jw, "shipped", shipped_of(view, key) != NULL);
	jw_kv_bool(jw, "enabled", db_col_int64(q, 4) != 0);
	jw_key(jw, "definition");
	jw_raw(jw, db_col_text(q, 5));
	jw_kv_int(jw, "changed_at", db_col_int64(q, 6));
	int error = firing_put(view, key);
	jw_end(jw);
	return error;
}

static int owns_put(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = db_prepare(view->db,
		"SELECT id, version, name, replaces, enabled, definition, changed_at_ms"
		" FROM metric_rule WHERE deleted_at_ms IS NULL ORDER BY id",
		&q);
	while (row >= 0 && (row = db_step(q)) == 1) {
		int error = own_put(view, q);
		row = error < 0 ? error : row;
	}
	return row < 0 ? row : 0;
}

static int shipped_put(struct view *view, size_t at)
{
	const struct metric_rule *rule = &view->env->rules->rules[at];
	struct jw *jw = &view->jw;
	int64_t replaced = 0;
	int found = sql_int(view->db,
		"SELECT count(*) FROM metric_rule WHERE replaces = $1 AND deleted_at_ms IS NULL",
		&replaced, SQL_TEXT(rule->id));
	if (found < 0 || replaced > 0) {
		return found < 0 ? found : 0;
	}
	jw_object(jw);
	jw_kv_str(jw, "key", rule->id);
	jw_kv_str(jw, "name", rule->name);
	jw_kv_opt(jw, "name_en", rule->name_en);
	jw_kv_bool(jw, "shipped", true);
	jw_kv_bool(jw, "enabled", true);
	jw_key(jw, "definition");
	jw_raw(jw, view->env->rules->texts[at]);
	int error = firing_put(view, rule->id);
	jw_end(jw);
	return error;
}

int view_rules_list(struct view *view)
{
	const struct rule_shelf_view *shelf = view->env->rules;
	jw_object(&view->jw);
	jw_key(&view->jw, "items");
	jw_array(&view->jw);
	int error = owns_put(view);
	for (size_t i = 0; shelf != NULL && i < shelf->count && error >= 0; i++) {
		error = shipped_put(view, i);
	}
	jw_end(&view->jw);
	jw_end(&view->jw);
	return error;
}
