/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A SQLite store of 1,000,000 audit entries of about 400 octets over 100,000
 * rows, verified whole: every entry parsed and hashed, the tree, daily signed
 * heads, every row.  The floor is `openssl dgst -sm3` over the same octets,
 * read from one file.  Five alternating pairs, files warm.  Both are one thread,
 * so CPU time is told beside the wall clock: neighbours disturb it less.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "audit/entry.h"
#include "audit/head.h"
#include "audit/row.h"
#include "audit/tree.h"
#include "audit/verify.h"
#include "base/buf.h"
#include "base/diag.h"

enum { ENTRIES = 1000000, ROWS = 100000, HEAD_EVERY = 2000, RUNS = 5 };

static const double target_s = 10.0;

static char folder[] = "/tmp/fengsui-bench-XXXXXX";
static char db_path[64];
static char flat_path[64];

static void fail(const char *why)
{
	(void)fprintf(stderr, "bench-audit: %s\n", why);
	exit(3);
}

static double now(clockid_t clock)
{
	struct timespec at;
	(void)clock_gettime(clock, &at);
	return (double)at.tv_sec + 1e-9 * (double)at.tv_nsec;
}

struct spent {
	double wall_s;
	double cpu_s;
};

struct writer {
	sqlite3 *db;
	sqlite3_stmt *entry;
	sqlite3_stmt *row;
	sqlite3_stmt *head;
	FILE *flat;
	struct audit_tree tree;
	struct audit_key *key;
	uint64_t octets;
};

static void step(sqlite3_stmt *stmt)
{
	if (sqlite3_step(stmt) != SQLITE_DONE || sqlite3_reset(stmt) != SQLITE_OK) {
		fail("the store refuses a row");
	}
}

static void bind_blob(sqlite3_stmt *stmt, int at, const uint8_t *octets, uint64_t n)
{
	(void)sqlite3_bind_blob64(stmt, at, octets, n, SQLITE_TRANSIENT);
}

static struct audit_row write_row(struct writer *w, int64_t seq)
{
	int64_t id = seq % ROWS + 1;
	int64_t version = seq / ROWS + 1;
	char title[80];
	int n = snprintf(title, sizeof(title), "关于服务器弱口令的整改通报（第 %lld 号）",
		(long long)id);
	(void)sqlite3_bind_int64(w->row, 1, id);
	(void)sqlite3_bind_int64(w->row, 2, version);
	(void)sqlite3_bind_text(w->row, 3, title, n, SQLITE_TRANSIENT);
	step(w->row);
	AUTO_BUF struct buf row;
	buf_init(&row, AUDIT_ROW_MAX_OCTETS);
	audit_row_put_int(&row, SLICE("id"), id);
	audit_row_put_text(&row, SLICE("title"), slice_of(title, (size_t)n));
	audit_row_put_int(&row, SLICE("version"), version);
	return (struct audit_row) { SLICE("notice"), id, version, audit_row_digest(&row),
		false };
}

static void write_entry(struct writer *w, struct buf *text, int64_t seq)
{
	struct audit_row row = write_row(w, seq);
	struct audit_entry entry = { .seq = seq,
		.at_unix_ms = 1763796246000 + seq,
		.trace = SLICE("9f86d081884c7d65"),
		.actor_id = seq % 900 + 1,
		.role = SLICE("operator"),
		.act = SLICE("notice.issue"),
		.kind = SLICE("notice"),
		.id = row.id,
		.version = row.version,
		.rows = &row,
		.row_count = 1,
		.reason = SLICE(
			"按第十五条在规定期限内下发，责任单位已电话确认收悉并安排专人处理") };
	buf_clear(text);
	audit_entry_put(text, &entry);
	struct digest leaf = audit_entry_leaf(buf_slice(text));
	audit_tree_append(&w->tree, &leaf);
	(void)sqlite3_bind_int64(w->entry, 1, seq);
	(void)sqlite3_bind_int64(w->entry, 2, entry.at_unix_ms);
	(void)sqlite3_bind_text64(
		w->entry, 3, (const char *)text->p, text->n, SQLITE_STATIC, SQLITE_UTF8);
	bind_blob(w->entry, 4, leaf.octet, DIGEST_OCTETS);
	step(w->entry);
	if (fwrite(text->p, 1, text->n, w->flat) != text->n) {
		fail("cannot write the flat file");
	}
	w->octets += text->n;
}

