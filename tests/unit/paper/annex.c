/* SPDX-License-Identifier: Apache-2.0 */
/* Forms of superiors, made here part by part: read, filled, and what of them stays. */
#include "paper/annex.h"

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "paper/pack.h"

#define W "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""
#define P(text) "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>" text "</w:t></w:r></w:p>"
#define CELL(text) "<w:tc>" P(text) "</w:tc>"
#define EMPTY "<w:tc><w:p><w:pPr><w:rPr><w:i/></w:rPr></w:pPr></w:p></w:tc>"
#define WORD                                                                                    \
	"<w:document " W "><w:body><w:p/><w:tbl><w:tr>" CELL("填报单位")                        \
		EMPTY CELL("是否整改") CELL("□是 □否") "</w:tr><w:tr>" CELL("序号")             \
			CELL("问题") CELL("措施") CELL("电话：") "</w:tr><w:tr>" CELL("1")      \
				EMPTY EMPTY EMPTY                                               \
		"</w:tr><w:tr>" CELL(                                                           \
			"备注") "<w:tc><w:tcPr><w:gridSpan w:val=\"3\"/></w:tcPr><w:p/></w:tc>" \
				"</w:tr></w:tbl>" P(                                            \
					"联系人：____ 电话：＿＿") "</w:body></w:document>"

#define SHEET                                                                                       \
	"<worksheet><dimension ref=\"A1:C6\"/><cols><col min=\"1\" max=\"3\" width=\"20\"/>"        \
	"</cols><sheetData><row r=\"1\"><c r=\"A1\" s=\"3\" t=\"s\"><v>0</v></c></row>"             \
	"<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>单位</t></is></c>"                       \
	"<c r=\"B2\" t=\"inlineStr\"><is><t>问题</t></is></c></row>"                              \
	"<row r=\"3\" ht=\"30\"><c r=\"A3\" s=\"5\"/><c r=\"B3\" s=\"6\"/><c r=\"C3\"/></row>"      \
	"<row r=\"4\"><c r=\"A4\" s=\"5\"/><c r=\"B4\" s=\"6\"/></row>"                             \
	"<row r=\"5\"><c r=\"A5\" t=\"s\"><v>1</v></c>%s</row></sheetData>"                         \
	"<mergeCells count=\"2\"><mergeCell ref=\"A5:C5\"/><mergeCell ref=\"B4:C4\"/></mergeCells>" \
	"<dataValidations><dataValidation sqref=\"A1 B5:B9\"/></dataValidations></worksheet>"

static void pack(struct buf *out, const struct pack_part *parts, unsigned count)
{
	buf_init(out, PACK_OCTETS_MAX);
	assert_int_equal(pack_write(parts, count, out), 0);
}

static void word_make(struct buf *out, struct slice document)
{
	struct pack_part parts[] = { { SLICE("[Content_Types].xml"), SLICE("<Types/>") },
		{ SLICE("word/document.xml"), document },
		{ SLICE("word/media/seal.png"), SLICE("\x89PNG as it came") },
		{ SLICE("word/styles.xml"), SLICE("<w:styles " W "  />") } };
	pack(out, parts, 4);
}

static void book_make(struct buf *out, struct arena *arena, const char *more)
{
	struct pack_part parts[] = { { SLICE("[Content_Types].xml"), SLICE("<Types/>") },
		{ SLICE("xl/workbook.xml"),
			SLICE("<workbook xmlns:r=\"r\"><sheets><sheet name=\"附件1\" sheetId=\"1\""
			      " r:id=\"rId3\"/></sheets></workbook>") },
		{ SLICE("xl/_rels/workbook.xml.rels"),
			SLICE("<Relationships><Relationship Id=\"rId3\""
			      " Target=\"worksheets/sheet1.xml\"/></Relationships>") },
		{ SLICE("xl/sharedStrings.xml"),
			SLICE("<sst><si><t>反馈表</t></si><si><r><t>填表</t></r><r><t>说明</t></r>"
			      "</si></sst>") },
		{ SLICE("xl/styles.xml"), SLICE("<styleSheet  a='b'/>") },
		{ SLICE("xl/worksheets/sheet1.xml"), arena_printf(arena, SHEET, more) } };
	pack(out, parts, 6);
}

static struct slice part_of(struct arena *arena, struct slice file, const char *name)
{
	struct pack_part *parts = NULL;
	int count = pack_read(file, arena, &parts, NULL);
	for (int i = 0; i < count; i++) {
		if (slice_is(parts[i].name, name)) {
			return parts[i].octets;
		}
	}
	return (struct slice) { 0 };
}

static int fill(struct slice file, const char *edits_text, struct buf *out, struct diag *diag)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	const struct json *edits = NULL;
	buf_init(out, PACK_OCTETS_MAX);
	assert_int_equal(json_parse(arena, slice_str(edits_text), 0, &edits, NULL), 0);
	return annex_fill(file, edits, out, diag);
}

