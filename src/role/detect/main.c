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
#include "role/detect/detect.h"
#include "role/runtime.h"
#include "role/signal_queue.h"

enum { RULES_TEXT_MAX = 16000 };

struct detect {
	struct rules *rules;
	struct signal_queue *signals;
	struct feeds *feeds;
};

static int prepare(struct runtime *rt, struct diag *diag)
{
	struct detect *detect = rt->self;
	(void)diag;
	detect->rules = rules_load(rt);
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
	detect->feeds = feeds_create(rt, detect->rules, detect->signals);
	return 0;
}

static void frame(struct runtime *rt, enum ipc_role from, struct ipc_frame *frame)
{
	struct detect *detect = rt->self;
	struct msg_position msg = { 0 };
	if (from != IPC_CORE) {
		return;
	}
	if (frame->type == MSG_SIGNAL_TAKEN) {
		signal_queue_taken(detect->signals, frame);
	} else if (frame->type == MSG_POSITION &&
		   msg_position_decode(frame->payload, &msg) == 0) {
		feeds_position(detect->feeds, msg.json);
	}
}

/* So that core ends what no rule will. */
static void rules_tell(struct runtime *rt)
{
	struct detect *detect = rt->self;
	AUTO_BUF struct buf text;
	buf_init(&text, RULES_TEXT_MAX);
	struct jw jw;
	jw_init(&jw, &text);
	rules_put_ids(detect->rules, &jw);
	struct msg_rules msg = { .json = buf_slice(&text) };
	if (text.failed || RUNTIME_SEND(rt, IPC_CORE, rules, MSG_RULES, 0, 0, &msg, -1) < 0) {
		log_event(LOG_WARNING, "rules.untold", F_INT("octets", (int64_t)text.n));
	}
}

static void peer(struct runtime *rt, enum ipc_role peer, bool up)
{
	struct detect *detect = rt->self;
	if (peer == IPC_CORE && up) {
		rules_tell(rt);
	}
	if (peer == IPC_CORE) {
		signal_queue_peer(detect->signals, up);
	}
}

static void status(struct runtime *rt, struct jw *jw)
{
	const struct detect *detect = rt->self;
	feeds_status(detect->feeds, jw);
	rules_status(detect->rules, jw);
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
	detect.rules = rules_destroy(detect.rules);
	return code;
}
