/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Messages out of a TCP stream of syslog, octet by octet as they come.  Each
 * message chooses its own framing: a count, a space and "<" is octet
 * counting, anything else runs to the next LF.
 *
 * Layer: proto.  Threading: one owner.  Fuzz target: fuzz/syslog_frame.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

enum syslog_frame_state { FRAME_FRONT, FRAME_COUNTED, FRAME_LINE };

struct syslog_frame {
	enum syslog_frame_state state;
	bool given;       /* held was handed out by the last call */
	struct buf held;  /* of the message not yet complete */
	size_t max;       /* longer messages are cut to this */
	uint64_t count;   /* octets of a counted message still to come */
	uint64_t cut;     /* messages cut to max */
	uint64_t refused; /* octet counts beyond sense, read as text */
};

/** Before the first octet of a stream; max_octets of a message are kept. */
void syslog_frame_init(struct syslog_frame *frame, size_t max_octets);
/** Frees what is held. */
void syslog_frame_fini(struct syslog_frame *frame);

/**
 * The next message out of *in, which moves on over what was used.
 *
 * Source:  RFC 6587 sections 3.4.1 and 3.4.2.
 * Owns:    *ret_msg is valid until the next call.
 * Returns: 1 and a message (never empty), or 0 when *in is used up.
 */
NODISCARD int syslog_frame_next(
	struct syslog_frame *frame, struct slice *in, struct slice *ret_msg);

/**
 * At the end of the stream: the message without its LF, if any.
 *
 * Returns: 1 and a message, 0 when nothing is held, E_SHORT with the message
 *          when the stream ended inside a counted one.
 */
NODISCARD int syslog_frame_end(struct syslog_frame *frame, struct slice *ret_msg);
