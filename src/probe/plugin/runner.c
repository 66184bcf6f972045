/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/plugin/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/num.h"
#include "probe/plugin/launch.h"
#include "probe/plugin/place.h"
#include "sys/clock.h"

enum { STREAMS = 2, EVENTS_MAX = 64, READ_OCTETS = 64 * 1024, SWEEP_MS = 1000 };

/* One that waits for a place; its texts follow it. */
struct waiting {
	struct waiting *next;
	struct plugin_sink sink;
	uint32_t timeout_ms;
	int folder;
	unsigned argc;
	char file[PLUGIN_NAME_MAX + 3]; /* "./NAME" */
	size_t args_n;
	char args[];
};

struct run {
	struct plugin_runner *runner;
	pid_t pid; /* 0 = the place is free */
	struct plugin_sink sink;
	int64_t started_us;
	bool timed_out;
	uint64_t discarded;
	int fd[STREAMS];
	struct buf text[STREAMS];
	uv_timer_t timer;
};

struct plugin_runner {
	uv_loop_t *loop;
	struct plugin_runner_config config;
	struct plugin_runner_stats stats;
	uint32_t places;
	int epoll;
	uv_poll_t readable;
	uv_signal_t on_child;
	uv_timer_t sweep;
	struct waiting *first;
	struct waiting **last;
	unsigned open_handles;
	uint8_t room[READ_OCTETS];
	struct run run[];
};

/* ---- output */

static void take_text(struct run *run, int stream, struct slice octets)
{
	struct buf *text = &run->text[stream];
	size_t left = PLUGIN_KEPT_MAX - text->n;
	buf_put(text, slice_head(octets, left));
	run->discarded += octets.n > left ? octets.n - left : 0;
}

/* True while there may be more. */
static bool read_once(struct run *run, int stream)
{
	struct plugin_runner *runner = run->runner;
	ssize_t n = read(run->fd[stream], runner->room, sizeof(runner->room));
	if (n > 0) {
		take_text(run, stream, slice_of(runner->room, (size_t)n));
	} else if (n == 0) {
		/* Closed by the plugin, which goes on: nothing more to hear. */
		(void)epoll_ctl(runner->epoll, EPOLL_CTL_DEL, run->fd[stream], NULL);
	}
	return n > 0;
}

static void on_readable(uv_poll_t *handle, int status, int events)
{
	struct plugin_runner *runner = handle->data;
	struct epoll_event ready[EVENTS_MAX];
	(void)status;
	(void)events;
	int n = epoll_wait(runner->epoll, ready, EVENTS_MAX, 0);
	for (int i = 0; i < n; i++) {
		struct run *run = &runner->run[ready[i].data.u32 / STREAMS];
		if (run->pid > 0) {
			(void)read_once(run, (int)(ready[i].data.u32 % STREAMS));
		}
	}
}

static int streams_open(struct run *run, int ret_ends[STREAMS])
{
	struct plugin_runner *runner = run->runner;
	uint32_t place = (uint32_t)(run - runner->run);
	for (int i = 0; i < STREAMS; i++) {
		run->fd[i] = -1;
		ret_ends[i] = -1;
	}
	for (int i = 0; i < STREAMS; i++) {
		int fds[2];
		if (pipe2(fds, O_CLOEXEC) < 0) {
			return -errno;
		}
		run->fd[i] = fds[0];
		ret_ends[i] = fds[1];
		struct epoll_event event = { .events = EPOLLIN,
			.data.u32 = place * STREAMS + (uint32_t)i };
		if (fcntl(fds[0], F_SETFL, O_NONBLOCK) < 0 ||
			epoll_ctl(runner->epoll, EPOLL_CTL_ADD, fds[0], &event) < 0) {
			return -errno;
		}
	}
	return 0;
}

static void close_all(int fds[STREAMS])
{
	for (int i = 0; i < STREAMS; i++) {
		if (fds[i] >= 0) {
			(void)close(fds[i]);
		}
		fds[i] = -1;
	}
}

