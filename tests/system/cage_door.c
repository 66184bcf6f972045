/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parent and probe around the real cage, as root: makes the room, gives
 * root away, starts the role and hands it one plugin a line of stdin,
 *
 *	ADDRESS TAB named|plain TAB TIMEOUT_MS TAB PROGRAM [TAB ARGUMENT]…
 *
 * Each answer is one line of JSON, in the order of the questions; the role's
 * counters follow at the end.  "hosts A,B" replaces what is registered and
 * "wait MS" lets time pass.  CAGE_DOOR PROGRAM_OF_CAGE PLUGINS SITE [COUNT PROGRAM]:
 * with the last two, that many runs and how long they took.  In a network
 * namespace made for it: where it runs, it makes the room's cable and rules.
 */
#include <assert.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "base/log.h"
#include "base/num.h"
#include "probe/plugin/plugin_check.h"
#include "role/cage_room.h"
#include "sys/clock.h"
#include "sys/fence.h"
#include "sys/ipc.h"
#include "sys/memfd.h"

enum {
	LINE_MAX_OCTETS = 65536,
	PATIENCE_MS = 90000,
	RUNS_AT_ONCE = 256,
	DOOR_UID = 0x70660000
};

struct door {
	int control;
	int probe;
	pid_t pid;
	uint32_t req;
	uint8_t *room;
	struct buf out;
};

static void need(bool good, const char *what)
{
	if (!good) {
		(void)fprintf(stderr, "cage-door: %s\n", what);
		exit(3);
	}
}

static void pair(int fds[2])
{
	int octets = 4 * 1024 * 1024;
	need(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) == 0, "no channel");
	for (int i = 0; i < 2; i++) {
		(void)setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &octets, sizeof(octets));
	}
}

static void give(struct door *door, enum msg_type type, const char *name, int fd)
{
	struct msg_handle msg = { .name = slice_str(name) };
	buf_clear(&door->out);
	msg_handle_encode(&msg, &door->out); /* a peer has the same shape */
	need(ipc_send_now(door->control, type, 0, buf_slice(&door->out), fd) == 0, name);
}

static void say(struct door *door, enum msg_type type, uint32_t req)
{
	need(!door->out.failed &&
			ipc_send_now(door->probe, type, req, buf_slice(&door->out), -1) == 0,
		"the cage does not hear");
}

static void role_fork(struct door *door, int program)
{
	int control[2];
	char *envp[] = { (char[]) { "ASAN_OPTIONS=detect_leaks=0:allow_addr2line=0" },
		(char[]) { "UV_THREADPOOL_SIZE=1" }, NULL };
	char *argv[] = { (char[]) { "cage" }, NULL };
	pair(control);
	door->pid = fork();
	need(door->pid >= 0, "no process");
	if (door->pid == 0) {
		(void)dup2(control[1], 3);
		(void)fexecve(program, argv, envp);
		_exit(127);
	}
	(void)close(control[1]);
	door->control = control[0];
}

static void role_start(struct door *door, const struct handles *h, int site, int program)
{
	static const char *const names[] = { "plugins", "cage_user", "cage_net" };
	char config[256];
	int fds[2];
	role_fork(door, program);
	(void)snprintf(config, sizeof(config),
		"{\"sandbox\":\"strict\",\"cage_uid\":%u,\"cage_why\":\"%s\"}", h->cage_uid,
		h->cage_why != NULL ? h->cage_why : "");
	struct msg_start start = { .config = slice_str(config) };
	buf_clear(&door->out);
	msg_start_encode(&start, &door->out);
	need(ipc_send_now(door->control, MSG_START, 0, buf_slice(&door->out), -1) == 0,
		"start");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (handles_get(h, names[i]) >= 0) {
			give(door, MSG_HANDLE, names[i], handles_get(h, names[i]));
		}
	}
	give(door, MSG_HANDLE, "site", site);
	pair(fds);
	need(fcntl(fds[1], F_SETFL, O_NONBLOCK) == 0, "no channel");
	give(door, MSG_PEER, "probe", fds[1]);
	(void)close(fds[1]);
	door->probe = fds[0];
	need(ipc_send_now(door->control, MSG_GO, 0, (struct slice) { 0 }, -1) == 0, "go");
}

