/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/notice_places.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "desk/words.h"
#include "records/sql.h"
#include "workflow/places.h"

enum { TEXT_OCTETS_MAX = 64 * 1024, TEXT_MAX = 4000, PHONE_MIN = 7 };

int places_check(struct desk *desk, struct slice text, const char *field)
{
	struct slice name = { 0 };
	return places_known(text, &name) ? 0
					 : desk_refuse(desk, E_INPUT, "template.place", field);
}

/* Names once each, in the order they come. */
struct once {
	struct arena *arena;
	struct slice names[MATTER_FINDINGS_MAX];
	size_t count;
};

static void once_put(struct once *once, struct slice name)
{
	for (size_t i = 0; i < once->count; i++) {
		if (slice_eq(once->names[i], name)) {
			return;
		}
	}
	if (name.n > 0 && once->count < MATTER_FINDINGS_MAX) {
		once->names[once->count++] = arena_dup(once->arena, name);
	}
}

static struct slice once_text(const struct once *once)
{
	AUTO_BUF struct buf text;
	buf_init(&text, TEXT_OCTETS_MAX);
	for (size_t i = 0; i < once->count; i++) {
		buf_put_str(&text, i > 0 ? "、" : "");
		buf_put(&text, once->names[i]);
	}
	return arena_dup(once->arena, buf_slice(&text));
}

static int found_load(
	struct desk *desk, const int64_t *ids, size_t count, struct slice values[PLACE_COUNT])
{
	struct once *titles = arena_take(desk->arena, sizeof(*titles));
	struct once *assets = arena_take(desk->arena, sizeof(*assets));
	int row = 0;
	*titles = (struct once) { .arena = desk->arena };
	*assets = (struct once) { .arena = desk->arena };
	for (size_t i = 0; i < count && row >= 0; i++) {
		AUTO_STMT struct stmt *q = NULL;
		row = sql_query(desk->db,
			"SELECT f.title, a.name FROM finding f LEFT JOIN asset a"
			" ON a.id = f.asset_id WHERE f.id = $1",
			&q, SQL_INT(ids[i]));
		row = row < 0 ? row : db_step(q);
		if (row == 1) {
			once_put(titles, db_col_text(q, 0));
			once_put(assets, db_col_text(q, 1));
		}
	}
	values[PLACE_FINDING] = once_text(titles);
	values[PLACE_ASSET] = assets->count > 0 ? once_text(assets) : SLICE("相关系统");
	values[PLACE_MANY] = arena_printf(desk->arena, "%zu", count);
	return row < 0 ? row : 0;
}

/* The first run of digits and dashes long enough to be called. */
static struct slice phone_in(struct slice text)
{
	for (size_t at = 0; at < text.n; at++) {
		size_t length = 0;
		while (at + length < text.n &&
			((text.p[at + length] >= '0' && text.p[at + length] <= '9') ||
				text.p[at + length] == '-')) {
			length++;
		}
		if (length >= PHONE_MIN) {
			return slice_head(slice_skip(text, at), length);
		}
		at += length;
	}
	return (struct slice) { 0 };
}

/* What was written as contact, else who writes it and how he is called. */
static int contact_load(
	struct desk *desk, const struct notice_row *row, struct slice values[PLACE_COUNT])
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db, "SELECT name, phone FROM person WHERE id = $1", &q,
		SQL_INT(row->author_id));
	found = found < 0 ? found : db_step(q);
	if (found < 0) {
		return found;
	}
	struct slice name = found == 1 ? arena_dup(desk->arena, db_col_text(q, 0)) : SLICE("");
	struct slice phone = found == 1 ? arena_dup(desk->arena, db_col_text(q, 1)) : SLICE("");
	struct slice called = phone_in(row->contact);
	struct slice own = phone.n > 0 ? arena_printf(desk->arena, "%.*s %.*s", SLICE_FMT(name),
						 SLICE_FMT(phone))
				       : name;
	values[PLACE_CONTACT] = row->contact.n > 0 ? row->contact : own;
	values[PLACE_PHONE] = called.n > 0 ? called : phone.n > 0 ? phone : own;
	return 0;
}

static int unit_load(
	struct desk *desk, const struct notice_row *row, struct slice values[PLACE_COUNT])
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(
		desk->db, "SELECT name FROM unit WHERE id = $1", &q, SQL_INT(row->unit_id));
	found = found < 0 ? found : db_step(q);
	values[PLACE_UNIT] = found == 1 ? arena_dup(desk->arena, db_col_text(q, 0)) : SLICE("");
	return found < 0 ? found : 0;
}

static struct slice filled(
	struct arena *arena, struct slice text, const struct slice values[PLACE_COUNT])
{
	AUTO_BUF struct buf out;
	buf_init(&out, TEXT_OCTETS_MAX);
	places_fill(text, values, &out);
	return out.failed ? text : arena_dup(arena, buf_slice(&out));
}

int notice_places_fill(
	struct desk *desk, struct notice_row *row, const int64_t *finding_ids, size_t count)
{
	struct slice values[PLACE_COUNT] = { 0 };
	int error = places_check(desk, row->requirement, "requirement");
	error = error < 0 ? error : unit_load(desk, row, values);
	error = error < 0 ? error : found_load(desk, finding_ids, count, values);
	error = error < 0 ? error : contact_load(desk, row, values);
	if (error < 0) {
		return error;
	}
	row->requirement = filled(desk->arena, row->requirement, values);
	return words_enough(row->requirement, TEXT_MAX + 1)
		       ? desk_refuse(desk, E_INPUT, "input.too_long", "requirement")
		       : 0;
}

void matter_places_fill(struct matter *m)
{
	struct slice values[PLACE_COUNT] = { 0 };
	if ((m->outcome.effects & NOTICE_EFFECT_NUMBER) == 0) {
		return;
	}
	values[PLACE_NUMBER] = m->row.number;
	values[PLACE_DUE] =
		m->row.due_at_ms != 0 ? matter_time(m, m->row.due_at_ms) : SLICE("");
	m->row.requirement = filled(m->arena, m->row.requirement, values);
}
