/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One octet changed, five hundred times by SQL in every kind of column, and
 * in the contents of blobs.  Each must be named by its place.
 */
#include <fcntl.h>
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

enum { PLACES = 500, BLOB_PLACES = 60 };

static uint32_t state_of_random = 2023075;

static uint32_t random_below(uint32_t limit)
{
	state_of_random = state_of_random * 1664525u + 1013904223u;
	return (state_of_random >> 8) % limit;
}

/* Where one value may be changed.  where is a condition with %d for the key. */
struct place {
	const char *table;
	const char *column;
	const char *where;
	int first; /* key = first + step * k, k < count */
	int step;
	int count;
	const char *family; /* a problem of this family names it … */
	const char *what;   /* … by this text with the key, or by the key as number */
};

static const struct place places[] = {
	{ "audit_entry", "entry", "seq = %d", 1, 1, 300, "entry.", NULL },
	{ "audit_entry", "entry", "seq = %d", 1, 1, 300, "entry.", NULL },
	{ "audit_entry", "leaf", "seq = %d", 1, 1, 300, "entry.changed", NULL },
	{ "audit_entry", "at_ms", "seq = %d", 1, 1, 300, "entry.column", NULL },
	{ "audit_entry", "seq", "seq = %d", 1, 1, 300, "", NULL },
	{ "audit_personal", "salt", "seq = %d AND n = 0", 18, 6, 48, "personal.changed", NULL },
	{ "audit_personal", "value", "seq = %d AND n = 1", 18, 6, 48, "personal.changed",
		NULL },
	{ "audit_personal", "seq", "seq = %d AND n = 1", 18, 6, 48, "personal.missing", NULL },
	{ "audit_personal", "n", "seq = %d AND n = 0", 18, 6, 48, "personal.missing", NULL },
	{ "audit_personal", "erased_by", "seq = %d AND n = 1", 18, 6, 48, "personal.", NULL },
	{ "audit_personal", "erased_by", "seq = %d AND n = 0", 6, 6, 1, "personal.", NULL },
	{ "audit_head", "root", "size = %d", 50, 50, 6, "head.forged", NULL },
	{ "audit_head", "signature", "size = %d", 50, 50, 6, "head.forged", NULL },
	{ "audit_head", "at_ms", "size = %d", 50, 50, 6, "head.forged", NULL },
	{ "audit_head", "size", "size = %d", 50, 50, 6, "head.", "" },
	{ "notice", "title", "id = %d", 9, 1, 1, "row.changed", "notice #%d" },
	{ "notice", "title", "id = %d", 2, 5, 7, "row.changed", "notice #%d" },
	{ "notice", "note", "id = %d", 2, 5, 7, "row.changed", "notice #%d" },
	{ "notice", "doc", "id = %d", 2, 5, 7, "row.changed", "notice #%d" },
	{ "notice", "due_at_ms", "id = %d", 2, 5, 7, "row.changed", "notice #%d" },
	{ "notice", "version", "id = %d", 2, 5, 7, "row.changed", "notice #%d" },
	{ "notice", "id", "id = %d", 2, 5, 7, "row.missing", "notice #%d" },
	{ "blob", "kind", "id = %d", 5, 5, 29, "row.changed", "blob #%d" },
	{ "blob", "sm3", "id = %d", 5, 5, 29, "row.changed", "blob #%d" },
	{ "blob", "sha256", "id = %d", 5, 5, 29, "row.changed", "blob #%d" },
	{ "blob", "octets", "id = %d", 5, 5, 29, "row.changed", "blob #%d" },
	{ "blob", "created_at_ms", "id = %d", 5, 5, 29, "row.changed", "blob #%d" },
	{ "blob", "version", "id = %d", 5, 5, 29, "row.changed", "blob #%d" },
	{ "blob", "id", "id = %d", 5, 5, 29, "row.missing", "blob #%d" },
};

