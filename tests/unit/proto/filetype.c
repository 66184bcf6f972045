/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/filetype.h"

#include <stdlib.h>
#include <zlib.h>
#include <cmocka.h>

#include "base/buf.h"

#define PDF_END "\nstartxref\n9\n%%EOF\n"
#define PDF_PAGE                                                                                       \
	"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj " \
	"3 0 obj<</Type /Page/Parent 2 0 R>>endobj "
#define PDF(body) "%PDF-1.7\n" PDF_PAGE body PDF_END

static const uint8_t png_tiny[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13,
	'I', 'H', 'D', 'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0,
	0, 10, 'I', 'D', 'A', 'T', 0x78, 0x9c, 0x63, 0x60, 0, 0, 0, 2, 0, 1, 0x48, 0xaf, 0xa4,
	0x71, 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82 };

/* Enough of a JPEG: APP0, SOF0 of 16 × 8, SOS, data with a stuffed zero, EOI. */
static const uint8_t jpeg_tiny[] = { 0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8,
	0, 8, 0, 16, 1, 1, 0x11, 0, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0xff, 0x00, 0x34,
	0xff, 0xd0, 0x56, 0xff, 0xd9 };

static enum filetype_problem problem_of(const void *octets, size_t n)
{
	struct filetype type = { 0 };
	return filetype_of(slice_of(octets, n), &type);
}

static void test_fine(void **state)
{
	struct filetype type = { 0 };
	(void)state;
	assert_int_equal(
		filetype_of(slice_of(png_tiny, sizeof(png_tiny)), &type), FILETYPE_FINE);
	assert_int_equal(type.media, FILETYPE_PNG);
	assert_int_equal(type.width, 1);
	assert_int_equal(
		filetype_of(slice_of(jpeg_tiny, sizeof(jpeg_tiny)), &type), FILETYPE_FINE);
	assert_int_equal(type.media, FILETYPE_JPEG);
	assert_int_equal(type.width, 16);
	assert_int_equal(type.height, 8);
	assert_int_equal(type.pages, 1);
	assert_int_equal(
		filetype_of(SLICE(PDF("4 0 obj<</Type/Page>>endobj")), &type), FILETYPE_FINE);
	assert_int_equal(type.media, FILETYPE_PDF);
	assert_int_equal(type.pages, 2);
	assert_string_equal(filetype_media_text(type.media), "application/pdf");
}

