/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "audit/entry.h"
#include "audit/head.h"
#include "audit/tree.h"
#include "base/arena.h"
#include "base/err.h"
#include "cutter.h"
#include "fixture.h"
#include "house.h"
#include "records/db.h"
#include "records/rowdigest.h"
#include "records/sql.h"
#include "records/trail.h"

enum { COMMANDS = 8 };

/* What a made-up command does: a numbered setting, its change, its entry. */
struct wish {
	int64_t key; /* 0 = take the number as key */
	int fail;    /* fail with this after everything was written */
	bool silent; /* say no act */
	bool refusal;
	int64_t number; /* given */
	unsigned runs;
};

static int make_setting(struct txn *txn, void *arg)
{
	struct wish *wish = arg;
	wish->runs++;
	int error = txn_number(txn, "notice", 2026, &wish->number);
	if (error < 0) {
		return error;
	}
	int64_t id = txn_id(txn);
	AUTO_BUF struct buf key;
	buf_init(&key, 32);
	buf_put_i64(&key, wish->key != 0 ? wish->key : wish->number);
	int64_t rows = sql_run(txn_db(txn),
		"INSERT INTO setting (id, version, key, value) VALUES ($1, 1, $2, $3)",
		SQL_INT(id), SQL_TEXT(buf_slice(&key)), SQL_STR("值"));
	if (rows < 0) {
		return (int)rows;
	}
	error = trail_row(txn, "setting", id);
	error = error < 0 ? error : txn_change(txn, "setting", id, 1);
	if (!wish->silent) {
		trail_act(txn, &(struct trail_act) { .act = SLICE("setting.make"),
				       .actor = 5,
				       .role = SLICE("operator"),
				       .kind = SLICE("setting"),
				       .id = id,
				       .version = 1 });
	}
	if (wish->refusal) {
		trail_keep_refusal(txn);
	}
	buf_printf(txn_answer(txn), "n=%lld", (long long)wish->number);
	return error < 0 ? error : wish->fail;
}

static void run_wishes(
	struct house *house, struct command *commands, struct wish *wishes, size_t n)
{
	struct command *list[COMMANDS] = { NULL };
	for (size_t i = 0; i < n; i++) {
		commands[i].run = make_setting;
		commands[i].arg = &wishes[i];
		list[i] = &commands[i];
	}
	batch_run(house->batch, list, n);
}

static void init_all(struct command *commands)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		command_init(&commands[i]);
	}
}

static void fini_all(struct command *commands)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		command_fini(&commands[i]);
	}
}

static void one_failing_command_leaves_the_others(const char *conf)
{
	struct house house;
	house_open(&house, conf);
	struct command commands[COMMANDS];
	struct wish wishes[COMMANDS] = { [2] = { .fail = E_STATE }, [4] = { .key = 1 } };
	init_all(commands);
	run_wishes(&house, commands, wishes, COMMANDS);
	static const int want[COMMANDS] = { 0, 0, E_STATE, 0, E_EXISTS, 0, 0, 0 };
	int64_t seq = 0;
	for (size_t i = 0; i < COMMANDS; i++) {
		assert_int_equal(commands[i].status, want[i]);
		assert_int_equal(commands[i].commit_seq, want[i] == 0 ? ++seq : 0);
		assert_int_equal(commands[i].answer.n, want[i] == 0 ? 3 : 0);
	}
	/* Six rows, numbered 1 to 6: the failed ones' numbers were taken again. */
	assert_int_equal(house_number(&house, "SELECT count(*) FROM setting"), 6);
	assert_int_equal(wishes[7].number, 6);
	assert_int_equal(house_number(&house, "SELECT max(seq) FROM audit_entry"), 6);
	assert_int_equal(house_number(&house, "SELECT max(seq) FROM change"), 6);
	assert_int_equal(house_number(&house, "SELECT count(*) FROM change"), 6);
	fini_all(commands);
	house_again(&house, conf);
	struct wish next = { 0 };
	assert_int_equal(house_run(&house, make_setting, &next), 0);
	assert_int_equal(next.number, 7);
	assert_int_equal(
		house_number(&house, "SELECT value FROM counter WHERE series = 'commit'"), 7);
	house_close(&house);
}

