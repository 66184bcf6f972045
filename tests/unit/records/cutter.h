/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A wire to the private PostgreSQL that breaks when a COMMIT goes over it: one
 * connection at a time, in a thread of its own.
 */
#pragma once

enum cut {
	CUT_NEVER,
	CUT_BEFORE_COMMIT, /* the server never hears of it */
	CUT_BEFORE_ANSWER, /* it commits, and nobody hears of that */
	CUT_AND_COMMIT_LATE, /* the client is cut off first, and the COMMIT arrives a while after */
};

/** Listen in front of the server of this address; the address to use instead. */
const char *cutter_open(const char *conf);
/** The next COMMIT is cut, once. */
void cutter_arm(enum cut cut);
void cutter_close(void);
