/* SPDX-License-Identifier: Apache-2.0 */
/* Meetings of the leading group, and its guidance to units. */
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/deliver.h"
#include "desk/desk.h"
#include "desk/patch.h"
#include "desk/tasks.h"
#include "records/sql.h"
#include "records/trail.h"

#define TIME_MAX INT64_C(253402300799999) /* the end of the year 9999 */

enum { TITLE_MAX = 200, PLACE_MAX = 80, TEXT_MAX = 4000, UNITS_MAX = 200, PEOPLE_MAX = 400 };

struct meeting {
	int64_t id;
	int64_t version;
	struct slice title;
	int64_t day_ms;
	struct slice place;
	struct slice present;
	struct slice summary;
};

#define AT(member) offsetof(struct meeting, member)

static const struct patch_field fields[] = {
	{ .name = "title",
		.offset = AT(title),
		.kind = PATCH_TEXT,
		.need = WORDS_REQUIRED,
		.max = TITLE_MAX },
	{ .name = "day", .offset = AT(day_ms), .kind = PATCH_INT, .max = TIME_MAX },
	{ .name = "place", .offset = AT(place), .kind = PATCH_TEXT, .max = PLACE_MAX },
	{ .name = "present", .offset = AT(present), .kind = PATCH_TEXT, .max = TEXT_MAX },
	{ .name = "summary", .offset = AT(summary), .kind = PATCH_TEXT, .max = TEXT_MAX },
};

static int meeting_read(struct desk *desk, struct meeting *m)
{
	int error = patch_apply(desk, m, fields, sizeof(fields) / sizeof(fields[0]));
	return error == 0 && m->day_ms == 0
		       ? desk_refuse(desk, E_INPUT, "input.required", "day")
		       : error;
}

static int meeting_saved(struct desk *desk, const char *act, const struct meeting *m)
{
	int error = trail_row(desk->txn, "meeting", m->id);
	error = error < 0 ? error : txn_change(desk->txn, "task", m->id, m->version);
	desk_audit(desk, act, "meeting", m->id, m->version, m->title);
	desk_answer(desk, m->id, m->version);
	return error;
}

int desk_meeting_create(struct desk *desk)
{
	struct meeting m = { .version = 1 };
	int error = meeting_read(desk, &m);
	if (error < 0) {
		return error;
	}
	m.id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO meeting (id, version, title, day_ms, place, present, summary,"
		" author_id, at_ms) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8)",
		SQL_INT(m.id), SQL_TEXT(m.title), SQL_INT(m.day_ms), SQL_TEXT_OR_NULL(m.place),
		SQL_TEXT_OR_NULL(m.present), SQL_TEXT_OR_NULL(m.summary),
		SQL_INT(desk->caller.person_id), SQL_INT(desk->now_ms));
	return done < 0 ? (int)done : meeting_saved(desk, "meeting.create", &m);
}

static int meeting_load(struct desk *desk, struct meeting *m)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT version, title, day_ms, place, present, summary FROM meeting"
		" WHERE id = $1",
		&q, SQL_INT(desk->call->id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	*m = (struct meeting) { .id = desk->call->id,
		.version = db_col_int64(q, 0),
		.title = arena_dup(desk->arena, db_col_text(q, 1)),
		.day_ms = db_col_int64(q, 2),
		.place = arena_dup(desk->arena, db_col_text(q, 3)),
		.present = arena_dup(desk->arena, db_col_text(q, 4)),
		.summary = arena_dup(desk->arena, db_col_text(q, 5)) };
	return 0;
}

int desk_meeting_update(struct desk *desk)
{
	struct meeting m = { 0 };
	int error = meeting_load(desk, &m);
	error = error < 0 ? error : desk_version_same(desk, m.version);
	error = error < 0 ? error : meeting_read(desk, &m);
	if (error < 0) {
		return error;
	}
	m.version++;
	int64_t done = sql_run(desk->db,
		"UPDATE meeting SET version = $2, title = $3, day_ms = $4, place = $5,"
		" present = $6, summary = $7 WHERE id = $1",
		SQL_INT(m.id), SQL_INT(m.version), SQL_TEXT(m.title), SQL_INT(m.day_ms),
		SQL_TEXT_OR_NULL(m.place), SQL_TEXT_OR_NULL(m.present),
		SQL_TEXT_OR_NULL(m.summary));
	return done < 0 ? (int)done : meeting_saved(desk, "meeting.update", &m);
}

/* ---- guidance */

struct units {
	int64_t ids[UNITS_MAX];
	size_t count;
};

