/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The bounded reader for every byte from outside.  Sticky: after the first
 * read past the end every read gives zero and `failed` stays true, so a
 * parser reads field by field in the standard's order and checks once.
 *
 * Read one field per statement: the order of evaluation inside initialisers
 * and arguments is unspecified (C17 6.7.9p23).
 *
 * Layer: base.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

struct rd {
	struct slice left;
	bool failed;
};

static inline struct rd rd_of(struct slice octets)
{
	return (struct rd) { .left = octets };
}

/** The next n octets, borrowed from the input. */
static inline struct slice rd_take(struct rd *rd, size_t n)
{
	if (rd->failed || n > rd->left.n) {
		rd->failed = true;
		return (struct slice) { 0 };
	}
	struct slice out = slice_head(rd->left, n);
	rd->left = slice_skip(rd->left, n);
	return out;
}

static inline uint64_t rd_be(struct rd *rd, size_t octets)
{
	struct slice s = rd_take(rd, octets);
	uint64_t value = 0;
	for (size_t i = 0; i < s.n; i++) {
		value = value << 8 | s.p[i];
	}
	return value;
}

static inline uint64_t rd_le(struct rd *rd, size_t octets)
{
	struct slice s = rd_take(rd, octets);
	uint64_t value = 0;
	for (size_t i = s.n; i > 0; i--) {
		value = value << 8 | s.p[i - 1];
	}
	return value;
}

/** Network order (big-endian), as RFCs draw it. */
static inline uint8_t rd_u8(struct rd *rd)
{
	return (uint8_t)rd_be(rd, 1);
}

static inline uint16_t rd_u16be(struct rd *rd)
{
	return (uint16_t)rd_be(rd, 2);
}

static inline uint32_t rd_u32be(struct rd *rd)
{
	return (uint32_t)rd_be(rd, 4);
}

static inline uint64_t rd_u64be(struct rd *rd)
{
	return rd_be(rd, 8);
}

/** Little-endian, our own frames and files. */
static inline uint16_t rd_u16(struct rd *rd)
{
	return (uint16_t)rd_le(rd, 2);
}

static inline uint32_t rd_u32(struct rd *rd)
{
	return (uint32_t)rd_le(rd, 4);
}

static inline uint64_t rd_u64(struct rd *rd)
{
	return rd_le(rd, 8);
}

/** True when everything was read and nothing was missing. */
static inline bool rd_done(const struct rd *rd)
{
	return !rd->failed && rd->left.n == 0;
}
