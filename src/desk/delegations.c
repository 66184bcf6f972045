/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/delegations.h"

#include "base/arena.h"
#include "base/err.h"
#include "desk/account.h"
#include "desk/deliver.h"
#include "desk/desk.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/timer.h"

enum { REASON_MAX_CHARS = 200, BEGINS = 1, ENDS = 2 };
#define DAY_MS INT64_C(86400000)
#define AHEAD_MAX_MS (366 * DAY_MS)

struct row {
	int64_t id;
	int64_t version;
	int64_t unit_id;
	struct slice role;
	int64_t person_id;
	int64_t deputy_id;
	int64_t from_ms;
	int64_t to_ms;
	int64_t grant_id;
	bool ended;
};

static int load(struct txn *txn, int64_t id, struct row *row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(txn_db(txn),
		"SELECT version, unit_id, role, person_id, deputy_id, from_ms, to_ms, grant_id,"
		" ended_at_ms FROM delegation WHERE id = $1",
		&q, SQL_INT(id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	*row = (struct row) { id, db_col_int64(q, 0), db_col_int64(q, 1),
		arena_dup(txn_arena(txn), db_col_text(q, 2)), db_col_int64(q, 3),
		db_col_int64(q, 4), db_col_int64(q, 5), db_col_int64(q, 6), db_col_int64(q, 7),
		!db_col_is_null(q, 8) };
	return 0;
}

static int changed(struct txn *txn, struct row *row)
{
	row->version++;
	int error = trail_row(txn, "delegation", row->id);
	return error < 0 ? error : txn_change(txn, "delegation", row->id, row->version);
}

/* The unit's numbers of officers do not count him: he is in a post that is not his. */
static int begin(struct txn *txn, struct row *row)
{
	int64_t grant_id = txn_id(txn);
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO role_grant (id, version, person_id, role, unit_id, valid_from_ms,"
		" for_id) VALUES ($1, 1, $2, $3, $4, $5, $6)",
		SQL_INT(grant_id), SQL_INT(row->deputy_id), SQL_TEXT(row->role),
		SQL_INT(row->unit_id), SQL_INT(txn_now_ms(txn)), SQL_INT(row->person_id));
	done = done < 0 ? done
			: sql_run(txn_db(txn),
				  "UPDATE delegation SET version = version + 1, grant_id = $2"
				  " WHERE id = $1",
				  SQL_INT(row->id), SQL_INT(grant_id));
	int error = done < 0 ? (int)done : trail_row(txn, "role_grant", grant_id);
	row->grant_id = grant_id;
	return error < 0 ? error : changed(txn, row);
}

static int end(struct txn *txn, struct row *row)
{
	const char *code = NULL;
	int error = row->grant_id == 0
			    ? 0
			    : account_revoke(txn, row->deputy_id, row->grant_id, &code);
	error = error == E_ABSENT ? 0 : error; /* revoked by hand meanwhile */
	int64_t done = error < 0 ? error
				 : sql_run(txn_db(txn),
					   "UPDATE delegation SET version = version + 1,"
					   " ended_at_ms = $2 WHERE id = $1",
					   SQL_INT(row->id), SQL_INT(txn_now_ms(txn)));
	int64_t gone = done < 0 ? done : timer_cancel(txn, "delegation", row->id, NULL);
	return gone < 0 ? (int)gone : changed(txn, row);
}

int delegations_end_of(struct txn *txn, int64_t person_id, int64_t unit_id)
{
	int64_t id = 0;
	for (;;) {
		struct row row = { 0 };
		int found = sql_int(txn_db(txn),
			"SELECT id FROM delegation WHERE person_id = $1 AND unit_id = $2"
			" AND ended_at_ms IS NULL AND id > $3 ORDER BY id LIMIT 1",
			&id, SQL_INT(person_id), SQL_INT(unit_id), SQL_INT(id));
		int error = found <= 0 ? found : load(txn, id, &row);
		error = found <= 0 || error < 0 ? error : end(txn, &row);
		if (found <= 0 || error < 0) {
			return error;
		}
	}
}

static int timer_begin(struct txn *txn, int64_t id, int64_t seq, int64_t at_ms)
{
	struct timer timer = { .kind = SLICE("delegation.edge"),
		.record_kind = SLICE("delegation"),
		.record_id = id,
		.seq = seq,
		.fire_at_ms = at_ms,
		.trace = txn_trace(txn) };
	return timer_set(txn, &timer);
}

/* ---- acts */

/* Of the unit, with an account, in no role of the three administrators, and not the same anyway. */
static int deputy_check(struct desk *desk, const struct row *row)
{
	AUTO_STMT struct stmt *q = NULL;
	if (row->deputy_id == row->person_id) {
		return desk_refuse(desk, E_INPUT, "delegation.self", "deputy_id");
	}
	int found = sql_query(desk->db,
		"SELECT p.unit_id, EXISTS (SELECT 1 FROM account a WHERE a.person_id = p.id"
		" AND a.disabled = 0), EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = p.id"
		" AND g.valid_to_ms IS NULL AND (g.role IN ('sysadmin', 'auditor')"
		" OR (g.role = $2 AND g.unit_id = $3))), EXISTS (SELECT 1 FROM suspicion s"
		" WHERE s.person_id = p.id AND s.state = 'open') FROM person p WHERE p.id = $1",
		&q, SQL_INT(row->deputy_id), SQL_TEXT(row->role), SQL_INT(row->unit_id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	if (db_col_int64(q, 0) != row->unit_id) {
		return desk_refuse(desk, E_INPUT, "delegation.other_unit", "deputy_id");
	}
	if (db_col_int64(q, 1) == 0) {
		return desk_refuse(desk, E_STATE, "delegation.no_account", "deputy_id");
	}
	return db_col_int64(q, 2) != 0 || db_col_int64(q, 3) != 0
		       ? desk_refuse(desk, E_STATE, "delegation.has_role", "deputy_id")
		       : 0;
}

static int tell(struct desk *desk, const struct row *row)
{
	struct deliver_mail mail = { .person_id = row->deputy_id,
		.subject = SLICE("【代办委托】"),
		.body = arena_printf(desk->arena,
			"%s委托您在其外出期间代办本单位网络安全事项，期间的消息也会发给您。\n%s/m\n",
			desk->caller.name, desk->env->base_url),
		.about = "delegation",
		.about_id = row->id,
		.event = "created" };
	int put = deliver_mail(desk->txn, &mail);
	return put < 0 ? put : 0;
}

static int body_take(struct desk *desk, struct row *row, struct slice *ret_reason)
{
	int64_t last = desk->now_ms + AHEAD_MAX_MS;
	int error = words_id(desk, "deputy_id", WORDS_REQUIRED, "person", &row->deputy_id);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_REQUIRED, REASON_MAX_CHARS,
				    ret_reason);
	error = error < 0 ? error
			  : words_int(desk, "from", desk->now_ms - DAY_MS, last, desk->now_ms,
				    &row->from_ms);
	error = error < 0 ? error : words_int(desk, "to", desk->now_ms, last, 0, &row->to_ms);
	if (error < 0) {
		return error;
	}
	if (row->to_ms <= row->from_ms) {
		return desk_refuse(desk, E_INPUT, "delegation.days", "to");
	}
	return desk->caller.for_id != 0 ? desk_refuse(desk, E_DENIED, "delegation.deputy", NULL)
					: deputy_check(desk, row);
}

int desk_delegation_create(struct desk *desk)
{
	struct slice reason = { 0 };
	struct row row = { .id = txn_id(desk->txn),
		.version = 1,
		.unit_id = desk->caller.unit_id,
		.role = slice_str(name_id(&role_names, desk->caller.role)),
		.person_id = desk->caller.person_id };
	int error = body_take(desk, &row, &reason);
	int64_t done =
		error < 0 ? error
			  : sql_run(desk->db,
				    "INSERT INTO delegation (id, version, unit_id, role,"
				    " person_id, deputy_id, reason, from_ms, to_ms)"
				    " VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8)",
				    SQL_INT(row.id), SQL_INT(row.unit_id), SQL_TEXT(row.role),
				    SQL_INT(row.person_id), SQL_INT(row.deputy_id),
				    SQL_TEXT(reason), SQL_INT(row.from_ms), SQL_INT(row.to_ms));
	error = done < 0 ? (int)done : trail_row(desk->txn, "delegation", row.id);
	if (error == 0) {
		error = row.from_ms <= desk->now_ms
				? begin(desk->txn, &row)
				: timer_begin(desk->txn, row.id, BEGINS, row.from_ms);
	}
	error = error < 0 ? error : timer_begin(desk->txn, row.id, ENDS, row.to_ms);
	error = error < 0 ? error : tell(desk, &row);
	error = error < 0 ? error : txn_change(desk->txn, "delegation", row.id, row.version);
	desk_audit(desk, "delegation.create", "delegation", row.id, row.version, reason);
	desk_answer(desk, row.id, row.version);
	return error;
}

int desk_delegation_end(struct desk *desk)
{
	struct row row = { 0 };
	int error = load(desk->txn, desk->call->id, &row);
	error = error < 0 ? error : desk_unit_reached(desk, row.unit_id);
	error = error < 0 ? error : desk_version_same(desk, row.version);
	if (error == 0 && row.ended) {
		error = desk_refuse(desk, E_STATE, "delegation.ended", NULL);
	}
	error = error < 0 ? error : end(desk->txn, &row);
	desk_audit(desk, "delegation.end", "delegation", row.id, row.version,
		(struct slice) { 0 });
	desk_answer(desk, row.id, row.version);
	return error;
}

int delegation_timer(struct txn *txn, const struct desk_env *env, const struct timer *timer)
{
	(void)env;
	struct row row = { 0 };
	int error = load(txn, timer->record_id, &row);
	if (error < 0 || row.ended) {
		return error == E_ABSENT ? 0 : error;
	}
	bool begins = timer->seq == BEGINS;
	trail_act(txn, &(struct trail_act) { .act = begins ? SLICE("delegation.begin")
							   : SLICE("delegation.over"),
			       .kind = SLICE("delegation"),
			       .id = row.id });
	if (!begins) {
		return end(txn, &row);
	}
	return row.grant_id == 0 ? begin(txn, &row) : 0;
}
