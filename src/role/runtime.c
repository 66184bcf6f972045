/* SPDX-License-Identifier: Apache-2.0 */
#include "role/runtime.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/log.h"

enum { STATUS_EVERY_MS = 1000 };

int runtime_handle(const struct runtime *rt, const char *name)
{
	for (size_t i = 0; i < rt->handle_count; i++) {
		if (slice_is(slice_str(rt->handles[i].name), name)) {
			return rt->handles[i].fd;
		}
	}
	return -1;
}

const char *runtime_text(const struct runtime *rt, const char *key)
{
	return arena_dup_str(rt->config_arena, json_get_str(rt->config, key));
}

int runtime_send(struct runtime *rt, enum ipc_role to, enum msg_type type, uint32_t req,
	uint64_t trace, struct slice payload, int own_fd)
{
	return ipc_send(rt->peers[to], type, req, trace, payload, own_fd);
}

int runtime_send_encoded(struct runtime *rt, enum ipc_role to, enum msg_type type, uint32_t req,
	uint64_t trace, int own_fd)
{
	if (rt->out->failed) {
		if (own_fd >= 0) {
			(void)close(own_fd);
		}
		return E_LIMIT;
	}
	return runtime_send(rt, to, type, req, trace, buf_slice(rt->out), own_fd);
}

static void on_frame(void *ctx, struct ipc *ipc, struct ipc_frame *frame);
static void on_closed(void *ctx, struct ipc *ipc, const char *why);

static void stop(struct runtime *rt)
{
	if (rt->stopping) {
		return;
	}
	if (!rt->started) {
		exit(EXIT_SUCCESS); /* told to go before it had come: nothing is held yet */
	}
	rt->stopping = true;
	if (rt->role->end != NULL) {
		rt->role->end(rt);
	}
	uv_close((uv_handle_t *)&rt->status_timer, NULL);
	for (unsigned i = 0; i < IPC_ROLE_COUNT_; i++) {
		rt->peers[i] = ipc_destroy(rt->peers[i]);
	}
}

static void peer_take(struct runtime *rt, struct ipc_frame *frame)
{
	struct msg_peer msg = { 0 };
	if (msg_peer_decode(frame->payload, &msg) < 0 || frame->fd < 0) {
		return;
	}
	enum ipc_role peer = ipc_role_of(msg.role);
	if (peer == IPC_ROLE_COUNT_) {
		return;
	}
	if (!rt->started) {
		/* The loop turns once while the pool starts; peers are heard when the role can answer. */
		if (rt->early_fd[peer] >= 0) {
			(void)close(rt->early_fd[peer]);
		}
		rt->early_fd[peer] = ipc_frame_take_fd(frame);
		return;
	}
	(void)ipc_destroy(rt->peers[peer]);
	rt->peers[peer] = ipc_create(&rt->loop, ipc_frame_take_fd(frame), rt->role->self, peer,
		on_frame, on_closed, rt);
}

static void peers_open(struct runtime *rt)
{
	rt->started = true;
	for (unsigned i = 0; i < IPC_ROLE_COUNT_; i++) {
		if (rt->early_fd[i] < 0) {
			continue;
		}
		rt->peers[i] = ipc_create(&rt->loop, rt->early_fd[i], rt->role->self,
			(enum ipc_role)i, on_frame, on_closed, rt);
		rt->early_fd[i] = -1;
		if (rt->role->peer != NULL) {
			rt->role->peer(rt, (enum ipc_role)i, true);
		}
	}
}

static void on_frame(void *ctx, struct ipc *ipc, struct ipc_frame *frame)
{
	struct runtime *rt = ctx;
	if (ipc_peer(ipc) == IPC_PARENT && frame->type == MSG_STOP) {
		stop(rt);
	} else if (ipc_peer(ipc) == IPC_PARENT && frame->type == MSG_PEER) {
		struct msg_peer msg = { 0 };
		if (msg_peer_decode(frame->payload, &msg) == 0) {
			enum ipc_role peer = ipc_role_of(msg.role);
			peer_take(rt, frame);
			if (rt->started && peer != IPC_ROLE_COUNT_ && rt->role->peer != NULL) {
				rt->role->peer(rt, peer, true);
			}
		}
	} else if (rt->started && rt->role->frame != NULL) {
		rt->role->frame(rt, ipc_peer(ipc), frame);
	}
}

static void on_closed(void *ctx, struct ipc *ipc, const char *why)
{
	struct runtime *rt = ctx;
	enum ipc_role peer = ipc_peer(ipc);
	if (rt->stopping) {
		return;
	}
	if (peer == IPC_PARENT) {
		/* Without its parent a role has no one to answer to. */
		stop(rt);
		return;
	}
	log_event(LOG_INFO, "peer.gone", F_STR("peer", ipc_role_name(peer)), F_STR("why", why));
	rt->peers[peer] = ipc_destroy(ipc);
	if (rt->role->peer != NULL) {
		rt->role->peer(rt, peer, false);
	}
}

static void on_status(uv_timer_t *timer)
{
	struct runtime *rt = timer->data;
	AUTO_BUF struct buf text;
	buf_init(&text, 16000);
	struct jw jw;
	jw_init(&jw, &text);
	jw_object(&jw);
	if (rt->role->status != NULL) {
		rt->role->status(rt, &jw);
	}
	jw_end(&jw);
	struct msg_status msg = { .json = buf_slice(&text) };
	if (text.failed ||
		RUNTIME_SEND(rt, IPC_PARENT, status, MSG_STATUS, 0, 0, &msg, -1) < 0) {
		log_event(LOG_DEBUG, "status.unsent", F_STR("why", "parent is slow"));
	}
}

