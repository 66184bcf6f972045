/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Checks asked for out of turn, by a verification.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

struct asks;
struct ipc_frame;
struct jw;
struct probe;

enum { ASKS_MAX = 64 }; /* asked for and not answered yet */

struct asks *asks_create(struct probe *probe);
/** What is under way has been dropped with the prober. */
struct asks *asks_destroy(struct asks *asks);
/** A `probe_ask` frame: one fresh check, answered by `probe_done`. */
void asks_take(struct asks *asks, const struct ipc_frame *frame);
void asks_status(const struct asks *asks, struct jw *jw);