static void a_key_used_again_gets_the_first_answer(const char *conf)
{
	struct house house;
	house_open(&house, conf);
	struct command commands[COMMANDS];
	struct wish wishes[COMMANDS] = { [0] = { .fail = E_STATE } };
	init_all(commands);
	for (size_t i = 0; i < 5; i++) {
		commands[i].key = SLICE("a-key");
		commands[i].account = i == 3 ? 2 : 1;
		commands[i].request.octet[0] = i == 4;
	}
	run_wishes(&house, commands, wishes, 5);
	/* A failure is not remembered; the same key of another person is another. */
	static const unsigned runs[] = { 1, 1, 0, 1, 0 };
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(wishes[i].runs, runs[i]);
	}
	assert_true(commands[2].replayed);
	assert_int_equal(commands[2].status, 0);
	assert_int_equal(commands[2].commit_seq, commands[1].commit_seq);
	assert_true(slice_eq(buf_slice(&commands[2].answer), buf_slice(&commands[1].answer)));
	assert_int_equal(commands[4].status, E_CONFLICT);
	fini_all(commands);
	/* After a day the key is free. */
	house_again(&house, conf);
	init_all(commands);
	commands[0].key = SLICE("a-key");
	commands[0].account = 1;
	wishes[0] = (struct wish) { 0 };
	run_wishes(&house, commands, wishes, 1);
	assert_true(commands[0].replayed);
	house.now_ms += BATCH_KEY_LIFE_MS;
	buf_clear(&commands[0].answer);
	commands[0].replayed = false;
	run_wishes(&house, commands, wishes, 1);
	assert_false(commands[0].replayed);
	assert_int_equal(wishes[0].runs, 1);
	fini_all(commands);
	house_close(&house);
}

static int secret_run(struct txn *txn, void *arg)
{
	buf_put_str(txn_answer(txn), "one-time-password");
	txn_answer_once(txn);
	return make_setting(txn, arg);
}

static int known_run(struct txn *txn, void *arg)
{
	return batch_known(txn, 1, slice_str(arg));
}

static void a_secret_is_answered_once_and_kept_nowhere(const char *conf)
{
	struct house house;
	house_open(&house, conf);
	struct wish wish = { 0 };
	for (int i = 0; i < 2; i++) {
		struct command command;
		struct command *list[] = { &command };
		command_init(&command);
		command.run = secret_run;
		command.arg = &wish;
		command.account = 1;
		command.key = SLICE("a-key");
		batch_run(house.batch, list, 1);
		assert_int_equal(command.status, 0);
		assert_int_equal(command.replayed, i == 1);
		assert_int_equal(command.answer.n > 0, i == 0);
		command_fini(&command);
	}
	assert_int_equal(wish.runs, 1);
	assert_int_equal(house_number(&house, "SELECT count(*) FROM command_log"), 1);
	assert_int_equal(house_number(&house, "SELECT length(answer) FROM command_log"), 0);
	assert_int_equal(house_run(&house, known_run, (char[]) { "a-key" }), 1);
	assert_int_equal(house_run(&house, known_run, (char[]) { "other" }), 0);
	assert_int_equal(house_run(&house, known_run, (char[]) { "" }), 0);
	house_close(&house);
}

static int copy_entry(
	struct house *house, int64_t seq, struct arena *arena, struct audit_entry *ret_entry)
{
	AUTO_STMT struct stmt *q = NULL;
	assert_int_equal(
		sql_query(house->db, "SELECT entry, leaf FROM audit_entry WHERE seq = $1", &q,
			SQL_INT(seq)),
		0);
	assert_int_equal(db_step(q), 1);
	struct slice text = arena_dup(arena, db_col_text(q, 0));
	struct digest leaf = audit_entry_leaf(text);
	assert_true(slice_eq(slice_of(leaf.octet, DIGEST_OCTETS), db_col_blob(q, 1)));
	return audit_entry_parse(arena, text, ret_entry, NULL);
}

