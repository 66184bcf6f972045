/* SPDX-License-Identifier: Apache-2.0 */
/** A device as a sink was told of it; apart, for the simulator has a struct device of its own. */
#pragma once

#include <stddef.h>

struct device;

struct device_seen {
	unsigned times;
	size_t ports;
	char sysname[64];
	char vendor[64];
	char oper[64]; /* of its first port */
};

void device_seen_take(struct device_seen *seen, const struct device *device);
