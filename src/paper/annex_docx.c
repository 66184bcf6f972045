/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The form as a Word file.  A table is counted where it begins, those within
 * cells too; its rows and cells are those that no table within it has.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/utf8.h"
#include "paper/annex_priv.h"
#include "paper/fill.h"

enum { TEXTS_MAX = 500, PARAGRAPH_OCTETS_MAX = 64 * 1024, BLANKS_MAX = 200 };

#define DOCUMENT SLICE("word/document.xml")

/* ---- finding the way */

/* The next one that is not within this one. */
static xmlNode *beside(xmlNode *node, const xmlNode *root)
{
	while (node != root && node->next == NULL) {
		node = node->parent;
	}
	return node == root ? NULL : node->next;
}

/* The next one, without going into tables within. */
static xmlNode *step(xmlNode *node, const xmlNode *root)
{
	return node == root || !annex_is(node, "tbl") ? annex_after(node, root)
						      : beside(node, root);
}

/* The n-th of that name below root. */
static xmlNode *nth(xmlNode *root, const char *name, int n)
{
	for (xmlNode *at = step(root, root); at != NULL && n >= 0; at = step(at, root)) {
		if (annex_is(at, name) && n-- == 0) {
			return at;
		}
	}
	return NULL;
}

static xmlNode *table_at(xmlNode *root, int t)
{
	for (xmlNode *at = root; at != NULL && t >= 0; at = annex_after(at, root)) {
		if (annex_is(at, "tbl") && t-- == 0) {
			return at;
		}
	}
	return NULL;
}

/* ---- paragraphs: one text over their w:t nodes */

struct paragraph {
	xmlNode *node;
	xmlNode *texts[TEXTS_MAX];
	size_t ends[TEXTS_MAX];
	unsigned count;
	struct buf whole;
};

static void paragraph_read(struct paragraph *p, xmlNode *node)
{
	p->node = node;
	p->count = 0;
	buf_clear(&p->whole);
	for (xmlNode *n = step(node, node); n != NULL && p->count < TEXTS_MAX;
		n = step(n, node)) {
		if (annex_is(n, "t")) {
			annex_content(n, &p->whole);
			p->texts[p->count] = n;
			p->ends[p->count++] = p->whole.n;
		}
	}
}

/* A run in the look the paragraph has for what is typed at its end. */
static xmlNode *run_make(struct paragraph *p)
{
	xmlNode *look = annex_child(annex_child(p->node, "pPr"), "rPr");
	xmlNode *run = xmlNewChild(p->node, p->node->ns, (const xmlChar *)"r", NULL);
	if (look != NULL) {
		annex_settle(xmlAddChild(run, xmlDocCopyNode(look, p->node->doc, 1)));
	}
	return xmlNewChild(run, p->node->ns, (const xmlChar *)"t", NULL);
}

/* LF within a text is a line break of the run. */
static void breaks_make(struct annex *a, xmlNode *node)
{
	AUTO_BUF struct buf all;
	struct slice line = { 0 };
	xmlNode *last = node;
	buf_init(&all, PARAGRAPH_OCTETS_MAX);
	annex_content(node, &all);
	struct slice text = arena_dup(a->arena, buf_slice(&all));
	if (!slice_cut(text, '\n', &line, &text)) {
		return;
	}
	annex_text_set(node, line);
	for (bool more = true; more;) {
		more = slice_cut(text, '\n', &line, &text);
		xmlNode *br = xmlNewNode(node->ns, (const xmlChar *)"br");
		xmlNode *next = xmlNewNode(node->ns, (const xmlChar *)"t");
		last = xmlAddNextSibling(xmlAddNextSibling(last, br), next);
		annex_text_set(last, line);
	}
}

