/* SPDX-License-Identifier: Apache-2.0 */
#include "paper/docx.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "paper/docx_priv.h"
#include "paper/form.h"
#include "paper/pack.h"

enum {
	BODY_OCTETS_MAX = 12 * 1024 * 1024,
	PICTURE_OCTETS_MAX = 256 * 1024,
	PICTURE_SCALE = 8,  /* pixels a module */
	WIDTH_TWIPS = 8844, /* 156 mm */
	LINE_TWIPS = 579,   /* a 22nd of 225 mm */
	TABLE_LINE_TWIPS = 360,
	CELL_TWIPS = 320,
	RIGID_RUN = 12,
	EMU_PER_MM = 36000,
	GRID_MAX = 63, /* columns Word allows in a table */
};

struct writer {
	const struct draw_fonts *fonts;
	const struct form *form;
	struct arena *arena;
	struct buf out;
	struct pack_part pictures[DOCX_PICTURES_MAX];
	unsigned picture_count;
	bool in_table;
	int grid[GRID_MAX];
	unsigned grid_count;
	unsigned end_from; /* blocks from here on stay on one page with the signature */
	unsigned at;
};

/* How a paragraph looks. */
struct look {
	enum draw_face face;
	int half_points;
	const char *align;
	int line;       /* twips, exact; 0 = single */
	int pad;        /* twips above and below; 0 = none */
	int first_line; /* twips */
	int right;      /* twips */
	bool keep_next;
	bool red;
	const char *more; /* of its properties */
};

static void run_put(struct writer *w, const struct look *look, struct slice text)
{
	buf_put_str(&w->out, "<w:r><w:rPr>");
	docx_fonts_put(&w->out, w->fonts, look->face);
	buf_put_str(&w->out, look->red ? "<w:color w:val=\"CC0000\"/>" : "");
	/* 28 characters of 16 pt in 156 mm: each a fifth of a point nearer to the next. */
	buf_put_str(&w->out, look->line == LINE_TWIPS ? "<w:spacing w:val=\"-4\"/>" : "");
	buf_printf(&w->out, "<w:sz w:val=\"%d\"/><w:szCs w:val=\"%d\"/></w:rPr>",
		look->half_points, look->half_points);
	/* A line break within, a tabulator between the sides. */
	while (text.n > 0) {
		size_t n = 0;
		while (n < text.n && text.p[n] != '\n' && text.p[n] != '\t') {
			n++;
		}
		buf_put_str(&w->out, "<w:t xml:space=\"preserve\">");
		buf_put_html(&w->out, slice_head(text, n));
		buf_put_str(&w->out, "</w:t>");
		if (n < text.n) {
			buf_put_str(&w->out, text.p[n] == '\n' ? "<w:br/>" : "<w:tab/>");
			n++;
		}
		text = slice_skip(text, n);
	}
	buf_put_str(&w->out, "</w:r>");
}

/* The end and two texts before it: as on paper, no signature stands alone on a page. */
static unsigned end_of(const struct form *form)
{
	unsigned at = 0;
	unsigned texts = 0;
	while (at < form->count && form->blocks[at].verb != FORM_BLANK &&
		form->blocks[at].verb != FORM_SIGN && form->blocks[at].verb != FORM_IMPRINT &&
		form->blocks[at].verb != FORM_FOOT) {
		at++;
	}
	while (at > 0 && texts < 2) {
		texts += form->blocks[--at].verb != FORM_GAP ? 1 : 0;
	}
	return at;
}

/* In the order ECMA-376 wants: keepNext, pBdr and tabs (more), spacing, ind, jc. */
static void paragraph_begin(struct writer *w, const struct look *look)
{
	buf_put_str(&w->out, "<w:p><w:pPr>");
	bool keep = look->keep_next || w->at >= w->end_from;
	buf_put_str(&w->out, keep ? "<w:keepNext/>" : "");
	buf_put_str(&w->out, look->more != NULL ? look->more : "");
	buf_put_str(&w->out, look->line == LINE_TWIPS ? "" : "<w:snapToGrid w:val=\"0\"/>");
	if (look->pad > 0) {
		buf_printf(&w->out, "<w:spacing w:before=\"%d\" w:after=\"%d\"/>", look->pad,
			look->pad);
	} else if (look->line > 0) {
		buf_printf(
			&w->out, "<w:spacing w:line=\"%d\" w:lineRule=\"exact\"/>", look->line);
	}
	if (look->first_line > 0 || look->right > 0) {
		buf_printf(&w->out, "<w:ind w:right=\"%d\" w:firstLine=\"%d\"/>", look->right,
			look->first_line);
	}
	if (look->align != NULL) {
		buf_printf(&w->out, "<w:jc w:val=\"%s\"/>", look->align);
	}
	buf_put_str(&w->out, "</w:pPr>");
}

