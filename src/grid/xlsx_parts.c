/* SPDX-License-Identifier: Apache-2.0 */
/* The container of an .xlsx: its parts, unpacked within limits, fed to an XML parser without entities. */
#include <libxml/parser.h>
#include <string.h>
#include <zip.h>

#include "grid/xlsx_priv.h"

enum { CHUNK_OCTETS = 64 * 1024, ENCRYPTED = 1 };

enum gridread_problem xlsx_open(struct xlsx *x, struct slice octets)
{
	zip_error_t why;
	zip_error_init(&why);
	zip_source_t *source = zip_source_buffer_create(octets.p, octets.n, 0, &why);
	if (source == NULL) {
		return GRIDREAD_BROKEN;
	}
	x->zip = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &why);
	if (x->zip == NULL) {
		zip_source_free(source);
		return GRIDREAD_BROKEN;
	}
	x->left = GRIDREAD_PART_MAX_OCTETS;
	zip_int64_t parts = zip_get_num_entries(x->zip, 0);
	return parts > GRIDREAD_PARTS_MAX ? GRIDREAD_TOO_LARGE : GRIDREAD_FINE;
}

void xlsx_close(struct xlsx *x)
{
	if (x->zip != NULL) {
		zip_discard(x->zip);
		x->zip = NULL;
	}
}

/* ---- elements */

static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
	int ns_count, const xmlChar **ns, int count, int defaulted, const xmlChar **attributes)
{
	struct xlsx_parse *p = ctx;
	(void)prefix;
	(void)uri;
	(void)ns_count;
	(void)ns;
	(void)defaulted;
	p->attribute = attributes;
	p->attributes = (size_t)count;
	p->start(p, slice_str((const char *)name));
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct xlsx_parse *p = ctx;
	(void)prefix;
	(void)uri;
	if (p->end != NULL) {
		p->end(p, slice_str((const char *)name));
	}
}

static void on_text(void *ctx, const xmlChar *text, int n)
{
	struct xlsx_parse *p = ctx;
	if (p->wants_text && p->text.n < GRID_CELL_MAX_OCTETS) {
		buf_put(&p->text, slice_of(text, (size_t)n));
	}
}

/* A workbook has no use for a DTD; whoever sends one wants something else. */
static void on_dtd(void *ctx, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
	struct xlsx_parse *p = ctx;
	(void)name;
	(void)id;
	(void)system;
	p->problem = GRIDREAD_UNSAFE;
	xmlStopParser(p->parser);
}

static xmlEntityPtr on_entity(void *ctx, const xmlChar *name)
{
	struct xlsx_parse *p = ctx;
	xmlEntityPtr known = xmlGetPredefinedEntity(name);
	if (known == NULL) {
		p->problem = GRIDREAD_UNSAFE;
		xmlStopParser(p->parser);
	}
	return known;
}

struct slice xlsx_attribute(const struct xlsx_parse *p, const char *name)
{
	for (size_t i = 0; i < p->attributes; i++) {
		const xmlChar **a =
			p->attribute + i * 5; /* local name, prefix, URI, begin, end */
		if (strcmp((const char *)a[0], name) == 0) {
			return slice_of(a[3], (size_t)(a[4] - a[3]));
		}
	}
	return (struct slice) { 0 };
}

static enum gridread_problem feed(struct xlsx_parse *p, zip_file_t *file)
{
	char chunk[CHUNK_OCTETS];
	zip_int64_t n = 0;
	while (p->problem == GRIDREAD_FINE && (n = zip_fread(file, chunk, sizeof(chunk))) > 0) {
		if ((size_t)n > p->of->left) {
			return GRIDREAD_TOO_LARGE;
		}
		p->of->left -= (size_t)n;
		if (xmlParseChunk(p->parser, chunk, (int)n, 0) != 0) {
			break;
		}
	}
	if (p->problem == GRIDREAD_FINE &&
		(n < 0 || xmlParseChunk(p->parser, NULL, 0, 1) != 0)) {
		return GRIDREAD_BROKEN;
	}
	return p->problem;
}

static zip_file_t *part_open(struct xlsx *x, const char *name, enum gridread_problem *problem)
{
	zip_stat_t stat;
	zip_int64_t at = zip_name_locate(x->zip, name, ZIP_FL_NOCASE);
	zip_stat_init(&stat);
	if (at < 0 || zip_stat_index(x->zip, (zip_uint64_t)at, 0, &stat) != 0) {
		*problem = GRIDREAD_ABSENT;
		return NULL;
	}
	if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 &&
		stat.encryption_method != ZIP_EM_NONE) {
		*problem = GRIDREAD_PASSWORD;
		return NULL;
	}
	zip_file_t *file = zip_fopen_index(x->zip, (zip_uint64_t)at, 0);
	*problem = file != NULL ? GRIDREAD_FINE : GRIDREAD_BROKEN;
	return file;
}

enum gridread_problem xlsx_part(struct xlsx *x, const char *name, struct xlsx_parse *p)
{
	xmlSAXHandler sax = { .initialized = XML_SAX2_MAGIC,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.cdataBlock = on_text,
		.internalSubset = on_dtd,
		.getEntity = on_entity };
	enum gridread_problem problem = GRIDREAD_FINE;
	zip_file_t *file = part_open(x, name, &problem);
	if (file == NULL) {
		return problem;
	}
	p->of = x;
	buf_init(&p->text, GRID_CELL_MAX_OCTETS + CHUNK_OCTETS);
	p->parser = xmlCreatePushParserCtxt(&sax, p, NULL, 0, NULL);
	if (p->parser != NULL) {
		(void)xmlCtxtUseOptions(p->parser, XML_PARSE_NONET | XML_PARSE_NOERROR);
		problem = feed(p, file);
		if (p->parser->myDoc != NULL) {
			xmlFreeDoc(p->parser->myDoc);
		}
		xmlFreeParserCtxt(p->parser);
	}
	buf_fini(&p->text);
	(void)zip_fclose(file);
	return p->problem != GRIDREAD_FINE ? p->problem : problem;
}
