/* SPDX-License-Identifier: Apache-2.0 */
/* Which function answers which route's question. */
#include "view/topology.h"
#include "view/view.h"

/* session, users, tokens */
#include "view/identity.h"

/* units, people, assets */
#include "view/assets.h"
#include "view/discovered.h"
#include "view/exports.h"
#include "view/filings.h"
#include "view/filters.h"
#include "view/imports.h"
#include "view/people.h"
#include "view/pleas.h"
#include "view/unit_links.h"
#include "view/units.h"

/* checks, settings, health */
#include "view/calendars.h"
#include "view/checks.h"
#include "view/circuits.h"
#include "view/rules.h"
#include "view/settings.h"

/* alerts, incidents, deliveries */
#include "view/incidents.h"

/* findings */
#include "view/findings.h"

/* papers from superiors, the leading group */
#include "view/annexes.h"
#include "view/incoming.h"
#include "view/tasks.h"

/* notices, documents */
#include "view/notices.h"

/* overview, search, audit */
#include "view/overview.h"

/* the regulation, knowledge */
#include "view/knowledge.h"
#include "view/regulations.h"

static const view_fn reads[ROUTE_COUNT_] = {
	/* session, users, tokens */
	[ROUTE_SESSION_GET] = view_session_get,
	[ROUTE_SECOND_FACTOR_GET] = view_second_factor_get,
	[ROUTE_SESSION_LIST] = view_session_list,
	[ROUTE_USERS_LIST] = view_users_list,
	[ROUTE_TOKENS_LIST] = view_tokens_list,

	/* units, people, assets */
	[ROUTE_UNITS_LIST] = view_units_list,
	[ROUTE_UNITS_GET] = view_units_get,
	[ROUTE_UNITS_OFFICERS] = view_units_officers,
	[ROUTE_UNITS_MOVES] = view_units_moves,
	[ROUTE_FILINGS_LIST] = view_filings_list,
	[ROUTE_FILINGS_GET] = view_filings_get,
	[ROUTE_FILINGS_FORM] = view_filings_form,
	[ROUTE_CONTACT_GET] = view_contact_get,
	[ROUTE_DOUBTS_LIST] = view_doubts_list,
	[ROUTE_REVIEWS_LIST] = view_reviews_list,
	[ROUTE_DELEGATIONS_LIST] = view_delegations_list,
	[ROUTE_UNIT_NOTES_LIST] = view_unit_notes_list,
	[ROUTE_PASS_ONS_LIST] = view_pass_ons_list,
	[ROUTE_PASS_GET] = view_pass_get,
	[ROUTE_HELPERS_LIST] = view_helpers_list,
	[ROUTE_HELPER_GET] = view_helper_get,
	[ROUTE_PEOPLE_LIST] = view_people_list,
	[ROUTE_PEOPLE_GET] = view_people_get,
	[ROUTE_ASSETS_LIST] = view_assets_list,
	[ROUTE_ASSETS_GET] = view_assets_get,
	[ROUTE_ASSETS_EXPORT] = view_assets_export,
	[ROUTE_ASSETS_LOOKUP] = view_assets_lookup,
	[ROUTE_UNITS_EXPORT] = view_export,
	[ROUTE_PEOPLE_EXPORT] = view_export,
	[ROUTE_FINDINGS_EXPORT] = view_export,
	[ROUTE_NOTICES_EXPORT] = view_export,
	[ROUTE_ALERTS_EXPORT] = view_export,
	[ROUTE_IMPORTS_LIST] = view_imports_list,
	[ROUTE_IMPORTS_ERRORS] = view_imports_errors,
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
	[ROUTE_CALENDARS_GET] = view_calendars_get,
	[ROUTE_DUES_LIST] = view_dues_list,
	[ROUTE_DUES_ICS] = view_dues_ics,

	/* the regulation, knowledge */
	[ROUTE_REGULATIONS_LIST] = view_regulations_list,
	[ROUTE_REGULATIONS_NOW] = view_regulations_now,
	[ROUTE_REGULATIONS_GET] = view_regulations_get,
	[ROUTE_REGULATIONS_IMPACT] = view_regulations_impact,
	[ROUTE_CLAUSES_LIST] = view_clauses_list,
	[ROUTE_ROUTING_TRY] = view_routing_try,
	[ROUTE_KNOWLEDGE_LIST] = view_knowledge_list,
	[ROUTE_KNOWLEDGE_GET] = view_knowledge_get,
	[ROUTE_FINDINGS_ADVICE] = view_findings_advice,
	[ROUTE_NOTICES_ADVICE] = view_notices_advice,

	/* alerts, incidents, deliveries */
	[ROUTE_ALERTS_LIST] = view_alerts_list,
	[ROUTE_ALERTS_GET] = view_alerts_get,
	[ROUTE_INCIDENTS_LIST] = view_incidents_list,
	[ROUTE_INCIDENTS_GET] = view_incidents_get,
	[ROUTE_ACK_GET] = view_ack_get,
	[ROUTE_DELIVERIES_LIST] = view_deliveries_list,

	/* findings */
	[ROUTE_DECISIONS_LIST] = view_decisions_list,
	[ROUTE_FINDINGS_LIST] = view_findings_list,
	[ROUTE_FINDINGS_GET] = view_findings_get,

	/* papers from superiors, the leading group */
	[ROUTE_SUPERIORS_LIST] = view_superiors_list,
	[ROUTE_INCOMING_LIST] = view_incoming_list,
	[ROUTE_INCOMING_GET] = view_incoming_get,
	[ROUTE_INCOMING_FILE] = view_incoming_file,
	[ROUTE_INCOMING_PAPER] = view_incoming_paper,
	[ROUTE_ANNEXES_LIST] = view_annexes_list,
	[ROUTE_ANNEXES_GET] = view_annexes_get,
	[ROUTE_ANNEXES_FILE] = view_annexes_file,
	[ROUTE_MEETINGS_LIST] = view_meetings_list,
	[ROUTE_TASKS_LIST] = view_tasks_list,
	[ROUTE_TASKS_GET] = view_tasks_get,
	[ROUTE_GUIDANCE_LIST] = view_guidance_list,

	/* filters of one's own, what is shut over a holiday */
	[ROUTE_FILTERS_LIST] = view_filters_list,
	[ROUTE_SHUTDOWNS_LIST] = view_shutdowns_list,
	[ROUTE_SHUTDOWNS_GET] = view_shutdowns_get,

	/* notices, documents */
	[ROUTE_NOTICES_LIST] = view_notices_list,
	[ROUTE_NOTICES_GET] = view_notices_get,
	[ROUTE_DOCUMENTS_GET] = view_documents_get,
	[ROUTE_DOCUMENTS_LIST] = view_documents_list,
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
	view_fn read = (unsigned)route < ROUTE_COUNT_ ? reads[route] : NULL;
	read = read != NULL ? read : view_read_event(route);
	return read != NULL ? read : view_read_of_units(route);
}
