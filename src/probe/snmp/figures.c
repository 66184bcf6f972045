/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "base/buf.h"
#include "probe/snmp/device.h"
#include "probe/snmp/snmp_check_priv.h"

enum { FIGURES_MAX = 512 }; /* of one list */

struct names {
	struct slice name[FIGURES_MAX];
	size_t count;
};

/* Two of one name are told apart by their order.  Returns: is there room for it? */
static bool instance_put(struct names *names, struct slice name, struct buf *instance)
{
	unsigned twins = 1;
	if (names->count == FIGURES_MAX) {
		return false;
	}
	for (size_t i = 0; i < names->count; i++) {
		twins += slice_eq(names->name[i], name) ? 1 : 0;
	}
	names->name[names->count++] = name;
	buf_put(instance, name);
	if (twins > 1) {
		buf_printf(instance, " #%u", twins);
	}
	return true;
}

static void figure_tell(const struct snmp_device *device, const struct snmp_figure *figure)
{
	const struct snmp_sink *sink = &device->checker->config.sink;
	if (sink->figure != NULL) {
		sink->figure(sink->user, device->spec, figure);
	}
}

static void tell(const struct snmp_device *device, struct names *names, struct slice metric,
	struct slice name, struct slice unit, double value)
{
	AUTO_BUF struct buf instance;
	buf_init(&instance, DEVICE_TEXT_MAX + 16);
	if (instance_put(names, name, &instance)) {
		struct snmp_figure figure = { metric, buf_slice(&instance), { 0 }, unit,
			value };
		figure_tell(device, &figure);
	}
}

static void tell_pools(const struct snmp_device *device, const struct device_pool *pools,
	size_t count, const char *metric)
{
	struct names names = { .count = 0 };
	for (size_t i = 0; i < count; i++) {
		if (pools[i].perc >= 0) {
			tell(device, &names, slice_str(metric), pools[i].descr, SLICE("%"),
				pools[i].perc);
		}
	}
}

/*
 * The device's own upper limit of a temperature, before the temperature: a rule with a limit of
 * the school's gives way to it ("unless", docs/rules.md).  Of no other class, for a transceiver alone
 * has twenty limits, and nothing looks at them.
 */
static void tell_limit(const struct snmp_device *device, const struct device_sensor *sensor,
	const struct snmp_figure *of)
{
	AUTO_BUF struct buf metric;
	double warn = sensor->limit[DEVICE_HIGH_WARN];
	double limit = isnan(warn) ? sensor->limit[DEVICE_HIGH_CRITICAL] : warn;
	if (isnan(limit) || !slice_is(sensor->class, "temperature")) {
		return;
	}
	buf_init(&metric, DEVICE_TEXT_MAX + 16);
	buf_put(&metric, of->metric);
	buf_put_str(&metric, "_high");
	struct snmp_figure figure = *of;
	figure.metric = buf_slice(&metric);
	figure.value = limit;
	figure_tell(device, &figure);
}

static void tell_sensor(const struct snmp_device *device, struct names *names,
	const struct device_sensor *sensor)
{
	AUTO_BUF struct buf instance;
	buf_init(&instance, DEVICE_TEXT_MAX + 16);
	struct slice name = sensor->descr.n > 0 ? sensor->descr : sensor->index;
	struct slice metric = sensor->metric.n > 0 ? sensor->metric : sensor->class;
	if (instance_put(names, name, &instance)) {
		struct snmp_figure figure = { metric, buf_slice(&instance), { 0 }, sensor->unit,
			sensor->value };
		tell_limit(device, sensor, &figure);
		figure_tell(device, &figure);
	}
}

/* A state is no measurement. */
static void tell_sensors(const struct snmp_device *device, const struct device *found)
{
	struct names names = { .count = 0 };
	for (size_t i = 0; i < found->sensors.count; i++) {
		const struct device_sensor *sensor = &found->sensors.items[i];
		if (!slice_is(sensor->class, "state")) {
			tell_sensor(device, &names, sensor);
		}
	}
}

void figures_tell(const struct snmp_device *device, const struct device *found)
{
	struct names names = { .count = 0 };
	for (size_t i = 0; i < found->processors.count; i++) {
		const struct device_processor *processor = &found->processors.items[i];
		if (processor->usage >= 0) {
			tell(device, &names, SLICE("cpu"), processor->descr, SLICE("%"),
				processor->usage);
		}
	}
	tell_pools(device, found->mempools.items, found->mempools.count, "memory_used");
	tell_pools(device, found->storage.items, found->storage.count, "disk_used");
	tell_sensors(device, found);
}
