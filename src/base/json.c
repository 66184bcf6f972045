/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json_priv.h"
#include "base/num.h"
#include "base/utf8.h"

enum {
	CHUNK_MIN_NODES = 8,
	CHUNK_MAX_NODES = 4096,
	NODE_TYPICAL_OCTETS = 8, /* of text to a node; log records have six to nine */
	INT_DIGITS_SAFE = 18,    /* that many always fit int64_t; one more may */
};

/* Positions go by value and return, so that they stay in registers; NULL = refused. */
struct reader {
	struct arena *arena;
	const uint8_t *end;
	struct json *at;     /* next free node */
	struct json *last;   /* the chunk's link node */
	struct json *parent; /* innermost open container, or &top */
	struct json *prev;   /* the value finished last */
	unsigned depth_left;
	bool value_due; /* else a comma, a close, or the end */
	struct json top;
	int error;
	const uint8_t *where;
	const char *why;
};

static const uint8_t *refuse(struct reader *r, int error, const uint8_t *where, const char *why)
{
	r->error = error;
	r->where = where;
	r->why = why;
	return NULL;
}

static const uint8_t *refuse_short(struct reader *r)
{
	return refuse(r, E_SHORT, r->end, "the text ends before its value does");
}

static bool chunk_add(struct reader *r, const uint8_t *p)
{
	size_t count = (size_t)(r->end - p) / NODE_TYPICAL_OCTETS + CHUNK_MIN_NODES;
	if (count > CHUNK_MAX_NODES) {
		count = CHUNK_MAX_NODES;
	}
	struct json *chunk = arena_try(r->arena, count, sizeof(*chunk));
	if (chunk == NULL) {
		(void)refuse(r, E_LIMIT, p, "the text needs more memory than is allowed");
		return false;
	}
	if (r->at != NULL) {
		r->at->type = JSON_LINK;
		r->at->next = chunk;
	}
	r->at = chunk;
	r->last = chunk + count - 1;
	return true;
}

/* One node, with room for `count` side by side. */
static inline struct json *node_take(struct reader *r, const uint8_t *p, ptrdiff_t count)
{
	if (r->last - r->at < count && !chunk_add(r, p)) {
		return NULL;
	}
	return r->at++;
}

static inline const uint8_t *skip_space(const uint8_t *p, const uint8_t *end)
{
#if defined(__SSE2__) && !defined(JSON_PORTABLE)
	/* Laid-out text has long runs; between tokens there is mostly one octet or none. */
	while (end - p >= 16 && *p <= ' ' && p[1] <= ' ') {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i blank = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')),
						     _mm_cmpeq_epi8(v, _mm_set1_epi8('\n'))),
			_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\r')),
				_mm_cmpeq_epi8(v, _mm_set1_epi8('\t'))));
		unsigned other = ~(unsigned)_mm_movemask_epi8(blank) & 0xffffu;
		if (other != 0) {
			return p + __builtin_ctz(other);
		}
		p += 16;
	}
#endif
	while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) {
		p++;
	}
	return p;
}

/* Does the sequence cut off by the end of the text have a well-formed ending? */
static bool utf8_open(struct slice tail)
{
	for (size_t n = tail.n + 1; tail.n > 0 && n <= 4; n++) {
		/* A lead octet bounds its second octet above or below, never both. */
		for (unsigned fill = 0x80; fill <= 0xbf; fill += 0x3f) {
			uint8_t octets[4];
			uint32_t code_point = 0;
			memset(octets, (int)fill, sizeof(octets));
			memcpy(octets, tail.p, tail.n);
			if (utf8_next(slice_of(octets, n), &code_point) == n) {
				return true;
			}
		}
	}
	return false;
}

static bool check_utf8(struct reader *r, const uint8_t *p, const uint8_t *stop)
{
	size_t n = (size_t)(stop - p);
	size_t good = utf8_span(slice_of(p, n));
	if (good == n) {
		return true;
	}
	if (stop == r->end && n - good < 4 && utf8_open(slice_of(p + good, n - good))) {
		(void)refuse_short(r);
	} else {
		(void)refuse(r, E_UTF8, p + good, "a string holds octets that are not UTF-8");
	}
	return false;
}

