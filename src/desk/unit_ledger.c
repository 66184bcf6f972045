/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 单位安全台账: what the register says of a unit this term, for the unit to go
 * through, sign and seal.  Several units make one PDF, each from the front of
 * a sheet.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/id_list.h"
#include "desk/paper_job.h"
#include "desk/record_papers.h"
#include "model/asset_sheet.h"
#include "model/filing.h"
#include "model/finding.h"
#include "model/scale.h"
#include "records/sql.h"

enum {
	UNITS_MAX = 100,
	ASSETS_MAX = 200,
	FINDINGS_MAX = 100,
	OFFICERS_MAX = 20,
	MEMBERS_MAX_OCTETS = 200 * 1024,
	ALL_MAX_OCTETS = 1000 * 1024,
	SPRING_MONTH = 2,
	AUTUMN_MONTH = 8,
};

struct term {
	int32_t year;
	bool spring;
	int64_t from_ms;
};

struct ledger {
	struct desk *desk;
	int64_t unit_id;
	struct term term;
	int64_t assets;
	int64_t findings;
	int64_t open;
	struct jw jw;
};

/* Spring from February, autumn from August to January. */
static struct term term_of(int64_t now_ms)
{
	struct civil c = civil_of_ms(now_ms, CIVIL_CHINA_OFFSET_MIN);
	struct term term = { .year = c.year,
		.spring = c.month >= SPRING_MONTH && c.month < AUTUMN_MONTH };
	term.year -= c.month < SPRING_MONTH ? 1 : 0;
	struct civil from = {
		.year = term.year, .month = term.spring ? SPRING_MONTH : AUTUMN_MONTH, .day = 1
	};
	term.from_ms = civil_to_ms(&from, CIVIL_CHINA_OFFSET_MIN);
	return term;
}

static void named(
	struct ledger *l, const char *key, const struct name_table *table, struct slice word)
{
	int at = name_parse(table, word);
	if (at >= 0) {
		jw_kv_str(&l->jw, key, slice_str(name_text(table, (unsigned)at, LANG_ZH)));
	}
}

/* ---- who answers for it */

static int head_put(struct ledger *l, struct slice *ret_name)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(l->desk->db,
		"SELECT u.name, (SELECT min(p.name) FROM role_grant g JOIN person p"
		" ON p.id = g.person_id WHERE g.unit_id = u.id AND g.role = 'unit_head'"
		" AND g.valid_to_ms IS NULL AND g.for_id IS NULL) FROM unit u WHERE u.id = $1",
		&q, SQL_INT(l->unit_id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	*ret_name = arena_dup(l->desk->arena, db_col_text(q, 0));
	jw_kv_str(&l->jw, "unit", *ret_name);
	jw_kv_str(&l->jw, "term",
		arena_printf(l->desk->arena, "%d年%s季学期", (int)l->term.year,
			l->term.spring ? "春" : "秋"));
	jw_kv_opt(&l->jw, "head", db_col_text(q, 1));
	return 0;
}

static int officers_put(struct ledger *l)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(l->desk->db,
		"SELECT COALESCE(g.post, CASE g.role WHEN 'specialist' THEN 'specialist'"
		" ELSE 'officer' END), p.name, p.phone FROM role_grant g JOIN person p"
		" ON p.id = g.person_id WHERE g.unit_id = $1 AND g.valid_to_ms IS NULL"
		" AND g.for_id IS NULL AND g.role IN ('officer', 'specialist')"
		" ORDER BY g.role DESC, g.id LIMIT $2",
		&q, SQL_INT(l->unit_id), SQL_INT(OFFICERS_MAX));
	jw_key(&l->jw, "officers");
	jw_array(&l->jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		jw_object(&l->jw);
		named(l, "role", &post_names, db_col_text(q, 0));
		jw_kv_str(&l->jw, "name", db_col_text(q, 1));
		jw_kv_opt(&l->jw, "phone", db_col_text(q, 2));
		jw_end(&l->jw);
	}
	jw_end(&l->jw);
	return row < 0 ? row : 0;
}

