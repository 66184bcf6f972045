/* SPDX-License-Identifier: Apache-2.0 */
/* Faces cut down, beside the whole ones they are made of. */
#include "paper/cut.h"

#include <fcntl.h>
#include <fontconfig/fontconfig.h>
#include <hb-ot.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/utf8.h"

const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\n";
}

/* The file of a family. */
static void face_find(const char *name, char ret_path[512], int *ret_index)
{
	FcPattern *wanted = FcNameParse((const FcChar8 *)name);
	FcResult result = FcResultMatch;
	FcChar8 *path = NULL;
	assert_true(FcConfigSubstitute(NULL, wanted, FcMatchPattern));
	FcDefaultSubstitute(wanted);
	FcPattern *found = FcFontMatch(NULL, wanted, &result);
	assert_non_null(found);
	assert_int_equal(FcPatternGetString(found, FC_FILE, 0, &path), FcResultMatch);
	assert_int_equal(FcPatternGetInteger(found, FC_INDEX, 0, ret_index), FcResultMatch);
	(void)snprintf(ret_path, 512, "%s", (const char *)path);
	FcPatternDestroy(found);
	FcPatternDestroy(wanted);
}

static hb_font_t *font_open(const char *path, unsigned index)
{
	hb_blob_t *file = hb_blob_create_from_file_or_fail(path);
	assert_non_null(file);
	hb_face_t *face = hb_face_create(file, index);
	hb_font_t *font = hb_font_create(face);
	hb_face_destroy(face);
	hb_blob_destroy(file);
	return font;
}

/* Every character of the cut: how far it goes on, and the box its outline fills. */
static unsigned characters_compare(hb_font_t *whole, hb_font_t *cut)
{
	hb_set_t *characters = hb_set_create();
	hb_face_collect_unicodes(hb_font_get_face(cut), characters);
	for (hb_codepoint_t c = HB_SET_VALUE_INVALID; hb_set_next(characters, &c);) {
		hb_codepoint_t glyph[2] = { 0 };
		hb_glyph_extents_t box[2];
		(void)memset(box, 0, sizeof(box));
		assert_true(hb_font_get_nominal_glyph(whole, c, &glyph[0]));
		assert_true(hb_font_get_nominal_glyph(cut, c, &glyph[1]));
		assert_int_equal(hb_font_get_glyph_h_advance(whole, glyph[0]),
			hb_font_get_glyph_h_advance(cut, glyph[1]));
		(void)hb_font_get_glyph_extents(whole, glyph[0], &box[0]);
		(void)hb_font_get_glyph_extents(cut, glyph[1], &box[1]);
		if (memcmp(&box[0], &box[1], sizeof(box[0])) != 0) {
			fail_msg("U+%04X fills another box", c);
		}
	}
	unsigned count = hb_set_get_population(characters);
	hb_set_destroy(characters);
	return count;
}

static void test_same(void **state)
{
	static const struct {
		const char *name;
		enum cut_part part;
		unsigned least;
		unsigned most;
	} cases[] = {
		{ "Noto Serif CJK SC", CUT_COMMON, 3755, 3755 },
		{ "Noto Serif CJK SC", CUT_RARER, 3008, 3008 },
		{ "Noto Serif CJK SC", CUT_LETTERS, 400, 1500 },
		{ "Noto Serif CJK SC:bold", CUT_COMMON, 3755, 3755 },
		{ "Noto Sans CJK SC", CUT_RARER, 3008, 3008 },
		{ "Noto Sans CJK SC", CUT_LETTERS, 400, 1500 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char path[512];
		char cut_path[64];
		int index = 0;
		int fd = -1;
		face_find(cases[i].name, path, &index);
		assert_int_equal(cut_face(path, (unsigned)index, cases[i].part, &fd), 0);
		(void)snprintf(cut_path, sizeof(cut_path), "/proc/self/fd/%d", fd);
		assert_true(lseek(fd, 0, SEEK_END) < 4 * 1024 * 1024);
		hb_font_t *whole = font_open(path, (unsigned)index);
		hb_font_t *cut = font_open(cut_path, 0);
		unsigned count = characters_compare(whole, cut);
		assert_in_range(count, cases[i].least, cases[i].most);
		hb_font_destroy(whole);
		hb_font_destroy(cut);
		(void)close(fd);
	}
}

/* The first octets of a file, some of them written over. */
static void file_bend(const char *from, const char *to, size_t n, size_t at)
{
	uint8_t *octets = calloc(1, n);
	FILE *file = fopen(from, "rb");
	assert_true(octets != NULL && file != NULL);
	n = fread(octets, 1, n, file);
	(void)fclose(file);
	if (at > 0) {
		(void)memset(octets + at, 0xff, n - at);
	}
	file = fopen(to, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(octets, 1, n, file), n);
	(void)fclose(file);
	free(octets);
}

/* What cannot be cut is said, and no descriptor is left. */
static void test_refused(void **state)
{
	char truetype[512];
	char cff[512];
	char bent[] = "/tmp/fengsui-cut-XXXXXX";
	int index = 0;
	int fd = -1;
	(void)state;
	face_find("LXGW WenKai", truetype, &index);
	assert_int_equal(cut_face(truetype, (unsigned)index, CUT_COMMON, &fd), E_UNSUPPORTED);
	face_find("Noto Sans CJK SC", cff, &index);
	assert_int_equal(
		cut_face(cff, 0x10000 + (unsigned)index, CUT_COMMON, &fd), E_UNSUPPORTED);
	assert_true(cut_face(cff, 999, CUT_COMMON, &fd) < 0);
	assert_int_equal(cut_face("/nonexistent.otf", 0, CUT_COMMON, &fd), E_FORMAT);
	(void)close(mkstemp(bent));
	assert_true(cut_face(bent, 0, CUT_COMMON, &fd) < 0); /* empty */
	file_bend("/proc/self/exe", bent, 4096, 0);
	assert_true(cut_face(bent, 0, CUT_COMMON, &fd) < 0); /* no font */
	file_bend(cff, bent, 100 * 1000, 0);
	assert_true(
		cut_face(bent, (unsigned)index, CUT_COMMON, &fd) < 0); /* its end is missing */
	file_bend(cff, bent, 16 * 1000 * 1000, 8 * 1000 * 1000);
	if (cut_face(bent, (unsigned)index, CUT_COMMON, &fd) == 0) {
		(void)close(fd); /* glyphs of rubbish, but a font */
	}
	(void)unlink(bent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "a cut has the outlines and advances of its face", test_same, NULL, NULL,
			NULL },
		{ "what cannot be cut is refused", test_refused, NULL, NULL, NULL },
	};
	if (gb18030_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests_name("paper cut", tests, NULL, NULL);
}
