/* SPDX-License-Identifier: Apache-2.0 */
#include "model/asset_key.h"

#include "base/err.h"

enum { LABEL_MAX_OCTETS = 63 };

/* Octets of the separator the text begins with; 0 = none. */
static size_t separator(struct slice text)
{
	static const char *const wide[] = { "、", "，", "；", "\xe3\x80\x80" };
	if (text.n > 0 && memchr(" \t\r\n,;", text.p[0], 6) != NULL) {
		return 1;
	}
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
		if (slice_starts(text, slice_str(wide[i]))) {
			return slice_str(wide[i]).n;
		}
	}
	return 0;
}

/* The next part that is not empty; false at the end. */
static bool part_next(struct slice *left, struct slice *ret_part)
{
	for (size_t n = 0; (n = separator(*left)) > 0;) {
		*left = slice_skip(*left, n);
	}
	size_t end = 0;
	while (end < left->n && separator(slice_skip(*left, end)) == 0) {
		end++;
	}
	*ret_part = slice_head(*left, end);
	*left = slice_skip(*left, end);
	return end > 0;
}

static bool label_octet(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '-' || c == '_' || c >= 0x80;
}

static bool label_valid(struct slice label)
{
	for (size_t i = 0; i < label.n; i++) {
		if (!label_octet(label.p[i])) {
			return false;
		}
	}
	return label.n > 0 && label.n <= LABEL_MAX_OCTETS && label.p[0] != '-' &&
	       label.p[label.n - 1] != '-';
}

static bool all_digits(struct slice label)
{
	for (size_t i = 0; i < label.n; i++) {
		if (label.p[i] < '0' || label.p[i] > '9') {
			return false;
		}
	}
	return true;
}

bool host_name_valid(struct slice text)
{
	struct slice label = { 0 };
	bool more = text.n > 0 && text.n <= ASSET_KEY_MAX_OCTETS;
	bool valid = more;
	while (valid && more) {
		more = slice_cut(text, '.', &label, &text);
		valid = label_valid(label);
	}
	/* 10.1.2.999 is a mistyped address and no name. */
	return valid && !all_digits(label);
}

static bool same(const struct asset_key *a, const struct asset_key *b)
{
	return a->is_domain == b->is_domain && a->network.prefix == b->network.prefix &&
	       slice_eq(slice_str(a->text), slice_str(b->text));
}

static int key_add(struct asset_keys *keys, const struct asset_key *key)
{
	for (size_t i = 0; i < keys->count; i++) {
		if (same(&keys->item[i], key)) {
			return 0;
		}
	}
	if (keys->count == ASSET_KEYS_MAX) {
		return E_LIMIT;
	}
	keys->item[keys->count++] = *key;
	return 0;
}

static int network_add(struct asset_keys *keys, struct slice text)
{
	struct asset_key key = { 0 };
	int error = network_parse(text, &key.network);
	if (error < 0) {
		return error;
	}
	network_hex(&key.network, key.text);
	return key_add(keys, &key);
}

static int domain_add(struct asset_keys *keys, struct slice name)
{
	struct asset_key key = { .is_domain = true };
	/* "*.example.edu.cn" is what its suffix finds; a root dot adds nothing. */
	if (slice_starts(name, SLICE("*."))) {
		name = slice_skip(name, 2);
	}
	if (slice_ends(name, SLICE("."))) {
		name = slice_head(name, name.n - 1);
	}
	if (!host_name_valid(name)) {
		return E_FORMAT;
	}
	for (size_t i = 0; i < name.n; i++) {
		uint8_t c = name.p[i];
		key.text[i] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
	}
	return key_add(keys, &key);
}

/* The host of "https://user@host:8443/path?q", or of "host:8443/path". */
static struct slice url_host(struct slice text)
{
	size_t scheme = slice_find(text, SLICE("://"));
	text = scheme == SIZE_MAX ? text : slice_skip(text, scheme + 3);
	size_t end = 0;
	while (end < text.n && memchr("/?#", text.p[end], 3) == NULL) {
		end++;
	}
	text = slice_head(text, end);
	struct slice before = { 0 };
	struct slice after = { 0 };
	text = slice_cut(text, '@', &before, &after) ? after : text;
	if (slice_starts(text, SLICE("["))) {
		size_t close = slice_find(text, SLICE("]"));
		return close == SIZE_MAX ? text : slice_head(text, close + 1);
	}
	(void)slice_cut(text, ':', &before, &after);
	return before;
}

int asset_keys_addresses(struct asset_keys *keys, struct slice field, struct slice *ret_bad)
{
	struct slice part = { 0 };
	int error = 0;
	while (error >= 0 && part_next(&field, &part)) {
		error = network_add(keys, part);
	}
	if (error < 0) {
		*ret_bad = part;
	}
	return error;
}

int asset_keys_domains(struct asset_keys *keys, struct slice field, struct slice *ret_bad)
{
	struct slice part = { 0 };
	int error = 0;
	while (error >= 0 && part_next(&field, &part)) {
		/* A bare IPv6 address has colons of its own, a URL one before its port. */
		error = network_add(keys, part);
		error = error == E_FORMAT ? network_add(keys, url_host(part)) : error;
		error = error == E_FORMAT ? domain_add(keys, url_host(part)) : error;
	}
	if (error < 0) {
		*ret_bad = part;
	}
	return error;
}
