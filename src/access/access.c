/* SPDX-License-Identifier: Apache-2.0 */
#include "access/access.h"

#include <assert.h>

#include "base/slice.h"

static_assert((int)PERMISSION_ROLE_COUNT == (int)ROLE_PEOPLE_COUNT,
	"a column for every role a person can hold");

/* Routes left to somebody who must first show a code. */
static bool before_code(enum route_id route)
{
	return route == ROUTE_SESSION_GET || route == ROUTE_SESSION_LOGOUT ||
	       route == ROUTE_SECOND_FACTOR_CODE;
}

/* Routes left to somebody who must first have a second factor; another of his roles may ask none. */
static bool before_enrolment(enum route_id route)
{
	return route == ROUTE_SESSION_GET || route == ROUTE_SESSION_LOGOUT ||
	       route == ROUTE_SESSION_ROLE || route == ROUTE_SESSION_PASSWORD ||
	       route == ROUTE_SECOND_FACTOR_GET || route == ROUTE_SECOND_FACTOR_BEGIN ||
	       route == ROUTE_SECOND_FACTOR_CONFIRM;
}

/* Routes left to somebody who must first choose a password of his own. */
static bool before_password(enum route_id route)
{
	return route == ROUTE_SESSION_GET || route == ROUTE_SESSION_LOGOUT ||
	       route == ROUTE_SESSION_PASSWORD;
}

/* Whose being in post is doubted is told so, and nothing else. */
static bool while_doubted(enum route_id route)
{
	return before_password(route) || before_code(route) || before_enrolment(route) ||
	       route == ROUTE_SESSION_LIST || route == ROUTE_SESSION_REVOKE_ALL;
}

/* Who has handed over tells his successor what he has to tell. */
static bool while_handing_over(enum route_id route)
{
	return while_doubted(route) || route == ROUTE_FILINGS_LIST ||
	       route == ROUTE_FILINGS_GET || route == ROUTE_FILINGS_HAND_OVER;
}

/* A token's scopes are route names ("notices.list") or whole resources ("notices"). */
static bool token_reaches(const char *scopes, const char *route)
{
	struct slice left = slice_str(scopes);
	struct slice name = slice_str(route);
	while (left.n > 0) {
		struct slice word = { 0 };
		(void)slice_cut(left, ' ', &word, &left);
		if (slice_eq(word, name) || (word.n > 0 && slice_starts(name, word) &&
						    name.n > word.n && name.p[word.n] == '.')) {
			return true;
		}
	}
	return false;
}

enum second_need access_second_session(const struct caller *caller)
{
	if (!caller->known || caller->token_id != 0) {
		return SECOND_NEED_NONE;
	}
	if (caller->second_on) {
		return caller->second_at_ms == 0 ? SECOND_NEED_CODE : SECOND_NEED_NONE;
	}
	return caller->second_demand == SECOND_DEMAND_LOGIN ? SECOND_NEED_ENROL
							    : SECOND_NEED_NONE;
}

static enum second_need act_need(
	const struct caller *caller, enum route_id route, int64_t now_ms)
{
	if ((unsigned)route >= ROUTE_COUNT_ || !permission_asks_second[route] ||
		(caller->token_id != 0 && routes[route].kind != ROUTE_KIND_COMMAND)) {
		return SECOND_NEED_NONE;
	}
	if (!caller->second_on) {
		return caller->second_demand == SECOND_DEMAND_OFF ? SECOND_NEED_NONE
								  : SECOND_NEED_ENROL;
	}
	bool fresh =
		caller->second_at_ms != 0 && now_ms - caller->second_at_ms < SECOND_FRESH_MS;
	return fresh ? SECOND_NEED_NONE : SECOND_NEED_CODE;
}

enum second_need access_second(
	const struct caller *caller, enum route_id route, enum scope scope, int64_t now_ms)
{
	if (scope != SCOPE_NONE) {
		return act_need(caller, route, now_ms);
	}
	enum second_need need = access_second_session(caller);
	bool password_first = need == SECOND_NEED_ENROL && caller->must_change;
	return password_first ? SECOND_NEED_NONE : need;
}

const char *access_second_code(enum second_need need)
{
	return need == SECOND_NEED_CODE    ? "second_factor_needed"
	       : need == SECOND_NEED_ENROL ? "second_factor_enrol"
					   : NULL;
}

/* First the code of who has one, then a password of his own, then the enrolment. */
static bool stands_before(const struct caller *caller, enum route_id route)
{
	enum second_need need = access_second_session(caller);
	if (need == SECOND_NEED_CODE) {
		return !before_code(route);
	}
	return caller->must_change ? !before_password(route)
				   : need == SECOND_NEED_ENROL && !before_enrolment(route);
}

enum scope access_scope(const struct caller *caller, enum route_id route)
{
	if (!caller->known || caller->address_refused ||
		(int)caller->role >= (int)ROLE_PEOPLE_COUNT ||
		(unsigned)route >= ROUTE_COUNT_) {
		return SCOPE_NONE;
	}
	if (stands_before(caller, route)) {
		return SCOPE_NONE;
	}
	if ((caller->withheld && !while_doubted(route)) ||
		(caller->reads_until_ms != 0 && !while_handing_over(route))) {
		return SCOPE_NONE;
	}
	if (caller->scopes != NULL && !token_reaches(caller->scopes, routes[route].name)) {
		return SCOPE_NONE;
	}
	return (enum scope)permission_scopes[route][caller->role];
}

bool access_covers(const struct caller *caller, enum scope scope, int64_t unit_id)
{
	return scope == SCOPE_ALL ||
	       (scope == SCOPE_OWN && unit_id != 0 && unit_id == caller->unit_id);
}
