/* SPDX-License-Identifier: Apache-2.0 */
#include "view/view.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/num.h"
#include "records/caller.h"
#include "records/db.h"

enum { PARAM_MAX_OCTETS = 1024 };

int view_refuse(struct view *view, int error, const char *code, const char *field)
{
	(void)snprintf(view->code, sizeof(view->code), "%s", code);
	(void)snprintf(view->field, sizeof(view->field), "%s", field != NULL ? field : "");
	return error;
}

int view_unit_reached(const struct view *view, int64_t unit_id)
{
	return access_covers(&view->caller, view->scope, unit_id) ? 0 : E_ABSENT;
}

int64_t view_unit_filter(const struct view *view)
{
	if (view->scope == SCOPE_ALL) {
		return 0;
	}
	return view->scope == SCOPE_OWN && view->caller.unit_id != 0 ? view->caller.unit_id
								     : -1;
}

static int nibble(uint8_t c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* application/x-www-form-urlencoded: '+' is a space, %XX an octet, a broken % stays. */
static struct slice unescape(struct arena *arena, struct slice text)
{
	text = slice_head(text, PARAM_MAX_OCTETS);
	uint8_t *out = arena_take(arena, text.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++) {
		int high = text.p[i] == '%' && i + 2 < text.n ? nibble(text.p[i + 1]) : -1;
		int low = high >= 0 ? nibble(text.p[i + 2]) : -1;
		if (low >= 0) {
			out[n++] = (uint8_t)(high << 4 | low);
			i += 2;
		} else {
			out[n++] = text.p[i] == '+' ? ' ' : text.p[i];
		}
	}
	return slice_of(out, n);
}

struct slice view_param(const struct view *view, const char *name)
{
	struct slice left = view->call->query;
	while (left.n > 0) {
		struct slice pair = { 0 };
		struct slice key = { 0 };
		struct slice value = { 0 };
		(void)slice_cut(left, '&', &pair, &left);
		(void)slice_cut(pair, '=', &key, &value);
		if (slice_is(key, name)) {
			return unescape(view->arena, value);
		}
	}
	return (struct slice) { 0 };
}

int64_t view_param_int(const struct view *view, const char *name, int64_t otherwise)
{
	int64_t value = otherwise;
	return num_i64(view_param(view, name), INT64_MIN, INT64_MAX, &value) < 0 ? otherwise
										 : value;
}

int64_t view_limit(const struct view *view)
{
	int64_t limit = view_param_int(view, "limit", VIEW_PAGE_DEFAULT);
	if (limit < 1) {
		return 1;
	}
	return limit > VIEW_PAGE_MAX ? VIEW_PAGE_MAX : limit;
}

static int admit(struct view *view)
{
	const struct view_call *call = view->call;
	int error = caller_load(
		view->db, view->arena, call->token, call->address, view->now_ms, &view->caller);
	if (error < 0 || routes[call->route].open) {
		return error;
	}
	if (!view->caller.known) {
		return view_refuse(view, E_DENIED, "session.none", NULL);
	}
	view->scope = access_scope(&view->caller, call->route);
	enum second_need need =
		access_second(&view->caller, call->route, view->scope, view->now_ms);
	if (need != SECOND_NEED_NONE) {
		return view_refuse(view, E_DENIED, access_second_code(need), NULL);
	}
	if (view->scope == SCOPE_NONE) {
		return view_refuse(view, E_DENIED,
			view->caller.must_change           ? "session.must_change"
			: view->caller.withheld            ? "denied.withheld"
			: view->caller.reads_until_ms != 0 ? "denied.handed_over"
							   : "denied.role",
			NULL);
	}
	return 0;
}

int view_run(struct view *view, int64_t now_ms, struct buf *out)
{
	view->now_ms = now_ms;
	view->download_fd = -1;
	jw_init(&view->jw, out);
	view_fn read = view_read(view->call->route);
	if (read == NULL) {
		return view_refuse(view, E_ABSENT, "route.absent", NULL);
	}
	int error = db_begin(view->db);
	if (error < 0) {
		return error;
	}
	error = admit(view);
	error = error < 0 ? error : read(view);
	db_rollback(view->db); /* a read has nothing to keep */
	if (error >= 0 && out->failed) {
		error = view_refuse(view, E_LIMIT, "answer.too_large", NULL);
	}
	return error < 0 ? error : 0;
}
