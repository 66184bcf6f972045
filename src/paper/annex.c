/* SPDX-License-Identifier: Apache-2.0 */
#include "paper/annex.h"

#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/utf8.h"
#include "paper/annex_priv.h"
#include "paper/fill.h"
#include "paper/render.h"

enum { ARENA_OCTETS = 96 * 1024 * 1024, BOX_OCTETS_MAX = 24 };

int annex_wrong(struct annex *a, int error, const char *code, const char *what)
{
	if (a->diag != NULL) {
		(void)diag_set(a->diag, error, 0, 0, "%s", what);
		(void)snprintf(a->diag->source, sizeof(a->diag->source), "%s", code);
	}
	return error;
}

/* ---- trees */

struct pack_part *annex_part(struct annex *a, struct slice name)
{
	for (unsigned i = 0; i < a->count; i++) {
		if (slice_eq(a->parts[i].name, name)) {
			return &a->parts[i];
		}
	}
	return NULL;
}

int annex_tree(struct annex *a, const struct pack_part *part, xmlDoc **ret_doc)
{
	if (part == NULL) {
		return annex_wrong(a, E_FORMAT, "annex.broken", "a part it names is missing");
	}
	if (part->octets.n > ANNEX_PART_OCTETS_MAX) {
		return annex_wrong(a, E_LIMIT, "annex.too_large", "a part of it is too large");
	}
	xmlDoc *doc = xmlReadMemory((const char *)part->octets.p, (int)part->octets.n, "part",
		NULL,
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
	if (doc == NULL || xmlDocGetRootElement(doc) == NULL || doc->intSubset != NULL) {
		xmlFreeDoc(doc);
		return annex_wrong(a, E_FORMAT, "annex.broken", "a part of it is no XML");
	}
	*ret_doc = doc;
	return 0;
}

int annex_put(struct annex *a, struct pack_part *part, xmlDoc *doc)
{
	xmlChar *octets = NULL;
	int n = 0;
	xmlDocDumpMemoryEnc(doc, &octets, &n, "UTF-8");
	bool fine = n > 0 && n <= PACK_PART_OCTETS_MAX;
	if (fine) {
		part->octets = arena_dup(a->arena, slice_of(octets, (size_t)n));
	}
	xmlFree(octets);
	return fine ? 0
		    : annex_wrong(a, E_LIMIT, "annex.too_large", "filled in it is too large");
}

bool annex_is(const xmlNode *node, const char *name)
{
	return node != NULL && node->type == XML_ELEMENT_NODE &&
	       strcmp((const char *)node->name, name) == 0;
}

xmlNode *annex_child(const xmlNode *node, const char *name)
{
	xmlNode *child = node != NULL ? node->children : NULL;
	while (child != NULL && !annex_is(child, name)) {
		child = child->next;
	}
	return child;
}

struct slice annex_peek(const xmlNode *node, const char *name)
{
	for (const xmlAttr *at = node->properties; at != NULL; at = at->next) {
		bool plain = at->children != NULL && at->children->next == NULL &&
			     at->children->type == XML_TEXT_NODE;
		if (plain && strcmp((const char *)at->name, name) == 0) {
			return slice_str((const char *)at->children->content);
		}
	}
	return (struct slice) { 0 };
}

struct slice annex_attribute(struct annex *a, const xmlNode *node, const char *name)
{
	return arena_dup(a->arena, annex_peek(node, name));
}

int annex_number(const xmlNode *node, const char *name, int otherwise)
{
	struct slice text = annex_peek(node, name);
	int value = 0;
	if (text.n == 0 || text.n > 7) {
		return otherwise;
	}
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9') {
			return otherwise;
		}
		value = value * 10 + text.p[i] - '0';
	}
	return value;
}

xmlNode *annex_after(const xmlNode *node, const xmlNode *root)
{
	if (node->children != NULL && node->type == XML_ELEMENT_NODE) {
		return node->children;
	}
	while (node != root && node->next == NULL) {
		node = node->parent;
	}
	return node == root ? NULL : node->next;
}

