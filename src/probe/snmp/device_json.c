/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "base/buf.h"
#include "base/jw.h"
#include "probe/snmp/device.h"

static void put_number(struct jw *jw, const char *name, double value)
{
	jw_key(jw, name);
	if (value < 0) {
		jw_null(jw);
	} else if (value == floor(value) && value < 0x1p53) {
		jw_int(jw, (int64_t)value);
	} else {
		jw_double(jw, value);
	}
}

static void put_ports(struct jw *jw, const struct device *device)
{
	jw_key(jw, "ports");
	jw_array(jw);
	for (size_t i = 0; i < device->ports.count; i++) {
		const struct device_port *port = &device->ports.items[i];
		jw_object(jw);
		jw_kv_int(jw, "ifIndex", port->if_index);
		jw_kv_opt(jw, "ifName", port->name);
		jw_kv_opt(jw, "ifDescr", port->descr);
		jw_kv_opt(jw, "ifAlias", port->alias);
		jw_kv_opt(jw, "ifType", port->type);
		jw_kv_opt(jw, "ifAdminStatus", port->admin_status);
		jw_kv_opt(jw, "ifOperStatus", port->oper_status);
		put_number(jw, "ifSpeed", port->speed);
		put_number(jw, "ifMtu", port->mtu);
		jw_kv_opt(jw, "ifPhysAddress", port->phys_address);
		jw_end(jw);
	}
	jw_end(jw);
}

/* Above and below 0 alike. */
static void put_limits(struct jw *jw, const struct device_sensor *sensor)
{
	static const char *const names[DEVICE_LIMITS] = { "low_critical", "low_warn",
		"high_warn", "high_critical" };
	for (unsigned i = 0; i < DEVICE_LIMITS; i++) {
		if (!isnan(sensor->limit[i])) {
			jw_key(jw, names[i]);
			jw_double(jw, sensor->limit[i]);
		}
	}
}

static void put_sensors(struct jw *jw, const struct device *device)
{
	static const char *const severities[] = { "unknown", "ok", "warning", "critical" };
	jw_key(jw, "sensors");
	jw_array(jw);
	for (size_t i = 0; i < device->sensors.count; i++) {
		const struct device_sensor *sensor = &device->sensors.items[i];
		jw_object(jw);
		jw_kv_str(jw, "class", sensor->class);
		jw_kv_str(jw, "oid", sensor->oid);
		jw_kv_str(jw, "index", sensor->index);
		jw_kv_opt(jw, "descr", sensor->descr);
		jw_key(jw, "value");
		jw_double(jw, sensor->value);
		jw_kv_opt(jw, "unit", sensor->unit);
		bool is_state = slice_is(sensor->class, "state");
		if (is_state) {
			jw_kv_opt(jw, "state", sensor->state);
		} else if (sensor->metric.n > 0) {
			jw_kv_str(jw, "metric", sensor->metric);
		}
		if (is_state || device_sensor_limited(sensor)) {
			put_limits(jw, sensor);
			jw_kv_str(jw, "severity", slice_str(severities[sensor->severity]));
		}
		jw_end(jw);
	}
	jw_end(jw);
}

static void put_processors(struct jw *jw, const struct device *device)
{
	jw_key(jw, "processors");
	jw_array(jw);
	for (size_t i = 0; i < device->processors.count; i++) {
		const struct device_processor *processor = &device->processors.items[i];
		jw_object(jw);
		jw_kv_opt(jw, "descr", processor->descr);
		put_number(jw, "usage", processor->usage);
		jw_kv_str(jw, "oid", processor->oid);
		jw_end(jw);
	}
	jw_end(jw);
}

static void put_pool(struct jw *jw, const struct device_pool *pool)
{
	jw_object(jw);
	jw_kv_opt(jw, "descr", pool->descr);
	put_number(jw, "perc", pool->perc);
	put_number(jw, "used", round(pool->used));
	put_number(jw, "total", round(pool->total));
	jw_end(jw);
}

static void put_neighbours(struct jw *jw, const struct device *device)
{
	jw_key(jw, "neighbours");
	jw_array(jw);
	for (size_t i = 0; i < device->neighbours.count; i++) {
		const struct device_neighbour *n = &device->neighbours.items[i];
		jw_object(jw);
		jw_kv_opt(jw, "protocol", n->protocol);
		jw_kv_opt(jw, "local_port", n->local_port);
		jw_kv_opt(jw, "remote_host", n->remote_host);
		jw_kv_opt(jw, "remote_port", n->remote_port);
		jw_kv_opt(jw, "remote_platform", n->remote_platform);
		jw_kv_opt(jw, "remote_address", n->remote_address);
		jw_end(jw);
	}
	jw_end(jw);
}

static void put_texts(struct jw *jw, const struct device *device)
{
	jw_key(jw, "texts");
	jw_array(jw);
	for (size_t i = 0; i < device->texts.count; i++) {
		jw_object(jw);
		jw_kv_str(jw, "name", device->texts.items[i].name);
		jw_kv_str(jw, "text", device->texts.items[i].text);
		jw_end(jw);
	}
	jw_end(jw);
}

void device_put_json(struct buf *buf, const struct device *device)
{
	struct jw jw;
	jw_init(&jw, buf);
	jw_object(&jw);
	jw_kv_str(&jw, "os", device->os);
	jw_kv_opt(&jw, "vendor", device->vendor);
	jw_kv_opt(&jw, "model", device->model);
	jw_kv_opt(&jw, "serial", device->serial);
	jw_kv_opt(&jw, "sysname", device->sysname);
	jw_kv_opt(&jw, "version", device->version);
	jw_kv_opt(&jw, "features", device->features);
	put_ports(&jw, device);
	put_sensors(&jw, device);
	put_processors(&jw, device);
	jw_key(&jw, "mempools");
	jw_array(&jw);
	for (size_t i = 0; i < device->mempools.count; i++) {
		put_pool(&jw, &device->mempools.items[i]);
	}
	jw_end(&jw);
	jw_key(&jw, "storage");
	jw_array(&jw);
	for (size_t i = 0; i < device->storage.count; i++) {
		put_pool(&jw, &device->storage.items[i]);
	}
	jw_end(&jw);
	put_neighbours(&jw, device);
	put_texts(&jw, device);
	jw_end(&jw);
}
