/* SPDX-License-Identifier: Apache-2.0 */
/* A second factor by the clock: what is taken, once, how often one may be wrong, how long it lasts. */
#include "desk/second_factor.h"

#include <argon2.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/otp.h"
#include "identity.h"
#include "records/secret.h"
#include "records/sql.h"

struct world {
	struct school school;
	struct hat admin;
	struct hat other;
	int64_t account; /* of other */
	uint8_t key[OTP_SECRET_OCTETS];
	char recovery[32];
};

static struct secret_key *master_key(void)
{
	struct secret_key *key = NULL;
	int fd = memfd_create("key", 0);
	assert_int_equal(write(fd, "0123456789abcdef0123456789abcdef", 32), 32);
	assert_int_equal(secret_key_read(fd, &key), 0);
	(void)close(fd);
	return key;
}

static void world_open(struct world *w, const char *conf)
{
	char hash[128];
	school_open(&w->school, conf);
	w->school.desk_env.secrets = master_key();
	w->admin = school_hat(&w->school, school_person(&w->school, "刘管", 0), "sysadmin", 0);
	w->other = school_hat(&w->school, school_person(&w->school, "孙管", 0), "sysadmin", 0);
	w->account = house_number(&w->school.house, "SELECT id FROM account WHERE name = 'p2'");
	assert_int_equal(argon2id_hash_encoded(1, 8, 1, PASSWORD, strlen(PASSWORD),
				 "0123456789abcdef", 16, 32, hash, sizeof(hash)),
		ARGON2_OK);
	assert_int_equal(sql_run(w->school.house.db,
				 "UPDATE account SET password_hash = $1, password_at_ms = $2",
				 SQL_STR(hash), SQL_INT(w->school.house.now_ms)),
		2);
}

static void world_close(struct world *w)
{
	w->school.desk_env.secrets = secret_key_destroy(w->school.desk_env.secrets);
	school_close(&w->school);
}

static int code_say(
	struct world *w, const struct hat *hat, enum route_id route, const char *code)
{
	char body[80];
	(void)snprintf(body, sizeof(body), "{\"code\":\"%s\"}", code);
	/* Core looks only where login_need says so. */
	return route == ROUTE_SECOND_FACTOR_CODE ? say(&w->school, hat, route, 0, body)
						 : desk_do(&w->school, hat, route, 0, body);
}

/* The code of a step so many away from now. */
static const char *code_of(struct world *w, int64_t off)
{
	static char text[OTP_DIGITS_MAX + 1];
	int64_t step = w->school.house.now_ms / 1000 / OTP_STEP_S;
	otp_hotp(OTP_SHA1, slice_of(w->key, sizeof(w->key)), (uint64_t)(step + off), OTP_DIGITS,
		text);
	return text;
}

static int64_t unbase32(uint8_t c)
{
	return c >= 'A' ? c - 'A' : c - '2' + 26;
}

static void key_take(struct world *w)
{
	struct slice text = json_str(answer_at(&w->school, "second_factor.secret"));
	uint64_t bits = 0;
	assert_int_equal(text.n, 32);
	for (size_t i = 0, out = 0, held = 0; i < text.n; i++) {
		bits = bits << 5 | (uint64_t)unbase32(text.p[i]);
		for (held += 5; held >= 8; held -= 8) {
			w->key[out++] = (uint8_t)(bits >> (held - 8));
		}
	}
}

static void enrol(struct world *w)
{
	assert_int_equal(say(&w->school, &w->other, ROUTE_SECOND_FACTOR_BEGIN, 0,
				 "{\"password\":\"" PASSWORD "\"}"),
		0);
	key_take(w);
	assert_int_equal(code_say(w, &w->other, ROUTE_SECOND_FACTOR_CONFIRM, code_of(w, 0)), 0);
	assert_int_equal(json_count(answer_at(&w->school, "second_factor.codes")), 10);
	struct slice first = json_str(answer_at(&w->school, "second_factor.codes.0"));
	(void)snprintf(w->recovery, sizeof(w->recovery), "%.*s", SLICE_FMT(first));
}

