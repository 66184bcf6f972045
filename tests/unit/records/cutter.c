/* SPDX-License-Identifier: Apache-2.0 */
#include "cutter.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#include "fixture.h"

enum { PAIRS_MAX = 4, LATE_US = 600000 };

/* A simple query whose text is COMMIT.  Source: PostgreSQL 15 manual, 55.7 (Query). */
static const uint8_t commit_text[] = { 'Q', 0, 0, 0, 11, 'C', 'O', 'M', 'M', 'I', 'T', 0 };

struct pair {
	int client;
	int server;
};

static struct {
	pthread_t thread;
	pthread_t late;
	int late_server; /* 0 = none */
	int door;
	int stop[2];
	atomic_int cut;
	char behind[108];
	struct pair pair[PAIRS_MAX];
} cutter;

static int socket_at(const char *path, struct sockaddr_un *at)
{
	*at = (struct sockaddr_un) { .sun_family = AF_UNIX };
	(void)snprintf(at->sun_path, sizeof(at->sun_path), "%s", path);
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static void drop(struct pair *pair)
{
	if (pair->client >= 0) {
		(void)close(pair->client);
	}
	if (pair->server >= 0) {
		(void)close(pair->server);
	}
	*pair = (struct pair) { -1, -1 };
}

static void take(void)
{
	struct sockaddr_un at;
	int client = accept(cutter.door, NULL, NULL);
	for (size_t i = 0; i < PAIRS_MAX; i++) {
		if (cutter.pair[i].client >= 0 || client < 0) {
			continue;
		}
		cutter.pair[i] = (struct pair) { client, socket_at(cutter.behind, &at) };
		if (connect(cutter.pair[i].server, (struct sockaddr *)&at, sizeof(at)) < 0) {
			drop(&cutter.pair[i]);
		}
		return;
	}
}

static void pass(int to, const uint8_t *octets, ssize_t n)
{
	while (n > 0) {
		ssize_t done = send(to, octets, (size_t)n, MSG_NOSIGNAL);
		if (done <= 0) {
			return;
		}
		octets += done;
		n -= done;
	}
}

/* Meanwhile the client comes back on another connection and asks. */
static void *commit_late(void *arg)
{
	uint8_t answer[256];
	(void)arg;
	(void)usleep(LATE_US);
	pass(cutter.late_server, commit_text, sizeof(commit_text));
	(void)recv(cutter.late_server, answer, sizeof(answer), 0);
	(void)close(cutter.late_server);
	return NULL;
}

static void commit_pass(struct pair *pair, const uint8_t *octets, ssize_t n)
{
	uint8_t answer[256];
	int cut = atomic_exchange(&cutter.cut, CUT_NEVER);
	if (cut == CUT_NEVER) {
		pass(pair->server, octets, n);
		return;
	}
	if (cut == CUT_AND_COMMIT_LATE) {
		cutter.late_server = pair->server;
		pair->server = -1;
		drop(pair);
		assert_int_equal(pthread_create(&cutter.late, NULL, commit_late, NULL), 0);
		return;
	}
	if (cut == CUT_BEFORE_ANSWER) {
		pass(pair->server, octets, n);
		(void)recv(pair->server, answer, sizeof(answer), 0);
	}
	drop(pair);
}

static void carry(struct pair *pair, bool from_client)
{
	uint8_t octets[65536];
	ssize_t n = recv(from_client ? pair->client : pair->server, octets, sizeof(octets), 0);
	if (n <= 0) {
		drop(pair);
	} else if (from_client && n == sizeof(commit_text) &&
		   memcmp(octets, commit_text, sizeof(commit_text)) == 0) {
		commit_pass(pair, octets, n);
	} else {
		pass(from_client ? pair->server : pair->client, octets, n);
	}
}

static void *work(void *arg)
{
	(void)arg;
	for (;;) {
		struct pollfd wait[2 + 2 * PAIRS_MAX] = { { cutter.stop[0], POLLIN, 0 },
			{ cutter.door, POLLIN, 0 } };
		for (size_t i = 0; i < PAIRS_MAX; i++) {
			wait[2 + 2 * i] = (struct pollfd) { cutter.pair[i].client, POLLIN, 0 };
			wait[3 + 2 * i] = (struct pollfd) { cutter.pair[i].server, POLLIN, 0 };
		}
		if (poll(wait, 2 + 2 * PAIRS_MAX, -1) < 0 && errno != EINTR) {
			return NULL;
		}
		if (wait[0].revents != 0) {
			return NULL;
		}
		if (wait[1].revents != 0) {
			take();
		}
		for (size_t i = 0; i < 2 * PAIRS_MAX; i++) {
			struct pair *pair = &cutter.pair[i / 2];
			if (wait[2 + i].revents != 0 && wait[2 + i].fd >= 0 &&
				pair->client >= 0) {
				carry(pair, i % 2 == 0);
			}
		}
	}
}

/* .../NAME?host=FOLDER&user=tester, with the folder of the wire in place of the server's. */
const char *cutter_open(const char *conf)
{
	static char own[300];
	char folder[80];
	char path[108];
	struct sockaddr_un at;
	const char *host = strstr(conf, "?host=");
	const char *rest = strchr(conf, '&');
	assert_true(host != NULL && rest != NULL);
	(void)snprintf(cutter.behind, sizeof(cutter.behind), "%.*s/.s.PGSQL.5432",
		(int)(rest - host - 6), host + 6);
	(void)snprintf(folder, sizeof(folder), "%s/wire", fixture_dir());
	(void)snprintf(path, sizeof(path), "%s/.s.PGSQL.5432", folder);
	(void)mkdir(folder, 0700);
	(void)unlink(path);
	cutter.door = socket_at(path, &at);
	for (size_t i = 0; i < PAIRS_MAX; i++) {
		cutter.pair[i] = (struct pair) { -1, -1 };
	}
	assert_int_equal(bind(cutter.door, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(cutter.door, 8), 0);
	assert_int_equal(pipe(cutter.stop), 0);
	assert_int_equal(pthread_create(&cutter.thread, NULL, work, NULL), 0);
	(void)snprintf(
		own, sizeof(own), "%.*s?host=%s%s", (int)(host - conf), conf, folder, rest);
	return own;
}

void cutter_arm(enum cut cut)
{
	atomic_store(&cutter.cut, (int)cut);
}

void cutter_close(void)
{
	assert_int_equal(write(cutter.stop[1], "x", 1), 1);
	(void)pthread_join(cutter.thread, NULL);
	if (cutter.late_server > 0) {
		(void)pthread_join(cutter.late, NULL);
		cutter.late_server = 0;
	}
	for (size_t i = 0; i < PAIRS_MAX; i++) {
		drop(&cutter.pair[i]);
	}
	(void)close(cutter.stop[0]);
	(void)close(cutter.stop[1]);
	(void)close(cutter.door);
}
