/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The one JSON writer: appends to a buf, puts commas itself, escapes strings,
 * and replaces octets that are not UTF-8 by U+FFFD.  Mistakes in nesting are
 * programming faults and assert.
 *
 * Layer: base.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

struct json;

enum { JW_DEPTH_MAX = 64 };

struct jw {
	struct buf *buf;
	unsigned depth;
	bool after_key;
	uint8_t count[JW_DEPTH_MAX]; /* 0 = nothing written yet at this depth */
	uint8_t kind[JW_DEPTH_MAX];  /* '{' or '[' */
};

void jw_init(struct jw *jw, struct buf *buf);
void jw_object(struct jw *jw);
void jw_array(struct jw *jw);
/** Closes whichever is open. */
void jw_end(struct jw *jw);
void jw_key(struct jw *jw, const char *name);
void jw_key_slice(struct jw *jw, struct slice name);
void jw_str(struct jw *jw, struct slice text);
void jw_int(struct jw *jw, int64_t value);
void jw_uint(struct jw *jw, uint64_t value);
/** Shortest text that reads back to the same double; NaN and infinities become null. */
void jw_double(struct jw *jw, double value);
void jw_bool(struct jw *jw, bool value);
void jw_null(struct jw *jw);
/** A complete JSON text, put as it is; the caller vouches for it. */
void jw_raw(struct jw *jw, struct slice json_text);
/** A parsed value written again; numbers keep their text. */
void jw_value(struct jw *jw, const struct json *value);

/** key and value in one line. */
void jw_kv_str(struct jw *jw, const char *name, struct slice text);
void jw_kv_int(struct jw *jw, const char *name, int64_t value);
void jw_kv_bool(struct jw *jw, const char *name, bool value);
/** null when the text is empty. */
void jw_kv_opt(struct jw *jw, const char *name, struct slice text);
