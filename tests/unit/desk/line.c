/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "../workflow/china.h"
#include "base/err.h"
#include "cast.h"
#include "model/finding.h"
#include "records/sql.h"

static void refused(struct cast *c, int status, int error, const char *code)
{
	if (status != error) {
		fail_msg("%d (%s), not %d (%s)", status, c->school.code, error, code);
	}
	assert_string_equal(c->school.code, code);
}

static void end_well(struct cast *c)
{
	assert_int_equal(cast_do(c, &c->operator, ROUTE_NOTICES_BRIEF, "{}"), 0);
	cast_state(c, "briefed");
	assert_int_equal(
		cast_do(c, &c->leader, ROUTE_NOTICES_MARK_BRIEF, "{\"remark\":\"抓好落实\"}"),
		0);
	refused(c, cast_do(c, &c->director, ROUTE_NOTICES_CLOSE, "{}"), E_STATE,
		"notice.upreport");
	assert_int_equal(cast_do(c, &c->director, ROUTE_NOTICES_UPREPORT,
				 "{\"decision\":\"needed\",\"authority\":\"省教育厅\"}"),
		0);
	assert_int_equal(
		cast_do(c, &c->director, ROUTE_NOTICES_UPREPORT, "{\"decision\":\"sent\"}"), 0);
	cast_state(c, "upreported");
	assert_int_equal(cast_do(c, &c->director, ROUTE_NOTICES_UPREPORT,
				 "{\"decision\":\"receipted\",\"reason\":\"回执 12 号\"}"),
		0);
}

static void five_people(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	c.finding = cast_finding(&c, "high", "选课系统首页不可用");
	c.notice = cast_draft(&c, c.finding);
	/* What a template leaves open is filled in where it becomes known. */
	refused(&c,
		cast_do(&c, &c.operator, ROUTE_NOTICES_UPDATE,
			"{\"requirement\":\"{{校长}}\"}"),
		E_INPUT, "template.place");
	assert_int_equal(
		cast_do(&c, &c.operator, ROUTE_NOTICES_UPDATE,
			"{\"requirement\":\"{{单位}}：{{系统}}{{隐患}}，{{编号}}，{{期限}}\"}"),
		0);
	store_is(&c, "SELECT requirement FROM notice",
		"数学系：选课系统选课系统首页不可用，{{编号}}，{{期限}}");
	/* Until it is issued the unit knows nothing of it. */
	refused(&c, cast_do(&c, &c.officer, ROUTE_NOTICES_SIGN, "{}"), E_ABSENT, "");
	assert_int_equal(cast_do(&c, &c.operator, ROUTE_NOTICES_REVIEW, "{}"), 0);
	assert_int_equal(cast_do(&c, &c.reviewer, ROUTE_NOTICES_ISSUE, "{}"), 0);
	answer_is(&c.school, "number", "网安通报 2026-001");
	store_is(&c, "SELECT requirement FROM notice",
		"数学系：选课系统选课系统首页不可用，网安通报 2026-001，2026-03-10 17:30");
	answer_is(&c.school, "state", "issued");
	store_is(&c, "SELECT state FROM finding", "noticed");
	assert_int_equal(
		cast_number(&c, "SELECT due_at_ms FROM notice"), china_at("2026-03-10T17:30"));
	assert_int_equal(cast_number(&c, "SELECT count(*) FROM document WHERE kind = 'notice' "
					 "AND state = 'waiting' AND of_id IS NULL"),
		1);
	/* And its Word file. */
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM outbox WHERE kind = 'render'"), 2);
	/* The mail to the officer: no word of what is wrong, the paper with it. */
	assert_int_equal(cast_number(&c, "SELECT count(*) FROM delivery d JOIN outbox o ON "
					 "o.id = d.id JOIN document p"
					 " ON p.id = d.document_id WHERE d.about = 'notice' "
					 "AND d.subject = '【网络安全通报】网安通报 2026-001'"),
		1);
	refused(&c, cast_do(&c, &c.stranger, ROUTE_NOTICES_SIGN, "{}"), E_ABSENT, "");
	school_at(&c.school, "2026-03-04T10:00");
	cast_submit(&c);
	store_is(&c, "SELECT state FROM finding", "remediated");
	store_is(&c, "SELECT state FROM rectification", "sealed_uploaded");
	refused(&c, cast_do(&c, &c.reviewer, ROUTE_NOTICES_VERIFY, "{}"), E_DENIED,
		"denied.role");
	assert_int_equal(cast_do(&c, &c.verifier, ROUTE_NOTICES_VERIFY, "{}"), 0);
	assert_int_equal(cast_number(&c, "SELECT count(*) FROM outbox o JOIN probe_proof p ON "
					 "p.id = o.id WHERE o.kind = 'probe'"),
		1);
	const char *pass = "{\"opinion\":\"复测正常，已消除\",\"method\":\"probe\"}";
	refused(&c, cast_do(&c, &c.verifier, ROUTE_NOTICES_PASS, pass), E_INPUT,
		"notice.proof");
	cast_probe(&c, "up");
	refused(&c, cast_do(&c, &c.verifier, ROUTE_NOTICES_PASS, pass), E_DENIED,
		"notice.second_reader");
	refused(&c, cast_do(&c, &c.verifier, ROUTE_NOTICES_SECOND_READ, "{}"), E_DENIED,
		"notice.reads_own");
	assert_int_equal(cast_do(&c, &c.director, ROUTE_NOTICES_SECOND_READ, "{}"), 0);
	assert_int_equal(cast_do(&c, &c.verifier, ROUTE_NOTICES_PASS, pass), 0);
	store_is(&c, "SELECT state FROM finding", "closed");
	end_well(&c);
	assert_int_equal(cast_do(&c, &c.director, ROUTE_NOTICES_CLOSE, "{}"), 0);
	cast_state(&c, "closed");
	refused(&c,
		cast_do(&c, &c.director, ROUTE_NOTICES_WITHDRAW,
			"{\"reason\":\"已经归档不可撤销\"}"),
		E_STATE, "notice.no_such_step");
	/* What is left are the looks at what was closed, days from now. */
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM timer WHERE fired_at_ms IS NULL "
				"AND cancelled_at_ms IS NULL AND kind LIKE 'notice.%'"),
		0);
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM timer WHERE kind = 'finding.recheck'"),
		2);
	school_close(&c.school);
}

