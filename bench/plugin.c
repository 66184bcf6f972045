/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plugins a second: /bin/true as a plugin in the real cage, asked for as
 * probe asks, every run with its limits, user, pipes and answer; beside bare
 * posix_spawn and wait of the same program, eight at a time.  As root, in a
 * network namespace of its own: this machine's network stays as it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/num.h"
#include "base/slice.h"
#include "sys/clock.h"

enum { RUNS = 5, PLUGINS = 4000, AT_ONCE = 8, PATH_OCTETS = 512 };

static char folder[] = "/tmp/fengsui-bench-XXXXXX";
static char programs[PATH_OCTETS - 64]; /* of this build */

static void fail(const char *why)
{
	fprintf(stderr, "bench-plugin: %s\n", why);
	exit(3);
}

static void folder_make(const char *name, char ret_path[PATH_OCTETS])
{
	(void)snprintf(ret_path, PATH_OCTETS, "%s/%s", folder, name);
	if (mkdir(ret_path, 0755) < 0 || chmod(ret_path, 0755) < 0) {
		fail("no scratch folder");
	}
}

static void file_copy(const char *from, const char *to)
{
	char octets[65536];
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	ssize_t n = 0;
	while ((n = read(in, octets, sizeof(octets))) > 0 &&
		write(out, octets, (size_t)n) == n) {
	}
	if (in < 0 || out < 0 || n != 0 || fchmod(out, 0755) < 0) {
		fail("/bin/true cannot be copied");
	}
	(void)close(in);
	(void)close(out);
}

static double run_peer(char *program)
{
	char *const argv[] = { program, NULL };
	char *const envp[] = { NULL };
	unsigned running = 0;
	unsigned begun = 0;
	unsigned done = 0;
	int64_t from_us = clock_mono_us();
	while (done < PLUGINS) {
		for (; running < AT_ONCE && begun < PLUGINS; running++, begun++) {
			pid_t pid = 0;
			if (posix_spawn(&pid, program, NULL, NULL, argv, envp) != 0) {
				fail("no process");
			}
		}
		if (wait(NULL) > 0) {
			running--;
			done++;
		}
	}
	return (double)PLUGINS * 1e6 / (double)(clock_mono_us() - from_us);
}

/* The cage's own door says how many a second it was. */
static double run_ours(char *plugins, char *site)
{
	char door[PATH_OCTETS];
	char cage[PATH_OCTETS];
	char count[16];
	char text[4096];
	char option[] = "true";
	int fds[2];
	int status = 0;
	double per_second = 0;
	(void)snprintf(door, sizeof(door), "%s/bench/cage-door", programs);
	(void)snprintf(cage, sizeof(cage), "%s/libexec/fengsui/cage", programs);
	(void)snprintf(count, sizeof(count), "%d", PLUGINS);
	char *const argv[] = { door, cage, plugins, site, count, option, NULL };
	if (pipe2(fds, O_CLOEXEC) < 0) {
		fail("no pipe");
	}
	pid_t pid = fork();
	if (pid == 0) {
		(void)dup2(fds[1], 1);
		(void)execv(door, argv);
		_exit(127);
	}
	(void)close(fds[1]);
	size_t n = 0;
	ssize_t got = 0;
	while (n < sizeof(text) - 1 &&
		(got = read(fds[0], text + n, sizeof(text) - 1 - n)) > 0) {
		n += (size_t)got;
	}
	(void)close(fds[0]);
	text[n] = '\0';
	const char *at = strstr(text, "\"per_second\":");
	if (waitpid(pid, &status, 0) != pid || status != 0 || at == NULL) {
		fail("the cage did not run them");
	}
	struct slice number = slice_str(at + strlen("\"per_second\":"));
	struct slice rest = { 0 };
	if (!slice_cut(number, '}', &number, &rest) || num_double(number, &per_second) < 0) {
		fail("the cage says no figure");
	}
	return per_second;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(double *values)
{
	qsort(values, RUNS, sizeof(*values), by_value);
	return values[RUNS / 2];
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* BUILD/bench/bench-plugin → BUILD */
static void programs_find(void)
{
	ssize_t n = readlink("/proc/self/exe", programs, sizeof(programs) - 1);
	programs[n > 0 ? n : 0] = '\0';
	for (int i = 0; i < 2; i++) {
		char *slash = strrchr(programs, '/');
		if (slash == NULL) {
			fail("where is this build");
		}
		*slash = '\0';
	}
}

static void report(double *ours, double *peer, double *ratio)
{
	double o = median(ours);
	double p = median(peer);
	double r = median(ratio);
	printf("{\"bench\":\"plugin\",\"metric\":\"plugins/s in the cage\",\"better\":\"higher\","
	       "\"ours\":%.0f,\"peer\":%.0f,\"ratio\":%.2f,\"unit\":\"1/s\",\"runs\":%d,"
	       "\"peer_name\":\"bare posix_spawn of the same program\",\"target\":500}\n",
		o, p, r, RUNS);
	printf("\n%d runs of /bin/true\n%-36s %10s\n%-36s %10.0f\n%-36s %10.0f\n%-36s %9.0f%%\n",
		PLUGINS, "", "1/s, median", "fengsui, in the cage, with answer", o,
		"bare posix_spawn, 8 at a time", p, "ours of the bare", r * 100);
}

int main(void)
{
	double ours[RUNS];
	double peer[RUNS];
	double ratio[RUNS];
	char plugins[PATH_OCTETS];
	char site[PATH_OCTETS];
	char program[PATH_OCTETS + 8];
	programs_find();
	if (geteuid() != 0 || unshare(CLONE_NEWNET) < 0) {
		fail("needs root, for a network namespace");
	}
	if (mkdtemp(folder) == NULL || chmod(folder, 0755) < 0) {
		fail("no scratch folder");
	}
	folder_make("plugins", plugins);
	folder_make("site", site);
	(void)snprintf(program, sizeof(program), "%s/true", plugins);
	file_copy("/bin/true", program);
	for (unsigned i = 0; i < RUNS; i++) {
		if (i % 2 != 0) {
			peer[i] = run_peer(program);
		}
		ours[i] = run_ours(plugins, site);
		if (i % 2 == 0) {
			peer[i] = run_peer(program);
		}
		ratio[i] = ours[i] / peer[i];
		fprintf(stderr, "pair %u: ours %.0f/s, bare %.0f/s\n", i + 1, ours[i], peer[i]);
	}
	(void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	report(ours, peer, ratio);
	return 0;
}
