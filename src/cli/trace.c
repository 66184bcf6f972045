/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/entry.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/jw.h"
#include "cli/ask.h"
#include "records/db.h"
#include "records/sql.h"

enum { TRACE_DIGITS = 16, TRACES_MAX = 256, HOPS_MAX = 4096, LINE_OCTETS = 8192 };

struct hop {
	int64_t at_ms;
	size_t n; /* in the order of finding, where times are equal */
	const char *process;
	struct slice what;
	struct slice kind;
	int64_t id;
	int64_t entry; /* of the audit log; 0 = none */
	struct slice trace;
	struct slice detail;
};

struct journey {
	struct db *db;
	struct arena *arena;
	struct ask_record record; /* kind NULL when a trace was asked for */
	struct slice traces[TRACES_MAX];
	size_t trace_count;
	struct hop hops[HOPS_MAX];
	size_t hop_count;
	size_t left_out;
};

/* ---- which traces */

static bool is_trace(struct slice word)
{
	for (size_t i = 0; i < word.n; i++) {
		if (strchr("0123456789abcdef", word.p[i]) == NULL) {
			return false;
		}
	}
	return word.n == TRACE_DIGITS;
}

static bool known(const struct journey *j, struct slice trace)
{
	for (size_t i = 0; i < j->trace_count; i++) {
		if (slice_eq(j->traces[i], trace)) {
			return true;
		}
	}
	return false;
}

/* What time alone began has no trace. */
static void trace_add(struct journey *j, struct slice trace)
{
	if (trace.n == TRACE_DIGITS && !slice_is(trace, "0000000000000000") &&
		!known(j, trace) && j->trace_count < TRACES_MAX) {
		j->traces[j->trace_count++] = arena_dup(j->arena, trace);
	}
}

/* Of the record's own columns; an alert's incident and a mail's cause come with the trace. */
static int traces_of_record(struct journey *j)
{
	static const struct {
		const char *kind;
		const char *sql;
	} own[] = {
		{ "alert", "SELECT trace FROM alert WHERE id = $1" },
		{ "incident", "SELECT trace FROM alert WHERE incident_id = $1 ORDER BY id" },
		{ "delivery", "SELECT trace FROM outbox WHERE id = $1" },
	};
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		AUTO_STMT struct stmt *q = NULL;
		if (strcmp(own[i].kind, j->record.kind) != 0) {
			continue;
		}
		int row = sql_query(j->db, own[i].sql, &q, SQL_INT(j->record.id));
		while (row >= 0 && (row = db_step(q)) == 1) {
			trace_add(j, db_col_text(q, 0));
		}
		return row;
	}
	return 0;
}

/* ---- the hops */

static void hop_add(struct journey *j, const struct hop *hop)
{
	if (j->hop_count == HOPS_MAX) {
		j->left_out++;
		return;
	}
	struct hop *own = &j->hops[j->hop_count];
	*own = *hop;
	own->n = j->hop_count++;
	own->what = arena_dup(j->arena, hop->what);
	own->kind = arena_dup(j->arena, hop->kind);
	own->trace = arena_dup(j->arena, hop->trace);
	own->detail = arena_dup(j->arena, hop->detail);
}

static bool wanted(const struct journey *j, const struct audit_entry *entry)
{
	return known(j, entry->trace) || (j->record.kind != NULL && entry->id == j->record.id &&
						 slice_is(entry->kind, j->record.kind));
}

static void entry_hop(struct journey *j, const struct audit_entry *entry)
{
	struct hop asked = { .at_ms = entry->asked_unix_ms,
		.process = "web",
		.what = SLICE("asked"),
		.kind = entry->kind,
		.id = entry->id,
		.trace = entry->trace };
	if (entry->asked_unix_ms != 0) {
		hop_add(j, &asked);
	}
	/* A person's act came in by web; what has no actor a process told, or time brought. */
	bool by_web = entry->actor_id != 0 && entry->asked_unix_ms == 0;
	const struct hop hop = { .at_ms = entry->at_unix_ms,
		.process = by_web ? "web>core" : "core",
		.what = entry->act,
		.kind = entry->kind,
		.id = entry->id,
		.entry = entry->seq,
		.trace = entry->trace,
		.detail = entry->reason };
	hop_add(j, &hop);
	trace_add(j, entry->trace);
}

