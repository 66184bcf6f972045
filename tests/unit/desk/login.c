/* SPDX-License-Identifier: Apache-2.0 */
#include <argon2.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "base/err.h"
#include "identity.h"
#include "records/caller.h"
#include "records/db.h"

/* A school with one person of three roles, one of them ended, and PASSWORD. */
struct world {
	struct school school;
	int64_t unit;
	int64_t person;
	int64_t account;
	struct hat operator;
	struct hat verifier;
};

static void password_give(struct school *school, int64_t person)
{
	char hash[128];
	assert_int_equal(argon2id_hash_encoded(1, 8, 1, PASSWORD, strlen(PASSWORD),
				 "0123456789abcdef", 16, 32, hash, sizeof(hash)),
		ARGON2_OK);
	assert_int_equal(
		sql_run(school->house.db,
			"UPDATE account SET password_hash = $2, password_at_ms = $3 WHERE person_id = $1",
			SQL_INT(person), SQL_STR(hash), SQL_INT(school->house.now_ms)),
		1);
}

static void world_open(struct world *w, const char *conf)
{
	school_open(&w->school, conf);
	w->unit = school_unit(&w->school, "数学系", false);
	w->person = school_person(&w->school, "赵强", w->unit);
	w->operator= school_hat(&w->school, w->person, "operator", 0);
	w->verifier = school_hat(&w->school, w->person, "verifier", 0);
	password_give(&w->school, w->person);
	w->account = house_number(&w->school.house, "SELECT id FROM account WHERE name = 'p1'");
}

static int64_t number(struct world *w, const char *sql)
{
	return house_number(&w->school.house, sql);
}

static int64_t last_act_is(struct world *w, const char *act)
{
	AUTO_STMT struct stmt *q = NULL;
	assert_int_equal(
		sql_query_args(w->school.house.db,
			"SELECT entry FROM audit_entry ORDER BY seq DESC LIMIT 1", &q, NULL, 0),
		0);
	assert_int_equal(db_step(q), 1);
	return slice_find(db_col_text(q, 0), slice_str(act)) != SIZE_MAX;
}

static bool log_holds(struct world *w, const char *text)
{
	AUTO_STMT struct stmt *q = NULL;
	bool holds = false;
	assert_int_equal(sql_query_args(w->school.house.db, "SELECT entry FROM audit_entry", &q,
				 NULL, 0),
		0);
	while (db_step(q) == 1) {
		holds = holds || slice_find(db_col_text(q, 0), slice_str(text)) != SIZE_MAX;
	}
	return holds;
}

static void a_right_password_opens_a_session(const char *conf)
{
	struct world w = { 0 };
	struct hat hat = { 0 };
	world_open(&w, conf);
	assert_int_equal(log_in(&w.school, " P1 ", PASSWORD, &hat), 0);
	assert_true(last_act_is(&w, "session.login"));
	assert_int_equal(strlen(hat.token), 32);
	/* Only the token's digest is kept; the hash has today's parameters now. */
	assert_int_equal(
		number(&w,
			"SELECT count(*) FROM account WHERE version = 2 AND live_failures = 0"),
		1);
	assert_int_equal(view_do(&w.school, &hat, ROUTE_SESSION_GET, 0, NULL), 0);
	answer_is(&w.school, "account", "p1");
	answer_is(&w.school, "person.name", "赵强");
	answer_is(&w.school, "role", "verifier"); /* the role he acted in last */
	answer_is(&w.school, "grants.0.role", "operator");
	assert_int_equal(view_do(&w.school, &hat, ROUTE_SESSION_LIST, 0, NULL), 0);
	assert_int_equal(json_count(answer_at(&w.school, "items")), 3);
	bool current = false;
	assert_true(json_bool(answer_at(&w.school, "items.0.current"), &current) && current);
	answer_is(&w.school, "items.0.address", "127.0.0.1");
	assert_int_equal(log_in(&w.school, "p1", PASSWORD, &hat), 0);
	assert_int_equal(number(&w, "SELECT count(*) FROM account WHERE version = 2"), 1);
	school_close(&w.school);
}

