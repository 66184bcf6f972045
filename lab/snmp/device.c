/* SPDX-License-Identifier: Apache-2.0 */
#include "device.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
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
		device->ports[i].octets = 0;
		device->ports[i].since_ms = now_ms;
		device->ports[i].changed_ms = now_ms;
	}
}

/* Octets a port has carried since the boot; ports differ in weight, half of it goes out. */
static uint64_t carried(const struct device *device, const struct row *row, int64_t now_ms)
{
	uint64_t rate = (uint64_t)device->rate * (1 + row->port * 7u % 13u);
	const struct port *port = device->ports != NULL ? &device->ports[row->port] : NULL;
	int64_t since_ms =
		port != NULL && port->since_ms > 0 ? port->since_ms : device->boot_ms;
	uint64_t octets = port != NULL ? port->octets : 0;
	if (port == NULL || port->oper == 0 || port->oper == OPER_UP) {
		octets += rate * (uint64_t)(now_ms - since_ms) / 1000;
	}
	return row->is_out ? octets / 2 : octets;
}

bool device_set_port(struct device *device, uint32_t if_index, unsigned oper, int64_t now_ms)
{
	const struct recording *recording = device->recording;
	for (size_t i = 0; i < recording->port_count; i++) {
		if (recording->ports[i] != if_index || !have_ports(device)) {
			continue;
		}
		struct row counter = { .port = (uint16_t)i };
		struct port *port = &device->ports[i];
		port->octets = carried(device, &counter, now_ms);
		port->since_ms = now_ms;
		port->changed_ms = now_ms;
		port->oper = (uint8_t)oper;
		return true;
	}
	return false;
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
	uint64_t value =
		row->base == 0 ? 0 : before + carried(device, row, now_ms) / row->divisor;
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

bool device_set_value(struct device *device, struct slice name, uint64_t value)
{
	const struct recording *recording = device->recording;
	size_t at = recording_find(recording, name);
	const struct row *row = at < recording->count ? &recording->rows[at] : NULL;
	size_t i = 0;
	while (i < device->over_count && device->over[i].row != row) {
		i++;
	}
	if (row == NULL || !slice_eq(row->name, name) || i == DEVICE_OVER_MAX) {
		return false;
	}
	device->over[i] = (struct over) { row, value };
	device->over_count = (uint8_t)(device->over_count + (i == device->over_count));
	return true;
}

static bool is_over(const struct device *device, const struct row *row, uint64_t *ret_value)
{
	for (size_t i = 0; i < device->over_count; i++) {
		if (device->over[i].row == row) {
			*ret_value = device->over[i].value;
			return true;
		}
	}
	return false;
}

void device_put_row(
	struct buf *buf, struct device *device, const struct row *row, int64_t now_ms)
{
	uint64_t value = 0;
	bool over = is_over(device, row, &value);
	if (!over && (row->kind == ROW_FIXED || !now_value(device, row, now_ms, &value))) {
		buf_put(buf, row->wire);
		return;
	}
	size_t octets = 1;
	for (uint64_t left = value >> 7; left != 0; left >>= 8) {
		octets++;
	}
	ber_put_head(buf, BER_SEQUENCE, ber_octets(row->name.n) + ber_octets(octets));
	ber_put(buf, BER_OID, row->name);
	ber_put_uint(buf, over ? BER_INTEGER : row->tag, value);
}
