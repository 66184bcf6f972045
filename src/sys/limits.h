/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What this process may still use, counted from now: for workers that read what
 * strangers sent through libraries that believe it.
 *
 * Layer: sys.  Threading: none of its own; they hold for the whole process.
 */
#pragma once

#include <stddef.h>

#include "base/attr.h"

/**
 * It may map this many octets beside what it has; more is refused (RLIMIT_AS, setrlimit(2)).
 *
 * Returns: 0 or -errno, also when /proc does not say what it has.
 */
NODISCARD int limits_memory(size_t octets);

/** It ends when it has used this many seconds more of a processor (RLIMIT_CPU). */
void limits_cpu(unsigned seconds);
