/* SPDX-License-Identifier: Apache-2.0 */
#include "paper/draw.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>
#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"

/* ISO 216 A4 at 72 points an inch. */
static const double a4_width_pt = 595.276;
static const double a4_height_pt = 841.890;

enum { PATHS_MAX = 12 };

struct draw_fonts {
	PangoFontMap *map;
	PangoContext *context;
	PangoFontDescription *face[DRAW_FACE_COUNT];
	char *paths[PATHS_MAX + 1];
};

struct draw {
	struct draw_fonts *fonts;
	struct buf *out;
	cairo_surface_t *surface;
	cairo_t *cairo;
	PangoContext *context;
	PangoLayout *layout;
};

static const struct {
	const char *member;
	const char *family;
} built_in[DRAW_FACE_COUNT] = {
	[DRAW_BODY] = { "body", "Noto Serif CJK SC" },
	[DRAW_TITLE] = { "title", "Noto Serif CJK SC Bold" },
	[DRAW_HEADING] = { "heading", "Noto Sans CJK SC" },
	[DRAW_SUBHEADING] = { "subheading", "LXGW WenKai" },
	[DRAW_NUMBER] = { "number", "Noto Serif CJK SC" },
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

int draw_fonts_open(struct draw_fonts *fonts, struct diag *diag)
{
	cairo_font_options_t *exact = cairo_font_options_create();
	fonts->map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
	/* Without 72 a point is 4/3 of a point. */
	pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(fonts->map), 72);
	fonts->context = pango_font_map_create_context(fonts->map);
	cairo_font_options_set_hint_metrics(exact, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_hint_style(exact, CAIRO_HINT_STYLE_NONE);
	pango_cairo_context_set_font_options(fonts->context, exact);
	cairo_font_options_destroy(exact);
	pango_context_set_round_glyph_positions(fonts->context, FALSE);
	pango_context_set_language(fonts->context, pango_language_from_string("zh-cn"));
	int error = warm(fonts);
	return error < 0 ? diag_set(diag, error, 0, 0,
				   "no installed font has the Chinese characters needed")
			 : 0;
}

struct draw_fonts *draw_fonts_destroy(struct draw_fonts *fonts)
{
	if (fonts == NULL) {
		return NULL;
	}
	for (unsigned i = 0; i < DRAW_FACE_COUNT; i++) {
		pango_font_description_free(fonts->face[i]);
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

static cairo_status_t on_octets(void *ctx, const unsigned char *octets, unsigned n)
{
	struct draw *draw = ctx;
	buf_put(draw->out, slice_of(octets, n));
	return draw->out->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void metadata_put(cairo_surface_t *surface, const struct draw_about *about)
{
	struct civil at = civil_of_ms(about->at_unix_ms, CIVIL_CHINA_OFFSET_MIN);
	char text[64];
	(void)snprintf(text, sizeof(text), "%04d-%02u-%02uT%02u:%02u:%02u+08:00", (int)at.year,
		at.month, at.day, at.hour, at.minute, at.second);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, about->title);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, about->author);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "fengsui");
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, text);
}

int draw_open(struct draw_fonts *fonts, const struct draw_about *about, struct buf *out,
	struct draw **ret_draw)
{
	struct draw *draw = calloc(1, sizeof(*draw));
	if (draw == NULL) {
		return -ENOMEM;
	}
	draw->fonts = fonts;
	draw->out = out;
	draw->surface =
		cairo_pdf_surface_create_for_stream(on_octets, draw, a4_width_pt, a4_height_pt);
	metadata_put(draw->surface, about);
	draw->cairo = cairo_create(draw->surface);
	draw->layout = pango_layout_new(fonts->context);
	*ret_draw = draw;
	return 0;
}

int draw_close(struct draw *draw)
{
	g_object_unref(draw->layout);
	cairo_destroy(draw->cairo);
	cairo_surface_finish(draw->surface);
	int error =
		cairo_surface_status(draw->surface) != CAIRO_STATUS_SUCCESS || draw->out->failed
			? E_LIMIT
			: 0;
	cairo_surface_destroy(draw->surface);
	free(draw);
	return error;
}

void draw_page_end(struct draw *draw)
{
	cairo_show_page(draw->cairo);
}

static PangoLayoutLine *line_of(
	struct draw *draw, enum draw_face face, double size_pt, struct slice text)
{
	PangoFontDescription *description =
		pango_font_description_copy_static(draw->fonts->face[face]);
	pango_font_description_set_absolute_size(description, size_pt * PANGO_SCALE);
	pango_layout_set_font_description(draw->layout, description);
	pango_font_description_free(description);
	pango_layout_set_single_paragraph_mode(draw->layout, TRUE);
	pango_layout_set_text(
		draw->layout, (const char *)text.p, text.n > 65536 ? 65536 : (int)text.n);
	return pango_layout_get_line_readonly(draw->layout, 0);
}

void draw_text(struct draw *draw, enum draw_face face, double size_pt, double x_pt, double y_pt,
	struct slice text)
{
	PangoLayoutLine *line = line_of(draw, face, size_pt, text);
	if (line != NULL) {
		cairo_move_to(draw->cairo, x_pt, y_pt);
		pango_cairo_show_layout_line(draw->cairo, line);
	}
}

double draw_text_width(
	struct draw *draw, enum draw_face face, double size_pt, struct slice text)
{
	PangoRectangle logical = { 0 };
	PangoLayoutLine *line = line_of(draw, face, size_pt, text);
	if (line != NULL) {
		pango_layout_line_get_extents(line, NULL, &logical);
	}
	return (double)logical.width / PANGO_SCALE;
}

void draw_rule(struct draw *draw, double x_pt, double y_pt, double to_x_pt, double to_y_pt,
	double width_pt)
{
	cairo_set_line_width(draw->cairo, width_pt);
	cairo_set_line_cap(draw->cairo, CAIRO_LINE_CAP_SQUARE);
	cairo_move_to(draw->cairo, x_pt, y_pt);
	cairo_line_to(draw->cairo, to_x_pt, to_y_pt);
	cairo_stroke(draw->cairo);
}

void draw_code(struct draw *draw, double x_pt, double y_pt, double side_pt, struct slice text)
{
	QRcode *code = text.n == 0 ? NULL
				   : QRcode_encodeData((int)slice_head(text, 1024).n, text.p, 0,
					     QR_ECLEVEL_M);
	if (code == NULL) {
		return;
	}
	double step = side_pt / code->width;
	for (int y = 0; y < code->width; y++) {
		for (int x = 0; x < code->width; x++) {
			if ((code->data[y * code->width + x] & 1) != 0) {
				cairo_rectangle(draw->cairo, x_pt + x * step, y_pt + y * step,
					step, step);
			}
		}
	}
	/* One fill: neighbours without hairlines between them. */
	cairo_set_antialias(draw->cairo, CAIRO_ANTIALIAS_NONE);
	cairo_fill(draw->cairo);
	cairo_set_antialias(draw->cairo, CAIRO_ANTIALIAS_DEFAULT);
	QRcode_free(code);
}
