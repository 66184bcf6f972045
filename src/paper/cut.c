/* SPDX-License-Identifier: Apache-2.0 */
#include "paper/cut.h"

#include <hb-ot.h>
#include <hb-subset.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"
#include "sys/memfd.h"

/* Above this number fontconfig counts the instances of a variable font. */
enum { INDEX_MAX = 0xffff, ROWS_OCTETS_MAX = 64 * 1024 };

static const hb_tag_t table_cff = HB_TAG('C', 'F', 'F', ' ');
static const hb_tag_t table_gsub = HB_TAG('G', 'S', 'U', 'B');
static const hb_tag_t table_gpos = HB_TAG('G', 'P', 'O', 'S');

static void letters_add(hb_set_t *set)
{
	static const hb_codepoint_t ranges[][2] = {
		{ 0x20, 0x24f },    /* Latin, Pinyin among it */
		{ 0x300, 0x36f },   /* marks that combine */
		{ 0x391, 0x3c9 },   /* Greek */
		{ 0x2010, 0x22ff }, /* punctuation, number forms, arrows, signs */
		{ 0x2460, 0x249b }, /* ① to ⒛ */
		{ 0x25a0, 0x2667 }, /* boxes to tick */
		{ 0x3000, 0x301f }, { 0x3220, 0x3229 }, /* punctuation of Chinese, ㈠ to ㈩ */
		{ 0x338e, 0x33a1 },                     /* units: ㎡ */
		{ 0xff01, 0xff5e }, { 0xffe0, 0xffe5 }, /* full width */
	};
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		hb_set_add_range(set, ranges[i][0], ranges[i][1]);
	}
}

/* Rows 16 to 55 of GB 2312 are the common characters, by Pinyin; 56 to 87 the less common ones. */
static int han_add(hb_set_t *set, enum cut_part part)
{
	const unsigned from = part == CUT_COMMON ? 16 : 56;
	const unsigned to = part == CUT_COMMON ? 55 : 87;
	AUTO_BUF struct buf text;
	buf_init(&text, ROWS_OCTETS_MAX);
	int error = 0;
	for (unsigned row = from; row <= to && error >= 0; row++) {
		for (unsigned cell = 1; cell <= 94 && error >= 0; cell++) {
			const uint8_t octets[] = { (uint8_t)(0xa0 + row),
				(uint8_t)(0xa0 + cell) };
			error = gb18030_to_utf8(slice_of(octets, 2), &text);
		}
	}
	for (struct slice left = buf_slice(&text); left.n > 0;) {
		uint32_t point = 0;
		left = slice_skip(left, utf8_next(left, &point));
		/* A cell that was left empty is mapped to an area of private use. */
		if (point >= 0x4e00 && point <= 0x9fff) {
			hb_set_add(set, point);
		}
	}
	return error < 0 ? error : 0;
}

/* Does anything HarfBuzz does of itself to a line of Chinese look at one of the glyphs? */
static bool table_shapes(hb_face_t *face, hb_tag_t table, const hb_set_t *glyphs)
{
	static const hb_tag_t scripts[] = { HB_TAG('h', 'a', 'n', 'i'),
		HB_TAG('D', 'F', 'L', 'T'), 0 };
	static const hb_tag_t languages[] = { HB_TAG('Z', 'H', 'S', ' '),
		HB_TAG('d', 'f', 'l', 't'), 0 };
	static const hb_tag_t features[] = { HB_TAG('c', 'c', 'm', 'p'),
		HB_TAG('l', 'o', 'c', 'l'), HB_TAG('r', 'l', 'i', 'g'),
		HB_TAG('r', 'c', 'l', 't'), HB_TAG('c', 'a', 'l', 't'),
		HB_TAG('c', 'l', 'i', 'g'), HB_TAG('l', 'i', 'g', 'a'),
		HB_TAG('k', 'e', 'r', 'n'), HB_TAG('d', 'i', 's', 't'),
		HB_TAG('m', 'a', 'r', 'k'), HB_TAG('m', 'k', 'm', 'k'),
		HB_TAG('c', 'u', 'r', 's'), HB_TAG('a', 'b', 'v', 'm'),
		HB_TAG('b', 'l', 'w', 'm'), 0 };
	hb_set_t *lookups = hb_set_create();
	hb_set_t *seen = hb_set_create();
	hb_ot_layout_collect_lookups(face, table, scripts, languages, features, lookups);
	for (hb_codepoint_t i = HB_SET_VALUE_INVALID; hb_set_next(lookups, &i);) {
		hb_ot_layout_lookup_collect_glyphs(face, table, i, seen, seen, seen, NULL);
	}
	hb_set_intersect(seen, glyphs);
	bool shapes = !hb_set_is_empty(seen);
	hb_set_destroy(seen);
	hb_set_destroy(lookups);
	return shapes;
}

