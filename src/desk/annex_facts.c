/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of a superior's paper and of the findings that came of it, in the words of a form. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/annex.h"
#include "desk/desk.h"
#include "model/finding.h"
#include "model/scale.h"
#include "model/verification.h"
#include "records/caller.h"
#include "records/sql.h"
#include "workflow/annex.h"

enum { ROWS_MAX = 500, EDITS_OCTETS_MAX = 512 * 1024, JOIN_OCTETS_MAX = 16 * 1024 };

struct facts {
	struct arena *arena;
	struct slice once[ANNEX_FACT_COUNT];
	struct slice (*row)[ANNEX_FACT_COUNT]; /* ROWS_MAX of them */
	int64_t rows;
	int64_t fixed;
};

static struct slice day_text(struct arena *arena, int64_t at_ms)
{
	struct civil c = civil_of_ms(at_ms, CIVIL_CHINA_OFFSET_MIN);
	return arena_printf(arena, "%d年%u月%u日", (int)c.year, c.month, c.day);
}

static struct slice day_col(struct facts *f, struct stmt *q, unsigned column)
{
	return db_col_is_null(q, column) ? (struct slice) { 0 }
					 : day_text(f->arena, db_col_int64(q, column));
}

static struct slice text_col(struct facts *f, struct stmt *q, unsigned column)
{
	return arena_dup(f->arena, db_col_text(q, column));
}

static struct slice word_col(struct stmt *q, unsigned column, const struct name_table *names)
{
	int value = db_col_is_null(q, column) ? E_ABSENT
					      : name_parse(names, db_col_text(q, column));
	return slice_str(value < 0 ? "" : name_text(names, (unsigned)value, LANG_ZH));
}

/* ---- of the paper */

static int school_load(struct desk *desk, struct facts *f)
{
	struct slice text = { 0 };
	const struct json *value = NULL;
	int error = setting_load(desk->db, desk->arena, "school", &text);
	if (error == 0 && text.n > 0 && json_parse(desk->arena, text, 0, &value, NULL) == 0) {
		f->once[ANNEX_SCHOOL] = json_get_str(value, "name");
	}
	return error < 0 ? error : 0;
}

static int person_load(struct desk *desk, struct facts *f, int64_t id, enum annex_fact name)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(
		desk->db, "SELECT name, phone FROM person WHERE id = $1", &q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		f->once[name] = text_col(f, q, 0);
		f->once[name + 1] = text_col(f, q, 1); /* its telephone follows */
	}
	return row < 0 ? row : 0;
}

