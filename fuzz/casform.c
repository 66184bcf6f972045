/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/casform.h"

#include <stdlib.h>

/* What is found lies inside the page. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct casform form = casform_find(slice_of(data, size));
	struct slice token = form.execution.n > 0 ? form.execution : form.ticket;
	bool inside = token.n == 0 || (token.p >= data && token.p + token.n <= data + size);
	if (!inside || form.inputs > CASFORM_INPUTS_MAX) {
		abort();
	}
	return 0;
}
