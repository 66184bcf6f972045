/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/reviews.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "desk/deliver.h"
#include "desk/desk.h"
#include "desk/doubts.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/timer.h"
#include "workflow/calendar.h"
#include "workflow/policy.h"

enum { NAME_MAX_CHARS = 60, TOLD_MAX = 2000, LISTED_MAX_OCTETS = 8192 };
enum { DUE = 1, GRACE_OVER = 2 };

/* Whoever answers for a unit that has not said anything; $2 limits to officers and specialists. */
#define SILENT                                                                                 \
	"SELECT g.person_id, g.unit_id FROM role_grant g JOIN unit u ON u.id = g.unit_id"      \
	" WHERE g.valid_to_ms IS NULL AND g.for_id IS NULL AND u.valid_to_ms IS NULL"          \
	" AND (g.role IN ('officer', 'specialist') OR ($2 = 0 AND g.role = 'unit_head'))"      \
	" AND NOT EXISTS (SELECT 1 FROM term_review_answer a WHERE a.review_id = $1"           \
	" AND a.unit_id = g.unit_id) ORDER BY g.id LIMIT $3"

struct told {
	int64_t person_id;
	int64_t unit_id;
};

static int silent_load(
	struct txn *txn, int64_t id, bool without_heads, struct told *told, int *ret_count)
{
	AUTO_STMT struct stmt *q = NULL;
	int count = 0;
	int row = sql_query(txn_db(txn), SILENT, &q, SQL_INT(id), SQL_INT(without_heads),
		SQL_INT(TOLD_MAX));
	while (row >= 0 && count < TOLD_MAX && (row = db_step(q)) == 1) {
		told[count++] = (struct told) { db_col_int64(q, 0), db_col_int64(q, 1) };
	}
	*ret_count = count;
	return row < 0 ? row : 0;
}

static int remind(struct txn *txn, const struct desk_env *env, int64_t id, const char *event)
{
	struct told *told = arena_take(txn_arena(txn), TOLD_MAX * sizeof(*told));
	int count = 0;
	int error = silent_load(txn, id, false, told, &count);
	for (int i = 0; i < count && error >= 0; i++) {
		struct deliver_mail mail = { .person_id = told[i].person_id,
			.subject = SLICE("【学期核对】请核对本单位人员名单"),
			.body = arena_printf(txn_arena(txn),
				"请核对本单位网络安全人员名单，无误请点一次确认；有变动请提交备案。\n"
				"%s/m/unit\n",
				env->base_url),
			.about = "term_review",
			.about_id = id,
			.event = event };
		error = deliver_mail(txn, &mail);
	}
	return error < 0 ? error : 0;
}

static int timer_begin(struct txn *txn, int64_t id, int64_t seq, int64_t at_ms)
{
	struct timer timer = { .kind = SLICE("review.due"),
		.record_kind = SLICE("term_review"),
		.record_id = id,
		.seq = seq,
		.fire_at_ms = at_ms,
		.trace = txn_trace(txn) };
	return timer_set(txn, &timer);
}

static int days_on(const struct desk_env *env, int64_t from_ms, int32_t days, int64_t *ret_ms)
{
	bool provisional = false;
	return calendar_add(env->calendar, from_ms,
		(struct due_rule) { (uint32_t)days, DUE_WORKING_DAYS }, ret_ms, &provisional);
}

int desk_review_open(struct desk *desk)
{
	struct slice name = { 0 };
	int64_t open = 0;
	int64_t due_ms = 0;
	int error = words_text(desk, "name", WORDS_REQUIRED, NAME_MAX_CHARS, &name);
	int found = error < 0 ? error
			      : sql_int(desk->db,
					"SELECT id FROM term_review WHERE closed_at_ms IS NULL"
					" AND id > $1 LIMIT 1",
					&open, SQL_INT(0));
	if (found != 0) {
		return found < 0 ? found : desk_refuse(desk, E_EXISTS, "review.open", NULL);
	}
	error = days_on(
		desk->env, desk->now_ms, desk->env->policy->officers.review_days, &due_ms);
	int64_t id = txn_id(desk->txn);
	int64_t done =
		error < 0
			? error
			: sql_run(desk->db,
				  "INSERT INTO term_review (id, version, name, opened_by,"
				  " opened_at_ms, due_at_ms) VALUES ($1, 1, $2, $3, $4, $5)",
				  SQL_INT(id), SQL_TEXT(name), SQL_INT(desk->caller.person_id),
				  SQL_INT(desk->now_ms), SQL_INT(due_ms));
	error = done < 0 ? (int)done : trail_row(desk->txn, "term_review", id);
	error = error < 0 ? error : timer_begin(desk->txn, id, DUE, due_ms);
	error = error < 0 ? error : remind(desk->txn, desk->env, id, "opened");
	error = error < 0 ? error : txn_change(desk->txn, "term_review", id, 1);
	desk_audit(desk, "review.open", "term_review", id, 1, name);
	desk_answer(desk, id, 1);
	return error;
}

struct review {
	int64_t version;
	bool closed;
};

