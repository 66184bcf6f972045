/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Error numbers of the house.  A function returns >= 0 on success and either
 * -errno or one of these on failure; nothing else is negative.
 *
 * Layer: base.  Threading: reentrant.
 */
#pragma once

#include "base/attr.h"

enum err {
	E_SHORT = -1000,       /* the input ends before the thing does */
	E_FORMAT = -1001,      /* the input breaks its grammar */
	E_RANGE = -1002,       /* a number outside what is allowed */
	E_LIMIT = -1003,       /* a named limit was reached; nothing was taken */
	E_VERSION = -1004,     /* a version this program does not know */
	E_ABSENT = -1005,      /* no such thing, or not for this caller */
	E_CONFLICT = -1006,    /* the record has moved on; read it again */
	E_STATE = -1007,       /* not allowed in the record's present state */
	E_DENIED = -1008,      /* this person in this role may not */
	E_DIGEST = -1009,      /* stored and computed digest differ */
	E_STORE = -1010,       /* the record store refused or is gone */
	E_UTF8 = -1011,        /* not UTF-8 where UTF-8 is required */
	E_DEPTH = -1012,       /* nested deeper than allowed */
	E_BUSY = -1013,        /* try again a little later */
	E_CLOSED = -1014,      /* the peer is gone */
	E_UNSUPPORTED = -1015, /* known, and not supported here */
	E_EXISTS = -1016,      /* already there */
	E_INPUT = -1017,       /* a person's input breaks a rule; see the diag */
};

/**
 * One short English word group for an error number, errno values included.
 *
 * Owns:    the result is static or thread-local and valid until the next call.
 */
const char *err_text(int error);
