/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a unit reports of its own accord (art. 18): it says what it has seen,
 * where and since when; grade and kind are the centre's to judge.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/deliver.h"
#include "desk/desk.h"
#include "desk/finding_row.h"
#include "desk/findings.h"
#include "desk/words.h"
#include "records/sql.h"

enum {
	TITLE_MAX = 120,
	PLACE_MAX = 120,
	TEXT_MAX = 2000,
	PEOPLE_MAX = 50,
	BODY_MAX_OCTETS = 2048,
	SINCE_DAYS = 365,
	SKEW_MS = 5 * 60 * 1000, /* a phone's clock may be ahead */
};

struct report {
	struct finding_row row;
	struct slice place;
	bool harm; /* it has done harm already, or does so now */
};

/* An asset of another unit is as one that does not exist. */
static int asset_read(struct desk *desk, struct finding_row *row)
{
	int64_t owner = 0;
	int error = words_id(desk, "asset_id", WORDS_OPTIONAL, "asset", &row->asset_id);
	if (error < 0 || row->asset_id == 0) {
		return error;
	}
	int found = sql_int(desk->db, "SELECT owner_unit_id FROM asset WHERE id = $1", &owner,
		SQL_INT(row->asset_id));
	if (found < 0) {
		return found;
	}
	bool own = found == 1 && desk_unit_reached(desk, owner) == 0;
	return own ? 0 : desk_refuse(desk, E_INPUT, "input.unknown", "asset_id");
}

static int report_read(struct desk *desk, struct report *report)
{
	struct finding_row *row = &report->row;
	struct slice text = { 0 };
	int error = words_text(desk, "title", WORDS_REQUIRED, TITLE_MAX, &row->title);
	error = error < 0
			? error
			: words_text(desk, "place", WORDS_OPTIONAL, PLACE_MAX, &report->place);
	error = error < 0 ? error
			  : words_text(desk, "description", WORDS_OPTIONAL, TEXT_MAX, &text);
	error = error < 0 ? error : asset_read(desk, row);
	error = error < 0 ? error
			  : words_int(desk, "since", desk->now_ms - SINCE_DAYS * CIVIL_DAY_MS,
				    desk->now_ms + SKEW_MS, desk->now_ms, &row->found_at_ms);
	if (error < 0) {
		return error;
	}
	row->found_at_ms = row->found_at_ms < desk->now_ms ? row->found_at_ms : desk->now_ms;
	report->harm = json_get_bool(desk->call->body, "harm", false);
	row->grade = report->harm ? GRADE_HIGH : GRADE_MEDIUM;
	row->description = report->place.n == 0
				   ? text
				   : arena_printf(desk->arena, "位置：%.*s%s%.*s",
					     SLICE_FMT(report->place), text.n > 0 ? "\n" : "",
					     SLICE_FMT(text));
	return 0;
}

/* ---- who hears of it */

static int tell(struct desk *desk, int64_t person_id, const char *what, struct slice subject,
	struct slice text)
{
	AUTO_BUF struct buf body;
	buf_init(&body, BODY_MAX_OCTETS);
	buf_printf(&body, "%.*s\n\n登录后查看：\n%s/findings/%lld\n", SLICE_FMT(text),
		desk->env->base_url, (long long)desk->answer_id);
	struct slice event =
		arena_printf(desk->arena, "%s.%lld", what, (long long)desk->answer_version);
	struct deliver_mail mail = { .person_id = person_id,
		.subject = subject,
		.body = buf_slice(&body),
		.about = "finding",
		.about_id = desk->answer_id,
		.event = (const char *)event.p };
	int put = deliver_mail(desk->txn, &mail);
	return put < 0 ? put : 0;
}

/* No word of what it is: mail is read by others. */
static int duty_tell(struct desk *desk, const struct report *report, struct slice unit)
{
	int64_t people[PEOPLE_MAX];
	int count = deliver_on_duty(desk->txn, people, PEOPLE_MAX);
	struct slice subject = arena_printf(desk->arena, "【%s】%.*s H-%lld",
		report->harm ? "紧急上报" : "单位上报", SLICE_FMT(unit),
		(long long)desk->answer_id);
	struct slice text = arena_printf(desk->arena,
		"%.*s上报了一条隐患或事件%s，受理编号 H-%lld，请尽快研判。", SLICE_FMT(unit),
		report->harm ? "，已造成影响" : "", (long long)desk->answer_id);
	int error = count < 0 ? count : 0;
	for (int i = 0; error == 0 && i < count; i++) {
		error = tell(desk, people[i], "reported", subject, text);
	}
	return error;
}

static int receipt_send(struct desk *desk)
{
	long long id = (long long)desk->answer_id;
	return tell(desk, desk->caller.person_id, "receipt",
		arena_printf(desk->arena, "【回执】上报已受理 H-%lld", id),
		arena_printf(desk->arena,
			"您的上报已受理，受理编号 H-%lld。信息技术中心将进行研判，"
			"结果可在平台查看；如情况变化，请凭编号联系值班员。",
			id));
}

static int unit_name(struct desk *desk, int64_t unit_id, struct slice *ret_name)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(
		desk->db, "SELECT name FROM unit WHERE id = $1", &q, SQL_INT(unit_id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		*ret_name = arena_dup(desk->arena, db_col_text(q, 0));
	}
	return row == 0 ? E_ABSENT : row < 0 ? row : 0;
}

int finding_report_as(struct desk *desk, struct slice kind)
{
	struct slice unit = { 0 };
	struct report report = { .row = { .version = 1,
					 .state = FINDING_NEW,
					 .kind = kind,
					 .source = SOURCE_UNIT,
					 .unit_id = desk->caller.unit_id,
					 .reported_at_ms = desk->now_ms,
					 .author_id = desk->caller.person_id } };
	int error = unit_name(desk, report.row.unit_id, &unit);
	error = error < 0 ? error : report_read(desk, &report);
	error = error < 0 ? error
			  : finding_take(desk, &report.row, "finding.report", "reported");
	error = error < 0 ? error : duty_tell(desk, &report, unit);
	return error < 0 ? error : receipt_send(desk);
}

int desk_finding_report(struct desk *desk)
{
	return finding_report_as(desk, SLICE("other"));
}
