/* SPDX-License-Identifier: Apache-2.0 */
#include "model/name.h"

#include "base/err.h"

const char *name_id(const struct name_table *table, unsigned value)
{
	return value < table->count ? table->rows[value].id : "";
}

const char *name_text(const struct name_table *table, unsigned value, enum lang lang)
{
	if (value >= table->count) {
		return "";
	}
	return lang == LANG_EN ? table->rows[value].en : table->rows[value].zh;
}

int name_parse(const struct name_table *table, struct slice id)
{
	for (size_t i = 0; i < table->count; i++) {
		if (slice_is(id, table->rows[i].id)) {
			return (int)i;
		}
	}
	return E_INPUT;
}
