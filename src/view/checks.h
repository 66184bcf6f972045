/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reads of checks and of the rows they and the log sources left.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include "base/attr.h"

struct view;

/** What a maintenance window covers shows as that, whatever it answers; of the row `w` of watch. */
#define CHECK_SHOWN_AS(row)                                                                    \
	"CASE WHEN " row ".live_maintenance_id IS NULL THEN " row                              \
	".live_state ELSE 'maintenance' END"
#define CHECK_SHOWN CHECK_SHOWN_AS("w")
#define CHECK_WORST_FIRST                                                                      \
	"CASE " CHECK_SHOWN " WHEN 'down' THEN 0 WHEN 'unreachable' THEN 1"                    \
	" WHEN 'flapping' THEN 2 WHEN 'degraded' THEN 3 WHEN 'unknown' THEN 4"                 \
	" WHEN 'up' THEN 5 ELSE 6 END"
/**
 * On which page of the network a check stands, with `a` its asset: a device is
 * asked by SNMP, or pinged and registered as one; a line is a link, or what is
 * pinged and is no server, unless it tells the state of a registered line;
 * this machine's own state is on none.  Parameters
 * are JSON as the desk writes it, without blanks.
 */
#define CHECK_PART                                                                             \
	"CASE WHEN w.kind = 'host' THEN ''"                                                    \
	" WHEN w.kind = 'snmp' OR (w.kind = 'icmp' AND a.kind = 'device') THEN 'devices'"      \
	" WHEN a.kind = 'link' OR (w.kind = 'icmp' AND (a.kind IS NULL OR"                     \
	" (w.params LIKE '%\"count\":%' AND w.params NOT LIKE '%\"count\":1,%'"                \
	" AND w.params NOT LIKE '%\"count\":1}%'))) THEN CASE WHEN EXISTS"                     \
	" (SELECT 1 FROM circuit_watch cw JOIN circuit z ON z.id = cw.circuit_id"              \
	" WHERE cw.watch_id = w.id AND z.retired_at_ms IS NULL) THEN '' ELSE 'lines' END"      \
	" ELSE 'services' END"

/**
 * GET /checks?asset_id=&state=&part=&q=&sort=: with the heartbeats of the last 24
 * hours; q is words that stand in name, target, asset or unit; sort=worst puts
 * what is broken first, by severity.
 */
NODISCARD int view_checks_list(struct view *view);
/**
 * Members of the overview: availability, the share of answers of the last 24
 * hours that were good; services, the checks that matter most, what is broken
 * first; network and network_name, how long the nearest hop took to answer.
 *
 * Returns: 0 or as db_step.
 */
NODISCARD int view_checks_overview(struct view *view);
/** GET /checks/{id} */
NODISCARD int view_checks_get(struct view *view);
/** GET /checks/{id}/page: the confirmed home page and the one last seen, each null when there is none. */
NODISCARD int view_checks_page(struct view *view);
/** GET /checks/{id}/series?from=&to=: what else it was measured in, at most 4,096. */
NODISCARD int view_checks_series(struct view *view);
/** GET /checks/{id}/device: what the last inventory found; all empty before the first. */
NODISCARD int view_checks_device(struct view *view);
/** Is the check of the path one the caller may see?  Returns: 0, E_ABSENT or as db_step. */
NODISCARD int view_check_reached(struct view *view);
/**
 * GET /checks/{id}/samples?from=&to=&series=&buckets=: the newest 2,000 of the range,
 * oldest first; of a series the check announced, or of its main figure.  In
 * buckets, at most 1,000: the whole range, with what lay between in each.
 */
NODISCARD int view_checks_samples(struct view *view);
/** GET /maintenance?state=: newest first. */
NODISCARD int view_maintenance_list(struct view *view);
/** GET /maintenance/{id}: with its timeline, what it kept quiet. */
NODISCARD int view_maintenance_get(struct view *view);
/** GET /logs?q=&source=&from=&to=: newest first, lines that hold q in either case. */
NODISCARD int view_logs_list(struct view *view);
