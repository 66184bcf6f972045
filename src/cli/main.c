/* SPDX-License-Identifier: Apache-2.0 */
/**
 * `fengsui`: finds the subcommand and runs it.
 *
 * Layer: cli.
 */
#include <stdio.h>
#include <string.h>

#include "cli/admin.h"
#include "cli/audit.h"
#include "cli/backup.h"
#include "cli/check.h"
#include "cli/commands.h"
#include "cli/decode.h"
#include "cli/explain.h"
#include "cli/paper.h"
#include "cli/probe.h"
#include "cli/snmp.h"
#include "cli/trace.h"

static const struct {
	const char *name;
	cli_fn run;
	const char *use;
} commands[] = {
	{ "admin", cli_admin,
		"init | user | token | reset-password | reset-second-factor   accounts of a"
		" platform that stands still" },
	{ "calendar", cli_calendar,
		"due --start TIME --working-days N   when something is due" },
	{ "audit", cli_audit,
		"verify | export   re-hash the history and name what was changed" },
	{ "backup", cli_backup,
		"[-c FILE] [--data DIR] FOLDER   a verified copy, made while the platform works" },
	{ "restore", cli_restore,
		"[-c FILE] [--data DIR] FOLDER   such a copy into an empty place" },
	{ "check", cli_check,
		"[-c FILE] [--data DIR] [--json]   would the platform start with this configuration" },
	{ "trace", cli_trace, "TRACE|RECORD|NUMBER   the journey of a signal, notice or mail" },
	{ "explain", cli_explain, "RECORD|NUMBER   why a record is as it is" },
	{ "serve", cli_serve, "[-c FILE] [--data DIR] [--listen ADDR:PORT]   the platform" },
	{ "decode", cli_decode, "syslog|trap [--source ADDR] FILE   messages to NDJSON" },
	{ "paper", cli_paper, "render KIND DATA.json -o OUT.pdf   official papers" },
	{ "probe", cli_probe, "KIND TARGET [options]   one check now" },
	{ "snmp", cli_snmp,
		"identify FILE.snmprec   what a device is and has, from a recording" },
	{ "status", cli_status,
		"[--data DIR] [--json]   every role: state, restarts, sandbox, counters" },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name) == 0) {
			return commands[i].run(argc - 1, argv + 1);
		}
	}
	(void)fprintf(stderr, "usage: fengsui COMMAND …\n");
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		(void)fprintf(stderr, "  %-10s %s\n", commands[i].name, commands[i].use);
	}
	return 2;
}
