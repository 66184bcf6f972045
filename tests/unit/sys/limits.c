/* SPDX-License-Identifier: Apache-2.0 */
/* What a process may still use, seen by a child that asks for more. */
#include "sys/limits.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

enum { MIB = 1 << 20 };

static void *mapped(size_t octets)
{
	return mmap(NULL, octets, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* Ends with its bits: the limit was set, a quarter of it could be had, twice of it could not. */
static int child_memory(void)
{
	int seen = limits_memory((size_t)64 * MIB) == 0 ? 1 : 0;
	seen |= mapped((size_t)16 * MIB) != MAP_FAILED ? 2 : 0;
	seen |= mapped((size_t)128 * MIB) == MAP_FAILED ? 4 : 0;
	return seen;
}

static int child_cpu(void)
{
	limits_cpu(1);
	for (volatile uint64_t n = 0; n < UINT64_MAX; n++) {
	}
	return 0;
}

static int ended(int (*child)(void))
{
	int status = 0;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		_exit(child());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void test_memory(void **state)
{
	(void)state;
	int status = ended(child_memory);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
}

static void test_cpu(void **state)
{
	(void)state;
	int status = ended(child_cpu);
	assert_true(WIFSIGNALED(status));
	assert_true(WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_cpu),
	};
	return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
