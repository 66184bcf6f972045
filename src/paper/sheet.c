/* SPDX-License-Identifier: Apache-2.0 */
#include "paper/sheet.h"

#include <errno.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "paper/layout.h"

/* GB/T 9704-2012 section 5.2.1: A4, 天头 37 mm, 订口 28 mm, 版心 156 × 225 mm. */
#define PT_PER_MM (72.0 / 25.4)
#define LEFT_PT (28 * PT_PER_MM)
#define TOP_PT (37 * PT_PER_MM)
#define WIDTH_PT (156 * PT_PER_MM)
#define HEIGHT_PT (225 * PT_PER_MM)
#define PITCH_PT (HEIGHT_PT / LAYOUT_ROWS)
#define CELL_PT (WIDTH_PT / LAYOUT_COLUMNS)
#define BODY_PT 16.0
#define TITLE_PT 22.0
#define TABLE_PT 12.0
#define FOOT_PT 9.0
#define RULE_PT 0.7

enum {
	PAGE_HEIGHT = LAYOUT_ROWS * LAYOUT_LINE,
	TITLE_LINE = 1250,
	TITLE_CELLS = 20,
	TABLE_LINE = 620,
	TABLE_MARGIN = 340, /* above and below the text of a row, together */
	ROW_LINES_MAX = 16, /* a longer row goes on in the next one */
	LABEL_CELLS = 6,
	FOOT_HEIGHT = 2600,
	ARENA_OCTETS = 64 * 1024 * 1024,
};

enum block_kind { BLOCK_GAP, BLOCK_LINE, BLOCK_ROW, BLOCK_FOOT };

/* A column of a ruled row. */
struct field {
	double x_pt;
	double width_pt;
	enum draw_face face;
	const struct layout_line *lines;
	size_t count;
	bool centred;
};

struct pen {
	enum draw_face face;
	double size_pt;
	double cell_pt;
};

struct block {
	enum block_kind kind;
	struct pen pen;
	double x_pt;
	struct layout_line line;
	struct field fields[4];
	unsigned field_count;
};

struct sheet {
	struct draw *draw;
	struct arena *arena;
	struct block *blocks;
	struct layout_block *sizes;
	size_t count;
	size_t sign_at; /* first block that stays with the end; SIZE_MAX = none */
	struct sheet_foot foot;
	enum draw_face measure_face;
	double measure_size_pt;
	double measure_cell_pt;
	int error;
};

static int32_t measure(void *ctx, struct slice run)
{
	struct sheet *sheet = ctx;
	double width =
		draw_text_width(sheet->draw, sheet->measure_face, sheet->measure_size_pt, run);
	return (int32_t)(width / sheet->measure_cell_pt * LAYOUT_CELL + 0.5);
}

int sheet_open(struct draw_fonts *fonts, const struct draw_about *about, struct buf *out,
	struct sheet **ret_sheet)
{
	struct sheet *sheet = calloc(1, sizeof(*sheet));
	int error = sheet == NULL ? -ENOMEM : draw_open(fonts, about, out, &sheet->draw);
	if (error < 0) {
		free(sheet);
		return error;
	}
	sheet->sign_at = SIZE_MAX;
	sheet->arena = arena_create(ARENA_OCTETS);
	sheet->blocks = arena_take(sheet->arena, LAYOUT_BLOCKS_MAX * sizeof(*sheet->blocks));
	sheet->sizes = arena_take(sheet->arena, LAYOUT_BLOCKS_MAX * sizeof(*sheet->sizes));
	*ret_sheet = sheet;
	return 0;
}

static struct block *block_add(struct sheet *sheet, enum block_kind kind, int height)
{
	if (sheet->count == LAYOUT_BLOCKS_MAX && sheet->error == 0) {
		sheet->error = E_LIMIT;
	}
	if (sheet->error < 0) {
		return NULL;
	}
	sheet->sizes[sheet->count].height = height;
	struct block *block = &sheet->blocks[sheet->count++];
	*block = (struct block) { .kind = kind, .pen = { DRAW_BODY, BODY_PT, CELL_PT } };
	return block;
}

