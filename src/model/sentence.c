/* SPDX-License-Identifier: Apache-2.0 */
#include "model/sentence.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/json.h"
#include "model/sentence_table.h"

enum { ARGUMENT_NAME_MAX = 32 };

static int code_order(const void *key, const void *row)
{
	const struct slice *code = key;
	return slice_cmp(*code, slice_str(((const struct sentence_row *)row)->code));
}

static void argument_put(struct buf *buf, struct slice name, const struct json *args)
{
	char key[ARGUMENT_NAME_MAX + 1] = { 0 };
	memcpy(key, name.p, name.n < ARGUMENT_NAME_MAX ? name.n : ARGUMENT_NAME_MAX);
	const struct json *value = json_get(args, key);
	if (json_type(value) == JSON_STRING) {
		buf_put(buf, json_str(value));
	} else if (json_type(value) == JSON_INT || json_type(value) == JSON_NUMBER) {
		buf_put(buf, json_number_text(value));
	} else {
		buf_put_str(buf, "—");
	}
}

void sentence_put(struct buf *buf, enum lang lang, struct slice code, const struct json *args)
{
	const struct sentence_row *row = bsearch(
		&code, sentence_rows, sentence_row_count, sizeof(sentence_rows[0]), code_order);
	if (row == NULL) {
		buf_put(buf, code);
		return;
	}
	struct slice left = slice_str(row->text[lang]);
	while (left.n > 0) {
		struct slice before = { 0 };
		struct slice name = { 0 };
		bool found = slice_cut(left, '{', &before, &left);
		buf_put(buf, before);
		if (found) {
			(void)slice_cut(left, '}', &name, &left);
			argument_put(buf, name, args);
		}
	}
}
