/* SPDX-License-Identifier: Apache-2.0 */
#include <argon2.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "audit/verify.h"
#include "base/digest.h"
#include "base/err.h"
#include "desk/audit_check.h"
#include "desk/deliver.h"
#include "identity.h"
#include "records/sql.h"

#define PHONE "13912345678"
#define ORDER                                                                                  \
	"{\"order\":\"校办〔2026〕7号\",\"reason\":\"本人申请\",\"password\":\"" PASSWORD "\"}"

/* An administrator with a password, an auditor, and somebody who leaves. */
struct world {
	struct school school;
	struct hat admin;
	struct hat auditor;
	struct hat leaver;
	int64_t account;
};

static void password_give(struct world *w, int64_t person)
{
	char hash[128];
	assert_int_equal(argon2id_hash_encoded(1, 8, 1, PASSWORD, strlen(PASSWORD),
				 "0123456789abcdef", 16, 32, hash, sizeof(hash)),
		ARGON2_OK);
	assert_int_equal(
		sql_run(w->school.house.db,
			"UPDATE account SET password_hash = $2, password_at_ms = $3 WHERE person_id = $1",
			SQL_INT(person), SQL_STR(hash), SQL_INT(w->school.house.now_ms)),
		1);
}

static int64_t number(struct world *w, const char *sql)
{
	return house_number(&w->school.house, sql);
}

static int phone_set(struct world *w, const char *phone)
{
	return desk_dof(&w->school, &w->admin, ROUTE_PEOPLE_UPDATE, w->leaver.person_id,
		"{\"phone\":\"%s\"}", phone);
}

static int mail_run(struct txn *txn, void *arg)
{
	const struct deliver_mail mail = { .person_id = *(int64_t *)arg,
		.about = "incident",
		.about_id = 1,
		.event = "test",
		.subject = SLICE("主题"),
		.body = SLICE("正文") };
	trail_act(txn, &(struct trail_act) { .act = SLICE("test.mail") });
	return deliver_mail(txn, &mail);
}

static void world_open(struct world *w, const char *conf)
{
	struct hat hat = { 0 };
	school_open(&w->school, conf);
	w->admin =
		school_hat(&w->school, school_person(&w->school, "管理员", 0), "sysadmin", 0);
	w->auditor =
		school_hat(&w->school, school_person(&w->school, "审计员", 0), "auditor", 0);
	w->leaver = school_hat(&w->school, school_person(&w->school, "赵强", 0), "operator", 0);
	password_give(w, w->admin.person_id);
	password_give(w, w->leaver.person_id);
	w->account = number(w, "SELECT id FROM account WHERE name = 'p3'");
	assert_int_equal(phone_set(w, PHONE), 0);
	assert_int_equal(log_in(&w->school, "p3", PASSWORD, &hat), 0);
	refused(&w->school, log_in(&w->school, "p3", "wrong", &hat), "session.wrong");
	refused(&w->school, log_in(&w->school, "My-Password-1", "x", &hat), "session.wrong");
	assert_int_equal(school_run(&w->school, mail_run, &w->leaver.person_id), 1);
}

/* As the administrator does it before: no role, no account in use. */
static void leave(struct world *w)
{
	assert_int_equal(
		sql_run_args(w->school.house.db,
			"UPDATE role_grant SET valid_to_ms = 1 WHERE role = 'operator'", NULL,
			0),
		1);
	assert_int_equal(desk_do(&w->school, &w->admin, ROUTE_USERS_UPDATE, w->account,
				 "{\"disabled\":true}"),
		0);
}

static int erase(struct world *w, const char *body)
{
	return say(&w->school, &w->admin, ROUTE_PEOPLE_ERASE, w->leaver.person_id, body);
}

static void only_who_has_left_is_cleared_and_by_order(const char *conf)
{
	struct world w = { 0 };
	world_open(&w, conf);
	refused(&w.school, erase(&w, ORDER), "person.has_roles");
	assert_int_equal(
		sql_run_args(w.school.house.db,
			"UPDATE role_grant SET valid_to_ms = 1 WHERE role = 'operator'", NULL,
			0),
		1);
	refused(&w.school, erase(&w, ORDER), "person.has_account");
	leave(&w);
	refused(&w.school, erase(&w, "{\"reason\":\"x\",\"password\":\"" PASSWORD "\"}"),
		"input.required");
	assert_string_equal(w.school.field, "order");
	refused(&w.school, erase(&w, "{\"order\":\"1\",\"reason\":\"x\",\"password\":\"no\"}"),
		"password.wrong");
	refused(&w.school,
		say(&w.school, &w.auditor, ROUTE_PEOPLE_ERASE, w.leaver.person_id, ORDER),
		"denied.role");
	assert_int_equal(say(&w.school, &w.admin, ROUTE_PEOPLE_ERASE, 424242, ORDER), E_ABSENT);
	assert_int_equal(
		number(&w, "SELECT count(*) FROM person WHERE phone = '" PHONE "'"), 1);
	school_close(&w.school);
}

