/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/second_factor_keep.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/jw.h"
#include "base/otp.h"
#include "desk/password_policy.h"
#include "records/secret.h"
#include "records/sql.h"
#include "records/trail.h"
#include "records/txn.h"
#include "sys/rand.h"

enum { NAME_ROOM = 32, RECOVERY_OCTETS = 10, GROUP = 4 };

/* Its name among the secrets. */
static const char *key_name(int64_t account_id, char room[NAME_ROOM])
{
	(void)snprintf(room, NAME_ROOM, "totp.%lld", (long long)account_id);
	return room;
}

int second_factor_load(struct txn *txn, int64_t account_id, struct second_factor *ret_factor)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn),
		"SELECT id, version, made_at_ms, on_at_ms, live_step, live_failures,"
		" live_locked_until_ms FROM second_factor WHERE account_id = $1",
		&q, SQL_INT(account_id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		*ret_factor = (struct second_factor) {
			.id = db_col_int64(q, 0),
			.version = db_col_int64(q, 1),
			.account_id = account_id,
			.made_at_ms = db_col_int64(q, 2),
			.on_at_ms = db_col_int64(q, 3),
			.step = db_col_int64(q, 4),
			.failures = db_col_int64(q, 5),
			.locked_until_ms = db_col_int64(q, 6),
		};
	}
	return row;
}

static int row_renew(struct txn *txn, int64_t account_id)
{
	struct second_factor old = { 0 };
	int found = second_factor_load(txn, account_id, &old);
	if (found < 0) {
		return found;
	}
	int64_t id = found == 1 ? old.id : txn_id(txn);
	int64_t done =
		found == 1
			? sql_run(txn_db(txn),
				  "UPDATE second_factor SET version = version + 1,"
				  " made_at_ms = $2, live_step = 0 WHERE id = $1",
				  SQL_INT(id), SQL_INT(txn_now_ms(txn)))
			: sql_run(txn_db(txn),
				  "INSERT INTO second_factor (id, version, account_id,"
				  " made_at_ms) VALUES ($1, 1, $2, $3)",
				  SQL_INT(id), SQL_INT(account_id), SQL_INT(txn_now_ms(txn)));
	return done < 0 ? (int)done : trail_row(txn, "second_factor", id);
}

int second_factor_begin_key(
	struct txn *txn, const struct secret_key *key, int64_t account_id, uint8_t *ret_key)
{
	char name[NAME_ROOM];
	rand_octets(ret_key, OTP_SECRET_OCTETS);
	int error = secret_put(
		txn, key, key_name(account_id, name), slice_of(ret_key, OTP_SECRET_OCTETS));
	return error < 0 ? error : row_renew(txn, account_id);
}

int second_factor_attempt(struct txn *txn, int64_t account_id, bool *ret_counted)
{
	struct second_factor factor = { 0 };
	struct password_policy policy = { 0 };
	int64_t now = txn_now_ms(txn);
	*ret_counted = false;
	int found = second_factor_load(txn, account_id, &factor);
	if (found <= 0 || factor.on_at_ms == 0 || factor.locked_until_ms > now) {
		return found < 0 ? found : 0;
	}
	int error = password_policy_load(txn_db(txn), txn_arena(txn), &policy);
	if (error < 0) {
		return error;
	}
	int64_t lock_ms = password_policy_lock_ms(&policy, factor.failures + 1);
	int64_t done = sql_run(txn_db(txn),
		"UPDATE second_factor SET live_failures = live_failures + 1,"
		" live_locked_until_ms = $2 WHERE id = $1",
		SQL_INT(factor.id), SQL_INT(lock_ms > 0 ? now + lock_ms : 0));
	*ret_counted = done >= 0;
	return done < 0 ? (int)done : 0;
}

int second_factor_match(struct txn *txn, const struct secret_key *key,
	const struct second_factor *factor, struct slice code, int64_t *ret_step,
	bool *ret_again)
{
	char name[NAME_ROOM];
	struct buf secret;
	*ret_step = 0;
	*ret_again = false;
	if (key == NULL) {
		return E_ABSENT;
	}
	buf_init(&secret, SECRET_MAX_OCTETS);
	int error = secret_open(txn_db(txn), key, key_name(factor->account_id, name), &secret);
	if (error == 0) {
		int64_t step = otp_step(buf_slice(&secret), txn_now_ms(txn) / 1000, code);
		*ret_again = step != 0 && step <= factor->step;
		*ret_step = *ret_again ? 0 : step;
	}
	secret_wipe(&secret);
	return error;
}

int second_factor_take(struct txn *txn, const struct second_factor *factor, int64_t step)
{
	/* Another writer may have taken it meanwhile: then nothing is changed. */
	int64_t done = sql_run(txn_db(txn),
		"UPDATE second_factor SET live_step = CASE WHEN $2 = 0 THEN live_step ELSE $2 END,"
		" live_failures = 0, live_locked_until_ms = 0"
		" WHERE id = $1 AND ($2 = 0 OR live_step < $2)",
		SQL_INT(factor->id), SQL_INT(step));
	return done < 0 ? (int)done : done == 0 ? E_CONFLICT : 0;
}

