/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Typed frames between two processes over one SOCK_SEQPACKET socket, with at
 * most one descriptor each.  What may pass is schema/messages.toml; a peer
 * that sends anything else is cut off.
 *
 *   0      2      4          8          12                20
 *   | type | fd?  | length   | req      | trace           | payload … |
 *
 * All little-endian; length is the payload's.  req pairs an answer with its
 * question, trace follows one signal or command through every process.
 *
 * Layer: sys.  Threading: the loop's thread only.  Fuzz target: fuzz/messages.c.
 */
#pragma once

#include <stdint.h>
#include <uv.h>

#include "base/attr.h"
#include "base/slice.h"
#include "schema/messages.h"

enum {
	IPC_HEADER_OCTETS = 20,
	IPC_FRAME_OCTETS_MAX = 64 * 1024,
	IPC_PAYLOAD_OCTETS_MAX = IPC_FRAME_OCTETS_MAX - IPC_HEADER_OCTETS,
	IPC_QUEUE_MAX = 16384, /* frames waiting for a slow peer */
};

struct ipc;

struct ipc_frame {
	enum msg_type type;
	uint32_t req;
	uint64_t trace;
	struct slice payload; /* borrowed until the callback returns */
	int fd;               /* -1 = none; closed after the callback unless taken */
};

typedef void (*ipc_frame_fn)(void *ctx, struct ipc *ipc, struct ipc_frame *frame);
/** The peer is gone or misbehaved; the ipc may be destroyed inside. */
typedef void (*ipc_closed_fn)(void *ctx, struct ipc *ipc, const char *why);

/** Owns:    own_fd and the result; release with ipc_destroy. */
struct ipc *ipc_create(uv_loop_t *loop, int own_fd, enum ipc_role self, enum ipc_role peer,
	ipc_frame_fn on_frame, ipc_closed_fn on_closed, void *ctx);
/** Closes the socket; memory goes with the loop's next turn. */
struct ipc *ipc_destroy(struct ipc *ipc);

enum ipc_role ipc_peer(const struct ipc *ipc);

/**
 * Send one frame, or queue it when the peer is slow.
 *
 * Owns:    own_fd (-1 = none) is closed here in every case.
 * Returns: 0; E_LIMIT when the payload is too long or the queue is full
 *          (counted in ipc_refused); E_CLOSED; E_DENIED when the table forbids it.
 */
NODISCARD int ipc_send(struct ipc *ipc, enum msg_type type, uint32_t req, uint64_t trace,
	struct slice payload, int own_fd);

/** Frames refused because the peer was too slow. */
uint64_t ipc_refused(const struct ipc *ipc);
/** Frames waiting. */
size_t ipc_queued(const struct ipc *ipc);

/** A descriptor from a frame becomes the caller's. */
static inline int ipc_frame_take_fd(struct ipc_frame *frame)
{
	int fd = frame->fd;
	frame->fd = -1;
	return fd;
}

/**
 * Blocking send and receive for the time before a loop runs (start of a role,
 * the command line).  The frame's payload lives in buffer.
 *
 * Returns: 0, E_CLOSED at the end, E_FORMAT, E_DENIED or -errno.
 */
NODISCARD int ipc_send_now(
	int fd, enum msg_type type, uint32_t req, struct slice payload, int send_fd);
NODISCARD int ipc_receive_now(int fd, enum ipc_role self, enum ipc_role peer,
	uint8_t buffer[IPC_FRAME_OCTETS_MAX], struct ipc_frame *ret_frame);
