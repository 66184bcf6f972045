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

#define SYSADMIN .known = true, .role = ROLE_SYSADMIN, .session_id = 1
enum { NOW_MS = 100 * SECOND_FRESH_MS };

static const struct {
	const char *name;
	struct caller caller;
	enum route_id route;
	enum scope scope;
	enum second_need need;
} second_cases[] = {
	{ "without a second factor nothing is asked", { SYSADMIN }, ROUTE_USERS_CREATE,
		SCOPE_ALL, SECOND_NEED_NONE },
	{ "who has one shows a code before anything", { SYSADMIN, .second_on = true },
		ROUTE_USERS_LIST, SCOPE_NONE, SECOND_NEED_CODE },
	{ "which he may", { SYSADMIN, .second_on = true }, ROUTE_SECOND_FACTOR_CODE, SCOPE_SELF,
		SECOND_NEED_NONE },
	{ "but not take it away instead", { SYSADMIN, .second_on = true },
		ROUTE_SECOND_FACTOR_REMOVE, SCOPE_NONE, SECOND_NEED_CODE },
	{ "nor take another role", { SYSADMIN, .second_on = true }, ROUTE_SESSION_ROLE,
		SCOPE_NONE, SECOND_NEED_CODE },
	{ "an old code is enough to look",
		{ SYSADMIN, .second_on = true, .second_at_ms = NOW_MS - SECOND_FRESH_MS },
		ROUTE_USERS_LIST, SCOPE_ALL, SECOND_NEED_NONE },
	{ "but for no dangerous act",
		{ SYSADMIN, .second_on = true, .second_at_ms = NOW_MS - SECOND_FRESH_MS },
		ROUTE_USERS_CREATE, SCOPE_ALL, SECOND_NEED_CODE },
	{ "a fresh one is",
		{ SYSADMIN, .second_on = true, .second_at_ms = NOW_MS - SECOND_FRESH_MS + 1 },
		ROUTE_USERS_CREATE, SCOPE_ALL, SECOND_NEED_NONE },
	{ "what the role may not do is not asked for",
		{ .known = true, .role = ROLE_OPERATOR, .second_on = true, .second_at_ms = 1 },
		ROUTE_USERS_CREATE, SCOPE_NONE, SECOND_NEED_NONE },
	{ "demanded at acts, looking is free",
		{ SYSADMIN, .second_demand = SECOND_DEMAND_ACTS }, ROUTE_USERS_LIST, SCOPE_ALL,
		SECOND_NEED_NONE },
	{ "and the act leads to enrolment", { SYSADMIN, .second_demand = SECOND_DEMAND_ACTS },
		ROUTE_USERS_CREATE, SCOPE_ALL, SECOND_NEED_ENROL },
	{ "demanded at log-in, everything does",
		{ SYSADMIN, .second_demand = SECOND_DEMAND_LOGIN }, ROUTE_USERS_LIST,
		SCOPE_NONE, SECOND_NEED_ENROL },
	{ "but enrolling", { SYSADMIN, .second_demand = SECOND_DEMAND_LOGIN },
		ROUTE_SECOND_FACTOR_BEGIN, SCOPE_SELF, SECOND_NEED_NONE },
	{ "after a password of one's own",
		{ SYSADMIN, .second_demand = SECOND_DEMAND_LOGIN, .must_change = true },
		ROUTE_SECOND_FACTOR_BEGIN, SCOPE_NONE, SECOND_NEED_NONE },
	{ "and the code before that", { SYSADMIN, .second_on = true, .must_change = true },
		ROUTE_SESSION_PASSWORD, SCOPE_NONE, SECOND_NEED_CODE },
	{ "a token may still read",
		{ .known = true, .role = ROLE_SYSADMIN, .token_id = 1, .second_on = true },
		ROUTE_PEOPLE_EXPORT, SCOPE_ALL, SECOND_NEED_NONE },
	{ "but do nothing dangerous",
		{ .known = true, .role = ROLE_SYSADMIN, .token_id = 1, .second_on = true },
		ROUTE_USERS_CREATE, SCOPE_ALL, SECOND_NEED_CODE },
};

static void a_second_factor_stands_between(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(second_cases) / sizeof(second_cases[0]); i++) {
		const struct caller *caller = &second_cases[i].caller;
		enum scope scope = access_scope(caller, second_cases[i].route);
		enum second_need need =
			access_second(caller, second_cases[i].route, scope, NOW_MS);
		if (scope != second_cases[i].scope || need != second_cases[i].need) {
			fail_msg("%s: %d %d", second_cases[i].name, (int)scope, (int)need);
		}
	}
	assert_string_equal(access_second_code(SECOND_NEED_CODE), "second_factor_needed");
	assert_string_equal(access_second_code(SECOND_NEED_ENROL), "second_factor_enrol");
	assert_null(access_second_code(SECOND_NEED_NONE));
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
		cmocka_unit_test(a_second_factor_stands_between),
		cmocka_unit_test(units_are_covered_by_their_own_people),
	};
	return cmocka_run_group_tests_name("caller", tests, NULL, NULL);
}
