/* SPDX-License-Identifier: Apache-2.0 */
#include "model/maker.h"

#include <stdlib.h>

#include "base/utf8.h"

/* The first eight octets are a station address, the rest a registry. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t mac = 0;
	struct slice text = slice_skip(slice_of(data, size), sizeof(mac));
	for (size_t i = 0; i < sizeof(mac) && i < size; i++) {
		mac = mac << 8 | data[i];
	}
	struct makers *makers = makers_create();
	(void)!makers_read(makers, text);
	(void)!makers_read(makers, text);
	makers_seal(makers);
	struct slice name = maker_of(makers, mac);
	if (name.n > MAKER_NAME_MAX || utf8_span(name) != name.n) {
		abort();
	}
	makers = makers_destroy(makers);
	return 0;
}
