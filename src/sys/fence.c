/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/fence.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"

/* Rights newer than the headers of Debian 12's kernel 6.1. */
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

int fence_landlock_abi(void)
{
	long abi =
		syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	return abi < 0 ? 0 : (int)abi;
}

static uint64_t all_rights(int abi)
{
	uint64_t rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
	rights |= abi >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0;
	rights |= abi >= 3 ? LANDLOCK_ACCESS_FS_TRUNCATE : 0;
	return rights;
}

static int path_allow(int ruleset, const struct fence_path *item, int abi)
{
	int fd = item->fd >= 0 ? item->fd : open(item->path, O_PATH | O_CLOEXEC);
	if (fd < 0) {
		return errno == ENOENT ? 0 : -errno;
	}
	struct stat st = { 0 };
	uint64_t rights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
	if ((item->rights & FENCE_WRITE) != 0) {
		rights = all_rights(abi) & ~(uint64_t)LANDLOCK_ACCESS_FS_EXECUTE;
	}
	if ((item->rights & FENCE_RUN) != 0) {
		rights |= LANDLOCK_ACCESS_FS_EXECUTE;
	}
	int error = fstat(fd, &st) < 0 ? -errno : 0;
	if (error == 0 && !S_ISDIR(st.st_mode)) {
		/* Rights on folders may not be given for a file. */
		rights &= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE |
			  LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE;
	}
	struct landlock_path_beneath_attr rule = { .allowed_access = rights, .parent_fd = fd };
	if (error == 0 && syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
				  &rule, 0) < 0) {
		error = -errno;
	}
	if (item->fd < 0) {
		(void)close(fd);
	}
	return error;
}

int fence_files(const struct fence_path *paths, size_t count)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		return -errno;
	}
	int abi = fence_landlock_abi();
	if (abi == 0) {
		return E_UNSUPPORTED;
	}
	struct landlock_ruleset_attr attr = { .handled_access_fs = all_rights(abi) };
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (ruleset < 0) {
		return -errno;
	}
	int error = 0;
	for (size_t i = 0; i < count && error == 0; i++) {
		error = path_allow(ruleset, &paths[i], abi);
	}
	if (error == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) < 0) {
		error = -errno;
	}
	(void)close(ruleset);
	return error;
}

static void on_nothing(uv_work_t *work)
{
	(void)work;
}

static void on_done(uv_work_t *work, int status)
{
	(void)status;
	*(bool *)work->data = true;
}

int fence_pool(uv_loop_t *loop)
{
	/* libuv starts every thread of its pool at the first request. */
	uv_work_t work = { 0 };
	bool done = false;
	work.data = &done;
	if (uv_queue_work(loop, &work, on_nothing, on_done) != 0) {
		return E_LIMIT;
	}
	while (!done) {
		(void)uv_run(loop, UV_RUN_ONCE);
	}
	return 0;
}

/* What any role does: run its loop, its memory, its clock, its frames. */
static const int calls_base[] = { SCMP_SYS(accept4), SCMP_SYS(brk), SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(close), SCMP_SYS(dup), SCMP_SYS(epoll_create1),
	SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_wait), SCMP_SYS(eventfd2),
	SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(fcntl), SCMP_SYS(fstat), SCMP_SYS(futex),
	SCMP_SYS(getegid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getpeername),
	SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(getrandom), SCMP_SYS(getrusage),
	SCMP_SYS(getsockname), SCMP_SYS(getsockopt), SCMP_SYS(gettid), SCMP_SYS(gettimeofday),
	SCMP_SYS(getuid), SCMP_SYS(ioctl), SCMP_SYS(lseek), SCMP_SYS(madvise), SCMP_SYS(mmap),
	SCMP_SYS(mprotect), SCMP_SYS(mremap), SCMP_SYS(munmap), SCMP_SYS(nanosleep),
	SCMP_SYS(newfstatat), SCMP_SYS(pipe2), SCMP_SYS(poll), SCMP_SYS(ppoll),
	SCMP_SYS(pread64), SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(recvfrom),
	SCMP_SYS(recvmmsg), SCMP_SYS(recvmsg), SCMP_SYS(restart_syscall), SCMP_SYS(rseq),
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sched_getaffinity), SCMP_SYS(sched_yield), SCMP_SYS(sendmmsg),
	SCMP_SYS(sendmsg), SCMP_SYS(sendto), SCMP_SYS(set_robust_list), SCMP_SYS(setsockopt),
	SCMP_SYS(shutdown), SCMP_SYS(sigaltstack), SCMP_SYS(sysinfo), SCMP_SYS(timerfd_create),
	SCMP_SYS(timerfd_settime), SCMP_SYS(uname), SCMP_SYS(write), SCMP_SYS(writev) };

