/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/xlsx_write.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/err.h"
#include "base/utf8.h"

enum { PARTS_MAX = 8, RAW_FLUSH_OCTETS = 64 * 1024, DEFLATE = 8, UTF8_NAME = 0x800 };

struct part {
	const char *name;
	uint32_t crc;
	uint32_t packed;
	uint32_t octets;
	uint32_t at;
};

struct xlsx_out {
	struct buf file;
	struct buf raw; /* of the part under way, not yet packed */
	z_stream z;
	struct part part[PARTS_MAX];
	size_t parts;
	size_t row;
	size_t column;
	bool failed;
};

/* ---- the container */

static void put_header(struct buf *out, const struct part *part, bool central)
{
	buf_put_u32(out, central ? 0x02014b50 : 0x04034b50);
	if (central) {
		buf_put_u16(out, 20);
	}
	buf_put_u16(out, 20);
	buf_put_u16(out, UTF8_NAME);
	buf_put_u16(out, DEFLATE);
	buf_put_u32(out, 0x00210000); /* 1980-01-01: the same cells give the same octets */
	buf_put_u32(out, part->crc);
	buf_put_u32(out, part->packed);
	buf_put_u32(out, part->octets);
	buf_put_u16(out, (uint16_t)strlen(part->name));
	buf_put_u16(out, 0);
	if (central) {
		buf_put_u16(out, 0);
		buf_put_u16(out, 0);
		buf_put_u16(out, 0);
		buf_put_u32(out, 0);
		buf_put_u32(out, part->at);
	}
	buf_put_str(out, part->name);
}

static void pack(struct xlsx_out *out, int flush)
{
	struct part *part = &out->part[out->parts - 1];
	out->z.next_in = out->raw.p;
	out->z.avail_in = (uInt)out->raw.n;
	part->crc = (uint32_t)crc32(part->crc, out->raw.p, (uInt)out->raw.n);
	part->octets += (uint32_t)out->raw.n;
	int state = Z_OK;
	do {
		uint8_t *room = buf_reserve(&out->file, RAW_FLUSH_OCTETS);
		if (room == NULL) {
			out->failed = true;
			return;
		}
		out->z.next_out = room;
		out->z.avail_out = RAW_FLUSH_OCTETS;
		state = deflate(&out->z, flush);
		buf_commit(&out->file, RAW_FLUSH_OCTETS - out->z.avail_out);
	} while (out->z.avail_out == 0 || (flush == Z_FINISH && state == Z_OK));
	out->failed = out->failed || state == Z_STREAM_ERROR;
	buf_clear(&out->raw);
}

static void part_begin(struct xlsx_out *out, const char *name)
{
	struct part *part = &out->part[out->parts++];
	*part = (struct part) { .name = name, .at = (uint32_t)out->file.n };
	put_header(&out->file, part, false);
	out->z = (z_stream) { 0 };
	out->failed = out->failed || deflateInit2(&out->z, 6, Z_DEFLATED, -MAX_WBITS, 8,
					     Z_DEFAULT_STRATEGY) != Z_OK;
}

static void part_end(struct xlsx_out *out)
{
	struct part *part = &out->part[out->parts - 1];
	if (!out->failed) {
		pack(out, Z_FINISH);
	}
	(void)deflateEnd(&out->z);
	size_t head = part->at + 30 + strlen(part->name);
	if (out->failed || out->file.failed) {
		out->failed = true;
		return;
	}
	part->packed = (uint32_t)(out->file.n - head);
	AUTO_BUF struct buf header;
	buf_init(&header, 256);
	put_header(&header, part, false);
	memcpy(out->file.p + part->at, header.p, header.n);
}

static void part_put(struct xlsx_out *out, const char *name, const char *text)
{
	part_begin(out, name);
	buf_put_str(&out->raw, text);
	part_end(out);
}

