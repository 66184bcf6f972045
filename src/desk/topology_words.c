/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/topology_words.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/desk.h"
#include "desk/id_list.h"
#include "desk/topology.h"
#include "desk/words.h"
#include "records/sql.h"

enum { PLACE_FARTHEST = 100000 };

static const char *const kinds[] = { "draw", "strike", "parents", "point", NULL };

struct word {
	int64_t id;
	struct slice kind;
	int64_t device;
	int64_t port;
	struct slice port_name;
	int64_t other;
	int64_t other_port;
	struct slice other_port_name;
	struct slice parents; /* JSON list; empty = the word is of something else */
	struct slice reason;
};

/* ---- reading */

static bool is_link(const struct word *word)
{
	return slice_is(word->kind, "draw") || slice_is(word->kind, "strike");
}

/* The smaller id first, as links have it. */
static int link_read(struct desk *desk, struct word *word)
{
	int error = words_id(desk, "other", WORDS_REQUIRED, "topology_device", &word->other);
	error = error < 0 ? error : words_int(desk, "port", 0, UINT32_MAX, 0, &word->port);
	error = error < 0 ? error
			  : words_int(desk, "other_port", 0, UINT32_MAX, 0, &word->other_port);
	error = error < 0 ? error
			  : words_text(desk, "port_name", WORDS_OPTIONAL,
				    TOPOLOGY_PORT_NAME_MAX, &word->port_name);
	error = error < 0 ? error
			  : words_text(desk, "other_port_name", WORDS_OPTIONAL,
				    TOPOLOGY_PORT_NAME_MAX, &word->other_port_name);
	if (error >= 0 && word->other == word->device) {
		return desk_refuse(desk, E_INPUT, "topology.same", "other");
	}
	if (error >= 0 && word->other < word->device) {
		struct word turned = *word;
		word->device = turned.other;
		word->port = turned.other_port;
		word->port_name = turned.other_port_name;
		word->other = turned.device;
		word->other_port = turned.port;
		word->other_port_name = turned.port_name;
	}
	return error;
}

static int parents_read(struct desk *desk, struct word *word)
{
	struct id_list ids = { .count = 0 };
	int error =
		id_list_read(desk, "parents", "topology_device", TOPOLOGY_PARENTS_MAX, &ids);
	for (size_t i = 0; error >= 0 && i < ids.count; i++) {
		if (ids.id[i] == word->device) {
			return desk_refuse(desk, E_INPUT, "topology.same", "parents");
		}
	}
	word->parents = error < 0 ? word->parents : id_list_json(desk, &ids);
	return error;
}

static int word_read(struct desk *desk, struct word *word)
{
	int error = words_choice(desk, "kind", kinds, NULL, &word->kind);
	error = error < 0 ? error
			  : words_id(desk, "device", WORDS_REQUIRED, "topology_device",
				    &word->device);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_REQUIRED, TOPOLOGY_REASON_MAX,
				    &word->reason);
	if (error >= 0 && is_link(word)) {
		error = link_read(desk, word);
	} else if (error >= 0 && slice_is(word->kind, "parents")) {
		error = parents_read(desk, word);
	}
	return error;
}

/* ---- saving */

static int word_end(struct desk *desk, int64_t id)
{
	int64_t done = sql_run(desk->db,
		"UPDATE topology_word SET version = version + 1, ended_at_ms = $2"
		" WHERE id = $1",
		SQL_INT(id), SQL_INT(desk->now_ms));
	return done < 0 ? (int)done : trail_row(desk->txn, "topology_word", id);
}

/* Earlier words about the same: the same link either way, the parents or the point of the same device. */
static int earlier_end(struct desk *desk, const struct word *word)
{
	int64_t ids[TOPOLOGY_PARENTS_MAX];
	size_t count = 0;
	int error = 0;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT id FROM topology_word WHERE ended_at_ms IS NULL AND device_id = $1"
		" AND CASE WHEN kind IN ('draw', 'strike') THEN 'link' ELSE kind END = $2"
		" AND ($2 <> 'link' OR (other_id = $3 AND port = $4 AND other_port = $5"
		" AND coalesce(port_name, '') = $7 AND coalesce(other_port_name, '') = $8))"
		" ORDER BY id LIMIT $6",
		&q, SQL_INT(word->device), SQL_TEXT(is_link(word) ? SLICE("link") : word->kind),
		SQL_INT(word->other), SQL_INT(word->port), SQL_INT(word->other_port),
		SQL_INT(TOPOLOGY_PARENTS_MAX), SQL_TEXT(word->port_name),
		SQL_TEXT(word->other_port_name));
	while (row >= 0 && count < TOPOLOGY_PARENTS_MAX && (row = db_step(q)) == 1) {
		ids[count++] = db_col_int64(q, 0);
	}
	for (size_t i = 0; row >= 0 && error >= 0 && i < count; i++) {
		error = word_end(desk, ids[i]);
	}
	return row < 0 ? row : error;
}

