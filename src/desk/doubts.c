/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/doubts.h"

#include "base/arena.h"
#include "base/err.h"
#include "desk/delegations.h"
#include "desk/deliver.h"
#include "desk/desk.h"
#include "records/sql.h"
#include "records/timer.h"
#include "records/trail.h"
#include "records/txn.h"
#include "workflow/calendar.h"
#include "workflow/policy.h"

enum { UNITS_MAX = 20, HEADS_MAX = 20, LADDER_TOP = 3, IDS_MAX = 200 };
#define POSTS "'officer', 'specialist', 'unit_head'"

/* How often a sign must come to be enough; 0 = as the policy says. */
static const int32_t enough[TENURE_SIGNAL_COUNT] = {
	[TENURE_MAIL_REFUSED] = 1,
	[TENURE_PHONE_DEAD] = 0,
	[TENURE_ACCOUNT_DISABLED] = 1,
	[TENURE_HR_ABSENT] = 1,
	[TENURE_REVIEW_OVERDUE] = 1,
	[TENURE_REPORTED] = 1,
};

struct doubt {
	struct txn *txn;
	const struct desk_env *env;
	const struct doubt_sign *sign;
	int64_t id;
	int64_t unit_id;
	int64_t interim_id;
	int64_t due_ms;
};

/* ---- ids first: what is done with them runs statements of its own */

static int ids_take(int opened, struct stmt *q, int64_t *ids, int max)
{
	int row = opened;
	int count = 0;
	while (row >= 0 && count < max && (row = db_step(q)) == 1) {
		ids[count++] = db_col_int64(q, 0);
	}
	return row < 0 ? row : count;
}

static int rows_trail(struct txn *txn, const char *table, const int64_t *ids, int count)
{
	int error = 0;
	for (int i = 0; i < count && error == 0; i++) {
		error = trail_row(txn, table, ids[i]);
	}
	return error;
}

/* ---- doors */

static int tokens_end(struct txn *txn, int64_t person_id, int64_t unit_id)
{
	int64_t ids[IDS_MAX];
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(txn_db(txn),
		"SELECT t.id FROM api_token t JOIN role_grant g ON g.id = t.grant_id"
		" WHERE g.person_id = $1 AND g.unit_id = $2 AND t.ended_at_ms IS NULL ORDER BY t.id",
		&q, SQL_INT(person_id), SQL_INT(unit_id));
	int count = ids_take(opened, q, ids, IDS_MAX);
	int64_t done = 0;
	for (int i = 0; i < count && done >= 0; i++) {
		done = sql_run(txn_db(txn),
			"UPDATE api_token SET version = version + 1, ended_at_ms = $2 WHERE id = $1",
			SQL_INT(ids[i]), SQL_INT(txn_now_ms(txn)));
	}
	return count < 0  ? count
	       : done < 0 ? (int)done
			  : rows_trail(txn, "api_token", ids, count);
}

static int helper_links_end(struct txn *txn, int64_t person_id, int64_t unit_id)
{
	int64_t ids[IDS_MAX];
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(txn_db(txn),
		"SELECT id FROM helper_link WHERE made_by = $1 AND unit_id = $2"
		" AND ended_at_ms IS NULL ORDER BY id",
		&q, SQL_INT(person_id), SQL_INT(unit_id));
	int count = ids_take(opened, q, ids, IDS_MAX);
	int64_t done = 0;
	for (int i = 0; i < count && done >= 0; i++) {
		done = sql_run(txn_db(txn),
			"UPDATE helper_link SET version = version + 1, ended_at_ms = $2,"
			" ended_why = 'doubt' WHERE id = $1",
			SQL_INT(ids[i]), SQL_INT(txn_now_ms(txn)));
	}
	return count < 0  ? count
	       : done < 0 ? (int)done
			  : rows_trail(txn, "helper_link", ids, count);
}

/* What still waits to be sent to him is not sent. */
static int letters_hold(struct txn *txn, int64_t person_id)
{
	int64_t ids[IDS_MAX];
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(txn_db(txn),
		"SELECT d.id FROM delivery d JOIN outbox o ON o.id = d.id WHERE d.person_id = $1"
		" AND d.state = 'queued' AND o.state = 'waiting' ORDER BY d.id",
		&q, SQL_INT(person_id));
	int count = ids_take(opened, q, ids, IDS_MAX);
	int64_t done = 0;
	for (int i = 0; i < count && done >= 0; i++) {
		done = sql_run(txn_db(txn),
			"UPDATE delivery SET version = version + 1, state = 'failed_permanent',"
			" live_error = 'withheld' WHERE id = $1",
			SQL_INT(ids[i]));
		done = done < 0
			       ? done
			       : sql_run(txn_db(txn),
					 "UPDATE outbox SET state = 'cancelled', why = 'withheld',"
					 " ended_at_ms = $2 WHERE id = $1",
					 SQL_INT(ids[i]), SQL_INT(txn_now_ms(txn)));
	}
	return count < 0  ? count
	       : done < 0 ? (int)done
			  : rows_trail(txn, "delivery", ids, count);
}

