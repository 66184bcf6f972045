/* SPDX-License-Identifier: Apache-2.0 */
/* Papers rendered and read back by poppler's programs. */
#include "paper/render.h"

#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/num.h"
#include "base/utf8.h"
#include "model/paper.h"
#include "paper/fonts.h"
#include "paper/pack.h"
#include "paper/spec.h"

static const char *examples;
static struct draw_fonts *fonts;

/* fontconfig and cairo keep caches until the process ends. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\nleak:libcairo\nleak:libpango\nleak:libglib\n";
}

static unsigned threads_before;

static unsigned threads(void)
{
	DIR *tasks = opendir("/proc/self/task");
	unsigned count = 0;
	for (const struct dirent *entry = NULL; (entry = readdir(tasks)) != NULL;) {
		count += entry->d_name[0] != '.' ? 1 : 0;
	}
	(void)closedir(tasks);
	return count;
}

static void test_threads(void **state)
{
	(void)state;
	assert_int_equal(threads_before, 1);
}

static void example_read(const char *name, struct buf *out)
{
	char path[512];
	(void)snprintf(path, sizeof(path), "%s/%s.json", examples, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	buf_init(out, RENDER_INPUT_OCTETS_MAX);
	for (ssize_t n = 1; n > 0;) {
		uint8_t *to = buf_reserve(out, 16384);
		assert_non_null(to);
		n = read(fd, to, 16384);
		assert_true(n >= 0);
		buf_commit(out, (size_t)n);
	}
	(void)close(fd);
}

/* What a program of poppler says about the PDF. */
static void poppler(
	const struct buf *pdf, const char *program, const char *option, struct buf *out)
{
	char path[] = "/tmp/fengsui-paper-XXXXXX";
	int pipe_fd[2];
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, pdf->p, pdf->n), pdf->n);
	(void)close(fd);
	assert_int_equal(pipe2(pipe_fd, O_CLOEXEC), 0);
	/* Pixels go to where a name of files is not told. */
	const char *where = strcmp(program, "pdftoppm") == 0 ? NULL : "-";
	const char *const words[] = { program, option, path, where, NULL };
	posix_spawn_file_actions_t actions;
	pid_t pid = -1;
	assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
	assert_int_equal(posix_spawn_file_actions_adddup2(&actions, pipe_fd[1], 1), 0);
	assert_int_equal(posix_spawnp(&pid, program, &actions, NULL,
				 (char *const *)(uintptr_t)words, environ),
		0);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)close(pipe_fd[1]);
	buf_init(out, 16 * 1024 * 1024);
	for (ssize_t n = 1; n > 0;) {
		uint8_t *to = buf_reserve(out, 65536);
		assert_non_null(to);
		n = read(pipe_fd[0], to, 65536);
		buf_commit(out, n > 0 ? (size_t)n : 0);
	}
	(void)close(pipe_fd[0]);
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	(void)unlink(path);
}

static int render_example(const char *kind, const char *name, struct buf *pdf)
{
	AUTO_BUF struct buf data;
	struct diag diag = { 0 };
	example_read(name, &data);
	buf_init(pdf, RENDER_OUTPUT_OCTETS_MAX);
	struct render_job job = { .kind = slice_str(kind), .json = buf_slice(&data) };
	int pages = render(fonts, &job, pdf, &diag);
	if (pages < 0) {
		fail_msg("%s: %s", kind, diag.text);
	}
	return pages;
}

static int render_text(const char *kind, struct slice json, struct buf *pdf, struct diag *diag)
{
	struct render_job job = { .kind = slice_str(kind), .json = json };
	buf_init(pdf, RENDER_OUTPUT_OCTETS_MAX);
	return render(fonts, &job, pdf, diag);
}

static bool holds(const struct buf *text, const char *what)
{
	return slice_find(buf_slice(text), slice_str(what)) != SIZE_MAX;
}

