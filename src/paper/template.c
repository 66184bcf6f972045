/* SPDX-License-Identifier: Apache-2.0 */
#include "paper/template.h"

#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/utf8.h"
#include "paper/fill.h"
#include "paper/pack.h"
#include "paper/spec.h"
#include "paper/template_priv.h"

enum { ARENA_OCTETS = 96 * 1024 * 1024 };

int template_wrong(struct diag *diag, int error, const char *code)
{
	if (diag != NULL) {
		(void)snprintf(diag->source, sizeof(diag->source), "%s", code);
	}
	return error;
}

static int refuse(struct diag *diag, const char *code, struct slice name, const char *why)
{
	return template_wrong(diag,
		diag_set(diag, E_FORMAT, 0, 0, "%.*s: %s", SLICE_FMT(slice_head(name, 100)),
			why),
		code);
}

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
		"/activeX/", "/oleObject", ".bin", ".exe", "/afchunk", "/macros/" };
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (has(name, kinds[i])) {
			return true;
		}
	}
	return false;
}

/* Instructions of fields that fetch or start something. */
static bool fetches(struct slice octets)
{
	static const char *const words[] = { "DDEAUTO", "DDE ", "INCLUDETEXT", "INCLUDEPICTURE",
		"IMPORT ", "DATABASE ", "MACROBUTTON", "<w:altChunk" };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (has(octets, words[i])) {
			return true;
		}
	}
	return false;
}

static int part_admit(const struct pack_part *part, struct diag *diag)
{
	bool text = slice_starts(part->name, SLICE("word/")) && is_xml(part->name);
	if (runs(part->name) || (slice_is(part->name, "[Content_Types].xml") &&
					has(part->octets, "macroEnabled"))) {
		return refuse(diag, "template.macro", part->name,
			"macros and embedded objects are not taken");
	}
	if (!is_xml(part->name)) {
		return 0;
	}
	if (!utf8_valid(part->octets) || has(part->octets, "<!DOCTYPE") ||
		has(part->octets, "<!ENTITY")) {
		return refuse(diag, "template.broken", part->name,
			"a document type declaration is not taken");
	}
	if (slice_ends(part->name, SLICE(".rels")) && has(part->octets, "\"External\"")) {
		return refuse(diag, "template.link", part->name,
			"it links to something outside; remove links and linked templates");
	}
	if (text && fetches(part->octets)) {
		return refuse(diag, "template.link", part->name,
			"a field in it fetches something from outside");
	}
	return 0;
}

/* The parts people write in. */
static bool is_text(struct slice name)
{
	return slice_is(name, "word/document.xml") ||
	       (slice_starts(name, SLICE("word/header")) && is_xml(name)) ||
	       (slice_starts(name, SLICE("word/footer")) && is_xml(name));
}

static xmlDoc *tree_of(struct slice octets)
{
	return xmlReadMemory((const char *)octets.p, (int)octets.n, "part", NULL,
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
}

static int part_fill(
	struct pack_part *part, const struct fill *fill, struct arena *arena, struct diag *diag)
{
	struct template_part at = { .name = part->name, .diag = diag };
	xmlDoc *doc = tree_of(part->octets);
	xmlNode *root = doc == NULL ? NULL : xmlDocGetRootElement(doc);
	if (root == NULL || doc->intSubset != NULL) {
		xmlFreeDoc(doc);
		return refuse(diag, "template.broken", part->name, "is no XML");
	}
	int error = template_tree(&at, root, fill);
	if (error == 0) {
		xmlChar *octets = NULL;
		int n = 0;
		xmlDocDumpMemoryEnc(doc, &octets, &n, "UTF-8");
		part->octets = arena_dup(arena, slice_of(octets, n > 0 ? (size_t)n : 0));
		error = n > 0 && n <= PACK_PART_OCTETS_MAX
				? 0
				: refuse(diag, "template.too_large", part->name,
					  "filled in it is too large");
		xmlFree(octets);
	}
	xmlFreeDoc(doc);
	return error;
}

/* What is not filled in must be XML all the same: Word would refuse the file. */
static int part_check(const struct pack_part *part, struct diag *diag)
{
	xmlDoc *doc = is_xml(part->name) ? tree_of(part->octets) : NULL;
	bool broken = is_xml(part->name) && doc == NULL;
	xmlFreeDoc(doc);
	return broken ? refuse(diag, "template.broken", part->name, "is no XML") : 0;
}

int template_fill(struct slice word, const struct spec *spec, const struct json *data,
	struct buf *out, struct diag *diag)
{
	AUTO_ARENA struct arena *arena = arena_create(ARENA_OCTETS);
	struct fill fill = { .fields = spec->fields, .data = data };
	struct pack_part *parts = NULL;
	bool document = false;
	int count = pack_read(word, arena, &parts, diag);
	if (count < 0) {
		return template_wrong(diag, count,
			count == E_LIMIT ? "template.too_large" : "template.broken");
	}
	/* All are looked at before any is read as XML. */
	int error = 0;
	for (int i = 0; i < count && error == 0; i++) {
		error = part_admit(&parts[i], diag);
		document = document || slice_is(parts[i].name, "word/document.xml");
	}
	if (error == 0 && !document) {
		error = refuse(diag, "template.broken", SLICE("word/document.xml"),
			"is missing: this is no Word file (.docx)");
	}
	for (int i = 0; i < count && error == 0; i++) {
		error = is_text(parts[i].name) ? part_fill(&parts[i], &fill, arena, diag)
					       : part_check(&parts[i], diag);
	}
	error = error < 0 ? error : pack_write(parts, (unsigned)count, out);
	return error == E_LIMIT ? template_wrong(diag, error, "template.too_large") : error;
}
