/* SPDX-License-Identifier: Apache-2.0 */
/** A loop, a result catcher, and small servers on loopback that behave as badly as asked. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "probe/check.h"

struct caught {
	unsigned count;
	struct check_result last;
	unsigned by_state[5];
};

void caught_done(void *user, uint64_t tag, const struct check_result *result);

static inline struct check_sink caught_sink(struct caught *caught)
{
	return (struct check_sink) { caught_done, caught, 0 };
}

/** Run until so many results are there or the time is over. */
void world_run(uv_loop_t *loop, const struct caught *caught, unsigned count, unsigned limit_ms);
/** Run until every handle is closed, then close the loop; fails the test when something stays. */
void world_end(uv_loop_t *loop);

/** A listening socket on a free port of 127.0.0.1; a thread serves one connection after the other. */
struct server {
	int fd;
	uint16_t port;
	uv_thread_t thread;
	void (*serve)(int fd, void *arg); /* the socket is closed after it */
	void *arg;
};

void server_start(struct server *server, void (*serve)(int fd, void *arg), void *arg);
void server_stop(struct server *server);

struct probe_addr world_addr(const char *text);
/** The text of an argument, or NULL. */
const char *world_arg(const struct check_result *result, const char *name);
/** Send all of a text; errors are the peer's right. */
void world_send(int fd, const char *text);
/** Read until CR LF CR LF or the end. */
void world_read_request(int fd, char *ret_text, size_t room);
