/* SPDX-License-Identifier: Apache-2.0 */
/* What a caller is, besides his role, that narrows what he may. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "access/access.h"

static const struct {
	const char *name;
	struct caller caller;
	enum route_id route;
	enum scope scope;
} cases[] = {
	{ "nobody may nothing", { .known = false, .role = ROLE_OPERATOR }, ROUTE_NOTICES_LIST,
		SCOPE_NONE },
	{ "an operator may", { .known = true, .role = ROLE_OPERATOR }, ROUTE_NOTICES_LIST,
		SCOPE_ALL },
	{ "an administrator from elsewhere may nothing, not even look at himself",
		{ .known = true, .role = ROLE_SYSADMIN, .address_refused = true },
		ROUTE_SESSION_GET, SCOPE_NONE },
	{ "the machine is no person", { .known = true, .role = ROLE_SYSTEM }, ROUTE_SESSION_GET,
		SCOPE_NONE },
	{ "before the first password nothing is read",
		{ .known = true, .role = ROLE_OPERATOR, .must_change = true },
		ROUTE_NOTICES_LIST, SCOPE_NONE },
	{ "nor another role taken",
		{ .known = true, .role = ROLE_OPERATOR, .must_change = true },
		ROUTE_SESSION_ROLE, SCOPE_NONE },
	{ "but the password may be changed",
		{ .known = true, .role = ROLE_OPERATOR, .must_change = true },
		ROUTE_SESSION_PASSWORD, SCOPE_SELF },
	{ "and one may leave", { .known = true, .role = ROLE_OPERATOR, .must_change = true },
		ROUTE_SESSION_LOGOUT, SCOPE_SELF },
	{ "a token reaches the route it names",
		{ .known = true, .role = ROLE_OPERATOR, .scopes = "notices.list" },
		ROUTE_NOTICES_LIST, SCOPE_ALL },
	{ "and no other", { .known = true, .role = ROLE_OPERATOR, .scopes = "notices.list" },
		ROUTE_NOTICES_GET, SCOPE_NONE },
	{ "a resource names all its routes",
		{ .known = true, .role = ROLE_OPERATOR, .scopes = "assets notices" },
		ROUTE_NOTICES_GET, SCOPE_ALL },
	{ "but half a word names none",
		{ .known = true, .role = ROLE_OPERATOR, .scopes = "notice notices.l" },
		ROUTE_NOTICES_LIST, SCOPE_NONE },
	{ "empty scopes reach nothing", { .known = true, .role = ROLE_OPERATOR, .scopes = "" },
		ROUTE_NOTICES_LIST, SCOPE_NONE },
	{ "and scopes never give what the role has not",
		{ .known = true, .role = ROLE_OPERATOR, .scopes = "users audit" },
		ROUTE_AUDIT_LIST, SCOPE_NONE },
	{ "a route that does not exist is nobody's", { .known = true, .role = ROLE_DIRECTOR },
		ROUTE_COUNT_, SCOPE_NONE },
};

static void narrowed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (access_scope(&cases[i].caller, cases[i].route) != cases[i].scope) {
			fail_msg("%s", cases[i].name);
		}
	}
}

static void units_are_covered_by_their_own_people(void **state)
{
	(void)state;
	const struct caller caller = { .known = true, .role = ROLE_OFFICER, .unit_id = 7 };
	const struct caller nowhere = { .known = true, .role = ROLE_OFFICER };
	assert_true(access_covers(&caller, SCOPE_OWN, 7));
	assert_false(access_covers(&caller, SCOPE_OWN, 8));
	assert_false(access_covers(&caller, SCOPE_OWN, 0));
	assert_false(access_covers(&nowhere, SCOPE_OWN, 0));
	assert_true(access_covers(&nowhere, SCOPE_ALL, 0));
	assert_true(access_covers(&nowhere, SCOPE_ALL, 8));
	assert_false(access_covers(&caller, SCOPE_SELF, 7));
	assert_false(access_covers(&caller, SCOPE_NONE, 7));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(narrowed),
		cmocka_unit_test(units_are_covered_by_their_own_people),
	};
	return cmocka_run_group_tests_name("caller", tests, NULL, NULL);
}