/* Lines of a text in a column so many points wide. */
static size_t lines_of(struct sheet *sheet, enum draw_face face, double size_pt, double cell_pt,
	const struct layout_paragraph *like, struct layout_line **ret_lines)
{
	struct layout_paragraph paragraph = *like;
	paragraph.measure = measure;
	paragraph.ctx = sheet;
	sheet->measure_face = face;
	sheet->measure_size_pt = size_pt;
	sheet->measure_cell_pt = cell_pt;
	int count = sheet->error < 0 ? sheet->error
				     : layout_break(&paragraph, sheet->arena, ret_lines);
	if (count < 0) {
		sheet->error = count;
		return 0;
	}
	return (size_t)count;
}

void sheet_gap(struct sheet *sheet, int height)
{
	(void)block_add(sheet, BLOCK_GAP, height);
}

/* Width all lines would like: that of the text over the least number of lines. */
static int32_t title_width(struct sheet *sheet, struct slice text)
{
	struct layout_line *lines = NULL;
	struct layout_paragraph all = { .text = text, .width = 4096 * LAYOUT_CELL };
	size_t count = lines_of(sheet, DRAW_TITLE, TITLE_PT, TITLE_PT, &all, &lines);
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
	size_t count = lines_of(sheet, DRAW_TITLE, TITLE_PT, TITLE_PT, &part, &lines);
	for (size_t i = 0; i < count; i++) {
		struct block *block = block_add(sheet, BLOCK_LINE, TITLE_LINE);
		if (block != NULL) {
			block->pen = (struct pen) { DRAW_TITLE, TITLE_PT, TITLE_PT };
			block->line = lines[i];
			block->x_pt = (WIDTH_PT - lines[i].width * TITLE_PT / LAYOUT_CELL) / 2;
			sheet->sizes[sheet->count - 1].keep_next = true;
		}
	}
}

void sheet_title(struct sheet *sheet, struct slice text)
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
	sheet_gap(sheet, (LAYOUT_LINE - height % LAYOUT_LINE) % LAYOUT_LINE);
}

static void text_put(struct sheet *sheet, enum draw_face face, int first_cells,
	struct slice text, bool keep_next)
{
	struct layout_line *lines = NULL;
	struct layout_paragraph paragraph = { .text = text,
		.width = LAYOUT_COLUMNS * LAYOUT_CELL,
		.first_indent = first_cells * LAYOUT_CELL };
	size_t count = lines_of(sheet, face, BODY_PT, CELL_PT, &paragraph, &lines);
	for (size_t i = 0; i < count; i++) {
		struct block *block = block_add(sheet, BLOCK_LINE, LAYOUT_LINE);
		if (block != NULL) {
			block->pen.face = face;
			block->line = lines[i];
			sheet->sizes[sheet->count - 1].keep_next = keep_next;
		}
	}
}

void sheet_text(struct sheet *sheet, enum draw_face face, int first_cells, struct slice text)
{
	/* Every line of the input is a paragraph of its own. */
	while (text.n > 0) {
		struct slice part;
		(void)slice_cut(text, '\n', &part, &text);
		part = slice_trim(part);
		if (part.n > 0) {
			text_put(sheet, face, first_cells, part, false);
		}
	}
}

void sheet_heading(struct sheet *sheet, enum draw_face face, struct slice text)
{
	text_put(sheet, face, 2, text, true);
}

static struct layout_line single(struct sheet *sheet, struct slice text)
{
	struct layout_line *lines = NULL;
	struct layout_paragraph wide = { .text = text, .width = 4096 * LAYOUT_CELL };
	size_t count = lines_of(sheet, DRAW_BODY, BODY_PT, CELL_PT, &wide, &lines);
	return count > 0 ? lines[0] : (struct layout_line) { 0 };
}

