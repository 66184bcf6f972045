/* SPDX-License-Identifier: Apache-2.0 */
/** What fonts.c opens, fonts_cut.c cuts down and draw.c writes with. */
#pragma once

#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include <stdbool.h>

#include "paper/cut.h"
#include "paper/draw.h"

enum { PATHS_MAX = 12, SAID_MAX = 4096, CUTS_MAX = DRAW_FACE_COUNT * CUT_PART_COUNT };

/* A text once laid out; most of a paper are single characters that come again and again. */
struct said {
	PangoLayout *layout; /* NULL = nothing yet */
	enum draw_face face;
	double size_pt;
	size_t n;
};

/* Faces that were cut down, in a configuration of their own that knows nothing else. */
struct cuts {
	FcConfig *config;
	PangoFontMap *map;
	PangoContext *context;
	PangoFontDescription *face[DRAW_FACE_COUNT]; /* NULL = not cut */
	FcCharSet *holds[DRAW_FACE_COUNT];
	int fds[CUTS_MAX];
	unsigned count;
};

struct draw_fonts {
	PangoFontMap *map;
	PangoContext *context;
	PangoFontDescription *face[DRAW_FACE_COUNT];
	char *word[DRAW_FACE_COUNT];
	char *paths[PATHS_MAX + 1];
	struct cuts cuts;
	bool cut;
	struct said
		said[SAID_MAX + 1]; /* by their hash; the last for a text too long to keep */
};

/** A map of its own in the configuration, NULL = the machine's, that draws as papers are drawn. */
PangoFontMap *fonts_map(FcConfig *config, PangoContext **ret_context);
/** The face to set a text in: the cut when it has every character. */
PangoContext *fonts_choose(const struct draw_fonts *fonts, enum draw_face face,
	struct slice text, const PangoFontDescription **ret_description);
void fonts_cuts_close(struct cuts *cuts);
/** What was laid out before is laid out anew. */
void fonts_said_forget(struct draw_fonts *fonts);
