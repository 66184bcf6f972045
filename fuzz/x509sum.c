/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/x509sum.h"

#include <stdlib.h>

#include "base/utf8.h"

/* Names shown are text, and only what reads as a certificate names a host. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct x509sum sum;
	struct slice der = slice_of(data, size);
	int rc = x509sum_parse(der, &sum);
	if (rc == 0 &&
		(!utf8_valid(slice_str(sum.subject)) || !utf8_valid(slice_str(sum.issuer)))) {
		abort();
	}
	(void)x509sum_names(der, SLICE("www.example.edu.cn"));
	if (rc < 0 && size < 16 && x509sum_names(der, SLICE("127.0.0.1"))) {
		abort();
	}
	return 0;
}
