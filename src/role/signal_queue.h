/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Signals on their way to core, in order, kept until core says they are on
 * disk.  When core comes back, all that it has not confirmed go again.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct ipc_frame;
struct jw;
struct runtime;
struct signal;
struct signal_queue;

enum { SIGNAL_QUEUE_MAX = 4096 };

/** Owns:    the result; release with signal_queue_destroy. */
struct signal_queue *signal_queue_create(struct runtime *rt);
struct signal_queue *signal_queue_destroy(struct signal_queue *queue);

/**
 * Take one signal, and send it when core is there.
 *
 * Owns:    texts are copied.
 * Returns: 0, or E_LIMIT when the queue is full or the signal does not fit a
 *          frame; it is counted as refused.
 */
NODISCARD int signal_queue_put(struct signal_queue *queue, const struct signal *signal);

/** A `signal_taken` frame came. */
void signal_queue_taken(struct signal_queue *queue, const struct ipc_frame *frame);
/** The channel to core came up anew, or went. */
void signal_queue_peer(struct signal_queue *queue, bool up);

/** Kept and not confirmed. */
size_t signal_queue_count(const struct signal_queue *queue);
/** Members signals_queued, signals_sent, signals_refused of the role's counters. */
void signal_queue_status(const struct signal_queue *queue, struct jw *jw);
