/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people are told of a notice: its number, what is to be done by when,
 * and where to read it.  Never what the finding is: mail is read by others.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/err.h"
#include "desk/deliver.h"
#include "desk/desk.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "records/sql.h"

enum { PEOPLE_MAX = 50, BODY_MAX_OCTETS = 4096 };

struct slice matter_time(const struct matter *m, int64_t at_ms)
{
	struct civil c = civil_of_ms(at_ms, CIVIL_CHINA_OFFSET_MIN);
	return arena_printf(m->arena, "%04d-%02u-%02u %02u:%02u", (int)c.year, c.month, c.day,
		c.hour, c.minute);
}

static int64_t notice_paper(struct matter *m)
{
	int64_t id = 0;
	int row = sql_int(m->db,
		"SELECT id FROM document WHERE about = 'notice' AND about_id = $1"
		" AND kind = 'notice' AND of_id IS NULL ORDER BY id DESC LIMIT 1",
		&id, SQL_INT(m->row.id));
	return row == 1 ? id : row;
}

static int tell(struct matter *m, int64_t person_id, const char *event, struct slice subject,
	struct slice text)
{
	int64_t paper = m->act == NOTICE_ACT_ISSUE ? notice_paper(m) : 0;
	if (paper < 0) {
		return (int)paper;
	}
	AUTO_BUF struct buf body;
	buf_init(&body, BODY_MAX_OCTETS);
	buf_put(&body, text);
	buf_put_str(&body, "\n\n");
	if (m->row.due_at_ms != 0 && !notice_terminal(m->row.state)) {
		buf_printf(&body, "整改期限：%.*s%s\n",
			SLICE_FMT(matter_time(m, m->row.due_at_ms)),
			m->row.due_provisional ? "（暂定）" : "");
	}
	buf_printf(&body, "登录后查看：\n%s/notices/%lld\n", m->env->base_url,
		(long long)m->row.id);
	struct slice unique = arena_printf(m->arena, "%s.%lld", event, (long long)m->row.round);
	struct deliver_mail mail = { .person_id = person_id,
		.subject = subject,
		.body = buf_slice(&body),
		.about = "notice",
		.about_id = m->row.id,
		.event = (const char *)unique.p,
		.document_id = paper };
	int put = deliver_mail(m->txn, &mail);
	return put < 0 ? put : 0;
}

int matter_tell_person(struct matter *m, int64_t person_id, const char *event,
	struct slice subject, struct slice text)
{
	/* Nobody is told what he has just done. */
	bool own = person_id == 0 || person_id == m->actor_id;
	return own ? 0 : tell(m, person_id, event, subject, text);
}

/* Ids first: telling runs statements of its own. */
static int people_tell(struct matter *m, struct stmt *q, bool actor_too, const char *event,
	struct slice subject, struct slice text)
{
	int64_t people[PEOPLE_MAX];
	int count = 0;
	int row = 0;
	while (count < PEOPLE_MAX && (row = db_step(q)) == 1) {
		people[count++] = db_col_int64(q, 0);
	}
	row = row < 0 ? row : 0;
	for (int i = 0; i < count && row == 0; i++) {
		row = actor_too ? tell(m, people[i], event, subject, text)
				: matter_tell_person(m, people[i], event, subject, text);
	}
	return row;
}

/*
 * Whom a notice is addressed to as this kind ("" = as any), who stands in for the unit, and whose
 * deputy is one of them.  One who holds no post any more has handed it over.
 */
static int addressed(struct matter *m, const char *kind, struct stmt **ret_people)
{
	return sql_query(m->db,
		"SELECT x.person_id FROM (SELECT r.person_id FROM notice_recipient r"
		" WHERE r.notice_id = $1 AND ($3 = '' OR r.kind = $3) AND EXISTS"
		" (SELECT 1 FROM role_grant g WHERE g.person_id = r.person_id"
		" AND g.valid_to_ms IS NULL)"
		" UNION SELECT person_id FROM interim WHERE unit_id = $2 AND to_ms IS NULL"
		" UNION SELECT d.deputy_id FROM delegation d JOIN notice_recipient r"
		" ON r.notice_id = $1 AND r.person_id = d.person_id AND ($3 = '' OR r.kind = $3)"
		" WHERE d.unit_id = $2 AND d.grant_id IS NOT NULL AND d.ended_at_ms IS NULL) x"
		" ORDER BY x.person_id",
		ret_people, SQL_INT(m->row.id), SQL_INT(m->row.unit_id),
		SQL_TEXT(slice_str(kind)));
}

int matter_tell_unit(
	struct matter *m, const char *event, struct slice subject, struct slice text)
{
	AUTO_STMT struct stmt *q = NULL;
	int error = addressed(m, "", &q);
	/* A notice goes to whom it is addressed, were he its issuer: the mail proves it. */
	return error < 0 ? error
			 : people_tell(m, q, m->act == NOTICE_ACT_ISSUE, event, subject, text);
}

int matter_tell_officers(
	struct matter *m, const char *event, struct slice subject, struct slice text)
{
	AUTO_STMT struct stmt *q = NULL;
	int error = addressed(m, "to", &q);
	return error < 0 ? error : people_tell(m, q, false, event, subject, text);
}

