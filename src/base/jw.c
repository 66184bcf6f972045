/* SPDX-License-Identifier: Apache-2.0 */
#include "base/jw.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

#include "base/json.h"
#include "base/json_priv.h"
#include "base/num.h"
#include "base/utf8.h"

enum { OUT_STEP_OCTETS = 1024, DEPTH_WORDS = JSON_DEPTH_MAX / 64 };

void jw_init(struct jw *jw, struct buf *buf)
{
	*jw = (struct jw) { .buf = buf };
}

/* The comma in front of an item or a name, where there is one. */
static void separate(struct jw *jw, uint8_t kind)
{
	assert(jw->kind[jw->depth - 1] == kind);
	if (jw->count[jw->depth - 1] != 0) {
		buf_put_byte(jw->buf, ',');
	}
	jw->count[jw->depth - 1] = 1;
}

static void before_value(struct jw *jw)
{
	if (jw->after_key) {
		jw->after_key = false;
	} else if (jw->depth > 0) {
		separate(jw, '[');
	}
}

static void open_container(struct jw *jw, uint8_t kind)
{
	before_value(jw);
	assert(jw->depth < JW_DEPTH_MAX);
	jw->kind[jw->depth] = kind;
	jw->count[jw->depth] = 0;
	jw->depth++;
	buf_put_byte(jw->buf, kind);
}

void jw_object(struct jw *jw)
{
	open_container(jw, '{');
}

void jw_array(struct jw *jw)
{
	open_container(jw, '[');
}

void jw_end(struct jw *jw)
{
	assert(jw->depth > 0 && !jw->after_key);
	jw->depth--;
	buf_put_byte(jw->buf, jw->kind[jw->depth] == '{' ? '}' : ']');
}

static void put_escape(struct buf *buf, uint8_t octet)
{
	static const char letter[256] = { ['"'] = '"',
		['\\'] = '\\',
		['\b'] = 'b',
		['\f'] = 'f',
		['\n'] = 'n',
		['\r'] = 'r',
		['\t'] = 't' };
	static const char digit[] = "0123456789ABCDEF";
	uint8_t text[6] = { '\\', (uint8_t)letter[octet], '0', '0', (uint8_t)digit[octet >> 4],
		(uint8_t)digit[octet & 15] };
	if (text[1] == 0) {
		text[1] = 'u';
		buf_put(buf, slice_of(text, 6));
	} else {
		buf_put(buf, slice_of(text, 2));
	}
}

static void put_string(struct buf *buf, struct slice text)
{
	buf_put_byte(buf, '"');
	while (text.n > 0) {
		bool high = false;
		const uint8_t *stop = json_plain_end(text.p, text.p + text.n, &high);
		struct slice run = slice_head(text, (size_t)(stop - text.p));
		if (high && !utf8_valid(run)) {
			utf8_put_clean(buf, run);
		} else {
			buf_put(buf, run);
		}
		text = slice_skip(text, run.n);
		if (text.n > 0) {
			put_escape(buf, text.p[0]);
			text = slice_skip(text, 1);
		}
	}
	buf_put_byte(buf, '"');
}

void jw_key_slice(struct jw *jw, struct slice name)
{
	assert(jw->depth > 0 && !jw->after_key);
	separate(jw, '{');
	put_string(jw->buf, name);
	buf_put_byte(jw->buf, ':');
	jw->after_key = true;
}

void jw_key(struct jw *jw, const char *name)
{
	jw_key_slice(jw, slice_str(name));
}

void jw_str(struct jw *jw, struct slice text)
{
	before_value(jw);
	put_string(jw->buf, text);
}

void jw_raw(struct jw *jw, struct slice json_text)
{
	before_value(jw);
	buf_put(jw->buf, json_text);
}

void jw_int(struct jw *jw, int64_t value)
{
	before_value(jw);
	buf_put_i64(jw->buf, value);
}

void jw_uint(struct jw *jw, uint64_t value)
{
	before_value(jw);
	if (value >= 10) {
		buf_put_i64(jw->buf, (int64_t)(value / 10));
	}
	buf_put_i64(jw->buf, (int64_t)(value % 10));
}

void jw_double(struct jw *jw, double value)
{
	if (!isfinite(value)) {
		jw_null(jw);
		return;
	}
	/* Fifteen digits survive text to double to text; seventeen the other way round. */
	char text[32];
	int n = 0;
	for (int digits = 15; digits <= 17; digits++) {
		double back = 0;
		n = snprintf(text, sizeof(text), "%.*g", digits, value);
		if (num_double(slice_of(text, (size_t)n), &back) == 0 &&
			memcmp(&back, &value, 8) == 0) {
			break;
		}
	}
	jw_raw(jw, slice_of(text, (size_t)n));
}

void jw_bool(struct jw *jw, bool value)
{
	jw_raw(jw, value ? SLICE("true") : SLICE("false"));
}

void jw_null(struct jw *jw)
{
	jw_raw(jw, SLICE("null"));
}

/* Room taken from the buf in steps, so that short tokens need no call each. */
struct out {
	struct buf *buf;
	uint8_t *p;
	uint8_t *end;
};

static void out_flush(struct out *out)
{
	if (out->p != NULL) {
		buf_commit(out->buf, (size_t)(out->p - (out->buf->p + out->buf->n)));
	}
	out->p = NULL;
	out->end = NULL;
}

