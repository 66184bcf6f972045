/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A borrowed run of octets: the currency of the house.  Never NUL-terminated
 * by contract; the owner is always somebody else.
 *
 * Layer: base.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
	const uint8_t *p;
	size_t n; /* octets */
};

/** A slice over a string literal, without its NUL. */
#define SLICE(literal)                                                                         \
	((struct slice) { (const uint8_t *)("" literal ""), sizeof(literal) - 1 })

/** For printf("%.*s", SLICE_FMT(s)); at most 2^30 octets are shown. */
#define SLICE_FMT(s) (int)((s).n > 0x40000000 ? 0x40000000 : (s).n), (const char *)(s).p

/** A slice over memory. */
static inline struct slice slice_of(const void *p, size_t n)
{
	return (struct slice) { (const uint8_t *)p, n };
}

/** A slice over a C string; NULL gives the empty slice. */
static inline struct slice slice_str(const char *text)
{
	return (struct slice) { (const uint8_t *)text, text != NULL ? strlen(text) : 0 };
}

static inline bool slice_eq(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/** Does the slice equal this C string? */
static inline bool slice_is(struct slice a, const char *text)
{
	return slice_eq(a, slice_str(text));
}

static inline bool slice_starts(struct slice s, struct slice prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

static inline bool slice_ends(struct slice s, struct slice suffix)
{
	return s.n >= suffix.n &&
	       (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

/** The slice without its first n octets; empty when shorter. */
static inline struct slice slice_skip(struct slice s, size_t n)
{
	return n >= s.n ? (struct slice) { s.p != NULL ? s.p + s.n : NULL, 0 }
			: (struct slice) { s.p + n, s.n - n };
}

/** The first n octets; all of it when shorter. */
static inline struct slice slice_head(struct slice s, size_t n)
{
	return (struct slice) { s.p, n < s.n ? n : s.n };
}

/** Octets before the first c; *rest gets what follows c, or empty with found = false. */
bool slice_cut(struct slice s, uint8_t c, struct slice *ret_before, struct slice *ret_after);

/** Without leading and trailing space, tab, CR and LF. */
struct slice slice_trim(struct slice s);

/** Index of needle in s, or SIZE_MAX. */
size_t slice_find(struct slice s, struct slice needle);

/** Octet order, shorter first on a tie: <0, 0, >0. */
int slice_cmp(struct slice a, struct slice b);

/** ASCII letters compare equal in either case; other octets exactly. */
bool slice_eq_nocase(struct slice a, struct slice b);
