/* SPDX-License-Identifier: Apache-2.0 */
/* Which function answers which route's question. */
#include "view/view.h"

/* session, users, tokens */
#include "view/identity.h"

/* units, people, assets */
#include "view/assets.h"
#include "view/people.h"
#include "view/units.h"

/* checks, settings, health */

/* alerts, incidents, deliveries */
#include "view/alerts.h"

/* findings */

/* notices, documents */

/* overview, search, audit */
#include "view/audit_log.h"
#include "view/overview.h"
#include "view/search.h"

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

	/* checks, settings, health */

	/* alerts, incidents, deliveries */
	[ROUTE_ALERTS_LIST] = view_alerts,
	[ROUTE_ALERTS_GET] = view_alert,
	[ROUTE_INCIDENTS_LIST] = view_incidents,
	[ROUTE_INCIDENTS_GET] = view_incident,
	[ROUTE_ACK_GET] = view_ack,
	[ROUTE_DELIVERIES_LIST] = view_deliveries,

	/* findings */

	/* notices, documents */

	/* overview, search, audit */
	[ROUTE_OVERVIEW_GET] = view_overview,
	[ROUTE_SEARCH_LIST] = view_search,
	[ROUTE_AUDIT_LIST] = view_audit,
	[ROUTE_AUDIT_STATE] = view_audit_state,

	[ROUTE_COUNT_ - 1] = NULL,
};

view_fn view_read(enum route_id route)
{
	return (unsigned)route < ROUTE_COUNT_ ? reads[route] : NULL;
}
