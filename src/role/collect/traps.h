/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Traps into the tail of log lines: each that is news is one line of
 * "snmptrap", its objects in the fields, its community masked.  Of a port
 * that changed probe is told whom to look at; what a trap says is believed by
 * nobody, for anyone can send one.
 *
 * Layer: role.
 */
#pragma once

#include "base/attr.h"
#include "base/buf.h"

struct collect_trap;
struct heard;
struct jw;
struct runtime;
struct tail;

struct traps {
	struct collect_trap *receiver; /* NULL: no socket was given */
	struct runtime *rt;
	struct heard *heard; /* who sends is said there */
	struct tail *tail;
	struct buf fields;
	struct buf text;
	uint64_t rows;
	uint64_t rows_refused;
	uint64_t looks; /* probe was told of */
};

/** Listen on the handle "trap_udp" if there is one; tail is borrowed.  Returns: 0 or as collect_trap_create. */
NODISCARD int traps_begin(struct traps *traps, struct runtime *rt, struct tail *tail);
void traps_end(struct traps *traps);

/** The counters, as members of the role's status. */
void traps_status(const struct traps *traps, struct jw *jw);
