/* SPDX-License-Identifier: Apache-2.0 */
/**
 * fengsui decode: the decoders as Unix filters, NDJSON on standard output.
 *
 * Layer: cli.
 */
#pragma once

/**
 * `decode syslog [--source ADDR] [--packs DIR] FILE` ("-" is standard input).
 * argv[0] is "decode".  Every message gives a line; one that breaks its
 * grammar is also named on standard error with its place, and reading goes on.
 *
 * Returns: exit status: 0; 1 when a message was bad or the file unreadable;
 *          2 when the command line is wrong.
 */
int cli_decode(int argc, char **argv);
