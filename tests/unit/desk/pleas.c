/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked for and decided around a notice and its findings, by people in
 * roles, on both stores: objections, extensions, acceptances, controls, and
 * what comes back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "../workflow/china.h"
#include "base/err.h"
#include "cast.h"
#include "desk/line.h"
#include "records/sql.h"

static void refused(struct cast *c, int status, int error, const char *code)
{
	if (status != error) {
		fail_msg("%d (%s), not %d (%s)", status, c->school.code, error, code);
	}
	assert_string_equal(c->school.code, code);
}

static void done(struct cast *c, int status)
{
	if (status != 0) {
		fail_msg("%d %s %s", status, c->school.code, c->school.field);
	}
}

/* A head for the unit, and the leading group. */
struct more {
	struct hat head;
	struct hat group;
	struct hat auditor;
};

static void more_people(struct cast *c, struct more *more)
{
	struct school *s = &c->school;
	more->head = school_hat(s, school_person(s, "赵主任", c->unit), "unit_head", c->unit);
	more->group = school_hat(s, school_person(s, "组长", 0), "leading_group", 0);
	more->auditor = school_hat(s, school_person(s, "审计", 0), "auditor", 0);
}

static void received(struct cast *c, const char *grade)
{
	cast_issue(c, grade);
	done(c, cast_do(c, &c->officer, ROUTE_NOTICES_SIGN, "{}"));
}

#define OBJECT(reason) "{\"reason\":\"" reason "\",\"text\":\"该系统不由我单位运维\"}"
#define UPHELD "{\"decision\":\"upheld\",\"opinion\":\"情况属实，同意\"}"

/* So many PDFs of a kind, and the last of them says the words, as its unit may read. */
static void papers(struct cast *c, const char *kind, int64_t count, const char *words)
{
	char sql[400];
	(void)snprintf(sql, sizeof(sql),
		"SELECT count(*) FROM document WHERE kind = '%s' AND of_id IS NULL", kind);
	assert_int_equal(cast_number(c, sql), count);
	(void)snprintf(sql, sizeof(sql),
		"SELECT count(*) FROM document WHERE id = (SELECT max(id) FROM document"
		" WHERE kind = '%s' AND of_id IS NULL) AND input LIKE '%%%s%%'"
		" AND reader_unit_id IS NOT NULL",
		kind, words);
	assert_int_equal(cast_number(c, sql), 1);
}

/* ---- 异议 */

static void an_objection_that_does_not_stand(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	cast_issue(&c, "medium");
	refused(&c, cast_do(&c, &c.officer, ROUTE_NOTICES_OBJECT, OBJECT("not_ours")), E_STATE,
		"notice.no_such_step");
	done(&c, cast_do(&c, &c.officer, ROUTE_NOTICES_SIGN, "{}"));
	int64_t due = cast_number(&c, "SELECT due_at_ms FROM notice");
	refused(&c, cast_do(&c, &c.stranger, ROUTE_NOTICES_OBJECT, OBJECT("not_ours")),
		E_ABSENT, "");
	refused(&c,
		cast_do(&c, &c.officer, ROUTE_NOTICES_OBJECT,
			"{\"reason\":\"tired\",\"text\":\"不想整改了\"}"),
		E_INPUT, "input.word");
	done(&c, cast_do(&c, &c.officer, ROUTE_NOTICES_OBJECT, OBJECT("not_ours")));
	cast_state(&c, "objected");
	assert_int_equal(cast_number(&c, "SELECT due_at_ms FROM objection"),
		china_at("2026-03-04T17:30"));
	refused(&c,
		cast_do(&c, &c.officer, ROUTE_NOTICES_PLAN,
			"{\"responsible\":\"王芳\",\"plan\":\"升级\"}"),
		E_STATE, "notice.no_such_step");
	school_at(&c.school, "2026-03-04T10:00");
	done(&c, cast_do(&c, &c.operator, ROUTE_NOTICES_DECIDE_OBJECTION,
			 "{\"decision\":\"dismissed\",\"opinion\":\"台账登记为你单位\"}"));
	cast_state(&c, "received");
	assert_int_equal(cast_number(&c, "SELECT due_at_ms FROM notice"), due);
	store_is(&c, "SELECT decision FROM objection", "dismissed");
	/* The day after receipt is over: what is objected to now is too late. */
	school_at(&c.school, "2026-03-05T10:00");
	refused(&c, cast_do(&c, &c.officer, ROUTE_NOTICES_OBJECT, OBJECT("cannot_fix")),
		E_STATE, "notice.objection_late");
	school_close(&c.school);
}