static void two_people(const char *conf)
{
	struct cast c;
	cast_two(&c, conf, false);
	c.finding = cast_finding(&c, "high", "选课系统首页不可用");
	c.notice = cast_draft(&c, c.finding);
	assert_int_equal(cast_do(&c, &c.operator, ROUTE_NOTICES_REVIEW, "{}"), 0);
	assert_int_equal(cast_do(&c, &c.reviewer, ROUTE_NOTICES_ISSUE, "{}"), 0);
	cast_submit(&c);
	assert_int_equal(cast_do(&c, &c.verifier, ROUTE_NOTICES_VERIFY, "{}"), 0);
	cast_probe(&c, "up");
	/* With two there is no second reader to be had. */
	assert_int_equal(cast_do(&c, &c.verifier, ROUTE_NOTICES_PASS,
				 "{\"opinion\":\"复测正常，已消除\",\"method\":\"probe\"}"),
		0);
	end_well(&c);
	assert_int_equal(cast_do(&c, &c.director, ROUTE_NOTICES_CLOSE, "{}"), 0);
	school_close(&c.school);
}

static void issued_by_its_author(const char *conf)
{
	struct cast c;
	cast_two(&c, conf, false);
	/* The operator is also reviewer; the other one is away. */
	c.reviewer = school_hat(&c.school, c.operator.person_id, "reviewer", 0);
	c.finding = cast_finding(&c, "medium", "选课系统首页不可用");
	c.notice = cast_draft(&c, c.finding);
	assert_int_equal(cast_do(&c, &c.operator, ROUTE_NOTICES_REVIEW, "{}"), 0);
	/* Both are reviewers: the one who sent it is not told what he has just done. */
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM delivery WHERE about = 'notice'"), 1);
	refused(&c, cast_do(&c, &c.reviewer, ROUTE_NOTICES_ISSUE, "{}"), E_DENIED,
		"notice.author_is_issuer");
	assert_int_equal(cast_do(&c, &c.reviewer, ROUTE_NOTICES_ISSUE,
				 "{\"defer_reason\":\"主任出差，情况紧急\"}"),
		0);
	assert_int_equal(cast_number(&c, "SELECT deferred_due_at_ms FROM notice"),
		china_at("2026-03-04T17:30"));
	cast_submit(&c);
	assert_int_equal(cast_do(&c, &c.verifier, ROUTE_NOTICES_VERIFY, "{}"), 0);
	cast_probe(&c, "up");
	assert_int_equal(cast_do(&c, &c.verifier, ROUTE_NOTICES_PASS,
				 "{\"opinion\":\"复测正常，已消除\",\"method\":\"probe\"}"),
		0);
	end_well(&c);
	refused(&c, cast_do(&c, &c.director, ROUTE_NOTICES_CLOSE, "{}"), E_STATE,
		"notice.confirm_pending");
	cast_time(&c, "2026-03-04T18:00");
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM timeline WHERE code = 'unconfirmed'"), 1);
	assert_int_equal(cast_do(&c, &c.director, ROUTE_NOTICES_CONFIRM, "{}"), 0);
	assert_int_equal(cast_do(&c, &c.director, ROUTE_NOTICES_CLOSE, "{}"), 0);
	school_close(&c.school);
}

