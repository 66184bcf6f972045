/* SPDX-License-Identifier: Apache-2.0 */
/* What is said once for all sheets of an .xlsx: their names, styles that show days, shared strings. */
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "grid/xlsx_priv.h"

static int64_t number_of(struct slice text, int64_t otherwise)
{
	int64_t value = 0;
	return num_i64(text, 0, INT32_MAX, &value) == 0 ? value : otherwise;
}

/* ---- xl/workbook.xml */

static void book_start(struct xlsx_parse *p, struct slice name)
{
	struct xlsx *x = p->of;
	if (slice_is(name, "workbookPr")) {
		struct slice is = xlsx_attribute(p, "date1904");
		x->is_1904 = slice_is(is, "1") || slice_is(is, "true");
	} else if (slice_is(name, "sheet") && x->sheets < GRID_SHEETS_MAX) {
		struct slice state = xlsx_attribute(p, "state");
		x->sheet[x->sheets++] = (struct xlsx_sheet) {
			.name = arena_dup(x->arena, xlsx_attribute(p, "name")),
			.relation = arena_dup(x->arena, xlsx_attribute(p, "id")),
			.hidden = state.n > 0 && !slice_is(state, "visible"),
		};
	}
}

/* ---- xl/_rels/workbook.xml.rels */

static const char *target_of(struct xlsx *x, struct slice target)
{
	bool rooted = slice_starts(target, SLICE("/"));
	struct slice path = rooted ? arena_dup(x->arena, slice_skip(target, 1))
				   : arena_printf(x->arena, "xl/%.*s", SLICE_FMT(target));
	return arena_dup_str(x->arena, path);
}

static void relation_start(struct xlsx_parse *p, struct slice name)
{
	struct xlsx *x = p->of;
	struct slice type = xlsx_attribute(p, "Type");
	struct slice id = xlsx_attribute(p, "Id");
	struct slice target = xlsx_attribute(p, "Target");
	if (!slice_is(name, "Relationship") || target.n == 0 || target.n > 1024) {
		return;
	}
	if (slice_ends(type, SLICE("/sharedStrings"))) {
		x->strings_part = target_of(x, target);
	} else if (slice_ends(type, SLICE("/styles"))) {
		x->styles_part = target_of(x, target);
	}
	for (size_t i = 0; slice_ends(type, SLICE("/worksheet")) && i < x->sheets; i++) {
		if (slice_eq(x->sheet[i].relation, id)) {
			x->sheet[i].part = target_of(x, target);
		}
	}
}

/* ---- xl/styles.xml */

/* A format of one's own shows a day when a letter for one stands outside quotes and brackets. */
static bool format_shows_day(struct slice code)
{
	bool quoted = false;
	bool bracketed = false;
	for (size_t i = 0; i < code.n; i++) {
		uint8_t c = code.p[i] | 0x20;
		quoted = code.p[i] == '"' ? !quoted : quoted;
		bracketed = code.p[i] == '[' || (bracketed && code.p[i] != ']');
		i += code.p[i] == '\\';
		bool letter = c == 'y' || c == 'd' || c == 'h';
		if (letter && !quoted && !bracketed) {
			return true;
		}
	}
	return false;
}

/* Source: ECMA-376 part 1 section 18.8.30, with the formats of Chinese Excel. */
static bool format_is_day(const struct xlsx *x, int64_t id)
{
	static const uint8_t known[][2] = { { 14, 22 }, { 27, 36 }, { 45, 47 }, { 50, 58 } };
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (id >= known[i][0] && id <= known[i][1]) {
			return true;
		}
	}
	for (size_t i = 0; i < x->day_formats; i++) {
		if (x->day_format[i] == id) {
			return true;
		}
	}
	return false;
}

