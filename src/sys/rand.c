/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/rand.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

void rand_octets(void *p, size_t octets)
{
	uint8_t *at = p;
	while (octets > 0) {
		ssize_t got = getrandom(at, octets, 0);
		if (got < 0) {
			if (errno == EINTR) {
				continue;
			}
			abort();
		}
		at += got;
		octets -= (size_t)got;
	}
}

uint64_t rand_u64(void)
{
	uint64_t value = 0;
	while (value == 0) {
		rand_octets(&value, sizeof(value));
	}
	return value;
}

void rand_text(char *ret_text, size_t n)
{
	static const char letter[] =
		"23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
	enum { LETTERS = sizeof(letter) - 1, FAIR = 256 - 256 % LETTERS };
	for (size_t i = 0; i < n;) {
		uint8_t octet = 0;
		rand_octets(&octet, 1);
		if (octet < FAIR) { /* or some letters would come more often */
			ret_text[i++] = letter[octet % LETTERS];
		}
	}
	ret_text[n] = '\0';
}
