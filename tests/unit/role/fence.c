/* SPDX-License-Identifier: Apache-2.0 */
/* What each role may not do is refused on all its threads; what it needs is not. */
#include "sys/fence.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/json.h"
#include "world.h"

static const char *program;

enum { DONE = 1, REFUSED = 1000 };

/* The groups stand here once as numbers and once as the text the role's own file has. */
#define GROUPS(list) list, #list

static const struct {
	const char *name;
	const char *file;
	int groups;
	const char *text;
	int rights; /* on the folder the role is given */
	bool sockets;
	bool memfds;
	bool reads;
	bool writes;
} roles[] = {
	{ "web", "web.c", GROUPS(FENCE_SERVE | FENCE_MEMFD), 0, false, true, false, false },
	{ "core", "core/main.c", GROUPS(FENCE_FILES | FENCE_MEMFD | FENCE_CONNECT),
		FENCE_READ | FENCE_WRITE, true, true, true, true },
	{ "query", "query/main.c", GROUPS(FENCE_FILES | FENCE_MEMFD | FENCE_CONNECT),
		FENCE_READ, true, true, true, false },
	{ "probe", "probe/main.c", GROUPS(FENCE_CONNECT | FENCE_FILES),
		FENCE_READ | FENCE_WRITE, true, false, true, true },
	{ "collect", "collect/main.c", GROUPS(FENCE_SERVE | FENCE_FILES),
		FENCE_READ | FENCE_WRITE, false, false, true, true },
	{ "detect", "detect/main.c", GROUPS(FENCE_FILES), FENCE_READ, false, false, true,
		false },
	{ "courier", "courier.c", GROUPS(FENCE_CONNECT | FENCE_MEMFD), 0, true, true, false,
		false },
	{ "backup", "backup.c", GROUPS(FENCE_FILES | FENCE_CONNECT), FENCE_READ, true, false,
		true, false },
	{ "cage", "cage/main.c",
		GROUPS(FENCE_CONNECT | FENCE_FILES | FENCE_MEMFD | FENCE_PROGRAMS), FENCE_READ,
		true, true, true, false },
	{ "paper", "paper.c", GROUPS(FENCE_FILES | FENCE_MEMFD | FENCE_THREADS), FENCE_READ,
		false, true, true, false },
};

enum { ROLES = sizeof(roles) / sizeof(roles[0]) };

struct fixture {
	struct child child;
	char folder[64];
	char groups[16];
	char rights[16];
};

static void start(struct fixture *f, size_t role, const char *deadly, const char *call)
{
	world_folder_make(f->folder);
	world_file_make(f->folder, "share/file", "inside");
	world_file_make(f->folder, "site/file", "beside");
	(void)snprintf(f->groups, sizeof(f->groups), "%d", roles[role].groups);
	(void)snprintf(f->rights, sizeof(f->rights), "%d", roles[role].rights);
	f->child = (struct child) { .role = IPC_COLLECT,
		.program = program,
		.argument = { f->groups, f->rights, deadly, call } };
	child_start(&f->child);
	child_give(&f->child, "inside", world_folder_open(f->folder, "share"));
	child_give(&f->child, "beside", world_folder_open(f->folder, "site"));
}

static void expect(
	const struct json *counters, const char *role, const char *what, int64_t wanted)
{
	static const char *const threads[] = { "loop", "pool" };
	for (size_t i = 0; i < 2; i++) {
		char name[32];
		(void)snprintf(name, sizeof(name), "%s_%s", threads[i], what);
		int64_t got = json_get_int(counters, name, 0);
		if (got != wanted) {
			fail_msg("%s: %s gave %lld and not %lld", role, name, (long long)got,
				(long long)wanted);
		}
	}
}

/* Without the group the call itself is refused; with it, what lies outside the list. */
static int64_t file_wanted(size_t role, bool allowed)
{
	bool files = (roles[role].groups & FENCE_FILES) != 0;
	return allowed ? DONE : REFUSED + (files ? EACCES : EPERM);
}