static void the_centres_own_server(const char *conf)
{
	struct cast c;
	cast_two(&c, conf, true);
	cast_issue(&c, "high");
	cast_submit(&c);
	/* The one who repaired puts on the verifier's hat: never. */
	struct hat self = school_hat(&c.school, c.officer.person_id, "verifier", 0);
	refused(&c, cast_do(&c, &self, ROUTE_NOTICES_VERIFY, "{}"), E_DENIED,
		"notice.verifier_is_repairer");
	assert_int_equal(cast_do(&c, &c.verifier, ROUTE_NOTICES_VERIFY, "{}"), 0);
	refused(&c,
		cast_do(&c, &c.verifier, ROUTE_NOTICES_PASS,
			"{\"opinion\":\"手工复测正常\",\"method\":\"manual\"}"),
		E_INPUT, "notice.proof");
	cast_probe(&c, "down");
	refused(&c,
		cast_do(&c, &c.verifier, ROUTE_NOTICES_PASS,
			"{\"opinion\":\"复测正常吗\",\"method\":\"probe\"}"),
		E_INPUT, "notice.proof");
	/* Asked again by the same verifier. */
	assert_int_equal(cast_do(&c, &c.verifier, ROUTE_NOTICES_VERIFY, "{}"), 0);
	cast_probe(&c, "up");
	assert_int_equal(cast_do(&c, &c.verifier, ROUTE_NOTICES_PASS,
				 "{\"opinion\":\"复测正常，已消除\",\"method\":\"probe\"}"),
		0);
	end_well(&c);
	assert_int_equal(cast_number(&c, "SELECT centre_self FROM brief"), 1);
	assert_int_equal(cast_do(&c, &c.director, ROUTE_NOTICES_CLOSE, "{}"), 0);
	school_close(&c.school);
}

static void failed_and_again(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	cast_issue(&c, "medium");
	school_at(&c.school, "2026-03-05T10:00");
	cast_submit(&c);
	int64_t first_scan = c.scan;
	assert_int_equal(cast_do(&c, &c.verifier, ROUTE_NOTICES_VERIFY, "{}"), 0);
	cast_probe(&c, "down");
	refused(&c,
		cast_do(&c, &c.verifier, ROUTE_NOTICES_FAIL,
			"{\"opinion\":\"坏\",\"method\":\"probe\"}"),
		E_INPUT, "notice.failure_evidence");
	assert_int_equal(cast_do(&c, &c.verifier, ROUTE_NOTICES_FAIL,
				 "{\"opinion\":\"首页仍不可用\",\"method\":\"probe\"}"),
		0);
	cast_state(&c, "failed");
	store_is(&c, "SELECT state FROM finding", "noticed");
	assert_int_equal(cast_number(&c, "SELECT round FROM notice"), 2);
	assert_int_equal(cast_number(&c, "SELECT count(*) FROM rectification"), 2);
	/* Half of ten working days, from the failure on. */
	assert_int_equal(
		cast_number(&c, "SELECT due_at_ms FROM notice"), china_at("2026-03-12T17:30"));
	/* The scan of the first round is none of the second. */
	assert_int_equal(
		desk_dof(&c.school, &c.officer, ROUTE_NOTICES_SUBMIT, c.notice,
			"{\"items\":[{\"finding_id\":%lld,\"cause\":\"a\",\"measure\":\"b\"}],"
			"\"attachment_id\":%lld}",
			(long long)c.finding, (long long)first_scan),
		E_INPUT);
	assert_string_equal(c.school.code, "notice.scan");
	assert_int_equal(cast_upload(&c, &c.officer, "image/png"), 0);
	assert_int_equal(
		desk_dof(&c.school, &c.officer, ROUTE_NOTICES_SUBMIT, c.notice,
			"{\"items\":[{\"finding_id\":%lld,\"cause\":\"a\",\"measure\":\"b\"}],"
			"\"attachment_id\":%lld}",
			(long long)c.finding, (long long)c.scan),
		0);
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM verification WHERE round = 2"), 1);
	school_close(&c.school);
}