static int64_t number(struct world *w, const char *sql)
{
	return house_number(&w->school.house, sql);
}

static void a_code_is_taken_once_and_near_its_time(const char *conf)
{
	struct world w = { 0 };
	world_open(&w, conf);
	refused(&w.school,
		say(&w.school, &w.other, ROUTE_SECOND_FACTOR_BEGIN, 0, "{\"password\":\"x\"}"),
		"password.wrong");
	refused(&w.school, code_say(&w, &w.other, ROUTE_SECOND_FACTOR_CONFIRM, "123456"),
		"second_factor.not_begun");
	enrol(&w);
	refused(&w.school,
		say(&w.school, &w.other, ROUTE_SECOND_FACTOR_BEGIN, 0,
			"{\"password\":\"" PASSWORD "\"}"),
		"second_factor.on");
	/* The one that turned it on, and any before it, are spent; the next is good, two ahead is none. */
	refused(&w.school, code_say(&w, &w.other, ROUTE_SECOND_FACTOR_CODE, code_of(&w, 0)),
		"second_factor.again");
	refused(&w.school, code_say(&w, &w.other, ROUTE_SECOND_FACTOR_CODE, code_of(&w, -1)),
		"second_factor.again");
	refused(&w.school, code_say(&w, &w.other, ROUTE_SECOND_FACTOR_CODE, code_of(&w, 2)),
		"second_factor.wrong");
	assert_int_equal(code_say(&w, &w.other, ROUTE_SECOND_FACTOR_CODE, code_of(&w, 1)), 0);
	refused(&w.school, code_say(&w, &w.other, ROUTE_SECOND_FACTOR_CODE, code_of(&w, 1)),
		"second_factor.again");
	assert_int_equal(number(&w, "SELECT live_failures FROM second_factor"), 1);
	/* A step back of the clock brings none of them back. */
	w.school.house.now_ms -= INT64_C(1000) * OTP_STEP_S;
	refused(&w.school, code_say(&w, &w.other, ROUTE_SECOND_FACTOR_CODE, code_of(&w, 1)),
		"second_factor.again");
	world_close(&w);
}

static void wrong_codes_lock_and_a_right_one_forgives(const char *conf)
{
	struct world w = { 0 };
	world_open(&w, conf);
	enrol(&w);
	w.school.house.now_ms += 60000;
	for (int i = 0; i < 5; i++) {
		refused(&w.school,
			code_say(&w, &w.other, ROUTE_SECOND_FACTOR_CODE, code_of(&w, 5)),
			"second_factor.wrong");
	}
	/* Neither the right one nor a recovery code helps now, and nothing is counted. */
	refused(&w.school, code_say(&w, &w.other, ROUTE_SECOND_FACTOR_CODE, code_of(&w, 0)),
		"second_factor.locked");
	assert_int_equal(w.school.status, E_DENIED);
	refused(&w.school, code_say(&w, &w.other, ROUTE_SECOND_FACTOR_CODE, w.recovery),
		"second_factor.locked");
	assert_int_equal(number(&w, "SELECT live_failures FROM second_factor"), 5);
	w.school.house.now_ms += INT64_C(15) * 60000;
	assert_int_equal(code_say(&w, &w.other, ROUTE_SECOND_FACTOR_CODE, code_of(&w, 0)), 0);
	assert_int_equal(number(&w, "SELECT live_failures FROM second_factor"), 0);
	world_close(&w);
}

