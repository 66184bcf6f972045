/* SPDX-License-Identifier: Apache-2.0 */
/**
 * How people are reached: is what somebody typed a phone number, an address?
 *
 * Layer: model.  Threading: reentrant.  Fuzz target: fuzz/setting.c.
 */
#pragma once

#include <stdbool.h>

#include "base/slice.h"

enum { MAIL_MAX_OCTETS = 254 };

/** 5 to 20 digits with + - ( ) x and spaces between, and an extension of digits after 转. */
bool phone_plausible(struct slice text);

/** One @, a domain with a dot, no space; at most 254 octets (RFC 5321 section 4.5.3.1.3). */
bool mail_plausible(struct slice text);