static void test_text(void **state)
{
	AUTO_BUF struct buf pdf;
	AUTO_BUF struct buf text;
	(void)state;
	assert_int_equal(render_example("notice", "notice", &pdf), 3);
	poppler(&pdf, "pdftotext", "-layout", &text);
	/* The first line of the body: two cells of indent and 26 characters. */
	assert_true(holds(&text, "根据《网络安全监测预警和信息通报实施办法》第十五条规\n"));
	assert_true(holds(&text, "编号：网安通报 2026-017"));
	assert_true(holds(&text, "网络安全隐患限期整改通知书"));
	assert_true(holds(&text, "（二）Web服务组件版本过低（中危）"));
	assert_true(holds(&text, "—1—"));
	assert_true(holds(&text, "—3—"));
	assert_true(holds(&text, "校验码：7KQ4M2XA"));
	assert_true(holds(&text, "2026年11月22日\n"));
}

/* Octets of a number like xMin="79.37" after the name; thousandths. */
static int64_t attribute(struct slice line, const char *name)
{
	size_t at = slice_find(line, slice_str(name));
	assert_true(at != SIZE_MAX);
	struct slice number = { 0 };
	struct slice rest = slice_skip(line, at + strlen(name) + 2);
	double value = 0;
	(void)slice_cut(rest, '"', &number, &rest);
	assert_int_equal(num_double(number, &value), 0);
	return (int64_t)(value * 1000);
}

static void test_grid(void **state)
{
	AUTO_BUF struct buf pdf;
	AUTO_BUF struct buf text;
	int64_t lines[64] = { 0 };
	size_t count = 0;
	unsigned page = 0;
	(void)state;
	(void)render_example("notice", "notice", &pdf);
	poppler(&pdf, "pdftotext", "-bbox", &text);
	struct slice left = buf_slice(&text);
	for (struct slice line; slice_cut(left, '\n', &line, &left);) {
		page += slice_find(line, SLICE("<page ")) != SIZE_MAX ? 1 : 0;
		if (page != 2 || slice_find(line, SLICE("<word ")) == SIZE_MAX ||
			slice_find(line, SLICE("—2—")) != SIZE_MAX) {
			continue;
		}
		/* Within 28 and 26 mm of the edges; a hanging stop may stand out by half a cell. */
		assert_true(attribute(line, "xMin") > 79370 - 1000);
		assert_true(attribute(line, "xMax") < 79370 + 442205 + 16000);
		int64_t at = attribute(line, "yMax");
		bool seen = false;
		for (size_t i = 0; i < count; i++) {
			seen = seen || (lines[i] - at < 3000 && at - lines[i] < 3000);
		}
		if (!seen) {
			lines[count++] = at;
		}
		assert_true(count <= 22);
	}
	assert_int_equal(count, 22);
}

static void test_fonts_embedded(void **state)
{
	AUTO_BUF struct buf pdf;
	(void)state;
	(void)render_example("notice", "notice", &pdf);
	assert_true(pdf.n < 160 * 1024);
	assert_true(holds(&pdf, "/FontFile3") && holds(&pdf, "/ToUnicode"));
}

/* The parts of a Word file, and the text of its document without tags. */
static void docx_text(const char *kind, struct buf *file, struct buf *text)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_BUF struct buf data;
	struct diag diag = { 0 };
	struct pack_part *parts = NULL;
	example_read(kind, &data);
	buf_init(file, RENDER_OUTPUT_OCTETS_MAX);
	buf_init(text, RENDER_OUTPUT_OCTETS_MAX);
	struct render_job job = { slice_str(kind), RENDER_DOCX, buf_slice(&data), { 0 } };
	if (render(fonts, &job, file, &diag) < 0) {
		fail_msg("%s: %s", kind, diag.text);
	}
	int count = pack_read(buf_slice(file), arena, &parts, &diag);
	assert_true(count > 5);
	for (int i = 0; i < count; i++) {
		bool inside = false;
		bool document = slice_is(parts[i].name, "word/document.xml");
		for (size_t at = 0; document && at < parts[i].octets.n; at++) {
			uint8_t c = parts[i].octets.p[at];
			inside = c == '<' || (inside && c != '>');
			if (!inside && c != '>') {
				buf_put_byte(text, c);
			}
		}
	}
}

