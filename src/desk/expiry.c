/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/expiry.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/deliver.h"
#include "desk/desk.h"
#include "model/expiry.h"
#include "records/caller.h"
#include "records/sql.h"
#include "records/timer.h"

enum { PEOPLE_MAX = 20, BODY_MAX_OCTETS = 4096, RECORDS_AT_ONCE = 256 };

/* What of a record ends. */
struct ending {
	const char *kind;   /* of the timer */
	const char *table;  /* and kind of the record */
	const char *column; /* its last day */
	const char *unit;   /* who renews it */
	const char *detail; /* by which others know it */
	const char *page;
	const char *word; /* for people */
};

static const struct ending endings[] = {
	{ "expiry.domain", "asset", "domain_end_ms", "owner_unit_id", "domain", "assets/",
		"域名" },
	{ "expiry.icp", "asset", "icp_end_ms", "owner_unit_id", "icp_number", "assets/",
		"ICP 备案" },
	{ "expiry.contract", "circuit", "contract_end_ms", "unit_id", "number",
		"net?tab=lines&line=", "线路合同" },
};
enum { ENDINGS = sizeof(endings) / sizeof(endings[0]) };

static int steps_load(struct txn *txn, struct expiry_steps *steps)
{
	struct slice text = { 0 };
	const struct json *value = NULL;
	int error = setting_load(txn_db(txn), txn_arena(txn), "expiry", &text);
	if (error < 0) {
		return error;
	}
	if (text.n > 0 && json_parse(txn_arena(txn), text, 0, &value, NULL) < 0) {
		value = NULL;
	}
	/* Nothing else was let in. */
	return expiry_parse(json_get_str(value, "days"), steps) < 0
		       ? expiry_parse((struct slice) { 0 }, steps)
		       : 0;
}

/* 0 for one that is out of use, or has no such date. */
static int end_load(
	struct txn *txn, int64_t id, const struct ending *ending, int64_t *ret_end_ms)
{
	*ret_end_ms = 0;
	/* All names are ours. */
	struct slice sql = arena_printf(txn_arena(txn),
		"SELECT %s FROM %s WHERE id = $1 AND retired_at_ms IS NULL", ending->column,
		ending->table);
	int row = sql_int(txn_db(txn), (const char *)sql.p, ret_end_ms, SQL_INT(id));
	return row < 0 ? row : 0;
}

static int timer_at(struct txn *txn, int64_t id, const struct ending *ending, int64_t step_ms,
	int64_t fire_ms)
{
	struct timer timer = { .kind = slice_str(ending->kind),
		.record_kind = slice_str(ending->table),
		.record_id = id,
		.seq = step_ms,
		.fire_at_ms = fire_ms };
	int error = timer_set(txn, &timer);
	return error == E_STATE ? 0 : error; /* that reminder was given */
}

static int ending_set(struct txn *txn, int64_t id, const struct ending *ending,
	const struct expiry_steps *steps)
{
	int64_t now_ms = txn_now_ms(txn);
	int64_t end_ms = 0;
	int64_t gone = timer_cancel(txn, ending->table, id, ending->kind);
	int error = gone < 0 ? (int)gone : end_load(txn, id, ending, &end_ms);
	if (error < 0 || end_ms == 0) {
		return error;
	}
	int64_t last_ms = expiry_last(steps, end_ms, now_ms);
	int64_t next_ms = expiry_next(steps, end_ms, now_ms);
	error = last_ms < 0 ? 0 : timer_at(txn, id, ending, last_ms, now_ms);
	return error < 0 || next_ms == INT64_MAX ? error
						 : timer_at(txn, id, ending, next_ms, next_ms);
}

int expiry_set(struct txn *txn, const char *table, int64_t id)
{
	struct expiry_steps steps;
	int error = steps_load(txn, &steps);
	for (size_t i = 0; i < ENDINGS && error >= 0; i++) {
		bool of_it = slice_is(slice_str(table), endings[i].table);
		error = of_it ? ending_set(txn, id, &endings[i], &steps) : error;
	}
	return error;
}

static int ending_refresh(
	struct txn *txn, const struct ending *ending, const struct expiry_steps *steps)
{
	struct slice sql = arena_printf(txn_arena(txn),
		"SELECT id FROM %s WHERE id > $1 AND retired_at_ms IS NULL AND %s IS NOT NULL"
		" ORDER BY id LIMIT $2",
		ending->table, ending->column);
	int64_t ids[RECORDS_AT_ONCE];
	int64_t after = 0;
	int count = RECORDS_AT_ONCE;
	int error = 0;
	while (error >= 0 && count == RECORDS_AT_ONCE) {
		AUTO_STMT struct stmt *q = NULL;
		int row = sql_query(txn_db(txn), (const char *)sql.p, &q, SQL_INT(after),
			SQL_INT(RECORDS_AT_ONCE));
		for (count = 0;
			row >= 0 && count < RECORDS_AT_ONCE && (row = db_step(q)) == 1;) {
			after = ids[count++] = db_col_int64(q, 0);
		}
		error = row < 0 ? row : 0;
		db_done(q);
		q = NULL;
		for (int i = 0; i < count && error >= 0; i++) {
			error = ending_set(txn, ids[i], ending, steps);
		}
	}
	return error;
}

int expiry_refresh(struct txn *txn)
{
	struct expiry_steps steps;
	int error = steps_load(txn, &steps);
	for (size_t i = 0; i < ENDINGS && error >= 0; i++) {
		error = ending_refresh(txn, &endings[i], &steps);
	}
	return error;
}

/* ---- the reminder */

struct due {
	const struct ending *ending;
	int64_t id;
	int64_t unit_id;
	int64_t end_ms;
	int64_t days_left;
	struct slice name;
	struct slice detail; /* domain, the registration's number or the line's */
};