/* When the unit last said that what stands here is so. */
static int looked_put(struct ledger *l)
{
	struct arena *arena = l->desk->arena;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(l->desk->db,
		"SELECT a.at_ms, p.name, r.name FROM term_review_answer a JOIN person p"
		" ON p.id = a.by_id JOIN term_review r ON r.id = a.review_id WHERE a.unit_id = $1"
		" ORDER BY a.id DESC LIMIT 1",
		&q, SQL_INT(l->unit_id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		jw_kv_str(&l->jw, "looked",
			arena_printf(arena, "%.*s，%.*s（%.*s）",
				SLICE_FMT(paper_day(arena, db_col_int64(q, 0))),
				SLICE_FMT(db_col_text(q, 1)), SLICE_FMT(db_col_text(q, 2))));
	}
	return row < 0 ? row : 0;
}

/* ---- what it has */

static void asset_put(struct ledger *l, struct stmt *q)
{
	jw_object(&l->jw);
	jw_kv_str(&l->jw, "name", db_col_text(q, 0));
	named(l, "kind", &asset_kind_names, db_col_text(q, 1));
	jw_kv_opt(&l->jw, "address", db_col_text(q, 2));
	jw_kv_opt(&l->jw, "level", slice_str(mlps_level_text(db_col_int64(q, 3))));
	if (slice_is(db_col_text(q, 4), "internet")) {
		jw_kv_str(&l->jw, "note", SLICE("校外可访问"));
	}
	jw_end(&l->jw);
}

static int assets_put(struct ledger *l)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(l->desk->db,
		"SELECT name, kind, COALESCE(address, domain), COALESCE(mlps_level, 0), exposure"
		" FROM asset WHERE owner_unit_id = $1 AND retired_at_ms IS NULL"
		" ORDER BY name, id LIMIT $2",
		&q, SQL_INT(l->unit_id), SQL_INT(ASSETS_MAX));
	jw_key(&l->jw, "assets");
	jw_array(&l->jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		asset_put(l, q);
	}
	jw_end(&l->jw);
	return row < 0 ? row
		       : sql_int(l->desk->db,
				 "SELECT count(*) FROM asset WHERE owner_unit_id = $1"
				 " AND retired_at_ms IS NULL",
				 &l->assets, SQL_INT(l->unit_id));
}

static void finding_put(struct ledger *l, struct stmt *q)
{
	struct slice state = db_col_text(q, 3);
	l->findings++;
	l->open += slice_is(state, "closed") ? 0 : 1;
	jw_object(&l->jw);
	jw_kv_opt(&l->jw, "number", db_col_text(q, 0));
	jw_kv_str(&l->jw, "title", db_col_text(q, 1));
	named(l, "grade", &grade_names, db_col_text(q, 2));
	named(l, "state", &finding_state_names, state);
	jw_kv_str(&l->jw, "found", paper_day(l->desk->arena, db_col_int64(q, 4)));
	jw_end(&l->jw);
}

/* What it was told of, open or put right this term: a draft is the desk's still. */
static int findings_put(struct ledger *l)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(l->desk->db,
		"SELECT n.number, f.title, f.grade, f.state, f.found_at_ms FROM finding f"
		" JOIN notice n ON n.id = f.notice_id WHERE f.unit_id = $1"
		" AND n.issued_at_ms IS NOT NULL AND (f.state IN ('confirmed', 'noticed',"
		" 'remediated', 'reopened', 'accepted') OR (f.state = 'closed'"
		" AND f.found_at_ms >= $2)) ORDER BY f.found_at_ms, f.id LIMIT $3",
		&q, SQL_INT(l->unit_id), SQL_INT(l->term.from_ms), SQL_INT(FINDINGS_MAX));
	jw_key(&l->jw, "findings");
	jw_array(&l->jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		finding_put(l, q);
	}
	jw_end(&l->jw);
	return row < 0 ? row : 0;
}

static int members_put(struct ledger *l, struct buf *out, struct slice *ret_unit)
{
	jw_init(&l->jw, out);
	jw_object(&l->jw);
	int error = head_put(l, ret_unit);
	error = error < 0 ? error : officers_put(l);
	error = error < 0 ? error : looked_put(l);
	int counted = error < 0 ? error : assets_put(l);
	error = counted < 0 ? counted : findings_put(l);
	jw_kv_str(&l->jw, "summary",
		arena_printf(l->desk->arena,
			"登记系统和设备%lld项%s；本学期通报隐患%lld项，未消除%lld项。",
			(long long)l->assets,
			l->assets > ASSETS_MAX ? "（表中只列部分，其余见资产清单）" : "",
			(long long)l->findings, (long long)l->open));
	jw_end(&l->jw);
	return error == 0 && out->failed ? E_LIMIT : error;
}

/* ---- one, or many in one file */

