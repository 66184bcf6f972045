/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever the texts, the head stays nine fields and every line ends in CRLF. */
#include "courier/mail.h"

#include <stdlib.h>

#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice subject;
	struct slice name;
	AUTO_BUF struct buf out;
	buf_init(&out, 4 * size + 65536);
	(void)slice_cut(slice_of(data, size), 0, &subject, &name);
	struct mail mail = { .from = SLICE("a@b"),
		.from_name = name,
		.to = SLICE("c@d"),
		.subject = subject,
		.key = SLICE("k"),
		.body = name };
	unsigned fields = 0;
	struct slice left = mail_build(&mail, &out) == 0 ? buf_slice(&out) : SLICE("\r\n");
	bool built = left.p == out.p;
	for (struct slice line; slice_cut(left, '\n', &line, &left) && line.n > 1;) {
		if (line.p[line.n - 1] != '\r' || line.n > 999) {
			abort();
		}
		fields += line.p[0] != ' ' ? 1 : 0;
	}
	if (built && fields != 9) {
		abort();
	}
	return 0;
}
