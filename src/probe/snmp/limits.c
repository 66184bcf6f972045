/* SPDX-License-Identifier: Apache-2.0 */
/* A value against the limits its own device tells of it. */
#include <math.h>

#include "probe/snmp/device.h"

static const double slack_of_limit = 0.02;
static const double slack_of_room = 0.1;

bool device_sensor_limited(const struct device_sensor *sensor)
{
	for (unsigned i = 0; i < DEVICE_LIMITS; i++) {
		if (!isnan(sensor->limit[i])) {
			return true;
		}
	}
	return false;
}

static bool is_low(unsigned which)
{
	return which <= DEVICE_LOW_WARN;
}

/* The limit of a side that is met first. */
static double nearest(const struct device_sensor *sensor, bool low)
{
	double warn = sensor->limit[low ? DEVICE_LOW_WARN : DEVICE_HIGH_WARN];
	double critical = sensor->limit[low ? DEVICE_LOW_CRITICAL : DEVICE_HIGH_CRITICAL];
	return isnan(warn) ? critical : warn;
}

static double slack_at(const struct device_sensor *sensor, unsigned which)
{
	double slack = slack_of_limit * fabs(sensor->limit[which]);
	double room = nearest(sensor, false) - nearest(sensor, true);
	return !isnan(room) && slack > slack_of_room * room ? slack_of_room * room : slack;
}

static bool is_beyond(const struct device_sensor *sensor, unsigned which, bool slack)
{
	double limit = sensor->limit[which];
	double in = slack ? slack_at(sensor, which) : 0;
	/* Nothing is beyond a limit that is not told. */
	return is_low(which) ? sensor->value < limit + in : sensor->value > limit - in;
}

enum device_severity device_sensor_severity(
	const struct device_sensor *sensor, bool slack, enum device_limit *ret_limit)
{
	static const enum device_limit gravest_first[] = { DEVICE_HIGH_CRITICAL,
		DEVICE_LOW_CRITICAL, DEVICE_HIGH_WARN, DEVICE_LOW_WARN };
	for (unsigned i = 0; i < DEVICE_LIMITS; i++) {
		enum device_limit which = gravest_first[i];
		if (!is_beyond(sensor, which, slack)) {
			continue;
		}
		if (ret_limit != NULL) {
			*ret_limit = which;
		}
		return which == DEVICE_HIGH_CRITICAL || which == DEVICE_LOW_CRITICAL
			       ? DEVICE_CRITICAL
			       : DEVICE_WARNING;
	}
	return device_sensor_limited(sensor) ? DEVICE_OK : DEVICE_UNKNOWN;
}
