/* SPDX-License-Identifier: Apache-2.0 */
#include "paper/sheet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "paper/sheet_priv.h"

enum {
	TITLE_LINE = 1250,
	TITLE_CELLS = 20,
	ROW_LINES_MAX = 16, /* a longer row goes on in the next one */
	RED_LINE = 2000,
	RED_CELLS_MAX = 12, /* more letters make the head smaller */
	BIG_LINE = 1800,
	CODE_LINES = 3800,
	ARENA_OCTETS = 64 * 1024 * 1024,
	FIRST_ROOM = 64,
};

#define RED_PT 42.0
#define BIG_PT 28.0
/* Columns that are many are narrow: 五号 instead of 小四. */
#define NARROW_PT 10.5
enum { NARROW_FROM = 5 };

static int32_t measure(void *ctx, struct slice run)
{
	struct sheet *sheet = ctx;
	double width =
		draw_text_width(sheet->draw, sheet->measure_face, sheet->measure_size_pt, run);
	return (int32_t)(width / sheet->measure_cell_pt * LAYOUT_CELL + 0.5);
}

int sheet_create(struct draw *draw, struct sheet **ret_sheet)
{
	struct sheet *sheet = calloc(1, sizeof(*sheet));
	if (sheet == NULL) {
		return -ENOMEM;
	}
	sheet->draw = draw;
	sheet->sign_at = SIZE_MAX;
	sheet->arena = arena_create(ARENA_OCTETS);
	sheet->sizes = arena_take(sheet->arena, LAYOUT_BLOCKS_MAX * sizeof(*sheet->sizes));
	*ret_sheet = sheet;
	return 0;
}

struct sheet *sheet_destroy(struct sheet *sheet)
{
	if (sheet != NULL) {
		sheet->arena = arena_destroy(sheet->arena);
		free(sheet);
	}
	return NULL;
}

/* By doubling; what points to a block of before reads the arena's older copy of it. */
static void grow(struct sheet *sheet)
{
	size_t room = sheet->room > 0 ? 2 * sheet->room : FIRST_ROOM;
	struct block *more = arena_take(sheet->arena, room * sizeof(*more));
	if (sheet->count > 0) {
		(void)memcpy(more, sheet->blocks, sheet->count * sizeof(*more));
	}
	sheet->blocks = more;
	sheet->room = room;
}

static struct block *block_add(struct sheet *sheet, enum block_kind kind, int height)
{
	if (sheet->count == LAYOUT_BLOCKS_MAX && sheet->error == 0) {
		sheet->error = E_LIMIT;
	}
	if (sheet->error < 0) {
		return NULL;
	}
	if (sheet->count == sheet->room) {
		grow(sheet);
	}
	sheet->sizes[sheet->count].height = height;
	struct block *block = &sheet->blocks[sheet->count++];
	*block = (struct block) { .kind = kind, .pen = { DRAW_BODY, BODY_PT, CELL_PT } };
	return block;
}

static void keep_last(struct sheet *sheet)
{
	if (sheet->count > 0) {
		sheet->sizes[sheet->count - 1].keep_next = true;
	}
}

/* Lines of a text in a column so many points wide. */
static size_t lines_of(struct sheet *sheet, const struct pen *pen,
	const struct layout_paragraph *like, struct layout_line **ret_lines)
{
	struct layout_paragraph paragraph = *like;
	paragraph.measure = measure;
	paragraph.ctx = sheet;
	sheet->measure_face = pen->face;
	sheet->measure_size_pt = pen->size_pt;
	sheet->measure_cell_pt = pen->cell_pt;
	int count = sheet->error < 0 ? sheet->error
				     : layout_break(&paragraph, sheet->arena, ret_lines);
	if (count < 0) {
		sheet->error = count;
		return 0;
	}
	return (size_t)count;
}

/* One line, in the middle of the type area. */
static struct block *centred_put(
	struct sheet *sheet, const struct pen *pen, int height, const struct layout_line *line)
{
	struct block *block = block_add(sheet, BLOCK_LINE, height);
	if (block != NULL) {
		block->pen = *pen;
		block->line = *line;
		block->x_pt = (WIDTH_PT - line->width * pen->cell_pt / LAYOUT_CELL) / 2;
		keep_last(sheet);
	}
	return block;
}

/* ---- title */

static const struct pen title_pen = { DRAW_TITLE, TITLE_PT, TITLE_PT };

