/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of a Word file.  A tag may begin in one run and end in another, so
 * a paragraph is read as one text over its w:t nodes.  What repeats are
 * neighbours below one node: a row, or the paragraphs between two tags.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "paper/fill.h"
#include "paper/template.h"
#include "paper/template_priv.h"

enum { OPEN_MAX = 8, EXCERPT_OCTETS = 90, MARKS_MAX = 1024 };

/* A tag and where it stands among the tags of its node. */
struct mark {
	enum fill_tag tag;
	unsigned at;
	size_t octets;
	char name[FILL_NAME_MAX];
};

static bool is(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

/* The node after this one in the order of the text, within root. */
static xmlNode *after(const xmlNode *node, const xmlNode *root)
{
	if (node->children != NULL && node->type == XML_ELEMENT_NODE) {
		return node->children;
	}
	while (node != root && node->next == NULL) {
		node = node->parent;
	}
	return node == root ? NULL : node->next;
}

/* The next paragraph from here on, root itself included when it is one. */
static xmlNode *paragraph_from(xmlNode *node, const xmlNode *root)
{
	while (node != NULL && !is(node, "p")) {
		node = after(node, root);
	}
	return node;
}

static const xmlNode *paragraph_of(const xmlNode *node)
{
	while (node != NULL && !is(node, "p")) {
		node = node->parent;
	}
	return node;
}

static struct slice name_of(const struct mark *mark)
{
	return slice_of(mark->name, mark->octets);
}

static void content_put(const xmlNode *node, struct buf *out)
{
	xmlChar *text = xmlNodeGetContent(node);
	buf_put_str(out, text != NULL ? (const char *)text : "");
	xmlFree(text);
}

static int text_read(struct template_part *part, xmlNode *paragraph)
{
	struct template_text *text = &part->text;
	buf_clear(&text->whole);
	text->count = 0;
	for (xmlNode *n = paragraph; n != NULL; n = after(n, paragraph)) {
		if (!is(n, "t") || paragraph_of(n) != paragraph) {
			continue;
		}
		if (text->count == TEMPLATE_TEXTS_MAX) {
			return template_wrong(part->diag,
				diag_set(part->diag, E_LIMIT, 0, 0,
					"%.*s: a paragraph in more than %d pieces",
					SLICE_FMT(part->name), TEMPLATE_TEXTS_MAX),
				"template.too_large");
		}
		text->nodes[text->count] = n;
		content_put(n, &text->whole);
		text->ends[text->count++] = text->whole.n;
	}
	return text->whole.failed ? template_wrong(part->diag,
					    diag_set(part->diag, E_LIMIT, 0, 0,
						    "%.*s: a paragraph is too long",
						    SLICE_FMT(part->name)),
					    "template.too_large")
				  : 0;
}

/* The error that was said, with the words around it before it. */
static int place(struct template_part *part, int error)
{
	struct diag said = part->diag != NULL ? *part->diag : (struct diag) { 0 };
	struct slice whole = buf_slice(&part->text.whole);
	size_t n = whole.n < EXCERPT_OCTETS ? whole.n : EXCERPT_OCTETS;
	n = utf8_span(slice_head(whole, n));
	(void)diag_set(part->diag, error, 0, 0, "%.*s: “%.*s”: %s", SLICE_FMT(part->name),
		SLICE_FMT(slice_head(whole, n)), said.text);
	return template_wrong(
		part->diag, error, error == E_LIMIT ? "template.too_large" : "template.field");
}

static void text_set(xmlNode *node, struct slice text)
{
	/* xmlNewText escapes when it is written; xmlNodeSetContent would read entities. */
	xmlNode *old = node->children;
	while (old != NULL) {
		xmlNode *next = old->next;
		xmlUnlinkNode(old);
		xmlFreeNode(old);
		old = next;
	}
	xmlAddChild(node, xmlNewTextLen((const xmlChar *)text.p, (int)text.n));
	xmlNodeSetSpacePreserve(node, 1);
}

/* Put words in the place of [at, at + octets) of the paragraph's text. */
static void replace(struct template_part *part, size_t at, size_t octets, struct slice words)
{
	const struct template_text *text = &part->text;
	struct slice whole = buf_slice(&text->whole);
	size_t begin = 0;
	bool put = false;
	for (unsigned i = 0; i < text->count; i++) {
		size_t end = text->ends[i];
		size_t from = at > begin ? at : begin;
		size_t to = at + octets < end ? at + octets : end;
		if (from < to) {
			AUTO_BUF struct buf now;
			struct slice all = slice_head(slice_skip(whole, begin), end - begin);
			buf_init(&now, all.n + words.n + 1);
			buf_put(&now, slice_head(all, from - begin));
			buf_put(&now, put ? SLICE("") : words);
			buf_put(&now, slice_skip(all, to - begin));
			text_set(text->nodes[i], buf_slice(&now));
			put = true;
		}
		begin = end;
	}
}

/* ---- one paragraph */

/* LF within a text is a line break of the run. */
static void breaks_make(xmlNode *node)
{
	AUTO_BUF struct buf all;
	buf_init(&all, FILL_TEXT_OCTETS_MAX + 1);
	content_put(node, &all);
	struct slice text = buf_slice(&all);
	xmlNode *last = node;
	struct slice line = { 0 };
	if (!slice_cut(text, '\n', &line, &text)) {
		return;
	}
	text_set(node, line);
	for (bool more = true; more;) {
		more = slice_cut(text, '\n', &line, &text);
		xmlNode *br = xmlNewNode(node->ns, (const xmlChar *)"br");
		xmlNode *next = xmlNewNode(node->ns, (const xmlChar *)"t");
		last = xmlAddNextSibling(xmlAddNextSibling(last, br), next);
		text_set(last, line);
	}
}

/* With conditions or lists in it the paragraph becomes one text in the look of its first run. */
static int whole_fill(struct template_part *part, const struct fill *fill, struct arena *arena)
{
	struct slice words = { 0 };
	struct slice whole = buf_slice(&part->text.whole);
	int error = fill_text(fill, whole, arena, &words, part->diag);
	if (error == 0) {
		replace(part, 0, whole.n, words);
	}
	return error;
}

/* Tag by tag: each keeps the look of the run it begins in. */
static int tags_fill(struct template_part *part, xmlNode *paragraph, const struct fill *fill,
	struct arena *arena)
{
	size_t done = 0;
	int found = 1;
	while (found > 0) {
		enum fill_tag tag = FILL_FIELD;
		struct slice name = { 0 };
		struct slice words = { 0 };
		size_t at = 0;
		size_t octets = 0;
		struct slice left = slice_skip(buf_slice(&part->text.whole), done);
		found = fill_find(left, &at, &octets, &tag, &name, part->diag);
		if (found <= 0) {
			break;
		}
		int error = fill_text(fill, slice_head(slice_skip(left, at), octets), arena,
			&words, part->diag);
		if (error < 0) {
			return error;
		}
		replace(part, done + at, octets, words);
		/* What was filled in is no template: go on behind it. */
		done += at + words.n;
		error = text_read(part, paragraph);
		found = error < 0 ? error : found;
	}
	return found;
}

static int paragraph_fill(
	struct template_part *part, xmlNode *paragraph, const struct fill *fill)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	int error = text_read(part, paragraph);
	struct slice whole = buf_slice(&part->text.whole);
	if (error < 0 || slice_find(whole, SLICE("{{")) == SIZE_MAX) {
		return error;
	}
	bool lists = slice_find(whole, SLICE("{{#")) != SIZE_MAX;
	error = lists ? whole_fill(part, fill, arena) : tags_fill(part, paragraph, fill, arena);
	if (error < 0) {
		return place(part, error);
	}
	for (unsigned i = 0; i < part->text.count; i++) {
		breaks_make(part->text.nodes[i]);
	}
	return 0;
}

