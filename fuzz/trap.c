/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/trap.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/jw.h"

/* A trap that was read can be written as JSON, whole or up to the object that is broken. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct trap trap;
	AUTO_BUF struct buf text;
	struct jw jw;
	buf_init(&text, 16 * 1024 * 1024);
	if (trap_parse(slice_of(data, size), &trap) < 0) {
		return 0;
	}
	jw_init(&jw, &text);
	jw_object(&jw);
	(void)!trap_put_json(&jw, &trap);
	jw_end(&jw);
	(void)trap_if_index(&trap);
	if (text.failed || text.p[text.n - 1] != '}') {
		abort();
	}
	return 0;
}
