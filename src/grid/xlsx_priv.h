/* SPDX-License-Identifier: Apache-2.0 */
/** The parts of an .xlsx, one after the other, and what is known from those before. */
#pragma once

#include "grid/read_priv.h"

struct _xmlParserCtxt;
struct zip;

enum { XLSX_STYLES_MAX = 65536, XLSX_STRINGS_MAX = 1000000, XLSX_FORMATS_MAX = 1000 };

struct xlsx_sheet {
	struct slice name;
	struct slice relation;
	const char *part;
	bool hidden;
};

struct xlsx {
	struct arena *arena;
	struct zip *zip;
	size_t left; /* octets that may still be unpacked */
	bool is_1904;
	struct xlsx_sheet sheet[GRID_SHEETS_MAX];
	size_t sheets;
	const char *strings_part;
	const char *styles_part;
	struct slice *string;
	size_t strings;
	size_t strings_room;
	size_t string_octets;
	uint32_t day_format[XLSX_FORMATS_MAX]; /* numbers of formats that show a day */
	size_t day_formats;
	uint8_t *day_style; /* by the index cells name: does it show a day? */
	size_t styles;
};

/** One part under way. */
struct xlsx_parse {
	struct xlsx *of;
	struct _xmlParserCtxt *parser;
	enum gridread_problem problem;
	void (*start)(struct xlsx_parse *p, struct slice name);
	void (*end)(struct xlsx_parse *p, struct slice name); /* may be NULL */
	const unsigned char **attribute;
	size_t attributes;
	bool wants_text;
	struct buf text;
	void *arg;
};

NODISCARD enum gridread_problem xlsx_open(struct xlsx *x, struct slice octets);
void xlsx_close(struct xlsx *x);
/** Read a part through p's callbacks.  Returns: the problem, or GRIDREAD_ABSENT. */
NODISCARD enum gridread_problem xlsx_part(
	struct xlsx *x, const char *name, struct xlsx_parse *p);
/** An attribute of the element just begun; empty when absent. */
struct slice xlsx_attribute(const struct xlsx_parse *p, const char *name);

/** Workbook, relations, styles and shared strings. */
NODISCARD enum gridread_problem xlsx_book(struct xlsx *x);
