/* SPDX-License-Identifier: Apache-2.0 */
/* The form as a workbook: sheets, shared texts, and cells filled with texts of their own. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "paper/annex_priv.h"
#include "paper/annex_sheet.h"
#include "paper/fill.h"

enum { STRINGS_MAX = 20000, CELL_OCTETS_MAX = 128 * 1024, FREE_ROWS_SHOWN = 12 };

#define WORKBOOK SLICE("xl/workbook.xml")
#define RELATIONS SLICE("xl/_rels/workbook.xml.rels")
#define STRINGS SLICE("xl/sharedStrings.xml")

struct book {
	struct annex *a;
	struct slice name[ANNEX_TABLES_MAX];
	struct slice part[ANNEX_TABLES_MAX];
	int sheets;
	struct slice *string;
	int strings;
};

/* ---- the book */

static struct slice target_of(struct annex *a, xmlDoc *relations, struct slice id)
{
	xmlNode *root = xmlDocGetRootElement(relations);
	for (xmlNode *n = root->children; n != NULL; n = n->next) {
		if (annex_is(n, "Relationship") && slice_eq(annex_attribute(a, n, "Id"), id)) {
			struct slice target = annex_attribute(a, n, "Target");
			return slice_starts(target, SLICE("/"))
				       ? slice_skip(target, 1)
				       : arena_printf(a->arena, "xl/%.*s", SLICE_FMT(target));
		}
	}
	return (struct slice) { 0 };
}

/* sheet has an id of its own and one of a relation: the latter is in a namespace. */
static struct slice relation_of(struct annex *a, const xmlNode *sheet)
{
	for (const xmlAttr *at = sheet->properties; at != NULL; at = at->next) {
		if (at->ns != NULL && strcmp((const char *)at->name, "id") == 0) {
			xmlChar *text = xmlNodeListGetString(at->doc, at->children, 1);
			struct slice id = arena_dup(a->arena, slice_str((const char *)text));
			xmlFree(text);
			return id;
		}
	}
	return (struct slice) { 0 };
}

static void sheets_list(struct book *b, xmlDoc *book, xmlDoc *relations)
{
	struct annex *a = b->a;
	xmlNode *list = annex_child(xmlDocGetRootElement(book), "sheets");
	for (xmlNode *n = list != NULL ? list->children : NULL; n != NULL; n = n->next) {
		struct slice state = { 0 };
		if (!annex_is(n, "sheet")) {
			continue;
		}
		state = annex_peek(n, "state");
		struct slice part = target_of(a, relations, relation_of(a, n));
		bool seen = state.n == 0 || slice_is(state, "visible");
		if (!seen || annex_part(a, part) == NULL) {
			continue;
		}
		if (b->sheets == ANNEX_TABLES_MAX) {
			a->more = true;
			return;
		}
		b->name[b->sheets] = annex_line(a, annex_attribute(a, n, "name"));
		b->part[b->sheets++] = part;
	}
}

/* The texts of an item, without how its characters are read out. */
static void item_text(const xmlNode *item, struct buf *out)
{
	for (xmlNode *n = item->children; n != NULL; n = n->next) {
		if (annex_is(n, "t")) {
			annex_content(n, out);
		} else if (annex_is(n, "r") && annex_child(n, "t") != NULL) {
			annex_content(annex_child(n, "t"), out);
		}
	}
}

static int strings_read(struct book *b)
{
	struct annex *a = b->a;
	xmlDoc *doc = NULL;
	if (annex_part(a, STRINGS) == NULL) {
		return 0;
	}
	int error = annex_tree(a, annex_part(a, STRINGS), &doc);
	if (error < 0) {
		return error;
	}
	b->string = arena_take(a->arena, STRINGS_MAX * sizeof(*b->string));
	xmlNode *root = xmlDocGetRootElement(doc);
	for (xmlNode *n = root->children; n != NULL && b->strings < STRINGS_MAX; n = n->next) {
		if (annex_is(n, "si")) {
			AUTO_BUF struct buf text;
			buf_init(&text, CELL_OCTETS_MAX);
			item_text(n, &text);
			b->string[b->strings++] = arena_dup(a->arena, buf_slice(&text));
		}
	}
	xmlFreeDoc(doc);
	return 0;
}

