/* SPDX-License-Identifier: Apache-2.0 */
#include "identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/arena.h"
#include "desk/login.h"
#include "sys/password.h"
#include "sys/rand.h"

struct looking {
	struct desk_call call;
	struct login_stored stored;
};

static int look_run(struct txn *txn, void *arg)
{
	struct looking *looking = arg;
	return login_look(txn, &looking->call, &looking->stored);
}

/* As core does: look, the lane's work, the act. */
int say(struct school *school, const struct hat *hat, enum route_id route, int64_t id,
	const char *body)
{
	static char hash[PASSWORD_HASH_MAX];
	static char one_time[13];
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct looking looking = { .call = { .route = route,
					   .address = SLICE("10.0.0.9"),
					   .id = id,
					   .if_match = school->if_match,
					   .token = hat != NULL ? slice_str(hat->token)
								: (struct slice) { 0 } } };
	if (body != NULL) {
		assert_int_equal(
			json_parse(arena, slice_str(body), 0, &looking.call.body, NULL), 0);
	}
	if (hat != NULL) {
		(void)view_do(school, hat, ROUTE_SESSION_GET, 0,
			NULL); /* a call keeps him logged in */
	}
	assert_in_range(school_run(school, look_run, &looking), 0, 1);
	struct slice stored = slice_str(looking.stored.hash);
	struct slice fresh = json_get_str(looking.call.body, "new");
	hash[0] = '\0';
	if (login_need(route) == LOGIN_NEED_GENERATE) {
		rand_text(one_time, sizeof(one_time) - 1);
		fresh = slice_str(one_time);
		school->call.new_secret = fresh;
	} else {
		school->call.password_ok =
			stored.n > 0 &&
			password_verify(stored,
				json_get_str(looking.call.body, login_need_member(route)));
	}
	if (!looking.stored.refused && fresh.n > 0) {
		assert_int_equal(password_hash(fresh, hash), 0);
	} else if (school->call.password_ok && password_outdated(stored)) {
		assert_int_equal(
			password_hash(json_get_str(looking.call.body, "password"), hash), 0);
	}
	school->call.new_hash = slice_str(hash);
	school->call.code_counted = looking.stored.counted;
	return desk_do(school, hat, route, id, body);
}

int log_in(
	struct school *school, const char *account, const char *password, struct hat *ret_hat)
{
	char body[256];
	(void)snprintf(body, sizeof(body), "{\"account\":\"%s\",\"password\":\"%s\"}", account,
		password);
	int status = say(school, NULL, ROUTE_SESSION_LOGIN, 0, body);
	if (status >= 0) {
		(void)snprintf(ret_hat->token, sizeof(ret_hat->token), "%s", school->set_token);
	}
	return status;
}

void refused(const struct school *school, int status, const char *code)
{
	assert_string_equal(school->code, code);
	assert_true(status < 0);
}
