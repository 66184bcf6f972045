/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench-connector FIRST:PORT SECONDS INFLIGHT: as many connections a second to
 * the addresses from FIRST on as the kernel gives one thread that does nothing
 * but open, wait and reset, as checks of ports do: no checks, no timers, no verdicts.  What a checker
 * can reach on this machine at most.  One line: connections a second, CPU seconds.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/num.h"
#include "base/slice.h"

enum { TARGETS = 5000, BATCH = 256 };

static double now_s(clockid_t clock)
{
	struct timespec at;
	(void)clock_gettime(clock, &at);
	return (double)at.tv_sec + 1e-9 * (double)at.tv_nsec;
}

static int begin(int set, uint32_t first, uint16_t port, uint32_t n)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr = { htonl(first + n % TARGETS) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct epoll_event want = { .events = EPOLLOUT | EPOLLONESHOT, .data = { .fd = fd } };
	const int off = 0;
	const struct linger reset = { .l_onoff = 1 };
	if (fd < 0) {
		return -1;
	}
	(void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof(off));
	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	if ((connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0 &&
		    errno != EINPROGRESS) ||
		epoll_ctl(set, EPOLL_CTL_ADD, fd, &want) < 0) {
		(void)close(fd);
		return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	char host[INET_ADDRSTRLEN] = { 0 };
	struct in_addr first = { 0 };
	uint64_t port = 0;
	uint64_t seconds = 0;
	uint64_t inflight = 0;
	const char *colon = argc == 4 ? strchr(argv[1], ':') : NULL;
	if (colon == NULL || (size_t)(colon - argv[1]) >= sizeof(host)) {
		return 2;
	}
	memcpy(host, argv[1], (size_t)(colon - argv[1]));
	if (inet_pton(AF_INET, host, &first) != 1 ||
		num_u64(slice_str(colon + 1), 65535, &port) < 0 ||
		num_u64(slice_str(argv[2]), 600, &seconds) < 0 ||
		num_u64(slice_str(argv[3]), 10000, &inflight) < 0) {
		return 2;
	}
	int set = epoll_create1(EPOLL_CLOEXEC);
	uint32_t started = 0;
	uint64_t done = 0;
	uint64_t bad = 0;
	double began = now_s(CLOCK_MONOTONIC);
	while (now_s(CLOCK_MONOTONIC) - began < (double)seconds) {
		struct epoll_event got[BATCH];
		while (started - done < inflight) {
			bad += begin(set, ntohl(first.s_addr), (uint16_t)port, started) < 0;
			started++;
		}
		int n = epoll_wait(set, got, BATCH, 100);
		for (int i = 0; i < n; i++) {
			int error = 0;
			socklen_t size = sizeof(error);
			(void)getsockopt(got[i].data.fd, SOL_SOCKET, SO_ERROR, &error, &size);
			bad += error != 0;
			(void)close(got[i].data.fd);
			done++;
		}
	}
	double wall = now_s(CLOCK_MONOTONIC) - began;
	double cpu = now_s(CLOCK_PROCESS_CPUTIME_ID);
	(void)printf(
		"{\"per_s\":%.0f,\"per_cpu_s\":%.0f,\"cores\":%.3f,\"bad\":%llu,\"code\":\"\"}\n",
		(double)done / wall, (double)done / cpu, cpu / wall, (unsigned long long)bad);
	return bad == 0 ? 0 : 1;
}
