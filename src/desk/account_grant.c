/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "desk/account.h"
#include "records/sql.h"
#include "records/trail.h"
#include "records/txn.h"

#define DESK_ROLES                                                                             \
	(ROLE_BIT(ROLE_OPERATOR) | ROLE_BIT(ROLE_REVIEWER) | ROLE_BIT(ROLE_VERIFIER) |         \
		ROLE_BIT(ROLE_DIRECTOR) | ROLE_BIT(ROLE_SECURITY_ADMIN) |                      \
		ROLE_BIT(ROLE_RESPONSE_LEAD))
#define UNIT_ROLES                                                                             \
	(ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_SPECIALIST) | ROLE_BIT(ROLE_UNIT_HEAD))

static int refused(const char **ret_code, int error, const char *code)
{
	*ret_code = code;
	return error;
}

/* Roles the person may not hold together with this one. */
static uint32_t apart(enum role role)
{
	if (role == ROLE_SYSADMIN) {
		return DESK_ROLES | ROLE_BIT(ROLE_AUDITOR);
	}
	if (role == ROLE_AUDITOR) {
		return DESK_ROLES | ROLE_BIT(ROLE_SYSADMIN);
	}
	return (ROLE_BIT(role) & DESK_ROLES) != 0
		       ? ROLE_BIT(ROLE_SYSADMIN) | ROLE_BIT(ROLE_AUDITOR)
		       : 0;
}

/* Against what the person holds already. */
static int person_check(struct txn *txn, int64_t person_id, enum role role, int64_t unit_id,
	const char **ret_code)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn),
		"SELECT role, unit_id FROM role_grant WHERE person_id = $1 AND valid_to_ms IS NULL",
		&q, SQL_INT(person_id));
	while (row >= 0 && (row = db_step(q)) == 1) {
		int held = name_parse(&role_names, db_col_text(q, 0));
		if (held >= 0 && (ROLE_BIT(held) & apart(role)) != 0) {
			return refused(ret_code, E_STATE, "grant.three_admins");
		}
		if (held == (int)role && db_col_int64(q, 1) == unit_id) {
			return refused(ret_code, E_EXISTS, "grant.exists");
		}
	}
	return row < 0 ? row : 0;
}

/* How many of a role one unit may have; 0 = any number. */
static int64_t most_of(enum role role)
{
	if (role == ROLE_UNIT_HEAD) {
		return ACCOUNT_UNIT_HEADS_MAX;
	}
	return role == ROLE_OFFICER      ? ACCOUNT_OFFICERS_MAX
	       : role == ROLE_SPECIALIST ? ACCOUNT_SPECIALISTS_MAX
					 : 0;
}

static int unit_check(struct txn *txn, enum role role, int64_t unit_id, const char **ret_code)
{
	bool of_unit = (ROLE_BIT(role) & UNIT_ROLES) != 0;
	if (of_unit && unit_id == 0) {
		return refused(ret_code, E_INPUT, "grant.needs_unit");
	}
	if (!of_unit && unit_id != 0 && role != ROLE_CONTRACTOR) {
		return refused(ret_code, E_INPUT, "grant.no_unit");
	}
	if (unit_id == 0) {
		return 0;
	}
	int64_t live = 0;
	int found =
		sql_int(txn_db(txn), "SELECT 1 FROM unit WHERE id = $1 AND valid_to_ms IS NULL",
			&live, SQL_INT(unit_id));
	if (found <= 0) {
		return found < 0 ? found : refused(ret_code, E_INPUT, "grant.needs_unit");
	}
	int64_t count = 0;
	found = sql_int(txn_db(txn),
		"SELECT count(*) FROM role_grant WHERE unit_id = $1 AND role = $2 AND valid_to_ms IS NULL"
		" AND for_id IS NULL",
		&count, SQL_INT(unit_id), SQL_STR(name_id(&role_names, role)));
	bool full = most_of(role) > 0 && count >= most_of(role);
	return found < 0 ? found : full ? refused(ret_code, E_STATE, "grant.full") : 0;
}

