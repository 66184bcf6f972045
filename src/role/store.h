/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reaching the record store from a role that may not walk the path to it: the
 * data folder is entered by its descriptor and SQLite is told not to resolve
 * names, so a private checkout works whoever owns the folders above.
 *
 * Layer: role.
 */
#pragma once

#include "base/attr.h"
#include "base/diag.h"

struct arena;
struct db;
struct runtime;

/** Make the data folder the working directory and names relative to it.  0 or -errno with diag. */
NODISCARD int store_enter(struct runtime *rt, struct diag *diag);

/** What db_open is given: "sqlite:records.db" or the configured postgresql:// address. */
const char *store_conf(struct runtime *rt);

/** How people reach the platform: the setting "address", else the listening address. */
const char *store_base_url(struct runtime *rt, struct db *db, struct arena *arena);
