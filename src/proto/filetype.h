/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What an uploaded file really is: PDF, JPEG or PNG by its own structure, and
 * nothing else.  What a viewer could run, and what is two formats at once, is
 * refused.
 *
 * Layer: proto.  Threading: reentrant.  Fuzz target: fuzz/filetype.c.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

enum {
	FILETYPE_OCTETS_MAX = 20 * 1024 * 1024,
	FILETYPE_SIDE_MAX = 20000, /* pixels */
	FILETYPE_PAGES_MAX = 2000,
};

enum filetype_media { FILETYPE_PDF, FILETYPE_JPEG, FILETYPE_PNG };

enum filetype_problem {
	FILETYPE_FINE,
	FILETYPE_WRONG,     /* none of the three, or two at once */
	FILETYPE_TRUNCATED, /* begins as one of the three and does not end as it */
	FILETYPE_ACTIVE, /* a PDF with scripts, embedded files, forms that send, or a password */
	FILETYPE_TOO_LARGE, /* octets, pixels or pages */
};

struct filetype {
	enum filetype_media media;
	uint32_t pages; /* 1 for a picture; for a PDF as its page objects count, at least 1 */
	uint32_t width; /* pixels; 0 for a PDF */
	uint32_t height;
};

/**
 * Source:  ISO 32000-1 sections 7.3.5 (names), 7.5.2, 7.5.5, 7.5.7, 7.7.3; ITU-T T.81 annex B; PNG
 *          (ISO/IEC 15948) sections 5.2 and 5.3 with chunk CRCs.
 * Shape:   names in a PDF are compared with their #xx escapes undone, also those in compressed
 *          object streams; a stream that cannot be opened counts as active.
 * Returns: FILETYPE_FINE with *ret_type, or the problem.
 */
NODISCARD enum filetype_problem filetype_of(struct slice octets, struct filetype *ret_type);

/** "application/pdf" … */
const char *filetype_media_text(enum filetype_media media);
/** "upload.type", "upload.truncated", "upload.active", "upload.too_large"; empty when fine. */
const char *filetype_problem_text(enum filetype_problem problem);