static void paragraph_put(struct writer *w, const struct look *look, struct slice text)
{
	paragraph_begin(w, look);
	run_put(w, look, text);
	buf_put_str(&w->out, "</w:p>");
}

/* ---- pictures */

static void picture_put(struct writer *w, struct slice text, int side_mm)
{
	AUTO_BUF struct buf png;
	buf_init(&png, PICTURE_OCTETS_MAX);
	draw_code_png(text, PICTURE_SCALE, &png);
	if (png.n == 0 || png.failed || w->picture_count == DOCX_PICTURES_MAX) {
		return;
	}
	unsigned id = w->picture_count + 1;
	int emu = side_mm * EMU_PER_MM;
	w->pictures[w->picture_count++] =
		(struct pack_part) { arena_printf(w->arena, "word/media/code%u.png", id),
			arena_dup(w->arena, buf_slice(&png)) };
	buf_printf(&w->out,
		"<w:r><w:drawing><wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\">"
		"<wp:extent cx=\"%d\" cy=\"%d\"/><wp:docPr id=\"%u\" name=\"code%u\" descr=\"校验码\"/>"
		"<a:graphic xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\">"
		"<a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\">"
		"<pic:pic xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\">"
		"<pic:nvPicPr><pic:cNvPr id=\"%u\" name=\"code%u\"/><pic:cNvPicPr/></pic:nvPicPr>"
		"<pic:blipFill><a:blip r:embed=\"rPic%u\"/><a:stretch><a:fillRect/></a:stretch>"
		"</pic:blipFill><pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"%d\" cy=\"%d\"/>"
		"</a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>"
		"</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>",
		emu, emu, id, id, id, id, id, emu, emu);
}

/* ---- tables */

/* Where columns of the table's rows end, in thousandths of its width: the grid all of them share. */
static void grid_read(struct writer *w, const struct form_block *block)
{
	const struct form_block *end = w->form->blocks + w->form->count;
	bool at[FORM_SHARE + 1] = { false };
	for (const struct form_block *b = block;
		b < end && b->verb == FORM_CELLS && (b == block || !b->first); b++) {
		int edge = 0;
		for (unsigned i = 0; i + 1 < b->count; i++) {
			edge += b->share[i];
			at[edge > 0 && edge < FORM_SHARE ? edge : FORM_SHARE] = true;
		}
	}
	at[FORM_SHARE] = true;
	w->grid_count = 0;
	for (int i = 1; i <= FORM_SHARE && w->grid_count < GRID_MAX; i++) {
		if (at[i]) {
			w->grid[w->grid_count++] = i;
		}
	}
}

static void table_begin(struct writer *w, const struct form_block *block)
{
	static const char *const sides[] = { "top", "left", "bottom", "right", "insideH",
		"insideV" };
	int edge = 0;
	grid_read(w, block);
	buf_printf(&w->out, "<w:tbl><w:tblPr><w:tblW w:w=\"%d\" w:type=\"dxa\"/><w:tblBorders>",
		WIDTH_TWIPS);
	for (unsigned i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
		buf_printf(&w->out,
			"<w:%s w:val=\"single\" w:sz=\"6\" w:space=\"0\" w:color=\"000000\"/>",
			sides[i]);
	}
	buf_put_str(
		&w->out, "</w:tblBorders><w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid>");
	for (unsigned i = 0; i < w->grid_count; i++) {
		buf_printf(&w->out, "<w:gridCol w:w=\"%d\"/>",
			(w->grid[i] - edge) * WIDTH_TWIPS / FORM_SHARE);
		edge = w->grid[i];
	}
	buf_put_str(&w->out, "</w:tblGrid>");
	w->in_table = true;
}

