/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The parent: opens everything once, gives root away, starts the roles and
 * keeps them running; answers `fengsui status` on data/run/control.sock.
 *
 * Layer: role.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "role/cage_room.h"
#include "role/children.h"
#include "role/config.h"
#include "role/errands.h"
#include "role/handles.h"
#include "sys/fence.h"

/* Command lines served at once. */
enum { GUESTS_MAX = 8 };

struct parent {
	uv_loop_t loop;
	struct config config;
	struct handles handles;
	struct children *children;
	uv_signal_t on_int;
	uv_signal_t on_term;
	uv_poll_t door;
	struct ipc *guest[GUESTS_MAX];
	struct errands *errands;
};

static void guest_frame(void *ctx, struct ipc *ipc, struct ipc_frame *frame)
{
	struct parent *p = ctx;
	struct msg_backup_done made = { 0 };
	if (frame->type == MSG_BACKUP_DONE &&
		msg_backup_done_decode(frame->payload, &made) == 0) {
		/* Made by the command line; core keeps it with the others. */
		(void)!children_tell(p->children, IPC_CORE, MSG_BACKUP_DONE, frame->payload);
	}
	if (frame->type != MSG_STATUS_ASK) {
		return;
	}
	AUTO_BUF struct buf text;
	buf_init(&text, 60000);
	children_put_health(p->children, &text);
	AUTO_BUF struct buf out;
	buf_init(&out, IPC_PAYLOAD_OCTETS_MAX);
	struct msg_status_answer msg = { .json = buf_slice(&text) };
	msg_status_answer_encode(&msg, &out);
	if (out.failed ||
		ipc_send(ipc, MSG_STATUS_ANSWER, frame->req, 0, buf_slice(&out), -1) < 0) {
		log_event(LOG_WARNING, "status.unsent", F_STR("why", "too large or closed"));
	}
}

static void guest_closed(void *ctx, struct ipc *ipc, const char *why)
{
	struct parent *p = ctx;
	(void)why;
	for (size_t i = 0; i < GUESTS_MAX; i++) {
		if (p->guest[i] == ipc) {
			p->guest[i] = ipc_destroy(ipc);
		}
	}
}

static void on_door(uv_poll_t *door, int status, int events)
{
	struct parent *p = door->data;
	(void)status;
	(void)events;
	int fd = accept4(p->handles.control, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	for (size_t i = 0; i < GUESTS_MAX && fd >= 0; i++) {
		if (p->guest[i] == NULL) {
			p->guest[i] = ipc_create(&p->loop, fd, IPC_PARENT, IPC_CLI, guest_frame,
				guest_closed, p);
			return;
		}
	}
	if (fd >= 0) {
		(void)close(fd);
	}
}

static void all_up(void *ctx)
{
	struct parent *p = ctx;
	(void)printf("烽燧 Fengsui  http://%s\n", p->config.listen);
	if (p->config.tls_listen[0] != '\0') {
		(void)printf("              https://%s\n", p->config.tls_listen);
	}
	(void)fflush(stdout);
}

static void child_done(void *ctx, enum ipc_role role, const char *why)
{
	struct parent *p = ctx;
	if (role == IPC_CAGE) {
		/* probe asks for it again when a check of its is due. */
		log_event(LOG_WARNING, "cage.ended", F_STR("why", why));
	}
	errands_done(p->errands, role, why);
}

static void child_frame(void *ctx, enum ipc_role from, struct ipc_frame *frame)
{
	struct parent *p = ctx;
	struct msg_first_admin msg = { 0 };
	errands_frame(p->errands, from, frame);
	if (from == IPC_PROBE && frame->type == MSG_CAGE_WANTED) {
		/* Refused while it lives already. */
		(void)!children_run(p->children, IPC_CAGE, (struct slice) { 0 });
	}
	if (from == IPC_CORE && frame->type == MSG_FIRST_ADMIN &&
		msg_first_admin_decode(frame->payload, &msg) == 0) {
		(void)printf(
			"首个管理员 first administrator: %.*s\n一次性口令 one-time password:  %.*s\n",
			SLICE_FMT(msg.account), SLICE_FMT(msg.password));
		(void)fflush(stdout);
	}
}

static void all_gone(void *ctx)
{
	struct parent *p = ctx;
	uv_stop(&p->loop);
}

static void on_signal(uv_signal_t *handle, int signum)
{
	struct parent *p = handle->data;
	log_event(LOG_NOTICE, "platform.stopping", F_INT("signal", signum));
	children_stop(p->children);
}

static int options_read(int argc, char **argv, struct config *config)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "data", required_argument, NULL, 'd' },
		{ "listen", required_argument, NULL, 'l' },
		{ "share", required_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 },
	};
	struct diag_list diags;
	diag_list_init(&diags);
	config_init(config);
	int error = 0;
	/* The file first, then what the command line says over it. */
	for (int pass = 0; pass < 2 && error == 0; pass++) {
		optind = 1;
		int c = 0;
		while (error == 0 && (c = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
			struct diag diag = { 0 };
			const char *key = c == 'd'   ? "data"
					  : c == 'l' ? "listen"
					  : c == 's' ? "share"
						     : NULL;
			if (c == '?') {
				error = E_INPUT;
			} else if (pass == 0 && c == 'c') {
				error = config_read(optarg, config, &diags);
				if (error < 0 && diags.count == 0) {
					(void)fprintf(stderr,
						"fengsui: configuration: %s (%s)\n",
						err_text(error), optarg);
				}
			} else if (pass == 1 && key != NULL) {
				error = config_set(config, key, slice_str(optarg), &diag);
			}
		}
	}
	for (size_t i = 0; i < diags.count; i++) {
		(void)fprintf(stderr, "fengsui: configuration: %s (%s:%llu)\n",
			diags.items[i].text, diags.items[i].source,
			(unsigned long long)diags.items[i].line);
	}
	diag_list_fini(&diags);
	return error;
}

