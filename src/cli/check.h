/* SPDX-License-Identifier: Apache-2.0 */
/**
 * `fengsui check`: would the platform start with this configuration?  The
 * file, the packs, the data folder, the key, the ports and the store are
 * looked at by the parsers and calls that would use them; nothing is changed.
 *
 * Layer: cli.
 */
#pragma once

#include "base/attr.h"

/** 0 all is well, 1 something is wrong (each named), 2 wrong use, 3 could not run. */
NODISCARD int cli_check(int argc, char **argv);