static int load(struct desk *desk, struct review *review)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT version, closed_at_ms FROM term_review WHERE id = $1", &q,
		SQL_INT(desk->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	*review = (struct review) { db_col_int64(q, 0), !db_col_is_null(q, 1) };
	return review->closed ? desk_refuse(desk, E_STATE, "review.closed", NULL)
			      : desk_version_same(desk, review->version);
}

/* What it says yes to, kept: who stood there. */
static int listed(struct desk *desk, struct slice *ret_json)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT role, person_id, id FROM role_grant WHERE unit_id = $1"
		" AND valid_to_ms IS NULL ORDER BY id",
		&q, SQL_INT(desk->caller.unit_id));
	buf_init(&text, LISTED_MAX_OCTETS);
	jw_init(&jw, &text);
	jw_array(&jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		jw_object(&jw);
		jw_kv_str(&jw, "role", db_col_text(q, 0));
		jw_kv_int(&jw, "person_id", db_col_int64(q, 1));
		jw_end(&jw);
	}
	jw_end(&jw);
	*ret_json = arena_dup(desk->arena, buf_slice(&text));
	return row < 0 ? row : text.failed ? E_LIMIT : 0;
}

int desk_review_confirm(struct desk *desk)
{
	struct review review = { 0 };
	struct slice list = { 0 };
	int64_t before = 0;
	int64_t unit_id = desk->caller.unit_id;
	int error = load(desk, &review);
	error = error < 0 ? error : listed(desk, &list);
	int found = error < 0 ? error
			      : sql_int(desk->db,
					"SELECT id FROM term_review_answer WHERE review_id = $1"
					" AND unit_id = $2",
					&before, SQL_INT(desk->call->id), SQL_INT(unit_id));
	if (found != 0) {
		return found < 0 ? found
				 : desk_refuse(desk, E_EXISTS, "review.confirmed", NULL);
	}
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO term_review_answer (id, version, review_id, unit_id, by_id, at_ms,"
		" listed) VALUES ($1, 1, $2, $3, $4, $5, $6)",
		SQL_INT(id), SQL_INT(desk->call->id), SQL_INT(unit_id),
		SQL_INT(desk->caller.person_id), SQL_INT(desk->now_ms), SQL_TEXT(list));
	error = done < 0 ? (int)done : trail_row(desk->txn, "term_review_answer", id);
	error = error < 0 ? error : txn_change(desk->txn, "term_review", desk->call->id, 0);
	error = error < 0 ? error : txn_change(desk->txn, "unit", unit_id, 0);
	desk_audit(desk, "review.confirm", "term_review", desk->call->id, review.version,
		(struct slice) { 0 });
	desk_answer(desk, desk->call->id, review.version);
	return error;
}

static int close_row(struct txn *txn, int64_t id)
{
	int64_t done = sql_run(txn_db(txn),
		"UPDATE term_review SET version = version + 1, closed_at_ms = $2 WHERE id = $1",
		SQL_INT(id), SQL_INT(txn_now_ms(txn)));
	int error = done < 0 ? (int)done : trail_row(txn, "term_review", id);
	int64_t gone = error < 0 ? error : timer_cancel(txn, "term_review", id, NULL);
	return gone < 0 ? (int)gone : txn_change(txn, "term_review", id, 0);
}

int desk_review_close(struct desk *desk)
{
	struct review review = { 0 };
	int error = load(desk, &review);
	error = error < 0 ? error : close_row(desk->txn, desk->call->id);
	desk_audit(desk, "review.close", "term_review", desk->call->id, review.version + 1,
		(struct slice) { 0 });
	desk_answer(desk, desk->call->id, review.version + 1);
	return error;
}

/* Still nothing: that is a sign of its own about whoever should have answered. */
static int silence_doubt(struct txn *txn, const struct desk_env *env, int64_t id)
{
	struct told *told = arena_take(txn_arena(txn), TOLD_MAX * sizeof(*told));
	int count = 0;
	int error = silent_load(txn, id, true, told, &count);
	for (int i = 0; i < count && error >= 0; i++) {
		struct doubt_sign sign = { .person_id = told[i].person_id,
			.unit_id = told[i].unit_id,
			.signal = TENURE_REVIEW_OVERDUE,
			.evidence = arena_printf(
				txn_arena(txn), "term review %lld", (long long)id) };
		error = doubt_sign(txn, env, &sign);
	}
	return error < 0 ? error : close_row(txn, id);
}

int review_timer(struct txn *txn, const struct desk_env *env, const struct timer *timer)
{
	int64_t open = 0;
	int64_t next_ms = 0;
	int found = sql_int(txn_db(txn),
		"SELECT 1 FROM term_review WHERE id = $1 AND closed_at_ms IS NULL", &open,
		SQL_INT(timer->record_id));
	if (found <= 0) {
		return found;
	}
	trail_act(txn, &(struct trail_act) { .act = SLICE("review.overdue"),
			       .kind = SLICE("term_review"),
			       .id = timer->record_id });
	if (timer->seq == GRACE_OVER) {
		return silence_doubt(txn, env, timer->record_id);
	}
	int error = remind(txn, env, timer->record_id, "due");
	error = error < 0 ? error
			  : days_on(env, txn_now_ms(txn),
				    env->policy->officers.review_grace_days, &next_ms);
	return error < 0 ? error : timer_begin(txn, timer->record_id, GRACE_OVER, next_ms);
}
