/* SPDX-License-Identifier: Apache-2.0 */
#include "base/otp.h"

#include <stdlib.h>
#include <string.h>

/* What is kept of a typed code is read as the same again, and is as long as its kind says. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t lengths[] = { 0, OTP_DIGITS, OTP_RECOVERY_CHARS };
	char once[OTP_TYPED_MAX + 1];
	char again[OTP_TYPED_MAX + 1];
	struct slice text = slice_of(data, size);
	enum otp_typed kind = otp_typed_read(text, once);
	if (strlen(once) != lengths[kind] || otp_typed_read(slice_str(once), again) != kind ||
		strcmp(once, again) != 0) {
		abort();
	}
	if (kind == OTP_TYPED_CODE) {
		(void)otp_step(SLICE("12345678901234567890"), 1790000000, slice_str(once));
	}
	AUTO_BUF struct buf out;
	buf_init(&out, 2 * size + 8);
	otp_put_base32(&out, text);
	if (out.failed || out.n != (8 * size + 4) / 5) {
		abort();
	}
	return 0;
}
