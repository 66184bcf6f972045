/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Whom a finding goes to: 谁主管谁负责，谁运维谁负责，谁使用谁负责 (article 10).
 * An asset names three units; which of them answers depends on what was found,
 * and the other two are told by copy.  The table is part of the policy.
 *
 * Layer: workflow.  Threading: reentrant.  Fuzz target: fuzz/policy.c.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/name.h"

struct diag_list;
struct json;

enum owner { OWNER_OWN, OWNER_OPERATE, OWNER_USE };

#define OWNER_COUNT (OWNER_USE + 1)

/** "own" 主管单位, "operate" 运维单位, "use" 使用单位. */
extern const struct name_table owner_names;

/** Routes are enum owner by kind of finding, as finding_kind_names counts; all zero sends all to OWNER_OWN. */
enum { ROUTING_KINDS_MAX = 64 };

/**
 * Read a policy's member "routing".
 *
 * Shape:   [{"kind","to"},…]; a kind once, none unknown; what is not named goes to OWNER_OWN.
 * Returns: how many mistakes were added to errors.
 */
size_t routing_parse(const struct json *list, uint8_t ret_routes[ROUTING_KINDS_MAX],
	struct diag_list *errors);

/** The units an asset names; 0 = none. */
struct routing_units {
	int64_t unit_id[OWNER_COUNT];
};

/** Who answers, and in which of the three ways. */
struct routing_answer {
	int64_t unit_id; /* 0 = the asset names nobody */
	enum owner as;
	enum owner wanted; /* what the table says; another than as where that field is empty */
	int64_t copy_unit_id[OWNER_COUNT - 1];
	enum owner copy_as[OWNER_COUNT - 1];
	size_t copies;
};

/**
 * Where the asset leaves the field the table asks for empty, the unit in charge
 * answers, and then whoever there is.  A unit is named once.
 */
void routing_ask(const uint8_t routes[ROUTING_KINDS_MAX], struct slice kind,
	const struct routing_units *units, struct routing_answer *ret_answer);
