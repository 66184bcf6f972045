/* SPDX-License-Identifier: Apache-2.0 */
#include "records/trail.h"

#include <stdlib.h>
#include <string.h>

#include "audit/entry.h"
#include "audit/head.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "records/rowdigest.h"
#include "records/sql.h"
#include "records/txn_priv.h"
#include "sys/rand.h"

void trail_act(struct txn *txn, const struct trail_act *act)
{
	struct trail_act copy = *act;
	copy.act = arena_dup(txn->arena, act->act);
	copy.role = arena_dup(txn->arena, act->role);
	copy.kind = arena_dup(txn->arena, act->kind);
	copy.reason = arena_dup(txn->arena, act->reason);
	txn->trail.act = copy;
	txn->trail.acted = true;
}

/* Marks may repeat a row; they are sorted and thinned when the entry is made. */
enum { MARKS_MAX = 4 * AUDIT_ENTRY_ROWS_MAX };

_Static_assert(sizeof(TRAIL_ACT_ERASE) == sizeof(AUDIT_ACT_ERASE), "one act, two names");

/* The one act that may write several entries. */
static bool is_erasing(const struct trail *trail)
{
	return trail->acted && slice_is(trail->act.act, TRAIL_ACT_ERASE);
}

int trail_row(struct txn *txn, const char *table, int64_t id)
{
	struct trail *trail = &txn->trail;
	if (trail->row_count >= MARKS_MAX && !is_erasing(trail)) {
		return diag_set(txn_diag(txn), E_LIMIT, 0, 0, "too many rows in one command");
	}
	struct row_mark *mark = arena_take(txn->arena, sizeof(*mark));
	*mark = (struct row_mark) { table, id, trail->rows };
	trail->rows = mark;
	trail->row_count++;
	return 0;
}

int trail_blob(struct txn *txn, const struct digest *sm3)
{
	struct trail *trail = &txn->trail;
	if (trail->blob_count >= AUDIT_ENTRY_BLOBS_MAX) {
		return E_LIMIT;
	}
	struct blob_mark *mark = arena_take(txn->arena, sizeof(*mark));
	*mark = (struct blob_mark) { *sm3, trail->blobs };
	trail->blobs = mark;
	trail->blob_count++;
	return 0;
}

int trail_personal(struct txn *txn, int64_t person_id, const char *word, struct slice value)
{
	struct trail *trail = &txn->trail;
	if (value.n == 0) {
		return 0;
	}
	if (trail->personal_count >= AUDIT_ENTRY_PERSONAL_MAX) {
		return E_LIMIT;
	}
	struct personal *personal = arena_take(txn->arena, sizeof(*personal));
	*personal = (struct personal) { .person_id = person_id,
		.value = arena_printf(txn->arena, "%s %.*s", word, SLICE_FMT(value)),
		.next = trail->personal };
	trail->personal = personal;
	trail->personal_count++;
	return 0;
}

void trail_erase(struct txn *txn, int64_t seq, int64_t n)
{
	struct trail *trail = &txn->trail;
	struct erasure *erasure = arena_take(txn->arena, sizeof(*erasure));
	*erasure = (struct erasure) { seq, n, trail->erasures };
	trail->erasures = erasure;
	trail->erasure_count++;
}

int64_t trail_erase_person(struct txn *txn, int64_t person_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int64_t count = 0;
	int row = sql_query(txn->db,
		"SELECT seq, n FROM audit_personal WHERE person_id = $1 AND erased_by IS NULL"
		" ORDER BY seq, n",
		&q, SQL_INT(person_id));
	for (row = row < 0 ? row : db_step(q); row == 1; row = db_step(q)) {
		trail_erase(txn, db_col_int64(q, 0), db_col_int64(q, 1));
		count++;
	}
	return row < 0 ? row : count;
}

void trail_keep_refusal(struct txn *txn)
{
	txn->trail.keep_refusal = true;
}

static int by_table_and_id(const void *a, const void *b)
{
	const struct row_mark *x = a;
	const struct row_mark *y = b;
	int order = strcmp(x->table, y->table);
	return order != 0 ? order : (x->id > y->id) - (x->id < y->id);
}

/* What entries are made of: lists in order, rows thinned, each entry taking its piece. */
struct parts {
	struct audit_row *rows;
	struct audit_erase *erases;
	size_t row_count;
	size_t erase_count;
};

static int row_digest(struct txn *txn, const struct row_mark *mark, struct audit_row *row)
{
	*row = (struct audit_row) { .table = slice_str(mark->table), .id = mark->id };
	int found = rowdigest_of(txn->db, mark->table, mark->id, &row->digest, &row->version);
	row->deleted = found == 0;
	return found < 0 ? found : 0;
}

