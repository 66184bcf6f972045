/* SPDX-License-Identifier: Apache-2.0 */
#include "device.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "proto/ber.h"
#include "proto/mib_table.h"

enum { OPER_UP = 1, OCTETS_DEFAULT = 1400, RATE_DEFAULT = 12500, TICK_MS = 10 };

void device_init(struct device *device, uint32_t address, const struct recording *recording,
	int64_t now_ms)
{
	*device = (struct device) { .address = address,
		.recording = recording,
		.boot_ms = now_ms,
		.uptime_ticks = recording->uptime_ticks,
		.boots = 1,
		.rate = RATE_DEFAULT,
		.octets_max = OCTETS_DEFAULT };
	device->dice = address;
	memcpy(device->community, "public", sizeof("public"));
}

uint32_t device_chance(struct device *device, uint32_t below)
{
	device->dice = device->dice * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((device->dice >> 33) % below);
}

static bool have_ports(struct device *device)
{
	if (device->ports == NULL) {
		device->ports = calloc(device->recording->port_count + 1, sizeof(struct port));
	}
	return device->ports != NULL;
}

void device_reboot(struct device *device, int64_t now_ms)
{
	device->boot_ms = now_ms;
	device->uptime_ticks = 0;
	device->rebooted = true;
	device->boots++;
	for (size_t i = 0; device->ports != NULL && i < device->recording->port_count; i++) {
		memset(device->ports[i].octets, 0, sizeof(device->ports[i].octets));
		device->ports[i].since_ms = now_ms;
		device->ports[i].changed_ms = now_ms;
	}
}

/* Octets a port has carried since the boot; without a rate of its own ports differ in weight,
 * and half of it goes out. */
static uint64_t carried(
	const struct device *device, size_t at, enum port_way way, int64_t now_ms)
{
	uint64_t rate =
		(uint64_t)device->rate * (1 + at * 7u % 13u) / (way == PORT_OUT ? 2 : 1);
	const struct port *port = device->ports != NULL ? &device->ports[at] : NULL;
	int64_t since_ms =
		port != NULL && port->since_ms > 0 ? port->since_ms : device->boot_ms;
	uint64_t octets = port != NULL ? port->octets[way] : 0;
	if (port != NULL && port->has_rate) {
		rate = port->rate[way];
	}
	if (port == NULL || port->oper == 0 || port->oper == OPER_UP) {
		octets += rate * (uint64_t)(now_ms - since_ms) / 1000;
	}
	return octets;
}

/* The port, with what it carried until now written down. */
static struct port *port_now(struct device *device, uint32_t if_index, int64_t now_ms)
{
	const struct recording *recording = device->recording;
	for (size_t i = 0; i < recording->port_count; i++) {
		if (recording->ports[i] != if_index || !have_ports(device)) {
			continue;
		}
		struct port *port = &device->ports[i];
		uint64_t in = carried(device, i, PORT_IN, now_ms);
		port->octets[PORT_OUT] = carried(device, i, PORT_OUT, now_ms);
		port->octets[PORT_IN] = in;
		port->since_ms = now_ms;
		return port;
	}
	return NULL;
}

bool device_set_port(struct device *device, uint32_t if_index, unsigned oper, int64_t now_ms)
{
	struct port *port = port_now(device, if_index, now_ms);
	if (port == NULL) {
		return false;
	}
	port->changed_ms = now_ms;
	port->oper = (uint8_t)oper;
	return true;
}

bool device_set_rate(struct device *device, uint32_t if_index, const uint64_t rate[PORT_WAYS],
	int64_t now_ms)
{
	struct port *port = port_now(device, if_index, now_ms);
	if (port == NULL) {
		return false;
	}
	memcpy(port->rate, rate, sizeof(port->rate));
	port->has_rate = true;
	return true;
}

static struct device_value *value_of(const struct device *device, const struct row *row)
{
	for (size_t i = 0; i < device->value_count; i++) {
		if (device->values[i].row == row) {
			return &device->values[i];
		}
	}
	return NULL;
}

