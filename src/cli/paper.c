/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/paper.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "cli/share.h"
#include "paper/fonts.h"
#include "paper/pack.h"
#include "paper/render.h"
#include "paper/spec.h"

enum { FONTS_OCTETS_MAX = 64 * 1024, DONE = 0, REFUSED = 1, WRONG_USE = 2, COULD_NOT = 3 };

struct request {
	const char *kind;
	const char *data;
	const char *out;
	const char *fonts; /* NULL = the pack's */
	const char *word;  /* a Word file of one's own with {{fields}}; NULL = ours */
	enum render_format format;
};

static int complain(int code, const char *what, const char *why)
{
	(void)fprintf(stderr, "fengsui: paper: %s: %s\n", what, why);
	return code;
}

static int usage(void)
{
	(void)fprintf(stderr,
		"usage: fengsui paper render KIND DATA.json -o OUT.pdf|OUT.docx [--fonts FONTS.json]\n"
		"                            [--template WORD.docx]\n"
		"       fengsui paper fields KIND\nKIND: batch");
	for (unsigned i = 0; spec_kind(i) != NULL; i++) {
		(void)fprintf(stderr, " %s", spec_kind(i));
	}
	(void)fprintf(stderr, "\n");
	return WRONG_USE;
}

static int options_read(int argc, char **argv, struct request *request)
{
	static const struct option options[] = { { "output", required_argument, NULL, 'o' },
		{ "fonts", required_argument, NULL, 'f' },
		{ "template", required_argument, NULL, 't' }, { NULL, 0, NULL, 0 } };
	int option = 0;
	optind = 1;
	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (option == 'o') {
			request->out = optarg;
		} else if (option == 'f') {
			request->fonts = optarg;
		} else if (option == 't') {
			request->word = optarg;
		} else {
			return usage();
		}
	}
	if (argc - optind != 2 || request->out == NULL) {
		return usage();
	}
	request->kind = argv[optind];
	request->data = argv[optind + 1];
	const char *ending = strrchr(request->out, '.');
	int format = render_format(slice_str(ending != NULL ? ending + 1 : ""));
	if (format < 0 || (request->word != NULL && format != RENDER_DOCX)) {
		return usage();
	}
	request->format = (enum render_format)format;
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
	AUTO_BUF struct buf word;
	AUTO_BUF struct buf file;
	buf_init(&data, RENDER_INPUT_OCTETS_MAX + 2);
	buf_init(&word, PACK_OCTETS_MAX + 2);
	buf_init(&file, RENDER_OUTPUT_OCTETS_MAX);
	int error = share_read(request->data, RENDER_INPUT_OCTETS_MAX, &data);
	if (error < 0) {
		return complain(COULD_NOT, request->data, err_text(error));
	}
	error = request->word != NULL ? share_read(request->word, PACK_OCTETS_MAX, &word) : 0;
	if (error < 0) {
		return complain(COULD_NOT, request->word, err_text(error));
	}
	int code = fonts_load(request, &fonts);
	if (code != DONE) {
		return code;
	}
	if (request->format == RENDER_PDF && gb18030_init() == 0) {
		draw_fonts_cut(fonts);
	}
	struct render_job job = { slice_str(request->kind), request->format, buf_slice(&data),
		buf_slice(&word) };
	int pages = render(fonts, &job, &file, &diag);
	fonts = draw_fonts_destroy(fonts);
	if (pages < 0) {
		return complain(
			pages == E_UNSUPPORTED ? WRONG_USE : REFUSED, request->data, diag.text);
	}
	return file_write(request->out, buf_slice(&file));
}

static void fields_print(const struct json *fields, const char *indent)
{
	for (const struct json *f = json_first(fields); f != NULL; f = json_next(f)) {
		const struct json *kind = json_first(f);
		const struct json *words = json_next(kind);
		(void)printf("%s%.*s\t%.*s\t%.*s\n", indent, SLICE_FMT(json_name(f)),
			SLICE_FMT(json_str(kind)), SLICE_FMT(json_str(words)));
		fields_print(json_next(words), "  ");
	}
}

/* What a kind may be told, for whoever writes data or a Word file of his own. */
static int fields_say(const char *kind)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct spec spec = { 0 };
	struct diag diag = { 0 };
	if (spec_find(slice_str(kind), arena, &spec, &diag) < 0) {
		return usage();
	}
	fields_print(spec.fields, "");
	return DONE;
}

int cli_paper(int argc, char **argv)
{
	struct request request = { 0 };
	if (argc == 3 && strcmp(argv[1], "fields") == 0) {
		return fields_say(argv[2]);
	}
	if (argc < 2 || strcmp(argv[1], "render") != 0) {
		return usage();
	}
	int code = options_read(argc - 1, argv + 1, &request);
	return code == DONE ? render_file(&request) : code;
}
