/* SPDX-License-Identifier: Apache-2.0 */
#include "paper/draw.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <pango/pangocairo.h>
#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/civil.h"
#include "base/err.h"
#include "paper/fonts_priv.h"

/* ISO 216 A4 at 72 points an inch. */
static const double a4_width_pt = 595.276;
static const double a4_height_pt = 841.890;

enum { TEXT_OCTETS = 65536, SAID_OCTETS = 64 /* of a text worth keeping */ };

struct draw {
	struct draw_fonts *fonts;
	struct buf *out;
	cairo_surface_t *surface;
	cairo_t *cairo;
};

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
	*ret_draw = draw;
	return 0;
}

int draw_close(struct draw *draw)
{
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

static PangoLayout *layout_of(
	const struct draw_fonts *fonts, enum draw_face face, double size_pt, struct slice text)
{
	const PangoFontDescription *like = NULL;
	PangoLayout *layout = pango_layout_new(fonts_choose(fonts, face, text, &like));
	PangoFontDescription *description = pango_font_description_copy_static(like);
	pango_font_description_set_absolute_size(description, size_pt * PANGO_SCALE);
	pango_layout_set_font_description(layout, description);
	pango_font_description_free(description);
	pango_layout_set_single_paragraph_mode(layout, TRUE);
	pango_layout_set_text(layout, (const char *)text.p, (int)text.n);
	return layout;
}

/* FNV-1a.  One place each: whoever finds texts that meet there wins a miss. */
static size_t place_of(enum draw_face face, double size_pt, struct slice text)
{
	uint64_t hash = 0xcbf29ce484222325U ^ (uint64_t)face ^ (uint64_t)(size_pt * 64) << 8;
	for (size_t i = 0; i < text.n; i++) {
		hash = (hash ^ text.p[i]) * 0x100000001b3U;
	}
	return text.n > SAID_OCTETS ? SAID_MAX : (size_t)((hash ^ hash >> 32) % SAID_MAX);
}

static PangoLayoutLine *line_of(
	struct draw *draw, enum draw_face face, double size_pt, struct slice text)
{
	text = slice_head(text, TEXT_OCTETS);
	struct said *said = &draw->fonts->said[place_of(face, size_pt, text)];
	bool same = said->layout != NULL && said->face == face && said->size_pt == size_pt &&
		    slice_eq(slice_of(pango_layout_get_text(said->layout), said->n), text);
	if (!same) {
		g_clear_object(&said->layout);
		*said = (struct said) { layout_of(draw->fonts, face, size_pt, text), face,
			size_pt, text.n };
	}
	return pango_layout_get_line_readonly(said->layout, 0);
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

void draw_fit(struct draw *draw, const struct draw_spot *spot, struct slice text)
{
	double width_pt = draw_text_width(draw, spot->face, spot->size_pt, text);
	double size_pt = width_pt > spot->room_pt ? spot->size_pt * spot->room_pt / width_pt
						  : spot->size_pt;
	draw_text(draw, spot->face, size_pt, spot->x_pt, spot->y_pt, text);
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

void draw_red(struct draw *draw, bool red)
{
	cairo_set_source_rgb(draw->cairo, red ? 0.8 : 0, 0, 0);
}

/* Modules as one path: neighbours without hairlines between them, those of a row as one rectangle. */
static void modules_fill(cairo_t *cairo, const QRcode *code, double x, double y, double step)
{
	for (int row = 0; row < code->width; row++) {
		const unsigned char *data = code->data + row * code->width;
		for (int from = 0, to = 0; from < code->width; from = to + 1) {
			for (to = from; to < code->width && (data[to] & 1) != 0;) {
				to++;
			}
			if (to > from) {
				cairo_rectangle(cairo, x + from * step, y + row * step,
					(to - from) * step, step);
			}
		}
	}
	cairo_set_antialias(cairo, CAIRO_ANTIALIAS_NONE);
	cairo_fill(cairo);
	cairo_set_antialias(cairo, CAIRO_ANTIALIAS_DEFAULT);
}

static QRcode *code_of(struct slice text)
{
	return text.n == 0 ? NULL
			   : QRcode_encodeData(
				     (int)slice_head(text, 1024).n, text.p, 0, QR_ECLEVEL_M);
}

void draw_code(struct draw *draw, double x_pt, double y_pt, double side_pt, struct slice text)
{
	QRcode *code = code_of(text);
	if (code != NULL) {
		modules_fill(draw->cairo, code, x_pt, y_pt, side_pt / code->width);
		QRcode_free(code);
	}
}

static cairo_status_t on_png(void *ctx, const unsigned char *octets, unsigned n)
{
	buf_put(ctx, slice_of(octets, n));
	return CAIRO_STATUS_SUCCESS;
}

void draw_code_png(struct slice text, unsigned scale, struct buf *out)
{
	QRcode *code = code_of(text);
	if (code == NULL) {
		return;
	}
	int side = code->width * (int)scale;
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, side, side);
	cairo_t *cairo = cairo_create(surface);
	cairo_set_source_rgb(cairo, 1, 1, 1);
	cairo_paint(cairo);
	cairo_set_source_rgb(cairo, 0, 0, 0);
	modules_fill(cairo, code, 0, 0, scale);
	cairo_destroy(cairo);
	(void)cairo_surface_write_to_png_stream(surface, on_png, out);
	cairo_surface_destroy(surface);
	QRcode_free(code);
}
