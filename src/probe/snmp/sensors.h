/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The states of a device's fans, supplies, stack members and the like, and its
 * temperatures, voltages and light levels where it tells limits of its own, from
 * inventory to inventory: which of them is not well, and when it is again.
 *
 * A sensor says its state as a word of its MIB, so one bad reading is believed;
 * well again are two good ones in a row, and one that keeps changing is told
 * once and ends when it has been quiet (flap.h).  A value that was beyond a limit
 * must come some way back from it (device_sensor_severity).
 *
 * Pure.  Layer: probe.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

struct check_spec;
struct device;
struct sensors;
struct snmp_sink;

enum {
	SENSORS_MAX = 1024
}; /* of one device, states and values; more are passed over and counted */

/** Owns: release with sensors_destroy. */
struct sensors *sensors_create(void);
struct sensors *sensors_destroy(struct sensors *sensors);

/**
 * Take one whole inventory; what changed goes to sink->sensor.  A sensor that
 * is there no more is well: nothing will ever say so.
 *
 * Returns: true when some are not settled, so that it is worth looking again soon.
 */
bool sensors_take(struct sensors *sensors, const struct device *found,
	const struct check_spec *spec, const struct snmp_sink *sink);

/** Passed over so far. */
uint64_t sensors_refused(const struct sensors *sensors);
