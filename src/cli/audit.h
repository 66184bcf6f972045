/* SPDX-License-Identifier: Apache-2.0 */
/**
 * `fengsui audit verify` and `fengsui audit export`.
 *
 * Layer: cli.
 */
#pragma once

/**
 *   audit verify [--data DIR | --db CONF | --export FILE] [--key FILE] [--head FILE]
 *                [--lang zh|en] [--json]
 *   audit export [--data DIR | --db CONF] [-o FILE]
 *
 * Exit: 0 nothing wrong, 1 something was found, 2 wrong use, 3 could not run.
 */
int cli_audit(int argc, char **argv);
