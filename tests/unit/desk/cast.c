/* SPDX-License-Identifier: Apache-2.0 */
#include "cast.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "../workflow/china.h"
#include "base/err.h"
#include "desk/line.h"
#include "desk/policies.h"
#include "desk/timers.h"
#include "records/blob.h"
#include "records/timer.h"

static void register_make(struct cast *c, bool centre_unit)
{
	struct school *s = &c->school;
	char sql[300];
	c->unit = school_unit(s, centre_unit ? "信息技术中心" : "数学系", centre_unit);
	c->other = school_unit(s, "美术系", false);
	(void)snprintf(sql, sizeof(sql),
		"INSERT INTO asset (id, version, name, kind, owner_unit_id)"
		" VALUES ($1, 1, '选课系统', 'system', %lld)",
		(long long)c->unit);
	c->asset = school_row(s, sql);
	(void)snprintf(sql, sizeof(sql),
		"INSERT INTO watch (id, version, asset_id, name, kind, target, params)"
		" VALUES ($1, 1, %lld, '选课首页', 'http', 'http://127.0.0.1', '{}')",
		(long long)c->asset);
	c->watch = school_row(s, sql);
}

void cast_five(struct cast *c, const char *conf)
{
	*c = (struct cast) { 0 };
	struct school *s = &c->school;
	school_open(s, conf);
	register_make(c, false);
	int64_t director = school_person(s, "钱主任", 0);
	c->operator= school_hat(s, school_person(s, "赵强", 0), "operator", 0);
	c->reviewer = school_hat(s, director, "reviewer", 0);
	c->director = school_hat(s, director, "director", 0);
	c->verifier = school_hat(s, school_person(s, "孙丽", 0), "verifier", 0);
	c->leader = school_hat(s, school_person(s, "李校长", 0), "vice_president", 0);
	c->officer = school_hat(s, school_person(s, "王芳", c->unit), "officer", c->unit);
	c->stranger = school_hat(s, school_person(s, "周涛", c->other), "officer", c->other);
}

void cast_two(struct cast *c, const char *conf, bool centre_unit)
{
	*c = (struct cast) { 0 };
	struct school *s = &c->school;
	school_open(s, conf);
	school_small(s);
	register_make(c, centre_unit);
	int64_t one = school_person(s, "赵强", centre_unit ? c->unit : 0);
	int64_t two = school_person(s, "钱主任", centre_unit ? c->unit : 0);
	int64_t filed = centre_unit ? one : school_person(s, "王芳", c->unit);
	c->operator= school_hat(s, one, "operator", 0);
	c->officer = school_hat(s, filed, "officer", c->unit);
	c->reviewer = school_hat(s, two, "reviewer", 0);
	c->director = school_hat(s, two, "director", 0);
	c->verifier = school_hat(s, two, "verifier", 0);
	c->leader = school_hat(s, school_person(s, "李校长", 0), "vice_president", 0);
	c->stranger = school_hat(s, school_person(s, "周涛", c->other), "officer", c->other);
}

void cast_events(struct cast *c)
{
	AUTO_BUF struct buf text;
	buf_init(&text, POLICY_TEXT_MAX);
	policy_file_read("events.json", &text);
	struct policy_text kept = { .kind = "policy",
		.subject = "events",
		.name = "events-2026-v1",
		.text = buf_slice(&text) };
	assert_int_equal(school_run(&c->school, policy_adopt, &kept), 0);
}

int64_t cast_finding(struct cast *c, const char *grade, const char *title)
{
	struct school *s = &c->school;
	assert_int_equal(
		desk_dof(s, &c->operator, ROUTE_FINDINGS_CREATE, 0,
			"{\"title\":\"%s\",\"kind\":\"service_fault\",\"grade\":\"%s\","
			"\"check_id\":%lld}",
			title, grade, (long long)c->watch),
		0);
	int64_t id = s->answer_id;
	assert_int_equal(
		desk_dof(s, &c->operator, ROUTE_FINDINGS_CONFIRM, id,
			"{\"title\":\"%s\",\"kind\":\"service_fault\",\"grade\":\"%s\"}", title,
			grade),
		0);
	return id;
}

int64_t cast_draft(struct cast *c, int64_t finding)
{
	struct school *s = &c->school;
	assert_int_equal(desk_dof(s, &c->operator, ROUTE_NOTICES_CREATE, 0,
				 "{\"title\":\"关于选课系统的通报\",\"finding_ids\":[%lld],"
				 "\"requirement\":\"请按期整改并提交报告\"}",
				 (long long)finding),
		0);
	return s->answer_id;
}

int cast_do(struct cast *c, const struct hat *hat, enum route_id route, const char *body)
{
	return desk_do(&c->school, hat, route, c->notice, body);
}

void cast_issue(struct cast *c, const char *grade)
{
	c->finding = cast_finding(c, grade, "选课系统首页不可用");
	c->notice = cast_draft(c, c->finding);
	assert_int_equal(cast_do(c, &c->operator, ROUTE_NOTICES_REVIEW, "{}"), 0);
	assert_int_equal(cast_do(c, &c->reviewer, ROUTE_NOTICES_ISSUE, "{}"), 0);
}

static struct blob_stage *stage;
static int64_t staged;

