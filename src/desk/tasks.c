/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/tasks.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/calendars.h"
#include "desk/deliver.h"
#include "desk/desk.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/timer.h"
#include "records/trail.h"
#include "workflow/due.h"
#include "workflow/incoming.h"
#include "workflow/policy.h"

#define TIME_MAX INT64_C(253402300799999) /* the end of the year 9999 */

enum { TITLE_MAX = 200, TEXT_MAX = 2000, REASON_MAX = 500, PEOPLE_MAX = 20 };

struct task_row {
	int64_t id;
	int64_t version;
	enum task_state state;
	struct slice source;
	int64_t meeting_id;
	int64_t incoming_id;
	struct slice title;
	struct slice detail;
	int64_t unit_id;
	int64_t due_at_ms;
	struct slice due_json;
	bool overdue;
	struct slice reason;
};

/* ---- by when */

static int timer_put(struct txn *txn, int64_t id, const char *kind, int64_t at_ms)
{
	struct timer timer = { .kind = slice_str(kind),
		.record_kind = SLICE("task"),
		.record_id = id,
		.seq = at_ms,
		.fire_at_ms = at_ms,
		.trace = txn_trace(txn) };
	return at_ms > txn_now_ms(txn) ? timer_set(txn, &timer) : 0;
}

static int timers_set(struct desk *desk, const struct task_row *row)
{
	const struct calendar *days = NULL;
	int64_t remind_ms = 0;
	bool provisional = false;
	int error = calendar_of_unit(desk->txn, desk->env, row->unit_id, &days);
	error = error < 0 ? error
			  : calendar_before(days, row->due_at_ms,
				    policy_rule(
					    desk->env->policy, POLICY_TASK_REMIND, GRADE_HIGH),
				    &remind_ms, &provisional);
	error = error < 0 ? error : timer_put(desk->txn, row->id, "task.remind", remind_ms);
	return error < 0 ? error : timer_put(desk->txn, row->id, "task.due", row->due_at_ms);
}

/* A time that is counted keeps how; a day that is named is only that day. */
static int due_count(struct desk *desk, struct task_row *row, struct slice text)
{
	AUTO_BUF struct buf out;
	const struct calendar *days = NULL;
	struct due_rule rule = { 0 };
	struct due due = { 0 };
	if (due_rule_parse(text, &rule) < 0) {
		return desk_refuse(desk, E_INPUT, "task.rule", "rule");
	}
	int error = calendar_of_unit(desk->txn, desk->env, row->unit_id, &days);
	error = error < 0 ? error : due_begin(days, "", "", desk->now_ms, rule, &due);
	if (error < 0) {
		return error == E_RANGE ? desk_refuse(desk, E_INPUT, "task.rule", "rule")
					: error;
	}
	buf_init(&out, DUE_TEXT_MAX);
	struct jw jw;
	jw_init(&jw, &out);
	due_put_json(&jw, &due);
	row->due_json = arena_dup(desk->arena, buf_slice(&out));
	row->due_at_ms = due.due_ms;
	return 0;
}

static int due_read(struct desk *desk, struct task_row *row)
{
	struct slice rule = { 0 };
	int error = words_text(desk, "rule", WORDS_OPTIONAL, 20, &rule);
	error = error < 0 ? error : words_int(desk, "due_at", 0, TIME_MAX, 0, &row->due_at_ms);
	if (error == 0 && rule.n > 0) {
		error = due_count(desk, row, rule);
	}
	if (error == 0 && row->due_at_ms <= desk->now_ms) {
		error = desk_refuse(desk, E_INPUT, "task.past", "due_at");
	}
	return error;
}

/* ---- made */

