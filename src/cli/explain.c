/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/explain.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/jw.h"
#include "cli/ask.h"
#include "model/finding.h"
#include "model/incident.h"
#include "model/notice.h"
#include "records/db.h"
#include "records/sql.h"
#include "workflow/explain.h"

enum { OUTPUT_OCTETS = 256 * 1024, HISTORY_MAX = 1000 };

struct telling {
	const struct ask *ask;
	struct db *db;
	struct arena *arena;
	struct ask_record record;
	struct slice title;
	struct slice state;
	int64_t version;
	struct slice policy; /* empty where the kind is not judged by one */
	struct slice due_json;
	struct buf out;
};

/* What each kind is explained from: title, state, version, policy, due; '' where it has none. */
static const struct {
	const char *kind;
	const char *sql;
	const struct name_table *states;
} kinds[] = {
	{ "notice",
		"SELECT COALESCE(number, '') || ' ' || title, state, version, policy, COALESCE(due_json, '')"
		" FROM notice WHERE id = $1",
		&notice_state_names },
	{ "finding", "SELECT title, state, version, policy, '' FROM finding WHERE id = $1",
		&finding_state_names },
	{ "incident", "SELECT code, state, version, '', '' FROM incident WHERE id = $1",
		&incident_state_names },
	{ "alert", "SELECT code, state, version, '', '' FROM alert WHERE id = $1", NULL },
	{ "check", "SELECT name, live_state, version, '', '' FROM watch WHERE id = $1", NULL },
	{ "delivery", "SELECT subject, state, version, '', '' FROM delivery WHERE id = $1",
		NULL },
	{ "asset", "SELECT name, '', version, '', '' FROM asset WHERE id = $1", NULL },
};

static const struct name_table *record_load(struct telling *t, int *ret_row)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		AUTO_STMT struct stmt *q = NULL;
		if (strcmp(kinds[i].kind, t->record.kind) != 0) {
			continue;
		}
		int row = sql_query(t->db, kinds[i].sql, &q, SQL_INT(t->record.id));
		row = row < 0 ? row : db_step(q);
		if (row == 1) {
			t->title = slice_trim(arena_dup(t->arena, db_col_text(q, 0)));
			t->state = arena_dup(t->arena, db_col_text(q, 1));
			t->version = db_col_int64(q, 2);
			t->policy = arena_dup(t->arena, db_col_text(q, 3));
			t->due_json = arena_dup(t->arena, db_col_text(q, 4));
		}
		*ret_row = row;
		return kinds[i].states;
	}
	*ret_row = 0;
	return NULL;
}

static void head_put(struct telling *t, const struct name_table *states)
{
	bool zh = t->ask->lang == LANG_ZH;
	int state = states == NULL ? -1 : name_parse(states, t->state);
	const char *word = state < 0 ? "" : name_text(states, (unsigned)state, t->ask->lang);
	buf_printf(&t->out, zh ? "%s %lld：%.*s\n" : "%s %lld: %.*s\n", t->record.kind,
		(long long)t->record.id, SLICE_FMT(t->title));
	if (t->state.n > 0) {
		buf_printf(&t->out,
			zh ? "状态：%.*s %s（第 %lld 版）\n"
			   : "state: %.*s %s (version %lld)\n",
			SLICE_FMT(t->state), word, (long long)t->version);
	}
	if (t->policy.n > 0) {
		buf_printf(&t->out, zh ? "依据的制度版本：%.*s\n" : "judged by policy: %.*s\n",
			SLICE_FMT(t->policy));
	}
}

static int due_put(struct telling *t)
{
	struct due due = { 0 };
	struct explanation explanation = { 0 };
	struct calendar calendar;
	if (t->due_json.n == 0) {
		return 0;
	}
	if (due_parse_json(t->due_json, &due, NULL) < 0) {
		return E_STORE;
	}
	calendar_init(&calendar); /* for its offset to UTC only: nothing is computed anew */
	explain_due(&due, &explanation);
	buf_put_str(&t->out, t->ask->lang == LANG_ZH ? "期限：\n" : "deadline:\n");
	explain_put_text(&calendar, &explanation, t->ask->lang, &t->out);
	return 0;
}

static int history_open(struct telling *t, struct stmt **ret_q)
{
	return sql_query(t->db,
		"SELECT t.at_ms, t.code, t.args, COALESCE(p.name, ''), COALESCE(t.role, '') FROM timeline t"
		" LEFT JOIN person p ON p.id = t.person_id WHERE t.kind = $1 AND t.record_id = $2"
		" ORDER BY t.id LIMIT $3",
		ret_q, SQL_STR(t->record.kind), SQL_INT(t->record.id), SQL_INT(HISTORY_MAX));
}