static void directory_put(struct xlsx_out *out)
{
	size_t at = out->file.n;
	for (size_t i = 0; i < out->parts; i++) {
		put_header(&out->file, &out->part[i], true);
	}
	size_t n = out->file.n - at;
	buf_put_u32(&out->file, 0x06054b50);
	buf_put_u32(&out->file, 0);
	buf_put_u16(&out->file, (uint16_t)out->parts);
	buf_put_u16(&out->file, (uint16_t)out->parts);
	buf_put_u32(&out->file, (uint32_t)n);
	buf_put_u32(&out->file, (uint32_t)at);
	buf_put_u16(&out->file, 0);
}

/* ---- the book */

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define MAIN "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE "http://schemas.openxmlformats.org/package/2006/"
#define MEDIA "application/vnd.openxmlformats-officedocument.spreadsheetml."

static const char types[] = XML
	"<Types xmlns=\"" PACKAGE "content-types\">"
	"<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
	"<Override PartName=\"/xl/workbook.xml\" ContentType=\"" MEDIA "sheet.main+xml\"/>"
	"<Override PartName=\"/xl/styles.xml\" ContentType=\"" MEDIA "styles+xml\"/>"
	"<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"" MEDIA
	"worksheet+xml\"/>"
	"</Types>";
static const char root_rels[] =
	XML "<Relationships xmlns=\"" PACKAGE
	    "relationships\"><Relationship Id=\"rId1\" Type=\"" OFFICE
	    "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
static const char book_rels[] = XML
	"<Relationships xmlns=\"" PACKAGE
	"relationships\"><Relationship Id=\"rId1\" Type=\"" OFFICE
	"/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"" OFFICE
	"/styles\" Target=\"styles.xml\"/></Relationships>";
/* In the order of enum xlsx_look; 49 is "text", so that what is typed in later stays text, too. */
static const char styles[] = XML
	"<styleSheet " MAIN
	"><fonts count=\"3\"><font><sz val=\"11\"/><name val=\"宋体\"/></font>"
	"<font><b/><sz val=\"11\"/><name val=\"宋体\"/></font>"
	"<font><sz val=\"11\"/><color rgb=\"FFB42318\"/><name val=\"宋体\"/></font></fonts>"
	"<fills count=\"4\"><fill><patternFill patternType=\"none\"/></fill>"
	"<fill><patternFill patternType=\"gray125\"/></fill>"
	"<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFE8EEF4\"/></patternFill></fill>"
	"<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFFDE2DE\"/></patternFill></fill></fills>"
	"<borders count=\"1\"><border/></borders><cellStyleXfs count=\"1\"><xf/></cellStyleXfs>"
	"<cellXfs count=\"4\"><xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" applyNumberFormat=\"1\"/>"
	"<xf numFmtId=\"49\" fontId=\"1\" fillId=\"2\" borderId=\"0\" applyFont=\"1\" applyFill=\"1\"/>"
	"<xf numFmtId=\"49\" fontId=\"0\" fillId=\"3\" borderId=\"0\" applyFill=\"1\"/>"
	"<xf numFmtId=\"49\" fontId=\"2\" fillId=\"0\" borderId=\"0\" applyFont=\"1\"/></cellXfs></styleSheet>";

static bool may_stand(uint32_t c)
{
	return (c >= 0x20 || c == '\n' || c == '\t') && c != 0xfffe && c != 0xffff;
}

static void put_text(struct buf *raw, struct slice text, size_t max_chars)
{
	uint32_t c = 0;
	for (size_t chars = 0; text.n > 0 && chars < max_chars; chars++) {
		text = slice_skip(text, utf8_next(text, &c));
		if (c == '&' || c == '<' || c == '>' || c == '"') {
			buf_put_str(raw, c == '&'   ? "&amp;"
					 : c == '<' ? "&lt;"
					 : c == '>' ? "&gt;"
						    : "&quot;");
		} else if (may_stand(c)) {
			utf8_put(raw, c);
		}
	}
}

/* A sheet's name: 31 characters, none of []:*?/\ */
static void put_name(struct buf *raw, struct slice name)
{
	AUTO_BUF struct buf kept;
	buf_init(&kept, 1024);
	uint32_t c = 0;
	for (unsigned n = utf8_next(name, &c); n > 0; n = utf8_next(name, &c)) {
		name = slice_skip(name, n);
		bool bad = c < 0x80 && memchr("[]:*?/\\'", (int)c, 8) != NULL;
		if (!bad && c > 0) {
			utf8_put(&kept, c);
		}
	}
	put_text(raw, kept.n > 0 ? buf_slice(&kept) : SLICE("1"), 31);
}