static int words_read(struct desk *desk, struct task_row *row)
{
	int error = words_text(desk, "title", WORDS_REQUIRED, TITLE_MAX, &row->title);
	error = error < 0 ? error
			  : words_text(desk, "detail", WORDS_OPTIONAL, TEXT_MAX, &row->detail);
	error = error < 0 ? error
			  : words_id(desk, "unit_id", WORDS_REQUIRED, "unit", &row->unit_id);
	error = error < 0 ? error
			  : words_id(desk, "meeting_id", WORDS_OPTIONAL, "meeting",
				    &row->meeting_id);
	error = error < 0 ? error
			  : words_id(desk, "incoming_id", WORDS_OPTIONAL, "incoming",
				    &row->incoming_id);
	row->source = row->meeting_id != 0    ? SLICE("meeting")
		      : row->incoming_id != 0 ? SLICE("word")
					      : SLICE("other");
	return error;
}

/* A task says what is to be done, so none comes out of a state secret. */
static int paper_check(struct desk *desk, const struct task_row *row)
{
	int64_t open = 0;
	int found = row->incoming_id == 0 ? 1
					  : sql_int(desk->db,
						    "SELECT 1 FROM incoming WHERE id = $1"
						    " AND secrecy IN ('public', 'internal')",
						    &open, SQL_INT(row->incoming_id));
	return found < 0    ? found
	       : found == 0 ? desk_refuse(desk, E_INPUT, "incoming.state_secret", "incoming_id")
			    : 0;
}

static int told(struct txn *txn, const struct desk_env *env, const struct task_row *row,
	const char *event, const char *subject, const char *text)
{
	int64_t people[PEOPLE_MAX];
	int count = 0;
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(txn_db(txn),
		"SELECT DISTINCT person_id FROM role_grant WHERE valid_to_ms IS NULL"
		" AND unit_id = $1 AND role IN ('officer', 'specialist', 'unit_head')"
		" ORDER BY person_id LIMIT $2",
		&q, SQL_INT(row->unit_id), SQL_INT(PEOPLE_MAX));
	while (found >= 0 && count < PEOPLE_MAX && (found = db_step(q)) == 1) {
		people[count++] = db_col_int64(q, 0);
	}
	found = found < 0 ? found : 0;
	for (int i = 0; i < count && found >= 0; i++) {
		struct deliver_mail mail = { .person_id = people[i],
			.subject = slice_str(subject),
			.body = arena_printf(txn_arena(txn), "%s\n%s/group/%lld\n", text,
				env->base_url, (long long)row->id),
			.about = "task",
			.about_id = row->id,
			.event = event };
		found = deliver_mail(txn, &mail);
	}
	return found < 0 ? found : 0;
}

int desk_task_create(struct desk *desk)
{
	struct task_row row = { .version = 1, .state = TASK_OPEN };
	int error = words_read(desk, &row);
	error = error < 0 ? error : paper_check(desk, &row);
	error = error < 0 ? error : due_read(desk, &row);
	if (error < 0) {
		return error;
	}
	row.id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO task (id, version, state, source, meeting_id, incoming_id, title,"
		" detail, unit_id, due_at_ms, due_json, author_id, created_at_ms)"
		" VALUES ($1, 1, 'open', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		SQL_INT(row.id), SQL_TEXT(row.source), SQL_INT_OR_NULL(row.meeting_id),
		SQL_INT_OR_NULL(row.incoming_id), SQL_TEXT(row.title),
		SQL_TEXT_OR_NULL(row.detail), SQL_INT(row.unit_id), SQL_INT(row.due_at_ms),
		SQL_TEXT_OR_NULL(row.due_json), SQL_INT(desk->caller.person_id),
		SQL_INT(desk->now_ms));
	error = done < 0 ? (int)done : trail_row(desk->txn, "task", row.id);
	error = error < 0 ? error : txn_change(desk->txn, "task", row.id, 1);
	error = error < 0 ? error : timers_set(desk, &row);
	error = error < 0 ? error
			  : told(desk->txn, desk->env, &row, "created", "【议定事项】请落实",
				    "有一项议定事项由你单位落实，请登录查看：");
	desk_audit(desk, "task.create", "task", row.id, 1, row.title);
	desk_answer(desk, row.id, 1);
	return error < 0 ? error
			 : words_timeline(
				   desk, "task", row.id, "task_made", (struct slice) { 0 });
}