int doubt_doors_close(struct txn *txn, int64_t person_id, int64_t unit_id)
{
	int64_t done = sql_run(txn_db(txn),
		"UPDATE session SET ended_at_ms = $3 WHERE ended_at_ms IS NULL AND grant_id IN"
		" (SELECT id FROM role_grant WHERE person_id = $1 AND unit_id = $2)",
		SQL_INT(person_id), SQL_INT(unit_id), SQL_INT(txn_now_ms(txn)));
	done = done < 0 ? done
			: sql_run(txn_db(txn),
				  "UPDATE ack_key SET expires_at_ms = $2 WHERE person_id = $1"
				  " AND expires_at_ms > $2",
				  SQL_INT(person_id), SQL_INT(txn_now_ms(txn)));
	int error = done < 0 ? (int)done : tokens_end(txn, person_id, unit_id);
	error = error < 0 ? error : delegations_end_of(txn, person_id, unit_id);
	return error < 0 ? error : helper_links_end(txn, person_id, unit_id);
}

/* ---- who stands in */

/* In the order the unit has said; nobody who is doubted himself. */
static int head_find(struct txn *txn, int64_t unit_id, int64_t but_id, int64_t *ret_id)
{
	return sql_int(txn_db(txn),
		"SELECT g.person_id FROM role_grant g WHERE g.unit_id = $1 AND g.role = 'unit_head'"
		" AND g.valid_to_ms IS NULL AND g.person_id <> $2 AND NOT EXISTS (SELECT 1"
		" FROM suspicion s WHERE s.person_id = g.person_id AND s.unit_id = $1"
		" AND s.state = 'open') ORDER BY COALESCE(g.contact_order, 9), g.id LIMIT 1",
		ret_id, SQL_INT(unit_id), SQL_INT(but_id));
}

static int interim_begin(struct doubt *d)
{
	int64_t standing = 0;
	struct txn *txn = d->txn;
	int found = sql_int(txn_db(txn),
		"SELECT id FROM interim WHERE unit_id = $1 AND to_ms IS NULL", &standing,
		SQL_INT(d->unit_id));
	found = found != 0 ? found
			   : head_find(txn, d->unit_id, d->sign->person_id, &d->interim_id);
	if (found < 0 || standing != 0 || d->interim_id == 0) {
		return found < 0 ? found : 0;
	}
	int64_t id = txn_id(txn);
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO interim (id, version, unit_id, person_id, suspicion_id, from_ms)"
		" VALUES ($1, 1, $2, $3, $4, $5)",
		SQL_INT(id), SQL_INT(d->unit_id), SQL_INT(d->interim_id), SQL_INT(d->id),
		SQL_INT(txn_now_ms(txn)));
	return done < 0 ? (int)done : trail_row(txn, "interim", id);
}

int interim_end(struct txn *txn, int64_t unit_id)
{
	int64_t id = 0;
	int found = sql_int(txn_db(txn),
		"SELECT id FROM interim WHERE unit_id = $1 AND to_ms IS NULL", &id,
		SQL_INT(unit_id));
	if (found <= 0) {
		return found;
	}
	int64_t done = sql_run(txn_db(txn),
		"UPDATE interim SET version = version + 1, to_ms = $2 WHERE id = $1",
		SQL_INT(id), SQL_INT(txn_now_ms(txn)));
	int error = done < 0 ? (int)done : trail_row(txn, "interim", id);
	return error < 0 ? error : txn_change(txn, "unit", unit_id, 0);
}

/* ---- who is told */

static int role_tell(struct doubt *d, const char *role, bool own, const char *event)
{
	int64_t people[HEADS_MAX];
	AUTO_STMT struct stmt *q = NULL;
	struct arena *arena = txn_arena(d->txn);
	int opened = sql_query(txn_db(d->txn),
		"SELECT DISTINCT person_id FROM role_grant WHERE role = $1 AND valid_to_ms IS NULL"
		" AND ($2 = 0 OR unit_id = $2) ORDER BY person_id",
		&q, SQL_STR(role), SQL_INT(own ? d->unit_id : 0));
	int count = ids_take(opened, q, people, HEADS_MAX);
	int put = count < 0 ? count : 0;
	for (int i = 0; i < count && put >= 0; i++) {
		struct deliver_mail mail = { .person_id = people[i],
			.subject = SLICE("【疑似未备案变更】请核实本单位人员"),
			.body = arena_printf(arena,
				"平台发现一名单位网络安全联络人疑似已离岗，已暂停向其告知内容，"
				"由单位负责人临时代管。\n请登录核实：\n%s/doubts/%lld\n",
				d->env->base_url, (long long)d->id),
			.about = "doubt",
			.about_id = d->id,
			.event = event };
		put = deliver_mail(d->txn, &mail);
	}
	return put < 0 ? put : 0;
}