static void nobody_learns_which_accounts_exist(const char *conf)
{
	struct world w = { 0 };
	struct hat hat = { 0 };
	world_open(&w, conf);
	refused(&w.school, log_in(&w.school, "p1", "wrong", &hat), "session.wrong");
	assert_int_equal(w.school.status, E_DENIED);
	assert_true(last_act_is(&w, "session.refused"));
	assert_string_equal(w.school.set_token, "");
	refused(&w.school, log_in(&w.school, "nobody", "wrong", &hat), "session.wrong");
	refused(&w.school, log_in(&w.school, "", "", &hat), "session.wrong");
	assert_int_equal(number(&w, "SELECT live_failures FROM account WHERE name = 'p1'"), 1);
	assert_int_equal(
		sql_run(w.school.house.db, "UPDATE account SET disabled = 1 WHERE id = $1",
			SQL_INT(w.account)),
		1);
	refused(&w.school, log_in(&w.school, "p1", PASSWORD, &hat), "session.wrong");
	/* The name somebody tried may be a password typed into the wrong field: it is not kept. */
	assert_false(last_act_is(&w, "nobody"));
	school_close(&w.school);
}

static void five_wrong_passwords_lock_longer_each_time(const char *conf)
{
	static const int64_t minutes[] = { 15, 30, 60, 120, 240, 480, 960, 1440, 1440 };
	struct world w = { 0 };
	struct hat hat = { 0 };
	world_open(&w, conf);
	for (size_t i = 0; i < sizeof(minutes) / sizeof(minutes[0]); i++) {
		for (int n = 0; n < 5; n++) {
			refused(&w.school, log_in(&w.school, "p1", "wrong", &hat),
				"session.wrong");
		}
		assert_true(last_act_is(&w, "session.locked"));
		int64_t until = number(
			&w, "SELECT live_locked_until_ms FROM account WHERE name = 'p1'");
		assert_int_equal(until - w.school.house.now_ms, minutes[i] * 60000);
		/* The right one does not help now, and does not lengthen the lock. */
		refused(&w.school, log_in(&w.school, "p1", PASSWORD, &hat), "session.wrong");
		assert_int_equal(
			number(&w,
				"SELECT live_locked_until_ms FROM account WHERE name = 'p1'"),
			until);
		w.school.house.now_ms = until;
	}
	assert_int_equal(log_in(&w.school, "p1", PASSWORD, &hat), 0);
	assert_int_equal(number(&w, "SELECT live_failures FROM account WHERE name = 'p1'"), 0);
	school_close(&w.school);
}

static void the_setting_decides_when_to_lock(const char *conf)
{
	struct world w = { 0 };
	struct hat hat = { 0 };
	world_open(&w, conf);
	(void)school_row(&w.school,
		"INSERT INTO setting (id, version, key, value) VALUES ($1, 1, 'password',"
		" '{\"failures_max\":2,\"lock_minutes\":3,\"age_max_days\":30}')");
	refused(&w.school, log_in(&w.school, "p1", "wrong", &hat), "session.wrong");
	refused(&w.school, log_in(&w.school, "p1", "wrong", &hat), "session.wrong");
	assert_int_equal(
		number(&w, "SELECT live_locked_until_ms FROM account WHERE name = 'p1'") -
			w.school.house.now_ms,
		180000);
	/* A password grown old must be changed before anything else. */
	w.school.house.now_ms += INT64_C(31) * 24 * 3600 * 1000;
	assert_int_equal(log_in(&w.school, "p1", PASSWORD, &hat), 0);
	assert_int_equal(number(&w, "SELECT must_change FROM account WHERE name = 'p1'"), 1);
	refused(&w.school, view_do(&w.school, &hat, ROUTE_SESSION_LIST, 0, NULL),
		"session.must_change");
	assert_int_equal(say(&w.school, &hat, ROUTE_SESSION_PASSWORD, 0,
				 "{\"old\":\"" PASSWORD "\",\"new\":\"Heron+7+Marsh\"}"),
		0);
	assert_int_equal(view_do(&w.school, &hat, ROUTE_SESSION_LIST, 0, NULL), 0);
	school_close(&w.school);
}

static void who_has_no_role_stays_outside(const char *conf)
{
	struct world w = { 0 };
	struct hat hat = { 0 };
	world_open(&w, conf);
	assert_int_equal(sql_run(w.school.house.db,
				 "UPDATE role_grant SET valid_to_ms = 1 WHERE person_id = $1",
				 SQL_INT(w.person)),
		2);
	refused(&w.school, log_in(&w.school, "p1", PASSWORD, &hat), "session.no_role");
	school_close(&w.school);
}