static void the_ladder_waits_for_a_decision_and_goes_on(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	cast_issue(&c, "medium");
	/* Signed for so late that it is due while the objection is looked at. */
	cast_time(&c, "2026-03-17T16:00");
	done(&c, cast_do(&c, &c.officer, ROUTE_NOTICES_SIGN, "{}"));
	done(&c, cast_do(&c, &c.officer, ROUTE_NOTICES_OBJECT, OBJECT("not_ours")));
	cast_time(&c, "2026-03-18T09:00");
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM timeline WHERE code = 'overdue'"), 0);
	done(&c, cast_do(&c, &c.operator, ROUTE_NOTICES_DECIDE_OBJECTION,
			 "{\"decision\":\"dismissed\",\"opinion\":\"台账登记为你单位\"}"));
	cast_time(&c, "2026-03-18T09:01");
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM timeline WHERE code = 'overdue'"), 1);
	school_close(&c.school);
}

static void time_is_given_back(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	received(&c, "medium");
	int64_t due = cast_number(&c, "SELECT due_at_ms FROM notice");
	school_at(&c.school, "2026-03-03T15:00");
	done(&c, cast_do(&c, &c.officer, ROUTE_NOTICES_OBJECT, OBJECT("already_fixed")));
	school_at(&c.school, "2026-03-04T15:00");
	done(&c, cast_do(&c, &c.operator, ROUTE_NOTICES_DECIDE_OBJECTION, UPHELD));
	cast_state(&c, "received");
	assert_int_equal(
		cast_number(&c, "SELECT due_at_ms FROM notice"), due + 24 * 3600 * 1000);
	store_is(&c,
		"SELECT CASE WHEN due_json LIKE '%give_back%' THEN 'yes' ELSE 'no' END"
		" FROM notice",
		"yes");
	school_close(&c.school);
}

static void there_was_nothing(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	received(&c, "medium");
	done(&c, cast_do(&c, &c.officer, ROUTE_NOTICES_OBJECT, OBJECT("false_positive")));
	/* What ends a notice is the director's. */
	refused(&c, cast_do(&c, &c.operator, ROUTE_NOTICES_DECIDE_OBJECTION, UPHELD), E_DENIED,
		"notice.role");
	done(&c, cast_do(&c, &c.director, ROUTE_NOTICES_DECIDE_OBJECTION, UPHELD));
	cast_state(&c, "withdrawn");
	store_is(&c, "SELECT state FROM finding", "false_positive");
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM timer WHERE fired_at_ms IS NULL"
				" AND cancelled_at_ms IS NULL AND kind LIKE 'notice.%'"),
		0);
	school_close(&c.school);
}

static void it_goes_to_whose_it_is(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	received(&c, "high");
	school_at(&c.school, "2026-03-03T15:00");
	done(&c, cast_do(&c, &c.officer, ROUTE_NOTICES_OBJECT, OBJECT("not_ours")));
	refused(&c, cast_do(&c, &c.operator, ROUTE_NOTICES_DECIDE_OBJECTION, UPHELD), E_INPUT,
		"notice.new_unit");
	school_at(&c.school, "2026-03-04T10:00");
	papers(&c, "objection", 1, "\"ground\":\"不属于本单位\"");
	done(&c,
		desk_dof(&c.school, &c.operator, ROUTE_NOTICES_DECIDE_OBJECTION, c.notice,
			"{\"decision\":\"upheld\",\"opinion\":\"属实，转派\",\"unit_id\":%lld}",
			(long long)c.other));
	papers(&c, "objection", 2, "异议成立。属实，转派");
	/* One paper, with both of them. */
	papers(&c, "reassignment", 2, "\"old_number\":\"网安通报 2026-001\"");
	assert_int_equal(cast_number(&c, "SELECT count(DISTINCT reader_unit_id) * 10"
					 " + count(DISTINCT check_code) FROM document"
					 " WHERE kind = 'reassignment'"),
		21);
	cast_state(&c, "reassigned");
	int64_t old = c.notice;
	c.notice = cast_number(&c, "SELECT successor_id FROM notice WHERE successor_id > 0");
	cast_state(&c, "issued");
	store_is(&c, "SELECT number FROM notice WHERE origin_id > 0", "网安通报 2026-001-1");
	assert_int_equal(cast_number(&c, "SELECT notice_id FROM finding"), c.notice);
	assert_int_equal(cast_number(&c, "SELECT unit_id FROM finding"), c.other);
	/* Its own time from today; the first keeps its dates. */
	assert_int_equal(cast_number(&c, "SELECT due_at_ms FROM notice WHERE origin_id > 0"),
		china_at("2026-03-11T17:30"));
	assert_int_equal(cast_number(&c, "SELECT due_at_ms FROM notice WHERE successor_id > 0"),
		china_at("2026-03-10T17:30"));
	refused(&c, cast_do(&c, &c.officer, ROUTE_NOTICES_SIGN, "{}"), E_ABSENT, "");
	done(&c, cast_do(&c, &c.stranger, ROUTE_NOTICES_SIGN, "{}"));
	assert_int_equal(view_do(&c.school, &c.officer, ROUTE_NOTICES_GET, old, NULL), 0);
	answer_is(&c.school, "successor.name", "网安通报 2026-001-1");
	assert_int_equal(
		view_do(&c.school, &c.officer, ROUTE_NOTICES_GET, c.notice, NULL), E_ABSENT);
	/* And on once more, if need be. */
	done(&c, cast_do(&c, &c.stranger, ROUTE_NOTICES_OBJECT, OBJECT("not_ours")));
	done(&c,
		desk_dof(&c.school, &c.operator, ROUTE_NOTICES_DECIDE_OBJECTION, c.notice,
			"{\"decision\":\"upheld\",\"opinion\":\"属实，转回\",\"unit_id\":%lld}",
			(long long)c.unit));
	answer_is(&c.school, "state", "reassigned");
	store_is(&c, "SELECT number FROM notice ORDER BY id DESC LIMIT 1",
		"网安通报 2026-001-2");
	school_close(&c.school);
}

