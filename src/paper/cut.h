/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A face cut down to the characters papers are made of.  For every document
 * cairo copies the whole CFF table of a face several times, and all of its
 * subroutines into the file: with the 65,535 glyphs of a Chinese face that
 * is most of a page's time and of its size.
 *
 * Layer: paper.  Threading: reentrant after gb18030_init.
 */
#pragma once

#include "base/attr.h"

enum cut_part {
	CUT_LETTERS, /* letters, figures, punctuation and signs, with the tables that shape them */
	CUT_COMMON, /* the 3,755 common characters of GB 2312, which nothing shapes */
	CUT_RARER,  /* its 3,008 others: a paper needs few of them, or none */
	CUT_PART_COUNT,
};

/**
 * A part of a face as a font of its own: same outlines, advances and shaping.
 *
 * Source:  GB/T 2312-1980, rows 16 to 87.
 * Shape:   path and index name the face as fontconfig does.  In parts, because what shapes letters
 *          brings along thousands of Japanese and Korean forms when Han is beside them, and
 *          because a document copies only the parts it needs.
 * Owns:    *ret_fd, a sealed memory file.
 * Returns: 0; E_UNSUPPORTED for a face that is better used whole: its outlines are no plain CFF,
 *          or its Han characters are shaped; E_FORMAT for a file that cannot be read or cut;
 *          or as memfd_of and gb18030_to_utf8.
 */
NODISCARD int cut_face(const char *path, unsigned index, enum cut_part part, int *ret_fd);
