/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "probe/plugin/place.h"
#include "probe/plugin/plugin_check.h"

static struct check_spec target(void)
{
	return (struct check_spec) { .kind = CHECK_PLUGIN,
		.addr = { .octet = { 10, 1, 2, 3 }, .family = 4 },
		.name = "web.example",
		.port = 8080,
		.timeout_ms = 2500 };
}

/* ---- arguments */

static void words_become_arguments(void **state)
{
	static const struct {
		const char *name;
		const char *words;
		const char *args; /* '|' stands for the NUL behind each */
	} cases[] = {
		{ "no words are no arguments", "  ", "" },
		{ "spaces cut", "-H  a\t-p 1", "-H|a|-p|1|" },
		{ "quotes hold together", "-s 'a b' \"c d\"", "-s|a b|c d|" },
		{ "quotes may be part of a word", "--x='a b'c", "--x=a bc|" },
		{ "one kind of quote holds the other", "\"it's\" 'a\"b'", "it's|a\"b|" },
		{ "an empty word is a word", "-s '' x", "-s||x|" },
		{ "a shell's marks mean nothing", "$(id) `id`;* \\", "$(id)|`id`;*|\\|" },
		{ "the target's macros are replaced", "-H $ADDRESS$ -p $PORT$",
			"-H|10.1.2.3|-p|8080|" },
		{ "within words and quotes too", "x$NAME$y '$TIMEOUT$ s'",
			"xweb.exampley|3 s|" },
		{ "other macros are left alone", "$USER1$ $ADDRESS $$",
			"$USER1$|$ADDRESS|$$|" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct check_spec spec = target();
		AUTO_BUF struct buf out;
		buf_init(&out, PLUGIN_ARGS_OCTETS_MAX);
		assert_int_equal(plugin_args_put(&spec, slice_str(cases[i].words), &out), 0);
		for (size_t at = 0; at < out.n; at++) {
			out.p[at] = out.p[at] == 0 ? '|' : out.p[at];
		}
		if (!slice_is(buf_slice(&out), cases[i].args)) {
			fail_msg("%s: %.*s", cases[i].name, SLICE_FMT(buf_slice(&out)));
		}
	}
}

static void a_value_of_the_target_makes_no_new_word(void **state)
{
	struct check_spec spec = target();
	AUTO_BUF struct buf out;
	(void)state;
	spec.name = "a -x 'b";
	buf_init(&out, PLUGIN_ARGS_OCTETS_MAX);
	assert_int_equal(plugin_args_put(&spec, SLICE("-H $NAME$"), &out), 0);
	assert_true(slice_eq(buf_slice(&out), SLICE("-H\0a -x 'b\0")));
}

static void words_that_cannot_be_passed_are_refused(void **state)
{
	static char many[2 * PLUGIN_ARGS_MAX + 4];
	struct check_spec spec = target();
	(void)state;
	memset(many, 'a', sizeof(many) - 1);
	for (size_t i = 1; i < sizeof(many) - 1; i += 2) {
		many[i] = ' ';
	}
	const struct {
		struct slice words;
		int error;
	} cases[] = {
		{ SLICE("'open"), E_FORMAT },
		{ SLICE("a\0b"), E_FORMAT },
		{ slice_str(many), E_LIMIT },
		{ slice_of(many, 2 * (size_t)PLUGIN_ARGS_MAX - 1), 0 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_BUF struct buf out;
		buf_init(&out, PLUGIN_ARGS_OCTETS_MAX);
		assert_int_equal(plugin_args_put(&spec, cases[i].words, &out), cases[i].error);
	}
}

/* ---- results */

static void ends_become_results(void **state)
{
	static const struct {
		enum plugin_how how;
		int code;
		const char *out;
		enum check_state state;
		const char *said;
		unsigned perf;
	} cases[] = {
		{ PLUGIN_ENDED, 0, "OK - fine | t=1s;2;3 'a b'=5%", CHECK_UP, "plugin.ok", 2 },
		{ PLUGIN_ENDED, 1, "so so", CHECK_DEGRADED, "plugin.warning", 0 },
		{ PLUGIN_ENDED, 2, "bad", CHECK_DOWN, "plugin.critical", 0 },
		{ PLUGIN_ENDED, 3, "", CHECK_UNKNOWN, "plugin.unknown", 0 },
		{ PLUGIN_ENDED, 77, "fine", CHECK_UNKNOWN, "plugin.unknown", 0 },
		{ PLUGIN_TIMED_OUT, 9, "OK | t=1", CHECK_UNKNOWN, "plugin.timeout", 1 },
		{ PLUGIN_SIGNALLED, 11, "OK", CHECK_UNKNOWN, "plugin.signal", 0 },
		{ PLUGIN_SETUID, 0, "", CHECK_UNKNOWN, "plugin.setuid", 0 },
		{ PLUGIN_ENDED, 0, "x|a=1 b=1 c=1 d=1 e=1 f=1 g=1 h=1 i=1 j=1", CHECK_UP,
			"plugin.ok", CHECK_PERF_MAX },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct check_spec spec = target();
		struct check_result result;
		const struct plugin_end end = { .how = cases[i].how,
			.code = cases[i].code,
			.out = slice_str(cases[i].out) };
		check_result_init(&result, &spec, 1);
		plugin_judge(&end, &result);
		assert_int_equal(result.state, cases[i].state);
		assert_string_equal(result.code, cases[i].said);
		assert_int_equal(result.perf_count, cases[i].perf);
		assert_int_equal(result.args_refused, 0);
	}
}

static const struct check_arg *arg_of(const struct check_result *result, const char *name)
{
	for (size_t i = 0; i < result->arg_count; i++) {
		if (strcmp(result->args[i].name, name) == 0) {
			return &result->args[i];
		}
	}
	fail_msg("no %s", name);
	return NULL;
}

static void a_result_says_everything_that_was_cut(void **state)
{
	struct check_spec spec = target();
	struct check_result result;
	const struct plugin_end end = { .out = SLICE("top|a=1s b=1 c=1 d=1 e=1 f=1 g=1 h=1 i=1 "
						     "j=U k=x\nmore\nlines"),
		.err = SLICE("not shown"),
		.discarded = 12 };
	(void)state;
	check_result_init(&result, &spec, 1);
	plugin_judge(&end, &result);
	assert_string_equal(arg_of(&result, "text")->text, "top");
	assert_string_equal(arg_of(&result, "long")->text, "more lines");
	assert_int_equal(arg_of(&result, "perf_more")->number, 3);
	assert_int_equal(arg_of(&result, "discarded")->number, 12);
	assert_int_equal(result.args_refused, 0);
	assert_string_equal(result.perf[0].label, "a");
	assert_string_equal(result.perf[0].uom, "s");
}

/* ---- the folder and what is in it */

struct world {
	char folder[64];
	uv_loop_t loop;
	struct plugin_runner *runner;
	struct plugin_runner_config config;
	unsigned done;
	struct plugin_end last;
	size_t last_out;
	uint8_t first[16];
};

static void put(struct world *world, const char *name, const char *text, mode_t mode)
{
	char path[128];
	(void)snprintf(path, sizeof(path), "%s/%s", world->folder, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	(void)close(fd);
}

static void link_put(struct world *world, const char *name, const char *to)
{
	char path[128];
	(void)snprintf(path, sizeof(path), "%s/%s", world->folder, name);
	assert_int_equal(symlink(to, path), 0);
}

static int setup(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	assert_non_null(world);
	(void)snprintf(world->folder, sizeof(world->folder), "/tmp/fengsui-plugin-XXXXXX");
	assert_non_null(mkdtemp(world->folder));
	put(world, "fine", "#!/bin/sh\necho fine\n", 0755);
	put(world, "slow", "#!/bin/sh\nsleep 30 &\nsleep 30\n", 0755);
	put(world, "long", "#!/bin/sh\nhead -c 200000 /dev/zero\necho >&2 x\nexit 1\n", 0755);
	put(world, "nap", "#!/bin/sh\nsleep 0.2\n", 0755);
	put(world, "bound", "#!/bin/sh\nulimit -c; ulimit -n; echo $#\n", 0755);
	put(world, "suid", "#!/bin/sh\n", 04755);
	put(world, "sgid", "#!/bin/sh\n", 02755);
	put(world, "text", "#!/bin/sh\n", 0644);
	put(world, "nothing", "no program\n", 0755);
	link_put(world, "out", "/bin/true");
	link_put(world, "up", "../true");
	link_put(world, "within", "fine");
	world->config = (struct plugin_runner_config) {
		.folders = { open(world->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), -1, -1,
			-1 },
		.nothing = open("/dev/null", O_RDWR | O_CLOEXEC),
		.children = -1,
	};
	assert_int_equal(uv_loop_init(&world->loop), 0);
	*state = world;
	return 0;
}

static int drop_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static int teardown(void **state)
{
	struct world *world = *state;
	if (world->runner != NULL) {
		plugin_runner_close(world->runner);
	}
	(void)uv_run(&world->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&world->loop), 0);
	(void)close(world->config.folders[0]);
	(void)close(world->config.nothing);
	assert_int_equal(nftw(world->folder, drop_one, 16, FTW_DEPTH | FTW_PHYS), 0);
	free(world);
	return 0;
}

static void a_plugin_is_found_in_its_folder_alone(void **state)
{
	static const struct {
		const char *name;
		enum plugin_how how;
	} cases[] = {
		{ "fine", PLUGIN_ENDED },
		{ "within", PLUGIN_ENDED },
		{ "suid", PLUGIN_SETUID },
		{ "sgid", PLUGIN_SETUID },
		{ "text", PLUGIN_ABSENT },
		{ "absent", PLUGIN_ABSENT },
		{ "out", PLUGIN_OUTSIDE },
		{ "up", PLUGIN_OUTSIDE },
	};
	struct world *world = *state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int folder = -1;
		enum plugin_how how = plugin_place_find(
			world->config.folders, PLUGIN_FOLDERS_MAX, cases[i].name, &folder);
		if (how != cases[i].how) {
			fail_msg("%s: %d", cases[i].name, (int)how);
		}
		assert_int_equal(folder, how == PLUGIN_ENDED ? world->config.folders[0] : -1);
	}
}

static void a_name_says_no_folder(void **state)
{
	static const char *const good[] = { "check_http", "a", "check-x.pl", "c++" };
	static const char *const bad[] = { "", ".", "..", ".hidden", "a/b", "../a", "a b",
		"a;b", "a$b", "\xc3\xa4" };
	char longest[PLUGIN_NAME_MAX + 2];
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(plugin_name_fits(slice_str(good[i])));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(plugin_name_fits(slice_str(bad[i])));
	}
	memset(longest, 'a', sizeof(longest));
	assert_true(plugin_name_fits(slice_of(longest, PLUGIN_NAME_MAX)));
	assert_false(plugin_name_fits(slice_of(longest, PLUGIN_NAME_MAX + 1)));
}

