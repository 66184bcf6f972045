/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The node behind struct json, for json.c and jw.c alone.
 *
 * A document is one run of nodes in document order: a container, then its
 * descendants; in objects each value stands right behind the node of its name.
 * The run is cut into chunks; the last node of a chunk is a link to the next,
 * so no growth ever copies and a text costs at most eight times its length.
 *
 * Layer: base.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__SSE2__) && !defined(JSON_PORTABLE)
#include <emmintrin.h>
#endif

enum {
	JSON_LINK = 0xff, /* a node type no caller sees: go on at ->next */

	JSON_FLAG_LAST = 1,   /* no sibling behind it */
	JSON_FLAG_MEMBER = 2, /* a value in an object: its name is the node before */
	JSON_FLAG_PLAIN = 4,  /* a string that needs no escape to be written again */
};

struct json {
	union {
		const uint8_t *p;        /* string, number: its octets */
		const struct json *next; /* container: the node behind its last descendant */
		struct json *parent;     /* container not yet closed: the one around it */
	};
	uint32_t n; /* octets, children, or the truth of a bool */
	uint8_t type;
	uint8_t flags;
};

/** The node itself, or where its chunk goes on. */
static inline const struct json *json_follow(const struct json *node)
{
	return node->type == JSON_LINK ? node->next : node;
}

/**
 * The first octet that cannot stand for itself in a JSON string: quote,
 * backslash or control; `end` when there is none.  *ret_high becomes true when
 * an octet before it is not ASCII and is left alone otherwise.
 */
static inline const uint8_t *json_plain_end(
	const uint8_t *p, const uint8_t *end, bool *ret_high)
{
	unsigned high = 0;
#if defined(__SSE2__) && !defined(JSON_PORTABLE)
	const __m128i quote = _mm_set1_epi8('"');
	const __m128i backslash = _mm_set1_epi8('\\');
	const __m128i control = _mm_set1_epi8(0x1f);
	while (end - p >= 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i special = _mm_or_si128(
			_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, backslash)),
			_mm_cmpeq_epi8(_mm_min_epu8(v, control), v));
		unsigned stop = (unsigned)_mm_movemask_epi8(special);
		unsigned top = (unsigned)_mm_movemask_epi8(v);
		if (stop != 0) {
			/* Only the octets below the first stop count. */
			high |= top & ((stop & (0 - stop)) - 1);
			*ret_high = *ret_high || high != 0;
			return p + __builtin_ctz(stop);
		}
		high |= top;
		p += 16;
	}
#endif
	while (p < end && *p != '"' && *p != '\\' && *p >= 0x20) {
		high |= *p & 0x80u;
		p++;
	}
	*ret_high = *ret_high || high != 0;
	return p;
}