static void table_end(struct writer *w)
{
	if (w->in_table) {
		buf_put_str(&w->out, "</w:tbl>");
		w->in_table = false;
	}
}

static void cell_put(
	struct writer *w, const struct form_block *block, unsigned i, unsigned span)
{
	bool label = (block->labels >> i & 1) != 0;
	struct slice text = block->text[i];
	struct look look = { .face = label ? DRAW_HEADING : DRAW_BODY,
		.half_points = block->count > 4 ? 21 : 24,
		.pad = w->form->dense || w->form->tight ? 20 : 60,
		.align = label ? "center" : "left",
		.keep_next = block->head };
	buf_printf(&w->out, "<w:tc><w:tcPr><w:tcW w:w=\"%d\" w:type=\"dxa\"/>",
		block->share[i] * WIDTH_TWIPS / FORM_SHARE);
	if (span > 1) {
		buf_printf(&w->out, "<w:gridSpan w:val=\"%u\"/>", span);
	}
	buf_put_str(&w->out, "<w:vAlign w:val=\"center\"/></w:tcPr>");
	do {
		struct slice part;
		(void)slice_cut(text, '\n', &part, &text);
		paragraph_put(w, &look, part);
	} while (text.n > 0);
	buf_put_str(&w->out, "</w:tc>");
}

static void cells_put(struct writer *w, const struct form_block *block)
{
	unsigned column = 0;
	int edge = 0;
	if (w->in_table && block->first) {
		/* Tables without a paragraph between them grow together. */
		struct look thin = { .half_points = 2, .line = 20 };
		table_end(w);
		paragraph_put(w, &thin, (struct slice) { 0 });
	}
	if (!w->in_table) {
		table_begin(w, block);
	}
	buf_put_str(&w->out, "<w:tr><w:trPr>");
	if (block->height > 0) {
		buf_printf(&w->out, "<w:trHeight w:val=\"%d\" w:hRule=\"atLeast\"/>",
			block->height * TABLE_LINE_TWIPS);
	}
	buf_put_str(&w->out, block->head ? "<w:tblHeader/>" : "");
	buf_put_str(&w->out, "</w:trPr>");
	for (unsigned i = 0; i < block->count; i++) {
		unsigned from = column;
		edge = i + 1 < block->count ? edge + block->share[i] : FORM_SHARE;
		while (column < w->grid_count && w->grid[column] <= edge) {
			column++;
		}
		cell_put(w, block, i, column - from);
	}
	buf_put_str(&w->out, "</w:tr>");
}

/* ---- the rest */

static void sides_put(struct writer *w, const struct form_block *block)
{
	struct look look = { .half_points = 32,
		.line = LINE_TWIPS,
		.keep_next = true,
		.align = "left",
		.more = "<w:tabs><w:tab w:val=\"right\" w:pos=\"8844\"/></w:tabs>" };
	struct slice both = block->text[1].n == 0 ? block->text[0]
						  : arena_printf(w->arena, "%.*s\t%.*s",
							    SLICE_FMT(block->text[0]),
							    SLICE_FMT(block->text[1]));
	paragraph_put(w, &look, both);
}

/* Thousandths of a line. */
static void gap_put(struct writer *w, int height)
{
	struct look look = {
		.half_points = 2, .line = height * LINE_TWIPS / 1000, .keep_next = true
	};
	if (look.line > 0) {
		paragraph_put(w, &look, (struct slice) { 0 });
	}
}

static void red_put(struct writer *w, const struct form_block *block)
{
	struct look head = { .face = DRAW_TITLE,
		.half_points = 84,
		.align = "center",
		.keep_next = true,
		.red = true };
	struct look number = { .half_points = 32,
		.line = LINE_TWIPS,
		.align = "center",
		.keep_next = true,
		.more = "<w:pBdr><w:bottom w:val=\"single\" w:sz=\"12\" w:space=\"11\" "
			"w:color=\"CC0000\"/></w:pBdr>" };
	size_t chars = block->text[0].n / 3 + 2;
	head.half_points = chars > 10 ? (int)(840 / chars) : 84;
	gap_put(w, 3000);
	paragraph_put(w, &head, arena_printf(w->arena, "%.*s文件", SLICE_FMT(block->text[0])));
	gap_put(w, 1000);
	paragraph_put(w, &number, block->text[1]);
}

