/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "probe/snmp/device.h"
#include "probe/snmp/snmp_check_priv.h"

enum { FIGURES_MAX = 512 }; /* of one list */

struct names {
	struct slice name[FIGURES_MAX];
	size_t count;
};

/* Two of one name are told apart by their order. */
static void tell(const struct snmp_device *device, struct names *names, struct slice metric,
	struct slice name, struct slice unit, double value)
{
	AUTO_BUF struct buf instance;
	const struct snmp_sink *sink = &device->checker->config.sink;
	unsigned twins = 1;
	if (sink->figure == NULL || names->count == FIGURES_MAX) {
		return;
	}
	for (size_t i = 0; i < names->count; i++) {
		twins += slice_eq(names->name[i], name) ? 1 : 0;
	}
	names->name[names->count++] = name;
	buf_init(&instance, DEVICE_TEXT_MAX + 16);
	buf_put(&instance, name);
	if (twins > 1) {
		buf_printf(&instance, " #%u", twins);
	}
	struct snmp_figure figure = { metric, buf_slice(&instance), { 0 }, unit, value };
	sink->figure(sink->user, device->spec, &figure);
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

/* A state is no measurement. */
static void tell_sensors(const struct snmp_device *device, const struct device *found)
{
	struct names names = { .count = 0 };
	for (size_t i = 0; i < found->sensors.count; i++) {
		const struct device_sensor *sensor = &found->sensors.items[i];
		if (!slice_is(sensor->class, "state")) {
			struct slice name = sensor->descr.n > 0 ? sensor->descr : sensor->index;
			tell(device, &names, sensor->class, name, sensor->unit, sensor->value);
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
