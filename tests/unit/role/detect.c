/* SPDX-License-Identifier: Apache-2.0 */
/* collect and detect together: from a datagram to the signal. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/json.h"
#include "sys/clock.h"
#include "world.h"

static const char *collect_program;
static const char *detect_program;

static const char rule[] =
	"{\"id\":\"burst-login\",\"class\":\"login.burst\",\"code\":\"login.burst\","
	"\"match\":{\"action\":\"login_failed\"},\"group\":[\"src_ip\",\"host\"],\"asset\":\"host\","
	"\"window_s\":2,\"threshold\":10,\"quiet_s\":2,\"severity\":\"major\"}";

struct fixture {
	struct child collect;
	struct child detect;
	uint16_t udp;
	uint16_t tcp;
	uint16_t trap;
	char folder[64];
};

static void pack_copy(const char *folder)
{
	char path[256];
	static char text[64 * 1024];
	const char *source = getenv("FENGSUI_SOURCE");
	(void)snprintf(
		path, sizeof(path), "%s/decoders/sshd.json", source != NULL ? source : ".");
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	size_t n = fread(text, 1, sizeof(text) - 1, file);
	(void)fclose(file);
	text[n] = '\0';
	world_file_make(folder, "share/decoders/sshd.json", text);
}

static void detect_start(struct fixture *f)
{
	f->detect = (struct child) { .role = IPC_DETECT, .program = detect_program };
	child_start(&f->detect);
	child_give(&f->detect, "tail", world_folder_open(f->folder, "tail"));
	child_give(&f->detect, "share", world_folder_open(f->folder, "share"));
	child_give(&f->detect, "site", world_folder_open(f->folder, "site"));
	child_go(&f->detect);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	assert_non_null(f);
	world_folder_make(f->folder);
	pack_copy(f->folder);
	world_file_make(f->folder, "share/rules/burst-login.json", rule);
	f->collect = (struct child) { .role = IPC_COLLECT, .program = collect_program };
	child_start(&f->collect);
	child_give(&f->collect, "tail", world_folder_open(f->folder, "tail"));
	child_give(&f->collect, "share", world_folder_open(f->folder, "share"));
	child_give(&f->collect, "site", world_folder_open(f->folder, "site"));
	child_give(&f->collect, "syslog_udp", world_socket(SOCK_DGRAM, &f->udp));
	child_give(&f->collect, "syslog_tcp", world_socket(SOCK_STREAM, &f->tcp));
	child_give(&f->collect, "trap_udp", world_socket(SOCK_DGRAM, &f->trap));
	child_go(&f->collect);
	detect_start(f);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	child_stop(&f->detect);
	child_stop(&f->collect);
	world_folder_drop(f->folder);
	free(f);
	return 0;
}

static void say_position(struct fixture *f, const char *json)
{
	struct msg_position msg = { .json = slice_str(json) };
	AUTO_BUF struct buf out;
	buf_init(&out, 4096);
	msg_position_encode(&msg, &out);
	child_say(&f->detect, MSG_POSITION, buf_slice(&out), -1);
}

static void say_position_of(struct fixture *f, const struct signal *signal)
{
	char json[256];
	(void)snprintf(json, sizeof(json), "{\"%.*s\":\"%.*s\"}", SLICE_FMT(signal->tail),
		SLICE_FMT(signal->tail_pos));
	say_position(f, json);
}

/* Failed logins from an address, and wait until they are in the tail. */
static void fail_logins(struct fixture *f, const char *from, int count)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(f->udp),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int64_t rows = child_counter(&f->collect, "rows");
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	for (int i = 0; i < count; i++) {
		char text[256];
		int n = snprintf(text, sizeof(text),
			"<38>1 2026-09-01T10:00:00+08:00 web01 sshd 77 - - Failed password for"
			" root from %s port %d ssh2",
			from, 40000 + i);
		assert_int_equal(
			sendto(fd, text, (size_t)n, 0, (struct sockaddr *)&at, sizeof(at)), n);
	}
	(void)close(fd);
	child_wait_counter(&f->collect, "rows", rows + count);
}

static void a_burst_of_datagrams_becomes_a_signal_and_ends(void **state)
{
	struct fixture *f = *state;
	say_position(f, "{}");
	int64_t began_ms = clock_unix_ms();
	fail_logins(f, "203.0.113.9", 12);
	struct signal signal = child_signal(&f->detect, "login.burst");
	assert_int_equal(signal.state, SIGNAL_FIRING);
	assert_int_equal(signal.severity, ALERT_SEVERITY_MAJOR);
	assert_true(slice_is(signal.source, "detect"));
	assert_true(slice_is(signal.asset_key, "web01"));
	assert_true(slice_is(signal.tail, "collect-0/log"));
	assert_true(signal.tail_pos.n > 0);
	assert_true(signal.observed_at_ms >= began_ms);
	const struct json *args = NULL;
	assert_int_equal(json_parse(f->detect.arena, signal.args, 0, &args, NULL), 0);
	assert_true(slice_is(json_get_str(args, "src_ip"), "203.0.113.9"));
	child_confirm(&f->detect, 1);
	struct signal over = child_signal(&f->detect, "login.burst");
	assert_int_equal(over.state, SIGNAL_RESOLVED);
	assert_true(slice_eq(over.dedup_key, signal.dedup_key));
}