/* Spread to the margin such a line would have holes: an address has no place to break. */
static bool is_rigid(struct slice text)
{
	size_t run = 0;
	for (size_t i = 0; i < text.n && run < RIGID_RUN; i++) {
		run = text.p[i] > ' ' && text.p[i] < 0x7f ? run + 1 : 0;
	}
	return run >= RIGID_RUN;
}

static void text_put(struct writer *w, const struct form_block *block)
{
	struct slice text = block->text[0];
	struct look look = { .face = block->face,
		.half_points = 32,
		.line = LINE_TWIPS,
		.first_line = block->indent * 320,
		.keep_next = block->verb != FORM_TEXT };
	while (text.n > 0) {
		struct slice part;
		(void)slice_cut(text, '\n', &part, &text);
		part = slice_trim(part);
		look.align = is_rigid(part) ? "left" : NULL;
		if (part.n > 0) {
			paragraph_put(w, &look, part);
		}
	}
}

/* Twips: a letter or digit is half as wide as a character. */
static int width_of(struct slice text)
{
	int width = 0;
	for (size_t i = 0; i < text.n; i++) {
		bool begins = (text.p[i] & 0xc0) != 0x80;
		width += begins ? text.p[i] < 0x80 ? CELL_TWIPS / 2 : CELL_TWIPS : 0;
	}
	return width;
}

static void sign_put(struct writer *w, const struct form_block *block)
{
	struct look look = {
		.half_points = 32, .line = LINE_TWIPS, .align = "right", .keep_next = true
	};
	/* Date 4 from the right, the issuer centred above it; a long issuer 2 from the right. */
	int by = width_of(block->text[0]);
	int on = width_of(block->text[1]);
	int middle = 4 * CELL_TWIPS + on / 2;
	middle = middle > 2 * CELL_TWIPS + by / 2 ? middle : 2 * CELL_TWIPS + by / 2;
	if (block->text[0].n > 0) {
		look.right = middle - by / 2;
		paragraph_put(w, &look, block->text[0]);
	}
	look.right = middle - on / 2;
	/* With the foot: a check code does not stand alone on a page. */
	paragraph_put(w, &look, block->text[1]);
}

static void imprint_put(struct writer *w, const struct form_block *block)
{
	struct look look = { .half_points = 28,
		.line = 520,
		.align = "left",
		.more = "<w:pBdr><w:top w:val=\"single\" w:sz=\"8\" w:space=\"1\" w:color=\"000000\"/>"
			"<w:bottom w:val=\"single\" w:sz=\"8\" w:space=\"1\" w:color=\"000000\"/></w:pBdr>"
			"<w:tabs><w:tab w:val=\"right\" w:pos=\"8564\"/></w:tabs>" };
	if (block->text[0].n > 0) {
		paragraph_put(w, &look,
			arena_printf(w->arena, "　抄送：%.*s", SLICE_FMT(block->text[0])));
	}
	paragraph_put(w, &look,
		arena_printf(w->arena, "　%.*s\t%.*s印发", SLICE_FMT(block->text[1]),
			SLICE_FMT(block->text[2])));
}

/* The code at the left, the square at the right: a table without lines. */
static void foot_put(struct writer *w, const struct form_block *block)
{
	struct look code = { .face = DRAW_HEADING, .half_points = 24, .align = "left" };
	struct look small = { .half_points = 18, .align = "left" };
	struct look right = { .half_points = 18, .align = "right" };
	struct look thin = { .half_points = 2, .line = 160, .keep_next = true };
	paragraph_put(w, &thin, (struct slice) { 0 });
	buf_printf(&w->out,
		"<w:tbl><w:tblPr><w:tblW w:w=\"%d\" w:type=\"dxa\"/><w:tblBorders><w:top w:val=\"single\" "
		"w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/></w:tblBorders><w:tblLayout "
		"w:type=\"fixed\"/></w:tblPr><w:tblGrid><w:gridCol w:w=\"7344\"/><w:gridCol "
		"w:w=\"1500\"/></w:tblGrid><w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW "
		"w:w=\"7344\" w:type=\"dxa\"/></w:tcPr>",
		WIDTH_TWIPS);
	paragraph_put(
		w, &code, arena_printf(w->arena, "校验码：%.*s", SLICE_FMT(block->text[0])));
	if (block->text[1].n > 0) {
		paragraph_put(w, &small,
			arena_printf(w->arena, "依据：%.*s", SLICE_FMT(block->text[1])));
	}
	paragraph_put(w, &small, block->text[2]);
	buf_put_str(
		&w->out, "</w:tc><w:tc><w:tcPr><w:tcW w:w=\"1500\" w:type=\"dxa\"/></w:tcPr>");
	paragraph_begin(w, &right);
	picture_put(w, block->text[3], 20);
	buf_put_str(&w->out, "</w:p></w:tc></w:tr></w:tbl>");
}