static void names_move(xmlNode *copy, const xmlNs *from, xmlNs *to)
{
	for (xmlNode *n = copy; n != NULL; n = annex_after(n, copy)) {
		if (n->type != XML_ELEMENT_NODE) {
			continue;
		}
		n->ns = n->ns == from ? to : n->ns;
		for (xmlAttr *at = n->properties; at != NULL; at = at->next) {
			at->ns = at->ns == from ? to : at->ns;
		}
	}
}

void annex_settle(xmlNode *copy)
{
	for (xmlNs **own = &copy->nsDef; *own != NULL;) {
		xmlNs *ns = *own;
		xmlNs *outer = xmlSearchNs(copy->doc, copy->parent, ns->prefix);
		if (outer != NULL && xmlStrEqual(outer->href, ns->href)) {
			names_move(copy, ns, outer);
			*own = ns->next;
			xmlFreeNs(ns);
		} else {
			own = &ns->next;
		}
	}
}

void annex_content(const xmlNode *node, struct buf *out)
{
	xmlChar *text = xmlNodeGetContent(node);
	buf_put_str(out, text != NULL ? (const char *)text : "");
	xmlFree(text);
}

void annex_text_set(xmlNode *node, struct slice words)
{
	/* xmlNewText escapes when it is written; xmlNodeSetContent would read entities. */
	xmlNode *old = node->children;
	while (old != NULL) {
		xmlNode *next = old->next;
		xmlUnlinkNode(old);
		xmlFreeNode(old);
		old = next;
	}
	xmlAddChild(node, xmlNewTextLen((const xmlChar *)words.p, (int)words.n));
	xmlNodeSetSpacePreserve(node, 1);
}

/* ---- texts */

static bool is_space(uint32_t c)
{
	return c <= ' ' || c == 0xa0 || c == 0x3000;
}

struct slice annex_line(struct annex *a, struct slice text)
{
	AUTO_BUF struct buf line;
	size_t chars = 0;
	bool space = false;
	buf_init(&line, (size_t)ANNEX_TEXT_CHARS_MAX * 4 + 8);
	while (text.n > 0 && chars < ANNEX_TEXT_CHARS_MAX) {
		uint32_t c = 0;
		unsigned n = utf8_next(text, &c);
		text = slice_skip(text, n > 0 ? n : 1);
		if (n == 0 || is_space(c)) {
			space = line.n > 0;
			continue;
		}
		if (space) {
			buf_put_byte(&line, ' ');
		}
		space = false;
		chars++;
		utf8_put(&line, c);
	}
	if (chars == ANNEX_TEXT_CHARS_MAX) {
		buf_put_str(&line, "…");
	}
	return arena_dup(a->arena, buf_slice(&line));
}

static size_t find(struct slice text, const char *a, const char *b, struct slice words)
{
	AUTO_BUF struct buf box;
	buf_init(&box, 64);
	buf_put_str(&box, a);
	buf_put_str(&box, b);
	buf_put(&box, words);
	return slice_find(text, buf_slice(&box));
}

/* □是 □否, with or without a space between. */
static bool box_spot(struct slice text, struct slice words, struct annex_spot *spot)
{
	static const char *const boxes[] = { "□", "☐", "○" };
	if (words.n == 0 || words.n > BOX_OCTETS_MAX) {
		return false;
	}
	for (size_t i = 0; i < sizeof(boxes) / sizeof(boxes[0]); i++) {
		size_t at = find(text, boxes[i], "", words);
		at = at == SIZE_MAX ? find(text, boxes[i], " ", words) : at;
		if (at != SIZE_MAX) {
			*spot = (struct annex_spot) { at, strlen(boxes[i]), SLICE("☑"), true };
			return true;
		}
	}
	return false;
}

