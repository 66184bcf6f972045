/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One raw octet of PostgreSQL's files changed while its server stands still,
 * where a table keeps a row that lives: named, or refused by a check of
 * PostgreSQL's own (the table cannot be read any more, and verification says
 * so).  The one honest exception is an octet that changes nothing anybody can
 * read from the audited tables: padding, hints, who wrote the row when.
 */
#include <fcntl.h>
#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/digest.h"
#include "fixture.h"
#include "world.h"

enum { PLACES = 150, TRIES_MAX = 600, PAGE_OCTETS = 8192, FILE_OCTETS_MAX = 1024 * 1024 };

static const char *const tables[] = { "audit_entry", "audit_personal", "audit_head", "notice",
	"blob", "blob_chunk" };
enum { TABLES = sizeof(tables) / sizeof(tables[0]) };

/* A file as it was when the server stood still. */
struct file {
	char path[300];
	uint8_t *octets;
	size_t n;
};

/* Reading a damaged row may mark its place in the index as free, so both are put back. */
struct heap {
	struct file rows;
	struct file index;
	int named;
	int refused;
	int without_effect;
};

static uint32_t state_of_random = 2023075;

static uint32_t random_below(uint32_t limit)
{
	state_of_random = state_of_random * 1664525u + 1013904223u;
	return (state_of_random >> 8) % limit;
}

static bool rows_add(PGconn *conn, const char *table, struct digest_stream *stream)
{
	char sql[100];
	(void)snprintf(sql, sizeof(sql), "SELECT * FROM %s", table);
	PGresult *rows = PQexecParams(conn, sql, 0, NULL, NULL, NULL, NULL, 1);
	bool good = PQresultStatus(rows) == PGRES_TUPLES_OK;
	int count = good ? PQntuples(rows) * PQnfields(rows) : 0;
	for (int i = 0; i < count; i++) {
		int row = i / PQnfields(rows);
		int column = i % PQnfields(rows);
		int n = PQgetisnull(rows, row, column) != 0 ? -1
							    : PQgetlength(rows, row, column);
		if (slice_is(slice_str(PQfname(rows, column)), "live_seen")) {
			continue;
		}
		digest_stream_add(stream, slice_of(&n, sizeof(n)));
		digest_stream_add(
			stream, slice_of(PQgetvalue(rows, row, column), n > 0 ? (size_t)n : 0));
	}
	PQclear(rows);
	return good;
}

/* Digest of everything audited that SQL can read from the tables themselves. */
static bool readable(const char *conf, struct digest *ret_digest)
{
	PGconn *conn = PQconnectdb(conf);
	struct digest_stream *stream = digest_stream_create(DIGEST_SM3);
	PQclear(PQexec(conn, "SET enable_indexscan = off; SET enable_indexonlyscan = off;"
			     " SET enable_bitmapscan = off"));
	bool good = true;
	for (size_t i = 0; good && i < TABLES; i++) {
		good = rows_add(conn, tables[i], stream);
	}
	*ret_digest = digest_stream_end(stream);
	(void)digest_stream_destroy(stream);
	PQfinish(conn);
	return good;
}

static void file_find(
	struct world *world, const char *table, const char *suffix, struct file *file)
{
	char sql[100];
	(void)snprintf(sql, sizeof(sql), "SELECT pg_relation_filepath('%s%s')", table, suffix);
	struct cell path = world_get(world, sql);
	(void)snprintf(file->path, sizeof(file->path), "%s/%.*s", fixture_postgres_data(),
		SLICE_FMT(path.octets));
}

static void file_read(struct file *file)
{
	int fd = open(file->path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	file->octets = malloc(FILE_OCTETS_MAX);
	assert_non_null(file->octets);
	ssize_t n = pread(fd, file->octets, FILE_OCTETS_MAX, 0);
	assert_true(n > 0 && n < FILE_OCTETS_MAX && n % PAGE_OCTETS == 0);
	file->n = (size_t)n;
	assert_int_equal(close(fd), 0);
}

static void file_write(const struct file *file, const uint8_t *octets, size_t n, size_t at)
{
	int fd = open(file->path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, octets, n, (off_t)at), n);
	assert_int_equal(close(fd), 0);
}

/*
 * An octet of a row that lives.  A page has 24 octets of head, of which the
 * last word but two of the second line say where the row pointers end; each
 * is 15 bits of offset, 2 of state (1: a row) and 15 of length.
 */
