/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/rules.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/patch.h"
#include "desk/words.h"
#include "detect/metric_rule.h"
#include "records/sql.h"

enum { DEFINITION_MAX_OCTETS = 8192, RULES_MAX = 256 };

struct rule_row {
	int64_t id; /* 0 = not stored yet */
	int64_t version;
	struct slice name;
	struct slice replaces;
	struct slice definition;
	bool enabled;
};

static int row_load(struct desk *desk, int64_t id, struct rule_row *ret_row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT id, version, name, replaces, definition, enabled FROM metric_rule"
		" WHERE id = $1 AND deleted_at_ms IS NULL",
		&q, SQL_INT(id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	*ret_row = (struct rule_row) {
		.id = db_col_int64(q, 0),
		.version = db_col_int64(q, 1),
		.name = arena_dup(desk->arena, db_col_text(q, 2)),
		.replaces = arena_dup(desk->arena, db_col_text(q, 3)),
		.definition = arena_dup(desk->arena, db_col_text(q, 4)),
		.enabled = db_col_int64(q, 5) != 0,
	};
	return 0;
}

/* What it is called in signals: the shipped rule's name when it stands for one. */
static struct slice key_of(struct desk *desk, const struct rule_row *row)
{
	return row->replaces.n > 0 ? row->replaces
				   : arena_printf(desk->arena, "rule-%lld", (long long)row->id);
}

/* The given definition under our name for it; names within are not the body's to say. */
static int definition_put(struct desk *desk, const struct rule_row *row,
	const struct json *given, struct buf *out)
{
	static const char *const ours[] = { "id", "name", "name_en", "replaces" };
	struct jw jw;
	jw_init(&jw, out);
	jw_object(&jw);
	jw_kv_str(&jw, "id", key_of(desk, row));
	jw_kv_str(&jw, "name", row->name);
	for (const struct json *m = json_first(given); m != NULL; m = json_next(m)) {
		bool skip = json_type(m) == JSON_NULL;
		for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
			skip = skip || slice_is(json_name(m), ours[i]);
		}
		if (!skip) {
			jw_key_slice(&jw, json_name(m));
			jw_value(&jw, m);
		}
	}
	jw_end(&jw);
	return out->failed ? desk_refuse(desk, E_INPUT, "input.too_long", "definition") : 0;
}

static int scope_check(struct desk *desk, const struct metric_rule *rule)
{
	static const char *const questions[] = {
		[METRIC_UNIT] = "SELECT 1 FROM unit WHERE id = $1",
		[METRIC_ASSET] = "SELECT 1 FROM asset WHERE id = $1",
		[METRIC_CHECK] = "SELECT 1 FROM watch WHERE id = $1",
	};
	int64_t there = 0;
	if (rule->scope == METRIC_ALL) {
		return 0;
	}
	int found = sql_int(desk->db, questions[rule->scope], &there, SQL_INT(rule->scope_id));
	return found < 0    ? found
	       : found == 0 ? desk_refuse(desk, E_INPUT, "input.unknown", "scope")
			    : 0;
}

static int definition_take(struct desk *desk, struct rule_row *row, const struct json *given)
{
	AUTO_BUF struct buf text;
	struct metric_rule rule = { 0 };
	struct diag diag = { 0 };
	buf_init(&text, DEFINITION_MAX_OCTETS);
	int error = definition_put(desk, row, given, &text);
	if (error < 0) {
		return error;
	}
	row->definition = arena_dup(desk->arena, buf_slice(&text));
	if (metric_rule_read(desk->arena, row->definition, &rule, &diag) < 0) {
		return desk_refuse(desk, E_INPUT, "rule.member",
			arena_dup_str(desk->arena, slice_head(slice_str(diag.text), 40)));
	}
	return scope_check(desk, &rule);
}

static int body_read(struct desk *desk, struct rule_row *row)
{
	const struct json *given = json_get(desk->call->body, "definition");
	int error = 0;
	if (row->version == 0 || patch_given(desk, "name")) {
		error = words_text(
			desk, "name", WORDS_REQUIRED, METRIC_RULE_NAME_MAX, &row->name);
	}
	row->enabled = json_get_bool(desk->call->body, "enabled", row->enabled);
	if (error < 0) {
		return error;
	}
	if (given == NULL && row->version > 0 &&
		json_parse(desk->arena, row->definition, 0, &given, NULL) < 0) {
		return E_FORMAT;
	}
	if (json_type(given) != JSON_OBJECT) {
		return desk_refuse(desk, E_INPUT, "input.required", "definition");
	}
	return definition_take(desk, row, given);
}