static bool out_more(struct out *out, size_t n)
{
	out_flush(out);
	size_t left = out->buf->max - out->buf->n;
	size_t want = left < OUT_STEP_OCTETS || n > left - OUT_STEP_OCTETS
			      ? left
			      : n + OUT_STEP_OCTETS;
	out->p = buf_reserve(out->buf, want < n ? n : want);
	out->end = out->p != NULL ? out->p + want : NULL;
	return out->p != NULL;
}

static inline bool out_room(struct out *out, size_t n)
{
	return (size_t)(out->end - out->p) >= n || out_more(out, n);
}

/* Names and values are mostly short, and a call of memcpy costs more than their octets. */
static inline void copy_short(uint8_t *to, const void *from, size_t n)
{
	const uint8_t *octets = from;
	if (n > 16) {
		memcpy(to, octets, n);
	} else if (n >= 8) {
		memcpy(to, octets, 8);
		memcpy(to + n - 8, octets + n - 8, 8);
	} else if (n >= 4) {
		memcpy(to, octets, 4);
		memcpy(to + n - 4, octets + n - 4, 4);
	} else {
		for (size_t i = 0; i < n; i++) {
			to[i] = octets[i];
		}
	}
}

static inline void out_byte(struct out *out, uint8_t octet)
{
	if (out_room(out, 1)) {
		*out->p++ = octet;
	}
}

static inline void out_put(struct out *out, const void *octets, size_t n)
{
	if (out_room(out, n)) {
		copy_short(out->p, octets, n);
		out->p += n;
	}
}

static inline void out_string(struct out *out, const struct json *node)
{
	if ((node->flags & JSON_FLAG_PLAIN) == 0) {
		out_flush(out);
		put_string(out->buf, slice_of(node->p, node->n));
	} else if (out_room(out, (size_t)node->n + 2)) {
		*out->p++ = '"';
		copy_short(out->p, node->p, node->n);
		out->p += node->n;
		*out->p++ = '"';
	}
}

static inline void out_bool(struct out *out, bool truth)
{
	out_put(out, truth ? "true" : "false", truth ? 4 : 5);
}

static inline bool out_open(struct out *out, const struct json *node)
{
	out_put(out, node->type == JSON_OBJECT ? "{}" : "[]", node->n > 0 ? 1 : 2);
	return node->n > 0;
}

/* A scalar, an empty container, or the opening of another: then true. */
static bool out_node(struct out *out, const struct json *node)
{
	switch (json_type(node)) {
	case JSON_STRING:
		out_string(out, node);
		return false;
	case JSON_INT:
	case JSON_NUMBER:
		out_put(out, node->p, node->n);
		return false;
	case JSON_BOOL:
		out_bool(out, node->n != 0);
		return false;
	case JSON_OBJECT:
	case JSON_ARRAY:
		return out_open(out, node);
	case JSON_ABSENT:
	case JSON_NULL:
	default:
		out_put(out, "null", 4);
		return false;
	}
}

/* What is open around the node being written, one bit a level. */
struct levels {
	unsigned depth;
	uint64_t object[DEPTH_WORDS];
	uint64_t last[DEPTH_WORDS];
};

static void level_push(struct levels *levels, const struct json *container)
{
	assert(levels->depth < JSON_DEPTH_MAX);
	uint64_t bit = 1ull << (levels->depth % 64);
	uint64_t *object = &levels->object[levels->depth / 64];
	uint64_t *last = &levels->last[levels->depth / 64];
	*object = container->type == JSON_OBJECT ? *object | bit : *object & ~bit;
	*last = (container->flags & JSON_FLAG_LAST) != 0 ? *last | bit : *last & ~bit;
	levels->depth++;
}

static inline bool level_bit(const struct levels *levels, const uint64_t *words)
{
	unsigned at = levels->depth - 1;
	return (words[at / 64] >> (at % 64) & 1) != 0;
}

/*
 * Nodes stand in document order, so the walk goes from one to the next and
 * closes a level where the last child of one ends.  It does not use jw's own
 * levels: a value from outside may be nested deeper than a writer's code.
 */
void jw_value(struct jw *jw, const struct json *value)
{
	before_value(jw);
	struct out out = { .buf = jw->buf };
	struct levels levels = { 0 };
	for (const struct json *node = value; !jw->buf->failed;) {
		bool opened = out_node(&out, node);
		if (opened) {
			level_push(&levels, node);
		} else {
			bool last = node != NULL && (node->flags & JSON_FLAG_LAST) != 0;
			while (levels.depth > 0 && last) {
				out_byte(&out, level_bit(&levels, levels.object) ? '}' : ']');
				last = level_bit(&levels, levels.last);
				levels.depth--;
			}
			if (levels.depth == 0) {
				break;
			}
			out_byte(&out, ',');
		}
		node = json_follow(node + 1);
		if (level_bit(&levels, levels.object)) {
			out_string(&out, node);
			out_byte(&out, ':');
			node++;
		}
	}
	out_flush(&out);
}

void jw_kv_str(struct jw *jw, const char *name, struct slice text)
{
	jw_key(jw, name);
	jw_str(jw, text);
}

void jw_kv_int(struct jw *jw, const char *name, int64_t value)
{
	jw_key(jw, name);
	jw_int(jw, value);
}

void jw_kv_bool(struct jw *jw, const char *name, bool value)
{
	jw_key(jw, name);
	jw_bool(jw, value);
}

void jw_kv_opt(struct jw *jw, const char *name, struct slice text)
{
	jw_key(jw, name);
	if (text.n == 0) {
		jw_null(jw);
	} else {
		jw_str(jw, text);
	}
}