/* The first run of two underscores or more, narrow or wide. */
static bool line_spot(struct slice text, struct annex_spot *spot)
{
	size_t narrow = slice_find(text, SLICE("__"));
	size_t wide = slice_find(text, SLICE("＿＿"));
	struct slice mark = narrow < wide ? SLICE("_") : SLICE("＿");
	spot->at = narrow < wide ? narrow : wide;
	if (spot->at == SIZE_MAX) {
		return false;
	}
	struct slice rest = slice_skip(text, spot->at);
	while (slice_starts(slice_skip(rest, spot->octets), mark)) {
		spot->octets += mark.n;
	}
	spot->fits = true;
	return true;
}

struct annex_spot annex_spot(struct annex *a, struct slice text, struct slice words)
{
	struct annex_spot spot = { .words = words };
	struct slice said = annex_line(a, text);
	if (box_spot(text, words, &spot) || line_spot(text, &spot)) {
		return spot;
	}
	bool label = slice_ends(said, SLICE("：")) || slice_ends(said, SLICE(":"));
	spot = (struct annex_spot) { label ? text.n : 0, label ? 0 : text.n, words, label };
	return spot;
}

void annex_table_put(struct jw *jw, struct slice name, int columns,
	const struct annex_cell *cells, unsigned count)
{
	jw_object(jw);
	jw_kv_str(jw, "name", name);
	jw_kv_int(jw, "columns", columns);
	jw_key(jw, "rows");
	jw_array(jw);
	for (unsigned i = 0; i < count;) {
		int r = cells[i].r;
		jw_object(jw);
		jw_kv_int(jw, "r", r);
		jw_key(jw, "cells");
		jw_array(jw);
		for (; i < count && cells[i].r == r; i++) {
			jw_object(jw);
			jw_kv_int(jw, "c", cells[i].c);
			jw_kv_int(jw, "x", cells[i].x);
			jw_kv_int(jw, "w", cells[i].w);
			jw_kv_int(jw, "h", cells[i].h);
			jw_kv_str(jw, "s", cells[i].s);
			jw_end(jw);
		}
		jw_end(jw);
		jw_end(jw);
	}
	jw_end(jw);
	jw_end(jw);
}

/* ---- what is taken */

static bool has(struct slice octets, const char *what)
{
	return slice_find(octets, slice_str(what)) != SIZE_MAX;
}

static bool is_xml(struct slice name)
{
	return slice_ends(name, SLICE(".xml")) || slice_ends(name, SLICE(".rels"));
}

/* Parts that run, or carry something that does. */
static bool runs(struct slice name)
{
	static const char *const kinds[] = { "vbaProject", "vbaData", "/embeddings/",
		"/activeX/", "/oleObject", ".exe", "/afchunk", "/macros", "/externalLinks/",
		"/macrosheets/" };
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (has(name, kinds[i])) {
			return true;
		}
	}
	return false;
}

/* Fields and formulas that fetch or start something. */
static bool fetches(struct slice octets)
{
	static const char *const words[] = { "DDEAUTO", "DDE ", "INCLUDETEXT", "INCLUDEPICTURE",
		"IMPORT ", "DATABASE ", "MACROBUTTON", "<w:altChunk", "<ddeLink", "<oleLink" };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (has(octets, words[i])) {
			return true;
		}
	}
	return false;
}

/* A hyperlink somebody may click on is as good as text; everything else fetches by itself. */
static int links_admit(struct annex *a, const struct pack_part *part)
{
	xmlDoc *doc = NULL;
	int error = annex_tree(a, part, &doc);
	if (error < 0) {
		return error;
	}
	const xmlNode *root = xmlDocGetRootElement(doc);
	for (const xmlNode *n = root->children; n != NULL && error == 0; n = n->next) {
		if (n->type == XML_ELEMENT_NODE &&
			slice_eq_nocase(
				annex_attribute(a, n, "TargetMode"), SLICE("External")) &&
			!slice_ends(annex_attribute(a, n, "Type"), SLICE("/hyperlink"))) {
			error = annex_wrong(a, E_FORMAT, "annex.link",
				"it links to something outside that is fetched when it is opened");
		}
	}
	xmlFreeDoc(doc);
	return error;
}