/* Cheap first: most entries hold neither the trace nor the record's id. */
static bool worth_parsing(const struct journey *j, struct slice text, struct slice id)
{
	bool worth = id.n > 0 && slice_find(text, id) != SIZE_MAX;
	for (size_t i = 0; i < j->trace_count && !worth; i++) {
		worth = slice_find(text, j->traces[i]) != SIZE_MAX;
	}
	return worth;
}

static int entries_read(struct journey *j)
{
	AUTO_STMT struct stmt *q = NULL;
	AUTO_ARENA struct arena *turn = arena_create(0);
	struct slice id = { 0 };
	if (j->record.kind != NULL) {
		id = arena_printf(j->arena, "%lld", (long long)j->record.id);
	}
	int row = db_prepare(j->db, "SELECT entry FROM audit_entry ORDER BY seq", &q);
	while (row >= 0 && (row = db_step(q)) == 1) {
		struct audit_entry entry = { 0 };
		struct slice text = db_col_text(q, 0);
		if (worth_parsing(j, text, id) &&
			audit_entry_parse(turn, text, &entry, NULL) == 0 && wanted(j, &entry)) {
			entry_hop(j, &entry);
		}
		arena_reset(turn);
	}
	return row;
}

/* One statement, one kind of hop: columns at, kind's id, what, detail. */
struct source {
	const char *process;
	const char *kind;
	const char *sql; /* $1 is the trace */
};

static const struct source sources[] = {
	{ "probe", "alert",
		"SELECT first_at_ms, id, 'observed', args FROM alert"
		" WHERE trace = $1 AND source = 'probe'" },
	{ "detect", "alert",
		"SELECT first_at_ms, id, 'observed', args FROM alert"
		" WHERE trace = $1 AND source <> 'probe'" },
	{ "core", "outbox",
		"SELECT created_at_ms, id, kind || '.queued', record_kind || ' ' || CAST(record_id AS TEXT)"
		" FROM outbox WHERE trace = $1" },
	{ "courier", "delivery",
		"SELECT d.sent_at_ms, d.id, 'mail.accepted', d.address FROM delivery d"
		" JOIN outbox o ON o.id = d.id WHERE o.trace = $1 AND d.sent_at_ms IS NOT NULL" },
	{ "core", "outbox",
		"SELECT ended_at_ms, id, kind || '.' || state, COALESCE(why, '') FROM outbox"
		" WHERE trace = $1 AND ended_at_ms IS NOT NULL" },
	{ "core", "timer",
		"SELECT fired_at_ms, record_id, kind || '.fired',"
		" 'late by ' || CAST(late_by_ms AS TEXT) || ' ms' FROM timer"
		" WHERE trace = $1 AND fired_at_ms IS NOT NULL" },
};

static int source_read(struct journey *j, const struct source *source, struct slice trace)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(j->db, source->sql, &q, SQL_TEXT(trace));
	while (row >= 0 && (row = db_step(q)) == 1) {
		const struct hop hop = { .at_ms = db_col_int64(q, 0),
			.process = source->process,
			.what = db_col_text(q, 2),
			.kind = slice_str(source->kind),
			.id = db_col_int64(q, 1),
			.trace = trace,
			.detail = db_col_text(q, 3) };
		hop_add(j, &hop);
	}
	return row;
}

static int by_time(const void *a, const void *b)
{
	const struct hop *x = a;
	const struct hop *y = b;
	if (x->at_ms != y->at_ms) {
		return x->at_ms < y->at_ms ? -1 : 1;
	}
	return x->n < y->n ? -1 : x->n > y->n;
}

