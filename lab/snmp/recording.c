/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "device.h"
#include "proto/ber.h"
#include "proto/beroid.h"
#include "proto/mib_table.h"
#include "proto/snmprec.h"

enum { RECORDING_OCTETS_MAX = 32 * 1024 * 1024, PORTS_MAX = 4096 };

/* Rows that move, by the identifier in front of their ifIndex or as a whole. */
static const struct {
	const char *prefix;
	enum row_kind kind;
	uint32_t divisor;
	bool is_out;
} moving[] = {
	{ "1.3.6.1.2.1.1.3.0", ROW_UPTIME, 0, false },
	{ "1.3.6.1.6.3.10.2.1.2.0", ROW_ENGINE_BOOTS, 0, false },
	{ "1.3.6.1.6.3.10.2.1.3.0", ROW_ENGINE_TIME, 0, false },
	{ "1.3.6.1.2.1.2.2.1.8", ROW_OPER, 0, false },
	{ "1.3.6.1.2.1.2.2.1.9", ROW_LAST_CHANGE, 0, false },
	{ "1.3.6.1.2.1.2.2.1.10", ROW_COUNTER, 1, false },
	{ "1.3.6.1.2.1.2.2.1.11", ROW_COUNTER, 700, false },
	{ "1.3.6.1.2.1.2.2.1.16", ROW_COUNTER, 1, true },
	{ "1.3.6.1.2.1.2.2.1.17", ROW_COUNTER, 700, true },
	{ "1.3.6.1.2.1.31.1.1.1.6", ROW_COUNTER, 1, false },
	{ "1.3.6.1.2.1.31.1.1.1.7", ROW_COUNTER, 700, false },
	{ "1.3.6.1.2.1.31.1.1.1.10", ROW_COUNTER, 1, true },
	{ "1.3.6.1.2.1.31.1.1.1.11", ROW_COUNTER, 700, true },
};

static struct slice keep(struct arena *arena, const struct buf *buf)
{
	return arena_dup(arena, buf_slice(buf));
}

static void put_value(struct buf *buf, const struct mib_value *value)
{
	switch (value->type) {
	case MIB_INTEGER:
		ber_put_int(buf, MIB_INTEGER, value->integer);
		break;
	case MIB_COUNTER32:
	case MIB_GAUGE32:
	case MIB_TIME_TICKS:
	case MIB_COUNTER64:
		ber_put_uint(buf, (uint8_t)value->type, value->count);
		break;
	case MIB_OID: {
		AUTO_BUF struct buf oid;
		buf_init(&oid, BEROID_OCTETS_MAX);
		(void)!beroid_put(&oid, value->oid);
		ber_put(buf, MIB_OID, buf_slice(&oid));
		break;
	}
	case MIB_OCTETS:
	case MIB_IP_ADDRESS:
	case MIB_OPAQUE:
	case MIB_NULL:
		ber_put(buf, (uint8_t)value->type, value->octets);
		break;
	}
}

static void add_row(struct recording *recording, struct oid oid, const struct mib_value *value)
{
	AUTO_BUF struct buf name;
	AUTO_BUF struct buf body;
	AUTO_BUF struct buf wire;
	buf_init(&name, BEROID_OCTETS_MAX);
	buf_init(&body, UINT16_MAX);
	buf_init(&wire, UINT16_MAX);
	if (beroid_put(&name, oid) < 0) {
		return;
	}
	ber_put(&body, BER_OID, buf_slice(&name));
	put_value(&body, value);
	ber_put(&wire, BER_SEQUENCE, buf_slice(&body));
	if (wire.failed || body.failed) {
		return;
	}
	recording->rows[recording->count++] = (struct row) {
		.name = keep(recording->arena, &name),
		.wire = keep(recording->arena, &wire),
		.tag = (uint8_t)value->type,
		.base = value->type == MIB_INTEGER ? (uint64_t)value->integer : value->count,
	};
}

/* The last part of an identifier. */
static uint32_t index_of(struct slice name)
{
	uint32_t index = 0;
	size_t at = name.n - 1;
	while (at > 0 && (name.p[at - 1] & 0x80) != 0) {
		at--;
	}
	for (; at < name.n; at++) {
		index = index << 7 | (name.p[at] & 0x7f);
	}
	return index;
}

