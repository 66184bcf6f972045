/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/dnsmsg.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

/* A question that was read and has no escapes can be asked again, and reads the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct dnsmsg first;
	static struct dnsmsg again;
	if (dnsmsg_parse(slice_of(data, size), &first) < 0 || !first.has_question ||
		strchr(first.question, '\\') != NULL) {
		return 0;
	}
	AUTO_BUF struct buf wire;
	buf_init(&wire, 512);
	struct dnsmsg_query query = { .id = first.id,
		.type = first.question_type,
		.authentic = first.authentic,
		.name = slice_str(first.question) };
	if (dnsmsg_put_query(&wire, &query) < 0 || dnsmsg_parse(buf_slice(&wire), &again) < 0 ||
		strcmp(first.question, again.question) != 0 || first.id != again.id) {
		abort();
	}
	return 0;
}
