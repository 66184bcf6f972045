/* SPDX-License-Identifier: Apache-2.0 */
/* A school's own fonts: whatever they are, there is a paper.  Each case in a process of its own. */
#include "paper/fonts.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/utf8.h"
#include "paper/cut.h"
#include "paper/render.h"

#define CFF "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
enum { CFF_INDEX = 2, FILE_MAX = 8 * 1024 * 1024 };

static char folder[] = "/tmp/fengsui-fonts-XXXXXX";
static uint8_t octets[FILE_MAX];

static size_t file_read(const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t n = file != NULL ? fread(octets, 1, sizeof(octets), file) : 0;
	if (file != NULL) {
		(void)fclose(file);
	}
	return n;
}

static bool file_write(const char *name, size_t n)
{
	char path[512];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "wb");
	bool ok = file != NULL && fwrite(octets, 1, n, file) == n;
	return file != NULL && fclose(file) == 0 && ok;
}

static bool no_more(void)
{
	return true;
}

/* Octets that call themselves fonts. */
static bool broken_put(void)
{
	return file_write("short.otf", file_read(CFF) / 9) && file_write("empty.ttf", 0) &&
	       file_write("program.otf", file_read("/proc/self/exe") / 3);
}

/* A face with CFF outlines and a name that no other has: "Noto Sans" with another letter. */
static bool own_cff_put(void)
{
	static const uint8_t name[] = { 'N', 0, 'o', 0, 't', 0, 'o', 0 };
	char path[64];
	int fd = -1;
	bool renamed = false;
	if (cut_face(CFF, CFF_INDEX, CUT_COMMON, &fd) < 0) {
		return false;
	}
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	size_t n = file_read(path);
	for (size_t i = 0; i + sizeof(name) < n; i++) {
		if (memcmp(octets + i, name, sizeof(name)) == 0) {
			octets[i + 6] = 'a';
			renamed = true;
		}
	}
	(void)close(fd);
	return renamed && file_write("own.otf", n);
}

static int paper_make(struct draw_fonts *fonts, struct buf *pdf)
{
	struct diag diag = { 0 };
	struct render_job job = { SLICE("withdrawal"), RENDER_PDF, SLICE("{\"example\":true}"),
		{ 0 } };
	buf_init(pdf, RENDER_OUTPUT_OCTETS_MAX);
	return render(fonts, &job, pdf, &diag);
}

static bool papers_fine(const char *json, const char *embedded)
{
	AUTO_BUF struct buf whole;
	AUTO_BUF struct buf cut;
	struct draw_fonts *fonts = NULL;
	struct diag diag = { 0 };
	if (draw_fonts_create(slice_str(json), (const char *const[]) { folder, NULL }, &fonts,
		    &diag) < 0 ||
		draw_fonts_open(fonts, &diag) < 0) {
		return false;
	}
	int pages = paper_make(fonts, &whole);
	draw_fonts_cut(fonts);
	bool fine = pages > 0 && paper_make(fonts, &cut) == pages && cut.n <= whole.n &&
		    slice_find(buf_slice(&cut), slice_str(embedded)) != SIZE_MAX;
	(void)draw_fonts_destroy(fonts);
	if (!fine) {
		(void)fprintf(stderr, "%d pages, %zu and %zu octets\n", pages, whole.n, cut.n);
	}
	return fine;
}

static void test_own(void **state)
{
	static const struct {
		const char *name;
		bool (*put)(void);
		const char *json;
		const char *embedded; /* what the file says of itself */
	} cases[] = {
		{ "our own choice", no_more, "", "NotoSerifCJKsc-Regular" },
		{ "TrueType", no_more,
			"{\"body\":\"LXGW WenKai\",\"title\":\"LXGW WenKai Bold\"}",
			"LXGWWenKai-Bold" },
		{ "CFF", own_cff_put, "{\"body\":\"Nota Sans CJK SC\"}",
			"NotaSansCJKsc-Regular" },
		{ "a family nobody has", no_more, "{\"body\":\"No Such Family\"}",
			"/FontFile" },
		{ "made bold by machine", own_cff_put, "{\"title\":\"Nota Sans CJK SC Bold\"}",
			"/FontFile" },
		{ "broken files beside", broken_put, "", "NotoSerifCJKsc-Regular" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int status = 0;
		pid_t pid = fork();
		if (pid == 0) {
			bool fine =
				cases[i].put() && papers_fine(cases[i].json, cases[i].embedded);
			_exit(fine ? 0 : 1);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (status != 0) {
			fail_msg("%s: no paper as it should be", cases[i].name);
		}
	}
}

static void folder_remove(void)
{
	DIR *dir = opendir(folder);
	for (const struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
		char path[512];
		(void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		(void)unlink(path);
	}
	(void)closedir(dir);
	(void)rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "with any fonts there is a paper", test_own, NULL, NULL, NULL },
	};
	if (gb18030_init() < 0 || mkdtemp(folder) == NULL) {
		return 1;
	}
	int failed = cmocka_run_group_tests_name("paper fonts", tests, NULL, NULL);
	folder_remove();
	return failed;
}