/* ---- beginning */

static void on_timeout(uv_timer_t *timer)
{
	struct run *run = timer->data;
	run->timed_out = true;
	(void)kill(-run->pid, SIGKILL);
}

static int run_launch(struct run *run, struct waiting *what)
{
	const struct plugin_runner_config *config = &run->runner->config;
	char *argv[PLUGIN_ARGS_MAX + 2] = { what->file };
	int ends[STREAMS];
	char *at = what->args;
	for (unsigned i = 0; i < what->argc; i++) {
		argv[i + 1] = at;
		at += strlen(at) + 1;
	}
	int error = streams_open(run, ends);
	if (error == 0) {
		const struct launch this = { .folder = what->folder,
			.file = what->file,
			.argv = argv,
			.nothing = config->nothing,
			.out = ends[0],
			.err = ends[1],
			.cpu_s = what->timeout_ms / 1000 + 1,
			.change_user = config->change_user,
			.uid = config->uid,
			.gid = config->gid };
		error = launch(&this, &run->pid);
	}
	close_all(ends);
	if (error < 0) {
		close_all(run->fd);
	}
	return error;
}

static enum plugin_how how_of_error(int error)
{
	return error == -ENOENT || error == -ENOEXEC || error == -EACCES ? PLUGIN_ABSENT
									 : PLUGIN_FAILED;
}

static enum plugin_how run_begin(struct plugin_runner *runner, struct waiting *what)
{
	struct run *run = runner->run;
	while (run->pid != 0) {
		run++;
	}
	run->sink = what->sink;
	run->timed_out = false;
	run->discarded = 0;
	run->started_us = clock_mono_us();
	int error = run_launch(run, what);
	if (error < 0) {
		run->pid = 0;
		return how_of_error(error);
	}
	uv_update_time(run->timer.loop); /* a late turn must not shorten the wait */
	(void)uv_timer_start(&run->timer, on_timeout, what->timeout_ms, 0);
	runner->stats.started++;
	runner->stats.running++;
	return PLUGIN_ENDED;
}

/* Those that waited, while there is room; one that cannot begin is told so. */
static void begin_waiting(struct plugin_runner *runner)
{
	while (runner->first != NULL && runner->stats.running < runner->places) {
		struct waiting *what = runner->first;
		runner->first = what->next;
		if (runner->first == NULL) {
			runner->last = &runner->first;
		}
		runner->stats.waiting--;
		enum plugin_how how = run_begin(runner, what);
		if (how != PLUGIN_ENDED) {
			struct plugin_end end = { .how = how, .latency_us = -1 };
			runner->stats.refused++;
			what->sink.done(what->sink.user, what->sink.tag, &end);
		}
		free(what);
	}
}

/* ---- ending */

static void run_end(struct run *run, int status)
{
	struct plugin_runner *runner = run->runner;
	struct plugin_end end = { .how = run->timed_out        ? PLUGIN_TIMED_OUT
					 : WIFSIGNALED(status) ? PLUGIN_SIGNALLED
							       : PLUGIN_ENDED,
		.code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
		.latency_us = clock_mono_us() - run->started_us };
	for (int i = 0; i < STREAMS; i++) {
		/* A pipe's worth and no more: who stayed behind may go on writing. */
		(void)(read_once(run, i) && read_once(run, i));
	}
	end.out = buf_slice(&run->text[0]);
	end.err = buf_slice(&run->text[1]);
	end.discarded = run->discarded;
	runner->stats.timed_out += run->timed_out;
	runner->stats.signalled += end.how == PLUGIN_SIGNALLED;
	runner->stats.flooded += run->discarded > 0;
	runner->stats.running--;
	close_all(run->fd);
	(void)uv_timer_stop(&run->timer);
	run->pid = 0;
	run->sink.done(run->sink.user, run->sink.tag, &end);
	for (int i = 0; i < STREAMS; i++) {
		if (run->discarded > 0) {
			buf_fini(&run->text[i]);
			buf_init(&run->text[i], PLUGIN_KEPT_MAX);
		}
		buf_clear(&run->text[i]);
	}
}