static const uint8_t *take_hex4(struct reader *r, const uint8_t *p, uint32_t *ret_code)
{
	uint32_t code = 0;
	for (unsigned i = 0; i < 4; i++, p++) {
		if (p == r->end) {
			return refuse_short(r);
		}
		uint8_t c = *p;
		unsigned digit = c >= '0' && c <= '9'   ? c - (unsigned)'0'
				 : c >= 'a' && c <= 'f' ? c - (unsigned)'a' + 10
				 : c >= 'A' && c <= 'F' ? c - (unsigned)'A' + 10
							: 16;
		if (digit == 16) {
			return refuse(r, E_FORMAT, p, "\\u is not followed by four hex digits");
		}
		code = code << 4 | digit;
	}
	*ret_code = code;
	return p;
}

/* p is behind "\u". */
static const uint8_t *take_code_point(struct reader *r, const uint8_t *p, uint32_t *ret_code)
{
	static const char lone[] = "half of a surrogate pair stands alone";
	const uint8_t *start = p - 2;
	uint32_t high = 0;
	p = take_hex4(r, p, &high);
	if (p == NULL || high < 0xd800 || high > 0xdfff) {
		*ret_code = high;
		return p;
	}
	if (high > 0xdbff) {
		return refuse(r, E_UTF8, start, lone);
	}
	for (const char *want = "\\u"; *want != '\0'; want++, p++) {
		if (p == r->end) {
			return refuse_short(r);
		}
		if (*p != (uint8_t)*want) {
			return refuse(r, E_UTF8, start, lone);
		}
	}
	uint32_t low = 0;
	p = take_hex4(r, p, &low);
	if (p != NULL && (low < 0xdc00 || low > 0xdfff)) {
		return refuse(r, E_UTF8, start, lone);
	}
	*ret_code = 0x10000 + ((high & 0x3ff) << 10 | (low & 0x3ff));
	return p;
}

/* p is at a backslash; the decoded octets go to *out. */
static const uint8_t *take_escape(struct reader *r, const uint8_t *p, uint8_t **out)
{
	static const uint8_t plain[256] = { ['"'] = '"',
		['\\'] = '\\',
		['/'] = '/',
		['b'] = '\b',
		['f'] = '\f',
		['n'] = '\n',
		['r'] = '\r',
		['t'] = '\t' };
	if (r->end - p < 2) {
		return refuse_short(r);
	}
	uint8_t c = p[1];
	if (plain[c] != 0) {
		*(*out)++ = plain[c];
		return p + 2;
	}
	if (c != 'u') {
		return refuse(r, E_FORMAT, p + 1, "a backslash is followed by no known escape");
	}
	uint32_t code_point = 0;
	p = take_code_point(r, p + 2, &code_point);
	if (p != NULL) {
		*out += utf8_encode(code_point, *out);
	}
	return p;
}

/* Octets up to the closing quote or to what is wrong; decoding never needs more. */
static size_t raw_length(const struct reader *r, const uint8_t *p)
{
	const uint8_t *start = p;
	bool high = false;
	for (;;) {
		p = json_plain_end(p, r->end, &high);
		if (r->end - p < 2 || *p != '\\') {
			return (size_t)(p - start);
		}
		p += 2;
	}
}

static const uint8_t *take_escaped(struct reader *r, const uint8_t *p, struct json *node)
{
	uint8_t *out = arena_try(r->arena, raw_length(r, p), 1);
	if (out == NULL) {
		return refuse(r, E_LIMIT, p, "the text needs more memory than is allowed");
	}
	node->p = out;
	for (;;) {
		bool high = false;
		const uint8_t *stop = json_plain_end(p, r->end, &high);
		if (high && !check_utf8(r, p, stop)) {
			return NULL;
		}
		memcpy(out, p, (size_t)(stop - p));
		out += stop - p;
		if (stop == r->end) {
			return refuse_short(r);
		}
		if (*stop == '"') {
			node->n = (uint32_t)(out - node->p);
			return stop + 1;
		}
		if (*stop != '\\') {
			return refuse(r, E_FORMAT, stop,
				"a control character stands bare in a string");
		}
		p = take_escape(r, stop, &out);
		if (p == NULL) {
			return NULL;
		}
	}
}

