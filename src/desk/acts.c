/* SPDX-License-Identifier: Apache-2.0 */
/* Which function does which route's act. */
#include "desk/desk.h"
#include "desk/topology_words.h"

/* session, users, tokens */
#include "desk/login.h"
#include "desk/sessions.h"
#include "desk/tokens.h"
#include "desk/users.h"

/* units, people, assets */
#include "desk/assets.h"
#include "desk/people.h"
#include "desk/units.h"

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

/* findings */
#include "desk/findings.h"

/* papers */
#include "desk/papers.h"

/* notices */
#include "desk/notice_rounds.h"
#include "desk/notices.h"

static const desk_fn acts[ROUTE_COUNT_] = {
	/* session, users, tokens */
	[ROUTE_SESSION_LOGIN] = desk_session_login,
	[ROUTE_SESSION_LOGOUT] = desk_session_logout,
	[ROUTE_SESSION_ROLE] = desk_session_role,
	[ROUTE_SESSION_PASSWORD] = desk_session_password,
	[ROUTE_SESSION_REVOKE_ALL] = desk_session_revoke_all,
	[ROUTE_USERS_CREATE] = desk_user_create,
	[ROUTE_USERS_UPDATE] = desk_user_update,
	[ROUTE_USERS_RESET_PASSWORD] = desk_user_reset_password,
	[ROUTE_PEOPLE_GRANT] = desk_people_grant,
	[ROUTE_PEOPLE_REVOKE] = desk_people_revoke,
	[ROUTE_TOKENS_CREATE] = desk_token_create,
	[ROUTE_TOKENS_REVOKE] = desk_token_revoke,

	/* units, people, assets */
	[ROUTE_UNITS_CREATE] = desk_unit_create,
	[ROUTE_UNITS_UPDATE] = desk_unit_update,
	[ROUTE_UNITS_IMPORT] = desk_unit_import,
	[ROUTE_PEOPLE_CREATE] = desk_person_create,
	[ROUTE_PEOPLE_UPDATE] = desk_person_update,
	[ROUTE_PEOPLE_ERASE] = desk_person_erase,
	[ROUTE_ASSETS_CREATE] = desk_asset_create,
	[ROUTE_ASSETS_UPDATE] = desk_asset_update,
	[ROUTE_ASSETS_IMPORT] = desk_asset_import,

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

	/* findings */
	[ROUTE_FINDINGS_CREATE] = desk_finding_create,
	[ROUTE_FINDINGS_REPORT] = desk_finding_report,
	[ROUTE_FINDINGS_CONFIRM] = desk_finding_confirm,
	[ROUTE_FINDINGS_FALSE_POSITIVE] = desk_finding_false_positive,
	[ROUTE_FINDINGS_SECOND] = desk_finding_second,

	/* notices */
	[ROUTE_NOTICES_CREATE] = desk_notice_create,
	[ROUTE_NOTICES_UPDATE] = desk_notice_update,
	[ROUTE_NOTICES_REVIEW] = desk_notice_review,
	[ROUTE_NOTICES_REJECT] = desk_notice_reject,
	[ROUTE_NOTICES_ISSUE] = desk_notice_issue,
	[ROUTE_NOTICES_CONFIRM] = desk_notice_confirm,
	[ROUTE_NOTICES_SIGN] = desk_notice_sign,
	[ROUTE_NOTICES_PLAN] = desk_notice_plan,
	[ROUTE_NOTICES_UPLOAD] = desk_notice_upload,
	[ROUTE_PAPER_TEMPLATES_PUT] = desk_paper_template_put,
	[ROUTE_PAPER_TEMPLATES_USE] = desk_paper_template_use,
	[ROUTE_PAPER_TEMPLATES_EXAMPLE] = desk_paper_template_example,
	[ROUTE_DOCUMENTS_PRINT] = desk_documents_print,
	[ROUTE_NOTICES_SUBMIT] = desk_notice_submit,
	[ROUTE_NOTICES_RETURN] = desk_notice_return,
	[ROUTE_NOTICES_VERIFY] = desk_notice_verify,
	[ROUTE_NOTICES_SECOND_READ] = desk_notice_second_read,
	[ROUTE_NOTICES_PASS] = desk_notice_pass,
	[ROUTE_NOTICES_FAIL] = desk_notice_fail,
	[ROUTE_NOTICES_BRIEF] = desk_notice_brief,
	[ROUTE_NOTICES_MARK_BRIEF] = desk_notice_mark_brief,
	[ROUTE_NOTICES_UPREPORT] = desk_notice_upreport,
	[ROUTE_NOTICES_CLOSE] = desk_notice_close,
	[ROUTE_NOTICES_WITHDRAW] = desk_notice_withdraw,
	[ROUTE_NOTICES_REMIND] = desk_notice_remind,

};

desk_fn desk_act(enum route_id route)
{
	return (unsigned)route < ROUTE_COUNT_ ? acts[route] : NULL;
}
