/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The sweep of the registered ranges: one echo to each address in its turn, a
 * question by SNMP to those that answer where a community is registered, and
 * what came of it to core.  Whatever the way to an address, sweep_may is asked
 * right before anything is sent to it.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include "base/attr.h"

struct ipc_frame;
struct jw;
struct probe;
struct sweeper;

struct sweeper *sweeper_create(struct probe *probe);
/** After prober_close. */
struct sweeper *sweeper_destroy(struct sweeper *sweeper);
/** Before the loop ends. */
void sweeper_stop(struct sweeper *sweeper);
/** A `ranges` frame: the whole of what may be swept, which replaces the last. */
void sweeper_take(struct sweeper *sweeper, struct ipc_frame *frame);
/** A `heard` frame of collect: somebody who sends to us; nothing is asked of him. */
void sweeper_heard(struct sweeper *sweeper, const struct ipc_frame *frame);
void sweeper_status(const struct sweeper *sweeper, struct jw *jw);