static int row_save(struct desk *desk, struct rule_row *row)
{
	int64_t done = 0;
	if (row->version == 0) {
		done = sql_run(desk->db,
			"INSERT INTO metric_rule (id, version, name, replaces, definition,"
			" enabled, changed_at_ms, changed_by) VALUES ($1, 1, $2, $3, $4, $5,"
			" $6, $7)",
			SQL_INT(row->id), SQL_TEXT(row->name), SQL_TEXT_OR_NULL(row->replaces),
			SQL_TEXT(row->definition), SQL_INT(row->enabled), SQL_INT(desk->now_ms),
			SQL_INT_OR_NULL(desk->caller.person_id));
	} else {
		done = sql_run(desk->db,
			"UPDATE metric_rule SET version = version + 1, name = $2,"
			" definition = $3, enabled = $4, changed_at_ms = $5, changed_by = $6"
			" WHERE id = $1",
			SQL_INT(row->id), SQL_TEXT(row->name), SQL_TEXT(row->definition),
			SQL_INT(row->enabled), SQL_INT(desk->now_ms),
			SQL_INT_OR_NULL(desk->caller.person_id));
	}
	row->version++;
	int error = done < 0 ? (int)done : trail_row(desk->txn, "metric_rule", row->id);
	return error < 0 ? error : txn_change(desk->txn, "rule", row->id, row->version);
}

static int saved(struct desk *desk, const char *act, struct rule_row *row)
{
	int error = row_save(desk, row);
	desk_audit(desk, act, "rule", row->id, row->version, (struct slice) { 0 });
	desk_answer(desk, row->id, row->version);
	return error;
}

/* Room for one more, and nothing else stands for the same shipped rule. */
static int room_check(struct desk *desk, const struct rule_row *row)
{
	int64_t count = 0;
	int64_t same = 0;
	int found = sql_int(desk->db,
		"SELECT count(*) FROM metric_rule WHERE deleted_at_ms IS NULL AND id > $1",
		&count, SQL_INT(0));
	found = found < 0
			? found
			: sql_int(desk->db,
				  "SELECT count(*) FROM metric_rule WHERE deleted_at_ms IS NULL"
				  " AND replaces = $1",
				  &same, SQL_TEXT(row->replaces));
	if (found < 0) {
		return found;
	}
	return count >= RULES_MAX ? desk_refuse(desk, E_STATE, "rule.full", NULL)
	       : same > 0         ? desk_refuse(desk, E_EXISTS, "rule.replaced", "replaces")
				  : 0;
}

int desk_rule_create(struct desk *desk)
{
	struct rule_row row = { .enabled = true };
	int error =
		words_text(desk, "replaces", WORDS_OPTIONAL, METRIC_RULE_ID_MAX, &row.replaces);
	if (error >= 0 && row.replaces.n > METRIC_RULE_ID_MAX) {
		error = desk_refuse(desk, E_INPUT, "input.too_long", "replaces");
	}
	error = error < 0 ? error : room_check(desk, &row);
	if (error < 0) {
		return error;
	}
	row.id = txn_id(desk->txn);
	error = body_read(desk, &row);
	return error < 0 ? error : saved(desk, "rule.create", &row);
}

int desk_rule_update(struct desk *desk)
{
	struct rule_row row = { 0 };
	int error = row_load(desk, desk->call->id, &row);
	error = error < 0 ? error : desk_version_same(desk, row.version);
	error = error < 0 ? error : body_read(desk, &row);
	return error < 0 ? error : saved(desk, "rule.update", &row);
}

int desk_rule_delete(struct desk *desk)
{
	struct rule_row row = { 0 };
	int error = row_load(desk, desk->call->id, &row);
	error = error < 0 ? error : desk_version_same(desk, row.version);
	if (error < 0) {
		return error;
	}
	int64_t done = sql_run(desk->db,
		"UPDATE metric_rule SET version = version + 1, deleted_at_ms = $2,"
		" changed_at_ms = $2, changed_by = $3 WHERE id = $1",
		SQL_INT(row.id), SQL_INT(desk->now_ms),
		SQL_INT_OR_NULL(desk->caller.person_id));
	row.version++;
	error = done < 0 ? (int)done : trail_row(desk->txn, "metric_rule", row.id);
	error = error < 0 ? error : txn_change(desk->txn, "rule", row.id, row.version);
	desk_audit(desk, "rule.delete", "rule", row.id, row.version, (struct slice) { 0 });
	desk_answer(desk, row.id, row.version);
	return error;
}