/* Width all lines would like: that of the text over the least number of lines. */
static int32_t title_width(struct sheet *sheet, struct slice text)
{
	struct layout_line *lines = NULL;
	struct layout_paragraph all = { .text = text, .width = 4096 * LAYOUT_CELL };
	size_t count = lines_of(sheet, &title_pen, &all, &lines);
	int32_t width = count > 0 ? lines[0].width : 0;
	int32_t least = (width + TITLE_CELLS * LAYOUT_CELL - 1) / (TITLE_CELLS * LAYOUT_CELL);
	if (least <= 1) {
		return TITLE_CELLS * LAYOUT_CELL;
	}
	/* Upper lines longer than the last: the trapezoid of the standard. */
	int32_t each = width / least + 2 * LAYOUT_CELL;
	return each < TITLE_CELLS * LAYOUT_CELL ? each : TITLE_CELLS * LAYOUT_CELL;
}

static void title_part(struct sheet *sheet, struct slice text)
{
	struct layout_line *lines = NULL;
	struct layout_paragraph part = { .text = text, .width = title_width(sheet, text) };
	size_t count = lines_of(sheet, &title_pen, &part, &lines);
	for (size_t i = 0; i < count; i++) {
		(void)centred_put(sheet, &title_pen, TITLE_LINE, &lines[i]);
	}
}

static void title_put(struct sheet *sheet, struct slice text)
{
	while (text.n > 0) {
		struct slice part;
		(void)slice_cut(text, '\n', &part, &text);
		title_part(sheet, part);
	}
	/* Back to the grid of the page, so that the text below stands on its 22 lines. */
	int32_t height = 0;
	for (size_t i = 0; i < sheet->count; i++) {
		height += sheet->sizes[i].height;
	}
	height = (LAYOUT_LINE - height % LAYOUT_LINE) % LAYOUT_LINE;
	(void)block_add(sheet, BLOCK_GAP, sheet->tight ? 0 : height);
}

/* ---- text */

static void paragraph_put(struct sheet *sheet, const struct form_block *said, struct slice text)
{
	struct layout_line *lines = NULL;
	struct layout_paragraph paragraph = { .text = text,
		.width = LAYOUT_COLUMNS * LAYOUT_CELL,
		.first_indent = said->indent * LAYOUT_CELL };
	struct pen pen = { said->face, BODY_PT, CELL_PT };
	size_t count = lines_of(sheet, &pen, &paragraph, &lines);
	for (size_t i = 0; i < count; i++) {
		struct block *block = block_add(sheet, BLOCK_LINE, LAYOUT_LINE);
		if (block != NULL) {
			block->pen = pen;
			block->line = lines[i];
			sheet->sizes[sheet->count - 1].keep_next = said->verb != FORM_TEXT;
		}
	}
}

/* Every line of the input is a paragraph of its own. */
static void text_put(struct sheet *sheet, const struct form_block *said)
{
	struct slice text = said->text[0];
	while (text.n > 0) {
		struct slice part;
		(void)slice_cut(text, '\n', &part, &text);
		part = slice_trim(part);
		if (part.n > 0) {
			paragraph_put(sheet, said, part);
		}
	}
}

static struct layout_line single(struct sheet *sheet, const struct pen *pen, struct slice text)
{
	struct layout_line *lines = NULL;
	struct layout_paragraph wide = { .text = text, .width = 4096 * LAYOUT_CELL };
	size_t count = lines_of(sheet, pen, &wide, &lines);
	return count > 0 ? lines[0] : (struct layout_line) { 0 };
}

static const struct pen body_pen = { DRAW_BODY, BODY_PT, CELL_PT };

static void right_put(struct sheet *sheet, struct slice text)
{
	struct layout_line *lines = NULL;
	struct layout_paragraph paragraph = { .text = text,
		.width = LAYOUT_COLUMNS * LAYOUT_CELL };
	size_t count = lines_of(sheet, &body_pen, &paragraph, &lines);
	for (size_t i = 0; i < count; i++) {
		struct block *block = block_add(sheet, BLOCK_LINE, LAYOUT_LINE);
		if (block != NULL) {
			block->line = lines[i];
			block->x_pt = WIDTH_PT - lines[i].width * CELL_PT / LAYOUT_CELL;
			block->x_pt = block->x_pt > 0 ? block->x_pt : 0;
		}
	}
}

/* Side by side where both fit, else one below the other. */
static void sides_put(struct sheet *sheet, struct slice left, struct slice right)
{
	struct layout_line at_left = single(sheet, &body_pen, left);
	struct layout_line at_right = single(sheet, &body_pen, right);
	bool both = right.n > 0 && at_left.width + at_right.width + LAYOUT_CELL <=
					   LAYOUT_COLUMNS * LAYOUT_CELL;
	if (both) {
		struct block *block = block_add(sheet, BLOCK_LINE, 0);
		if (block != NULL) {
			block->line = at_left;
			keep_last(sheet);
		}
	} else {
		struct form_block said = { .verb = FORM_HEADING, .count = 1, .text = { left } };
		text_put(sheet, &said);
	}
	if (right.n > 0) {
		right_put(sheet, right);
	}
}

