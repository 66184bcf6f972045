/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/page.h"

#include <string.h>

#include "base/utf8.h"
#include "proto/html.h"

void page_init(struct page *page)
{
	memset(page, 0, sizeof(*page));
	buf_init(&page->title, PAGE_TITLE_MAX);
	buf_init(&page->text, PAGE_TEXT_MAX);
	buf_init(&page->hosts, (size_t)PAGE_HOSTS_MAX * (PAGE_HOST_MAX + 1));
}

void page_fini(struct page *page)
{
	buf_fini(&page->title);
	buf_fini(&page->text);
	buf_fini(&page->hosts);
}

/* The last label's start in s, 0 when there is no dot. */
static size_t last_label(struct slice s)
{
	size_t at = s.n;
	while (at > 0 && s.p[at - 1] != '.') {
		at--;
	}
	return at;
}

static bool is_shared(struct slice label)
{
	static const char *const shared[] = { "ac", "co", "com", "edu", "gov", "mil", "net",
		"org" };
	for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++) {
		if (slice_is(label, shared[i])) {
			return true;
		}
	}
	return false;
}

struct slice page_site(struct slice host)
{
	size_t last = last_label(host);
	if (last == 0 || host.p[host.n - 1] == ']' ||
		(last < host.n && host.p[last] >= '0' && host.p[last] <= '9')) {
		return host;
	}
	size_t second = last_label(slice_head(host, last - 1));
	bool shared =
		host.n - last == 2 && is_shared(slice_of(host.p + second, last - 1 - second));
	size_t from = shared && second > 0 ? last_label(slice_head(host, second - 1)) : second;
	return slice_skip(host, from);
}

static bool holds_line(struct slice lines, struct slice wanted)
{
	struct slice line;
	while (lines.n > 0) {
		if (!slice_cut(lines, '\n', &line, &lines)) {
			return slice_eq(line, wanted);
		}
		if (slice_eq(line, wanted)) {
			return true;
		}
	}
	return false;
}

static void add_host(struct page *page, struct slice host, struct slice own_host)
{
	uint8_t name[PAGE_HOST_MAX];
	if (host.n == 0 || host.n > sizeof(name)) {
		page->hosts_refused += host.n > 0;
		return;
	}
	for (size_t i = 0; i < host.n; i++) {
		uint8_t c = host.p[i];
		name[i] = c >= 'A' && c <= 'Z' ? c | 0x20 : c;
		if (c <= ' ' || c == 0x7f || strchr("<>\"'\\", c) != NULL) {
			page->hosts_refused++;
			return;
		}
	}
	struct slice found = slice_of(name, host.n);
	if (slice_eq_nocase(page_site(found), page_site(own_host)) ||
		holds_line(buf_slice(&page->hosts), found)) {
		return;
	}
	if (page->host_count == PAGE_HOSTS_MAX) {
		page->hosts_refused++;
		return;
	}
	page->host_count++;
	buf_put(&page->hosts, found);
	buf_put_byte(&page->hosts, '\n');
}

/* The host of an absolute or scheme-less URL; empty for one of the page's own. */
static struct slice host_of(struct slice url)
{
	static const char *const schemes[] = { "https:", "http:", "wss:", "ws:", "ftp:" };
	url = slice_trim(url);
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t n = strlen(schemes[i]);
		if (slice_eq_nocase(slice_head(url, n), slice_str(schemes[i]))) {
			url = slice_skip(url, n);
			break;
		}
	}
	/* Browsers take a backslash for a slash. */
	if (url.n < 3 || (url.p[0] != '/' && url.p[0] != '\\') ||
		(url.p[1] != '/' && url.p[1] != '\\')) {
		return (struct slice) { 0 };
	}
	url = slice_skip(url, 2);
	size_t end = 0;
	size_t begin = 0;
	while (end < url.n && strchr("/\\?#", url.p[end]) == NULL) {
		end++;
	}
	for (size_t i = 0; i < end; i++) {
		begin = url.p[i] == '@' ? i + 1 : begin;
	}
	struct slice host = slice_of(url.p + begin, end - begin);
	for (size_t i = host.n; i > 0 && host.p[i - 1] != ']'; i--) {
		if (host.p[i - 1] == ':') {
			return slice_head(host, i - 1);
		}
	}
	return host;
}

void page_add_link(struct page *page, struct slice url, struct slice own_host)
{
	add_host(page, host_of(url), own_host);
}

/* "0;url=https://…" of a refreshing meta element. */
static struct slice refresh_url(struct slice content)
{
	for (size_t i = 0; i + 4 <= content.n; i++) {
		if (slice_eq_nocase(slice_of(content.p + i, 4), SLICE("url="))) {
			struct slice url = slice_trim(slice_skip(content, i + 4));
			bool quoted = url.n > 0 && (url.p[0] == '\'' || url.p[0] == '"');
			return slice_skip(url, quoted);
		}
	}
	return (struct slice) { 0 };
}

static void read_links(struct page *page, struct slice attributes, struct slice own_host)
{
	static const char *const names[] = { "href", "src", "action", "data", "data-src",
		"formaction", "poster", "background" };
	struct slice name;
	struct slice value;
	while (html_attribute(&attributes, &name, &value)) {
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			if (slice_eq_nocase(name, slice_str(names[i]))) {
				add_host(page, host_of(value), own_host);
			}
		}
		if (slice_eq_nocase(name, SLICE("content"))) {
			add_host(page, host_of(refresh_url(value)), own_host);
		}
	}
}

static bool breaks_line(const char *name)
{
	static const char *const inline_names[] = { "a", "abbr", "b", "em", "font", "i", "img",
		"label", "small", "span", "strong", "sub", "sup", "u" };
	for (size_t i = 0; i < sizeof(inline_names) / sizeof(inline_names[0]); i++) {
		if (strcmp(name, inline_names[i]) == 0) {
			return false;
		}
	}
	return true;
}

static void end_line(struct buf *text)
{
	while (text->n > 0 && text->p[text->n - 1] == ' ') {
		text->n--;
	}
	if (text->n > 0 && text->p[text->n - 1] != '\n') {
		buf_put_byte(text, '\n');
	}
}

/* Whole pieces only: what no longer fits is left out, and said. */
static void put_text(struct page *page, struct slice text, bool in_title)
{
	struct buf *into = in_title ? &page->title : &page->text;
	/* No reference is longer resolved than it stands. */
	if (text.n + into->n + 1 >= into->max) {
		text = slice_head(text, into->n + 1 < into->max ? into->max - into->n - 1 : 0);
		text = slice_head(text, utf8_span(text));
		page->text_cut = page->text_cut || !in_title;
	}
	html_put_text(into, text);
}

void page_read(struct page *page, struct slice html, struct slice own_host)
{
	struct html reader = { html };
	struct html_token token;
	enum html_kind kind;
	bool in_title = false;
	while ((kind = html_next(&reader, &token)) != HTML_END) {
		if (kind == HTML_TEXT) {
			put_text(page, token.text, in_title);
			continue;
		}
		bool title = strcmp(token.name, "title") == 0;
		in_title = title ? kind == HTML_OPEN && page->title.n == 0 : in_title;
		if (!title && breaks_line(token.name)) {
			end_line(&page->text);
		}
		if (kind == HTML_OPEN) {
			read_links(page, token.attributes, own_host);
		}
	}
	end_line(&page->text);
	while (page->title.n > 0 && page->title.p[page->title.n - 1] == ' ') {
		page->title.n--;
	}
}
