/* SPDX-License-Identifier: Apache-2.0 */
/** What the files of the echo engine share; seen by this folder only. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "probe/icmp/ping.h"

enum {
	PING_NONE = 0x7fffffff, /* end of a list of slots */
	PING_WHEEL = 1024,      /* buckets; a longer time-out goes round again */
	PING_TICK_MS = 4,       /* a look waits for the time-out before it, and looks add up */
	PING_BATCH = 64,
	PING_BATCHES = 64, /* in one turn, then the rest of the loop has its say */
};

enum ping_slot_state { PING_FREE, PING_QUEUED, PING_SENT };

struct ping_slot {
	struct check_sink sink;
	struct probe_addr addr;
	int64_t check_id;
	int64_t sent_real_ns;
	int64_t sent_mono_ns;
	uint64_t tick; /* of the time-out, once sent */
	uint32_t timeout_ms;
	uint32_t warn_latency_ms;
	uint32_t generation;
	uint32_t next;
	uint32_t prev;
	uint8_t state;
};

struct ping_list {
	uint32_t head;
	uint32_t tail;
};

struct ping_family {
	struct ping *ping;
	uv_poll_t poll;
	int fd;
	unsigned family;       /* 4 or 6 */
	uint32_t dropped_seen; /* the kernel's running count */
	struct ping_list queue;
};

struct ping {
	uv_loop_t *loop;
	uv_timer_t pace;
	uv_timer_t expiry;
	uint64_t expiry_tick; /* armed for, UINT64_MAX = not */
	unsigned handles;
	bool closing;
	struct ping_family by_family[2];
	uint8_t key[16];
	uint16_t id;
	uint32_t slot_count;
	uint32_t rate_per_s;
	int64_t tokens_ns; /* credit, one request costs 1e9 / rate */
	int64_t refilled_mono_ns;
	int64_t received_mono_ns; /* when the batch at hand was read */
	struct ping_slot *slots;
	struct ping_list free;
	struct ping_list wheel[PING_WHEEL];
	uint64_t wheel_tick; /* everything before it has expired */
	struct ping_stats stats;
};

/** Time stamps, drop counter, receive buffer, headers of our own and the filter on our identifier. */
NODISCARD int ping_prepare_socket(int fd, unsigned family, uint16_t id);

/** Lists of slots. */
void ping_list_init(struct ping_list *list);
void ping_list_append(struct ping *ping, struct ping_list *list, uint32_t at);
void ping_list_remove(struct ping *ping, struct ping_list *list, uint32_t at);

uint64_t ping_cookie(const struct ping *ping, uint32_t at);
int64_t ping_clock_ns(clockid_t clock);

/** Frees the slot, then gives the result. */
void ping_finish(struct ping *ping, uint32_t at, enum check_state state, const char *code,
	struct check_result *result);
/** A result about the slot, to be filled before ping_finish. */
void ping_result_init(const struct ping *ping, uint32_t at, struct check_result *result);

/** Start the time-out of a request that went out. */
void ping_wait(struct ping *ping, uint32_t at);

/** Send what the bucket allows, after the callback that is running. */
void ping_flush_soon(struct ping *ping);
/** Read until there is no more, at most so many batches. */
void ping_receive(struct ping_family *family, uint32_t batches);