static void test_texts(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		enum filetype_problem want;
	} cases[] = {
		{ "nothing", "", FILETYPE_WRONG },
		{ "text", "hello", FILETYPE_WRONG },
		{ "HTML", "<!doctype html><script>1</script>", FILETYPE_WRONG },
		{ "SVG", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", FILETYPE_WRONG },
		{ "ZIP", "PK\x03\x04 and more", FILETYPE_WRONG },
		{ "GIF", "GIF89a", FILETYPE_WRONG },
		{ "a PDF after something else", " " PDF(""), FILETYPE_WRONG },
		{ "a PDF without an end", "%PDF-1.7\n" PDF_PAGE, FILETYPE_TRUNCATED },
		{ "a PDF that is also a ZIP", PDF("PK\x05\x06"), FILETYPE_WRONG },
		{ "a PDF without a page", "%PDF-1.4\n" PDF_END, FILETYPE_WRONG },
		{ "a plain PDF", PDF(""), FILETYPE_FINE },
		{ "an open action that only scrolls", PDF("<</OpenAction[3 0 R/FitH 0]>>"),
			FILETYPE_FINE },
		{ "a script", PDF("<</S/JavaScript/JS(app.alert\\(1\\))>>"), FILETYPE_ACTIVE },
		{ "a script with an escaped name", PDF("<</S/J#61vaScr#69pt>>"),
			FILETYPE_ACTIVE },
		{ "a program to start", PDF("<</S/Launch/F(cmd.exe)>>"), FILETYPE_ACTIVE },
		{ "a file inside", PDF("<</Names<</EmbeddedFiles 9 0 R>>>>"), FILETYPE_ACTIVE },
		{ "a password", PDF("trailer<</Encrypt 9 0 R>>"), FILETYPE_ACTIVE },
		{ "a form that sends", PDF("<</S/SubmitForm>>"), FILETYPE_ACTIVE },
		{ "the word in a string", PDF("<</Title(all about /JavaScript)>>"),
			FILETYPE_FINE },
		{ "the word in a comment", PDF("% /JavaScript\n"), FILETYPE_FINE },
		{ "the word in a stream",
			PDF("8 0 obj<<>>stream\n/JavaScript\nendstream endobj"),
			FILETYPE_FINE },
		{ "an object in an open string", PDF("( 8 0 obj<</S/JavaScript>>endobj"),
			FILETYPE_ACTIVE },
		{ "an object in a string", PDF("( 8 0 obj<</S/JavaScript>>endobj )"),
			FILETYPE_ACTIVE },
		{ "an object behind a comment", PDF("% 8 0 obj<</S/JavaScript>>endobj"),
			FILETYPE_ACTIVE },
		{ "an object in a stream",
			PDF("stream\n8 0 obj<</S/JavaScript>>endobj\nendstream"),
			FILETYPE_ACTIVE },
		{ "an object in a stream without end",
			PDF("stream\n8 0 obj<</S/JavaScript>>endobj"), FILETYPE_ACTIVE },
		{ "an object behind a false end",
			PDF("stream\nendstream (x\n8 0 obj<</S/JavaScript>>endobj"),
			FILETYPE_ACTIVE },
		{ "a plain object stream",
			PDF("9 0 obj<</Type/ObjStm>>stream\n<</S/JavaScript>>\nendstream"),
			FILETYPE_ACTIVE },
		{ "an object stream in a rare coding",
			PDF("9 0 obj<</Type/ObjStm/Filter/ASCIIHexDecode>>stream\n2f4a53>\nendstream"),
			FILETYPE_ACTIVE },
		{ "an object stream that does not unpack",
			PDF("9 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\nxyz\nendstream"),
			FILETYPE_ACTIVE },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum filetype_problem got = problem_of(cases[i].text, strlen(cases[i].text));
		if (got != cases[i].want) {
			fail_msg("%s: '%s'", cases[i].name, filetype_problem_text(got));
		}
	}
}

static void objstm_put(struct buf *pdf, const char *text)
{
	uint8_t packed[256];
	uLongf n = sizeof(packed);
	assert_int_equal(compress(packed, &n, (const Bytef *)text, strlen(text)), Z_OK);
	buf_put_str(pdf, "9 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\r\n");
	buf_put(pdf, slice_of(packed, n));
	buf_put_str(pdf, "\nendstream endobj" PDF_END);
}

static void test_object_stream(void **state)
{
	struct filetype type = { 0 };
	AUTO_BUF struct buf pdf;
	(void)state;
	buf_init(&pdf, 4096);
	buf_put_str(&pdf, "%PDF-1.5\n");
	objstm_put(&pdf,
		"1 0 2 40 <</Type/Pages/Count 3>> <</Type/Page>> <</Type/Page>> <</Type/Page>>");
	assert_int_equal(filetype_of(buf_slice(&pdf), &type), FILETYPE_FINE);
	assert_int_equal(type.pages, 3);
	buf_clear(&pdf);
	buf_put_str(&pdf, "%PDF-1.5\n" PDF_PAGE);
	objstm_put(&pdf, "1 0 <</S/JavaScript/JS(1)>>");
	assert_int_equal(filetype_of(buf_slice(&pdf), &type), FILETYPE_ACTIVE);
}

static void test_pictures_cut(void **state)
{
	(void)state;
	for (size_t n = 8; n < sizeof(png_tiny); n++) {
		assert_int_equal(problem_of(png_tiny, n), FILETYPE_TRUNCATED);
	}
	for (size_t n = 3; n < sizeof(jpeg_tiny); n++) {
		assert_int_equal(problem_of(jpeg_tiny, n), FILETYPE_TRUNCATED);
	}
}

