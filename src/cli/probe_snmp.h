/* SPDX-License-Identifier: Apache-2.0 */
/**
 * fengsui probe snmp: one question to one agent, now.
 *
 * Layer: cli.
 */
#pragma once

/**
 * `probe snmp TARGET[:PORT] [--v1] [--community TEXT] [--v3 USER …] [--oid OID]… [--walk]`.
 * argv[0] is "snmp".  Without --oid the agent's description, kind, uptime and
 * name are asked for.  Passwords may come by FENGSUI_SNMP_AUTH and
 * FENGSUI_SNMP_PRIV, which other users of the machine do not see.
 *
 * Returns: exit status: 0 an answer came; 1 none; 2 wrong use; 3 could not run.
 */
int cli_probe_snmp(int argc, char **argv);
