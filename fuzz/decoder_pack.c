/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "proto/logfields.h"

/* A pack, a NUL, a line: a refused pack leaves nothing, an answer lies in its limits. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice json = slice_of(data, size);
	struct slice line = { 0 };
	(void)slice_cut(slice_of(data, size), 0, &json, &line);
	struct logfields *packs = logfields_create();
	struct logfields_answer answer = { 0 };
	int rules = logfields_load(packs, json, "fuzz", NULL);
	if ((rules < 0 && logfields_count(packs) != 0) ||
		(rules >= 0 && (size_t)rules != logfields_count(packs))) {
		abort();
	}
	if (logfields_match(packs, SLICE("sshd"), line, &answer) == 1 &&
		answer.count > LOGFIELDS_FIELDS_MAX) {
		abort();
	}
	(void)logfields_destroy(packs);
	return 0;
}