static void found_one(void *context, const struct audit_problem *problem)
{
	/* The fixture's own rows are in no entry. */
	if (problem->code < AUDIT_ROW_CHANGED) {
		(*(int *)context)++;
		print_message("# %s %lld\n", audit_problem_name(problem->code),
			(long long)problem->seq);
	}
}

static struct digest salt_of(struct world *w)
{
	AUTO_STMT struct stmt *q = NULL;
	assert_int_equal(sql_query(w->school.house.db, "SELECT salt FROM person WHERE id = $1",
				 &q, SQL_INT(w->leaver.person_id)),
		0);
	assert_int_equal(db_step(q), 1);
	assert_int_equal(db_col_blob(q, 0).n, 16);
	return digest_of(DIGEST_SM3, db_col_blob(q, 0));
}

/* Or the digests of the rows as they were would tell a right guess of the phone from a wrong one. */
static void another_salt_lies_under_the_row(const char *conf)
{
	struct world w = { 0 };
	world_open(&w, conf);
	struct digest before = salt_of(&w);
	assert_int_equal(phone_set(&w, "13700000000"), 0);
	struct digest kept = salt_of(&w);
	assert_true(digest_eq(&before, &kept));
	leave(&w);
	assert_int_equal(erase(&w, ORDER), 0);
	struct digest after = salt_of(&w);
	assert_false(digest_eq(&before, &after));
	assert_int_equal(number(&w, "SELECT count(*) FROM delivery WHERE salt IS NULL"), 0);
	school_close(&w.school);
}

static void everything_about_him_goes_but_the_log_holds(const char *conf)
{
	struct world w = { 0 };
	struct diag diag = { 0 };
	struct audit_report report = { 0 };
	const struct audit_target target = { .store = conf };
	int problems = 0;
	world_open(&w, conf);
	leave(&w);
	/* Old phone and new, two addresses, the name he mistyped his password for. */
	int64_t kept = number(&w, "SELECT count(*) FROM audit_personal WHERE person_id ="
				  " (SELECT id FROM person WHERE name = '赵强')");
	assert_int_equal(kept, 5);
	assert_int_equal(erase(&w, ORDER), 0);
	int64_t by = number(&w, "SELECT max(seq) FROM audit_entry");
	assert_int_equal(
		number(&w, "SELECT count(*) FROM person WHERE name = '赵强' AND phone IS NULL"
			   " AND mail IS NULL AND erased_at_ms IS NOT NULL"),
		1);
	assert_int_equal(
		number(&w, "SELECT count(*) FROM session WHERE account_id ="
			   " (SELECT id FROM account WHERE name = 'p3') AND (address <> ''"
			   " OR ended_at_ms IS NULL)"),
		0);
	assert_int_equal(
		number(&w,
			"SELECT count(*) FROM delivery WHERE address = '' AND state = 'dead'"),
		1);
	assert_int_equal(
		number(&w, "SELECT count(*) FROM outbox WHERE state IN ('waiting', 'leased')"),
		0);
	assert_int_equal(
		number(&w, "SELECT count(*) FROM search WHERE token = '" PHONE "'"), 0);
	assert_int_equal(
		number(&w,
			"SELECT count(*) FROM audit_personal WHERE person_id ="
			" (SELECT id FROM person WHERE name = '赵强')"
			" AND (value IS NOT NULL OR erased_by <> (SELECT max(seq) FROM audit_entry))"),
		0);
	assert_in_range(audit_verify(&target, found_one, &problems, &report, &diag), 0, 1);
	assert_int_equal(problems, 0);
	assert_int_equal(report.erased, 5);
	assert_int_equal(report.erasers, 1);
	assert_int_equal(report.eraser[0], by);
	/* The auditor reads by which entry, and on what ground. */
	assert_int_equal(view_do(&w.school, &w.auditor, ROUTE_AUDIT_LIST, 0, NULL), 0);
	answer_is(&w.school, "items.0.act", "personal.erase");
	answer_is(&w.school, "items.0.reason", "校办〔2026〕7号：本人申请");
	assert_int_equal(
		view_do(&w.school, &w.auditor, ROUTE_AUDIT_LIST, 0, "act=session.login"), 0);
	assert_int_equal(answer_int(&w.school, "items.0.personal.0.erased_by"), by);
	school_close(&w.school);
}

static void once_cleared_he_stays_so(const char *conf)
{
	struct world w = { 0 };
	struct hat hat = { 0 };
	world_open(&w, conf);
	leave(&w);
	assert_int_equal(erase(&w, ORDER), 0);
	int64_t entries = number(&w, "SELECT max(seq) FROM audit_entry");
	assert_int_equal(erase(&w, ORDER), 0);
	assert_int_equal(number(&w, "SELECT max(seq) FROM audit_entry"), entries);
	refused(&w.school, phone_set(&w, PHONE), "person.erased");
	refused(&w.school,
		desk_do(&w.school, &w.admin, ROUTE_PEOPLE_GRANT, w.leaver.person_id,
			"{\"role\":\"operator\"}"),
		"person.erased");
	/* Somebody tries his account: what that leaves goes with the next order. */
	refused(&w.school, log_in(&w.school, "p3", PASSWORD, &hat), "session.wrong");
	assert_int_equal(erase(&w, ORDER), 0);
	assert_int_equal(
		number(&w,
			"SELECT count(*) FROM audit_personal WHERE person_id ="
			" (SELECT id FROM person WHERE name = '赵强') AND value IS NOT NULL"),
		0);
	assert_int_equal(
		view_do(&w.school, &w.admin, ROUTE_PEOPLE_GET, w.leaver.person_id, NULL), 0);
	assert_true(answer_int(&w.school, "erased_at") > 0);
	answer_is(&w.school, "name", "赵强");
	school_close(&w.school);
}