static const int calls_files[] = { SCMP_SYS(access), SCMP_SYS(chdir), SCMP_SYS(chmod),
	SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(fadvise64), SCMP_SYS(fallocate),
	SCMP_SYS(fchdir), SCMP_SYS(fchmod), SCMP_SYS(fdatasync), SCMP_SYS(flock),
	SCMP_SYS(fstatfs), SCMP_SYS(fsync), SCMP_SYS(ftruncate), SCMP_SYS(getcwd),
	SCMP_SYS(getdents64), SCMP_SYS(link), SCMP_SYS(linkat), SCMP_SYS(lstat),
	SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(preadv),
	SCMP_SYS(pwrite64), SCMP_SYS(pwritev), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
	SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(rmdir),
	SCMP_SYS(stat), SCMP_SYS(statfs), SCMP_SYS(statx), SCMP_SYS(sync_file_range),
	SCMP_SYS(syncfs), SCMP_SYS(truncate), SCMP_SYS(umask), SCMP_SYS(unlink),
	SCMP_SYS(unlinkat), SCMP_SYS(utimensat), SCMP_SYS(copy_file_range),
	SCMP_SYS(sendfile) };

static const int calls_serve[] = { SCMP_SYS(accept), SCMP_SYS(listen), SCMP_SYS(sendfile) };
static const int calls_connect[] = { SCMP_SYS(bind), SCMP_SYS(connect), SCMP_SYS(socketpair),
	SCMP_SYS(adjtimex), SCMP_SYS(clock_adjtime), SCMP_SYS(fstatfs), SCMP_SYS(statfs) };
static const int calls_memfd[] = { SCMP_SYS(memfd_create) };
/* Programs of others, and what programs of others do: shells, Perl, Python, ping. */
static const int calls_programs[] = { SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork),
	SCMP_SYS(vfork), SCMP_SYS(wait4), SCMP_SYS(waitid), SCMP_SYS(kill), SCMP_SYS(tkill),
	SCMP_SYS(tgkill), SCMP_SYS(alarm), SCMP_SYS(arch_prctl), SCMP_SYS(capget),
	SCMP_SYS(capset), SCMP_SYS(clock_getres), SCMP_SYS(close_range), SCMP_SYS(creat),
	SCMP_SYS(dup2), SCMP_SYS(dup3), SCMP_SYS(epoll_create), SCMP_SYS(epoll_pwait2),
	SCMP_SYS(eventfd), SCMP_SYS(getcpu), SCMP_SYS(getgroups), SCMP_SYS(getitimer),
	SCMP_SYS(getpgid), SCMP_SYS(getpgrp), SCMP_SYS(getpriority), SCMP_SYS(getresgid),
	SCMP_SYS(getresuid), SCMP_SYS(getrlimit), SCMP_SYS(getsid), SCMP_SYS(get_robust_list),
	SCMP_SYS(membarrier), SCMP_SYS(mincore), SCMP_SYS(msync), SCMP_SYS(openat2),
	SCMP_SYS(pause), SCMP_SYS(personality), SCMP_SYS(pipe), SCMP_SYS(prctl),
	SCMP_SYS(prlimit64), SCMP_SYS(pselect6), SCMP_SYS(rt_sigpending),
	SCMP_SYS(rt_sigsuspend), SCMP_SYS(rt_sigtimedwait), SCMP_SYS(sched_getparam),
	SCMP_SYS(sched_getscheduler), SCMP_SYS(select), SCMP_SYS(set_tid_address),
	SCMP_SYS(setgid), SCMP_SYS(setgroups), SCMP_SYS(setitimer), SCMP_SYS(setpgid),
	SCMP_SYS(setpriority), SCMP_SYS(setregid), SCMP_SYS(setresgid), SCMP_SYS(setresuid),
	SCMP_SYS(setreuid), SCMP_SYS(setrlimit), SCMP_SYS(setsid), SCMP_SYS(setuid),
	SCMP_SYS(signalfd4), SCMP_SYS(splice), SCMP_SYS(tee), SCMP_SYS(time),
	SCMP_SYS(timer_create), SCMP_SYS(timer_delete), SCMP_SYS(timer_settime),
	SCMP_SYS(timerfd_gettime), SCMP_SYS(times), SCMP_SYS(utime), SCMP_SYS(utimes) };
