/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Parts of the syslog reader.
 *
 * Source: RFC 5424 section 6, RFC 3164 section 4.
 *
 * Layer: proto, seen by this folder only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "proto/syslog.h"

/** Takes a time in any known form off the front; untouched and false when none is there. */
bool syslog_take_time(
	struct slice *left, const struct syslog_context *context, int64_t *ret_ms);
/** RFC 3339 only, also without zone. */
bool syslog_take_iso(struct slice *left, const struct syslog_context *context, int64_t *ret_ms);

/** All after the priority of a message that is not RFC 5424. */
void syslog_read_legacy(
	struct slice text, const struct syslog_context *context, struct syslog_msg *msg);

/** At most max decimal digits off the front.  Returns: how many there were. */
size_t syslog_take_digits(struct slice *left, size_t max, int64_t *ret_value);

static inline bool syslog_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/** The octet at i, or NUL past the end. */
static inline uint8_t syslog_at(struct slice s, size_t i)
{
	return i < s.n ? s.p[i] : 0;
}
