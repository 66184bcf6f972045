/* SPDX-License-Identifier: Apache-2.0 */
#include "model/asset_tags.h"

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/* Octets of the separator text begins with; 0 = it begins with none. */
static size_t separator(struct slice text)
{
	static const char *const words[] = { ",", ";", " ", "\t", "\r", "\n", "，", "、", "；",
		"　" };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct slice word = slice_str(words[i]);
		if (slice_starts(text, word)) {
			return word.n;
		}
	}
	return 0;
}

int asset_tags_next(struct slice *kept, struct slice *ret_tag)
{
	struct slice text = *kept;
	size_t octets = 0;
	while (text.n > 0 && (octets = separator(text)) > 0) {
		text = slice_skip(text, octets);
	}
	size_t n = 0;
	while (n < text.n && separator(slice_skip(text, n)) == 0) {
		n++;
	}
	*ret_tag = slice_head(text, n);
	*kept = slice_skip(text, n);
	return n > 0;
}

static bool is_there(struct slice kept, struct slice tag)
{
	struct slice one;
	while (asset_tags_next(&kept, &one) == 1) {
		if (slice_eq(one, tag)) {
			return true;
		}
	}
	return false;
}

int asset_tags_put(struct buf *out, struct slice text, struct slice *ret_bad)
{
	size_t begin = out->n;
	struct slice tag;
	int count = 0;
	while (asset_tags_next(&text, &tag) == 1) {
		if (is_there(slice_skip(buf_slice(out), begin), tag)) {
			continue;
		}
		if (tag.n > ASSET_TAG_OCTETS_MAX || count == ASSET_TAGS_MAX) {
			*ret_bad = tag;
			return E_INPUT;
		}
		buf_put_str(out, count > 0 ? "," : "");
		buf_put(out, tag);
		count++;
	}
	return count;
}
