/* SPDX-License-Identifier: Apache-2.0 */
#include "role/children.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/jw.h"
#include "base/log.h"
#include "courier/smtp.h"
#include "role/runtime.h"
#include "sys/clock.h"
#include "sys/ipc.h"

enum {
	RESTART_FIRST_MS = 200,
	RESTART_LAST_MS = 30000,
	HEALTH_EVERY_MS = 1000,
	STOP_PATIENCE_MS = 10000,
	STEADY_AFTER_MS = 60000,
	FRAME_ROOM_OCTETS = 4 * 1024 * 1024
};

enum child_state {
	CHILD_ABSENT,
	CHILD_STARTING,
	CHILD_UP,
	CHILD_RESTARTING,
	CHILD_STOPPING,
	CHILD_GONE
};

static const char *const state_text[] = { "absent", "starting", "up", "restarting", "stopping",
	"gone" };

/* Which roles are started, in this order; stopped in the reverse one. */
static const struct {
	enum ipc_role role;
	unsigned pool_threads;
	const char *handles[8];
	bool on_demand; /* lives only while it has something to do */
} plan[] = {
	{ IPC_CORE, 2, { "data", "lock", "blobs", "backup", "key", "share", "site" }, false },
	{ IPC_QUERY, 2, { "data", "tail", "blobs", "share", "site" }, false },
	{ IPC_PAPER, 1, { "share", "site" }, false },
	{ IPC_COURIER, SMTP_INFLIGHT_MAX, { NULL }, false },
	{ IPC_PROBE, 1, { "tail", "icmp4", "icmp6", "dhcp4", "share", "site" }, false },
	{ IPC_COLLECT, 1, { "tail", "syslog_udp", "syslog_tcp", "trap_udp", "share", "site" },
		false },
	{ IPC_DETECT, 1, { "tail", "share", "site" }, false },
	{ IPC_WEB, 1, { "http", "https", "share", "data" }, false },
	{ IPC_CAGE, 1, { "plugins", "site", "cage_user", "cage_net" }, true },
	{ IPC_BACKUP, 1, { "data" }, true },
	{ IPC_VERIFY, 1, { "data" }, true },
};

/* Who talks with whom. */
static const struct {
	enum ipc_role a;
	enum ipc_role b;
} links[] = {
	{ IPC_CORE, IPC_QUERY },
	{ IPC_CORE, IPC_WEB },
	{ IPC_QUERY, IPC_WEB },
	{ IPC_CORE, IPC_PROBE },
	{ IPC_COLLECT, IPC_PROBE },
	{ IPC_CORE, IPC_DETECT },
	{ IPC_CORE, IPC_COURIER },
	{ IPC_CORE, IPC_PAPER },
	{ IPC_PROBE, IPC_CAGE },
};

enum {
	PLAN_COUNT = sizeof(plan) / sizeof(plan[0]),
	LINK_COUNT = sizeof(links) / sizeof(links[0])
};

struct child {
	struct children *all;
	enum ipc_role role;
	enum child_state state;
	pid_t pid;
	struct ipc *control;
	uv_timer_t again;
	int64_t up_since_ms; /* unix */
	int64_t started_mono_ms;
	int64_t pause_ms;
	uint64_t restarts;
	char sandbox[16];
	struct buf counters; /* the role's last status, JSON */
};

struct children {
	uv_loop_t *loop;
	const struct config *config;
	const struct handles *handles;
	struct children_events events;
	struct child child[PLAN_COUNT];
	uv_signal_t on_child;
	uv_timer_t health;
	uv_timer_t patience;
	struct buf out;
	char backup_target[4096];
	bool stopping;
	bool was_all_up;
	bool core_was_up;
	bool refused;
};

static struct child *child_of(struct children *all, enum ipc_role role)
{
	for (size_t i = 0; i < PLAN_COUNT; i++) {
		if (all->child[i].role == role) {
			return &all->child[i];
		}
	}
	return NULL;
}

static void send_handles(struct children *all, struct child *c)
{
	size_t at = (size_t)(c - all->child);
	for (size_t i = 0; i < 8 && plan[at].handles[i] != NULL; i++) {
		int fd = handles_get(all->handles, plan[at].handles[i]);
		int copy = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : -1;
		if (copy < 0) {
			continue;
		}
		struct msg_handle msg = { .name = slice_str(plan[at].handles[i]) };
		buf_clear(&all->out);
		msg_handle_encode(&msg, &all->out);
		(void)!ipc_send(c->control, MSG_HANDLE, 0, 0, buf_slice(&all->out), copy);
	}
}

