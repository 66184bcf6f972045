/* SPDX-License-Identifier: Apache-2.0 */
#include "base/otp.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/* OpenSSL fails only for lack of memory.  Returns the length. */
static size_t hmac(enum otp_hash hash, struct slice secret, const uint8_t counter[8],
	uint8_t out[EVP_MAX_MD_SIZE])
{
	static const char *const names[] = { "SHA1", "SHA256", "SHA512" };
	size_t n = 0;
	if (EVP_Q_mac(NULL, "HMAC", NULL, names[hash], NULL, secret.p, secret.n, counter, 8,
		    out, EVP_MAX_MD_SIZE, &n) == NULL) {
		abort();
	}
	return n;
}

void otp_hotp(enum otp_hash hash, struct slice secret, uint64_t counter, unsigned digits,
	char ret_text[OTP_DIGITS_MAX + 1])
{
	uint8_t octets[8];
	uint8_t mac[EVP_MAX_MD_SIZE];
	for (unsigned i = 0; i < 8; i++) {
		octets[i] = (uint8_t)(counter >> (56 - 8 * i));
	}
	size_t n = hmac(hash, secret, octets, mac);
	/* RFC 4226 section 5.3: four octets from where the last nibble says, without the sign. */
	const uint8_t *p = mac + (mac[n - 1] & 0x0f);
	uint32_t number = (uint32_t)(p[0] & 0x7f) << 24 | (uint32_t)p[1] << 16 |
			  (uint32_t)p[2] << 8 | p[3];
	digits = digits > OTP_DIGITS_MAX ? OTP_DIGITS_MAX : digits;
	ret_text[digits] = '\0';
	for (unsigned i = digits; i > 0; i--) {
		ret_text[i - 1] = (char)('0' + number % 10);
		number /= 10;
	}
	explicit_bzero(mac, sizeof(mac));
}

static int64_t step_of(int64_t now_s)
{
	return now_s < 0 ? 0 : now_s / OTP_STEP_S;
}

void otp_totp(enum otp_hash hash, struct slice secret, int64_t now_s, unsigned digits,
	char ret_text[OTP_DIGITS_MAX + 1])
{
	otp_hotp(hash, secret, (uint64_t)step_of(now_s), digits, ret_text);
}

int64_t otp_step(struct slice secret, int64_t now_s, struct slice code)
{
	int64_t found = 0;
	int64_t now = step_of(now_s);
	for (int64_t step = now - OTP_WINDOW_STEPS; step <= now + OTP_WINDOW_STEPS; step++) {
		char text[OTP_DIGITS_MAX + 1];
		otp_hotp(OTP_SHA1, secret, (uint64_t)step, OTP_DIGITS, text);
		bool same =
			code.n == OTP_DIGITS && CRYPTO_memcmp(text, code.p, OTP_DIGITS) == 0;
		found = same && step > 0 ? step : found;
		explicit_bzero(text, sizeof(text));
	}
	return found;
}

/* One character of what was typed, as it is kept; 0 = a space between, -1 = none of ours. */
static int typed_char(struct slice *left)
{
	/* Full-width digits U+FF10 to U+FF19, which a Chinese keyboard gives, and U+3000. */
	if (left->n >= 3 && left->p[0] == 0xef && left->p[1] == 0xbc && left->p[2] >= 0x90 &&
		left->p[2] <= 0x99) {
		int digit = '0' + left->p[2] - 0x90;
		*left = slice_skip(*left, 3);
		return digit;
	}
	if (slice_starts(*left, SLICE("\xe3\x80\x80"))) {
		*left = slice_skip(*left, 3);
		return 0;
	}
	int c = left->p[0];
	*left = slice_skip(*left, 1);
	if (c == ' ' || c == '-' || c == '\t') {
		return 0;
	}
	c = c >= 'a' && c <= 'z' ? c & ~0x20 : c;
	bool ours = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
	return ours ? c : -1;
}

static bool is_digits(const char *text)
{
	return strspn(text, "0123456789") == strlen(text);
}

enum otp_typed otp_typed_read(struct slice text, char ret_text[OTP_TYPED_MAX + 1])
{
	size_t n = 0;
	bool good = true;
	memset(ret_text, 0, OTP_TYPED_MAX + 1);
	while (text.n > 0 && good) {
		int c = typed_char(&text);
		good = c >= 0 && (c == 0 || n < OTP_TYPED_MAX);
		if (good && c != 0) {
			ret_text[n++] = (char)c;
		}
	}
	if (good && n == OTP_DIGITS && is_digits(ret_text)) {
		return OTP_TYPED_CODE;
	}
	if (good && n == OTP_RECOVERY_CHARS && strspn(ret_text, alphabet) == n) {
		return OTP_TYPED_RECOVERY;
	}
	memset(ret_text, 0, OTP_TYPED_MAX + 1);
	return OTP_TYPED_NOTHING;
}

void otp_put_base32(struct buf *out, struct slice octets)
{
	unsigned bits = 0;
	unsigned held = 0;
	for (size_t i = 0; i < octets.n; i++) {
		bits = (bits << 8 | octets.p[i]) & 0xfff;
		for (held += 8; held >= 5; held -= 5) {
			buf_put_byte(out, (uint8_t)alphabet[bits >> (held - 5) & 31]);
		}
	}
	if (held > 0) {
		buf_put_byte(out, (uint8_t)alphabet[bits << (5 - held) & 31]);
	}
}