static int due_load(struct txn *txn, struct due *due)
{
	AUTO_STMT struct stmt *q = NULL;
	const struct ending *ending = due->ending;
	struct slice sql =
		arena_printf(txn_arena(txn), "SELECT name, %s, %s FROM %s WHERE id = $1",
			ending->unit, ending->detail, ending->table);
	int row = sql_query(txn_db(txn), (const char *)sql.p, &q, SQL_INT(due->id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		due->name = arena_dup(txn_arena(txn), db_col_text(q, 0));
		due->unit_id = db_col_int64(q, 1);
		due->detail = arena_dup(txn_arena(txn), db_col_text(q, 2));
	}
	return row < 0 ? row : 0;
}

/* The unit's officers, else its head, else who is on duty: somebody always hears of it. */
static int people_load(struct txn *txn, int64_t unit_id, int64_t *people)
{
	static const char *const roles[] = { "officer", "unit_head" };
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		AUTO_STMT struct stmt *q = NULL;
		int count = 0;
		int row = sql_query(txn_db(txn),
			"SELECT DISTINCT g.person_id FROM role_grant g JOIN person p"
			" ON p.id = g.person_id WHERE g.role = $1 AND g.unit_id = $2"
			" AND g.valid_from_ms <= $3 AND (g.valid_to_ms IS NULL"
			" OR g.valid_to_ms > $3) AND p.mail IS NOT NULL"
			" ORDER BY g.person_id LIMIT $4",
			&q, SQL_STR(roles[i]), SQL_INT(unit_id), SQL_INT(txn_now_ms(txn)),
			SQL_INT(PEOPLE_MAX));
		while (row >= 0 && count < PEOPLE_MAX && (row = db_step(q)) == 1) {
			people[count++] = db_col_int64(q, 0);
		}
		if (row < 0 || count > 0) {
			return row < 0 ? row : count;
		}
	}
	return deliver_on_duty(txn, people, PEOPLE_MAX);
}

static struct slice when_text(struct txn *txn, const struct due *due)
{
	return due->days_left < 0    ? arena_printf(txn_arena(txn), "已过期 %lld 天",
					       (long long)-due->days_left)
	       : due->days_left == 0 ? SLICE("今天到期")
				     : arena_printf(txn_arena(txn), "还有 %lld 天到期",
					       (long long)due->days_left);
}

static int mail_one(struct txn *txn, const struct desk_env *env, const struct due *due,
	int64_t person_id, const char *event)
{
	AUTO_BUF struct buf body;
	struct civil end = civil_of_ms(due->end_ms, CIVIL_CHINA_OFFSET_MIN);
	struct slice when = when_text(txn, due);
	buf_init(&body, BODY_MAX_OCTETS);
	buf_printf(&body, "%.*s 的%s%.*s。\n\n", SLICE_FMT(due->name), due->ending->word,
		SLICE_FMT(when));
	buf_printf(&body, "%s：%.*s\n", due->ending->word,
		SLICE_FMT(due->detail.n > 0 ? due->detail : SLICE("（未登记）")));
	buf_printf(&body, "到期日：%04d-%02u-%02u\n\n", (int)end.year, end.month, end.day);
	buf_printf(&body,
		"请及时办理续期，并把新的到期日告知信息化部门登记，登记后提醒即停止。\n%s/%s%lld\n",
		env->base_url, due->ending->page, (long long)due->id);
	struct deliver_mail mail = {
		.person_id = person_id,
		.subject = arena_printf(txn_arena(txn), "【到期提醒】%.*s 的%s%.*s",
			SLICE_FMT(due->name), due->ending->word, SLICE_FMT(when)),
		.body = buf_slice(&body),
		.about = due->ending->table,
		.about_id = due->id,
		.event = event,
	};
	int put = deliver_mail(txn, &mail);
	return put < 0 ? put : 0;
}

static const struct ending *ending_of(struct slice kind)
{
	size_t at = 0;
	while (at + 1 < ENDINGS && !slice_is(kind, endings[at].kind)) {
		at++;
	}
	return &endings[at];
}

int expiry_timer(struct txn *txn, const struct desk_env *env, const struct timer *timer)
{
	int64_t people[PEOPLE_MAX];
	struct expiry_steps steps;
	struct due due = { .ending = ending_of(timer->kind), .id = timer->record_id };
	struct slice table = slice_str(due.ending->table);
	struct trail_act act = { .act = arena_printf(
					 txn_arena(txn), "%.*s.expiry", SLICE_FMT(table)),
		.kind = table,
		.id = timer->record_id,
		.reason = timer->kind };
	int error = end_load(txn, timer->record_id, due.ending, &due.end_ms);
	if (error < 0 || due.end_ms == 0) {
		return error;
	}
	trail_act(txn, &act);
	due.days_left = expiry_days_left(due.end_ms, txn_now_ms(txn));
	error = due_load(txn, &due);
	int count = error < 0 ? error : people_load(txn, due.unit_id, people);
	struct slice event = arena_printf(
		txn_arena(txn), "%.*s.%lld", SLICE_FMT(timer->kind), (long long)timer->seq);
	error = count < 0 ? count : 0;
	for (int i = 0; i < count && error >= 0; i++) {
		error = mail_one(txn, env, &due, people[i], (const char *)event.p);
	}
	error = error < 0 ? error : steps_load(txn, &steps);
	int64_t next_ms =
		error < 0 ? INT64_MAX : expiry_next(&steps, due.end_ms, txn_now_ms(txn));
	error = error < 0 || next_ms == INT64_MAX
			? error
			: timer_at(txn, timer->record_id, due.ending, next_ms, next_ms);
	return error < 0 ? error : txn_change(txn, due.ending->table, timer->record_id, 0);
}
