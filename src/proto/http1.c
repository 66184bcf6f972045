/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/http1.h"

#include <string.h>

#include "base/err.h"
#include "base/num.h"

void http1_init(struct http1 *http, size_t body_max)
{
	*http = (struct http1) { .phase = HTTP1_STATUS };
	buf_init(&http->body, body_max);
	buf_init(&http->line, HTTP1_LINE_MAX);
}

void http1_fini(struct http1 *http)
{
	buf_fini(&http->body);
	buf_fini(&http->line);
}

static int read_status(struct http1 *http, struct slice line)
{
	uint64_t status = 0;
	if (!slice_starts(line, SLICE("HTTP/1.")) || line.n < 12 || line.p[8] != ' ' ||
		num_u64((struct slice) { line.p + 9, 3 }, 599, &status) < 0 || status < 100 ||
		(line.n > 12 && line.p[12] != ' ')) {
		return E_FORMAT;
	}
	http->status = (unsigned)status;
	http->phase = HTTP1_HEADER;
	return 0;
}

static int read_length(struct http1 *http, struct slice value)
{
	uint64_t length = 0;
	if (num_u64(value, INT64_MAX, &length) < 0 ||
		(http->has_length && length != http->left)) {
		return E_FORMAT;
	}
	http->has_length = true;
	http->left = length;
	return 0;
}

/* Of a Set-Cookie only its pair goes back to the server: RFC 6265 section 4.2.1. */
static void keep_cookie(struct buf *cookies, struct slice value)
{
	struct slice pair = value;
	struct slice attributes;
	(void)slice_cut(value, ';', &pair, &attributes);
	pair = slice_trim(pair);
	bool fits = slice_find(pair, SLICE("=")) != SIZE_MAX &&
		    memchr(pair.p, 0, pair.n) == NULL &&
		    pair.n + 2 <= cookies->max - cookies->n;
	if (fits) {
		buf_put(cookies, pair);
		buf_put_str(cookies, "; ");
	}
}

static int read_header(struct http1 *http, struct slice line)
{
	struct slice name;
	struct slice value;
	if (line.p[0] == ' ' || line.p[0] == '\t') {
		return 0; /* obs-fold: the continuation of a header we may not need */
	}
	if (!slice_cut(line, ':', &name, &value) || name.n == 0 || name.p[name.n - 1] == ' ') {
		return E_FORMAT;
	}
	value = slice_trim(value);
	if (slice_eq_nocase(name, SLICE("content-length"))) {
		return read_length(http, value);
	}
	if (slice_eq_nocase(name, SLICE("transfer-encoding"))) {
		/* We asked for none, so chunked is all there may be. */
		if (!slice_eq_nocase(value, SLICE("chunked"))) {
			return E_FORMAT;
		}
		http->chunked = true;
	}
	if (http->cookies != NULL && slice_eq_nocase(name, SLICE("set-cookie"))) {
		keep_cookie(http->cookies, value);
	}
	if (slice_eq_nocase(name, SLICE("location")) && value.n <= HTTP1_LOCATION_MAX &&
		memchr(value.p, 0, value.n) == NULL) {
		memcpy(http->location, value.p, value.n);
		http->location[value.n] = '\0';
	}
	return 0;
}

static int end_head(struct http1 *http)
{
	if (http->status < 200 && http->status != 101) {
		if (++http->interim > HTTP1_INTERIM_MAX) {
			return E_LIMIT;
		}
		http->phase = HTTP1_STATUS;
		http->has_length = false;
		http->chunked = false;
		return 0;
	}
	if (http->status == 204 || http->status == 304 || http->status == 101) {
		http->phase = HTTP1_DONE;
	} else if (http->chunked) {
		http->phase = HTTP1_CHUNK_SIZE;
	} else if (!http->has_length) {
		http->phase = HTTP1_CLOSE;
	} else {
		http->phase = http->left > 0 ? HTTP1_LENGTH : HTTP1_DONE;
	}
	return 0;
}

