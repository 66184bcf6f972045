/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A device by SNMP: does it answer, what do its ports do, and, at longer
 * intervals and after a restart, what is it and what does it have.  What it
 * remembers of a device from run to run goes with the check.
 *
 * Layer: probe.  Threading: the loop's thread.
 */
#pragma once

#include <stdint.h>
#include <uv.h>

#include "base/attr.h"
#include "probe/check.h"
#include "probe/snmp/sink.h"

struct profiles;
struct snmp_checker;

enum {
	SNMP_DEVICES_DEFAULT = 10000,
	SNMP_INVENTORIES_MAX = 4, /* at once; further ones wait for their turn */
	SNMP_ASKERS_MAX = 4,      /* who may wait for one device at a time */
	SNMP_LOOKS_MAX = 8,
	SNMP_LOOK_MS = 2000,
};

struct snmp_config {
	const struct profiles *profiles; /* borrowed; NULL = nothing is identified */
	struct snmp_sink sink;
	uint32_t devices_max; /* 0 = SNMP_DEVICES_DEFAULT */
};

struct snmp_stats {
	uint32_t devices;
	uint32_t dead; /* not asked but now and then, for they do not answer */
	uint64_t sent; /* datagrams */
	uint64_t inventories;
	uint64_t inventories_failed;
	uint64_t sensors_refused;
	uint64_t ports_refused;
};

/** Opens the sockets.  Returns: 0 or -errno.  Owns: end with snmp_checker_close. */
NODISCARD int snmp_checker_create(
	uv_loop_t *loop, const struct snmp_config *config, struct snmp_checker **ret_checker);

/**
 * Begin a check.  Codes: snmp.ok snmp.restarted {uptime_s} (up), snmp.slow
 * (degraded), snmp.timeout snmp.garbage (down), snmp.error {status} (degraded);
 * of version 3 snmp.unknown_user snmp.wrong_auth snmp.wrong_privacy
 * snmp.wrong_level snmp.not_in_time, and snmp.denied for what else the agent
 * will not have (down).
 *
 * Returns: 0; E_BUSY when too many wait for it or it is asked under old
 *          parameters; E_EXISTS when another check asks this address; E_INPUT
 *          when user, passwords and algorithms do not go together; E_LIMIT past
 *          devices_max; or -errno.
 */
NODISCARD int snmp_check_start(
	struct snmp_checker *checker, const struct check_spec *spec, struct check_sink sink);

/**
 * The device at this address says that something changed: look at its ports
 * now, or once more when it is being looked at.  Anybody can say so in its
 * name, so there are only SNMP_LOOKS_MAX at once and one more in SNMP_LOOK_MS.
 *
 * Returns: true when it is one of ours and was given a look.
 */
bool snmp_checker_look(struct snmp_checker *checker, const struct probe_addr *addr);

/** The next look at this device really asks, however long it has not answered. */
void snmp_checker_wake(struct snmp_checker *checker, int64_t check_id);

/** The check is gone; what is under way ends without a result. */
void snmp_checker_forget(struct snmp_checker *checker, int64_t check_id);

struct snmp_stats snmp_checker_stats(const struct snmp_checker *checker);

/** NULL is fine.  Nothing is told any more. */
void snmp_checker_close(struct snmp_checker *checker);
