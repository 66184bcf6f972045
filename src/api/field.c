/* SPDX-License-Identifier: Apache-2.0 */
#include "api/field.h"

#include "base/err.h"
#include "base/num.h"

static struct slice quotes_off(struct slice text)
{
	if (text.n >= 2 && text.p[0] == '"' && text.p[text.n - 1] == '"') {
		return slice_of(text.p + 1, text.n - 2);
	}
	return text;
}

struct slice field_cookie(struct slice cookies, const char *name)
{
	while (cookies.n > 0) {
		struct slice pair = { 0 };
		struct slice have = { 0 };
		struct slice value = { 0 };
		(void)slice_cut(cookies, ';', &pair, &cookies);
		if (slice_cut(slice_trim(pair), '=', &have, &value) && slice_is(have, name)) {
			return quotes_off(value);
		}
	}
	return (struct slice) { 0 };
}

struct slice field_bearer(struct slice authorization)
{
	struct slice scheme = { 0 };
	struct slice token = { 0 };
	if (slice_cut(slice_trim(authorization), ' ', &scheme, &token) &&
		slice_eq_nocase(scheme, SLICE("bearer"))) {
		return slice_trim(token);
	}
	return (struct slice) { 0 };
}

bool field_tag_among(struct slice tags, struct slice tag)
{
	while (tags.n > 0) {
		struct slice one = { 0 };
		(void)slice_cut(tags, ',', &one, &tags);
		one = slice_trim(one);
		if (slice_starts(one, SLICE("W/"))) {
			one = slice_skip(one, 2); /* the comparison is the weak one */
		}
		if (slice_eq(one, tag) || slice_is(one, "*")) {
			return true;
		}
	}
	return false;
}

int field_if_match(struct slice value, int64_t *ret_version)
{
	struct slice text = slice_trim(value);
	if (text.n == 0 || slice_is(text, "*")) {
		*ret_version = -1;
		return 0;
	}
	text = quotes_off(text);
	if (slice_starts(text, SLICE("v"))) {
		text = slice_skip(text, 1);
	}
	return num_i64(text, 0, INT64_MAX, ret_version) < 0 ? E_FORMAT : 0;
}

/* "gzip;q=0" is a no; every other weight is a yes. */
static bool weight_is_zero(struct slice parameters)
{
	struct slice text = slice_trim(parameters);
	if (!slice_starts(text, SLICE("q="))) {
		return false;
	}
	double weight = 1;
	return num_double(slice_skip(text, 2), &weight) == 0 && weight <= 0;
}

unsigned field_codings(struct slice accept_encoding)
{
	static const char *const names[CODING_COUNT_] = { "identity", "gzip", "br" };
	unsigned found = 1U << CODING_IDENTITY;
	while (accept_encoding.n > 0) {
		struct slice one = { 0 };
		struct slice name = { 0 };
		struct slice parameters = { 0 };
		(void)slice_cut(accept_encoding, ',', &one, &accept_encoding);
		(void)slice_cut(one, ';', &name, &parameters);
		for (unsigned i = CODING_GZIP; i < CODING_COUNT_; i++) {
			if (slice_eq_nocase(slice_trim(name), slice_str(names[i])) &&
				!weight_is_zero(parameters)) {
				found |= 1U << i;
			}
		}
	}
	return found;
}

/* "-500": the last so many octets. */
static int range_tail(struct slice count, uint64_t size, struct field_range *ret_range)
{
	uint64_t octets = 0;
	if (num_u64(count, UINT64_MAX, &octets) < 0) {
		return 0;
	}
	if (octets == 0 || size == 0) {
		return E_RANGE;
	}
	octets = octets < size ? octets : size;
	*ret_range = (struct field_range) { size - octets, octets };
	return 1;
}

int field_range(struct slice value, uint64_t size, struct field_range *ret_range)
{
	struct slice text = slice_trim(value);
	struct slice first = { 0 };
	struct slice last = { 0 };
	if (!slice_starts(text, SLICE("bytes=")) ||
		!slice_cut(slice_trim(slice_skip(text, 6)), '-', &first, &last)) {
		return 0;
	}
	if (first.n == 0) {
		return range_tail(last, size, ret_range);
	}
	uint64_t from = 0;
	uint64_t to = UINT64_MAX;
	if (num_u64(first, UINT64_MAX, &from) < 0 ||
		(last.n > 0 && num_u64(last, UINT64_MAX, &to) < 0) || to < from) {
		return 0;
	}
	if (from >= size) {
		return E_RANGE;
	}
	to = to < size ? to : size - 1;
	*ret_range = (struct field_range) { from, to - from + 1 };
	return 1;
}

bool field_media_is(struct slice content_type, const char *media)
{
	struct slice type = { 0 };
	struct slice parameters = { 0 };
	(void)slice_cut(content_type, ';', &type, &parameters);
	return slice_eq_nocase(slice_trim(type), slice_str(media));
}
