/* SPDX-License-Identifier: Apache-2.0 */
/* The sheets of an .xlsx: ECMA-376 part 1 section 18.3, and what WPS leaves out of it. */
#include <string.h>

#include "base/err.h"
#include "base/num.h"
#include "grid/xlsx_priv.h"

struct merge {
	uint32_t from;
	uint32_t to;
	size_t column;
};

struct page {
	struct tablet t;
	uint32_t row;    /* of the row element under way */
	uint32_t number; /* of the cell */
	size_t column;
	size_t next;       /* column of a cell that names none */
	struct slice kind; /* attribute t of the cell */
	char kind_room[16];
	size_t style;
	bool is_text; /* inside <is>, not <v> */
	unsigned phonetic;
	struct merge *merge;
	size_t merges;
};

/* "AB12" */
static bool place_parse(struct slice text, uint32_t *ret_row, size_t *ret_column)
{
	size_t column = 0;
	size_t n = 0;
	int64_t row = 0;
	while (n < text.n && n < 3 && (text.p[n] | 0x20) >= 'a' && (text.p[n] | 0x20) <= 'z') {
		column = column * 26 + (size_t)((text.p[n++] | 0x20) - 'a' + 1);
	}
	if (n == 0 || num_i64(slice_skip(text, n), 1, 1048576, &row) < 0) {
		return false;
	}
	*ret_row = (uint32_t)row;
	*ret_column = column - 1;
	return true;
}

static void row_begin(struct xlsx_parse *p, struct page *page)
{
	int64_t number = 0;
	bool named = num_i64(xlsx_attribute(p, "r"), 1, 1048576, &number) == 0;
	page->row = named ? (uint32_t)number : page->row + 1;
	page->next = 0;
}

static void cell_begin(struct xlsx_parse *p, struct page *page)
{
	int64_t style = 0;
	if (!place_parse(xlsx_attribute(p, "r"), &page->number, &page->column)) {
		page->number = page->row;
		page->column = page->next;
	}
	page->next = page->column + 1;
	struct slice kind = slice_head(xlsx_attribute(p, "t"), sizeof(page->kind_room));
	memcpy(page->kind_room, kind.n > 0 ? (const char *)kind.p : "", kind.n);
	page->kind = slice_of(page->kind_room, kind.n);
	page->style = num_i64(xlsx_attribute(p, "s"), 0, XLSX_STYLES_MAX, &style) == 0
			      ? (size_t)style
			      : 0;
	page->phonetic = 0;
	buf_clear(&p->text);
}

static void merge_take(struct xlsx_parse *p, struct page *page)
{
	struct slice from = { 0 };
	struct slice to = { 0 };
	struct merge m = { 0 };
	size_t last = 0;
	bool read = slice_cut(xlsx_attribute(p, "ref"), ':', &from, &to) &&
		    place_parse(from, &m.from, &m.column) && place_parse(to, &m.to, &last);
	if (!read || m.to == m.from) {
		return;
	}
	if (page->merges == GRIDREAD_MERGES_MAX) {
		p->problem = GRIDREAD_TOO_LARGE;
		return;
	}
	page->merge[page->merges++] = m;
}

static void page_start(struct xlsx_parse *p, struct slice name)
{
	struct page *page = p->arg;
	if (slice_is(name, "row")) {
		row_begin(p, page);
	} else if (slice_is(name, "c")) {
		cell_begin(p, page);
	} else if (slice_is(name, "rPh")) {
		page->phonetic++;
	} else if (slice_is(name, "mergeCell")) {
		merge_take(p, page);
	}
	page->is_text = page->is_text || slice_is(name, "is");
	p->wants_text = slice_is(name, "v") ||
			(slice_is(name, "t") && page->is_text && page->phonetic == 0);
}

static struct slice value_text(struct xlsx_parse *p, const struct page *page, char room[32])
{
	const struct xlsx *x = p->of;
	struct slice raw = buf_slice(&p->text);
	int64_t index = 0;
	double value = 0;
	if (slice_is(page->kind, "s")) {
		bool known = num_i64(slice_trim(raw), 0, INT32_MAX, &index) == 0 &&
			     (size_t)index < x->strings;
		return known ? x->string[index] : (struct slice) { 0 };
	}
	if (slice_is(page->kind, "b")) {
		return slice_is(slice_trim(raw), "1") ? SLICE("是") : SLICE("否");
	}
	bool number = page->kind.n == 0 || slice_is(page->kind, "n");
	if (!number || num_double(slice_trim(raw), &value) < 0) {
		return raw;
	}
	return page->style < x->styles && x->day_style[page->style]
		       ? serial_text(value, x->is_1904, room)
		       : number_text(value, room);
}

static void page_end(struct xlsx_parse *p, struct slice name)
{
	struct page *page = p->arg;
	p->wants_text = false;
	if (slice_is(name, "rPh")) {
		page->phonetic -= page->phonetic > 0;
	} else if (slice_is(name, "is")) {
		page->is_text = false;
	} else if (slice_is(name, "c") && p->text.n > 0) {
		char room[32];
		tablet_put(&page->t, page->number, page->column,
			slice_trim(value_text(p, page, room)));
		p->problem = page->t.full ? GRIDREAD_TOO_LARGE : p->problem;
		buf_clear(&p->text);
	}
}

static enum gridread_problem sheet_read(
	struct xlsx *x, const struct xlsx_sheet *sheet, struct buf *out)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct page page = { .merge = arena_take(
				     arena, GRIDREAD_MERGES_MAX * sizeof(struct merge)) };
	struct xlsx_parse p = { .start = page_start, .end = page_end, .arg = &page };
	tablet_init(&page.t, arena);
	enum gridread_problem problem = xlsx_part(x, sheet->part, &p);
	if (problem == GRIDREAD_ABSENT) {
		return GRIDREAD_BROKEN;
	}
	for (size_t i = 0; problem == GRIDREAD_FINE && i < page.merges; i++) {
		const struct merge *m = &page.merge[i];
		tablet_merge(&page.t, m->from, m->to, m->column);
	}
	tablet_write(&page.t, sheet->name, out);
	return problem;
}

/* Sheets somebody hid are left where he put them. */
static enum gridread_problem sheets_read(struct xlsx *x, struct buf *out)
{
	enum gridread_problem problem = GRIDREAD_FINE;
	for (size_t i = 0; i < x->sheets && problem == GRIDREAD_FINE && !out->failed; i++) {
		if (x->sheet[i].part != NULL && !x->sheet[i].hidden) {
			problem = sheet_read(x, &x->sheet[i], out);
		}
	}
	return problem;
}

enum gridread_problem xlsx_read(struct slice octets, struct buf *out)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct xlsx *x = arena_take(arena, sizeof(*x));
	x->arena = arena;
	enum gridread_problem problem = xlsx_open(x, octets);
	problem = problem == GRIDREAD_FINE ? xlsx_book(x) : problem;
	problem = problem == GRIDREAD_FINE ? sheets_read(x, out) : problem;
	xlsx_close(x);
	return problem;
}
