/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Objects of SNMP as JSON: {"oid","type","value"}.
 *
 * Source:  RFC 2578 section 7.1 (the types and their names).
 *
 * Layer: proto.  Threading: reentrant.
 */
#pragma once

#include "proto/mib_table.h"
#include "proto/oid.h"

struct jw;
struct snmp_varbind;

/**
 * One object.  Text is given as text; octets that are none as {"hex":"…"}.
 * A missing value is null, its type says why ("noSuchInstance").
 */
void snmp_json_put(struct jw *jw, const struct snmp_varbind *varbind);

/** The same for an object of a table. */
void snmp_json_put_object(struct jw *jw, struct oid oid, const struct mib_value *value);
