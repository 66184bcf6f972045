/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A role with the groups and rights it is told (GROUPS RIGHTS [loop|pool]).
 * On its loop's thread and on a pool thread it tries what a role might, and
 * its counters tell what came of it: 1 = done, otherwise 1000 + errno.  With
 * the third word that thread reaches for execve, which nothing survives.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/jw.h"
#include "base/num.h"
#include "role/runtime.h"

enum { DONE = 1, REFUSED = 1000, LOOP = 0, POOL = 1, THREADS = 2 };

struct attempts {
	struct runtime *rt;
	int rights;
	const char *deadly; /* "loop", "pool" or NULL */
	int inside;
	int beside;
	uv_work_t work;
	int64_t result[THREADS][8];
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

static const struct {
	const char *name;
	int64_t (*run)(const struct attempts *a);
} list[] = { { "passwd", try_passwd }, { "beside", try_beside }, { "read", try_read }, { "write", try_write },
	{ "socket", try_socket }, { "memfd", try_memfd }, { "fork", try_fork }, { "chown", try_owner } };

enum { COUNT = sizeof(list) / sizeof(list[0]) };

static void run(struct attempts *a, int thread, const char *name)
{
	char word[] = "true";
	char *const argv[] = { word, NULL };
	if (a->deadly != NULL && strcmp(a->deadly, name) == 0) {
		(void)execve("/bin/true", argv, NULL);
	}
	for (size_t i = 0; i < COUNT; i++) {
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
	ret_list[0] = (struct fence_path){ a->inside, NULL, a->rights };
	return a->rights != 0;
}

static void status(struct runtime *rt, struct jw *jw)
{
	const struct attempts *a = rt->self;
	for (size_t i = 0; i < COUNT; i++) {
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
	attempts.deadly = argc > 3 ? argv[3] : NULL;
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
