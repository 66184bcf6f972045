/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/json.h"
#include "role/signal_queue.h"
#include "rows/query.h"
#include "sys/clock.h"
#include "sys/memfd.h"
#include "world.h"

static const char *program;

struct fixture {
	struct child child;
	char folder[64];
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	assert_non_null(f);
	world_folder_make(f->folder);
	f->child = (struct child) { .role = IPC_PROBE, .program = program };
	child_start(&f->child);
	child_give(&f->child, "tail", world_folder_open(f->folder, "tail"));
	child_give(&f->child, "share", world_folder_open(f->folder, "share"));
	child_go(&f->child);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	child_stop(&f->child);
	world_folder_drop(f->folder);
	free(f);
	return 0;
}

static void say_checks(struct child *child, const char *json, int fd)
{
	struct msg_checks msg = { .json = slice_str(json) };
	AUTO_BUF struct buf out;
	buf_init(&out, IPC_PAYLOAD_OCTETS_MAX);
	msg_checks_encode(&msg, &out);
	child_say(child, MSG_CHECKS, buf_slice(&out), fd);
}

static const char *tcp_check(uint16_t port)
{
	static char text[400];
	(void)snprintf(text, sizeof(text),
		"[{\"id\":42,\"name\":\"教务系统\",\"kind\":\"tcp\",\"target\":\"127.0.0.1:%u\",\"params\":{},"
		"\"interval_s\":0.2,\"retries\":1,\"severity\":\"major\"}]",
		port);
	return text;
}

static const struct json *args_of(struct child *child, const struct signal *signal)
{
	const struct json *root = NULL;
	assert_int_equal(json_parse(child->arena, signal->args, 0, &root, NULL), 0);
	return root;
}

static void a_service_that_goes_and_comes_back_fires_and_resolves(void **state)
{
	struct fixture *f = *state;
	uint16_t port = 0;
	int fd = world_socket(SOCK_STREAM, &port);
	say_checks(&f->child, tcp_check(port), -1);
	struct signal up = child_signal(&f->child, "check.state");
	assert_int_equal(up.state, SIGNAL_RESOLVED);
	assert_true(slice_is(json_get_str(args_of(&f->child, &up), "state"), "up"));
	child_confirm(&f->child, 1);

	(void)close(fd);
	int64_t gone_ms = world_now_ms();
	struct signal down = child_signal(&f->child, "check.state");
	assert_true(world_now_ms() - gone_ms < 2000);
	assert_int_equal(down.state, SIGNAL_FIRING);
	assert_int_equal(down.severity, ALERT_SEVERITY_MAJOR);
	assert_true(slice_is(down.source, "probe"));
	assert_true(slice_is(down.check, "42"));
	assert_true(slice_is(down.dedup_key, "probe:42"));
	assert_true(slice_is(down.asset_key, "127.0.0.1"));
	assert_true(slice_is(down.code, "check.down"));
	const struct json *args = args_of(&f->child, &down);
	assert_true(slice_is(json_get_str(args, "name"), "教务系统"));
	assert_true(slice_is(json_get_str(args, "state"), "down"));
	assert_true(slice_is(json_get_str(args, "code"), "tcp.refused"));
	child_confirm(&f->child, 1);

	fd = world_socket(SOCK_STREAM, &port);
	struct signal back = child_signal(&f->child, "check.state");
	assert_int_equal(back.state, SIGNAL_RESOLVED);
	assert_true(slice_eq(back.dedup_key, down.dedup_key));
	(void)close(fd);
}

static void every_result_becomes_a_sample(void **state)
{
	struct fixture *f = *state;
	uint16_t port = 0;
	struct query_store *store = NULL;
	struct query_coverage coverage = { 0 };
	struct query_latest latest = { .series_id = 42 };
	int fd = world_socket(SOCK_STREAM, &port);
	int tail = world_folder_open(f->folder, "tail");
	say_checks(&f->child, tcp_check(port), -1);
	child_wait_counter(&f->child, "rows", 3);
	assert_int_equal(query_store_open(tail, &store), 0);
	assert_int_equal(query_latest(store, f->child.arena, 0, &latest, 1, &coverage), 0);
	assert_true(latest.found);
	assert_int_equal(latest.row.state, 0); /* up, as the model numbers it */
	assert_true(latest.row.latency_us > 0);
	assert_int_equal(latest.row.code.n, 0);
	(void)query_store_close(store);
	(void)close(tail);
	(void)close(fd);
}