static void a_trap_is_a_line_of_the_log_and_its_repeat_is_not(void **state)
{
	struct fixture *f = *state;
	/* linkDown of port 3 by version 2c. */
	static const uint8_t trap[] =
		"\x30\x52\x02\x01\x01\x04\x06\x70\x75\x62\x6c\x69\x63\xa7\x45\x02\x01\x4d\x02\x01"
		"\x00\x02\x01\x00\x30\x3a\x30\x0e\x06\x08\x2b\x06\x01\x02\x01\x01\x03\x00\x43\x02"
		"\x30\x39\x30\x17\x06\x0a\x2b\x06\x01\x06\x03\x01\x01\x04\x01\x00\x06\x09\x2b\x06"
		"\x01\x06\x03\x01\x01\x05\x03\x30\x0f\x06\x0a\x2b\x06\x01\x02\x01\x02\x02\x01\x01"
		"\x03\x02\x01\x03";
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(f->trap),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int64_t rows = child_counter(&f->collect, "rows");
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(sendto(fd, trap, sizeof(trap) - 1, 0, (struct sockaddr *)&at,
					 sizeof(at)),
			sizeof(trap) - 1);
	}
	(void)close(fd);
	child_wait_counter(&f->collect, "traps_repeats", 2);
	child_wait_counter(&f->collect, "rows", rows + 1);
	assert_int_equal(child_counter(&f->collect, "traps_news"), 1);
}

static void nothing_is_read_before_core_says_where_it_stood(void **state)
{
	struct fixture *f = *state;
	fail_logins(f, "203.0.113.9", 12);
	assert_false(child_hears(&f->detect, MSG_SIGNAL, 700));
	assert_int_equal(child_counter(&f->detect, "rows"), 0);
	say_position(f, "{}");
	assert_int_equal(child_signal(&f->detect, "login.burst").state, SIGNAL_FIRING);
}

static void quiet_rows_move_the_position_too(void **state)
{
	struct fixture *f = *state;
	say_position(f, "{}");
	fail_logins(f, "203.0.113.9", 3);
	struct signal note = child_signal(&f->detect, "position");
	assert_int_equal(note.state, SIGNAL_NOTE);
	assert_true(slice_is(note.tail, "collect-0/log"));
	assert_true(slice_is(note.dedup_key, "position:collect-0"));
}

/* The crash comes after core has the signal: it is not said again, but it still ends. */
static void a_crash_neither_repeats_nor_forgets(void **state)
{
	struct fixture *f = *state;
	say_position(f, "{}");
	fail_logins(f, "203.0.113.9", 12);
	struct signal fired = child_signal(&f->detect, "login.burst");
	struct child old = f->detect;
	detect_start(f);
	say_position_of(f, &fired);
	child_kill(&old);
	struct signal next = child_signal(&f->detect, "login.burst");
	assert_int_equal(next.state, SIGNAL_RESOLVED);
}

/* Half a burst before the crash and half after it make one burst. */
static void a_burst_half_counted_is_counted_on(void **state)
{
	struct fixture *f = *state;
	world_file_make(f->folder, "site/rules.txt", "not a rule");
	say_position(f, "{}");
	fail_logins(f, "203.0.113.9", 6);
	struct signal note = child_signal(&f->detect, "position");
	struct child old = f->detect;
	world_file_make(f->folder, "share/rules/burst-login.json",
		"{\"id\":\"burst-login\",\"class\":\"login.burst\",\"code\":\"login.burst\","
		"\"match\":{\"action\":\"login_failed\"},\"group\":[\"src_ip\",\"host\"],\"asset\":\"host\","
		"\"window_s\":60,\"threshold\":10,\"quiet_s\":60,\"severity\":\"major\"}");
	detect_start(f);
	say_position_of(f, &note);
	child_kill(&old);
	fail_logins(f, "203.0.113.9", 6);
	assert_int_equal(child_signal(&f->detect, "login.burst").state, SIGNAL_FIRING);
}

static void what_core_has_not_confirmed_is_sent_again(void **state)
{
	struct fixture *f = *state;
	say_position(f, "{}");
	fail_logins(f, "203.0.113.9", 12);
	struct signal first = child_signal(&f->detect, "login.burst");
	child_core_renew(&f->detect);
	struct signal again = child_signal(&f->detect, "login.burst");
	assert_int_equal(again.state, SIGNAL_FIRING);
	assert_true(slice_eq(again.dedup_key, first.dedup_key));
	say_position(f, "{}"); /* a restarted core says it again: nothing begins anew */
	child_confirm(&f->detect, 1);
	assert_int_equal(child_signal(&f->detect, "login.burst").state, SIGNAL_RESOLVED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_burst_of_datagrams_becomes_a_signal_and_ends),
		TEST(a_trap_is_a_line_of_the_log_and_its_repeat_is_not),
		TEST(nothing_is_read_before_core_says_where_it_stood),
		TEST(quiet_rows_move_the_position_too),
		TEST(a_crash_neither_repeats_nor_forgets),
		TEST(a_burst_half_counted_is_counted_on),
		TEST(what_core_has_not_confirmed_is_sent_again),
	};
	collect_program = argc > 2 ? argv[1] : "";
	detect_program = argc > 2 ? argv[2] : "";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
