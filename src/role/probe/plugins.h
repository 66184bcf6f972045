/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Checks that plugins make: handed to the cage, their answers taken back.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include <stdbool.h>

#include "probe/plugin/plugin_check.h"

struct ipc_frame;
struct jw;
struct plugins;
struct probe;

enum { PLUGINS_PENDING_MAX = 4096 }; /* handed over and not answered yet */

struct plugins *plugins_create(struct probe *probe);
/** What is under way is dropped without result. */
struct plugins *plugins_destroy(struct plugins *plugins);
/** For the prober; lives as long as plugins. */
const struct plugin_door *plugins_door(const struct plugins *plugins);
/** The table has changed: the cage is told what is registered. */
void plugins_hosts(struct plugins *plugins);
/** A `plugin_ran` frame. */
void plugins_take(struct plugins *plugins, const struct ipc_frame *frame);
/** The cage came, or went with all it had in hand. */
void plugins_peer(struct plugins *plugins, bool up);
void plugins_status(const struct plugins *plugins, struct jw *jw);