static int put_rows(struct txn *txn, struct parts *parts)
{
	size_t count = txn->trail.row_count;
	struct row_mark *marks = arena_take(txn->arena, (count + 1) * sizeof(*marks));
	size_t n = 0;
	int error = 0;
	parts->rows = arena_take(txn->arena, (count + 1) * sizeof(*parts->rows));
	for (const struct row_mark *m = txn->trail.rows; m != NULL; m = m->next) {
		marks[n++] = *m;
	}
	qsort(marks, n, sizeof(*marks), by_table_and_id);
	for (size_t i = 0; i < n && error == 0; i++) {
		if (i == 0 || by_table_and_id(&marks[i - 1], &marks[i]) != 0) {
			error = row_digest(txn, &marks[i], &parts->rows[parts->row_count++]);
		}
	}
	return error;
}

static void put_blobs(struct txn *txn, struct audit_entry *entry)
{
	size_t n = txn->trail.blob_count;
	struct digest *blobs = arena_take(txn->arena, (n + 1) * sizeof(*blobs));
	entry->blob_count = n;
	for (const struct blob_mark *m = txn->trail.blobs; m != NULL; m = m->next) {
		blobs[--n] = m->sm3;
	}
	entry->blobs = blobs;
}

static void put_erasures(struct txn *txn, struct parts *parts)
{
	size_t n = txn->trail.erasure_count;
	parts->erases = arena_take(txn->arena, (n + 1) * sizeof(*parts->erases));
	parts->erase_count = n;
	for (const struct erasure *e = txn->trail.erasures; e != NULL; e = e->next) {
		parts->erases[--n] = (struct audit_erase) { e->seq, e->n };
	}
}

struct salted {
	int64_t person_id;
	struct slice value;
	uint8_t salt[AUDIT_SALT_OCTETS];
};

/* Salts are drawn here; the rows that keep them follow the entry they refer to. */
static struct salted *put_personal(struct txn *txn, struct audit_entry *entry)
{
	size_t n = txn->trail.personal_count;
	struct salted *salted = arena_take(txn->arena, (n + 1) * sizeof(*salted));
	struct digest *digests = arena_take(txn->arena, (n + 1) * sizeof(*digests));
	entry->personal_count = n;
	for (const struct personal *p = txn->trail.personal; p != NULL; p = p->next) {
		n--;
		salted[n].person_id = p->person_id;
		salted[n].value = p->value;
		rand_octets(salted[n].salt, sizeof(salted[n].salt));
		digests[n] = audit_personal_commit(
			slice_of(salted[n].salt, sizeof(salted[n].salt)), p->value);
	}
	entry->personal = digests;
	return salted;
}

static int store_personal(
	struct txn *txn, const struct audit_entry *entry, const struct salted *salted)
{
	for (size_t n = 0; n < entry->personal_count; n++) {
		int64_t rows = sql_run(txn->db,
			"INSERT INTO audit_personal (seq, n, salt, value, person_id)"
			" VALUES ($1, $2, $3, $4, $5)",
			SQL_INT(entry->seq), SQL_INT((int64_t)n),
			SQL_BLOB(slice_of(salted[n].salt, sizeof(salted[n].salt))),
			SQL_TEXT(salted[n].value), SQL_INT_OR_NULL(salted[n].person_id));
		if (rows < 0) {
			return (int)rows;
		}
	}
	for (size_t i = 0; i < entry->erase_count; i++) {
		int64_t rows = sql_run(txn->db,
			"UPDATE audit_personal SET salt = NULL, value = NULL, erased_by = $3"
			" WHERE seq = $1 AND n = $2 AND erased_by IS NULL",
			SQL_INT(entry->erases[i].seq), SQL_INT(entry->erases[i].n),
			SQL_INT(entry->seq));
		if (rows != 1) {
			return rows < 0 ? (int)rows : E_ABSENT;
		}
	}
	return 0;
}

static int store_entry(struct txn *txn, const struct audit_entry *entry)
{
	AUTO_BUF struct buf text;
	buf_init(&text, AUDIT_ENTRY_MAX_OCTETS);
	audit_entry_put(&text, entry);
	if (text.failed) {
		return diag_set(txn_diag(txn), E_LIMIT, 0, 0, "the audit entry grows too long");
	}
	struct digest leaf = audit_entry_leaf(buf_slice(&text));
	int64_t rows = sql_run(txn->db,
		"INSERT INTO audit_entry (seq, at_ms, entry, leaf) VALUES ($1, $2, $3, $4)",
		SQL_INT(entry->seq), SQL_INT(entry->at_unix_ms), SQL_TEXT(buf_slice(&text)),
		SQL_BLOB(slice_of(leaf.octet, DIGEST_OCTETS)));
	if (rows < 0) {
		return (int)rows;
	}
	audit_tree_append(&txn->counters->tree, &leaf);
	return 0;
}

