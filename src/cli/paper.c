/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/paper.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "cli/share.h"
#include "paper/draw.h"
#include "paper/render.h"

enum { FONTS_OCTETS_MAX = 64 * 1024, DONE = 0, REFUSED = 1, WRONG_USE = 2, COULD_NOT = 3 };

struct request {
	const char *kind;
	const char *data;
	const char *out;
	const char *fonts; /* NULL = the pack's */
};

static int complain(int code, const char *what, const char *why)
{
	(void)fprintf(stderr, "fengsui: paper: %s: %s\n", what, why);
	return code;
}

static int usage(void)
{
	(void)fprintf(stderr,
		"usage: fengsui paper render KIND DATA.json -o OUT.pdf [--fonts FONTS.json]\nKIND:");
	for (unsigned i = 0; render_kind(i) != NULL; i++) {
		(void)fprintf(stderr, " %s", render_kind(i));
	}
	(void)fprintf(stderr, "\n");
	return WRONG_USE;
}

static int options_read(int argc, char **argv, struct request *request)
{
	static const struct option options[] = { { "output", required_argument, NULL, 'o' },
		{ "fonts", required_argument, NULL, 'f' }, { NULL, 0, NULL, 0 } };
	int option = 0;
	optind = 1;
	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (option == 'o') {
			request->out = optarg;
		} else if (option == 'f') {
			request->fonts = optarg;
		} else {
			return usage();
		}
	}
	if (argc - optind != 2 || request->out == NULL) {
		return usage();
	}
	request->kind = argv[optind];
	request->data = argv[optind + 1];
	return DONE;
}

static int fonts_load(const struct request *request, struct draw_fonts **ret_fonts)
{
	char path[PATH_MAX];
	AUTO_BUF struct buf text;
	struct diag diag = { 0 };
	buf_init(&text, FONTS_OCTETS_MAX + 2);
	int error = 0;
	if (request->fonts != NULL) {
		error = share_read(request->fonts, FONTS_OCTETS_MAX, &text);
	} else if (share_find("templates/paper/fonts.json", path) == 0) {
		error = share_read(path, FONTS_OCTETS_MAX, &text);
	}
	if (error < 0) {
		return complain(COULD_NOT, "fonts", err_text(error));
	}
	struct draw_fonts *fonts = NULL;
	/* An archive brings its fonts beside its packs. */
	const char *folder = share_find("../fonts", path) == 0 ? path : NULL;
	error = draw_fonts_create(
		buf_slice(&text), (const char *const[]) { folder, NULL }, &fonts, &diag);
	error = error < 0 ? error : draw_fonts_open(fonts, &diag);
	if (error < 0) {
		(void)draw_fonts_destroy(fonts);
		return complain(COULD_NOT, "fonts", diag.text);
	}
	*ret_fonts = fonts;
	return DONE;
}

static int file_write(const char *path, struct slice octets)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	bool ok = fd >= 0;
	while (ok && octets.n > 0) {
		ssize_t n = write(fd, octets.p, octets.n);
		ok = n > 0;
		octets = slice_skip(octets, n > 0 ? (size_t)n : 0);
	}
	ok = fd >= 0 && close(fd) == 0 && ok;
	return ok ? DONE : complain(COULD_NOT, path, "could not be written");
}

static int render_file(const struct request *request)
{
	struct draw_fonts *fonts = NULL;
	struct diag diag = { 0 };
	AUTO_BUF struct buf data;
	AUTO_BUF struct buf pdf;
	buf_init(&data, RENDER_INPUT_OCTETS_MAX + 2);
	buf_init(&pdf, RENDER_OUTPUT_OCTETS_MAX);
	int error = share_read(request->data, RENDER_INPUT_OCTETS_MAX, &data);
	if (error < 0) {
		return complain(COULD_NOT, request->data, err_text(error));
	}
	int code = fonts_load(request, &fonts);
	if (code != DONE) {
		return code;
	}
	int pages = render(fonts, slice_str(request->kind), buf_slice(&data), &pdf, &diag);
	fonts = draw_fonts_destroy(fonts);
	if (pages < 0) {
		return complain(
			pages == E_UNSUPPORTED ? WRONG_USE : REFUSED, request->data, diag.text);
	}
	return file_write(request->out, buf_slice(&pdf));
}

int cli_paper(int argc, char **argv)
{
	struct request request = { 0 };
	if (argc < 2 || strcmp(argv[1], "render") != 0) {
		return usage();
	}
	int code = options_read(argc - 1, argv + 1, &request);
	return code == DONE ? render_file(&request) : code;
}
