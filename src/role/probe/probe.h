/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The parts of the probe role, and what it says of changes.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include "probe/pump.h"
#include "role/shard.h"

struct asks;
struct facts;
struct host;
struct plugins;
struct prober;
struct runtime;
struct scheduler;
struct scheduler_change;
struct signal_queue;
struct table;
struct tls_client;
struct watch;

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
	struct plugins *plugins;
};

/**
 * The signal of a change of state, into the queue.  A check that comes up
 * always says resolved: what was open before this role restarted ends too.
 */
void say_change(
	struct probe *probe, const struct watch *watch, const struct scheduler_change *change);
