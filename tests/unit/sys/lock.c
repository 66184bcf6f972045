/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/lock.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"

static int folder_make(void)
{
	char path[] = "/tmp/fengsui-lock-XXXXXX";
	assert_non_null(mkdtemp(path));
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(folder >= 0);
	return folder;
}

static void a_second_owner_hears_who_is_the_first(void **state)
{
	(void)state;
	int folder = folder_make();
	int first = -1;
	int second = -1;
	long pid = 0;
	assert_int_equal(lock_take(folder, &first, &pid), 0);
	assert_int_equal(lock_take(folder, &second, &pid), E_BUSY);
	assert_int_equal(pid, getpid());
	assert_int_equal(second, -1);
	struct stat st = { 0 };
	assert_int_equal(fstat(first, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(fcntl(first, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	(void)close(first);
	assert_int_equal(lock_take(folder, &second, &pid), 0);
	(void)close(second);
	(void)close(folder);
}

static void nap(int ms)
{
	const struct timespec pause = { ms / 1000, (long)(ms % 1000) * 1000000 };
	(void)nanosleep(&pause, NULL);
}

/* The owner was killed; what it started has the lock for a little longer. */
static void what_a_dead_owner_left_is_waited_for(void **state)
{
	(void)state;
	int folder = folder_make();
	int fd = -1;
	long pid = 0;
	pid_t owner = fork();
	assert_true(owner >= 0);
	if (owner == 0) {
		int error = lock_take(folder, &fd, &pid);
		if (fork() == 0) {
			nap(600);
		}
		_exit(error == 0 ? 0 : 1);
	}
	int status = 0;
	assert_int_equal(waitpid(owner, &status, 0), owner);
	assert_int_equal(status, 0);
	assert_int_equal(lock_take(folder, &fd, &pid), 0);
	assert_int_equal(pid, owner); /* so it was held still */
	(void)close(fd);
	(void)close(folder);
}

static void a_link_is_not_followed(void **state)
{
	(void)state;
	int folder = folder_make();
	int fd = -1;
	long pid = 0;
	assert_int_equal(symlinkat("/tmp/fengsui-elsewhere", folder, LOCK_FILE), 0);
	assert_true(lock_take(folder, &fd, &pid) < 0);
	assert_int_equal(access("/tmp/fengsui-elsewhere", F_OK), -1);
	(void)close(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_owner_hears_who_is_the_first),
		cmocka_unit_test(what_a_dead_owner_left_is_waited_for),
		cmocka_unit_test(a_link_is_not_followed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
