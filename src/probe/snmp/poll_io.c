/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probe/snmp/poll_priv.h"

enum {
	CONTROL_OCTETS = 64,
	ROUNDS = 16,
	RCVBUF_OCTETS = 4 * 1024 * 1024,
	TICK_US = 8000,
	VLAN_TEXT = 8
};

/* Sending and receiving, a batch at a time. */
struct poll_batch {
	struct mmsghdr out[POLL_BATCH];
	struct iovec out_part[POLL_BATCH];
	union probe_sockaddr to[POLL_BATCH];
	struct buf octets[POLL_BATCH];
	unsigned count;
	unsigned family; /* index of all that wait here */
	struct mmsghdr in[POLL_BATCH];
	struct iovec in_part[POLL_BATCH];
	union probe_sockaddr from[POLL_BATCH];
	_Alignas(struct cmsghdr) uint8_t control[POLL_BATCH][CONTROL_OCTETS];
	/* Pages of long messages are touched only when one comes. */
	uint8_t reply[POLL_BATCH][POLL_REPLY_MAX];
};

struct poll_batch *poll_batch_create(void)
{
	struct poll_batch *batch = calloc(1, sizeof(*batch));
	if (batch == NULL) {
		abort();
	}
	for (size_t i = 0; i < POLL_BATCH; i++) {
		buf_init(&batch->octets[i], POLL_REQUEST_MAX);
	}
	return batch;
}

void poll_batch_destroy(struct poll_batch *batch)
{
	for (size_t i = 0; i < POLL_BATCH; i++) {
		buf_fini(&batch->octets[i]);
	}
	free(batch);
}

int poll_open_socket(unsigned family, int *ret_fd)
{
	int octets = RCVBUF_OCTETS;
	int yes = 1;
	int domain = family == 4 ? AF_INET : AF_INET6;
	int fd = socket(domain, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		return -errno;
	}
	/* Beyond rmem_max only with CAP_NET_ADMIN; whatever we get is fine. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &octets, sizeof(octets)) < 0) {
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &octets, sizeof(octets));
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &yes, sizeof(yes));
	/* An explicit port now: one that is chosen at the first sending cannot be waited on. */
	union probe_sockaddr any = { .sa.sa_family = (sa_family_t)domain };
	socklen_t n = family == 4 ? sizeof(any.in4) : sizeof(any.in6);
	if (bind(fd, &any.sa, n) < 0) {
		int error = -errno;
		(void)close(fd);
		return error;
	}
	*ret_fd = fd;
	return 0;
}

static void wait_for(struct poller *poller, uint32_t at)
{
	struct poll_device *device = &poller->devices[at];
	uint32_t ms = pace_wait_ms(&device->pace, device->attempt);
	device->tick = (uint64_t)poll_now_us() / TICK_US + ms / POLL_TICK_MS + 1;
	uint32_t *head = &poller->wheel[device->tick % POLL_WHEEL];
	device->prev = POLL_NONE;
	device->next = *head;
	if (*head != POLL_NONE) {
		poller->devices[*head].prev = at;
	}
	*head = at;
	if (poller->stats.under_way++ == 0) {
		poller->wheel_tick = (uint64_t)poll_now_us() / TICK_US;
		(void)uv_timer_start(&poller->clock, poll_on_clock, POLL_TICK_MS, POLL_TICK_MS);
	}
}

void poll_stop_waiting(struct poller *poller, uint32_t at)
{
	struct poll_device *device = &poller->devices[at];
	if (device->tick == 0) {
		return;
	}
	if (device->next != POLL_NONE) {
		poller->devices[device->next].prev = device->prev;
	}
	if (device->prev != POLL_NONE) {
		poller->devices[device->prev].next = device->next;
	} else {
		poller->wheel[device->tick % POLL_WHEEL] = device->next;
	}
	device->tick = 0;
	device->request_id = 0;
	if (--poller->stats.under_way == 0) {
		(void)uv_timer_stop(&poller->clock);
	}
}

/* The device's place in the low half, what nobody can guess in the high. */
static int32_t new_id(struct poller *poller, uint32_t at)
{
	uint64_t z = poller->nonce += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (int32_t)((z >> 33 & 0x7fff0000u) | at);
}

static bool put_request(struct poll_device *device, struct buf *out)
{
	if (device->v3 != NULL) {
		return session_put_request(device, out, poll_now_us() / 1000);
	}
	char behind[VLAN_TEXT] = "";
	uint8_t community[POLL_COMMUNITY_MAX + VLAN_TEXT];
	int n = poll_vlan(device) != 0
			? snprintf(behind, sizeof(behind), "@%u", poll_vlan(device))
			: 0;
	memcpy(community, device->community, device->community_n);
	memcpy(community + device->community_n, behind, (size_t)n);
	struct snmp_msg head = { .version = (enum snmp_version)device->version,
		.kind = SNMP_GET,
		.community = slice_of(community, (size_t)device->community_n + (size_t)n),
		.request_id = device->request_id };
	return walk_put_request(device, &head, out, false);
}

