/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/event_clocks.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/jw.h"
#include "desk/calendars.h"
#include "desk/desk.h"
#include "desk/policies.h"
#include "records/sql.h"
#include "records/timer.h"
#include "records/trail.h"
#include "workflow/due.h"
#include "workflow/event_clock.h"
#include "workflow/policy.h"

struct clock_row {
	int64_t id;
	int64_t event_id;
	enum event_clock_kind kind;
	int64_t up_id;
	int64_t seq;
	int64_t met_at_ms;
	int64_t missed_at_ms;
	bool over; /* met or ended */
	struct slice due_json;
	struct due due;
};

/* ---- the rows */

static int timer_put(
	struct txn *txn, const char *kind, int64_t clock_id, int64_t seq, int64_t at_ms)
{
	struct timer timer = { .kind = slice_str(kind),
		.record_kind = SLICE("event_clock"),
		.record_id = clock_id,
		.seq = seq,
		.fire_at_ms = at_ms,
		.trace = txn_trace(txn) };
	int error = timer_set(txn, &timer);
	/* What was missed stays missed, whatever is counted afterwards. */
	return error == E_STATE ? 0 : error;
}

static struct slice due_text(struct txn *txn, const struct due *due)
{
	AUTO_BUF struct buf text;
	buf_init(&text, DUE_TEXT_MAX);
	struct jw jw;
	jw_init(&jw, &text);
	due_put_json(&jw, due);
	return text.failed ? (struct slice) { 0 } : arena_dup(txn_arena(txn), buf_slice(&text));
}

static int clock_insert(struct txn *txn, int64_t event_id, enum event_clock_kind kind,
	int64_t up_id, const struct due *due, int64_t *ret_id)
{
	int64_t seq = 0;
	struct slice text = due_text(txn, due);
	int found = sql_int(txn_db(txn),
		"SELECT count(*) FROM event_clock WHERE event_id = $1 AND kind = $2", &seq,
		SQL_INT(event_id), SQL_STR(name_id(&event_clock_names, kind)));
	if (found < 0 || text.n == 0) {
		return found < 0 ? found : E_LIMIT;
	}
	*ret_id = txn_id(txn);
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO event_clock (id, version, event_id, kind, up_id, seq, due_at_ms,"
		" due_json) VALUES ($1, 1, $2, $3, $4, $5, $6, $7)",
		SQL_INT(*ret_id), SQL_INT(event_id), SQL_STR(name_id(&event_clock_names, kind)),
		SQL_INT_OR_NULL(up_id), SQL_INT(seq + 1), SQL_INT(due->due_ms), SQL_TEXT(text));
	int error = done < 0 ? (int)done : trail_row(txn, "event_clock", *ret_id);
	return error < 0 ? error : timer_put(txn, "event.due", *ret_id, 0, due->due_ms);
}

#define CLOCKS                                                                                 \
	"SELECT id, event_id, kind, coalesce(up_id, 0), seq, coalesce(met_at_ms, 0),"          \
	" coalesce(missed_at_ms, 0), CASE WHEN met_at_ms IS NULL AND ended_at_ms IS NULL"      \
	" THEN 0 ELSE 1 END, due_json FROM event_clock WHERE "

static int clock_read(struct txn *txn, struct stmt *q, struct clock_row *ret)
{
	int kind = name_parse(&event_clock_names, db_col_text(q, 2));
	*ret = (struct clock_row) { .id = db_col_int64(q, 0),
		.event_id = db_col_int64(q, 1),
		.kind = kind < 0 ? EVENT_CLOCK_INITIAL : (enum event_clock_kind)kind,
		.up_id = db_col_int64(q, 3),
		.seq = db_col_int64(q, 4),
		.met_at_ms = db_col_int64(q, 5),
		.missed_at_ms = db_col_int64(q, 6),
		.over = db_col_int64(q, 7) != 0,
		.due_json = arena_dup(txn_arena(txn), db_col_text(q, 8)) };
	return kind < 0 || due_parse_json(ret->due_json, &ret->due, NULL) < 0 ? E_STORE : 0;
}

/* ---- starting */

struct rules {
	const struct policy *policy;
	const struct calendar *days;
};

static int rules_load(struct txn *txn, const struct desk_env *env, const struct event_row *row,
	struct rules *ret)
{
	int error = policy_then(txn, env, row->policy_id, &ret->policy);
	return error < 0 ? error : calendar_of_unit(txn, env, row->unit_id, &ret->days);
}