int second_factor_on(struct txn *txn, const struct second_factor *factor, int64_t step)
{
	int64_t done = sql_run(txn_db(txn),
		"UPDATE second_factor SET version = version + 1, on_at_ms = $2, live_step = $3,"
		" live_failures = 0, live_locked_until_ms = 0 WHERE id = $1",
		SQL_INT(factor->id), SQL_INT(txn_now_ms(txn)), SQL_INT(step));
	return done < 0 ? (int)done : trail_row(txn, "second_factor", factor->id);
}

/* A code of one account says nothing of another's. */
static struct digest recovery_digest(int64_t account_id, struct slice code)
{
	char owner[NAME_ROOM];
	int n = snprintf(owner, sizeof(owner), "%lld:", (long long)account_id);
	const struct slice parts[] = { slice_of(owner, (size_t)n), code };
	return digest_of_parts(DIGEST_SHA256, parts, 2);
}

int second_factor_recover(struct txn *txn, int64_t account_id, struct slice code)
{
	struct digest digest = recovery_digest(account_id, code);
	int64_t id = 0;
	int found = sql_int(txn_db(txn),
		"SELECT id FROM recovery_code WHERE digest = $1 AND account_id = $2"
		" AND used_at_ms = 0",
		&id, SQL_BLOB(slice_of(digest.octet, DIGEST_OCTETS)), SQL_INT(account_id));
	if (found <= 0) {
		return found;
	}
	int64_t done = sql_run(txn_db(txn),
		"UPDATE recovery_code SET version = version + 1, used_at_ms = $2 WHERE id = $1",
		SQL_INT(id), SQL_INT(txn_now_ms(txn)));
	int error = done < 0 ? (int)done : trail_row(txn, "recovery_code", id);
	return error < 0 ? error : 1;
}

static int recovery_clear(struct txn *txn, int64_t account_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn), "SELECT id FROM recovery_code WHERE account_id = $1",
		&q, SQL_INT(account_id));
	row = row < 0 ? row : db_step(q);
	while (row == 1) {
		int error = trail_row(txn, "recovery_code", db_col_int64(q, 0));
		row = error < 0 ? error : db_step(q);
	}
	int64_t done = row < 0 ? row
			       : sql_run(txn_db(txn),
					 "DELETE FROM recovery_code WHERE account_id = $1",
					 SQL_INT(account_id));
	return done < 0 ? (int)done : 0;
}

/* One code of 80 random bits: kept as a digest, written in groups of four. */
static int recovery_put(struct txn *txn, int64_t account_id, struct jw *jw)
{
	uint8_t octets[RECOVERY_OCTETS];
	struct buf code;
	struct buf shown;
	int64_t id = txn_id(txn);
	buf_init(&code, OTP_RECOVERY_CHARS);
	buf_init(&shown, 2 * OTP_RECOVERY_CHARS);
	rand_octets(octets, sizeof(octets));
	otp_put_base32(&code, slice_of(octets, sizeof(octets)));
	for (size_t i = 0; i < code.n; i += GROUP) {
		buf_put_str(&shown, i > 0 ? "-" : "");
		buf_put(&shown, slice_of(code.p + i, GROUP));
	}
	jw_str(jw, buf_slice(&shown));
	struct digest digest = recovery_digest(account_id, buf_slice(&code));
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO recovery_code (id, version, account_id, digest, made_at_ms)"
		" VALUES ($1, 1, $2, $3, $4)",
		SQL_INT(id), SQL_INT(account_id),
		SQL_BLOB(slice_of(digest.octet, DIGEST_OCTETS)), SQL_INT(txn_now_ms(txn)));
	explicit_bzero(octets, sizeof(octets));
	secret_wipe(&code);
	secret_wipe(&shown);
	return done < 0 ? (int)done : trail_row(txn, "recovery_code", id);
}

int second_factor_recovery_make(struct txn *txn, int64_t account_id, struct jw *jw)
{
	int error = recovery_clear(txn, account_id);
	jw_array(jw);
	for (int i = 0; i < SECOND_RECOVERY_CODES && error >= 0; i++) {
		error = recovery_put(txn, account_id, jw);
	}
	jw_end(jw);
	return error;
}

int second_factor_drop(struct txn *txn, int64_t account_id)
{
	char name[NAME_ROOM];
	struct second_factor factor = { 0 };
	int found = second_factor_load(txn, account_id, &factor);
	if (found <= 0) {
		return found;
	}
	int error = recovery_clear(txn, account_id);
	int dropped = error < 0 ? error : secret_drop(txn, key_name(account_id, name));
	int64_t done = dropped < 0
			       ? dropped
			       : sql_run(txn_db(txn), "DELETE FROM second_factor WHERE id = $1",
					 SQL_INT(factor.id));
	error = done < 0 ? (int)done : trail_row(txn, "second_factor", factor.id);
	return error < 0 ? error : 1;
}
