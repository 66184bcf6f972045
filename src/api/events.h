/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Events waiting for one slow reader of the stream: bounded, one per topic
 * and record.  When too many records changed the reader is told to read all
 * of it again instead.
 *
 * Layer: api.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

/** Waiting events of one reader; its topics are at most this long. */
enum { EVENTS_WAITING_MAX = 256, EVENTS_TOPIC_OCTETS_MAX = 32 };

struct event {
	int64_t seq;
	int64_t id;
	int64_t version;
	char topic[EVENTS_TOPIC_OCTETS_MAX + 1];
};

struct events {
	struct event *waiting; /* oldest first */
	size_t count;
	size_t room;
	int64_t resync_seq; /* > 0: tell the reader to read everything again */
	uint64_t coalesced;
	uint64_t overflows;
};

void events_fini(struct events *events);

/**
 * Add an event; an older one of the same topic and record is taken out, so
 * that the sequence stays ascending and a reader that reconnects after any
 * event misses nothing.  An event that does not fit turns all into a resync.
 */
void events_put(struct events *events, const struct event *event);

/** Forget everything waiting and tell the reader to read again up to seq. */
void events_resync(struct events *events, int64_t seq);

/**
 * Append the next message in the form of text/event-stream and forget it.
 *
 * Source:  HTML Living Standard section 9.2.
 * Returns: false when nothing waits.
 */
bool events_take(struct events *events, struct buf *out);
