/* SPDX-License-Identifier: Apache-2.0 */
#include "paper/render.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "paper/docx.h"
#include "paper/draw.h"
#include "paper/fill.h"
#include "paper/form.h"
#include "paper/sheet.h"
#include "paper/spec.h"
#include "paper/template.h"

enum { ARENA_OCTETS = 96 * 1024 * 1024 };

int render_format(struct slice name)
{
	if (slice_is(name, "pdf")) {
		return RENDER_PDF;
	}
	return slice_is(name, "docx") ? RENDER_DOCX : E_UNSUPPORTED;
}

static int failed(struct diag *diag, int error)
{
	return diag != NULL && diag->text[0] != '\0'
		       ? error
		       : diag_set(diag, error, 0, 0, "not rendered: %s", err_text(error));
}

/* One paper onto the next pages; a one-page kind with as much of its texts as fit. */
struct one {
	struct draw *draw;
	struct spec spec;
	const struct json *data;
	struct arena *arena;
	struct diag *diag;
	struct form *form; /* the one that fits */
};

struct laid {
	struct form *form;
	struct sheet *sheet;
};

/* Laid out; draws nothing. */
static int one_lay(struct one *one, unsigned shorter, struct laid *ret_laid)
{
	struct laid laid = { 0 };
	int error =
		spec_form(&one->spec, one->data, shorter, one->arena, &laid.form, one->diag);
	error = error < 0 ? error : sheet_create(one->draw, &laid.sheet);
	if (error < 0) {
		return error;
	}
	sheet_put(laid.sheet, laid.form);
	int pages = sheet_pages(laid.sheet);
	if (pages < 0) {
		laid.sheet = sheet_destroy(laid.sheet);
		return pages;
	}
	*ret_laid = laid;
	return pages;
}

/* It is this one. */
static int one_end(struct one *one, struct laid *laid, bool ink)
{
	int pages = ink ? sheet_draw(laid->sheet) : sheet_pages(laid->sheet);
	one->form = laid->form;
	laid->sheet = sheet_destroy(laid->sheet);
	return pages;
}

/* With less air when that saves a page: an end of a few lines needs none of its own. */
static int any_make(struct one *one, bool ink)
{
	struct laid laid = { 0 };
	struct laid tight = { 0 };
	int pages = one_lay(one, 0, &laid);
	int fewer = pages > 1 ? one_lay(one, SPEC_TIGHT, &tight) : pages;
	if (fewer >= 0) {
		pages = one_end(one, fewer < pages ? &tight : &laid, ink);
	}
	tight.sheet = sheet_destroy(tight.sheet);
	laid.sheet = sheet_destroy(laid.sheet);
	return fewer < 0 ? fewer : pages;
}

static int one_make(struct one *one, bool ink)
{
	int pages = 0;
	if (one->spec.pages == 0) {
		return any_make(one, ink);
	}
	for (unsigned shorter = 0; shorter <= SPEC_SHORTER_MAX; shorter++) {
		struct laid laid = { 0 };
		pages = one_lay(one, shorter, &laid);
		if (pages < 0 || (unsigned)pages <= one->spec.pages) {
			return pages < 0 ? pages : one_end(one, &laid, ink);
		}
		laid.sheet = sheet_destroy(laid.sheet);
	}
	return diag_set(one->diag, E_LIMIT, 0, 0,
		"it takes %d pages however it is shortened, and may have %u", pages,
		one->spec.pages);
}

static int one_load(
	struct one *one, struct slice kind, const struct json *data, struct diag *diag)
{
	one->data = data;
	one->diag = diag;
	int error = spec_find(kind, one->arena, &one->spec, diag);
	if (error == 0 && json_get_bool(data, "example", false)) {
		error = spec_example(&one->spec, one->arena, &one->data);
	}
	return error < 0 ? error : fill_check(one->spec.fields, one->data, diag);
}

static struct draw_about about_of(struct arena *arena, const struct json *data)
{
	return (struct draw_about) {
		.title = arena_dup_str(arena, fill_clean(arena, json_get_str(data, "number"))),
		.author = arena_dup_str(arena, fill_clean(arena, json_get_str(data, "from"))),
		.at_unix_ms = json_get_int(data, "at", 0),
	};
}

