/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/num.h"
#include "base/slice.h"

enum { WAIT_STEP_MS = 50, WAIT_STEPS = 200, PID_TEXT_MAX = 24 };

static long owner_read(int fd)
{
	char text[PID_TEXT_MAX] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	uint64_t pid = 0;
	struct slice line = slice_trim(slice_of(text, n > 0 ? (size_t)n : 0));
	return num_u64(line, INT32_MAX, &pid) == 0 ? (long)pid : 0;
}

static bool is_gone(long pid)
{
	return pid > 0 && kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

static int owner_write(int fd)
{
	char text[PID_TEXT_MAX];
	int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	return ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)n, 0) != n ? -errno : 0;
}

static int lock_wait(int fd, long *ret_pid)
{
	for (int step = 0;; step++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
			return owner_write(fd);
		}
		if (errno != EWOULDBLOCK) {
			return -errno;
		}
		*ret_pid = owner_read(fd);
		if (!is_gone(*ret_pid) || step == WAIT_STEPS) {
			return E_BUSY;
		}
		const struct timespec pause = { 0, WAIT_STEP_MS * 1000000L };
		(void)nanosleep(&pause, NULL);
	}
}

int lock_take(int folder, int *ret_fd, long *ret_pid)
{
	struct stat st = { 0 };
	int fd = openat(folder, LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	*ret_pid = 0;
	if (fd < 0) {
		return -errno;
	}
	int error = fstat(folder, &st) < 0 ? -errno : 0;
	if (error == 0 && geteuid() == 0 && fchown(fd, st.st_uid, st.st_gid) < 0) {
		error = -errno;
	}
	error = error < 0 ? error : lock_wait(fd, ret_pid);
	if (error < 0) {
		(void)close(fd);
		return error;
	}
	*ret_fd = fd;
	return 0;
}
