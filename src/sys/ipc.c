/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/ipc.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/rd.h"

/* Frames taken from one peer before others get their turn. */
enum { FRAMES_PER_TURN = 64 };

struct waiting {
	struct waiting *next;
	int fd;
	size_t octets;
	uint8_t frame[];
};

struct ipc {
	uv_poll_t poll;
	int fd;
	enum ipc_role self;
	enum ipc_role peer;
	ipc_frame_fn on_frame;
	ipc_closed_fn on_closed;
	void *ctx;
	struct waiting *first;
	struct waiting *last;
	size_t queued;
	uint64_t refused;
	bool closing;
	uint8_t *receive;
};

static void put_le(uint8_t *at, uint64_t value, size_t octets)
{
	for (size_t i = 0; i < octets; i++) {
		at[i] = (uint8_t)(value >> (8 * i));
	}
}

static void header_put(uint8_t at[IPC_HEADER_OCTETS], enum msg_type type, bool has_fd,
	uint32_t req, uint64_t trace, size_t length)
{
	put_le(at, (uint64_t)type, 2);
	put_le(at + 2, has_fd ? 1 : 0, 2);
	put_le(at + 4, length, 4);
	put_le(at + 8, req, 4);
	put_le(at + 12, trace, 8);
}

/* Returns 0, -EAGAIN when the socket is full, or another error. */
static int frame_write(
	int fd, const struct iovec *parts, size_t part_count, int send_fd, int flags)
{
	union {
		struct cmsghdr align;
		uint8_t room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr msg = { .msg_iov = (struct iovec *)(uintptr_t)parts,
		.msg_iovlen = part_count };
	if (send_fd >= 0) {
		msg.msg_control = control.room;
		msg.msg_controllen = sizeof(control.room);
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &send_fd, sizeof(int));
	}
	for (;;) {
		if (sendmsg(fd, &msg, MSG_NOSIGNAL | flags) >= 0) {
			return 0;
		}
		if (errno != EINTR) {
			return errno == EPIPE || errno == ECONNRESET ? E_CLOSED : -errno;
		}
	}
}

/* The descriptor that came with a message, or -1; more than one are all closed. */
static int fd_received(struct msghdr *msg)
{
	int found = -1;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) {
			continue;
		}
		size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int fd = -1;
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (found >= 0) {
				(void)close(found);
			}
			found = fd;
		}
	}
	return found;
}

static int frame_check(
	struct slice octets, enum ipc_role self, enum ipc_role peer, struct ipc_frame *frame)
{
	struct rd rd = rd_of(octets);
	uint16_t type = rd_u16(&rd);
	uint16_t has_fd = rd_u16(&rd);
	uint32_t length = rd_u32(&rd);
	frame->req = rd_u32(&rd);
	frame->trace = rd_u64(&rd);
	frame->type = (enum msg_type)type;
	frame->payload = rd.left;
	if (rd.failed || length != rd.left.n || (has_fd != 0) != (frame->fd >= 0)) {
		return E_FORMAT;
	}
	if (!msg_allowed(frame->type, peer, self) ||
		(frame->fd >= 0 && !msg_may_carry_fd(frame->type))) {
		return E_DENIED;
	}
	return 0;
}