static int blob_put(struct txn *txn, void *arg)
{
	trail_act(txn, &(struct trail_act) { .act = SLICE("test.blob") });
	int made = blob_name(txn, arg, stage, &staged);
	return made < 0 ? made : 0;
}

static int64_t blob_make(struct school *s, char *kind, struct slice octets)
{
	struct blob_ref ref = { 0 };
	assert_int_equal(blob_stage_begin(s->blobs, &stage), 0);
	assert_int_equal(blob_stage_put(stage, octets), 0);
	assert_int_equal(blob_stage_end(stage, &ref), 0);
	assert_int_equal(school_run(s, blob_put, kind), 0);
	stage = blob_stage_drop(stage);
	return staged;
}

int64_t cast_blob(struct cast *c)
{
	return blob_make(&c->school, (char[]) { "attachment" }, SLICE("%PDF-1.7 scan"));
}

int cast_upload(struct cast *c, const struct hat *hat, const char *media)
{
	struct school *s = &c->school;
	int64_t blob = blob_make(s, (char[]) { "attachment" }, SLICE("%PDF-1.7 sealed"));
	s->call = (struct desk_call) { .upload_name = SLICE("整改报告.pdf"),
		.upload_media = slice_str(media),
		.upload_blob = blob };
	int status = desk_do(s, hat, ROUTE_NOTICES_UPLOAD, c->notice, NULL);
	c->scan = s->answer_id;
	return status;
}

void cast_submit(struct cast *c)
{
	store_is(c, "SELECT state FROM notice ORDER BY id DESC LIMIT 1", "issued");
	assert_int_equal(cast_do(c, &c->officer, ROUTE_NOTICES_SIGN, "{}"), 0);
	assert_int_equal(cast_do(c, &c->officer, ROUTE_NOTICES_PLAN,
				 "{\"responsible\":\"王芳\",\"plan\":\"重启并升级服务\"}"),
		0);
	assert_int_equal(cast_upload(c, &c->officer, "application/pdf"), 0);
	assert_int_equal(desk_dof(&c->school, &c->officer, ROUTE_NOTICES_SUBMIT, c->notice,
				 "{\"items\":[{\"finding_id\":%lld,\"cause\":\"进程退出\","
				 "\"measure\":\"升级\"}],\"attachment_id\":%lld}",
				 (long long)c->finding, (long long)c->scan),
		0);
	cast_state(c, "submitted");
}

static int probe_run(struct txn *txn, void *arg)
{
	struct cast *c = arg;
	int64_t id = 0;
	if (sql_int_args(txn_db(txn), "SELECT max(id) FROM probe_proof", &id, NULL, 0) != 1) {
		return E_ABSENT;
	}
	struct line_probe result = { .proof_id = id,
		.at_ms = txn_now_ms(txn),
		.state = slice_str(c->school.code),
		.latency_us = 900,
		.code = SLICE("http.ok"),
		.args = SLICE("{}") };
	return line_probe_result(txn, &c->school.desk_env, &result);
}

void cast_probe(struct cast *c, const char *state)
{
	c->school.house.now_ms += 2000;
	(void)snprintf(c->school.code, sizeof(c->school.code), "%s", state);
	assert_int_equal(school_run(&c->school, probe_run, c), 0);
}

void store_is(struct cast *c, const char *sql, const char *text)
{
	AUTO_STMT struct stmt *q = NULL;
	assert_int_equal(sql_query_args(c->school.house.db, sql, &q, NULL, 0), 0);
	assert_int_equal(db_step(q), 1);
	struct slice got = db_col_text(q, 0);
	if (!slice_is(got, text)) {
		fail_msg("%s: \"%.*s\", not \"%s\"", sql, SLICE_FMT(got), text);
	}
}

void cast_state(struct cast *c, const char *state)
{
	char sql[100];
	(void)snprintf(sql, sizeof(sql), "SELECT state FROM notice WHERE id = %lld",
		(long long)c->notice);
	store_is(c, sql, state);
}

int64_t cast_number(struct cast *c, const char *sql)
{
	return house_number(&c->school.house, sql);
}

static int fire(struct txn *txn, const struct timer *timer, void *arg)
{
	return desk_timer(txn, arg, timer);
}

void cast_time(struct cast *c, const char *at)
{
	school_at(&c->school, at);
	cast_time_ms(c, c->school.house.now_ms);
}

void cast_late(struct cast *c)
{
	struct timer_handler handler = { fire, &c->school.desk_env };
	int64_t now_ms = c->school.house.now_ms;
	for (int64_t due_ms = 0;
		timer_next(c->school.house.db, &due_ms) == 1 && due_ms <= now_ms;) {
		assert_int_equal(school_run(&c->school, timer_fire, &handler), 1);
	}
}

void cast_time_ms(struct cast *c, int64_t end_ms)
{
	struct timer_handler handler = { fire, &c->school.desk_env };
	/* Each at its own time, as if the platform had run all the while. */
	for (int64_t due_ms = 0;
		timer_next(c->school.house.db, &due_ms) == 1 && due_ms <= end_ms;) {
		c->school.house.now_ms = due_ms;
		assert_int_equal(school_run(&c->school, timer_fire, &handler), 1);
	}
	c->school.house.now_ms = end_ms;
}