static int book_open(struct book *b, struct annex *a)
{
	xmlDoc *book = NULL;
	xmlDoc *relations = NULL;
	*b = (struct book) { .a = a };
	int error = annex_tree(a, annex_part(a, WORKBOOK), &book);
	error = error < 0 ? error : annex_tree(a, annex_part(a, RELATIONS), &relations);
	if (error == 0) {
		sheets_list(b, book, relations);
	}
	xmlFreeDoc(book);
	xmlFreeDoc(relations);
	return error < 0 ? error : strings_read(b);
}

/* ---- one sheet, read */

static struct slice cell_text(const struct book *b, const xmlNode *cell)
{
	struct annex *a = b->a;
	AUTO_BUF struct buf text;
	struct slice type = annex_peek(cell, "t");
	const xmlNode *value = annex_child(cell, "v");
	buf_init(&text, CELL_OCTETS_MAX);
	if (slice_is(type, "inlineStr") && annex_child(cell, "is") != NULL) {
		item_text(annex_child(cell, "is"), &text);
	} else if (value != NULL) {
		annex_content(value, &text);
	}
	struct slice said = buf_slice(&text);
	if (slice_is(type, "s")) {
		int n = 0;
		for (size_t i = 0; i < said.n && n < STRINGS_MAX; i++) {
			n = n * 10 + (said.p[i] >= '0' && said.p[i] <= '9' ? said.p[i] - '0'
									   : STRINGS_MAX);
		}
		return n < b->strings ? b->string[n] : (struct slice) { 0 };
	}
	return arena_dup(a->arena, said);
}

struct board {
	struct slice *text; /* ANNEX_ROWS_MAX * ANNEX_COLUMNS_MAX */
	int rows;           /* shown */
	int columns;
	int told; /* the last row that says something */
};

static void board_take(const struct book *b, struct board *board, xmlNode *data)
{
	for (xmlNode *row = data->children; row != NULL; row = row->next) {
		for (xmlNode *c = annex_is(row, "row") ? row->children : NULL; c != NULL;
			c = c->next) {
			struct sheet_at at = { 0 };
			if (!annex_is(c, "c") || !sheet_at_read(annex_peek(c, "r"), &at)) {
				continue;
			}
			struct slice text = annex_line(b->a, cell_text(b, c));
			bool far = at.row > ANNEX_ROWS_MAX || at.column >= ANNEX_COLUMNS_MAX;
			b->a->more = b->a->more || (far && text.n > 0);
			if (far) {
				continue;
			}
			board->text[(at.row - 1) * ANNEX_COLUMNS_MAX + at.column] = text;
			board->rows = at.row > board->rows ? at.row : board->rows;
			board->told = text.n > 0 && at.row > board->told ? at.row : board->told;
			/* A cell that only has a look is one to write in, near to those that say something. */
			board->columns =
				at.column >= board->columns ? at.column + 1 : board->columns;
		}
	}
	int most = board->told + FREE_ROWS_SHOWN;
	board->rows = board->rows > most ? most : board->rows;
}

static void board_put(struct annex *a, struct jw *jw, const struct board *board,
	const struct sheet_merges *merges, struct slice name)
{
	struct annex_cell *cells = arena_take(a->arena, ANNEX_CELLS_MAX * sizeof(*cells));
	unsigned count = 0;
	for (int row = 1; row <= board->rows; row++) {
		for (int x = 0; x < board->columns; x++) {
			struct annex_cell cell = { row, x, x, 1, 1,
				board->text[(row - 1) * ANNEX_COLUMNS_MAX + x] };
			cell.w = sheet_spread(merges, row, x, &cell.h);
			cell.w = x + cell.w > board->columns ? board->columns - x : cell.w;
			if (cell.w > 0 && count < ANNEX_CELLS_MAX) {
				cells[count++] = cell;
			}
			a->more = a->more || count == ANNEX_CELLS_MAX;
		}
	}
	a->cells += count;
	annex_table_put(jw, name, board->columns, cells, count);
}

