/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Ink: text by its baseline, rules and codes on A4 pages of one PDF, in the
 * fonts of paper/fonts.h.
 *
 * Layer: paper.  Threading: one owner; Pango starts threads of its own.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct buf;
struct draw_fonts;
struct draw;

enum draw_face {
	DRAW_BODY,       /* 仿宋 */
	DRAW_TITLE,      /* 小标宋 */
	DRAW_HEADING,    /* 黑体: 一、 */
	DRAW_SUBHEADING, /* 楷体: （一） */
	DRAW_NUMBER,     /* page numbers */
	DRAW_FACE_COUNT,
};

/** What the PDF says of itself; nothing else in it depends on the moment. */
struct draw_about {
	const char *title;
	const char *author;
	int64_t at_unix_ms;
};

/** A new PDF into out.  Returns: 0 or -ENOMEM.  Owns: *ret_draw; end it with draw_close. */
NODISCARD int draw_open(struct draw_fonts *fonts, const struct draw_about *about,
	struct buf *out, struct draw **ret_draw);
/** Returns: 0, or E_LIMIT when out was full. */
NODISCARD int draw_close(struct draw *draw);

/** What follows is red, as the head of a numbered paper is, or black again. */
void draw_red(struct draw *draw, bool red);
void draw_page_end(struct draw *draw);
/** Points; y is the baseline, from the paper's top left. */
void draw_text(struct draw *draw, enum draw_face face, double size_pt, double x_pt, double y_pt,
	struct slice text);
struct draw_spot {
	enum draw_face face;
	double size_pt;
	double x_pt;
	double y_pt;
	double room_pt;
};

/** As draw_text, smaller where the text is wider than there is room. */
void draw_fit(struct draw *draw, const struct draw_spot *spot, struct slice text);
/** Advance in points. */
double draw_text_width(
	struct draw *draw, enum draw_face face, double size_pt, struct slice text);
void draw_rule(struct draw *draw, double x_pt, double y_pt, double to_x_pt, double to_y_pt,
	double width_pt);
/** A QR code (ISO/IEC 18004, level M) of the text in a square; nothing when the text is too long. */
void draw_code(struct draw *draw, double x_pt, double y_pt, double side_pt, struct slice text);
/** The same as a PNG of so many pixels for each module of the code; nothing when the text is too long. */
void draw_code_png(struct slice text, unsigned scale, struct buf *out);
