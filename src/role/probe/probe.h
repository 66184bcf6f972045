/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The parts of the probe role: the table of checks it works by, what it says
 * of their changes, checks asked for out of turn, and this machine's facts.
 * Nothing but what the table names is ever probed.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include <stdint.h>
#include <uv.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/scale.h"
#include "probe/check.h"
#include "probe/pump.h"
#include "role/shard.h"

struct asks;
struct diag;
struct facts;
struct host;
struct ipc_frame;
struct prober;
struct runtime;
struct scheduler;
struct scheduler_change;
struct signal;
struct signal_queue;
struct table;
struct tls_client;

enum {
	TABLE_OCTETS_MAX = 64 * 1024 * 1024,
	ASKS_MAX = 64, /* checks asked for and not answered yet */
};

struct probe {
	struct runtime *rt;
	struct shard shard;
	struct host *host;
	struct tls_client *tls;
	struct prober *prober;
	struct scheduler *scheduler;
	struct pump pump;
	struct table *table;
	struct signal_queue *signals;
	struct asks *asks;
	struct facts *facts;
};

/** One check of the table. */
struct watch {
	struct check_spec *spec;
	uint64_t digest; /* of its text in the table */
	uint64_t seen;   /* number of the table that last named it */
	enum alert_severity severity;
	char *name;
	char *target;
	char *host; /* asset key: the address or name it points at, or this machine's name */
};

/* ---- the table */

struct table *table_create(struct probe *probe);
/** The scheduler keeps its own copies. */
struct table *table_destroy(struct table *table);
/** A `checks` frame: the whole table, which replaces the last by difference. */
void table_take(struct table *table, struct ipc_frame *frame);
/** The check of this id, or NULL. */
const struct watch *table_get(const struct table *table, int64_t id);
void table_status(const struct table *table, struct jw *jw);

/* ---- what is said */

/**
 * The signal of a change of state, into the queue.  A check that comes up
 * always says resolved: what was open before this role restarted ends too.
 */
void say_change(struct probe *probe, const struct watch *watch, const struct scheduler_change *change);

/* ---- asked for */

struct asks *asks_create(struct probe *probe);
/** What is under way has been dropped with the prober. */
struct asks *asks_destroy(struct asks *asks);
/** A `probe_ask` frame: one fresh check, answered by `probe_done`. */
void asks_take(struct asks *asks, const struct ipc_frame *frame);
void asks_status(const struct asks *asks, struct jw *jw);

/* ---- this machine */

/** Before the fence: open what facts are read from. */
struct facts *facts_open(struct probe *probe);
struct facts *facts_close(struct facts *facts);
/** "ADDR,ADDR" of the machine's own resolvers, or NULL. */
const char *facts_resolvers(const struct facts *facts);
const char *facts_hostname(const struct facts *facts);
/** Tell core now and once a minute. */
NODISCARD int facts_start(struct facts *facts);
/** Core is there anew. */
void facts_send(struct facts *facts);
void facts_stop(struct facts *facts);
