/* SPDX-License-Identifier: Apache-2.0 */
/**
 * `fengsui explain ID`: why a record is as it is: how its deadline follows
 * from policy and calendar, what happened to it, under which policy.
 *
 * Layer: cli.
 */
#pragma once

#include "base/attr.h"

/** 0 explained, 1 no such record, 2 wrong use, 3 could not run. */
NODISCARD int cli_explain(int argc, char **argv);
