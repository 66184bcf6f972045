/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/paper_job.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/num.h"
#include "desk/desk.h"
#include "desk/policies.h"
#include "records/caller.h"
#include "records/outbox.h"
#include "records/sql.h"
#include "records/trail.h"
#include "records/txn.h"
#include "sys/rand.h"
#include "workflow/policy.h"

enum { INPUT_MAX_OCTETS = 256 * 1024, BATCH_MAX_OCTETS = 1024 * 1024, CODE_LENGTH = 8 };

struct slice paper_code(struct arena *arena)
{
	char code[CODE_LENGTH + 1];
	rand_text(code, CODE_LENGTH);
	return arena_dup(arena, slice_of(code, CODE_LENGTH));
}

static struct slice school_name(struct txn *txn)
{
	struct slice text = { 0 };
	const struct json *value = NULL;
	if (setting_load(txn_db(txn), txn_arena(txn), "school", &text) < 0 || text.n == 0 ||
		json_parse(txn_arena(txn), text, 0, &value, NULL) < 0) {
		return (struct slice) { 0 };
	}
	return json_get_str(value, "name");
}

static int centre_name(struct txn *txn, struct slice *ret_name)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn),
		"SELECT name FROM unit WHERE is_centre = $1 ORDER BY id LIMIT 1", &q,
		SQL_INT(1));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		*ret_name = arena_dup(txn_arena(txn), db_col_text(q, 0));
	}
	return row < 0 ? row : 0;
}

struct slice paper_day(struct arena *arena, int64_t at_ms)
{
	struct civil c = civil_of_ms(at_ms, CIVIL_CHINA_OFFSET_MIN);
	return arena_printf(arena, "%d年%u月%u日", (int)c.year, c.month, c.day);
}

struct slice paper_moment(struct arena *arena, int64_t at_ms)
{
	struct civil c = civil_of_ms(at_ms, CIVIL_CHINA_OFFSET_MIN);
	return arena_printf(
		arena, "%.*s%02u:%02u", SLICE_FMT(paper_day(arena, at_ms)), c.hour, c.minute);
}

/* ---- the basis: what the regulation is called, and the article that fits the kind */

/* The number it was issued under, when people adopted it; else as its text calls itself. */
static int regulation_name(
	struct txn *txn, int64_t policy_id, const struct policy *policy, struct slice *ret_name)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn),
		"SELECT document_number FROM regulation WHERE policy_id = $1"
		" AND document_number IS NOT NULL ORDER BY id DESC LIMIT 1",
		&q, SQL_INT(policy_id));
	row = row < 0 ? row : db_step(q);
	*ret_name = slice_str(policy->document);
	if (row == 1 && db_col_text(q, 0).n > 0) {
		*ret_name = arena_dup(txn_arena(txn), db_col_text(q, 0));
	}
	return row < 0 ? row : 0;
}

static int basis_text(struct txn *txn, const struct paper_job *job, struct slice *ret_text)
{
	const struct policy *policy = NULL;
	struct slice name = { 0 };
	int error = policy_then(txn, job->env, job->policy_id, &policy);
	int64_t id = job->policy_id != 0 ? job->policy_id : job->env->policy_id;
	error = error < 0 ? error : regulation_name(txn, id, policy, &name);
	if (error < 0) {
		return error;
	}
	char article[NUM_ZH_ROOM];
	int32_t number = policy->articles[job->kind];
	num_zh((unsigned)number, article);
	*ret_text = number == 0 ? name
				: arena_printf(txn_arena(txn), "%.*s 第%s条", SLICE_FMT(name),
					  article);
	return 0;
}

/* Common members first: the kind's own may say them otherwise. */
static int input_put(
	struct txn *txn, const struct paper_job *job, struct slice code, struct buf *out)
{
	const struct json *own = NULL;
	struct slice centre = { 0 };
	struct slice basis = { 0 };
	struct slice school = school_name(txn);
	int error = centre_name(txn, &centre);
	error = error < 0 ? error : basis_text(txn, job, &basis);
	error = error < 0 ? error : json_parse(txn_arena(txn), job->members, 0, &own, NULL);
	if (error < 0 || json_type(own) != JSON_OBJECT) {
		return error < 0 ? error : E_FORMAT;
	}
	struct jw jw;
	jw_init(&jw, out);
	jw_object(&jw);
	jw_kv_opt(&jw, "school", school);
	jw_kv_opt(&jw, "from", centre);
	jw_kv_str(&jw, "number", job->number);
	jw_kv_str(&jw, "date", paper_day(txn_arena(txn), txn_now_ms(txn)));
	jw_kv_int(&jw, "at", txn_now_ms(txn));
	jw_kv_str(&jw, "check_code", code);
	jw_kv_str(&jw, "basis", basis);
	for (const struct json *m = json_first(own); m != NULL; m = json_next(m)) {
		jw_key_slice(&jw, json_name(m));
		jw_value(&jw, m);
	}
	jw_end(&jw);
	return out->failed ? E_LIMIT : 0;
}

