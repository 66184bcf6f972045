/* SPDX-License-Identifier: Apache-2.0 */
#include "sim.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"
#include "base/err.h"
#include "proto/snmp.h"

enum {
	SLOTS = 64,
	ROUNDS = 16,
	IN_OCTETS = 2048,
	CONTROL_OCTETS = 64,
	TABLE = 4 * SIM_DEVICES_MAX,
	SOCKET_OCTETS = 8 * 1024 * 1024,
};

/* One batch of datagrams in and their answers out. */
static struct {
	struct mmsghdr in[SLOTS];
	struct iovec in_part[SLOTS];
	struct sockaddr_in from[SLOTS];
	_Alignas(struct cmsghdr) uint8_t in_control[SLOTS][CONTROL_OCTETS];
	uint8_t octets[SLOTS][IN_OCTETS];
	struct mmsghdr out[SLOTS];
	struct iovec out_part[SLOTS];
	struct sockaddr_in to[SLOTS];
	_Alignas(struct cmsghdr) uint8_t out_control[SLOTS][CONTROL_OCTETS];
	struct buf answer[SLOTS];
	unsigned count;
} batch;

int64_t sim_now_ms(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int sim_open(struct sim *sim, uint16_t port)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(port) };
	int yes = 1;
	int octets = SOCKET_OCTETS;
	sim->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (sim->fd < 0) {
		return -errno;
	}
	if (setsockopt(sim->fd, SOL_SOCKET, SO_RCVBUFFORCE, &octets, sizeof(octets)) < 0) {
		(void)setsockopt(sim->fd, SOL_SOCKET, SO_RCVBUF, &octets, sizeof(octets));
	}
	if (setsockopt(sim->fd, SOL_SOCKET, SO_SNDBUFFORCE, &octets, sizeof(octets)) < 0) {
		(void)setsockopt(sim->fd, SOL_SOCKET, SO_SNDBUF, &octets, sizeof(octets));
	}
	if (setsockopt(sim->fd, IPPROTO_IP, IP_PKTINFO, &yes, sizeof(yes)) < 0 ||
		bind(sim->fd, (const struct sockaddr *)&any, sizeof(any)) < 0) {
		return -errno;
	}
	sim->devices = calloc(SIM_DEVICES_MAX, sizeof(struct device));
	sim->by_address = calloc(TABLE, sizeof(uint32_t));
	sim->heap = calloc(SIM_LATER_MAX, sizeof(struct sim_later));
	sim->trap_version = 1;
	for (size_t i = 0; i < SLOTS; i++) {
		buf_init(&batch.answer[i], SNMP_MESSAGE_MAX);
	}
	return sim->devices == NULL || sim->by_address == NULL || sim->heap == NULL ? -ENOMEM
										    : 0;
}

void sim_close(struct sim *sim)
{
	for (size_t i = 0; i < sim->count; i++) {
		device_fini(&sim->devices[i]);
	}
	for (size_t i = 0; i < sim->later_count; i++) {
		free(sim->heap[i].octets);
	}
	for (size_t i = 0; i < SLOTS; i++) {
		buf_fini(&batch.answer[i]);
	}
	while (sim->recordings != NULL) {
		struct recording *next = sim->recordings->next;
		(void)recording_destroy(sim->recordings);
		sim->recordings = next;
	}
	free(sim->devices);
	free(sim->by_address);
	free(sim->heap);
	if (sim->fd >= 0) {
		(void)close(sim->fd);
	}
}

static uint32_t *place_of(struct sim *sim, uint32_t address)
{
	uint32_t at = address * 2654435761u % TABLE;
	while (sim->by_address[at] != 0 &&
		sim->devices[sim->by_address[at] - 1].address != address) {
		at = (at + 1) % TABLE;
	}
	return &sim->by_address[at];
}

struct device *sim_find(struct sim *sim, uint32_t address)
{
	uint32_t index = *place_of(sim, address);
	return index == 0 ? NULL : &sim->devices[index - 1];
}