static struct ipc_frame take(struct door *door, int fd, enum ipc_role self, enum msg_type type)
{
	struct ipc_frame frame = { .fd = -1 };
	int64_t until_ms = clock_mono_ms() + PATIENCE_MS;
	do {
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		need(clock_mono_ms() < until_ms && poll(&wait, 1, PATIENCE_MS) == 1,
			"the cage says nothing");
		frame = (struct ipc_frame) { .fd = -1 };
		need(ipc_receive_now(fd, self, IPC_CAGE, door->room, &frame) == 0,
			"the cage has gone");
	} while (frame.type != type);
	return frame;
}

/* ---- one plugin */

static void print_result(const struct plugin_end *end)
{
	struct check_result result;
	struct jw jw;
	AUTO_BUF struct buf line;
	buf_init(&line, 4 * LINE_MAX_OCTETS);
	check_result_init(&result, &(struct check_spec) { .id = 1 }, clock_unix_ms());
	plugin_judge(end, &result);
	jw_init(&jw, &line);
	jw_object(&jw);
	jw_kv_str(&jw, "state", slice_str(check_state_text(result.state)));
	jw_kv_str(&jw, "code", slice_str(result.code));
	jw_kv_int(&jw, "latency_us", result.latency_us);
	jw_key(&jw, "args");
	check_result_put_args(&jw, &result);
	jw_key(&jw, "perfdata");
	check_result_put_perf(&jw, &result);
	jw_kv_str(&jw, "stdout", slice_head(end->out, 8192));
	jw_kv_int(&jw, "octets", (int64_t)(end->out.n + end->err.n));
	jw_end(&jw);
	(void)printf("%.*s\n", SLICE_FMT(buf_slice(&line)));
	(void)fflush(stdout);
}

static void answer_take(struct door *door, bool shown)
{
	struct ipc_frame frame = take(door, door->probe, IPC_PROBE, MSG_PLUGIN_RAN);
	struct msg_plugin_ran msg = { 0 };
	struct memfd_map map = { 0 };
	need(msg_plugin_ran_decode(frame.payload, &msg) == 0, "an answer that cannot be read");
	if (frame.fd >= 0) {
		need(memfd_map(frame.fd, 2 * PLUGIN_KEPT_MAX, &map) == 0,
			"a broken memory file");
		msg.text = map.octets;
		(void)close(frame.fd);
	}
	const struct plugin_end end = { .how = (enum plugin_how)msg.how,
		.code = (int)msg.code,
		.latency_us = msg.latency_us,
		.out = slice_head(msg.text, msg.out_octets),
		.err = slice_skip(msg.text, msg.out_octets),
		.discarded = msg.discarded };
	if (shown) {
		print_result(&end);
	} else {
		need(end.how == PLUGIN_ENDED && end.code == 0, "a plugin did not end well");
	}
	memfd_unmap(&map);
}

static void ask(struct door *door, struct slice line)
{
	struct slice field[4] = { { 0 } };
	struct slice rest = line;
	uint64_t timeout_ms = 0;
	AUTO_BUF struct buf args;
	buf_init(&args, PLUGIN_ARGS_OCTETS_MAX);
	for (size_t i = 0; i < 4; i++) {
		struct slice after = { 0 };
		(void)slice_cut(rest, '\t', &field[i], &after);
		rest = after;
	}
	while (rest.n > 0) {
		struct slice word;
		struct slice after = { 0 };
		(void)slice_cut(rest, '\t', &word, &after);
		buf_put(&args, word);
		buf_put_byte(&args, 0);
		rest = after;
	}
	need(num_u64(field[2], 60000, &timeout_ms) == 0, "a time-out is wrong");
	struct msg_plugin_run msg = { .address = field[0],
		.named = slice_is(field[1], "named"),
		.program = field[3],
		.args = buf_slice(&args),
		.timeout_ms = (uint32_t)timeout_ms };
	buf_clear(&door->out);
	msg_plugin_run_encode(&msg, &door->out);
	say(door, MSG_PLUGIN_RUN, ++door->req);
}

static void hosts_say(struct door *door, struct slice list)
{
	AUTO_BUF struct buf hosts;
	buf_init(&hosts, 4096);
	while (list.n > 0) {
		struct probe_addr addr = { 0 };
		struct slice one;
		struct slice rest = { 0 };
		(void)slice_cut(list, ',', &one, &rest);
		need(probe_addr_parse(one, &addr) == 0, "an address is wrong");
		buf_put(&hosts, slice_of(addr.octet, 4));
		list = rest;
	}
	struct msg_cage_hosts msg = { .ipv4 = buf_slice(&hosts) };
	buf_clear(&door->out);
	msg_cage_hosts_encode(&msg, &door->out);
	say(door, MSG_CAGE_HOSTS, 0);
}