/* p is behind the opening quote. */
static inline const uint8_t *take_string(struct reader *r, const uint8_t *p, struct json *node)
{
	bool high = false;
	const uint8_t *stop = json_plain_end(p, r->end, &high);
	node->type = JSON_STRING;
	if (stop == r->end || *stop != '"') {
		return take_escaped(r, p, node);
	}
	if (high && !check_utf8(r, p, stop)) {
		return NULL;
	}
	node->flags |= JSON_FLAG_PLAIN;
	node->p = p;
	node->n = (uint32_t)(stop - p);
	return stop + 1;
}

/* At least one digit. */
static inline const uint8_t *take_digits(struct reader *r, const uint8_t *p)
{
	const uint8_t *start = p;
	while (p < r->end && (uint8_t)(*p - '0') <= 9) {
		p++;
	}
	if (p > start) {
		return p;
	}
	return p == r->end ? refuse_short(r)
			   : refuse(r, E_FORMAT, p, "a digit is expected here");
}

static bool fits_int64(const uint8_t *digits, size_t n, bool negative)
{
	if (n <= INT_DIGITS_SAFE) {
		return true;
	}
	/* No leading zeros, so the same length compares as text. */
	return n == INT_DIGITS_SAFE + 1 &&
	       memcmp(digits, negative ? "9223372036854775808" : "9223372036854775807", n) <= 0;
}

/* What may follow the integer part, RFC 8259 section 6. */
static inline const uint8_t *take_fraction(
	struct reader *r, const uint8_t *p, struct json *node)
{
	if (p < r->end && *p == '.') {
		node->type = JSON_NUMBER;
		p = take_digits(r, p + 1);
	}
	if (p != NULL && p < r->end && (*p | 0x20) == 'e') {
		node->type = JSON_NUMBER;
		p++;
		p = take_digits(r, p < r->end && (*p == '+' || *p == '-') ? p + 1 : p);
	}
	return p;
}

static const uint8_t *take_number(struct reader *r, const uint8_t *p, struct json *node)
{
	const uint8_t *start = p;
	bool negative = *p == '-';
	const uint8_t *digits = negative ? p + 1 : p;
	p = take_digits(r, digits);
	if (p == NULL) {
		return NULL;
	}
	if (*digits == '0' && p > digits + 1) {
		return refuse(r, E_FORMAT, digits + 1, "a number starts with a needless zero");
	}
	node->type =
		fits_int64(digits, (size_t)(p - digits), negative) ? JSON_INT : JSON_NUMBER;
	p = take_fraction(r, p, node);
	if (p != NULL) {
		node->p = start;
		node->n = (uint32_t)(p - start);
	}
	return p;
}

static const uint8_t *take_word(struct reader *r, const uint8_t *p, const char *word)
{
	for (; *word != '\0'; word++, p++) {
		if (p == r->end) {
			return refuse_short(r);
		}
		if (*p != (uint8_t)*word) {
			return refuse(
				r, E_FORMAT, p, "this is neither true nor false nor null");
		}
	}
	return p;
}

/* Name and colon; leaves the value due. */
static const uint8_t *take_name(struct reader *r, const uint8_t *p)
{
	p = skip_space(p, r->end);
	if (p == r->end) {
		return refuse_short(r);
	}
	if (*p != '"') {
		return refuse(r, E_FORMAT, p, "a name in quotes is expected here");
	}
	/* Its value must stand right behind it. */
	struct json *node = node_take(r, p, 2);
	if (node == NULL) {
		return NULL;
	}
	p = take_string(r, p + 1, node);
	if (p == NULL) {
		return NULL;
	}
	p = skip_space(p, r->end);
	if (p == r->end) {
		return refuse_short(r);
	}
	if (*p != ':') {
		return refuse(r, E_FORMAT, p, "a colon is expected here");
	}
	r->value_due = true;
	return p + 1;
}