static int timer_begin(struct doubt *d, int64_t seq, int64_t fire_at_ms)
{
	struct timer timer = { .kind = SLICE("doubt.due"),
		.record_kind = SLICE("doubt"),
		.record_id = d->id,
		.seq = seq,
		.fire_at_ms = fire_at_ms,
		.trace = txn_trace(d->txn) };
	return timer_set(d->txn, &timer);
}

static int due_of(const struct desk_env *env, int64_t from_ms, int32_t days, int64_t *ret_ms)
{
	bool provisional = false;
	return calendar_add(env->calendar, from_ms,
		(struct due_rule) { (uint32_t)days, DUE_WORKING_DAYS }, ret_ms, &provisional);
}

/* ---- doubting */

static int row_put(struct doubt *d)
{
	d->id = txn_id(d->txn);
	int error = due_of(
		d->env, txn_now_ms(d->txn), d->env->policy->officers.doubt_days, &d->due_ms);
	int64_t done =
		error < 0 ? error
			  : sql_run(txn_db(d->txn),
				    "INSERT INTO suspicion (id, version, state, person_id,"
				    " unit_id, signal, raised_at_ms, due_at_ms)"
				    " VALUES ($1, 1, 'open', $2, $3, $4, $5, $6)",
				    SQL_INT(d->id), SQL_INT(d->sign->person_id),
				    SQL_INT(d->unit_id),
				    SQL_STR(name_id(&tenure_signal_names, d->sign->signal)),
				    SQL_INT(txn_now_ms(d->txn)), SQL_INT(d->due_ms));
	return done < 0 ? (int)done : trail_row(d->txn, "suspicion", d->id);
}

static int begin(struct doubt *d)
{
	int error = row_put(d);
	error = error < 0 ? error : doubt_doors_close(d->txn, d->sign->person_id, d->unit_id);
	error = error < 0 ? error : letters_hold(d->txn, d->sign->person_id);
	error = error < 0 ? error : interim_begin(d);
	int64_t done = error < 0 || d->interim_id == 0
			       ? error
			       : sql_run(txn_db(d->txn),
					 "UPDATE suspicion SET interim_id = $2 WHERE id = $1",
					 SQL_INT(d->id), SQL_INT(d->interim_id));
	error = done < 0 ? (int)done : timer_begin(d, 1, d->due_ms);
	error = error < 0 ? error : role_tell(d, "unit_head", true, "raised");
	error = error < 0 ? error : role_tell(d, "operator", false, "raised");
	error = error < 0 ? error : txn_change(d->txn, "doubt", d->id, 1);
	return error < 0 ? error : txn_change(d->txn, "unit", d->unit_id, 0);
}

static int fact_put(struct txn *txn, const struct doubt_sign *sign, int64_t doubt_id)
{
	int64_t id = txn_id(txn);
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO suspicion_fact (id, version, person_id, suspicion_id, signal,"
		" evidence, at_ms, by_id) VALUES ($1, 1, $2, $3, $4, $5, $6, $7)",
		SQL_INT(id), SQL_INT(sign->person_id), SQL_INT_OR_NULL(doubt_id),
		SQL_STR(name_id(&tenure_signal_names, sign->signal)), SQL_TEXT(sign->evidence),
		SQL_INT(txn_now_ms(txn)), SQL_INT_OR_NULL(sign->by_id));
	return done < 0 ? (int)done : trail_row(txn, "suspicion_fact", id);
}

/* Signs of this kind since he was last seen to be there. */
static int signs_count(struct txn *txn, const struct doubt_sign *sign, int64_t *ret_count)
{
	return sql_int(txn_db(txn),
		"SELECT count(*) FROM suspicion_fact WHERE person_id = $1 AND signal = $2"
		" AND suspicion_id IS NULL AND id > COALESCE((SELECT max(x.id) FROM suspicion_fact x"
		" WHERE x.person_id = $1 AND x.signal = 'reached'), 0)",
		ret_count, SQL_INT(sign->person_id),
		SQL_STR(name_id(&tenure_signal_names, sign->signal)));
}

