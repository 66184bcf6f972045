/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "api/field.h"
#include "api/flood.h"
#include "api/pending.h"
#include "api/server_priv.h"
#include "base/err.h"
#include "base/num.h"
#include "base/utf8.h"
#include "sys/clock.h"
#include "sys/ipc.h"
#include "sys/memfd.h"

enum { IDEMPOTENCY_OCTETS_MAX = 128, AGENT_OCTETS_MAX = 256 };

int forward_ask(struct request *r, enum ipc_role to, enum msg_type type, int own_fd)
{
	struct server *server = r->server;
	int error = server->out.failed || server->ending ? E_LIMIT : 0;
	r->pending = error == 0 ? pending_put(server->pending, r) : 0;
	if (r->pending == 0) {
		if (own_fd >= 0) {
			(void)close(own_fd);
		}
		reply_problem(r, MHD_HTTP_SERVICE_UNAVAILABLE, "server.busy", NULL);
		reply_field(r, "Retry-After", "1");
		return E_LIMIT;
	}
	r->peer = to;
	r->deadline_ms = clock_mono_ms() + server->setup.answer_ms;
	struct ipc_frame frame = { type, r->pending, r->trace, buf_slice(&server->out),
		own_fd };
	error = server->setup.send(server->setup.send_ctx, to, &frame);
	if (error < 0) {
		(void)pending_take(server->pending, r->pending);
		r->pending = 0;
		server->counters[COUNT_PEER_GONE]++;
		reply_problem(r, MHD_HTTP_SERVICE_UNAVAILABLE, "server.starting", NULL);
		reply_field(r, "Retry-After", "1");
	}
	return error;
}

static void touch(struct request *r)
{
	struct server *server = r->server;
	if (r->token.n == 0 || !flood_take(server->touches, r->token, clock_mono_ms(), NULL)) {
		return;
	}
	struct msg_touch msg = { .token = r->token };
	buf_clear(&server->out);
	msg_touch_encode(&msg, &server->out);
	/* Core not being there is said by the answer to the request itself. */
	struct ipc_frame frame = { MSG_TOUCH, 0, r->trace, buf_slice(&server->out), -1 };
	(void)!server->setup.send(server->setup.send_ctx, IPC_CORE, &frame);
}

static void command_send(struct request *r)
{
	struct server *server = r->server;
	struct slice agent = request_field(r, MHD_HTTP_HEADER_USER_AGENT);
	struct msg_command msg = {
		.token = r->token,
		.address = slice_str(r->client->address),
		.loopback = r->client->loopback,
		.route = (uint32_t)r->hit.id,
		.id = r->hit.record,
		.sub = r->hit.sub,
		.key = r->hit.key,
		.query = r->query,
		.idempotency = request_field(r, "Idempotency-Key"),
		.asked_at_ms = r->asked_at_ms,
		.agent = slice_head(agent, utf8_span(slice_head(agent, AGENT_OCTETS_MAX))),
	};
	if (field_if_match(request_field(r, MHD_HTTP_HEADER_IF_MATCH), &msg.if_match) < 0) {
		reply_problem(r, MHD_HTTP_BAD_REQUEST, "if_match.bad", NULL);
		return;
	}
	if (msg.idempotency.n > IDEMPOTENCY_OCTETS_MAX || !utf8_valid(msg.idempotency)) {
		reply_problem(r, MHD_HTTP_BAD_REQUEST, "idempotency.bad", NULL);
		return;
	}
	int fd = -1;
	if (r->body.n > SERVER_BODY_FRAME_OCTETS) {
		if (memfd_of(buf_slice(&r->body), &fd) < 0) {
			reply_problem(r, MHD_HTTP_SERVICE_UNAVAILABLE, "server.busy", NULL);
			return;
		}
	} else {
		msg.body = buf_slice(&r->body);
	}
	server->counters[COUNT_COMMANDS]++;
	buf_clear(&server->out);
	msg_command_encode(&msg, &server->out);
	if (forward_ask(r, IPC_CORE, MSG_COMMAND, fd) == 0) {
		r->state = REQUEST_WAITING;
		server_suspend(r);
	}
}

