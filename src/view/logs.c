/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/err.h"
#include "rows/query.h"
#include "view/checks.h"
#include "view/page.h"
#include "view/view.h"

enum { BUDGET_MS = 1500 };
#define DAY_MS INT64_C(86400000)

struct wanted {
	struct slice words;
	struct slice source;
};

static uint8_t small(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/* Does the text hold the words, ASCII letters in either case? */
static bool holds(struct slice text, struct slice words)
{
	for (size_t at = 0; at + words.n <= text.n; at++) {
		size_t i = 0;
		while (i < words.n && small(text.p[at + i]) == small(words.p[i])) {
			i++;
		}
		if (i == words.n) {
			return true;
		}
	}
	return false;
}

static bool line_wanted(void *context, const struct log_row *row)
{
	const struct wanted *wanted = context;
	return (wanted->source.n == 0 || slice_eq(row->source, wanted->source)) &&
	       (wanted->words.n == 0 || holds(row->msg, wanted->words) ||
		       holds(row->host, wanted->words) || holds(row->app, wanted->words));
}

static void line_put(struct jw *jw, const struct log_row *row)
{
	jw_object(jw);
	jw_kv_int(jw, "ts", row->ts_ms);
	jw_kv_str(jw, "source", row->source);
	jw_kv_opt(jw, "host", row->host);
	jw_kv_opt(jw, "app", row->app);
	jw_key(jw, "severity");
	if (row->severity >= 0) {
		jw_int(jw, row->severity);
	} else {
		jw_null(jw);
	}
	jw_kv_str(jw, "msg", row->msg);
	jw_end(jw);
}

int view_logs_list(struct view *view)
{
	struct wanted wanted = { slice_trim(view_param(view, "q")),
		slice_trim(view_param(view, "source")) };
	struct log_row *rows = arena_take(view->arena, VIEW_PAGE_MAX * sizeof(*rows));
	struct query_coverage coverage;
	struct query_request range = { .kind = ROW_LOG,
		.to_ms = view_param_int(view, "to", view->now_ms),
		.newest_first = true,
		.limits = { QUERY_ROWS_DEFAULT, BUDGET_MS },
		.arena = view->arena,
		.context = &wanted };
	range.from_ms = view_param_int(view, "from", range.to_ms - DAY_MS);
	size_t limit = (size_t)view_limit(view);
	int count = view->env->rows == NULL ? 0
					    : query_logs(view->env->rows, &range, line_wanted,
						      rows, limit, &coverage);
	if (count < 0) {
		return E_STORE;
	}
	struct page page;
	int error = page_begin(view, &page);
	for (int i = 0; error >= 0 && i < count; i++) {
		line_put(&view->jw, &rows[i]);
	}
	if (error >= 0) {
		page_end(view, &page, -1);
	}
	return error;
}
