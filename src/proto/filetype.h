/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a file from outside really is, by its own octets and never by its name:
 * PDF, JPEG or PNG, whole and without anything that acts.
 *
 * Layer: proto.  Threading: reentrant.  Fuzz target: fuzz/filetype.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

/** Pixels a side may have. */
enum { FILETYPE_SIDE_MAX = 20000 };

struct filetype {
	const char *media;   /* "application/pdf", "image/jpeg", "image/png"; static */
	const char *problem; /* "upload.type", "upload.truncated", "upload.active", "upload.too_large"; NULL = none */
	uint32_t pages;      /* of a PDF as far as they can be counted; 1 for pictures */
};

/**
 * Look at a whole file.
 *
 * Source:  ISO 32000-1 7.5.2 and 7.5.5 (PDF header and trailer), ITU-T T.81
 *          annex B (JPEG markers), ISO/IEC 15948 section 5 (PNG chunks).
 * Returns: true when it may be kept; otherwise problem says why not.
 */
NODISCARD bool filetype_look(struct slice file, struct filetype *ret_type);
