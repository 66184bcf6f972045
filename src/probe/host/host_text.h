/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The kernel's texts under /proc.  Pure.
 *
 * Layer: probe.  Threading: reentrant.
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"
#include "probe/host/host.h"

/** "0.10 0.20 0.30 1/234 567".  Returns: 0 or E_FORMAT; all three alike. */
NODISCARD int host_read_load(struct slice text, struct host_sample *sample);
/** MemTotal and MemAvailable of /proc/meminfo. */
NODISCARD int host_read_memory(struct slice text, struct host_sample *sample);
/** Counters of /proc/net/dev; names beyond the maximum are counted. */
NODISCARD int host_read_interfaces(struct slice text, struct host_sample *sample);
