/* SPDX-License-Identifier: Apache-2.0 */
#include "paper/annex_sheet.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"

/* ---- places */

bool sheet_at_read(struct slice text, struct sheet_at *ret_at)
{
	struct sheet_at at = { 0, 0 };
	size_t i = 0;
	for (; i < text.n && text.p[i] >= 'A' && text.p[i] <= 'Z' && i < 3; i++) {
		at.column = at.column * 26 + text.p[i] - 'A' + 1;
	}
	size_t letters = i;
	for (; i < text.n && text.p[i] >= '0' && text.p[i] <= '9' && i < letters + 7; i++) {
		at.row = at.row * 10 + text.p[i] - '0';
	}
	at.column--;
	*ret_at = at;
	return letters > 0 && i == text.n && at.row >= 1 && at.row <= SHEET_ROWS_MAX &&
	       at.column < SHEET_COLUMNS_MAX;
}

bool sheet_range_read(struct slice text, struct sheet_range *ret_range)
{
	struct slice from = { 0 };
	struct slice to = { 0 };
	if (!slice_cut(text, ':', &from, &to)) {
		to = from = text;
	}
	return sheet_at_read(from, &ret_range->from) && sheet_at_read(to, &ret_range->to);
}

static struct slice at_text(struct annex *a, struct sheet_at at)
{
	char letters[4] = "";
	size_t n = sizeof(letters) - 1;
	for (int left = at.column + 1; left > 0 && n > 0; left = (left - 1) / 26) {
		letters[--n] = (char)('A' + (left - 1) % 26);
	}
	return arena_printf(
		a->arena, "%.*s%d", (int)(sizeof(letters) - 1 - n), letters + n, at.row);
}

static struct slice range_text(struct annex *a, struct sheet_range range)
{
	struct slice from = at_text(a, range.from);
	struct slice to = at_text(a, range.to);
	return slice_eq(from, to)
		       ? from
		       : arena_printf(a->arena, "%.*s:%.*s", SLICE_FMT(from), SLICE_FMT(to));
}

static void attribute_set(struct annex *a, xmlNode *node, const char *name, struct slice text)
{
	(void)xmlSetProp(
		node, (const xmlChar *)name, (const xmlChar *)arena_dup_str(a->arena, text));
}

/* ---- merged cells */

void sheet_merges_read(xmlNode *root, struct sheet_merges *merges)
{
	xmlNode *list = annex_child(root, "mergeCells");
	for (xmlNode *n = list != NULL ? list->children : NULL; n != NULL; n = n->next) {
		if (annex_is(n, "mergeCell") && merges->count < SHEET_MERGES_MAX &&
			sheet_range_read(annex_peek(n, "ref"), &merges->range[merges->count])) {
			merges->count++;
		}
	}
}

int sheet_spread(const struct sheet_merges *merges, int row, int column, int *ret_h)
{
	*ret_h = 1;
	for (int i = 0; i < merges->count; i++) {
		const struct sheet_range *m = &merges->range[i];
		if (row < m->from.row || row > m->to.row || column < m->from.column ||
			column > m->to.column) {
			continue;
		}
		*ret_h = m->to.row - row + 1;
		return row == m->from.row && column == m->from.column
			       ? m->to.column - column + 1
			       : 0;
	}
	return 1;
}

/* ---- cells */

static xmlNode *child_make(xmlNode *parent, xmlNode *before, const char *name)
{
	xmlNode *node = xmlNewNode(parent->ns, (const xmlChar *)name);
	return before != NULL ? xmlAddPrevSibling(before, node) : xmlAddChild(parent, node);
}

/* Rows and cells stand in rising order. */
static xmlNode *row_at(struct annex *a, xmlNode *data, int number, bool make)
{
	xmlNode *row = data->children;
	while (row != NULL && (!annex_is(row, "row") || annex_number(row, "r", 0) < number)) {
		row = row->next;
	}
	if (row != NULL && annex_number(row, "r", 0) == number) {
		return row;
	}
	if (!make) {
		return NULL;
	}
	row = child_make(data, row, "row");
	attribute_set(a, row, "r", arena_printf(a->arena, "%d", number));
	return row;
}

static int column_of(const xmlNode *cell)
{
	struct sheet_at at = { 0 };
	return sheet_at_read(annex_peek(cell, "r"), &at) ? at.column : -1;
}

xmlNode *sheet_cell(struct annex *a, xmlNode *data, struct sheet_at at)
{
	xmlNode *row = row_at(a, data, at.row, true);
	xmlNode *cell = row->children;
	while (cell != NULL && (!annex_is(cell, "c") || column_of(cell) < at.column)) {
		cell = cell->next;
	}
	if (cell != NULL && column_of(cell) == at.column) {
		return cell;
	}
	cell = child_make(row, cell, "c");
	attribute_set(a, cell, "r", at_text(a, at));
	struct slice look = annex_attribute(a, row, "s");
	if (look.n > 0) {
		attribute_set(a, cell, "s", look);
	}
	return cell;
}

static void cell_clear(xmlNode *cell)
{
	for (xmlNode *n = cell->children; n != NULL;) {
		xmlNode *next = n->next;
		xmlUnlinkNode(n);
		xmlFreeNode(n);
		n = next;
	}
	(void)xmlUnsetProp(cell, (const xmlChar *)"t");
}

