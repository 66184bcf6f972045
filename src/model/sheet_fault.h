/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Why a row of a sheet was not taken, in words for the sheet that goes back.
 *
 * Layer: model.  Threading: reentrant.
 */
#pragma once

#include "base/slice.h"

/** "没有这个单位" for "unknown_unit"; the code itself when it is not known. */
struct slice sheet_fault_text(struct slice code);
