/* SPDX-License-Identifier: Apache-2.0 */
/* Word files of a school's own, made here part by part. */
#include "paper/template.h"

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "paper/pack.h"
#include "paper/spec.h"

#define W "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""
#define P(text) "<w:p><w:r><w:t>" text "</w:t></w:r></w:p>"
#define CELL(text) "<w:tc>" P(text) "</w:tc>"

static const char data_text[] =
	"{\"number\":\"网安 1\",\"unit\":\"教务<处>\",\"title\":\"事由\",\"date\":\"今日\",\"check_code\":"
	"\"AAAA\",\"basis\":\"某制度\",\"requirement\":\"一\\n二\",\"problems\":["
	"{\"title\":\"甲\",\"grade\":\"高危\"},{\"title\":\"乙{{unit}}\"}]}";

static void file_make(struct buf *out, const char *body, const struct pack_part *more)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct pack_part parts[3] = { { SLICE("[Content_Types].xml"), SLICE("<Types/>") },
		{ SLICE("word/document.xml"),
			arena_printf(arena,
				"<w:document " W "><w:body>%s</w:body></w:document>", body) } };
	unsigned count = 2;
	if (more != NULL) {
		parts[count++] = *more;
	}
	buf_init(out, 4 * 1024 * 1024);
	assert_int_equal(pack_write(parts, count, out), 0);
}

/* The text of the document, paragraphs ended by "|". */
static void text_of(struct slice file, struct buf *out)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct pack_part *parts = NULL;
	int count = pack_read(file, arena, &parts, NULL);
	buf_init(out, 4 * 1024 * 1024);
	for (int i = 0; i < count; i++) {
		struct slice left = slice_is(parts[i].name, "word/document.xml")
					    ? parts[i].octets
					    : (struct slice) { 0 };
		while (left.n > 0) {
			struct slice text;
			struct slice tag;
			(void)slice_cut(left, '<', &text, &left);
			(void)slice_cut(left, '>', &tag, &left);
			struct slice next = slice_head(left, slice_find(left, SLICE("<")));
			buf_put_str(out, slice_is(tag, "/w:p") ? "|" : "");
			buf_put_str(out, slice_is(tag, "w:br/") ? "/" : "");
			buf_put(out, slice_starts(tag, SLICE("w:t")) &&
						     !slice_starts(tag, SLICE("w:tr")) &&
						     !slice_starts(tag, SLICE("w:tc")) &&
						     !slice_starts(tag, SLICE("w:tbl"))
					     ? next
					     : SLICE(""));
		}
	}
}

static int fill_file(const struct buf *file, struct buf *out, struct diag *diag)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	const struct json *data = NULL;
	struct spec spec = { 0 };
	assert_int_equal(json_parse(arena, slice_str(data_text), 0, &data, NULL), 0);
	assert_int_equal(spec_find(SLICE("notice"), arena, &spec, NULL), 0);
	buf_init(out, 4 * 1024 * 1024);
	return template_fill(buf_slice(file), &spec, data, out, diag);
}

