/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The parent's children: started by descriptor, introduced to each other,
 * watched, and started again with a growing pause when they end.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include <uv.h>

#include "base/attr.h"
#include "base/buf.h"
#include "role/config.h"
#include "role/handles.h"
#include "sys/ipc.h"

struct children;

/** Called when every child is up for the first time, and when the last has ended. */
struct children_events {
	void (*all_up)(void *ctx);
	void (*gone_all)(void *ctx); /* after children_stop: the last one has ended */
	/** One that lives on demand has ended, for this reason. */
	void (*done)(void *ctx, enum ipc_role role, const char *why);
	/** A frame of a child that is neither ready nor status. */
	void (*frame)(void *ctx, enum ipc_role from, struct ipc_frame *frame);
	void *ctx;
};

/** Owns:    the result; config and handles are borrowed for its life. */
struct children *children_create(uv_loop_t *loop, const struct config *config,
	const struct handles *handles, const struct children_events *events);
struct children *children_destroy(struct children *children);

/** Start every role whose program exists. */
void children_start(struct children *children);
/** Ask all to end, sensing first, core last; kill what is left after 10 s. */
void children_stop(struct children *children);

/**
 * Did core refuse its store before it was ever up?  Then it has said why, and
 * all were ended.  A store that is merely away is tried again and again.
 */
bool children_refused(const struct children *children);

/**
 * Start a role that lives on demand; target is the folder of a backup.
 *
 * Returns: 0, E_BUSY while it runs, E_UNSUPPORTED when it cannot start.
 */
NODISCARD int children_run(struct children *children, enum ipc_role role, struct slice target);
/** One frame to a child.  Returns: as ipc_send; E_CLOSED when it is not there. */
NODISCARD int children_tell(
	struct children *children, enum ipc_role to, enum msg_type type, struct slice payload);

/** JSON object {"roles":[…]} of every role: state, pid, restarts, sandbox, counters. */
void children_put_health(const struct children *children, struct buf *out);
