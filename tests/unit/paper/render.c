/* SPDX-License-Identifier: Apache-2.0 */
/* Papers rendered and read back by poppler's programs. */
#include "paper/render.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/num.h"
#include "paper/draw.h"

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
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)dup2(pipe_fd[1], 1);
		(void)execlp(program, program, option, path, "-", NULL);
		_exit(127);
	}
	(void)close(pipe_fd[1]);
	buf_init(out, 4 * 1024 * 1024);
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
	int pages = render(fonts, slice_str(kind), buf_slice(&data), pdf, &diag);
	if (pages < 0) {
		fail_msg("%s: %s", kind, diag.text);
	}
	return pages;
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
	assert_true(pdf.n < 600 * 1024);
	assert_true(holds(&pdf, "/FontFile3") && holds(&pdf, "/ToUnicode"));
}

static void test_every_kind(void **state)
{
	(void)state;
	for (unsigned i = 0; render_kind(i) != NULL; i++) {
		AUTO_BUF struct buf pdf;
		bool brief = strcmp(render_kind(i), "brief") == 0;
		bool report = strcmp(render_kind(i), "report") == 0;
		int pages = render_example(render_kind(i),
			brief    ? "brief"
			: report ? "report"
				 : "notice",
			&pdf);
		assert_true(brief ? pages == 1 : pages >= 1);
		assert_true(slice_starts(buf_slice(&pdf), SLICE("%PDF-1.")));
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
		buf_init(&data, 65536);
		buf_init(&pdf, RENDER_OUTPUT_OCTETS_MAX);
		buf_put_str(&data,
			"{\"number\":\"1\",\"unit\":\"甲\",\"date\":\"2026年1月1日\",\"check_code\":"
			"\"ABCDEFGH\",\"from\":\"中心\",\"requirement\":\"");
		for (int i = 0; i < more; i++) {
			buf_put_str(&data, "要求。\\n");
		}
		buf_put_str(&data, "末尾要求。\"}");
		assert_true(render(fonts, SLICE("notice"), buf_slice(&data), &pdf, &diag) > 0);
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
		buf_init(&pdf, RENDER_OUTPUT_OCTETS_MAX);
		int error = render(
			fonts, slice_str(cases[i].kind), slice_str(cases[i].json), &pdf, &diag);
		if (error != cases[i].want || diag.text[0] == '\0') {
			fail_msg("%s: %d", cases[i].name, error);
		}
	}
	AUTO_BUF struct buf small;
	AUTO_BUF struct buf data;
	struct diag diag = { 0 };
	buf_init(&small, 1000);
	example_read("notice", &data);
	assert_int_equal(
		render(fonts, SLICE("notice"), buf_slice(&data), &small, &diag), E_LIMIT);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		{ "finding the fonts starts no thread", test_threads, NULL, NULL, NULL },
		{ "the text of a notice can be read back", test_text, NULL, NULL, NULL },
		{ "a full page has 22 lines within the margins", test_grid, NULL, NULL, NULL },
		{ "fonts are embedded and small", test_fonts_embedded, NULL, NULL, NULL },
		{ "every kind renders, the brief on one page", test_every_kind, NULL, NULL,
			NULL },
		{ "the same data gives the same octets", test_same_octets, NULL, NULL, NULL },
		{ "the signature never stands alone on a page", test_signature_not_alone, NULL,
			NULL, NULL },
		{ "unknown kinds, bad data and overflow are refused", test_refused, NULL, NULL,
			NULL },
	};
	struct diag diag = { 0 };
	examples = argc > 1 ? argv[1] : "docs/examples/paper";
	if (draw_fonts_create(
		    (struct slice) { 0 }, (const char *const[]) { NULL }, &fonts, &diag) < 0) {
		return 1;
	}
	/* The file fence holds for the thread that puts it up and for those it starts later. */
	threads_before = threads();
	if (draw_fonts_open(fonts, &diag) < 0) {
		(void)fprintf(stderr, "%s\n", diag.text);
		return 1;
	}
	int failed = cmocka_run_group_tests_name("paper render", tests, NULL, NULL);
	fonts = draw_fonts_destroy(fonts);
	return failed;
}
