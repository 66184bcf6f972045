/* SPDX-License-Identifier: Apache-2.0 */
#include "model/contact.h"

#include <stdint.h>

bool phone_plausible(struct slice text)
{
	const struct slice extension = SLICE("转");
	unsigned digits = 0;
	size_t cut = slice_find(text, extension);
	if (cut != SIZE_MAX) {
		struct slice tail = slice_skip(text, cut + extension.n);
		for (size_t i = 0; i < tail.n; i++) {
			if (tail.p[i] < '0' || tail.p[i] > '9') {
				return false;
			}
		}
		text = slice_head(text, cut);
	}
	for (size_t i = 0; i < text.n; i++) {
		bool digit = text.p[i] >= '0' && text.p[i] <= '9';
		digits += digit;
		if (!digit && memchr("+-() x", text.p[i], 6) == NULL) {
			return false;
		}
	}
	return digits >= 5 && digits <= 20;
}

static bool mail_octet(uint8_t c)
{
	return c > 0x20 && c != 0x7f && memchr("()<>[]:;,\\\"@", c, 12) == NULL;
}

static bool all_mail_octets(struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (!mail_octet(text.p[i])) {
			return false;
		}
	}
	return text.n > 0;
}

bool mail_plausible(struct slice text)
{
	struct slice local = { 0 };
	struct slice domain = { 0 };
	if (text.n > MAIL_MAX_OCTETS || !slice_cut(text, '@', &local, &domain)) {
		return false;
	}
	bool dots = slice_find(domain, SLICE(".")) != SIZE_MAX &&
		    slice_find(domain, SLICE("..")) == SIZE_MAX &&
		    !slice_starts(domain, SLICE(".")) && !slice_ends(domain, SLICE("."));
	return dots && local.n <= 64 && all_mail_octets(local) && all_mail_octets(domain);
}
