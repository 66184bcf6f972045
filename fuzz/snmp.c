/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/snmp.h"

#include <stdlib.h>

#include "base/buf.h"
#include "proto/mib_table.h"

/* What was read of versions 1 and 2c is written again and reads the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snmp_msg msg;
	struct snmp_msg again;
	struct snmp_varbind one;
	AUTO_BUF struct buf out;
	AUTO_MIB_TABLE struct mib_table *table = mib_table_create();
	buf_init(&out, SNMP_MESSAGE_MAX * 2);
	if (snmp_parse(slice_of(data, size), &msg) < 0 || msg.version == SNMP_V3) {
		return 0;
	}
	struct snmp_writer writer = snmp_begin(&out, &msg);
	for (struct rd rd = rd_of(msg.varbinds); snmp_next(&rd, &one) == 1;) {
		snmp_put(&writer, one.name, one.tag, one.octets);
		(void)!snmp_to_table(&one, table);
	}
	bool ended = snmp_end(&writer) == 0;
	if (ended && (snmp_parse(buf_slice(&out), &again) < 0 || again.kind != msg.kind ||
			     again.request_id != msg.request_id)) {
		abort();
	}
	return 0;
}
