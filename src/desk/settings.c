/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/settings.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/desk.h"
#include "desk/expiry.h"
#include "model/network.h"
#include "model/setting.h"
#include "records/caller.h"
#include "records/secret.h"
#include "records/sql.h"

enum { VALUE_MAX_OCTETS = 16384 };

static int setting_save(struct desk *desk, const char *key, struct slice value, int64_t *ret_id,
	int64_t *ret_version)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(
		desk->db, "SELECT id, version FROM setting WHERE key = $1", &q, SQL_STR(key));
	found = found < 0 ? found : db_step(q);
	int64_t id = found == 1 ? db_col_int64(q, 0) : txn_id(desk->txn);
	int64_t version = found == 1 ? db_col_int64(q, 1) : 0;
	db_done(q);
	q = NULL;
	int error = found < 0 ? found : desk_version_same(desk, version);
	if (error < 0) {
		return error;
	}
	int64_t done = found == 1 ? sql_run(desk->db,
					    "UPDATE setting SET version = version + 1, value = "
					    "$2 WHERE id = $1",
					    SQL_INT(id), SQL_TEXT(value))
				  : sql_run(desk->db,
					    "INSERT INTO setting (id, version, key, value) "
					    "VALUES ($1, 1, $2, $3)",
					    SQL_INT(id), SQL_STR(key), SQL_TEXT(value));
	error = done < 0 ? (int)done : trail_row(desk->txn, "setting", id);
	*ret_id = id;
	*ret_version = version + 1;
	return error < 0 ? error : txn_change(desk->txn, "setting", id, version + 1);
}

static int person_check(struct desk *desk, const struct json *value)
{
	int64_t found = 0;
	int64_t id = json_get_int(value, "person_id", 0);
	int row = id == 0 ? 1
			  : sql_int(desk->db, "SELECT id FROM person WHERE id = $1", &found,
				    SQL_INT(id));
	return row == 0  ? desk_refuse(desk, E_INPUT, "input.unknown", "person_id")
	       : row < 0 ? row
			 : 0;
}

/* Whoever says where administrators may come from must be able to come again. */
static int networks_check(struct desk *desk, const struct json *value)
{
	const struct json *list = json_get(value, "networks");
	bool inside = json_count(list) == 0;
	for (const struct json *n = json_first(list); n != NULL && !inside; n = json_next(n)) {
		inside = network_contains_text(json_str(n), desk->call->address);
	}
	return inside ? 0 : desk_refuse(desk, E_INPUT, "setting.locks_out", "networks");
}

static int mail_check(struct desk *desk, const struct json *value)
{
	bool some = json_get_str(value, "host").n > 0;
	return some && json_get_str(value, "from").n == 0
		       ? desk_refuse(desk, E_INPUT, "input.required", "from")
		       : 0;
}

static int school_check(struct desk *desk, const struct json *value)
{
	return json_get_str(value, "name").n == 0
		       ? desk_refuse(desk, E_INPUT, "input.required", "name")
		       : 0;
}

/* Nobody may be led to an enrolment that cannot be kept: without a master key there is none. */
static int demand_check(struct desk *desk, const struct json *value)
{
	bool some = false;
	for (const struct json *d = json_first(value); d != NULL; d = json_next(d)) {
		some = some || !slice_is(json_str(d), "off");
	}
	return some && desk->env->secrets == NULL
		       ? desk_refuse(desk, E_STATE, "secret.no_key", "value")
		       : 0;
}

/* Done is what setup.finish found. */
static int setup_check(struct desk *desk, const struct json *value)
{
	(void)value;
	return desk_refuse(desk, E_STATE, "setting.read_only", "value");
}

static int value_check(struct desk *desk, struct slice key, const struct json *value)
{
	static const struct {
		const char *key;
		int (*check)(struct desk *desk, const struct json *value);
	} checks[] = {
		{ "duty", person_check },
		{ "admin_from", networks_check },
		{ "mail", mail_check },
		{ "second_factor", demand_check },
		{ "school", school_check },
		{ "setup", setup_check },
	};
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		if (slice_is(key, checks[i].key)) {
			return checks[i].check(desk, value);
		}
	}
	return 0;
}

int desk_setting_put(struct desk *desk)
{
	const struct json *value = json_get(desk->call->body, "value");
	const char *key = arena_dup_str(desk->arena, desk->call->key);
	const char *member = NULL;
	AUTO_BUF struct buf text;
	buf_init(&text, VALUE_MAX_OCTETS);
	int error = setting_read(desk->call->key, value, &text, &member);
	if (error < 0) {
		return error == E_ABSENT ? desk_refuse(desk, E_ABSENT, "setting.unknown", "key")
					 : desk_refuse(desk, E_INPUT, "input.invalid", member);
	}
	int64_t id = 0;
	int64_t version = 0;
	error = value_check(desk, desk->call->key, value);
	error = error < 0 ? error : setting_save(desk, key, buf_slice(&text), &id, &version);
	if (error < 0) {
		return error;
	}
	error = slice_is(desk->call->key, "expiry") ? expiry_refresh(desk->txn) : 0;
	if (error < 0) {
		return error;
	}
	desk_audit(desk, "setting.put", "setting", id, version, desk->call->key);
	desk_answer(desk, id, version);
	return 0;
}

int desk_secret_put(struct desk *desk)
{
	struct slice value = json_get_str(desk->call->body, "value");
	if (!slice_is(desk->call->key, "mail_password")) {
		return desk_refuse(desk, E_ABSENT, "secret.unknown", "key");
	}
	if (desk->env->secrets == NULL) {
		return desk_refuse(desk, E_STATE, "secret.no_key", NULL);
	}
	int error = value.n == 0
			    ? secret_drop(desk->txn, "mail_password")
			    : secret_put(desk->txn, desk->env->secrets, "mail_password", value);
	if (error < 0) {
		return error == E_LIMIT ? desk_refuse(desk, E_INPUT, "input.too_long", "value")
					: error;
	}
	/* That it changed is a fact; what it is, is nobody's. */
	desk_audit(desk, "secret.put", "setting", 0, 0, desk->call->key);
	return txn_change(desk->txn, "setting", 0, 0);
}

/* Somebody with a working account holds one of the two roles. */
static int held(struct desk *desk, const char *role, const char *or_role)
{
	int64_t id = 0;
	return sql_int(desk->db,
		"SELECT g.id FROM role_grant g JOIN account a ON a.person_id = g.person_id"
		" WHERE g.role IN ($1, $2) AND g.valid_to_ms IS NULL AND a.disabled = 0"
		" ORDER BY g.id LIMIT 1",
		&id, SQL_STR(role), SQL_STR(or_role));
}

int desk_setup_finish(struct desk *desk)
{
	struct slice school = { 0 };
	int64_t id = 0;
	int64_t version = 0;
	int error = setting_load(desk->db, desk->arena, "school", &school);
	if (error >= 0 && school.n == 0) {
		return desk_refuse(desk, E_STATE, "setup.missing", "school");
	}
	int found = error < 0 ? error : held(desk, "operator", "operator");
	if (found <= 0) {
		return found < 0 ? found
				 : desk_refuse(desk, E_STATE, "setup.missing", "operator");
	}
	found = held(desk, "director", "vice_president");
	if (found <= 0) {
		return found < 0 ? found
				 : desk_refuse(desk, E_STATE, "setup.missing", "director");
	}
	error = setting_save(desk, "setup", SLICE("{\"done\":true}"), &id, &version);
	desk_audit(desk, "setup.finish", "setting", id, version, (struct slice) { 0 });
	desk_answer(desk, id, version);
	return error;
}
