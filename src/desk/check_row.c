/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/check_row.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/utf8.h"
#include "desk/affected.h"
#include "desk/desk.h"
#include "desk/id_list.h"
#include "desk/signals.h"
#include "desk/words.h"
#include "model/check_kind.h"
#include "model/signal.h"
#include "model/target.h"
#include "records/search.h"
#include "records/secret.h"
#include "records/sql.h"

enum { PARAMS_MAX_OCTETS = 4096, ALERTS_MAX = 64 };

struct check_row check_row_default(void)
{
	return (struct check_row) { .params = SLICE("{}"),
		.interval_s = CHECK_INTERVAL_DEFAULT_S,
		.retries = CHECK_RETRIES_DEFAULT,
		.enabled = true };
}

int check_row_load(struct desk *desk, int64_t id, struct check_row *ret_row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT id, version, asset_id, name, kind, target, params, interval_s, retries,"
		" severity, enabled, by_asset, parents FROM watch WHERE id = $1",
		&q, SQL_INT(id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	*ret_row = (struct check_row) {
		.id = db_col_int64(q, 0),
		.version = db_col_int64(q, 1),
		.asset_id = db_col_int64(q, 2),
		.name = arena_dup(desk->arena, db_col_text(q, 3)),
		.kind = arena_dup(desk->arena, db_col_text(q, 4)),
		.target = arena_dup(desk->arena, db_col_text(q, 5)),
		.params = arena_dup(desk->arena, db_col_text(q, 6)),
		.interval_s = db_col_int64(q, 7),
		.retries = db_col_int64(q, 8),
		.severity = arena_dup(desk->arena, db_col_text(q, 9)),
		.enabled = db_col_int64(q, 10) != 0,
		.by_asset = db_col_int64(q, 11) != 0,
		.parents = arena_dup(desk->arena, db_col_text(q, 12)),
	};
	return 0;
}

static int param_refuse(struct desk *desk, struct slice name)
{
	return desk_refuse(
		desk, E_INPUT, "check.param", arena_dup_str(desk->arena, slice_head(name, 40)));
}

/* true = keep the sealed one, where there is one; a text is the new one. */
static bool secret_take(const struct check_param *param, const struct json *value,
	const struct json *kept, struct check_row *row)
{
	bool marked = false;
	if (json_bool(value, &marked)) {
		return marked && json_get_bool(kept, param->name, false);
	}
	if (!check_param_fits(param, value) || row->secret_count == CHECK_SECRETS_MAX) {
		return false;
	}
	row->secrets[row->secret_count++] =
		(struct check_secret) { param->name, json_str(value) };
	return true;
}

static int params_put(struct desk *desk, struct jw *jw, const struct json *params,
	const struct json *kept, struct check_row *row)
{
	enum check_kind kind = (enum check_kind)name_parse(&check_kind_names, row->kind);
	for (const struct json *value = json_first(params); value != NULL;
		value = json_next(value)) {
		const struct check_param *param = check_param_find(kind, json_name(value));
		if (json_type(value) == JSON_NULL && param != NULL) {
			continue;
		}
		bool secret = param != NULL && param->type == CHECK_PARAM_SECRET;
		bool fits = secret ? secret_take(param, value, kept, row)
				   : param != NULL && check_param_fits(param, value);
		if (!fits) {
			return param_refuse(desk, json_name(value));
		}
		jw_key(jw, param->name);
		if (secret) {
			jw_bool(jw, true);
		} else {
			jw_value(jw, value);
		}
	}
	return 0;
}

int check_params_read(struct desk *desk, const struct json *params, struct check_row *row)
{
	const struct json *kept = NULL;
	bool object = json_type(params) <= JSON_NULL || json_type(params) == JSON_OBJECT;
	if (name_parse(&check_kind_names, row->kind) < 0 || !object ||
		json_parse(desk->arena, row->params, 0, &kept, NULL) < 0) {
		return desk_refuse(desk, E_INPUT, "check.param", "params");
	}
	AUTO_BUF struct buf text;
	buf_init(&text, PARAMS_MAX_OCTETS);
	struct jw jw;
	jw_init(&jw, &text);
	jw_object(&jw);
	row->secret_count = 0;
	int error = params_put(desk, &jw, params, kept, row);
	jw_end(&jw);
	if (error == 0) {
		row->params = arena_dup(desk->arena, buf_slice(&text));
	}
	return error;
}

/* Every one the kind cannot do without is there; nothing the kind does not know is. */
static int params_check(struct desk *desk, enum check_kind kind, struct slice text)
{
	const struct json *params = NULL;
	const struct check_form *form = &check_forms[kind];
	if (json_parse(desk->arena, text, 0, &params, NULL) < 0) {
		return desk_refuse(desk, E_INPUT, "check.param", "params");
	}
	for (const struct json *value = json_first(params); value != NULL;
		value = json_next(value)) {
		const struct check_param *param = check_param_find(kind, json_name(value));
		bool sealed = param != NULL && param->type == CHECK_PARAM_SECRET;
		if (param == NULL || (!sealed && !check_param_fits(param, value))) {
			return param_refuse(desk, json_name(value));
		}
	}
	for (size_t i = 0; i < form->param_count; i++) {
		if (form->params[i].needed && json_get(params, form->params[i].name) == NULL) {
			return param_refuse(desk, slice_str(form->params[i].name));
		}
	}
	return 0;
}

/* A device is asked by one check: what two would find is the same, told twice.  Names that
 * lead to one address are seen only by probe, which says snmp.twice. */
static int device_check(struct desk *desk, const struct check_row *row, const struct target *to)
{
	enum { PORT_SNMP = 161 };
	unsigned port = to->port != 0 ? to->port : PORT_SNMP;
	bool six = slice_find(to->host, SLICE(":")) != SIZE_MAX;
	struct slice with_port = arena_printf(
		desk->arena, six ? "[%.*s]:%u" : "%.*s:%u", SLICE_FMT(to->host), port);
	int64_t other = 0;
	int found = sql_int(desk->db,
		"SELECT id FROM watch WHERE kind = 'snmp' AND enabled = 1 AND id <> $1"
		" AND (target = $2 OR (target = $3 AND $4 = 161)) ORDER BY id LIMIT 1",
		&other, SQL_INT(row->id), SQL_TEXT(with_port), SQL_TEXT(to->host),
		SQL_INT(port));
	return found == 1 ? desk_refuse(desk, E_EXISTS, "check.device_taken", "target") : found;
}

int check_row_check(struct desk *desk, const struct check_row *row)
{
	struct target target;
	int kind = name_parse(&check_kind_names, row->kind);
	if (kind < 0 || target_parse((enum check_kind)kind, row->target, &target) < 0) {
		return desk_refuse(desk, E_INPUT, "check.target", "target");
	}
	if (row->interval_s < 1) {
		return desk_refuse(desk, E_INPUT, "input.range", "interval_s");
	}
	if (kind == CHECK_SNMP && row->enabled) {
		int error = device_check(desk, row, &target);
		if (error < 0) {
			return error;
		}
	}
	/* Another kind may not know what the old one was told. */
	return params_check(desk, (enum check_kind)kind, row->params);
}

int check_secrets_given(struct desk *desk, const struct check_row *row)
{
	const struct json *params = NULL;
	if (json_parse(desk->arena, row->params, 0, &params, NULL) < 0) {
		return desk_refuse(desk, E_INPUT, "check.param", "params");
	}
	for (const struct json *value = json_first(params); value != NULL;
		value = json_next(value)) {
		const struct check_param *param = check_param_find(
			(enum check_kind)name_parse(&check_kind_names, row->kind),
			json_name(value));
		bool given = param == NULL || param->type != CHECK_PARAM_SECRET;
		for (unsigned i = 0; !given && i < row->secret_count; i++) {
			given = slice_is(json_name(value), row->secrets[i].name);
		}
		if (!given) {
			return desk_refuse(desk, E_INPUT, "check.secret_again", param->name);
		}
	}
	return 0;
}

/* What the row says no more is forgotten, whatever kind it was of. */
static int secrets_drop(struct desk *desk, const struct check_row *row)
{
	const struct json *params = NULL;
	int done = json_parse(desk->arena, row->params, 0, &params, NULL);
	for (unsigned kind = 0; kind < CHECK_KIND_COUNT; kind++) {
		const struct check_form *form = &check_forms[kind];
		for (size_t i = 0; done >= 0 && i < form->param_count; i++) {
			bool sealed = form->params[i].type == CHECK_PARAM_SECRET;
			if (sealed && json_get(params, form->params[i].name) == NULL) {
				done = secret_drop(
					desk->txn, check_secret_name(desk->arena, row->id,
							   form->params[i].name));
			}
		}
	}
	return done < 0 ? done : 0;
}

const char *check_secret_name(struct arena *arena, int64_t id, const char *param)
{
	return (const char *)arena_printf(arena, "check/%lld/%s", (long long)id, param).p;
}

int check_secrets_save(struct desk *desk, const struct check_row *row)
{
	int error = secrets_drop(desk, row);
	for (unsigned i = 0; error >= 0 && i < row->secret_count; i++) {
		const struct check_secret *secret = &row->secrets[i];
		if (desk->env->secrets == NULL) {
			return desk_refuse(desk, E_STATE, "secret.no_key", NULL);
		}
		error = secret_put(desk->txn, desk->env->secrets,
			check_secret_name(desk->arena, row->id, secret->name), secret->value);
	}
	return error;
}

/* Everything the parents hang on by a person's word, and among it the check itself: what
   the map says gives way. */
static int ring_check(struct desk *desk, const struct check_row *row, const struct id_list *ids)
{
	for (size_t i = 0; i < ids->count && row->id != 0; i++) {
		int64_t found = 0;
		int error = sql_int(desk->db,
			"WITH RECURSIVE up(id) AS (SELECT CAST($1 AS BIGINT) UNION SELECT"
			" p.parent_id FROM watch_parent p JOIN up ON up.id = p.watch_id"
			" WHERE p.by_map = 0)"
			" SELECT count(*) FROM up WHERE id = $2",
			&found, SQL_INT(ids->id[i]), SQL_INT(row->id));
		if (error < 0) {
			return error;
		}
		if (found > 0) {
			return desk_refuse(desk, E_INPUT, "check.parent_ring", "parents");
		}
	}
	return 0;
}

int check_row_parents(struct desk *desk, struct check_row *row)
{
	struct id_list ids = { .count = 0 };
	if (json_type(json_get(desk->call->body, "parents")) == JSON_ABSENT) {
		return 0;
	}
	int error = id_list_read(desk, "parents", "watch", CHECK_PARENTS_MAX, &ids);
	error = error < 0 ? error : ring_check(desk, row, &ids);
	if (error == 0) {
		row->parents = ids.count > 0 ? id_list_json(desk, &ids) : (struct slice) { 0 };
	}
	return error;
}

static int parents_save(struct desk *desk, const struct check_row *row)
{
	const struct json *list = NULL;
	/* Without a person's word those of the map stay. */
	int64_t done = sql_run(desk->db,
		"DELETE FROM watch_parent WHERE watch_id = $1 AND (by_map = 0 OR $2 = 1)",
		SQL_INT(row->id), SQL_INT(row->parents.n > 0));
	if (done < 0 || row->parents.n == 0) {
		return done < 0 ? (int)done : 0;
	}
	if (json_parse(desk->arena, row->parents, 0, &list, NULL) < 0) {
		return E_FORMAT;
	}
	for (const struct json *parent = json_first(list); parent != NULL && done >= 0;
		parent = json_next(parent)) {
		int64_t id = 0;
		(void)!json_int(parent, &id);
		done = sql_run(desk->db,
			"INSERT INTO watch_parent (watch_id, parent_id) VALUES ($1, $2)",
			SQL_INT(row->id), SQL_INT(id));
	}
	return done < 0 ? (int)done : 0;
}

static int searchable(struct desk *desk, const struct check_row *row)
{
	int64_t tokens = search_put(desk->txn, "check", row->id,
		arena_printf(desk->arena, "%.*s %.*s", SLICE_FMT(row->name),
			SLICE_FMT(row->target)));
	return tokens < 0 ? (int)tokens : 0;
}

int check_row_save(struct desk *desk, struct check_row *row)
{
	int64_t done = 0;
	if (row->id == 0) {
		row->id = txn_id(desk->txn);
		row->version = 1;
		done = sql_run(desk->db,
			"INSERT INTO watch (id, version, asset_id, name, kind, target, params,"
			" interval_s, retries, severity, enabled, by_asset, parents) VALUES"
			" ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
			SQL_INT(row->id), SQL_INT_OR_NULL(row->asset_id), SQL_TEXT(row->name),
			SQL_TEXT(row->kind), SQL_TEXT(row->target), SQL_TEXT(row->params),
			SQL_INT(row->interval_s), SQL_INT(row->retries),
			SQL_TEXT(row->severity), SQL_INT(row->enabled),
			SQL_INT_OR_NULL(row->by_asset), SQL_TEXT_OR_NULL(row->parents));
	} else {
		row->version++;
		done = sql_run(desk->db,
			"UPDATE watch SET version = version + 1, asset_id = $2, name = $3,"
			" kind = $4, target = $5, params = $6, interval_s = $7, retries = $8,"
			" severity = $9, enabled = $10, by_asset = $11, parents = $12 WHERE id = $1",
			SQL_INT(row->id), SQL_INT_OR_NULL(row->asset_id), SQL_TEXT(row->name),
			SQL_TEXT(row->kind), SQL_TEXT(row->target), SQL_TEXT(row->params),
			SQL_INT(row->interval_s), SQL_INT(row->retries),
			SQL_TEXT(row->severity), SQL_INT(row->enabled),
			SQL_INT_OR_NULL(row->by_asset), SQL_TEXT_OR_NULL(row->parents));
	}
	int error = done < 0 ? (int)done : trail_row(desk->txn, "watch", row->id);
	error = error < 0 ? error : parents_save(desk, row);
	error = error < 0 ? error : searchable(desk, row);
	return error < 0 ? error : txn_change(desk->txn, "check", row->id, row->version);
}

/* Each open incident of it is told why it ends; nobody is to read that something recovered. */
static int reason_tell(struct desk *desk, int64_t id, const char *why)
{
	int64_t ids[ALERTS_MAX];
	int count = 0;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT DISTINCT incident_id FROM alert WHERE state = 'firing' AND watch_id = $1"
		" AND incident_id IS NOT NULL ORDER BY incident_id LIMIT $2",
		&q, SQL_INT(id), SQL_INT(ALERTS_MAX));
	while (row >= 0 && count < ALERTS_MAX && (row = db_step(q)) == 1) {
		ids[count++] = db_col_int64(q, 0);
	}
	db_done(q);
	q = NULL;
	for (int i = 0; i < count && row >= 0; i++) {
		row = words_timeline(desk, "incident", ids[i], "unwatched",
			arena_printf(desk->arena, "{\"check_id\":%lld,\"why\":\"%s\"}",
				(long long)id, why));
	}
	return row < 0 ? row : 0;
}

