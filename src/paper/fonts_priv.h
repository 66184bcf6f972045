/* SPDX-License-Identifier: Apache-2.0 */
/** What fonts.c opens and draw.c writes with. */
#pragma once

#include <pango/pangocairo.h>

#include "paper/draw.h"

enum { PATHS_MAX = 12 };

struct draw_fonts {
	PangoFontMap *map;
	PangoContext *context;
	PangoFontDescription *face[DRAW_FACE_COUNT];
	char *word[DRAW_FACE_COUNT];
	char *paths[PATHS_MAX + 1];
};
