/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/snmprec.h"

#include <stdlib.h>

#include "base/diag.h"
#include "proto/mib_table.h"

/* Every object that was taken is found again, and they come in order. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_MIB_TABLE struct mib_table *table = mib_table_create();
	struct diag_list diags;
	diag_list_init(&diags);
	(void)!snmprec_parse(slice_of(data, size), table, &diags);
	struct oid at = { 0 };
	struct oid next = { 0 };
	const struct mib_value *value = NULL;
	size_t seen = 0;
	for (; mib_table_next(table, at, &next, &value); seen++, at = next) {
		if (oid_cmp(at, next) >= 0 || mib_table_get(table, next) != value) {
			abort();
		}
	}
	if (seen != mib_table_count(table)) {
		abort();
	}
	diag_list_fini(&diags);
	return 0;
}
