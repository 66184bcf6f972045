/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/qr.h"

#include <qrencode.h>
#include <stdbool.h>

#include "base/err.h"

static bool dark(const QRcode *code, int row, int column)
{
	return column < code->width && (code->data[row * code->width + column] & 1) != 0;
}

static void row_put(struct buf *path, const QRcode *code, int row)
{
	for (int column = 0; column < code->width; column++) {
		int end = column;
		while (dark(code, row, end)) {
			end++;
		}
		if (end > column) {
			buf_printf(path, "M%d %dh%dv1h-%dz", column, row, end - column,
				end - column);
			column = end;
		}
	}
}

int qr_path(struct slice text, struct buf *ret_path)
{
	QRcode *code = text.n == 0 || text.n > QR_TEXT_MAX_OCTETS
			       ? NULL
			       : QRcode_encodeData((int)text.n, text.p, 0, QR_ECLEVEL_M);
	if (code == NULL) {
		return E_LIMIT;
	}
	int side = code->width;
	for (int row = 0; row < side; row++) {
		row_put(ret_path, code, row);
	}
	QRcode_free(code);
	return ret_path->failed ? E_LIMIT : side;
}
