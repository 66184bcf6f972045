/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Lines to the outside, and what goes through them.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "records/circuit.h"
#include "view/checks.h"

struct view;

/** GET /circuits?retired=: by id; those out of use only with retired=1. */
NODISCARD int view_circuits_list(struct view *view);
/** GET /circuits/{id} */
NODISCARD int view_circuits_get(struct view *view);

/** "lines":[…] an incident is about.  0 or as db_step. */
NODISCARD int view_circuits_of(struct view *view, int64_t incident_id);

/** Member net of the overview: what is watched, counted.  0 or as db_step. */
NODISCARD int view_net_counts(struct view *view);
/** Member egress of the overview, when a line is registered as one.  0 or as db_step. */
NODISCARD int view_egress(struct view *view);

/** GET /checks/parts: counts of each page of the network. */
NODISCARD int view_checks_parts(struct view *view);
/** GET /checks/ports?q=&limit=: the busiest ports of all devices. */
NODISCARD int view_checks_ports(struct view *view);

/** How a line stands, in SQL, of the row `c` of circuit and the row `d` of the device's check. */
#define CIRCUIT_PORT_IS_DOWN                                                                   \
	"EXISTS (SELECT 1 FROM alert x WHERE x.state = 'firing'"                               \
	" AND x.dedup_key = " CIRCUIT_PORT_KEY ")"
/** The worst of its checks; a line whose port is down is down, whatever else answers. */
#define CIRCUIT_STATE                                                                          \
	"CASE WHEN " CIRCUIT_PORT_IS_DOWN " THEN 'down' ELSE coalesce((SELECT " CHECK_SHOWN    \
	" FROM circuit_watch k JOIN watch w ON w.id = k.watch_id WHERE k.circuit_id = c.id"    \
	" AND w.enabled = 1 ORDER BY " CHECK_WORST_FIRST " LIMIT 1),"                          \
	" " CHECK_SHOWN_AS("d") ", 'unknown') END"
