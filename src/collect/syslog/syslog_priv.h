/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Inside the syslog receiver.
 *
 * Layer: collect, seen by this folder only.
 */
#pragma once

#include <stdbool.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "collect/syslog/syslog.h"
#include "proto/syslog_frame.h"

struct arena;
struct map;

enum { ADDRESS_MAX = 46 };

struct source {
	char address[ADDRESS_MAX];
	uint64_t messages;
	uint64_t octets;
	uint64_t malformed;
	uint64_t refused;
	int64_t last_ms;
	int64_t second; /* the one rate counts */
	unsigned rate;
	unsigned connections;
};

/** A bound or listening socket. */
struct intake {
	uv_poll_t poll;
	struct collect_syslog *collect;
	int fd;
	uint32_t drops; /* the kernel's count when last seen */
};

struct connection {
	uv_poll_t poll;
	struct collect_syslog *collect;
	struct connection *next;
	struct connection *prev;
	int fd;
	struct source *source;
	struct syslog_frame frame;
	uint64_t last_ms; /* loop time */
};

struct datagrams;

struct collect_syslog {
	struct collect_syslog_options options;
	struct intake udp[COLLECT_SYSLOG_SOCKETS_MAX];
	struct intake tcp[COLLECT_SYSLOG_SOCKETS_MAX];
	uv_timer_t sweep;
	struct connection *connections;
	struct map *sources; /* address → struct source */
	struct source rest;  /* all addresses past the limit */
	struct arena *turn;
	struct buf fields;
	struct datagrams *datagrams;
	uint8_t *stream; /* one read's octets */
	struct collect_syslog_counters counters;
	size_t handles; /* not yet closed */
};

/** The source of an address; the shared one when the table is full. */
struct source *collect_syslog_source_of(
	struct collect_syslog *collect, const struct sockaddr_storage *address);
/** One message: decode, count, append. */
void collect_syslog_take(
	struct collect_syslog *collect, struct source *source, struct slice raw);

void collect_syslog_udp_ready(uv_poll_t *poll, int status, int events);
NODISCARD int collect_syslog_udp_prepare(struct intake *intake);
struct datagrams *collect_syslog_datagrams_create(void);

void collect_syslog_tcp_ready(uv_poll_t *poll, int status, int events);
void collect_syslog_tcp_sweep(struct collect_syslog *collect);
void collect_syslog_tcp_close_all(struct collect_syslog *collect);

/** After a handle of the receiver has closed; the last one frees it. */
void collect_syslog_closed(struct collect_syslog *collect);
