/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What single HTTP header fields say.
 *
 * Layer: api.  Threading: reentrant.  Fuzz target: fuzz/field.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

enum field_coding { CODING_IDENTITY, CODING_GZIP, CODING_BR, CODING_COUNT_ };

struct field_range {
	uint64_t at;
	uint64_t octets;
};

/** Value of one cookie, without quotes; empty when absent.  Source: RFC 6265 section 5.4. */
struct slice field_cookie(struct slice cookies, const char *name);

/** The token of "Bearer TOKEN"; empty for another scheme.  Source: RFC 6750 section 2.1. */
struct slice field_bearer(struct slice authorization);

/** Is this entity tag (with its quotes) among those of If-None-Match?  Source: RFC 9110 section 13.1.2. */
bool field_tag_among(struct slice tags, struct slice tag);

/**
 * Version the caller saw: "v12", v12, "12" or 12.
 *
 * Source:  RFC 9110 section 13.1.1; our tags are "v" and the record's version.
 * Returns: 0, with -1 for an absent field and for *; E_FORMAT.
 */
NODISCARD int field_if_match(struct slice value, int64_t *ret_version);

/** Bit per enum field_coding the caller takes; identity always.  Source: RFC 9110 section 12.5.3. */
unsigned field_codings(struct slice accept_encoding);

/**
 * One range of octets.
 *
 * Source:  RFC 9110 section 14.1.2.
 * Returns: 1 and the range, cut to the size; 0 when the whole is to be sent
 *          (absent, malformed, several ranges); E_RANGE when nothing of it
 *          exists (416).
 */
NODISCARD int field_range(struct slice value, uint64_t size, struct field_range *ret_range);

/** Is the media type this one, parameters aside?  Source: RFC 9110 section 8.3.1. */
bool field_media_is(struct slice content_type, const char *media);
