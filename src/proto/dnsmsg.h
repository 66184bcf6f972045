/* SPDX-License-Identifier: Apache-2.0 */
/**
 * DNS messages: one question out, the answer section back as text.
 *
 * Layer: proto.  Threading: reentrant.  Fuzz target: fuzz/dnsmsg.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct buf;

enum {
	DNSMSG_NAME_TEXT_MAX = 1004, /* 251 octets of labels, each as \DDD at worst */
	DNSMSG_VALUE_MAX = 1100,
	DNSMSG_ANSWERS_MAX = 16,
	DNSMSG_UDP_OCTETS = 1232, /* what we say we take, and no path fragments */
};

enum dnsmsg_type {
	DNSMSG_A = 1,
	DNSMSG_NS = 2,
	DNSMSG_CNAME = 5,
	DNSMSG_SOA = 6,
	DNSMSG_PTR = 12,
	DNSMSG_MX = 15,
	DNSMSG_TXT = 16,
	DNSMSG_AAAA = 28,
	DNSMSG_SRV = 33,
};

enum {
	DNSMSG_NOERROR = 0,
	DNSMSG_FORMERR = 1,
	DNSMSG_SERVFAIL = 2,
	DNSMSG_NXDOMAIN = 3,
	DNSMSG_REFUSED = 5
};

struct dnsmsg_query {
	uint16_t id;
	uint16_t type;
	bool recursion;
	bool authentic; /* ask for validation: AD, and EDNS with DO */
	struct slice name;
};

struct dnsmsg_answer {
	uint16_t type;
	uint32_t ttl_s;
	char value[DNSMSG_VALUE_MAX +
		   1]; /* address; name; "10 name" (MX); text; "" for types not read */
};

struct dnsmsg {
	uint16_t id;
	uint8_t rcode;
	bool is_response;
	bool authoritative;
	bool truncated;
	bool authentic;
	bool has_question;
	uint16_t question_type;
	uint16_t question_class;
	char question[DNSMSG_NAME_TEXT_MAX + 1]; /* without the last dot; "." is the root */
	uint16_t answer_total; /* read; those beyond DNSMSG_ANSWERS_MAX are counted only */
	uint16_t answer_count;
	struct dnsmsg_answer answers[DNSMSG_ANSWERS_MAX];
};

/**
 * Source:  RFC 1035 section 4.1; RFC 6891 (EDNS); RFC 6840 section 5.7 (AD in queries).
 * Returns: 0, E_FORMAT for a name that is none, E_LIMIT when buf is full.
 */
NODISCARD int dnsmsg_put_query(struct buf *buf, const struct dnsmsg_query *query);

/**
 * Source:  RFC 1035 section 4; compression pointers may only go backwards.
 * Returns: 0, E_SHORT, or E_FORMAT.  A truncated answer may end early without being wrong.
 */
NODISCARD int dnsmsg_parse(struct slice message, struct dnsmsg *ret_message);

/** "AAAA" or "28".  Returns: 0 or E_FORMAT. */
NODISCARD int dnsmsg_type_parse(struct slice text, uint16_t *ret_type);

/** "NXDOMAIN"; "RCODE" for those without a name here; static. */
const char *dnsmsg_rcode_text(unsigned rcode);

/** Names compare without regard to case or a last dot (RFC 4343). */
bool dnsmsg_name_eq(struct slice a, struct slice b);
