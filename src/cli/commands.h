/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The command line: one function a subcommand, each a main of its own.
 * Exit: 0 done, 1 the answer is no or something was found invalid, 2 wrong
 * use, 3 could not run.
 *
 * Layer: cli.
 */
#pragma once

/** argv[0] is the subcommand's name. */
typedef int (*cli_fn)(int argc, char **argv);

/** The platform: becomes the parent process. */
int cli_serve(int argc, char **argv);
/** What every role says of itself, asked of the running parent. */
int cli_status(int argc, char **argv);
/** Working days as the State Council publishes them. */
int cli_calendar(int argc, char **argv);
