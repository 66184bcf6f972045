/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "collect/syslog/syslog_priv.h"
#include "proto/syslog.h"

enum { SLOTS = 32, ROUNDS_MAX = 8, CONTROL_OCTETS = 64 };

/* Pages of slots that only ever hold short messages are never touched. */
struct datagrams {
	struct mmsghdr header[SLOTS];
	struct iovec part[SLOTS];
	struct sockaddr_storage from[SLOTS];
	_Alignas(struct cmsghdr) uint8_t control[SLOTS][CONTROL_OCTETS];
	uint8_t octets[SLOTS][SYSLOG_RAW_MAX];
};

struct datagrams *collect_syslog_datagrams_create(void)
{
	struct datagrams *d = calloc(1, sizeof(*d));
	if (d == NULL) {
		abort();
	}
	for (size_t i = 0; i < SLOTS; i++) {
		d->part[i] = (struct iovec) { d->octets[i], SYSLOG_RAW_MAX };
	}
	return d;
}

int collect_syslog_udp_prepare(struct intake *intake)
{
	int yes = 1;
	int size = COLLECT_SYSLOG_RCVBUF;
	if (setsockopt(intake->fd, SOL_SOCKET, SO_RXQ_OVFL, &yes, sizeof(yes)) < 0) {
		return -errno;
	}
	/* Beyond rmem_max only with CAP_NET_ADMIN; whatever we get is fine. */
	if (setsockopt(intake->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0) {
		(void)setsockopt(intake->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	}
	return 0;
}

static void arm(struct datagrams *d)
{
	for (size_t i = 0; i < SLOTS; i++) {
		d->header[i].msg_hdr = (struct msghdr) {
			.msg_name = &d->from[i],
			.msg_namelen = sizeof(d->from[i]),
			.msg_iov = &d->part[i],
			.msg_iovlen = 1,
			.msg_control = d->control[i],
			.msg_controllen = CONTROL_OCTETS,
		};
	}
}

/* The kernel gives its count with a datagram only after the first drop; it wraps at 2^32. */
static void count_drops(struct intake *intake, struct msghdr *message)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL;
		c = CMSG_NXTHDR(message, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
			uint32_t drops = 0;
			memcpy(&drops, CMSG_DATA(c), sizeof(drops));
			intake->collect->counters.kernel_drops +=
				(uint32_t)(drops - intake->drops);
			intake->drops = drops;
		}
	}
}

static void take(struct intake *intake, size_t i)
{
	struct collect_syslog *collect = intake->collect;
	struct datagrams *d = collect->datagrams;
	struct mmsghdr *m = &d->header[i];
	count_drops(intake, &m->msg_hdr);
	collect->counters.datagrams++;
	collect->counters.cut += (m->msg_hdr.msg_flags & MSG_TRUNC) != 0;
	struct source *source = collect_syslog_source_of(collect, &d->from[i]);
	collect_syslog_take(collect, source, slice_of(d->octets[i], m->msg_len));
}

void collect_syslog_udp_ready(uv_poll_t *poll, int status, int events)
{
	struct intake *intake = poll->data;
	struct datagrams *d = intake->collect->datagrams;
	(void)status;
	(void)events;
	for (int round = 0; round < ROUNDS_MAX; round++) {
		arm(d);
		int n = recvmmsg(intake->fd, d->header, SLOTS, MSG_DONTWAIT, NULL);
		if (n < 0) {
			intake->collect->counters.read_errors +=
				errno != EAGAIN && errno != EINTR;
			return;
		}
		for (int i = 0; i < n; i++) {
			take(intake, (size_t)i);
		}
		if (n < SLOTS) {
			return;
		}
	}
}
