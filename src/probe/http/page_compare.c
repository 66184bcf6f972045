/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/http/page_compare.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "model/page_mark.h"
#include "probe/http/http_check.h"
#include "proto/page.h"

enum { TEXT_MAX = 3 * HTTP_PAGE_MAX + 16 };

/* Schools' older pages are in GBK and do not always say so. */
static void to_utf8(struct slice body, struct buf *text)
{
	if (!utf8_valid(body) && gb18030_to_utf8(body, text) == 0) {
		return;
	}
	buf_clear(text);
	utf8_put_clean(text, body);
}

static void own_host(const struct check_spec *spec, struct buf *host)
{
	const char *name = spec->host_header != NULL ? spec->host_header : spec->name;
	if (name != NULL) {
		buf_put_str(host, name);
	} else {
		probe_addr_put(host, &spec->addr);
	}
}

/* Those the mark does not know, as one line for people. */
static unsigned new_hosts(
	const struct page *page, const struct page_mark *mark, struct buf *list)
{
	struct slice left = buf_slice(&page->hosts);
	struct slice host;
	unsigned count = 0;
	while (slice_cut(left, '\n', &host, &left)) {
		if (!page_mark_knows(mark, host)) {
			if (list->n + host.n + 2 < list->max) {
				buf_put_str(list, count > 0 ? ", " : "");
				buf_put(list, host);
			}
			count++;
		}
	}
	return count;
}

static bool judge(const struct check_spec *spec, const struct page *page,
	const struct page_mark *seen, const struct page_mark *confirmed,
	struct check_result *result)
{
	AUTO_BUF struct buf list;
	buf_init(&list, CHECK_ARG_TEXT_MAX);
	unsigned likeness = page_mark_likeness(seen, confirmed);
	unsigned added = new_hosts(page, confirmed, &list);
	if (added > 0) {
		check_result_arg(result, "hosts", buf_slice(&list));
		check_result_arg_int(result, "count", added);
		check_result_set(result, CHECK_DEGRADED, "page.new_hosts");
	} else if (seen->title != confirmed->title) {
		check_result_arg(result, "title", buf_slice(&page->title));
		check_result_set(result, CHECK_DEGRADED, "page.title_changed");
	} else if (likeness < (unsigned)check_spec_number(spec, HTTP_LIKENESS)) {
		check_result_arg_int(result, "likeness", likeness);
		check_result_set(result, CHECK_DEGRADED, "page.text_changed");
	} else {
		return true;
	}
	return false;
}

bool page_compare(const struct check_spec *spec, struct slice body, const char *location,
	const struct page_sink *sink, struct check_result *result)
{
	AUTO_BUF struct buf text;
	AUTO_BUF struct buf host;
	struct page page;
	struct page_mark confirmed;
	const char *baseline = check_spec_text(spec, HTTP_BASELINE);
	buf_init(&text, TEXT_MAX);
	buf_init(&host, CHECK_TEXT_MAX);
	to_utf8(body, &text);
	own_host(spec, &host);
	page_init(&page);
	page_read(&page, buf_slice(&text), buf_slice(&host));
	page_add_link(&page, slice_str(location), buf_slice(&host));
	struct page_mark seen = page_mark_of(
		buf_slice(&page.title), buf_slice(&page.text), buf_slice(&page.hosts));
	bool same = baseline == NULL || page_mark_read(slice_str(baseline), &confirmed) < 0 ||
		    judge(spec, &page, &seen, &confirmed, result);
	if (sink->seen != NULL) {
		sink->seen(sink->user, spec, &page, &seen);
	}
	page_fini(&page);
	return same;
}
