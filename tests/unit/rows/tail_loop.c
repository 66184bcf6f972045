/* SPDX-License-Identifier: Apache-2.0 */
#include "rows/tail_loop.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "rows/tail.h"

static struct tail *tail;
static struct tail_loop *attached;
static uint64_t put_at;
static uint64_t woken_at;

static void on_put(uv_timer_t *timer)
{
	struct sample_row row = { .ts_ms = 1 };
	struct timespec now = { 0 };
	(void)clock_gettime(CLOCK_REALTIME, &now);
	put_at = uv_hrtime();
	assert_int_equal(tail_append_sample(tail, &row, (int64_t)now.tv_sec * 1000), 0);
	uv_close((uv_handle_t *)timer, NULL);
}

static void on_wake(uv_poll_t *poll, int status, int events)
{
	(void)events;
	assert_int_equal(status, 0);
	woken_at = uv_hrtime();
	(void)uv_poll_stop(poll);
	uv_close((uv_handle_t *)poll, NULL);
}

static void on_end(uv_timer_t *timer)
{
	attached = tail_loop_detach(attached);
	uv_close((uv_handle_t *)timer, NULL);
}

static void a_row_is_written_at_once_when_idle_and_synced_within_a_second(void **state)
{
	(void)state;
	char path[] = "/tmp/tail-loop-XXXXXX";
	assert_non_null(mkdtemp(path));
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	struct tail_options options = { .dir_fd = dir, .kind = ROW_SAMPLE, .wake_fd = wake };
	assert_int_equal(tail_create(&options, 1000, &tail), 0);
	uv_loop_t loop;
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(tail_loop_attach(&loop, tail, &attached), 0);
	uv_timer_t put;
	uv_timer_t end;
	uv_poll_t poll;
	(void)uv_timer_init(&loop, &put);
	(void)uv_timer_init(&loop, &end);
	assert_int_equal(uv_poll_init(&loop, &poll, wake), 0);
	(void)uv_poll_start(&poll, UV_READABLE, on_wake);
	(void)uv_timer_start(&put, on_put, 30, 0);
	(void)uv_timer_start(&end, on_end, 1400, 0);
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
	assert_true(woken_at > put_at);
	print_message("# written and detect woken after %.3f ms\n",
		(double)(woken_at - put_at) / 1e6);
	assert_true(woken_at - put_at < UINT64_C(60000000));
	assert_int_equal(tail_counters(tail)->rows, 1);
	assert_false(tail_unsynced(tail));
	assert_int_equal(uv_loop_close(&loop), 0);
	tail = tail_destroy(tail, 1000);
	struct dirent *entry = NULL;
	DIR *names = opendir(path);
	while ((entry = readdir(names)) != NULL) {
		(void)unlinkat(dir, entry->d_name, 0);
	}
	(void)closedir(names);
	assert_int_equal(rmdir(path), 0);
	(void)close(dir);
	(void)close(wake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_is_written_at_once_when_idle_and_synced_within_a_second),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