static void write_head(struct writer *w, int64_t seq)
{
	struct audit_head head = {
		.size = seq, .root = audit_tree_root(&w->tree), .at_unix_ms = seq
	};
	if (audit_head_sign(w->key, &head) < 0) {
		fail("cannot sign");
	}
	(void)sqlite3_bind_int64(w->head, 1, seq);
	bind_blob(w->head, 2, head.root.octet, DIGEST_OCTETS);
	(void)sqlite3_bind_int64(w->head, 3, seq);
	bind_blob(w->head, 4, head.signature, AUDIT_SIGNATURE_OCTETS);
	step(w->head);
}

static void write_store(struct writer *w)
{
	static const char schema[] =
		"PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF;"
		"CREATE TABLE notice (id INTEGER PRIMARY KEY, version INTEGER, title TEXT) "
		"STRICT;"
		"CREATE TABLE audit_entry (seq INTEGER PRIMARY KEY, at_ms INTEGER, entry TEXT, "
		"leaf BLOB)"
		" STRICT;"
		"CREATE TABLE audit_personal (seq INTEGER, n INTEGER, salt BLOB, value TEXT,"
		" erased_by INTEGER, PRIMARY KEY (seq, n)) STRICT;"
		"CREATE TABLE audit_head (size INTEGER PRIMARY KEY, root BLOB, at_ms INTEGER,"
		" signature BLOB) STRICT; BEGIN";
	AUTO_BUF struct buf text;
	buf_init(&text, AUDIT_ENTRY_MAX_OCTETS);
	w->flat = fopen(flat_path, "wb");
	if (w->flat == NULL || sqlite3_open(db_path, &w->db) != SQLITE_OK ||
		sqlite3_exec(w->db, schema, NULL, NULL, NULL) != SQLITE_OK ||
		sqlite3_prepare_v2(w->db, "INSERT INTO audit_entry VALUES (?, ?, ?, ?)", -1,
			&w->entry, NULL) != SQLITE_OK ||
		sqlite3_prepare_v2(w->db, "INSERT OR REPLACE INTO notice VALUES (?, ?, ?)", -1,
			&w->row, NULL) != SQLITE_OK ||
		sqlite3_prepare_v2(w->db, "INSERT INTO audit_head VALUES (?, ?, ?, ?)", -1,
			&w->head, NULL) != SQLITE_OK) {
		fail("cannot make the store");
	}
	for (int64_t seq = 1; seq <= ENTRIES; seq++) {
		write_entry(w, &text, seq);
		if (seq % HEAD_EVERY == 0) {
			write_head(w, seq);
		}
	}
	(void)sqlite3_finalize(w->entry);
	(void)sqlite3_finalize(w->row);
	(void)sqlite3_finalize(w->head);
	if (sqlite3_exec(w->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK ||
		fclose(w->flat) != 0) {
		fail("cannot finish the store");
	}
	(void)sqlite3_close(w->db);
}

static void found(void *context, const struct audit_problem *problem)
{
	(void)context;
	(void)fprintf(stderr, "bench-audit: %s at %lld\n", audit_problem_name(problem->code),
		(long long)problem->seq);
}

static struct spent run_ours(const struct audit_key *key)
{
	char store[80];
	(void)snprintf(store, sizeof(store), "sqlite:%s", db_path);
	const struct audit_target target = { .store = store, .key = key };
	struct audit_report report = { 0 };
	struct diag diag = { 0 };
	double wall = now(CLOCK_MONOTONIC);
	double cpu = now(CLOCK_PROCESS_CPUTIME_ID);
	if (audit_verify(&target, found, NULL, &report, &diag) != 0 || report.last != ENTRIES ||
		report.confirmed != ENTRIES || report.rows != ROWS) {
		fail("the store does not verify");
	}
	return (struct spent) { now(CLOCK_MONOTONIC) - wall,
		now(CLOCK_PROCESS_CPUTIME_ID) - cpu };
}

static struct spent run_peer(void)
{
	double wall = now(CLOCK_MONOTONIC);
	struct rusage used = { 0 };
	pid_t pid = fork();
	if (pid == 0) {
		if (freopen("/dev/null", "w", stdout) == NULL) {
			_exit(126);
		}
		(void)execlp("openssl", "openssl", "dgst", "-sm3", flat_path, (char *)NULL);
		_exit(127);
	}
	int status = 1;
	if (pid < 0 || wait4(pid, &status, 0, &used) < 0 || status != 0) {
		fail("openssl dgst did not run");
	}
	double cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
		     1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
	return (struct spent) { now(CLOCK_MONOTONIC) - wall, cpu };
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(double value[RUNS])
{
	qsort(value, RUNS, sizeof(*value), by_value);
	return value[RUNS / 2];
}

int main(void)
{
	static struct writer writer;
	double ours[RUNS];
	double peer[RUNS];
	double ratio[RUNS];
	double cpu[RUNS];
	if (mkdtemp(folder) == NULL) {
		fail("cannot make a scratch folder");
	}
	(void)snprintf(db_path, sizeof(db_path), "%s/records.db", folder);
	(void)snprintf(flat_path, sizeof(flat_path), "%s/entries", folder);
	writer.key = audit_key_create();
	audit_tree_init(&writer.tree, DIGEST_SM3);
	write_store(&writer);
	for (size_t i = 0; i < RUNS; i++) {
		struct spent our = run_ours(writer.key);
		struct spent their = run_peer();
		ours[i] = our.wall_s;
		peer[i] = their.wall_s;
		ratio[i] = our.cpu_s / their.cpu_s;
		cpu[i] = our.cpu_s;
		(void)fprintf(stderr,
			"pair %zu: ours %.2f s (CPU %.2f), openssl dgst -sm3 %.2f s (CPU "
			"%.2f), ratio %.2f\n",
			i + 1, our.wall_s, our.cpu_s, their.wall_s, their.cpu_s, ratio[i]);
	}
	(void)unlink(db_path);
	(void)unlink(flat_path);
	(void)rmdir(folder);
	writer.key = audit_key_destroy(writer.key);
	double o = median(ours);
	double p = median(peer);
	double r = median(ratio);
	(void)printf("{\"bench\":\"audit\",\"metric\":\"verify 1,000,000 "
		     "entries\",\"better\":\"lower\","
		     "\"ours\":%.2f,\"peer\":%.2f,\"ratio\":%.2f,\"unit\":\"s\",\"runs\":%d,"
		     "\"ours_cpu\":%.2f,\"target\":%.0f,\"peer_is\":\"openssl dgst -sm3\"}\n",
		o, p, r, RUNS, median(cpu), target_s);
	(void)printf("\n%d entries, %.1f MB (%.0f octets each), %d rows, %d signed heads "
		     "(ratio of CPU time)\n"
		     "%-22s %8.2f s\n%-22s %8.2f s\n%-22s %8.2f\n%-22s %8.2f s\n",
		ENTRIES, (double)writer.octets / 1e6, (double)writer.octets / ENTRIES, ROWS,
		ENTRIES / HEAD_EVERY, "fengsui audit verify", o, "openssl dgst -sm3", p,
		"ratio", r, "target", target_s);
	return o <= target_s ? 0 : 1;
}