/* ---- 延期 */

static void extension_ask(struct cast *c, const char *until, int error, const char *code)
{
	int status = desk_dof(&c->school, &c->officer, ROUTE_NOTICES_ASK_EXTENSION, c->notice,
		"{\"reason\":\"厂商补丁下周发布\",\"control\":\"已限制外网访问\","
		"\"until\":%lld}",
		(long long)china_at(until));
	refused(c, status, error, code);
}

static void more_time(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	received(&c, "high");
	extension_ask(&c, "2026-03-10T12:00", E_INPUT, "extension.too_long");
	extension_ask(&c, "2026-03-25T12:00", E_INPUT, "extension.too_long");
	extension_ask(&c, "2026-03-12T17:30", 0, "");
	extension_ask(&c, "2026-03-12T17:30", E_STATE, "extension.open");
	refused(&c,
		cast_do(&c, &c.leader, ROUTE_NOTICES_DECIDE_EXTENSION,
			"{\"decision\":\"approved\"}"),
		E_DENIED, "extension.approver");
	refused(&c,
		cast_do(&c, &c.director, ROUTE_NOTICES_DECIDE_EXTENSION,
			"{\"decision\":\"refused\"}"),
		E_INPUT, "extension.reason");
	done(&c, cast_do(&c, &c.director, ROUTE_NOTICES_DECIDE_EXTENSION,
			 "{\"decision\":\"approved\"}"));
	assert_int_equal(
		cast_number(&c, "SELECT due_at_ms FROM notice"), china_at("2026-03-12T17:30"));
	assert_int_equal(cast_number(&c, "SELECT due_after_ms FROM extension"),
		china_at("2026-03-12T17:30"));
	/* The second is the leader's. */
	extension_ask(&c, "2026-03-13T12:00", 0, "");
	refused(&c,
		cast_do(&c, &c.director, ROUTE_NOTICES_DECIDE_EXTENSION,
			"{\"decision\":\"approved\"}"),
		E_DENIED, "extension.approver");
	done(&c, cast_do(&c, &c.leader, ROUTE_NOTICES_DECIDE_EXTENSION,
			 "{\"decision\":\"approved\",\"opinion\":\"最后一次\"}"));
	extension_ask(&c, "2026-03-16T12:00", E_STATE, "extension.too_often");
	refused(&c,
		cast_do(&c, &c.director, ROUTE_NOTICES_DECIDE_EXTENSION,
			"{\"decision\":\"approved\"}"),
		E_STATE, "extension.no_such_step");
	/* On the old day nothing happens; on the new one it is overdue. */
	cast_time(&c, "2026-03-12T18:00");
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM timeline WHERE code = 'overdue'"), 0);
	cast_time(&c, "2026-03-13T18:00");
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM timeline WHERE code = 'overdue'"), 1);
	extension_ask(&c, "2026-03-17T12:00", E_STATE, "extension.overdue");
	school_close(&c.school);
}

static void what_nobody_decided_lapses(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	received(&c, "high");
	extension_ask(&c, "2026-03-12T17:30", 0, "");
	done(&c, cast_do(&c, &c.director, ROUTE_NOTICES_WITHDRAW,
			 "{\"reason\":\"责任单位有误\"}"));
	store_is(&c, "SELECT state FROM extension", "lapsed");
	school_close(&c.school);
}

/* ---- 逾期与临时管控 */

