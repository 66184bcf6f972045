/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/probe_plugin.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <uv.h>

#include "base/buf.h"
#include "base/err.h"
#include "probe/plugin/plugin_check.h"
#include "sys/clock.h"

static const char usual_folder[] = "/usr/lib/nagios/plugins";

enum { EXIT_RUN = 3 };

struct outcome {
	const struct check_spec *spec;
	bool come;
	struct check_result result;
};

static void judge(struct outcome *outcome, const struct plugin_end *end)
{
	check_result_init(&outcome->result, outcome->spec, clock_unix_ms());
	plugin_judge(end, &outcome->result);
	outcome->come = true;
}

static void on_done(void *user, uint64_t tag, const struct plugin_end *end)
{
	(void)tag;
	judge(user, end);
}

static void ask(struct plugin_runner *runner, char *const *words, struct outcome *outcome)
{
	AUTO_BUF struct buf args;
	buf_init(&args, PLUGIN_ARGS_OCTETS_MAX);
	for (; *words != NULL; words++) {
		buf_put_str(&args, *words);
		buf_put_byte(&args, 0);
	}
	const struct plugin_ask what = {
		.program = slice_str(check_spec_text(outcome->spec, PLUGIN_PLUGIN)),
		.args = buf_slice(&args),
		.timeout_ms = plugin_timeout_ms(outcome->spec),
	};
	enum plugin_how how = args.failed
				      ? PLUGIN_REFUSED
				      : plugin_runner_start(runner, &what,
						(struct plugin_sink) { on_done, outcome, 0 });
	if (how != PLUGIN_ENDED) {
		judge(outcome, &(struct plugin_end) { .how = how, .latency_us = -1 });
	}
}

static int run(
	const struct plugin_runner_config *config, char *const *words, struct outcome *outcome)
{
	uv_loop_t loop;
	struct plugin_runner *runner = NULL;
	int error = uv_loop_init(&loop);
	if (error < 0) {
		return error;
	}
	error = plugin_runner_create(&loop, config, &runner);
	if (error == 0) {
		ask(runner, words, outcome);
		while (!outcome->come && uv_run(&loop, UV_RUN_ONCE) != 0) {
		}
		plugin_runner_close(runner);
	}
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	(void)uv_loop_close(&loop);
	return error;
}

int cli_probe_plugin(const struct check_spec *spec, char *const *words)
{
	const char *folder = spec->path != NULL ? spec->path : usual_folder;
	struct outcome outcome = { .spec = spec };
	struct plugin_runner_config config = {
		.folders = { open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), -1, -1, -1 },
		.nothing = open("/dev/null", O_RDWR | O_CLOEXEC),
		.children = -1,
		.running_max = 1,
	};
	int error = config.nothing < 0 ? E_ABSENT : run(&config, words, &outcome);
	if (config.folders[0] >= 0) {
		(void)close(config.folders[0]);
	}
	if (config.nothing >= 0) {
		(void)close(config.nothing);
	}
	if (error < 0) {
		(void)fprintf(stderr, "fengsui: probe: %s\n", err_text(error));
		return EXIT_RUN;
	}
	return cli_probe_print(&outcome.result);
}