/* ---- tags over several paragraphs */

/* All tags below a node, in order; at most max, the rest are not asked for. */
static int marks_read(
	struct template_part *part, xmlNode *root, struct mark *marks, unsigned max)
{
	unsigned count = 0;
	for (xmlNode *p = paragraph_from(root, root); p != NULL;
		p = paragraph_from(after(p, root), root)) {
		int error = text_read(part, p);
		struct slice left = buf_slice(&part->text.whole);
		int found = 1;
		while (error == 0 && count < max && found == 1) {
			size_t at = 0;
			size_t octets = 0;
			struct slice name = { 0 };
			struct mark *mark = &marks[count];
			found = fill_find(left, &at, &octets, &mark->tag, &name, part->diag);
			if (found == 1) {
				mark->at = count++;
				mark->octets = name.n;
				(void)memcpy(mark->name, name.p, name.n);
				left = slice_skip(left, at + octets);
			}
		}
		if (error < 0 || found < 0) {
			return error < 0 ? error : place(part, found);
		}
	}
	return (int)count;
}

/* Take the tag out of the text; true when nothing is left of its paragraph and that is the node itself. */
static bool mark_cut(struct template_part *part, xmlNode *root, unsigned which)
{
	unsigned count = 0;
	for (xmlNode *p = paragraph_from(root, root); p != NULL;
		p = paragraph_from(after(p, root), root)) {
		size_t begin = 0;
		size_t at = 0;
		size_t octets = 0;
		enum fill_tag tag = FILL_FIELD;
		struct slice name = { 0 };
		if (text_read(part, p) < 0) {
			return false;
		}
		struct slice whole = buf_slice(&part->text.whole);
		while (fill_find(slice_skip(whole, begin), &at, &octets, &tag, &name, NULL) ==
			1) {
			if (count++ == which) {
				replace(part, begin + at, octets, SLICE(""));
				return p == root && slice_trim(whole).n == octets;
			}
			begin += at + octets;
		}
	}
	return false;
}