/* As large as the line allows, to 42 pt. */
static void red_put(struct sheet *sheet, struct slice school, struct slice number)
{
	struct slice name = arena_printf(sheet->arena, "%.*s文件", SLICE_FMT(school));
	struct pen pen = { DRAW_TITLE, RED_PT, RED_PT };
	struct layout_line line = single(sheet, &pen, name);
	double width_pt = line.width * RED_PT / LAYOUT_CELL;
	if (width_pt > WIDTH_PT) {
		pen.size_pt = RED_PT * WIDTH_PT / width_pt;
		pen.cell_pt = pen.size_pt;
	}
	(void)block_add(sheet, BLOCK_GAP, 3000);
	struct block *block = centred_put(sheet, &pen, RED_LINE, &line);
	if (block != NULL) {
		block->red = true;
	}
	(void)block_add(sheet, BLOCK_GAP, 1000);
	line = single(sheet, &body_pen, number);
	(void)centred_put(sheet, &body_pen, LAYOUT_LINE, &line);
	(void)block_add(sheet, BLOCK_RULE, LAYOUT_LINE);
}

/* ---- tables */

static void field_put(
	struct sheet *sheet, struct field *field, struct slice text, const struct pen *pen)
{
	struct layout_line *lines = NULL;
	double inner = field->width_pt - 0.8 * pen->size_pt;
	struct layout_paragraph paragraph = { .text = text,
		.width = (int32_t)(inner / pen->cell_pt * LAYOUT_CELL) };
	paragraph.width = paragraph.width < 2 * LAYOUT_CELL ? 2 * LAYOUT_CELL : paragraph.width;
	field->count = lines_of(sheet, pen, &paragraph, &lines);
	field->lines = lines;
}

/* Part of a row: the lines from first on, at most ROW_LINES_MAX of each field. */
static struct block *row_part(
	struct sheet *sheet, const struct block *whole, size_t first, size_t last)
{
	size_t height = (size_t)sheet->row_margin + (size_t)sheet->row_line * (last - first);
	struct block *block = block_add(sheet, BLOCK_ROW, (int)height);
	if (block == NULL) {
		return NULL;
	}
	*block = *whole;
	for (unsigned i = 0; i < block->field_count; i++) {
		struct field *field = &block->fields[i];
		size_t from = first < field->count ? first : field->count;
		size_t to = last < field->count ? last : field->count;
		field->lines = field->lines != NULL ? field->lines + from : NULL;
		field->count = to - from;
	}
	return block;
}

static void cells_put(struct sheet *sheet, const struct form_block *said)
{
	double size_pt = said->count >= NARROW_FROM ? NARROW_PT : TABLE_PT;
	struct block row = { .kind = BLOCK_ROW, .field_count = said->count };
	size_t lines = said->height > 0 ? (size_t)said->height : 1;
	double at_pt = 0;
	row.pen = (struct pen) { DRAW_BODY, size_pt, size_pt };
	for (unsigned i = 0; i < said->count; i++) {
		struct field *field = &row.fields[i];
		bool label = (said->labels >> i & 1) != 0;
		struct pen pen = { label ? DRAW_HEADING : DRAW_BODY, size_pt, size_pt };
		field->x_pt = at_pt;
		field->width_pt = WIDTH_PT * said->share[i] / FORM_SHARE;
		field->face = pen.face;
		field->centred = label;
		at_pt += field->width_pt;
		field_put(sheet, field, said->text[i], &pen);
		lines = field->count > lines ? field->count : lines;
	}
	sheet->head = said->first ? NULL : sheet->head;
	for (size_t first = 0; first < lines && sheet->error == 0; first += ROW_LINES_MAX) {
		size_t last = lines - first > ROW_LINES_MAX ? first + ROW_LINES_MAX : lines;
		struct block *block = row_part(sheet, &row, first, last);
		if (block != NULL && sheet->head != NULL) {
			block->head = sheet->head;
			sheet->sizes[sheet->count - 1].head = sheet->head_height;
		}
		if (block != NULL && said->head) {
			keep_last(sheet);
			sheet->head_height = sheet->sizes[sheet->count - 1].height;
		}
	}
	if (said->head && sheet->count > 0) {
		sheet->head = &sheet->blocks[sheet->count - 1];
	}
}

/* ---- the end */

static void end_begins(struct sheet *sheet)
{
	sheet->sign_at = sheet->sign_at == SIZE_MAX ? sheet->count : sheet->sign_at;
}

