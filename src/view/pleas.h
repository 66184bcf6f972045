/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What was asked for and decided around notices and findings, and the list of
 * what waits to be decided.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct notice_view_facts;
struct view;

/** "objections", "extensions" and "controls" of a notice; what waits goes into facts.  0 or as db_step. */
NODISCARD int view_pleas_of_notice(
	struct view *view, int64_t notice_id, struct notice_view_facts *facts);

/** "acceptances", "rechecks", "repeats" and "last_time" of a finding.  0 or as db_step. */
NODISCARD int view_pleas_of_finding(struct view *view, int64_t finding_id);

/** Everything that waits, oldest first.  0 or as db_step. */
NODISCARD int view_decisions_list(struct view *view);