/* What repeats: neighbours from first to last, and the tags that say so. */
struct unit {
	xmlNode *first;
	xmlNode *last;
	struct mark open;
	unsigned close_at;
};

/* The first tag opened in a node and not closed there.  1, 0 or an error. */
static int open_find(struct template_part *part, xmlNode *node, struct mark *ret_open,
	struct mark *stack, unsigned *ret_depth)
{
	struct mark *marks = part->marks;
	int count = marks_read(part, node, marks, MARKS_MAX);
	unsigned depth = *ret_depth;
	for (int i = 0; i < count; i++) {
		bool opens = marks[i].tag == FILL_EACH || marks[i].tag == FILL_IF;
		bool closes = marks[i].tag == FILL_END_EACH || marks[i].tag == FILL_END_IF;
		if (opens && depth < OPEN_MAX) {
			stack[depth++] = marks[i];
		} else if (closes && depth > 0) {
			depth--;
			*ret_open = marks[i];
			if (depth == 0 && *ret_depth > 0) {
				*ret_depth = 0;
				return 1;
			}
		} else if (closes || opens) {
			(void)diag_set(part->diag, E_FORMAT, 0, 0,
				"%.*s: a tag closes what is not open", SLICE_FMT(part->name));
			return template_wrong(part->diag, E_FORMAT, "template.field");
		}
	}
	*ret_depth = depth;
	return count < 0 ? count : 0;
}

/* From a node with an open tag to the neighbour that closes it. */
static int unit_find(struct template_part *part, xmlNode *node, struct unit *unit)
{
	struct mark stack[OPEN_MAX];
	struct mark close = { 0 };
	unsigned depth = 0;
	int error = open_find(part, node, &close, stack, &depth);
	if (error < 0 || depth == 0) {
		return error < 0 ? error : 0;
	}
	unit->first = node;
	unit->open = stack[0];
	for (xmlNode *n = node->next; n != NULL; n = n->next) {
		int closed = open_find(part, n, &close, stack, &depth);
		if (closed != 0) {
			unit->last = n;
			unit->close_at = close.at;
			return closed;
		}
	}
	(void)diag_set(part->diag, E_FORMAT, 0, 0, "%.*s: {{#%s %.*s}} is not closed beside it",
		SLICE_FMT(part->name), unit->open.tag == FILL_IF ? "if" : "each",
		SLICE_FMT(name_of(&unit->open)));
	return template_wrong(part->diag, E_FORMAT, "template.field");
}

/* A row whose tag opens in one cell and closes in another is itself what repeats. */
static int row_unit(struct template_part *part, xmlNode *row, struct unit *unit)
{
	struct mark *marks = part->marks;
	bool over = false;
	for (xmlNode *cell = row->children; cell != NULL; cell = cell->next) {
		struct mark stack[OPEN_MAX];
		struct mark close = { 0 };
		unsigned depth = 0;
		int error = is(cell, "tc") ? open_find(part, cell, &close, stack, &depth) : 0;
		over = over || depth > 0;
		if (over) {
			break;
		}
		if (error < 0) {
			return error;
		}
	}
	int count = over ? marks_read(part, row, marks, MARKS_MAX) : 0;
	int depth = 0;
	for (int i = 0; i < count; i++) {
		bool opens = marks[i].tag == FILL_EACH || marks[i].tag == FILL_IF;
		bool closes = marks[i].tag == FILL_END_EACH || marks[i].tag == FILL_END_IF;
		if (opens && depth++ == 0) {
			*unit = (struct unit) { row, row, marks[i], 0 };
		} else if (closes && --depth == 0) {
			unit->close_at = marks[i].at;
			return 1;
		}
	}
	return count < 0 ? count : 0;
}

static size_t nodes_count(const xmlNode *root)
{
	size_t count = 0;
	for (const xmlNode *n = root; n != NULL; n = after(n, root)) {
		count++;
	}
	return count;
}

static int tree(struct template_part *part, xmlNode *parent, const struct fill *fill);

/* A copy of the unit below a node of its own, filled in. */
static int copy_fill(struct template_part *part, const struct unit *unit,
	const struct fill *fill, xmlNode **ret_below)
{
	xmlNode *below = xmlNewDocNode(unit->first->doc, NULL, (const xmlChar *)"x", NULL);
	for (xmlNode *n = unit->first; n != NULL; n = n == unit->last ? NULL : n->next) {
		part->nodes += nodes_count(n);
		if (part->nodes > TEMPLATE_NODES_MAX) {
			xmlFreeNode(below);
			(void)diag_set(part->diag, E_LIMIT, 0, 0, "%.*s: too much repeats",
				SLICE_FMT(part->name));
			return template_wrong(part->diag, E_LIMIT, "template.too_large");
		}
		xmlAddChild(below, xmlDocCopyNode(n, n->doc, 1));
	}
	int error = tree(part, below, fill);
	if (error < 0) {
		xmlFreeNode(below);
		return error;
	}
	*ret_below = below;
	return 0;
}