/* Who starts programs may do to processes what the kernel lets its user do. */
static int64_t process_wanted(size_t role, int group)
{
	return (roles[role].groups & (FENCE_PROGRAMS | group)) != 0 ? DONE : REFUSED + EPERM;
}

static void a_role_can_do_what_it_needs_and_no_more(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROLES; i++) {
		struct fixture f = { 0 };
		start(&f, i, NULL, NULL);
		child_go(&f.child);
		child_wait_counter(&f.child, "pool_remove", DONE);
		const struct json *counters = child_status(&f.child);
		expect(counters, roles[i].name, "passwd", file_wanted(i, false));
		expect(counters, roles[i].name, "beside", file_wanted(i, false));
		expect(counters, roles[i].name, "read", file_wanted(i, roles[i].reads));
		expect(counters, roles[i].name, "write", file_wanted(i, roles[i].writes));
		expect(counters, roles[i].name, "socket",
			roles[i].sockets ? DONE : REFUSED + EPERM);
		expect(counters, roles[i].name, "memfd",
			roles[i].memfds ? DONE : REFUSED + EPERM);
		expect(counters, roles[i].name, "fork", process_wanted(i, 0));
		expect(counters, roles[i].name, "chown", REFUSED + EPERM);
		expect(counters, roles[i].name, "thread", process_wanted(i, FENCE_THREADS));
		expect(counters, roles[i].name, "raw", REFUSED + EPERM);
		expect(counters, roles[i].name, "signal", process_wanted(i, 0));
		expect(counters, roles[i].name, "limits", process_wanted(i, 0));
		expect(counters, roles[i].name, "rename", file_wanted(i, false));
		expect(counters, roles[i].name, "remove", file_wanted(i, false));
		child_stop(&f.child);
		world_folder_drop(f.folder);
	}
}

static void dies(size_t role, const char *thread, const char *call)
{
	struct fixture f = { 0 };
	int status = 0;
	start(&f, role, thread, call);
	child_let_go(&f.child);
	assert_int_equal(waitpid(f.child.pid, &status, 0), f.child.pid);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS) {
		fail_msg("%s: %s on its %s thread ended with %d", roles[role].name, call,
			thread, status);
	}
	child_fini(&f.child);
	world_folder_drop(f.folder);
}

static void no_role_survives_a_deadly_call(void **state)
{
	static const char *const calls[] = { "execve", "ptrace", "mount", "bpf" };
	(void)state;
	for (size_t i = 0; i < ROLES; i++) {
		/* Exec comes first and is the cage's work. */
		size_t c = (roles[i].groups & FENCE_PROGRAMS) != 0 ? 1 : 0;
		for (; c < sizeof(calls) / sizeof(calls[0]); c++) {
			dies(i, "loop", calls[c]);
			dies(i, "pool", calls[c]);
		}
	}
}

static void the_groups_here_are_those_of_the_roles(void **state)
{
	(void)state;
	const char *source = getenv("FENGSUI_SOURCE");
	for (size_t i = 0; i < ROLES; i++) {
		static char text[64 * 1024];
		char path[256];
		char line[160];
		(void)snprintf(path, sizeof(path), "%s/src/role/%s",
			source != NULL ? source : ".", roles[i].file);
		(void)snprintf(line, sizeof(line), ".fence_groups = %s,", roles[i].text);
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t n = read(fd, text, sizeof(text));
		(void)close(fd);
		assert_true(n > 0);
		if (slice_find(slice_of(text, (size_t)n), slice_str(line)) == SIZE_MAX) {
			fail_msg("%s: no line %s", path, line);
		}
	}
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_role_can_do_what_it_needs_and_no_more),
		cmocka_unit_test(no_role_survives_a_deadly_call),
		cmocka_unit_test(the_groups_here_are_those_of_the_roles),
	};
	program = argc > 1 ? argv[1] : "";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
