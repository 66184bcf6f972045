/* SPDX-License-Identifier: Apache-2.0 */
/* Which function does which route's act: papers from superiors, the leading group, days. */
#include "desk/annex.h"
#include "desk/calendars.h"
#include "desk/desk.h"
#include "desk/filters.h"
#include "desk/incoming.h"
#include "desk/incoming_answer.h"
#include "desk/notice_recount.h"
#include "desk/record_papers.h"
#include "desk/selfchecks.h"
#include "desk/shutdowns.h"
#include "desk/tasks.h"

static const desk_fn acts[ROUTE_COUNT_] = {
	[ROUTE_SUPERIORS_CREATE] = desk_superior_create,
	[ROUTE_SUPERIORS_UPDATE] = desk_superior_update,
	[ROUTE_INCOMING_CREATE] = desk_incoming_create,
	[ROUTE_INCOMING_UPDATE] = desk_incoming_update,
	[ROUTE_INCOMING_UPLOAD] = desk_incoming_upload,
	[ROUTE_INCOMING_ANNEX] = desk_annex_upload,
	[ROUTE_INCOMING_ANNEX_FILL] = desk_annex_fill,
	[ROUTE_ANNEXES_UPDATE] = desk_annex_map,
	[ROUTE_INCOMING_PROPOSE] = desk_incoming_propose,
	[ROUTE_INCOMING_INSTRUCT] = desk_incoming_instruct,
	[ROUTE_INCOMING_ASSIGN] = desk_incoming_assign,
	[ROUTE_INCOMING_SEAL] = desk_incoming_seal,
	[ROUTE_INCOMING_ANSWER] = desk_incoming_answer,
	[ROUTE_INCOMING_RECEIPT] = desk_incoming_receipt,
	[ROUTE_INCOMING_END] = desk_incoming_end,
	[ROUTE_INCOMING_PRINT] = desk_incoming_print,
	[ROUTE_MEETINGS_CREATE] = desk_meeting_create,
	[ROUTE_MEETINGS_UPDATE] = desk_meeting_update,
	[ROUTE_TASKS_CREATE] = desk_task_create,
	[ROUTE_TASKS_REPORT] = desk_task_report,
	[ROUTE_TASKS_SETTLE] = desk_task_settle,
	[ROUTE_GUIDANCE_CREATE] = desk_guidance_create,
	[ROUTE_GUIDANCE_READ] = desk_guidance_read,

	/* days */
	[ROUTE_CALENDARS_PUT] = desk_calendar_put,
	[ROUTE_NOTICES_RECOUNT] = desk_notice_recount,

	/* filters of one's own, what is shut over a holiday */
	[ROUTE_FILTERS_CREATE] = desk_filter_create,
	[ROUTE_FILTERS_UPDATE] = desk_filter_update,
	[ROUTE_FILTERS_END] = desk_filter_end,
	[ROUTE_SHUTDOWNS_CREATE] = desk_shutdown_create,
	[ROUTE_SHUTDOWNS_ANSWER] = desk_shutdown_answer,
	[ROUTE_SHUTDOWNS_CHASE] = desk_shutdown_chase,
	[ROUTE_SHUTDOWNS_END] = desk_shutdown_end,

	/* self-checks of the units, important periods */
	[ROUTE_SELFCHECKS_ASK] = desk_selfcheck_ask,
	[ROUTE_SELFCHECKS_SUBMIT] = desk_selfcheck_submit,
	[ROUTE_SELFCHECKS_SAMPLE] = desk_selfcheck_sample,
	[ROUTE_SELFCHECKS_DECIDE] = desk_selfcheck_decide,
	[ROUTE_IMPORTANT_CREATE] = desk_important_create,
	[ROUTE_IMPORTANT_END] = desk_important_end,
};

desk_fn desk_act_office(enum route_id route)
{
	return (unsigned)route < ROUTE_COUNT_ ? acts[route] : NULL;
}
