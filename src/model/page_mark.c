/* SPDX-License-Identifier: Apache-2.0 */
#include "model/page_mark.h"

#include <string.h>

#include "base/base64.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/rd.h"
#include "base/utf8.h"

enum { SHINGLE = 5, MARK_VERSION = 1, HOST_OCTETS = 4 };

static uint32_t short_digest(struct slice text)
{
	return (uint32_t)digest_xxh3(text);
}

static uint32_t folded(uint32_t c)
{
	bool left_out = c <= ' ' || c == 0x3000 || c == 0xa0 || c == 0xfffd ||
			(c >= '0' && c <= '9') || (c >= 0xff10 && c <= 0xff19);
	return left_out ? 0 : c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static void mark_text(struct page_mark *mark, struct slice text)
{
	uint32_t last[SHINGLE] = { 0 };
	size_t seen = 0;
	uint32_t c = 0;
	memset(mark->bin, 0xff, sizeof(mark->bin));
	while (text.n > 0) {
		text = slice_skip(text, utf8_next(text, &c));
		c = folded(c);
		if (c == 0) {
			continue;
		}
		memmove(last, last + 1, sizeof(last) - sizeof(last[0]));
		last[SHINGLE - 1] = c;
		if (++seen < SHINGLE) {
			continue;
		}
		uint64_t digest = digest_xxh3(slice_of(last, sizeof(last)));
		uint32_t *bin = &mark->bin[digest >> 58];
		uint32_t value = (uint32_t)digest;
		*bin = value < *bin ? value : *bin;
	}
}

struct page_mark page_mark_of(struct slice title, struct slice text, struct slice hosts)
{
	struct page_mark mark = { .title = short_digest(title) };
	struct slice line;
	mark_text(&mark, text);
	while (hosts.n > 0 && mark.hosts < PAGE_MARK_HOSTS_MAX) {
		(void)slice_cut(hosts, '\n', &line, &hosts);
		if (line.n > 0) {
			mark.host[mark.hosts++] = short_digest(line);
		}
	}
	return mark;
}

unsigned page_mark_likeness(const struct page_mark *a, const struct page_mark *b)
{
	unsigned same = 0;
	unsigned either = 0;
	for (size_t i = 0; i < PAGE_MARK_BINS; i++) {
		bool empty = a->bin[i] == UINT32_MAX && b->bin[i] == UINT32_MAX;
		either += !empty;
		same += !empty && a->bin[i] == b->bin[i];
	}
	return either == 0 ? 100 : same * 100 / either;
}

bool page_mark_knows(const struct page_mark *mark, struct slice host)
{
	uint32_t digest = short_digest(host);
	for (size_t i = 0; i < mark->hosts; i++) {
		if (mark->host[i] == digest) {
			return true;
		}
	}
	return false;
}

void page_mark_put(struct buf *buf, const struct page_mark *mark)
{
	AUTO_BUF struct buf octets;
	buf_init(&octets, PAGE_MARK_TEXT_MAX);
	buf_put_u8(&octets, MARK_VERSION);
	buf_put_u32(&octets, mark->title);
	for (size_t i = 0; i < PAGE_MARK_BINS; i++) {
		buf_put_u32(&octets, mark->bin[i]);
	}
	for (size_t i = 0; i < mark->hosts; i++) {
		buf_put_u32(&octets, mark->host[i]);
	}
	buf_put_base64(buf, buf_slice(&octets));
}

int page_mark_read(struct slice text, struct page_mark *ret_mark)
{
	AUTO_BUF struct buf octets;
	struct page_mark mark = { 0 };
	buf_init(&octets, PAGE_MARK_TEXT_MAX);
	if (text.n > PAGE_MARK_TEXT_MAX || base64_decode(text, &octets) < 0) {
		return E_FORMAT;
	}
	struct rd rd = rd_of(buf_slice(&octets));
	uint8_t version = rd_u8(&rd);
	mark.title = rd_u32(&rd);
	for (size_t i = 0; i < PAGE_MARK_BINS; i++) {
		mark.bin[i] = rd_u32(&rd);
	}
	while (!rd.failed && rd.left.n >= HOST_OCTETS && mark.hosts < PAGE_MARK_HOSTS_MAX) {
		mark.host[mark.hosts++] = rd_u32(&rd);
	}
	if (version != MARK_VERSION || !rd_done(&rd)) {
		return E_FORMAT;
	}
	*ret_mark = mark;
	return 0;
}
