/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which cell a label speaks of.  Several labels side by side over empty cells
 * head a list; else the empty cell to the right is meant, or the rest of the
 * label's own.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/annex.h"
#include "workflow/annex.h"

enum { HEADINGS_MIN = 3, OUT_OCTETS_MAX = 64 * 1024 };

struct guess {
	struct jw jw;
	unsigned count;
};

static struct slice text_of(const struct json *cell)
{
	return slice_trim(json_get_str(cell, "s"));
}

static void place_put(struct guess *g, int64_t t, int64_t r, int64_t c, int fact, bool repeat)
{
	if (g->count++ >= ANNEX_PLACES_MAX) {
		return;
	}
	jw_object(&g->jw);
	jw_kv_int(&g->jw, "t", t);
	jw_kv_int(&g->jw, "r", r);
	jw_kv_int(&g->jw, "c", c);
	jw_kv_str(&g->jw, "fact", slice_str(name_id(&annex_fact_names, (unsigned)fact)));
	jw_kv_bool(&g->jw, "repeat", repeat);
	jw_end(&g->jw);
}

/* The cell of a row that begins at a column of the drawing. */
static const struct json *cell_at(const struct json *row, int64_t x)
{
	for (const struct json *c = json_first(json_get(row, "cells")); c != NULL;
		c = json_next(c)) {
		if (json_get_int(c, "x", -1) == x) {
			return c;
		}
	}
	return NULL;
}

/* Empty, or with the number of the row before it: to be written in. */
static bool is_free(const struct json *cell)
{
	struct slice text = text_of(cell);
	bool number = true;
	for (size_t i = 0; i < text.n; i++) {
		number = number && text.p[i] >= '0' && text.p[i] <= '9';
	}
	return cell != NULL && number;
}

static unsigned headings(const struct json *row, const struct json *below)
{
	unsigned count = 0;
	for (const struct json *c = json_first(json_get(row, "cells")); c != NULL;
		c = json_next(c)) {
		int64_t x = json_get_int(c, "x", -1);
		count += annex_guess(text_of(c), true) >= 0 && is_free(cell_at(below, x));
	}
	return count;
}

static void list_put(
	struct guess *g, int64_t t, const struct json *row, const struct json *below)
{
	for (const struct json *c = json_first(json_get(row, "cells")); c != NULL;
		c = json_next(c)) {
		const struct json *to = cell_at(below, json_get_int(c, "x", -1));
		int fact = annex_guess(text_of(c), true);
		if (fact >= 0 && is_free(to)) {
			place_put(g, t, json_get_int(below, "r", 0), json_get_int(to, "c", 0),
				fact, true);
		}
	}
}

/* "电话：" and "□是 □否" are written into themselves. */
static bool takes_more(struct slice text)
{
	return slice_ends(text, SLICE("：")) || slice_ends(text, SLICE(":")) ||
	       slice_find(text, SLICE("__")) != SIZE_MAX ||
	       slice_find(text, SLICE("＿＿")) != SIZE_MAX;
}

static void labels_put(struct guess *g, int64_t t, const struct json *row)
{
	const struct json *c = json_first(json_get(row, "cells"));
	for (const struct json *next = NULL; c != NULL; c = next) {
		next = json_next(c);
		struct slice text = text_of(c);
		int fact = annex_guess(text, false);
		bool right = next != NULL &&
			     (text_of(next).n == 0 ||
				     slice_find(text_of(next), SLICE("□")) != SIZE_MAX);
		if (fact < 0 || (!right && !takes_more(text))) {
			continue;
		}
		const struct json *to = right ? next : c;
		place_put(
			g, t, json_get_int(row, "r", 0), json_get_int(to, "c", 0), fact, false);
		next = right ? json_next(next) : next;
	}
}

static void table_put(struct guess *g, int64_t t, const struct json *table)
{
	const struct json *row = json_first(json_get(table, "rows"));
	for (; row != NULL; row = json_next(row)) {
		const struct json *below = json_next(row);
		if (below != NULL && headings(row, below) >= HEADINGS_MIN) {
			list_put(g, t, row, below);
			row = below;
		} else {
			labels_put(g, t, row);
		}
	}
}

int annex_places_guess(struct arena *arena, const struct json *cells, struct slice *ret_places)
{
	AUTO_BUF struct buf out;
	struct guess g = { .count = 0 };
	int64_t t = 0;
	buf_init(&out, OUT_OCTETS_MAX);
	jw_init(&g.jw, &out);
	jw_array(&g.jw);
	for (const struct json *table = json_first(json_get(cells, "tables")); table != NULL;
		table = json_next(table)) {
		table_put(&g, t++, table);
	}
	for (const struct json *b = json_first(json_get(cells, "blanks")); b != NULL;
		b = json_next(b)) {
		int fact = annex_guess(text_of(b), false);
		if (fact >= 0) {
			place_put(&g, -1, json_get_int(b, "r", 0), json_get_int(b, "c", 0),
				fact, false);
		}
	}
	jw_end(&g.jw);
	*ret_places = arena_dup(arena, buf_slice(&out));
	return out.failed ? E_LIMIT : 0;
}