int matter_tell_role(struct matter *m, enum role role, int64_t unit_id, const char *event,
	struct slice subject, struct slice text)
{
	AUTO_STMT struct stmt *q = NULL;
	int error = sql_query(m->db,
		"SELECT DISTINCT person_id FROM role_grant WHERE role = $1"
		" AND valid_to_ms IS NULL AND ($2 = 0 OR unit_id = $2) ORDER BY person_id",
		&q, SQL_STR(name_id(&role_names, role)), SQL_INT(unit_id));
	return error < 0 ? error : people_tell(m, q, false, event, subject, text);
}

/* ---- what an act tells */

static struct slice named(const struct matter *m, const char *what)
{
	return m->row.number.n > 0
		       ? arena_printf(m->arena, "【%s】%.*s", what, SLICE_FMT(m->row.number))
		       : arena_printf(
				 m->arena, "【%s】通报草稿 %lld", what, (long long)m->row.id);
}

static const struct unit_words {
	enum notice_act act;
	const char *subject;
	const char *text; /* behind the number */
} unit_words[] = {
	{ NOTICE_ACT_ISSUE, "网络安全通报", "已下发，请按时签收，并按期完成整改。" },
	{ NOTICE_ACT_RETURN, "退回补正", "的整改材料被退回补正，请登录查看需要补正的内容。" },
	{ NOTICE_ACT_VERIFY, "开始复核", "已开始复核，请保持系统可访问。" },
	{ NOTICE_ACT_PASS, "复核通过", "复核通过。" },
	{ NOTICE_ACT_FAIL, "复核不通过", "复核不通过，请继续整改并再次提交。" },
	{ NOTICE_ACT_CLOSE, "办结", "已办结归档。" },
	{ NOTICE_ACT_WITHDRAW, "撤销", "已撤销，不需再办理。" },
};

static const struct unit_words *unit_words_of(enum notice_act act)
{
	static const struct unit_words other = { NOTICE_ACT_COUNT, "通报进展", "有新进展。" };
	for (size_t i = 0; i < sizeof(unit_words) / sizeof(unit_words[0]); i++) {
		if (unit_words[i].act == act) {
			return &unit_words[i];
		}
	}
	return &other;
}

static struct slice unit_text(const struct matter *m)
{
	struct slice sign = m->act == NOTICE_ACT_ISSUE
				    ? arena_printf(m->arena, "\n签收期限：%.*s",
					      SLICE_FMT(matter_time(m, m->row.sign_due_at_ms)))
				    : SLICE("");
	return arena_printf(m->arena, "%.*s %s%.*s", SLICE_FMT(m->row.number),
		unit_words_of(m->act)->text, SLICE_FMT(sign));
}

/* Every message of an act once, however often the act comes round. */
static const char *event_of(const struct matter *m, const char *to)
{
	return (const char *)arena_printf(m->arena, "%s.%s.%lld",
		name_id(&notice_act_names, m->act), to, (long long)m->row.version)
		.p;
}

static int desk_tell(struct matter *m)
{
	struct slice state = slice_str(name_text(&notice_state_names, m->row.state, LANG_ZH));
	struct slice subject = named(m, (const char *)state.p);
	struct slice text = m->row.number.n > 0
				    ? arena_printf(m->arena, "%.*s（%.*s）现在是：%.*s。",
					      SLICE_FMT(m->row.number), SLICE_FMT(m->unit_name),
					      SLICE_FMT(state))
				    : arena_printf(m->arena, "发往%.*s的通报草稿现在是：%.*s。",
					      SLICE_FMT(m->unit_name), SLICE_FMT(state));
	const char *event = event_of(m, "desk");
	int error = 0;
	if (m->act == NOTICE_ACT_REVIEW) {
		bool urgent = m->row.grade <= GRADE_EXTREME;
		error = matter_tell_role(
			m, urgent ? ROLE_DIRECTOR : ROLE_REVIEWER, 0, event, subject, text);
	} else if (m->act == NOTICE_ACT_SUBMIT) {
		error = matter_tell_role(m, ROLE_VERIFIER, 0, event, subject, text);
	}
	if (error == 0 && m->act != NOTICE_ACT_REVIEW) {
		error = matter_tell_person(m, m->row.author_id, event, subject, text);
	}
	return error;
}

static int leader_tell(struct matter *m)
{
	int64_t leader_id = 0;
	int row = sql_int(m->db,
		"SELECT leader_id FROM brief WHERE notice_id = $1 ORDER BY id DESC LIMIT 1",
		&leader_id, SQL_INT(m->row.id));
	struct slice text = arena_printf(m->arena, "%.*s（%.*s）的整改情况已报您阅。",
		SLICE_FMT(m->row.number), SLICE_FMT(m->unit_name));
	return row < 0 ? row
		       : matter_tell_person(
				 m, leader_id, event_of(m, "leader"), named(m, "汇报"), text);
}

int matter_tell(struct matter *m)
{
	uint32_t effects = m->outcome.effects;
	int error = 0;
	if ((effects & NOTICE_EFFECT_TELL_UNIT) != 0) {
		error = matter_tell_unit(m, event_of(m, "unit"),
			named(m, unit_words_of(m->act)->subject), unit_text(m));
	}
	if (error == 0 && (effects & NOTICE_EFFECT_TELL_DESK) != 0) {
		error = desk_tell(m);
	}
	if (error == 0 && (effects & NOTICE_EFFECT_TELL_LEADER) != 0) {
		error = leader_tell(m);
	}
	return error;
}
