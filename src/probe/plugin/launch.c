/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/plugin/launch.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe/plugin/runner.h"

static char env_path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
static char env_lang[] = "LC_ALL=C";
static char *const environment[] = { env_path, env_lang, NULL };

static int limits_set(unsigned cpu_s)
{
	const struct {
		__rlimit_resource_t what;
		struct rlimit limit;
	} limits[] = {
		{ RLIMIT_CPU, { cpu_s, cpu_s + 1 } },
		{ RLIMIT_AS, { PLUGIN_MEMORY_OCTETS_MAX, PLUGIN_MEMORY_OCTETS_MAX } },
		{ RLIMIT_NOFILE, { PLUGIN_FILES_MAX, PLUGIN_FILES_MAX } },
		{ RLIMIT_NPROC, { PLUGIN_PROCESSES_MAX, PLUGIN_PROCESSES_MAX } },
		{ RLIMIT_CORE, { 0, 0 } },
	};
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		if (setrlimit(limits[i].what, &limits[i].limit) < 0) {
			return -1;
		}
	}
	return 0;
}

/* What is ignored stays ignored over an exec, so it is said anew. */
static int signals_reset(void)
{
	static const int ignored[] = { SIGPIPE, SIGINT };
	struct sigaction usual = { .sa_handler = SIG_DFL };
	sigset_t none;
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++) {
		if (sigaction(ignored[i], &usual, NULL) < 0) {
			return -1;
		}
	}
	(void)sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL);
}

/* libc's own would change every thread's user, and those are the caller's here. */
static int user_change(const struct launch *what)
{
	if (!what->change_user) {
		return 0;
	}
	return syscall(SYS_setresgid, what->gid, what->gid, what->gid) < 0 ||
			       syscall(SYS_setresuid, what->uid, what->uid, what->uid) < 0
		       ? -1
		       : 0;
}

static int descriptors_put(const struct launch *what)
{
	return dup2(what->nothing, 0) < 0 || dup2(what->out, 1) < 0 || dup2(what->err, 2) < 0 ||
			       syscall(SYS_close_range, 3U, ~0U, 0U) < 0
		       ? -1
		       : 0;
}

/* In the child, on the caller's memory. */
static void become(const struct launch *what, volatile int *error)
{
	if (setpgid(0, 0) == 0 && fchdir(what->folder) == 0 && descriptors_put(what) == 0 &&
		limits_set(what->cpu_s) == 0 && user_change(what) == 0 &&
		/* A change of user forgets it. */
		prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && signals_reset() == 0) {
		(void)execve(what->file, what->argv, environment);
	}
	*error = -errno;
	_exit(127);
}

int launch(const struct launch *what, pid_t *ret_pid)
{
	volatile int error = 0;
	sigset_t all;
	sigset_t before;
	(void)sigfillset(&all);
	/* No handler of ours may run in the child. */
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	pid_t pid = vfork();
	if (pid == 0) {
		become(what, &error);
	}
	if (pid < 0) {
		error = -errno;
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (pid > 0 && error < 0) {
		(void)waitpid(pid, NULL, 0);
	} else if (pid > 0) {
		*ret_pid = pid;
	}
	return error;
}