/* One frame off the socket.  Returns 0, -EAGAIN, E_CLOSED or what is wrong with it. */
static int frame_read(int fd, enum ipc_role self, enum ipc_role peer, int flags,
	uint8_t *buffer, struct ipc_frame *ret_frame)
{
	union {
		struct cmsghdr align;
		uint8_t room[CMSG_SPACE(4 * sizeof(int))];
	} control = { 0 };
	struct iovec part = { buffer, IPC_FRAME_OCTETS_MAX };
	struct msghdr msg = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room) };
	ssize_t n = 0;
	do {
		n = recvmsg(fd, &msg, flags | MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0) {
		return errno == ECONNRESET ? E_CLOSED : -errno;
	}
	if (n == 0) {
		return E_CLOSED;
	}
	struct ipc_frame frame = { .fd = fd_received(&msg) };
	int error = (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0
			    ? E_FORMAT
			    : frame_check(slice_of(buffer, (size_t)n), self, peer, &frame);
	if (error < 0) {
		if (frame.fd >= 0) {
			(void)close(frame.fd);
		}
		return error;
	}
	*ret_frame = frame;
	return 0;
}

static void poll_update(struct ipc *ipc);

static void fail(struct ipc *ipc, const char *why)
{
	if (!ipc->closing) {
		(void)uv_poll_stop(&ipc->poll);
		ipc->on_closed(ipc->ctx, ipc, why);
	}
}

static void queue_flush(struct ipc *ipc)
{
	while (ipc->first != NULL) {
		struct waiting *w = ipc->first;
		struct iovec part = { w->frame, w->octets };
		int error = frame_write(ipc->fd, &part, 1, w->fd, MSG_DONTWAIT);
		if (error == -EAGAIN) {
			return;
		}
		ipc->first = w->next;
		ipc->last = ipc->first != NULL ? ipc->last : NULL;
		ipc->queued--;
		if (w->fd >= 0) {
			(void)close(w->fd);
		}
		free(w);
		if (error < 0) {
			fail(ipc, err_text(error));
			return;
		}
	}
	poll_update(ipc);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct ipc *ipc = poll->data;
	if (status < 0) {
		fail(ipc, "poll failed");
		return;
	}
	if ((events & UV_WRITABLE) != 0) {
		queue_flush(ipc);
	}
	for (int i = 0; i < FRAMES_PER_TURN && !ipc->closing && (events & UV_READABLE) != 0;
		i++) {
		struct ipc_frame frame = { 0 };
		int error = frame_read(
			ipc->fd, ipc->self, ipc->peer, MSG_DONTWAIT, ipc->receive, &frame);
		if (error == -EAGAIN) {
			return;
		}
		if (error < 0) {
			fail(ipc, error == E_CLOSED ? "closed" : err_text(error));
			return;
		}
		ipc->on_frame(ipc->ctx, ipc, &frame);
		if (frame.fd >= 0) {
			(void)close(frame.fd);
		}
	}
}

static void poll_update(struct ipc *ipc)
{
	if (!ipc->closing) {
		(void)uv_poll_start(&ipc->poll,
			UV_READABLE | (ipc->first != NULL ? UV_WRITABLE : 0), on_poll);
	}
}

struct ipc *ipc_create(uv_loop_t *loop, int own_fd, enum ipc_role self, enum ipc_role peer,
	ipc_frame_fn on_frame, ipc_closed_fn on_closed, void *ctx)
{
	struct ipc *ipc = calloc(1, sizeof(*ipc));
	uint8_t *receive = malloc(IPC_FRAME_OCTETS_MAX);
	if (ipc == NULL || receive == NULL) {
		abort();
	}
	*ipc = (struct ipc) { .fd = own_fd,
		.self = self,
		.peer = peer,
		.on_frame = on_frame,
		.on_closed = on_closed,
		.ctx = ctx,
		.receive = receive };
	if (uv_poll_init(loop, &ipc->poll, own_fd) != 0) {
		abort();
	}
	ipc->poll.data = ipc;
	poll_update(ipc);
	return ipc;
}

static void on_close(uv_handle_t *handle)
{
	struct ipc *ipc = handle->data;
	(void)close(ipc->fd);
	while (ipc->first != NULL) {
		struct waiting *w = ipc->first;
		ipc->first = w->next;
		if (w->fd >= 0) {
			(void)close(w->fd);
		}
		free(w);
	}
	free(ipc->receive);
	free(ipc);
}

struct ipc *ipc_destroy(struct ipc *ipc)
{
	if (ipc != NULL && !ipc->closing) {
		ipc->closing = true;
		uv_close((uv_handle_t *)&ipc->poll, on_close);
	}
	return NULL;
}

enum ipc_role ipc_peer(const struct ipc *ipc)
{
	return ipc->peer;
}

static int enqueue(struct ipc *ipc, const uint8_t *header, struct slice payload, int own_fd)
{
	struct waiting *w = ipc->queued < IPC_QUEUE_MAX
				    ? malloc(sizeof(*w) + IPC_HEADER_OCTETS + payload.n)
				    : NULL;
	if (w == NULL) {
		ipc->refused++;
		if (own_fd >= 0) {
			(void)close(own_fd);
		}
		return E_LIMIT;
	}
	*w = (struct waiting) { .fd = own_fd, .octets = IPC_HEADER_OCTETS + payload.n };
	memcpy(w->frame, header, IPC_HEADER_OCTETS);
	if (payload.n > 0) {
		memcpy(w->frame + IPC_HEADER_OCTETS, payload.p, payload.n);
	}
	if (ipc->last != NULL) {
		ipc->last->next = w;
	} else {
		ipc->first = w;
	}
	ipc->last = w;
	ipc->queued++;
	poll_update(ipc);
	return 0;
}

int ipc_send(struct ipc *ipc, enum msg_type type, uint32_t req, uint64_t trace,
	struct slice payload, int own_fd)
{
	int error = 0;
	if (ipc == NULL || ipc->closing) {
		error = E_CLOSED;
	} else if (!msg_allowed(type, ipc->self, ipc->peer) ||
		   (own_fd >= 0 && !msg_may_carry_fd(type))) {
		error = E_DENIED;
	} else if (payload.n > IPC_PAYLOAD_OCTETS_MAX) {
		error = E_LIMIT;
	}
	if (error == 0) {
		uint8_t header[IPC_HEADER_OCTETS];
		header_put(header, type, own_fd >= 0, req, trace, payload.n);
		struct iovec parts[2] = { { header, sizeof(header) },
			{ (void *)(uintptr_t)payload.p, payload.n } };
		error = ipc->first == NULL
				? frame_write(ipc->fd, parts, 2, own_fd, MSG_DONTWAIT)
				: -EAGAIN;
		if (error == -EAGAIN) {
			return enqueue(ipc, header, payload, own_fd);
		}
	}
	if (own_fd >= 0) {
		(void)close(own_fd);
	}
	return error;
}

uint64_t ipc_refused(const struct ipc *ipc)
{
	return ipc->refused;
}

size_t ipc_queued(const struct ipc *ipc)
{
	return ipc->queued;
}

int ipc_send_now(int fd, enum msg_type type, uint32_t req, struct slice payload, int send_fd)
{
	uint8_t header[IPC_HEADER_OCTETS];
	if (payload.n > IPC_PAYLOAD_OCTETS_MAX) {
		return E_LIMIT;
	}
	header_put(header, type, send_fd >= 0, req, 0, payload.n);
	struct iovec parts[2] = { { header, sizeof(header) },
		{ (void *)(uintptr_t)payload.p, payload.n } };
	return frame_write(fd, parts, 2, send_fd, 0);
}

int ipc_receive_now(int fd, enum ipc_role self, enum ipc_role peer,
	uint8_t buffer[IPC_FRAME_OCTETS_MAX], struct ipc_frame *ret_frame)
{
	return frame_read(fd, self, peer, 0, buffer, ret_frame);
}
