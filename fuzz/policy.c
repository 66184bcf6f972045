/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/policy.h"

#include <stdlib.h>

/* A policy is either read whole, every rule set, or every reason is given. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct policy policy;
	struct diag_list errors;
	diag_list_init(&errors);
	int error = policy_parse(slice_of(data, size), &policy, &errors);
	if ((error < 0) != (errors.count > 0)) {
		abort();
	}
	for (unsigned i = 0; error == 0 && i < POLICY_RULE_COUNT * GRADE_COUNT; i++) {
		if (policy.rules[i / GRADE_COUNT][i % GRADE_COUNT].n == 0) {
			abort();
		}
	}
	diag_list_fini(&errors);
	return 0;
}
