/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/html.h"

#include <string.h>

#include "base/utf8.h"

enum { REFERENCE_MAX = 12 };

static bool is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_letter(uint8_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static void skip(struct html *html, size_t n)
{
	html->left = slice_skip(html->left, n);
}

/* Past the first end mark, or past everything. */
static void skip_past(struct html *html, struct slice mark)
{
	size_t at = slice_find(html->left, mark);
	skip(html, at == SIZE_MAX ? html->left.n : at + mark.n);
}

/* "</name" of a raw text element, in any case of letters. */
static size_t raw_end(struct slice text, const char *name)
{
	size_t n = strlen(name);
	for (size_t at = 0; at + 2 + n <= text.n; at++) {
		if (text.p[at] == '<' && text.p[at + 1] == '/' &&
			slice_eq_nocase(slice_of(text.p + at + 2, n), slice_str(name))) {
			return at;
		}
	}
	return text.n;
}

/* Where a tag ends: a '>' inside a quoted value does not. */
static size_t tag_end(struct slice text)
{
	uint8_t quote = 0;
	for (size_t at = 0; at < text.n; at++) {
		uint8_t c = text.p[at];
		if (quote != 0) {
			quote = c == quote ? 0 : quote;
		} else if (c == '>') {
			return at;
		} else if ((c == '"' || c == '\'') && at > 0 && text.p[at - 1] == '=') {
			quote = c;
		}
	}
	return text.n;
}

static void take_name(struct html *html, struct html_token *token)
{
	size_t n = 0;
	while (n < html->left.n && !is_space(html->left.p[n]) && html->left.p[n] != '/' &&
		html->left.p[n] != '>') {
		if (n < HTML_NAME_MAX) {
			token->name[n] = (char)lower(html->left.p[n]);
			token->name[n + 1] = '\0';
		}
		n++;
	}
	skip(html, n);
}

static enum html_kind take_tag(struct html *html, struct html_token *token, bool closing)
{
	take_name(html, token);
	size_t end = tag_end(html->left);
	token->attributes = slice_head(html->left, end);
	skip(html, end + 1);
	if (closing) {
		return HTML_CLOSE;
	}
	if (strcmp(token->name, "script") == 0 || strcmp(token->name, "style") == 0) {
		skip(html, raw_end(html->left, token->name));
	}
	return HTML_OPEN;
}

static size_t text_length(struct slice text)
{
	for (size_t at = 1; at + 1 < text.n; at++) {
		uint8_t next = text.p[at + 1];
		if (text.p[at] == '<' &&
			(is_letter(next) || next == '/' || next == '!' || next == '?')) {
			return at;
		}
	}
	return text.n;
}

/* Is what begins with '<' a tag or the like at all? */
static bool is_markup(struct slice left)
{
	return left.n > 1 && left.p[0] == '<' &&
	       (is_letter(left.p[1]) || left.p[1] == '/' || left.p[1] == '!' ||
		       left.p[1] == '?');
}

enum html_kind html_next(struct html *html, struct html_token *ret_token)
{
	memset(ret_token, 0, sizeof(*ret_token));
	while (html->left.n > 0) {
		struct slice left = html->left;
		if (!is_markup(left)) {
			ret_token->text = slice_head(left, text_length(left));
			skip(html, ret_token->text.n);
			return HTML_TEXT;
		}
		if (slice_starts(left, SLICE("<!--"))) {
			skip(html, 4);
			skip_past(html, SLICE("-->"));
		} else if (left.p[1] == '!' || left.p[1] == '?' ||
			   (left.p[1] == '/' && (left.n < 3 || !is_letter(left.p[2])))) {
			skip_past(html, SLICE(">"));
		} else {
			bool closing = left.p[1] == '/';
			skip(html, closing ? 2 : 1);
			return take_tag(html, ret_token, closing);
		}
	}
	return HTML_END;
}

static size_t span_space(struct slice text)
{
	size_t n = 0;
	while (n < text.n && (is_space(text.p[n]) || text.p[n] == '/')) {
		n++;
	}
	return n;
}

static struct slice take_value(struct slice *left)
{
	size_t n = 0;
	while (left->n > 0 && is_space(left->p[0])) {
		*left = slice_skip(*left, 1);
	}
	uint8_t quote =
		left->n > 0 && (left->p[0] == '"' || left->p[0] == '\'') ? left->p[0] : 0;
	*left = slice_skip(*left, quote != 0);
	while (n < left->n && (quote != 0 ? left->p[n] != quote : !is_space(left->p[n]))) {
		n++;
	}
	struct slice value = slice_head(*left, n);
	*left = slice_skip(*left, n + (quote != 0));
	return value;
}

bool html_attribute(struct slice *attributes, struct slice *ret_name, struct slice *ret_value)
{
	struct slice left = slice_skip(*attributes, span_space(*attributes));
	size_t n = 0;
	*ret_value = (struct slice) { 0 };
	while (n < left.n && !is_space(left.p[n]) && left.p[n] != '/' &&
		(left.p[n] != '=' || n == 0)) {
		n++;
	}
	*ret_name = slice_head(left, n);
	left = slice_skip(left, n);
	size_t gap = span_space(left);
	if (gap < left.n && left.p[gap] == '=') {
		left = slice_skip(left, gap + 1);
		*ret_value = take_value(&left);
	}
	*attributes = left;
	return n > 0;
}

static uint32_t numeric(struct slice digits)
{
	bool hex = digits.n > 0 && (digits.p[0] | 0x20) == 'x';
	uint32_t value = 0;
	for (size_t i = hex; i < digits.n; i++) {
		uint8_t c = lower(digits.p[i]);
		uint32_t digit = c >= '0' && c <= '9'          ? (uint32_t)(c - '0')
				 : hex && c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
							       : UINT32_MAX;
		if (digit == UINT32_MAX || value > 0x110000) {
			return 0;
		}
		value = value * (hex ? 16 : 10) + digit;
	}
	return value;
}

/* The code point of what stands between '&' and ';'; 0 for none we know. */
static uint32_t reference(struct slice name)
{
	static const struct {
		const char *name;
		uint32_t code_point;
	} known[] = { { "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' },
		{ "apos", '\'' }, { "nbsp", ' ' }, { "copy", 0xa9 }, { "middot", 0xb7 },
		{ "raquo", 0xbb }, { "laquo", 0xab }, { "mdash", 0x2014 }, { "ldquo", 0x201c },
		{ "rdquo", 0x201d }, { "hellip", 0x2026 } };
	if (name.n > 1 && name.p[0] == '#') {
		return numeric(slice_skip(name, 1));
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (slice_is(name, known[i].name)) {
			return known[i].code_point;
		}
	}
	return 0;
}

/* Octets of a reference at the front with its code point, or 0. */
static size_t take_reference(struct slice text, uint32_t *ret_code_point)
{
	for (size_t n = 1; n < text.n && n < REFERENCE_MAX; n++) {
		if (text.p[n] == ';') {
			*ret_code_point = reference(slice_of(text.p + 1, n - 1));
			return *ret_code_point != 0 ? n + 1 : 0;
		}
	}
	return 0;
}

void html_put_text(struct buf *buf, struct slice text)
{
	bool gap = buf->n == 0 || buf->p[buf->n - 1] == ' ' || buf->p[buf->n - 1] == '\n';
	while (text.n > 0) {
		uint32_t code_point = text.p[0];
		size_t n = code_point == '&' ? take_reference(text, &code_point) : 0;
		if (n == 0) {
			n = utf8_next(text, &code_point);
		}
		text = slice_skip(text, n);
		bool space = code_point == 0xa0 || code_point == 0x3000 ||
			     (code_point <= ' ' || code_point == 0x7f);
		if (space && gap) {
			continue;
		}
		utf8_put(buf, space ? ' ' : code_point);
		gap = space;
	}
}
