/* SPDX-License-Identifier: Apache-2.0 */
/* Which function reads which route: events. */
#include "view/events.h"
#include "view/view.h"

static const view_fn reads[ROUTE_COUNT_] = {
	[ROUTE_EVENTS_LIST] = view_events_list,
	[ROUTE_EVENTS_PACK] = view_events_pack,
	[ROUTE_EVENTS_GET] = view_events_get,
	[ROUTE_EVENTS_PROPOSE] = view_events_propose,
	[ROUTE_EVENTS_FILE] = view_events_file,
};

view_fn view_read_event(enum route_id route)
{
	return (unsigned)route < ROUTE_COUNT_ ? reads[route] : NULL;
}