static struct run *run_of(struct plugin_runner *runner, pid_t pid)
{
	for (uint32_t i = 0; i < runner->places; i++) {
		if (runner->run[i].pid == pid) {
			return &runner->run[i];
		}
	}
	return NULL;
}

static void on_child(uv_signal_t *handle, int signum)
{
	struct plugin_runner *runner = handle->data;
	(void)signum;
	for (;;) {
		siginfo_t info = { 0 };
		int status = 0;
		/* Seen before it is taken: until then its number, and its group's, is nobody else's. */
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
			info.si_pid == 0) {
			break;
		}
		struct run *run = run_of(runner, info.si_pid);
		if (run != NULL) {
			(void)kill(-run->pid, SIGKILL);
		}
		(void)waitpid(info.si_pid, &status, 0);
		if (run != NULL) {
			run_end(run, status);
		}
	}
	begin_waiting(runner);
}

/* Whoever left its plugin's group became our child when its parent ended. */
static void on_sweep(uv_timer_t *timer)
{
	struct plugin_runner *runner = timer->data;
	char text[4096];
	ssize_t n = pread(runner->config.children, text, sizeof(text), 0);
	struct slice rest = slice_of(text, n > 0 ? (size_t)n : 0);
	struct slice word;
	while (slice_cut(rest, ' ', &word, &rest)) {
		uint64_t number = 0;
		if (num_u64(word, INT32_MAX, &number) < 0 || number < 2) {
			continue;
		}
		pid_t group = getpgid((pid_t)number);
		if (group > 1 && run_of(runner, group) == NULL) {
			(void)kill((pid_t)number, SIGKILL);
			runner->stats.strays++;
		}
	}
}

/* ---- the door */

/* How many texts, or -1 where one has no end. */
static int args_count(struct slice args)
{
	int count = 0;
	for (size_t i = 0; i < args.n; i++) {
		count += args.p[i] == '\0';
	}
	bool whole = args.n == 0 || args.p[args.n - 1] == '\0';
	return whole && count <= PLUGIN_ARGS_MAX && args.n <= PLUGIN_ARGS_OCTETS_MAX ? count
										     : -1;
}

static enum plugin_how ask_take(
	struct plugin_runner *runner, const struct plugin_ask *ask, struct waiting **ret_what)
{
	int argc = args_count(ask->args);
	if (argc < 0) {
		return PLUGIN_REFUSED;
	}
	if (!plugin_name_fits(ask->program)) {
		return PLUGIN_OUTSIDE;
	}
	struct waiting *what = calloc(1, sizeof(*what) + ask->args.n);
	if (what == NULL) {
		return PLUGIN_FAILED;
	}
	(void)snprintf(what->file, sizeof(what->file), "./%.*s", SLICE_FMT(ask->program));
	enum plugin_how how = plugin_place_find(
		runner->config.folders, PLUGIN_FOLDERS_MAX, what->file + 2, &what->folder);
	if (how != PLUGIN_ENDED) {
		free(what);
		return how;
	}
	if (ask->args.n > 0) {
		memcpy(what->args, ask->args.p, ask->args.n);
	}
	what->args_n = ask->args.n;
	what->argc = (unsigned)argc;
	what->timeout_ms = ask->timeout_ms;
	*ret_what = what;
	return PLUGIN_ENDED;
}

enum plugin_how plugin_runner_start(
	struct plugin_runner *runner, const struct plugin_ask *ask, struct plugin_sink sink)
{
	struct waiting *what = NULL;
	if (runner->stats.waiting == PLUGIN_WAITING_MAX) {
		runner->stats.busy++;
		return PLUGIN_BUSY;
	}
	enum plugin_how how = ask_take(runner, ask, &what);
	if (how != PLUGIN_ENDED) {
		runner->stats.refused++;
		return how;
	}
	what->sink = sink;
	if (runner->stats.running < runner->places) {
		how = run_begin(runner, what);
		runner->stats.refused += how != PLUGIN_ENDED;
		free(what);
		return how;
	}
	*runner->last = what;
	runner->last = &what->next;
	runner->stats.waiting++;
	return PLUGIN_ENDED;
}

