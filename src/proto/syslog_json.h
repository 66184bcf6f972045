/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A syslog message and what a pack read out of it, as JSON.
 *
 * Source: RFC 5424 section 6 for the names, RFC 8259 for the form.
 *
 * Layer: proto.  Threading: reentrant.
 */
#pragma once

#include "base/slice.h"

struct buf;
struct logfields_answer;
struct syslog_msg;

/**
 * One object: ts host app pid msgid facility severity msg sd format vendor
 * fields; what is unknown is left out.  answer may be NULL, source empty.
 */
void syslog_put_json(struct buf *buf, const struct syslog_msg *msg,
	const struct logfields_answer *answer, struct slice source);

/** Only what log_row has no column for: its members at the top are those of fields, then
 *  msgid, format, vendor, rule and sd under names with a leading "_". */
void syslog_put_fields(
	struct buf *buf, const struct syslog_msg *msg, const struct logfields_answer *answer);