/* What stands on every paper, whoever reads it: number, check code, basis, unit, date. */
static void common_assert(const char *kind, const struct buf *text)
{
	static const char *const members[] = { "number", "check_code", "basis", "unit" };
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_BUF struct buf data;
	const struct json *root = NULL;
	example_read(kind, &data);
	assert_int_equal(json_parse(arena, buf_slice(&data), 0, &root, NULL), 0);
	for (unsigned i = 0; i < 4; i++) {
		struct slice want = json_get_str(root, members[i]);
		/* A red head carries the number the office gave it instead. */
		bool red = i == 0 && json_get_str(root, "doc_number").n > 0;
		want = red ? json_get_str(root, "doc_number") : want;
		if (slice_find(buf_slice(text), want) == SIZE_MAX) {
			fail_msg("%s does not say its %s", kind, members[i]);
		}
	}
}

static void test_every_kind(void **state)
{
	(void)state;
	for (unsigned i = 0; spec_kind(i) != NULL; i++) {
		AUTO_BUF struct buf pdf;
		AUTO_BUF struct buf text;
		bool one = strcmp(spec_kind(i), "brief") == 0 ||
			   strcmp(spec_kind(i), "access_slip") == 0;
		int pages = render_example(spec_kind(i), spec_kind(i), &pdf);
		assert_true(one ? pages == 1 : pages >= 1);
		assert_true(slice_starts(buf_slice(&pdf), SLICE("%PDF-1.")));
		poppler(&pdf, "pdftotext", "-layout", &text);
		common_assert(spec_kind(i), &text);
		assert_false(holds(&text, "{{"));
	}
}

static void test_every_word(void **state)
{
	(void)state;
	for (unsigned i = 0; spec_kind(i) != NULL; i++) {
		AUTO_BUF struct buf file;
		AUTO_BUF struct buf again;
		AUTO_BUF struct buf text;
		AUTO_BUF struct buf more;
		docx_text(spec_kind(i), &file, &text);
		docx_text(spec_kind(i), &again, &more);
		common_assert(spec_kind(i), &text);
		assert_true(slice_eq(buf_slice(&file), buf_slice(&again)));
	}
}

static void test_kinds_named(void **state)
{
	(void)state;
	unsigned count = 0;
	for (; spec_kind(count) != NULL; count++) {
		assert_true(name_parse(&paper_kind_names, slice_str(spec_kind(count))) >= 0);
	}
	assert_int_equal(count + 1, PAPER_KIND_COUNT); /* and the batch */
}

static void test_batch(void **state)
{
	AUTO_BUF struct buf pdf;
	AUTO_BUF struct buf text;
	(void)state;
	/* 3 pages and an empty one, 1 and an empty one, 1. */
	assert_int_equal(render_example("batch", "batch", &pdf), 7);
	poppler(&pdf, "pdftotext", "-layout", &text);
	struct slice left = buf_slice(&text);
	static const char *const begins[] = { "编号", "", "", "", "编号", "", "编号" };
	for (unsigned page = 0; page < 7; page++) {
		struct slice one = { 0 };
		(void)slice_cut(left, '\f', &one, &left);
		bool first = slice_find(one, SLICE("编号：网安通报")) != SIZE_MAX;
		assert_int_equal(first, begins[page][0] != '\0');
	}
}

/* "key":"value", with the paper's needs around it. */
static void data_with(struct buf *out, const char *more)
{
	buf_init(out, RENDER_INPUT_OCTETS_MAX);
	buf_printf(out,
		"{\"number\":\"1\",\"unit\":\"甲\",\"title\":\"乙\",\"date\":\"2026年1月1日\",\"check_code\":"
		"\"ABCDEFGH\",\"basis\":\"某制度第一条\",\"from\":\"中心\"%s}",
		more);
}

