/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "proto/filetype.h"

/* Kept means named and without a problem; refused means a reason. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct filetype type = { 0 };
	bool kept = filetype_look(slice_of(data, size), &type);
	if (type.media == NULL || kept != (type.problem == NULL)) {
		abort();
	}
	return 0;
}
