/* SPDX-License-Identifier: Apache-2.0 */
#include "base/slice.h"

bool slice_cut(struct slice s, uint8_t c, struct slice *ret_before, struct slice *ret_after)
{
	const uint8_t *at = s.n > 0 ? memchr(s.p, c, s.n) : NULL;
	if (at == NULL) {
		*ret_before = s;
		*ret_after = slice_skip(s, s.n);
		return false;
	}
	size_t before = (size_t)(at - s.p);
	*ret_before = slice_head(s, before);
	*ret_after = slice_skip(s, before + 1);
	return true;
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice slice_trim(struct slice s)
{
	while (s.n > 0 && is_space(s.p[0])) {
		s = slice_skip(s, 1);
	}
	while (s.n > 0 && is_space(s.p[s.n - 1])) {
		s.n--;
	}
	return s;
}

size_t slice_find(struct slice s, struct slice needle)
{
	if (needle.n == 0) {
		return 0;
	}
	if (s.n < needle.n) {
		return SIZE_MAX;
	}
	const uint8_t *at = memmem(s.p, s.n, needle.p, needle.n);
	return at != NULL ? (size_t)(at - s.p) : SIZE_MAX;
}

int slice_cmp(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n > 0 ? memcmp(a.p, b.p, n) : 0;
	if (order != 0) {
		return order;
	}
	return (a.n > b.n) - (a.n < b.n);
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

bool slice_eq_nocase(struct slice a, struct slice b)
{
	if (a.n != b.n) {
		return false;
	}
	for (size_t i = 0; i < a.n; i++) {
		if (lower(a.p[i]) != lower(b.p[i])) {
			return false;
		}
	}
	return true;
}
