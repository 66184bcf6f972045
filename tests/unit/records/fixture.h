/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Both record stores for a test: a SQLite file in a scratch folder, and a
 * PostgreSQL cluster of our own on a Unix socket, stopped and removed at the
 * end (also when the test is killed).
 *
 *	fixture_both(cases, count) runs every case once on each store.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct fixture_case {
	const char *name;
	void (*run)(const char *conf); /* conf names an empty store */
	bool postgres_only;
};

/** Run all cases on SQLite and, where its programs are installed, on PostgreSQL. */
int fixture_both(const struct fixture_case *cases, size_t count);

/** The same on stores that fill has filled, each kind once: every case has a copy. */
int fixture_filled(
	const struct fixture_case *cases, size_t count, void (*fill)(const char *conf));

/** The scratch folder, made on the first call and removed at exit. */
const char *fixture_dir(void);

/** Conf of a new empty PostgreSQL database; NULL where PostgreSQL is not installed. */
const char *fixture_postgres(void);

/** Conf of a new empty SQLite store. */
const char *fixture_sqlite(void);

/** Let a setting of the private server take effect and open new sessions with it. */
void fixture_postgres_set(const char *name, const char *value);

/** The private server's data folder; its files may be changed between stop and start. */
const char *fixture_postgres_data(void);
/** End the private server in good order; the next start finds everything. */
void fixture_postgres_stop(void);
void fixture_postgres_start(void);