static int start_take(struct runtime *rt, struct ipc_frame *frame)
{
	struct msg_start msg = { 0 };
	struct diag diag = { 0 };
	int error = msg_start_decode(frame->payload, &msg);
	if (error == 0) {
		struct slice copy = arena_dup(rt->config_arena, msg.config);
		error = json_parse(rt->config_arena, copy, 0, &rt->config, &diag);
	}
	return error;
}

static int handle_take(struct runtime *rt, struct ipc_frame *frame)
{
	struct msg_handle msg = { 0 };
	int error = msg_handle_decode(frame->payload, &msg);
	if (error < 0) {
		return error;
	}
	if (rt->handle_count == RUNTIME_HANDLES_MAX ||
		msg.name.n >= sizeof(rt->handles[0].name)) {
		return E_LIMIT;
	}
	memcpy(rt->handles[rt->handle_count].name, msg.name.p, msg.name.n);
	rt->handles[rt->handle_count].fd = ipc_frame_take_fd(frame);
	rt->handle_count++;
	return 0;
}

/* Everything the parent gives before it says go. */
static int given(struct runtime *rt)
{
	uint8_t *buffer = malloc(IPC_FRAME_OCTETS_MAX);
	int error = buffer == NULL ? -ENOMEM : 0;
	for (bool go = false; error == 0 && !go;) {
		struct ipc_frame frame = { .fd = -1 };
		error = ipc_receive_now(
			RUNTIME_CONTROL_FD, rt->role->self, IPC_PARENT, buffer, &frame);
		if (error < 0) {
			break;
		}
		if (frame.type == MSG_START) {
			error = start_take(rt, &frame);
		} else if (frame.type == MSG_HANDLE) {
			error = handle_take(rt, &frame);
		} else if (frame.type == MSG_PEER) {
			peer_take(rt, &frame);
		} else {
			go = frame.type == MSG_GO;
		}
		if (frame.fd >= 0) {
			(void)close(frame.fd);
		}
	}
	free(buffer);
	return error;
}

static int fence_up(struct runtime *rt, struct diag *diag)
{
	struct fence_path paths[RUNTIME_PATHS_MAX] = { 0 };
	size_t count = rt->role->paths != NULL ? rt->role->paths(rt, paths) : 0;
	int error = fence_files(paths, count);
	if (error < 0 && !(rt->relaxed && error == E_UNSUPPORTED)) {
		return diag_set(diag, error, 0, 0, "file fence: %s", err_text(error));
	}
	error = fence_pool(&rt->loop);
	if (error == 0 && rt->role->threads != NULL) {
		error = rt->role->threads(rt, diag);
	}
	if (error < 0) {
		return error;
	}
	error = fence_calls(rt->role->fence_groups);
	if (error < 0 && !rt->relaxed) {
		return diag_set(diag, error, 0, 0, "system-call fence: %s", err_text(error));
	}
	return 0;
}

static int life(struct runtime *rt, struct diag *diag)
{
	int error = given(rt);
	if (error < 0) {
		return diag_set(diag, error, 0, 0, "start: %s", err_text(error));
	}
	rt->relaxed = slice_is(json_get_str(rt->config, "sandbox"), "relaxed");
	rt->peers[IPC_PARENT] = ipc_create(&rt->loop, RUNTIME_CONTROL_FD, rt->role->self,
		IPC_PARENT, on_frame, on_closed, rt);
	error = rt->role->prepare != NULL ? rt->role->prepare(rt, diag) : 0;
	error = error < 0 ? error : fence_up(rt, diag);
	error = error < 0 ? error : rt->role->begin(rt, diag);
	if (error < 0) {
		return error;
	}
	struct msg_ready ready = { .sandbox = slice_str(rt->relaxed ? "relaxed" : "strict") };
	error = RUNTIME_SEND(rt, IPC_PARENT, ready, MSG_READY, 0, 0, &ready, -1);
	if (error < 0) {
		return diag_set(diag, error, 0, 0, "ready: %s", err_text(error));
	}
	(void)uv_timer_init(&rt->loop, &rt->status_timer);
	rt->status_timer.data = rt;
	(void)uv_timer_start(&rt->status_timer, on_status, 100, STATUS_EVERY_MS);
	peers_open(rt);
	(void)uv_run(&rt->loop, UV_RUN_DEFAULT);
	return 0;
}

int runtime_main(int argc, char **argv, const struct role_spec *role, void *self)
{
	(void)argc;
	(void)argv;
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGINT,
		SIG_IGN); /* Ctrl-C reaches the whole group; the parent says stop in its order */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	log_init(ipc_role_name(role->self), LOG_NOTICE);
	struct buf out;
	buf_init(&out, IPC_PAYLOAD_OCTETS_MAX);
	struct runtime rt = {
		.role = role, .self = self, .out = &out, .config_arena = arena_create(0)
	};
	if (uv_loop_init(&rt.loop) != 0) {
		return EXIT_FAILURE;
	}
	for (unsigned i = 0; i < IPC_ROLE_COUNT_; i++) {
		rt.early_fd[i] = -1;
	}
	struct diag diag = { 0 };
	int error = life(&rt, &diag);
	if (error < 0) {
		log_event(LOG_ERROR, "role.failed",
			F_STR("why", diag.text[0] != '\0' ? diag.text : err_text(error)));
	}
	for (size_t i = 0; i < rt.handle_count; i++) {
		(void)close(rt.handles[i].fd);
	}
	(void)uv_loop_close(&rt.loop);
	rt.config_arena = arena_destroy(rt.config_arena);
	buf_fini(&out);
	bool refused = error == E_UNSUPPORTED || error == E_VERSION;
	return error == 0 ? EXIT_SUCCESS : refused ? RUNTIME_REFUSED : EXIT_FAILURE;
}
