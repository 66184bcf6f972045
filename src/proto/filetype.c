/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/filetype.h"

#include "base/rd.h"
#include "proto/filetype_priv.h"

/* Where readers that look for a head look for it. */
enum { FIRST_LOOK = 1024 };

static struct slice tail(struct slice octets, size_t n)
{
	return octets.n > n ? slice_skip(octets, octets.n - n) : octets;
}

/* ---- JPEG */

/* Markers without a length: T.81 table B.1. */
static bool stands_alone(uint8_t marker)
{
	return (marker >= 0xd0 && marker <= 0xd8) || marker == 0x01;
}

/* SOF0 to SOF15 but for DHT, JPG and DAC. */
static bool is_frame(uint8_t marker)
{
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 &&
	       marker != 0xcc;
}

/* Past the entropy-coded data to the next marker; stuffed zeros and restarts belong to it. */
static bool scan_skip(struct rd *rd)
{
	while (rd->left.n >= 2) {
		if (rd->left.p[0] == 0xff && rd->left.p[1] != 0x00 && rd->left.p[1] != 0xff &&
			(rd->left.p[1] < 0xd0 || rd->left.p[1] > 0xd7)) {
			return true;
		}
		rd->left = slice_skip(rd->left, 1);
	}
	return false;
}

static enum filetype_problem jpeg_segment(struct rd *rd, uint8_t marker, struct filetype *type)
{
	uint16_t n = rd_u16be(rd);
	struct rd body = rd_of(rd_take(rd, n >= 2 ? (size_t)n - 2 : 0));
	if (rd->failed || n < 2) {
		return FILETYPE_TRUNCATED;
	}
	if (is_frame(marker)) {
		(void)rd_u8(&body);
		type->height = rd_u16be(&body);
		type->width = rd_u16be(&body);
		if (body.failed || type->width == 0 || type->height == 0) {
			return FILETYPE_WRONG;
		}
	}
	if (marker == 0xda && !scan_skip(rd)) {
		return FILETYPE_TRUNCATED;
	}
	return FILETYPE_FINE;
}

/* Cameras put a preview or padding behind the end; another format's head is a second face. */
static enum filetype_problem second_face(struct slice rest)
{
	static const char *const heads[] = { "%PDF", "PK\x03\x04", "PK\x05\x06", "Rar!",
		"7z\xbc\xaf", "<script", "<html", "<svg", "<?php",
		"\x7f"
		"ELF" };
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		if (slice_find(rest, slice_str(heads[i])) != SIZE_MAX) {
			return FILETYPE_WRONG;
		}
	}
	return FILETYPE_FINE;
}

static enum filetype_problem jpeg_read(struct slice octets, struct filetype *type)
{
	struct rd rd = rd_of(slice_skip(octets, 2));
	*type = (struct filetype) { .media = FILETYPE_JPEG, .pages = 1 };
	for (;;) {
		uint8_t mark = rd_u8(&rd);
		uint8_t marker = rd_u8(&rd);
		while (marker == 0xff && !rd.failed) {
			marker = rd_u8(&rd); /* fill octets, T.81 section B.1.1.2 */
		}
		if (rd.failed) {
			return FILETYPE_TRUNCATED;
		}
		if (mark != 0xff || marker == 0x00) {
			return FILETYPE_WRONG;
		}
		if (marker == 0xd9) {
			break;
		}
		enum filetype_problem problem =
			stands_alone(marker) ? FILETYPE_FINE : jpeg_segment(&rd, marker, type);
		if (problem != FILETYPE_FINE) {
			return problem;
		}
	}
	return type->width == 0 ? FILETYPE_WRONG : second_face(rd.left);
}

/* ---- PNG */

/* CRC-32 of PNG annex D, a nibble at a time. */
static uint32_t crc32_of(struct slice octets)
{
	static const uint32_t table[16] = { 0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344,
		0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c };
	uint32_t crc = 0xffffffff;
	for (size_t i = 0; i < octets.n; i++) {
		crc = table[(crc ^ octets.p[i]) & 15] ^ crc >> 4;
		crc = table[(crc ^ (uint32_t)octets.p[i] >> 4) & 15] ^ crc >> 4;
	}
	return ~crc;
}