/* Words into [at, at + octets); the runs around keep their look. */
static void paragraph_put(struct annex *a, struct paragraph *p, const struct annex_spot *spot)
{
	struct slice whole = buf_slice(&p->whole);
	size_t begin = 0;
	bool put = false;
	if (p->count == 0) {
		xmlNode *text = run_make(p);
		annex_text_set(text, spot->words);
		breaks_make(a, text);
		return;
	}
	for (unsigned i = 0; i < p->count; i++) {
		size_t end = p->ends[i];
		bool last = i + 1 == p->count;
		size_t from = spot->at > begin ? spot->at : begin;
		size_t to = spot->at + spot->octets < end ? spot->at + spot->octets : end;
		bool here = !put && (spot->at < end || (last && spot->at >= end));
		if (from < to || here) {
			AUTO_BUF struct buf now;
			struct slice all = slice_head(slice_skip(whole, begin), end - begin);
			from = from < end ? from : end;
			to = to > from ? to : from;
			buf_init(&now, all.n + spot->words.n + 1);
			buf_put(&now, slice_head(all, from - begin));
			buf_put(&now, here ? spot->words : SLICE(""));
			buf_put(&now, slice_skip(all, to - begin));
			annex_text_set(p->texts[i], buf_slice(&now));
			breaks_make(a, p->texts[i]);
			put = true;
		}
		begin = end;
	}
}

/* ---- cells */

static struct slice cell_text(struct annex *a, xmlNode *cell)
{
	AUTO_BUF struct buf all;
	buf_init(&all, PARAGRAPH_OCTETS_MAX);
	for (xmlNode *n = step(cell, cell); n != NULL; n = step(n, cell)) {
		if (annex_is(n, "p")) {
			buf_put_byte(&all, ' ');
		} else if (annex_is(n, "t")) {
			annex_content(n, &all);
		}
	}
	return annex_line(a, buf_slice(&all));
}

struct pick {
	xmlNode *fits;  /* has a place of its own for words */
	xmlNode *blank; /* the first without text */
	xmlNode *first;
};

/* What a cell says above is kept where a line of it is blank. */
static void cell_fill(struct annex *a, xmlNode *cell, struct slice words)
{
	struct paragraph *p = arena_take(a->arena, sizeof(*p));
	struct pick pick = { 0 };
	buf_init(&p->whole, PARAGRAPH_OCTETS_MAX);
	for (xmlNode *n = step(cell, cell); n != NULL; n = step(n, cell)) {
		if (!annex_is(n, "p")) {
			continue;
		}
		paragraph_read(p, n);
		bool blank = annex_line(a, buf_slice(&p->whole)).n == 0;
		bool fits = !blank && annex_spot(a, buf_slice(&p->whole), words).fits;
		pick.first = pick.first == NULL ? n : pick.first;
		pick.blank = pick.blank == NULL && blank ? n : pick.blank;
		pick.fits = pick.fits == NULL && fits ? n : pick.fits;
	}
	xmlNode *to = pick.fits != NULL    ? pick.fits
		      : pick.blank != NULL ? pick.blank
					   : pick.first;
	if (to == NULL) {
		to = xmlNewChild(cell, cell->ns, (const xmlChar *)"p", NULL);
	}
	paragraph_read(p, to);
	struct annex_spot spot = annex_spot(a, buf_slice(&p->whole), words);
	paragraph_put(a, p, &spot);
	buf_fini(&p->whole);
}

/* ---- read */

struct tables {
	struct annex_cell *cells; /* ANNEX_CELLS_MAX of them */
	unsigned count;
	int columns;
};

static void cell_take(struct annex *a, struct tables *all, xmlNode *cell, struct annex_cell *at)
{
	const xmlNode *about = annex_child(cell, "tcPr");
	const xmlNode *span = annex_child(about, "gridSpan");
	const xmlNode *merge = annex_child(about, "vMerge");
	bool goes_on = merge != NULL && !slice_is(annex_peek(merge, "val"), "restart");
	at->w = span != NULL ? annex_number(span, "val", 1) : 1;
	at->w = at->w < 1 || at->w > ANNEX_COLUMNS_MAX ? 1 : at->w;
	at->h = 1;
	at->s = cell_text(a, cell);
	if (all->count == ANNEX_CELLS_MAX || at->x + at->w > ANNEX_COLUMNS_MAX) {
		a->more = true;
		return;
	}
	for (unsigned i = all->count; goes_on && i > 0; i--) {
		struct annex_cell *above = &all->cells[i - 1];
		if (above->x == at->x && above->r + above->h == at->r) {
			above->h++;
			return;
		}
	}
	all->cells[all->count++] = *at;
	all->columns = at->x + at->w > all->columns ? at->x + at->w : all->columns;
}