void sheet_sides(struct sheet *sheet, struct slice left, struct slice right)
{
	struct layout_line at_left = single(sheet, left);
	struct layout_line at_right = single(sheet, right);
	int32_t room = LAYOUT_COLUMNS * LAYOUT_CELL - at_left.width;
	bool both = at_right.width + LAYOUT_CELL <= room;
	struct block *block =
		block_add(sheet, BLOCK_LINE, both && right.n > 0 ? 0 : LAYOUT_LINE);
	if (block != NULL) {
		block->line = at_left;
		sheet->sizes[sheet->count - 1].keep_next = true;
	}
	block = right.n > 0 ? block_add(sheet, BLOCK_LINE, LAYOUT_LINE) : NULL;
	if (block != NULL) {
		block->line = at_right;
		block->x_pt = WIDTH_PT - at_right.width * CELL_PT / LAYOUT_CELL;
	}
}

static void field_put(struct sheet *sheet, struct field *field, struct slice text, bool label)
{
	struct layout_line *lines = NULL;
	double inner = field->width_pt - 0.8 * TABLE_PT;
	struct layout_paragraph paragraph = { .text = text,
		.width = (int32_t)(inner / TABLE_PT * LAYOUT_CELL) };
	field->face = label ? DRAW_HEADING : DRAW_BODY;
	field->centred = label;
	field->count = lines_of(sheet, field->face, TABLE_PT, TABLE_PT, &paragraph, &lines);
	field->lines = lines;
}

/* Part of a row: the lines from first on, at most ROW_LINES_MAX of each field. */
static void row_part(struct sheet *sheet, const struct field *fields, unsigned count,
	size_t first, size_t last)
{
	size_t height = TABLE_MARGIN + TABLE_LINE * (last - first);
	struct block *block = block_add(sheet, BLOCK_ROW, (int)height);
	if (block == NULL) {
		return;
	}
	block->field_count = count;
	for (unsigned i = 0; i < count; i++) {
		block->fields[i] = fields[i];
		size_t from = first < fields[i].count ? first : fields[i].count;
		size_t to = last < fields[i].count ? last : fields[i].count;
		block->fields[i].lines =
			fields[i].lines != NULL ? fields[i].lines + from : NULL;
		block->fields[i].count = to - from;
	}
}

void sheet_row(struct sheet *sheet, struct slice label, struct slice value, struct slice label2,
	struct slice value2)
{
	struct field fields[4] = { 0 };
	bool two = label2.n > 0;
	double label_pt = LABEL_CELLS * TABLE_PT;
	double value_pt = two ? WIDTH_PT / 2 - label_pt : WIDTH_PT - label_pt;
	size_t lines = 1;
	fields[0] = (struct field) { .x_pt = 0, .width_pt = label_pt };
	fields[1] = (struct field) { .x_pt = label_pt, .width_pt = value_pt };
	fields[2] = (struct field) { .x_pt = WIDTH_PT / 2, .width_pt = label_pt };
	fields[3] = (struct field) { .x_pt = WIDTH_PT / 2 + label_pt, .width_pt = value_pt };
	field_put(sheet, &fields[0], label, true);
	field_put(sheet, &fields[1], value, false);
	if (two) {
		field_put(sheet, &fields[2], label2, true);
		field_put(sheet, &fields[3], value2, false);
	}
	for (unsigned i = 0; i < 4; i++) {
		lines = fields[i].count > lines ? fields[i].count : lines;
	}
	for (size_t first = 0; first < lines && sheet->error == 0; first += ROW_LINES_MAX) {
		size_t last = lines - first > ROW_LINES_MAX ? first + ROW_LINES_MAX : lines;
		row_part(sheet, fields, two ? 4 : 2, first, last);
	}
}

void sheet_box(struct sheet *sheet, struct slice label, int lines)
{
	struct field fields[2] = { { .width_pt = LABEL_CELLS * TABLE_PT },
		{ .x_pt = LABEL_CELLS * TABLE_PT,
			.width_pt = WIDTH_PT - LABEL_CELLS * TABLE_PT } };
	field_put(sheet, &fields[0], label, true);
	row_part(sheet, fields, 2, 0, (size_t)lines);
}

