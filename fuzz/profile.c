/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/snmp/profile.h"

#include <stdlib.h>

#include "base/diag.h"

/* A refused file is refused whole and with a reason; a taken one can be linked. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct profiles *profiles = profiles_create();
	struct diag_list diags;
	diag_list_init(&diags);
	int error = profiles_load(profiles, slice_of(data, size), "fuzz", &diags);
	if ((error < 0) != (profiles_count(profiles) == 0) ||
		(error < 0) != (diags.count > 0)) {
		abort();
	}
	(void)!profiles_link(profiles, &diags);
	diag_list_fini(&diags);
	(void)profiles_destroy(profiles);
	return 0;
}
