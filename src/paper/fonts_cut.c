/* SPDX-License-Identifier: Apache-2.0 */
/* Faces cut down to what papers are made of. */
#include <pango/pangofc-fontmap.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "paper/fonts.h"
#include "paper/fonts_priv.h"

/* Where a face comes from, as fontconfig says it. */
struct origin {
	const char *path;
	int index;
	bool plain; /* drawn as it is: neither slanted nor made bold by machine */
};

static struct origin origin_of(FcPattern *pattern)
{
	struct origin origin = { .path = "", .plain = true };
	FcChar8 *path = NULL;
	FcMatrix *matrix = NULL;
	FcBool bold = FcFalse;
	if (FcPatternGetString(pattern, FC_FILE, 0, &path) == FcResultMatch) {
		origin.path = (const char *)path;
	}
	(void)FcPatternGetInteger(pattern, FC_INDEX, 0, &origin.index);
	(void)FcPatternGetBool(pattern, FC_EMBOLDEN, 0, &bold);
	(void)FcPatternGetMatrix(pattern, FC_MATRIX, 0, &matrix);
	origin.plain = bold == FcFalse && matrix == NULL && origin.index >= 0;
	return origin;
}

/* The part under a name of ours, so that no other face is mistaken for it. */
static bool part_add(struct cuts *cuts, const struct origin *origin, enum cut_part part,
	const char *family, FcCharSet *holds)
{
	char path[64];
	int fd = -1;
	if (cut_face(origin->path, (unsigned)origin->index, part, &fd) < 0) {
		return false;
	}
	cuts->fds[cuts->count++] = fd;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	FcFontSet *set = FcConfigAppFontAddFile(cuts->config, (const FcChar8 *)path)
				 ? FcConfigGetFonts(cuts->config, FcSetApplication)
				 : NULL;
	if (set == NULL || set->nfont == 0) {
		return false;
	}
	FcPattern *added = set->fonts[set->nfont - 1];
	FcCharSet *characters = NULL;
	(void)FcPatternDel(added, FC_FAMILY);
	(void)FcPatternDel(added, FC_FAMILYLANG);
	return FcPatternAddString(added, FC_FAMILY, (const FcChar8 *)family) &&
	       FcPatternGetCharSet(added, FC_CHARSET, 0, &characters) == FcResultMatch &&
	       FcCharSetMerge(holds, characters, NULL);
}

/* All parts or none: no text is set half in a face that could not be cut. */
static void face_cut(struct draw_fonts *fonts, unsigned i, const struct origin *origin)
{
	struct cuts *cuts = &fonts->cuts;
	char family[32];
	FcCharSet *holds = FcCharSetCreate();
	(void)snprintf(family, sizeof(family), "fengsui-%u", i);
	if (origin->plain && part_add(cuts, origin, CUT_COMMON, family, holds) &&
		part_add(cuts, origin, CUT_RARER, family, holds) &&
		part_add(cuts, origin, CUT_LETTERS, family, holds)) {
		cuts->face[i] = pango_font_description_copy(fonts->face[i]);
		pango_font_description_set_family(cuts->face[i], family);
		cuts->holds[i] = FcCharSetCopy(holds);
	}
	FcCharSetDestroy(holds);
}

static FcPattern *pattern_of(const struct draw_fonts *fonts, unsigned i)
{
	PangoFont *font = pango_font_map_load_font(fonts->map, fonts->context, fonts->face[i]);
	FcPattern *pattern =
		font != NULL ? pango_fc_font_get_pattern(PANGO_FC_FONT(font)) : NULL;
	if (pattern != NULL) {
		FcPatternReference(pattern);
	}
	g_clear_object(&font);
	return pattern;
}

/* Several kinds of text may be set in one face: it is cut once. */
static void faces_cut(struct draw_fonts *fonts, FcPattern *const patterns[DRAW_FACE_COUNT])
{
	struct cuts *cuts = &fonts->cuts;
	struct origin origins[DRAW_FACE_COUNT];
	for (unsigned i = 0; i < DRAW_FACE_COUNT; i++) {
		unsigned j = 0;
		origins[i] = patterns[i] != NULL ? origin_of(patterns[i])
						 : (struct origin) { "", 0, false };
		while (j < i && (strcmp(origins[j].path, origins[i].path) != 0 ||
					origins[j].index != origins[i].index ||
					origins[j].plain != origins[i].plain)) {
			j++;
		}
		if (j == i) {
			face_cut(fonts, i, &origins[i]);
		} else if (cuts->face[j] != NULL) {
			cuts->face[i] = pango_font_description_copy(cuts->face[j]);
			cuts->holds[i] = FcCharSetCopy(cuts->holds[j]);
		}
	}
}

void draw_fonts_cut(struct draw_fonts *fonts)
{
	struct cuts *cuts = &fonts->cuts;
	FcPattern *patterns[DRAW_FACE_COUNT] = { 0 };
	if (fonts->cut) {
		return;
	}
	fonts->cut = true;
	cuts->config = FcConfigCreate();
	for (unsigned i = 0; i < DRAW_FACE_COUNT; i++) {
		patterns[i] = pattern_of(fonts, i);
	}
	if (cuts->config != NULL) {
		faces_cut(fonts, patterns);
		cuts->map = fonts_map(cuts->config, &cuts->context);
		fonts_said_forget(fonts);
	}
	for (unsigned i = 0; i < DRAW_FACE_COUNT; i++) {
		if (patterns[i] != NULL) {
			FcPatternDestroy(patterns[i]);
		}
	}
}

static bool holds_all(const FcCharSet *holds, struct slice text)
{
	bool all = true;
	while (text.n > 0 && all) {
		uint32_t point = 0;
		unsigned n = utf8_next(text, &point);
		all = n > 0 && FcCharSetHasChar(holds, point);
		text = slice_skip(text, n);
	}
	return all;
}

PangoContext *fonts_choose(const struct draw_fonts *fonts, enum draw_face face,
	struct slice text, const PangoFontDescription **ret_description)
{
	const struct cuts *cuts = &fonts->cuts;
	bool cut = cuts->face[face] != NULL && holds_all(cuts->holds[face], text);
	*ret_description = cut ? cuts->face[face] : fonts->face[face];
	return cut ? cuts->context : fonts->context;
}

void fonts_cuts_close(struct cuts *cuts)
{
	for (unsigned i = 0; i < DRAW_FACE_COUNT; i++) {
		pango_font_description_free(cuts->face[i]);
		if (cuts->holds[i] != NULL) {
			FcCharSetDestroy(cuts->holds[i]);
		}
	}
	g_clear_object(&cuts->context);
	g_clear_object(&cuts->map);
	if (cuts->config != NULL) {
		FcConfigDestroy(cuts->config);
	}
	for (unsigned i = 0; i < cuts->count; i++) {
		(void)close(cuts->fds[i]);
	}
	*cuts = (struct cuts) { 0 };
}