static const uint8_t *open_container(struct reader *r, const uint8_t *p, struct json *node)
{
	if (r->depth_left == 0) {
		return refuse(r, E_DEPTH, p, "the text is nested too deeply");
	}
	r->depth_left--;
	node->type = *p == '{' ? JSON_OBJECT : JSON_ARRAY;
	node->parent = r->parent;
	r->parent = node;
	p = skip_space(p + 1, r->end);
	if (p < r->end && *p == (node->type == JSON_OBJECT ? '}' : ']')) {
		return p;
	}
	r->value_due = true;
	return node->type == JSON_OBJECT ? take_name(r, p) : p;
}

static const uint8_t *take_value(struct reader *r, const uint8_t *p)
{
	p = skip_space(p, r->end);
	if (p == r->end) {
		return refuse_short(r);
	}
	struct json *node = node_take(r, p, 1);
	if (node == NULL) {
		return NULL;
	}
	node->flags = r->parent->type == JSON_OBJECT ? JSON_FLAG_MEMBER : 0;
	r->parent->n++;
	r->prev = node;
	r->value_due = false;
	switch (*p) {
	case '"':
		return take_string(r, p + 1, node);
	case '{':
	case '[':
		return open_container(r, p, node);
	case 't':
		node->type = JSON_BOOL;
		node->n = 1;
		return take_word(r, p, "true");
	case 'f':
		node->type = JSON_BOOL;
		return take_word(r, p, "false");
	case 'n':
		node->type = JSON_NULL;
		return take_word(r, p, "null");
	default:
		if (*p != '-' && (uint8_t)(*p - '0') > 9) {
			return refuse(r, E_FORMAT, p, "a value is expected here");
		}
		return take_number(r, p, node);
	}
}

/* A comma, or the end of the innermost container. */
static const uint8_t *take_separator(struct reader *r, const uint8_t *p)
{
	p = skip_space(p, r->end);
	if (p == r->end) {
		return refuse_short(r);
	}
	struct json *node = r->parent;
	bool object = node->type == JSON_OBJECT;
	if (*p == ',') {
		r->value_due = true;
		return object ? take_name(r, p + 1) : p + 1;
	}
	if (*p != (object ? '}' : ']')) {
		return refuse(r, E_FORMAT, p,
			object ? "a comma or } is expected here"
			       : "a comma or ] is expected here");
	}
	if (node->n > 0) {
		r->prev->flags |= JSON_FLAG_LAST;
	}
	r->depth_left++;
	r->parent = node->parent;
	r->prev = node;
	node->next = r->at;
	return p + 1;
}

static int refused(const struct reader *r, struct slice text, struct diag *diag)
{
	size_t offset = (size_t)(r->where - text.p);
	uint64_t line = 1;
	for (size_t i = 0; i < offset; i++) {
		line += text.p[i] == '\n';
	}
	return diag_set(diag, r->error, line, offset, "%s", r->why);
}

int json_parse(struct arena *arena, struct slice text, unsigned depth_max,
	const struct json **ret_root, struct diag *diag)
{
	if (text.n > UINT32_MAX) {
		return diag_set(diag, E_LIMIT, 0, UINT32_MAX, "the text is longer than 4 GiB");
	}
	if (text.n == 0) {
		return diag_set(diag, E_SHORT, 1, 0, "the text is empty");
	}
	struct reader r = { .arena = arena, .end = text.p + text.n, .value_due = true };
	r.depth_left = depth_max == 0 ? JSON_DEPTH_DEFAULT : depth_max;
	if (r.depth_left > JSON_DEPTH_MAX) {
		r.depth_left = JSON_DEPTH_MAX;
	}
	r.parent = &r.top;
	const uint8_t *p = text.p;
	if (!chunk_add(&r, p)) {
		return refused(&r, text, diag);
	}
	const struct json *root = r.at;
	do {
		p = r.value_due ? take_value(&r, p) : take_separator(&r, p);
	} while (p != NULL && (r.value_due || r.parent != &r.top));
	if (p != NULL) {
		r.prev->flags |= JSON_FLAG_LAST;
		p = skip_space(p, r.end);
		if (p == r.end) {
			*ret_root = root;
			return 0;
		}
		(void)refuse(&r, E_FORMAT, p, "the text goes on behind its value");
	}
	return refused(&r, text, diag);
}

