/* SPDX-License-Identifier: Apache-2.0 */
/**
 * query: every read of records and rows, permission-scoped; writes nothing.
 *
 * Layer: role.
 */
#include "base/jw.h"
#include "role/query/query.h"
#include "role/store.h"

static int prepare(struct runtime *rt, struct diag *diag)
{
	struct query *query = rt->self;
	query->rt = rt;
	buf_init(&query->health, 65536);
	rule_shelf_load(&query->shelf, runtime_handle(rt, "site"), runtime_handle(rt, "share"));
	int error = store_enter(rt, diag);
	error = error < 0 ? error : asks_open(query, &query->asks, diag);
	return error < 0 ? error : stream_open(query, &query->stream, diag);
}

static size_t paths(struct runtime *rt, struct fence_path *list)
{
	list[0] = (struct fence_path) { runtime_handle(rt, "data"), NULL, FENCE_READ };
	return 1;
}

static int begin(struct runtime *rt, struct diag *diag)
{
	(void)rt;
	(void)diag;
	return 0;
}

static void committed_take(struct query *query, struct ipc_frame *frame)
{
	struct msg_committed msg = { 0 };
	if (msg_committed_decode(frame->payload, &msg) == 0 && msg.seq > query->seq) {
		query->seq = msg.seq;
		asks_committed(query->asks);
		stream_committed(query->stream);
	}
}

static void health_take(struct query *query, struct ipc_frame *frame)
{
	struct msg_health msg = { 0 };
	if (msg_health_decode(frame->payload, &msg) == 0) {
		buf_clear(&query->health);
		buf_put(&query->health, msg.json);
	}
}

static void frame(struct runtime *rt, enum ipc_role from, struct ipc_frame *frame)
{
	struct query *query = rt->self;
	if (frame->type == MSG_ASK) {
		asks_take(query->asks, frame);
	} else if (frame->type == MSG_COMMITTED) {
		committed_take(query, frame);
	} else if (frame->type == MSG_HEALTH && from == IPC_PARENT) {
		health_take(query, frame);
	} else {
		stream_frame(query->stream, frame);
	}
}

static void peer(struct runtime *rt, enum ipc_role peer, bool up)
{
	struct query *query = rt->self;
	if (peer == IPC_WEB && !up) {
		stream_forget(query->stream);
	}
}

static void status(struct runtime *rt, struct jw *jw)
{
	struct query *query = rt->self;
	jw_kv_int(jw, "seq", query->seq);
	asks_status(query->asks, jw);
	stream_status(query->stream, jw);
}

static void end(struct runtime *rt)
{
	struct query *query = rt->self;
	query->asks = asks_close(query->asks);
	query->stream = stream_close(query->stream);
}

int main(int argc, char **argv)
{
	static const struct role_spec role = {
		.self = IPC_QUERY,
		.fence_groups = FENCE_FILES | FENCE_MEMFD | FENCE_CONNECT,
		.prepare = prepare,
		.paths = paths,
		.begin = begin,
		.frame = frame,
		.peer = peer,
		.status = status,
		.end = end,
	};
	static struct query query;
	int result = runtime_main(argc, argv, &role, &query);
	rule_shelf_fini(&query.shelf);
	buf_fini(&query.health);
	return result;
}
