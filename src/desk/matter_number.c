/* SPDX-License-Identifier: Apache-2.0 */
/* The number of a notice: what the school calls its notices, the year, the next of that year. */
#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "records/caller.h"
#include "records/txn.h"

/* 网安通报 where the school has not said. */
static int prefix_load(struct matter *m, struct slice *ret_prefix)
{
	struct slice text = { 0 };
	const struct json *school = NULL;
	int error = setting_load(m->db, m->arena, "school", &text);
	if (error == 0 && text.n > 0) {
		(void)!json_parse(m->arena, text, 0, &school, NULL);
	}
	struct slice prefix = slice_trim(json_get_str(school, "number_prefix"));
	*ret_prefix = prefix.n > 0 ? prefix : SLICE("网安通报");
	return error;
}

int matter_number(struct matter *m)
{
	struct civil today = civil_of_ms(m->now_ms, CIVIL_CHINA_OFFSET_MIN);
	struct slice prefix = { 0 };
	int64_t number = 0;
	int error = prefix_load(m, &prefix);
	error = error < 0 ? error : txn_number(m->txn, "notice", today.year, &number);
	if (error == 0) {
		m->row.number = arena_printf(m->arena, "%.*s %d-%03lld", SLICE_FMT(prefix),
			(int)today.year, (long long)number);
	}
	return error;
}
