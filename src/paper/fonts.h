/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Fonts of papers: from fonts.json, so that a school puts its own 仿宋 and
 * 小标宋 in.
 *
 * Layer: paper.  Threading: one owner; Pango starts threads of its own.
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"
#include "paper/draw.h"

struct diag;
struct draw_fonts;

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

/**
 * Before the first PDF, not sooner: a worker may end over an upload before it makes any.  What is
 * usually drawn of a face that is dear to embed becomes a small face, in memory.  Papers look as
 * before; a face that cannot be cut, and a text with a character beyond the cut, are set whole.
 *
 * Shape:   after gb18030_init.  Takes about 0.2 s the first time, nothing later.  For one struct
 *          draw_fonts of a process: cairo remembers a face by its path, and here that is a
 *          descriptor's number.
 */
void draw_fonts_cut(struct draw_fonts *fonts);
struct draw_fonts *draw_fonts_destroy(struct draw_fonts *fonts);

/** Folders and files the fonts need behind the fence, one after the other; NULL at the end. */
const char *draw_fonts_path(const struct draw_fonts *fonts, unsigned index);

/** The name a Word file asks for: "word": {"body": "仿宋", …} of fonts.json, else the usual one. */
const char *draw_fonts_word(const struct draw_fonts *fonts, enum draw_face face);