static void style_start(struct xlsx_parse *p, struct slice name)
{
	struct xlsx *x = p->of;
	bool *inside = p->arg;
	if (slice_is(name, "cellXfs")) {
		*inside = true;
	} else if (slice_is(name, "numFmt") && x->day_formats < XLSX_FORMATS_MAX) {
		if (format_shows_day(xlsx_attribute(p, "formatCode"))) {
			x->day_format[x->day_formats++] =
				(uint32_t)number_of(xlsx_attribute(p, "numFmtId"), 0);
		}
	} else if (slice_is(name, "xf") && *inside && x->styles < XLSX_STYLES_MAX) {
		x->day_style[x->styles++] =
			format_is_day(x, number_of(xlsx_attribute(p, "numFmtId"), 0));
	}
}

static void style_end(struct xlsx_parse *p, struct slice name)
{
	bool *inside = p->arg;
	*inside = *inside && !slice_is(name, "cellXfs");
}

/* ---- xl/sharedStrings.xml */

static void string_start(struct xlsx_parse *p, struct slice name)
{
	unsigned *phonetic = p->arg;
	*phonetic += slice_is(name, "rPh");
	if (slice_is(name, "si")) {
		buf_clear(&p->text);
	}
	p->wants_text = slice_is(name, "t") && *phonetic == 0;
}

static void string_room(struct xlsx_parse *p)
{
	struct xlsx *x = p->of;
	if (x->strings < x->strings_room) {
		return;
	}
	size_t room = x->strings_room == 0 ? 4096 : 2 * x->strings_room;
	struct slice *more =
		x->strings < XLSX_STRINGS_MAX ? arena_try(x->arena, room, sizeof(*more)) : NULL;
	if (more == NULL) {
		p->problem = GRIDREAD_TOO_LARGE;
		return;
	}
	if (x->strings > 0) {
		memcpy(more, x->string, x->strings * sizeof(*more));
	}
	x->string = more;
	x->strings_room = room;
}

static void string_end(struct xlsx_parse *p, struct slice name)
{
	struct xlsx *x = p->of;
	unsigned *phonetic = p->arg;
	*phonetic -= slice_is(name, "rPh") && *phonetic > 0;
	p->wants_text = false;
	if (!slice_is(name, "si") || p->problem != GRIDREAD_FINE) {
		return;
	}
	x->string_octets += p->text.n;
	string_room(p);
	if (x->string_octets > GRIDREAD_TEXT_MAX_OCTETS) {
		p->problem = GRIDREAD_TOO_LARGE;
	} else if (p->problem == GRIDREAD_FINE) {
		x->string[x->strings++] = arena_dup(x->arena, buf_slice(&p->text));
	}
}

/* ---- */

static enum gridread_problem optional(struct xlsx *x, const char *part, struct xlsx_parse *p)
{
	enum gridread_problem problem = part != NULL ? xlsx_part(x, part, p) : GRIDREAD_FINE;
	return problem == GRIDREAD_ABSENT ? GRIDREAD_FINE : problem;
}

enum gridread_problem xlsx_book(struct xlsx *x)
{
	bool inside = false;
	unsigned phonetic = 0;
	struct xlsx_parse book = { .start = book_start };
	struct xlsx_parse relations = { .start = relation_start };
	struct xlsx_parse styles = { .start = style_start, .end = style_end, .arg = &inside };
	struct xlsx_parse strings = {
		.start = string_start, .end = string_end, .arg = &phonetic
	};
	x->day_style = arena_take(x->arena, XLSX_STYLES_MAX);
	enum gridread_problem problem = xlsx_part(x, "xl/workbook.xml", &book);
	if (problem == GRIDREAD_ABSENT) {
		return GRIDREAD_TYPE; /* an archive of something else */
	}
	if (problem == GRIDREAD_FINE) {
		problem = optional(x, "xl/_rels/workbook.xml.rels", &relations);
	}
	if (problem == GRIDREAD_FINE) {
		problem = optional(x, x->styles_part, &styles);
	}
	return problem == GRIDREAD_FINE ? optional(x, x->strings_part, &strings) : problem;
}
