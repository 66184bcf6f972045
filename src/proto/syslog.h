/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One syslog message out of its octets.  RFC 5424 exactly; RFC 3164 and the
 * forms found beside it: no priority, no year, year before or after the time,
 * ISO 8601 or epoch time, no host, Cisco sequence numbers and %FAC-n-NAME,
 * Huawei and H3C %%nnMODULE/n/NAME.
 *
 * Layer: proto.  Threading: reentrant.  Fuzz target: fuzz/syslog.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct arena;
struct diag;

enum {
	SYSLOG_RAW_MAX = 64 * 1024, /* octets looked at; RFC 5426 needs 2,048 */
	SYSLOG_SD_MAX = 128,        /* parameters kept over all elements */
};

enum syslog_format { SYSLOG_RAW, SYSLOG_RFC3164, SYSLOG_RFC5424 };

/** What cannot be read from the message itself. */
struct syslog_context {
	int64_t recv_ms;    /* for the year, when the message names none */
	int32_t offset_min; /* zone of a time that names none */
};

/** id and name of one structured-data parameter; a bare element has an empty name. */
struct syslog_param {
	struct slice id;
	struct slice name;
	struct slice value; /* unescaped */
};

struct syslog_msg {
	enum syslog_format format;
	bool has_ts;
	int64_t ts_ms;
	int facility;      /* RFC 5424 table 1, -1 unknown */
	int severity;      /* RFC 5424 table 2, -1 unknown */
	struct slice host; /* empty when unknown, as below */
	struct slice app;
	struct slice pid;
	struct slice msgid;  /* also Cisco's and Huawei's mnemonic */
	struct slice vendor; /* "cisco", "huawei", "h3c", "ruijie" when the form shows it */
	struct slice msg;
	struct syslog_param *params;
	size_t param_count;
	size_t params_refused; /* past SYSLOG_SD_MAX */
	bool recoded;          /* was GB18030, or had octets that are no text */
};

/**
 * Decode one message.
 *
 * Source:  RFC 5424 section 6, RFC 3164 section 4; Cisco IOS "System Message
 *          Logging"; Huawei VRP and H3C Comware "Information Center".
 * Shape:   octets = one message without framing; what is past SYSLOG_RAW_MAX
 *          is cut off.  Text out is UTF-8: what was not is tried as GB18030,
 *          else its bad octets become U+FFFD.
 * Owns:    slices of *ret_msg live in the arena or borrow from octets.
 * Returns: 0, or E_FORMAT with diag when the message is empty or breaks the
 *          grammar it claims; *ret_msg is filled as well as can be even then.
 */
NODISCARD int syslog_parse(struct arena *arena, struct slice octets,
	const struct syslog_context *context, struct syslog_msg *ret_msg, struct diag *diag);

/** "rfc5424", "rfc3164" or "raw". */
const char *syslog_format_text(enum syslog_format format);