static void a_person_acts_in_one_of_his_own_roles(const char *conf)
{
	struct world w = { 0 };
	world_open(&w, conf);
	struct hat other = school_hat(
		&w.school, school_person(&w.school, "王芳", w.unit), "officer", w.unit);
	int64_t own = number(&w, "SELECT id FROM role_grant WHERE role = 'operator'");
	int64_t foreign = number(&w, "SELECT id FROM role_grant WHERE role = 'officer'");
	assert_int_equal(desk_dof(&w.school, &w.verifier, ROUTE_SESSION_ROLE, 0,
				 "{\"grant_id\":%lld}", (long long)own),
		0);
	assert_int_equal(view_do(&w.school, &w.verifier, ROUTE_SESSION_GET, 0, NULL), 0);
	answer_is(&w.school, "role", "operator");
	refused(&w.school,
		desk_dof(&w.school, &w.verifier, ROUTE_SESSION_ROLE, 0, "{\"grant_id\":%lld}",
			(long long)foreign),
		"input.unknown");
	assert_int_equal(
		sql_run(w.school.house.db,
			"UPDATE role_grant SET valid_to_ms = 1 WHERE id = $1", SQL_INT(own)),
		1);
	refused(&w.school,
		desk_dof(&w.school, &w.operator, ROUTE_SESSION_ROLE, 0, "{\"grant_id\":%lld}",
			(long long)own),
		"denied.role");
	assert_int_equal(view_do(&w.school, &other, ROUTE_SESSION_GET, 0, NULL), 0);
	answer_is(&w.school, "unit.name", "数学系");
	school_close(&w.school);
}

static void sessions_end_when_told_and_by_themselves(const char *conf)
{
	struct world w = { 0 };
	struct caller caller = { 0 };
	world_open(&w, conf);
	assert_int_equal(desk_do(&w.school, &w.operator, ROUTE_SESSION_LOGOUT, 0, NULL), 0);
	assert_string_equal(w.school.set_token, "-");
	refused(&w.school, view_do(&w.school, &w.operator, ROUTE_SESSION_GET, 0, NULL),
		"session.none");
	/* Half an hour without a request. */
	assert_int_equal(
		caller_load(w.school.house.db, w.school.arena, slice_str(w.verifier.token),
			SLICE("::1"), w.school.house.now_ms + 1799999, &caller),
		0);
	assert_true(caller.known);
	assert_int_equal(
		caller_load(w.school.house.db, w.school.arena, slice_str(w.verifier.token),
			SLICE("::1"), w.school.house.now_ms + 1800000, &caller),
		0);
	assert_false(caller.known);
	assert_int_equal(desk_do(&w.school, &w.verifier, ROUTE_SESSION_REVOKE_ALL, 0, NULL), 0);
	assert_string_equal(w.school.set_token, "-");
	assert_int_equal(
		number(&w, "SELECT count(*) FROM session WHERE ended_at_ms IS NULL"), 0);
	school_close(&w.school);
}

static void an_account_keeps_twenty_sessions(const char *conf)
{
	struct world w = { 0 };
	struct hat hat = { 0 };
	world_open(&w, conf);
	for (int i = 0; i < 21; i++) {
		password_give(&w.school, w.person); /* cheap again */
		assert_int_equal(log_in(&w.school, "p1", PASSWORD, &hat), 0);
	}
	assert_int_equal(
		number(&w, "SELECT count(*) FROM session WHERE ended_at_ms IS NULL"), 20);
	assert_int_equal(view_do(&w.school, &hat, ROUTE_SESSION_GET, 0, NULL), 0);
	refused(&w.school, view_do(&w.school, &w.operator, ROUTE_SESSION_GET, 0, NULL),
		"session.none");
	school_close(&w.school);
}