static void row_take(struct annex *a, struct tables *all, xmlNode *row, int r)
{
	const xmlNode *before = annex_child(annex_child(row, "trPr"), "gridBefore");
	struct annex_cell at = { .r = r };
	at.x = before != NULL ? annex_number(before, "val", 0) : 0;
	for (xmlNode *n = step(row, row); n != NULL; n = step(n, row)) {
		if (annex_is(n, "tc")) {
			cell_take(a, all, n, &at);
			at.x += at.w;
			at.c++;
		}
	}
}

static void table_put(struct annex *a, struct jw *jw, struct tables *all, xmlNode *table)
{
	int r = 0;
	all->count = 0;
	all->columns = 0;
	for (xmlNode *row = step(table, table); row != NULL; row = step(row, table)) {
		if (!annex_is(row, "tr")) {
			continue;
		}
		a->more = a->more || r >= ANNEX_ROWS_MAX;
		if (r < ANNEX_ROWS_MAX) {
			row_take(a, all, row, r++);
		}
	}
	a->cells += all->count;
	annex_table_put(jw, (struct slice) { 0 }, all->columns, all->cells, all->count);
}

static void tables_put(struct annex *a, struct jw *jw, xmlNode *root)
{
	struct tables all = { 0 };
	int t = 0;
	all.cells = arena_take(a->arena, ANNEX_CELLS_MAX * sizeof(*all.cells));
	jw_key(jw, "tables");
	jw_array(jw);
	for (xmlNode *n = root; n != NULL; n = annex_after(n, root)) {
		if (!annex_is(n, "tbl")) {
			continue;
		}
		if (t++ == ANNEX_TABLES_MAX || a->cells > ANNEX_CELLS_MAX) {
			a->more = true;
			break;
		}
		table_put(a, jw, &all, n);
	}
	jw_end(jw);
}

/* ---- lines to write on, outside tables */

struct blank {
	int r; /* paragraph */
	int c; /* which of its lines */
	size_t at;
	size_t octets;
	size_t from; /* where what stands before it begins */
};

/* The next line of two underscores or more from `at` on. */
static bool blank_next(struct slice whole, struct blank *b)
{
	struct annex_spot spot = { 0 };
	size_t from = b->at + b->octets;
	struct slice rest = slice_skip(whole, from);
	size_t narrow = slice_find(rest, SLICE("__"));
	size_t wide = slice_find(rest, SLICE("＿＿"));
	struct slice mark = narrow < wide ? SLICE("_") : SLICE("＿");
	spot.at = narrow < wide ? narrow : wide;
	if (spot.at == SIZE_MAX) {
		return false;
	}
	while (slice_starts(slice_skip(rest, spot.at + spot.octets), mark)) {
		spot.octets += mark.n;
	}
	b->from = from;
	b->at = from + spot.at;
	b->octets = spot.octets;
	return true;
}

static void blanks_of(struct annex *a, struct jw *jw, struct paragraph *p, int r)
{
	struct blank b = { .r = r };
	struct slice whole = buf_slice(&p->whole);
	for (; a->cells < ANNEX_CELLS_MAX && b.c < BLANKS_MAX && blank_next(whole, &b); b.c++) {
		struct slice before = slice_head(slice_skip(whole, b.from), b.at - b.from);
		jw_object(jw);
		jw_kv_int(jw, "r", b.r);
		jw_kv_int(jw, "c", b.c);
		jw_kv_str(jw, "s", annex_line(a, before));
		jw_end(jw);
		a->cells++;
	}
}

