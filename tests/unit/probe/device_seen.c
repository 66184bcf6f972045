/* SPDX-License-Identifier: Apache-2.0 */
#include "device_seen.h"

#include <stdio.h>

#include "probe/snmp/device.h"

void device_seen_take(struct device_seen *seen, const struct device *device)
{
	seen->times++;
	seen->ports = device->ports.count;
	(void)snprintf(
		seen->sysname, sizeof(seen->sysname), "%.*s", SLICE_FMT(device->sysname));
	(void)snprintf(seen->vendor, sizeof(seen->vendor), "%.*s", SLICE_FMT(device->vendor));
	if (device->ports.count > 0) {
		(void)snprintf(seen->oper, sizeof(seen->oper), "%.*s",
			SLICE_FMT(device->ports.items[0].oper_status));
	}
}