static bool is_plain(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* One octet of a value, other than it was; text stays UTF-8 so that both stores take it. */
static struct cell bend(struct cell cell, uint8_t *room)
{
	if (cell.type == 'n') {
		return INT(17);
	}
	if (cell.type == 'i') {
		/* Above the first octet: small keys must not meet another row's. */
		cell.number ^= INT64_C(1) << (9 + random_below(50));
		return cell;
	}
	memcpy(room, cell.octets.p, cell.octets.n);
	size_t at = random_below((uint32_t)cell.octets.n);
	if (cell.type == 'b') {
		room[at] ^= (uint8_t)(1 + random_below(255));
	} else {
		while (!is_plain(room[at])) {
			at = (at + 1) % cell.octets.n;
		}
		room[at] = room[at] == 'x' ? 'y' : 'x';
	}
	cell.octets = slice_of(room, cell.octets.n);
	return cell;
}

static struct cell hold(struct cell cell, uint8_t *room)
{
	if (cell.type == 't' || cell.type == 'b') {
		memcpy(room, cell.octets.p, cell.octets.n);
		cell.octets = slice_of(room, cell.octets.n);
	}
	return cell;
}

static bool named(const struct world *world, const struct place *place, int key)
{
	char what[64];
	const char *text = NULL;
	if (place->what != NULL && place->what[0] == '\0') {
		/* The head's own number was changed: any head named will do. */
		return world_named(world, place->family, key, NULL) || world->problems > 0;
	}
	if (place->what != NULL) {
		const char *number = strchr(place->what, '%');
		(void)snprintf(what, sizeof(what), "%.*s%d", (int)(number - place->what),
			place->what, key);
		text = what;
	}
	return world_named(world, place->family, key, text);
}

static void one_place(struct world *world, const struct place *place)
{
	static uint8_t room[2][64 * 1024];
	int key = place->first + place->step * (int)random_below((uint32_t)place->count);
	const char *number = strchr(place->where, '%');
	char where[100];
	char sql[300];
	(void)snprintf(where, sizeof(where), "%.*s%d%s", (int)(number - place->where),
		place->where, key, number + 2);
	(void)snprintf(sql, sizeof(sql), "SELECT %s FROM %s WHERE %s", place->column,
		place->table, where);
	struct cell before = hold(world_get(world, sql), room[0]);
	struct cell after = bend(before, room[1]);
	(void)snprintf(sql, sizeof(sql), "UPDATE %s SET %s = $1 WHERE %s", place->table,
		place->column, where);
	assert_true(world_try(world, sql, &after, 1));
	int found = world_verify(world);
	if (found != 1 || !named(world, place, key)) {
		world_show(world);
		fail_msg("%s.%s of %d changed, %s", place->table, place->column, key,
			found == 1 ? "something else was named" : "and nothing was named");
	}
	/* Put right by the new value where the key itself was changed. */
	bool by_value = strncmp(place->where, place->column, strlen(place->column)) == 0 ||
			strcmp(place->column, "n") == 0;
	struct cell back[2] = { before, after };
	if (by_value) {
		(void)snprintf(sql, sizeof(sql), "UPDATE %s SET %s = $1 WHERE %s = $2",
			place->table, place->column, place->column);
	}
	assert_true(world_try(world, sql, back, by_value ? 2 : 1));
}

static void one_octet_by_sql_is_named(const char *conf)
{
	static struct world world;
	enum { KINDS = sizeof(places) / sizeof(places[0]) };
	static int tally[KINDS];
	memset(tally, 0, sizeof(tally));
	world_build(&world, conf);
	for (size_t i = 0; i < PLACES; i++) {
		one_place(&world, &places[i % KINDS]);
		tally[i % KINDS]++;
	}
	for (size_t k = 0; k < KINDS; k++) {
		print_message(
			"# %s.%s: %d named\n", places[k].table, places[k].column, tally[k]);
	}
	print_message("# %d places, all named\n", PLACES);
	assert_int_equal(world_verify(&world), 0);
	world_fini(&world);
}

/*
 * One octet of one chunk, anywhere in what is kept of it; the second time it is
 * put right.
 */
static void bend_chunk(struct world *world, const struct cell *name, unsigned draw)
{
	char sql[400];
	(void)snprintf(sql, sizeof(sql),
		"UPDATE blob_chunk SET octets = set_byte(octets, %u %% length(octets),"
		" get_byte(octets, %u %% length(octets)) # 4)"
		" WHERE sm3 = $1 AND n = (SELECT %u %% count(*) FROM blob_chunk c WHERE c.sm3 = $1)",
		draw, draw, draw);
	assert_true(world_try(world, sql, name, 1));
}

/* The first chunk under another name or number, and back. */
static void move_chunk(struct world *world, const struct cell *name, unsigned draw, bool back)
{
	static const char *const moves[2][2] = {
		{ "UPDATE blob_chunk SET n = n + 512 WHERE sm3 = $1 AND n = 0",
			"UPDATE blob_chunk SET n = n - 512 WHERE sm3 = $1 AND n = 512" },
		{ "UPDATE blob_chunk SET sm3 = set_byte(sm3, 7, get_byte(sm3, 7) # 4)"
		  " WHERE sm3 = $1 AND n = 0",
			"UPDATE blob_chunk SET sm3 = set_byte(sm3, 7, get_byte(sm3, 7) # 4)"
			" WHERE set_byte(sm3, 7, get_byte(sm3, 7) # 4) = $1 AND n = 0" },
	};
	assert_true(world_try(world, moves[draw % 2][back ? 1 : 0], name, 1));
}

/* The contents of blob #5 … #145: a file's octet, or a chunk's by SQL. */
static void one_octet_of_a_blob_is_named(const char *conf)
{
	static struct world world;
	static uint8_t room[2][64 * 1024];
	world_build(&world, conf);
	for (int i = 0; i < BLOB_PLACES; i++) {
		char sql[200];
		char hex[2 * DIGEST_OCTETS + 1];
		char path[400];
		(void)snprintf(
			sql, sizeof(sql), "SELECT sm3 FROM blob WHERE id = %d", 5 + i % 29 * 5);
		struct cell name = hold(world_get(&world, sql), room[0]);
		struct digest sm3;
		memcpy(sm3.octet, name.octets.p, DIGEST_OCTETS);
		digest_hex(&sm3, hex);
		bool moved = i % 5 == 4;
		if (world.pg != NULL && moved) {
			move_chunk(&world, &name, (unsigned)i, false);
		} else if (world.pg != NULL) {
			bend_chunk(&world, &name, (unsigned)i * 7919);
		} else {
			(void)snprintf(
				path, sizeof(path), "%s/%.2s/%s", world.folder, hex, hex + 2);
		}
		uint8_t octet = 0;
		int fd = world.pg == NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
		off_t size = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
		off_t at = fd >= 0 ? (off_t)random_below((uint32_t)size) : 0;
		if (fd >= 0) {
			assert_int_equal(pread(fd, &octet, 1, at), 1);
			uint8_t bent = octet ^ 0x10;
			assert_int_equal(pwrite(fd, &bent, 1, at), 1);
		}
		assert_int_equal(world_verify(&world), 1);
		assert_true(world_named(&world, "blob.", 0, hex));
		if (fd >= 0) {
			assert_int_equal(pwrite(fd, &octet, 1, at), 1);
			assert_int_equal(close(fd), 0);
		} else if (moved) {
			move_chunk(&world, &name, (unsigned)i, true);
		} else {
			bend_chunk(&world, &name, (unsigned)i * 7919);
		}
	}
	print_message("# contents of blobs: %d places, all named\n", BLOB_PLACES);
	assert_int_equal(world_verify(&world), 0);
	world_fini(&world);
}

static void a_missing_blob_is_named(const char *conf)
{
	static struct world world;
	world_build(&world, conf);
	char hex[2 * DIGEST_OCTETS + 1];
	struct digest sm3;
	struct cell name = world_get(&world, "SELECT sm3 FROM blob WHERE id = 5");
	memcpy(sm3.octet, name.octets.p, DIGEST_OCTETS);
	digest_hex(&sm3, hex);
	if (world.pg != NULL) {
		assert_true(
			world_try(&world, "DELETE FROM blob_chunk WHERE sm3 = $1", &name, 1));
	} else {
		char path[400];
		(void)snprintf(path, sizeof(path), "%s/%.2s/%s", world.folder, hex, hex + 2);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(world_verify(&world), 1);
	assert_true(world_named(&world, "blob.missing", 5, hex));
	world_fini(&world);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "one octet changed by SQL is named", one_octet_by_sql_is_named, false },
		{ "one octet of a blob is named", one_octet_of_a_blob_is_named, false },
		{ "a missing blob is named", a_missing_blob_is_named, false },
	};
	return fixture_both(cases, sizeof(cases) / sizeof(cases[0]));
}