static void test_table_heads(void **state)
{
	AUTO_BUF struct buf pdf;
	AUTO_BUF struct buf text;
	(void)state;
	int pages = render_example("ledger", "ledger", &pdf);
	poppler(&pdf, "pdftotext", "-layout", &text);
	unsigned heads = 0;
	struct slice left = buf_slice(&text);
	for (size_t at = 0; (at = slice_find(left, SLICE("责任人"))) != SIZE_MAX; heads++) {
		left = slice_skip(left, at + 9);
	}
	assert_true(pages >= 3);
	/* On every page that the list of 90 goes over. */
	assert_true(heads >= 3);
}

static void test_long(void **state)
{
	(void)state;
	AUTO_BUF struct buf list;
	AUTO_BUF struct buf data;
	AUTO_BUF struct buf pdf;
	struct diag diag = { 0 };
	buf_init(&list, RENDER_INPUT_OCTETS_MAX);
	buf_put_str(&list, ",\"problems\":[");
	for (int i = 0; i < 200; i++) {
		buf_printf(&list,
			"%s{\"title\":\"第%d个隐患的名称很长很长很长很长很长很长很长很长\",\"description\":\"说明说明说明\"}",
			i > 0 ? "," : "", i);
	}
	buf_put_str(&list, "]");
	data_with(&data, (const char *)list.p);
	int pages = render_text("notice", buf_slice(&data), &pdf, &diag);
	assert_true(pages > 20 && pages < 200);
	/* All of them fit on the brief's one page, too, shortened. */
	AUTO_BUF struct buf brief;
	assert_int_equal(render_text("brief", buf_slice(&data), &brief, &diag), 1);
}

static void test_hostile(void **state)
{
	(void)state;
	AUTO_BUF struct buf data;
	AUTO_BUF struct buf pdf;
	AUTO_BUF struct buf text;
	struct diag diag = { 0 };
	AUTO_BUF struct buf more;
	buf_init(&more, 65536);
	buf_put_str(&more, ",\"requirement\":\"甲\\u0000\\u0007\\u202e乙\\u2066丙");
	for (int i = 0; i < 500; i++) {
		buf_put_str(&more, "\xcc\x81");
	}
	buf_put_str(&more, "丁 𠮷 {{unit}} <w:t>&\",\"problems\":[{\"title\":\"");
	for (int i = 0; i < 3000; i++) {
		buf_put_str(&more, "W");
	}
	buf_put_str(&more, "\"}]");
	data_with(&data, (const char *)more.p);
	int pages = render_text("notice", buf_slice(&data), &pdf, &diag);
	assert_true(pages > 0 && pages < 10);
	poppler(&pdf, "pdftotext", "-layout", &text);
	assert_true(holds(&text, "甲乙丙"));
	assert_true(holds(&text, "{{unit}}")); /* what was told is no template */
	struct render_job word = { SLICE("notice"), RENDER_DOCX, buf_slice(&data), { 0 } };
	AUTO_BUF struct buf file;
	buf_init(&file, RENDER_OUTPUT_OCTETS_MAX);
	assert_int_equal(render(fonts, &word, &file, &diag), 1);
}