static void returned_for_form(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	cast_issue(&c, "high");
	cast_submit(&c);
	refused(&c,
		cast_do(&c, &c.operator, ROUTE_NOTICES_RETURN,
			"{\"faults\":[],\"reason\":\"公章不清晰\"}"),
		E_INPUT, "notice.fault");
	refused(&c,
		cast_do(&c, &c.operator, ROUTE_NOTICES_RETURN,
			"{\"faults\":[\"ugly\"],\"reason\":\"公章不清晰\"}"),
		E_INPUT, "input.word");
	assert_int_equal(
		cast_do(&c, &c.operator, ROUTE_NOTICES_RETURN,
			"{\"faults\":[\"seal_unreadable\"],\"reason\":\"公章不清晰\"}"),
		0);
	cast_state(&c, "returned");
	store_is(&c, "SELECT state FROM rectification", "returned");
	store_is(&c, "SELECT state FROM finding", "noticed");
	assert_int_equal(cast_number(&c, "SELECT count(*) FROM timer WHERE kind = 'notice.due' "
					 "AND cancelled_at_ms IS NULL"),
		1);
	assert_int_equal(cast_upload(&c, &c.operator, "image/jpeg"), 0);
	assert_int_equal(
		cast_number(&c, "SELECT by_proxy FROM attachment ORDER BY id DESC LIMIT 1"), 1);
	assert_int_equal(
		desk_dof(&c.school, &c.officer, ROUTE_NOTICES_SUBMIT, c.notice,
			"{\"items\":[{\"finding_id\":%lld,\"cause\":\"a\",\"measure\":\"b\"}],"
			"\"attachment_id\":%lld}",
			(long long)c.finding, (long long)c.scan),
		0);
	assert_int_equal(cast_number(&c, "SELECT round FROM notice"), 1);
	school_close(&c.school);
}

static void withdrawn(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	cast_issue(&c, "medium");
	refused(&c, cast_do(&c, &c.director, ROUTE_NOTICES_WITHDRAW, "{\"reason\":\"错\"}"),
		E_INPUT, "notice.reason");
	assert_int_equal(cast_do(&c, &c.director, ROUTE_NOTICES_WITHDRAW,
				 "{\"reason\":\"责任单位有误\"}"),
		0);
	store_is(&c, "SELECT state FROM finding", "confirmed");
	store_is(&c, "SELECT number FROM notice", "网安通报 2026-001");
	assert_int_equal(cast_number(&c, "SELECT count(*) FROM timer WHERE fired_at_ms IS NULL "
					 "AND cancelled_at_ms IS NULL"),
		0);
	/* The finding may go into another notice, with the next number, by the name the school now uses. */
	(void)school_row(&c.school,
		"INSERT INTO setting (id, version, key, value) VALUES ($1, 1, 'school',"
		" '{\"name\":\"示例学院\",\"number_prefix\":\"网信通报\"}')");
	c.notice = cast_draft(&c, c.finding);
	assert_int_equal(cast_do(&c, &c.operator, ROUTE_NOTICES_REVIEW, "{}"), 0);
	assert_int_equal(cast_do(&c, &c.reviewer, ROUTE_NOTICES_ISSUE, "{}"), 0);
	answer_is(&c.school, "number", "网信通报 2026-002");
	school_close(&c.school);
}

static void versions_and_strangers(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	cast_issue(&c, "medium");
	c.school.if_match = 1;
	refused(&c, cast_do(&c, &c.officer, ROUTE_NOTICES_SIGN, "{}"), E_CONFLICT,
		"version.changed");
	assert_true(c.school.answer_version > 1);
	c.school.if_match = c.school.answer_version;
	assert_int_equal(cast_do(&c, &c.officer, ROUTE_NOTICES_SIGN, "{}"), 0);
	assert_int_equal(cast_do(&c, &c.officer, ROUTE_NOTICES_PLAN,
				 "{\"responsible\":\"王芳\",\"plan\":\"升级\"}"),
		0);
	refused(&c, cast_upload(&c, &c.stranger, "application/pdf"), E_ABSENT, "");
	refused(&c, cast_upload(&c, &c.officer, "application/zip"), E_INPUT, "upload.media");
	assert_int_equal(cast_upload(&c, &c.officer, "application/pdf"), 0);
	int64_t scan = c.scan;
	int64_t finding = c.finding;
	/* Ids of another notice inside one's own request are as unknown as none. */
	assert_int_equal(desk_dof(&c.school, &c.operator, ROUTE_FINDINGS_CREATE, 0,
				 "{\"title\":\"选课系统首页不可用\",\"kind\":\"service_fault\","
				 "\"grade\":\"low\",\"check_id\":%lld}",
				 (long long)c.watch),
		0);
	assert_int_equal(c.school.answer_id, finding); /* open already: the same record */
	assert_int_equal(sql_run(c.school.house.db, "UPDATE attachment SET about_id = $1",
				 SQL_INT(c.notice + 1)),
		1);
	assert_int_equal(
		desk_dof(&c.school, &c.officer, ROUTE_NOTICES_SUBMIT, c.notice,
			"{\"items\":[{\"finding_id\":%lld,\"cause\":\"a\",\"measure\":\"b\"}],"
			"\"attachment_id\":%lld}",
			(long long)finding, (long long)scan),
		E_INPUT);
	assert_string_equal(c.school.code, "input.unknown");
	assert_string_equal(c.school.field, "attachment_id");
	assert_int_equal(
		desk_dof(&c.school, &c.officer, ROUTE_NOTICES_SUBMIT, c.notice,
			"{\"items\":[{\"finding_id\":%lld,\"cause\":\"a\",\"measure\":\"b\"}],"
			"\"attachment_id\":%lld}",
			(long long)finding + 1, (long long)scan),
		E_INPUT);
	assert_string_equal(c.school.field, "items");
	school_close(&c.school);
}

