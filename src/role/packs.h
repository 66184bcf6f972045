/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reading packs (policy, calendars) from the share folder before the fence.
 *
 * Layer: role.
 */
#pragma once

#include "base/attr.h"
#include "base/diag.h"
#include "workflow/calendar.h"
#include "workflow/policy.h"

struct arena;

/** A whole file below a folder, at most max octets, into the arena.  0, E_LIMIT or -errno. */
NODISCARD int packs_read(
	int folder, const char *path, size_t max, struct arena *arena, struct slice *ret_text);

enum { PACKS_TEXTS_MAX = 3 + CALENDAR_YEARS_MAX };

/** Policy and calendar, versions stamped, and the texts they were read from; the policy's is the first. */
struct packs {
	struct calendar calendar;
	struct policy policy;
	struct policy_text texts[PACKS_TEXTS_MAX];
	size_t text_count;
	struct slice knowledge; /* entries that come along, JSON */
};

/**
 * policy/school-2023-v1.json, policy/national-2025.json, every policy/calendar/cn-YYYY.json,
 * policy/events.json, policy/knowledge.json and the school's breaks of policy/terms.json, if there are any; a file
 * of the site's folder stands for the one of the same name in share.
 *
 * Shape:   site may be -1; texts live in the arena.
 * Returns: 0 or an error with diag.
 */
NODISCARD int packs_policy(
	int share, int site, struct arena *arena, struct packs *ret_packs, struct diag *diag);