static void an_entry_holds_the_digest_of_the_row(const char *conf)
{
	struct house house;
	house_open(&house, conf);
	struct wish wish = { 0 };
	assert_int_equal(house_run(&house, make_setting, &wish), 0);
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct audit_entry entry = { 0 };
	assert_int_equal(copy_entry(&house, 1, arena, &entry), 0);
	assert_int_equal(entry.row_count, 1);
	assert_true(slice_is(entry.rows[0].table, "setting"));
	assert_true(slice_is(entry.act, "setting.make"));
	assert_int_equal(entry.actor_id, 5);
	struct digest digest = { 0 };
	int64_t version = 0;
	assert_int_equal(
		rowdigest_of(house.db, "setting", entry.rows[0].id, &digest, &version), 1);
	assert_true(digest_eq(&digest, &entry.rows[0].digest));
	assert_int_equal(version, 1);
	/* Known octets, so that both stores and a later program agree. */
	char hex[2 * DIGEST_OCTETS + 1];
	digest_hex(&digest, hex);
	assert_string_equal(
		hex, "22885e799696a6b6e476cd9135eb23151b379900a78e415404f679eec160592a");
	assert_int_equal(db_exec(house.db, "UPDATE setting SET value = '值 '"), 0);
	assert_int_equal(
		rowdigest_of(house.db, "setting", entry.rows[0].id, &digest, &version), 1);
	assert_false(digest_eq(&digest, &entry.rows[0].digest));
	house_close(&house);
}

static void a_change_without_an_act_is_refused(const char *conf)
{
	struct house house;
	house_open(&house, conf);
	struct wish silent = { .silent = true };
	assert_int_equal(house_run(&house, make_setting, &silent), E_STATE);
	assert_int_equal(house_number(&house, "SELECT count(*) FROM setting"), 0);
	house_close(&house);
}

static void a_refusal_can_leave_its_entry(const char *conf)
{
	struct house house;
	house_open(&house, conf);
	struct wish denied = { .fail = E_DENIED, .refusal = true };
	assert_int_equal(house_run(&house, make_setting, &denied), E_DENIED);
	assert_int_equal(house_number(&house, "SELECT count(*) FROM setting"), 0);
	assert_int_equal(house_number(&house, "SELECT count(*) FROM audit_entry"), 1);
	struct wish fine = { 0 };
	assert_int_equal(house_run(&house, make_setting, &fine), 0);
	assert_int_equal(fine.number, 1);
	assert_int_equal(house_number(&house, "SELECT max(seq) FROM audit_entry"), 2);
	house_close(&house);
}

static int keep_phone(struct txn *txn, void *arg)
{
	(void)arg;
	trail_act(txn, &(struct trail_act) { .act = SLICE("person.change"), .actor = 1 });
	assert_int_equal(trail_personal(txn, 0, "phone", SLICE("13800000000")), 0);
	assert_int_equal(trail_personal(txn, 0, "name", SLICE("张三")), 0);
	assert_int_equal(trail_personal(txn, 0, "mail", SLICE("")), 0);
	return 0;
}

static int erase_phone(struct txn *txn, void *arg)
{
	const char *act = arg;
	trail_act(txn, &(struct trail_act) { .act = slice_str(act), .actor = 1 });
	trail_erase(txn, 1, 0);
	return 0;
}