void sheet_sign(struct sheet *sheet, struct slice issuer, struct slice date)
{
	struct layout_line by = single(sheet, issuer);
	struct layout_line on = single(sheet, date);
	/* Date 4 from the right, the issuer centred above it; a long issuer 2 from the right. */
	int32_t middle = (LAYOUT_COLUMNS - 4) * LAYOUT_CELL - on.width / 2;
	int32_t most = (LAYOUT_COLUMNS - 2) * LAYOUT_CELL - by.width / 2;
	middle = middle < most ? middle : most;
	if (sheet->sign_at == SIZE_MAX) {
		sheet->sign_at = sheet->count;
	}
	struct block *block = issuer.n > 0 ? block_add(sheet, BLOCK_LINE, LAYOUT_LINE) : NULL;
	if (block != NULL) {
		block->line = by;
		block->x_pt = (middle - by.width / 2) * CELL_PT / LAYOUT_CELL;
	}
	block = block_add(sheet, BLOCK_LINE, LAYOUT_LINE);
	if (block != NULL) {
		block->line = on;
		block->x_pt = (middle - on.width / 2) * CELL_PT / LAYOUT_CELL;
	}
}

void sheet_foot(struct sheet *sheet, const struct sheet_foot *foot)
{
	if (sheet->sign_at == SIZE_MAX) {
		sheet->sign_at = sheet->count;
	}
	sheet->foot = *foot;
	(void)block_add(sheet, BLOCK_FOOT, FOOT_HEIGHT);
}

/* ---- drawing */

static void line_draw(struct sheet *sheet, const struct layout_line *line,
	const struct pen *pen, double x_pt, double baseline_pt)
{
	/* The glyph is a little wider than its cell, or narrower: centre it. */
	double centre_pt = (pen->cell_pt - pen->size_pt) / 2;
	for (size_t i = 0; i < line->count; i++) {
		const struct layout_token *token = &line->tokens[i];
		double at_pt = x_pt + centre_pt + token->at * pen->cell_pt / LAYOUT_CELL;
		draw_text(
			sheet->draw, pen->face, pen->size_pt, at_pt, baseline_pt, token->text);
	}
}

/* Where a line's baseline is when its glyphs stand in the middle of it. */
static double baseline(double top_pt, double height_pt, double size_pt)
{
	return top_pt + (height_pt - size_pt) / 2 + 0.88 * size_pt;
}

static void row_draw(
	struct sheet *sheet, const struct block *block, double top_pt, double height_pt)
{
	double line_pt = TABLE_LINE * PITCH_PT / LAYOUT_LINE;
	double right_pt = LEFT_PT + WIDTH_PT;
	draw_rule(sheet->draw, LEFT_PT, top_pt, right_pt, top_pt, RULE_PT);
	draw_rule(sheet->draw, LEFT_PT, top_pt + height_pt, right_pt, top_pt + height_pt,
		RULE_PT);
	draw_rule(sheet->draw, right_pt, top_pt, right_pt, top_pt + height_pt, RULE_PT);
	for (unsigned i = 0; i < block->field_count; i++) {
		const struct field *field = &block->fields[i];
		struct pen pen = { field->face, TABLE_PT, TABLE_PT };
		double x_pt = LEFT_PT + field->x_pt;
		double y_pt = top_pt + (height_pt - (double)field->count * line_pt) / 2;
		draw_rule(sheet->draw, x_pt, top_pt, x_pt, top_pt + height_pt, RULE_PT);
		for (size_t j = 0; j < field->count; j++) {
			double width_pt = field->lines[j].width * TABLE_PT / LAYOUT_CELL;
			double in_pt = field->centred ? (field->width_pt - width_pt) / 2
						      : 0.4 * TABLE_PT;
			line_draw(sheet, &field->lines[j], &pen, x_pt + in_pt,
				baseline(y_pt + (double)j * line_pt, line_pt, TABLE_PT));
		}
	}
}

