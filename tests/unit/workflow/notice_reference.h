/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a notice may do, written a second time by hand from the regulation and
 * the school's rules, in words rather than enums.  The product's own table is
 * not looked at here.
 */
#pragma once

/* from | act | to | roles */
static const struct {
	const char *from;
	const char *act;
	const char *to;
	const char *roles;
} reference[] = {
	{ "draft", "review", "review", "operator security_admin" },
	{ "review", "reject", "draft", "reviewer director" },
	{ "review", "issue", "issued", "reviewer director" },
	{ "issued", "deliver", "issued", "system" },
	{ "issued", "sign", "received", "officer specialist unit_head" },
	{ "issued", "withdraw", "withdrawn", "director" },
	{ "received", "plan", "rectifying", "officer specialist unit_head" },
	{ "received", "withdraw", "withdrawn", "director" },
	{ "rectifying", "plan", "rectifying", "officer specialist unit_head" },
	{ "rectifying", "submit", "submitted", "officer specialist unit_head" },
	{ "rectifying", "withdraw", "withdrawn", "director" },
	{ "submitted", "return", "returned", "operator security_admin" },
	{ "submitted", "verify", "verifying", "verifier" },
	{ "returned", "plan", "rectifying", "officer specialist unit_head" },
	{ "returned", "submit", "submitted", "officer specialist unit_head" },
	{ "verifying", "second_read", "verifying", "verifier reviewer director" },
	{ "verifying", "pass", "passed", "verifier" },
	{ "verifying", "fail", "failed", "verifier" },
	{ "failed", "plan", "rectifying", "officer specialist unit_head" },
	{ "failed", "submit", "submitted", "officer specialist unit_head" },
	{ "passed", "brief", "briefed", "operator director" },
	{ "briefed", "mark_brief", "briefed", "vice_president" },
	{ "briefed", "upreport_needed", "briefed", "director" },
	{ "briefed", "upreport_not_needed", "briefed", "director" },
	{ "briefed", "upreport_sent", "upreported", "director" },
	{ "briefed", "close", "closed", "director" },
	{ "upreported", "mark_brief", "upreported", "vice_president" },
	{ "upreported", "upreport_receipted", "upreported", "director" },
	{ "upreported", "close", "closed", "director" },
	{ "closed", "mark_brief", "closed", "vice_president" },
	/* What a unit objects to, and what is not simply passed or failed. */
	{ "draft", "withdraw", "withdrawn", "director" },
	{ "review", "withdraw", "withdrawn", "director" },
	{ "objected", "withdraw", "withdrawn", "director" },
	{ "submitted", "withdraw", "withdrawn", "director" },
	{ "returned", "withdraw", "withdrawn", "director" },
	{ "verifying", "withdraw", "withdrawn", "director" },
	{ "failed", "withdraw", "withdrawn", "director" },
	{ "received", "object", "objected", "officer specialist unit_head" },
	{ "objected", "dismiss", "received", "operator security_admin director" },
	{ "objected", "uphold", "received", "operator security_admin director" },
	{ "objected", "drop", "withdrawn", "director" },
	{ "objected", "reassign", "reassigned", "operator security_admin director" },
	{ "verifying", "partial", "failed", "verifier" },
	{ "verifying", "cannot_verify", "verifying", "verifier" },
	{ "verifying", "pass_offline", "passed", "verifier" },
	{ "objected", "confirm", "objected", "director vice_president" },
	/* A confirmation is due from issue to archive, wherever the notice is. */
	{ "issued", "confirm", "issued", "director vice_president" },
	{ "received", "confirm", "received", "director vice_president" },
	{ "rectifying", "confirm", "rectifying", "director vice_president" },
	{ "submitted", "confirm", "submitted", "director vice_president" },
	{ "returned", "confirm", "returned", "director vice_president" },
	{ "verifying", "confirm", "verifying", "director vice_president" },
	{ "failed", "confirm", "failed", "director vice_president" },
	{ "passed", "confirm", "passed", "director vice_president" },
	{ "briefed", "confirm", "briefed", "director vice_president" },
	{ "upreported", "confirm", "upreported", "director vice_president" },
};