static void personal_values_can_be_erased_once(const char *conf)
{
	struct house house;
	house_open(&house, conf);
	assert_int_equal(house_run(&house, keep_phone, NULL), 0);
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct audit_entry entry = { 0 };
	assert_int_equal(copy_entry(&house, 1, arena, &entry), 0);
	assert_int_equal(entry.personal_count, 2);
	struct stmt *q = NULL;
	assert_int_equal(
		sql_query(house.db,
			"SELECT salt, value FROM audit_personal WHERE seq = 1 AND n = $1", &q,
			SQL_INT(1)),
		0);
	assert_int_equal(db_step(q), 1);
	struct digest digest = audit_personal_commit(db_col_blob(q, 0), db_col_text(q, 1));
	assert_true(digest_eq(&digest, &entry.personal[1]));
	db_done(q);
	assert_int_equal(house_run(&house, erase_phone, (char[]) { "person.change" }), E_STATE);
	assert_int_equal(house_run(&house, erase_phone, (char[]) { AUDIT_ACT_ERASE }), 0);
	assert_int_equal(
		house_number(&house,
			"SELECT erased_by FROM audit_personal WHERE n = 0 AND salt IS NULL"),
		2);
	assert_int_equal(
		house_run(&house, erase_phone, (char[]) { AUDIT_ACT_ERASE }), E_ABSENT);
	assert_int_equal(house_number(&house, "SELECT count(*) FROM audit_entry"), 2);
	/* That one failed after its entry was made; the log goes on without a gap. */
	assert_int_equal(house_run(&house, keep_phone, NULL), 0);
	assert_int_equal(house_number(&house, "SELECT max(seq) FROM audit_entry"), 3);
	house_again(&house, conf);
	house_close(&house);
}

static int person_make(struct txn *txn, void *arg)
{
	(void)arg;
	trail_act(txn, &(struct trail_act) { .act = SLICE("person.create") });
	return sql_run_args(txn_db(txn),
		       "INSERT INTO person (id, version, name) VALUES (7, 1, '张三')", NULL,
		       0) == 1
		       ? 0
		       : E_STORE;
}

static int keep_many(struct txn *txn, void *arg)
{
	(void)arg;
	trail_act(txn, &(struct trail_act) { .act = SLICE("session.login") });
	for (int i = 0; i < AUDIT_ENTRY_PERSONAL_MAX; i++) {
		assert_int_equal(trail_personal(txn, 7, "address", SLICE("10.0.0.1")), 0);
	}
	assert_int_equal(trail_personal(txn, 7, "address", SLICE("10.0.0.1")), E_LIMIT);
	return 0;
}

static int keep_refused(struct txn *txn, void *arg)
{
	(void)arg;
	trail_act(txn, &(struct trail_act) { .act = SLICE("session.refused") });
	trail_keep_refusal(txn);
	assert_int_equal(trail_personal(txn, 7, "address", SLICE("10.0.0.2")), 0);
	return E_DENIED;
}

static int erase_all(struct txn *txn, void *arg)
{
	trail_act(txn, &(struct trail_act) { .act = SLICE(TRAIL_ACT_ERASE) });
	*(int64_t *)arg = trail_erase_person(txn, 7);
	return 0;
}

/* One more than an entry holds; what others said, and of others, stays. */
static void an_order_erases_more_than_an_entry_holds(const char *conf)
{
	enum { RUNS = AUDIT_ENTRY_ERASES_MAX / AUDIT_ENTRY_PERSONAL_MAX + 1 };
	struct house house;
	int64_t erased = 0;
	house_open(&house, conf);
	assert_int_equal(house_run(&house, person_make, NULL), 0);
	for (int i = 0; i < RUNS; i++) {
		assert_int_equal(house_run(&house, keep_many, NULL), 0);
	}
	assert_int_equal(house_run(&house, keep_refused, NULL), E_DENIED);
	assert_int_equal(house_run(&house, keep_phone, NULL), 0);
	int64_t before = house_number(&house, "SELECT max(seq) FROM audit_entry");
	assert_int_equal(house_run(&house, erase_all, &erased), 0);
	assert_int_equal(erased, RUNS * AUDIT_ENTRY_PERSONAL_MAX + 1);
	assert_int_equal(house_number(&house, "SELECT max(seq) FROM audit_entry"), before + 2);
	assert_int_equal(
		house_number(&house, "SELECT count(*) FROM audit_personal WHERE value IS NULL"
				     " AND erased_by = (SELECT max(seq) - 1 FROM audit_entry)"),
		AUDIT_ENTRY_ERASES_MAX);
	assert_int_equal(house_number(&house,
				 "SELECT count(*) FROM audit_personal WHERE value IS NOT NULL"),
		2);
	house_again(&house, conf);
	house_close(&house);
}