static int part_admit(struct annex *a, const struct pack_part *part)
{
	if (runs(part->name) || (slice_is(part->name, "[Content_Types].xml") &&
					has(part->octets, "macroEnabled"))) {
		return annex_wrong(a, E_FORMAT, "annex.macro",
			"macros and embedded objects are not taken");
	}
	if (!is_xml(part->name)) {
		return 0;
	}
	if (!utf8_valid(part->octets) || has(part->octets, "<!DOCTYPE") ||
		has(part->octets, "<!ENTITY")) {
		return annex_wrong(a, E_FORMAT, "annex.broken",
			"a document type declaration is not taken");
	}
	if (fetches(part->octets)) {
		return annex_wrong(a, E_FORMAT, "annex.link",
			"a field in it fetches something from outside");
	}
	return slice_ends(part->name, SLICE(".rels")) ? links_admit(a, part) : 0;
}

static int open_form(struct annex *a, struct slice file, bool *ret_word)
{
	if (file.n > ANNEX_OCTETS_MAX) {
		return annex_wrong(
			a, E_LIMIT, "annex.too_large", "the file is larger than 4 MiB");
	}
	/* What an old or a locked file begins with: a compound file. */
	if (!slice_starts(file, SLICE("PK\x03\x04"))) {
		return annex_wrong(a, E_FORMAT, "annex.type", "this is no .docx and no .xlsx");
	}
	int count = pack_read(file, a->arena, &a->parts, a->diag);
	if (count < 0) {
		return annex_wrong(a, count,
			count == E_LIMIT ? "annex.too_large" : "annex.broken",
			count == E_LIMIT ? "it unpacks to more than is allowed"
					 : "it cannot be unpacked");
	}
	a->count = (unsigned)count;
	int error = 0;
	for (unsigned i = 0; i < a->count && error == 0; i++) {
		error = part_admit(a, &a->parts[i]);
	}
	bool word = annex_part(a, SLICE("word/document.xml")) != NULL;
	bool book = annex_part(a, SLICE("xl/workbook.xml")) != NULL;
	*ret_word = word;
	return error < 0      ? error
	       : word != book ? 0
			      : annex_wrong(a, E_FORMAT, "annex.type",
					"this is no .docx and no .xlsx");
}

int annex_read(struct slice file, struct buf *out, const char **ret_media, struct diag *diag)
{
	AUTO_ARENA struct arena *arena = arena_create(ARENA_OCTETS);
	struct annex a = { .arena = arena, .diag = diag };
	struct jw jw;
	bool word = false;
	int error = open_form(&a, file, &word);
	if (error < 0) {
		return error;
	}
	jw_init(&jw, out);
	jw_object(&jw);
	jw_kv_str(&jw, "format", word ? SLICE("docx") : SLICE("xlsx"));
	error = word ? annex_docx_read(&a, &jw) : annex_xlsx_read(&a, &jw);
	jw_kv_bool(&jw, "more", a.more);
	jw_end(&jw);
	*ret_media = word ? RENDER_DOCX_MEDIA : ANNEX_XLSX_MEDIA;
	if (error == 0 && a.cells == 0) {
		error = annex_wrong(
			&a, E_FORMAT, "annex.empty", "it has no table and no line to write on");
	}
	return error == 0 && out->failed
		       ? annex_wrong(&a, E_LIMIT, "annex.too_large", "it holds too much text")
		       : error;
}

int annex_fill(struct slice file, const struct json *edits, struct buf *out, struct diag *diag)
{
	AUTO_ARENA struct arena *arena = arena_create(ARENA_OCTETS);
	struct annex a = { .arena = arena, .diag = diag };
	bool word = false;
	int error = open_form(&a, file, &word);
	if (error == 0) {
		error = word ? annex_docx_fill(&a, edits) : annex_xlsx_fill(&a, edits);
	}
	error = error < 0 ? error : pack_write(a.parts, a.count, out);
	return error == E_LIMIT && diag != NULL && diag->source[0] == '\0'
		       ? annex_wrong(
				 &a, E_LIMIT, "annex.too_large", "filled in it is too large")
		       : error;
}