static int copy_put(struct template_part *part, const struct unit *unit,
	const struct fill *fill, bool shown)
{
	xmlNode *below = NULL;
	int error = copy_fill(part, unit, fill, &below);
	if (error < 0) {
		return error;
	}
	while (shown && below->children != NULL) {
		xmlNode *child = below->children;
		xmlUnlinkNode(child);
		xmlAddPrevSibling(unit->first, child);
	}
	xmlFreeNode(below);
	return 0;
}

static void unit_drop(struct unit *unit)
{
	for (xmlNode *n = unit->first; n != NULL;) {
		xmlNode *next = n == unit->last ? NULL : n->next;
		xmlUnlinkNode(n);
		xmlFreeNode(n);
		n = next;
	}
}

/* The tags out of the unit; a paragraph that held nothing else goes too. */
static void unit_trim(struct template_part *part, struct unit *unit)
{
	bool same = unit->first == unit->last;
	bool last_empty = mark_cut(part, unit->last, unit->close_at);
	bool first_empty = mark_cut(part, unit->first, unit->open.at);
	if (!same && first_empty) {
		xmlNode *old = unit->first;
		unit->first = old->next;
		xmlUnlinkNode(old);
		xmlFreeNode(old);
	}
	if (unit->first != unit->last && last_empty) {
		xmlNode *old = unit->last;
		unit->last = old->prev;
		xmlUnlinkNode(old);
		xmlFreeNode(old);
	}
}

static int list_put(struct template_part *part, struct unit *unit, const struct fill *fill)
{
	const struct json *fields = NULL;
	const struct json *list = fill_list(fill, name_of(&unit->open), &fields);
	struct fill none = fill_item(fill, fields, NULL, 1);
	unsigned n = 0;
	/* Once for nothing: a mistake is told although the list is empty today. */
	int error = copy_put(part, unit, &none, false);
	for (const struct json *i = json_first(list); i != NULL && error == 0;
		i = json_next(i)) {
		struct fill item = fill_item(fill, fields, i, ++n);
		error = copy_put(part, unit, &item, true);
	}
	return error;
}

static int unit_put(struct template_part *part, struct unit *unit, const struct fill *fill)
{
	struct slice kind = fill_kind(fill, name_of(&unit->open));
	bool each = unit->open.tag == FILL_EACH;
	if (kind.n == 0 || (each && !slice_starts(kind, SLICE("list"))) ||
		fill->depth >= FILL_DEPTH_MAX) {
		(void)diag_set(part->diag, E_ABSENT, 0, 0, "{{%.*s}} is no %s of this paper",
			SLICE_FMT(name_of(&unit->open)), each ? "list" : "field");
		return place(part, E_ABSENT);
	}
	unit_trim(part, unit);
	int error = each ? list_put(part, unit, fill)
			 : copy_put(part, unit, fill, fill_says(fill, name_of(&unit->open)));
	unit_drop(unit);
	return error;
}

/* What is below a node that is no paragraph, and the text boxes of one that is. */
static int node_fill(struct template_part *part, xmlNode *node, const struct fill *fill)
{
	int error = is(node, "p") ? paragraph_fill(part, node, fill) : 0;
	return error < 0 ? error : tree(part, node, fill);
}

static int tree(struct template_part *part, xmlNode *parent, const struct fill *fill)
{
	int error = 0;
	xmlNode *next = NULL;
	for (xmlNode *node = parent->children; node != NULL && error == 0; node = next) {
		struct unit unit = { 0 };
		next = node->next;
		if (node->type != XML_ELEMENT_NODE) {
			continue;
		}
		error = is(node, "tr") ? row_unit(part, node, &unit) : 0;
		error = error == 0 ? unit_find(part, node, &unit) : error;
		if (error > 0) {
			next = unit.last->next;
			error = unit_put(part, &unit, fill);
		} else if (error == 0) {
			error = node_fill(part, node, fill);
		}
	}
	return error;
}

int template_tree(struct template_part *part, xmlNode *root, const struct fill *fill)
{
	part->marks = calloc(MARKS_MAX, sizeof(*part->marks));
	buf_init(&part->text.whole, FILL_TEXT_OCTETS_MAX);
	int error = part->marks == NULL ? E_LIMIT : tree(part, root, fill);
	buf_fini(&part->text.whole);
	free(part->marks);
	return error;
}
