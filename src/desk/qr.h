/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A text as the modules of a QR code, for a screen to draw.
 *
 * Source:  ISO/IEC 18004:2015, model 2, error correction level M.
 * Layer: desk.  Threading: reentrant.
 */
#pragma once

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

enum { QR_TEXT_MAX_OCTETS = 1024 };

/**
 * Append the dark modules as an SVG path, one unit a module, a run of them a
 * rectangle.
 *
 * Returns: units each way, without a quiet zone; E_LIMIT when the text is too
 *          long or the path does not fit.
 */
NODISCARD int qr_path(struct slice text, struct buf *ret_path);
