/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/logfields.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "collect/packs.h"
#include "proto/syslog.h"

static struct logfields *shipped(void)
{
	char path[4096];
	(void)snprintf(path, sizeof(path), "%s/decoders", getenv("FENGSUI_SOURCE"));
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct logfields *packs = logfields_create();
	struct diag_list diags;
	diag_list_init(&diags);
	assert_true(packs_load(fd, -1, packs, &diags) > 40);
	if (diags.count > 0) {
		fail_msg("%s: %s", diags.items[0].source, diags.items[0].text);
	}
	diag_list_fini(&diags);
	(void)close(fd);
	return packs;
}

static const struct {
	const char *app;
	const char *msg;
	const char *want; /* name=value, in order of name */
} lines[] = {
	{ "sshd", "Failed password for invalid user a b from 10.0.0.1 port 22 ssh2",
		"action=login_failed method=password src_ip=10.0.0.1 src_port=22 user=a b " },
	{ "sshd", "Failed password for root from 2001:db8::1 port 4242 ssh2",
		"action=login_failed method=password src_ip=2001:db8::1 src_port=4242 user=root"
		" " },
	{ "sshd", "Accepted publickey for li from 192.0.2.9 port 50 ssh2: RSA SHA256:x",
		"action=login_ok method=publickey src_ip=192.0.2.9 src_port=50 user=li " },
	/* a user name chosen to look like an address must not become the source */
	{ "sshd",
		"Failed password for invalid user x from 1.2.3.4 port 1 from 10.0.0.9 port 99"
		" ssh2",
		NULL },
	{ "vsftpd", "[ftp] FAIL LOGIN: Client \"192.0.2.1\"",
		"action=login_failed src_ip=192.0.2.1 user=ftp " },
	{ "dovecot",
		"imap-login: Disconnected (auth failed, 1 attempts in 6 secs): user=<wang>,"
		" method=PLAIN, rip=10.1.1.1, lip=10.0.0.2",
		"action=login_failed src_ip=10.1.1.1 user=wang " },
	{ "SSHS",
		"Authentication failed for user xjdl from 172.20.99.241 port 17601 because of"
		" invalid username",
		"action=login_failed src_ip=172.20.99.241 src_port=17601 user=xjdl " },
	{ "x", "nothing to see", "" },
};

static int by_name(const void *a, const void *b)
{
	return slice_cmp(((const struct logfields_field *)a)->name,
		((const struct logfields_field *)b)->name);
}

static void shipped_packs_read_logins(void **state)
{
	(void)state;
	struct logfields *packs = shipped();
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct logfields_answer answer = { 0 };
		AUTO_BUF struct buf got;
		buf_init(&got, 4096);
		(void)!logfields_match(
			packs, slice_str(lines[i].app), slice_str(lines[i].msg), &answer);
		qsort(answer.field, answer.count, sizeof(answer.field[0]), by_name);
		for (size_t k = 0; k < answer.count; k++) {
			buf_printf(&got, "%.*s=%.*s ", SLICE_FMT(answer.field[k].name),
				SLICE_FMT(answer.field[k].value));
		}
		if (lines[i].want == NULL) {
			assert_true(slice_find(buf_slice(&got),
					    SLICE("src_ip=10.0.0.9 src_port=99")) != SIZE_MAX);
		} else if (!slice_is(buf_slice(&got), lines[i].want)) {
			fail_msg("%s: gave %s", lines[i].msg, (const char *)got.p);
		}
	}
	(void)logfields_destroy(packs);
}

static void a_bad_pack_is_refused_whole_and_said_why(void **state)
{
	(void)state;
	static const char *const packs_bad[] = {
		"{\"rules\":[{\"name\":\"a\",\"match\":\"abc"
		" <x:ip>\"},{\"name\":\"b\",\"match\":\"abc <x:nosuch>\"}]}",
		"{\"rules\":[{\"name\":\"a\",\"match\":\"ab\"}]}",
		"{\"rules\":[{\"name\":\"a\",\"match\":\"abc <X:ip>\"}]}",
		"{\"rules\":[{\"name\":\"a\"}]}",
		"{}",
		"[",
	};
	struct logfields *packs = logfields_create();
	for (size_t i = 0; i < sizeof(packs_bad) / sizeof(packs_bad[0]); i++) {
		struct diag diag = { 0 };
		assert_true(logfields_load(packs, slice_str(packs_bad[i]), "bad", &diag) < 0);
		assert_true(diag.text[0] != '\0');
		assert_int_equal(logfields_count(packs), 0);
	}
	(void)logfields_destroy(packs);
}

