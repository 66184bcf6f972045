/* SPDX-License-Identifier: Apache-2.0 */
/**
 * `fengsui paper`: official papers from the command line.
 *
 * Layer: cli.
 */
#pragma once

/** paper render KIND DATA.json -o OUT.pdf [--fonts FILE]; argv[0] is "paper". */
int cli_paper(int argc, char **argv);
