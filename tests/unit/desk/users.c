/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "base/err.h"
#include "desk/account.h"
#include "desk/first_admin.h"
#include "identity.h"
#include "records/sql.h"
#include "sys/password.h"

struct office {
	struct school school;
	struct hat admin;
	int64_t unit;
};

static void office_open(struct office *o, const char *conf)
{
	school_open(&o->school, conf);
	o->unit = school_unit(&o->school, "数学系", false);
	o->admin =
		school_hat(&o->school, school_person(&o->school, "管理员", 0), "sysadmin", 0);
}

static int64_t number(struct office *o, const char *sql)
{
	return house_number(&o->school.house, sql);
}

static int create(struct office *o, const char *body)
{
	return say(&o->school, &o->admin, ROUTE_USERS_CREATE, 0, body);
}

static void a_new_user_gets_a_one_time_password(const char *conf)
{
	struct office o = { 0 };
	struct hat hat = { 0 };
	char body[200];
	char secret[32];
	office_open(&o, conf);
	(void)snprintf(body, sizeof(body),
		"{\"account\":\"Wang.Fang\",\"name\":\"王芳\",\"unit_id\":%lld,"
		"\"roles\":[{\"role\":\"officer\",\"unit_id\":%lld}]}",
		(long long)o.unit, (long long)o.unit);
	assert_int_equal(create(&o, body), 0);
	int64_t id = o.school.answer_id;
	(void)snprintf(secret, sizeof(secret), "%.*s",
		SLICE_FMT(json_str(answer_at(&o.school, "secret"))));
	assert_int_equal(strlen(secret), 12);
	assert_int_equal(log_in(&o.school, "wang.fang", secret, &hat), 0);
	assert_int_equal(view_do(&o.school, &hat, ROUTE_SESSION_GET, 0, NULL), 0);
	bool must = false;
	assert_true(json_bool(answer_at(&o.school, "must_change_password"), &must) && must);
	assert_int_equal(json_count(answer_at(&o.school, "acts")), 3);
	refused(&o.school, view_do(&o.school, &hat, ROUTE_NOTICES_LIST, 0, NULL),
		"session.must_change");
	assert_int_equal(view_do(&o.school, &o.admin, ROUTE_USERS_LIST, 0, "q=wang"), 0);
	assert_int_equal(json_count(answer_at(&o.school, "items")), 1);
	answer_is(&o.school, "items.0.person.name", "王芳");
	answer_is(&o.school, "items.0.grants.0.unit.name", "数学系");
	assert_int_equal(
		view_do(&o.school, &o.admin, ROUTE_USERS_LIST, 0, "q=%E7%8E%8B%E8%8A%B3"), 0);
	assert_int_equal(answer_int(&o.school, "items.0.id"), id);
	assert_int_equal(view_do(&o.school, &o.admin, ROUTE_USERS_LIST, 0, "limit=1"), 0);
	assert_int_equal(json_count(answer_at(&o.school, "items")), 1);
	assert_int_equal(answer_int(&o.school, "total"), 2);
	/* Another one-time password: the first and its session are gone. */
	assert_int_equal(say(&o.school, &o.admin, ROUTE_USERS_RESET_PASSWORD, id, "{}"), 0);
	refused(&o.school, view_do(&o.school, &hat, ROUTE_SESSION_GET, 0, NULL),
		"session.none");
	refused(&o.school, log_in(&o.school, "wang.fang", secret, &hat), "session.wrong");
	school_close(&o.school);
}

static void a_bad_user_is_refused_and_leaves_nothing(const char *conf)
{
	static const struct {
		const char *body;
		const char *code;
		const char *field;
	} cases[] = {
		{ "{\"account\":\"x\",\"name\":\"甲\"}", "user.name", "account" },
		{ "{\"account\":\"9lives\",\"name\":\"甲\"}", "user.name", "account" },
		{ "{\"account\":\"a b\",\"name\":\"甲\"}", "user.name", "account" },
		{ "{\"account\":\"P1\",\"name\":\"甲\"}", "user.exists", "account" },
		{ "{\"account\":\"new\"}", "input.required", "name" },
		{ "{\"account\":\"new\",\"person_id\":999999}", "input.unknown", "person_id" },
		{ "{\"account\":\"new\",\"name\":\"甲\",\"roles\":[{\"role\":\"king\"}]}",
			"input.word", "roles" },
		{ "{\"account\":\"new\",\"name\":\"甲\",\"roles\":[{\"role\":\"system\"}]}",
			"input.word", "roles" },
		{ "{\"account\":\"new\",\"name\":\"甲\",\"roles\":[{\"role\":\"officer\"}]}",
			"grant.needs_unit", "roles" },
		{ "{\"account\":\"new\",\"name\":\"甲\",\"roles\":[{\"role\":\"operator\"},{\"role\":\"auditor\"}]}",
			"grant.three_admins", "roles" },
	};
	struct office o = { 0 };
	office_open(&o, conf);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		refused(&o.school, create(&o, cases[i].body), cases[i].code);
		assert_string_equal(o.school.field, cases[i].field);
	}
	char body[64];
	(void)snprintf(body, sizeof(body), "{\"account\":\"new\",\"person_id\":%lld}",
		(long long)o.admin.person_id);
	refused(&o.school, create(&o, body), "user.has_account");
	assert_string_equal(o.school.field, "person_id");
	assert_int_equal(number(&o, "SELECT count(*) FROM person"), 1);
	assert_int_equal(number(&o, "SELECT count(*) FROM account"), 1);
	assert_int_equal(number(&o, "SELECT count(*) FROM role_grant"), 1);
	struct hat operator=
		school_hat(&o.school, school_person(&o.school, "赵强", 0), "operator", 0);
	refused(&o.school,
		say(&o.school, &operator, ROUTE_USERS_CREATE, 0,
			"{\"account\":\"new\",\"name\":\"甲\"}"),
		"denied.role");
	school_close(&o.school);
}

