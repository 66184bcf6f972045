/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/unit_names.h"

#include "base/arena.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/import_source.h"
#include "records/sql.h"

/* Octets of the bracket the text begins with, 0 = none. */
static size_t bracket(struct slice text, const char *narrow, const char *wide)
{
	return slice_starts(text, slice_str(narrow)) ? slice_str(narrow).n
	       : slice_starts(text, slice_str(wide)) ? slice_str(wide).n
						     : 0;
}

struct slice name_bare(struct arena *arena, struct slice text)
{
	uint8_t *out = arena_take(arena, text.n + 1);
	size_t n = 0;
	unsigned depth = 0;
	for (size_t at = 0, step = 0; at < text.n; at += step) {
		struct slice rest = slice_skip(text, at);
		size_t open = bracket(rest, "(", "（");
		size_t close = bracket(rest, ")", "）");
		size_t blank = bracket(rest, " ", "\xe3\x80\x80");
		step = open + close + blank;
		depth += open > 0;
		depth -= close > 0 && depth > 0;
		if (step == 0) {
			step = 1;
			if (depth == 0) {
				out[n++] = text.p[at];
			}
		}
	}
	return slice_of(out, n);
}

int unit_names_load(struct desk *desk, struct unit_names *ret_names)
{
	int64_t count = 0;
	int row = sql_int_args(desk->db, "SELECT count(*) FROM unit", &count, NULL, 0);
	if (row < 0 || count > UNIT_NAMES_MAX) {
		return row < 0 ? row : E_LIMIT;
	}
	*ret_names = (struct unit_names) { .desk = desk,
		.item = arena_take(
			desk->arena, ((size_t)count + 1) * sizeof(*ret_names->item)) };
	AUTO_STMT struct stmt *q = NULL;
	row = db_prepare(
		desk->db, "SELECT id, name, short_name, valid_to_ms FROM unit ORDER BY id", &q);
	while (row >= 0 && ret_names->count < (size_t)count && (row = db_step(q)) == 1) {
		struct unit_name *unit = &ret_names->item[ret_names->count++];
		unit->id = db_col_int64(q, 0);
		unit->name = arena_dup(desk->arena, db_col_text(q, 1));
		unit->short_name = arena_dup(desk->arena, db_col_text(q, 2));
		unit->bare = name_bare(desk->arena, unit->name);
		unit->ended = !db_col_is_null(q, 3);
	}
	return row < 0 ? row : 0;
}

enum stage { BY_NAME, BY_SHORT_NAME, BY_BARE_NAME, BY_OLD_NAME, STAGES };

static bool answers(
	const struct unit_name *unit, enum stage stage, struct slice text, struct slice bare)
{
	switch (stage) {
	case BY_NAME:
		return !unit->ended && slice_eq(unit->name, text);
	case BY_SHORT_NAME:
		return !unit->ended && slice_eq(unit->short_name, text);
	case BY_BARE_NAME:
		return !unit->ended &&
		       (slice_eq(unit->bare, bare) || slice_eq(unit->short_name, bare));
	case BY_OLD_NAME:
		return unit->ended && slice_eq(unit->name, text);
	case STAGES:
		break;
	}
	return false;
}

static int64_t find(const struct unit_names *names, struct slice text, struct slice bare)
{
	for (enum stage stage = BY_NAME; stage < STAGES; stage++) {
		int64_t found = 0;
		for (size_t i = 0; i < names->count; i++) {
			if (!answers(&names->item[i], stage, text, bare)) {
				continue;
			}
			if (found != 0) {
				return E_CONFLICT;
			}
			found = names->item[i].id;
		}
		if (found != 0) {
			return found;
		}
	}
	return E_ABSENT;
}

int64_t unit_names_find(struct unit_names *names, struct arena *arena, struct slice text)
{
	/* Sheets name the same unit many rows in a row. */
	if (names->last_id <= 0 || !slice_eq(names->last, text)) {
		names->last = text;
		names->last_id = names->desk->import != NULL
					 ? import_source_unit(names->desk, names, text)
					 : find(names, text, name_bare(arena, text));
	}
	return names->last_id;
}