static void one_notice_a_unit(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	int64_t one = cast_finding(&c, "high", "选课系统首页不可用");
	assert_int_equal(desk_dof(&c.school, &c.operator, ROUTE_FINDINGS_CREATE, 0,
				 "{\"title\":\"别家的\",\"kind\":\"other\",\"grade\":\"low\","
				 "\"unit_id\":%lld,"
				 "\"description\":\"证据\"}",
				 (long long)c.other),
		0);
	int64_t two = c.school.answer_id;
	/* Not judged yet. */
	assert_int_equal(
		desk_dof(&c.school, &c.operator, ROUTE_NOTICES_CREATE, 0,
			"{\"title\":\"t\",\"finding_ids\":[%lld],\"requirement\":\"r\"}",
			(long long)two),
		E_STATE);
	assert_string_equal(c.school.code, "notice.finding_not_confirmed");
	assert_int_equal(desk_do(&c.school, &c.operator, ROUTE_FINDINGS_CONFIRM, two,
				 "{\"title\":\"别家的\",\"kind\":\"other\",\"grade\":\"low\"}"),
		0);
	assert_int_equal(
		desk_dof(&c.school, &c.operator, ROUTE_NOTICES_CREATE, 0,
			"{\"title\":\"t\",\"finding_ids\":[%lld,%lld],\"requirement\":\"r\"}",
			(long long)one, (long long)two),
		E_INPUT);
	assert_string_equal(c.school.code, "notice.units");
	c.notice = cast_draft(&c, one);
	assert_int_equal(
		desk_dof(&c.school, &c.operator, ROUTE_NOTICES_CREATE, 0,
			"{\"title\":\"t\",\"finding_ids\":[%lld],\"requirement\":\"r\"}",
			(long long)one),
		E_STATE);
	assert_string_equal(c.school.code, "notice.finding_taken");
	/* Nobody is filed in the other unit's head office: still the officer there. */
	assert_int_equal(
		cast_do(&c, &c.operator, ROUTE_NOTICES_UPDATE, "{\"title\":\"改过的题目\"}"),
		0);
	store_is(&c, "SELECT title FROM notice", "改过的题目");
	assert_int_equal(cast_do(&c, &c.operator, ROUTE_NOTICES_REVIEW, "{}"), 0);
	refused(&c, cast_do(&c, &c.operator, ROUTE_NOTICES_UPDATE, "{\"title\":\"x\"}"),
		E_STATE, "notice.no_such_step");
	assert_int_equal(
		cast_do(&c, &c.reviewer, ROUTE_NOTICES_REJECT, "{\"reason\":\"要求不具体\"}"),
		0);
	cast_state(&c, "draft");
	school_close(&c.school);
}

static int delivered_run(struct txn *txn, void *arg)
{
	struct cast *c = arg;
	int64_t id = 0;
	if (sql_int(txn_db(txn),
		    "SELECT id FROM delivery WHERE about = 'notice' AND person_id = $1", &id,
		    SQL_INT(c->officer.person_id)) != 1) {
		return E_ABSENT;
	}
	return line_delivered(txn, &c->school.desk_env, id);
}

static void the_clock_starts_when_somebody_is_reached(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	/* Issued at 23:30: T0 is the cap, past midnight, until a mail arrives before. */
	school_at(&c.school, "2026-03-03T23:30");
	cast_issue(&c, "high");
	assert_int_equal(
		cast_number(&c, "SELECT due_at_ms FROM notice"), china_at("2026-03-11T17:30"));
	school_at(&c.school, "2026-03-03T23:31");
	assert_int_equal(school_run(&c.school, delivered_run, &c), 0);
	assert_int_equal(
		cast_number(&c, "SELECT due_at_ms FROM notice"), china_at("2026-03-10T17:30"));
	assert_int_equal(cast_number(&c, "SELECT reached_at_ms FROM notice"),
		china_at("2026-03-03T23:31"));
	int64_t version = cast_number(&c, "SELECT version FROM notice");
	school_at(&c.school, "2026-03-05T23:31");
	assert_int_equal(
		school_run(&c.school, delivered_run, &c), 0); /* only the first counts */
	assert_int_equal(cast_number(&c, "SELECT version FROM notice"), version);
	school_close(&c.school);
}