static struct msg_probe_done ask(struct child *child, int64_t check_id, int64_t number)
{
	struct msg_probe_ask msg = { .check_id = check_id, .ask = number };
	struct msg_probe_done done = { 0 };
	AUTO_BUF struct buf out;
	buf_init(&out, 64);
	msg_probe_ask_encode(&msg, &out);
	child_say(child, MSG_PROBE_ASK, buf_slice(&out), -1);
	struct ipc_frame frame = child_take(child, IPC_CORE, MSG_PROBE_DONE);
	assert_int_equal(
		msg_probe_done_decode(arena_dup(child->arena, frame.payload), &done), 0);
	return done;
}

static void a_check_asked_for_is_run_afresh_and_answered(void **state)
{
	struct fixture *f = *state;
	uint16_t port = 0;
	int fd = world_socket(SOCK_STREAM, &port);
	say_checks(&f->child, tcp_check(port), -1);
	int64_t asked_ms = clock_unix_ms();
	struct msg_probe_done done = ask(&f->child, 42, 7);
	assert_int_equal(done.check_id, 42);
	assert_int_equal(done.ask, 7);
	assert_true(done.at_ms >= asked_ms);
	assert_true(slice_is(done.state, "up"));
	assert_true(slice_is(done.code, "tcp.ok"));
	(void)close(fd);
	done = ask(&f->child, 42, 8);
	assert_true(slice_is(done.state, "down"));
	assert_true(slice_is(done.code, "tcp.refused"));
}

static void what_is_not_in_the_table_is_not_probed(void **state)
{
	struct fixture *f = *state;
	uint16_t port = 0;
	int fd = world_socket(SOCK_STREAM, &port);
	struct msg_probe_done done = ask(&f->child, 42, 1);
	assert_true(slice_is(done.state, "unknown"));
	assert_true(slice_is(done.code, "check.absent"));
	say_checks(&f->child, tcp_check(port), -1);
	child_wait_counter(&f->child, "results", 2);
	say_checks(&f->child, "[]", -1);
	child_wait_counter(&f->child, "tables", 2);
	assert_int_equal(child_counter(&f->child, "checks"), 0);
	int64_t results = child_counter(&f->child, "results");
	assert_int_equal(child_counter(&f->child, "results"), results);
	(void)close(fd);
}

static void a_check_that_cannot_be_read_leaves_the_others(void **state)
{
	struct fixture *f = *state;
	say_checks(&f->child,
		"[{\"id\":1,\"name\":\"n\",\"kind\":\"smoke\",\"target\":\"x\",\"severity\":\"major\"},"
		"{\"id\":2,\"name\":\"n\",\"kind\":\"host\",\"target\":\"load\",\"severity\":\"minor\"}]",
		-1);
	child_wait_counter(&f->child, "checks", 1);
	assert_int_equal(child_counter(&f->child, "checks_refused"), 1);
	say_checks(&f->child, "[{", -1);
	child_wait_counter(&f->child, "tables_broken", 1);
	assert_int_equal(child_counter(&f->child, "checks"), 1);
}

static void what_core_has_not_confirmed_is_sent_again_in_order(void **state)
{
	struct fixture *f = *state;
	uint16_t port = 0;
	int fd = world_socket(SOCK_STREAM, &port);
	say_checks(&f->child, tcp_check(port), -1);
	(void)child_signal(&f->child, "check.state");
	child_confirm(&f->child, 1);
	(void)close(fd);
	struct signal down = child_signal(&f->child, "check.state");
	fd = world_socket(SOCK_STREAM, &port);
	struct signal back = child_signal(&f->child, "check.state");
	assert_int_equal(down.state, SIGNAL_FIRING);
	assert_int_equal(back.state, SIGNAL_RESOLVED);
	child_core_renew(&f->child);
	struct signal again = child_signal(&f->child, "check.state");
	assert_int_equal(again.state, SIGNAL_FIRING);
	assert_int_equal(again.observed_at_ms, down.observed_at_ms);
	child_confirm(&f->child, 1);
	again = child_signal(&f->child, "check.state");
	assert_int_equal(again.state, SIGNAL_RESOLVED);
	child_confirm(&f->child, 1);
	while (child_counter(&f->child, "signals_queued") > 0) {
	}
	child_core_renew(&f->child);
	assert_false(child_hears(&f->child, MSG_SIGNAL, 300));
	(void)close(fd);
}

