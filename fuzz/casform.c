/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/casform.h"

#include <stdlib.h>

#include "base/buf.h"

/* What is found lies inside the page. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct casform form = casform_find(slice_of(data, size));
	struct slice token = form.execution.n > 0 ? form.execution : form.ticket;
	bool inside = token.n == 0 || (token.p >= data && token.p + token.n <= data + size);
	if (!inside || form.inputs > CASFORM_INPUTS_MAX) {
		abort();
	}
	struct casticket said = casticket_find(slice_of(data, size));
	struct slice ticket = casform_ticket(slice_of(data, size));
	AUTO_BUF struct buf sent;
	buf_init(&sent, 1024);
	casform_put_value(&sent, slice_of(data, size));
	bool within = (said.code.n == 0 || said.code.p + said.code.n <= data + size) &&
		      (ticket.n == 0 || ticket.p + ticket.n <= data + size);
	if (!within || (said.is_good && said.is_refused)) {
		abort();
	}
	return 0;
}