static void a_dangerous_act_wants_a_fresh_code(const char *conf)
{
	const char *body = "{\"account\":\"new\",\"name\":\"甲\"}";
	struct world w = { 0 };
	world_open(&w, conf);
	assert_int_equal(say(&w.school, &w.admin, ROUTE_USERS_CREATE, 0, body), 0);
	enrol(&w);
	w.school.house.now_ms += SECOND_FRESH_MS;
	body = "{\"account\":\"newer\",\"name\":\"乙\"}";
	refused(&w.school, say(&w.school, &w.other, ROUTE_USERS_CREATE, 0, body),
		"second_factor_needed");
	assert_int_equal(view_do(&w.school, &w.other, ROUTE_USERS_LIST, 0, NULL), 0);
	refused(&w.school, view_do(&w.school, &w.other, ROUTE_PEOPLE_EXPORT, 0, NULL),
		"second_factor_needed");
	/* It costs no attempt at a password, either. */
	refused(&w.school,
		say(&w.school, &w.other, ROUTE_SECOND_FACTOR_REMOVE, 0, "{\"password\":\"x\"}"),
		"second_factor_needed");
	assert_int_equal(number(&w, "SELECT live_failures FROM account WHERE name = 'p2'"), 0);
	assert_int_equal(code_say(&w, &w.other, ROUTE_SECOND_FACTOR_CODE, w.recovery), 0);
	assert_int_equal(say(&w.school, &w.other, ROUTE_USERS_CREATE, 0, body), 0);
	refused(&w.school, code_say(&w, &w.other, ROUTE_SECOND_FACTOR_CODE, w.recovery),
		"second_factor.wrong");
	assert_int_equal(say(&w.school, &w.other, ROUTE_SECOND_FACTOR_REMOVE, 0,
				 "{\"password\":\"" PASSWORD "\"}"),
		0);
	assert_int_equal(number(&w, "SELECT count(*) FROM second_factor"), 0);
	assert_int_equal(number(&w, "SELECT count(*) FROM secret"), 0);
	world_close(&w);
}

static void another_session_is_asked_and_another_administrator_resets(const char *conf)
{
	struct hat again = { 0 };
	struct world w = { 0 };
	world_open(&w, conf);
	enrol(&w);
	assert_int_equal(log_in(&w.school, "p2", PASSWORD, &again), 0);
	assert_int_equal(view_do(&w.school, &again, ROUTE_SESSION_GET, 0, NULL), 0);
	answer_is(&w.school, "second_pending", "code");
	assert_int_equal(json_count(answer_at(&w.school, "acts")), 3);
	refused(&w.school, view_do(&w.school, &again, ROUTE_USERS_LIST, 0, NULL),
		"second_factor_needed");
	w.school.house.now_ms += 60000;
	assert_int_equal(code_say(&w, &again, ROUTE_SECOND_FACTOR_CODE, code_of(&w, 0)), 0);
	refused(&w.school,
		say(&w.school, &again, ROUTE_USERS_RESET_SECOND_FACTOR, w.account, "{}"),
		"user.self");
	assert_int_equal(
		say(&w.school, &w.admin, ROUTE_USERS_RESET_SECOND_FACTOR, w.account, "{}"), 0);
	assert_int_equal(number(&w, "SELECT count(*) FROM delivery WHERE about = 'user'"), 1);
	refused(&w.school, view_do(&w.school, &again, ROUTE_SESSION_GET, 0, NULL),
		"session.none");
	refused(&w.school,
		say(&w.school, &w.admin, ROUTE_USERS_RESET_SECOND_FACTOR, w.account, "{}"),
		"second_factor.off");
	/* Another key file, as after a restore: nothing can be checked, and that is said. */
	assert_int_equal(log_in(&w.school, "p2", PASSWORD, &w.other), 0);
	enrol(&w);
	assert_int_equal(
		sql_run(w.school.house.db, "DELETE FROM secret WHERE $1 = $1", SQL_INT(1)), 1);
	w.school.house.now_ms += 60000;
	refused(&w.school, code_say(&w, &w.other, ROUTE_SECOND_FACTOR_CODE, code_of(&w, 0)),
		"second_factor.no_key");
	assert_int_equal(code_say(&w, &w.other, ROUTE_SECOND_FACTOR_CODE, w.recovery), 0);
	world_close(&w);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "a code is taken once and near its time",
			a_code_is_taken_once_and_near_its_time, false },
		{ "wrong codes lock and a right one forgives",
			wrong_codes_lock_and_a_right_one_forgives, false },
		{ "a dangerous act wants a fresh code", a_dangerous_act_wants_a_fresh_code,
			false },
		{ "another session is asked, and another administrator resets",
			another_session_is_asked_and_another_administrator_resets, false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