static bool han_shaped(hb_face_t *face, const hb_set_t *characters)
{
	hb_font_t *font = hb_font_create(face);
	hb_set_t *glyphs = hb_set_create();
	hb_codepoint_t glyph = 0;
	for (hb_codepoint_t c = HB_SET_VALUE_INVALID; hb_set_next(characters, &c);) {
		if (hb_font_get_nominal_glyph(font, c, &glyph)) {
			hb_set_add(glyphs, glyph);
		}
	}
	bool shaped = table_shapes(face, table_gsub, glyphs) ||
		      table_shapes(face, table_gpos, glyphs);
	hb_set_destroy(glyphs);
	hb_font_destroy(font);
	return shaped;
}

static bool has_table(hb_face_t *face, hb_tag_t tag)
{
	hb_blob_t *table = hb_face_reference_table(face, tag);
	bool has = hb_blob_get_length(table) > 0;
	hb_blob_destroy(table);
	return has;
}

static int cut_write(hb_face_t *face, const hb_subset_input_t *input, int *ret_fd)
{
	hb_face_t *cut = hb_subset_or_fail(face, input);
	if (cut == NULL) {
		return E_FORMAT;
	}
	hb_blob_t *file = hb_face_reference_blob(cut);
	unsigned n = 0;
	const char *octets = hb_blob_get_data(file, &n);
	int error = n > 0 ? memfd_of(slice_of(octets, n), ret_fd) : E_FORMAT;
	hb_blob_destroy(file);
	hb_face_destroy(cut);
	return error;
}

static int part_write(hb_face_t *face, enum cut_part part, int *ret_fd)
{
	hb_subset_input_t *input = hb_subset_input_create_or_fail();
	if (input == NULL) {
		return E_LIMIT;
	}
	hb_set_t *characters = hb_subset_input_unicode_set(input);
	int error = 0;
	/* Subroutines make a table small, but cairo takes all of them along with any glyph. */
	hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_DESUBROUTINIZE);
	if (part == CUT_LETTERS) {
		letters_add(characters);
	} else {
		hb_set_t *drop = hb_subset_input_set(input, HB_SUBSET_SETS_DROP_TABLE_TAG);
		hb_set_add(drop, table_gsub);
		hb_set_add(drop, table_gpos);
		error = han_add(characters, part);
		error = error == 0 && han_shaped(face, characters) ? E_UNSUPPORTED : error;
	}
	error = error < 0 ? error : cut_write(face, input, ret_fd);
	hb_subset_input_destroy(input);
	return error;
}

int cut_face(const char *path, unsigned index, enum cut_part part, int *ret_fd)
{
	hb_blob_t *file = index <= INDEX_MAX ? hb_blob_create_from_file_or_fail(path) : NULL;
	if (file == NULL) {
		return index <= INDEX_MAX ? E_FORMAT : E_UNSUPPORTED;
	}
	hb_face_t *face = hb_face_create(file, index);
	int error = has_table(face, table_cff) ? part_write(face, part, ret_fd) : E_UNSUPPORTED;
	hb_face_destroy(face);
	hb_blob_destroy(file);
	return error;
}
