/* SPDX-License-Identifier: Apache-2.0 */
#include "records/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "fixture.h"
#include "house.h"
#include "records/db.h"
#include "records/sql.h"

static struct secret_key *new_key(char fill, size_t octets, int want)
{
	uint8_t text[64];
	memset(text, fill, sizeof(text));
	int fd = memfd_create("key", MFD_CLOEXEC);
	assert_int_equal(write(fd, text, octets), octets);
	struct secret_key *key = NULL;
	assert_int_equal(secret_key_read(fd, &key), want);
	(void)close(fd);
	return key;
}

struct wish {
	const struct secret_key *key;
	const char *name;
	struct slice value;
};

static int put(struct txn *txn, void *arg)
{
	const struct wish *wish = arg;
	return secret_put(txn, wish->key, wish->name, wish->value);
}

static int drop(struct txn *txn, void *arg)
{
	return secret_drop(txn, arg);
}

static int open_one(
	struct house *house, const struct secret_key *key, const char *name, const char *want)
{
	struct buf value;
	buf_init(&value, SECRET_MAX_OCTETS);
	int error = secret_open(house->db, key, name, &value);
	if (error == 0) {
		assert_true(slice_is(buf_slice(&value), want));
	} else {
		assert_int_equal(value.n, 0);
	}
	secret_wipe(&value);
	return error;
}

static void a_secret_opens_only_by_its_key_and_name(const char *conf)
{
	struct house house;
	house_open(&house, conf);
	struct secret_key *key = new_key('k', SECRET_KEY_OCTETS, 0);
	struct secret_key *other = new_key('o', SECRET_KEY_OCTETS, 0);
	struct wish wishes[] = { { key, "smtp", SLICE("old") },
		{ key, "smtp", SLICE("correct horse") }, { key, "empty", SLICE("") },
		{ key, "sms", SLICE("battery") } };
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(house_run(&house, put, &wishes[i]), 0);
	}
	assert_int_equal(open_one(&house, key, "smtp", "correct horse"), 0);
	assert_int_equal(open_one(&house, key, "empty", ""), 0);
	assert_int_equal(open_one(&house, key, "absent", ""), E_ABSENT);
	assert_int_equal(open_one(&house, other, "smtp", ""), E_DIGEST);
	int64_t at_ms = 0;
	assert_int_equal(secret_find(house.db, "smtp", &at_ms), 1);
	assert_int_equal(at_ms, house.now_ms);
	assert_int_equal(house_run(&house, drop, (char[]) { "sms" }), 1);
	assert_int_equal(secret_find(house.db, "sms", &at_ms), 0);
	/* Moved to another name it does not open. */
	assert_int_equal(
		db_exec(house.db, "UPDATE secret SET name = 'sms' WHERE name = 'smtp'"), 0);
	assert_int_equal(open_one(&house, key, "sms", ""), E_DIGEST);
	(void)secret_key_destroy(key);
	(void)secret_key_destroy(other);
	house_close(&house);
}

static void every_changed_octet_is_noticed(const char *conf)
{
	struct house house;
	house_open(&house, conf);
	struct secret_key *key = new_key('k', SECRET_KEY_OCTETS, 0);
	struct wish wish = { key, "smtp", SLICE("pw") };
	assert_int_equal(house_run(&house, put, &wish), 0);
	struct stmt *q = NULL;
	uint8_t sealed[64];
	assert_int_equal(db_prepare(house.db, "SELECT sealed FROM secret", &q), 0);
	assert_int_equal(db_step(q), 1);
	size_t n = db_col_blob(q, 0).n;
	memcpy(sealed, db_col_blob(q, 0).p, n);
	db_done(q);
	assert_true(slice_find(slice_of(sealed, n), SLICE("pw")) == SIZE_MAX);
	for (size_t i = 0; i <= n; i++) {
		/* Each octet in turn, and last one octet short. */
		sealed[i % n] ^= 1;
		size_t length = i < n ? n : 10;
		assert_int_equal(sql_run(house.db, "UPDATE secret SET sealed = $1",
					 SQL_BLOB(slice_of(sealed, length))),
			1);
		assert_int_equal(open_one(&house, key, "smtp", ""), E_DIGEST);
		sealed[i % n] ^= 1;
	}
	(void)secret_key_destroy(key);
	house_close(&house);
}

static void keys_of_another_length_are_refused(const char *conf)
{
	(void)conf;
	assert_null(new_key('k', SECRET_KEY_OCTETS - 1, E_FORMAT));
	assert_null(new_key('k', SECRET_KEY_OCTETS + 1, E_FORMAT));
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "a secret opens only by its key and name",
			a_secret_opens_only_by_its_key_and_name, false },
		{ "every changed octet is noticed", every_changed_octet_is_noticed, false },
		{ "keys of another length are refused", keys_of_another_length_are_refused,
			false },
	};
	return fixture_both(cases, sizeof(cases) / sizeof(cases[0]));
}