int event_clock_set(struct txn *txn, const struct desk_env *env, const struct event_row *row,
	enum event_clock_kind kind, int64_t start_ms)
{
	struct rules rules;
	struct due due;
	int64_t id = 0;
	int error = rules_load(txn, env, row, &rules);
	error = error < 0 ? error
			  : event_clock_begin(rules.days, rules.policy, kind,
				    event_grade_now(row), start_ms, &due);
	return error < 0 ? error : clock_insert(txn, row->id, kind, 0, &due, &id);
}

int event_clock_set_up(struct txn *txn, const struct desk_env *env, const struct event_row *row,
	const struct event_authority *authority, int64_t up_id)
{
	struct rules rules;
	struct event_pack pack;
	struct due due;
	char version[POLICY_STAMPED_MAX];
	int64_t id = 0;
	int error = rules_load(txn, env, row, &rules);
	error = error < 0 ? error : event_pack_load(txn, row->pack_id, &pack, NULL);
	if (error < 0) {
		return error;
	}
	(void)snprintf(version, sizeof(version), "%.*s", SLICE_FMT(pack.id));
	policy_stamp(version, sizeof(version), pack.text);
	error = event_clock_up(rules.days, version, authority, row->known_at_ms, &due);
	error = error < 0 ? error
			  : clock_insert(txn, row->id, EVENT_CLOCK_UP, up_id, &due, &id);
	for (unsigned i = 0; i < EVENT_ALARMS && error == 0; i++) {
		int64_t at_ms = 0;
		error = event_alarm_at(rules.days, rules.policy, i, row->known_at_ms, &at_ms);
		/* What would have gone off before anybody knew how grave it is is told with the grade. */
		if (error == 0 && at_ms > txn_now_ms(txn) && at_ms < due.due_ms) {
			error = timer_put(txn, "event.alarm", id, (int64_t)i + 1, at_ms);
		}
	}
	return error;
}

/* ---- ending */

static int running_change(
	struct txn *txn, int64_t event_id, const char *kind, int64_t up_id, const char *column)
{
	struct slice sql = arena_printf(txn_arena(txn),
		"UPDATE event_clock SET version = version + 1, %s = $2 WHERE id = $1", column);
	int64_t ids[64];
	size_t count = 0;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn),
		"SELECT id FROM event_clock WHERE event_id = $1 AND ($2 = '' OR (kind = $2"
		" AND coalesce(up_id, 0) = $3)) AND met_at_ms IS NULL AND ended_at_ms IS NULL"
		" ORDER BY id LIMIT 64",
		&q, SQL_INT(event_id), SQL_STR(kind), SQL_INT(up_id));
	while (row >= 0 && count < 64 && (row = db_step(q)) == 1) {
		ids[count++] = db_col_int64(q, 0);
	}
	for (size_t i = 0; i < count && row >= 0; i++) {
		int64_t done = sql_run(txn_db(txn), (const char *)sql.p, SQL_INT(ids[i]),
			SQL_INT(txn_now_ms(txn)));
		done = done < 0 ? done : trail_row(txn, "event_clock", ids[i]);
		done = done < 0 ? done : timer_cancel(txn, "event_clock", ids[i], NULL);
		row = done < 0 ? (int)done : 0;
	}
	return row < 0 ? row : 0;
}

int event_clock_meet(
	struct txn *txn, int64_t event_id, enum event_clock_kind kind, int64_t up_id)
{
	return running_change(
		txn, event_id, name_id(&event_clock_names, kind), up_id, "met_at_ms");
}

int event_clock_end(
	struct txn *txn, int64_t event_id, enum event_clock_kind kind, int64_t up_id)
{
	return running_change(
		txn, event_id, name_id(&event_clock_names, kind), up_id, "ended_at_ms");
}

int event_clocks_end(struct txn *txn, int64_t event_id)
{
	return running_change(txn, event_id, "", 0, "ended_at_ms");
}

/* ---- another grade */

