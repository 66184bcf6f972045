/* SPDX-License-Identifier: Apache-2.0 */
/* Which function does which route's act. */
#include "desk/acts_matter.h"
#include "desk/desk.h"
#include "desk/topology_words.h"

/* session, users, tokens */
#include "desk/login.h"
#include "desk/second_factor.h"
#include "desk/sessions.h"
#include "desk/tokens.h"
#include "desk/users.h"

/* units and people are in tenure_acts.c; assets, sheets */
#include "desk/assets.h"
#include "desk/imports.h"
#include "desk/tenure_acts.h"

/* devices in no register, ranges, freezes */
#include "desk/discovered.h"
#include "desk/freezes.h"
#include "desk/subnets.h"

/* checks, settings */
#include "desk/audit_check.h"
#include "desk/backups.h"
#include "desk/checks.h"
#include "desk/circuits.h"
#include "desk/clock.h"
#include "desk/homepages.h"
#include "desk/maintenance.h"
#include "desk/rules.h"
#include "desk/settings.h"

/* incidents, deliveries */
#include "desk/deliveries.h"
#include "desk/incidents.h"

/* the regulation, knowledge, the same act done to many */
#include "desk/bulk.h"
#include "desk/clauses.h"
#include "desk/knowledge.h"
#include "desk/regulations.h"

/* papers */
#include "desk/papers.h"

