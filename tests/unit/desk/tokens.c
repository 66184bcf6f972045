/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/tokens.h"

#include <argon2.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "base/err.h"
#include "identity.h"
#include "records/sql.h"

static struct hat director_make(struct school *school)
{
	char hash[128];
	struct hat hat = school_hat(school, school_person(school, "周主任", 0), "director", 0);
	assert_int_equal(argon2id_hash_encoded(1, 8, 1, PASSWORD, strlen(PASSWORD),
				 "0123456789abcdef", 16, 32, hash, sizeof(hash)),
		ARGON2_OK);
	assert_int_equal(sql_run(school->house.db, "UPDATE account SET password_hash = $1",
				 SQL_STR(hash)),
		1);
	return hat;
}

static int token_make(struct school *school, const struct hat *hat, const char *rest)
{
	char body[4096];
	(void)snprintf(body, sizeof(body),
		"{\"name\":\"大屏\",\"password\":\"" PASSWORD "\",%s}", rest);
	return say(school, hat, ROUTE_TOKENS_CREATE, 0, body);
}

static void a_token_reaches_as_far_as_its_scopes(const char *conf)
{
	struct school school;
	struct hat token = { 0 };
	school_open(&school, conf);
	struct hat director = director_make(&school);
	assert_int_equal(
		token_make(&school, &director, "\"scopes\":[\"session.get\",\"tokens\"]"), 0);
	int64_t id = school.answer_id;
	struct slice secret = json_str(answer_at(&school, "secret"));
	assert_int_equal(secret.n, 44);
	(void)snprintf(token.token, sizeof(token.token), "%.*s", SLICE_FMT(secret));
	assert_int_equal(view_do(&school, &token, ROUTE_SESSION_GET, 0, NULL), 0);
	answer_is(&school, "role", "director");
	refused(&school, view_do(&school, &token, ROUTE_SESSION_LIST, 0, NULL), "denied.role");
	/* It cannot beget another, change the password, nor log out. */
	refused(&school, token_make(&school, &token, "\"scopes\":[\"session.get\"]"),
		"session.only");
	assert_int_equal(view_do(&school, &token, ROUTE_TOKENS_LIST, 0, NULL), 0);
	answer_is(&school, "items.0.name", "大屏");
	answer_is(&school, "items.0.scopes.1", "tokens");
	assert_int_equal(desk_do(&school, &director, ROUTE_TOKENS_REVOKE, id, NULL), 0);
	refused(&school, view_do(&school, &token, ROUTE_SESSION_GET, 0, NULL), "session.none");
	assert_int_equal(desk_do(&school, &director, ROUTE_TOKENS_REVOKE, id, NULL), E_ABSENT);
	school_close(&school);
}

static void a_token_is_no_more_than_its_maker(const char *conf)
{
	static const struct {
		const char *rest;
		const char *code;
	} cases[] = {
		{ "\"scopes\":[]", "input.required" },
		{ "\"scopes\":\"notices\"", "input.required" },
		{ "\"scopes\":[\"users.list\"]", "token.scope" },
		{ "\"scopes\":[\"users\"]", "token.scope" },
		{ "\"scopes\":[\"notices.list\",\"audit.list\"]", "token.scope" },
		{ "\"scopes\":[\"notic\"]", "token.scope" },
		{ "\"scopes\":[\"notices.list users\"]", "token.scope" },
		{ "\"scopes\":[\"notices\"],\"expires_at\":1000", "input.range" },
	};
	struct school school;
	school_open(&school, conf);
	struct hat director = director_make(&school);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		refused(&school, token_make(&school, &director, cases[i].rest), cases[i].code);
	}
	/* None at all is no guess at it. */
	refused(&school,
		say(&school, &director, ROUTE_TOKENS_CREATE, 0,
			"{\"name\":\"x\",\"scopes\":[\"notices\"]}"),
		"input.required");
	assert_int_equal(house_number(&school.house, "SELECT live_failures FROM account"), 0);
	refused(&school,
		say(&school, &director, ROUTE_TOKENS_CREATE, 0,
			"{\"name\":\"x\",\"password\":\"no\",\"scopes\":[\"notices\"]}"),
		"password.wrong");
	assert_int_equal(house_number(&school.house, "SELECT live_failures FROM account"), 1);
	school_close(&school);
}

static void an_account_has_twenty_tokens_and_none_of_another(const char *conf)
{
	struct school school;
	school_open(&school, conf);
	struct hat director = director_make(&school);
	for (int i = 0; i < TOKENS_LIVE_MAX; i++) {
		assert_int_equal(token_make(&school, &director, "\"scopes\":[\"notices\"]"), 0);
	}
	int64_t id = school.answer_id;
	refused(&school, token_make(&school, &director, "\"scopes\":[\"notices\"]"),
		"token.full");
	struct hat other =
		school_hat(&school, school_person(&school, "赵强", 0), "operator", 0);
	assert_int_equal(desk_do(&school, &other, ROUTE_TOKENS_REVOKE, id, NULL), E_ABSENT);
	assert_int_equal(view_do(&school, &other, ROUTE_TOKENS_LIST, 0, NULL), 0);
	assert_int_equal(json_count(answer_at(&school, "items")), 0);
	assert_int_equal(view_do(&school, &director, ROUTE_TOKENS_LIST, 0, "limit=7"), 0);
	assert_int_equal(json_count(answer_at(&school, "items")), 7);
	char query[64];
	(void)snprintf(query, sizeof(query), "limit=200&cursor=%.*s",
		SLICE_FMT(json_str(answer_at(&school, "next_cursor"))));
	assert_int_equal(view_do(&school, &director, ROUTE_TOKENS_LIST, 0, query), 0);
	assert_int_equal(json_count(answer_at(&school, "items")), 13);
	school_close(&school);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "a token reaches as far as its scopes", a_token_reaches_as_far_as_its_scopes,
			false },
		{ "a token is no more than its maker", a_token_is_no_more_than_its_maker,
			false },
		{ "an account has twenty tokens and none of another's",
			an_account_has_twenty_tokens_and_none_of_another, false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
