/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/oid.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/num.h"

int oid_parse(struct slice text, struct oid_room *ret_oid)
{
	struct oid_room oid = { 0 };
	struct slice left = slice_starts(text, SLICE(".")) ? slice_skip(text, 1) : text;
	bool more = true;
	while (more) {
		struct slice part = { 0 };
		struct slice after = { 0 };
		uint64_t id = 0;
		more = slice_cut(left, '.', &part, &after);
		int error = num_u64(more ? part : left, UINT32_MAX, &id);
		if (error == 0 && oid.n == OID_IDS_MAX) {
			error = E_LIMIT;
		}
		if (error < 0) {
			return error;
		}
		oid.id[oid.n++] = (uint32_t)id;
		left = after;
	}
	*ret_oid = oid;
	return 0;
}

void oid_put(struct buf *buf, struct oid oid)
{
	for (size_t i = 0; i < oid.n; i++) {
		buf_printf(buf, i == 0 ? "%u" : ".%u", oid.id[i]);
	}
}

int oid_cmp(struct oid a, struct oid b)
{
	for (size_t i = 0; i < a.n && i < b.n; i++) {
		if (a.id[i] != b.id[i]) {
			return a.id[i] < b.id[i] ? -1 : 1;
		}
	}
	return a.n == b.n ? 0 : a.n < b.n ? -1 : 1;
}

bool oid_starts(struct oid oid, struct oid prefix)
{
	return oid.n >= prefix.n &&
	       (prefix.n == 0 || memcmp(oid.id, prefix.id, prefix.n * sizeof(*oid.id)) == 0);
}

int oid_append(struct oid_room *room, struct oid more)
{
	if (more.n > OID_IDS_MAX - room->n) {
		return E_LIMIT;
	}
	if (more.n > 0) {
		memcpy(room->id + room->n, more.id, more.n * sizeof(*more.id));
	}
	room->n += more.n;
	return 0;
}