struct plugin_runner_stats plugin_runner_stats(const struct plugin_runner *runner)
{
	return runner->stats;
}

static void handle_gone(struct plugin_runner *runner)
{
	if (--runner->open_handles == 0) {
		(void)close(runner->epoll);
		free(runner);
	}
}

static void on_handle_closed(uv_handle_t *handle)
{
	handle_gone(handle->data);
}

static void on_timer_closed(uv_handle_t *handle)
{
	const struct run *run = handle->data;
	handle_gone(run->runner);
}

static void run_drop(struct run *run)
{
	if (run->pid > 0) {
		(void)kill(-run->pid, SIGKILL);
		(void)waitpid(run->pid, NULL, 0);
		close_all(run->fd);
		run->pid = 0;
	}
	buf_fini(&run->text[0]);
	buf_fini(&run->text[1]);
	uv_close((uv_handle_t *)&run->timer, on_timer_closed);
}

void plugin_runner_close(struct plugin_runner *runner)
{
	while (runner->first != NULL) {
		struct waiting *what = runner->first;
		runner->first = what->next;
		free(what);
	}
	for (uint32_t i = 0; i < runner->places; i++) {
		run_drop(&runner->run[i]);
	}
	if (runner->config.children >= 0) {
		on_sweep(&runner->sweep);
	}
	uv_close((uv_handle_t *)&runner->readable, on_handle_closed);
	uv_close((uv_handle_t *)&runner->on_child, on_handle_closed);
	uv_close((uv_handle_t *)&runner->sweep, on_handle_closed);
}

static int handles_start(struct plugin_runner *runner)
{
	uv_loop_t *loop = runner->loop;
	int error = uv_poll_init(loop, &runner->readable, runner->epoll);
	if (error < 0) {
		return error;
	}
	(void)uv_signal_init(loop, &runner->on_child);
	(void)uv_timer_init(loop, &runner->sweep);
	runner->readable.data = runner;
	runner->on_child.data = runner;
	runner->sweep.data = runner;
	runner->open_handles = 3 + runner->places;
	for (uint32_t i = 0; i < runner->places; i++) {
		struct run *run = &runner->run[i];
		run->runner = runner;
		buf_init(&run->text[0], PLUGIN_KEPT_MAX);
		buf_init(&run->text[1], PLUGIN_KEPT_MAX);
		(void)uv_timer_init(loop, &run->timer);
		run->timer.data = run;
	}
	if (runner->config.children >= 0) {
		(void)uv_timer_start(&runner->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
	}
	(void)uv_poll_start(&runner->readable, UV_READABLE, on_readable);
	return uv_signal_start(&runner->on_child, on_child, SIGCHLD);
}

int plugin_runner_create(uv_loop_t *loop, const struct plugin_runner_config *config,
	struct plugin_runner **ret_runner)
{
	uint32_t places = config->running_max != 0 && config->running_max < PLUGIN_RUNNING_MAX
				  ? config->running_max
				  : PLUGIN_RUNNING_MAX;
	struct plugin_runner *runner =
		calloc(1, sizeof(*runner) + places * sizeof(runner->run[0]));
	if (runner == NULL) {
		return -ENOMEM;
	}
	runner->loop = loop;
	runner->config = *config;
	runner->places = places;
	runner->last = &runner->first;
	runner->epoll = epoll_create1(EPOLL_CLOEXEC);
	int error = runner->epoll < 0 ? -errno : handles_start(runner);
	if (error < 0) {
		(void)close(runner->epoll);
		free(runner);
		return error;
	}
	*ret_runner = runner;
	return 0;
}