static void send_config(struct children *all, struct child *c)
{
	AUTO_BUF struct buf text;
	buf_init(&text, 32768);
	struct jw jw;
	jw_init(&jw, &text);
	jw_object(&jw);
	jw_kv_str(&jw, "sandbox", slice_str(all->config->sandbox));
	jw_kv_str(&jw, "store", slice_str(all->config->store));
	jw_kv_str(&jw, "listen", slice_str(all->config->listen));
	jw_kv_str(&jw, "tls_listen", slice_str(all->config->tls_listen));
	jw_kv_str(&jw, "tls_cert", slice_str(all->config->tls_cert));
	jw_kv_str(&jw, "tls_key", slice_str(all->config->tls_key));
	if (c->role == IPC_BACKUP) {
		jw_kv_str(&jw, "target", slice_str(all->backup_target));
	}
	if (c->role == IPC_CAGE) {
		jw_kv_int(&jw, "cage_uid", all->handles->cage_uid);
		jw_kv_str(&jw, "cage_why", slice_str(all->handles->cage_why));
	}
	jw_end(&jw);
	struct msg_start msg = { .config = buf_slice(&text) };
	buf_clear(&all->out);
	msg_start_encode(&msg, &all->out);
	(void)!ipc_send(c->control, MSG_START, 0, 0, buf_slice(&all->out), -1);
}

static void introduce(struct children *all, struct child *to, enum ipc_role peer, int own_fd)
{
	struct msg_peer msg = { .role = slice_str(ipc_role_name(peer)) };
	buf_clear(&all->out);
	msg_peer_encode(&msg, &all->out);
	(void)!ipc_send(to->control, MSG_PEER, 0, 0, buf_slice(&all->out), own_fd);
}

static int pair_open(int fds[2], int flags)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | flags, 0, fds) < 0) {
		return -errno;
	}
	for (int i = 0; i < 2; i++) {
		int octets = FRAME_ROOM_OCTETS;
		(void)setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &octets, sizeof(octets));
	}
	return 0;
}

/* Fresh channels between a new child and every peer that lives. */
static void send_peers(struct children *all, struct child *c)
{
	for (size_t i = 0; i < LINK_COUNT; i++) {
		enum ipc_role other = links[i].a == c->role   ? links[i].b
				      : links[i].b == c->role ? links[i].a
							      : c->role;
		struct child *peer = other != c->role ? child_of(all, other) : NULL;
		int fds[2];
		if (peer == NULL || peer->control == NULL ||
			pair_open(fds, SOCK_NONBLOCK) < 0) {
			continue;
		}
		introduce(all, c, other, fds[0]);
		introduce(all, peer, c->role, fds[1]);
	}
}

static void child_start(struct child *c);

static void on_again(uv_timer_t *timer)
{
	child_start(timer->data);
}

static void child_lost(struct child *c, const char *why)
{
	struct children *all = c->all;
	c->control = ipc_destroy(c->control);
	if (all->stopping) {
		c->state = CHILD_GONE;
		return;
	}
	if (plan[c - all->child].on_demand) {
		c->state = CHILD_ABSENT;
		all->events.done(all->events.ctx, c->role, why);
		return;
	}
	bool steady = clock_mono_ms() - c->started_mono_ms > STEADY_AFTER_MS;
	c->pause_ms = steady || c->pause_ms == 0 ? RESTART_FIRST_MS : c->pause_ms * 2;
	c->pause_ms = c->pause_ms > RESTART_LAST_MS ? RESTART_LAST_MS : c->pause_ms;
	c->state = CHILD_RESTARTING;
	c->restarts++;
	log_event(LOG_WARNING, "role.restarting", F_STR("role", ipc_role_name(c->role)),
		F_STR("why", why), F_INT("pause_ms", c->pause_ms));
	(void)uv_timer_start(&c->again, on_again, (uint64_t)c->pause_ms, 0);
}