static void sheet_begin(struct xlsx_out *out, const unsigned *width, size_t columns)
{
	part_begin(out, "xl/worksheets/sheet1.xml");
	buf_put_str(&out->raw, XML
		"<worksheet " MAIN
		"><sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\""
		" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>");
	if (columns > 0) {
		buf_put_str(&out->raw, "<cols>");
		for (size_t i = 0; i < columns; i++) {
			buf_printf(&out->raw,
				"<col min=\"%zu\" max=\"%zu\" width=\"%u\" customWidth=\"1\" style=\"0\"/>",
				i + 1, i + 1, width[i]);
		}
		buf_put_str(&out->raw, "</cols>");
	}
	buf_put_str(&out->raw, "<sheetData>");
}

struct xlsx_out *xlsx_out_create(struct slice name, const unsigned *width, size_t columns)
{
	struct xlsx_out *out = calloc(1, sizeof(*out));
	if (out == NULL) {
		abort();
	}
	buf_init(&out->file, XLSX_OUT_MAX_OCTETS);
	buf_init(&out->raw, 4 * 1024 * 1024);
	part_put(out, "[Content_Types].xml", types);
	part_put(out, "_rels/.rels", root_rels);
	part_put(out, "xl/_rels/workbook.xml.rels", book_rels);
	part_put(out, "xl/styles.xml", styles);
	part_begin(out, "xl/workbook.xml");
	buf_put_str(&out->raw,
		XML "<workbook " MAIN " xmlns:r=\"" OFFICE "\"><sheets><sheet name=\"");
	put_name(&out->raw, name);
	buf_put_str(&out->raw, "\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>");
	part_end(out);
	sheet_begin(out, width, columns);
	return out;
}

static void row_end(struct xlsx_out *out)
{
	if (out->row > 0) {
		buf_put_str(&out->raw, "</row>");
	}
	if (out->raw.n > RAW_FLUSH_OCTETS && !out->failed) {
		out->failed = out->raw.failed;
		pack(out, Z_NO_FLUSH);
	}
}

void xlsx_out_row(struct xlsx_out *out)
{
	row_end(out);
	out->column = 0;
	buf_printf(&out->raw, "<row r=\"%zu\">", ++out->row);
}

static void put_place(struct buf *raw, size_t column, size_t row)
{
	if (column >= 26) {
		buf_put_byte(raw, (uint8_t)('A' + column / 26 - 1));
	}
	buf_put_byte(raw, (uint8_t)('A' + column % 26));
	buf_printf(raw, "%zu", row);
}

void xlsx_out_cell(struct xlsx_out *out, struct slice text, enum xlsx_look look)
{
	size_t column = out->column++;
	if ((text.n == 0 && look == XLSX_PLAIN) || column >= 26 * 27) {
		return;
	}
	buf_put_str(&out->raw, "<c r=\"");
	put_place(&out->raw, column, out->row);
	buf_printf(&out->raw, "\" s=\"%d\" t=\"inlineStr\"><is><t xml:space=\"preserve\">",
		(int)look);
	put_text(&out->raw, text, XLSX_CELL_MAX_CHARS);
	buf_put_str(&out->raw, "</t></is></c>");
}

int xlsx_out_end(struct xlsx_out *out, struct buf *ret_file)
{
	row_end(out);
	out->failed = out->failed || out->raw.failed;
	buf_put_str(&out->raw, "</sheetData></worksheet>");
	part_end(out);
	directory_put(out);
	if (out->failed || out->file.failed) {
		return E_LIMIT;
	}
	buf_put(ret_file, buf_slice(&out->file));
	return ret_file->failed ? E_LIMIT : 0;
}

struct xlsx_out *xlsx_out_destroy(struct xlsx_out *out)
{
	if (out != NULL) {
		buf_fini(&out->file);
		buf_fini(&out->raw);
		free(out);
	}
	return NULL;
}