void poll_send(struct poller *poller, uint32_t at)
{
	struct poll_device *device = &poller->devices[at];
	struct poll_batch *batch = poller->batch;
	unsigned family = device->addr.family == 6;
	if (batch->count == POLL_BATCH || (batch->count > 0 && batch->family != family)) {
		poll_flush(poller);
	}
	/* A repeat keeps its number, so that a slow answer to the first is one, too. */
	int32_t id = device->attempt == 0 ? new_id(poller, at) : device->request_id;
	poll_stop_waiting(poller, at);
	device->request_id = id;
	if (device->attempt == 0) {
		device->sent_us = poll_now_us();
	}
	struct poll_job *job = device->jobs;
	if (job->answer.began_us == 0) {
		job->answer.began_us = poll_now_us();
	}
	job->answer.requests++;
	wait_for(poller, at);
	struct buf *out = &batch->octets[batch->count];
	buf_clear(out);
	if (!put_request(device, out)) {
		return;
	}
	unsigned i = batch->count++;
	batch->family = family;
	batch->out_part[i] = (struct iovec) { out->p, out->n };
	socklen_t n = probe_addr_to_sockaddr(&device->addr, device->port, &batch->to[i]);
	batch->out[i].msg_hdr = (struct msghdr) { .msg_name = &batch->to[i],
		.msg_namelen = n,
		.msg_iov = &batch->out_part[i],
		.msg_iovlen = 1 };
	poll_soon(poller);
}

/* What the socket does not take is as good as lost: the time-out sends it again. */
void poll_flush(struct poller *poller)
{
	struct poll_batch *batch = poller->batch;
	unsigned done = 0;
	while (done < batch->count) {
		int n = sendmmsg(poller->by_family[batch->family].fd, batch->out + done,
			batch->count - done, MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == ENOBUFS)) {
			break;
		}
		if (n < 0 && errno == EINTR) {
			continue;
		}
		poller->stats.sent += n > 0 ? (uint64_t)n : 0;
		done += n > 0 ? (unsigned)n : 1;
	}
	poller->stats.unsent += batch->count - done;
	batch->count = 0;
}

/* Silence twice: perhaps the answer is too long for its way. */
static void slice_smaller(struct poll_device *device)
{
	if (device->attempt >= 1 && device->asked_rows > 1) {
		(void)pace_refused(
			&device->pace, (unsigned)device->asked_rows * device->asked_names);
		device->asked_rows = pace_repetitions(&device->pace, device->asked_names);
		device->jobs->answer.faults |= POLL_SLICED;
	}
}

static void on_timeout(struct poller *poller, uint32_t at)
{
	struct poll_device *device = &poller->devices[at];
	struct poll_job *job = device->jobs;
	bool once = device->stage == POLL_PROBE;
	if (!once && device->attempt < device->repeats) {
		slice_smaller(device);
		device->attempt++;
		job->answer.repeats++;
		poller->stats.repeats++;
		poll_send(poller, at);
		return;
	}
	bool silent = device->v3 != NULL && !job->malformed_seen;
	job->answer.denial = silent ? session_give_up(device->v3) : POLL_DENIED_NOT;
	if (job->answer.denial != POLL_DENIED_NOT) {
		poll_end_job(poller, at, POLL_DENIED);
		return;
	}
	breaker_bad(&device->breaker, poll_now_us() / 1000, (uint8_t)poller->nonce);
	poll_end_job(poller, at,
		job->malformed_seen ? POLL_GARBAGE
		: once              ? POLL_DEAD
				    : POLL_TIMEOUT);
}

void poll_on_clock(uv_timer_t *timer)
{
	struct poller *poller = timer->data;
	uint64_t now = (uint64_t)poll_now_us() / TICK_US;
	/* After a long stop each bucket is looked into once. */
	uint64_t from =
		now - poller->wheel_tick > POLL_WHEEL ? now - POLL_WHEEL : poller->wheel_tick;
	poller->wheel_tick = now + 1;
	for (uint64_t tick = from; tick <= now; tick++) {
		uint32_t at = poller->wheel[tick % POLL_WHEEL];
		while (at != POLL_NONE) {
			uint32_t next = poller->devices[at].next;
			if (poller->devices[at].tick <= now) {
				on_timeout(poller, at);
				/* Sending again may have changed this very list: begin it anew. */
				next = poller->wheel[tick % POLL_WHEEL];
			}
			at = next;
		}
	}
	poll_flush(poller);
}

static void count_drops(struct poll_family *family, struct msghdr *message)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL;
		c = CMSG_NXTHDR(message, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
			uint32_t drops = 0;
			memcpy(&drops, CMSG_DATA(c), sizeof(drops));
			family->poller->stats.kernel_dropped +=
				(uint32_t)(drops - family->dropped_seen);
			family->dropped_seen = drops;
		}
	}
}

static int receive_batch(struct poll_family *family)
{
	struct poll_batch *batch = family->poller->batch;
	for (size_t i = 0; i < POLL_BATCH; i++) {
		batch->in_part[i] = (struct iovec) { batch->reply[i], POLL_REPLY_MAX };
		batch->in[i].msg_hdr = (struct msghdr) { .msg_name = &batch->from[i],
			.msg_namelen = sizeof(batch->from[i]),
			.msg_iov = &batch->in_part[i],
			.msg_iovlen = 1,
			.msg_control = batch->control[i],
			.msg_controllen = CONTROL_OCTETS };
	}
	int n = recvmmsg(family->fd, batch->in, POLL_BATCH, MSG_DONTWAIT, NULL);
	for (int i = 0; i < n && !family->poller->closing; i++) {
		count_drops(family, &batch->in[i].msg_hdr);
		struct probe_addr from = probe_addr_of_sockaddr(&batch->from[i].sa);
		uint16_t port = ntohs(from.family == 6 ? batch->from[i].in6.sin6_port
						       : batch->from[i].in4.sin_port);
		family->poller->stats.received++;
		poll_take(family, slice_of(batch->reply[i], batch->in[i].msg_len), &from, port);
	}
	return n;
}

void poll_readable(uv_poll_t *handle, int status, int events)
{
	struct poll_family *family = handle->data;
	(void)status;
	(void)events;
	for (int round = 0; round < ROUNDS && !family->poller->closing; round++) {
		int n = receive_batch(family);
		if (!family->poller->closing) {
			poll_flush(family->poller);
		}
		if (n < POLL_BATCH) {
			return;
		}
	}
}
