/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

void caught_done(void *user, uint64_t tag, const struct check_result *result)
{
	struct caught *caught = user;
	(void)tag;
	caught->count++;
	caught->by_state[result->state]++;
	caught->last = *result;
}

struct waiting {
	const struct caught *caught;
	unsigned count;
	bool over;
};

static void on_limit(uv_timer_t *timer)
{
	((struct waiting *)timer->data)->over = true;
}

/* A result of the timers' turn must not be slept over. */
static void on_prepare(uv_prepare_t *prepare)
{
	struct waiting *waiting = prepare->data;
	if (waiting->caught->count >= waiting->count || waiting->over) {
		uv_stop(prepare->loop);
	}
}

void world_run(uv_loop_t *loop, const struct caught *caught, unsigned count, unsigned limit_ms)
{
	uv_timer_t limit;
	uv_prepare_t prepare;
	struct waiting waiting = { caught, count, false };
	assert_int_equal(uv_timer_init(loop, &limit), 0);
	assert_int_equal(uv_prepare_init(loop, &prepare), 0);
	limit.data = &waiting;
	prepare.data = &waiting;
	uv_update_time(loop);
	assert_int_equal(uv_timer_start(&limit, on_limit, limit_ms, 0), 0);
	assert_int_equal(uv_prepare_start(&prepare, on_prepare), 0);
	while (caught->count < count && !waiting.over) {
		(void)uv_run(loop, UV_RUN_ONCE);
	}
	uv_close((uv_handle_t *)&limit, NULL);
	uv_close((uv_handle_t *)&prepare, NULL);
	(void)uv_run(loop, UV_RUN_NOWAIT);
}

void world_end(uv_loop_t *loop)
{
	/* Closing takes a turn or two; a handle forgotten would keep this from ending. */
	for (unsigned i = 0; i < 1000 && uv_run(loop, UV_RUN_NOWAIT) != 0; i++) {
		(void)usleep(1000);
	}
	assert_int_equal(uv_loop_close(loop), 0);
}

static void serve_all(void *user)
{
	struct server *server = user;
	for (;;) {
		int fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0) {
			return;
		}
		server->serve(fd, server->arg);
		(void)close(fd);
	}
}

void server_start(struct server *server, void (*serve)(int fd, void *arg), void *arg)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(at);
	*server = (struct server) {
		.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), .serve = serve, .arg = arg
	};
	assert_true(server->fd >= 0);
	assert_int_equal(bind(server->fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(server->fd, 128), 0);
	assert_int_equal(getsockname(server->fd, (struct sockaddr *)&at, &len), 0);
	server->port = ntohs(at.sin_port);
	assert_int_equal(uv_thread_create(&server->thread, serve_all, server), 0);
}

void server_stop(struct server *server)
{
	(void)shutdown(server->fd, SHUT_RDWR);
	assert_int_equal(uv_thread_join(&server->thread), 0);
	(void)close(server->fd);
}

struct probe_addr world_addr(const char *text)
{
	struct probe_addr addr = { 0 };
	assert_int_equal(probe_addr_parse(slice_str(text), &addr), 0);
	return addr;
}

const char *world_arg(const struct check_result *result, const char *name)
{
	for (size_t i = 0; i < result->arg_count; i++) {
		if (strcmp(result->args[i].name, name) == 0) {
			return result->args[i].text;
		}
	}
	return NULL;
}

void world_send(int fd, const char *text)
{
	size_t n = strlen(text);
	while (n > 0) {
		ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);
		if (sent <= 0) {
			return;
		}
		text += sent;
		n -= (size_t)sent;
	}
}

void world_read_request(int fd, char *ret_text, size_t room)
{
	size_t n = 0;
	ret_text[0] = '\0';
	while (n + 1 < room && strstr(ret_text, "\r\n\r\n") == NULL) {
		ssize_t got = recv(fd, ret_text + n, room - 1 - n, 0);
		if (got <= 0) {
			return;
		}
		n += (size_t)got;
		ret_text[n] = '\0';
	}
}
