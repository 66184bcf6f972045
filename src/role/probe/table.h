/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The table of checks probe works by.  Nothing but what it names is ever probed.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include <stdint.h>

#include "model/scale.h"
#include "probe/check.h"
#include "probe/reach.h"

struct buf;
struct ipc_frame;
struct jw;
struct probe;
struct table;

enum { WATCH_LINES_MAX = 64 };
enum { TABLE_OCTETS_MAX = 64 * 1024 * 1024 };

/** An egress line, by the port of a device that carries it. */
struct watch_line {
	char *port;
	char *name;
};

/** One check of the table. */
struct watch {
	struct check_spec *spec;
	uint64_t digest; /* of its text in the table */
	uint64_t seen;   /* number of the table that last named it */
	enum alert_severity severity;
	int64_t parents[REACH_PARENTS_MAX]; /* checks it is reached through */
	uint8_t parent_count;
	uint8_t line_count;
	struct watch_line *lines;
	char *name;
	char *target;
	char *host; /* asset key: the address or name it points at, or this machine's name */
};

struct table *table_create(struct probe *probe);
/** The scheduler keeps its own copies. */
struct table *table_destroy(struct table *table);
/** A `checks` frame: the whole table, which replaces the last by difference. */
void table_take(struct table *table, struct ipc_frame *frame);
/** The check of this id, or NULL. */
const struct watch *table_get(const struct table *table, int64_t id);
/** Four octets for each IPv4 address a check names. */
void table_put_ipv4(const struct table *table, struct buf *out);
void table_status(const struct table *table, struct jw *jw);
