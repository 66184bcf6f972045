/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One-time passwords by counter and by time, and the text a person types for
 * one.
 *
 * Source:  RFC 4226 (HOTP), RFC 6238 (TOTP); base 32 of RFC 4648 section 6.
 * Layer: base.  Threading: reentrant.  Fuzz target: fuzz/otp.c.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

enum otp_hash { OTP_SHA1, OTP_SHA256, OTP_SHA512 };

enum {
	OTP_STEP_S = 30,
	OTP_SECRET_OCTETS = 20, /* RFC 4226 section 4: as long as SHA-1 is */
	OTP_DIGITS = 6,         /* what authenticators show */
	OTP_DIGITS_MAX = 8,
	OTP_WINDOW_STEPS = 1, /* RFC 6238 section 5.2: how far a clock may be off, either way */
};

/**
 * The password of a counter, its leading zeros written.
 *
 * Source:  RFC 4226 section 5.3; RFC 6238 section 1.2 for the longer hashes.
 * Shape:   digits is at most OTP_DIGITS_MAX; ret_text gets them and a NUL.
 */
void otp_hotp(enum otp_hash hash, struct slice secret, uint64_t counter, unsigned digits,
	char ret_text[OTP_DIGITS_MAX + 1]);

/** The password of a moment.  Source: RFC 6238 section 4.2, T0 = 0, X = OTP_STEP_S. */
void otp_totp(enum otp_hash hash, struct slice secret, int64_t now_s, unsigned digits,
	char ret_text[OTP_DIGITS_MAX + 1]);

/**
 * Which step a typed code is of: HMAC-SHA-1, OTP_DIGITS, one step early or
 * late.  Takes as long whether it is right or not.
 *
 * Shape:   code is OTP_DIGITS digits, as otp_code_read gives them.
 * Returns: the step, from 1 on; 0 when it is of none of them.
 */
int64_t otp_step(struct slice secret, int64_t now_s, struct slice code);

/** What somebody typed. */
enum otp_typed { OTP_TYPED_NOTHING, OTP_TYPED_CODE, OTP_TYPED_RECOVERY };

enum {
	OTP_RECOVERY_CHARS = 16, /* of 32 letters and digits: 80 bits */
	OTP_TYPED_MAX = OTP_RECOVERY_CHARS,
};

/**
 * Tell a code from a recovery code; spaces and hyphens between are passed
 * over, full-width digits and small letters are taken for what they mean.
 *
 * Shape:   ret_text gets OTP_DIGITS digits or OTP_RECOVERY_CHARS of base 32,
 *          and a NUL; it is empty for OTP_TYPED_NOTHING.
 */
enum otp_typed otp_typed_read(struct slice text, char ret_text[OTP_TYPED_MAX + 1]);

/** Append in base 32, without padding. */
void otp_put_base32(struct buf *out, struct slice octets);