static int sign_log(struct txn *txn, void *arg)
{
	return (int)trail_sign(txn, arg);
}

static void a_head_is_signed_over_the_log_so_far(const char *conf)
{
	struct house house;
	house_open(&house, conf);
	struct wish wish = { 0 };
	for (int i = 0; i < 3; i++) {
		assert_int_equal(house_run(&house, make_setting, &wish), 0);
	}
	house_again(&house, conf);
	AUTO_AUDIT_KEY struct audit_key *key = audit_key_create();
	assert_int_equal(house_run(&house, sign_log, key), 3);
	assert_int_equal(house_run(&house, sign_log, key), 0);
	struct stmt *q = NULL;
	assert_int_equal(
		db_prepare(house.db, "SELECT leaf FROM audit_entry ORDER BY seq", &q), 0);
	struct audit_tree tree;
	audit_tree_init(&tree, DIGEST_SM3);
	while (db_step(q) == 1) {
		struct digest leaf;
		memcpy(leaf.octet, db_col_blob(q, 0).p, DIGEST_OCTETS);
		audit_tree_append(&tree, &leaf);
	}
	db_done(q);
	assert_int_equal(db_prepare(house.db, "SELECT root, signature FROM audit_head", &q), 0);
	assert_int_equal(db_step(q), 1);
	struct audit_head head = { .size = 3, .at_unix_ms = house.now_ms };
	head.root = audit_tree_root(&tree);
	assert_true(slice_eq(db_col_blob(q, 0), slice_of(head.root.octet, DIGEST_OCTETS)));
	memcpy(head.signature, db_col_blob(q, 1).p, AUDIT_SIGNATURE_OCTETS);
	assert_int_equal(audit_head_check(key, &head), 0);
	db_done(q);
	house_close(&house);
}

static void a_log_with_a_gap_is_refused(const char *conf)
{
	struct house house;
	house_open(&house, conf);
	struct wish wish = { 0 };
	for (int i = 0; i < 3; i++) {
		assert_int_equal(house_run(&house, make_setting, &wish), 0);
	}
	house.batch = batch_destroy(house.batch);
	assert_int_equal(db_exec(house.db, "DELETE FROM audit_entry WHERE seq = 3"), 0);
	assert_int_equal(batch_create(house.db, NULL, NULL, &house.batch, NULL), E_DIGEST);
	assert_int_equal(db_exec(house.db, "DELETE FROM audit_entry WHERE seq = 1"), 0);
	assert_int_equal(batch_create(house.db, NULL, NULL, &house.batch, NULL), E_DIGEST);
	house_close(&house);
}

static int lose_connection(struct txn *txn, void *arg)
{
	/* The backend that runs this ends itself. */
	(void)arg;
	return db_exec(txn_db(txn), "SELECT pg_terminate_backend(pg_backend_pid())");
}

static void a_lost_batch_is_answered_so_and_the_next_goes_on(const char *conf)
{
	struct house house;
	house_open(&house, conf);
	struct command commands[COMMANDS];
	struct wish wishes[COMMANDS] = { { 0 } };
	init_all(commands);
	struct command *list[3] = { &commands[0], &commands[1], &commands[2] };
	for (size_t i = 0; i < 3; i++) {
		commands[i].run = i == 1 ? lose_connection : make_setting;
		commands[i].arg = &wishes[i];
	}
	batch_run(house.batch, list, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(commands[i].status, E_STORE);
		assert_int_equal(commands[i].answer.n, 0);
	}
	fini_all(commands);
	struct wish wish = { 0 };
	assert_int_equal(house_run(&house, make_setting, &wish), 0);
	assert_int_equal(wish.number, 1);
	assert_int_equal(house_number(&house, "SELECT count(*) FROM setting"), 1);
	assert_int_equal(house_number(&house, "SELECT max(seq) FROM audit_entry"), 1);
	house_close(&house);
}

