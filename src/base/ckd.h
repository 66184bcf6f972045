/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Checked arithmetic on numbers from outside.  Names and meaning of C23
 * <stdckdint.h>: true means the result did not fit.
 *
 * Layer: base.
 */
#pragma once

#define ckd_add(ret, a, b) __builtin_add_overflow((a), (b), (ret))
#define ckd_sub(ret, a, b) __builtin_sub_overflow((a), (b), (ret))
#define ckd_mul(ret, a, b) __builtin_mul_overflow((a), (b), (ret))
