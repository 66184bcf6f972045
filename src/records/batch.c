/* SPDX-License-Identifier: Apache-2.0 */
#include "records/batch.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "records/db_priv.h"
#include "records/sql.h"
#include "records/txn_priv.h"
#include "sys/clock.h"

enum { LEAF_PAGE = 4096, TEND_EVERY = 1024, DOUBT_PAUSE_US = 200000 };

struct batch {
	struct db *db;
	int64_t (*now_ms)(void *clock);
	void *clock;
	struct arena *arena; /* of the command under way */
	struct counters counters;
	bool stale; /* counters must be read again */
};

void command_init(struct command *command)
{
	*command = (struct command) { 0 };
	buf_init(&command->answer, COMMAND_ANSWER_MAX_OCTETS);
}

void command_fini(struct command *command)
{
	buf_fini(&command->answer);
}

static int read_counter(struct db *db, const char *series, int64_t *ret_value)
{
	int row = sql_int(db, "SELECT value FROM counter WHERE series = $1 AND year = 0",
		ret_value, SQL_STR(series));
	return row == 0 ? E_STORE : row < 0 ? row : 0;
}

/* Append the leaves behind tree->size; 1 while there may be more. */
static int read_leaves(struct db *db, struct audit_tree *tree)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(db,
		"SELECT seq, leaf FROM audit_entry WHERE seq > $1 ORDER BY seq LIMIT $2", &q,
		SQL_INT((int64_t)tree->size), SQL_INT(LEAF_PAGE));
	int more = 0;
	for (row = row < 0 ? row : db_step(q); row == 1; row = db_step(q)) {
		struct slice leaf = db_col_blob(q, 1);
		if (db_col_int64(q, 0) != (int64_t)tree->size + 1 || leaf.n != DIGEST_OCTETS) {
			return E_DIGEST;
		}
		struct digest digest;
		memcpy(digest.octet, leaf.p, DIGEST_OCTETS);
		audit_tree_append(tree, &digest);
		more = 1;
	}
	return row < 0 ? row : more;
}

static int load(struct batch *batch)
{
	struct counters read = { 0 };
	audit_tree_init(&read.tree, DIGEST_SM3);
	int64_t entries = 0;
	int error = read_counter(batch->db, "commit", &read.commit_seq);
	error = error < 0 ? error : read_counter(batch->db, "id", &read.id);
	error = error < 0 ? error : read_counter(batch->db, "audit", &entries);
	int more = 1;
	while (error == 0 && more > 0) {
		more = read_leaves(batch->db, &read.tree);
		error = more < 0 ? more : 0;
	}
	if (error == 0 && read.tree.size != (uint64_t)entries) {
		error = E_DIGEST;
	}
	if (error == 0) {
		read.erased = batch->counters.erased;
		batch->counters = read;
		batch->stale = false;
	}
	return error;
}

int batch_create(struct db *db, int64_t (*now_ms)(void *clock), void *clock,
	struct batch **ret_batch, struct diag *diag)
{
	struct batch *batch = calloc(1, sizeof(*batch));
	if (batch == NULL) {
		abort();
	}
	*batch = (struct batch) { .db = db, .now_ms = now_ms, .clock = clock };
	int error = load(batch);
	if (error < 0) {
		free(batch);
		return error == E_DIGEST
			       ? diag_set(diag, error, 0, 0, "the audit log has a gap")
			       : db_error(db, error, diag);
	}
	batch->arena = arena_create(0);
	*ret_batch = batch;
	return 0;
}

struct batch *batch_destroy(struct batch *batch)
{
	if (batch != NULL) {
		batch->arena = arena_destroy(batch->arena);
		free(batch);
	}
	return NULL;
}

static int write_counter(struct db *db, const char *series, int64_t before, int64_t now)
{
	if (before == now) {
		return 0;
	}
	int64_t rows =
		sql_run(db, "UPDATE counter SET value = $2 WHERE series = $1 AND year = 0",
			SQL_STR(series), SQL_INT(now));
	return rows == 1 ? 0 : rows < 0 ? (int)rows : E_STORE;
}

