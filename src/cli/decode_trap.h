/* SPDX-License-Identifier: Apache-2.0 */
/**
 * fengsui decode trap: SNMP traps out of a capture, NDJSON on standard output.
 *
 * Layer: cli.
 */
#pragma once

/**
 * `decode trap [--port N] FILE.pcap` ("-" is standard input); argv[0] is "trap".
 * Datagrams to port N (162) give a line each; one that is no trap is named on
 * standard error with its frame and place, and reading goes on.
 *
 * Returns: exit status: 0; 1 when a frame was bad or the file unreadable; 2 when
 *          the command line is wrong.
 */
int cli_decode_trap(int argc, char **argv);
