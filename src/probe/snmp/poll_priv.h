/* SPDX-License-Identifier: Apache-2.0 */
/** What the files of the poller share; seen by this folder only. */
#pragma once

#include <stdbool.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "probe/snmp/breaker.h"
#include "probe/snmp/pace.h"
#include "probe/snmp/poll.h"

enum {
	POLL_NONE = 0x7fffffff, /* end of a list of devices */
	POLL_WHEEL = 1024,
	POLL_TICK_MS = 8,
	POLL_BATCH = 64,
	POLL_REQUEST_MAX = 16384,
	POLL_REPLY_MAX = 65536,
};

struct map;
struct poll_v3;

/** A column under way, or an object of a GET. */
struct poll_name {
	uint8_t base_n;
	uint8_t last_n;
	bool done;
	uint8_t base[POLL_NAME_OCTETS_MAX];
	uint8_t last[POLL_NAME_OCTETS_MAX];
};

struct poll_job {
	struct poll_job *next;
	bool is_walk;
	bool malformed_seen;
	uint16_t vlan;
	void (*done)(void *user, const struct poll_answer *answer);
	void *user;
	struct poll_answer answer;
	size_t count;
	struct poll_name names[];
};

enum poll_stage {
	POLL_IDLE,
	POLL_PROBE,    /* the breaker's one question */
	POLL_DISCOVER, /* version 3: which engine is it, and what does its clock say */
	POLL_JOB,
};

struct poll_device {
	struct probe_addr addr;
	uint16_t port;
	uint8_t version;
	uint8_t repeats;
	bool used;
	uint8_t stage;
	uint8_t attempt;
	uint8_t queued;      /* jobs */
	uint8_t asked_names; /* in the request under way */
	uint16_t asked_rows;
	uint8_t asked[POLL_NAMES_MAX]; /* which of the job's names */
	int32_t request_id;
	int64_t sent_us; /* first sending of the request under way */
	uint64_t tick;   /* of its time-out */
	uint32_t prev;
	uint32_t next;
	struct pace pace;
	struct breaker breaker;
	struct poll_job *jobs;
	struct poll_v3 *v3;
	uint8_t community_n;
	uint8_t community[POLL_COMMUNITY_MAX];
};

struct poll_family {
	struct poller *poller;
	uv_poll_t poll;
	int fd;
	uint32_t dropped_seen;
};

struct poll_batch;

struct poller {
	uv_loop_t *loop;
	uv_timer_t soon;
	uv_timer_t clock;
	unsigned handles;
	bool closing;
	struct poll_family by_family[2];
	struct map *by_addr; /* address and port → device */
	struct poll_device *devices;
	uint32_t devices_max;
	uint32_t free; /* list by next */
	uint32_t wheel[POLL_WHEEL];
	uint64_t wheel_tick;
	uint64_t nonce;
	struct poll_job *ended; /* answers to give on the next turn */
	struct poll_job **ended_end;
	struct poll_batch *batch;
	struct poll_stats stats;
};

/** poll.c: the life of jobs. */
void poll_begin_next(struct poller *poller, uint32_t at);
void poll_end_job(struct poller *poller, uint32_t at, enum poll_end end);
void poll_soon(struct poller *poller);
struct poll_device *poll_find(
	const struct poller *poller, const struct probe_addr *addr, uint16_t port);
void poll_job_free(struct poll_job *job);

/** The VLAN that the request under way is about, 0 = the whole device. */
static inline unsigned poll_vlan(const struct poll_device *device)
{
	return device->stage == POLL_JOB && device->jobs != NULL ? device->jobs->vlan : 0;
}

/** poll_io.c: sockets and time-outs. */
NODISCARD int poll_open_socket(unsigned family, int *ret_fd);
struct poll_batch *poll_batch_create(void);
void poll_batch_destroy(struct poll_batch *batch);
void poll_send(struct poller *poller, uint32_t at);
void poll_flush(struct poller *poller);
void poll_readable(uv_poll_t *handle, int status, int events);
void poll_stop_waiting(struct poller *poller, uint32_t at);
void poll_on_clock(uv_timer_t *timer);

/** walk.c: what to ask next, and what the answer means. */
enum poll_next { POLL_NEXT_ASK, POLL_NEXT_DONE, POLL_NEXT_ERROR };
/** The request for this step, as a message or as a bare PDU.  False when it does not fit. */
bool walk_put_request(const struct poll_device *device, const struct snmp_msg *head,
	struct buf *out, bool bare);
/** Chooses what the next request asks. */
void walk_choose(struct poll_device *device);
enum poll_next walk_take(struct poll_device *device, const struct snmp_msg *msg);
bool walk_is_done(const struct poll_job *job);

/** session.c: version 3. */
NODISCARD int session_create(const struct usm_user *user, struct poll_v3 **ret_v3);
void session_destroy(struct poll_v3 *v3);
bool session_is_known(const struct poll_v3 *v3);
bool session_put_request(const struct poll_device *device, struct buf *out, int64_t now_ms);
enum session_says { SESSION_ANSWER, SESSION_AGAIN, SESSION_DENIED, SESSION_IGNORE };
/** Checks and opens a message of version 3; *msg is completed in place. */
enum session_says session_open_reply(struct poll_device *device, struct slice datagram,
	struct snmp_msg *msg, int64_t now_ms);
/**
 * Silence to the end.  Had it told its engine and then not answered what is
 * encrypted?  Then that is why, and its engine is asked for again: the next
 * silence may be that of a device that is gone.
 */
enum poll_denial session_give_up(struct poll_v3 *v3);
/** Why it was denied last. */
enum poll_denial session_denial(const struct poll_v3 *v3);
/** poll_reply.c */
void poll_take(struct poll_family *family, struct slice datagram, const struct probe_addr *from,
	uint16_t from_port);
int64_t poll_now_us(void);
