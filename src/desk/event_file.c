/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An event is filed: 接报.  Three answers are enough, what is not known is to
 * be found out; the number is in the same answer.
 */
#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/desk.h"
#include "desk/event_clocks.h"
#include "desk/event_parts.h"
#include "desk/events.h"
#include "desk/words.h"
#include "records/search.h"
#include "records/sql.h"

enum {
	TITLE_MAX = 120,
	PLACE_MAX = 120,
	TEXT_MAX = 2000,
	SINCE_DAYS = 365,
	SKEW_MS = 5 * 60 * 1000, /* a phone's clock may be ahead */
};

static int check(struct desk *desk, const struct event_filing *f)
{
	if (f->title.n == 0) {
		return desk_refuse(desk, E_INPUT, "input.required", "title");
	}
	if (f->asset_id == 0 && f->place.n == 0) {
		return desk_refuse(desk, E_INPUT, "event.where", "place");
	}
	/* Nobody knows of what has not happened yet, nor before it did. */
	bool later = f->occurred_at_ms > f->known_at_ms;
	return later || f->known_at_ms > desk->now_ms
		       ? desk_refuse(desk, E_INPUT, "event.times",
				 later ? "occurred_at" : "known_at")
		       : 0;
}

/* Drills have numbers of their own, so that they leave no gap among events. */
static int number_draw(struct desk *desk, struct event_row *row)
{
	int32_t year = civil_of_ms(desk->now_ms, CIVIL_CHINA_OFFSET_MIN).year;
	int64_t number = 0;
	int error = txn_number(desk->txn, row->drill ? "event_drill" : "event", year, &number);
	row->number = arena_printf(desk->arena,
		row->drill ? "演练 %d-%03lld" : "事件 %d-%03lld", (int)year, (long long)number);
	return error;
}

int event_searchable(struct desk *desk, const struct event_row *row)
{
	struct slice text = arena_printf(desk->arena, "%.*s %.*s %.*s", SLICE_FMT(row->number),
		SLICE_FMT(row->title), SLICE_FMT(row->place));
	int64_t tokens = search_put(desk->txn, "event", row->id, text);
	return tokens < 0 ? (int)tokens : 0;
}

static int clocks_start(struct desk *desk, const struct event_row *row, bool written)
{
	int error = event_clock_set(
		desk->txn, desk->env, row, EVENT_CLOCK_INITIAL, row->known_at_ms);
	if (error == 0 && written) {
		error = event_clock_meet(desk->txn, row->id, EVENT_CLOCK_INITIAL, 0);
	}
	return error < 0 ? error
			 : event_clock_set(desk->txn, desk->env, row, EVENT_CLOCK_GRADE,
				   row->reported_at_ms);
}

static int told(struct desk *desk, const struct event_row *row)
{
	struct event_word word = { .when = "received",
		.event = "received",
		.seq = 1,
		.subject = SLICE("事件接报"),
		.text = arena_printf(desk->arena,
			"接到一起网络安全事件，受理编号 %.*s，请尽快研判定级。",
			SLICE_FMT(row->number)) };
	struct event_word receipt = { .when = "",
		.event = "receipt",
		.seq = 1,
		.subject = SLICE("回执·事件已受理"),
		.text = arena_printf(desk->arena,
			"您的上报已受理，受理编号 %.*s。情况变化请续报，不清楚的可以先写待查。",
			SLICE_FMT(row->number)) };
	int error = event_tell(desk->txn, desk->env, row, &word);
	return error < 0 || !slice_is(row->source, "unit")
		       ? error
		       : event_tell_person(
				 desk->txn, desk->env, row, &receipt, desk->caller.person_id);
}

int event_file(struct desk *desk, const struct event_filing *filing, struct event_row *ret_row)
{
	struct event_row row = { .version = 1,
		.state = EVENT_RECEIVED,
		.title = filing->title,
		.unit_id = filing->unit_id,
		.asset_id = filing->asset_id,
		.place = filing->place,
		.drill = filing->drill,
		.source = filing->source,
		.known_at_ms = filing->known_at_ms,
		.occurred_at_ms = filing->occurred_at_ms,
		.reported_at_ms = desk->now_ms,
		.crime = filing->crime,
		.finding_id = filing->finding_id,
		.incident_id = filing->incident_id,
		.author_id = desk->caller.person_id,
		.policy_id = desk->env->policy_id };
	struct event_pack pack;
	int error = check(desk, filing);
	error = error < 0 ? error : event_pack_load(desk->txn, 0, &pack, &row.pack_id);
	error = error < 0 ? error : number_draw(desk, &row);
	if (error < 0) {
		return error;
	}
	row.id = txn_id(desk->txn);
	error = event_row_insert(desk->txn, &row);
	error = error < 0 ? error
			  : event_first_report(desk, &row, filing->course, filing->written);
	error = error < 0 ? error : clocks_start(desk, &row, filing->written);
	error = error < 0 ? error : event_searchable(desk, &row);
	error = error < 0 ? error : told(desk, &row);
	error = error < 0 ? error
			  : event_done(desk, &row, "event.file", "received",
				    event_args(desk->txn, (struct slice) { 0 }, row.source));
	if (error == 0) {
		*ret_row = row;
	}
	return error;
}

