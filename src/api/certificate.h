/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a certificate says of itself, for the page that shows the one in use.
 *
 * Layer: api.  Threading: start of the process.
 */
#pragma once

#include "base/attr.h"

struct jw;

/**
 * Write the first certificate of a PEM text as one JSON object: names, issuer,
 * not_before, not_after, sha256 (of the whole certificate, upper-case hex with
 * colons as browsers show it), self_signed.
 *
 * Returns: 0, or E_FORMAT when no certificate is there; then nothing is written.
 */
NODISCARD int certificate_put(struct jw *jw, const char *pem);
