/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Some self-checks are looked at by the centre 抽查: drawn every week so that
 * anybody can draw again, every unit once a term, and where something speaks
 * against one.  A person decides.
 */
#include "desk/selfcheck_sample.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/selfcheck_row.h"
#include "desk/selfcheck_tell.h"
#include "desk/selfchecks.h"
#include "desk/words.h"
#include "records/sql.h"
#include "sys/rand.h"
#include "workflow/policy.h"
#include "workflow/selfcheck_plan.h"

enum {
	CANDIDATES_MAX = 2000,
	SEED_CHARS = 24,
	REASON_MAX = 500,
	WEEK = 7,
	CLOSE_AT_ONCE = 100
};

int selfcheck_sample_due(const struct desk_env *env, int64_t from_ms, int64_t *ret_due_ms)
{
	bool provisional = false;
	return calendar_add(env->calendar, from_ms, env->policy->selfcheck.sample_due,
		ret_due_ms, &provisional);
}

static struct slice sample_args(struct txn *txn, const struct selfcheck_row *row)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	buf_init(&text, 8192);
	jw_init(&jw, &text);
	jw_object(&jw);
	jw_kv_str(&jw, "why", row->sample);
	if (row->sample_reason.n > 0) {
		jw_kv_str(&jw, "reason", row->sample_reason);
	}
	jw_end(&jw);
	return arena_dup(txn_arena(txn), buf_slice(&text));
}

int selfcheck_sample_begin(struct txn *txn, const struct desk_env *env,
	struct selfcheck_row *row, enum selfcheck_sample why)
{
	const struct selfcheck_facts facts = { 0 };
	int error = selfcheck_decide_system(row, &facts, SELFCHECK_ACT_SAMPLE);
	row->sample = slice_str(name_id(&selfcheck_sample_names, why));
	row->sampled_at_ms = txn_now_ms(txn);
	error = error < 0 ? error
			  : selfcheck_sample_due(env, txn_now_ms(txn), &row->sample_due_at_ms);
	error = error < 0 ? error : selfcheck_row_save(txn, row);
	return error < 0 ? error
			 : selfcheck_say(
				   txn, row->id, "selfcheck_sampled", sample_args(txn, row));
}

/* ---- the draw of a week */

/* The last check of each unit in that week that nobody has looked at, and whether one was this term. */
static int candidates_load(struct txn *txn, const struct desk_env *env, int64_t monday,
	struct selfcheck_candidate *all)
{
	AUTO_STMT struct stmt *q = NULL;
	int count = 0;
	int64_t term = selfcheck_term_begin(env->calendar, monday);
	int row = sql_query(txn_db(txn),
		"SELECT max(c.id), c.unit_id, (SELECT count(*) FROM selfcheck t"
		" WHERE t.unit_id = c.unit_id AND t.first_day >= $3 AND t.sampled_at_ms IS NOT NULL)"
		" FROM selfcheck c JOIN unit u ON u.id = c.unit_id WHERE c.state = 'submitted'"
		" AND c.kind IN ('week', 'day') AND c.first_day >= $1 AND c.first_day < $2"
		" AND u.valid_to_ms IS NULL GROUP BY c.unit_id ORDER BY c.unit_id LIMIT $4",
		&q, SQL_INT(monday), SQL_INT(monday + WEEK), SQL_INT(term),
		SQL_INT(CANDIDATES_MAX));
	while (row >= 0 && count < CANDIDATES_MAX && (row = db_step(q)) == 1) {
		all[count++] = (struct selfcheck_candidate) { .id = db_col_int64(q, 0),
			.unit_id = db_col_int64(q, 1),
			.done_this_term = db_col_int64(q, 2) > 0 };
	}
	return row < 0 ? row : count;
}

