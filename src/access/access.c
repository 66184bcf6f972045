/* SPDX-License-Identifier: Apache-2.0 */
#include "access/access.h"

#include <assert.h>

#include "base/slice.h"

static_assert((int)PERMISSION_ROLE_COUNT == (int)ROLE_PEOPLE_COUNT,
	"a column for every role a person can hold");

/* Routes left to somebody who must first choose a password of his own. */
static bool before_password(enum route_id route)
{
	return route == ROUTE_SESSION_GET || route == ROUTE_SESSION_LOGOUT ||
	       route == ROUTE_SESSION_PASSWORD;
}

/* Whose being in post is doubted is told so, and nothing else. */
static bool while_doubted(enum route_id route)
{
	return before_password(route) || route == ROUTE_SESSION_ROLE ||
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

enum scope access_scope(const struct caller *caller, enum route_id route)
{
	if (!caller->known || caller->address_refused ||
		(int)caller->role >= (int)ROLE_PEOPLE_COUNT ||
		(unsigned)route >= ROUTE_COUNT_) {
		return SCOPE_NONE;
	}
	if (caller->must_change && !before_password(route)) {
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