static int erased_check(struct txn *txn, int64_t person_id, const char **ret_code)
{
	int64_t at_ms = 0;
	int found = sql_int(txn_db(txn),
		"SELECT erased_at_ms FROM person WHERE id = $1 AND erased_at_ms IS NOT NULL",
		&at_ms, SQL_INT(person_id));
	return found <= 0 ? found : refused(ret_code, E_STATE, "person.erased");
}

int account_grant(struct txn *txn, int64_t person_id, enum role role, int64_t unit_id,
	int64_t *ret_grant_id, const char **ret_code)
{
	int error = erased_check(txn, person_id, ret_code);
	error = error < 0 ? error : unit_check(txn, role, unit_id, ret_code);
	error = error < 0 ? error : person_check(txn, person_id, role, unit_id, ret_code);
	if (error < 0) {
		return error;
	}
	int64_t id = txn_id(txn);
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO role_grant (id, version, person_id, role, unit_id, valid_from_ms)"
		" VALUES ($1, 1, $2, $3, $4, $5)",
		SQL_INT(id), SQL_INT(person_id), SQL_STR(name_id(&role_names, role)),
		SQL_INT_OR_NULL(unit_id), SQL_INT(txn_now_ms(txn)));
	error = done < 0 ? (int)done : trail_row(txn, "role_grant", id);
	error = error < 0 ? error : txn_change(txn, "person", person_id, 0);
	error = error < 0 || unit_id == 0 ? error : txn_change(txn, "unit", unit_id, 0);
	*ret_grant_id = error < 0 ? *ret_grant_id : id;
	return error;
}

int account_is_last_admin(struct txn *txn, int64_t person_id)
{
	int64_t is = 0;
	int64_t others = 0;
	int found = sql_int(txn_db(txn),
		"SELECT count(*) FROM role_grant WHERE person_id = $1 AND role = 'sysadmin' AND valid_to_ms IS NULL",
		&is, SQL_INT(person_id));
	found = found < 0
			? found
			: sql_int(txn_db(txn),
				  "SELECT count(*) FROM role_grant g JOIN account a ON a.person_id = g.person_id"
				  " WHERE g.person_id <> $1 AND g.role = 'sysadmin'"
				  " AND g.valid_to_ms IS NULL AND a.disabled = 0",
				  &others, SQL_INT(person_id));
	return found < 0 ? found : is > 0 && others == 0;
}

/* Is it a live one of the person, and may it go? */
static int revoke_check(struct txn *txn, int64_t person_id, int64_t grant_id,
	int64_t *ret_unit_id, const char **ret_code)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn),
		"SELECT role, unit_id FROM role_grant WHERE id = $1 AND person_id = $2 AND valid_to_ms IS NULL",
		&q, SQL_INT(grant_id), SQL_INT(person_id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	*ret_unit_id = db_col_int64(q, 1);
	int last = slice_is(db_col_text(q, 0), "sysadmin")
			   ? account_is_last_admin(txn, person_id)
			   : 0;
	return last == 1 ? refused(ret_code, E_STATE, "user.last_admin") : last;
}

int account_revoke(struct txn *txn, int64_t person_id, int64_t grant_id, const char **ret_code)
{
	int64_t unit_id = 0;
	int error = revoke_check(txn, person_id, grant_id, &unit_id, ret_code);
	if (error < 0) {
		return error;
	}
	int64_t done = sql_run(txn_db(txn),
		"UPDATE role_grant SET version = version + 1, valid_to_ms = $2 WHERE id = $1",
		SQL_INT(grant_id), SQL_INT(txn_now_ms(txn)));
	done = done < 0
		       ? done
		       : sql_run(txn_db(txn),
				 "UPDATE session SET ended_at_ms = $2 WHERE grant_id = $1 AND ended_at_ms IS NULL",
				 SQL_INT(grant_id), SQL_INT(txn_now_ms(txn)));
	error = done < 0 ? (int)done : trail_row(txn, "role_grant", grant_id);
	error = error < 0 ? error : txn_change(txn, "person", person_id, 0);
	return error < 0 || unit_id == 0 ? error : txn_change(txn, "unit", unit_id, 0);
}