/* ---- running */

static void on_done(void *user, uint64_t tag, const struct plugin_end *end)
{
	struct world *world = user;
	(void)tag;
	world->done++;
	world->last = *end;
	world->last_out = end->out.n;
	memcpy(world->first, end->out.p != NULL ? end->out.p : (const uint8_t *)"",
		end->out.n < sizeof(world->first) ? end->out.n : sizeof(world->first));
}

static enum plugin_how begin(
	struct world *world, const char *name, struct slice args, uint32_t timeout_ms)
{
	if (world->runner == NULL) {
		assert_int_equal(
			plugin_runner_create(&world->loop, &world->config, &world->runner), 0);
	}
	const struct plugin_ask ask = {
		.program = slice_str(name), .args = args, .timeout_ms = timeout_ms
	};
	return plugin_runner_start(
		world->runner, &ask, (struct plugin_sink) { on_done, world, 0 });
}

static void wait_done(struct world *world, unsigned count)
{
	while (world->done < count) {
		(void)uv_run(&world->loop, UV_RUN_ONCE);
	}
}

static void a_late_plugin_ends_with_its_group(void **state)
{
	struct world *world = *state;
	assert_int_equal(begin(world, "slow", (struct slice) { 0 }, 200), PLUGIN_ENDED);
	wait_done(world, 1);
	assert_int_equal(world->last.how, PLUGIN_TIMED_OUT);
	assert_true(world->last.latency_us > 0);
	assert_int_equal(plugin_runner_stats(world->runner).timed_out, 1);
}