static void print_status(struct door *door)
{
	struct msg_status msg = { 0 };
	struct ipc_frame frame = { .fd = -1 };
	/* What is waiting there is of before. */
	struct pollfd wait = { .fd = door->control, .events = POLLIN };
	while (poll(&wait, 1, 0) == 1) {
		need(ipc_receive_now(door->control, IPC_PARENT, IPC_CAGE, door->room, &frame) ==
				0,
			"the cage has gone");
	}
	frame = take(door, door->control, IPC_PARENT, MSG_STATUS);
	need(msg_status_decode(frame.payload, &msg) == 0, "counters that cannot be read");
	(void)printf("%.*s\n", SLICE_FMT(msg.json));
	(void)fflush(stdout);
}

static void serve(struct door *door)
{
	static char line[LINE_MAX_OCTETS];
	while (fgets(line, sizeof(line), stdin) != NULL) {
		struct slice text = slice_of(line, strcspn(line, "\n"));
		uint64_t ms = 0;
		if (slice_starts(text, SLICE("hosts "))) {
			hosts_say(door, slice_skip(text, 6));
		} else if (slice_is(text, "status")) {
			print_status(door);
		} else if (slice_starts(text, SLICE("wait "))) {
			need(num_u64(slice_skip(text, 5), 60000, &ms) == 0, "a time is wrong");
			(void)poll(NULL, 0, (int)ms);
		} else {
			ask(door, text);
			answer_take(door, true);
		}
	}
}

static void measure(struct door *door, uint64_t count, const char *program)
{
	char line[128];
	uint64_t asked = 0;
	(void)snprintf(line, sizeof(line), "198.18.86.1\tplain\t10000\t%s", program);
	hosts_say(door, SLICE("198.18.86.1"));
	int64_t from_us = clock_mono_us();
	for (uint64_t done = 0; done < count; done++) {
		for (; asked < count && asked - done < RUNS_AT_ONCE; asked++) {
			ask(door, slice_str(line));
		}
		answer_take(door, false);
	}
	int64_t us = clock_mono_us() - from_us;
	(void)printf("{\"runs\":%llu,\"seconds\":%.4f,\"per_second\":%.1f}\n",
		(unsigned long long)count, (double)us / 1e6, (double)count * 1e6 / (double)us);
}

int main(int argc, char **argv)
{
	struct door door = { .room = malloc(IPC_FRAME_OCTETS_MAX) };
	struct handles h = { .uid = geteuid(), .gid = getegid(), .control = -1 };
	static struct config config;
	need(argc >= 4, "usage: cage-door CAGE PLUGINS SITE [COUNT PROGRAM]");
	(void)signal(SIGPIPE, SIG_IGN);
	log_init("cage-door", LOG_INFO);
	buf_init(&door.out, IPC_PAYLOAD_OCTETS_MAX);
	if (geteuid() == 0) {
		/* Of no user database: the platform's user of this test. */
		h.uid = DOOR_UID;
		h.gid = DOOR_UID;
	}
	(void)snprintf(config.plugins, sizeof(config.plugins), "%s", argv[2]);
	int program = fcntl(open(argv[1], O_RDONLY | O_CLOEXEC), F_DUPFD_CLOEXEC, 10);
	int site = open(argv[3], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	need(program >= 0 && site >= 0, "no program or no folder");
	cage_room_make(&config, &h);
	need(geteuid() != 0 || fence_user(h.uid, h.gid) == 0, "still root");
	role_start(&door, &h, site, program);
	(void)take(&door, door.control, IPC_PARENT, MSG_READY);
	uint64_t count = 0;
	if (argc >= 6 && num_u64(slice_str(argv[4]), UINT32_MAX, &count) == 0) {
		measure(&door, count, argv[5]);
	} else {
		serve(&door);
	}
	print_status(&door);
	need(ipc_send_now(door.control, MSG_STOP, 0, (struct slice) { 0 }, -1) == 0, "stop");
	int status = 0;
	need(waitpid(door.pid, &status, 0) == door.pid && status == 0, "it ended badly");
	free(door.room);
	buf_fini(&door.out);
	return 0;
}