int sim_add(
	struct sim *sim, uint32_t address, uint32_t count, const struct recording *recording)
{
	int64_t now_ms = sim_now_ms();
	for (uint32_t i = 0; i < count; i++) {
		uint32_t *place = place_of(sim, address + i);
		if (*place != 0) {
			return E_EXISTS;
		}
		if (sim->count == SIM_DEVICES_MAX) {
			return E_LIMIT;
		}
		device_init(&sim->devices[sim->count++], address + i, recording, now_ms);
		*place = (uint32_t)sim->count;
	}
	return 0;
}

static void swap(struct sim_later *a, struct sim_later *b)
{
	struct sim_later kept = *a;
	*a = *b;
	*b = kept;
}

int sim_do_later(struct sim *sim, const struct sim_later *later)
{
	if (sim->later_count == SIM_LATER_MAX) {
		sim->later_refused++;
		free(later->octets);
		return E_LIMIT;
	}
	size_t at = sim->later_count++;
	sim->heap[at] = *later;
	while (at > 0 && sim->heap[(at - 1) / 2].due_ms > sim->heap[at].due_ms) {
		swap(&sim->heap[at], &sim->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	return 0;
}

static struct sim_later take_first(struct sim *sim)
{
	struct sim_later first = sim->heap[0];
	sim->heap[0] = sim->heap[--sim->later_count];
	size_t at = 0;
	for (;;) {
		size_t child = 2 * at + 1;
		if (child + 1 < sim->later_count &&
			sim->heap[child + 1].due_ms < sim->heap[child].due_ms) {
			child++;
		}
		if (child >= sim->later_count ||
			sim->heap[child].due_ms >= sim->heap[at].due_ms) {
			return first;
		}
		swap(&sim->heap[at], &sim->heap[child]);
		at = child;
	}
}

/* The answer comes from the address that was asked. */
static void address_out(struct msghdr *out, uint8_t *control, uint32_t from)
{
	struct in_pktinfo info = { .ipi_spec_dst.s_addr = htonl(from) };
	memset(control, 0, CONTROL_OCTETS);
	out->msg_control = control;
	out->msg_controllen = CMSG_SPACE(sizeof(info));
	struct cmsghdr *head = CMSG_FIRSTHDR(out);
	head->cmsg_level = IPPROTO_IP;
	head->cmsg_type = IP_PKTINFO;
	head->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(head), &info, sizeof(info));
}

static void send_one(struct sim *sim, const struct sim_later *later)
{
	_Alignas(struct cmsghdr) uint8_t control[CONTROL_OCTETS];
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(later->to_port),
		.sin_addr.s_addr = htonl(later->to) };
	struct iovec part = { later->octets, later->n };
	struct msghdr out = {
		.msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = &part, .msg_iovlen = 1
	};
	address_out(&out, control, later->from);
	(void)!sendmsg(sim->fd, &out, 0);
}

static void flap(struct sim *sim, struct sim_later later)
{
	struct device *device = sim_find(sim, later.from);
	if (device == NULL) {
		return;
	}
	(void)sim_set_port(sim, device, later.if_index, later.times % 2 == 0 ? 2 : 1);
	if (--later.times > 0) {
		later.due_ms += later.period_ms;
		(void)!sim_do_later(sim, &later);
	}
}

int sim_run_due(struct sim *sim)
{
	int64_t now_ms = sim_now_ms();
	while (sim->later_count > 0 && sim->heap[0].due_ms <= now_ms) {
		struct sim_later later = take_first(sim);
		if (later.act == SIM_SEND) {
			send_one(sim, &later);
			free(later.octets);
		} else {
			flap(sim, later);
		}
	}
	return sim->later_count == 0 ? -1 : (int)(sim->heap[0].due_ms - now_ms);
}

bool sim_set_port(struct sim *sim, struct device *device, uint32_t if_index, unsigned oper)
{
	if (!device_set_port(device, if_index, oper, sim_now_ms())) {
		return false;
	}
	sim_trap(sim, device, oper == 1 ? AGENT_LINK_UP : AGENT_LINK_DOWN, if_index);
	return true;
}

