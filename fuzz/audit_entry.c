/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "audit/entry.h"
#include "base/arena.h"
#include "base/buf.h"

/* An entry that was read, written and read again is written the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct audit_entry entry = { 0 };
	if (audit_entry_parse(arena, slice_of(data, size), &entry, NULL) < 0) {
		return 0;
	}
	AUTO_BUF struct buf once;
	AUTO_BUF struct buf twice;
	buf_init(&once, AUDIT_ENTRY_MAX_OCTETS);
	buf_init(&twice, AUDIT_ENTRY_MAX_OCTETS);
	audit_entry_put(&once, &entry);
	if (once.failed || audit_entry_parse(arena, buf_slice(&once), &entry, NULL) < 0) {
		abort();
	}
	audit_entry_put(&twice, &entry);
	if (!slice_eq(buf_slice(&once), buf_slice(&twice))) {
		abort();
	}
	return 0;
}