static int sheet_put(const struct book *b, struct jw *jw, int t)
{
	struct annex *a = b->a;
	struct board board = { 0 };
	struct sheet_merges *merges = arena_take(a->arena, sizeof(*merges));
	xmlDoc *doc = NULL;
	int error = annex_tree(a, annex_part(a, b->part[t]), &doc);
	if (error < 0) {
		return error;
	}
	xmlNode *root = xmlDocGetRootElement(doc);
	xmlNode *data = annex_child(root, "sheetData");
	board.text = arena_take(
		a->arena, (size_t)ANNEX_ROWS_MAX * ANNEX_COLUMNS_MAX * sizeof(*board.text));
	sheet_merges_read(root, merges);
	if (data != NULL) {
		board_take(b, &board, data);
	}
	/* An empty one is told all the same: places count the sheets. */
	board_put(a, jw, &board, merges, b->name[t]);
	xmlFreeDoc(doc);
	return 0;
}

int annex_xlsx_read(struct annex *a, struct jw *jw)
{
	struct book *b = arena_take(a->arena, sizeof(*b));
	int error = book_open(b, a);
	jw_key(jw, "tables");
	jw_array(jw);
	for (int t = 0; t < b->sheets && error == 0 && a->cells <= ANNEX_CELLS_MAX; t++) {
		error = sheet_put(b, jw, t);
	}
	jw_end(jw);
	jw_key(jw, "blanks");
	jw_array(jw);
	jw_end(jw);
	return error;
}

/* ---- one sheet, filled */

static int no_place(struct annex *a)
{
	return annex_wrong(a, E_FORMAT, "annex.place", "the form has no such cell");
}

static int cell_fill(
	const struct book *b, xmlNode *data, struct sheet_at at, struct slice words)
{
	struct annex *a = b->a;
	if (at.row < 1 || at.row > SHEET_ROWS_MAX || at.column < 0 ||
		at.column >= SHEET_COLUMNS_MAX) {
		return no_place(a);
	}
	AUTO_BUF struct buf all;
	xmlNode *cell = sheet_cell(a, data, at);
	struct slice text = cell_text(b, cell);
	words = fill_clean(a->arena, words);
	if (annex_child(cell, "f") != NULL) {
		return annex_wrong(a, E_FORMAT, "annex.formula", "a cell of it is computed");
	}
	struct annex_spot spot = annex_spot(a, text, words);
	buf_init(&all, CELL_OCTETS_MAX);
	buf_put(&all, slice_head(text, spot.at));
	buf_put(&all, spot.words);
	buf_put(&all, slice_skip(text, spot.at + spot.octets));
	sheet_text_set(cell, buf_slice(&all));
	return all.failed ? annex_wrong(a, E_LIMIT, "annex.too_large", "a text is too long")
			  : 0;
}

static int row_fill(const struct book *b, xmlNode *data, int row, const struct json *cells)
{
	int error = 0;
	for (const struct json *c = json_first(cells); c != NULL && error == 0;
		c = json_next(c)) {
		struct sheet_at at = { row, (int)json_get_int(c, "c", -1) };
		error = cell_fill(b, data, at, json_get_str(c, "s"));
	}
	return error;
}

static bool row_free(const struct book *b, xmlNode *row)
{
	for (xmlNode *c = row->children; c != NULL; c = c->next) {
		struct slice said = annex_is(c, "c") ? annex_line(b->a, cell_text(b, c))
						     : (struct slice) { 0 };
		for (size_t i = 0; i < said.n; i++) {
			if ((said.p[i] < '0' || said.p[i] > '9') && !slice_is(said, "…") &&
				!slice_is(said, "……")) {
				return false;
			}
		}
	}
	return true;
}

