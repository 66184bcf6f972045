/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/filetype.h"

#include "base/err.h"
#include "base/rd.h"

enum { PDF_TAIL_OCTETS = 2048, JPEG_MARKERS_MAX = 4096, PNG_CHUNKS_MAX = 65536 };

/* Names in a PDF that run, fetch or carry something; a scan needs none of them. */
static const char *const pdf_active[] = { "/JavaScript", "/JS ", "/JS(", "/Launch", "/EmbeddedFile", "/RichMedia",
	"/XFA", "/Encrypt" };

static bool refuse(struct filetype *type, const char *problem)
{
	type->problem = problem;
	return false;
}

/* "/Type/Page" and "/Type /Page", not "/Pages". */
static uint32_t pdf_pages(struct slice file)
{
	uint32_t pages = 0;
	for (size_t at = slice_find(file, SLICE("/Page")); at != SIZE_MAX;) {
		file = slice_skip(file, at + 5);
		pages += file.n > 0 && file.p[0] != 's' && file.p[0] != 'L' && file.p[0] != 'M' ? 1 : 0;
		at = slice_find(file, SLICE("/Page"));
	}
	return pages;
}

static bool pdf_look(struct slice file, struct filetype *type)
{
	type->media = "application/pdf";
	struct slice tail = file.n > PDF_TAIL_OCTETS ? slice_skip(file, file.n - PDF_TAIL_OCTETS) : file;
	if (slice_find(tail, SLICE("%%EOF")) == SIZE_MAX) {
		return refuse(type, "upload.truncated");
	}
	for (size_t i = 0; i < sizeof(pdf_active) / sizeof(pdf_active[0]); i++) {
		if (slice_find(file, slice_str(pdf_active[i])) != SIZE_MAX) {
			return refuse(type, "upload.active");
		}
	}
	type->pages = pdf_pages(file);
	return true;
}

static bool side_fits(uint64_t width, uint64_t height)
{
	return width > 0 && height > 0 && width <= FILETYPE_SIDE_MAX && height <= FILETYPE_SIDE_MAX;
}

/* Markers up to the first scan; the frame header among them gives the size. */
static bool jpeg_look(struct slice file, struct filetype *type)
{
	type->media = "image/jpeg";
	type->pages = 1;
	struct rd rd = rd_of(slice_skip(file, 2));
	bool sized = false;
	for (int i = 0; i < JPEG_MARKERS_MAX && !rd.failed; i++) {
		uint8_t mark = rd_u8(&rd);
		uint8_t kind = rd_u8(&rd);
		uint16_t length = rd_u16be(&rd);
		struct rd part = rd_of(rd_take(&rd, length >= 2 ? length - 2u : 0));
		if (mark != 0xff || length < 2) {
			return refuse(type, "upload.truncated");
		}
		if (kind >= 0xc0 && kind <= 0xcf && kind != 0xc4 && kind != 0xc8 && kind != 0xcc) {
			(void)rd_u8(&part); /* precision */
			uint16_t height = rd_u16be(&part);
			uint16_t width = rd_u16be(&part);
			if (part.failed || !side_fits(width, height)) {
				return refuse(type, "upload.too_large");
			}
			sized = true;
		}
		if (kind == 0xda) {
			break;
		}
	}
	bool ended = file.n >= 2 && file.p[file.n - 2] == 0xff && file.p[file.n - 1] == 0xd9;
	return !rd.failed && sized && ended ? true : refuse(type, "upload.truncated");
}

static bool png_look(struct slice file, struct filetype *type)
{
	type->media = "image/png";
	type->pages = 1;
	struct rd rd = rd_of(slice_skip(file, 8));
	for (int i = 0; i < PNG_CHUNKS_MAX && !rd.failed; i++) {
		uint32_t length = rd_u32be(&rd);
		struct slice name = rd_take(&rd, 4);
		struct rd data = rd_of(rd_take(&rd, length));
		(void)rd_u32be(&rd); /* CRC: the viewer's copy is decoded and made anew */
		if (i == 0 && !slice_is(name, "IHDR")) {
			break;
		}
		if (i == 0) {
			uint32_t width = rd_u32be(&data);
			uint32_t height = rd_u32be(&data);
			if (data.failed || !side_fits(width, height)) {
				return refuse(type, "upload.too_large");
			}
		}
		if (slice_is(name, "IEND")) {
			/* Octets behind the end are another file's. */
			return rd.left.n == 0 && !rd.failed ? true : refuse(type, "upload.type");
		}
	}
	return refuse(type, "upload.truncated");
}

bool filetype_look(struct slice file, struct filetype *ret_type)
{
	*ret_type = (struct filetype){ .media = "application/octet-stream" };
	if (slice_starts(file, SLICE("%PDF-1.")) || slice_starts(file, SLICE("%PDF-2."))) {
		return pdf_look(file, ret_type);
	}
	if (slice_starts(file, SLICE("\xff\xd8\xff"))) {
		return jpeg_look(file, ret_type);
	}
	if (slice_starts(file, SLICE("\x89PNG\r\n\x1a\n"))) {
		return png_look(file, ret_type);
	}
	return refuse(ret_type, "upload.type");
}