enum json_type json_type(const struct json *value)
{
	return value != NULL ? (enum json_type)value->type : JSON_ABSENT;
}

static bool is_container(const struct json *value)
{
	return value != NULL && (value->type == JSON_OBJECT || value->type == JSON_ARRAY);
}

size_t json_count(const struct json *container)
{
	return is_container(container) ? container->n : 0;
}

const struct json *json_first(const struct json *container)
{
	if (json_count(container) == 0) {
		return NULL;
	}
	const struct json *at = json_follow(container + 1);
	return container->type == JSON_OBJECT ? at + 1 : at;
}

const struct json *json_next(const struct json *child)
{
	if (child == NULL || (child->flags & JSON_FLAG_LAST) != 0) {
		return NULL;
	}
	const struct json *at = json_follow(is_container(child) ? child->next : child + 1);
	return (child->flags & JSON_FLAG_MEMBER) != 0 ? at + 1 : at;
}

struct slice json_name(const struct json *member)
{
	if (member == NULL || (member->flags & JSON_FLAG_MEMBER) == 0) {
		return (struct slice) { 0 };
	}
	return slice_of(member[-1].p, member[-1].n);
}

const struct json *json_get(const struct json *object, const char *name)
{
	if (json_type(object) != JSON_OBJECT) {
		return NULL;
	}
	struct slice want = slice_str(name);
	const struct json *found = NULL;
	for (const struct json *m = json_first(object); m != NULL; m = json_next(m)) {
		if (slice_eq(json_name(m), want)) {
			found = m;
		}
	}
	return found;
}

struct slice json_str(const struct json *value)
{
	return json_type(value) == JSON_STRING ? slice_of(value->p, value->n)
					       : (struct slice) { 0 };
}

struct slice json_number_text(const struct json *value)
{
	enum json_type type = json_type(value);
	bool number = type == JSON_INT || type == JSON_NUMBER;
	return number ? slice_of(value->p, value->n) : (struct slice) { 0 };
}

bool json_int(const struct json *value, int64_t *ret_value)
{
	if (json_type(value) != JSON_INT) {
		return false;
	}
	const uint8_t *end = value->p + value->n;
	bool negative = *value->p == '-';
	uint64_t magnitude = 0;
	for (const uint8_t *p = value->p + negative; p < end; p++) {
		magnitude = magnitude * 10 + (uint64_t)(*p - '0');
	}
	/* 2^63 itself only with a minus; the reader saw to that. */
	*ret_value = (int64_t)(negative ? 0 - magnitude : magnitude);
	return true;
}

bool json_double(const struct json *value, double *ret_value)
{
	struct slice text = json_number_text(value);
	return text.n > 0 && num_double(text, ret_value) == 0;
}

bool json_bool(const struct json *value, bool *ret_value)
{
	if (json_type(value) != JSON_BOOL) {
		return false;
	}
	*ret_value = value->n != 0;
	return true;
}

struct slice json_get_str(const struct json *object, const char *name)
{
	return json_str(json_get(object, name));
}

int64_t json_get_int(const struct json *object, const char *name, int64_t otherwise)
{
	int64_t value = otherwise;
	return json_int(json_get(object, name), &value) ? value : otherwise;
}

bool json_get_bool(const struct json *object, const char *name, bool otherwise)
{
	bool value = otherwise;
	return json_bool(json_get(object, name), &value) ? value : otherwise;
}
