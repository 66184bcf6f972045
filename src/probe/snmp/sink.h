/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What comes of an SNMP check beside its result: figures, ports that change,
 * and the device as a whole.
 *
 * Layer: probe.  Threading: the loop's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "probe/check.h"

struct device;
struct mib_table;

/** One measurement; with instance and metric it is a series of the check. */
struct snmp_figure {
	struct slice
		metric; /* in_bps, out_bps, in_errors …, speed, cpu, memory_used, … (docs/rules.md) */
	struct slice instance; /* a port's name, a sensor's; empty where there is one */
	struct slice label;    /* what people call it; may be empty */
	struct slice unit;     /* "bit/s", "/s", "%", or as the device says */
	double value;
};

/** A port that went down, or is well again. */
struct snmp_port_change {
	struct slice name;
	struct slice alias;
	bool is_down;
};

/** A state of the device, such as a fan's, or a value with limits of the device's own, that is
 *  not well, or well again (CHECK_UP). */
struct snmp_sensor_change {
	struct slice key; /* of a state its name; of a value CLASS:NAME */
	struct slice name;
	struct slice word; /* the state as the device says it; may be empty */
	enum check_state state;
	/* of a value; NAN where it is there no more */
	double value;
	double limit; /* the one it is beyond */
	bool is_below;
	struct slice unit;
};

/** Any of them may be NULL; everything is borrowed for the call. */
struct snmp_sink {
	void (*figure)(
		void *user, const struct check_spec *spec, const struct snmp_figure *figure);
	void (*port)(void *user, const struct check_spec *spec,
		const struct snmp_port_change *change);
	/** The whole; first: of this process, which knows nothing of what was told before. */
	void (*device)(void *user, const struct check_spec *spec, const struct device *device,
		bool first);
	void (*sensor)(void *user, const struct check_spec *spec,
		const struct snmp_sensor_change *change);
	/** The whole inventory, sealed: vicinity_put_json makes something of it. */
	void (*vicinity)(void *user, const struct check_spec *spec,
		const struct mib_table *table, const struct device *device);
	void *user;
};
