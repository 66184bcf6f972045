/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "probe/snmp/poll_priv.h"
#include "proto/mib_table.h"
#include "proto/usm.h"

enum { COLUMNS = 3, STEPS_MAX = 256 };

/* The same answer again and again: every job comes to its end, walk or GET, old or new. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t column[] = { 0x2b, 6, 1, 2, 1, 2, 2, 1, 2 };
	static struct usm_user user;
	for (unsigned mode = 0; mode < 4; mode++) {
		AUTO_MIB_TABLE struct mib_table *table = mib_table_create();
		struct poll_job *job =
			calloc(1, sizeof(*job) + COLUMNS * sizeof(job->names[0]));
		struct poll_device device = {
			.version = mode & 1, .jobs = job, .stage = POLL_JOB
		};
		struct snmp_msg msg;
		job->is_walk = mode < 2;
		job->answer.table = table;
		job->count = COLUMNS;
		for (size_t i = 0; i < COLUMNS; i++) {
			job->names[i].base_n = job->names[i].last_n =
				sizeof(column) - (uint8_t)i;
			memcpy(job->names[i].base, column, sizeof(column));
			memcpy(job->names[i].last, column, sizeof(column));
		}
		enum poll_next next = POLL_NEXT_ASK;
		for (unsigned step = 0; next == POLL_NEXT_ASK; step++) {
			bool read = snmp_parse(slice_of(data, size), &msg) == 0;
			if (read && msg.version == SNMP_V3 &&
				session_create(&user, &device.v3) == 0) {
				read = session_open_reply(&device, slice_of(data, size), &msg,
					       0) != SESSION_IGNORE;
			}
			walk_choose(&device);
			next = read && msg.kind != SNMP_SEALED ? walk_take(&device, &msg)
							       : POLL_NEXT_DONE;
			session_destroy(device.v3);
			device.v3 = NULL;
			if (step > STEPS_MAX) {
				abort();
			}
		}
		free(job);
	}
	return 0;
}
