/* SPDX-License-Identifier: Apache-2.0 */
/**
 * All engines behind one door: any check in, one result out.  Resolves
 * names first.  The only file that knows every engine.
 *
 * Layer: probe.  Threading: the loop's thread.
 */
#pragma once

#include <stdint.h>
#include <uv.h>

#include "base/attr.h"
#include "probe/check.h"
#include "probe/http/page_compare.h"
#include "probe/icmp/ping.h"
#include "probe/resolve.h"
#include "probe/snmp/sink.h"

struct prober;
struct host;
struct plugin_door;
struct profiles;
struct tls_client;

/** What is opened before the fence; everything is borrowed and outlives the prober. */
struct prober_config {
	int fd4; /* ping_socket(4), or -1 */
	int fd6;
	int dhcp4;                  /* dhcp_socket(), or -1 */
	uint32_t ping_inflight_max; /* 0 = 4,096 */
	uint32_t ping_rate_per_s;   /* 0 = PING_RATE_DEFAULT */
	uint32_t stream_max;        /* 0 = 512 connections */
	uint32_t dns_max;           /* 0 = 512 questions */
	uint32_t ask_max;           /* 0 = 512 datagrams of other services */
	const char *resolvers;      /* "ADDR[:PORT],…"; NULL = names cannot be resolved */
	struct tls_client *tls;
	const struct plugin_door *plugins; /* NULL = no plugins */
	struct host *host;                 /* NULL = no host checks */
	struct page_sink pages;            /* of compared home pages; may be empty */
	const struct profiles *profiles;   /* of devices; NULL = none is identified */
	struct snmp_sink devices;          /* may be empty */
};

struct prober_stats {
	struct ping_stats ping;
	struct resolver_stats resolver;
	uint32_t streams;
	uint32_t dns;
	uint32_t devices;      /* asked by SNMP */
	uint32_t devices_dead; /* asked but now and then, for they do not answer */
	uint64_t inventories;  /* of them, whole */
	uint64_t inventories_failed;
};

/** Returns: 0, E_INPUT for resolvers that cannot be read, or -errno.  Owns: end with prober_close. */
NODISCARD int prober_create(
	uv_loop_t *loop, const struct prober_config *config, struct prober **ret_prober);

/**
 * Begin a check.  user is a struct prober: the shape the scheduler calls.
 * Codes beside the engines': resolve.absent resolve.failed resolve.none
 * check.busy check.not_started check.no_secret check.needs_tls; snmp.twice
 * (degraded: another check asks that device) snmp.user (down: its user, passwords
 * and algorithms do not go together).
 *
 * Returns: 0, E_BUSY when the engine is full, else an error of the engine's.
 */
NODISCARD int prober_start(void *user, const struct check_spec *spec, struct check_sink sink);

/**
 * What name the resolvers know an address by; resolver_name says the rest.
 *
 * Returns: 0, E_LIMIT, E_ABSENT without resolvers.
 */
NODISCARD int prober_name(
	struct prober *prober, const struct probe_addr *addr, struct resolver_name_sink sink);

/** A device says that its ports changed; address as text.  Returns: was it given a look? */
bool prober_look(struct prober *prober, struct slice source);

/** The next look at this check is a real one, whatever its engine spares the dead. */
void prober_wake(struct prober *prober, int64_t check_id);

/** The check is gone: what an engine remembers of it goes too. */
void prober_forget(struct prober *prober, int64_t check_id);

struct prober_stats prober_stats(const struct prober *prober);

/** Everything in flight is dropped without result; memory goes on the next turns of the loop. */
void prober_close(struct prober *prober);
