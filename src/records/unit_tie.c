/* SPDX-License-Identifier: Apache-2.0 */
#include "records/unit_tie.h"

const struct unit_tie unit_ties[] = {
	{ "notices", "notice", "unit_id", " AND state NOT IN ('closed', 'withdrawn')", "notice",
		"unit.has_notices" },
	{ "findings", "finding", "unit_id",
		" AND state IN ('new', 'confirmed', 'noticed', 'remediated', 'reopened')",
		"finding", "unit.has_findings" },
	{ "others", "event", "unit_id", " AND state NOT IN ('closed', 'not_event')", NULL,
		"unit.has_events" },
	{ "assets", "asset", "owner_unit_id", " AND retired_at_ms IS NULL", NULL,
		"unit.has_assets" },
	{ "people", "person", "unit_id", " AND erased_at_ms IS NULL", NULL, NULL },
	{ "children", "unit", "parent_id", " AND valid_to_ms IS NULL", NULL,
		"unit.has_children" },
	{ "others", "asset", "operate_unit_id", " AND retired_at_ms IS NULL", NULL,
		"unit.has_assets" },
	{ "others", "asset", "use_unit_id", " AND retired_at_ms IS NULL", NULL,
		"unit.has_assets" },
	{ "others", "incident", "unit_id", " AND state <> 'closed'", NULL, NULL },
	{ "others", "discovered", "unit_id", " AND state = 'handed'", NULL, NULL },
	{ "others", "subnet", "unit_id", " AND removed_at_ms IS NULL", NULL, NULL },
	{ "others", "circuit", "unit_id", " AND retired_at_ms IS NULL", NULL, NULL },
	{ "others", "helper_link", "unit_id", " AND ended_at_ms IS NULL", NULL, NULL },
};
const size_t unit_tie_count = sizeof(unit_ties) / sizeof(unit_ties[0]);