void sim_trap(struct sim *sim, const struct device *device, unsigned trap, uint32_t if_index)
{
	AUTO_BUF struct buf out;
	buf_init(&out, IN_OCTETS);
	if (sim->sink == 0 || device->dead ||
		agent_trap(device, sim->trap_version, (enum agent_trap)trap, if_index,
			sim_now_ms(), &out) < 0) {
		return;
	}
	struct sim_later now = { .from = device->address,
		.to = sim->sink,
		.to_port = sim->sink_port,
		.octets = out.p,
		.n = out.n };
	send_one(sim, &now);
}

static uint32_t asked_address(struct msghdr *in)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(in); c != NULL; c = CMSG_NXTHDR(in, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;
			memcpy(&info, CMSG_DATA(c), sizeof(info));
			return ntohl(info.ipi_addr.s_addr);
		}
	}
	return 0;
}

static void flush(struct sim *sim)
{
	unsigned sent = 0;
	while (sent < batch.count) {
		int n = sendmmsg(sim->fd, batch.out + sent, batch.count - sent, 0);
		/* A device's answer that does not fit the socket's buffer is lost, as on a wire. */
		sent += n > 0 ? (unsigned)n : 1;
	}
	batch.count = 0;
}

static void put_off(struct sim *sim, struct device *device, const struct sockaddr_in *to,
	struct slice octets)
{
	struct sim_later later = { .act = SIM_SEND,
		.from = device->address,
		.to = ntohl(to->sin_addr.s_addr),
		.to_port = ntohs(to->sin_port),
		.n = octets.n };
	later.due_ms = sim_now_ms() + device->delay_ms +
		       (device->jitter_ms > 0 ? device_chance(device, device->jitter_ms) : 0);
	later.octets = malloc(octets.n);
	if (later.octets != NULL) {
		memcpy(later.octets, octets.p, octets.n);
		(void)!sim_do_later(sim, &later);
	}
}

static void take(struct sim *sim, unsigned i, int64_t now_ms)
{
	struct device *device = sim_find(sim, asked_address(&batch.in[i].msg_hdr));
	struct slice datagram = slice_of(batch.octets[i], batch.in[i].msg_len);
	sim->asked++;
	if (device == NULL) {
		sim->strangers++;
		return;
	}
	struct buf *answer = &batch.answer[batch.count];
	buf_clear(answer);
	if (agent_answer(device, datagram, now_ms, answer) < 0) {
		return;
	}
	sim->answered++;
	if (device->delay_ms > 0 || device->jitter_ms > 0) {
		put_off(sim, device, &batch.from[i], buf_slice(answer));
		return;
	}
	if (device->twice) {
		put_off(sim, device, &batch.from[i], buf_slice(answer));
	}
	struct msghdr *out = &batch.out[batch.count].msg_hdr;
	batch.to[batch.count] = batch.from[i];
	batch.out_part[batch.count] = (struct iovec) { answer->p, answer->n };
	*out = (struct msghdr) { .msg_name = &batch.to[batch.count],
		.msg_namelen = sizeof(struct sockaddr_in),
		.msg_iov = &batch.out_part[batch.count],
		.msg_iovlen = 1 };
	address_out(out, batch.out_control[batch.count], device->address);
	batch.count++;
}

void sim_receive(struct sim *sim)
{
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < SLOTS; i++) {
			batch.in_part[i] = (struct iovec) { batch.octets[i], IN_OCTETS };
			batch.in[i].msg_hdr = (struct msghdr) { .msg_name = &batch.from[i],
				.msg_namelen = sizeof(struct sockaddr_in),
				.msg_iov = &batch.in_part[i],
				.msg_iovlen = 1,
				.msg_control = batch.in_control[i],
				.msg_controllen = CONTROL_OCTETS };
		}
		int n = recvmmsg(sim->fd, batch.in, SLOTS, MSG_DONTWAIT, NULL);
		int64_t now_ms = sim_now_ms();
		for (int i = 0; i < n; i++) {
			take(sim, (unsigned)i, now_ms);
		}
		flush(sim);
		if (n < SLOTS) {
			return;
		}
	}
}
