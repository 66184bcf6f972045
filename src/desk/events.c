/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/events.h"

#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/desk.h"
#include "desk/event_parts.h"
#include "desk/patch.h"
#include "desk/remarks.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/trail.h"

enum { TITLE_MAX = 120, PLACE_MAX = 120, WHY_MAX = 1000 };

#define AT(member) offsetof(struct event_row, member)

/* ---- what it is */

static const char *const classes[] = { "malware", "attack", "destruction", "content",
	"facility", "disaster", "other", NULL };
static const char *const causes[] = { "human", "fault", "disaster", "other", NULL };

static const struct patch_field class_fields[] = {
	{ .name = "class", .offset = AT(class_id), .kind = PATCH_CHOICE, .words = classes },
	{ .name = "class_kind",
		.offset = AT(class_kind),
		.kind = PATCH_TEXT,
		.max = EVENT_PACK_ID_MAX },
	{ .name = "class_2023",
		.offset = AT(class_2023),
		.kind = PATCH_TEXT,
		.max = EVENT_PACK_ID_MAX },
	{ .name = "cause", .offset = AT(cause), .kind = PATCH_CHOICE, .words = causes },
	{ .name = "crime", .offset = AT(crime), .kind = PATCH_BOOL },
};

enum { CLASS_FIELDS = sizeof(class_fields) / sizeof(class_fields[0]) };

int event_class_read(struct desk *desk, const struct event_pack *pack, struct event_row *row)
{
	int error = 0;
	for (size_t i = 0; i < CLASS_FIELDS && error == 0; i++) {
		const struct patch_field *f = &class_fields[i];
		enum json_type type = json_type(json_get(desk->call->body, f->name));
		if (type == JSON_NULL && f->kind == PATCH_CHOICE) {
			/* 待查: it is not known any more, or not yet. */
			*(struct slice *)((unsigned char *)row + f->offset) =
				(struct slice) { 0 };
		} else if (type != JSON_ABSENT) {
			error = patch_apply(desk, row, f, 1);
		}
	}
	if (error < 0) {
		return error;
	}
	int of = name_parse(&event_class_names, row->class_id);
	if (row->class_kind.n > 0 &&
		(of < 0 || !event_pack_kind(pack, (enum event_class)of, row->class_kind))) {
		return desk_refuse(desk, E_INPUT, "input.unknown", "class_kind");
	}
	if (row->class_2023.n > 0 && !event_pack_new(pack, row->class_2023)) {
		return desk_refuse(desk, E_INPUT, "input.unknown", "class_2023");
	}
	return 0;
}

static const struct patch_field fields[] = {
	{ .name = "title", .offset = AT(title), .kind = PATCH_TEXT, .max = TITLE_MAX },
	{ .name = "place", .offset = AT(place), .kind = PATCH_TEXT, .max = PLACE_MAX },
	{ .name = "no_roots", .offset = AT(no_roots), .kind = PATCH_TEXT, .max = WHY_MAX },
};

static int occurred_read(struct desk *desk, struct event_row *row)
{
	int error = 0;
	if (patch_given(desk, "occurred_at")) {
		error = words_int(
			desk, "occurred_at", 0, desk->now_ms, 0, &row->occurred_at_ms);
	}
	return error == 0 && row->occurred_at_ms > row->known_at_ms
		       ? desk_refuse(desk, E_INPUT, "event.times", "occurred_at")
		       : error;
}

int desk_event_update(struct desk *desk)
{
	struct event_row row;
	struct event_pack pack;
	int error = event_open(desk, &row);
	if (error == 0 && event_terminal(row.state)) {
		error = desk_refuse(desk, E_STATE, "event.over", NULL);
	}
	bool crime = error == 0 && row.crime;
	error = error < 0 ? error : event_pack_load(desk->txn, row.pack_id, &pack, NULL);
	error = error < 0 ? error
			  : patch_apply(desk, &row, fields, sizeof(fields) / sizeof(fields[0]));
	error = error < 0 ? error : event_asset_read(desk, &row.asset_id);
	error = error < 0 ? error : occurred_read(desk, &row);
	error = error < 0 ? error : event_class_read(desk, &pack, &row);
	if (error == 0 && row.title.n == 0) {
		error = desk_refuse(desk, E_INPUT, "input.required", "title");
	}
	error = error < 0 ? error : event_searchable(desk, &row);
	if (error == 0 && row.crime != crime) {
		error = event_ups_follow(desk, &row);
	}
	return error < 0 ? error
			 : event_done(desk, &row, "event.update", "updated",
				   event_args(desk->txn, (struct slice) { 0 },
					   (struct slice) { 0 }));
}

int desk_event_remark(struct desk *desk)
{
	struct event_row row;
	struct slice text = { 0 };
	int error = event_open(desk, &row);
	error = error < 0 ? error : remark_put(desk, "event", row.id, &text);
	error = error < 0 ? error : txn_change(desk->txn, "event", row.id, row.version);
	desk_audit(desk, "event.remark", "event", row.id, row.version, row.number);
	desk_answer(desk, row.id, row.version);
	return error;
}

/* ---- the checklist of its class */

static int tick_save(struct desk *desk, const struct event_row *row, struct slice tick, bool on)
{
	int64_t id = 0;
	int found =
		sql_int(desk->db, "SELECT id FROM event_tick WHERE event_id = $1 AND tick = $2",
			&id, SQL_INT(row->id), SQL_TEXT(tick));
	if (found < 0) {
		return found;
	}
	id = found == 1 ? id : txn_id(desk->txn);
	int64_t done =
		found == 1 ? sql_run(desk->db,
				     "UPDATE event_tick SET version = version + 1, done = $2,"
				     " by_id = $3, at_ms = $4 WHERE id = $1",
				     SQL_INT(id), SQL_INT(on), SQL_INT(desk->caller.person_id),
				     SQL_INT(desk->now_ms))
			   : sql_run(desk->db,
				     "INSERT INTO event_tick (id, version, event_id, tick,"
				     " done, by_id, at_ms) VALUES ($1, 1, $2, $3, $4, $5, $6)",
				     SQL_INT(id), SQL_INT(row->id), SQL_TEXT(tick), SQL_INT(on),
				     SQL_INT(desk->caller.person_id), SQL_INT(desk->now_ms));
	return done < 0 ? (int)done : trail_row(desk->txn, "event_tick", id);
}

int desk_event_tick(struct desk *desk)
{
	struct event_row row;
	struct event_pack pack;
	struct slice tick = { 0 };
	int error = event_open(desk, &row);
	error = error < 0 ? error : event_pack_load(desk->txn, row.pack_id, &pack, NULL);
	error = error < 0 ? error
			  : words_text(desk, "tick", WORDS_REQUIRED, EVENT_PACK_ID_MAX, &tick);
	if (error < 0) {
		return error;
	}
	int of = name_parse(&event_class_names, row.class_id);
	if (of < 0 || !event_pack_tick(&pack, (enum event_class)of, tick)) {
		return desk_refuse(desk, E_INPUT, "input.unknown", "tick");
	}
	error = tick_save(desk, &row, tick, json_get_bool(desk->call->body, "done", true));
	error = error < 0 ? error : txn_change(desk->txn, "event", row.id, row.version);
	desk_audit(desk, "event.tick", "event", row.id, row.version, tick);
	desk_answer(desk, row.id, row.version);
	return error;
}