static int regraded_save(struct txn *txn, const struct clock_row *clock)
{
	struct slice text = due_text(txn, &clock->due);
	/* Met after the moment the graver grade makes it due: late is what it was. */
	bool late = clock->met_at_ms > clock->due.due_ms;
	int64_t missed_ms = clock->missed_at_ms != 0 ? clock->missed_at_ms
			    : late                   ? txn_now_ms(txn)
						     : 0;
	int64_t done =
		text.n == 0
			? E_LIMIT
			: sql_run(txn_db(txn),
				  "UPDATE event_clock SET version = version + 1, due_at_ms = $2,"
				  " due_json = $3, missed_at_ms = $4 WHERE id = $1",
				  SQL_INT(clock->id), SQL_INT(clock->due.due_ms),
				  SQL_TEXT(text), SQL_INT_OR_NULL(missed_ms));
	int error = done < 0 ? (int)done : trail_row(txn, "event_clock", clock->id);
	return error < 0 || clock->over
		       ? error
		       : timer_put(txn, "event.due", clock->id, 0, clock->due.due_ms);
}

static int regrade_one(struct txn *txn, const struct rules *rules, const struct event_row *row,
	struct clock_row *clock)
{
	int64_t before_ms = clock->due.due_ms;
	int changed = event_clock_regrade(rules->days, rules->policy, clock->kind,
		event_grade_now(row), txn_now_ms(txn), &clock->due);
	if (changed == E_LIMIT) {
		/* Regraded more often than a derivation has room for: begun anew. */
		changed = event_clock_begin(rules->days, rules->policy, clock->kind,
			event_grade_now(row), clock->due.start_ms, &clock->due);
		changed = changed < 0 ? changed : 1;
	}
	/* What was met in time stays so when a milder grade gives more. */
	bool moves = changed == 1 && (!clock->over || clock->due.due_ms < before_ms);
	return changed < 0 ? changed : moves ? regraded_save(txn, clock) : 0;
}

int event_clocks_regrade(
	struct txn *txn, const struct desk_env *env, const struct event_row *row)
{
	struct rules rules;
	struct clock_row clocks[2];
	size_t count = 0;
	AUTO_STMT struct stmt *q = NULL;
	int found = rules_load(txn, env, row, &rules);
	if (found == 0) {
		found = sql_query(txn_db(txn),
			CLOCKS "event_id = $1 AND (kind = 'initial' OR (kind = 'follow_up'"
			       " AND met_at_ms IS NULL AND ended_at_ms IS NULL"
			       " AND missed_at_ms IS NULL)) ORDER BY id LIMIT 2",
			&q, SQL_INT(row->id));
	}
	while (found >= 0 && count < 2 && (found = db_step(q)) == 1) {
		found = clock_read(txn, q, &clocks[count++]);
	}
	for (size_t i = 0; i < count && found >= 0; i++) {
		found = regrade_one(txn, &rules, row, &clocks[i]);
	}
	return found < 0 ? found : 0;
}

/* ---- going off */

static struct slice moment(struct txn *txn, int64_t at_ms)
{
	struct civil c = civil_of_ms(at_ms, CIVIL_CHINA_OFFSET_MIN);
	return arena_printf(txn_arena(txn), "%04d-%02u-%02u %02u:%02u", (int)c.year, c.month,
		c.day, c.hour, c.minute);
}

static int clock_load(struct txn *txn, int64_t id, struct clock_row *ret)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn), CLOCKS "id = $1", &q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	return row < 0 ? row : row == 0 ? E_ABSENT : clock_read(txn, q, ret);
}

/* What it is of: in a mail's words, and for the timeline as an id or the authority's name. */
struct said {
	struct slice words;
	struct slice name;
};