static void the_auditor_reads_from_where_and_what_changed(const char *conf)
{
	struct world w = { 0 };
	world_open(&w, conf);
	assert_int_equal(
		view_do(&w.school, &w.auditor, ROUTE_AUDIT_LIST, 0, "act=session.login"), 0);
	answer_is(&w.school, "items.0.personal.0.word", "address");
	answer_is(&w.school, "items.0.personal.0.value", "127.0.0.1");
	assert_int_equal(
		view_do(&w.school, &w.auditor, ROUTE_AUDIT_LIST, 0, "act=person.update"), 0);
	answer_is(&w.school, "items.0.personal.0.word", "phone.was");
	answer_is(&w.school, "items.0.personal.1.word", "phone");
	answer_is(&w.school, "items.0.personal.1.value", PHONE);
	assert_int_equal(
		view_do(&w.school, &w.auditor, ROUTE_AUDIT_LIST, 0, "act=session.refused"), 0);
	/* The last was of no account: its name may be a password, and is not kept. */
	assert_int_equal(json_count(answer_at(&w.school, "items.0.personal")), 1);
	answer_is(&w.school, "items.1.personal.1.word", "account");
	answer_is(&w.school, "items.1.personal.1.value", "p3");
	assert_int_equal(
		number(&w, "SELECT count(*) FROM audit_personal WHERE value LIKE '%Password%'"),
		0);
	school_close(&w.school);
}

static int checked_run(struct txn *txn, void *arg)
{
	return audit_check_record(txn, arg);
}

static void a_verification_is_a_record(const char *conf)
{
	struct world w = { 0 };
	struct audit_checked good = { .began_at_ms = 1,
		.ran = true,
		.entries = 9,
		.erased = 2,
		.erased_by = SLICE("[4]") };
	struct audit_checked bad = {
		.ran = true,
		.problems = 1,
		.found = SLICE(
			"[{\"code\":\"entry.changed\",\"seq\":3,\"zh\":\"三\",\"en\":\"3\"}]")
	};
	struct audit_checked none = { .error = SLICE("killed") };
	world_open(&w, conf);
	assert_int_equal(view_do(&w.school, &w.auditor, ROUTE_AUDIT_STATE, 0, NULL), 0);
	assert_int_equal(json_type(answer_at(&w.school, "last_check")), JSON_NULL);
	refused(&w.school, desk_do(&w.school, &w.admin, ROUTE_AUDIT_VERIFY, 0, "{}"),
		"denied.role");
	assert_int_equal(desk_do(&w.school, &w.auditor, ROUTE_AUDIT_VERIFY, 0, "{}"), 0);
	assert_int_equal(school_run(&w.school, checked_run, &good), 0);
	assert_int_equal(view_do(&w.school, &w.auditor, ROUTE_AUDIT_STATE, 0, NULL), 0);
	bool ok = false;
	assert_true(json_bool(answer_at(&w.school, "last_check.ok"), &ok) && ok);
	assert_int_equal(answer_int(&w.school, "last_check.entries"), 9);
	assert_int_equal(answer_int(&w.school, "last_check.erased_by.0"), 4);
	assert_int_equal(school_run(&w.school, checked_run, &bad), 0);
	assert_int_equal(view_do(&w.school, &w.auditor, ROUTE_AUDIT_STATE, 0, NULL), 0);
	assert_true(json_bool(answer_at(&w.school, "last_check.ok"), &ok) && !ok);
	answer_is(&w.school, "last_check.found.0.zh", "三");
	assert_int_equal(school_run(&w.school, checked_run, &none), 0);
	assert_int_equal(view_do(&w.school, &w.auditor, ROUTE_AUDIT_STATE, 0, NULL), 0);
	answer_is(&w.school, "last_check.error", "killed");
	assert_int_equal(
		view_do(&w.school, &w.auditor, ROUTE_AUDIT_LIST, 0, "act=audit.checked"), 0);
	answer_is(&w.school, "items.0.reason", "failed");
	answer_is(&w.school, "items.1.reason", "found");
	school_close(&w.school);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "only who has left is cleared, and by order",
			only_who_has_left_is_cleared_and_by_order, false },
		{ "everything about him goes but the log holds",
			everything_about_him_goes_but_the_log_holds, false },
		{ "another salt lies under the row", another_salt_lies_under_the_row, false },
		{ "once cleared he stays so", once_cleared_he_stays_so, false },
		{ "the auditor reads from where and what changed",
			the_auditor_reads_from_where_and_what_changed, false },
		{ "a verification is a record", a_verification_is_a_record, false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