static void a_new_password_must_be_good(const char *conf)
{
	static const struct {
		const char *old;
		const char *fresh;
		const char *code;
	} cases[] = {
		{ PASSWORD, "", "input.required" },
		{ PASSWORD, PASSWORD, "password.same" },
		{ PASSWORD, "Ab3!5678", "password.short" },
		{ PASSWORD, "alllowercase123", "password.classes" },
		{ PASSWORD, "Mr-P1-was-here", NULL }, /* two letters are no name */
		{ PASSWORD, "call-0571-8000-Me", "password.personal" },
		{ PASSWORD, "My赵强forever1", "password.personal" },
		{ PASSWORD, "MEIJIA-flood-88", "password.personal" },
		{ PASSWORD, "P@ssw0rd12345!", "password.common" },
		{ PASSWORD, "Admin@2026!!", "password.common" },
		{ PASSWORD, "1qaz@WSX3edc", "password.common" },
		{ "Not-The-0ld-One", "Heron+7+Marsh", "password.wrong" },
	};
	struct world w = { 0 };
	char body[256];
	world_open(&w, conf);
	(void)school_row(&w.school,
		"INSERT INTO setting (id, version, key, value) VALUES ($1, 1, 'school',"
		" '{\"name\":\"美珈学院\",\"short\":\"meijia\"}')");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		password_give(&w.school, w.person);
		(void)snprintf(body, sizeof(body), "{\"old\":\"%s\",\"new\":\"%s\"}",
			cases[i].old, cases[i].fresh);
		int status = say(&w.school, &w.operator, ROUTE_SESSION_PASSWORD, 0, body);
		if (cases[i].code == NULL) {
			assert_int_equal(status, 0);
		} else {
			refused(&w.school, status, cases[i].code);
		}
		/* Only a wrong old password is an attempt. */
		assert_int_equal(
			number(&w, "SELECT live_failures FROM account WHERE name = 'p1'"),
			cases[i].code != NULL && strcmp(cases[i].code, "password.wrong") == 0);
	}
	for (int i = 0; i < 4; i++) {
		refused(&w.school, say(&w.school, &w.operator, ROUTE_SESSION_PASSWORD, 0, body),
			i < 3 ? "password.wrong" : "session.locked");
	}
	school_close(&w.school);
}

static void a_changed_password_ends_the_other_sessions(const char *conf)
{
	struct world w = { 0 };
	struct hat hat = { 0 };
	world_open(&w, conf);
	assert_int_equal(
		sql_run(w.school.house.db, "UPDATE account SET must_change = 1 WHERE id = $1",
			SQL_INT(w.account)),
		1);
	assert_int_equal(say(&w.school, &w.operator, ROUTE_SESSION_PASSWORD, 0,
				 "{\"old\":\"" PASSWORD "\",\"new\":\"Heron+7+Marsh\"}"),
		0);
	assert_int_equal(number(&w, "SELECT must_change FROM account WHERE name = 'p1'"), 0);
	assert_int_equal(view_do(&w.school, &w.operator, ROUTE_SESSION_GET, 0, NULL), 0);
	refused(&w.school, view_do(&w.school, &w.verifier, ROUTE_SESSION_GET, 0, NULL),
		"session.none");
	refused(&w.school, log_in(&w.school, "p1", PASSWORD, &hat), "session.wrong");
	assert_int_equal(log_in(&w.school, "p1", "Heron+7+Marsh", &hat), 0);
	/* Neither password nor token is anywhere in the store's log. */
	assert_false(log_holds(&w, "Heron"));
	assert_false(log_holds(&w, hat.token));
	assert_true(log_holds(&w, "session.password"));
	school_close(&w.school);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "a right password opens a session", a_right_password_opens_a_session, false },
		{ "nobody learns which accounts exist", nobody_learns_which_accounts_exist,
			false },
		{ "five wrong passwords lock longer each time",
			five_wrong_passwords_lock_longer_each_time, false },
		{ "the setting decides when to lock and how old it may be",
			the_setting_decides_when_to_lock, false },
		{ "who has no role stays outside", who_has_no_role_stays_outside, false },
		{ "a person acts in one of his own roles",
			a_person_acts_in_one_of_his_own_roles, false },
		{ "sessions end when told, and by themselves",
			sessions_end_when_told_and_by_themselves, false },
		{ "an account keeps twenty sessions", an_account_keeps_twenty_sessions, false },
		{ "a new password must be good", a_new_password_must_be_good, false },
		{ "a changed password ends the other sessions",
			a_changed_password_ends_the_other_sessions, false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