static size_t live_octet(const struct file *rows, bool in_front)
{
	enum { HEAD_OCTETS = 24, LOWER_AT = 12, POINTER_OCTETS = 4, FRONT_OCTETS = 72 };
	for (;;) {
		size_t page = random_below((uint32_t)(rows->n / PAGE_OCTETS)) * PAGE_OCTETS;
		uint16_t lower = 0;
		uint32_t pointer = 0;
		memcpy(&lower, rows->octets + page + LOWER_AT, sizeof(lower));
		if (lower <= HEAD_OCTETS || lower > PAGE_OCTETS) {
			continue;
		}
		uint32_t count = ((uint32_t)lower - HEAD_OCTETS) / POINTER_OCTETS;
		size_t at = HEAD_OCTETS + (size_t)random_below(count) * POINTER_OCTETS;
		memcpy(&pointer, rows->octets + page + at, sizeof(pointer));
		if ((pointer >> 15 & 3) == 1) {
			uint32_t n = pointer >> 17;
			n = in_front && n > FRONT_OCTETS ? FRONT_OCTETS : n;
			return page + (pointer & 0x7fff) + random_below(n);
		}
	}
}

static void one_raw_octet(
	const struct audit_target *target, const struct digest *clean, struct heap *heap)
{
	static struct world found;
	struct digest now;
	/* Every other one where rows have their heads and keys. */
	size_t at = live_octet(&heap->rows, random_below(2) == 0);
	uint8_t bent = heap->rows.octets[at] ^ (uint8_t)(1 + random_below(255));
	file_write(&heap->rows, &bent, 1, at);
	fixture_postgres_start();
	int verdict = world_verify_target(&found, target);
	if (verdict == 1 && !world_named(&found, "store.", 0, NULL)) {
		heap->named++;
	} else if (verdict != 0) {
		heap->refused++;
	} else if (readable(target->store, &now) && digest_eq(&now, clean)) {
		heap->without_effect++;
	} else {
		world_show(&found);
		fail_msg("octet %zu of %s, %02x to %02x: readable change not named", at,
			heap->rows.path, heap->rows.octets[at], bent);
	}
	fixture_postgres_stop();
	file_write(&heap->rows, heap->rows.octets, heap->rows.n, 0);
	file_write(&heap->index, heap->index.octets, heap->index.n, 0);
}

static int heaps_bend(
	const struct audit_target *target, const struct digest *clean, struct heap *heaps)
{
	int named = 0;
	for (int i = 0; i < TRIES_MAX && named < PLACES; i++) {
		struct heap *heap = &heaps[i % TABLES];
		int before = heap->named + heap->refused;
		one_raw_octet(target, clean, heap);
		named += heap->named + heap->refused - before;
	}
	return named;
}

static void one_raw_octet_of_a_row_is_named_or_without_effect(const char *conf)
{
	static struct world world;
	static struct heap heaps[TABLES];
	struct digest clean;
	fixture_postgres_set("autovacuum", "off");
	world_build(&world, conf);
	/* What reading would write to the pages is written once, and now. */
	assert_true(world_try(&world, "VACUUM (FREEZE)", NULL, 0));
	for (size_t i = 0; i < TABLES; i++) {
		file_find(&world, tables[i], "", &heaps[i].rows);
		file_find(&world, tables[i], "_pkey", &heaps[i].index);
	}
	PQfinish(world.pg);
	world.pg = NULL;
	assert_true(readable(conf, &clean));
	fixture_postgres_stop();
	for (size_t i = 0; i < TABLES; i++) {
		file_read(&heaps[i].rows);
		file_read(&heaps[i].index);
	}
	const struct audit_target target = { .store = world.conf, .key = world.key };
	int named = heaps_bend(&target, &clean, heaps);
	for (size_t i = 0; i < TABLES; i++) {
		print_message("# %s: %d named, %d refused by PostgreSQL, %d without effect\n",
			tables[i], heaps[i].named, heaps[i].refused, heaps[i].without_effect);
		free(heaps[i].rows.octets);
		free(heaps[i].index.octets);
	}
	assert_int_equal(named, PLACES);
	fixture_postgres_start();
	assert_int_equal(world_verify_target(&world, &target), 0);
	world_fini(&world);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "one raw octet of a row is named or without effect",
			one_raw_octet_of_a_row_is_named_or_without_effect, true },
	};
	return fixture_both(cases, sizeof(cases) / sizeof(cases[0]));
}