static void the_third_rung_proposes_a_control(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	received(&c, "high");
	cast_time(&c, "2026-03-17T18:00"); /* due on the 10th, five working days after */
	assert_int_equal(cast_number(&c, "SELECT overdue_level FROM notice"), 3);
	store_is(&c, "SELECT state FROM control", "proposed");
	refused(&c,
		cast_do(&c, &c.operator, ROUTE_NOTICES_CONTROL,
			"{\"act\":\"apply\",\"person\":\"周敏\"}"),
		E_STATE, "control.no_such_step");
	refused(&c, cast_do(&c, &c.operator, ROUTE_NOTICES_CONTROL, "{\"act\":\"approve\"}"),
		E_DENIED, "control.role");
	done(&c, cast_do(&c, &c.director, ROUTE_NOTICES_CONTROL,
			 "{\"act\":\"approve\",\"measure\":\"仅保留校内访问\"}"));
	refused(&c, cast_do(&c, &c.operator, ROUTE_NOTICES_CONTROL, "{\"act\":\"apply\"}"),
		E_INPUT, "control.person");
	done(&c, cast_do(&c, &c.operator, ROUTE_NOTICES_CONTROL,
			 "{\"act\":\"apply\",\"person\":\"周敏\"}"));
	refused(&c,
		cast_do(&c, &c.operator, ROUTE_NOTICES_CONTROL,
			"{\"act\":\"lift\",\"person\":\"周敏\"}"),
		E_STATE, "control.not_verified");
	cast_time(&c, "2026-03-24T18:00");
	assert_int_equal(cast_number(&c, "SELECT overdue_level FROM notice"), 4);
	store_is(&c, "SELECT accountable FROM notice", "整改逾期达到 L4 级");
	done(&c, cast_do(&c, &c.director, ROUTE_NOTICES_WITHDRAW,
			 "{\"reason\":\"系统已下线停用\"}"));
	done(&c, cast_do(&c, &c.operator, ROUTE_NOTICES_CONTROL,
			 "{\"act\":\"lift\",\"person\":\"周敏\"}"));
	store_is(&c, "SELECT state FROM control", "lifted");
	school_close(&c.school);
}

static void submit_again(struct cast *c)
{
	assert_int_equal(cast_upload(c, &c->officer, "application/pdf"), 0);
	done(c, desk_dof(&c->school, &c->officer, ROUTE_NOTICES_SUBMIT, c->notice,
			"{\"items\":[{\"finding_id\":%lld,\"cause\":\"a\",\"measure\":\"b\"}],"
			"\"attachment_id\":%lld}",
			(long long)c->finding, (long long)c->scan));
}

static void fail_round(struct cast *c)
{
	done(c, cast_do(c, &c->verifier, ROUTE_NOTICES_VERIFY, "{}"));
	done(c, cast_do(c, &c->verifier, ROUTE_NOTICES_FAIL,
			"{\"opinion\":\"首页仍不可用\",\"method\":\"probe\"}"));
}

static void rounds_that_fail_go_up(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	cast_issue(&c, "medium");
	cast_submit(&c);
	fail_round(&c);
	assert_int_equal(cast_number(&c, "SELECT overdue_level FROM notice"), 0);
	submit_again(&c);
	fail_round(&c);
	assert_int_equal(cast_number(&c, "SELECT overdue_level FROM notice"), 2);
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM timeline WHERE code = 'supervised'"), 1);
	submit_again(&c);
	fail_round(&c);
	assert_int_equal(cast_number(&c, "SELECT failed_rounds FROM notice"), 3);
	store_is(&c, "SELECT accountable FROM notice", "复核 3 轮不通过");
	/* To the unit that is none of its business before somebody has looked at it. */
	assert_int_equal(view_do(&c.school, &c.officer, ROUTE_NOTICES_GET, c.notice, NULL), 0);
	assert_int_equal(json_type(answer_at(&c.school, "accountable")), JSON_NULL);
	school_close(&c.school);
}

/* ---- 部分通过，无法复核 */

static void two_findings(struct cast *c, int64_t *ret_second)
{
	c->finding = cast_finding(c, "medium", "选课系统首页不可用");
	assert_int_equal(
		desk_dof(&c->school, &c->operator, ROUTE_FINDINGS_CREATE, 0,
			"{\"title\":\"弱口令\",\"kind\":\"other\",\"grade\":\"medium\","
			"\"unit_id\":%lld,\"description\":\"证据\"}",
			(long long)c->unit),
		0);
	int64_t second = c->school.answer_id;
	done(c, desk_do(&c->school, &c->operator, ROUTE_FINDINGS_CONFIRM, second,
			"{\"title\":\"弱口令\",\"kind\":\"other\",\"grade\":\"medium\"}"));
	assert_int_equal(desk_dof(&c->school, &c->operator, ROUTE_NOTICES_CREATE, 0,
				 "{\"title\":\"通报\",\"finding_ids\":[%lld,%lld],"
				 "\"requirement\":\"请按期整改\"}",
				 (long long)c->finding, (long long)second),
		0);
	c->notice = c->school.answer_id;
	done(c, cast_do(c, &c->operator, ROUTE_NOTICES_REVIEW, "{}"));
	done(c, cast_do(c, &c->reviewer, ROUTE_NOTICES_ISSUE, "{}"));
	done(c, cast_do(c, &c->officer, ROUTE_NOTICES_SIGN, "{}"));
	done(c, cast_do(c, &c->officer, ROUTE_NOTICES_PLAN,
			"{\"responsible\":\"王芳\",\"plan\":\"升级\"}"));
	assert_int_equal(cast_upload(c, &c->officer, "application/pdf"), 0);
	done(c, desk_dof(&c->school, &c->officer, ROUTE_NOTICES_SUBMIT, c->notice,
			"{\"items\":[{\"finding_id\":%lld,\"cause\":\"a\",\"measure\":\"b\"},"
			"{\"finding_id\":%lld,\"cause\":\"a\",\"measure\":\"b\"}],"
			"\"attachment_id\":%lld}",
			(long long)c->finding, (long long)second, (long long)c->scan));
	*ret_second = second;
}

