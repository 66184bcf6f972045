/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <stddef.h>
#include <string.h>

static const struct {
	int error;
	const char *text;
} texts[] = {
	{ E_SHORT, "input ends too early" },
	{ E_FORMAT, "malformed input" },
	{ E_RANGE, "number out of range" },
	{ E_LIMIT, "limit reached" },
	{ E_VERSION, "unknown version" },
	{ E_ABSENT, "no such thing" },
	{ E_CONFLICT, "record has changed meanwhile" },
	{ E_STATE, "not allowed in this state" },
	{ E_DENIED, "not permitted" },
	{ E_DIGEST, "digest mismatch" },
	{ E_STORE, "record store failed" },
	{ E_UTF8, "not valid UTF-8" },
	{ E_DEPTH, "nested too deeply" },
	{ E_BUSY, "busy, try again" },
	{ E_CLOSED, "peer is gone" },
	{ E_UNSUPPORTED, "not supported" },
	{ E_EXISTS, "already exists" },
	{ E_INPUT, "invalid input" },
};

const char *err_text(int error)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i].error == error) {
			return texts[i].text;
		}
	}
	return error < 0 && error > -1000 ? strerrordesc_np(-error) : "unknown error";
}