static void test_filled(void **state)
{
	static const struct {
		const char *name;
		const char *body;
		const char *want;
	} cases[] = {
		{ "a field, escaped for XML", P("致{{unit}}："), "致教务&lt;处&gt;：|" },
		{ "a field split over runs keeps the rest where it was",
			"<w:p><w:r><w:t>致{{un</w:t></w:r><w:r><w:t>it</w:t></w:r><w:r><w:t>}}：</w:t></w:r></w:p>",
			"致教务&lt;处&gt;：|" },
		{ "two fields in one run", P("{{number}}/{{date}}"), "网安 1/今日|" },
		{ "a line of the text is a line of the run", P("{{requirement}}"), "一/二|" },
		{ "what was filled in is no template",
			P("{{#each problems}}{{title}}，{{/each}}"), "甲，乙{{unit}}，|" },
		{ "a row is there once an item",
			"<w:tbl><w:tr>" CELL("序号")
				CELL("隐患") "</w:tr><w:tr>" CELL("{{#each problems}}{{@n}}")
					CELL("{{title}}{{/each}}") "</w:tr></w:tbl>",
			"序号|隐患|1|甲|2|乙{{unit}}|" },
		{ "paragraphs between two of their own repeat, the tags' paragraphs go",
			P("前") P("{{#each problems}}") P("{{@zh}}、{{title}}") P("完")
				P("{{/each}}") P("后"),
			"前|一、甲|完|二、乙{{unit}}|完|后|" },
		{ "a condition over paragraphs that does not hold",
			P("{{#if note}}") P("注：{{note}}") P("{{/if}}") P("完"), "完|" },
		{ "a condition over paragraphs that holds",
			P("{{#if unit}}") P("有") P("{{/if}}") P("完"), "有|完|" },
		{ "a condition within a repeated paragraph",
			P("{{#each problems}}") P("{{title}}{{#if grade}}（{{grade}}）{{/if}}")
				P("{{/each}}"),
			"甲（高危）|乙{{unit}}|" },
		{ "text without fields stays", P("甲{乙}"), "甲{乙}|" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_BUF struct buf file;
		AUTO_BUF struct buf out;
		AUTO_BUF struct buf text;
		struct diag diag = { 0 };
		file_make(&file, cases[i].body, NULL);
		int error = fill_file(&file, &out, &diag);
		text_of(buf_slice(&out), &text);
		if (error != 0 || !slice_is(buf_slice(&text), cases[i].want)) {
			fail_msg("%s: %d %s: %.*s", cases[i].name, error, diag.text,
				SLICE_FMT(buf_slice(&text)));
		}
	}
}

static void test_broken(void **state)
{
	static const struct {
		const char *name;
		const char *body;
		const char *source;
		const char *says;
	} cases[] = {
		{ "a field the kind does not have, with its place", P("责任单位：{{unitt}}"),
			"template.field",
			"word/document.xml: “责任单位：{{unitt}}”: {{unitt}} is no field of this paper" },
		{ "a field of an item although no list is open", P("{{advice}}"),
			"template.field",
			"word/document.xml: “{{advice}}”: {{advice}} is no field of this paper" },
		{ "a tag that is not closed", P("{{unit"), "template.field",
			"word/document.xml: “{{unit”: {{unit is not closed by }}" },
		{ "a list that ends in another cell of another table",
			P("{{#each problems}}") "<w:tbl><w:tr>" CELL(
				"{{title}}") "</w:tr></w:tbl>",
			"template.field",
			"word/document.xml: {{#each problems}} is not closed beside it" },
		{ "an end without a begin", P("甲") P("{{/each}}"), "template.field",
			"word/document.xml: a tag closes what is not open" },
		{ "text that is no XML", "<w:p>", "template.broken",
			"word/document.xml: is no XML" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_BUF struct buf file;
		AUTO_BUF struct buf out;
		struct diag diag = { 0 };
		file_make(&file, cases[i].body, NULL);
		int error = fill_file(&file, &out, &diag);
		if (error >= 0 || strcmp(diag.source, cases[i].source) != 0 ||
			strcmp(diag.text, cases[i].says) != 0) {
			fail_msg("%s: %d %s %s", cases[i].name, error, diag.source, diag.text);
		}
	}
}

static void test_hostile(void **state)
{
	static const struct {
		const char *name;
		const char *part;
		const char *octets;
		const char *source;
	} cases[] = {
		{ "macros", "word/vbaProject.bin", "x", "template.macro" },
		{ "an embedded object", "word/embeddings/oleObject1.bin", "x",
			"template.macro" },
		{ "a linked template", "word/_rels/settings.xml.rels",
			"<Relationships><Relationship Id=\"r\" TargetMode=\"External\" "
			"Target=\"http://10.0.0.1/x.dotm\"/></Relationships>",
			"template.link" },
		{ "a field that includes a file", "word/header1.xml",
			"<w:hdr " W
			"><w:p><w:r><w:instrText>INCLUDETEXT /etc/passwd</w:instrText>"
			"</w:r></w:p></w:hdr>",
			"template.link" },
		{ "entities", "word/header1.xml", "<!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>",
			"template.broken" },
		{ "a part that is no XML", "word/styles.xml", "<a>", "template.broken" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_BUF struct buf file;
		AUTO_BUF struct buf out;
		struct diag diag = { 0 };
		struct pack_part part = { slice_str(cases[i].part),
			slice_str(cases[i].octets) };
		file_make(&file, P("{{unit}}"), &part);
		int error = fill_file(&file, &out, &diag);
		if (error >= 0 || strcmp(diag.source, cases[i].source) != 0) {
			fail_msg("%s: %d %s %s", cases[i].name, error, diag.source, diag.text);
		}
	}
}

static void test_same_octets(void **state)
{
	AUTO_BUF struct buf file;
	AUTO_BUF struct buf first;
	AUTO_BUF struct buf second;
	struct diag diag = { 0 };
	(void)state;
	file_make(&file, P("{{unit}}"), NULL);
	assert_int_equal(fill_file(&file, &first, &diag), 0);
	assert_int_equal(fill_file(&file, &second, &diag), 0);
	assert_true(slice_eq(buf_slice(&first), buf_slice(&second)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "fields, rows and paragraphs are filled in", test_filled, NULL, NULL, NULL },
		{ "what is broken is told with its place", test_broken, NULL, NULL, NULL },
		{ "macros, links and entities are refused", test_hostile, NULL, NULL, NULL },
		{ "the same file and data give the same octets", test_same_octets, NULL, NULL,
			NULL },
	};
	return cmocka_run_group_tests_name("paper template", tests, NULL, NULL);
}
