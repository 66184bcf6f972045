/* SPDX-License-Identifier: Apache-2.0 */
#include "paper/fonts.h"

#include <errno.h>
#include <pango/pangofc-fontmap.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "paper/fonts_priv.h"

static const struct {
	const char *member;
	const char *family;
	const char *word;
} built_in[DRAW_FACE_COUNT] = {
	[DRAW_BODY] = { "body", "Noto Serif CJK SC", "仿宋" },
	[DRAW_TITLE] = { "title", "Noto Serif CJK SC Bold", "方正小标宋简体" },
	[DRAW_HEADING] = { "heading", "Noto Sans CJK SC", "黑体" },
	[DRAW_SUBHEADING] = { "subheading", "LXGW WenKai", "楷体" },
	[DRAW_NUMBER] = { "number", "Noto Serif CJK SC", "宋体" },
};

static int faces_read(struct draw_fonts *fonts, struct slice json, struct diag *diag)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	const struct json *root = NULL;
	int error = json.n > 0 ? json_parse(arena, json, 0, &root, diag) : 0;
	for (unsigned i = 0; i < DRAW_FACE_COUNT && error == 0; i++) {
		struct slice name = json_get_str(root, built_in[i].member);
		char *text = name.n > 0 ? arena_dup_str(arena, name) : NULL;
		fonts->face[i] = pango_font_description_from_string(
			text != NULL ? text : built_in[i].family);
		name = json_get_str(json_get(root, "word"), built_in[i].member);
		text = name.n > 0 ? arena_dup_str(arena, name) : NULL;
		fonts->word[i] = strdup(text != NULL ? text : built_in[i].word);
	}
	return error;
}

static void path_add(struct draw_fonts *fonts, const char *path)
{
	for (unsigned i = 0; i < PATHS_MAX && path != NULL; i++) {
		if (fonts->paths[i] == NULL) {
			fonts->paths[i] = strdup(path);
			return;
		}
		if (strcmp(fonts->paths[i], path) == 0) {
			return;
		}
	}
}

static void paths_collect(struct draw_fonts *fonts)
{
	FcStrList *lists[] = { FcConfigGetFontDirs(NULL), FcConfigGetCacheDirs(NULL) };
	for (unsigned i = 0; i < 2; i++) {
		for (FcChar8 *path = NULL;
			lists[i] != NULL && (path = FcStrListNext(lists[i])) != NULL;) {
			/* Sub-folders of a folder already in the list need no rule of their own. */
			bool below = false;
			for (unsigned j = 0; j < PATHS_MAX && fonts->paths[j] != NULL; j++) {
				below = below || slice_starts(slice_str((char *)path),
							 slice_str(fonts->paths[j]));
			}
			if (!below) {
				path_add(fonts, (char *)path);
			}
		}
		if (lists[i] != NULL) {
			FcStrListDone(lists[i]);
		}
	}
	path_add(fonts, "/etc/fonts");
	path_add(fonts, "/usr/share/fontconfig");
}

/* Shaping one line with every face opens its files and starts Pango's threads. */
static int warm(struct draw_fonts *fonts)
{
	PangoLayout *layout = pango_layout_new(fonts->context);
	int missing = 0;
	for (unsigned i = 0; i < DRAW_FACE_COUNT; i++) {
		pango_layout_set_font_description(layout, fonts->face[i]);
		pango_layout_set_text(layout, "网络安全，Aa09—（一）", -1);
		missing += pango_layout_get_unknown_glyphs_count(layout);
	}
	g_object_unref(layout);
	return missing > 0 ? E_ABSENT : 0;
}

/* A machine without fontconfig's files needs none: the fonts that are packed along are enough. */
static void config_begin(void)
{
	FcConfig *bare = access("/etc/fonts/fonts.conf", R_OK) < 0 ? FcConfigCreate() : NULL;
	if (bare != NULL) {
		(void)FcConfigSetCurrent(bare);
		FcConfigDestroy(bare);
	} else {
		(void)FcInit();
	}
}

int draw_fonts_create(struct slice json, const char *const *folders,
	struct draw_fonts **ret_fonts, struct diag *diag)
{
	struct draw_fonts *fonts = calloc(1, sizeof(*fonts));
	if (fonts == NULL) {
		return -ENOMEM;
	}
	int error = faces_read(fonts, json, diag);
	if (error < 0) {
		(void)draw_fonts_destroy(fonts);
		return error;
	}
	config_begin();
	for (; *folders != NULL; folders++) {
		(void)FcConfigAppFontAddDir(NULL, (const FcChar8 *)*folders);
		path_add(fonts, *folders);
	}
	paths_collect(fonts);
	*ret_fonts = fonts;
	return 0;
}

PangoFontMap *fonts_map(FcConfig *config, PangoContext **ret_context)
{
	cairo_font_options_t *exact = cairo_font_options_create();
	PangoFontMap *map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
	if (config != NULL) {
		pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map), config);
	}
	/* Without 72 a point is 4/3 of a point. */
	pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(map), 72);
	PangoContext *context = pango_font_map_create_context(map);
	cairo_font_options_set_hint_metrics(exact, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_hint_style(exact, CAIRO_HINT_STYLE_NONE);
	pango_cairo_context_set_font_options(context, exact);
	cairo_font_options_destroy(exact);
	pango_context_set_round_glyph_positions(context, FALSE);
	pango_context_set_language(context, pango_language_from_string("zh-cn"));
	*ret_context = context;
	return map;
}

int draw_fonts_open(struct draw_fonts *fonts, struct diag *diag)
{
	fonts->map = fonts_map(NULL, &fonts->context);
	int error = warm(fonts);
	return error < 0 ? diag_set(diag, error, 0, 0,
				   "no installed font has the Chinese characters needed")
			 : 0;
}

void fonts_said_forget(struct draw_fonts *fonts)
{
	for (unsigned i = 0; i <= SAID_MAX; i++) {
		g_clear_object(&fonts->said[i].layout);
	}
}

struct draw_fonts *draw_fonts_destroy(struct draw_fonts *fonts)
{
	if (fonts == NULL) {
		return NULL;
	}
	fonts_said_forget(fonts);
	fonts_cuts_close(&fonts->cuts);
	for (unsigned i = 0; i < DRAW_FACE_COUNT; i++) {
		pango_font_description_free(fonts->face[i]);
		free(fonts->word[i]);
	}
	for (unsigned i = 0; i < PATHS_MAX; i++) {
		free(fonts->paths[i]);
	}
	g_clear_object(&fonts->context);
	g_clear_object(&fonts->map);
	free(fonts);
	return NULL;
}

const char *draw_fonts_path(const struct draw_fonts *fonts, unsigned index)
{
	return index < PATHS_MAX ? fonts->paths[index] : NULL;
}

const char *draw_fonts_word(const struct draw_fonts *fonts, enum draw_face face)
{
	return fonts->word[face] != NULL ? fonts->word[face] : built_in[face].word;
}
