/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/routing.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/json.h"
#include "model/finding.h"
#include "workflow/policy.h"

_Static_assert((int)ROUTING_KINDS_MAX == (int)POLICY_KINDS_MAX, "a policy holds a whole table");

static const struct name_row owner_rows[OWNER_COUNT] = {
	[OWNER_OWN] = { "own", "主管单位", "unit in charge" },
	[OWNER_OPERATE] = { "operate", "运维单位", "operating unit" },
	[OWNER_USE] = { "use", "使用单位", "using unit" },
};
const struct name_table owner_names = { "owner", owner_rows, OWNER_COUNT };

static size_t mistake(struct diag_list *errors, struct slice kind, const char *text)
{
	struct diag diag = { 0 };
	(void)snprintf(diag.source, sizeof(diag.source), "routing.%.*s",
		SLICE_FMT(slice_head(kind, 60)));
	(void)snprintf(diag.text, sizeof(diag.text), "%s", text);
	diag_list_add(errors, &diag);
	return 1;
}

size_t routing_parse(const struct json *list, uint8_t ret_routes[ROUTING_KINDS_MAX],
	struct diag_list *errors)
{
	uint8_t routes[ROUTING_KINDS_MAX] = { OWNER_OWN };
	bool seen[ROUTING_KINDS_MAX] = { false };
	size_t mistakes = 0;
	if (json_type(list) != JSON_ARRAY) {
		return mistake(errors, SLICE(""), "is no list");
	}
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		struct slice kind = json_get_str(item, "kind");
		int at = name_parse(&finding_kind_names, kind);
		int to = name_parse(&owner_names, json_get_str(item, "to"));
		if (at < 0 || at >= ROUTING_KINDS_MAX) {
			mistakes += mistake(errors, kind, "no such kind of finding");
		} else if (to < 0) {
			mistakes += mistake(errors, kind, "must be own, operate or use");
		} else if (seen[at]) {
			mistakes += mistake(errors, kind, "is given twice");
		} else {
			seen[at] = true;
			routes[at] = (uint8_t)to;
		}
	}
	if (mistakes == 0) {
		memcpy(ret_routes, routes, sizeof(routes));
	}
	return mistakes;
}

static bool told(const struct routing_answer *answer, int64_t unit_id)
{
	bool is = answer->unit_id == unit_id;
	for (size_t i = 0; i < answer->copies; i++) {
		is = is || answer->copy_unit_id[i] == unit_id;
	}
	return is;
}

void routing_ask(const uint8_t routes[ROUTING_KINDS_MAX], struct slice kind,
	const struct routing_units *units, struct routing_answer *ret_answer)
{
	int at = name_parse(&finding_kind_names, kind);
	struct routing_answer answer = { .wanted = OWNER_OWN };
	if (at >= 0 && at < ROUTING_KINDS_MAX) {
		answer.wanted = (enum owner)routes[at];
	}
	const enum owner order[] = { answer.wanted, OWNER_OWN, OWNER_OPERATE, OWNER_USE };
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]) && answer.unit_id == 0; i++) {
		answer.unit_id = units->unit_id[order[i]];
		answer.as = order[i];
	}
	for (unsigned i = 0; i < OWNER_COUNT; i++) {
		int64_t unit_id = units->unit_id[i];
		if (unit_id != 0 && !told(&answer, unit_id)) {
			answer.copy_unit_id[answer.copies] = unit_id;
			answer.copy_as[answer.copies++] = (enum owner)i;
		}
	}
	*ret_answer = answer;
}
