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
	{ ACT(OBJECT), 0, ROUTE_NOTICES_OBJECT, "object" },
	{ ACT(DISMISS), 0, ROUTE_NOTICES_DECIDE_OBJECTION, "decide_objection" },
	{ 0, WITH_UNIT | STATE(RECEIVED), ROUTE_NOTICES_ASK_EXTENSION, "ask_extension" },
	{ ACT(PARTIAL), 0, ROUTE_NOTICES_PARTIAL, "partial" },
	{ ACT(CANNOT_VERIFY), 0, ROUTE_NOTICES_CANNOT_VERIFY, "cannot_verify" },
	{ ACT(PASS_OFFLINE), 0, ROUTE_NOTICES_PASS_OFFLINE, "pass_offline" },
	{ 0, UINT32_MAX, ROUTE_NOTICES_COMMENT, "comment" },
};

/* What a record beside the notice lets somebody do: by its state and the role. */
static void pleas_put(struct view *view, const struct notice_view_facts *facts, int state)
{
	enum role role = view->caller.role;
	bool desk = role == ROLE_OPERATOR || role == ROLE_SECURITY_ADMIN;
	bool after = state >= NOTICE_PASSED && state <= NOTICE_WITHDRAWN;
	bool with_unit = state >= 0 && (notice_with_unit((enum notice_state)state) ||
					       state == NOTICE_OBJECTED);
	enum role granter = facts->extension_nth <= 1 ? ROLE_DIRECTOR : ROLE_VICE_PRESIDENT;
	const struct {
		bool now;
		const char *name;
	} pleas[] = {
		{ facts->extension_nth > 0 && role == granter, "decide_extension" },
		{ facts->control.n == 0 && with_unit && desk, "control_propose" },
		{ slice_is(facts->control, "proposed") && role == ROLE_DIRECTOR,
			"control_decide" },
		{ slice_is(facts->control, "approved") && desk, "control_apply" },
		{ slice_is(facts->control, "applied") && desk && after, "control_lift" },
	};
	for (size_t i = 0; i < sizeof(pleas) / sizeof(pleas[0]); i++) {
		if (pleas[i].now) {
			jw_str(&view->jw, slice_str(pleas[i].name));
		}
	}
}

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
	pleas_put(view, facts, state);
	jw_end(&view->jw);
}