static void output_beyond_the_limit_is_counted(void **state)
{
	struct world *world = *state;
	assert_int_equal(begin(world, "long", (struct slice) { 0 }, 10000), PLUGIN_ENDED);
	wait_done(world, 1);
	assert_int_equal(world->last.how, PLUGIN_ENDED);
	assert_int_equal(world->last.code, 1);
	assert_int_equal(world->last_out, PLUGIN_KEPT_MAX);
	assert_int_equal(world->last.discarded, 200000 - PLUGIN_KEPT_MAX);
	assert_int_equal(plugin_runner_stats(world->runner).flooded, 1);
}

static void a_plugin_has_its_limits_and_arguments(void **state)
{
	struct world *world = *state;
	assert_int_equal(begin(world, "bound", SLICE("a b\0\0"), 10000), PLUGIN_ENDED);
	wait_done(world, 1);
	assert_memory_equal(world->first, "0\n256\n2\n", 8);
}

static void what_cannot_begin_says_why(void **state)
{
	struct world *world = *state;
	assert_int_equal(begin(world, "suid", (struct slice) { 0 }, 1000), PLUGIN_SETUID);
	assert_int_equal(begin(world, "../fine", (struct slice) { 0 }, 1000), PLUGIN_OUTSIDE);
	assert_int_equal(begin(world, "nothing", (struct slice) { 0 }, 1000), PLUGIN_ABSENT);
	assert_int_equal(begin(world, "fine", SLICE("no end"), 1000), PLUGIN_REFUSED);
	assert_int_equal(plugin_runner_stats(world->runner).refused, 4);
	assert_int_equal(plugin_runner_stats(world->runner).started, 0);
}

