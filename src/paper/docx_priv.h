/* SPDX-License-Identifier: Apache-2.0 */
/** The parts of a Word file beside the text; seen by docx.c and docx_parts.c. */
#pragma once

#include "base/slice.h"
#include "paper/draw.h"

struct arena;
struct buf;
struct draw_fonts;
struct form;
struct pack_part;

enum { DOCX_PICTURES_MAX = 4, DOCX_PARTS_MAX = 9 + DOCX_PICTURES_MAX };

/** rFonts of a face, all scripts named: Word must not choose another for quotation marks. */
void docx_fonts_put(struct buf *out, const struct draw_fonts *fonts, enum draw_face face);

/**
 * Everything but word/document.xml and the pictures, into parts.
 *
 * Shape:   pictures 1 … picture_count are word/media/codeN.png with the ids rPicN.
 * Returns: how many parts.
 */
unsigned docx_parts(const struct draw_fonts *fonts, const struct form *form,
	unsigned picture_count, struct arena *arena, struct pack_part *ret_parts);
