/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The syslog receiver: datagrams and streams on inherited sockets become log
 * rows in a tail.  The tail is written by rows/tail_loop.h on the same loop.
 *
 * Layer: collect.  Threading: the loop's thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/attr.h"
#include "base/slice.h"

struct logfields;
struct tail;

enum {
	COLLECT_SYSLOG_SOCKETS_MAX = 16,
	COLLECT_SYSLOG_CONNECTIONS_MAX = 512,
	COLLECT_SYSLOG_PER_SOURCE_MAX = 32, /* connections of one address */
	COLLECT_SYSLOG_SOURCES_MAX = 4096,  /* addresses counted apart; the rest together */
	COLLECT_SYSLOG_RATE_MAX = 20000,    /* messages a second of one address */
	COLLECT_SYSLOG_IDLE_MS = 15 * 60 * 1000,
	COLLECT_SYSLOG_RCVBUF =
		16 * 1024 * 1024, /* asked for; the kernel's rmem_max may give less */
};

struct collect_syslog_options {
	uv_loop_t *loop;
	const int *udp_fds; /* bound; taken over and made non-blocking */
	size_t udp_count;
	const int *tcp_fds; /* listening; taken over and made non-blocking */
	size_t tcp_count;
	struct tail *tail;             /* kind ROW_LOG; borrowed */
	const struct logfields *packs; /* borrowed; may be NULL */
	int32_t offset_min;            /* zone of times that name none */
	uint8_t seed[16];
	/* 0 takes the limit above. */
	unsigned connections_max;
	unsigned rate_max;
	unsigned idle_ms;
};

struct collect_syslog_counters {
	uint64_t datagrams;
	uint64_t stream_messages;
	uint64_t octets;
	uint64_t rows;         /* taken by the tail */
	uint64_t rows_refused; /* by the tail; it says why */
	uint64_t malformed;    /* stored all the same */
	uint64_t recoded;
	uint64_t cut;          /* longer than SYSLOG_RAW_MAX; the front is stored */
	uint64_t kernel_drops; /* SO_RXQ_OVFL */
	uint64_t rate_refused;
	uint64_t read_errors;
	uint64_t connections; /* open now */
	uint64_t connections_taken;
	uint64_t connections_refused; /* over a cap */
	uint64_t connections_idle;    /* closed for silence */
	uint64_t sources;
	uint64_t sources_refused; /* messages of addresses past COLLECT_SYSLOG_SOURCES_MAX */
};

/** What one address sent. */
struct collect_syslog_source {
	struct slice address;
	uint64_t messages;
	uint64_t octets;
	uint64_t malformed;
	uint64_t refused; /* over the rate */
	int64_t last_ms;
};

struct collect_syslog;

/**
 * Owns:    *ret_collect, and the descriptors once this succeeds.
 * Returns: 0, E_LIMIT past COLLECT_SYSLOG_SOCKETS_MAX, or -errno; then nothing was taken.
 */
NODISCARD int collect_syslog_create(
	const struct collect_syslog_options *options, struct collect_syslog **ret_collect);

/** Closes all sockets; the memory goes when the loop has run its close callbacks.  Returns: NULL. */
struct collect_syslog *collect_syslog_destroy(struct collect_syslog *collect);

const struct collect_syslog_counters *collect_syslog_counters(
	const struct collect_syslog *collect);

/** Walk the sources in no order; *cursor starts at 0.  Returns: 1, or 0 at the end. */
int collect_syslog_next_source(const struct collect_syslog *collect, size_t *cursor,
	struct collect_syslog_source *ret_source);
