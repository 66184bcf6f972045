/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/filters.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/desk.h"
#include "desk/patch.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/trail.h"

struct row {
	int64_t id;
	int64_t version;
	struct slice list;
	struct slice name;
	struct slice query;
	bool is_first; /* what the list opens with */
};

static const char *const lists[] = { "findings", "notices", "assets", "incidents", "incoming",
	"checks", "deliveries", NULL };

/* A query of an address: nothing that could lead elsewhere. */
static bool is_query(struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9');
		bool mark = c == '=' || c == '&' || c == '%' || c == '-' || c == '_' ||
			    c == '.' || c == '~' || c == '+' || c == '*';
		if (!plain && !mark) {
			return false;
		}
	}
	return true;
}

static int name_taken(struct desk *desk, const struct row *row)
{
	int64_t other = 0;
	int found = sql_int(desk->db,
		"SELECT id FROM saved_filter WHERE person_id = $1 AND list = $2 AND name = $3"
		" AND ended_at_ms IS NULL AND id <> $4",
		&other, SQL_INT(desk->caller.person_id), SQL_TEXT(row->list),
		SQL_TEXT(row->name), SQL_INT(row->id));
	return found < 0   ? found
	       : found > 0 ? desk_refuse(desk, E_EXISTS, "filter.exists", "name")
			   : 0;
}

static int body_read(struct desk *desk, struct row *row)
{
	int error = 0;
	if (row->id == 0 || patch_given(desk, "name")) {
		error = words_text(desk, "name", WORDS_REQUIRED, FILTER_NAME_MAX, &row->name);
	}
	if (error == 0 && (row->id == 0 || patch_given(desk, "query"))) {
		error = words_text(
			desk, "query", WORDS_REQUIRED, FILTER_QUERY_MAX, &row->query);
	}
	if (error == 0 && !is_query(row->query)) {
		error = desk_refuse(desk, E_INPUT, "input.text", "query");
	}
	row->is_first = json_get_bool(desk->call->body, "is_first", row->is_first);
	return error < 0 ? error : name_taken(desk, row);
}

/* A list opens with one filter at most. */
static int others_yield(struct desk *desk, const struct row *row)
{
	int64_t other = 0;
	int found = !row->is_first ? 0
				   : sql_int(desk->db,
					     "SELECT id FROM saved_filter WHERE person_id = $1"
					     " AND list = $2 AND is_first = 1 AND id <> $3"
					     " AND ended_at_ms IS NULL",
					     &other, SQL_INT(desk->caller.person_id),
					     SQL_TEXT(row->list), SQL_INT(row->id));
	if (found <= 0) {
		return found;
	}
	int64_t done = sql_run(desk->db,
		"UPDATE saved_filter SET version = version + 1, is_first = 0 WHERE id = $1",
		SQL_INT(other));
	return done < 0 ? (int)done : trail_row(desk->txn, "saved_filter", other);
}

static int saved(struct desk *desk, const char *act, const struct row *row)
{
	int error = trail_row(desk->txn, "saved_filter", row->id);
	error = error < 0 ? error : others_yield(desk, row);
	desk_audit(desk, act, "saved_filter", row->id, row->version, (struct slice) { 0 });
	desk_answer(desk, row->id, row->version);
	return error;
}

int desk_filter_create(struct desk *desk)
{
	struct row row = { .version = 1 };
	int64_t count = 0;
	int error = words_choice(desk, "list", lists, NULL, &row.list);
	error = error < 0 ? error : body_read(desk, &row);
	if (error < 0) {
		return error;
	}
	int found = sql_int(desk->db,
		"SELECT count(*) FROM saved_filter WHERE person_id = $1 AND ended_at_ms IS NULL",
		&count, SQL_INT(desk->caller.person_id));
	if (found < 0 || count >= FILTERS_MAX) {
		return found < 0 ? found : desk_refuse(desk, E_STATE, "filter.full", NULL);
	}
	row.id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO saved_filter (id, version, person_id, list, name, query, is_first,"
		" made_at_ms) VALUES ($1, 1, $2, $3, $4, $5, $6, $7)",
		SQL_INT(row.id), SQL_INT(desk->caller.person_id), SQL_TEXT(row.list),
		SQL_TEXT(row.name), SQL_TEXT(row.query), SQL_INT(row.is_first),
		SQL_INT(desk->now_ms));
	return done < 0 ? (int)done : saved(desk, "filter.create", &row);
}

/* Somebody else's is as unknown as one that does not exist. */
static int admitted(struct desk *desk, struct row *row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT version, list, name, query, is_first FROM saved_filter WHERE id = $1"
		" AND person_id = $2 AND ended_at_ms IS NULL",
		&q, SQL_INT(desk->call->id), SQL_INT(desk->caller.person_id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	*row = (struct row) { .id = desk->call->id,
		.version = db_col_int64(q, 0),
		.list = arena_dup(desk->arena, db_col_text(q, 1)),
		.name = arena_dup(desk->arena, db_col_text(q, 2)),
		.query = arena_dup(desk->arena, db_col_text(q, 3)),
		.is_first = db_col_int64(q, 4) != 0 };
	return desk_version_same(desk, row->version);
}

int desk_filter_update(struct desk *desk)
{
	struct row row = { 0 };
	int error = admitted(desk, &row);
	error = error < 0 ? error : body_read(desk, &row);
	if (error < 0) {
		return error;
	}
	row.version++;
	int64_t done = sql_run(desk->db,
		"UPDATE saved_filter SET version = $2, name = $3, query = $4, is_first = $5"
		" WHERE id = $1",
		SQL_INT(row.id), SQL_INT(row.version), SQL_TEXT(row.name), SQL_TEXT(row.query),
		SQL_INT(row.is_first));
	return done < 0 ? (int)done : saved(desk, "filter.update", &row);
}

int desk_filter_end(struct desk *desk)
{
	struct row row = { 0 };
	int error = admitted(desk, &row);
	if (error < 0) {
		return error;
	}
	row.version++;
	row.is_first = false;
	int64_t done = sql_run(desk->db,
		"UPDATE saved_filter SET version = $2, is_first = 0, ended_at_ms = $3"
		" WHERE id = $1",
		SQL_INT(row.id), SQL_INT(row.version), SQL_INT(desk->now_ms));
	return done < 0 ? (int)done : saved(desk, "filter.end", &row);
}
