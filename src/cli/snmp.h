/* SPDX-License-Identifier: Apache-2.0 */
/**
 * fengsui snmp: what the profiles make of a device, by hand.
 *
 * Layer: cli.
 */
#pragma once

/**
 * `snmp identify [--profiles DIR] [--site DIR] FILE.snmprec` ("-" is standard
 * input): one JSON object on standard output.  argv[0] is "snmp".
 *
 * Returns: exit status: 0; 1 when a line or a profile was bad (named on
 *          standard error, the rest goes on); 2 when the command line is
 *          wrong; 3 when the file or the profiles cannot be read.
 */
int cli_snmp(int argc, char **argv);
