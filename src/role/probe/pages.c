/* SPDX-License-Identifier: Apache-2.0 */
#include "role/probe/pages.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/jw.h"
#include "base/map.h"
#include "base/utf8.h"
#include "model/page_mark.h"
#include "probe/scheduler.h"
#include "proto/page.h"
#include "role/probe/probe.h"
#include "role/runtime.h"
#include "sys/clock.h"
#include "sys/rand.h"

enum { TITLE_MAX = 300, TEXT_MAX = 36000, HOSTS_MAX = 25900 };

struct sent {
	uint64_t digest;
};

struct pages {
	struct probe *probe;
	struct map *by_check; /* id → struct sent */
	uint64_t told;
	uint64_t unsent;
};

struct pages *pages_create(struct probe *probe)
{
	struct pages *pages = calloc(1, sizeof(*pages));
	uint8_t seed[16];
	if (pages == NULL) {
		abort();
	}
	rand_octets(seed, sizeof(seed));
	pages->probe = probe;
	pages->by_check = map_create(SCHEDULER_CHECKS_MAX, seed);
	return pages;
}

struct pages *pages_destroy(struct pages *pages)
{
	size_t cursor = 0;
	struct slice key;
	void *sent = NULL;
	while (pages != NULL && map_next(pages->by_check, &cursor, &key, &sent)) {
		free(sent);
	}
	if (pages != NULL) {
		pages->by_check = map_destroy(pages->by_check);
	}
	free(pages);
	return NULL;
}

void pages_again(struct pages *pages)
{
	size_t cursor = 0;
	struct slice key;
	void *sent = NULL;
	while (map_next(pages->by_check, &cursor, &key, &sent)) {
		((struct sent *)sent)->digest = 0;
	}
}

/* Whole characters, or whole lines, of what fits. */
static struct slice head(struct slice text, size_t max, bool lines)
{
	if (text.n <= max) {
		return text;
	}
	text = slice_head(text, max);
	while (lines && text.n > 0 && text.p[text.n - 1] != '\n') {
		text.n--;
	}
	return slice_head(text, utf8_span(text));
}

static int page_send(struct pages *pages, int64_t check_id, const struct page *page,
	const struct page_mark *mark)
{
	AUTO_BUF struct buf text;
	buf_init(&text, PAGE_MARK_TEXT_MAX);
	page_mark_put(&text, mark);
	struct msg_page msg = { .check_id = check_id,
		.at_ms = clock_unix_ms(),
		.title = head(buf_slice(&page->title), TITLE_MAX, false),
		.text = head(buf_slice(&page->text), TEXT_MAX, false),
		.hosts = head(buf_slice(&page->hosts), HOSTS_MAX, true),
		.mark = buf_slice(&text) };
	return RUNTIME_SEND(pages->probe->rt, IPC_CORE, page, MSG_PAGE, 0, 0, &msg, -1);
}

static struct sent *sent_of(struct pages *pages, int64_t check_id)
{
	struct slice key = slice_of(&check_id, sizeof(check_id));
	struct sent *sent = map_get(pages->by_check, key);
	if (sent == NULL) {
		sent = calloc(1, sizeof(*sent));
		if (sent != NULL && map_put(pages->by_check, key, sent) < 0) {
			free(sent);
			sent = NULL;
		}
	}
	return sent;
}

static void on_seen(void *user, const struct check_spec *spec, const struct page *page,
	const struct page_mark *mark)
{
	struct pages *pages = user;
	struct sent *sent = sent_of(pages, spec->id);
	/* 0 stands for nothing sent. */
	uint64_t digest = (digest_xxh3(slice_of(mark, sizeof(*mark))) ^
				  digest_xxh3(buf_slice(&page->text))) |
			  1;
	if (sent == NULL || sent->digest == digest) {
		return;
	}
	if (page_send(pages, spec->id, page, mark) < 0) {
		pages->unsent++;
		return;
	}
	pages->told++;
	sent->digest = digest;
}

struct page_sink pages_sink(struct pages *pages)
{
	return (struct page_sink) { on_seen, pages };
}

void pages_status(const struct pages *pages, struct jw *jw)
{
	jw_kv_int(jw, "pages_told", (int64_t)pages->told);
	jw_kv_int(jw, "pages_unsent", (int64_t)pages->unsent);
}