static int partial(struct cast *c, int64_t passed)
{
	return desk_dof(&c->school, &c->verifier, ROUTE_NOTICES_PARTIAL, c->notice,
		"{\"opinion\":\"口令已改，首页仍不可用\",\"method\":\"manual\",\"passed\":[%lld]}",
		(long long)passed);
}

static void some_pass_and_the_rest_goes_on(const char *conf)
{
	struct cast c;
	int64_t second = 0;
	cast_five(&c, conf);
	two_findings(&c, &second);
	done(&c, cast_do(&c, &c.verifier, ROUTE_NOTICES_VERIFY, "{}"));
	/* What a probe found passes by a probe only. */
	refused(&c, partial(&c, c.finding), E_INPUT, "notice.proof");
	refused(&c, partial(&c, second + 77), E_INPUT, "input.unknown");
	refused(&c,
		cast_do(&c, &c.verifier, ROUTE_NOTICES_PARTIAL,
			"{\"opinion\":\"都没有改好\",\"method\":\"manual\",\"passed\":[]}"),
		E_INPUT, "notice.parts");
	done(&c, partial(&c, second));
	cast_state(&c, "failed");
	store_is(&c, "SELECT state FROM verification WHERE round = 1", "partially_passed");
	assert_int_equal(cast_number(&c, "SELECT round FROM notice"), 2);
	assert_int_equal(cast_number(&c, "SELECT count(failed_rounds) FROM notice"), 0);
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM finding WHERE state = 'closed'"), 1);
	/* The next round answers what is left, and passes by it. */
	submit_again(&c);
	done(&c, cast_do(&c, &c.verifier, ROUTE_NOTICES_VERIFY, "{}"));
	cast_probe(&c, "up");
	done(&c, cast_do(&c, &c.verifier, ROUTE_NOTICES_PASS,
			 "{\"opinion\":\"复测正常，已消除\",\"method\":\"probe\"}"));
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM finding WHERE state = 'closed'"), 2);
	school_close(&c.school);
}

static void what_is_gone_for_good(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	cast_issue(&c, "medium");
	cast_submit(&c);
	done(&c, cast_do(&c, &c.verifier, ROUTE_NOTICES_VERIFY, "{}"));
	const char *offline = "{\"opinion\":\"系统已下线停用\"}";
	refused(&c, cast_do(&c, &c.verifier, ROUTE_NOTICES_PASS_OFFLINE, offline), E_STATE,
		"notice.no_such_step");
	done(&c, cast_do(&c, &c.verifier, ROUTE_NOTICES_CANNOT_VERIFY,
			 "{\"opinion\":\"地址不可达\"}"));
	cast_state(&c, "verifying");
	assert_int_equal(cast_number(&c, "SELECT step_due_at_ms FROM notice"),
		china_at("2026-03-06T17:30"));
	refused(&c, cast_do(&c, &c.verifier, ROUTE_NOTICES_PASS_OFFLINE, offline), E_INPUT,
		"notice.offline_proof");
	done(&c, desk_dof(&c.school, &c.verifier, ROUTE_NOTICES_PASS_OFFLINE, c.notice,
			 "{\"opinion\":\"系统已下线停用\",\"attachment_id\":%lld}",
			 (long long)c.scan));
	cast_state(&c, "passed");
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM timer WHERE kind = 'finding.recheck'"),
		1);
	assert_int_equal(cast_number(&c, "SELECT fire_at_ms FROM timer"
					 " WHERE kind = 'finding.recheck'"),
		c.school.house.now_ms + INT64_C(30) * 86400000);
	school_close(&c.school);
}

/* ---- 复发 */

static int recheck_run(struct txn *txn, void *arg)
{
	struct cast *c = arg;
	int64_t id = 0;
	if (sql_int_args(txn_db(txn), "SELECT max(id) FROM recheck", &id, NULL, 0) != 1) {
		return E_ABSENT;
	}
	struct line_probe result = { .proof_id = id,
		.at_ms = txn_now_ms(txn),
		.state = slice_str(c->school.code),
		.code = SLICE("http.ok"),
		.args = SLICE("{}") };
	return line_probe_result(txn, &c->school.desk_env, &result);
}

static void rechecked(struct cast *c, const char *state)
{
	(void)snprintf(c->school.code, sizeof(c->school.code), "%s", state);
	assert_int_equal(school_run(&c->school, recheck_run, c), 0);
}