static void block_put(struct writer *w, const struct form_block *block)
{
	struct look look = { .line = 0 };
	if (block->verb != FORM_CELLS) {
		table_end(w);
	}
	switch (block->verb) {
	case FORM_SIDES:
		sides_put(w, block);
		break;
	case FORM_RED_HEAD:
		red_put(w, block);
		break;
	case FORM_TITLE:
		look = (struct look) { .face = DRAW_TITLE,
			.half_points = 44,
			.line = 720,
			.align = "center",
			.keep_next = true };
		paragraph_put(w, &look, block->text[0]);
		break;
	case FORM_TEXT:
	case FORM_HEADING:
	case FORM_BLANK:
		text_put(w, block);
		break;
	case FORM_CELLS:
		cells_put(w, block);
		break;
	case FORM_GAP:
		gap_put(w, block->height);
		break;
	case FORM_SIGN:
		sign_put(w, block);
		break;
	case FORM_BIG:
		look = (struct look) {
			.face = DRAW_NUMBER, .half_points = 56, .align = "center"
		};
		paragraph_put(w, &look, block->text[0]);
		break;
	case FORM_CODE:
		look = (struct look) { .half_points = 32, .align = "center" };
		paragraph_begin(w, &look);
		picture_put(w, block->text[0], 36);
		buf_put_str(&w->out, "</w:p>");
		break;
	case FORM_IMPRINT:
		imprint_put(w, block);
		break;
	case FORM_FOOT:
		foot_put(w, block);
		break;
	}
}

static void document_put(struct writer *w)
{
	struct look last = { .half_points = 2, .line = 20 };
	buf_put_str(&w->out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:document "
		"xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" "
		"xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" "
		"xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\">"
		"<w:body>");
	for (unsigned i = 0; i < w->form->count; i++) {
		w->at = i;
		block_put(w, &w->form->blocks[i]);
	}
	table_end(w);
	/* A table may not end a text. */
	paragraph_put(w, &last, (struct slice) { 0 });
	/* GB/T 9704-2012 section 5.2 in twips: 37, 26, 35 and 28 mm; 22 lines of 28 characters. */
	buf_put_str(&w->out,
		"<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rId3\"/>"
		"<w:footerReference w:type=\"even\" r:id=\"rId4\"/>"
		"<w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"2098\" w:right=\"1474\" "
		"w:bottom=\"1984\" w:left=\"1587\" w:header=\"851\" w:footer=\"1400\" w:gutter=\"0\"/>"
		"<w:docGrid w:type=\"lines\" w:linePitch=\"579\"/>"
		"</w:sectPr></w:body></w:document>");
}

int docx_write(const struct draw_fonts *fonts, const struct form *form, struct buf *out)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct pack_part parts[DOCX_PARTS_MAX + 1];
	struct writer w = {
		.fonts = fonts, .form = form, .arena = arena, .end_from = end_of(form)
	};
	buf_init(&w.out, BODY_OCTETS_MAX);
	document_put(&w);
	unsigned count = docx_parts(fonts, form, w.picture_count, arena, parts);
	parts[count++] = (struct pack_part) { SLICE("word/document.xml"), buf_slice(&w.out) };
	for (unsigned i = 0; i < w.picture_count; i++) {
		parts[count++] = w.pictures[i];
	}
	int error = w.out.failed ? E_LIMIT : pack_write(parts, count, out);
	buf_fini(&w.out);
	return error;
}