static int paper_load(struct desk *desk, struct facts *f, int64_t incoming_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT s.name, i.paper_no, i.title, i.received_at_ms, i.due_at_ms, i.answer,"
		" COALESCE(i.handler_id, 0) FROM incoming i LEFT JOIN superior s"
		" ON s.id = i.superior_id WHERE i.id = $1",
		&q, SQL_INT(incoming_id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	f->once[ANNEX_SUPERIOR] = text_col(f, q, 0);
	f->once[ANNEX_PAPER_NO] = text_col(f, q, 1);
	f->once[ANNEX_PAPER_TITLE] = text_col(f, q, 2);
	f->once[ANNEX_RECEIVED] = day_col(f, q, 3);
	f->once[ANNEX_REPLY_DUE] = day_col(f, q, 4);
	f->once[ANNEX_ANSWER] = text_col(f, q, 5);
	f->once[ANNEX_TODAY] = day_text(f->arena, desk->now_ms);
	int64_t handler_id = db_col_int64(q, 6);
	db_done(q);
	q = NULL;
	int error = person_load(desk, f, desk->caller.person_id, ANNEX_FILLER);
	return error < 0 ? error : person_load(desk, f, handler_id, ANNEX_HANDLER);
}

/* ---- of each finding */

#define ROWS_SQL                                                                                \
	"SELECT f.title, f.description, f.found_at_ms, f.grade, f.state, u.name, a.name,"       \
	" n.number, COALESCE(n.due_at_ms, 0), r.responsible, x.cause, x.measure, x.done_at_ms," \
	" v.state, v.opinion,"                                                                  \
	" (SELECT p.name FROM role_grant g JOIN person p ON p.id = g.person_id"                 \
	"  WHERE g.unit_id = f.unit_id AND g.role = 'officer' AND g.valid_from_ms <= $2"        \
	"  AND (g.valid_to_ms IS NULL OR g.valid_to_ms > $2) ORDER BY g.id LIMIT 1),"           \
	" (SELECT p.phone FROM role_grant g JOIN person p ON p.id = g.person_id"                \
	"  WHERE g.unit_id = f.unit_id AND g.role = 'officer' AND g.valid_from_ms <= $2"        \
	"  AND (g.valid_to_ms IS NULL OR g.valid_to_ms > $2) ORDER BY g.id LIMIT 1)"            \
	" FROM finding f LEFT JOIN unit u ON u.id = f.unit_id"                                  \
	" LEFT JOIN asset a ON a.id = f.asset_id LEFT JOIN notice n ON n.id = f.notice_id"      \
	" LEFT JOIN rectification r ON r.notice_id = n.id AND r.round ="                        \
	" (SELECT max(z.round) FROM rectification z WHERE z.notice_id = n.id"                   \
	"  AND z.submitted_at_ms IS NOT NULL)"                                                  \
	" LEFT JOIN rectification_item x ON x.rectification_id = r.id AND x.finding_id = f.id"  \
	" LEFT JOIN verification v ON v.notice_id = n.id AND v.round = r.round"                 \
	" WHERE (f.incoming_id = $1 OR n.incoming_id = $1)"                                     \
	" AND f.state NOT IN ('duplicate', 'false_positive', 'merged')"                         \
	" ORDER BY f.id LIMIT $3"

static void row_take(struct facts *f, struct stmt *q)
{
	struct slice *row = f->row[f->rows];
	struct slice verdict = word_col(q, 13, &verification_state_names);
	struct slice opinion = db_col_text(q, 14);
	struct slice state = db_col_text(q, 4);
	bool fixed = slice_is(state, "closed") || slice_is(db_col_text(q, 13), "passed");
	struct slice responsible = text_col(f, q, 9);
	row[ANNEX_N] = arena_printf(f->arena, "%lld", (long long)f->rows + 1);
	row[ANNEX_PROBLEM] = text_col(f, q, 0);
	row[ANNEX_DETAIL] = text_col(f, q, 1);
	row[ANNEX_FOUND] = day_col(f, q, 2);
	row[ANNEX_GRADE] = word_col(q, 3, &grade_names);
	row[ANNEX_STATE] = word_col(q, 4, &finding_state_names);
	row[ANNEX_UNIT] = text_col(f, q, 5);
	row[ANNEX_SYSTEM] = text_col(f, q, 6);
	row[ANNEX_NUMBER] = text_col(f, q, 7);
	row[ANNEX_DUE] = db_col_int64(q, 8) == 0 ? (struct slice) { 0 } : day_col(f, q, 8);
	row[ANNEX_RESPONSIBLE] = responsible.n > 0 ? responsible : text_col(f, q, 15);
	row[ANNEX_CAUSE] = text_col(f, q, 10);
	row[ANNEX_MEASURE] = text_col(f, q, 11);
	row[ANNEX_DONE] = day_col(f, q, 12);
	row[ANNEX_PHONE] = text_col(f, q, 16);
	row[ANNEX_VERDICT] = opinion.n > 0 ? arena_printf(f->arena, "%.*s。%.*s",
						     SLICE_FMT(verdict), SLICE_FMT(opinion))
					   : verdict;
	row[ANNEX_FIXED] = fixed ? SLICE("是") : SLICE("否");
	f->fixed += fixed;
	f->rows++;
}

static int rows_load(struct desk *desk, struct facts *f, int64_t incoming_id)
{
	AUTO_STMT struct stmt *q = NULL;
	f->row = arena_take(f->arena, ROWS_MAX * sizeof(*f->row));
	int row = sql_query(desk->db, ROWS_SQL, &q, SQL_INT(incoming_id), SQL_INT(desk->now_ms),
		SQL_INT(ROWS_MAX));
	while (row >= 0 && (row = db_step(q)) == 1 && f->rows < ROWS_MAX) {
		row_take(f, q);
	}
	f->once[ANNEX_COUNT_ALL] = arena_printf(f->arena, "%lld", (long long)f->rows);
	f->once[ANNEX_COUNT_FIXED] = arena_printf(f->arena, "%lld", (long long)f->fixed);
	f->once[ANNEX_COUNT_OPEN] =
		arena_printf(f->arena, "%lld", (long long)(f->rows - f->fixed));
	f->once[ANNEX_ALL_FIXED] = f->rows == 0          ? (struct slice) { 0 }
				   : f->rows == f->fixed ? SLICE("是")
							 : SLICE("否");
	return row < 0 ? row : 0;
}

/* ---- into the form */

/* A fact of the rows in one cell: each different word once; whole sentences on lines of their own. */
static struct slice joined(struct facts *f, int fact)
{
	AUTO_BUF struct buf out;
	buf_init(&out, JOIN_OCTETS_MAX);
	bool lines = fact == ANNEX_PROBLEM || fact == ANNEX_DETAIL || fact == ANNEX_MEASURE ||
		     fact == ANNEX_CAUSE || fact == ANNEX_VERDICT;
	for (int64_t i = 0; i < f->rows; i++) {
		struct slice text = f->row[i][fact];
		bool said = text.n == 0;
		for (int64_t j = 0; j < i && !said; j++) {
			said = slice_eq(f->row[j][fact], text);
		}
		if (!said) {
			buf_put_str(&out, out.n == 0 ? "" : lines ? "\n" : "、");
			buf_put(&out, text);
		}
	}
	return arena_dup(f->arena, buf_slice(&out));
}

static struct slice once_text(struct facts *f, int fact)
{
	return fact < ANNEX_FACT_FIRST_OF_ROW ? f->once[fact] : joined(f, fact);
}

static int fact_of(const struct json *place)
{
	int fact = name_parse(&annex_fact_names, json_get_str(place, "fact"));
	return fact < 0 ? ANNEX_N : fact;
}

static bool repeats(const struct json *place)
{
	return json_get_bool(place, "repeat", false);
}

static bool same_row(const struct json *a, const struct json *b)
{
	return repeats(a) && repeats(b) && json_get_int(a, "t", 0) == json_get_int(b, "t", 0) &&
	       json_get_int(a, "r", 0) == json_get_int(b, "r", 0);
}

/* A row's places stand in one list, wherever the first of them is. */
static bool first_of_row(const struct json *places, const struct json *place)
{
	const struct json *p = json_first(places);
	while (p != place && !same_row(p, place)) {
		p = json_next(p);
	}
	return p == place;
}

static void cells_put(struct facts *f, struct jw *jw, const struct json *places)
{
	for (const struct json *p = json_first(places); p != NULL; p = json_next(p)) {
		struct slice text =
			repeats(p) ? (struct slice) { 0 } : once_text(f, fact_of(p));
		if (text.n > 0) {
			jw_object(jw);
			jw_kv_int(jw, "t", json_get_int(p, "t", 0));
			jw_kv_int(jw, "r", json_get_int(p, "r", 0));
			jw_kv_int(jw, "c", json_get_int(p, "c", 0));
			jw_kv_str(jw, "s", text);
			jw_end(jw);
		}
	}
}

static void rows_put(
	struct facts *f, struct jw *jw, const struct json *places, const struct json *first)
{
	jw_object(jw);
	jw_kv_int(jw, "t", json_get_int(first, "t", 0));
	jw_kv_int(jw, "r", json_get_int(first, "r", 0));
	jw_key(jw, "rows");
	jw_array(jw);
	for (int64_t i = 0; i < f->rows && !jw->buf->failed; i++) {
		jw_array(jw);
		for (const struct json *p = first; p != NULL; p = json_next(p)) {
			int fact = fact_of(p);
			struct slice text = fact < ANNEX_FACT_FIRST_OF_ROW ? f->once[fact]
									   : f->row[i][fact];
			if (!same_row(p, first) || text.n == 0) {
				continue;
			}
			jw_object(jw);
			jw_kv_int(jw, "c", json_get_int(p, "c", 0));
			jw_kv_str(jw, "s", text);
			jw_end(jw);
		}
		jw_end(jw);
	}
	jw_end(jw);
	jw_end(jw);
	(void)places;
}

int annex_edits(struct desk *desk, int64_t incoming_id, const struct json *places,
	struct slice *ret_edits, int64_t *ret_rows)
{
	AUTO_BUF struct buf out;
	struct facts f = { .arena = desk->arena };
	struct jw jw;
	int error = school_load(desk, &f);
	error = error < 0 ? error : paper_load(desk, &f, incoming_id);
	error = error < 0 ? error : rows_load(desk, &f, incoming_id);
	if (error < 0) {
		return error;
	}
	buf_init(&out, EDITS_OCTETS_MAX);
	jw_init(&jw, &out);
	jw_object(&jw);
	jw_key(&jw, "cells");
	jw_array(&jw);
	cells_put(&f, &jw, places);
	jw_end(&jw);
	jw_key(&jw, "repeat");
	jw_array(&jw);
	for (const struct json *p = json_first(places); p != NULL; p = json_next(p)) {
		if (repeats(p) && first_of_row(places, p)) {
			rows_put(&f, &jw, places, p);
		}
	}
	jw_end(&jw);
	jw_end(&jw);
	*ret_edits = arena_dup(desk->arena, buf_slice(&out));
	*ret_rows = f.rows;
	return out.failed ? E_LIMIT : 0;
}
