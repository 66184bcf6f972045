/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The few things of an X.509 certificate a check reads: who, until when, for
 * which names.
 *
 * Layer: proto.  Threading: reentrant.  Fuzz target: fuzz/x509sum.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/digest.h"
#include "base/slice.h"

enum { X509SUM_NAME_MAX = 128, X509SUM_DER_MAX = 64 * 1024 };

struct x509sum {
	char subject[X509SUM_NAME_MAX +
		     1]; /* common name, else organisation; UTF-8, may be empty */
	char issuer[X509SUM_NAME_MAX + 1];
	int64_t not_before_unix_ms;
	int64_t not_after_unix_ms;
	bool is_self_issued; /* subject and issuer are the same name */
	uint32_t key_bits;
	struct digest sha256; /* of the whole certificate */
};

/**
 * Source:  RFC 5280 section 4.1.
 * Returns: 0, E_LIMIT above X509SUM_DER_MAX, E_FORMAT when it is no certificate
 *          or octets follow it.
 */
NODISCARD int x509sum_parse(struct slice der, struct x509sum *ret_sum);

/**
 * Does the certificate name this host or literal address?
 *
 * Source:  RFC 6125 section 6.4; wildcards for a whole left-most label only, the
 *          common name counts only where no DNS name is given.
 * Returns: false also for what is no certificate.
 */
bool x509sum_names(struct slice der, struct slice host);
