/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The machine it runs on: load, memory, disk, interfaces, the kernel's
 * clock.  Every file is opened before the fence and read again and again
 * through its descriptor.
 *
 * Layer: probe.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "probe/check.h"

struct host;
struct diag;

enum { HOST_INTERFACES_MAX = 64, HOST_INTERFACE_NAME_MAX = 15, HOST_SUGGESTED_MAX = 4 };

struct host_interface {
	char name[HOST_INTERFACE_NAME_MAX + 1];
	bool up;      /* switched on */
	bool running; /* has a carrier */
	uint64_t rx_octets, tx_octets;
	uint64_t rx_errors, tx_errors;
	uint64_t rx_dropped, tx_dropped;
};

struct host_clock {
	bool synchronised;
	int64_t estimated_error_us;
	int64_t maximum_error_us;
	int64_t offset_us;
};

struct host_sample {
	int64_t at_mono_ms;
	double load[3]; /* 1, 5, 15 minutes */
	unsigned cpus;
	uint64_t memory_octets, memory_available_octets;
	uint64_t disk_octets, disk_available_octets; /* where the data lies */
	struct host_clock clock;
	unsigned interface_count;
	unsigned interfaces_refused; /* beyond HOST_INTERFACES_MAX */
	struct host_interface interfaces[HOST_INTERFACES_MAX];
};

/** What is worth a check of its own. */
struct host_suggestion {
	unsigned gateway_count, resolver_count;
	struct probe_addr gateways[HOST_SUGGESTED_MAX];
	struct probe_addr resolvers[HOST_SUGGESTED_MAX];
};

/**
 * Open what is read later.  proc is "/proc" but for tests.
 *
 * Returns: 0 or -errno with diag.
 * Owns:    *ret_host; release with host_close.
 */
NODISCARD int host_open(
	const char *proc, const char *data_path, struct host **ret_host, struct diag *diag);
struct host *host_close(struct host *host);

/** Returns: 0, -errno, or E_FORMAT for a kernel text that reads otherwise than known. */
NODISCARD int host_sample(struct host *host, struct host_sample *ret_sample);

/**
 * One item as a check: spec->path is "load" (levels in percent of the
 * processors), "memory", "disk" (percent used), "clock" (maximum error in
 * ms) or "interface:NAME"; rates are over the time since that check's last run.
 *
 * Codes: host.ok host.load_high host.memory_full host.disk_full
 *        host.clock_unsynchronised host.clock_wrong host.interface_down
 *        host.interface_absent host.unreadable host.no_such_item.
 */
void host_check(
	struct host *host, const struct check_spec *spec, struct check_result *ret_result);

/** From the texts of /proc/net/route and resolv.conf. */
struct host_suggestion host_suggest(struct slice route_text, struct slice resolv_text);
