/* SPDX-License-Identifier: Apache-2.0 */
#include "view/notice_acts.h"

#include "model/notice.h"
#include "view/view.h"
#include "workflow/machine.h"
#include "workflow/notice.h"

static const struct {
	uint32_t acts; /* bits of notice_acts; 0 = by state alone */
	uint32_t states;
	enum route_id route;
	const char *name;
} offers[] = {
#define ACT(name) MACHINE_BIT(NOTICE_ACT_##name)
#define STATE(name) MACHINE_BIT(NOTICE_##name)
#define WITH_UNIT (STATE(RECTIFYING) | STATE(RETURNED) | STATE(FAILED))
	{ 0, STATE(DRAFT), ROUTE_NOTICES_UPDATE, "update" },
	{ ACT(REVIEW), 0, ROUTE_NOTICES_REVIEW, "review" },
	{ ACT(REJECT), 0, ROUTE_NOTICES_REJECT, "reject" },
	{ ACT(ISSUE), 0, ROUTE_NOTICES_ISSUE, "issue" },
	{ ACT(CONFIRM), 0, ROUTE_NOTICES_CONFIRM, "confirm" },
	{ ACT(SIGN), 0, ROUTE_NOTICES_SIGN, "sign" },
	{ ACT(PLAN), 0, ROUTE_NOTICES_PLAN, "plan" },
	{ 0, WITH_UNIT, ROUTE_NOTICES_UPLOAD, "upload" },
	{ ACT(SUBMIT), 0, ROUTE_NOTICES_SUBMIT, "submit" },
	{ ACT(RETURN), 0, ROUTE_NOTICES_RETURN, "return" },
	{ ACT(VERIFY), 0, ROUTE_NOTICES_VERIFY, "verify" },
	{ ACT(SECOND_READ), 0, ROUTE_NOTICES_SECOND_READ, "second_read" },
	{ ACT(PASS), 0, ROUTE_NOTICES_PASS, "pass" },
	{ ACT(FAIL), 0, ROUTE_NOTICES_FAIL, "fail" },
	{ ACT(BRIEF), 0, ROUTE_NOTICES_BRIEF, "brief" },
	{ ACT(MARK_BRIEF), 0, ROUTE_NOTICES_MARK_BRIEF, "mark_brief" },
	{ ACT(UPREPORT_NEEDED) | ACT(UPREPORT_NOT_NEEDED) | ACT(UPREPORT_SENT) |
			ACT(UPREPORT_RECEIPTED),
		0, ROUTE_NOTICES_UPREPORT, "upreport" },
	{ ACT(CLOSE), 0, ROUTE_NOTICES_CLOSE, "close" },
	{ ACT(WITHDRAW), 0, ROUTE_NOTICES_WITHDRAW, "withdraw" },
	{ 0, WITH_UNIT | STATE(ISSUED) | STATE(RECEIVED), ROUTE_NOTICES_REMIND, "remind" },
};

bool view_document_hidden(const struct view *view, struct slice kind)
{
	return view->scope != SCOPE_ALL &&
	       (slice_is(kind, "brief") || slice_is(kind, "upreport"));
}

void notice_acts_put(struct view *view, const struct notice_view_facts *facts)
{
	int state = name_parse(&notice_state_names, facts->state);
	uint32_t acts =
		state < 0 ? 0 : notice_acts((enum notice_state)state, view->caller.role);
	uint32_t here = state < 0 ? 0 : MACHINE_BIT((unsigned)state);
	if (!facts->confirm_pending) {
		acts &= ~ACT(CONFIRM);
	}
	if (facts->leader_id != view->caller.person_id) {
		acts &= ~ACT(MARK_BRIEF);
	}
	jw_key(&view->jw, "acts");
	jw_array(&view->jw);
	for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
		enum scope scope = access_scope(&view->caller, offers[i].route);
		bool now = (offers[i].acts & acts) != 0 || (offers[i].states & here) != 0;
		if (now && access_covers(&view->caller, scope, facts->unit_id)) {
			jw_str(&view->jw, slice_str(offers[i].name));
		}
	}
	jw_end(&view->jw);
}
