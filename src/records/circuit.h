/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which lines an incident is about: those one of whose checks, or whose port,
 * has an alert in it.
 *
 * Layer: records.  Threading: as the connection.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct db;
struct stmt;

/** Columns of circuits_of_incident. */
enum { CIRCUIT_ID, CIRCUIT_NAME, CIRCUIT_OPERATOR, CIRCUIT_NUMBER, CIRCUIT_FAULT_PHONE };

enum { CIRCUITS_SHOWN_MAX = 8 }; /* of one incident */

/** A port's alert is keyed by device and name: role/probe/devices.c. */
#define CIRCUIT_PORT_KEY "'port:' || c.device_id || ':' || c.port"
/** Alert x is of line c: one of its checks', or its port's. */
#define CIRCUIT_HAS_ALERT                                                                      \
	"(x.dedup_key = " CIRCUIT_PORT_KEY " OR (x.class LIKE 'check.%' AND x.watch_id IN"     \
	" (SELECT cw.watch_id FROM circuit_watch cw WHERE cw.circuit_id = c.id)))"

/** Those in use, by name.  Owns: give *ret_stmt back with db_done.  Returns: 0 or as db_prepare. */
NODISCARD int circuits_of_incident(struct db *db, int64_t incident_id, struct stmt **ret_stmt);