/* ---- who files it */

int event_asset_read(struct desk *desk, int64_t *asset_id)
{
	int64_t owner = 0;
	int64_t read = 0;
	int error = words_id(desk, "asset_id", WORDS_OPTIONAL, "asset", &read);
	if (error < 0 || read == 0) {
		return error;
	}
	int found = sql_int(desk->db, "SELECT owner_unit_id FROM asset WHERE id = $1", &owner,
		SQL_INT(read));
	if (found < 0) {
		return found;
	}
	/* An asset of another unit is as one that does not exist. */
	if (found != 1 || desk_unit_reached(desk, owner) < 0) {
		return desk_refuse(desk, E_INPUT, "input.unknown", "asset_id");
	}
	*asset_id = read;
	return 0;
}

static int filing_read(struct desk *desk, struct event_filing *f)
{
	int64_t since_ms = desk->now_ms - SINCE_DAYS * CIVIL_DAY_MS;
	int error = words_text(desk, "title", WORDS_REQUIRED, TITLE_MAX, &f->title);
	error = error < 0 ? error
			  : words_text(desk, "place", WORDS_OPTIONAL, PLACE_MAX, &f->place);
	error = error < 0 ? error
			  : words_text(desk, "course", WORDS_OPTIONAL, TEXT_MAX, &f->course);
	error = error < 0 ? error : event_asset_read(desk, &f->asset_id);
	error = error < 0 ? error
			  : words_int(desk, "known_at", since_ms, desk->now_ms + SKEW_MS,
				    desk->now_ms, &f->known_at_ms);
	error = error < 0 ? error
			  : words_int(desk, "occurred_at", since_ms, desk->now_ms + SKEW_MS, 0,
				    &f->occurred_at_ms);
	f->known_at_ms = f->known_at_ms < desk->now_ms ? f->known_at_ms : desk->now_ms;
	f->drill = json_get_bool(desk->call->body, "drill", false);
	f->crime = json_get_bool(desk->call->body, "crime", false);
	return error;
}

int desk_event_report(struct desk *desk)
{
	struct event_row row;
	struct event_filing filing = {
		.unit_id = desk->caller.unit_id, .source = SLICE("unit"), .written = true
	};
	int error = filing_read(desk, &filing);
	return error < 0 ? error : event_file(desk, &filing, &row);
}

/* An incident of monitoring knows its asset, whose it is and since when. */
static int incident_take(struct desk *desk, struct event_filing *f)
{
	AUTO_STMT struct stmt *q = NULL;
	int error = words_id(desk, "incident_id", WORDS_OPTIONAL, "incident", &f->incident_id);
	if (error < 0 || f->incident_id == 0) {
		return error;
	}
	int row = sql_query(desk->db,
		"SELECT asset_id, unit_id, opened_at_ms FROM incident WHERE id = $1", &q,
		SQL_INT(f->incident_id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		f->asset_id = f->asset_id != 0 ? f->asset_id : db_col_int64(q, 0);
		f->unit_id = f->unit_id != 0 ? f->unit_id : db_col_int64(q, 1);
		f->known_at_ms = json_get_int(desk->call->body, "known_at", 0) != 0
					 ? f->known_at_ms
					 : db_col_int64(q, 2);
	}
	return row < 0 ? row : 0;
}

int desk_event_create(struct desk *desk)
{
	static const char *const sources[] = { "phone", "monitor", "superior", NULL };
	struct event_row row;
	struct event_filing filing = { 0 };
	int error = words_choice(desk, "source", sources, "phone", &filing.source);
	error = error < 0 ? error : filing_read(desk, &filing);
	error = error < 0 ? error
			  : words_id(desk, "unit_id", WORDS_OPTIONAL, "unit", &filing.unit_id);
	error = error < 0 ? error : incident_take(desk, &filing);
	if (error == 0 && filing.unit_id == 0) {
		error = desk_refuse(desk, E_INPUT, "input.required", "unit_id");
	}
	return error < 0 ? error : event_file(desk, &filing, &row);
}
