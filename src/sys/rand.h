/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Random octets from the kernel.
 *
 * Layer: sys.  Threading: reentrant.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** Fill with random octets; aborts when the kernel has none, which it never lacks after boot. */
void rand_octets(void *p, size_t octets);
/** A random 64-bit number, never 0. */
uint64_t rand_u64(void);
/** n characters of [0-9A-Za-z] without 0 O 1 l I, and a NUL; ret_text holds n + 1. */
void rand_text(char *ret_text, size_t n);