static bool has(struct slice text, const char *what)
{
	bool found = slice_find(text, slice_str(what)) != SIZE_MAX;
	if (!found) {
		print_message("no %s in %.*s\n", what, SLICE_FMT(text));
	}
	return found;
}

static void a_word_form_is_read(void **state)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_BUF struct buf file;
	AUTO_BUF struct buf out;
	const struct json *root = NULL;
	const char *media = NULL;
	(void)state;
	word_make(&file, SLICE(WORD));
	buf_init(&out, ANNEX_JSON_OCTETS_MAX);
	assert_int_equal(annex_read(buf_slice(&file), &out, &media, NULL), 0);
	assert_int_equal(json_parse(arena, buf_slice(&out), 0, &root, NULL), 0);
	assert_true(slice_is(json_get_str(root, "format"), "docx"));
	const struct json *table = json_first(json_get(root, "tables"));
	assert_int_equal(json_get_int(table, "columns", 0), 4);
	assert_int_equal(json_count(json_get(table, "rows")), 4);
	assert_true(has(buf_slice(&out), "{\"c\":1,\"x\":1,\"w\":3,\"h\":1,\"s\":\"\"}"));
	assert_true(has(buf_slice(&out),
		"\"blanks\":[{\"r\":1,\"c\":0,\"s\":\"联系人：\"},{\"r\":1,\"c\":1,\"s\":\"电话：\"}]"));
}

static void a_word_form_is_filled(void **state)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_BUF struct buf file;
	AUTO_BUF struct buf out;
	(void)state;
	word_make(&file, SLICE(WORD));
	assert_int_equal(
		fill(buf_slice(&file),
			"{\"cells\":[{\"t\":0,\"r\":0,\"c\":1,\"s\":\"甲<&>校\"},"
			"{\"t\":0,\"r\":0,\"c\":3,\"s\":\"否\"},{\"t\":0,\"r\":3,\"c\":1,\"s\":\"末\"},"
			"{\"t\":-1,\"r\":1,\"c\":0,\"s\":\"张三\"},{\"t\":-1,\"r\":1,\"c\":1,\"s\":\"123\"}],"
			"\"repeat\":[{\"t\":0,\"r\":2,\"rows\":[[{\"c\":0,\"s\":\"1\"},{\"c\":1,\"s\":\"弱口令\"}],"
			"[{\"c\":0,\"s\":\"2\"},{\"c\":1,\"s\":\"一\\n二\"}],[{\"c\":0,\"s\":\"3\"}]]}]}",
			&out, NULL),
		0);
	struct slice now = part_of(arena, buf_slice(&out), "word/document.xml");
	assert_true(
		has(now, "<w:i/></w:rPr><w:t xml:space=\"preserve\">甲&lt;&amp;&gt;校</w:t>"));
	assert_true(has(now, "□是 ☑否"));
	assert_true(has(now, "联系人：张三 电话：123"));
	assert_true(has(now, ">弱口令</w:t>"));
	assert_true(has(now, ">一</w:t><w:br/><w:t xml:space=\"preserve\">二</w:t>"));
	/* Two rows were put in before the last. */
	assert_true(slice_find(now, SLICE(">3</w:t>")) < slice_find(now, SLICE("备注")));
	assert_true(has(now, ">末</w:t>"));
	/* Declared once, at the top. */
	assert_true(slice_find(slice_skip(now, slice_find(now, SLICE("xmlns:w")) + 1),
			    SLICE("xmlns:w")) == SIZE_MAX);
	assert_true(slice_eq(part_of(arena, buf_slice(&out), "word/media/seal.png"),
		SLICE("\x89PNG as it came")));
	assert_true(slice_eq(part_of(arena, buf_slice(&out), "word/styles.xml"),
		SLICE("<w:styles " W "  />")));
}

static void a_workbook_is_read_and_filled(void **state)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_BUF struct buf file;
	AUTO_BUF struct buf read;
	AUTO_BUF struct buf out;
	const char *media = NULL;
	(void)state;
	book_make(&file, arena, "");
	buf_init(&read, ANNEX_JSON_OCTETS_MAX);
	assert_int_equal(annex_read(buf_slice(&file), &read, &media, NULL), 0);
	assert_string_equal(media, ANNEX_XLSX_MEDIA);
	assert_true(has(buf_slice(&read), "\"name\":\"附件1\",\"columns\":3"));
	assert_true(
		has(buf_slice(&read), "{\"c\":0,\"x\":0,\"w\":3,\"h\":1,\"s\":\"填表说明\"}"));
	assert_int_equal(
		fill(buf_slice(&file),
			"{\"cells\":[{\"t\":0,\"r\":1,\"c\":2,\"s\":\"甲校\"}],"
			"\"repeat\":[{\"t\":0,\"r\":3,\"rows\":[[{\"c\":0,\"s\":\"教务\"},{\"c\":1,\"s\":\"a\"}],"
			"[{\"c\":0,\"s\":\"人事\"}],[{\"c\":0,\"s\":\"后勤\"}],[{\"c\":0,\"s\":\"财务\"}]]}]}",
			&out, NULL),
		0);
	struct slice now = part_of(arena, buf_slice(&out), "xl/worksheets/sheet1.xml");
	assert_true(
		has(now, "<c r=\"C1\" t=\"inlineStr\"><is><t xml:space=\"preserve\">甲校</t>"));
	assert_true(has(now, "<row r=\"3\" ht=\"30\"><c r=\"A3\" s=\"5\" t=\"inlineStr\">"));
	assert_true(has(
		now, "<c r=\"A6\" s=\"5\" t=\"inlineStr\"><is><t xml:space=\"preserve\">财务"));
	assert_true(has(now, "<row r=\"7\"><c r=\"A7\" t=\"s\"><v>1</v>"));
	assert_true(has(now, "<mergeCell ref=\"A7:C7\"/>"));
	assert_true(has(now, "<mergeCell ref=\"B6:C6\"/>"));
	assert_true(has(now, "count=\"4\""));
	assert_true(has(now, "sqref=\"A1 B7:B11\""));
	assert_true(has(now, "<dimension ref=\"A1:C8\"/>"));
	assert_true(slice_eq(part_of(arena, buf_slice(&out), "xl/styles.xml"),
		SLICE("<styleSheet  a='b'/>")));
}