static int journey_read(struct journey *j)
{
	int error = j->record.kind != NULL ? traces_of_record(j) : 0;
	error = error < 0 ? error : entries_read(j);
	for (size_t t = 0; t < j->trace_count && error >= 0; t++) {
		for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]) && error >= 0;
			i++) {
			error = source_read(j, &sources[i], j->traces[t]);
		}
	}
	if (j->hop_count > 1) {
		qsort(j->hops, j->hop_count, sizeof(j->hops[0]), by_time);
	}
	return error;
}

/* ---- said */

static void hop_json(const struct hop *hop, int64_t step_ms, struct buf *line)
{
	struct jw jw;
	jw_init(&jw, line);
	jw_object(&jw);
	jw_kv_int(&jw, "at_ms", hop->at_ms);
	jw_kv_int(&jw, "ms", step_ms);
	jw_kv_str(&jw, "process", slice_str(hop->process));
	jw_kv_str(&jw, "what", hop->what);
	jw_kv_str(&jw, "kind", hop->kind);
	jw_kv_int(&jw, "id", hop->id);
	if (hop->entry != 0) {
		jw_kv_int(&jw, "entry", hop->entry);
	}
	jw_kv_str(&jw, "trace", hop->trace);
	jw_kv_opt(&jw, "detail", hop->detail);
	jw_end(&jw);
}

static int journey_print(const struct journey *j, bool json)
{
	AUTO_BUF struct buf line;
	buf_init(&line, LINE_OCTETS);
	for (size_t i = 0; i < j->hop_count; i++) {
		const struct hop *hop = &j->hops[i];
		int64_t step_ms = i == 0 ? 0 : hop->at_ms - j->hops[i - 1].at_ms;
		buf_clear(&line);
		if (json) {
			hop_json(hop, step_ms, &line);
		} else {
			buf_printf(&line,
				"%.*s %+8lld ms  %-8s %-22.*s %.*s %lld  %.*s  %.120s",
				SLICE_FMT(ask_time(j->arena, hop->at_ms)), (long long)step_ms,
				hop->process, SLICE_FMT(hop->what), SLICE_FMT(hop->kind),
				(long long)hop->id, SLICE_FMT(hop->trace),
				arena_dup_str(j->arena, hop->detail));
		}
		(void)printf("%.*s\n", SLICE_FMT(buf_slice(&line)));
	}
	if (j->left_out > 0) {
		(void)fprintf(stderr, "fengsui: trace: %zu further hops are not shown\n",
			j->left_out);
	}
	return fflush(stdout) == 0 ? 0 : 3;
}

static int trace_run(const struct ask *ask, struct journey *j, struct diag *diag)
{
	struct slice word = slice_str(ask->word);
	int found = 0;
	if (is_trace(word)) {
		trace_add(j, word);
	} else {
		found = ask_record_find(j->db, word, &j->record);
	}
	found = found < 0 ? found : journey_read(j);
	return found < 0 ? db_error(j->db, found, diag) : 0;
}

int cli_trace(int argc, char **argv)
{
	static struct journey journey;
	static struct place place;
	struct ask ask = { 0 };
	struct diag diag = { 0 };
	if (!ask_read(argc, argv, &ask) || ask.word == NULL) {
		(void)fputs(
			"usage: fengsui trace [-c FILE] [--data DIR] [--db CONF] [--json] TRACE|RECORD|NUMBER\n",
			stderr);
		return 2;
	}
	journey = (struct journey) { .arena = arena_create(0) };
	int error = place_read(&ask.words, &place, &diag);
	error = error < 0 ? error : db_open(place.store, DB_READONLY, &journey.db, &diag);
	error = error < 0 ? error : trace_run(&ask, &journey, &diag);
	int result = error < 0 ? ask_complain("trace", error, &diag, place.store)
			       : journey_print(&journey, ask.json);
	if (error == 0 && journey.hop_count == 0) {
		(void)fprintf(stderr, "fengsui: trace: nothing is known of %s\n", ask.word);
		result = 1;
	}
	(void)db_close(journey.db);
	journey.arena = arena_destroy(journey.arena);
	return result;
}