/* Nobody has said why it is back: the report asks, and takes the answer with it. */
static void again_with_the_report(struct cast *c)
{
	static const char *const members[] = { "", ",\"again_cause\":\"moon\"",
		",\"again_cause\":\"vendor\",\"again_note\":\"厂商未修好\"" };
	static const char *const codes[] = { "notice.again_cause", "input.word", "" };
	assert_int_equal(sql_run(c->school.house.db,
				 "UPDATE finding SET again_cause = NULL WHERE id = $1",
				 SQL_INT(c->finding)),
		1);
	done(c, cast_do(c, &c->officer, ROUTE_NOTICES_SIGN, "{}"));
	done(c, cast_do(c, &c->officer, ROUTE_NOTICES_PLAN,
			"{\"responsible\":\"王芳\",\"plan\":\"换备份\"}"));
	done(c, cast_upload(c, &c->officer, "application/pdf"));
	for (int i = 0; i < 3; i++) {
		int status = desk_dof(&c->school, &c->officer, ROUTE_NOTICES_SUBMIT, c->notice,
			"{\"items\":[{\"finding_id\":%lld,\"cause\":\"a\",\"measure\":\"b\"%s}],"
			"\"attachment_id\":%lld}",
			(long long)c->finding, members[i], (long long)c->scan);
		assert_int_equal(status, codes[i][0] == 0 ? 0 : E_INPUT);
		assert_string_equal(c->school.code, codes[i]);
	}
	store_is(c, "SELECT again_cause FROM finding", "vendor");
	store_is(c, "SELECT state FROM finding", "remediated");
}

static void it_comes_back(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	cast_issue(&c, "medium");
	cast_submit(&c);
	done(&c, cast_do(&c, &c.verifier, ROUTE_NOTICES_VERIFY, "{}"));
	cast_probe(&c, "up");
	done(&c, cast_do(&c, &c.verifier, ROUTE_NOTICES_PASS,
			 "{\"opinion\":\"复测正常，已消除\",\"method\":\"probe\"}"));
	cast_time(&c, "2026-03-10T10:00");
	store_is(&c, "SELECT state FROM recheck", "asked");
	rechecked(&c, "up");
	store_is(&c, "SELECT state FROM finding", "closed");
	cast_time(&c, "2026-04-02T10:00");
	assert_int_equal(cast_number(&c, "SELECT count(*) FROM recheck"), 2);
	rechecked(&c, "down");
	store_is(&c, "SELECT state FROM finding", "reopened");
	assert_int_equal(cast_number(&c, "SELECT recurrence FROM finding"), 1);
	/* What was done last time is there to read, and why it is back is asked. */
	assert_int_equal(
		view_do(&c.school, &c.officer, ROUTE_FINDINGS_GET, c.finding, NULL), 0);
	answer_is(&c.school, "last_time.measure", "升级");
	done(&c, desk_do(&c.school, &c.officer, ROUTE_FINDINGS_AGAIN, c.finding,
			 "{\"cause\":\"restored\",\"note\":\"恢复了旧备份\"}"));
	store_is(&c, "SELECT again_cause FROM finding", "restored");
	/* The next notice has half the time. */
	done(&c, desk_do(&c.school, &c.operator, ROUTE_FINDINGS_CONFIRM, c.finding,
			 "{\"title\":\"选课系统首页不可用\",\"kind\":\"service_fault\","
			 "\"grade\":\"medium\"}"));
	c.notice = cast_draft(&c, c.finding);
	done(&c, cast_do(&c, &c.operator, ROUTE_NOTICES_REVIEW, "{}"));
	done(&c, cast_do(&c, &c.reviewer, ROUTE_NOTICES_ISSUE, "{}"));
	store_is(&c,
		"SELECT CASE WHEN due_json LIKE '%recur%' THEN 'yes' ELSE 'no' END"
		" FROM notice ORDER BY id DESC LIMIT 1",
		"yes");
	again_with_the_report(&c);
	school_close(&c.school);
}

static void without_a_check_somebody_looks(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	cast_issue(&c, "medium");
	cast_submit(&c);
	done(&c, cast_do(&c, &c.verifier, ROUTE_NOTICES_VERIFY, "{}"));
	cast_probe(&c, "up");
	done(&c, cast_do(&c, &c.verifier, ROUTE_NOTICES_PASS,
			 "{\"opinion\":\"复测正常，已消除\",\"method\":\"probe\"}"));
	refused(&c,
		desk_do(&c.school, &c.verifier, ROUTE_FINDINGS_RECHECK, c.finding,
			"{\"seen\":true,\"note\":\"仍可复现\"}"),
		E_STATE, "finding.nothing_to_recheck");
	assert_int_equal(
		sql_run(c.school.house.db, "UPDATE watch SET enabled = $1", SQL_INT(0)), 1);
	cast_time(&c, "2026-03-10T10:00");
	store_is(&c, "SELECT state FROM recheck", "todo");
	done(&c, desk_do(&c.school, &c.verifier, ROUTE_FINDINGS_RECHECK, c.finding,
			 "{\"seen\":true,\"note\":\"仍可复现\"}"));
	store_is(&c, "SELECT state FROM finding", "reopened");
	school_close(&c.school);
}

/* ---- 暂缓整改 */

static int accept_ask(struct cast *c, const struct hat *hat, const char *until)
{
	return desk_dof(&c->school, hat, ROUTE_FINDINGS_ACCEPT, c->finding,
		"{\"reason\":\"系统年内下线，改造不经济\",\"control\":\"仅限校内访问\","
		"\"expires_at\":%lld}",
		(long long)china_at(until));
}