static bool place_port(struct recording *recording, struct row *row, bool add)
{
	uint32_t index = index_of(row->name);
	for (size_t i = 0; i < recording->port_count; i++) {
		if (recording->ports[i] == index) {
			row->port = (uint16_t)i;
			return true;
		}
	}
	if (!add || recording->port_count == PORTS_MAX) {
		return false;
	}
	row->port = (uint16_t)recording->port_count;
	recording->ports[recording->port_count++] = index;
	return true;
}

static void mark(struct recording *recording, size_t kind, struct slice prefix)
{
	for (size_t i = recording_find(recording, prefix);
		i < recording->count && beroid_under(prefix, recording->rows[i].name); i++) {
		struct row *row = &recording->rows[i];
		bool has_port = moving[kind].kind >= ROW_OPER;
		if (has_port && !place_port(recording, row, moving[kind].kind == ROW_OPER)) {
			continue;
		}
		if (moving[kind].kind == ROW_UPTIME) {
			recording->uptime_ticks = row->base;
		}
		row->kind = (uint8_t)moving[kind].kind;
		row->divisor = moving[kind].divisor;
		row->is_out = moving[kind].is_out;
	}
}

static void mark_all(struct recording *recording)
{
	for (size_t i = 0; i < sizeof(moving) / sizeof(moving[0]); i++) {
		AUTO_BUF struct buf prefix;
		buf_init(&prefix, BEROID_OCTETS_MAX);
		if (beroid_put_parsed(&prefix, slice_str(moving[i].prefix)) == 0) {
			mark(recording, i, buf_slice(&prefix));
		}
	}
	AUTO_BUF struct buf object;
	buf_init(&object, BEROID_OCTETS_MAX);
	if (beroid_put_parsed(&object, SLICE("1.3.6.1.2.1.1.2.0")) < 0) {
		return;
	}
	size_t at = recording_find(recording, buf_slice(&object));
	if (at < recording->count && recording->rows[at].tag == MIB_OID) {
		const struct row *row = &recording->rows[at];
		/* Behind sequence head, name and the value's own head, all short. */
		recording->enterprise = slice_skip(row->wire, 2 + 2 + row->name.n + 2);
	}
}

static bool read_file(const char *path, struct buf *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : 1;
	while (n > 0) {
		uint8_t *at = buf_reserve(text, 65536);
		n = at == NULL ? -1 : read(fd, at, 65536);
		if (n > 0) {
			buf_commit(text, (size_t)n);
		}
	}
	if (fd >= 0) {
		(void)close(fd);
	}
	return n == 0;
}

struct recording *recording_load(const char *path, struct diag_list *diags)
{
	AUTO_BUF struct buf text;
	AUTO_MIB_TABLE struct mib_table *table = mib_table_create();
	buf_init(&text, RECORDING_OCTETS_MAX);
	if (!read_file(path, &text)) {
		return NULL;
	}
	(void)!snmprec_parse(buf_slice(&text), table, diags);
	struct recording *recording = calloc(1, sizeof(*recording));
	size_t room = mib_table_count(table);
	if (recording == NULL) {
		abort();
	}
	recording->arena = arena_create(0);
	recording->rows = arena_take(recording->arena, (room + 1) * sizeof(struct row));
	recording->ports = arena_take(recording->arena, PORTS_MAX * sizeof(uint32_t));
	recording->path = arena_dup_str(recording->arena, slice_str(path));
	struct oid at = { 0 };
	const struct mib_value *value = NULL;
	while (mib_table_next(table, at, &at, &value)) {
		add_row(recording, at, value);
	}
	mark_all(recording);
	return recording;
}

struct recording *recording_destroy(struct recording *recording)
{
	if (recording != NULL) {
		(void)arena_destroy(recording->arena);
		free(recording);
	}
	return NULL;
}

size_t recording_find(const struct recording *recording, struct slice name)
{
	size_t low = 0;
	size_t high = recording->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (beroid_cmp(recording->rows[middle].name, name) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}
