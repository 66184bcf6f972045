/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What an event, its reports and what goes up may do, written a second time by
 * hand in words.  The product's own tables are not looked at here.
 */
#pragma once

struct reference {
	const char *from;
	const char *act;
	const char *to;
	const char *roles;
	const char *needs;
};

#define DESK "operator security_admin director"
#define HANDLERS "operator security_admin director response_lead"
#define APPROVERS "director vice_president leading_group"
#define UNIT "officer specialist unit_head"

/* from | act | to | roles | what must hold */
static const struct reference events[] = {
	{ "received", "grade", "graded", HANDLERS, "reason grade" },
	{ "received", "not_event", "not_event", DESK, "reason none_sent" },
	{ "graded", "not_event", "not_event", "director", "reason none_sent other_graded" },
	{ "responding", "not_event", "not_event", "director", "reason none_sent other_graded" },
	{ "graded", "respond", "responding", HANDLERS, "" },
	{ "responding", "contain", "contained", HANDLERS, "record" },
	{ "contained", "resolve", "resolved", HANDLERS, "record" },
	{ "contained", "relapse", "responding", HANDLERS, "reason" },
	{ "resolved", "relapse", "responding", HANDLERS, "reason" },
	{ "resolved", "final", "final_reported", DESK, "final" },
	{ "final_reported", "review", "reviewed", "director", "record" },
	{ "reviewed", "close", "closed", "director", "none_asked up_settled roots" },
	/* Its grade, at any time after it was first graded and before it is closed. */
	{ "graded", "raise", "graded", HANDLERS, "reason grade graver" },
	{ "responding", "raise", "responding", HANDLERS, "reason grade graver" },
	{ "contained", "raise", "contained", HANDLERS, "reason grade graver" },
	{ "resolved", "raise", "resolved", HANDLERS, "reason grade graver" },
	{ "final_reported", "raise", "final_reported", HANDLERS, "reason grade graver" },
	{ "reviewed", "raise", "reviewed", HANDLERS, "reason grade graver" },
	{ "graded", "lower", "graded", HANDLERS, "reason grade milder none_asked" },
	{ "responding", "lower", "responding", HANDLERS, "reason grade milder none_asked" },
	{ "contained", "lower", "contained", HANDLERS, "reason grade milder none_asked" },
	{ "resolved", "lower", "resolved", HANDLERS, "reason grade milder none_asked" },
	{ "final_reported", "lower", "final_reported", HANDLERS,
		"reason grade milder none_asked" },
	{ "reviewed", "lower", "reviewed", HANDLERS, "reason grade milder none_asked" },
	{ "graded", "allow", "graded", APPROVERS, "asked other_asked" },
	{ "responding", "allow", "responding", APPROVERS, "asked other_asked" },
	{ "contained", "allow", "contained", APPROVERS, "asked other_asked" },
	{ "resolved", "allow", "resolved", APPROVERS, "asked other_asked" },
	{ "final_reported", "allow", "final_reported", APPROVERS, "asked other_asked" },
	{ "reviewed", "allow", "reviewed", APPROVERS, "asked other_asked" },
	{ "graded", "refuse", "graded", APPROVERS, "asked other_asked reason" },
	{ "responding", "refuse", "responding", APPROVERS, "asked other_asked reason" },
	{ "contained", "refuse", "contained", APPROVERS, "asked other_asked reason" },
	{ "resolved", "refuse", "resolved", APPROVERS, "asked other_asked reason" },
	{ "final_reported", "refuse", "final_reported", APPROVERS, "asked other_asked reason" },
	{ "reviewed", "refuse", "reviewed", APPROVERS, "asked other_asked reason" },
};

static const struct reference reports[] = {
	{ "draft", "edit", "draft", UNIT " " DESK, "writer open" },
	{ "draft", "submit", "submitted", UNIT " " DESK,
		"writer open news complete sealed resolved" },
	{ "returned", "edit", "returned", UNIT " " DESK, "writer open" },
	{ "returned", "submit", "submitted", UNIT " " DESK,
		"writer open news complete sealed resolved" },
	{ "submitted", "accept", "accepted", DESK, "open resolved" },
	{ "submitted", "return", "returned", DESK, "open reason" },
};

static const struct reference ups[] = {
	{ "needed", "draft", "drafted", "operator director", "text" },
	{ "drafted", "draft", "drafted", "operator director", "text" },
	{ "drafted", "approve", "approved", "operator director vice_president leading_group",
		"other leader" },
	{ "drafted", "reject", "needed", "vice_president leading_group", "reason" },
	{ "approved", "send", "sent", "operator director", "channel called" },
	{ "sent", "receipt", "receipted", "operator director", "receipt" },
	{ "needed", "waive", "waived", "director", "reason not_asked" },
	{ "drafted", "waive", "waived", "director", "reason not_asked" },
	{ "approved", "waive", "waived", "director", "reason not_asked" },
};