/* A worker of paper ends after somebody's file; the next one is no restart worth counting. */
static bool child_renew(struct child *c, int status)
{
	bool served = c->role == IPC_PAPER && c->state == CHILD_UP && WIFEXITED(status) &&
		      WEXITSTATUS(status) == 0;
	if (served && !c->all->stopping) {
		c->control = ipc_destroy(c->control);
		c->state = CHILD_STARTING;
		(void)uv_timer_start(&c->again, on_again, 0, 0);
		return true;
	}
	return false;
}

static void check_all_up(struct children *all)
{
	for (size_t i = 0; i < PLAN_COUNT; i++) {
		if (all->child[i].state != CHILD_ABSENT && all->child[i].state != CHILD_UP) {
			return;
		}
	}
	if (!all->was_all_up) {
		all->was_all_up = true;
		all->events.all_up(all->events.ctx);
	}
}

static void on_health(uv_timer_t *timer);

static void on_frame(void *ctx, struct ipc *ipc, struct ipc_frame *frame)
{
	struct child *c = ctx;
	(void)ipc;
	struct msg_ready ready = { 0 };
	struct msg_status status = { 0 };
	if (frame->type == MSG_READY && msg_ready_decode(frame->payload, &ready) == 0) {
		(void)snprintf(
			c->sandbox, sizeof(c->sandbox), "%.*s", SLICE_FMT(ready.sandbox));
		c->state = CHILD_UP;
		c->all->core_was_up = c->all->core_was_up || c->role == IPC_CORE;
		c->up_since_ms = clock_unix_ms();
		on_health(
			&c->all->health); /* who waits for it need not wait for the next second */
		check_all_up(c->all);
	} else if (frame->type == MSG_STATUS &&
		   msg_status_decode(frame->payload, &status) == 0) {
		buf_clear(&c->counters);
		buf_put(&c->counters, status.json);
	} else {
		c->all->events.frame(c->all->events.ctx, c->role, frame);
	}
}

static void on_closed(void *ctx, struct ipc *ipc, const char *why)
{
	/* The exit itself is seen by SIGCHLD; a role that closed but lives is no use. */
	struct child *c = ctx;
	(void)ipc;
	(void)why;
	c->control = ipc_destroy(c->control);
	if (!c->all->stopping) {
		(void)kill(c->pid, SIGKILL);
	}
}

/* In the child, between fork and exec: only async-signal-safe calls. */
NORETURN static void child_exec(
	int program, int control, char *const argv[], char *const envp[])
{
	/* dup2 clears close-on-exec on its result. */
	if (control != 3 ? dup2(control, 3) < 0 : fcntl(3, F_SETFD, 0) < 0) {
		_exit(127);
	}
	(void)fexecve(program, argv, envp);
	_exit(127);
}

static int child_fork(struct child *c, int program, int control)
{
	char name[32];
	char threads[48];
	size_t at = (size_t)(c - c->all->child);
	(void)snprintf(name, sizeof(name), "fengsui-%s", ipc_role_name(c->role));
	(void)snprintf(
		threads, sizeof(threads), "UV_THREADPOOL_SIZE=%u", plan[at].pool_threads);
	/* The sanitizers' leak check at exit would need ptrace, which the fence kills. */
	char leaks[] = "ASAN_OPTIONS=detect_leaks=0:allow_addr2line=0";
	char lang[] = "LC_ALL=C.UTF-8";
	char *const argv[] = { name, NULL };
	char *const envp[] = { threads, leaks, lang, NULL };
	/* Programs without #! need no path, so close-on-exec of the descriptor is fine. */
	pid_t pid = fork();
	if (pid < 0) {
		return -errno;
	}
	if (pid == 0) {
		child_exec(program, control, argv, envp);
	}
	c->pid = pid;
	return 0;
}

static void child_start(struct child *c)
{
	struct children *all = c->all;
	int program = all->handles->program[c->role];
	int fds[2];
	if (program < 0) {
		c->state = CHILD_ABSENT;
		return;
	}
	if (pair_open(fds, 0) < 0) {
		return;
	}
	if (fcntl(fds[0], F_SETFL, O_NONBLOCK) < 0 || child_fork(c, program, fds[1]) < 0) {
		(void)close(fds[0]);
		(void)close(fds[1]);
		child_lost(c, "fork failed");
		return;
	}
	(void)close(fds[1]);
	c->state = CHILD_STARTING;
	c->started_mono_ms = clock_mono_ms();
	c->control = ipc_create(all->loop, fds[0], IPC_PARENT, c->role, on_frame, on_closed, c);
	send_config(all, c);
	send_handles(all, c);
	send_peers(all, c);
	(void)!ipc_send(c->control, MSG_GO, 0, 0, (struct slice) { 0 }, -1);
}