/* The event stream and the memory of keys are bounded here, now and then. */
static int tend(struct batch *batch, int64_t before, int64_t now_ms)
{
	int64_t seq = batch->counters.commit_seq;
	if (before / TEND_EVERY == seq / TEND_EVERY) {
		return 0;
	}
	int64_t rows = sql_run(batch->db, "DELETE FROM change WHERE seq <= $1",
		SQL_INT(seq - BATCH_CHANGES_KEPT));
	if (rows >= 0) {
		rows = sql_run(batch->db, "DELETE FROM command_log WHERE expires_at_ms <= $1",
			SQL_INT(now_ms));
	}
	return rows < 0 ? (int)rows : 0;
}

static int finish(struct batch *batch, const struct counters *before, int64_t now_ms)
{
	const struct counters *now = &batch->counters;
	int error = write_counter(batch->db, "commit", before->commit_seq, now->commit_seq);
	if (error == 0) {
		error = write_counter(batch->db, "id", before->id, now->id);
	}
	if (error == 0) {
		error = write_counter(batch->db, "audit", (int64_t)before->tree.size,
			(int64_t)now->tree.size);
	}
	if (error == 0) {
		error = tend(batch, before->commit_seq, now_ms);
	}
	return error;
}

/*
 * The row lock is the point: a COMMIT that is still on its way holds it, so
 * what is read is what the lost transaction came to, not what it was before.
 */
static int read_settled(struct db *db, int64_t *ret_seq)
{
	int error = db_begin(db);
	if (error < 0) {
		return error;
	}
	int row = sql_int_args(db,
		"SELECT value FROM counter WHERE series = 'commit' AND year = 0 FOR UPDATE",
		ret_seq, NULL, 0);
	db_rollback(db);
	return row == 1 ? 0 : row == 0 ? E_STORE : row;
}

/* COMMIT was sent, and the connection went before its answer came. */
static int resolve_doubt(struct batch *batch, int64_t before)
{
	int64_t until_ms = clock_mono_ms() + BATCH_DOUBT_MS;
	int64_t seq = 0;
	int error = E_STORE;
	while (error < 0 && clock_mono_ms() < until_ms) {
		error = read_settled(batch->db, &seq);
		if (error < 0) {
			(void)usleep(DOUBT_PAUSE_US);
		}
	}
	if (error < 0) {
		return db_say(batch->db, E_STORE,
			"the store went away; it is not known whether it took this");
	}
	bool took = seq == batch->counters.commit_seq && seq != before;
	return took ? 0
		    : db_say(batch->db, E_STORE,
			      "the connection to the record store was lost before the commit");
}

static int commit(struct batch *batch, int64_t before)
{
	int error = db_commit(batch->db);
	/* Not lost before: every statement of this transaction was answered. */
	return error < 0 && batch->db->lost ? resolve_doubt(batch, before) : error;
}

/* Returns: 1 answered from memory, 0 not known, or an error. */
static int replay(struct txn *txn)
{
	struct command *c = txn->command;
	if (c->key.n == 0) {
		return 0;
	}
	if (c->key.n > COMMAND_KEY_MAX_OCTETS) {
		return diag_set(&c->diag, E_INPUT, 0, 0, "the idempotency key is too long");
	}
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn->db,
		"SELECT request, commit_seq, status, answer FROM command_log"
		" WHERE account = $1 AND key = $2 AND expires_at_ms > $3",
		&q, SQL_INT(c->account), SQL_TEXT(c->key), SQL_INT(txn->now_ms));
	row = row < 0 ? row : db_step(q);
	if (row != 1) {
		return row;
	}
	if (!slice_eq(db_col_blob(q, 0), slice_of(c->request.octet, DIGEST_OCTETS))) {
		return diag_set(&c->diag, E_CONFLICT, 0, 0,
			"this idempotency key was used for another request");
	}
	c->commit_seq = db_col_int64(q, 1);
	c->status = (int)db_col_int64(q, 2);
	buf_put(&c->answer, db_col_blob(q, 3));
	c->replayed = true;
	return 1;
}

int batch_known(struct txn *txn, int64_t account, struct slice key)
{
	int64_t known = 0;
	int row = key.n == 0
			  ? 0
			  : sql_int(txn->db,
				    "SELECT 1 FROM command_log WHERE account = $1 AND key = $2"
				    " AND expires_at_ms > $3",
				    &known, SQL_INT(account), SQL_TEXT(key),
				    SQL_INT(txn->now_ms));
	return row;
}

