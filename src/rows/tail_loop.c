/* SPDX-License-Identifier: Apache-2.0 */
#include "rows/tail_loop.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "rows/tail.h"
#include "sys/clock.h"

enum { TICK_MS = TAIL_HOLD_MS / 2, HANDLES = 3 };

struct tail_loop {
	uv_loop_t *loop;
	struct tail *tail;
	uv_prepare_t prepare; /* before the loop sleeps */
	uv_idle_t idle;       /* active while rows wait, so that the loop does not sleep */
	uv_timer_t tick;      /* hour, sync, and a retry after a failed write */
	uv_fs_t sync;
	int sync_fd;
	bool syncing;
	bool detached;
	unsigned closed;
	size_t seen;        /* rows held at the last turn */
	uint64_t synced_at; /* loop time */
};

static void on_idle(uv_idle_t *handle)
{
	(void)handle; /* being active is all it is for */
}

static void free_when_done(struct tail_loop *attached)
{
	if (attached->detached && !attached->syncing && attached->closed == HANDLES) {
		free(attached);
	}
}

static void on_sync(uv_fs_t *request)
{
	struct tail_loop *attached = request->data;
	(void)close(attached->sync_fd);
	if (request->result < 0 && !attached->detached) {
		tail_sync_failed(attached->tail, (int)request->result);
	}
	uv_fs_req_cleanup(request);
	attached->syncing = false;
	free_when_done(attached);
}

static void sync_when_due(struct tail_loop *attached)
{
	uint64_t now = uv_now(attached->loop);
	if (attached->syncing || !tail_unsynced(attached->tail) ||
		now - attached->synced_at < TAIL_SYNC_MS) {
		return;
	}
	int fd = tail_sync_fd(attached->tail);
	if (fd < 0) {
		return;
	}
	attached->synced_at = now;
	attached->sync.data = attached;
	int error = uv_fs_fdatasync(attached->loop, &attached->sync, fd, on_sync);
	if (error < 0) {
		tail_sync_failed(attached->tail, error);
		(void)close(fd);
		return;
	}
	attached->sync_fd = fd;
	attached->syncing = true;
}

/* A failed write shows in the tail's counters and is tried again at the tick. */
static void flush(struct tail_loop *attached)
{
	int error = tail_flush(attached->tail, clock_unix_ms());
	(void)error;
	(void)uv_idle_stop(&attached->idle);
	attached->seen = 0;
	sync_when_due(attached);
}

static void on_prepare(uv_prepare_t *handle)
{
	struct tail_loop *attached = handle->data;
	size_t held = tail_held(attached->tail);
	if (held == 0) {
		return;
	}
	if (held == attached->seen) {
		flush(attached);
		return;
	}
	attached->seen = held;
	/* While writing fails the tick is soon enough. */
	if (tail_counters(attached->tail)->last_error == 0) {
		(void)uv_idle_start(&attached->idle, on_idle);
	}
}

static void on_tick(uv_timer_t *handle)
{
	flush(handle->data);
}

int tail_loop_attach(uv_loop_t *loop, struct tail *tail, struct tail_loop **ret_attached)
{
	struct tail_loop *attached = calloc(1, sizeof(*attached));
	if (attached == NULL) {
		abort();
	}
	attached->loop = loop;
	attached->tail = tail;
	/* None of these three can fail: they only fill in memory. */
	(void)uv_prepare_init(loop, &attached->prepare);
	(void)uv_idle_init(loop, &attached->idle);
	(void)uv_timer_init(loop, &attached->tick);
	attached->prepare.data = attached;
	attached->idle.data = attached;
	attached->tick.data = attached;
	int error = uv_prepare_start(&attached->prepare, on_prepare);
	if (error == 0) {
		error = uv_timer_start(&attached->tick, on_tick, TICK_MS, TICK_MS);
	}
	if (error < 0) {
		(void)tail_loop_detach(attached);
		return error;
	}
	*ret_attached = attached;
	return 0;
}

static void on_close(uv_handle_t *handle)
{
	struct tail_loop *attached = handle->data;
	attached->closed++;
	free_when_done(attached);
}

struct tail_loop *tail_loop_detach(struct tail_loop *attached)
{
	if (attached != NULL) {
		attached->detached = true;
		uv_close((uv_handle_t *)&attached->prepare, on_close);
		uv_close((uv_handle_t *)&attached->idle, on_close);
		uv_close((uv_handle_t *)&attached->tick, on_close);
	}
	return NULL;
}
