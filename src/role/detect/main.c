/* SPDX-License-Identifier: Apache-2.0 */
/**
 * detect: follows the tails of all collectors, runs the rules over their rows
 * and tells core what they found.
 *
 * Layer: role.
 */
#include "base/buf.h"
#include "base/jw.h"
#include "base/log.h"
#include "detect/burst.h"
#include "role/detect/detect.h"
#include "role/detect/feed.h"
#include "role/detect/figures.h"
#include "role/runtime.h"
#include "role/signal_queue.h"

enum { RULES_TEXT_MAX = 16000 };

struct detect {
	struct rules *rules;
	struct figures *figures;
	struct signal_queue *signals;
	struct feeds *feeds;
};

static int prepare(struct runtime *rt, struct diag *diag)
{
	struct detect *detect = rt->self;
	(void)diag;
	detect->rules = rules_load(rt);
	detect->figures = figures_load(rt);
	return 0;
}

static size_t paths(struct runtime *rt, struct fence_path *list)
{
	int tail = runtime_handle(rt, "tail");
	list[0] = (struct fence_path) { tail, NULL, FENCE_READ };
	return tail >= 0;
}

static int begin(struct runtime *rt, struct diag *diag)
{
	struct detect *detect = rt->self;
	(void)diag;
	detect->signals = signal_queue_create(rt);
	detect->feeds = feeds_create(rt, detect->rules, detect->figures, detect->signals);
	return 0;
}

/* So that core ends what no rule will. */
static void rules_tell(struct runtime *rt)
{
	struct detect *detect = rt->self;
	AUTO_BUF struct buf text;
	buf_init(&text, RULES_TEXT_MAX);
	struct jw jw;
	jw_init(&jw, &text);
	jw_array(&jw);
	rules_put_ids(detect->rules, &jw);
	figures_put_ids(detect->figures, &jw);
	jw_end(&jw);
	struct msg_rules msg = { .json = buf_slice(&text) };
	if (text.failed || RUNTIME_SEND(rt, IPC_CORE, rules, MSG_RULES, 0, 0, &msg, -1) < 0) {
		log_event(LOG_WARNING, "rules.untold", F_INT("octets", (int64_t)text.n));
	}
}

static void table_take(struct runtime *rt, struct ipc_frame *frame)
{
	struct detect *detect = rt->self;
	struct burst_sink sink = feeds_sink(detect->feeds);
	if (figures_take(detect->figures, frame, &sink) == 0) {
		feeds_announce_again(detect->feeds);
		/* Not before: core would end what its own rules say. */
		rules_tell(rt);
	}
}

static void frame(struct runtime *rt, enum ipc_role from, struct ipc_frame *frame)
{
	struct detect *detect = rt->self;
	struct msg_position msg = { 0 };
	if (from != IPC_CORE) {
		return;
	}
	if (frame->type == MSG_METRIC_RULES) {
		table_take(rt, frame);
	} else if (frame->type == MSG_SIGNAL_TAKEN) {
		signal_queue_taken(detect->signals, frame);
	} else if (frame->type == MSG_POSITION &&
		   msg_position_decode(frame->payload, &msg) == 0) {
		feeds_position(detect->feeds, msg.json);
	}
}

static void peer(struct runtime *rt, enum ipc_role peer, bool up)
{
	struct detect *detect = rt->self;
	if (peer == IPC_CORE) {
		signal_queue_peer(detect->signals, up);
	}
}

static void status(struct runtime *rt, struct jw *jw)
{
	const struct detect *detect = rt->self;
	feeds_status(detect->feeds, jw);
	rules_status(detect->rules, jw);
	figures_status(detect->figures, jw);
	signal_queue_status(detect->signals, jw);
}

static void end(struct runtime *rt)
{
	struct detect *detect = rt->self;
	feeds_stop(detect->feeds);
}

int main(int argc, char **argv)
{
	static const struct role_spec role = {
		.self = IPC_DETECT,
		.fence_groups = FENCE_FILES,
		.prepare = prepare,
		.paths = paths,
		.begin = begin,
		.frame = frame,
		.peer = peer,
		.status = status,
		.end = end,
	};
	static struct detect detect;
	int code = runtime_main(argc, argv, &role, &detect);
	detect.feeds = feeds_destroy(detect.feeds);
	detect.signals = signal_queue_destroy(detect.signals);
	detect.figures = figures_destroy(detect.figures);
	detect.rules = rules_destroy(detect.rules);
	return code;
}
