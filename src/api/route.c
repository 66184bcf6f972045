/* SPDX-License-Identifier: Apache-2.0 */
#include "api/route.h"

#include "base/err.h"
#include "base/num.h"
#include "base/utf8.h"

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int route_path_decode(struct slice raw, struct buf *out)
{
	for (size_t i = 0; i < raw.n; i++) {
		uint8_t octet = raw.p[i];
		if (octet == '%') {
			int high = i + 2 < raw.n ? hex_digit(raw.p[i + 1]) : -1;
			int low = i + 2 < raw.n ? hex_digit(raw.p[i + 2]) : -1;
			octet = (uint8_t)(high * 16 + low);
			/* An escaped slash would move the borders between segments. */
			if (high < 0 || low < 0 || octet == '/') {
				return E_FORMAT;
			}
			i += 2;
		}
		if (octet == 0) {
			return E_FORMAT;
		}
		buf_put_byte(out, octet);
	}
	if (out->failed) {
		return E_LIMIT;
	}
	return utf8_valid(buf_slice(out)) ? 0 : E_UTF8;
}

static struct slice segment_take(struct slice *path)
{
	struct slice segment = { 0 };
	(void)slice_cut(*path, '/', &segment, path);
	return segment;
}

static bool variable_take(struct slice name, struct slice value, struct route_hit *hit)
{
	if (slice_is(name, "{id}") || slice_is(name, "{sub}")) {
		int64_t *number = slice_is(name, "{id}") ? &hit->record : &hit->sub;
		return num_i64(value, 1, INT64_MAX, number) == 0;
	}
	hit->key = value;
	return value.n > 0 && value.n <= ROUTE_KEY_OCTETS_MAX;
}

/* Does the path fit the pattern?  Counts the fixed segments: more is a closer fit. */
static bool pattern_fits(
	struct slice pattern, struct slice path, struct route_hit *ret_hit, unsigned *ret_fixed)
{
	struct route_hit hit = { 0 };
	unsigned fixed = 0;
	while (pattern.n > 0 && path.n > 0) {
		struct slice want = segment_take(&pattern);
		struct slice have = segment_take(&path);
		bool variable = slice_starts(want, SLICE("{"));
		if (variable ? !variable_take(want, have, &hit) : !slice_eq(want, have)) {
			return false;
		}
		fixed += variable ? 0 : 1;
	}
	if (pattern.n > 0 || path.n > 0) {
		return false;
	}
	*ret_hit = hit;
	*ret_fixed = fixed;
	return true;
}

/* Without its leading slash; a trailing slash or an empty path fits nothing. */
static bool path_open(struct slice *path)
{
	if (path->n < 2 || path->p[0] != '/' || path->p[path->n - 1] == '/') {
		return false;
	}
	*path = slice_skip(*path, 1);
	return true;
}

int route_find(struct slice method, struct slice path, struct route_hit *ret_hit)
{
	if (!path_open(&path)) {
		return E_ABSENT;
	}
	struct slice wanted = slice_is(method, "HEAD") ? SLICE("GET") : method;
	struct route_hit best = { .id = ROUTE_COUNT_ };
	unsigned best_fixed = 0;
	bool any = false;
	for (unsigned i = 0; i < ROUTE_COUNT_; i++) {
		struct route_hit hit = { 0 };
		unsigned fixed = 0;
		if (!pattern_fits(
			    slice_skip(slice_str(routes[i].path), 1), path, &hit, &fixed)) {
			continue;
		}
		any = true;
		if (slice_is(wanted, routes[i].method) &&
			(best.id == ROUTE_COUNT_ || fixed > best_fixed)) {
			best = hit;
			best.id = (enum route_id)i;
			best_fixed = fixed;
		}
	}
	if (best.id == ROUTE_COUNT_) {
		return any ? E_STATE : E_ABSENT;
	}
	*ret_hit = best;
	return 0;
}

void route_put_allow(struct slice path, struct buf *out)
{
	static const char *const methods[] = { "GET", "POST", "PUT", "PATCH", "DELETE" };
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		struct route_hit hit = { 0 };
		if (route_find(slice_str(methods[i]), path, &hit) == 0) {
			buf_put_str(out, out->n > 0 ? ", " : "");
			buf_put_str(out, i == 0 ? "GET, HEAD" : methods[i]);
		}
	}
}
