/* SPDX-License-Identifier: Apache-2.0 */
#include "records/caller.h"

#include "base/arena.h"
#include "base/json.h"
#include "model/network.h"
#include "records/sql.h"

/* Seconds without a request after which a session is over, unless set. */
enum { IDLE_DEFAULT_S = 1800, IDLE_LEAST_S = 60 };
/* A session is over after this long however busy it is. */
#define SESSION_LIFE_MS (INT64_C(12) * 3600 * 1000)

struct digest caller_token_digest(struct slice token)
{
	return digest_of(DIGEST_SHA256, token);
}

int setting_load(struct db *db, struct arena *arena, const char *key, struct slice *ret_json)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(db, "SELECT value FROM setting WHERE key = $1", &q, SQL_STR(key));
	row = row < 0 ? row : db_step(q);
	if (row < 0) {
		return row;
	}
	*ret_json = row == 1 ? arena_dup(arena, db_col_text(q, 0)) : (struct slice) { 0 };
	return 0;
}

static int setting_parse(
	struct db *db, struct arena *arena, const char *key, const struct json **ret_value)
{
	struct slice text = { 0 };
	int error = setting_load(db, arena, key, &text);
	*ret_value = NULL;
	if (error == 0 && text.n > 0 && json_parse(arena, text, 0, ret_value, NULL) < 0) {
		*ret_value = NULL; /* written by us; an unreadable one counts as unset */
	}
	return error;
}

static void role_take(struct caller *caller, struct slice text)
{
	int role = name_parse(&role_names, text);
	caller->role = role < 0 || role >= ROLE_PEOPLE_COUNT ? ROLE_SYSTEM : (enum role)role;
}

#define HAS_SECOND                                                                             \
	" EXISTS (SELECT 1 FROM second_factor f WHERE f.account_id = a.id AND f.on_at_ms > 0)"

/* A session without a live grant keeps the person known and his role none. */
static int session_find(struct db *db, struct arena *arena, const struct digest *digest,
	int64_t now_ms, int64_t idle_ms, struct caller *caller)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(db,
		"SELECT s.id, a.id, a.person_id, a.must_change, g.id, g.role, g.unit_id, p.name,"
		" CASE WHEN g.valid_to_ms IS NULL THEN NULL ELSE g.read_until_ms END, g.for_id,"
		" EXISTS (SELECT 1 FROM suspicion x WHERE x.person_id = a.person_id"
		" AND x.unit_id = g.unit_id AND x.state = 'open')," HAS_SECOND
		", s.second_at_ms"
		" FROM session s JOIN account a ON a.id = s.account_id JOIN person p ON p.id = a.person_id"
		" LEFT JOIN role_grant g ON g.id = s.grant_id AND (g.valid_to_ms IS NULL"
		" OR g.read_until_ms > $4)"
		" WHERE s.digest = $1 AND s.ended_at_ms IS NULL AND a.disabled = 0"
		" AND s.seen_at_ms > $2 AND s.created_at_ms > $3",
		&q, SQL_BLOB(slice_of(digest->octet, DIGEST_OCTETS)), SQL_INT(now_ms - idle_ms),
		SQL_INT(now_ms - SESSION_LIFE_MS), SQL_INT(now_ms));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row;
	}
	caller->known = true;
	caller->session_id = db_col_int64(q, 0);
	caller->account_id = db_col_int64(q, 1);
	caller->person_id = db_col_int64(q, 2);
	caller->must_change = db_col_int64(q, 3) != 0;
	caller->grant_id = db_col_int64(q, 4);
	role_take(caller, db_col_text(q, 5));
	caller->unit_id = db_col_int64(q, 6);
	caller->name = arena_dup_str(arena, db_col_text(q, 7));
	caller->reads_until_ms = db_col_int64(q, 8);
	caller->for_id = db_col_int64(q, 9);
	caller->withheld = db_col_int64(q, 10) != 0;
	caller->second_on = db_col_int64(q, 11) != 0;
	caller->second_at_ms = db_col_int64(q, 12);
	return 0;
}

static int token_find(struct db *db, struct arena *arena, const struct digest *digest,
	int64_t now_ms, struct caller *caller)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(db,
		"SELECT t.id, a.id, a.person_id, g.id, g.role, g.unit_id, p.name, t.scopes," HAS_SECOND
		" FROM api_token t JOIN account a ON a.id = t.account_id JOIN person p ON p.id = a.person_id"
		" JOIN role_grant g ON g.id = t.grant_id AND g.valid_to_ms IS NULL"
		" WHERE t.digest = $1 AND t.ended_at_ms IS NULL AND a.disabled = 0"
		" AND (t.expires_at_ms IS NULL OR t.expires_at_ms > $2)",
		&q, SQL_BLOB(slice_of(digest->octet, DIGEST_OCTETS)), SQL_INT(now_ms));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row;
	}
	caller->known = true;
	caller->token_id = db_col_int64(q, 0);
	caller->account_id = db_col_int64(q, 1);
	caller->person_id = db_col_int64(q, 2);
	caller->grant_id = db_col_int64(q, 3);
	role_take(caller, db_col_text(q, 4));
	caller->unit_id = db_col_int64(q, 5);
	caller->name = arena_dup_str(arena, db_col_text(q, 6));
	caller->scopes = arena_dup_str(arena, db_col_text(q, 7));
	caller->second_on = db_col_int64(q, 8) != 0;
	return 0;
}

static int demand_load(struct db *db, struct arena *arena, struct caller *caller)
{
	const struct json *setting = NULL;
	int error = setting_parse(db, arena, "second_factor", &setting);
	int demand = name_parse(&second_demand_names,
		json_get_str(setting, name_id(&role_names, caller->role)));
	caller->second_demand = demand < 0 ? SECOND_DEMAND_OFF : (enum second_demand)demand;
	return error;
}

static int address_check(
	struct db *db, struct arena *arena, struct slice address, struct caller *caller)
{
	const struct json *setting = NULL;
	int error = setting_parse(db, arena, "admin_from", &setting);
	const struct json *list = json_get(setting, "networks");
	bool allowed = json_count(list) == 0;
	for (const struct json *n = json_first(list); n != NULL && !allowed; n = json_next(n)) {
		allowed = network_contains_text(json_str(n), address);
	}
	caller->address_refused = !allowed;
	return error;
}

int caller_load(struct db *db, struct arena *arena, struct slice token, struct slice address,
	int64_t now_ms, struct caller *ret_caller)
{
	struct caller caller = { .role = ROLE_SYSTEM, .name = "" };
	*ret_caller = caller;
	if (token.n == 0) {
		return 0;
	}
	struct digest digest = caller_token_digest(token);
	const struct json *setting = NULL;
	int error = setting_parse(db, arena, "session", &setting);
	int64_t idle_s = json_get_int(setting, "idle_s", IDLE_DEFAULT_S);
	idle_s = idle_s < IDLE_LEAST_S ? IDLE_LEAST_S : idle_s;
	if (error == 0) {
		error = slice_starts(token, SLICE("fst_"))
				? token_find(db, arena, &digest, now_ms, &caller)
				: session_find(
					  db, arena, &digest, now_ms, idle_s * 1000, &caller);
	}
	if (error == 0 && caller.known) {
		error = demand_load(db, arena, &caller);
	}
	if (error == 0 && caller.role == ROLE_SYSADMIN) {
		error = address_check(db, arena, address, &caller);
	}
	if (error == 0) {
		*ret_caller = caller;
	}
	return error;
}
