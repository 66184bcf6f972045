/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/syslog_frame.h"

#include "base/err.h"

enum {
	FRONT_MAX = 10, /* 8 digits, a space and "<" */
	COUNT_MAX = 16 * 1024 * 1024,
};

void syslog_frame_init(struct syslog_frame *frame, size_t max_octets)
{
	*frame = (struct syslog_frame) { .max = max_octets };
	buf_init(&frame->held, max_octets + FRONT_MAX);
}

void syslog_frame_fini(struct syslog_frame *frame)
{
	buf_fini(&frame->held);
}

/* Octets past max are dropped; the first of them counts the message as cut. */
static void hold(struct syslog_frame *frame, struct slice octets)
{
	size_t room = frame->held.n < frame->max ? frame->max - frame->held.n : 0;
	buf_put(&frame->held, slice_head(octets, room));
	if (octets.n > room && frame->held.n == frame->max) {
		frame->cut++;
		buf_put_byte(
			&frame->held, 0); /* past max now: counted once, trimmed at the end */
	}
}

static struct slice message(const struct syslog_frame *frame)
{
	struct slice msg = slice_head(buf_slice(&frame->held), frame->max);
	while (msg.n > 0 && (msg.p[msg.n - 1] == '\n' || msg.p[msg.n - 1] == '\r' ||
				    msg.p[msg.n - 1] == 0)) {
		msg.n--;
	}
	return msg;
}

/* Leading digits and their value; a number past eight digits is none. */
static size_t read_digits(struct slice front, uint64_t *ret_count)
{
	uint64_t count = 0;
	size_t n = 0;
	while (n < front.n && front.p[n] >= '0' && front.p[n] <= '9') {
		count = count * 10 + (uint64_t)(front.p[n] - '0');
		n++;
	}
	*ret_count = count;
	return n > FRONT_MAX - 2 || front.p[0] == '0' ? 0 : n;
}

static void choose(struct syslog_frame *frame)
{
	struct slice front = buf_slice(&frame->held);
	uint64_t count = 0;
	size_t n = read_digits(front, &count);
	struct slice after = slice_skip(front, n);
	bool open = after.n == 0 || slice_is(after, " ");
	frame->state = n > 0 && open ? FRAME_FRONT : FRAME_LINE;
	if (n == 0 || !slice_is(after, " <")) {
		return;
	}
	if (count > COUNT_MAX) {
		frame->refused++;
		return;
	}
	frame->state = FRAME_COUNTED;
	frame->count = count - 1;
	buf_clear(&frame->held);
	buf_put_byte(&frame->held, '<');
}

/* The methods below take octets off the front; true when the message is complete. */

static bool take_front(struct syslog_frame *frame, struct slice *in)
{
	uint8_t c = in->p[0];
	*in = slice_skip(*in, 1);
	if (frame->held.n == 0 && (c == '\n' || c == '\r' || c == 0)) {
		return false; /* a trailer of the message before */
	}
	buf_put_byte(&frame->held, c);
	choose(frame);
	return frame->state == FRAME_COUNTED ? frame->count == 0
					     : frame->state == FRAME_LINE && c == '\n';
}

static bool take_counted(struct syslog_frame *frame, struct slice *in)
{
	struct slice part =
		slice_head(*in, frame->count > in->n ? in->n : (size_t)frame->count);
	hold(frame, part);
	*in = slice_skip(*in, part.n);
	frame->count -= part.n;
	return frame->count == 0;
}

static bool take_line(struct syslog_frame *frame, struct slice *in)
{
	struct slice line = { 0 };
	struct slice after = { 0 };
	bool ended = slice_cut(*in, '\n', &line, &after);
	hold(frame, ended ? line : *in);
	*in = ended ? after : slice_skip(*in, in->n);
	return ended;
}

int syslog_frame_next(struct syslog_frame *frame, struct slice *in, struct slice *ret_msg)
{
	bool complete = frame->given;
	for (;;) {
		if (complete) {
			buf_clear(&frame->held);
			frame->state = FRAME_FRONT;
			frame->given = false;
		}
		if (in->n == 0) {
			return 0;
		}
		complete = frame->state == FRAME_FRONT     ? take_front(frame, in)
			   : frame->state == FRAME_COUNTED ? take_counted(frame, in)
							   : take_line(frame, in);
		struct slice msg = message(frame);
		if (complete && msg.n > 0) {
			frame->given = true;
			*ret_msg = msg;
			return 1;
		}
	}
}

int syslog_frame_end(struct syslog_frame *frame, struct slice *ret_msg)
{
	struct slice msg = message(frame);
	if (frame->given || msg.n == 0) {
		return 0;
	}
	frame->given = true;
	*ret_msg = msg;
	return frame->state == FRAME_COUNTED ? E_SHORT : 1;
}
