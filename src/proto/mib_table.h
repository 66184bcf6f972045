/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What one agent said, object by object: a bounded table from object
 * identifier to typed value, filled by a walk or from a recording, then
 * sealed (put in order) and only read.
 *
 * Source: RFC 3416 section 3 (the types and their tags), RFC 2578 section 7.1.
 *
 * Layer: proto.  Threading: filling has one owner, a sealed table is read by many.
 * Fuzz target: fuzz/snmprec.c.
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"
#include "proto/oid.h"

struct mib_table;

enum {
	MIB_ROWS_MAX = 256 * 1024,
	MIB_OCTETS_MAX = 64 * 1024 * 1024, /* of all identifiers and values together */
};

/** Tags as they go over the wire. */
enum mib_type {
	MIB_INTEGER = 2,
	MIB_OCTETS = 4,
	MIB_NULL = 5,
	MIB_OID = 6,
	MIB_IP_ADDRESS = 64,
	MIB_COUNTER32 = 65,
	MIB_GAUGE32 = 66,
	MIB_TIME_TICKS = 67,
	MIB_OPAQUE = 68,
	MIB_COUNTER64 = 70,
};

struct mib_value {
	enum mib_type type;
	int64_t integer;     /* INTEGER */
	uint64_t count;      /* counters, gauge, ticks of 10 ms */
	struct slice octets; /* OCTET STRING, Opaque, IpAddress (4 octets) */
	struct oid oid;      /* OBJECT IDENTIFIER */
};

/** Owns:    the result; release with mib_table_destroy. */
struct mib_table *mib_table_create(void);
/** NULL is fine.  Returns: NULL, to assign back. */
struct mib_table *mib_table_destroy(struct mib_table *table);

/**
 * Add a copy, in any order, before the table is sealed.
 *
 * Returns: 0, or E_LIMIT past MIB_ROWS_MAX or MIB_OCTETS_MAX (counted in mib_table_refused).
 */
NODISCARD int mib_table_put(
	struct mib_table *table, struct oid oid, const struct mib_value *value);

/** Put in order; of objects given twice the first stays.  Returns: how many were dropped. */
size_t mib_table_seal(struct mib_table *table);

size_t mib_table_count(const struct mib_table *table);
size_t mib_table_refused(const struct mib_table *table);

/** NULL when absent. */
const struct mib_value *mib_table_get(const struct mib_table *table, struct oid oid);

/** The first object behind oid, as GETNEXT.  Owns: what it gives is the table's. */
bool mib_table_next(const struct mib_table *table, struct oid oid, struct oid *ret_oid,
	const struct mib_value **ret_value);

/** The objects below a prefix, in order: a column, or a subtree. */
struct mib_walk {
	const struct mib_table *table;
	struct oid prefix; /* borrowed for the length of the walk */
	size_t at;
};

/** Begin at the first object at or below prefix. */
struct mib_walk mib_walk_of(const struct mib_table *table, struct oid prefix);

/** The next one: what follows the prefix, and the value.  Returns: false at the end. */
bool mib_walk_next(
	struct mib_walk *walk, struct oid *ret_index, const struct mib_value **ret_value);

/** Is there anything at or below the prefix? */
bool mib_table_has(const struct mib_table *table, struct oid prefix);

#define AUTO_MIB_TABLE CLEANUP(mib_table_cleanup)
static inline void mib_table_cleanup(struct mib_table **table)
{
	*table = mib_table_destroy(*table);
}