static bool all_gone(const struct children *all)
{
	for (size_t i = 0; i < PLAN_COUNT; i++) {
		if (all->child[i].pid > 0) {
			return false;
		}
	}
	return true;
}

static void stop_next(struct children *all);

static void kill_all(struct children *all)
{
	for (size_t i = 0; i < PLAN_COUNT; i++) {
		if (all->child[i].pid > 0) {
			(void)kill(all->child[i].pid, SIGKILL);
		}
	}
}

static void child_ended(struct child *c, int status, const char *why)
{
	struct children *all = c->all;
	if (c->role == IPC_CORE && !all->core_was_up && WIFEXITED(status) &&
		WEXITSTATUS(status) == RUNTIME_REFUSED) {
		/* It would say the same again and again; the others hold nothing without it. */
		all->refused = true;
		children_stop(all);
		kill_all(all);
	}
	if (!child_renew(c, status)) {
		child_lost(c, why);
	}
}

static void on_sigchld(uv_signal_t *handle, int signum)
{
	struct children *all = handle->data;
	(void)signum;
	for (size_t i = 0; i < PLAN_COUNT; i++) {
		struct child *c = &all->child[i];
		int status = 0;
		if (c->pid <= 0 || waitpid(c->pid, &status, WNOHANG) != c->pid) {
			continue;
		}
		char why[64];
		if (WIFSIGNALED(status)) {
			(void)snprintf(
				why, sizeof(why), "killed by signal %d", WTERMSIG(status));
		} else {
			(void)snprintf(why, sizeof(why), "ended with %d", WEXITSTATUS(status));
		}
		c->pid = 0;
		child_ended(c, status, why);
	}
	if (all->stopping) {
		stop_next(all);
	}
}

/* One after the other, last started first, so that core outlives who feeds it. */
static void stop_next(struct children *all)
{
	for (size_t i = PLAN_COUNT; i > 0; i--) {
		struct child *c = &all->child[i - 1];
		if (c->pid <= 0) {
			continue;
		}
		if (c->state != CHILD_STOPPING) {
			c->state = CHILD_STOPPING;
			if (c->control == NULL || ipc_send(c->control, MSG_STOP, 0, 0,
							  (struct slice) { 0 }, -1) < 0) {
				(void)kill(c->pid, SIGKILL);
			}
		}
		return;
	}
	if (all_gone(all)) {
		all->events.gone_all(all->events.ctx);
	}
}

static void on_patience(uv_timer_t *timer)
{
	struct children *all = timer->data;
	for (size_t i = 0; i < PLAN_COUNT; i++) {
		if (all->child[i].pid > 0) {
			log_event(LOG_WARNING, "role.killed",
				F_STR("role", ipc_role_name(all->child[i].role)));
		}
	}
	kill_all(all);
}

void children_stop(struct children *all)
{
	if (all->stopping) {
		return;
	}
	all->stopping = true;
	for (size_t i = 0; i < PLAN_COUNT; i++) {
		(void)uv_timer_stop(&all->child[i].again);
	}
	(void)uv_timer_start(&all->patience, on_patience, STOP_PATIENCE_MS, 0);
	stop_next(all);
}

bool children_refused(const struct children *all)
{
	return all->refused;
}

void children_put_health(const struct children *all, struct buf *out)
{
	struct jw jw;
	jw_init(&jw, out);
	jw_object(&jw);
	jw_kv_int(&jw, "at", clock_unix_ms());
	jw_key(&jw, "roles");
	jw_array(&jw);
	for (size_t i = 0; i < PLAN_COUNT; i++) {
		const struct child *c = &all->child[i];
		if (c->state == CHILD_ABSENT) {
			continue;
		}
		jw_object(&jw);
		jw_kv_str(&jw, "role", slice_str(ipc_role_name(c->role)));
		jw_kv_str(&jw, "state", slice_str(state_text[c->state]));
		jw_kv_int(&jw, "pid", c->pid);
		jw_kv_int(&jw, "restarts", (int64_t)c->restarts);
		jw_kv_int(&jw, "up_since", c->up_since_ms);
		jw_kv_str(&jw, "sandbox", slice_str(c->sandbox));
		jw_key(&jw, "counters");
		jw_raw(&jw, c->counters.n > 0 ? buf_slice(&c->counters) : SLICE("{}"));
		jw_end(&jw);
	}
	jw_end(&jw);
	jw_end(&jw);
}