/* Those named, or every unit there is. */
static int units_read(struct desk *desk, struct units *units)
{
	const struct json *list = json_get(desk->call->body, "unit_ids");
	AUTO_STMT struct stmt *q = NULL;
	if (json_count(list) > UNITS_MAX) {
		return desk_refuse(desk, E_LIMIT, "input.too_many", "unit_ids");
	}
	int row = sql_query(desk->db,
		"SELECT id FROM unit WHERE valid_to_ms IS NULL ORDER BY id LIMIT $1", &q,
		SQL_INT(UNITS_MAX));
	size_t wanted = 0;
	while (row >= 0 && (row = db_step(q)) == 1) {
		int64_t id = db_col_int64(q, 0);
		bool named = json_count(list) == 0;
		for (const struct json *item = json_first(list); item != NULL && !named;
			item = json_next(item)) {
			int64_t one = 0;
			named = json_int(item, &one) && one == id;
		}
		wanted += named;
		if (named) {
			units->ids[units->count++] = id;
		}
	}
	return row < 0 ? row
	       : wanted < json_count(list)
		       ? desk_refuse(desk, E_INPUT, "input.unknown", "unit_ids")
		       : 0;
}

static int unit_put(struct desk *desk, int64_t guidance_id, int64_t unit_id)
{
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO guidance_unit (id, version, guidance_id, unit_id)"
		" VALUES ($1, 1, $2, $3)",
		SQL_INT(id), SQL_INT(guidance_id), SQL_INT(unit_id));
	return done < 0 ? (int)done : trail_row(desk->txn, "guidance_unit", id);
}

static int people_tell(struct desk *desk, int64_t id)
{
	int64_t people[PEOPLE_MAX];
	int count = 0;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT DISTINCT g.person_id FROM role_grant g JOIN guidance_unit n"
		" ON n.unit_id = g.unit_id WHERE n.guidance_id = $1 AND g.valid_to_ms IS NULL"
		" AND g.role IN ('officer', 'specialist', 'unit_head')"
		" ORDER BY g.person_id LIMIT $2",
		&q, SQL_INT(id), SQL_INT(PEOPLE_MAX));
	while (row >= 0 && count < PEOPLE_MAX && (row = db_step(q)) == 1) {
		people[count++] = db_col_int64(q, 0);
	}
	row = row < 0 ? row : 0;
	for (int i = 0; i < count && row >= 0; i++) {
		struct deliver_mail mail = { .person_id = people[i],
			.subject = SLICE("【指导意见】请阅"),
			.body = arena_printf(desk->arena,
				"网络安全和信息化领导小组下达了指导意见，请登录阅读：\n%s/group?tab="
				"guidance\n",
				desk->env->base_url),
			.about = "guidance",
			.about_id = id,
			.event = "sent" };
		row = deliver_mail(desk->txn, &mail);
	}
	return row < 0 ? row : 0;
}

int desk_guidance_create(struct desk *desk)
{
	struct slice title = { 0 };
	struct slice text = { 0 };
	struct units *units = arena_take(desk->arena, sizeof(*units));
	*units = (struct units) { .count = 0 };
	int error = words_text(desk, "title", WORDS_REQUIRED, TITLE_MAX, &title);
	error = error < 0 ? error : words_text(desk, "text", WORDS_REQUIRED, TEXT_MAX, &text);
	error = error < 0 ? error : units_read(desk, units);
	if (error < 0) {
		return error;
	}
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO guidance (id, version, title, text, author_id, at_ms)"
		" VALUES ($1, 1, $2, $3, $4, $5)",
		SQL_INT(id), SQL_TEXT(title), SQL_TEXT(text), SQL_INT(desk->caller.person_id),
		SQL_INT(desk->now_ms));
	error = done < 0 ? (int)done : trail_row(desk->txn, "guidance", id);
	for (size_t i = 0; i < units->count && error == 0; i++) {
		error = unit_put(desk, id, units->ids[i]);
	}
	error = error < 0 ? error : people_tell(desk, id);
	error = error < 0 ? error : txn_change(desk->txn, "task", id, 1);
	desk_audit(desk, "guidance.create", "guidance", id, 1, title);
	desk_answer(desk, id, 1);
	return error;
}

int desk_guidance_read(struct desk *desk)
{
	int64_t id = 0;
	int found = sql_int(desk->db,
		"SELECT id FROM guidance_unit WHERE guidance_id = $1 AND unit_id = $2", &id,
		SQL_INT(desk->call->id), SQL_INT(desk->caller.unit_id));
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	/* The first of a unit who reads it is kept. */
	int64_t done = sql_run(desk->db,
		"UPDATE guidance_unit SET version = version + 1, read_by = $2, read_at_ms = $3"
		" WHERE id = $1 AND read_at_ms IS NULL",
		SQL_INT(id), SQL_INT(desk->caller.person_id), SQL_INT(desk->now_ms));
	int error = done < 0    ? (int)done
		    : done == 0 ? 0
				: trail_row(desk->txn, "guidance_unit", id);
	error = error < 0 ? error : txn_change(desk->txn, "task", desk->call->id, 1);
	desk_audit(desk, "guidance.read", "guidance", desk->call->id, 1, (struct slice) { 0 });
	desk_answer(desk, desk->call->id, 1);
	return error;
}