static int paper_pdf(struct draw_fonts *fonts, struct one *one, bool ink, struct buf *out)
{
	struct draw_about about = about_of(one->arena, one->data);
	int error = draw_open(fonts, &about, out, &one->draw);
	if (error < 0) {
		return error;
	}
	int pages = one_make(one, ink);
	error = draw_close(one->draw);
	return pages < 0 || error == 0 ? pages : error;
}

/* What fits on how many pages is found out on paper, also for Word. */
static int paper_docx(struct draw_fonts *fonts, struct one *one, struct buf *out)
{
	AUTO_BUF struct buf waste;
	buf_init(&waste, RENDER_OUTPUT_OCTETS_MAX);
	int error = paper_pdf(fonts, one, false, &waste);
	error = error < 0 ? error : docx_write(fonts, one->form, out);
	return error < 0 ? error : 1;
}

static int paper_word(struct one *one, struct slice word, struct buf *out)
{
	int error = template_fill(word, &one->spec, one->data, out, one->diag);
	return error < 0 ? error : 1;
}

/* ---- several in one file */

static int batch_each(struct one *one, const struct json *papers, struct diag *diag)
{
	int pages = 0;
	for (const struct json *p = json_first(papers); p != NULL; p = json_next(p)) {
		int error = one_load(one, json_get_str(p, "kind"), json_get(p, "data"), diag);
		int more = error < 0 ? error : one_make(one, true);
		if (more < 0) {
			return more;
		}
		pages += more;
		/* The next begins on the front of a sheet. */
		if (pages % 2 == 1 && json_next(p) != NULL) {
			draw_page_end(one->draw);
			pages++;
		}
	}
	return pages;
}

static int batch_pdf(struct draw_fonts *fonts, struct arena *arena, const struct json *data,
	struct buf *out, struct diag *diag)
{
	struct one one = { .arena = arena };
	const struct json *papers = json_get(data, "papers");
	struct draw_about about = about_of(arena, data);
	size_t count = json_type(papers) == JSON_ARRAY ? json_count(papers) : 0;
	if (count == 0 || count > RENDER_BATCH_MAX) {
		return diag_set(diag, E_INPUT, 0, 0, "papers: 1 to %d of them are expected",
			RENDER_BATCH_MAX);
	}
	int error = draw_open(fonts, &about, out, &one.draw);
	if (error < 0) {
		return error;
	}
	int pages = batch_each(&one, papers, diag);
	error = draw_close(one.draw);
	return pages < 0 || error == 0 ? pages : error;
}

static int make(struct draw_fonts *fonts, const struct render_job *job, struct arena *arena,
	struct buf *out, struct diag *diag)
{
	struct one one = { .arena = arena };
	const struct json *data = NULL;
	int error = json_parse(arena, job->json, 0, &data, diag);
	if (error < 0) {
		return error;
	}
	if (slice_is(job->kind, "batch") && job->format == RENDER_PDF) {
		return batch_pdf(fonts, arena, data, out, diag);
	}
	error = one_load(&one, job->kind, data, diag);
	if (error < 0) {
		return error;
	}
	if (job->format == RENDER_PDF) {
		return paper_pdf(fonts, &one, true, out);
	}
	return job->word.n > 0 ? paper_word(&one, job->word, out)
			       : paper_docx(fonts, &one, out);
}

int render(struct draw_fonts *fonts, const struct render_job *job, struct buf *out,
	struct diag *diag)
{
	if (job->json.n > RENDER_INPUT_OCTETS_MAX) {
		return diag_set(diag, E_LIMIT, 0, 0, "more data than a paper holds");
	}
	AUTO_ARENA struct arena *arena = arena_create(ARENA_OCTETS);
	int pages = make(fonts, job, arena, out, diag);
	pages = pages >= 0 && out->failed ? E_LIMIT : pages;
	return pages < 0 ? failed(diag, pages) : pages;
}

int render_try(
	struct draw_fonts *fonts, struct slice kind, struct slice word, struct diag *diag)
{
	AUTO_BUF struct buf out;
	struct render_job job = { kind, RENDER_DOCX, SLICE("{\"example\":true}"), word };
	buf_init(&out, RENDER_OUTPUT_OCTETS_MAX);
	*diag = (struct diag) { .source = "template.broken" };
	int made = word.n > 0 ? render(fonts, &job, &out, diag) : E_FORMAT;
	return made < 0 ? made : 0;
}