static int keys_firing(struct desk *desk, int64_t id, struct slice *ret_keys)
{
	AUTO_STMT struct stmt *q = NULL;
	int count = 0;
	int row = sql_query(desk->db,
		"SELECT dedup_key FROM alert WHERE state = 'firing' AND watch_id = $1"
		" ORDER BY id LIMIT $2",
		&q, SQL_INT(id), SQL_INT(ALERTS_MAX));
	while (row >= 0 && count < ALERTS_MAX && (row = db_step(q)) == 1) {
		ret_keys[count++] = arena_dup(desk->arena, db_col_text(q, 0));
	}
	return row < 0 ? row : count;
}

int check_row_forget(struct desk *desk, int64_t id, const char *why)
{
	struct slice keys[ALERTS_MAX];
	int64_t done = sql_run(desk->db,
		"UPDATE watch SET live_state = 'unknown', live_since_ms = $2, live_code = NULL,"
		" live_args = NULL, live_cause_id = NULL WHERE id = $1",
		SQL_INT(id), SQL_INT(desk->now_ms));
	int ended = done < 0 ? (int)done : affected_end(desk->txn, id, desk->now_ms);
	int told = ended < 0 ? ended : reason_tell(desk, id, why);
	int count = told < 0 ? told : keys_firing(desk, id, keys);
	int error = count < 0 ? count : 0;
	for (int i = 0; error >= 0 && i < count; i++) {
		struct signal signal = {
			.source = SLICE("probe"),
			.check = arena_printf(desk->arena, "%lld", (long long)id),
			.observed_at_ms = desk->now_ms,
			.state = SIGNAL_RESOLVED,
			.dedup_key = keys[i],
			.code = slice_str(why),
			.args = SLICE("{\"state\":\"unknown\"}"),
		};
		error = signal_take(desk->txn, desk->env, &signal);
	}
	return error;
}

int check_row_unit(struct desk *desk, int64_t check_id, int64_t *ret_version, int64_t *ret_unit)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT w.version, COALESCE(a.owner_unit_id, 0) FROM watch w"
		" LEFT JOIN asset a ON a.id = w.asset_id WHERE w.id = $1",
		&q, SQL_INT(check_id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		*ret_version = db_col_int64(q, 0);
		*ret_unit = db_col_int64(q, 1);
	}
	return row < 0 ? row : row == 0 ? E_ABSENT : 0;
}
