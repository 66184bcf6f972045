/* SPDX-License-Identifier: Apache-2.0 */
/**
 * `fengsui backup` and `fengsui restore`: a verified copy of records and
 * contents made while the platform works, and the way back into an empty
 * place.  Row tails and sealed secrets are in neither.
 *
 * Layer: cli.
 */
#pragma once

#include "base/attr.h"

/** 0 made and read back, 1 refused (the target is not empty, the store itself is damaged), 2, 3. */
NODISCARD int cli_backup(int argc, char **argv);

/** 0 restored, 1 refused (target not empty; backup cut, changed or of a newer program), 2, 3. */
NODISCARD int cli_restore(int argc, char **argv);
