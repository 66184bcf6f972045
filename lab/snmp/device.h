/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A recording in the form it is answered from, and devices that live by one:
 * their clock, their ports, their manners.
 *
 * Part of the simulated campus.  Threading: one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct arena;
struct buf;
struct diag_list;

enum row_kind {
	ROW_FIXED,
	ROW_UPTIME,
	ROW_ENGINE_BOOTS,
	ROW_ENGINE_TIME,
	ROW_OPER,
	ROW_LAST_CHANGE,
	ROW_COUNTER,
};

struct row {
	struct slice name; /* encoded */
	struct slice wire; /* the whole variable, encoded, as recorded */
	uint64_t base;
	uint32_t divisor; /* octets a unit of this counter stands for */
	uint16_t port;    /* place among the recording's ports */
	uint8_t kind;
	uint8_t tag;
	bool is_out;
};

struct recording {
	struct recording *next;
	char *path;
	struct arena *arena;
	struct row *rows;
	size_t count;
	uint32_t *ports; /* ifIndex of each */
	size_t port_count;
	uint64_t uptime_ticks;
	struct slice enterprise; /* value of sysObjectID, encoded */
};

enum { DEVICE_VALUES_MAX = 64, DEVICE_VLANS_MAX = 8 };

/** The bridge of one VLAN, asked for as COMMUNITY@NUMBER. */
struct device_vlan {
	uint16_t number;
	const struct recording *recording;
};

enum port_way { PORT_IN, PORT_OUT, PORT_WAYS };

struct port {
	uint64_t octets[PORT_WAYS]; /* carried since boot, up to since_ms */
	uint64_t rate[PORT_WAYS];   /* octets a second; of its own when it has_rate */
	int64_t since_ms;
	int64_t changed_ms;
	uint8_t oper; /* 0 = as recorded */
	bool has_rate;
};

/** A number that is no longer as recorded. */
struct device_value {
	const struct row *row;
	uint64_t number;
};

struct device {
	uint32_t address; /* host order */
	const struct recording *recording;
	struct port *ports; /* NULL until something about them differs */
	int64_t boot_ms;
	uint64_t uptime_ticks; /* at boot_ms */
	uint32_t boots;
	uint32_t rate; /* octets a second of a port of weight 1 */
	bool rebooted; /* counters began at 0 */
	bool dead;
	bool v1_only;
	bool backwards; /* every other reading of a counter is smaller */
	bool loops;     /* GETNEXT comes back to where it was */
	bool garbage;   /* answers octets that are no message */
	bool twice;     /* every answer comes twice */
	uint8_t loss_percent;
	uint16_t varbinds_max; /* more asked than this: tooBig; 0 = none */
	uint16_t octets_max;   /* of an answer */
	uint32_t delay_ms;
	uint32_t jitter_ms;
	uint64_t dice;
	uint64_t asked;
	uint64_t answered;
	char community[32];
	struct device_value *values; /* owned; NULL until one is set */
	size_t value_count;
	struct device_vlan vlans[DEVICE_VLANS_MAX];
	size_t vlan_count;
};

/** Returns: NULL when unreadable; bad lines are only named in diags. */
struct recording *recording_load(const char *path, struct diag_list *diags);
struct recording *recording_destroy(struct recording *recording);

/** The place of the first row not below name; count when there is none. */
size_t recording_find(const struct recording *recording, struct slice name);

void device_init(struct device *device, uint32_t address, const struct recording *recording,
	int64_t now_ms);

/** Counters and clocks from 0, as after a power cut. */
void device_reboot(struct device *device, int64_t now_ms);

/** ifOperStatus of a port from now on.  Returns: false when there is no such ifIndex. */
bool device_set_port(struct device *device, uint32_t if_index, unsigned oper, int64_t now_ms);

/** Octets a second of a port, in and out, from now on.  Returns: false when there is no such ifIndex. */
bool device_set_rate(struct device *device, uint32_t if_index, const uint64_t rate[PORT_WAYS],
	int64_t now_ms);

/**
 * A number of its own in place of what is recorded, which does not move.
 *
 * Returns: 0, E_ABSENT without such an object, E_LIMIT past DEVICE_VALUES_MAX,
 *          or -ENOMEM.
 */
NODISCARD int device_set_value(struct device *device, struct slice name, uint64_t number);

/** What it holds of its own. */
void device_fini(struct device *device);

/** The device's next throw of the dice, the same in every run. */
uint32_t device_chance(struct device *device, uint32_t below);

/** The device's sysUpTime. */
uint32_t device_uptime_ticks(const struct device *device, int64_t now_ms);

/** One row as a variable of an answer, as the device has it now. */
void device_put_row(
	struct buf *buf, struct device *device, const struct row *row, int64_t now_ms);