static void more_than_there_is_room_for_wait_their_turn(void **state)
{
	struct world *world = *state;
	world->config.running_max = 2;
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(
			begin(world, "nap", (struct slice) { 0 }, 10000), PLUGIN_ENDED);
	}
	assert_int_equal(plugin_runner_stats(world->runner).running, 2);
	assert_int_equal(plugin_runner_stats(world->runner).waiting, 3);
	wait_done(world, 5);
	assert_int_equal(plugin_runner_stats(world->runner).running, 0);
	assert_int_equal(plugin_runner_stats(world->runner).started, 5);
}

static void those_that_wait_are_bounded(void **state)
{
	struct world *world = *state;
	world->config.running_max = 1;
	for (unsigned i = 0; i <= PLUGIN_WAITING_MAX; i++) {
		assert_int_equal(
			begin(world, "slow", (struct slice) { 0 }, 30000), PLUGIN_ENDED);
	}
	assert_int_equal(begin(world, "slow", (struct slice) { 0 }, 30000), PLUGIN_BUSY);
	assert_int_equal(plugin_runner_stats(world->runner).busy, 1);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_become_arguments),
		cmocka_unit_test(a_value_of_the_target_makes_no_new_word),
		cmocka_unit_test(words_that_cannot_be_passed_are_refused),
		cmocka_unit_test(ends_become_results),
		cmocka_unit_test(a_result_says_everything_that_was_cut),
		cmocka_unit_test(a_name_says_no_folder),
		CASE(a_plugin_is_found_in_its_folder_alone),
		CASE(a_late_plugin_ends_with_its_group),
		CASE(output_beyond_the_limit_is_counted),
		CASE(a_plugin_has_its_limits_and_arguments),
		CASE(what_cannot_begin_says_why),
		CASE(more_than_there_is_room_for_wait_their_turn),
		CASE(those_that_wait_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