static int draw_keep(struct txn *txn, const struct desk_env *env, int64_t monday,
	struct slice seed, const struct selfcheck_candidate *all, int count)
{
	int64_t drawn = 0;
	int64_t by_term = 0;
	int error = 0;
	for (int i = 0; i < count && error == 0; i++) {
		drawn += all[i].drawn;
		by_term += all[i].by_term;
		error = all[i].drawn ? selfcheck_timer_set(txn, "selfcheck.drawn", all[i].id,
					       all[i].by_term ? 2 : 1, txn_now_ms(txn))
				     : 0;
	}
	int64_t id = txn_id(txn);
	int64_t done =
		error < 0 ? error
			  : sql_run(txn_db(txn),
				    "INSERT INTO selfcheck_draw (id, version, first_day, seed,"
				    " percent, weeks_left, units, drawn, by_term, at_ms)"
				    " VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9)",
				    SQL_INT(id), SQL_INT(monday), SQL_TEXT(seed),
				    SQL_INT(env->policy->selfcheck.sample_percent),
				    SQL_INT(selfcheck_weeks_left(env->calendar, monday)),
				    SQL_INT(count), SQL_INT(drawn), SQL_INT(by_term),
				    SQL_INT(txn_now_ms(txn)));
	return done < 0 ? (int)done : trail_row(txn, "selfcheck_draw", id);
}

int selfcheck_draw_week(struct txn *txn, const struct desk_env *env, int64_t day)
{
	char seed[SEED_CHARS + 1];
	int64_t monday = selfcheck_monday(day) - WEEK;
	int64_t known = 0;
	int found = sql_int(txn_db(txn), "SELECT id FROM selfcheck_draw WHERE first_day = $1",
		&known, SQL_INT(monday));
	if (found != 0) {
		return found < 0 ? found : 0;
	}
	struct selfcheck_candidate *all =
		arena_take(txn_arena(txn), CANDIDATES_MAX * sizeof(*all));
	int count = candidates_load(txn, env, monday, all);
	if (count <= 0) {
		return count; /* nobody was asked: nothing to draw from */
	}
	rand_text(seed, SEED_CHARS);
	selfcheck_draw(slice_of(seed, SEED_CHARS), all, (size_t)count,
		env->policy->selfcheck.sample_percent,
		selfcheck_weeks_left(env->calendar, monday));
	return draw_keep(txn, env, monday, slice_of(seed, SEED_CHARS), all, count);
}

int selfcheck_drawn(struct txn *txn, const struct desk_env *env, int64_t id, bool by_term)
{
	struct selfcheck_row row = { 0 };
	int error = selfcheck_row_load(txn, id, &row);
	if (error < 0 || row.state != SELFCHECK_SUBMITTED) {
		return error;
	}
	trail_act(txn, &(struct trail_act) { .act = SLICE("selfcheck.drawn"),
			       .kind = SLICE("selfcheck"),
			       .id = id,
			       .version = row.version });
	return selfcheck_sample_begin(
		txn, env, &row, by_term ? SELFCHECK_SAMPLE_TERM : SELFCHECK_SAMPLE_DRAWN);
}

/* ---- by a person */

/* Whoever has a post in the unit does not judge what it says. */
static int facts_load(
	struct desk *desk, const struct selfcheck_row *row, struct selfcheck_facts *facts)
{
	int64_t posts = 0;
	int64_t none = 0;
	int found = sql_int(desk->db,
		"SELECT count(*) FROM role_grant WHERE person_id = $1 AND unit_id = $2"
		" AND valid_to_ms IS NULL",
		&posts, SQL_INT(desk->caller.person_id), SQL_INT(row->unit_id));
	found = found < 0
			? found
			: sql_int(desk->db,
				  "SELECT count(*) FROM selfcheck_item WHERE selfcheck_id = $1"
				  " AND answer = 'none'",
				  &none, SQL_INT(row->id));
	*facts = (struct selfcheck_facts) { .state = row->state,
		.actor_in_unit = posts > 0 || row->submitted_by == desk->caller.person_id,
		.over = desk->now_ms >= row->end_at_ms,
		.said_none = none > 0 };
	return found < 0 ? found : 0;
}

static int row_open(struct desk *desk, struct selfcheck_row *row, struct selfcheck_facts *facts)
{
	int error = selfcheck_row_load(desk->txn, desk->call->id, row);
	error = error < 0 ? error : desk_unit_reached(desk, row->unit_id);
	error = error < 0 ? error : facts_load(desk, row, facts);
	desk->answer_state = error < 0 ? (struct slice) { 0 }
				       : slice_str(name_id(&selfcheck_state_names, row->state));
	return error < 0 ? error : desk_version_same(desk, row->version);
}