static void ask_send(struct request *r)
{
	struct server *server = r->server;
	struct slice agent = request_field(r, MHD_HTTP_HEADER_USER_AGENT);
	struct msg_ask msg = {
		.token = r->token,
		.address = slice_str(r->client->address),
		.loopback = r->client->loopback,
		.route = (uint32_t)r->hit.id,
		.id = r->hit.record,
		.sub = r->hit.sub,
		.key = r->hit.key,
		.query = r->query,
		.agent = slice_head(agent, utf8_span(slice_head(agent, AGENT_OCTETS_MAX))),
	};
	if (num_i64(request_field(r, "Fengsui-Seq"), 0, INT64_MAX, &msg.min_seq) < 0) {
		msg.min_seq = 0;
	}
	server->counters[COUNT_ASKS]++;
	buf_clear(&server->out);
	msg_ask_encode(&msg, &server->out);
	if (forward_ask(r, IPC_QUERY, MSG_ASK, -1) == 0) {
		r->state = REQUEST_WAITING;
		server_suspend(r);
	}
}

void forward_send(struct request *r)
{
	touch(r);
	if (routes[r->hit.id].kind == ROUTE_KIND_COMMAND) {
		command_send(r);
	} else {
		ask_send(r);
	}
}

void forward_fail(struct request *r, const char *code)
{
	if (r->pending != 0) {
		(void)pending_take(r->server->pending, r->pending);
		r->pending = 0;
	}
	if (r->response == NULL) {
		reply_problem(r, MHD_HTTP_SERVICE_UNAVAILABLE, code, NULL);
		reply_field(r, "Retry-After", "1");
	}
	r->state = r->state == REQUEST_GRANTING ? REQUEST_GRANTED : REQUEST_READY;
	server_resume(r);
}

void forward_answer(struct server *server, struct ipc_frame *frame)
{
	struct request *r = pending_get(server->pending, frame->req);
	struct msg_answer answer = { 0 };
	struct msg_grant grant = { 0 };
	if (r == NULL || r->stream != NULL) {
		return; /* came too late */
	}
	if (frame->type == MSG_ANSWER && r->state == REQUEST_WAITING &&
		msg_answer_decode(frame->payload, &answer) == 0) {
		(void)pending_take(server->pending, frame->req);
		r->pending = 0;
		reply_answer(r, &answer, ipc_frame_take_fd(frame));
		r->state = REQUEST_READY;
		server_resume(r);
	} else if (frame->type == MSG_GRANT && r->state == REQUEST_GRANTING &&
		   msg_grant_decode(frame->payload, &grant) == 0) {
		(void)pending_take(server->pending, frame->req);
		r->pending = 0;
		upload_granted(r, &grant);
	}
}

void forward_sweep(struct server *server, int64_t now_ms)
{
	for (struct request *r = server->requests; r != NULL; r = r->next) {
		bool waits = r->state == REQUEST_WAITING || r->state == REQUEST_GRANTING;
		if (waits && r->stream == NULL && r->suspended && now_ms > r->deadline_ms) {
			server->counters[COUNT_SLOW_ANSWERS]++;
			forward_fail(r, "server.slow");
		}
	}
}

void forward_peer_gone(struct server *server, enum ipc_role peer)
{
	for (struct request *r = server->requests; r != NULL; r = r->next) {
		bool waits = r->state == REQUEST_WAITING || r->state == REQUEST_GRANTING;
		bool its = peer == IPC_ROLE_COUNT_ || (r->pending != 0 && r->peer == peer);
		if (waits && r->stream == NULL && r->suspended && its) {
			server->counters[COUNT_PEER_GONE]++;
			forward_fail(r, "server.restarting");
		}
	}
}
