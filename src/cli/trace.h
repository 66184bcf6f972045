/* SPDX-License-Identifier: Apache-2.0 */
/**
 * `fengsui trace ID`: the journey of a signal, notice or mail through the
 * processes.  Every frame carries its trace, a number of 16 hexadecimal
 * digits; what it caused on the way stands in the records with it.
 *
 * Layer: cli.
 */
#pragma once

#include "base/attr.h"

/** 0 shown, 1 no such trace or record, 2 wrong use, 3 could not run. */
NODISCARD int cli_trace(int argc, char **argv);