void sheet_text_set(xmlNode *cell, struct slice words)
{
	cell_clear(cell);
	if (words.n == 0) {
		return;
	}
	(void)xmlSetProp(cell, (const xmlChar *)"t", (const xmlChar *)"inlineStr");
	xmlNode *in = child_make(cell, NULL, "is");
	annex_text_set(child_make(in, NULL, "t"), words);
}

/* ---- rows */

static void row_number_set(struct annex *a, xmlNode *row, int number)
{
	attribute_set(a, row, "r", arena_printf(a->arena, "%d", number));
	for (xmlNode *c = row->children; c != NULL; c = c->next) {
		int column = annex_is(c, "c") ? column_of(c) : -1;
		if (column >= 0) {
			attribute_set(
				a, c, "r", at_text(a, (struct sheet_at) { number, column }));
		}
	}
}

static xmlNode *row_like(struct annex *a, xmlNode *row, int number)
{
	xmlNode *copy = xmlDocCopyNode(row, row->doc, 1);
	for (xmlNode *c = copy->children; c != NULL; c = c->next) {
		if (annex_is(c, "c")) {
			cell_clear(c);
		}
	}
	row_number_set(a, copy, number);
	return copy;
}

void sheet_look_spread(struct annex *a, xmlNode *data, int from, int count)
{
	xmlNode *first = row_at(a, data, from, false);
	for (int i = 1; i < count && first != NULL; i++) {
		xmlNode *row = row_at(a, data, from + i, false);
		if (row == NULL) {
			xmlNode *made = row_at(a, data, from + i, true);
			xmlNode *like = row_like(a, first, from + i);
			(void)xmlReplaceNode(made, like);
			annex_settle(like);
			xmlFreeNode(made);
		}
	}
}

static bool shifted(struct sheet_range *range, int below, int count)
{
	bool move = range->to.row > below;
	range->from.row += range->from.row > below ? count : 0;
	range->to.row += move ? count : 0;
	return move;
}

/* Ranges, one or several with spaces between, that an attribute holds. */
static void ranges_shift(struct annex *a, xmlNode *node, const char *name, int below, int count)
{
	struct slice left = annex_attribute(a, node, name);
	struct slice word = { 0 };
	AUTO_BUF struct buf out;
	buf_init(&out, 64 * 1024);
	bool moved = false;
	for (bool more = left.n > 0; more;) {
		struct sheet_range range = { 0 };
		more = slice_cut(left, ' ', &word, &left);
		word = more || word.n > 0 ? word : left;
		bool known = sheet_range_read(word, &range);
		moved = (known && shifted(&range, below, count)) || moved;
		buf_put_str(&out, out.n > 0 ? " " : "");
		buf_put(&out, known ? range_text(a, range) : word);
	}
	if (moved && !out.failed) {
		attribute_set(a, node, name, buf_slice(&out));
	}
}

static bool computes(const xmlNode *data)
{
	for (const xmlNode *n = data; n != NULL; n = annex_after(n, data)) {
		if (annex_is(n, "f")) {
			return true;
		}
	}
	return false;
}

/* Merged cells that lie within the row are repeated with it. */
static void merges_repeat(struct annex *a, xmlNode *root, int row, int count)
{
	xmlNode *list = annex_child(root, "mergeCells");
	for (xmlNode *n = list != NULL ? list->children : NULL; n != NULL; n = n->next) {
		struct sheet_range range = { 0 };
		bool own = annex_is(n, "mergeCell") &&
			   sheet_range_read(annex_peek(n, "ref"), &range) &&
			   range.from.row == row && range.to.row == row;
		for (int i = 1; own && i <= count; i++) {
			struct sheet_range next = range;
			next.from.row = next.to.row = row + i;
			xmlNode *made = child_make(list, list->children, "mergeCell");
			attribute_set(a, made, "ref", range_text(a, next));
		}
	}
	if (list != NULL) {
		attribute_set(a, list, "count",
			arena_printf(a->arena, "%lu", xmlChildElementCount(list)));
	}
}

int sheet_rows_insert(struct annex *a, xmlNode *root, int below, int count)
{
	xmlNode *data = annex_child(root, "sheetData");
	xmlNode *like = row_at(a, data, below, true);
	if (computes(data)) {
		return annex_wrong(a, E_FORMAT, "annex.rows",
			"it has too few rows, and something below them is computed");
	}
	for (xmlNode *row = data->children; row != NULL; row = row->next) {
		int number = annex_is(row, "row") ? annex_number(row, "r", 0) : 0;
		if (number > below) {
			row_number_set(a, row, number + count);
		}
	}
	for (int i = count; i > 0; i--) {
		annex_settle(xmlAddNextSibling(like, row_like(a, like, below + i)));
	}
	for (xmlNode *n = root; n != NULL; n = annex_after(n, root)) {
		bool own = n->type == XML_ELEMENT_NODE && !annex_is(n, "row") &&
			   !annex_is(n, "c") && n->properties != NULL;
		if (own) {
			ranges_shift(a, n, "ref", below, count);
			ranges_shift(a, n, "sqref", below, count);
		}
	}
	merges_repeat(a, root, below, count);
	return 0;
}
