/* SPDX-License-Identifier: Apache-2.0 */
/**
 * snmp-lab [--port N] [--control SOCKET] [--stay] [SCRIPT]: many devices on one UDP
 * port, told apart by the address they are asked at (127.0.0.0/8, or what a
 * namespace has).  SCRIPT and the control socket speak lines; each is answered
 * by one line, "ok" or "error WHY".  See lab/snmp/README.md.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/num.h"
#include "sim.h"

enum { CLIENTS_MAX = 8, LINE_OCTETS = 4096, FIXED = 2, PORT_DEFAULT = 1161 };

struct client {
	int fd;
	struct buf in;
};

static struct client clients[CLIENTS_MAX];

static int open_control(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(at.sun_path)) {
		return -ENAMETOOLONG;
	}
	memcpy(at.sun_path, path, strlen(path));
	(void)unlink(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof(at)) < 0 ||
		listen(fd, CLIENTS_MAX) < 0) {
		return -errno;
	}
	return fd;
}

static void accept_client(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	for (size_t i = 0; fd >= 0 && i < CLIENTS_MAX; i++) {
		if (clients[i].fd < 0) {
			clients[i].fd = fd;
			buf_init(&clients[i].in, LINE_OCTETS);
			return;
		}
	}
	if (fd >= 0) {
		(void)close(fd);
	}
}

static void close_client(struct client *client)
{
	(void)close(client->fd);
	client->fd = -1;
	buf_fini(&client->in);
}

static void run_lines(struct sim *sim, struct client *client)
{
	struct slice line;
	struct slice left = buf_slice(&client->in);
	AUTO_BUF struct buf answer;
	buf_init(&answer, 64 * LINE_OCTETS);
	struct slice rest;
	while (slice_cut(left, '\n', &line, &rest)) {
		sim_control(sim, line, &answer);
		left = rest;
	}
	if (answer.n > 0) {
		(void)!send(client->fd, answer.p, answer.n, MSG_NOSIGNAL);
	}
	size_t done = client->in.n - left.n;
	memmove(client->in.p, client->in.p + done, left.n);
	client->in.n = left.n;
}

static void read_client(struct sim *sim, struct client *client)
{
	char octets[LINE_OCTETS / 2];
	ssize_t n = read(client->fd, octets, sizeof(octets));
	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		return;
	}
	if (n > 0) {
		buf_put(&client->in, slice_of(octets, (size_t)n));
	}
	if (n <= 0 || client->in.failed) {
		close_client(client);
		return;
	}
	run_lines(sim, client);
}

static int run_script(struct sim *sim, const char *path)
{
	char line[LINE_OCTETS];
	int status = 0;
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	if (file == NULL) {
		(void)fprintf(stderr, "snmp-lab: %s: %s\n", path, strerror(errno));
		return 3;
	}
	for (unsigned at = 1; fgets(line, sizeof(line), file) != NULL; at++) {
		AUTO_BUF struct buf answer;
		buf_init(&answer, LINE_OCTETS);
		sim_control(sim, slice_str(line), &answer);
		if (slice_starts(buf_slice(&answer), SLICE("error"))) {
			(void)fprintf(stderr, "snmp-lab: %s:%u: %s", path, at, answer.p);
			status = 1;
		}
	}
	if (file != stdin) {
		(void)fclose(file);
	}
	return status;
}

static void run(struct sim *sim, int listener)
{
	while (!sim->ended) {
		struct pollfd fds[FIXED + CLIENTS_MAX];
		fds[0] = (struct pollfd) { .fd = sim->fd, .events = POLLIN };
		fds[1] = (struct pollfd) { .fd = listener, .events = POLLIN };
		for (size_t i = 0; i < CLIENTS_MAX; i++) {
			fds[FIXED + i] =
				(struct pollfd) { .fd = clients[i].fd, .events = POLLIN };
		}
		int wait_ms = sim_run_due(sim);
		if (poll(fds, FIXED + CLIENTS_MAX, wait_ms) < 0 && errno != EINTR) {
			return;
		}
		if (fds[0].revents != 0) {
			sim_receive(sim);
		}
		for (size_t i = 0; i < CLIENTS_MAX; i++) {
			if (clients[i].fd >= 0 && fds[FIXED + i].revents != 0) {
				read_client(sim, &clients[i]);
			}
		}
		if (fds[1].revents != 0) {
			accept_client(listener);
		}
	}
}

static int usage(void)
{
	(void)fputs(
		"usage: snmp-lab [--port N] [--control SOCKET] [--stay] [SCRIPT|-]\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	struct sim sim = { .fd = -1 };
	uint64_t port = PORT_DEFAULT;
	const char *control = NULL;
	const char *script = NULL;
	bool stays = false;
	for (int i = 1; i < argc; i++) {
		bool more = i + 1 < argc;
		if (strcmp(argv[i], "--port") == 0 && more) {
			if (num_u64(slice_str(argv[++i]), 65535, &port) < 0) {
				return usage();
			}
		} else if (strcmp(argv[i], "--control") == 0 && more) {
			control = argv[++i];
		} else if (strcmp(argv[i], "--stay") == 0) {
			stays = true;
		} else if (script == NULL && (argv[i][0] != '-' || argv[i][1] == '\0')) {
			script = argv[i];
		} else {
			return usage();
		}
	}
	/* Who started us and died without saying so does not leave a campus behind. */
	if (!stays) {
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	}
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		clients[i].fd = -1;
	}
	int listener = control != NULL ? open_control(control) : -1;
	int rc = control != NULL && listener < 0 ? listener : sim_open(&sim, (uint16_t)port);
	int status = 3;
	if (rc < 0) {
		(void)fprintf(stderr, "snmp-lab: %s\n", err_text(rc));
	} else {
		status = script != NULL ? run_script(&sim, script) : 0;
	}
	if (status == 0) {
		(void)puts("ready");
		(void)fflush(stdout);
		run(&sim, listener);
	}
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		if (clients[i].fd >= 0) {
			close_client(&clients[i]);
		}
	}
	sim_close(&sim);
	return status;
}