static void test_missing(void **state)
{
	static const struct {
		const char *name;
		const char *kind;
		const char *more;
		const char *want;
	} cases[] = {
		{ "a member the kind needs", "extension", "", "asked_due is missing" },
		{ "a member of an item", "notice", ",\"problems\":[{\"title\":\"a\"},{}]",
			"problems[1].title is missing" },
		{ "a member that is empty", "control",
			",\"asset\":\" \",\"measure\":\"m\",\"reason\":\"r\"",
			"asset is missing" },
		{ "a number where a text is expected", "notice", ",\"due\":3",
			"due is of another type" },
		{ "a text where a list is expected", "notice", ",\"problems\":\"x\"",
			"problems is of another type" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_BUF struct buf data;
		AUTO_BUF struct buf pdf;
		struct diag diag = { 0 };
		data_with(&data, cases[i].more);
		int error = render_text(cases[i].kind, buf_slice(&data), &pdf, &diag);
		if (error != E_INPUT || strcmp(diag.text, cases[i].want) != 0) {
			fail_msg("%s: %d %s", cases[i].name, error, diag.text);
		}
	}
}

static void test_same_octets(void **state)
{
	AUTO_BUF struct buf first;
	AUTO_BUF struct buf second;
	(void)state;
	(void)render_example("brief", "brief", &first);
	(void)render_example("brief", "brief", &second);
	assert_true(slice_eq(buf_slice(&first), buf_slice(&second)));
}

static void test_signature_not_alone(void **state)
{
	(void)state;
	/* However long the text, the page with the date has lines of text too. */
	for (int more = 0; more < 23; more++) {
		AUTO_BUF struct buf data;
		AUTO_BUF struct buf pdf;
		AUTO_BUF struct buf text;
		struct diag diag = { 0 };
		AUTO_BUF struct buf text_of;
		buf_init(&text_of, 65536);
		buf_put_str(&text_of, ",\"requirement\":\"");
		for (int i = 0; i < more; i++) {
			buf_put_str(&text_of, "要求。\\n");
		}
		buf_put_str(&text_of, "末尾要求。\"");
		data_with(&data, (const char *)text_of.p);
		assert_true(render_text("notice", buf_slice(&data), &pdf, &diag) > 0);
		poppler(&pdf, "pdftotext", "-layout", &text);
		size_t last = 0;
		for (size_t i = 0; i + 1 < text.n; i++) {
			last = text.p[i] == '\f' && i + 1 < text.n ? i : last;
		}
		struct slice tail = slice_skip(buf_slice(&text), last);
		assert_true(slice_find(tail, SLICE("2026年1月1日")) != SIZE_MAX);
		assert_true(slice_find(tail, SLICE("末尾要求。")) != SIZE_MAX);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *name;
		const char *kind;
		const char *json;
		int want;
	} cases[] = {
		{ "an unknown kind", "poem", "{}", E_UNSUPPORTED },
		{ "no JSON", "notice", "{", E_SHORT },
		{ "no number", "notice", "{\"unit\":\"a\",\"date\":\"b\",\"check_code\":\"c\"}",
			E_INPUT },
		{ "an array", "notice", "[]", E_INPUT },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_BUF struct buf pdf;
		struct diag diag = { 0 };
		int error = render_text(cases[i].kind, slice_str(cases[i].json), &pdf, &diag);
		if (error != cases[i].want || diag.text[0] == '\0') {
			fail_msg("%s: %d", cases[i].name, error);
		}
	}
	AUTO_BUF struct buf small;
	AUTO_BUF struct buf data;
	struct diag diag = { 0 };
	buf_init(&small, 1000);
	example_read("notice", &data);
	struct render_job job = { .kind = SLICE("notice"), .json = buf_slice(&data) };
	assert_int_equal(render(fonts, &job, &small, &diag), E_LIMIT);
}

/* Papers made before the faces were cut: each example, and one of characters beyond every cut. */
enum { WHOLE_MAX = 40 };
static struct buf whole[WHOLE_MAX];
static const char rare[] = "𠮷野㐂一、陶喆、李镕堃（Ǎéñ Ωμ №⑫ ㎡ カナ 한 𝄞）";

static int rare_make(struct buf *pdf)
{
	AUTO_BUF struct buf data;
	struct diag diag = { 0 };
	char more[256];
	(void)snprintf(more, sizeof(more), ",\"requirement\":\"%s\"", rare);
	data_with(&data, more);
	return render_text("notice", buf_slice(&data), pdf, &diag);
}

static int whole_make(void)
{
	unsigned count = 0;
	for (; spec_kind(count) != NULL && count + 1 < WHOLE_MAX; count++) {
		(void)render_example(spec_kind(count), spec_kind(count), &whole[count]);
	}
	return spec_kind(count) == NULL ? rare_make(&whole[count]) : -1;
}

static void whole_free(void)
{
	for (unsigned i = 0; i < WHOLE_MAX; i++) {
		buf_fini(&whole[i]);
	}
}

/* Pixel by pixel, and the text that is copied out of it. */
static void same_assert(const char *name, const struct buf *one, const struct buf *other)
{
	static const struct {
		const char *program;
		const char *option;
		const char *what;
	} cases[] = { { "pdftoppm", "-gray", "looks" }, { "pdftotext", "-layout", "reads" } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_BUF struct buf seen;
		AUTO_BUF struct buf other_seen;
		poppler(one, cases[i].program, cases[i].option, &seen);
		poppler(other, cases[i].program, cases[i].option, &other_seen);
		assert_true(seen.n > 100);
		if (!slice_eq(buf_slice(&seen), buf_slice(&other_seen))) {
			fail_msg("%s %s different", name, cases[i].what);
		}
	}
}

static void test_cut_same(void **state)
{
	(void)state;
	for (unsigned i = 0; spec_kind(i) != NULL; i++) {
		AUTO_BUF struct buf pdf;
		(void)render_example(spec_kind(i), spec_kind(i), &pdf);
		same_assert(spec_kind(i), &whole[i], &pdf);
		if (pdf.n > whole[i].n / 2) {
			fail_msg("%s is no smaller: %zu of %zu octets", spec_kind(i), pdf.n,
				whole[i].n);
		}
	}
}

/* In the whole face, as ever: nothing is a box. */
static void test_rare(void **state)
{
	(void)state;
	unsigned last = 0;
	while (spec_kind(last) != NULL) {
		last++;
	}
	AUTO_BUF struct buf pdf;
	AUTO_BUF struct buf text;
	assert_true(rare_make(&pdf) > 0);
	same_assert("a paper of rare characters", &whole[last], &pdf);
	poppler(&pdf, "pdftotext", "-layout", &text);
	assert_true(holds(&text, "𠮷野㐂一、陶喆、李镕堃"));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		{ "finding the fonts starts no thread", test_threads, NULL, NULL, NULL },
		{ "the text of a notice can be read back", test_text, NULL, NULL, NULL },
		{ "a full page has 22 lines within the margins", test_grid, NULL, NULL, NULL },
		{ "with faces cut down a paper looks and reads the same, and is smaller",
			test_cut_same, NULL, NULL, NULL },
		{ "characters beyond the cut are drawn in the whole face", test_rare, NULL,
			NULL, NULL },
		{ "fonts are embedded and small", test_fonts_embedded, NULL, NULL, NULL },
		{ "every kind renders, brief and access slip on one page", test_every_kind,
			NULL, NULL, NULL },
		{ "every kind is a Word file that says the same, octet for octet twice",
			test_every_word, NULL, NULL, NULL },
		{ "every kind has its name", test_kinds_named, NULL, NULL, NULL },
		{ "papers to print begin on the front of a sheet", test_batch, NULL, NULL,
			NULL },
		{ "the head of a table stands on each of its pages", test_table_heads, NULL,
			NULL, NULL },
		{ "200 findings fill pages, and one page of the brief", test_long, NULL, NULL,
			NULL },
		{ "hostile text is cleaned and filled in once", test_hostile, NULL, NULL,
			NULL },
		{ "data that lacks something is refused with its name", test_missing, NULL,
			NULL, NULL },
		{ "the same data gives the same octets", test_same_octets, NULL, NULL, NULL },
		{ "the signature never stands alone on a page", test_signature_not_alone, NULL,
			NULL, NULL },
		{ "unknown kinds, bad data and overflow are refused", test_refused, NULL, NULL,
			NULL },
	};
	struct diag diag = { 0 };
	examples = argc > 1 ? argv[1] : "docs/examples/paper";
	if (gb18030_init() < 0 || draw_fonts_create((struct slice) { 0 },
					  (const char *const[]) { NULL }, &fonts, &diag) < 0) {
		return 1;
	}
	/* The file fence holds for the thread that puts it up and for those it starts later. */
	threads_before = threads();
	if (draw_fonts_open(fonts, &diag) < 0) {
		(void)fprintf(stderr, "%s\n", diag.text);
		return 1;
	}
	if (whole_make() < 0) {
		return 1;
	}
	/* From here on as the program makes them. */
	draw_fonts_cut(fonts);
	int failed = cmocka_run_group_tests_name("paper render", tests, NULL, NULL);
	whole_free();
	fonts = draw_fonts_destroy(fonts);
	return failed;
}