static void foot_draw(struct sheet *sheet)
{
	double top_pt = TOP_PT + HEIGHT_PT - FOOT_HEIGHT * PITCH_PT / LAYOUT_LINE;
	double side_pt = 20 * PT_PER_MM;
	double y_pt = top_pt + 24;
	struct slice code =
		arena_printf(sheet->arena, "校验码：%.*s", SLICE_FMT(sheet->foot.check_code));
	draw_rule(sheet->draw, LEFT_PT, top_pt + 6, LEFT_PT + WIDTH_PT, top_pt + 6, 0.5);
	draw_text(sheet->draw, DRAW_HEADING, 12, LEFT_PT, y_pt, code);
	if (sheet->foot.basis.n > 0) {
		struct slice basis =
			arena_printf(sheet->arena, "依据：%.*s", SLICE_FMT(sheet->foot.basis));
		y_pt += 18;
		draw_text(sheet->draw, DRAW_BODY, FOOT_PT, LEFT_PT, y_pt, basis);
	}
	y_pt += 15;
	draw_text(sheet->draw, DRAW_BODY, FOOT_PT, LEFT_PT, y_pt, sheet->foot.hint);
	draw_code(sheet->draw, LEFT_PT + WIDTH_PT - side_pt, top_pt + 12, side_pt,
		sheet->foot.scan);
}

static void block_draw(
	struct sheet *sheet, const struct block *block, int32_t at, int32_t height)
{
	double top_pt = TOP_PT + at * PITCH_PT / LAYOUT_LINE;
	double height_pt = (height > 0 ? height : LAYOUT_LINE) * PITCH_PT / LAYOUT_LINE;
	if (block->kind == BLOCK_LINE) {
		line_draw(sheet, &block->line, &block->pen, LEFT_PT + block->x_pt,
			baseline(top_pt, height_pt, block->pen.size_pt));
	} else if (block->kind == BLOCK_ROW) {
		row_draw(sheet, block, top_pt, height_pt);
	} else if (block->kind == BLOCK_FOOT) {
		foot_draw(sheet);
	}
}

/* GB/T 9704-2012 section 7.5: 14 pt between dashes, 7 mm below the type area, outside. */
static void number_draw(struct sheet *sheet, unsigned page)
{
	const double size_pt = 14;
	struct slice text = arena_printf(sheet->arena, "—%u—", page);
	double width_pt = draw_text_width(sheet->draw, DRAW_NUMBER, size_pt, text);
	double x_pt =
		page % 2 == 1 ? LEFT_PT + WIDTH_PT - size_pt - width_pt : LEFT_PT + size_pt;
	draw_text(sheet->draw, DRAW_NUMBER, size_pt, x_pt,
		TOP_PT + HEIGHT_PT + 7 * PT_PER_MM + 0.88 * size_pt, text);
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

static int pages_draw(struct sheet *sheet)
{
	struct layout_place *places =
		arena_take(sheet->arena, (sheet->count + 1) * sizeof(*places));
	keep_end(sheet);
	int pages = layout_pages(sheet->sizes, sheet->count, PAGE_HEIGHT, places);
	uint32_t page = 0;
	for (size_t i = 0; i < sheet->count && pages > 0; i++) {
		if (places[i].page != page) {
			number_draw(sheet, ++page);
			draw_page_end(sheet->draw);
		}
		block_draw(sheet, &sheet->blocks[i], places[i].at, sheet->sizes[i].height);
	}
	if (pages > 0) {
		number_draw(sheet, ++page);
		draw_page_end(sheet->draw);
	}
	return pages;
}

int sheet_close(struct sheet *sheet)
{
	int pages = sheet->error < 0 ? sheet->error : pages_draw(sheet);
	int error = draw_close(sheet->draw);
	sheet->arena = arena_destroy(sheet->arena);
	free(sheet);
	return error < 0 ? error : pages;
}
