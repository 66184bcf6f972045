/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/buf.h"
#include "base/civil.h"
#include "base/utf8.h"

/* Cleaned text is valid UTF-8, and valid text is left as it is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_of(data, size);
	AUTO_BUF struct buf clean;
	buf_init(&clean, 8 * size + 16);
	utf8_put_clean(&clean, in);
	if (!utf8_valid(buf_slice(&clean)) ||
		(utf8_valid(in) && !slice_eq(in, buf_slice(&clean)))) {
		abort();
	}
	int64_t at = 0;
	(void)!civil_parse(in, 0, &at);
	AUTO_BUF struct buf converted;
	buf_init(&converted, 8 * size + 16);
	if (gb18030_init() == 0 && gb18030_to_utf8(in, &converted) == 0 &&
		!utf8_valid(buf_slice(&converted))) {
		abort();
	}
	return 0;
}
