/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a device is and has, found in the objects of its agent with the help
 * of the profiles.  A function of the two: the objects may come from a
 * recording or from a walk.
 *
 * Layer: probe.  Threading: reentrant.  Fuzz target: fuzz/device.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct arena;
struct buf;
struct mib_table;
struct profiles;

enum {
	DEVICE_ROWS_MAX = 8192,     /* of each list; what comes after is counted in refused */
	DEVICE_TEXT_MAX = 512,      /* octets of one text; a program's own may have 2,048 */
	DEVICE_STEPS_MAX = 1000000, /* references looked up for one device */
};

enum device_severity { DEVICE_UNKNOWN, DEVICE_OK, DEVICE_WARNING, DEVICE_CRITICAL };

/** Texts empty and numbers negative where the agent says nothing. */
struct device_port {
	uint32_t if_index;
	struct slice name;
	struct slice descr;
	struct slice alias;
	struct slice type;         /* IANA's word, or its number */
	struct slice admin_status; /* up, down, testing */
	struct slice
		oper_status; /* up, down, testing, unknown, dormant, notPresent, lowerLayerDown */
	struct slice phys_address; /* hexadecimal, lower case */
	double speed;              /* bit/s */
	double mtu;                /* octets */
};

/** Which limit of its own a device tells of a sensor. */
enum device_limit {
	DEVICE_LOW_CRITICAL,
	DEVICE_LOW_WARN,
	DEVICE_HIGH_WARN,
	DEVICE_HIGH_CRITICAL,
	DEVICE_LIMITS
};

struct device_sensor {
	struct slice class; /* temperature, voltage, state, … */
	struct slice oid;   /* dotted, with a dot in front */
	struct slice index;
	struct slice descr;
	struct slice unit;
	struct slice metric; /* under which its figures are told; empty = as its class */
	double value;
	double limit
		[DEVICE_LIMITS]; /* in its unit; NAN = the device tells none; of a state all are */
	struct slice state;      /* in words, of class state */
	enum device_severity severity; /* by its own limits; unknown where it has none */
};

struct device_processor {
	struct slice descr;
	struct slice oid;
	double usage; /* percent */
};

/** Of mempools and storage. */
struct device_pool {
	struct slice descr;
	double perc;
	double used;  /* octets */
	double total; /* octets, or 100 where only a share is known */
};

struct device_neighbour {
	struct slice protocol; /* lldp, cdp, … */
	struct slice local_port;
	struct slice remote_host;
	struct slice remote_port;
	struct slice remote_platform;
	struct slice remote_address;
};

/** A text that a program on the device prints, under its name. */
struct device_text {
	struct slice name;
	struct slice text;
};

#define DEVICE_LIST(type)                                                                      \
	struct {                                                                               \
		struct type *items;                                                            \
		size_t count;                                                                  \
	}

struct device {
	struct slice os; /* "generic" when no profile is of it */
	struct slice vendor;
	struct slice model;
	struct slice serial;
	struct slice sysname;
	struct slice version;
	struct slice features;
	struct slice profile; /* which one spoke; empty = none */
	DEVICE_LIST(device_port) ports;
	DEVICE_LIST(device_sensor) sensors;
	DEVICE_LIST(device_processor) processors;
	DEVICE_LIST(device_pool) mempools;
	DEVICE_LIST(device_pool) storage;
	DEVICE_LIST(device_neighbour) neighbours;
	DEVICE_LIST(device_text) texts;
	size_t refused; /* rows past DEVICE_ROWS_MAX */
	bool cut_short; /* DEVICE_STEPS_MAX was reached: there may be more */
};

/**
 * Source:  profiles; without a fitting one only the generic ones speak.
 * Shape:   the table is sealed.
 * Owns:    all of *ret_device belongs to the arena or to the profiles.
 */
void device_identify(const struct profiles *profiles, const struct mib_table *table,
	struct arena *arena, struct device *ret_device);

/**
 * How grave a sensor's value is by the device's own limits.  With slack, as for
 * one that was beyond them already, each is drawn in by 2 % of itself, or a tenth
 * of the room between the two sides where that is less.
 *
 * Returns: DEVICE_UNKNOWN without a limit.  ret_limit: the one it is beyond, or may be NULL.
 */
enum device_severity device_sensor_severity(
	const struct device_sensor *sensor, bool slack, enum device_limit *ret_limit);

/** Does the device tell a limit of it? */
bool device_sensor_limited(const struct device_sensor *sensor);

/** One JSON object with the keys os vendor model serial sysname version features
 *  ports sensors processors mempools storage neighbours texts; null where unknown. */
void device_put_json(struct buf *buf, const struct device *device);
