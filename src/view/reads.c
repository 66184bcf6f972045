/* SPDX-License-Identifier: Apache-2.0 */
/* Which function answers which route's question. */
#include "view/view.h"

/* session, users, tokens */

/* units, people, assets */

/* checks, settings, health */

/* alerts, incidents, deliveries */

/* findings */

/* notices, documents */

/* overview, search, audit */

static const view_fn reads[ROUTE_COUNT_] = {
	/* session, users, tokens */

	/* units, people, assets */

	/* checks, settings, health */

	/* alerts, incidents, deliveries */

	/* findings */

	/* notices, documents */

	/* overview, search, audit */

	[ROUTE_COUNT_ - 1] = NULL,
};

view_fn view_read(enum route_id route)
{
	return (unsigned)route < ROUTE_COUNT_ ? reads[route] : NULL;
}
