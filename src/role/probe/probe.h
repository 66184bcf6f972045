/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The parts of the probe role, and what it says of changes.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include "probe/pump.h"
#include "role/probe/samples.h"

struct asks;
struct devices;
struct facts;
struct host;
struct judge;
struct pages;
struct plugins;
struct prober;
struct reach_told;
struct runtime;
struct scheduler;
struct signal_queue;
struct sweeper;
struct table;
struct tls_client;
struct watch;

struct probe {
	struct runtime *rt;
	struct samples samples;
	struct host *host;
	struct tls_client *tls;
	struct prober *prober;
	struct scheduler *scheduler;
	struct pump pump;
	struct table *table;
	struct judge *judge;
	struct signal_queue *signals;
	struct asks *asks;
	struct facts *facts;
	struct pages *pages;
	struct plugins *plugins;
	struct devices *devices;
	struct sweeper *sweeper;
};

/**
 * The signal of a verdict, into the queue.  A check that comes up always says
 * resolved: what was open before this role restarted ends too.  One that is
 * unreachable through another's fault fires nothing and names its cause.
 */
void say_told(struct probe *probe, const struct watch *watch, const struct reach_told *told);
