/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/page.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "model/page_mark.h"

/* Whatever the page: bounds hold, the text is UTF-8, and its mark reads back as it was put. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_BUF struct buf clean;
	AUTO_BUF struct buf text;
	struct page page;
	struct page_mark again;
	buf_init(&clean, size * 3 + 1);
	buf_init(&text, PAGE_MARK_TEXT_MAX);
	utf8_put_clean(&clean, slice_of(data, size));
	page_init(&page);
	page_read(&page, buf_slice(&clean), SLICE("www.school.edu.cn"));
	struct page_mark mark = page_mark_of(
		buf_slice(&page.title), buf_slice(&page.text), buf_slice(&page.hosts));
	page_mark_put(&text, &mark);
	if (page.host_count > PAGE_HOSTS_MAX || !utf8_valid(buf_slice(&page.text)) ||
		page.text.failed || page_mark_read(buf_slice(&text), &again) < 0 ||
		page_mark_likeness(&mark, &again) != 100) {
		abort();
	}
	(void)!page_mark_read(slice_of(data, size), &again);
	page_fini(&page);
	return 0;
}