/* Paragraphs outside tables, in order. */
static xmlNode *plain_next(xmlNode *at, xmlNode *body)
{
	for (at = step(at, body); at != NULL && !annex_is(at, "p");) {
		at = step(at, body);
	}
	return at;
}

static void blanks_put(struct annex *a, struct jw *jw, xmlNode *body)
{
	struct paragraph *p = arena_take(a->arena, sizeof(*p));
	int r = 0;
	buf_init(&p->whole, PARAGRAPH_OCTETS_MAX);
	jw_key(jw, "blanks");
	jw_array(jw);
	for (xmlNode *n = plain_next(body, body); n != NULL; n = plain_next(n, body)) {
		paragraph_read(p, n);
		blanks_of(a, jw, p, r++);
	}
	jw_end(jw);
	buf_fini(&p->whole);
}

int annex_docx_read(struct annex *a, struct jw *jw)
{
	xmlDoc *doc = NULL;
	int error = annex_tree(a, annex_part(a, DOCUMENT), &doc);
	if (error < 0) {
		return error;
	}
	xmlNode *root = xmlDocGetRootElement(doc);
	tables_put(a, jw, root);
	blanks_put(a, jw, root);
	xmlFreeDoc(doc);
	return 0;
}

/* ---- fill */

static int no_place(struct annex *a)
{
	return annex_wrong(a, E_FORMAT, "annex.place", "the form has no such cell");
}

/* From the last of a paragraph to its first: what is put in moves nothing that comes after. */
static int blank_fill(struct annex *a, xmlNode *body, const struct json *edit)
{
	struct paragraph *p = arena_take(a->arena, sizeof(*p));
	int64_t r = json_get_int(edit, "r", -1);
	int64_t c = json_get_int(edit, "c", -1);
	struct blank b = { 0 };
	xmlNode *n = plain_next(body, body);
	for (; n != NULL && r > 0; r--) {
		n = plain_next(n, body);
	}
	if (n == NULL || r < 0) {
		return no_place(a);
	}
	buf_init(&p->whole, PARAGRAPH_OCTETS_MAX);
	paragraph_read(p, n);
	bool found = c >= 0 && blank_next(buf_slice(&p->whole), &b);
	for (; found && c > 0; c--) {
		found = blank_next(buf_slice(&p->whole), &b);
	}
	if (found) {
		struct annex_spot spot = { b.at, b.octets,
			fill_clean(a->arena, json_get_str(edit, "s")), true };
		paragraph_put(a, p, &spot);
	}
	buf_fini(&p->whole);
	return found ? 0 : no_place(a);
}

static int edit_fill(struct annex *a, xmlNode *root, const struct json *edit)
{
	xmlNode *table = table_at(root, (int)json_get_int(edit, "t", -1));
	xmlNode *row =
		table == NULL ? NULL : nth(table, "tr", (int)json_get_int(edit, "r", -1));
	xmlNode *cell = row == NULL ? NULL : nth(row, "tc", (int)json_get_int(edit, "c", -1));
	if (cell == NULL) {
		return no_place(a);
	}
	cell_fill(a, cell, fill_clean(a->arena, json_get_str(edit, "s")));
	return 0;
}

static void marks_drop(xmlNode *node)
{
	for (xmlAttr *at = node->properties, *after = NULL; at != NULL; at = after) {
		bool once = strcmp((const char *)at->name, "paraId") == 0 ||
			    strcmp((const char *)at->name, "textId") == 0;
		after = at->next;
		if (once) {
			(void)xmlRemoveProp(at);
		}
	}
}

/* What names itself once in a file stays with the first. */
static void names_drop(xmlNode *row)
{
	for (xmlNode *n = row, *next = NULL; n != NULL; n = next) {
		bool mark = annex_is(n, "bookmarkStart") || annex_is(n, "bookmarkEnd");
		next = mark ? beside(n, row) : annex_after(n, row);
		if (mark) {
			xmlUnlinkNode(n);
			xmlFreeNode(n);
		} else if (n->type == XML_ELEMENT_NODE) {
			marks_drop(n);
		}
	}
}