static void an_unanswered_commit_is_told_truly(const char *conf)
{
	static const struct {
		enum cut cut;
		int status;
		int64_t kept;
	} cases[] = {
		{ CUT_BEFORE_COMMIT, E_STORE, 0 },
		{ CUT_BEFORE_ANSWER, 0, 2 },
		{ CUT_AND_COMMIT_LATE, 0, 4 },
	};
	struct house direct;
	house_open(&direct, conf);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct house house;
		struct command commands[COMMANDS];
		struct wish wishes[COMMANDS] = { { 0 } };
		house_open(&house, cutter_open(conf));
		init_all(commands);
		struct command *list[2] = { &commands[0], &commands[1] };
		commands[0].arg = &wishes[0];
		commands[1].arg = &wishes[1];
		commands[0].run = commands[1].run = make_setting;
		cutter_arm(cases[i].cut);
		batch_run(house.batch, list, 2);
		assert_int_equal(commands[0].status, cases[i].status);
		assert_int_equal(commands[1].status, cases[i].status);
		assert_int_equal(commands[1].answer.n > 0, cases[i].status == 0);
		assert_int_equal(
			house_number(&direct, "SELECT count(*) FROM setting"), cases[i].kept);
		/* And life goes on, by the same counters. */
		fini_all(commands);
		assert_int_equal(
			house_number(&house, "SELECT count(*) FROM setting"), cases[i].kept);
		house_close(&house);
		cutter_close();
	}
	house_close(&direct);
	house_open(&direct, conf);
	struct wish wish = { 0 };
	assert_int_equal(house_run(&direct, make_setting, &wish), 0);
	assert_int_equal(wish.number, 5);
	house_close(&direct);
}

static int emit_change(struct txn *txn, void *arg)
{
	(void)arg;
	return txn_change(txn, "beat", 1, 1);
}

static void the_event_stream_is_bounded(const char *conf)
{
	struct house house;
	house_open(&house, conf);
	/* As if a hundred thousand commands had gone before. */
	assert_int_equal(
		db_exec(house.db,
			"INSERT INTO change (seq, n, topic, record_id,"
			" record_version) VALUES (1, 0, 'old', 1, 1), (101000, 0, 'new', 1, 1);"
			"UPDATE counter SET value = 102398 WHERE series = 'commit'"),
		0);
	house_again(&house, conf);
	assert_int_equal(house_run(&house, emit_change, NULL), 0);
	assert_int_equal(house_number(&house, "SELECT count(*) FROM change"), 3);
	assert_int_equal(house_run(&house, emit_change, NULL), 0);
	assert_int_equal(house_number(&house, "SELECT count(*) FROM change"), 3);
	assert_int_equal(house_number(&house, "SELECT min(seq) FROM change"), 101000);
	house_close(&house);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "one failing command leaves the others",
			one_failing_command_leaves_the_others, false },
		{ "a key used again gets the first answer",
			a_key_used_again_gets_the_first_answer, false },
		{ "a secret is answered once and kept nowhere",
			a_secret_is_answered_once_and_kept_nowhere, false },
		{ "an entry holds the digest of the row", an_entry_holds_the_digest_of_the_row,
			false },
		{ "a change without an act is refused", a_change_without_an_act_is_refused,
			false },
		{ "a refusal can leave its entry", a_refusal_can_leave_its_entry, false },
		{ "personal values can be erased once", personal_values_can_be_erased_once,
			false },
		{ "an order erases more than an entry holds",
			an_order_erases_more_than_an_entry_holds, false },
		{ "a head is signed over the log so far", a_head_is_signed_over_the_log_so_far,
			false },
		{ "a log with a gap is refused", a_log_with_a_gap_is_refused, false },
		{ "a lost batch is answered so and the next goes on",
			a_lost_batch_is_answered_so_and_the_next_goes_on, true },
		{ "an unanswered commit is told truly", an_unanswered_commit_is_told_truly,
			true },
		{ "the event stream is bounded", the_event_stream_is_bounded, false },
	};
	return fixture_both(cases, sizeof(cases) / sizeof(cases[0]));
}
