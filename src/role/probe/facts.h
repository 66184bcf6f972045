/* SPDX-License-Identifier: Apache-2.0 */
/**
 * This machine: its name, interfaces, gateway, resolvers and clock, for core.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include "base/attr.h"

struct facts;
struct probe;

/** Before the fence: open what facts are read from. */
struct facts *facts_open(struct probe *probe);
struct facts *facts_close(struct facts *facts);
/** "ADDR,ADDR" of the machine's own resolvers, or NULL. */
const char *facts_resolvers(const struct facts *facts);
const char *facts_hostname(const struct facts *facts);
/** Tell core now and once a minute. */
NODISCARD int facts_start(struct facts *facts);
/** Core is there anew. */
void facts_send(struct facts *facts);
void facts_stop(struct facts *facts);
