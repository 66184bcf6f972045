/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/account.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/password_policy.h"
#include "records/caller.h"
#include "records/search.h"
#include "records/sql.h"
#include "records/trail.h"
#include "records/txn.h"

enum { ACCOUNT_NAME_MIN = 2 };

#define ACCOUNT_COLUMNS                                                                              \
	"SELECT id, version, person_id, name, password_hash, password_at_ms, must_change, disabled," \
	" live_failures, live_locked_until_ms, code_until_ms FROM account"

static int one(struct txn *txn, struct stmt *q, struct account *ret_account)
{
	struct arena *arena = txn_arena(txn);
	int row = db_step(q);
	if (row == 1) {
		*ret_account = (struct account) {
			.id = db_col_int64(q, 0),
			.version = db_col_int64(q, 1),
			.person_id = db_col_int64(q, 2),
			.name = arena_dup(arena, db_col_text(q, 3)),
			.password_hash = arena_dup(arena, db_col_text(q, 4)),
			.password_at_ms = db_col_int64(q, 5),
			.must_change = db_col_int64(q, 6) != 0,
			.disabled = db_col_int64(q, 7) != 0,
			.failures = db_col_int64(q, 8),
			.locked_until_ms = db_col_int64(q, 9),
			.code_until_ms = db_col_int64(q, 10),
		};
	}
	return row;
}

static struct slice lower(struct txn *txn, struct slice name)
{
	char *text = arena_dup_str(txn_arena(txn), name);
	for (size_t i = 0; i < name.n; i++) {
		text[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] | 0x20) : text[i];
	}
	return slice_of(text, name.n);
}

int account_by_name(struct txn *txn, struct slice name, struct account *ret_account)
{
	AUTO_STMT struct stmt *q = NULL;
	if (name.n == 0 || name.n > ACCOUNT_NAME_MAX) {
		return 0;
	}
	int error = sql_query(txn_db(txn), ACCOUNT_COLUMNS " WHERE name = $1", &q,
		SQL_TEXT(lower(txn, name)));
	return error < 0 ? error : one(txn, q, ret_account);
}

int account_by_id(struct txn *txn, int64_t id, struct account *ret_account)
{
	AUTO_STMT struct stmt *q = NULL;
	int error = sql_query(txn_db(txn), ACCOUNT_COLUMNS " WHERE id = $1", &q, SQL_INT(id));
	return error < 0 ? error : one(txn, q, ret_account);
}

static bool name_good(struct slice name)
{
	bool good = name.n >= ACCOUNT_NAME_MIN && name.n <= ACCOUNT_NAME_MAX &&
		    name.p[0] >= 'a' && name.p[0] <= 'z';
	for (size_t i = 0; good && i < name.n; i++) {
		uint8_t c = name.p[i];
		good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
		       c == '_' || c == '-';
	}
	return good;
}

static int refused(const char **ret_code, int error, const char *code)
{
	*ret_code = code;
	return error;
}

int account_make(struct txn *txn, struct slice name, int64_t person_id, struct slice hash,
	int64_t *ret_id, const char **ret_code)
{
	struct slice low = lower(txn, name);
	struct account other = { 0 };
	int64_t has = 0;
	if (!name_good(low)) {
		return refused(ret_code, E_INPUT, "user.name");
	}
	int found = account_by_name(txn, low, &other);
	if (found != 0) {
		return found < 0 ? found : refused(ret_code, E_EXISTS, "user.exists");
	}
	found = sql_int(txn_db(txn), "SELECT 1 FROM account WHERE person_id = $1", &has,
		SQL_INT(person_id));
	if (found != 0) {
		return found < 0 ? found : refused(ret_code, E_EXISTS, "user.has_account");
	}
	int64_t id = txn_id(txn);
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO account (id, version, name, person_id, password_hash, password_at_ms, must_change)"
		" VALUES ($1, 1, $2, $3, $4, $5, 1)",
		SQL_INT(id), SQL_TEXT(low), SQL_INT(person_id), SQL_TEXT(hash),
		SQL_INT(txn_now_ms(txn)));
	done = done < 0 ? done : search_put(txn, "user", id, low);
	int error = done < 0 ? (int)done : trail_row(txn, "account", id);
	error = error < 0 ? error : txn_change(txn, "user", id, 1);
	*ret_id = error < 0 ? *ret_id : id;
	return error;
}

int account_password_set(struct txn *txn, int64_t id, struct slice hash, bool must_change)
{
	int64_t done = sql_run(txn_db(txn),
		"UPDATE account SET version = version + 1, password_hash = $2, password_at_ms = $3, must_change = $4,"
		" live_failures = 0, live_locked_until_ms = NULL, code_until_ms = NULL WHERE id = $1",
		SQL_INT(id), SQL_TEXT(hash), SQL_INT(txn_now_ms(txn)),
		SQL_INT(must_change ? 1 : 0));
	return done < 0 ? (int)done : trail_row(txn, "account", id);
}

int account_sessions_end(struct txn *txn, int64_t id, int64_t but_session_id)
{
	int64_t done = sql_run(txn_db(txn),
		"UPDATE session SET ended_at_ms = $2 WHERE account_id = $1 AND ended_at_ms IS NULL AND id <> $3",
		SQL_INT(id), SQL_INT(txn_now_ms(txn)), SQL_INT(but_session_id));
	return done < 0 ? (int)done : txn_change(txn, "session", id, 0);
}

static void fact_add(struct password_facts *facts, struct slice text)
{
	if (text.n > 0 && facts->count < PASSWORD_FACTS_MAX) {
		facts->known[facts->count++] = text;
	}
}

static int school_facts(struct txn *txn, struct password_facts *facts)
{
	struct slice text = { 0 };
	const struct json *school = NULL;
	int error = setting_load(txn_db(txn), txn_arena(txn), "school", &text);
	if (error == 0 && text.n > 0 &&
		json_parse(txn_arena(txn), text, 0, &school, NULL) == 0) {
		fact_add(facts, json_get_str(school, "name"));
		fact_add(facts, json_get_str(school, "short"));
	}
	return error;
}

int account_facts(struct txn *txn, int64_t id, struct password_facts *ret_facts)
{
	struct arena *arena = txn_arena(txn);
	struct password_facts facts = { .count = 0 };
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn),
		"SELECT a.name, p.name, p.phone, p.phone2 FROM account a JOIN person p ON p.id = a.person_id"
		" WHERE a.id = $1",
		&q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	for (unsigned i = 0; row == 1 && i < 4; i++) {
		fact_add(&facts, arena_dup(arena, db_col_text(q, i)));
	}
	int error = row < 0 ? row : school_facts(txn, &facts);
	if (error == 0) {
		*ret_facts = facts;
	}
	return error;
}