static int remember(struct txn *txn)
{
	struct command *c = txn->command;
	if (c->key.n == 0) {
		return 0;
	}
	int64_t rows = sql_run(txn->db,
		"INSERT INTO command_log (account, key, request, commit_seq, status, answer,"
		" expires_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)"
		" ON CONFLICT (account, key) DO UPDATE SET request = excluded.request,"
		" commit_seq = excluded.commit_seq, status = excluded.status,"
		" answer = excluded.answer, expires_at_ms = excluded.expires_at_ms",
		SQL_INT(c->account), SQL_TEXT(c->key),
		SQL_BLOB(slice_of(c->request.octet, DIGEST_OCTETS)), SQL_INT(c->commit_seq),
		SQL_INT(c->status),
		SQL_BLOB(c->answer_once ? (struct slice) { 0 } : buf_slice(&c->answer)),
		SQL_INT(txn->now_ms + BATCH_KEY_LIFE_MS));
	return rows < 0 ? (int)rows : 0;
}

/* Everything a command does, short of its savepoint. */
static int perform(struct txn *txn)
{
	struct command *c = txn->command;
	int status = c->run(txn, c->arg);
	int error = status < 0 ? status : trail_write(txn);
	if (error == 0 && c->answer.failed) {
		error = diag_set(&c->diag, E_LIMIT, 0, 0, "the answer grows too long");
	}
	if (error < 0) {
		return error;
	}
	c->status = status;
	c->commit_seq = txn_commit_seq(txn);
	return remember(txn);
}

static int refuse(struct txn *txn, const struct counters *before, int status)
{
	struct command *c = txn->command;
	if (c->diag.text[0] == '\0' && status == E_STORE) {
		(void)db_error(txn->db, status, &c->diag);
	}
	int error = db_rollback_to(txn->db);
	*txn->counters = *before;
	buf_clear(&c->answer);
	c->status = status;
	c->commit_seq = 0;
	if (error < 0 && status == -ENOSPC) {
		return status; /* a full disk ends the whole transaction; that is what to say */
	}
	return error < 0 ? error : trail_write_refusal(txn);
}

/* Returns: 0, or an error that ends the whole batch. */
static int run_one(struct batch *batch, struct command *command, int64_t now_ms)
{
	arena_reset(batch->arena);
	struct txn txn = {
		.db = batch->db,
		.command = command,
		.arena = batch->arena,
		.now_ms = now_ms,
		.counters = &batch->counters,
	};
	struct counters before = batch->counters;
	int error = db_savepoint(batch->db);
	if (error < 0) {
		return error;
	}
	int known = replay(&txn);
	if (known == 1) {
		return db_release(batch->db);
	}
	int status = known < 0 ? known : perform(&txn);
	if (status < 0) {
		return refuse(&txn, &before, status);
	}
	batch->counters.commit_seq++;
	return db_release(batch->db);
}

static int run_all(struct batch *batch, struct command *const *commands, size_t count)
{
	int error = batch->stale ? load(batch) : 0;
	error = error < 0 ? error : db_begin(batch->db);
	if (error < 0) {
		return error;
	}
	struct counters before = batch->counters;
	int64_t now_ms = batch->now_ms(batch->clock);
	for (size_t i = 0; i < count && error == 0; i++) {
		error = run_one(batch, commands[i], now_ms);
	}
	if (error == 0) {
		error = finish(batch, &before, now_ms);
		error = error < 0 ? error : commit(batch, before.commit_seq);
	}
	if (error < 0) {
		db_rollback(batch->db);
		batch->stale = true;
	}
	return error;
}

void batch_run(struct batch *batch, struct command *const *commands, size_t count)
{
	int error = run_all(batch, commands, count);
	if (error == 0 && batch->counters.erased) {
		/* While somebody still reads what was, the next batch tries again. */
		batch->counters.erased = db_forget(batch->db) < 0;
	}
	for (size_t i = 0; error < 0 && i < count; i++) {
		struct command *c = commands[i];
		c->status = error == E_BUSY || error == -ENOSPC ? error : E_STORE;
		c->commit_seq = 0;
		c->replayed = false;
		buf_clear(&c->answer);
		(void)db_error(batch->db, error, &c->diag);
	}
}
