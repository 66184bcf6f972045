/* SPDX-License-Identifier: Apache-2.0 */
/**
 * `fengsui probe plugin`: one plugin run here and now, by the code that runs
 * them in the cage but outside of it and as whoever typed it.
 *
 * Layer: cli.  Threading: single-threaded.
 */
#pragma once

struct check_result;
struct check_spec;

/** spec->path is the folder, or the usual one; words end with NULL.  Returns: the exit code. */
int cli_probe_plugin(const struct check_spec *spec, char *const *words);

/** One line of JSON.  Returns: the exit code that says so. */
int cli_probe_print(const struct check_result *result);
