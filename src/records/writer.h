/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The one thread that writes records.  Commands wait in a bounded queue; it
 * takes what waits, at most BATCH_COMMANDS_MAX, runs them as one batch, and
 * gives the answers back to the thread that asked.
 *
 * Layer: records.  Threading: create before the fence (it starts a thread);
 * submit, deliver and stop on one thread, the loop's.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "records/batch.h"

struct writer;

enum { WRITER_QUEUE_MAX = 1024 };

struct writer_conf {
	struct batch *batch; /* the writer's own from now on, with its connection */
	size_t queue_max;    /* 0 = WRITER_QUEUE_MAX */
	void (*wake)(
		void *arg); /* called on the writer's thread: answers wait; uv_async_send */
	void *wake_arg;
};

struct writer_stats {
	uint64_t commands; /* answered */
	uint64_t batches;
	uint64_t refused; /* came while the queue was full */
	size_t waiting;
	int64_t longest_ms; /* batch so far */
};

/** Owns:    *ret_writer, release with writer_stop.  Returns: 0 or -errno. */
NODISCARD int writer_start(const struct writer_conf *conf, struct writer **ret_writer);

/**
 * Ask.  command->done is called later, by writer_deliver, exactly once.
 *
 * Owns:    the command stays the caller's, untouched until then.
 * Returns: 0, or E_BUSY when the queue is full (counted; done is not called).
 */
NODISCARD int writer_submit(struct writer *writer, struct command *command);

/** Call done for every answer that waits.  Returns: how many. */
size_t writer_deliver(struct writer *writer);

/** Figures for the health page. */
void writer_stats(struct writer *writer, struct writer_stats *ret_stats);

/**
 * Run what was asked, deliver it, and end the thread.  NULL is fine.
 *
 * Returns: NULL.
 */
struct writer *writer_stop(struct writer *writer);