static void left_for_a_time(const char *conf)
{
	struct cast c;
	struct more more;
	cast_five(&c, conf);
	more_people(&c, &more);
	received(&c, "high");
	refused(&c, accept_ask(&c, &c.officer, "2026-06-01T00:00"), E_DENIED, "denied.role");
	refused(&c, accept_ask(&c, &more.head, "2026-12-01T00:00"), E_INPUT,
		"acceptance.expiry");
	refused(&c, accept_ask(&c, &more.head, "2026-06-01T00:00"), 0, "");
	papers(&c, "acceptance", 1, "\"control\":\"仅限校内访问\"");
	refused(&c,
		desk_do(&c.school, &c.director, ROUTE_FINDINGS_DECIDE_ACCEPTANCE, c.finding,
			"{\"decision\":\"approved\"}"),
		E_DENIED, "acceptance.approver");
	done(&c, desk_do(&c.school, &more.group, ROUTE_FINDINGS_DECIDE_ACCEPTANCE, c.finding,
			 "{\"decision\":\"approved\",\"opinion\":\"同意\"}"));
	store_is(&c, "SELECT state FROM finding", "accepted");
	papers(&c, "acceptance", 2, "同意暂缓整改。同意");
	done(&c, view_do(&c.school, &c.operator, ROUTE_NOTICES_GET, c.notice, NULL));
	answer_is(&c.school, "documents.2.kind", "acceptance");
	/* Nothing is left in the notice. */
	cast_state(&c, "withdrawn");
	cast_time(&c, "2026-06-01T00:01");
	store_is(&c, "SELECT state FROM finding", "confirmed");
	store_is(&c, "SELECT state FROM acceptance", "expired");
	/* With a clock of its own, not as long overdue. */
	c.notice = cast_draft(&c, c.finding);
	done(&c, cast_do(&c, &c.operator, ROUTE_NOTICES_REVIEW, "{}"));
	done(&c, cast_do(&c, &c.reviewer, ROUTE_NOTICES_ISSUE, "{}"));
	assert_int_equal(
		cast_number(&c, "SELECT due_at_ms FROM notice ORDER BY id DESC LIMIT 1"),
		china_at("2026-06-08T17:30"));
	school_close(&c.school);
}

/* ---- 重复、合并、转事件、误报复查、留言 */

static int64_t another(struct cast *c, const char *title)
{
	assert_int_equal(desk_dof(&c->school, &c->operator, ROUTE_FINDINGS_CREATE, 0,
				 "{\"title\":\"%s\",\"kind\":\"other\",\"grade\":\"low\","
				 "\"unit_id\":%lld,\"description\":\"证据\"}",
				 title, (long long)c->unit),
		0);
	return c->school.answer_id;
}

static void other_ends(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	cast_events(&c);
	int64_t one = another(&c, "弱口令");
	int64_t two = another(&c, "弱口令（复测）");
	refused(&c,
		desk_dof(&c.school, &c.operator, ROUTE_FINDINGS_DUPLICATE, two,
			"{\"target_id\":%lld}", (long long)two),
		E_INPUT, "finding.target_open");
	done(&c, desk_dof(&c.school, &c.operator, ROUTE_FINDINGS_DUPLICATE, two,
			 "{\"target_id\":%lld}", (long long)one));
	int64_t three = another(&c, "目录可列出");
	refused(&c,
		desk_dof(&c.school, &c.operator, ROUTE_FINDINGS_MERGE, three,
			"{\"target_id\":%lld}", (long long)two),
		E_INPUT, "finding.target_open");
	done(&c, desk_dof(&c.school, &c.operator, ROUTE_FINDINGS_MERGE, three,
			 "{\"target_id\":%lld}", (long long)one));
	assert_int_equal(view_do(&c.school, &c.officer, ROUTE_FINDINGS_GET, one, NULL), 0);
	assert_int_equal(answer_int(&c.school, "repeats.0"), two);
	assert_int_equal(answer_int(&c.school, "repeats.1"), three);
	assert_int_equal(view_do(&c.school, &c.officer, ROUTE_FINDINGS_GET, three, NULL), 0);
	assert_int_equal(answer_int(&c.school, "target.id"), one);
	refused(&c,
		desk_do(&c.school, &c.operator, ROUTE_FINDINGS_TRANSFER, one,
			"{\"reason\":\"是事件\"}"),
		E_INPUT, "finding.reason");
	done(&c, desk_do(&c.school, &c.operator, ROUTE_FINDINGS_TRANSFER, one,
			 "{\"reason\":\"口令已被利用，账号失陷，按事件处置\"}"));
	store_is(&c, "SELECT state FROM finding ORDER BY id LIMIT 1", "transferred_to_event");
	school_close(&c.school);
}

