/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A role with the groups and rights it is told (GROUPS RIGHTS [loop|pool CALL]).
 * On its loop's thread and on a pool thread it tries what a role might, and
 * its counters tell what came of it: 1 = done, otherwise 1000 + errno.  With
 * the further words that thread reaches for a call which nothing survives.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/jw.h"
#include "base/num.h"
#include "role/runtime.h"

enum { DONE = 1, REFUSED = 1000, LOOP = 0, POOL = 1, THREADS = 2, ATTEMPTS = 14 };

struct attempts {
	struct runtime *rt;
	int rights;
	const char *deadly; /* "loop", "pool" or NULL: which thread makes the call */
	const char *call;
	int inside;
	int beside;
	uv_work_t work;
	int64_t result[THREADS][ATTEMPTS];
};

static int64_t outcome(int fd)
{
	if (fd < 0) {
		return REFUSED + errno;
	}
	(void)close(fd);
	return DONE;
}

static int64_t try_passwd(const struct attempts *a)
{
	(void)a;
	return outcome(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}

static int64_t try_beside(const struct attempts *a)
{
	return outcome(openat(a->beside, "file", O_RDONLY | O_CLOEXEC));
}

static int64_t try_read(const struct attempts *a)
{
	return outcome(openat(a->inside, "file", O_RDONLY | O_CLOEXEC));
}

static int64_t try_write(const struct attempts *a)
{
	return outcome(openat(a->inside, "made", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

static int64_t try_socket(const struct attempts *a)
{
	(void)a;
	return outcome(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int64_t try_memfd(const struct attempts *a)
{
	(void)a;
	return outcome(memfd_create("attempt", MFD_CLOEXEC));
}

static int64_t try_fork(const struct attempts *a)
{
	(void)a;
	pid_t pid = fork();
	if (pid == 0) {
		_exit(0);
	}
	return pid < 0 ? REFUSED + errno : DONE;
}

static int64_t try_owner(const struct attempts *a)
{
	return fchown(a->inside, 0, 0) < 0 ? REFUSED + errno : DONE;
}

static void *on_thread(void *arg)
{
	return arg;
}

static int64_t try_thread(const struct attempts *a)
{
	pthread_t thread;
	(void)a;
	int error = pthread_create(&thread, NULL, on_thread, NULL);
	return error != 0 ? REFUSED + error : pthread_join(thread, NULL) == 0 ? DONE : REFUSED;
}

static int64_t try_raw(const struct attempts *a)
{
	(void)a;
	return outcome(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
}

static int64_t try_signal(const struct attempts *a)
{
	(void)a;
	bool refused = kill(getppid(), 0) < 0 && errno == EPERM;
	/* What a thread needs to signal itself must not reach another process. */
	return refused && syscall(SYS_tgkill, getppid(), getppid(), 0) < 0 ? REFUSED + errno
									   : DONE;
}

static int64_t try_limits(const struct attempts *a)
{
	struct rlimit limit;
	(void)a;
	return syscall(SYS_prlimit64, getppid(), RLIMIT_NOFILE, NULL, &limit) < 0
		       ? REFUSED + errno
		       : DONE;
}

static int64_t try_rename(const struct attempts *a)
{
	return renameat(a->beside, "file", a->beside, "other") < 0 ? REFUSED + errno : DONE;
}

static int64_t try_remove(const struct attempts *a)
{
	return unlinkat(a->beside, "file", 0) < 0 ? REFUSED + errno : DONE;
}

static const struct {
	const char *name;
	int64_t (*run)(const struct attempts *a);
} list[ATTEMPTS] = { { "passwd", try_passwd }, { "beside", try_beside }, { "read", try_read },
	{ "write", try_write }, { "socket", try_socket }, { "memfd", try_memfd },
	{ "fork", try_fork }, { "chown", try_owner }, { "thread", try_thread },
	{ "raw", try_raw }, { "signal", try_signal }, { "limits", try_limits },
	{ "rename", try_rename }, { "remove", try_remove } };

static void die(const char *call)
{
	char word[] = "true";
	char *const argv[] = { word, NULL };
	if (strcmp(call, "execve") == 0) {
		(void)execve("/bin/true", argv, NULL);
	} else if (strcmp(call, "ptrace") == 0) {
		(void)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	} else if (strcmp(call, "mount") == 0) {
		(void)mount("none", "/", NULL, MS_REMOUNT, NULL);
	} else {
		(void)syscall(SYS_bpf, 0, NULL, 0);
	}
}

static void run(struct attempts *a, int thread, const char *name)
{
	if (a->deadly != NULL && strcmp(a->deadly, name) == 0) {
		die(a->call);
	}
	for (size_t i = 0; i < ATTEMPTS; i++) {
		a->result[thread][i] = list[i].run(a);
	}
}

static void on_work(uv_work_t *work)
{
	run(work->data, POOL, "pool");
}

static int begin(struct runtime *rt, struct diag *diag)
{
	struct attempts *a = rt->self;
	(void)diag;
	run(a, LOOP, "loop");
	a->work.data = a;
	return uv_queue_work(&rt->loop, &a->work, on_work, NULL);
}

static int prepare(struct runtime *rt, struct diag *diag)
{
	struct attempts *a = rt->self;
	(void)diag;
	a->inside = runtime_handle(rt, "inside");
	a->beside = runtime_handle(rt, "beside");
	return a->inside < 0 || a->beside < 0 ? -ENOENT : 0;
}

static size_t paths(struct runtime *rt, struct fence_path *ret_list)
{
	const struct attempts *a = rt->self;
	ret_list[0] = (struct fence_path) { a->inside, NULL, a->rights };
	return a->rights != 0;
}

static void status(struct runtime *rt, struct jw *jw)
{
	const struct attempts *a = rt->self;
	for (size_t i = 0; i < ATTEMPTS; i++) {
		char name[32] = "loop_";
		memcpy(name + 5, list[i].name, strlen(list[i].name) + 1);
		jw_kv_int(jw, name, a->result[LOOP][i]);
		memcpy(name, "pool", 4);
		jw_kv_int(jw, name, a->result[POOL][i]);
	}
}

int main(int argc, char **argv)
{
	uint64_t groups = 0;
	uint64_t rights = 0;
	static struct attempts attempts;
	if (argc < 3 || num_u64(slice_str(argv[1]), INT32_MAX, &groups) < 0 ||
		num_u64(slice_str(argv[2]), INT32_MAX, &rights) < 0) {
		return 2;
	}
	attempts.rights = (int)rights;
	attempts.deadly = argc > 4 ? argv[3] : NULL;
	attempts.call = argc > 4 ? argv[4] : NULL;
	const struct role_spec role = {
		.self = IPC_COLLECT, /* any that has no peers of its own */
		.fence_groups = (int)groups,
		.prepare = prepare,
		.paths = paths,
		.begin = begin,
		.status = status,
	};
	return runtime_main(argc, argv, &role, &attempts);
}
