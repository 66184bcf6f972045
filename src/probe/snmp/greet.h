/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Who are you?  One question to an agent for its system group, and what the
 * profiles make of the answer.
 *
 * Source:  RFC 3418 section 2 (sysDescr, sysObjectID, sysName), RFC 3416.
 *
 * Layer: probe.  Threading: the loop's thread.  Parser: proto/snmp.h.
 */
#pragma once

#include "base/attr.h"
#include "probe/check.h"

struct ask_set;
struct profiles;

enum { GREET_PORT = 161, GREET_TIMEOUT_MS = 2000, GREET_COMMUNITY_MAX = 64 };

/**
 * Ask an address by version 2c.  A result that is up has the arguments name,
 * vendor, os and object_id, each if known.
 *
 * Owns:    profiles (NULL = nothing is made of it) outlive the question.
 * Returns: 0, E_LIMIT for a long community, or as ask_start.
 */
NODISCARD int greet_start(struct ask_set *set, const struct profiles *profiles,
	const struct probe_addr *address, struct slice community, struct check_sink sink);