static void test_pictures_altered(void **state)
{
	uint8_t png[sizeof(png_tiny) + 8];
	uint8_t jpeg[sizeof(jpeg_tiny) + 8];
	(void)state;
	/* Any changed bit of a PNG breaks a chunk's sum. */
	for (size_t i = 8; i < sizeof(png_tiny); i++) {
		memcpy(png, png_tiny, sizeof(png_tiny));
		png[i] ^= 1;
		assert_int_not_equal(problem_of(png, sizeof(png_tiny)), FILETYPE_FINE);
	}
	memcpy(png, png_tiny, sizeof(png_tiny));
	memcpy(png + sizeof(png_tiny), "PK\x03\x04xxxx", 8);
	assert_int_equal(problem_of(png, sizeof(png)), FILETYPE_WRONG);
	memcpy(jpeg, jpeg_tiny, sizeof(jpeg_tiny));
	memcpy(jpeg + sizeof(jpeg_tiny), "\0\0\0\0\0\0\0\0", 8);
	assert_int_equal(problem_of(jpeg, sizeof(jpeg)), FILETYPE_FINE);
	memcpy(jpeg + sizeof(jpeg_tiny), "<script>", 8);
	assert_int_equal(problem_of(jpeg, sizeof(jpeg)), FILETYPE_WRONG);
}

static void test_limits(void **state)
{
	uint8_t jpeg[sizeof(jpeg_tiny)];
	(void)state;
	memcpy(jpeg, jpeg_tiny, sizeof(jpeg));
	jpeg[13] = 0x4e;
	jpeg[14] = 0x20; /* 20,000 */
	assert_int_equal(problem_of(jpeg, sizeof(jpeg)), FILETYPE_FINE);
	jpeg[14] = 0x21;
	assert_int_equal(problem_of(jpeg, sizeof(jpeg)), FILETYPE_TOO_LARGE);
	uint8_t *large = calloc(1, FILETYPE_OCTETS_MAX + 1);
	assert_non_null(large);
	assert_int_equal(problem_of(large, FILETYPE_OCTETS_MAX + 1), FILETYPE_TOO_LARGE);
	free(large);
	AUTO_BUF struct buf pdf;
	buf_init(&pdf, 1 << 20);
	buf_put_str(&pdf, "%PDF-1.4\n");
	for (int i = 0; i <= FILETYPE_PAGES_MAX; i++) {
		buf_put_str(&pdf, "<</Type/Page>>\n");
	}
	buf_put_str(&pdf, PDF_END);
	assert_int_equal(problem_of(pdf.p, pdf.n), FILETYPE_TOO_LARGE);
}

/* Files made to keep a reader looking ahead: the test's time is the guard. */
static void test_endless(void **state)
{
	static const char *const bits[] = { "(", "stream\n", "%", "(stream\n" };
	(void)state;
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		AUTO_BUF struct buf pdf;
		buf_init(&pdf, 3 << 20);
		buf_put_str(&pdf, "%PDF-1.4\n" PDF_PAGE);
		while (pdf.n < 2 << 20) {
			buf_put_str(&pdf, bits[i]);
		}
		buf_put_str(&pdf, " 8 0 obj<</S/JavaScript>> endstream" PDF_END);
		assert_int_equal(problem_of(pdf.p, pdf.n), FILETYPE_ACTIVE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "the three kinds are known with size and pages", test_fine, NULL, NULL,
			NULL },
		{ "what is none, cut or active is refused", test_texts, NULL, NULL, NULL },
		{ "object streams are opened", test_object_stream, NULL, NULL, NULL },
		{ "a cut picture is truncated at every octet", test_pictures_cut, NULL, NULL,
			NULL },
		{ "altered and two-faced pictures are refused", test_pictures_altered, NULL,
			NULL, NULL },
		{ "octets, pixels and pages have a limit", test_limits, NULL, NULL, NULL },
		{ "looking ahead has a budget", test_endless, NULL, NULL, NULL },
	};
	return cmocka_run_group_tests_name("proto filetype", tests, NULL, NULL);
}
