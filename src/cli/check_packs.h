/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Policy, calendars, decoders, rules and device profiles, read by the parsers that use them,
 * the site's own in DATA/site over those of the programs.
 *
 * Layer: cli.
 */
#pragma once

#include "base/attr.h"
#include "workflow/policy.h"

struct diag_list;

struct check_packs {
	char policy[POLICY_STAMPED_MAX];
	unsigned years;
	unsigned decoders;
	unsigned rules;
	unsigned profiles;
};

/**
 * Shape:   share "" = found beside the program.
 * Returns: 0 or an error; every mistake in diags, its source the file's name.
 */
NODISCARD int check_packs_read(const char *share, const char *data,
	struct check_packs *ret_found, struct diag_list *diags);