static int job_of(
	struct desk *desk, int64_t unit_id, struct buf *members, struct paper_job *ret_job)
{
	struct slice unit = { 0 };
	struct ledger l = { .desk = desk, .unit_id = unit_id, .term = term_of(desk->now_ms) };
	int error = desk_unit_reached(desk, unit_id);
	error = error < 0 ? error : members_put(&l, members, &unit);
	*ret_job = (struct paper_job) { .env = desk->env,
		.kind = PAPER_LEDGER,
		.about = "unit",
		.about_id = unit_id,
		.unit_id = unit_id,
		.number = arena_printf(desk->arena, "台账 %d%s %.*s", (int)l.term.year,
			l.term.spring ? "春" : "秋", SLICE_FMT(unit)),
		.members = arena_dup(desk->arena, buf_slice(members)) };
	return error;
}

static int one_put(struct desk *desk, int64_t unit_id, int64_t *ret_id)
{
	AUTO_BUF struct buf members;
	struct paper_job job;
	buf_init(&members, MEMBERS_MAX_OCTETS);
	int error = job_of(desk, unit_id, &members, &job);
	return error < 0 ? error : paper_job_put(desk->txn, &job, ret_id);
}

static int part_put(struct desk *desk, int64_t unit_id, struct jw *jw)
{
	AUTO_BUF struct buf members;
	AUTO_BUF struct buf input;
	const struct json *data = NULL;
	struct paper_job job;
	buf_init(&members, MEMBERS_MAX_OCTETS);
	buf_init(&input, MEMBERS_MAX_OCTETS);
	int error = job_of(desk, unit_id, &members, &job);
	error = error < 0 ? error : paper_job_data(desk->txn, &job, &input);
	error = error < 0 ? error
			  : json_parse(desk->arena, arena_dup(desk->arena, buf_slice(&input)),
				    0, &data, NULL);
	jw_object(jw);
	jw_kv_str(jw, "kind", SLICE("ledger"));
	jw_key(jw, "data");
	jw_value(jw, data);
	jw_end(jw);
	return error;
}

static int all_put(struct desk *desk, const struct id_list *units, int64_t *ret_id)
{
	AUTO_BUF struct buf members;
	struct jw jw;
	int error = 0;
	buf_init(&members, ALL_MAX_OCTETS);
	jw_init(&jw, &members);
	jw_object(&jw);
	jw_key(&jw, "papers");
	jw_array(&jw);
	for (size_t i = 0; i < units->count && error == 0; i++) {
		error = part_put(desk, units->id[i], &jw);
	}
	jw_end(&jw);
	jw_end(&jw);
	if (error == 0 && members.failed) {
		return desk_refuse(desk, E_LIMIT, "print.too_many", "unit_ids");
	}
	struct paper_job job = { .env = desk->env,
		.kind = PAPER_BATCH,
		.about = "person",
		.about_id = desk->caller.person_id,
		.unit_id = desk->scope == SCOPE_ALL ? 0 : desk->caller.unit_id,
		.number = arena_printf(desk->arena, "单位安全台账 %zu份", units->count),
		.members = buf_slice(&members) };
	return error < 0 ? error : paper_job_batch(desk->txn, &job, ret_id);
}

/* Without a word: the caller's own, or every unit there is. */
static int units_take(struct desk *desk, struct id_list *units)
{
	AUTO_STMT struct stmt *q = NULL;
	int error = id_list_read(desk, "unit_ids", "unit", UNITS_MAX, units);
	if (error < 0 || units->count > 0) {
		return error;
	}
	if (desk->scope != SCOPE_ALL) {
		units->id[units->count++] = desk->caller.unit_id;
		return 0;
	}
	int row = sql_query(desk->db,
		"SELECT id FROM unit WHERE valid_to_ms IS NULL ORDER BY name, id LIMIT $1", &q,
		SQL_INT(UNITS_MAX + 1));
	while (row >= 0 && (row = db_step(q)) == 1) {
		if (units->count == UNITS_MAX) {
			return desk_refuse(desk, E_LIMIT, "print.too_many", "unit_ids");
		}
		units->id[units->count++] = db_col_int64(q, 0);
	}
	return row < 0 ? row : 0;
}

int desk_units_ledger(struct desk *desk)
{
	struct id_list units = { 0 };
	int64_t id = 0;
	int error = units_take(desk, &units);
	if (error == 0 && units.count == 0) {
		error = desk_refuse(desk, E_INPUT, "print.nothing", "unit_ids");
	}
	if (error == 0) {
		error = units.count == 1 ? one_put(desk, units.id[0], &id)
					 : all_put(desk, &units, &id);
	}
	desk_audit(desk, "units.ledger", "document", id, 1, (struct slice) { 0 });
	desk_answer(desk, id, 1);
	return error;
}
