/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/places.h"

#include "base/buf.h"

static const char *const names[PLACE_COUNT] = {
	[PLACE_UNIT] = "单位",
	[PLACE_ASSET] = "系统",
	[PLACE_FINDING] = "隐患",
	[PLACE_MANY] = "数量",
	[PLACE_CONTACT] = "联系",
	[PLACE_PHONE] = "联系电话",
	[PLACE_NUMBER] = "编号",
	[PLACE_DUE] = "期限",
};

enum { BRACES = 2 };

static bool braces_at(struct slice text, size_t at, uint8_t brace)
{
	return at + BRACES <= text.n && text.p[at] == brace && text.p[at + 1] == brace;
}

/* The place that begins at at: its name, and how many octets it takes; 0 = none does. */
static size_t place_at(struct slice text, size_t at, struct slice *ret_name)
{
	size_t from = at + BRACES;
	size_t end = from;
	if (!braces_at(text, at, '{')) {
		return 0;
	}
	while (end < text.n && end - from <= PLACE_NAME_MAX && text.p[end] != '{' &&
		text.p[end] != '}' && text.p[end] != '\n') {
		end++;
	}
	if (!braces_at(text, end, '}')) {
		return 0;
	}
	*ret_name = slice_trim(slice_head(slice_skip(text, from), end - from));
	return end + BRACES - at;
}

static unsigned place_of(struct slice name)
{
	unsigned i = 0;
	while (i < PLACE_COUNT && !slice_is(name, names[i])) {
		i++;
	}
	return i;
}

bool places_known(struct slice text, struct slice *ret_name)
{
	struct slice name = { 0 };
	*ret_name = (struct slice) { 0 };
	for (size_t at = 0; at < text.n;) {
		size_t length = place_at(text, at, &name);
		if (length > 0 && place_of(name) == PLACE_COUNT) {
			*ret_name = name;
			return false;
		}
		at += length > 0 ? length : 1;
	}
	return true;
}

void places_fill(struct slice text, const struct slice values[PLACE_COUNT], struct buf *out)
{
	size_t kept = 0;
	struct slice name = { 0 };
	for (size_t at = 0; at < text.n;) {
		size_t length = place_at(text, at, &name);
		unsigned place = length > 0 ? place_of(name) : PLACE_COUNT;
		if (place < PLACE_COUNT && values[place].n > 0) {
			buf_put(out, slice_head(slice_skip(text, kept), at - kept));
			buf_put(out, values[place]);
			kept = at + length;
		}
		at += length > 0 ? length : 1;
	}
	buf_put(out, slice_skip(text, kept));
}
