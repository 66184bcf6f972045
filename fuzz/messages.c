/* SPDX-License-Identifier: Apache-2.0 */
#include "schema/messages.h"

#include <stdlib.h>

/* clang-format off */
#define ALL(X) \
	X(start) X(peer) X(handle) X(go) X(stop) X(ready) X(status) X(health) \
	X(status_ask) X(status_answer) X(run_backup) X(backup_done) X(first_admin) \
	X(command) X(answer) X(ask) X(touch) X(grant_ask) X(grant) X(upload) \
	X(committed) X(subscribe) X(unsubscribe) X(event) X(stream_end) X(checks) \
	X(signal) X(signal_taken) X(probe_ask) X(probe_done) X(position) X(facts) \
	X(send) X(sent) X(render) X(rendered) X(inspect) X(inspected)
/* clang-format on */

/* What a decoder takes it writes again as something it takes, and that the same. */
#define X(name)                                                                                \
	static void try_##name(struct slice payload, struct buf *once, struct buf *twice)      \
	{                                                                                      \
		struct msg_##name msg = { 0 };                                                 \
		if (msg_##name##_decode(payload, &msg) == 0) {                                 \
			msg_##name##_encode(&msg, once);                                       \
			if (msg_##name##_decode(buf_slice(once), &msg) != 0) {                 \
				abort();                                                       \
			}                                                                      \
			msg_##name##_encode(&msg, twice);                                      \
		}                                                                              \
	}
ALL(X)
#undef X
#define X(name) try_##name,

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const all[])(struct slice, struct buf *, struct buf *) = { ALL(X) };
	AUTO_BUF struct buf once, twice;
	buf_init(&once, size + 64);
	buf_init(&twice, size + 64);
	if (size > 0) {
		all[data[0] % (sizeof(all) / sizeof(all[0]))](
			slice_of(data + 1, size - 1), &once, &twice);
	}
	if (once.failed || !slice_eq(buf_slice(&once), buf_slice(&twice))) {
		abort();
	}
	return 0;
}
