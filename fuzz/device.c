/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/snmp/device.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "probe/snmp/profile.h"
#include "proto/mib_table.h"
#include "proto/snmprec.h"

/* A profile, a NUL, a recording: whatever both say, there is an answer. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice yaml = { 0 };
	struct slice recording = { 0 };
	struct diag_list diags = { 0 };
	struct device device = { 0 };
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_MIB_TABLE struct mib_table *table = mib_table_create();
	AUTO_BUF struct buf json;
	struct profiles *profiles = profiles_create();
	buf_init(&json, 64 * 1024 * 1024);
	(void)slice_cut(slice_of(data, size), 0, &yaml, &recording);
	(void)!profiles_load(profiles, yaml, "fuzz", &diags);
	(void)!snmprec_parse(recording, table, &diags);
	device_identify(profiles, table, arena, &device);
	device_put_json(&json, &device);
	diag_list_fini(&diags);
	(void)profiles_destroy(profiles);
	return 0;
}