static void sign_put(struct sheet *sheet, struct slice issuer, struct slice date)
{
	struct layout_line by = single(sheet, &body_pen, issuer);
	struct layout_line on = single(sheet, &body_pen, date);
	/* Date 4 from the right, the issuer centred above it; a long issuer 2 from the right. */
	int32_t middle = (LAYOUT_COLUMNS - 4) * LAYOUT_CELL - on.width / 2;
	int32_t most = (LAYOUT_COLUMNS - 2) * LAYOUT_CELL - by.width / 2;
	middle = middle < most ? middle : most;
	end_begins(sheet);
	if (by.width > (LAYOUT_COLUMNS - 2) * LAYOUT_CELL) {
		right_put(sheet, issuer);
	} else if (issuer.n > 0) {
		struct block *block = block_add(sheet, BLOCK_LINE, LAYOUT_LINE);
		if (block != NULL) {
			block->line = by;
			block->x_pt = (middle - by.width / 2) * CELL_PT / LAYOUT_CELL;
		}
	}
	struct block *block = block_add(sheet, BLOCK_LINE, LAYOUT_LINE);
	if (block != NULL) {
		double x_pt = (middle - on.width / 2) * CELL_PT / LAYOUT_CELL;
		block->line = on;
		block->x_pt = x_pt > 0 ? x_pt : 0;
	}
}

static void said_put(
	struct sheet *sheet, enum block_kind kind, int height, const struct form_block *said)
{
	struct block *block = block_add(sheet, kind, height);
	if (block != NULL) {
		block->said = said;
	}
}

static void form_put(struct sheet *sheet, const struct form_block *said)
{
	static const struct pen big = { DRAW_NUMBER, BIG_PT, BIG_PT };
	struct layout_line line = { 0 };
	switch (said->verb) {
	case FORM_SIDES:
		sides_put(sheet, said->text[0], said->text[1]);
		break;
	case FORM_RED_HEAD:
		red_put(sheet, said->text[0], said->text[1]);
		break;
	case FORM_TITLE:
		title_put(sheet, said->text[0]);
		break;
	case FORM_TEXT:
	case FORM_HEADING:
		text_put(sheet, said);
		break;
	case FORM_BLANK:
		end_begins(sheet);
		text_put(sheet, said);
		break;
	case FORM_CELLS:
		cells_put(sheet, said);
		break;
	case FORM_GAP:
		(void)block_add(sheet, BLOCK_GAP, said->height);
		break;
	case FORM_SIGN:
		sign_put(sheet, said->text[0], said->text[1]);
		break;
	case FORM_BIG:
		line = single(sheet, &big, said->text[0]);
		(void)centred_put(sheet, &big, BIG_LINE, &line);
		break;
	case FORM_CODE:
		said_put(sheet, BLOCK_CODE, CODE_LINES, said);
		break;
	case FORM_IMPRINT:
		end_begins(sheet);
		said_put(sheet, BLOCK_IMPRINT,
			IMPRINT_LINE * (said->text[0].n > 0 ? 2 : 1) + 300, said);
		break;
	case FORM_FOOT:
		end_begins(sheet);
		said_put(sheet, BLOCK_FOOT, FOOT_HEIGHT, said);
		break;
	}
}

void sheet_put(struct sheet *sheet, const struct form *form)
{
	sheet->tight = form->tight;
	sheet->row_line = form->dense ? DENSE_LINE : TABLE_LINE;
	sheet->row_margin = form->dense   ? DENSE_MARGIN
			    : form->tight ? TABLE_MARGIN_TIGHT
					  : TABLE_MARGIN;
	for (unsigned i = 0; i < form->count; i++) {
		form_put(sheet, &form->blocks[i]);
	}
}

/* The signature never stands alone on a page: two lines of text go with it. */
static void keep_end(struct sheet *sheet)
{
	size_t from = sheet->sign_at < sheet->count ? sheet->sign_at : sheet->count;
	unsigned lines = 0;
	while (from > 0 && lines < 2) {
		from--;
		lines += sheet->blocks[from].kind != BLOCK_GAP ? 1 : 0;
	}
	for (size_t i = from; i < sheet->count; i++) {
		sheet->sizes[i].keep_next = true;
	}
}

int sheet_pages(struct sheet *sheet)
{
	if (sheet->error < 0) {
		return sheet->error;
	}
	sheet->places = arena_take(sheet->arena, (sheet->count + 1) * sizeof(*sheet->places));
	keep_end(sheet);
	return layout_pages(sheet->sizes, sheet->count, PAGE_HEIGHT, sheet->places);
}