static int done(struct desk *desk, struct selfcheck_row *row, const char *act, const char *code,
	struct slice args, struct slice reason)
{
	int error = selfcheck_row_save(desk->txn, row);
	desk_audit(desk, act, "selfcheck", row->id, row->version, reason);
	desk_answer(desk, row->id, row->version);
	return error < 0 ? error : words_timeline(desk, "selfcheck", row->id, code, args);
}

int desk_selfcheck_sample(struct desk *desk)
{
	struct selfcheck_row row = { 0 };
	struct selfcheck_facts facts = { 0 };
	struct slice reason = { 0 };
	int error = row_open(desk, &row, &facts);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_OPTIONAL, REASON_MAX, &reason);
	facts.reason_given = words_enough(reason, SELFCHECK_REASON_MIN);
	error = error < 0 ? error : selfcheck_decide(desk, &row, &facts, SELFCHECK_ACT_SAMPLE);
	error = error < 0
			? error
			: selfcheck_sample_due(desk->env, desk->now_ms, &row.sample_due_at_ms);
	if (error < 0) {
		return error;
	}
	row.sample = SLICE("by_hand");
	row.sample_reason = reason;
	row.sampled_at_ms = desk->now_ms;
	row.sampled_by = desk->caller.person_id;
	return done(desk, &row, "selfcheck.sample", "selfcheck_sampled",
		sample_args(desk->txn, &row), reason);
}

/* The unit hears what was found of it; the director of a contradiction. */
static int decided_tell(struct desk *desk, const struct selfcheck_row *row)
{
	bool against = row->state == SELFCHECK_CONTRADICTED;
	struct slice unit = { 0 };
	int error = selfcheck_unit_name(desk->txn, row->unit_id, &unit);
	struct selfcheck_mail mail = { .event = "decided",
		.subject = arena_printf(desk->arena, "【自查抽查】%.*s：%s", SLICE_FMT(unit),
			against ? "不符" : "属实"),
		.text = against ? SLICE("本单位一份自查经抽查与实际不符，请登录查看认定理由；"
					"有异议请联系信息技术中心。")
				: SLICE("本单位一份自查经抽查属实。") };
	error = error < 0 ? error : selfcheck_tell_unit(desk->txn, desk->env, row, &mail);
	return error < 0 || !against
		       ? error
		       : selfcheck_tell_role(desk->txn, desk->env, row, "director", 0, &mail);
}

/* Its time to be closed may have passed while it was looked at. */
static int close_later(struct desk *desk, const struct selfcheck_row *row)
{
	int64_t close_ms = 0;
	int error = selfcheck_sample_due(desk->env, row->end_at_ms, &close_ms);
	return error < 0 || close_ms > desk->now_ms
		       ? error
		       : selfcheck_timer_set(desk->txn, "selfcheck.close", row->id,
				 CLOSE_AT_ONCE, desk->now_ms);
}

int desk_selfcheck_decide(struct desk *desk)
{
	static const char *const results[] = { "confirmed", "contradicted", NULL };
	struct selfcheck_row row = { 0 };
	struct selfcheck_facts facts = { 0 };
	struct slice reason = { 0 };
	int error = row_open(desk, &row, &facts);
	error = error < 0 ? error : words_choice(desk, "result", results, NULL, &row.result);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_OPTIONAL, REASON_MAX, &reason);
	if (error < 0) {
		return error;
	}
	bool against = slice_is(row.result, "contradicted");
	facts.reason_given = words_enough(reason, SELFCHECK_REASON_MIN);
	error = selfcheck_decide(
		desk, &row, &facts, against ? SELFCHECK_ACT_CONTRADICT : SELFCHECK_ACT_CONFIRM);
	if (error < 0) {
		return error;
	}
	row.decided_by = desk->caller.person_id;
	row.decided_at_ms = desk->now_ms;
	row.decision = reason;
	error = decided_tell(desk, &row);
	error = error < 0 ? error : close_later(desk, &row);
	AUTO_BUF struct buf args;
	struct jw jw;
	buf_init(&args, 8192);
	jw_init(&jw, &args);
	jw_object(&jw);
	if (reason.n > 0) {
		jw_kv_str(&jw, "reason", reason);
	}
	jw_end(&jw);
	return error < 0 ? error
			 : done(desk, &row, "selfcheck.decide",
				   against ? "selfcheck_contradicted" : "selfcheck_confirmed",
				   arena_dup(desk->arena, buf_slice(&args)), reason);
}
