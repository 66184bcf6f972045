/* SPDX-License-Identifier: Apache-2.0 */
/* Which function reads what: self-checks of the units, important periods. */
#include "view/selfchecks.h"
#include "view/view.h"

static const view_fn reads[ROUTE_COUNT_] = {
	[ROUTE_SELFCHECKS_LIST] = view_selfchecks_list,
	[ROUTE_SELFCHECKS_GET] = view_selfchecks_get,
	[ROUTE_SELFCHECKS_BOARD] = view_selfchecks_board,
	[ROUTE_IMPORTANT_LIST] = view_important_list,
};

view_fn view_read_of_units(enum route_id route)
{
	return (unsigned)route < ROUTE_COUNT_ ? reads[route] : NULL;
}