static int clock_name(struct txn *txn, const struct clock_row *clock, struct said *ret)
{
	AUTO_STMT struct stmt *q = NULL;
	ret->words = slice_str(name_text(&event_clock_names, clock->kind, LANG_ZH));
	ret->name = slice_str(name_id(&event_clock_names, clock->kind));
	if (clock->up_id == 0) {
		return 0;
	}
	int row = sql_query(txn_db(txn), "SELECT name FROM event_up WHERE id = $1", &q,
		SQL_INT(clock->up_id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		ret->name = arena_dup(txn_arena(txn), db_col_text(q, 0));
		ret->words = arena_printf(txn_arena(txn), "报%.*s", SLICE_FMT(ret->name));
	}
	return row < 0 ? row : 0;
}

/* What the unit or the school owes is told to those of its grade, what an authority waits for to who leads. */
static int missed_tell(struct txn *txn, const struct desk_env *env, const struct event_row *row,
	const struct clock_row *clock, struct slice words)
{
	bool above = clock->kind == EVENT_CLOCK_UP || clock->kind == EVENT_CLOCK_NATIONAL;
	struct event_word word = { .when = above ? "alarm" : event_tell_list(row),
		.event = "missed",
		.seq = clock->id,
		.subject = arena_printf(txn_arena(txn), "事件%.*s逾期", SLICE_FMT(words)),
		.text = arena_printf(txn_arena(txn), "%.*s已到时限（%.*s），尚未完成。",
			SLICE_FMT(words), SLICE_FMT(moment(txn, clock->due.due_ms))) };
	return event_tell(txn, env, row, &word);
}

/* The next follow-up report is due a period after the one that is missing; after a long stop, after now. */
static int next_follow_up(struct txn *txn, const struct desk_env *env,
	const struct event_row *row, const struct clock_row *clock)
{
	int64_t span_ms = clock->due.due_ms - clock->due.start_ms;
	bool stopped = txn_now_ms(txn) >= clock->due.due_ms + span_ms;
	return !event_uncontained(row->state)
		       ? 0
		       : event_clock_set(txn, env, row, EVENT_CLOCK_FOLLOW_UP,
				 stopped ? txn_now_ms(txn) : clock->due.due_ms);
}

static int missed(struct txn *txn, const struct desk_env *env, const struct event_row *row,
	const struct clock_row *clock, const struct said *said)
{
	bool follow = clock->kind == EVENT_CLOCK_FOLLOW_UP;
	/* A follow-up report that did not come is not waited for: the next one is. */
	int64_t done = sql_run(txn_db(txn),
		"UPDATE event_clock SET version = version + 1, missed_at_ms = $2,"
		" ended_at_ms = $3 WHERE id = $1",
		SQL_INT(clock->id), SQL_INT(txn_now_ms(txn)),
		SQL_INT_OR_NULL(follow ? txn_now_ms(txn) : 0));
	int error = done < 0 ? (int)done : trail_row(txn, "event_clock", clock->id);
	error = error < 0 ? error
			  : event_say(txn, row->id, "clock_missed",
				    event_args(txn, (struct slice) { 0 }, said->name));
	error = error < 0 ? error : missed_tell(txn, env, row, clock, said->words);
	return error < 0 || !follow ? error : next_follow_up(txn, env, row, clock);
}

static int alarm(struct txn *txn, const struct desk_env *env, const struct event_row *row,
	const struct clock_row *clock, const struct said *said, int64_t nth)
{
	struct event_word word = { .when = "alarm",
		.event =
			(const char *)arena_printf(txn_arena(txn), "alarm.%lld", (long long)nth)
				.p,
		.seq = clock->id,
		.subject = arena_printf(txn_arena(txn), "事件待%.*s", SLICE_FMT(said->words)),
		.text = arena_printf(txn_arena(txn), "%.*s尚未完成，时限 %.*s。",
			SLICE_FMT(said->words), SLICE_FMT(moment(txn, clock->due.due_ms))) };
	int error = event_say(
		txn, row->id, "alarm", event_args(txn, (struct slice) { 0 }, said->name));
	return error < 0 ? error : event_tell(txn, env, row, &word);
}

int event_timer(struct txn *txn, const struct desk_env *env, const struct timer *timer)
{
	struct clock_row clock;
	struct event_row row;
	struct said said = { 0 };
	int error = clock_load(txn, timer->record_id, &clock);
	error = error < 0 ? error : event_row_load(txn, clock.event_id, &row);
	if (error < 0 || clock.over || clock.missed_at_ms != 0) {
		return error;
	}
	bool due = slice_is(timer->kind, "event.due");
	trail_act(txn, &(struct trail_act) {
			       .act = due ? SLICE("event.clock_missed") : SLICE("event.alarm"),
			       .kind = SLICE("event"),
			       .id = row.id,
			       .version = row.version,
			       .reason = slice_str(name_id(&event_clock_names, clock.kind)) });
	error = clock_name(txn, &clock, &said);
	error = error < 0 ? error
		: due     ? missed(txn, env, &row, &clock, &said)
			  : alarm(txn, env, &row, &clock, &said, timer->seq);
	return error < 0 ? error : txn_change(txn, "event", row.id, row.version);
}
