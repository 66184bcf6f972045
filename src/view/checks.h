/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reads of checks and of the rows they and the log sources left.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include "base/attr.h"

struct view;

/** GET /checks: with the heartbeats of the last 24 hours. */
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
 * GET /checks/{id}/samples?from=&to=&series=: the newest 2,000 of the range, oldest
 * first; of a series the check announced, or of its main figure.
 */
NODISCARD int view_checks_samples(struct view *view);
/** GET /maintenance?state=: newest first. */
NODISCARD int view_maintenance_list(struct view *view);
/** GET /maintenance/{id}: with its timeline, what it kept quiet. */
NODISCARD int view_maintenance_get(struct view *view);
/** GET /logs?q=&source=&from=&to=: newest first, lines that hold q in either case. */
NODISCARD int view_logs_list(struct view *view);