/* Is there nothing in the row but perhaps its number? */
static bool row_free(struct annex *a, xmlNode *row)
{
	for (xmlNode *n = step(row, row); n != NULL; n = step(n, row)) {
		struct slice said = annex_is(n, "tc") ? cell_text(a, n) : (struct slice) { 0 };
		for (size_t i = 0; i < said.n; i++) {
			bool number = (said.p[i] >= '0' && said.p[i] <= '9') ||
				      said.p[i] == '.' || said.p[i] == ' ';
			if (!number && !slice_is(said, "…") && !slice_is(said, "……")) {
				return false;
			}
		}
	}
	return true;
}

static int row_fill(struct annex *a, xmlNode *row, const struct json *cells)
{
	for (const struct json *c = json_first(cells); c != NULL; c = json_next(c)) {
		xmlNode *cell = nth(row, "tc", (int)json_get_int(c, "c", -1));
		if (cell == NULL) {
			return no_place(a);
		}
		cell_fill(a, cell, fill_clean(a->arena, json_get_str(c, "s")));
	}
	return 0;
}

static xmlNode *row_next(xmlNode *row, const xmlNode *table)
{
	do {
		row = step(row, table);
	} while (row != NULL && !annex_is(row, "tr"));
	return row;
}

static int repeat_fill(struct annex *a, xmlNode *root, const struct json *repeat)
{
	const struct json *rows = json_get(repeat, "rows");
	xmlNode *table = table_at(root, (int)json_get_int(repeat, "t", -1));
	xmlNode *row =
		table == NULL ? NULL : nth(table, "tr", (int)json_get_int(repeat, "r", -1));
	if (row == NULL || json_count(rows) > ANNEX_REPEAT_MAX) {
		return no_place(a);
	}
	xmlNode *blank = xmlDocCopyNode(row, row->doc, 1);
	names_drop(blank);
	int error = 0;
	for (const struct json *r = json_first(rows); r != NULL && error == 0;) {
		error = row_fill(a, row, r);
		r = json_next(r);
		xmlNode *next = row_next(row, table);
		if (r != NULL && (next == NULL || !row_free(a, next))) {
			next = xmlAddNextSibling(row, xmlDocCopyNode(blank, row->doc, 1));
			annex_settle(next);
		}
		row = next;
	}
	xmlFreeNode(blank);
	return error;
}

/* Places are those of the form as it was read: what moves others comes last, from below. */
static int all_fill(struct annex *a, xmlNode *root, const struct json *edits)
{
	int error = 0;
	const struct json *cells = json_get(edits, "cells");
	const struct json *repeats = json_get(edits, "repeat");
	for (const struct json *e = json_first(cells); e != NULL && error == 0;
		e = json_next(e)) {
		error = json_get_int(e, "t", 0) >= 0 ? edit_fill(a, root, e) : 0;
	}
	for (int c = BLANKS_MAX; c >= 0 && error == 0; c--) {
		for (const struct json *e = json_first(cells); e != NULL && error == 0;
			e = json_next(e)) {
			bool now = json_get_int(e, "t", 0) < 0 && json_get_int(e, "c", 0) == c;
			error = now ? blank_fill(a, root, e) : 0;
		}
	}
	for (int r = ANNEX_ROWS_MAX; r >= 0 && error == 0; r--) {
		for (const struct json *e = json_first(repeats); e != NULL && error == 0;
			e = json_next(e)) {
			error = json_get_int(e, "r", -1) == r ? repeat_fill(a, root, e) : 0;
		}
	}
	return error;
}

int annex_docx_fill(struct annex *a, const struct json *edits)
{
	xmlDoc *doc = NULL;
	struct pack_part *part = annex_part(a, DOCUMENT);
	int error = annex_tree(a, part, &doc);
	if (error < 0) {
		return error;
	}
	error = all_fill(a, xmlDocGetRootElement(doc), edits);
	error = error < 0 ? error : annex_put(a, part, doc);
	xmlFreeDoc(doc);
	return error;
}