/* ---- done */

static int row_load(struct txn *txn, int64_t id, struct task_row *row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(txn_db(txn),
		"SELECT version, state, title, unit_id, due_at_ms, overdue FROM task"
		" WHERE id = $1",
		&q, SQL_INT(id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	int state = name_parse(&task_state_names, db_col_text(q, 1));
	*row = (struct task_row) { .id = id,
		.version = db_col_int64(q, 0),
		.state = (enum task_state)(state < 0 ? 0 : state),
		.title = arena_dup(txn_arena(txn), db_col_text(q, 2)),
		.unit_id = db_col_int64(q, 3),
		.due_at_ms = db_col_int64(q, 4),
		.overdue = db_col_int64(q, 5) != 0 };
	return state < 0 ? E_STORE : 0;
}

static int row_open(struct desk *desk, struct task_row *row, struct task_facts *facts)
{
	int64_t centre = 0;
	int error = row_load(desk->txn, desk->call->id, row);
	error = error < 0 ? error : desk_unit_reached(desk, row->unit_id);
	error = error < 0 ? error : desk_version_same(desk, row->version);
	int found = error < 0 ? error
			      : sql_int(desk->db, "SELECT is_centre FROM unit WHERE id = $1",
					&centre, SQL_INT(row->unit_id));
	bool own = desk->caller.unit_id != 0 && desk->caller.unit_id == row->unit_id;
	/* Roles of the centre belong to no unit of their own. */
	*facts = (struct task_facts) { .state = row->state,
		.actor_in_unit = own || (centre != 0 && desk->caller.unit_id == 0) };
	desk->answer_state = slice_str(name_id(&task_state_names, row->state));
	return found < 0 ? found : 0;
}

static int decide(struct desk *desk, struct task_row *row, const struct task_facts *facts,
	enum task_act act)
{
	struct diag diag = { 0 };
	int error = task_step(facts, act, desk->caller.role, &row->state, &diag);
	if (error < 0 && diag.source[0] != '\0') {
		struct slice code = arena_printf(desk->arena, "task.%s", diag.source);
		return desk_refuse(desk, error, (const char *)code.p, NULL);
	}
	return error;
}

static struct slice args_of(struct desk *desk, struct slice reason)
{
	AUTO_BUF struct buf text;
	buf_init(&text, 16 * 1024);
	struct jw jw;
	jw_init(&jw, &text);
	jw_object(&jw);
	if (reason.n > 0) {
		jw_kv_str(&jw, "reason", reason);
	}
	jw_end(&jw);
	return arena_dup(desk->arena, buf_slice(&text));
}

static int saved(struct desk *desk, struct task_row *row, const char *act, const char *code,
	struct slice reason)
{
	bool over = row->state == TASK_DONE || row->state == TASK_CANCELLED;
	row->version++;
	int64_t done = sql_run(desk->db,
		"UPDATE task SET version = $2, state = $3, reason = $4, ended_at_ms = $5"
		" WHERE id = $1",
		SQL_INT(row->id), SQL_INT(row->version),
		SQL_STR(name_id(&task_state_names, row->state)), SQL_TEXT_OR_NULL(reason),
		SQL_INT_OR_NULL(over ? desk->now_ms : 0));
	int error = done < 0 ? (int)done : trail_row(desk->txn, "task", row->id);
	int64_t gone =
		error < 0 || !over ? error : timer_cancel(desk->txn, "task", row->id, NULL);
	error = gone < 0 ? (int)gone : txn_change(desk->txn, "task", row->id, row->version);
	desk_audit(desk, act, "task", row->id, row->version, reason);
	desk_answer(desk, row->id, row->version);
	desk->answer_state = slice_str(name_id(&task_state_names, row->state));
	return error < 0 ? error
			 : words_timeline(desk, "task", row->id, code, args_of(desk, reason));
}

int desk_task_report(struct desk *desk)
{
	struct task_row row = { 0 };
	struct task_facts facts = { 0 };
	struct slice text = { 0 };
	bool finished = false;
	int error = row_open(desk, &row, &facts);
	error = error < 0 ? error : words_text(desk, "text", WORDS_OPTIONAL, TEXT_MAX, &text);
	(void)!json_bool(json_get(desk->call->body, "done"), &finished);
	facts.text_given = text.n > 0;
	error = error < 0 ? error
			  : decide(desk, &row, &facts,
				    finished ? TASK_ACT_FINISH : TASK_ACT_REPORT);
	if (error < 0) {
		return error;
	}
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO task_report (id, version, task_id, text, done, by_id, at_ms)"
		" VALUES ($1, 1, $2, $3, $4, $5, $6)",
		SQL_INT(id), SQL_INT(row.id), SQL_TEXT(text), SQL_INT(finished),
		SQL_INT(desk->caller.person_id), SQL_INT(desk->now_ms));
	error = done < 0 ? (int)done : trail_row(desk->txn, "task_report", id);
	return error < 0 ? error
			 : saved(desk, &row, "task.report",
				   finished ? "task_finished" : "task_reported", text);
}

/* Confirmed, sent back or given up: the body says which. */
int desk_task_settle(struct desk *desk)
{
	static const char *const how[] = { "confirm", "send_back", "cancel", NULL };
	struct task_row row = { 0 };
	struct task_facts facts = { 0 };
	struct slice word = { 0 };
	struct slice reason = { 0 };
	int error = row_open(desk, &row, &facts);
	error = error < 0 ? error : words_choice(desk, "how", how, NULL, &word);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_OPTIONAL, REASON_MAX, &reason);
	facts.reason_given = words_enough(reason, INCOMING_REASON_MIN);
	int act = error < 0 ? error : name_parse(&task_act_names, word);
	error = act < 0 ? act : decide(desk, &row, &facts, (enum task_act)act);
	if (error < 0) {
		return error;
	}
	struct slice code = arena_printf(desk->arena, "task_%.*s", SLICE_FMT(word));
	struct slice name = arena_printf(desk->arena, "task.%.*s", SLICE_FMT(word));
	return saved(desk, &row, (const char *)name.p, (const char *)code.p, reason);
}