/* How many rows from this one on are free; as many as are wanted when nothing stands below. */
static int room_of(const struct book *b, xmlNode *data, int from, int wanted)
{
	int room = wanted;
	for (xmlNode *row = data->children; row != NULL; row = row->next) {
		int n = annex_is(row, "row") ? annex_number(row, "r", 0) : 0;
		if (n > from && n - from < room && !row_free(b, row)) {
			room = n - from;
		}
	}
	return room;
}

static int repeat_fill(const struct book *b, xmlNode *root, const struct json *repeat)
{
	struct annex *a = b->a;
	xmlNode *data = annex_child(root, "sheetData");
	const struct json *rows = json_get(repeat, "rows");
	int from = (int)json_get_int(repeat, "r", 0);
	int wanted = (int)json_count(rows);
	if (data == NULL || from < 1 || from > ANNEX_ROWS_MAX || wanted > ANNEX_REPEAT_MAX) {
		return no_place(a);
	}
	int room = room_of(b, data, from, wanted);
	int error = 0;
	if (room < wanted) {
		error = sheet_rows_insert(a, root, from + room - 1, wanted - room);
	} else if (wanted > 1) {
		sheet_look_spread(a, data, from, wanted);
	}
	for (const struct json *r = json_first(rows); r != NULL && error == 0;
		r = json_next(r)) {
		error = row_fill(b, data, from++, r);
	}
	return error;
}

/* What moves others comes last, from below. */
static int edits_fill(const struct book *b, xmlNode *root, int t, const struct json *edits)
{
	xmlNode *data = annex_child(root, "sheetData");
	const struct json *cells = json_get(edits, "cells");
	const struct json *repeats = json_get(edits, "repeat");
	int error = data == NULL ? no_place(b->a) : 0;
	for (const struct json *e = json_first(cells); e != NULL && error == 0;
		e = json_next(e)) {
		struct sheet_at at = { (int)json_get_int(e, "r", -1),
			(int)json_get_int(e, "c", -1) };
		error = json_get_int(e, "t", -1) == t
				? cell_fill(b, data, at, json_get_str(e, "s"))
				: 0;
	}
	for (int r = ANNEX_ROWS_MAX; r > 0 && error == 0; r--) {
		for (const struct json *e = json_first(repeats); e != NULL && error == 0;
			e = json_next(e)) {
			bool now =
				json_get_int(e, "t", -1) == t && json_get_int(e, "r", -1) == r;
			error = now ? repeat_fill(b, root, e) : 0;
		}
	}
	return error;
}

static bool concerns(const struct json *list, int t, int sheets, bool *ret_lost)
{
	bool any = false;
	for (const struct json *e = json_first(list); e != NULL; e = json_next(e)) {
		int64_t at = json_get_int(e, "t", -1);
		any = any || at == t;
		*ret_lost = *ret_lost || at < 0 || at >= sheets;
	}
	return any;
}

int annex_xlsx_fill(struct annex *a, const struct json *edits)
{
	struct book *b = arena_take(a->arena, sizeof(*b));
	bool lost = false;
	int error = book_open(b, a);
	for (int t = 0; t < b->sheets && error == 0; t++) {
		struct pack_part *part = annex_part(a, b->part[t]);
		xmlDoc *doc = NULL;
		bool cells = concerns(json_get(edits, "cells"), t, b->sheets, &lost);
		bool rows = concerns(json_get(edits, "repeat"), t, b->sheets, &lost);
		if (lost || (!cells && !rows)) {
			continue;
		}
		error = annex_tree(a, part, &doc);
		error = error < 0 ? error : edits_fill(b, xmlDocGetRootElement(doc), t, edits);
		error = error < 0 ? error : annex_put(a, part, doc);
		xmlFreeDoc(doc);
	}
	return error == 0 && lost ? no_place(a) : error;
}
