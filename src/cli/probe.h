/* SPDX-License-Identifier: Apache-2.0 */
/**
 * `fengsui probe KIND TARGET [opts]`: one check now, one JSON line out.
 *
 * Layer: cli.
 */
#pragma once

/**
 * argv[0] is "probe".  Writes {"state","code","latency_ms","detail","args",
 * "perfdata"} and a line end to stdout.
 *
 * Returns: the exit code: 0 up or degraded, 1 down or unreachable, 2 wrong
 *          use, 3 could not be found out.
 */
int cli_probe(int argc, char **argv);
