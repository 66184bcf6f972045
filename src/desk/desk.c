/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/desk.h"

#include <stdio.h>

#include "base/err.h"
#include "base/jw.h"
#include "records/caller.h"

int desk_refuse(struct desk *desk, int error, const char *code, const char *field)
{
	(void)snprintf(desk->code, sizeof(desk->code), "%s", code);
	(void)snprintf(desk->field, sizeof(desk->field), "%s", field != NULL ? field : "");
	return error;
}

void desk_audit(struct desk *desk, const char *act, const char *kind, int64_t id,
	int64_t version, struct slice reason)
{
	struct trail_act entry = {
		.act = slice_str(act),
		.actor = desk->caller.person_id,
		.role = desk->caller.known ? slice_str(name_id(&role_names, desk->caller.role))
					   : (struct slice) { 0 },
		.kind = slice_str(kind),
		.id = id,
		.version = version,
		.reason = reason,
	};
	trail_act(desk->txn, &entry);
}

void desk_answer(struct desk *desk, int64_t id, int64_t version)
{
	desk->answer_id = id;
	desk->answer_version = version;
}

int desk_unit_reached(const struct desk *desk, int64_t unit_id)
{
	return access_covers(&desk->caller, desk->scope, unit_id) ? 0 : E_ABSENT;
}

int desk_version_same(struct desk *desk, int64_t version)
{
	if (desk->call->if_match < 0 || desk->call->if_match == version) {
		return 0;
	}
	desk->answer_version = version;
	return desk_refuse(desk, E_CONFLICT, "version.changed", NULL);
}

static void answer_put(struct desk *desk)
{
	struct jw jw;
	jw_init(&jw, txn_answer(desk->txn));
	jw_object(&jw);
	if (desk->answer_id != 0) {
		jw_kv_int(&jw, "id", desk->answer_id);
	}
	if (desk->answer_version != 0) {
		jw_kv_int(&jw, "version", desk->answer_version);
	}
	jw_kv_int(&jw, "seq", txn_commit_seq(desk->txn));
	if (desk->answer_number.n > 0) {
		jw_kv_str(&jw, "number", desk->answer_number);
	}
	if (desk->answer_secret.n > 0) {
		jw_kv_str(&jw, "secret", desk->answer_secret);
		txn_answer_once(desk->txn);
	}
	if (desk->answer_second.n > 0) {
		jw_key(&jw, "second_factor");
		jw_raw(&jw, desk->answer_second);
		txn_answer_once(desk->txn);
	}
	if (desk->answer_state.n > 0) {
		jw_kv_str(&jw, "state", desk->answer_state);
	}
	if (desk->answer_report.n > 0) {
		jw_key(&jw, "report");
		jw_raw(&jw, desk->answer_report);
	}
	if (desk->answer_moves.n > 0) {
		jw_key(&jw, "moves");
		jw_raw(&jw, desk->answer_moves);
	}
	jw_end(&jw);
}

/* An attempt that was not allowed is itself a fact worth keeping. */
static int deny(struct desk *desk, const char *code)
{
	desk_audit(desk, "access.denied", routes[desk->call->route].name, desk->call->id, 0,
		slice_str(code));
	trail_keep_refusal(desk->txn);
	return desk_refuse(desk, E_DENIED, code, NULL);
}

static int caller_admit(struct desk *desk)
{
	const struct desk_call *call = desk->call;
	int error = caller_load(
		desk->db, desk->arena, call->token, call->address, desk->now_ms, &desk->caller);
	if (error < 0 || routes[call->route].open) {
		return error;
	}
	if (!desk->caller.known) {
		return desk_refuse(desk, E_DENIED, "session.none", NULL);
	}
	desk->scope = access_scope(&desk->caller, call->route);
	enum second_need need =
		access_second(&desk->caller, call->route, desk->scope, desk->now_ms);
	if (need != SECOND_NEED_NONE) {
		return desk_refuse(desk, E_DENIED, access_second_code(need), NULL);
	}
	if (desk->scope != SCOPE_NONE) {
		return 0;
	}
	if (desk->caller.must_change) {
		return desk_refuse(desk, E_DENIED, "session.must_change", NULL);
	}
	return deny(desk, desk->caller.address_refused       ? "denied.address"
			  : desk->caller.withheld            ? "denied.withheld"
			  : desk->caller.reads_until_ms != 0 ? "denied.handed_over"
							     : "denied.role");
}

/* Whose deadlines would be reckoned from a moment nobody believes. */
static bool judges_by_clock(enum route_id route)
{
	static const enum route_id judging[] = { ROUTE_FINDINGS_CONFIRM, ROUTE_NOTICES_ISSUE,
		ROUTE_NOTICES_CONFIRM, ROUTE_NOTICES_SIGN, ROUTE_NOTICES_SUBMIT,
		ROUTE_NOTICES_RETURN, ROUTE_NOTICES_VERIFY, ROUTE_NOTICES_PASS,
		ROUTE_NOTICES_FAIL, ROUTE_NOTICES_REMIND, ROUTE_NOTICES_CLOSE,
		ROUTE_FINDINGS_CONFIRM_MANY, ROUTE_NOTICES_ISSUE_MANY,
		ROUTE_NOTICES_REMIND_MANY, ROUTE_REGULATIONS_ADOPT, ROUTE_REGULATIONS_CARRY,
		ROUTE_EVENTS_GRADE, ROUTE_EVENTS_DECIDE_GRADE, ROUTE_EVENTS_MOVE };
	for (size_t i = 0; i < sizeof(judging) / sizeof(judging[0]); i++) {
		if (judging[i] == route) {
			return true;
		}
	}
	return false;
}

int desk_run(struct txn *txn, struct desk *desk)
{
	desk->txn = txn;
	desk->db = txn_db(txn);
	desk->arena = txn_arena(txn);
	desk->now_ms = txn_now_ms(txn);
	desk->caller = (struct caller) { .role = ROLE_SYSTEM, .name = "" };
	int error = caller_admit(desk);
	if (error < 0) {
		return error;
	}
	desk_fn act = desk_act(desk->call->route);
	if (act == NULL) {
		return desk_refuse(desk, E_ABSENT, "route.absent", NULL);
	}
	if (desk->call->clock_held && judges_by_clock(desk->call->route)) {
		return desk_refuse(desk, E_STATE, "clock.held", NULL);
	}
	error = act(desk);
	if (error < 0) {
		return error;
	}
	answer_put(desk);
	return 0;
}