static void on_health(uv_timer_t *timer)
{
	static const enum ipc_role readers[] = { IPC_CORE, IPC_QUERY, IPC_WEB };
	struct children *all = timer->data;
	AUTO_BUF struct buf text;
	buf_init(&text, 60000);
	children_put_health(all, &text);
	struct msg_health msg = { .json = buf_slice(&text) };
	buf_clear(&all->out);
	msg_health_encode(&msg, &all->out);
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		struct child *c = child_of(all, readers[i]);
		if (c->state == CHILD_UP && !all->out.failed) {
			(void)!ipc_send(c->control, MSG_HEALTH, 0, 0, buf_slice(&all->out), -1);
		}
	}
}

struct children *children_create(uv_loop_t *loop, const struct config *config,
	const struct handles *handles, const struct children_events *events)
{
	struct children *all = calloc(1, sizeof(*all));
	if (all == NULL) {
		abort();
	}
	all->loop = loop;
	all->config = config;
	all->handles = handles;
	all->events = *events;
	buf_init(&all->out, IPC_PAYLOAD_OCTETS_MAX);
	for (size_t i = 0; i < PLAN_COUNT; i++) {
		struct child *c = &all->child[i];
		c->all = all;
		c->role = plan[i].role;
		buf_init(&c->counters, 16384);
		(void)uv_timer_init(loop, &c->again);
		c->again.data = c;
	}
	(void)uv_signal_init(loop, &all->on_child);
	all->on_child.data = all;
	(void)uv_timer_init(loop, &all->health);
	all->health.data = all;
	(void)uv_timer_init(loop, &all->patience);
	all->patience.data = all;
	return all;
}

void children_start(struct children *all)
{
	(void)uv_signal_start(&all->on_child, on_sigchld, SIGCHLD);
	(void)uv_timer_start(&all->health, on_health, HEALTH_EVERY_MS, HEALTH_EVERY_MS);
	for (size_t i = 0; i < PLAN_COUNT; i++) {
		if (!plan[i].on_demand) {
			child_start(&all->child[i]);
		}
	}
}

int children_run(struct children *all, enum ipc_role role, struct slice target)
{
	struct child *c = child_of(all, role);
	if (all->stopping || c->state != CHILD_ABSENT ||
		target.n >= sizeof(all->backup_target)) {
		return E_BUSY;
	}
	if (role == IPC_BACKUP) {
		(void)snprintf(all->backup_target, sizeof(all->backup_target), "%.*s",
			SLICE_FMT(target));
	}
	child_start(c);
	return c->state == CHILD_STARTING ? 0 : E_UNSUPPORTED;
}

int children_tell(
	struct children *all, enum ipc_role to, enum msg_type type, struct slice payload)
{
	struct child *c = child_of(all, to);
	/* What a child is told before it is up it does not hear. */
	return c->control == NULL || c->state != CHILD_UP
		       ? E_CLOSED
		       : ipc_send(c->control, type, 0, 0, payload, -1);
}

struct children *children_destroy(struct children *all)
{
	if (all != NULL) {
		uv_close((uv_handle_t *)&all->on_child, NULL);
		uv_close((uv_handle_t *)&all->health, NULL);
		uv_close((uv_handle_t *)&all->patience, NULL);
		for (size_t i = 0; i < PLAN_COUNT; i++) {
			uv_close((uv_handle_t *)&all->child[i].again, NULL);
			all->child[i].control = ipc_destroy(all->child[i].control);
			buf_fini(&all->child[i].counters);
		}
		while (uv_run(all->loop, UV_RUN_NOWAIT) != 0) {
		}
		buf_fini(&all->out);
		free(all);
	}
	return NULL;
}
