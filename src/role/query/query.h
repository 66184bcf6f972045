/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The parts of query, which answers every read: asks (views on pool threads,
 * each with a connection of its own) and the event stream.
 *
 * Layer: role.  Threading: the loop's thread but for the views themselves.
 */
#pragma once

#include "base/attr.h"
#include "base/buf.h"
#include "role/rule_shelf.h"
#include "role/runtime.h"

struct asks;
struct db;
struct stream;

struct query {
	struct runtime *rt;
	struct rule_shelf shelf; /* rules over figures that came with the product */
	struct asks *asks;
	struct stream *stream;
	int64_t seq;       /* highest commit_seq core has told */
	struct buf health; /* the parent's last word on every role */
};

/* asks.c */
NODISCARD int asks_open(struct query *query, struct asks **ret_asks, struct diag *diag);
struct asks *asks_close(struct asks *asks);
void asks_take(struct asks *asks, struct ipc_frame *frame);
/** More is on disk: those who waited for it go on. */
void asks_committed(struct asks *asks);
void asks_status(const struct asks *asks, struct jw *jw);

/* stream.c */
NODISCARD int stream_open(struct query *query, struct stream **ret_stream, struct diag *diag);
struct stream *stream_close(struct stream *stream);
void stream_frame(struct stream *stream, struct ipc_frame *frame);
void stream_committed(struct stream *stream);
/** web is gone: so are all who listened through it. */
void stream_forget(struct stream *stream);
void stream_status(const struct stream *stream, struct jw *jw);