static enum filetype_problem png_chunk(
	struct rd *rd, bool first, struct filetype *type, bool *ret_end)
{
	uint32_t n = rd_u32be(rd);
	struct rd before = *rd;
	struct slice name = rd_take(rd, 4);
	struct rd body = rd_of(rd_take(rd, n));
	uint32_t crc = rd_u32be(rd);
	if (rd->failed) {
		return FILETYPE_TRUNCATED;
	}
	if (crc != crc32_of(slice_head(before.left, (size_t)n + 4)) ||
		first != slice_is(name, "IHDR")) {
		return FILETYPE_WRONG;
	}
	if (first) {
		type->width = rd_u32be(&body);
		type->height = rd_u32be(&body);
		if (n != 13 || type->width == 0 || type->height == 0) {
			return FILETYPE_WRONG;
		}
	}
	*ret_end = slice_is(name, "IEND");
	return FILETYPE_FINE;
}

static enum filetype_problem png_read(struct slice octets, struct filetype *type)
{
	struct rd rd = rd_of(slice_skip(octets, 8));
	enum filetype_problem problem = FILETYPE_FINE;
	bool end = false;
	*type = (struct filetype) { .media = FILETYPE_PNG, .pages = 1 };
	for (bool first = true; problem == FILETYPE_FINE && !end; first = false) {
		problem = png_chunk(&rd, first, type, &end);
	}
	return problem == FILETYPE_FINE && rd.left.n > 0 ? FILETYPE_WRONG : problem;
}

/* ---- all */

static enum filetype_problem pdf_ends(struct slice octets)
{
	/* Readers look for both in the last 1,024 octets: ISO 32000-1 annex H.3 note 18. */
	struct slice end = tail(octets, 1024);
	bool zip = slice_find(tail(octets, 65536 + 22), SLICE("PK\x05\x06")) !=
		   SIZE_MAX; /* its directory's end */
	bool ends = slice_find(end, SLICE("%%EOF")) != SIZE_MAX &&
		    slice_find(end, SLICE("startxref")) != SIZE_MAX;
	return zip ? FILETYPE_WRONG : ends ? FILETYPE_FINE : FILETYPE_TRUNCATED;
}

enum filetype_problem filetype_of(struct slice octets, struct filetype *ret_type)
{
	struct filetype type = { 0 };
	enum filetype_problem problem = FILETYPE_WRONG;
	if (octets.n > FILETYPE_OCTETS_MAX) {
		return FILETYPE_TOO_LARGE;
	}
	if (slice_starts(octets, SLICE("%PDF-1.")) || slice_starts(octets, SLICE("%PDF-2."))) {
		problem = pdf_ends(octets);
		problem = problem == FILETYPE_FINE ? filetype_pdf(octets, &type) : problem;
	} else if (slice_starts(octets, SLICE("\xff\xd8\xff"))) {
		problem = second_face(slice_head(octets, FIRST_LOOK));
		problem = problem == FILETYPE_FINE ? jpeg_read(octets, &type) : problem;
	} else if (slice_starts(octets, SLICE("\x89PNG\r\n\x1a\n"))) {
		problem = second_face(slice_head(octets, FIRST_LOOK));
		problem = problem == FILETYPE_FINE ? png_read(octets, &type) : problem;
	}
	if (problem != FILETYPE_FINE) {
		return problem;
	}
	if (type.width > FILETYPE_SIDE_MAX || type.height > FILETYPE_SIDE_MAX ||
		type.pages > FILETYPE_PAGES_MAX) {
		return FILETYPE_TOO_LARGE;
	}
	*ret_type = type;
	return FILETYPE_FINE;
}

const char *filetype_media_text(enum filetype_media media)
{
	static const char *const text[] = { "application/pdf", "image/jpeg", "image/png" };
	return text[media];
}

const char *filetype_problem_text(enum filetype_problem problem)
{
	static const char *const text[] = { "", "upload.type", "upload.truncated",
		"upload.active", "upload.too_large" };
	return text[problem];
}
