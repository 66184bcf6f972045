/* SPDX-License-Identifier: Apache-2.0 */
/* Ink for what sheet.c measured. */
#include "base/arena.h"
#include "paper/sheet.h"
#include "paper/sheet_priv.h"

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
	double line_pt = sheet->row_line * PITCH_PT / LAYOUT_LINE;
	double right_pt = LEFT_PT + WIDTH_PT;
	double size_pt = block->pen.size_pt;
	draw_rule(sheet->draw, LEFT_PT, top_pt, right_pt, top_pt, RULE_PT);
	draw_rule(sheet->draw, LEFT_PT, top_pt + height_pt, right_pt, top_pt + height_pt,
		RULE_PT);
	draw_rule(sheet->draw, right_pt, top_pt, right_pt, top_pt + height_pt, RULE_PT);
	for (unsigned i = 0; i < block->field_count; i++) {
		const struct field *field = &block->fields[i];
		struct pen pen = { field->face, size_pt, size_pt };
		double x_pt = LEFT_PT + field->x_pt;
		double y_pt = top_pt + (height_pt - (double)field->count * line_pt) / 2;
		draw_rule(sheet->draw, x_pt, top_pt, x_pt, top_pt + height_pt, RULE_PT);
		for (size_t j = 0; j < field->count; j++) {
			double width_pt = field->lines[j].width * size_pt / LAYOUT_CELL;
			double in_pt = field->centred ? (field->width_pt - width_pt) / 2
						      : 0.4 * size_pt;
			line_draw(sheet, &field->lines[j], &pen, x_pt + in_pt,
				baseline(y_pt + (double)j * line_pt, line_pt, size_pt));
		}
	}
}

/* From the bottom of the type area upwards. */
static double end_top(double height)
{
	return TOP_PT + HEIGHT_PT - height * PITCH_PT / LAYOUT_LINE;
}

static void foot_draw(struct sheet *sheet, const struct form_block *said)
{
	double top_pt = end_top(FOOT_HEIGHT);
	double side_pt = 20 * PT_PER_MM;
	double y_pt = top_pt + 24;
	struct draw_spot fit = { DRAW_BODY, FOOT_PT, LEFT_PT, y_pt, WIDTH_PT - side_pt - 9 };
	struct slice code =
		arena_printf(sheet->arena, "校验码：%.*s", SLICE_FMT(said->text[0]));
	draw_rule(sheet->draw, LEFT_PT, top_pt + 6, LEFT_PT + WIDTH_PT, top_pt + 6, 0.5);
	draw_text(sheet->draw, DRAW_HEADING, 12, LEFT_PT, y_pt, code);
	if (said->text[1].n > 0) {
		struct slice basis =
			arena_printf(sheet->arena, "依据：%.*s", SLICE_FMT(said->text[1]));
		y_pt += 18;
		fit.y_pt = y_pt;
		draw_fit(sheet->draw, &fit, basis);
	}
	y_pt += 15;
	fit.y_pt = y_pt;
	draw_fit(sheet->draw, &fit, said->text[2]);
	draw_code(
		sheet->draw, LEFT_PT + WIDTH_PT - side_pt, top_pt + 12, side_pt, said->text[3]);
}

/* GB/T 9704-2012 section 7.4: outer rules 0.35 mm, the inner one 0.25 mm. */
static void imprint_draw(struct sheet *sheet, const struct form_block *said)
{
	double line_pt = IMPRINT_LINE * PITCH_PT / LAYOUT_LINE;
	bool copies = said->text[0].n > 0;
	double top_pt = end_top(FOOT_HEIGHT + IMPRINT_LINE * (copies ? 2 : 1));
	double right_pt = LEFT_PT + WIDTH_PT;
	double inner_pt = WIDTH_PT - 2 * IMPRINT_PT;
	double outer_pt = 0.35 * PT_PER_MM;
	struct draw_spot spot = { DRAW_BODY, IMPRINT_PT, LEFT_PT + IMPRINT_PT,
		baseline(top_pt, line_pt, IMPRINT_PT), inner_pt };
	draw_rule(sheet->draw, LEFT_PT, top_pt, right_pt, top_pt, outer_pt);
	if (copies) {
		struct slice text =
			arena_printf(sheet->arena, "抄送：%.*s", SLICE_FMT(said->text[0]));
		draw_fit(sheet->draw, &spot, text);
		top_pt += line_pt;
		draw_rule(sheet->draw, LEFT_PT, top_pt, right_pt, top_pt, 0.25 * PT_PER_MM);
	}
	struct slice date = arena_printf(sheet->arena, "%.*s印发", SLICE_FMT(said->text[2]));
	double width_pt = draw_text_width(sheet->draw, DRAW_BODY, IMPRINT_PT, date);
	double y_pt = baseline(top_pt, line_pt, IMPRINT_PT);
	spot.y_pt = y_pt;
	spot.room_pt = inner_pt - width_pt - IMPRINT_PT;
	draw_fit(sheet->draw, &spot, said->text[1]);
	draw_text(sheet->draw, DRAW_BODY, IMPRINT_PT, right_pt - IMPRINT_PT - width_pt, y_pt,
		date);
	draw_rule(sheet->draw, LEFT_PT, top_pt + line_pt, right_pt, top_pt + line_pt, outer_pt);
}

static void block_draw(
	struct sheet *sheet, const struct block *block, int32_t at, int32_t height)
{
	double top_pt = TOP_PT + at * PITCH_PT / LAYOUT_LINE;
	double height_pt = (height > 0 ? height : LAYOUT_LINE) * PITCH_PT / LAYOUT_LINE;
	draw_red(sheet->draw, block->red || block->kind == BLOCK_RULE);
	switch (block->kind) {
	case BLOCK_LINE:
		line_draw(sheet, &block->line, &block->pen, LEFT_PT + block->x_pt,
			baseline(top_pt, height_pt, block->pen.size_pt));
		break;
	case BLOCK_ROW:
		row_draw(sheet, block, top_pt, height_pt);
		break;
	case BLOCK_RULE:
		/* 4 mm below the number */
		top_pt += 4 * PT_PER_MM;
		draw_rule(sheet->draw, LEFT_PT, top_pt, LEFT_PT + WIDTH_PT, top_pt, 1.5);
		break;
	case BLOCK_CODE:
		draw_code(sheet->draw, LEFT_PT + (WIDTH_PT - CODE_PT) / 2, top_pt, CODE_PT,
			block->said->text[0]);
		break;
	case BLOCK_IMPRINT:
		imprint_draw(sheet, block->said);
		break;
	case BLOCK_FOOT:
		foot_draw(sheet, block->said);
		break;
	case BLOCK_GAP:
		break;
	}
	draw_red(sheet->draw, false);
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

int sheet_draw(struct sheet *sheet)
{
	int pages = sheet_pages(sheet);
	uint32_t page = 0;
	for (size_t i = 0; i < sheet->count && pages > 0; i++) {
		const struct block *block = &sheet->blocks[i];
		const struct layout_place *place = &sheet->places[i];
		if (place->page != page) {
			number_draw(sheet, ++page);
			draw_page_end(sheet->draw);
		}
		if (place->headed && block->head != NULL) {
			int32_t height = sheet->sizes[i].head;
			block_draw(sheet, block->head, place->at - height, height);
		}
		block_draw(sheet, block, place->at, sheet->sizes[i].height);
	}
	if (pages > 0) {
		number_draw(sheet, ++page);
		draw_page_end(sheet->draw);
	}
	return pages;
}