/* 16 = no hexadecimal digit. */
static unsigned digit_of(uint8_t octet)
{
	unsigned c = octet | 0x20u;
	if (octet >= '0' && octet <= '9') {
		return c - '0';
	}
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

static int read_chunk_size(struct http1 *http, struct slice line)
{
	uint64_t size = 0;
	size_t i = 0;
	/* 15 digits: no size that fits a body is longer. */
	while (i < line.n && i < 15 && digit_of(line.p[i]) < 16) {
		size = size << 4 | digit_of(line.p[i]);
		i++;
	}
	/* An extension, or blanks some servers pad with. */
	if (i == 0 || (i < line.n && memchr("; \t", line.p[i], 3) == NULL)) {
		return E_FORMAT;
	}
	http->left = size;
	http->phase = size > 0 ? HTTP1_CHUNK : HTTP1_TRAILER;
	return 0;
}

static int read_line(struct http1 *http, struct slice line)
{
	if (http->phase == HTTP1_STATUS) {
		return read_status(http, line);
	}
	if (http->phase == HTTP1_HEADER) {
		return line.n == 0 ? end_head(http) : read_header(http, line);
	}
	if (http->phase == HTTP1_CHUNK_SIZE) {
		return read_chunk_size(http, line);
	}
	if (http->phase == HTTP1_CHUNK_END) {
		http->phase = HTTP1_CHUNK_SIZE;
		return line.n == 0 ? 0 : E_FORMAT;
	}
	if (line.n == 0) {
		http->phase = HTTP1_DONE;
	}
	return 0;
}

/* Up to the next LF; *ret_line is set when it was found. */
static int take_line(struct http1 *http, struct slice *octets)
{
	const uint8_t *end = memchr(octets->p, '\n', octets->n);
	size_t n = end != NULL ? (size_t)(end - octets->p) + 1 : octets->n;
	buf_put(&http->line, slice_head(*octets, n));
	*octets = slice_skip(*octets, n);
	/* Chunk lines do not count as head: a long body has many. */
	http->head_octets +=
		http->phase == HTTP1_CHUNK_SIZE || http->phase == HTTP1_CHUNK_END ? 0 : n;
	if (http->line.failed || http->head_octets > HTTP1_HEAD_MAX) {
		return E_LIMIT;
	}
	if (end == NULL) {
		return 0;
	}
	struct slice line = slice_head(buf_slice(&http->line), http->line.n - 1);
	if (line.n > 0 && line.p[line.n - 1] == '\r') {
		line.n--;
	}
	int rc = read_line(http, line);
	buf_clear(&http->line);
	return rc;
}

static void take_body(struct http1 *http, struct slice *octets)
{
	size_t n = octets->n;
	if (http->phase != HTTP1_CLOSE && n > http->left) {
		n = (size_t)http->left;
	}
	size_t room = http->body.max - http->body.n;
	buf_put(&http->body, slice_head(*octets, n < room ? n : room));
	http->body_octets += n;
	http->body_cut = http->body_cut || n > room;
	*octets = slice_skip(*octets, n);
	if (http->phase == HTTP1_CLOSE) {
		return;
	}
	http->left -= n;
	if (http->left == 0) {
		http->phase = http->phase == HTTP1_CHUNK ? HTTP1_CHUNK_END : HTTP1_DONE;
	}
}

int http1_feed(struct http1 *http, struct slice octets)
{
	while (octets.n > 0 && http->phase != HTTP1_DONE && !http->body_cut) {
		if (http->phase == HTTP1_LENGTH || http->phase == HTTP1_CLOSE ||
			http->phase == HTTP1_CHUNK) {
			take_body(http, &octets);
			continue;
		}
		int rc = take_line(http, &octets);
		if (rc < 0) {
			return rc;
		}
	}
	return http->phase == HTTP1_DONE || http->body_cut;
}

int http1_end(struct http1 *http)
{
	if (http->phase == HTTP1_CLOSE || http->phase == HTTP1_DONE) {
		http->phase = HTTP1_DONE;
		return 1;
	}
	return E_SHORT;
}
