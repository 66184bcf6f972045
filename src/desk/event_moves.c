/* SPDX-License-Identifier: Apache-2.0 */
/* An event is handled, until it is over: 处置, 控制, 恢复, 复盘, 归档; or it was none. */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/desk.h"
#include "desk/event_clocks.h"
#include "desk/event_parts.h"
#include "desk/events.h"
#include "desk/finding_row.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/trail.h"
#include "workflow/event_clock.h"

enum { TEXT_MAX = 2000 };

struct move {
	enum event_act act;
	struct slice text;
	int64_t at_ms; /* when it was so */
};

/* Nothing is contained before it was known of, nor over before it was contained. */
static int move_read(struct desk *desk, const struct event_row *row, struct move *m)
{
	static const char *const words[] = { "respond", "contain", "resolve", "relapse",
		"review", "close", NULL };
	struct slice word = { 0 };
	int64_t from_ms = row->contained_at_ms != 0 ? row->contained_at_ms : row->known_at_ms;
	int error = words_choice(desk, "act", words, NULL, &word);
	error = error < 0 ? error
			  : words_text(desk, "text", WORDS_OPTIONAL, TEXT_MAX, &m->text);
	int64_t at_ms = json_get_int(desk->call->body, "at", desk->now_ms);
	if (error == 0 && (at_ms < from_ms || at_ms > desk->now_ms)) {
		error = desk_refuse(desk, E_INPUT, "event.times", "at");
	}
	int act = error < 0 ? error : name_parse(&event_act_names, word);
	m->act = act < 0 ? EVENT_ACT_RESPOND : (enum event_act)act;
	m->at_ms = at_ms;
	return act < 0 ? act : 0;
}

static int told(struct desk *desk, const struct event_row *row, const char *what)
{
	struct event_word word = { .when = event_tell_list(row),
		.event = "moved",
		.seq = row->version + 1,
		.subject = arena_printf(desk->arena, "事件%s", what),
		.text = arena_printf(desk->arena, "该事件%s。", what) };
	return event_tell(desk->txn, desk->env, row, &word);
}

static int contained(struct desk *desk, struct event_row *row, const struct move *m)
{
	row->contained_at_ms = m->at_ms;
	int error = event_clock_end(desk->txn, row->id, EVENT_CLOCK_FOLLOW_UP, 0);
	return error < 0 ? error : told(desk, row, "已控制");
}

static int resolved(struct desk *desk, struct event_row *row, const struct move *m)
{
	row->resolved_at_ms = m->at_ms;
	int error = event_clock_set(desk->txn, desk->env, row, EVENT_CLOCK_FINAL, m->at_ms);
	error = error < 0 ? error : event_national_follow(desk, row);
	return error < 0 ? error : told(desk, row, "已恢复");
}

/* What counted from its end counts no more, and follow-up reports are asked for again. */
static int relapsed(struct desk *desk, struct event_row *row)
{
	row->contained_at_ms = 0;
	row->resolved_at_ms = 0;
	int error = event_clock_end(desk->txn, row->id, EVENT_CLOCK_FINAL, 0);
	error = error < 0 ? error
			  : event_clock_end(desk->txn, row->id, EVENT_CLOCK_NATIONAL, 0);
	error = error < 0 ? error
			  : event_clock_set(desk->txn, desk->env, row, EVENT_CLOCK_FOLLOW_UP,
				    desk->now_ms);
	return error < 0 ? error : told(desk, row, "再次发作");
}

static int effect(struct desk *desk, struct event_row *row, const struct move *m)
{
	switch (m->act) {
	case EVENT_ACT_RESPOND:
		row->responding_at_ms = m->at_ms;
		return 0;
	case EVENT_ACT_CONTAIN:
		return contained(desk, row, m);
	case EVENT_ACT_RESOLVE:
		return resolved(desk, row, m);
	case EVENT_ACT_RELAPSE:
		return relapsed(desk, row);
	case EVENT_ACT_REVIEW:
		row->review = m->text;
		return 0;
	case EVENT_ACT_CLOSE:
		return event_clocks_end(desk->txn, row->id);
	case EVENT_ACT_GRADE:
	case EVENT_ACT_RAISE:
	case EVENT_ACT_LOWER:
	case EVENT_ACT_ALLOW:
	case EVENT_ACT_REFUSE:
	case EVENT_ACT_FINAL:
	case EVENT_ACT_NOT_EVENT:
		break;
	}
	return E_STATE;
}

int desk_event_move(struct desk *desk)
{
	struct event_row row;
	struct event_facts facts;
	struct move m = { 0 };
	int error = event_open(desk, &row);
	error = error < 0 ? error : event_facts_load(desk, &row, &facts);
	error = error < 0 ? error : move_read(desk, &row, &m);
	facts.record_given = words_enough(m.text, EVENT_REASON_MIN);
	facts.reason_given = facts.record_given;
	error = error < 0 ? error : event_decide(desk, &row, &facts, m.act);
	error = error < 0 ? error : effect(desk, &row, &m);
	struct slice name =
		arena_printf(desk->arena, "event.%s", name_id(&event_act_names, m.act));
	return error < 0 ? error
			 : event_done(desk, &row, (const char *)name.p,
				   name_id(&event_act_names, m.act),
				   event_args(desk->txn, m.text, (struct slice) { 0 }));
}

/* ---- it was none */

/* Reported in good faith: a finding of the unit's own, with the times it had. */
static int finding_make(struct desk *desk, const struct event_row *row, int64_t *ret_id)
{
	struct finding_row finding = { .version = 1,
		.state = FINDING_NEW,
		.grade = GRADE_MEDIUM,
		.kind = SLICE("other"),
		.title = row->title,
		.description = row->place,
		.asset_id = row->asset_id,
		.unit_id = row->unit_id,
		.source = slice_is(row->source, "superior")  ? SOURCE_SUPERIOR
			  : slice_is(row->source, "monitor") ? SOURCE_MONITOR
							     : SOURCE_UNIT,
		.found_at_ms = row->known_at_ms,
		.reported_at_ms = row->reported_at_ms,
		.author_id = row->author_id };
	int error = finding_take(desk, &finding, "finding.create", "from_event");
	*ret_id = desk->answer_id;
	return error;
}

int desk_event_not_event(struct desk *desk)
{
	struct event_row row;
	struct event_facts facts;
	struct slice reason = { 0 };
	int64_t finding_id = 0;
	int error = event_open(desk, &row);
	error = error < 0 ? error : event_facts_load(desk, &row, &facts);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_OPTIONAL, TEXT_MAX, &reason);
	facts.reason_given = words_enough(reason, EVENT_REASON_MIN);
	error = error < 0 ? error : event_decide(desk, &row, &facts, EVENT_ACT_NOT_EVENT);
	error = error < 0 ? error : event_clocks_end(desk->txn, row.id);
	if (error == 0 && !row.drill && json_get_bool(desk->call->body, "finding", true)) {
		error = finding_make(desk, &row, &finding_id);
	}
	row.finding_id = finding_id != 0 ? finding_id : row.finding_id;
	row.reason = reason;
	error = error < 0 ? error : told(desk, &row, "经研判不属于网络安全事件");
	return error < 0 ? error
			 : event_done(desk, &row, "event.not_event", "not_event",
				   event_args(desk->txn, reason, (struct slice) { 0 }));
}
