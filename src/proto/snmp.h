/* SPDX-License-Identifier: Apache-2.0 */
/**
 * SNMP messages: read in place without a copy, written into a buffer.  Of
 * version 3 the header is read; what is encrypted stays closed (proto/usm.h).
 *
 * Source:  RFC 1157 section 4 (version 1), RFC 3416 section 3 (version 2c),
 *          RFC 1901 section 3 (the community's wrapping), RFC 3412 section 6 and
 *          RFC 3414 section 2.4 (version 3).
 *
 * Layer: proto.  Threading: reentrant.  Fuzz target: fuzz/snmp.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/rd.h"
#include "base/slice.h"

struct buf;
struct mib_table;

enum { SNMP_MESSAGE_MAX = 65507 }; /* octets: what a datagram holds */

enum snmp_version { SNMP_V1 = 0, SNMP_V2C = 1, SNMP_V3 = 3 };

enum snmp_kind {
	SNMP_GET = 0xa0,
	SNMP_GETNEXT = 0xa1,
	SNMP_RESPONSE = 0xa2,
	SNMP_SET = 0xa3, /* read so that it can be refused; never written */
	SNMP_TRAP_V1 = 0xa4,
	SNMP_GETBULK = 0xa5,
	SNMP_INFORM = 0xa6,
	SNMP_TRAP_V2 = 0xa7,
	SNMP_REPORT = 0xa8,
	SNMP_SEALED = 0, /* version 3, encrypted: no PDU to see */
};

/** Beside the tags of enum mib_type: what stands instead of a value. */
enum snmp_exception {
	SNMP_NO_SUCH_OBJECT = 0x80,
	SNMP_NO_SUCH_INSTANCE = 0x81,
	SNMP_END_OF_MIB_VIEW = 0x82,
};

enum snmp_error {
	SNMP_NO_ERROR = 0,
	SNMP_TOO_BIG = 1,
	SNMP_NO_SUCH_NAME = 2,
	SNMP_GEN_ERR = 5,
	SNMP_AUTHORIZATION = 16,
};

/** The header of version 3, RFC 3412 section 6 and RFC 3414 section 2.4. */
struct snmp_v3 {
	int32_t msg_id;
	int32_t max_octets;
	uint8_t flags; /* 1 authenticated, 2 encrypted, 4 reportable */
	int32_t model; /* 3 = user-based */
	struct slice engine_id;
	uint32_t boots;
	uint32_t time_s;
	struct slice user;
	struct slice auth; /* the digest; its place in the message is where it points */
	struct slice priv; /* salt */
	struct slice context_engine_id;
	struct slice context_name;
	struct slice scoped; /* the scoped PDU's element, or the encrypted octets */
};

/** What only a trap of version 1 has, RFC 1157 section 4.1.6. */
struct snmp_trap1 {
	struct slice enterprise; /* content of its OBJECT IDENTIFIER */
	struct slice agent;      /* 4 octets */
	int32_t generic;
	int32_t specific;
	uint32_t uptime_ticks;
};

/** One message; all slices are borrowed from the datagram. */
struct snmp_msg {
	enum snmp_version version;
	enum snmp_kind kind;
	struct slice community; /* versions 1 and 2c */
	int32_t request_id;
	int32_t error_status;  /* non-repeaters of GETBULK */
	int32_t error_index;   /* max-repetitions of GETBULK */
	struct slice varbinds; /* content of the list, for snmp_next */
	struct snmp_trap1 trap1;
	struct snmp_v3 v3;
};

struct snmp_varbind {
	struct slice name;   /* content of an OBJECT IDENTIFIER that passed beroid_check */
	uint8_t tag;         /* enum mib_type or enum snmp_exception */
	int64_t integer;     /* INTEGER */
	uint64_t count;      /* counters, gauge, ticks; 32 bits for all but Counter64 */
	struct slice octets; /* the content, whatever the type */
};

/**
 * A whole datagram.  Octets behind the message are left alone, as agents pad.
 *
 * Returns: 0, E_SHORT, E_FORMAT, or E_VERSION for a version that is none.
 */
NODISCARD int snmp_parse(struct slice datagram, struct snmp_msg *ret_msg);

/**
 * A scoped PDU (RFC 3412 section 6.8), plain or decrypted, into the message it came in.
 *
 * Returns: 0, E_SHORT or E_FORMAT.
 */
NODISCARD int snmp_parse_scoped(struct slice scoped, struct snmp_msg *msg);

/**
 * The next variable; rd_of(msg->varbinds) is where to begin.
 *
 * Returns: 1; 0 at the end; E_SHORT or E_FORMAT, also for a number that does
 *          not fit its type.
 */
NODISCARD int snmp_next(struct rd *rd, struct snmp_varbind *ret_varbind);

/** A message under way; the parts are put between begin and end. */
struct snmp_writer {
	struct buf *buf;
	size_t message;
	size_t pdu;
	size_t list;
};

/**
 * Begin a message of version 1 or 2c.  msg gives version, community, kind,
 * request_id, error_status and error_index, or trap1.
 */
struct snmp_writer snmp_begin(struct buf *buf, const struct snmp_msg *msg);
/** One variable without value, as requests have it. */
void snmp_put_name(struct snmp_writer *writer, struct slice name);
/** One variable; tag and octets go out as they are given. */
void snmp_put(struct snmp_writer *writer, struct slice name, uint8_t tag, struct slice octets);
/** Returns: 0, or E_LIMIT when the buffer could not hold it. */
NODISCARD int snmp_end(struct snmp_writer *writer);

/** A PDU alone, for a scoped PDU of version 3; ended by snmp_end. */
struct snmp_writer snmp_begin_pdu(struct buf *buf, const struct snmp_msg *msg);

/**
 * Copy a variable into a table.  Exceptions and NULL are no values.
 *
 * Returns: 1 when taken, 0 when it is no value, E_FORMAT, or E_LIMIT from the table.
 */
NODISCARD int snmp_to_table(const struct snmp_varbind *varbind, struct mib_table *table);
