/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/num.h"
#include "base/slice.h"

#define PAGE_OCTETS ((size_t)sysconf(_SC_PAGESIZE))

/* Octets mapped: the first number of statm, in pages (proc(5)). */
static int mapped(size_t *ret_octets)
{
	char text[128] = "";
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return -errno;
	}
	ssize_t n = read(fd, text, sizeof(text) - 1);
	int error = n < 0 ? -errno : 0;
	(void)close(fd);
	struct slice digits = slice_str(text);
	size_t space = slice_find(digits, SLICE(" "));
	digits.n = space < digits.n ? space : digits.n;
	uint64_t pages = 0;
	error = error < 0 ? error : num_u64(digits, SIZE_MAX / PAGE_OCTETS, &pages);
	*ret_octets = (size_t)pages * PAGE_OCTETS;
	return error;
}

int limits_memory(size_t octets)
{
	size_t has = 0;
	int error = mapped(&has);
	if (error < 0) {
		return error;
	}
	struct rlimit limit = { has + octets, has + octets };
	return setrlimit(RLIMIT_AS, &limit) < 0 ? -errno : 0;
}

void limits_cpu(unsigned seconds)
{
	struct rusage used = { 0 };
	(void)getrusage(RUSAGE_SELF, &used);
	rlim_t until = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + seconds;
	struct rlimit limit = { until, until };
	(void)setrlimit(RLIMIT_CPU, &limit);
}
