/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Traps and informs of all versions in one form: which trap, from what kind of
 * device, since how long up, with what objects.
 *
 * Source:  RFC 3584 section 3.1 (a trap of version 1 as one of version 2);
 *          RFC 3416 section 4.2.6 (the two objects in front of every trap).
 *
 * Layer: proto.  Threading: reentrant.  Fuzz target: fuzz/trap.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "proto/oid.h"
#include "proto/snmp.h"

struct buf;
struct jw;

struct trap {
	struct snmp_msg msg;     /* as it came; borrowed */
	struct oid_room oid;     /* snmpTrapOID; empty when it is sealed */
	struct slice enterprise; /* encoded; empty when not given */
	struct slice agent;      /* version 1: 4 octets; else empty */
	uint32_t uptime_ticks;
	bool has_uptime;
	bool is_inform;
	bool is_sealed;       /* version 3, encrypted: only its header is known */
	struct slice objects; /* variables without the two in front, for snmp_next */
};

/**
 * Returns: 0; E_SHORT, E_FORMAT, E_VERSION as snmp_parse; E_UNSUPPORTED for a message
 *          that is no trap.
 */
NODISCARD int trap_parse(struct slice datagram, struct trap *ret_trap);

/** As trap_parse, of a message that is read already, or has been opened by usm_open. */
NODISCARD int trap_of(const struct snmp_msg *msg, struct trap *ret_trap);

/** "linkDown" for the traps of the standards; NULL for others.  Static. */
const char *trap_name(struct oid oid);

/** ifIndex among the objects of linkDown and linkUp; 0 when there is none. */
uint32_t trap_if_index(const struct trap *trap);

/**
 * version, community (masked; whether it is one that everybody knows), enterprise,
 * trap, name, uptime, objects: keys of an object that is open.
 *
 * Returns: 0, or E_FORMAT when an object cannot be read; those before it are there.
 */
NODISCARD int trap_put_json(struct jw *jw, const struct trap *trap);

/** The answer an inform waits for (RFC 3416 section 4.2.7).  Returns: 0 or E_LIMIT. */
NODISCARD int trap_put_answer(struct buf *buf, const struct trap *trap);
