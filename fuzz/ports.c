/* SPDX-License-Identifier: Apache-2.0 */
/* The ports of a device, from two polls that are one text cut in two. */
#include "probe/snmp/ports.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/diag.h"
#include "proto/mib_table.h"
#include "proto/snmprec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct snmp_sink deaf;
	struct slice half[2] = { slice_of(data, n / 2), slice_of(data + n / 2, n - n / 2) };
	struct ports *ports = ports_create();
	for (int i = 0; i < 4; i++) {
		AUTO_MIB_TABLE struct mib_table *table = mib_table_create();
		struct diag_list diags;
		diag_list_init(&diags);
		(void)!snmprec_parse(half[i % 2], table, &diags);
		diag_list_fini(&diags);
		(void)mib_table_seal(table);
		struct ports_poll poll = { .table = table, .sink = &deaf, .at_ms = i * 1000 };
		(void)ports_take(ports, &poll);
	}
	ports_destroy(ports);
	return 0;
}
