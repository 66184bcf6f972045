/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "audit/export.h"
#include "base/arena.h"
#include "base/buf.h"

/* A line that is accepted is the line that would be written. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct audit_item item = { 0 };
	struct slice line = slice_of(data, size);
	if (audit_export_parse(arena, line, &item, NULL) == 0) {
		AUTO_BUF struct buf again;
		buf_init(&again, AUDIT_LINE_MAX_OCTETS);
		audit_export_put(&again, &item);
		if (again.n != size + 1 || !slice_starts(buf_slice(&again), line)) {
			abort();
		}
	}
	struct audit_head head = { 0 };
	if (audit_head_parse(line, &head, NULL) == 0) {
		AUTO_BUF struct buf text;
		buf_init(&text, 1024);
		audit_head_put(&text, &head);
		if (audit_head_parse(buf_slice(&text), &head, NULL) < 0) {
			abort();
		}
	}
	return 0;
}
