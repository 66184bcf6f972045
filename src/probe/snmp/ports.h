/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The ports of one device from poll to poll: which is which, how much went
 * through, and which went down.
 *
 * Source:  RFC 2863 (ifTable, ifXTable); sections 3.1.5 and 3.1.6 on identity and width.
 *
 * Layer: probe.  Threading: one owner; time is passed in.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probe/snmp/sink.h"
#include "proto/oid.h"

struct device;
struct mib_table;
struct ports;

enum { PORTS_MAX = 4096, PORTS_COLUMNS = 17 };

/** What a poll walks. */
extern const struct oid ports_columns[PORTS_COLUMNS];

struct ports *ports_create(void);
/** NULL is fine.  Returns: NULL, to assign back. */
struct ports *ports_destroy(struct ports *ports);

struct ports_poll {
	const struct mib_table *table; /* sealed, of ports_columns */
	const struct check_spec *spec; /* for the sink */
	const struct snmp_sink *sink;
	int64_t at_ms;  /* of a clock that only goes forward */
	bool restarted; /* the device, since the poll before */
};

/**
 * One poll.  Figures are told of every port that is up; a port is told down
 * when it was up before and its keeper wants it up, and well when it is up
 * again or shut by its keeper.
 *
 * Returns: how many ports changed; past PORTS_MAX they are left out.
 */
unsigned ports_take(struct ports *ports, const struct ports_poll *poll);

/** Names and states of the last poll over those an inventory found, which took longer. */
void ports_patch(const struct ports *ports, struct device *device);

/** Left out so far. */
uint64_t ports_refused(const struct ports *ports);