static int room_check(struct desk *desk)
{
	int64_t standing = 0;
	int row = sql_int_args(desk->db,
		"SELECT count(*) FROM topology_word WHERE ended_at_ms IS NULL", &standing, NULL,
		0);
	return row < 0 ? row
	       : standing >= TOPOLOGY_WORDS_MAX
		       ? desk_refuse(desk, E_LIMIT, "input.too_many", NULL)
		       : 0;
}

int desk_topology_say(struct desk *desk)
{
	struct word word = { 0 };
	int error = word_read(desk, &word);
	error = error < 0 ? error : room_check(desk);
	error = error < 0 ? error : earlier_end(desk, &word);
	if (error < 0) {
		return error;
	}
	word.id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO topology_word (id, version, kind, device_id, port, other_id,"
		" other_port, parents, reason, made_by, made_at_ms, port_name, other_port_name)"
		" VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		SQL_INT(word.id), SQL_TEXT(word.kind), SQL_INT(word.device), SQL_INT(word.port),
		SQL_INT_OR_NULL(word.other), SQL_INT(word.other_port),
		SQL_TEXT_OR_NULL(word.parents), SQL_TEXT(word.reason),
		SQL_INT(desk->caller.person_id), SQL_INT(desk->now_ms),
		SQL_TEXT_OR_NULL(word.port_name), SQL_TEXT_OR_NULL(word.other_port_name));
	error = done < 0 ? (int)done : trail_row(desk->txn, "topology_word", word.id);
	error = error < 0 ? error : txn_change(desk->txn, "topology", word.id, 1);
	desk_audit(desk, "topology.say", "topology", word.id, 1, word.reason);
	desk_answer(desk, word.id, 1);
	return error;
}

int desk_topology_unsay(struct desk *desk)
{
	int64_t id = 0;
	int64_t version = 0;
	struct slice reason = { 0 };
	int error = words_id(desk, "word", WORDS_REQUIRED, "topology_word", &id);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_REQUIRED, TOPOLOGY_REASON_MAX,
				    &reason);
	if (error < 0) {
		return error;
	}
	int row = sql_int(desk->db,
		"SELECT version FROM topology_word WHERE id = $1 AND ended_at_ms IS NULL",
		&version, SQL_INT(id));
	if (row <= 0) {
		return row < 0 ? row : desk_refuse(desk, E_STATE, "topology.ended", "word");
	}
	error = word_end(desk, id);
	error = error < 0 ? error : txn_change(desk->txn, "topology", id, version + 1);
	desk_audit(desk, "topology.unsay", "topology", id, version + 1, reason);
	desk_answer(desk, id, version + 1);
	return error;
}

/* ---- places in the picture */

static int64_t place_save(struct desk *desk, const struct json *place)
{
	int64_t id = json_get_int(place, "id", 0);
	int64_t x = json_get_int(place, "x", INT64_MAX);
	int64_t y = json_get_int(place, "y", INT64_MAX);
	int64_t there = 0;
	bool fits = x >= -PLACE_FARTHEST && x <= PLACE_FARTHEST && y >= -PLACE_FARTHEST &&
		    y <= PLACE_FARTHEST;
	int row = sql_int(
		desk->db, "SELECT 1 FROM topology_device WHERE id = $1", &there, SQL_INT(id));
	if (row < 0 || !fits || row == 0) {
		return row < 0 ? row
		       : fits  ? desk_refuse(desk, E_INPUT, "input.unknown", "places")
			       : desk_refuse(desk, E_INPUT, "input.range", "places");
	}
	return sql_run(desk->db,
		"INSERT INTO topology_place (id, x, y) VALUES ($1, $2, $3) ON CONFLICT (id)"
		" DO UPDATE SET x = excluded.x, y = excluded.y",
		SQL_INT(id), SQL_INT(x), SQL_INT(y));
}

int desk_topology_place(struct desk *desk)
{
	const struct json *places = json_get(desk->call->body, "places");
	bool reset = json_get_bool(desk->call->body, "reset", false);
	int64_t done = 0;
	if (!reset && json_count(places) == 0) {
		return desk_refuse(desk, E_INPUT, "input.required", "places");
	}
	if (json_count(places) > TOPOLOGY_PLACES_MAX) {
		return desk_refuse(desk, E_INPUT, "input.too_many", "places");
	}
	if (reset) {
		done = sql_run(
			desk->db, "DELETE FROM topology_place WHERE id > $1", SQL_INT(0));
	}
	for (const struct json *place = json_first(places); place != NULL && done >= 0;
		place = json_next(place)) {
		done = place_save(desk, place);
	}
	int error = done < 0 ? (int)done : txn_change(desk->txn, "topology", 1, desk->now_ms);
	desk_audit(desk, reset ? "topology.unplace" : "topology.place", "topology", 0, 0,
		(struct slice) { 0 });
	return error;
}