static const desk_fn acts[ROUTE_COUNT_] = {
	/* session, users, tokens */
	[ROUTE_SESSION_LOGIN] = desk_session_login,
	[ROUTE_SESSION_LOGOUT] = desk_session_logout,
	[ROUTE_SESSION_ROLE] = desk_session_role,
	[ROUTE_SESSION_PASSWORD] = desk_session_password,
	[ROUTE_SESSION_REVOKE_ALL] = desk_session_revoke_all,
	[ROUTE_SECOND_FACTOR_BEGIN] = desk_second_factor_begin,
	[ROUTE_SECOND_FACTOR_CONFIRM] = desk_second_factor_confirm,
	[ROUTE_SECOND_FACTOR_CODE] = desk_second_factor_code,
	[ROUTE_SECOND_FACTOR_RENEW] = desk_second_factor_renew,
	[ROUTE_SECOND_FACTOR_REMOVE] = desk_second_factor_remove,
	[ROUTE_USERS_CREATE] = desk_user_create,
	[ROUTE_USERS_UPDATE] = desk_user_update,
	[ROUTE_USERS_RESET_PASSWORD] = desk_user_reset_password,
	[ROUTE_USERS_RESET_SECOND_FACTOR] = desk_user_reset_second_factor,
	[ROUTE_PEOPLE_GRANT] = desk_people_grant,
	[ROUTE_PEOPLE_REVOKE] = desk_people_revoke,
	[ROUTE_TOKENS_CREATE] = desk_token_create,
	[ROUTE_TOKENS_REVOKE] = desk_token_revoke,

	/* assets */
	[ROUTE_ASSETS_CREATE] = desk_asset_create,
	[ROUTE_ASSETS_UPDATE] = desk_asset_update,
	[ROUTE_ASSETS_IMPORT] = desk_asset_import,

	/* sheets */
	[ROUTE_IMPORTS_CREATE] = desk_import_create,
	[ROUTE_IMPORTS_RUN] = desk_import_run,
	[ROUTE_IMPORTS_UNDO] = desk_import_undo,

	/* devices in no register, ranges, freezes */
	[ROUTE_DISCOVERED_CLAIM] = desk_discovered_claim,
	[ROUTE_DISCOVERED_MERGE] = desk_discovered_merge,
	[ROUTE_DISCOVERED_HAND] = desk_discovered_hand,
	[ROUTE_DISCOVERED_DECLINE] = desk_discovered_decline,
	[ROUTE_DISCOVERED_IGNORE] = desk_discovered_ignore,
	[ROUTE_DISCOVERED_REOPEN] = desk_discovered_reopen,
	[ROUTE_SUBNETS_CREATE] = desk_subnet_create,
	[ROUTE_SUBNETS_UPDATE] = desk_subnet_update,
	[ROUTE_SUBNETS_REMOVE] = desk_subnet_remove,
	[ROUTE_FREEZES_CREATE] = desk_freeze_create,
	[ROUTE_FREEZES_END] = desk_freeze_end,

	/* checks, settings */
	[ROUTE_AUDIT_VERIFY] = desk_audit_verify,
	[ROUTE_BACKUPS_RUN] = desk_backup_run,
	[ROUTE_CLOCK_CONFIRM] = desk_clock_confirm,
	[ROUTE_CHECKS_CREATE] = desk_check_create,
	[ROUTE_CHECKS_UPDATE] = desk_check_update,
	[ROUTE_CHECKS_PAGE_CONFIRM] = desk_homepage_confirm,
	[ROUTE_CHECKS_PASTE] = desk_check_paste,
	[ROUTE_CIRCUITS_CREATE] = desk_circuit_create,
	[ROUTE_CIRCUITS_UPDATE] = desk_circuit_update,
	[ROUTE_MAINTENANCE_CREATE] = desk_maintenance_create,
	[ROUTE_MAINTENANCE_UPDATE] = desk_maintenance_update,
	[ROUTE_MAINTENANCE_END] = desk_maintenance_end,
	[ROUTE_TOPOLOGY_SAY] = desk_topology_say,
	[ROUTE_TOPOLOGY_UNSAY] = desk_topology_unsay,
	[ROUTE_TOPOLOGY_PLACE] = desk_topology_place,
	[ROUTE_RULES_CREATE] = desk_rule_create,
	[ROUTE_RULES_UPDATE] = desk_rule_update,
	[ROUTE_RULES_DELETE] = desk_rule_delete,
	[ROUTE_SETTINGS_PUT] = desk_setting_put,
	[ROUTE_SECRETS_PUT] = desk_secret_put,
	[ROUTE_SETUP_FINISH] = desk_setup_finish,
	[ROUTE_MAIL_TEST] = desk_mail_test,

	/* incidents, deliveries */
	[ROUTE_INCIDENTS_TICKET] = desk_incident_ticket,
	[ROUTE_INCIDENTS_ACK] = desk_incident_ack,
	[ROUTE_INCIDENTS_RESOLVE] = desk_incident_resolve,
	[ROUTE_INCIDENTS_CLOSE] = desk_incident_close,
	[ROUTE_ACK_POST] = desk_ack_key_use,
	[ROUTE_DELIVERIES_RESEND] = desk_delivery_resend,

	/* papers */
	[ROUTE_PAPER_TEMPLATES_PUT] = desk_paper_template_put,
	[ROUTE_PAPER_TEMPLATES_USE] = desk_paper_template_use,
	[ROUTE_PAPER_TEMPLATES_EXAMPLE] = desk_paper_template_example,
	[ROUTE_DOCUMENTS_PRINT] = desk_documents_print,

	/* the regulation, knowledge, the same act done to many */
	[ROUTE_REGULATIONS_CREATE] = desk_regulation_create,
	[ROUTE_REGULATIONS_UPDATE] = desk_regulation_update,
	[ROUTE_REGULATIONS_CONSULT] = desk_regulation_consult,
	[ROUTE_REGULATIONS_RECALL] = desk_regulation_recall,
	[ROUTE_REGULATIONS_ADOPT] = desk_regulation_adopt,
	[ROUTE_REGULATIONS_DROP] = desk_regulation_drop,
	[ROUTE_REGULATIONS_CARRY] = desk_regulation_carry,
	[ROUTE_CLAUSES_INTERPRET] = desk_clause_interpret,
	[ROUTE_CLAUSES_SUGGEST] = desk_clause_suggest,
	[ROUTE_CLAUSES_REVIEW] = desk_clause_review,
	[ROUTE_CLAUSES_SETTLE] = desk_clause_settle,
	[ROUTE_CLAUSES_REVOKE] = desk_clause_revoke,
	[ROUTE_KNOWLEDGE_CREATE] = desk_knowledge_create,
	[ROUTE_KNOWLEDGE_UPDATE] = desk_knowledge_update,
	[ROUTE_KNOWLEDGE_RETIRE] = desk_knowledge_retire,
	[ROUTE_KNOWLEDGE_RESTORE] = desk_knowledge_restore,
	[ROUTE_NOTICES_REVIEW_MANY] = desk_notices_review,
	[ROUTE_NOTICES_ISSUE_MANY] = desk_notices_issue,
	[ROUTE_NOTICES_REMIND_MANY] = desk_notices_remind,
	[ROUTE_NOTICES_DRAFT_MANY] = desk_notices_draft,
	[ROUTE_FINDINGS_CONFIRM_MANY] = desk_findings_confirm,
};

desk_fn desk_act(enum route_id route)
{
	desk_fn act = (unsigned)route < ROUTE_COUNT_ ? acts[route] : NULL;
	act = act != NULL ? act : desk_act_of_matter(route);
	act = act != NULL ? act : desk_act_office(route);
	return act != NULL ? act : tenure_act(route);
}