static void a_false_positive_is_looked_at_again(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	int64_t id = another(&c, "疑似弱口令");
	done(&c, desk_do(&c.school, &c.operator, ROUTE_FINDINGS_FALSE_POSITIVE, id,
			 "{\"reason\":\"扫描器误判，口令已为强口令\"}"));
	cast_time(&c, "2026-08-30T10:00");
	assert_int_equal(cast_number(&c, "SELECT review_due FROM finding"), 1);
	done(&c, desk_do(&c.school, &c.operator, ROUTE_FINDINGS_REVIEW, id,
			 "{\"decision\":\"keep\",\"reason\":\"复查后口令仍符合要求\"}"));
	assert_int_equal(cast_number(&c, "SELECT count(review_due) FROM finding"), 0);
	done(&c, desk_do(&c.school, &c.operator, ROUTE_FINDINGS_REVIEW, id,
			 "{\"decision\":\"revive\",\"reason\":\"系统改版后出现默认口令\"}"));
	store_is(&c, "SELECT state FROM finding", "new");
	school_close(&c.school);
}

static void both_sides_write_remarks(const char *conf)
{
	struct cast c;
	struct more more;
	cast_five(&c, conf);
	more_people(&c, &more);
	received(&c, "medium");
	refused(&c, cast_do(&c, &c.stranger, ROUTE_NOTICES_COMMENT, "{\"text\":\"？\"}"),
		E_ABSENT, "");
	refused(&c, cast_do(&c, &more.auditor, ROUTE_NOTICES_COMMENT, "{\"text\":\"？\"}"),
		E_DENIED, "denied.role");
	refused(&c, cast_do(&c, &c.officer, ROUTE_NOTICES_COMMENT, "{\"text\":\" \"}"), E_INPUT,
		"input.required");
	done(&c, cast_do(&c, &c.officer, ROUTE_NOTICES_COMMENT, "{\"text\":\"厂商下午到校\"}"));
	done(&c, cast_do(&c, &c.operator, ROUTE_NOTICES_COMMENT, "{\"text\":\"收到\"}"));
	refused(&c,
		cast_do(&c, &c.officer, ROUTE_NOTICES_COMMENT,
			"{\"text\":\"见附件\",\"attachment_id\":4711}"),
		E_INPUT, "input.unknown");
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM timeline WHERE code = 'comment'"), 2);
	/* The other side is told, and no word of what was said. */
	assert_int_equal(cast_number(&c, "SELECT count(*) FROM delivery WHERE subject LIKE"
					 " '%有新留言%'"),
		2);
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM delivery WHERE body LIKE '%厂商%'"), 0);
	done(&c, desk_do(&c.school, &c.officer, ROUTE_FINDINGS_COMMENT, c.finding,
			 "{\"text\":\"此项已联系厂商\"}"));
	school_close(&c.school);
}

static void what_waits_is_listed(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	received(&c, "high");
	extension_ask(&c, "2026-03-12T17:30", 0, "");
	assert_int_equal(view_do(&c.school, &c.director, ROUTE_DECISIONS_LIST, 0, NULL), 0);
	answer_is(&c.school, "items.0.kind", "extension");
	assert_int_equal(answer_int(&c.school, "items.0.id"), c.notice);
	assert_int_equal(
		view_do(&c.school, &c.officer, ROUTE_DECISIONS_LIST, 0, NULL), E_DENIED);
	assert_int_equal(view_do(&c.school, &c.director, ROUTE_TODO_LIST, 0, NULL), 0);
	answer_is(&c.school, "items.0.act", "decide_extension");
	school_close(&c.school);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "an objection that does not stand leaves the clock as it was",
			an_objection_that_does_not_stand, false },
		{ "the ladder waits while an objection is decided and goes on",
			the_ladder_waits_for_a_decision_and_goes_on, false },
		{ "an objection that stands gives the time back", time_is_given_back, false },
		{ "a notice of nothing is withdrawn by the director", there_was_nothing,
			false },
		{ "a notice of another unit goes there with a time of its own",
			it_goes_to_whose_it_is, false },
		{ "more time is granted twice, by the director and by the leader", more_time,
			false },
		{ "what nobody decided lapses with the notice", what_nobody_decided_lapses,
			false },
		{ "the third rung proposes a control that people approve, apply and lift",
			the_third_rung_proposes_a_control, false },
		{ "rounds that fail are supervised, then a matter of accountability",
			rounds_that_fail_go_up, false },
		{ "some findings pass and the rest goes another round",
			some_pass_and_the_rest_goes_on, false },
		{ "what is gone for good passes with a proof and is looked for later",
			what_is_gone_for_good, false },
		{ "a closed finding seen again is reopened and has half the time",
			it_comes_back, false },
		{ "without a check somebody looks", without_a_check_somebody_looks, false },
		{ "a finding is left for a time and comes up again with a new clock",
			left_for_a_time, false },
		{ "a finding repeats another, goes into it or becomes an event", other_ends,
			false },
		{ "a false positive is looked at again", a_false_positive_is_looked_at_again,
			false },
		{ "unit and centre write remarks, and mail says none of it",
			both_sides_write_remarks, false },
		{ "what waits to be decided is listed", what_waits_is_listed, false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