static void the_ladder_goes_up_once(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	cast_issue(&c, "high");
	/* Friday to Monday: nobody is reminded on a weekend. */
	cast_time(&c, "2026-03-04T17:31");
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM timeline WHERE code = 'sign_overdue'"),
		1);
	assert_int_equal(cast_do(&c, &c.officer, ROUTE_NOTICES_SIGN, "{}"), 0);
	cast_time(&c, "2026-03-10T17:31");
	assert_int_equal(cast_number(&c, "SELECT overdue_level FROM notice"), 0);
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM timeline WHERE code = 'overdue'"), 1);
	cast_time(&c, "2026-03-11T17:31");
	assert_int_equal(cast_number(&c, "SELECT overdue_level FROM notice"), 1);
	cast_time(&c, "2026-03-16T08:00"); /* Monday, before the second rung's end */
	assert_int_equal(cast_number(&c, "SELECT overdue_level FROM notice"), 2);
	/* A submission stops it. */
	assert_int_equal(cast_do(&c, &c.officer, ROUTE_NOTICES_PLAN,
				 "{\"responsible\":\"王芳\",\"plan\":\"升级\"}"),
		0);
	assert_int_equal(cast_upload(&c, &c.officer, "application/pdf"), 0);
	assert_int_equal(
		desk_dof(&c.school, &c.officer, ROUTE_NOTICES_SUBMIT, c.notice,
			"{\"items\":[{\"finding_id\":%lld,\"cause\":\"a\",\"measure\":\"b\"}],"
			"\"attachment_id\":%lld}",
			(long long)c.finding, (long long)c.scan),
		0);
	cast_time(&c, "2026-04-20T10:00");
	assert_int_equal(cast_number(&c, "SELECT overdue_level FROM notice"), 2);
	assert_int_equal(cast_do(&c, &c.operator, ROUTE_NOTICES_REMIND, "{}"), E_STATE);
	assert_int_equal(cast_do(&c, &c.operator, ROUTE_NOTICES_RETURN,
				 "{\"faults\":[\"page_missing\"],\"reason\":\"缺第二页\"}"),
		E_INPUT);
	assert_int_equal(cast_do(&c, &c.operator, ROUTE_NOTICES_RETURN,
				 "{\"faults\":[\"page_missing\"],\"reason\":\"报告缺第二页\"}"),
		0);
	assert_int_equal(cast_do(&c, &c.operator, ROUTE_NOTICES_REMIND, "{}"), 0);
	assert_int_equal(cast_number(&c, "SELECT reminders FROM notice"), 1);
	/* Resumes at the rung it stood on, never at zero. */
	cast_time(&c, "2026-04-28T17:31");
	assert_int_equal(cast_number(&c, "SELECT overdue_level FROM notice"), 3);
	cast_time(&c, "2026-06-01T09:00");
	assert_int_equal(cast_number(&c, "SELECT overdue_level FROM notice"), 4);
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM timeline WHERE code = 'overdue'"), 6);
	school_close(&c.school);
}

static int paper_fails(struct txn *txn, void *arg)
{
	struct cast *c = arg;
	struct line_document done = { .error = SLICE("no font") };
	if (sql_int_args(txn_db(txn), "SELECT min(id) FROM document", &done.document_id, NULL,
		    0) != 1 ||
		sql_run(txn_db(txn),
			"UPDATE outbox SET state = 'leased', attempts = attempts + 1"
			" WHERE id = $1",
			SQL_INT(done.document_id)) != 1) {
		return E_ABSENT;
	}
	return line_document_done(txn, &c->school.desk_env, &done);
}

static void a_paper_that_cannot_be_made_is_an_alert(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	cast_issue(&c, "high");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(school_run(&c.school, paper_fails, &c), 0);
		store_is(&c, "SELECT state FROM document ORDER BY id LIMIT 1", "waiting");
	}
	assert_int_equal(school_run(&c.school, paper_fails, &c), 0);
	store_is(&c, "SELECT state FROM document ORDER BY id LIMIT 1", "failed");
	store_is(&c, "SELECT code FROM alert", "paper.failed");
	school_close(&c.school);
}