static struct audit_entry entry_of(const struct txn *txn)
{
	const struct trail_act *act = &txn->trail.act;
	return (struct audit_entry) {
		.seq = (int64_t)txn->counters->tree.size + 1,
		.at_unix_ms = txn->now_ms,
		.asked_unix_ms = txn->command->asked_at_ms,
		.trace = txn_trace(txn),
		.actor_id = act->actor,
		.role = act->role,
		.act = act->act,
		.kind = act->kind,
		.id = act->id,
		.version = act->version,
		.reason = act->reason,
	};
}

static size_t at_most(size_t count, size_t max)
{
	return count < max ? count : max;
}

/* One entry: its piece of the rows and erasures; blobs and personal values go with the first. */
static int write_one(struct txn *txn, struct parts *parts)
{
	struct audit_entry entry = entry_of(txn);
	entry.rows = parts->rows;
	entry.row_count = at_most(parts->row_count, AUDIT_ENTRY_ROWS_MAX);
	entry.erases = parts->erases;
	entry.erase_count = at_most(parts->erase_count, AUDIT_ENTRY_ERASES_MAX);
	parts->rows += entry.row_count;
	parts->row_count -= entry.row_count;
	parts->erases += entry.erase_count;
	parts->erase_count -= entry.erase_count;
	put_blobs(txn, &entry);
	const struct salted *salted = put_personal(txn, &entry);
	int error = store_entry(txn, &entry);
	error = error < 0 ? error : store_personal(txn, &entry, salted);
	txn->trail.blobs = NULL;
	txn->trail.personal = NULL;
	txn->trail.blob_count = 0;
	txn->trail.personal_count = 0;
	return error;
}

int trail_write(struct txn *txn)
{
	struct trail *trail = &txn->trail;
	if (!trail->acted) {
		size_t left = trail->row_count + trail->personal_count + trail->erasure_count +
			      trail->blob_count;
		return left == 0 ? 0
				 : diag_set(txn_diag(txn), E_STATE, 0, 0,
					   "rows were changed without saying by which act");
	}
	if (trail->erasure_count > 0 && !is_erasing(trail)) {
		return diag_set(txn_diag(txn), E_STATE, 0, 0, "this act may not erase");
	}
	struct parts parts = { 0 };
	int error = put_rows(txn, &parts);
	put_erasures(txn, &parts);
	if (error == 0 && parts.row_count > AUDIT_ENTRY_ROWS_MAX && !is_erasing(trail)) {
		error = E_LIMIT;
	}
	do {
		error = error < 0 ? error : write_one(txn, &parts);
	} while (error == 0 && parts.row_count + parts.erase_count > 0);
	txn->counters->erased = txn->counters->erased || (error == 0 && is_erasing(trail));
	return error;
}

int trail_write_refusal(struct txn *txn)
{
	if (!txn->trail.keep_refusal || !txn->trail.acted) {
		return 0;
	}
	struct audit_entry entry = entry_of(txn);
	const struct salted *salted = put_personal(txn, &entry);
	int error = store_entry(txn, &entry);
	return error < 0 ? error : store_personal(txn, &entry, salted);
}

const struct audit_tree *trail_tree(const struct txn *txn)
{
	return &txn->counters->tree;
}

int64_t trail_sign(struct txn *txn, const struct audit_key *key)
{
	struct audit_head head = {
		.size = (int64_t)txn->counters->tree.size,
		.root = audit_tree_root(&txn->counters->tree),
		.at_unix_ms = txn->now_ms,
	};
	int64_t last = 0;
	int row = sql_int_args(txn->db, "SELECT max(size) FROM audit_head", &last, NULL, 0);
	if (row < 0) {
		return row;
	}
	if (head.size == last) {
		return 0;
	}
	int error = audit_head_sign(key, &head);
	if (error < 0) {
		return error;
	}
	int64_t rows = sql_run(txn->db,
		"INSERT INTO audit_head (size, root, at_ms, signature) VALUES ($1, $2, $3, $4)",
		SQL_INT(head.size), SQL_BLOB(slice_of(head.root.octet, DIGEST_OCTETS)),
		SQL_INT(head.at_unix_ms),
		SQL_BLOB(slice_of(head.signature, AUDIT_SIGNATURE_OCTETS)));
	return rows < 0 ? rows : head.size;
}