int paper_job_data(struct txn *txn, const struct paper_job *job, struct buf *out)
{
	return input_put(txn, job, paper_code(txn_arena(txn)), out);
}

struct file {
	const struct paper_job *job;
	const char *ending;
	struct slice input;
	struct slice code;
	int64_t of_id;       /* 0 = the PDF itself */
	int64_t template_id; /* 0 = ours */
};

static int outbox_job(struct txn *txn, int64_t id)
{
	struct outbox_item item = { .id = id,
		.kind = SLICE("render"),
		.effect = arena_printf(txn_arena(txn), "render|%lld", (long long)id),
		.record_kind = SLICE("document"),
		.record_id = id,
		.payload = SLICE("{}"),
		.trace = txn_trace(txn) };
	int put = outbox_put(txn, &item);
	return put < 0 ? put : 0;
}

static int file_put(struct txn *txn, const struct file *file, int64_t *ret_id)
{
	const struct paper_job *job = file->job;
	int64_t id = txn_id(txn);
	struct slice name = arena_printf(txn_arena(txn), "%.*s %s.%s", SLICE_FMT(job->number),
		name_text(&paper_kind_names, job->kind, LANG_ZH), file->ending);
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO document (id, version, kind, about, about_id, name, state, input,"
		" check_code, created_at_ms, of_id, reader_unit_id, template_id, format)"
		" VALUES ($1, 1, $2, $3, $4, $5, 'waiting', $6, $7, $8, $9, $10, $11, $12)",
		SQL_INT(id), SQL_STR(name_id(&paper_kind_names, job->kind)),
		SQL_STR(job->about), SQL_INT(job->about_id), SQL_TEXT(name),
		SQL_TEXT(file->input), SQL_TEXT(file->code), SQL_INT(txn_now_ms(txn)),
		SQL_INT_OR_NULL(file->of_id), SQL_INT_OR_NULL(job->unit_id),
		SQL_INT_OR_NULL(file->template_id), SQL_STR(file->ending));
	int error = done < 0 ? (int)done : trail_row(txn, "document", id);
	error = error < 0 ? error : txn_change(txn, "document", id, 1);
	*ret_id = id;
	return error < 0 ? error : outbox_job(txn, id);
}

/* The school's own file for the kind, when one is in force. */
static int template_find(struct txn *txn, enum paper_kind kind, int64_t *ret_id)
{
	int row = sql_int(txn_db(txn),
		"SELECT id FROM paper_template WHERE kind = $1 AND state = 'in_force'"
		" ORDER BY id DESC LIMIT 1",
		ret_id, SQL_STR(name_id(&paper_kind_names, kind)));
	return row < 0 ? row : 0;
}

static int word_put(struct txn *txn, struct file *file, int64_t of_id, int64_t *ret_id)
{
	file->ending = "docx";
	file->of_id = of_id;
	int error = template_find(txn, file->job->kind, &file->template_id);
	return error < 0 ? error : file_put(txn, file, ret_id);
}

static int put(
	struct txn *txn, const struct paper_job *job, bool pdf, bool word, int64_t *ret_id)
{
	AUTO_BUF struct buf input;
	int64_t word_id = 0;
	buf_init(&input, word ? INPUT_MAX_OCTETS : BATCH_MAX_OCTETS);
	struct file file = { .job = job, .ending = "pdf" };
	file.code = job->code.n > 0 ? job->code : paper_code(txn_arena(txn));
	int error = input_put(txn, job, file.code, &input);
	file.input = buf_slice(&input);
	error = error < 0 || !pdf ? error : file_put(txn, &file, ret_id);
	if (error < 0 || !word) {
		return error;
	}
	return word_put(txn, &file, pdf ? *ret_id : 0, pdf ? &word_id : ret_id);
}

int paper_job_put(struct txn *txn, const struct paper_job *job, int64_t *ret_id)
{
	return put(txn, job, true, true, ret_id);
}

int paper_job_batch(struct txn *txn, const struct paper_job *job, int64_t *ret_id)
{
	return put(txn, job, true, false, ret_id);
}

int paper_job_word(struct txn *txn, const struct paper_job *job, int64_t *ret_id)
{
	return put(txn, job, false, true, ret_id);
}
