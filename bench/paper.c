/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Papers as PDF with warm fonts: every example of docs/examples/paper, in
 * turn, five runs.  There is no peer that sets Chinese official papers: the
 * target stands in for it, 5 ms a page.  CPU time of the process.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/num.h"
#include "base/utf8.h"
#include "paper/fonts.h"
#include "paper/render.h"
#include "paper/spec.h"

enum { RUNS_MAX = 5, ROUNDS = 4 };

static const double target_ms = 5.0;

static void fail(const char *what, const char *why)
{
	(void)fprintf(stderr, "bench-paper: %s: %s\n", what, why);
	exit(3);
}

static double now_ms(void)
{
	struct timespec at;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
	return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

static void example_read(const char *kind, struct buf *out)
{
	char path[512];
	(void)snprintf(path, sizeof(path), "%s/%s.json", EXAMPLES, kind);
	FILE *file = fopen(path, "rb");
	buf_init(out, RENDER_INPUT_OCTETS_MAX);
	uint8_t *to = buf_reserve(out, RENDER_INPUT_OCTETS_MAX - 1);
	if (file == NULL || to == NULL) {
		fail(path, "cannot be read");
	}
	buf_commit(out, fread(to, 1, RENDER_INPUT_OCTETS_MAX - 1, file));
	(void)fclose(file);
}

/* All kinds once; pages. */
static int round_make(struct draw_fonts *fonts)
{
	int pages = 0;
	for (unsigned i = 0; spec_kind(i) != NULL; i++) {
		AUTO_BUF struct buf data;
		AUTO_BUF struct buf pdf;
		struct diag diag = { 0 };
		example_read(spec_kind(i), &data);
		buf_init(&pdf, RENDER_OUTPUT_OCTETS_MAX);
		struct render_job job = { slice_str(spec_kind(i)), RENDER_PDF, buf_slice(&data),
			{ 0 } };
		int more = render(fonts, &job, &pdf, &diag);
		if (more < 0) {
			fail(spec_kind(i), diag.text);
		}
		pages += more;
	}
	return pages;
}

static int ascending(const void *a, const void *b)
{
	const double *x = a;
	const double *y = b;
	return (*x > *y) - (*x < *y);
}

/* bench-paper [RUNS [ROUNDS]]: fewer of them for a profile. */
static unsigned number_of(int argc, char **argv, int at, unsigned otherwise)
{
	int64_t n = otherwise;
	return argc > at && num_i64(slice_str(argv[at]), 1, otherwise, &n) == 0 ? (unsigned)n
										: otherwise;
}

int main(int argc, char **argv)
{
	struct draw_fonts *fonts = NULL;
	struct diag diag = { 0 };
	double page_ms[RUNS_MAX];
	unsigned runs = number_of(argc, argv, 1, RUNS_MAX);
	unsigned rounds = number_of(argc, argv, 2, ROUNDS);
	if (gb18030_init() < 0 ||
		draw_fonts_create((struct slice) { 0 }, (const char *const[]) { NULL }, &fonts,
			&diag) < 0 ||
		draw_fonts_open(fonts, &diag) < 0) {
		fail("fonts", diag.text);
	}
	draw_fonts_cut(fonts);
	(void)round_make(fonts);
	for (unsigned run = 0; run < runs; run++) {
		double began = now_ms();
		int pages = 0;
		for (unsigned i = 0; i < rounds; i++) {
			pages += round_make(fonts);
		}
		page_ms[run] = (now_ms() - began) / pages;
		(void)fprintf(stderr, "run %u: %d pages, %.2f ms a page\n", run + 1, pages,
			page_ms[run]);
	}
	qsort(page_ms, runs, sizeof(page_ms[0]), ascending);
	double ours = page_ms[runs / 2];
	printf("{\"bench\":\"paper\",\"metric\":\"ms a page\",\"better\":\"lower\",\"ours\":%.2f,"
	       "\"peer\":%.1f,\"ratio\":%.2f,\"unit\":\"ms\",\"runs\":%u,\"peer_is\":\"target\"}\n",
		ours, target_ms, ours / target_ms, runs);
	printf("\n%-10s %8s\n%-10s %8.2f ms\n%-10s %8.2f ms\n", "program", "a page", "fengsui",
		ours, "target", target_ms);
	fonts = draw_fonts_destroy(fonts);
	return ours <= target_ms ? 0 : 1;
}
