/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Notices 通报: what a unit must put right, by when, and how far it is.
 *
 * Layer: model.  Threading: reentrant.
 */
#pragma once

#include "model/name.h"

enum notice_state {
	NOTICE_DRAFT,
	NOTICE_REVIEW,
	NOTICE_ISSUED,
	NOTICE_RECEIVED,
	NOTICE_OBJECTED,
	NOTICE_REASSIGNED,
	NOTICE_RECTIFYING,
	NOTICE_SUBMITTED,
	NOTICE_RETURNED,
	NOTICE_VERIFYING,
	NOTICE_FAILED,
	NOTICE_PASSED,
	NOTICE_BRIEFED,
	NOTICE_UPREPORTED,
	NOTICE_CLOSED,
	NOTICE_WITHDRAWN,
};

#define NOTICE_COUNT (NOTICE_WITHDRAWN + 1)

extern const struct name_table notice_state_names;

/** Reporting to the superior authority as needed (article 15). */
enum upreport {
	UPREPORT_UNDECIDED,
	UPREPORT_NEEDED,
	UPREPORT_SENT,
	UPREPORT_RECEIPTED,
	UPREPORT_NOT_NEEDED,
};

#define UPREPORT_COUNT (UPREPORT_NOT_NEEDED + 1)

extern const struct name_table upreport_names;
