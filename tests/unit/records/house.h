/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A migrated store with a batch on it and a clock the test moves.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "records/batch.h"
#include "records/txn.h"

struct db;
struct fixture_case;

struct house {
	struct db *db;
	struct batch *batch;
	int64_t now_ms;
};

/** fixture_both on stores that are migrated already. */
int house_both(const struct fixture_case *cases, size_t count);

void house_open(struct house *house, const char *conf);
void house_close(struct house *house);
/** As a restart: everything in memory is forgotten. */
void house_again(struct house *house, const char *conf);

/** One command in a batch of its own; its status. */
int house_run(struct house *house, int (*run)(struct txn *txn, void *arg), void *arg);

/** The one number of a query; fails the test when there is none. */
int64_t house_number(struct house *house, const char *sql);
