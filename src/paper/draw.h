/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Ink: text by its baseline, rules and codes on A4 pages of one PDF.  Fonts
 * come from fonts.json, so that a school puts its own 仿宋 and 小标宋 in.
 *
 * Layer: paper.  Threading: one owner; Pango starts threads of its own.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct buf;
struct diag;
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

/**
 * Find the fonts; starts no thread.
 *
 * Shape:   json is {"body": "Noto Serif CJK SC", "title": "Noto Serif CJK SC Bold", "heading": …,
 *          "subheading": …, "number": …}, each a family with an optional style; absent members
 *          and an empty json keep the built-in choice.  folders hold font files beside the
 *          machine's, NULL at the end.
 * Owns:    *ret_fonts; release with draw_fonts_destroy.
 * Returns: 0, as json_parse with diag, or -ENOMEM.
 */
NODISCARD int draw_fonts_create(struct slice json, const char *const *folders,
	struct draw_fonts **ret_fonts, struct diag *diag);

/**
 * Open them; starts Pango's threads, so it comes behind the file fence and before the fence of calls.
 *
 * Returns: 0, or E_ABSENT with diag when no font has Chinese characters.
 */
NODISCARD int draw_fonts_open(struct draw_fonts *fonts, struct diag *diag);
struct draw_fonts *draw_fonts_destroy(struct draw_fonts *fonts);

/** Folders and files the fonts need behind the fence, one after the other; NULL at the end. */
const char *draw_fonts_path(const struct draw_fonts *fonts, unsigned index);

/** A new PDF into out.  Returns: 0 or -ENOMEM.  Owns: *ret_draw; end it with draw_close. */
NODISCARD int draw_open(struct draw_fonts *fonts, const struct draw_about *about,
	struct buf *out, struct draw **ret_draw);
/** Returns: 0, or E_LIMIT when out was full. */
NODISCARD int draw_close(struct draw *draw);

void draw_page_end(struct draw *draw);
/** Points; y is the baseline, from the paper's top left. */
void draw_text(struct draw *draw, enum draw_face face, double size_pt, double x_pt, double y_pt,
	struct slice text);
/** Advance in points. */
double draw_text_width(
	struct draw *draw, enum draw_face face, double size_pt, struct slice text);
void draw_rule(struct draw *draw, double x_pt, double y_pt, double to_x_pt, double to_y_pt,
	double width_pt);
/** A QR code (ISO/IEC 18004, level M) of the text in a square; nothing when the text is too long. */
void draw_code(struct draw *draw, double x_pt, double y_pt, double side_pt, struct slice text);