static void a_disabled_user_is_out_at_once(const char *conf)
{
	struct office o = { 0 };
	office_open(&o, conf);
	struct hat hat =
		school_hat(&o.school, school_person(&o.school, "赵强", 0), "operator", 0);
	int64_t id = number(&o, "SELECT id FROM account WHERE name = 'p2'");
	int64_t self = number(&o, "SELECT id FROM account WHERE name = 'p1'");
	o.school.if_match = 7;
	assert_int_equal(
		desk_do(&o.school, &o.admin, ROUTE_USERS_UPDATE, id, "{\"disabled\":true}"),
		E_CONFLICT);
	refused(&o.school, desk_do(&o.school, &o.admin, ROUTE_USERS_UPDATE, id, "{}"),
		"input.required");
	refused(&o.school,
		desk_do(&o.school, &o.admin, ROUTE_USERS_UPDATE, self, "{\"disabled\":true}"),
		"user.self");
	refused(&o.school, say(&o.school, &o.admin, ROUTE_USERS_RESET_PASSWORD, self, "{}"),
		"user.self");
	assert_int_equal(
		desk_do(&o.school, &o.admin, ROUTE_USERS_UPDATE, 424242, "{\"disabled\":true}"),
		E_ABSENT);
	assert_int_equal(
		desk_do(&o.school, &o.admin, ROUTE_USERS_UPDATE, id, "{\"disabled\":true}"), 0);
	refused(&o.school, view_do(&o.school, &hat, ROUTE_SESSION_GET, 0, NULL),
		"session.none");
	assert_int_equal(
		desk_do(&o.school, &o.admin, ROUTE_USERS_UPDATE, id, "{\"disabled\":false}"),
		0);
	/* The old session stays ended. */
	refused(&o.school, view_do(&o.school, &hat, ROUTE_SESSION_GET, 0, NULL),
		"session.none");
	school_close(&o.school);
}

/* Every pair of roles the three administrators must not be held in, both ways round. */
static void the_three_administrators_are_kept_apart(const char *conf)
{
	static const char *const desk_side[] = { "operator", "reviewer", "verifier", "director",
		"security_admin", "response_lead", NULL };
	struct office o = { 0 };
	office_open(&o, conf);
	for (int i = 0; desk_side[i] != NULL; i++) {
		for (int admin = 0; admin < 4; admin++) {
			const char *role = admin % 2 == 0 ? "sysadmin" : "auditor";
			const char *first = admin < 2 ? role : desk_side[i];
			const char *second = admin < 2 ? desk_side[i] : role;
			int64_t person = school_person(&o.school, "甲", 0);
			assert_int_equal(desk_dof(&o.school, &o.admin, ROUTE_PEOPLE_GRANT,
						 person, "{\"role\":\"%s\"}", first),
				0);
			refused(&o.school,
				desk_dof(&o.school, &o.admin, ROUTE_PEOPLE_GRANT, person,
					"{\"role\":\"%s\"}", second),
				"grant.three_admins");
		}
	}
	int64_t person = school_person(&o.school, "乙", 0);
	assert_int_equal(desk_do(&o.school, &o.admin, ROUTE_PEOPLE_GRANT, person,
				 "{\"role\":\"auditor\"}"),
		0);
	int64_t grant = o.school.answer_id;
	refused(&o.school,
		desk_do(&o.school, &o.admin, ROUTE_PEOPLE_GRANT, person,
			"{\"role\":\"sysadmin\"}"),
		"grant.three_admins");
	/* Once it is taken back, the other may be given. */
	o.school.call.sub = grant;
	assert_int_equal(desk_do(&o.school, &o.admin, ROUTE_PEOPLE_REVOKE, person, NULL), 0);
	assert_int_equal(desk_do(&o.school, &o.admin, ROUTE_PEOPLE_GRANT, person,
				 "{\"role\":\"operator\"}"),
		0);
	assert_int_equal(desk_do(&o.school, &o.admin, ROUTE_PEOPLE_GRANT, person,
				 "{\"role\":\"verifier\"}"),
		0);
	school_close(&o.school);
}