static void what_is_computed_is_not_written_over(void **state)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_BUF struct buf file;
	AUTO_BUF struct buf one;
	AUTO_BUF struct buf two;
	AUTO_BUF struct buf three;
	struct diag diag = { 0 };
	(void)state;
	book_make(&file, arena, "<c r=\"B5\"><f>COUNTA(A3:A4)</f><v>0</v></c>");
	assert_int_equal(
		fill(buf_slice(&file), "{\"cells\":[{\"t\":0,\"r\":5,\"c\":1,\"s\":\"x\"}]}",
			&one, &diag),
		E_FORMAT);
	assert_string_equal(diag.source, "annex.formula");
	assert_int_equal(
		fill(buf_slice(&file), "{\"repeat\":[{\"t\":0,\"r\":3,\"rows\":[[],[],[]]}]}",
			&two, &diag),
		E_FORMAT);
	assert_string_equal(diag.source, "annex.rows");
	assert_int_equal(
		fill(buf_slice(&file), "{\"cells\":[{\"t\":4,\"r\":5,\"c\":1,\"s\":\"x\"}]}",
			&three, &diag),
		E_FORMAT);
	assert_string_equal(diag.source, "annex.place");
}

static void refused(struct slice name, struct slice octets, const char *code)
{
	AUTO_BUF struct buf file;
	AUTO_BUF struct buf out;
	struct diag diag = { 0 };
	const char *media = NULL;
	struct pack_part parts[] = { { SLICE("word/document.xml"), SLICE(WORD) },
		{ name, octets } };
	bool own = slice_is(name, "word/document.xml");
	pack(&file, own ? parts + 1 : parts, own ? 1 : 2);
	buf_init(&out, ANNEX_JSON_OCTETS_MAX);
	assert_true(annex_read(buf_slice(&file), &out, &media, &diag) < 0);
	assert_string_equal(diag.source, code);
}

static void what_is_no_harmless_form_is_refused(void **state)
{
	AUTO_BUF struct buf out;
	struct diag diag = { 0 };
	const char *media = NULL;
	(void)state;
	refused(SLICE("word/vbaProject.bin"), SLICE("x"), "annex.macro");
	refused(SLICE("word/embeddings/a.xlsx"), SLICE("x"), "annex.macro");
	refused(SLICE("word/_rels/document.xml.rels"),
		SLICE("<R><Relationship Id=\"a\" Type=\"x/attachedTemplate\" Target=\"http://a\""
		      " TargetMode=\"External\"/></R>"),
		"annex.link");
	refused(SLICE("word/header1.xml"), SLICE("<!DOCTYPE a><a/>"), "annex.broken");
	refused(SLICE("word/document.xml"), SLICE("<a"), "annex.broken");
	refused(SLICE("word/document.xml"), SLICE("<a/>"), "annex.empty");
	refused(SLICE("xl/workbook.xml"), SLICE("<a/>"), "annex.type");
	buf_init(&out, ANNEX_JSON_OCTETS_MAX);
	assert_true(
		annex_read(SLICE("\xd0\xcf\x11\xe0 locked or old"), &out, &media, &diag) < 0);
	assert_string_equal(diag.source, "annex.type");
	assert_true(annex_read(SLICE(""), &out, &media, &diag) < 0);
	assert_string_equal(diag.source, "annex.type");
	assert_true(annex_read(SLICE("PK\x03\x04 and no more"), &out, &media, &diag) < 0);
	assert_string_equal(diag.source, "annex.broken");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_form_is_read),
		cmocka_unit_test(a_word_form_is_filled),
		cmocka_unit_test(a_workbook_is_read_and_filled),
		cmocka_unit_test(what_is_computed_is_not_written_over),
		cmocka_unit_test(what_is_no_harmless_form_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
