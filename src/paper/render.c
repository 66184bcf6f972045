/* SPDX-License-Identifier: Apache-2.0 */
#include "paper/render.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "paper/kind_priv.h"

enum { ARENA_OCTETS = 64 * 1024 * 1024 };

/* Names as model and API write them; a kind without a writer of its own is a slip with this title. */
static const struct {
	const char *name;
	void (*write)(const struct kind *kind);
	const char *title;
} kinds[] = {
	{ "notice", notice_write, "网络安全隐患限期整改通知书" },
	{ "again", notice_write, "再次整改通知书" },
	{ "report", report_write, "网络安全隐患整改报告" },
	{ "rectification", report_write, "网络安全隐患整改报告" },
	{ "brief", brief_write, "网络安全隐患整改情况汇报单" },
	{ "signature", NULL, "签收记录" },
	{ "plan", NULL, "整改计划" },
	{ "return", NULL, "退回补正单" },
	{ "opinion", NULL, "复核意见" },
	{ "upreport", NULL, "按需上报说明" },
	{ "archive", NULL, "归档目录" },
	{ "withdrawal", NULL, "撤销说明" },
};

enum { KIND_COUNT = sizeof(kinds) / sizeof(kinds[0]) };

const char *render_kind(unsigned index)
{
	return index < KIND_COUNT ? kinds[index].name : NULL;
}

static int data_check(const struct json *data, struct diag *diag)
{
	static const char *const needed[] = { "number", "unit", "date", "check_code" };
	for (unsigned i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (slice_trim(json_get_str(data, needed[i])).n == 0) {
			return diag_set(diag, E_INPUT, 0, 0, "%s is missing", needed[i]);
		}
	}
	return 0;
}

static int draw_all(struct draw_fonts *fonts, unsigned at, struct arena *arena,
	const struct json *data, struct buf *out)
{
	struct draw_about about = { .title = arena_dup_str(arena, json_get_str(data, "number")),
		.author = arena_dup_str(arena, json_get_str(data, "from")),
		.at_unix_ms = json_get_int(data, "at", 0) };
	struct kind kind = { .arena = arena, .data = data };
	int error = sheet_open(fonts, &about, out, &kind.sheet);
	if (error < 0) {
		return error;
	}
	if (kinds[at].write != NULL) {
		kinds[at].write(&kind);
	} else {
		slip_write(&kind, kinds[at].title);
	}
	return sheet_close(kind.sheet);
}

int render(struct draw_fonts *fonts, struct slice kind, struct slice json, struct buf *out,
	struct diag *diag)
{
	unsigned at = 0;
	while (at < KIND_COUNT && !slice_is(kind, kinds[at].name)) {
		at++;
	}
	if (at == KIND_COUNT) {
		return diag_set(diag, E_UNSUPPORTED, 0, 0, "no such kind of paper");
	}
	if (json.n > RENDER_INPUT_OCTETS_MAX) {
		return diag_set(diag, E_LIMIT, 0, 0, "more data than a paper holds");
	}
	AUTO_ARENA struct arena *arena = arena_create(ARENA_OCTETS);
	const struct json *data = NULL;
	int error = json_parse(arena, json, 0, &data, diag);
	error = error < 0 ? error : data_check(data, diag);
	if (error < 0) {
		return error;
	}
	int pages = draw_all(fonts, at, arena, data, out);
	return pages < 0 ? diag_set(diag, pages, 0, 0, "not rendered: %s", err_text(pages))
			 : pages;
}