static void a_kind_is_one_of_the_list(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	refused(&c,
		desk_dof(&c.school, &c.operator, ROUTE_FINDINGS_CREATE, 0,
			"{\"title\":\"弱口令\",\"kind\":\"weak_password_1\",\"grade\":\"low\",\"unit_id\":%lld}",
			(long long)c.unit),
		E_INPUT, "input.word");
	assert_string_equal(c.school.field, "kind");
	assert_int_equal(cast_number(&c, "SELECT count(*) FROM finding"), 0);
	for (unsigned i = 0; i < finding_kind_names.count; i++) {
		assert_int_equal(
			desk_dof(&c.school, &c.operator, ROUTE_FINDINGS_CREATE, 0,
				"{\"title\":\"隐患\",\"kind\":\"%s\",\"grade\":\"low\",\"unit_id\":%lld}",
				name_id(&finding_kind_names, i), (long long)c.unit),
			0);
	}
	assert_int_equal(cast_number(&c, "SELECT count(*) FROM finding"), 9);
	/* One of before the list keeps its own word, and takes no other. */
	int64_t id = c.school.answer_id;
	assert_int_equal(
		sql_run(c.school.house.db,
			"UPDATE finding SET kind = 'availability' WHERE id = $1", SQL_INT(id)),
		1);
	refused(&c,
		desk_do(&c.school, &c.operator, ROUTE_FINDINGS_CONFIRM, id,
			"{\"kind\":\"strange\",\"description\":\"证据\"}"),
		E_INPUT, "input.word");
	assert_int_equal(desk_do(&c.school, &c.operator, ROUTE_FINDINGS_CONFIRM, id,
				 "{\"kind\":\"availability\",\"description\":\"证据\"}"),
		0);
	school_close(&c.school);
}

static void false_positives_need_two(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	struct hat colleague =
		school_hat(&c.school, school_person(&c.school, "吴敏", 0), "operator", 0);
	int64_t id = cast_finding(&c, "high", "选课系统首页不可用");
	assert_int_equal(
		desk_do(&c.school, &c.operator, ROUTE_FINDINGS_SECOND, id, "{}"), E_STATE);
	assert_int_equal(desk_do(&c.school, &c.operator, ROUTE_FINDINGS_FALSE_POSITIVE, id,
				 "{\"reason\":\"太短\"}"),
		E_INPUT);
	assert_string_equal(c.school.code, "finding.reason");
	assert_int_equal(desk_do(&c.school, &c.operator, ROUTE_FINDINGS_FALSE_POSITIVE, id,
				 "{\"reason\":\"探测点自身故障造成的误判\"}"),
		0);
	store_is(&c, "SELECT state FROM finding", "confirmed");
	assert_int_equal(
		desk_do(&c.school, &c.operator, ROUTE_FINDINGS_SECOND, id, "{}"), E_DENIED);
	assert_int_equal(desk_do(&c.school, &colleague, ROUTE_FINDINGS_SECOND, id, "{}"), 0);
	store_is(&c, "SELECT state FROM finding", "false_positive");
	school_close(&c.school);
}

static int64_t next_remind(struct cast *c)
{
	return cast_number(c,
		"SELECT COALESCE(min(fire_at_ms), 0) FROM timer WHERE kind = 'notice.remind'"
		" AND fired_at_ms IS NULL AND cancelled_at_ms IS NULL");
}

static void reminded(struct cast *c, int times)
{
	assert_int_equal(
		cast_number(c, "SELECT count(*) FROM timeline WHERE code = 'due_reminded'"),
		times);
	assert_int_equal(cast_number(c, "SELECT count(*) FROM delivery WHERE subject LIKE"
					" '【整改提醒】%'"),
		times);
}

static void a_unit_is_reminded_before_the_end(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	cast_issue(&c, "high");
	assert_int_equal(cast_do(&c, &c.officer, ROUTE_NOTICES_SIGN, "{}"), 0);
	assert_int_equal(next_remind(&c), china_at("2026-03-09T07:30"));
	assert_int_equal(view_do(&c.school, &c.officer, ROUTE_NOTICES_GET, c.notice, NULL), 0);
	assert_int_equal(answer_int(&c.school, "next_remind_at"), china_at("2026-03-09T07:30"));
	/* Half of the time ends on Saturday, four fifths on Monday at six: once, on Monday. */
	cast_time(&c, "2026-03-09T07:29");
	reminded(&c, 0);
	cast_time(&c, "2026-03-09T07:30");
	reminded(&c, 1);
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM delivery d JOIN notice_recipient r"
				" ON r.person_id = d.person_id AND r.kind = 'to'"
				" WHERE d.subject LIKE '【整改提醒】%' AND d.body LIKE"
				" '%还有 1 天 10 小时%'"),
		1);
	cast_time(&c, "2026-03-09T17:30");
	reminded(&c, 2);
	assert_int_equal(next_remind(&c), china_at("2026-03-10T15:30"));
	/* More time: by the new end. */
	assert_int_equal(cast_do(&c, &c.officer, ROUTE_NOTICES_PLAN,
				 "{\"responsible\":\"王芳\",\"plan\":\"升级\"}"),
		0);
	assert_int_equal(desk_dof(&c.school, &c.officer, ROUTE_NOTICES_ASK_EXTENSION, c.notice,
				 "{\"until\":%lld,\"reason\":\"等待厂商补丁，先关闭外网访问\","
				 "\"control\":\"已限制外网访问\"}",
				 (long long)china_at("2026-03-13T17:30")),
		0);
	assert_int_equal(cast_do(&c, &c.director, ROUTE_NOTICES_DECIDE_EXTENSION,
				 "{\"decision\":\"approved\",\"reason\":\"同意\"}"),
		0);
	assert_int_equal(
		cast_number(&c, "SELECT due_at_ms FROM notice"), china_at("2026-03-13T17:30"));
	assert_int_equal(next_remind(&c), china_at("2026-03-11T15:48"));
	/* The machine stood still over two of them, and comes back at night: one, in the morning. */
	school_at(&c.school, "2026-03-12T23:00");
	cast_late(&c);
	reminded(&c, 2);
	assert_int_equal(next_remind(&c), china_at("2026-03-13T07:30"));
	cast_time(&c, "2026-03-13T08:00");
	reminded(&c, 3);
	assert_int_equal(next_remind(&c), china_at("2026-03-13T15:30"));
	/* Handed in: nobody is reminded any more. */
	assert_int_equal(cast_upload(&c, &c.officer, "application/pdf"), 0);
	assert_int_equal(
		desk_dof(&c.school, &c.officer, ROUTE_NOTICES_SUBMIT, c.notice,
			"{\"items\":[{\"finding_id\":%lld,\"cause\":\"a\",\"measure\":\"b\"}],"
			"\"attachment_id\":%lld}",
			(long long)c.finding, (long long)c.scan),
		0);
	assert_int_equal(next_remind(&c), 0);
	cast_time(&c, "2026-03-20T08:00");
	reminded(&c, 3);
	school_close(&c.school);
}