static int of_unit(struct txn *txn, const struct desk_env *env, const struct doubt_sign *sign,
	int64_t unit_id)
{
	struct doubt d = { .txn = txn, .env = env, .sign = sign, .unit_id = unit_id };
	int64_t open = 0;
	int64_t count = 0;
	int32_t wanted = enough[sign->signal];
	wanted = wanted != 0 ? wanted : env->policy->officers.dead_calls;
	int found = sql_int(txn_db(txn),
		"SELECT id FROM suspicion WHERE person_id = $1 AND unit_id = $2 AND state = 'open'",
		&open, SQL_INT(sign->person_id), SQL_INT(unit_id));
	found = found < 0 ? found : signs_count(txn, sign, &count);
	if (found < 0 || open != 0 || count + 1 < wanted) {
		return found < 0 ? found : fact_put(txn, sign, open);
	}
	int error = begin(&d);
	error = error < 0 ? error : fact_put(txn, sign, d.id);
	return error < 0 ? error : 1;
}

int doubt_sign(struct txn *txn, const struct desk_env *env, const struct doubt_sign *sign)
{
	int64_t units[UNITS_MAX];
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(txn_db(txn),
		"SELECT DISTINCT unit_id FROM role_grant WHERE person_id = $1 AND role IN (" POSTS
		") AND valid_to_ms IS NULL AND for_id IS NULL AND ($2 = 0 OR unit_id = $2)"
		" ORDER BY unit_id",
		&q, SQL_INT(sign->person_id), SQL_INT(sign->unit_id));
	int count = ids_take(opened, q, units, UNITS_MAX);
	int fresh = 0;
	for (int i = 0; i < count; i++) {
		int raised = of_unit(txn, env, sign, units[i]);
		if (raised < 0) {
			return raised;
		}
		fresh += raised;
	}
	return count < 0 ? count : fresh;
}

int doubt_delivery(struct txn *txn, const struct desk_env *env, int64_t delivery_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn),
		"SELECT person_id, live_error, channel FROM delivery WHERE id = $1"
		" AND state = 'failed_permanent' AND person_id IS NOT NULL",
		&q, SQL_INT(delivery_id));
	row = row < 0 ? row : db_step(q);
	/* No such mailbox, or not here.  Its words may hold the address, and are not kept here. */
	static const char *const gone[] = { "550", "551" };
	size_t which = 0;
	while (row == 1 && which < 2 &&
		slice_find(db_col_text(q, 1), slice_str(gone[which])) == SIZE_MAX) {
		which++;
	}
	if (row <= 0 || which == 2) {
		return row < 0 ? row : 0;
	}
	struct doubt_sign sign = { .person_id = db_col_int64(q, 0),
		.signal = TENURE_MAIL_REFUSED,
		.evidence = arena_printf(txn_arena(txn), "delivery %lld: %s",
			(long long)delivery_id, gone[which]) };
	db_done(q);
	q = NULL;
	int fresh = doubt_sign(txn, env, &sign);
	return fresh < 0 ? fresh : 0;
}

/* ---- the ladder */

int doubt_timer(struct txn *txn, const struct desk_env *env, const struct timer *timer)
{
	static const char *const rungs[LADDER_TOP] = { "director", "vice_president",
		"leading_group" };
	struct doubt d = { .txn = txn, .env = env, .id = timer->record_id };
	int64_t next_ms = 0;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn),
		"SELECT unit_id FROM suspicion WHERE id = $1 AND state = 'open'", &q,
		SQL_INT(d.id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0 || timer->seq < 1 || timer->seq > LADDER_TOP) {
		return row < 0 ? row : 0;
	}
	d.unit_id = db_col_int64(q, 0);
	db_done(q);
	q = NULL;
	trail_act(txn,
		&(struct trail_act) {
			.act = SLICE("doubt.overdue"), .kind = SLICE("doubt"), .id = d.id });
	int64_t done = sql_run(txn_db(txn),
		"UPDATE suspicion SET version = version + 1, level = $2 WHERE id = $1",
		SQL_INT(d.id), SQL_INT(timer->seq));
	int error = done < 0 ? (int)done : trail_row(txn, "suspicion", d.id);
	struct slice event =
		arena_printf(txn_arena(txn), "overdue.%lld", (long long)timer->seq);
	error = error < 0 ? error : role_tell(&d, "unit_head", true, (const char *)event.p);
	error = error < 0 ? error
			  : role_tell(&d, rungs[timer->seq - 1], false, (const char *)event.p);
	error = error < 0 ? error
			  : due_of(env, txn_now_ms(txn),
				    env->policy->officers.doubt_ladder_days, &next_ms);
	error = error < 0 || timer->seq == LADDER_TOP
			? error
			: timer_begin(&d, timer->seq + 1, next_ms);
	return error < 0 ? error : txn_change(txn, "doubt", d.id, 0);
}
