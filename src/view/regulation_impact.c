/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a draft would change of open work: each running clock reckoned again
 * under its text, from the same start and with the same pauses.  Nothing is
 * written.
 */
#include "base/arena.h"
#include "base/err.h"
#include "records/sql.h"
#include "view/page.h"
#include "view/regulations.h"
#include "view/view.h"
#include "workflow/policy.h"
#include "workflow/policy_impact.h"

enum { CLOCKS_MAX = 20000, SHOWN_MAX = 200 };

/* Which clock of which record. */
enum clock { CLOCK_REMEDY, CLOCK_SIGN, CLOCK_REVIEW, CLOCK_VERIFY, CLOCK_COUNT };

static const char *const clock_words[CLOCK_COUNT] = { "remediation", "sign_for", "review",
	"verification" };

struct impact {
	struct view *view;
	struct calendar calendar;
	struct policy now;   /* in force */
	struct policy draft; /* its calendar has the draft's end of day */
	int64_t counts[CLOCK_COUNT][POLICY_MOVE_COUNT];
	int64_t unreadable;
	int64_t shown;
};

static int years_load(struct impact *im)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = db_prepare(im->view->db,
		"SELECT v.text FROM policy_version v WHERE v.kind = 'calendar' AND v.edition ="
		" (SELECT max(o.edition) FROM policy_version o WHERE o.subject = v.subject)"
		" ORDER BY v.subject",
		&q);
	calendar_init(&im->calendar);
	while (row >= 0 && (row = db_step(q)) == 1) {
		struct slice text = db_col_text(q, 0);
		size_t at = im->calendar.year_count;
		if (calendar_add_json(&im->calendar, text, NULL) == 0) {
			policy_stamp(
				im->calendar.years[at].version, CALENDAR_STAMPED_MAX, text);
		}
	}
	return row < 0 ? row : 0;
}

static int text_parse(struct slice text, const struct policy *otherwise, struct policy *ret)
{
	struct diag_list mistakes;
	diag_list_init(&mistakes);
	int error = policy_parse_over(text, otherwise, ret, &mistakes);
	diag_list_fini(&mistakes);
	return error;
}