static int history_put(struct telling *t)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = history_open(t, &q);
	bool first = true;
	while (row >= 0 && (row = db_step(q)) == 1) {
		if (first) {
			buf_put_str(
				&t->out, t->ask->lang == LANG_ZH ? "经过：\n" : "history:\n");
			first = false;
		}
		struct slice args = db_col_text(q, 2);
		buf_printf(&t->out, "  %.*s  %.*s  %.*s %.*s %.*s\n",
			SLICE_FMT(ask_time(t->arena, db_col_int64(q, 0))),
			SLICE_FMT(db_col_text(q, 1)), SLICE_FMT(db_col_text(q, 3)),
			SLICE_FMT(db_col_text(q, 4)),
			SLICE_FMT(slice_is(args, "{}") ? (struct slice) { 0 } : args));
	}
	return row;
}

static int told_json(struct telling *t)
{
	AUTO_STMT struct stmt *q = NULL;
	struct jw jw;
	jw_init(&jw, &t->out);
	jw_object(&jw);
	jw_kv_str(&jw, "kind", slice_str(t->record.kind));
	jw_kv_int(&jw, "id", t->record.id);
	jw_kv_str(&jw, "title", t->title);
	jw_kv_opt(&jw, "state", t->state);
	jw_kv_int(&jw, "version", t->version);
	jw_kv_opt(&jw, "policy", t->policy);
	if (t->due_json.n > 0) {
		struct due due = { 0 };
		struct explanation explanation = { 0 };
		if (due_parse_json(t->due_json, &due, NULL) < 0) {
			return E_STORE;
		}
		explain_due(&due, &explanation);
		jw_key(&jw, "due");
		due_put_json(&jw, &due);
		jw_key(&jw, "sentences");
		explain_put_json(&jw, &explanation);
	}
	jw_key(&jw, "history");
	jw_array(&jw);
	int row = history_open(t, &q);
	while (row >= 0 && (row = db_step(q)) == 1) {
		jw_object(&jw);
		jw_kv_int(&jw, "at_ms", db_col_int64(q, 0));
		jw_kv_str(&jw, "code", db_col_text(q, 1));
		jw_key(&jw, "args");
		jw_raw(&jw, db_col_text(q, 2));
		jw_kv_opt(&jw, "person", db_col_text(q, 3));
		jw_kv_opt(&jw, "role", db_col_text(q, 4));
		jw_end(&jw);
	}
	jw_end(&jw);
	jw_end(&jw);
	buf_put_byte(&t->out, '\n');
	return row;
}

/* Returns: 1 told, 0 no such record, or an error. */
static int tell(struct telling *t, struct diag *diag)
{
	int row = ask_record_find(t->db, slice_str(t->ask->word), &t->record);
	const struct name_table *states = row == 1 ? record_load(t, &row) : NULL;
	if (row != 1) {
		return row < 0 ? db_error(t->db, row, diag) : 0;
	}
	int error = 0;
	if (t->ask->json) {
		error = told_json(t);
	} else {
		head_put(t, states);
		error = due_put(t);
		error = error < 0 ? error : history_put(t);
	}
	if (error >= 0 && t->out.failed) {
		error = E_LIMIT;
	}
	long long id = (long long)t->record.id;
	return error < 0 ? diag_set(diag, error, 0, 0, "%s %lld cannot be told", t->record.kind,
				   id)
			 : 1;
}

int cli_explain(int argc, char **argv)
{
	static struct place place;
	struct ask ask = { 0 };
	struct diag diag = { 0 };
	struct telling t = { .ask = &ask };
	if (!ask_read(argc, argv, &ask) || ask.word == NULL) {
		(void)fputs(
			"usage: fengsui explain [-c FILE] [--data DIR] [--db CONF] [--json] [--lang zh|en]"
			" RECORD|NUMBER\n",
			stderr);
		return 2;
	}
	t.arena = arena_create(0);
	buf_init(&t.out, OUTPUT_OCTETS);
	int error = place_read(&ask.words, &place, &diag);
	error = error < 0 ? error : db_open(place.store, DB_READONLY, &t.db, &diag);
	error = error < 0 ? error : tell(&t, &diag);
	int result = error < 0    ? ask_complain("explain", error, &diag, place.store)
		     : error == 1 ? 0
				  : 1;
	if (error == 1) {
		bool written =
			fwrite(t.out.p, 1, t.out.n, stdout) == t.out.n && fflush(stdout) == 0;
		result = written ? 0 : 3;
	} else if (error == 0) {
		(void)fprintf(stderr, "fengsui: explain: no such record: %s\n", ask.word);
	}
	(void)db_close(t.db);
	buf_fini(&t.out);
	t.arena = arena_destroy(t.arena);
	return result;
}
