/* SPDX-License-Identifier: Apache-2.0 */
/** What the files of the SNMP check share; seen by this folder only. */
#pragma once

#include <stdbool.h>

#include "probe/snmp/poll.h"
#include "probe/snmp/ports.h"
#include "probe/snmp/sensors.h"
#include "probe/snmp/snmp_check.h"
#include "probe/snmp/uptime.h"
#include "proto/oid.h"
#include "proto/usm.h"

struct arena;
struct map;

struct snmp_device {
	struct snmp_checker *checker;
	struct check_spec *spec; /* of the run under way, or of the last */
	uint64_t digest;         /* of whom it is asked as */
	uint32_t at;             /* the poller's */
	struct usm_user user;
	unsigned jobs; /* the poller's, that will still be told */
	bool gone;     /* freed when the last of them is */
	bool running;
	struct check_sink run[SNMP_ASKERS_MAX]; /* who waits for the run under way */
	unsigned run_count;
	struct check_sink next[SNMP_ASKERS_MAX]; /* who wants one from after their asking */
	unsigned next_count;
	bool again;      /* … or it called for one itself */
	uint8_t looks;   /* used up */
	int64_t look_ms; /* when one of them was given back */
	struct check_result result;
	struct mib_table *table; /* of the run */
	bool restarted;
	struct uptime uptime;
	struct oid_room object_id;
	struct ports *ports;
	struct sensors *sensors;
	bool told;      /* of its first inventory */
	int64_t due_ms; /* the next inventory */
	int64_t began_ms;
	bool waits;
	struct snmp_device *next_waiting;
	struct inventory *inventory; /* under way */
};

struct snmp_checker {
	struct poller *poller;
	struct snmp_config config;
	struct map *by_id;        /* check → struct snmp_device */
	struct snmp_device *gone; /* … but something of them is under way */
	struct snmp_device *waiting;
	struct snmp_device **waiting_end;
	unsigned inventories; /* under way */
	uint64_t inventories_done;
	uint64_t inventories_failed;
	uint64_t ports_refused;
	uint64_t sensors_refused;
};

int64_t snmp_now_ms(void);
/** A job of the device has been told: free it when it was the last one of a check that is gone. */
bool snmp_device_release(struct snmp_device *device);

/** inventory.c: walk it all when it is time, or later when others are at it. */
void inventory_consider(struct snmp_device *device);
/** It changed: look again soon, though not at every flap. */
void inventory_hasten(struct snmp_device *device);
/** It goes: no turn, no inventory. */
void inventory_drop(struct snmp_device *device);

/** figures.c: everything an inventory measured beside ports. */
void figures_tell(const struct snmp_device *device, const struct device *found);