static void a_unit_has_so_many_people_and_no_more(const char *conf)
{
	static const struct {
		const char *role;
		int most;
	} cases[] = { { "unit_head", 3 }, { "officer", 2 }, { "specialist", 1 } };
	struct office o = { 0 };
	office_open(&o, conf);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (int n = 0; n <= cases[i].most; n++) {
			int64_t person = school_person(&o.school, "甲", o.unit);
			int status = desk_dof(&o.school, &o.admin, ROUTE_PEOPLE_GRANT, person,
				"{\"role\":\"%s\",\"unit_id\":%lld}", cases[i].role,
				(long long)o.unit);
			if (n < cases[i].most) {
				assert_int_equal(status, 0);
			} else {
				refused(&o.school, status, "grant.full");
			}
		}
	}
	int64_t person = school_person(&o.school, "乙", o.unit);
	refused(&o.school,
		desk_dof(&o.school, &o.admin, ROUTE_PEOPLE_GRANT, person,
			"{\"role\":\"operator\",\"unit_id\":%lld}", (long long)o.unit),
		"grant.no_unit");
	assert_int_equal(
		desk_dof(&o.school, &o.admin, ROUTE_PEOPLE_GRANT, person,
			"{\"role\":\"contractor\",\"unit_id\":%lld}", (long long)o.unit),
		0);
	refused(&o.school,
		desk_dof(&o.school, &o.admin, ROUTE_PEOPLE_GRANT, person,
			"{\"role\":\"contractor\",\"unit_id\":%lld}", (long long)o.unit),
		"grant.exists");
	assert_int_equal(desk_do(&o.school, &o.admin, ROUTE_PEOPLE_GRANT, 424242,
				 "{\"role\":\"operator\"}"),
		E_ABSENT);
	school_close(&o.school);
}

static void a_role_taken_back_ends_its_sessions(const char *conf)
{
	struct office o = { 0 };
	office_open(&o, conf);
	int64_t person = school_person(&o.school, "赵强", 0);
	struct hat operator= school_hat(&o.school, person, "operator", 0);
	struct hat verifier = school_hat(&o.school, person, "verifier", 0);
	o.school.call.sub = number(&o, "SELECT id FROM role_grant WHERE role = 'operator'");
	assert_int_equal(desk_do(&o.school, &o.admin, ROUTE_PEOPLE_REVOKE, person, NULL), 0);
	refused(&o.school, view_do(&o.school, &operator, ROUTE_SESSION_GET, 0, NULL),
		"session.none");
	assert_int_equal(view_do(&o.school, &verifier, ROUTE_SESSION_GET, 0, NULL), 0);
	o.school.call.sub = number(&o, "SELECT id FROM role_grant WHERE role = 'operator'");
	assert_int_equal(
		desk_do(&o.school, &o.admin, ROUTE_PEOPLE_REVOKE, person, NULL), E_ABSENT);
	/* Not by way of another person's record. */
	o.school.call.sub = number(&o, "SELECT id FROM role_grant WHERE role = 'verifier'");
	assert_int_equal(
		desk_do(&o.school, &o.admin, ROUTE_PEOPLE_REVOKE, o.admin.person_id, NULL),
		E_ABSENT);
	o.school.call.sub = number(&o, "SELECT id FROM role_grant WHERE role = 'sysadmin'");
	refused(&o.school,
		desk_do(&o.school, &o.admin, ROUTE_PEOPLE_REVOKE, o.admin.person_id, NULL),
		"user.last_admin");
	school_close(&o.school);
}

static int first_run(struct txn *txn, void *arg)
{
	return first_admin(txn, slice_str(arg));
}

static void an_empty_store_gets_one_administrator_once(const char *conf)
{
	struct school school;
	struct hat hat = { 0 };
	char hash[PASSWORD_HASH_MAX];
	school_open(&school, conf);
	assert_true(first_admin_wanted(school.house.db));
	assert_int_equal(password_hash(SLICE("one-time"), hash), 0);
	assert_int_equal(school_run(&school, first_run, hash), 0);
	assert_false(first_admin_wanted(school.house.db));
	assert_int_equal(school_run(&school, first_run, hash), E_STATE);
	assert_int_equal(log_in(&school, "admin", "one-time", &hat), 0);
	assert_int_equal(view_do(&school, &hat, ROUTE_SESSION_GET, 0, NULL), 0);
	answer_is(&school, "role", "sysadmin");
	answer_is(&school, "person.name", "系统管理员");
	school_close(&school);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "a new user gets a one-time password", a_new_user_gets_a_one_time_password,
			false },
		{ "a bad user is refused and leaves nothing",
			a_bad_user_is_refused_and_leaves_nothing, false },
		{ "a disabled user is out at once", a_disabled_user_is_out_at_once, false },
		{ "the three administrators are kept apart",
			the_three_administrators_are_kept_apart, false },
		{ "a unit has so many people and no more",
			a_unit_has_so_many_people_and_no_more, false },
		{ "a role taken back ends its sessions", a_role_taken_back_ends_its_sessions,
			false },
		{ "an empty store gets one administrator, once",
			an_empty_store_gets_one_administrator_once, false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
