/* SPDX-License-Identifier: Apache-2.0 */
/* A school's own Word files: each stays as a record; one of a kind is in force, or none and ours is used. */
#include "base/arena.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/paper_job.h"
#include "desk/papers.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/trail.h"

enum { VERSIONS_MAX = 200 };

/* The kind of the path; a batch is made of others and has no file. */
static int kind_read(struct desk *desk, struct slice *ret_kind, enum paper_kind *ret_paper)
{
	int kind = name_parse(&paper_kind_names, desk->call->key);
	if (kind < 0 || kind == PAPER_BATCH) {
		return E_ABSENT;
	}
	*ret_kind = slice_str(name_id(&paper_kind_names, (unsigned)kind));
	*ret_paper = (enum paper_kind)kind;
	return 0;
}

/* 0 = ours. */
static int in_force(struct desk *desk, struct slice kind, int64_t *ret_id)
{
	*ret_id = 0;
	int row = sql_int(desk->db,
		"SELECT id FROM paper_template WHERE kind = $1 AND state = 'in_force'"
		" ORDER BY id DESC LIMIT 1",
		ret_id, SQL_TEXT(kind));
	return row < 0 ? row : 0;
}

static int state_set(struct desk *desk, int64_t id, const char *state)
{
	bool ends = !slice_is(slice_str(state), "in_force");
	if (id == 0) {
		return 0;
	}
	int64_t done = sql_run(desk->db,
		"UPDATE paper_template SET version = version + 1, state = $2, ended_by = $3,"
		" ended_at_ms = $4 WHERE id = $1",
		SQL_INT(id), SQL_STR(state), SQL_INT_OR_NULL(ends ? desk->caller.person_id : 0),
		SQL_INT_OR_NULL(ends ? desk->now_ms : 0));
	return done < 0 ? (int)done : trail_row(desk->txn, "paper_template", id);
}

static int done(struct desk *desk, const char *act, int64_t id, struct slice kind)
{
	desk_audit(desk, act, "paper_template", id, 1, kind);
	desk_answer(desk, id, 1);
	return txn_change(desk->txn, "paper_template", id, 1);
}

static int admit(struct desk *desk, struct slice kind)
{
	int64_t count = 0;
	/* The media is what paper found, not what the name says. */
	if (!slice_ends(desk->call->upload_media, SLICE("wordprocessingml.document"))) {
		return desk_refuse(desk, E_INPUT, "upload.media", NULL);
	}
	int row = sql_int(desk->db, "SELECT count(*) FROM paper_template WHERE kind = $1",
		&count, SQL_TEXT(kind));
	if (row < 0) {
		return row;
	}
	return count < VERSIONS_MAX ? 0 : desk_refuse(desk, E_LIMIT, "upload.too_many", NULL);
}

int desk_paper_template_put(struct desk *desk)
{
	struct slice kind = { 0 };
	enum paper_kind paper = PAPER_NOTICE;
	int64_t before = 0;
	int error = kind_read(desk, &kind, &paper);
	error = error < 0 ? error : admit(desk, kind);
	error = error < 0 ? error : words_file_name(desk, desk->call->upload_name);
	error = error < 0 ? error : in_force(desk, kind, &before);
	error = error < 0 ? error : state_set(desk, before, "replaced");
	if (error < 0) {
		return error;
	}
	int64_t id = txn_id(desk->txn);
	int64_t put = sql_run(desk->db,
		"INSERT INTO paper_template (id, version, kind, name, state, blob_id, by_id, at_ms)"
		" VALUES ($1, 1, $2, $3, 'in_force', $4, $5, $6)",
		SQL_INT(id), SQL_TEXT(kind), SQL_TEXT(desk->call->upload_name),
		SQL_INT(desk->call->upload_blob), SQL_INT(desk->caller.person_id),
		SQL_INT(desk->now_ms));
	error = put < 0 ? (int)put : trail_row(desk->txn, "paper_template", id);
	return error < 0 ? error : done(desk, "paper_template.put", id, kind);
}

int desk_paper_template_use(struct desk *desk)
{
	struct slice kind = { 0 };
	enum paper_kind paper = PAPER_NOTICE;
	int64_t before = 0;
	int64_t wanted = 0;
	int64_t found = 0;
	int error = kind_read(desk, &kind, &paper);
	error = error < 0 ? error
			  : words_id(desk, "template_id", WORDS_OPTIONAL, "paper_template",
				    &wanted);
	error = error < 0 ? error : in_force(desk, kind, &before);
	if (error < 0) {
		return error;
	}
	int row = wanted == 0
			  ? 1
			  : sql_int(desk->db,
				    "SELECT id FROM paper_template WHERE id = $1 AND kind = $2",
				    &found, SQL_INT(wanted), SQL_TEXT(kind));
	if (row <= 0) {
		return row < 0 ? row
			       : desk_refuse(desk, E_INPUT, "input.unknown", "template_id");
	}
	if (wanted == before) {
		return desk_refuse(desk, E_STATE, "template.in_force", NULL);
	}
	error = state_set(desk, before, wanted == 0 ? "withdrawn" : "replaced");
	error = error < 0 ? error : state_set(desk, wanted, "in_force");
	return error < 0
		       ? error
		       : done(desk, "paper_template.use", wanted != 0 ? wanted : before, kind);
}

int desk_paper_template_example(struct desk *desk)
{
	struct slice kind = { 0 };
	int64_t id = 0;
	struct paper_job job = { .env = desk->env,
		.about = "paper_template",
		.number = SLICE("样例"),
		.members = SLICE("{\"example\":true}") };
	int error = kind_read(desk, &kind, &job.kind);
	error = error < 0 ? error : paper_job_word(desk->txn, &job, &id);
	desk_audit(desk, "paper_template.example", "document", id, 1, kind);
	desk_answer(desk, id, 1);
	return error;
}