static void who_left_is_reminded_of_nothing(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	cast_issue(&c, "high");
	assert_int_equal(cast_do(&c, &c.officer, ROUTE_NOTICES_SIGN, "{}"), 0);
	const struct sql_arg person = SQL_INT(c.officer.person_id);
	assert_int_equal(sql_run_args(c.school.house.db,
				 "UPDATE role_grant SET valid_to_ms = 1 WHERE person_id = $1",
				 &person, 1),
		1);
	cast_time(&c, "2026-03-09T07:30");
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM timeline WHERE code = 'due_reminded'"),
		1);
	assert_int_equal(
		cast_number(
			&c, "SELECT count(*) FROM delivery WHERE subject LIKE '【整改提醒】%'"),
		0);
	school_close(&c.school);
}

static void a_draft_is_given_up(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	c.finding = cast_finding(&c, "medium", "选课系统首页不可用");
	c.notice = cast_draft(&c, c.finding);
	assert_int_equal(cast_do(&c, &c.director, ROUTE_NOTICES_WITHDRAW,
				 "{\"reason\":\"另行合并下发\"}"),
		0);
	cast_state(&c, "withdrawn");
	store_is(&c, "SELECT state FROM finding", "confirmed");
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM finding WHERE notice_id IS NULL"), 1);
	/* The unit never hears that there was one. */
	assert_int_equal(
		view_do(&c.school, &c.officer, ROUTE_NOTICES_GET, c.notice, NULL), E_ABSENT);
	refused(&c, cast_do(&c, &c.officer, ROUTE_NOTICES_COMMENT, "{\"text\":\"？\"}"),
		E_ABSENT, "");
	c.notice = cast_draft(&c, c.finding);
	school_close(&c.school);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "five people bring a notice from its draft to the archive", five_people,
			false },
		{ "two people do it in small-school mode", two_people, false },
		{ "an author issues with a reason and somebody else confirms",
			issued_by_its_author, false },
		{ "two people close a grave finding on a server of the centre",
			the_centres_own_server, false },
		{ "a failed verification begins a new round", failed_and_again, false },
		{ "papers with a formal fault go back in the same round", returned_for_form,
			false },
		{ "a withdrawn notice keeps its number and frees its findings", withdrawn,
			false },
		{ "a wrong version, a stranger and foreign ids are refused",
			versions_and_strangers, false },
		{ "a notice is for one unit and a finding in one notice", one_notice_a_unit,
			false },
		{ "the clock starts when the first mail has reached somebody",
			the_clock_starts_when_somebody_is_reached, false },
		{ "the overdue ladder tells each rung once and stops while it is looked at",
			the_ladder_goes_up_once, false },
		{ "a unit is reminded before the end, never at night, and not when it has handed in",
			a_unit_is_reminded_before_the_end, false },
		{ "a paper that cannot be made three times is an alert",
			a_paper_that_cannot_be_made_is_an_alert, false },
		{ "a kind is one of the list", a_kind_is_one_of_the_list, false },
		{ "a false positive of grade high needs a second operator",
			false_positives_need_two, false },
		{ "who left is reminded of nothing", who_left_is_reminded_of_nothing, false },
		{ "a draft is given up and frees its findings", a_draft_is_given_up, false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