/* Both texts; a draft that cannot be read has no impact to show. */
static int policies_load(struct impact *im)
{
	struct view *view = im->view;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT r.text, v.text FROM regulation r JOIN policy_version v"
		" ON v.subject = 'policy' AND v.edition = (SELECT max(o.edition)"
		" FROM policy_version o WHERE o.subject = 'policy') WHERE r.id = $1",
		&q, SQL_INT(view->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	/* Either may be of an older program and lack what the other names. */
	int error = text_parse(db_col_text(q, 0), NULL, &im->draft);
	if (error == 0) {
		error = text_parse(db_col_text(q, 1), &im->draft, &im->now);
	} else {
		error = text_parse(db_col_text(q, 1), NULL, &im->now);
		error = error < 0 ? error : text_parse(db_col_text(q, 0), &im->now, &im->draft);
	}
	im->calendar.day_end_min = im->draft.day_end_min;
	return error < 0 ? view_refuse(view, E_INPUT, "regulation.complete", NULL) : 0;
}

/* A clock that stands while papers are looked at can become nothing overdue. */
static void row_put(
	struct impact *im, struct stmt *q, enum clock clock, bool stands, int64_t after_ms)
{
	struct jw *jw = &im->view->jw;
	int64_t before_ms = db_col_int64(q, 7);
	enum policy_move move =
		policy_move_of(before_ms, after_ms, stands ? INT64_MIN : im->view->now_ms);
	static const char *const words[POLICY_MOVE_COUNT] = { "same", "earlier", "later",
		"becomes_overdue", "no_longer_overdue" };
	im->counts[clock][move]++;
	if (move == POLICY_SAME || im->shown >= SHOWN_MAX) {
		return;
	}
	im->shown++;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	page_text_col(im->view, "number", q, 1);
	jw_kv_str(jw, "title", db_col_text(q, 2));
	page_ref_col(im->view, "unit", q, 3);
	jw_kv_str(jw, "clock", slice_str(clock_words[clock]));
	jw_kv_str(jw, "move", slice_str(words[move]));
	jw_kv_int(jw, "before", before_ms);
	jw_kv_int(jw, "after", after_ms);
	jw_end(jw);
}

static void remedy_put(struct impact *im, struct stmt *q)
{
	struct due due;
	struct due moved;
	int grade = name_parse(&grade_names, db_col_text(q, 5));
	if (grade < 0 || due_parse_json(db_col_text(q, 6), &due, NULL) < 0) {
		im->unreadable++;
		return;
	}
	if (policy_move_due(&im->calendar, &im->draft, (enum grade)grade, &due, &moved) < 0) {
		im->unreadable++;
		return;
	}
	row_put(im, q, CLOCK_REMEDY, due_paused(&due), moved.due_ms);
}

static void plain_put(struct impact *im, struct stmt *q, enum clock clock)
{
	static const enum policy_rule rules[CLOCK_COUNT] = { POLICY_REMEDIATION,
		POLICY_SIGN_FOR, POLICY_REVIEW, POLICY_VERIFICATION };
	int grade = name_parse(&grade_names, db_col_text(q, 5));
	int64_t after_ms = 0;
	bool provisional = false;
	if (grade < 0 || calendar_add(&im->calendar, db_col_int64(q, 8),
				 policy_rule(&im->draft, rules[clock], (enum grade)grade),
				 &after_ms, &provisional) < 0) {
		im->unreadable++;
		return;
	}
	row_put(im, q, clock, false, after_ms);
}

#define COLUMNS "SELECT n.id, n.number, n.title, n.unit_id, u.name, n.grade, n.due_json, "
#define NOTICES " FROM notice n JOIN unit u ON u.id = n.unit_id "

static const char *const questions[CLOCK_COUNT] = {
	[CLOCK_REMEDY] =
		COLUMNS "n.due_at_ms, NULL" NOTICES
			"WHERE n.due_json IS NOT NULL AND n.state IN ('issued', 'received',"
			" 'rectifying', 'submitted', 'verifying', 'returned', 'failed')"
			" ORDER BY n.id LIMIT $1",
	[CLOCK_SIGN] = COLUMNS "n.sign_due_at_ms, n.issued_at_ms" NOTICES
			       "WHERE n.state = 'issued' AND n.sign_due_at_ms IS NOT NULL"
			       " ORDER BY n.id LIMIT $1",
	[CLOCK_REVIEW] = COLUMNS "n.step_due_at_ms, n.review_at_ms" NOTICES
				 "WHERE n.state = 'review' AND n.step_due_at_ms IS NOT NULL"
				 " AND n.review_at_ms IS NOT NULL ORDER BY n.id LIMIT $1",
	[CLOCK_VERIFY] =
		COLUMNS "n.step_due_at_ms, r.submitted_at_ms" NOTICES
			"JOIN rectification r ON r.notice_id = n.id AND r.round = n.round"
			" WHERE n.state IN ('submitted', 'verifying')"
			" AND n.step_due_at_ms IS NOT NULL"
			" AND r.submitted_at_ms IS NOT NULL ORDER BY n.id LIMIT $1",
};

static int clocks_put(struct impact *im, enum clock clock)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(im->view->db, questions[clock], &q, SQL_INT(CLOCKS_MAX));
	while (row >= 0 && (row = db_step(q)) == 1) {
		if (clock == CLOCK_REMEDY) {
			remedy_put(im, q);
		} else {
			plain_put(im, q, clock);
		}
	}
	return row < 0 ? row : 0;
}

static void counts_put(struct impact *im)
{
	struct jw *jw = &im->view->jw;
	jw_key(jw, "clocks");
	jw_array(jw);
	for (unsigned i = 0; i < CLOCK_COUNT; i++) {
		const int64_t *c = im->counts[i];
		jw_object(jw);
		jw_kv_str(jw, "clock", slice_str(clock_words[i]));
		jw_kv_int(jw, "open",
			c[POLICY_SAME] + c[POLICY_EARLIER] + c[POLICY_LATER] +
				c[POLICY_BECOMES_OVERDUE] + c[POLICY_NO_LONGER_OVERDUE]);
		jw_kv_int(jw, "same", c[POLICY_SAME]);
		jw_kv_int(jw, "earlier", c[POLICY_EARLIER]);
		jw_kv_int(jw, "later", c[POLICY_LATER]);
		jw_kv_int(jw, "becomes_overdue", c[POLICY_BECOMES_OVERDUE]);
		jw_kv_int(jw, "no_longer_overdue", c[POLICY_NO_LONGER_OVERDUE]);
		jw_end(jw);
	}
	jw_end(jw);
}

int view_regulations_impact(struct view *view)
{
	struct impact *im = arena_take(view->arena, sizeof(*im));
	*im = (struct impact) { .view = view };
	int error = years_load(im);
	error = error < 0 ? error : policies_load(im);
	if (error < 0) {
		return error;
	}
	jw_object(&view->jw);
	jw_key(&view->jw, "items");
	jw_array(&view->jw);
	for (unsigned clock = 0; clock < CLOCK_COUNT && error == 0; clock++) {
		error = clocks_put(im, (enum clock)clock);
	}
	jw_end(&view->jw);
	counts_put(im);
	jw_kv_int(&view->jw, "unreadable", im->unreadable);
	jw_end(&view->jw);
	return error;
}
