/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The account a new platform begins with.
 *
 * Layer: desk.  Threading: the writer's thread; wanted as the connection.
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "base/slice.h"

struct db;
struct txn;

#define FIRST_ADMIN_ACCOUNT "admin"

/** Has the store no account yet?  False also when it cannot say. */
bool first_admin_wanted(struct db *db);

/**
 * The person 系统管理员 with the account "admin", to change his password first.
 *
 * Shape:   hash is that of a one-time password.
 * Returns: 0; E_STATE (there are accounts); or as db_step.
 */
NODISCARD int first_admin(struct txn *txn, struct slice hash);
