/* SPDX-License-Identifier: Apache-2.0 */
#include "api/field.h"

#include <stdlib.h>

/* A range lies inside its file whatever was asked for. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of(data, size);
	struct field_range range = { 0 };
	int64_t version = 0;
	for (uint64_t octets = 0; octets < 3000; octets += 999) {
		int found = field_range(text, octets, &range);
		if (found > 0 && (range.octets == 0 || range.at >= octets ||
					 range.octets > octets - range.at)) {
			abort();
		}
	}
	if (field_if_match(text, &version) == 0 && version < -1) {
		abort();
	}
	if ((field_codings(text) & 1) == 0 || field_cookie(text, "fengsui").n > size ||
		field_bearer(text).n > size) {
		abort();
	}
	(void)field_tag_among(text, SLICE("\"a\""));
	(void)field_media_is(text, "application/json");
	return 0;
}