/* ---- time */

static int overdue_mark(struct txn *txn, struct task_row *row)
{
	int64_t done = sql_run(txn_db(txn),
		"UPDATE task SET version = version + 1, overdue = 1 WHERE id = $1",
		SQL_INT(row->id));
	int error = done < 0 ? (int)done : trail_row(txn, "task", row->id);
	done = error < 0
		       ? error
		       : sql_run(txn_db(txn),
				 "INSERT INTO timeline (id, kind, record_id, at_ms, code, args, role)"
				 " VALUES ($1, 'task', $2, $3, 'overdue', '{}', 'system')",
				 SQL_INT(txn_id(txn)), SQL_INT(row->id),
				 SQL_INT(txn_now_ms(txn)));
	return done < 0 ? (int)done : txn_change(txn, "task", row->id, row->version + 1);
}

int task_timer(struct txn *txn, const struct desk_env *env, const struct timer *timer)
{
	struct task_row row = { 0 };
	bool due = slice_is(timer->kind, "task.due");
	int error = row_load(txn, timer->record_id, &row);
	if (error < 0 || row.state != TASK_OPEN) {
		return error;
	}
	trail_act(txn, &(struct trail_act) { .act = SLICE("task.remind"),
			       .kind = SLICE("task"),
			       .id = row.id,
			       .version = row.version,
			       .reason = timer->kind });
	error = due ? overdue_mark(txn, &row) : 0;
	return error < 0 ? error
			 : told(txn, env, &row, due ? "due" : "remind",
				   due ? "【议定事项】已逾期" : "【议定事项】即将到期",
				   due ? "一项议定事项已逾期，请登录报告落实情况："
				       : "一项议定事项即将到期，请登录报告落实情况：");
}
