/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the parent has done by processes that live on demand: core asks, one is
 * started, its outcome goes back to core and is kept until core has heard it.
 * One that was killed said nothing: somebody must, and does here.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include <uv.h>

#include "sys/ipc.h"

struct children;
struct errands;

/** Owns: the result; children are borrowed. */
struct errands *errands_create(uv_loop_t *loop, struct children *children);
/** Close its handles; the loop must turn once more before errands_destroy. */
void errands_close(struct errands *errands);
struct errands *errands_destroy(struct errands *errands);

/** A child's frame; those that are no errand's are passed over. */
void errands_frame(struct errands *errands, enum ipc_role from, struct ipc_frame *frame);
/** A child on demand has ended. */
void errands_done(struct errands *errands, enum ipc_role role, const char *why);
