/* SPDX-License-Identifier: Apache-2.0 */
/** Scheduler, pump and prober together: a service that dies and comes back. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "probe/prober.h"
#include "probe/pump.h"
#include "probe/scheduler.h"
#include "world.h"

struct watch {
	struct caught results;
	struct caught changes;
	enum check_state shown;
};

static void on_result(
	void *user, const struct check_spec *spec, const struct check_result *result)
{
	struct watch *watch = user;
	(void)spec;
	caught_done(&watch->results, 0, result);
}

static void on_change(void *user, const struct scheduler_change *change)
{
	struct watch *watch = user;
	watch->shown = change->to;
	caught_done(&watch->changes, 0, change->result);
}

/* The scheduler's user is the watch; the prober is found beside it. */
static struct prober *the_prober;

static int start(void *user, const struct check_spec *spec, struct check_sink sink)
{
	(void)user;
	return prober_start(the_prober, spec, sink);
}

static int listener(uint16_t port)
{
	int on = 1;
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 16), 0);
	return fd;
}

static void a_service_dies_and_comes_back(void **state)
{
	(void)state;
	uv_loop_t loop;
	struct watch watch = { 0 };
	struct pump pump;
	struct prober_config config = { .fd4 = -1, .fd6 = -1, .dhcp4 = -1 };
	struct scheduler_config how = { .start = start,
		.on_result = on_result,
		.on_change = on_change,
		.user = &watch,
		.seed = { 1 } };
	struct sockaddr_in at = { 0 };
	socklen_t len = sizeof(at);
	int fd = listener(0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(prober_create(&loop, &config, &the_prober), 0);
	struct scheduler *scheduler = scheduler_create(&how);
	assert_int_equal(pump_start(&pump, &loop, scheduler), 0);
	struct check_spec spec = { .id = 77,
		.kind = CHECK_TCP,
		.addr = world_addr("127.0.0.1"),
		.port = ntohs(at.sin_port),
		.interval_ms = 200,
		.timeout_ms = 150,
		.retries = 2 };
	assert_int_equal(scheduler_put(scheduler, &spec, true), 0);
	world_run(&loop, &watch.changes, 1, 2000);
	assert_int_equal(watch.shown, CHECK_UP);
	(void)close(fd);
	world_run(&loop, &watch.changes, 2, 3000);
	assert_int_equal(watch.shown, CHECK_DOWN);
	assert_string_equal(watch.changes.last.code, "tcp.refused");
	assert_true(watch.results.by_state[CHECK_DOWN] == 3);
	fd = listener(ntohs(at.sin_port));
	world_run(&loop, &watch.changes, 3, 3000);
	assert_int_equal(watch.shown, CHECK_UP);
	assert_int_equal(watch.changes.count, 3);
	pump_stop(&pump);
	prober_close(the_prober);
	world_end(&loop);
	(void)scheduler_destroy(scheduler);
	(void)close(fd);
}

static void a_silent_check_of_the_hour_is_confirmed_within_seconds(void **state)
{
	(void)state;
	uv_loop_t loop;
	struct watch watch = { 0 };
	struct pump pump;
	struct prober_config config = { .fd4 = -1, .fd6 = -1, .dhcp4 = -1 };
	struct scheduler_config how = { .start = start,
		.on_result = on_result,
		.on_change = on_change,
		.user = &watch,
		.seed = { 1 } };
	struct sockaddr_in at = { 0 };
	socklen_t len = sizeof(at);
	int fd = listener(0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(prober_create(&loop, &config, &the_prober), 0);
	struct scheduler *scheduler = scheduler_create(&how);
	assert_int_equal(pump_start(&pump, &loop, scheduler), 0);
	/* It accepts and never speaks: every result comes from a timer, not from a socket. */
	struct check_spec spec = { .id = 78,
		.kind = CHECK_TCP,
		.addr = world_addr("127.0.0.1"),
		.port = ntohs(at.sin_port),
		.interval_ms = 3600 * 1000,
		.timeout_ms = 50,
		.retries = 2,
		.expect_text = "220" };
	assert_int_equal(scheduler_put(scheduler, &spec, true), 0);
	world_run(&loop, &watch.changes, 1, 5000);
	assert_int_equal(watch.shown, CHECK_DOWN);
	assert_int_equal(watch.results.count, 3);
	pump_stop(&pump);
	prober_close(the_prober);
	world_end(&loop);
	(void)scheduler_destroy(scheduler);
	(void)close(fd);
}

int main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_service_dies_and_comes_back),
		cmocka_unit_test(a_silent_check_of_the_hour_is_confirmed_within_seconds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