static void what_core_has_no_room_for_waits_and_is_not_lost(void **state)
{
	struct fixture *f = *state;
	enum { MORE = 100 };
	AUTO_BUF struct buf json;
	buf_init(&json, 4 * 1024 * 1024);
	for (int i = 1; i <= SIGNAL_QUEUE_MAX + MORE; i++) {
		buf_printf(&json,
			"%c{\"id\":%d,\"name\":\"n\",\"kind\":\"host\",\"target\":\"memory\","
			"\"interval_s\":3600,\"severity\":\"info\"}",
			i == 1 ? '[' : ',', i);
	}
	buf_put_byte(&json, ']');
	int fd = -1;
	assert_int_equal(memfd_of(buf_slice(&json), &fd), 0);
	say_checks(&f->child, "", fd);
	child_wait_counter(&f->child, "signals_queued", SIGNAL_QUEUE_MAX / 2);
	child_wait_counter(&f->child, "results", SIGNAL_QUEUE_MAX + MORE);
	assert_int_equal(child_counter(&f->child, "signals_queued"), SIGNAL_QUEUE_MAX / 2);
	for (int i = 0; i < SIGNAL_QUEUE_MAX + MORE; i++) {
		(void)child_signal(&f->child, "check.state");
		child_confirm(&f->child, 1);
	}
	assert_int_equal(child_counter(&f->child, "signals_refused"), 0);
}

static void what_hangs_on_a_dead_parent_names_it_and_fires_nothing(void **state)
{
	struct fixture *f = *state;
	uint16_t port[2] = { 0, 0 };
	int fd[2] = { world_socket(SOCK_STREAM, &port[0]),
		world_socket(SOCK_STREAM, &port[1]) };
	char text[500];
	(void)snprintf(text, sizeof(text),
		"[{\"id\":43,\"name\":\"食堂\",\"kind\":\"tcp\",\"target\":\"127.0.0.1:%u\",\"params\":{},"
		"\"interval_s\":0.2,\"retries\":1,\"severity\":\"major\",\"parents\":[42,999]},"
		"{\"id\":42,\"name\":\"核心\",\"kind\":\"tcp\",\"target\":\"127.0.0.1:%u\",\"params\":{},"
		"\"interval_s\":0.3,\"retries\":1,\"severity\":\"major\"}]",
		port[1], port[0]);
	say_checks(&f->child, text, -1);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(child_signal(&f->child, "check.state").state, SIGNAL_RESOLVED);
	}
	(void)close(fd[0]);
	(void)close(fd[1]);
	struct signal down = child_signal(&f->child, "check.state");
	assert_true(slice_is(down.check, "42"));
	assert_int_equal(down.state, SIGNAL_FIRING);
	assert_int_equal(down.cause.n, 0);
	struct signal behind = child_signal(&f->child, "check.state");
	assert_true(slice_is(behind.check, "43"));
	assert_int_equal(behind.state, SIGNAL_NOTE);
	assert_true(slice_is(behind.cause, "42"));
	const struct json *args = args_of(&f->child, &behind);
	assert_true(slice_is(json_get_str(args, "state"), "unreachable"));
	assert_true(slice_is(json_get_str(args, "cause"), "核心"));
	fd[0] = world_socket(SOCK_STREAM, &port[0]);
	assert_int_equal(child_signal(&f->child, "check.state").state, SIGNAL_RESOLVED);
	struct signal own = child_signal(&f->child, "check.state");
	assert_true(slice_is(own.check, "43"));
	assert_int_equal(own.state, SIGNAL_FIRING);
	(void)close(fd[0]);
}

static void core_is_told_what_this_machine_is(void **state)
{
	struct fixture *f = *state;
	struct msg_facts msg = { 0 };
	const struct json *root = NULL;
	struct ipc_frame frame = child_take(&f->child, IPC_CORE, MSG_FACTS);
	assert_int_equal(msg_facts_decode(frame.payload, &msg), 0);
	assert_int_equal(json_parse(f->child.arena, msg.json, 0, &root, NULL), 0);
	assert_true(json_get_str(root, "hostname").n > 0);
	assert_int_equal(json_type(json_get(root, "interfaces")), JSON_ARRAY);
	assert_int_equal(json_type(json_get(root, "gateways")), JSON_ARRAY);
	assert_int_equal(json_type(json_get(root, "resolvers")), JSON_ARRAY);
	assert_int_equal(
		json_type(json_get(json_get(root, "clock"), "synchronised")), JSON_BOOL);
	for (const struct json *i = json_first(json_get(root, "interfaces")); i != NULL;
		i = json_next(i)) {
		assert_false(slice_is(json_str(i), "lo"));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_service_that_goes_and_comes_back_fires_and_resolves),
		TEST(every_result_becomes_a_sample),
		TEST(a_check_asked_for_is_run_afresh_and_answered),
		TEST(what_is_not_in_the_table_is_not_probed),
		TEST(a_check_that_cannot_be_read_leaves_the_others),
		TEST(what_core_has_not_confirmed_is_sent_again_in_order),
		TEST(what_core_has_no_room_for_waits_and_is_not_lost),
		TEST(what_hangs_on_a_dead_parent_names_it_and_fires_nothing),
		TEST(core_is_told_what_this_machine_is),
	};
	program = argc > 1 ? argv[1] : "";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