/* Reaching for these is never an accident. */
static const int calls_deadly[] = { SCMP_SYS(ptrace), SCMP_SYS(mount), SCMP_SYS(bpf),
	SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(kexec_load) };
static const int calls_deadly_exec[] = { SCMP_SYS(execve), SCMP_SYS(execveat) };

static int allow_all(scmp_filter_ctx filter, const int *calls, size_t count)
{
	int error = 0;
	for (size_t i = 0; i < count && error == 0; i++) {
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	}
	return error;
}

static int kill_all(scmp_filter_ctx filter, const int *calls, size_t count)
{
	int error = 0;
	for (size_t i = 0; i < count && error == 0; i++) {
		error = seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, calls[i], 0);
	}
	return error;
}

#define ALLOW(filter, list) allow_all((filter), (list), sizeof(list) / sizeof((list)[0]))
#define KILL(filter, list) kill_all((filter), (list), sizeof(list) / sizeof((list)[0]))

/* Roles share a user, so the kernel would let one signal or limit another: only itself. */
static int self_allow(scmp_filter_ctx filter)
{
	const scmp_datum_t self = (scmp_datum_t)getpid();
	int error = seccomp_rule_add(
		filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, self));
	error = error == 0 ? seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1,
				     SCMP_A0(SCMP_CMP_EQ, 0))
			   : error;
	return error == 0 ? seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1,
				    SCMP_A0(SCMP_CMP_EQ, self))
			  : error;
}

/* Never raw packets, whoever runs it. */
static int sockets_allow(scmp_filter_ctx filter)
{
	static const int families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK };
	int error = 0;
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]) && error == 0; i++) {
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
			SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i]));
	}
	return error;
}

static int threads_allow(scmp_filter_ctx filter)
{
	enum { CLONE_THREAD_FLAG = 0x00010000 };
	/* clone3 keeps its flags in memory the filter cannot read: ENOSYS makes libc use clone. */
	int error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	if (error == 0) {
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
			SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD_FLAG, CLONE_THREAD_FLAG));
	}
	return error;
}

static int programs_allow(scmp_filter_ctx filter)
{
	enum { CLONE_NEW_FLAGS = 0x7e020000 }; /* every kind of namespace */
	int error = ALLOW(filter, calls_programs);
	if (error == 0) {
		error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	}
	if (error == 0) {
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
			SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_NEW_FLAGS, 0));
	}
	return error;
}

#define LIST(group, list)                                                                      \
	{                                                                                      \
		(group), (list), sizeof(list) / sizeof((list)[0])                              \
	}

static int groups_allow(scmp_filter_ctx filter, int groups)
{
	static const struct {
		int group;
		const int *calls;
		size_t count;
	} lists[] = {
		LIST(FENCE_FILES, calls_files),
		LIST(FENCE_SERVE, calls_serve),
		LIST(FENCE_CONNECT, calls_connect),
		LIST(FENCE_MEMFD, calls_memfd),
	};
	int error = ALLOW(filter, calls_base);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && error == 0; i++) {
		if ((groups & lists[i].group) != 0) {
			error = allow_all(filter, lists[i].calls, lists[i].count);
		}
	}
	return error;
}

/* What needs more than a list of calls. */
static int rules_add(scmp_filter_ctx filter, int groups)
{
	bool programs = (groups & FENCE_PROGRAMS) != 0;
	int error = KILL(filter, calls_deadly);
	if (error == 0 && (groups & FENCE_CONNECT) != 0) {
		error = sockets_allow(filter);
	}
	if (error == 0 && (groups & FENCE_THREADS) != 0) {
		error = threads_allow(filter);
	}
	if (error == 0) {
		error = programs ? programs_allow(filter) : KILL(filter, calls_deadly_exec);
	}
	return error == 0 && !programs ? self_allow(filter) : error;
}

int fence_calls(int groups)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (filter == NULL) {
		return -ENOMEM;
	}
	int error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	error = error == 0 ? groups_allow(filter, groups) : error;
	error = error == 0 ? rules_add(filter, groups) : error;
	error = error == 0 ? seccomp_load(filter) : error;
	seccomp_release(filter);
	return error;
}

int fence_user(unsigned uid, unsigned gid)
{
	if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 ||
		setresuid(uid, uid, uid) < 0) {
		return -errno;
	}
	return uid != 0 && setuid(0) == 0 ? E_DENIED : 0;
}
