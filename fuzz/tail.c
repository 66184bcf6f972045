/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/digest.h"
#include "rows/batch.h"

/* What is accepted can be read in full, every text inside the octets; the checksum is mended. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *octets = malloc(size + 1);
	if (octets == NULL || size < BATCH_HEAD_OCTETS) {
		free(octets);
		return 0;
	}
	memcpy(octets, data, size);
	struct batch batch = { 0 };
	uint64_t sum = digest_xxh3(slice_of(octets + 16, size - 16));
	memcpy(octets + 8, &sum, sizeof(sum));
	int error = batch_read(slice_of(octets, size), &batch);
	for (size_t i = 0; error == 0 && i < batch.head.rows; i++) {
		struct slice text = batch.head.kind == ROW_SAMPLE ? batch_sample(&batch, i).code
				    : batch.head.kind == ROW_LOG
					    ? batch_log(&batch, i).host
					    : batch_series(&batch, i).label;
		if (text.n > 0 && (text.p < octets || text.p + text.n > octets + size)) {
			abort();
		}
	}
	free(octets);
	return 0;
}