int device_set_value(struct device *device, struct slice name, uint64_t number)
{
	const struct recording *recording = device->recording;
	size_t at = recording_find(recording, name);
	const struct row *row = at < recording->count ? &recording->rows[at] : NULL;
	if (row == NULL || !slice_eq(row->name, name)) {
		return E_ABSENT;
	}
	struct device_value *value = value_of(device, row);
	if (value == NULL && device->value_count == DEVICE_VALUES_MAX) {
		return E_LIMIT;
	}
	if (value == NULL && device->values == NULL) {
		device->values = calloc(DEVICE_VALUES_MAX, sizeof(*device->values));
		if (device->values == NULL) {
			return -ENOMEM;
		}
	}
	value = value != NULL ? value : &device->values[device->value_count++];
	*value = (struct device_value) { row, number };
	return 0;
}

void device_fini(struct device *device)
{
	free(device->ports);
	free(device->values);
}

uint32_t device_uptime_ticks(const struct device *device, int64_t now_ms)
{
	return (uint32_t)(device->uptime_ticks +
			  (uint64_t)(now_ms - device->boot_ms) / TICK_MS);
}

static uint64_t count_of(struct device *device, const struct row *row, int64_t now_ms)
{
	uint64_t before = device->rebooted ? 0 : row->base;
	/* A port that never carried anything has nothing plugged in. */
	uint64_t value = row->base == 0
				 ? 0
				 : before + carried(device, row->port,
						    row->is_out ? PORT_OUT : PORT_IN, now_ms) /
						    row->divisor;
	if (device->backwards && device->asked % 2 == 1) {
		value -= value / 4;
	}
	return row->tag == MIB_COUNTER32 ? (uint32_t)value : value;
}

static bool now_value(
	struct device *device, const struct row *row, int64_t now_ms, uint64_t *ret_value)
{
	const struct port *port = device->ports != NULL ? &device->ports[row->port] : NULL;
	switch ((enum row_kind)row->kind) {
	case ROW_UPTIME:
		*ret_value = device_uptime_ticks(device, now_ms);
		return true;
	case ROW_ENGINE_BOOTS:
		*ret_value = row->base + device->boots - 1;
		return true;
	case ROW_ENGINE_TIME:
		*ret_value = (device->rebooted ? 0 : row->base) +
			     (uint64_t)(now_ms - device->boot_ms) / 1000;
		return true;
	case ROW_OPER:
		*ret_value = port != NULL ? port->oper : 0;
		return port != NULL && port->oper != 0;
	case ROW_LAST_CHANGE:
		*ret_value = port != NULL && port->changed_ms > 0
				     ? device_uptime_ticks(device, port->changed_ms)
				     : row->base;
		return port != NULL && port->changed_ms > 0;
	case ROW_COUNTER:
		*ret_value = count_of(device, row, now_ms);
		return row->base != 0;
	case ROW_FIXED:
		break;
	}
	return false;
}

void device_put_row(
	struct buf *buf, struct device *device, const struct row *row, int64_t now_ms)
{
	const struct device_value *told = value_of(device, row);
	uint64_t value = told != NULL ? told->number : 0;
	uint8_t tag = row->tag;
	if (told == NULL && !now_value(device, row, now_ms, &value)) {
		buf_put(buf, row->wire);
		return;
	}
	bool is_number = tag == MIB_COUNTER32 || tag == MIB_GAUGE32 || tag == MIB_TIME_TICKS ||
			 tag == MIB_COUNTER64;
	tag = is_number ? tag : MIB_INTEGER;
	size_t octets = 1;
	for (uint64_t left = value >> 7; left != 0; left >>= 8) {
		octets++;
	}
	ber_put_head(buf, BER_SEQUENCE, ber_octets(row->name.n) + ber_octets(octets));
	ber_put(buf, BER_OID, row->name);
	ber_put_uint(buf, tag, value);
}
