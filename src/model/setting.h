/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The settings there are, and what each may hold.  A setting is one JSON
 * object; a member left out has its default.
 *
 *	school       {"name", "short", "number_prefix"}
 *	address      {"base_url"}
 *	mail         {"host", "port", "tls": none|starttls|tls, "user", "from",
 *                "from_name", "verify"}
 *	duty         {"person_id"}
 *	session      {"idle_s"}
 *	password     {"length_min", "failures_max", "lock_minutes", "age_max_days"}
 *	second_factor {ROLE: off|acts|login, …}, of whom a second factor is demanded;
 *                off where nothing is said
 *	admin_from   {"networks": ["10.1.0.0/16", …]}, empty = from anywhere
 *	small_school {"on"}
 *	sealed {"photos"}: may units send photos of sealed papers; absent = yes
 *	backup       {"target_dir", "at_hour"}
 *	sweep        {"per_second", "round_hours"}
 *	reach        {"settle_s"}, 0 = none
 *	time         {"zone": "Asia/Shanghai"}
 *	setup        {"done"}, written by setup.finish only
 *
 * Layer: model.  Threading: reentrant.  Fuzz target: fuzz/setting.c.
 */
#pragma once

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

struct json;

enum { SETTING_TEXT_MAX = 500, SETTING_NETWORKS_MAX = 64 };

/** What is swept by when nothing is set. */
enum { SETTING_SWEEP_PER_SECOND = 50, SETTING_SWEEP_ROUND_HOURS = 24 };

/** How long what hangs on a device may take once that is back. */
enum { SETTING_SETTLE_S = 90, SETTING_SETTLE_MAX_S = 3600 };

/** Every key, NULL-ended, in the order people read them. */
extern const char *const setting_keys[];

/**
 * Hold a value against its setting and write it again, members in their order.
 *
 * Returns: 0; E_ABSENT (no such setting); E_INPUT with *ret_member the member at
 *          fault, "value" when it is no object.
 */
NODISCARD int setting_read(
	struct slice key, const struct json *value, struct buf *out, const char **ret_member);
