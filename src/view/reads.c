/* SPDX-License-Identifier: Apache-2.0 */
/* Which function answers which route's question. */
#include "view/topology.h"
#include "view/view.h"

/* session, users, tokens */
#include "view/identity.h"

/* units, people, assets */
#include "view/assets.h"
#include "view/discovered.h"
#include "view/people.h"
#include "view/units.h"

/* checks, settings, health */
#include "view/checks.h"
#include "view/circuits.h"
#include "view/rules.h"
#include "view/settings.h"

/* alerts, incidents, deliveries */
#include "view/incidents.h"

/* findings */
#include "view/findings.h"

/* notices, documents */
#include "view/notices.h"

/* overview, search, audit */
#include "view/overview.h"

static const view_fn reads[ROUTE_COUNT_] = {
	/* session, users, tokens */
	[ROUTE_SESSION_GET] = view_session_get,
	[ROUTE_SESSION_LIST] = view_session_list,
	[ROUTE_USERS_LIST] = view_users_list,
	[ROUTE_TOKENS_LIST] = view_tokens_list,

	/* units, people, assets */
	[ROUTE_UNITS_LIST] = view_units_list,
	[ROUTE_UNITS_GET] = view_units_get,
	[ROUTE_PEOPLE_LIST] = view_people_list,
	[ROUTE_PEOPLE_GET] = view_people_get,
	[ROUTE_ASSETS_LIST] = view_assets_list,
	[ROUTE_ASSETS_GET] = view_assets_get,
	[ROUTE_ASSETS_EXPORT] = view_assets_export,
	[ROUTE_ASSETS_LOOKUP] = view_assets_lookup,
	[ROUTE_DISCOVERED_LIST] = view_discovered_list,
	[ROUTE_DISCOVERED_GET] = view_discovered_get,
	[ROUTE_DISCOVERY_GET] = view_discovery_get,
	[ROUTE_SUBNETS_LIST] = view_subnets_list,
	[ROUTE_FREEZES_LIST] = view_freezes_list,

	/* checks, settings, health */
	[ROUTE_CHECKS_LIST] = view_checks_list,
	[ROUTE_RULES_LIST] = view_rules_list,
	[ROUTE_RULES_TEST] = view_rules_test,
	[ROUTE_CHECKS_PARTS] = view_checks_parts,
	[ROUTE_CHECKS_PORTS] = view_checks_ports,
	[ROUTE_CHECKS_GET] = view_checks_get,
	[ROUTE_CHECKS_SAMPLES] = view_checks_samples,
	[ROUTE_CHECKS_SERIES] = view_checks_series,
	[ROUTE_CHECKS_DEVICE] = view_checks_device,
	[ROUTE_CHECKS_PAGE] = view_checks_page,
	[ROUTE_CIRCUITS_LIST] = view_circuits_list,
	[ROUTE_CIRCUITS_GET] = view_circuits_get,
	[ROUTE_MAINTENANCE_LIST] = view_maintenance_list,
	[ROUTE_MAINTENANCE_GET] = view_maintenance_get,
	[ROUTE_TOPOLOGY_GET] = view_topology,
	[ROUTE_LOGS_LIST] = view_logs_list,
	[ROUTE_SETTINGS_LIST] = view_settings_list,
	[ROUTE_CHECKUP_GET] = view_checkup_get,
	[ROUTE_HEALTH_GET] = view_health_get,
	[ROUTE_BACKUPS_LIST] = view_backups_list,
	[ROUTE_POLICIES_LIST] = view_policies_list,
	[ROUTE_POLICIES_GET] = view_policies_get,

	/* alerts, incidents, deliveries */
	[ROUTE_ALERTS_LIST] = view_alerts_list,
	[ROUTE_ALERTS_GET] = view_alerts_get,
	[ROUTE_INCIDENTS_LIST] = view_incidents_list,
	[ROUTE_INCIDENTS_GET] = view_incidents_get,
	[ROUTE_ACK_GET] = view_ack_get,
	[ROUTE_DELIVERIES_LIST] = view_deliveries_list,

	/* findings */
	[ROUTE_FINDINGS_LIST] = view_findings_list,
	[ROUTE_FINDINGS_GET] = view_findings_get,

	/* notices, documents */
	[ROUTE_NOTICES_LIST] = view_notices_list,
	[ROUTE_NOTICES_GET] = view_notices_get,
	[ROUTE_DOCUMENTS_GET] = view_documents_get,
	[ROUTE_DOCUMENTS_ABOUT] = view_documents_about,
	[ROUTE_PAPER_TEMPLATES_LIST] = view_paper_templates_list,
	[ROUTE_PAPER_TEMPLATES_GET] = view_paper_templates_get,
	[ROUTE_ATTACHMENTS_GET] = view_attachments_get,

	/* overview, search, audit */
	[ROUTE_OVERVIEW_GET] = view_overview_get,
	[ROUTE_TODO_LIST] = view_todo_list,
	[ROUTE_SEARCH_LIST] = view_search_list,
	[ROUTE_AUDIT_LIST] = view_audit_list,
	[ROUTE_AUDIT_STATE] = view_audit_state,
	[ROUTE_EXPLAIN_GET] = view_explain_get,

	[ROUTE_COUNT_ - 1] = NULL,
};

view_fn view_read(enum route_id route)
{
	return (unsigned)route < ROUTE_COUNT_ ? reads[route] : NULL;
}
