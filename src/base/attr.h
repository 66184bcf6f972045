/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Compiler attributes the house uses, each spelled once.
 *
 * Layer: base.
 */
#pragma once

#define NODISCARD __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first), nonnull(fmt)))
#define NORETURN __attribute__((noreturn))
#define CLEANUP(fn) __attribute__((cleanup(fn)))
#define UNUSED __attribute__((unused))
