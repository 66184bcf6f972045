/* SPDX-License-Identifier: Apache-2.0 */
/* What is found fine has pages, is within the limits, and is not fine any more without its end. */
#include "proto/filetype.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice octets = slice_of(data, size);
	struct filetype type = { 0 };
	if (filetype_of(octets, &type) != FILETYPE_FINE) {
		return 0;
	}
	bool picture = type.media != FILETYPE_PDF;
	if (type.pages == 0 || type.pages > FILETYPE_PAGES_MAX ||
		type.width > FILETYPE_SIDE_MAX || picture != (type.width > 0) ||
		picture != (type.height > 0)) {
		abort();
	}
	if (type.media == FILETYPE_PNG &&
		filetype_of(slice_head(octets, size - 1), &type) == FILETYPE_FINE) {
		abort();
	}
	return 0;
}
