/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/snmp/vicinity.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/json.h"
#include "base/jw.h"
#include "detect/topology/tables.h"
#include "probe/snmp/device.h"
#include "probe/snmp/profile.h"
#include "proto/mib_table.h"
#include "proto/snmprec.h"

enum { VLANS_TRIED = 4 };

static const struct json *parsed(struct arena *arena, struct slice text)
{
	const struct json *root = NULL;
	if (json_parse(arena, text, 0, &root, NULL) < 0) {
		abort(); /* what is written reads */
	}
	return root;
}

static void read_all(
	struct arena *arena, const struct json *root, struct topology_device *device)
{
	tables_read(arena, json_get(root, "facts"), json_get(root, "neighbours"), device);
	tables_read_fdb(arena, json_get(root, "fdb"), device);
	tables_read_arp(arena, json_get(root, "arp"), device);
}

static void put_all(struct buf *text, const struct topology_device *device)
{
	struct jw jw;
	jw_init(&jw, text);
	jw_object(&jw);
	jw_key(&jw, "facts");
	tables_put_facts(&jw, device);
	jw_key(&jw, "neighbours");
	tables_put_neighbours(&jw, device);
	jw_key(&jw, "fdb");
	tables_put_fdb(&jw, device);
	jw_key(&jw, "arp");
	tables_put_arp(&jw, device);
	jw_end(&jw);
}

static void vlans_fold(const struct mib_table *table)
{
	AUTO_MIB_TABLE struct mib_table *all = mib_table_create();
	uint16_t vlans[VICINITY_VLANS_MAX];
	size_t count = vicinity_vlans(table, vlans);
	for (size_t i = 0; i < count && i < VLANS_TRIED; i++) {
		vicinity_vlan_fold(all, table, vlans[i]);
	}
}

/* What an agent says is told, read, kept and read again, and is the same from then on. */
static void tell(struct arena *arena, struct slice recording)
{
	AUTO_MIB_TABLE struct mib_table *table = mib_table_create();
	AUTO_BUF struct buf told;
	AUTO_BUF struct buf kept;
	AUTO_BUF struct buf again;
	struct diag_list diags = { 0 };
	struct device device = { 0 };
	struct topology_device first;
	struct topology_device second;
	struct profiles *profiles = profiles_create();
	buf_init(&told, 64 * 1024 * 1024);
	buf_init(&kept, 64 * 1024 * 1024);
	buf_init(&again, 64 * 1024 * 1024);
	(void)!snmprec_parse(recording, table, &diags);
	diag_list_fini(&diags);
	(void)mib_table_seal(table);
	vlans_fold(table);
	device_identify(profiles, table, arena, &device);
	vicinity_put_json(&told, table, &device);
	read_all(arena, parsed(arena, buf_slice(&told)), &first);
	put_all(&kept, &first);
	read_all(arena, parsed(arena, buf_slice(&kept)), &second);
	put_all(&again, &second);
	if (!slice_eq(buf_slice(&kept), buf_slice(&again))) {
		abort();
	}
	(void)profiles_destroy(profiles);
}

/* A recording, or any JSON in the place of what probe tells. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct topology_device device;
	const struct json *root = NULL;
	struct slice text = slice_of(data, size);
	if (json_parse(arena, text, 0, &root, NULL) == 0) {
		read_all(arena, root, &device);
	}
	tell(arena, text);
	return 0;
}