static void no_pattern_can_stall_on_a_line(void **state)
{
	(void)state;
	struct logfields *packs = logfields_create();
	assert_int_equal(logfields_load(packs,
				 SLICE("{\"rules\":[{\"name\":\"a\",\"match\":\"<a:text>aaa<b:"
				       "text>a<c:text>a<d:text>a<e:text>zz\"}]}"),
				 "slow", NULL),
		1);
	static char line[4000];
	memset(line, 'a', sizeof(line));
	struct logfields_answer answer = { 0 };
	assert_int_equal(
		logfields_match(packs, SLICE(""), slice_of(line, sizeof(line)), &answer), 0);
	line[3998] = line[3999] = 'z';
	assert_int_equal(
		logfields_match(packs, SLICE(""), slice_of(line, sizeof(line)), &answer), 1);
	(void)logfields_destroy(packs);
}

/* Stated results beside real lines: "failJSON: {…host…match…}" above each line. */
static void check_file(const char *path, const struct logfields *packs, size_t *hits,
	size_t *total, size_t *false_hits)
{
	FILE *file = fopen(path, "r");
	if (file == NULL) {
		return;
	}
	char *line = NULL;
	size_t room = 0;
	ssize_t n = 0;
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct slice want = { 0 };
	bool stated = false;
	bool match = false;
	while ((n = getline(&line, &room, file)) > 0) {
		struct slice text = slice_trim(slice_of(line, (size_t)n));
		struct slice mark = SLICE("# failJSON:");
		if (slice_starts(text, mark)) {
			const struct json *json = NULL;
			struct slice copy =
				arena_dup(arena, slice_trim(slice_skip(text, mark.n)));
			stated = json_parse(arena, copy, 8, &json, NULL) == 0;
			match = json_get_bool(json, "match", false);
			want = json_get_str(json, "host");
			continue;
		}
		if (!stated || text.n == 0 || text.p[0] == '#') {
			continue;
		}
		stated = false;
		struct syslog_context context = { INT64_C(1772323200000), 480 };
		struct syslog_msg msg = { 0 };
		struct logfields_answer answer = { 0 };
		(void)!syslog_parse(arena, text, &context, &msg, NULL);
		bool failed = false;
		bool host = false;
		if (logfields_match(packs, msg.app, msg.msg, &answer) == 1) {
			for (size_t i = 0; i < answer.count; i++) {
				failed |= slice_is(answer.field[i].value, "login_failed");
				host |= slice_is(answer.field[i].name, "src_ip") &&
					slice_eq(answer.field[i].value, want);
			}
		}
		*total += match;
		*hits += match && failed && host;
		*false_hits += !match && failed;
	}
	free(line);
	(void)fclose(file);
}

static void real_logs_with_stated_results_are_read(void **state)
{
	(void)state;
	const char *folder = getenv("FENGSUI_LOGS");
	static const char *const names[] = { "sshd", "vsftpd", "dovecot", "dropbear",
		"pam-generic" };
	if (folder == NULL || access(folder, R_OK) != 0) {
		print_message("# skipped: no real logs on this machine\n");
		skip();
	}
	struct logfields *packs = shipped();
	size_t hits = 0;
	size_t total = 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[256];
		size_t h = 0;
		size_t t = 0;
		size_t f = 0;
		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		check_file(path, packs, &h, &t, &f);
		print_message("# %s: %zu of %zu failures with their source, %zu false\n",
			names[i], h, t, f);
		hits += h;
		total += t;
	}
	/* The rest are aborted handshakes and the like, which are no failed logins. */
	assert_true(hits >= 114 && total == 188);
	(void)logfields_destroy(packs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped_packs_read_logins),
		cmocka_unit_test(a_bad_pack_is_refused_whole_and_said_why),
		cmocka_unit_test(no_pattern_can_stall_on_a_line),
		cmocka_unit_test(real_logs_with_stated_results_are_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