static int begin(struct parent *p)
{
	struct diag diag = { 0 };
	int error = handles_open(&p->config, &p->handles, &diag);
	if (error == 0) {
		cage_room_make(&p->config, &p->handles);
	}
	if (error == 0 && geteuid() == 0) {
		error = fence_user(p->handles.uid, p->handles.gid);
	}
	if (error < 0) {
		(void)fprintf(stderr, "fengsui: start: %s\n",
			diag.text[0] != '\0' ? diag.text : err_text(error));
		return error;
	}
	static const struct children_events events = {
		.all_up = all_up, .gone_all = all_gone, .done = child_done, .frame = child_frame
	};
	struct children_events own = events;
	own.ctx = p;
	p->children = children_create(&p->loop, &p->config, &p->handles, &own);
	p->errands = errands_create(&p->loop, p->children);
	(void)uv_signal_init(&p->loop, &p->on_int);
	(void)uv_signal_init(&p->loop, &p->on_term);
	p->on_int.data = p;
	p->on_term.data = p;
	(void)uv_signal_start(&p->on_int, on_signal, SIGINT);
	(void)uv_signal_start(&p->on_term, on_signal, SIGTERM);
	(void)uv_poll_init(&p->loop, &p->door, p->handles.control);
	p->door.data = p;
	(void)uv_poll_start(&p->door, UV_READABLE, on_door);
	children_start(p->children);
	return 0;
}

static void end(struct parent *p)
{
	uv_close((uv_handle_t *)&p->on_int, NULL);
	uv_close((uv_handle_t *)&p->on_term, NULL);
	uv_close((uv_handle_t *)&p->door, NULL);
	errands_close(p->errands);
	for (size_t i = 0; i < GUESTS_MAX; i++) {
		p->guest[i] = ipc_destroy(p->guest[i]);
	}
	p->children = children_destroy(p->children);
	p->errands = errands_destroy(p->errands);
	(void)unlinkat(handles_get(&p->handles, "run"), "control.sock", 0);
	handles_close(&p->handles);
}

int main(int argc, char **argv)
{
	static struct parent parent;
	(void)signal(SIGPIPE, SIG_IGN);
	log_init("parent", LOG_NOTICE);
	if (options_read(argc, argv, &parent.config) < 0) {
		return 2;
	}
	if (uv_loop_init(&parent.loop) != 0 || begin(&parent) < 0) {
		return 3;
	}
	(void)uv_run(&parent.loop, UV_RUN_DEFAULT);
	bool refused = children_refused(parent.children);
	end(&parent);
	(void)uv_loop_close(&parent.loop);
	return refused ? 3 : 0;
}
