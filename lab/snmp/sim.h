/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The simulated devices of one process: found by their address, answered at
 * once or later, changed by lines of text.
 *
 * Part of the simulated campus.  Threading: one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"
#include "device.h"

enum { SIM_DEVICES_MAX = 65536, SIM_LATER_MAX = 65536 };

enum sim_act { SIM_SEND, SIM_FLAP };

/** Something to do later. */
struct sim_later {
	int64_t due_ms;
	enum sim_act act;
	uint32_t from; /* the device's address */
	uint32_t to;   /* SEND: address, host order */
	uint16_t to_port;
	uint8_t *octets; /* SEND: owned */
	size_t n;
	uint32_t if_index; /* FLAP */
	uint32_t period_ms;
	uint32_t times; /* changes still to come */
};

struct sim {
	int fd;
	struct recording *recordings;
	struct device *devices;
	size_t count;
	uint32_t *by_address; /* open addressing, index + 1 */
	struct sim_later *heap;
	size_t later_count;
	uint64_t later_refused;
	uint32_t sink; /* traps go there; 0 = nowhere */
	uint16_t sink_port;
	unsigned trap_version; /* 0 or 1 */
	uint64_t asked;
	uint64_t answered;
	uint64_t strangers; /* datagrams to an address without a device */
	bool ended;
};

/** A UDP socket for all of 127.0.0.0/8 (or where this namespace lets us).  Returns: 0 or -errno. */
NODISCARD int sim_open(struct sim *sim, uint16_t port);
void sim_close(struct sim *sim);

/** Add count devices from this address on.  Returns: 0, or E_LIMIT, E_EXISTS. */
NODISCARD int sim_add(
	struct sim *sim, uint32_t address, uint32_t count, const struct recording *recording);
struct device *sim_find(struct sim *sim, uint32_t address);

/** Take what is there and answer it. */
void sim_receive(struct sim *sim);

/** Do what is due.  Returns: milliseconds until the next, -1 when there is none. */
int sim_run_due(struct sim *sim);
/** Returns: 0 or E_LIMIT, and the octets are freed. */
NODISCARD int sim_do_later(struct sim *sim, const struct sim_later *later);

/** Change a port and tell the sink. */
bool sim_set_port(struct sim *sim, struct device *device, uint32_t if_index, unsigned oper);
void sim_trap(struct sim *sim, const struct device *device, unsigned trap, uint32_t if_index);

/** One line of control; the answer ("ok …" or "error …") is appended with its line end. */
void sim_control(struct sim *sim, struct slice line, struct buf *answer);

int64_t sim_now_ms(void);
