/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Filings 备案: who takes which post in a unit from when; the posts; what
 * speaks for somebody having left without one.
 *
 * Layer: model.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>

#include "model/name.h"
#include "model/role.h"

enum filing_state {
	FILING_DRAFT,
	FILING_SUBMITTED, /* waits for the unit head's word or a sealed form */
	FILING_VERIFYING, /* contacts are tested */
	FILING_APPROVED,  /* 已备案: has its number, waits for its day */
	FILING_EFFECTIVE,
	FILING_SUPERSEDED,
	FILING_RETURNED,
	FILING_WITHDRAWN,
};

#define FILING_COUNT (FILING_WITHDRAWN + 1)

extern const struct name_table filing_state_names;

/** Posts of a unit that are filed, article 13 and 15. */
enum post {
	POST_OFFICER,    /* 网络安全员 */
	POST_SPECIALIST, /* 网络安全和信息化专员 */
	POST_LEADER,     /* 分管领导 */
	POST_BACKUP,     /* 备用: the officer's second */
};

#define POST_COUNT (POST_BACKUP + 1)

extern const struct name_table post_names;

/** The role a post acts in. */
enum role post_role(enum post post);

/** What may show that somebody has left; IM's "invaliduser" is one more row when there is IM. */
enum tenure_signal {
	TENURE_MAIL_REFUSED,
	TENURE_PHONE_DEAD,
	TENURE_ACCOUNT_DISABLED,
	TENURE_HR_ABSENT,
	TENURE_REVIEW_OVERDUE,
	TENURE_REPORTED, /* somebody says so */
};

#define TENURE_SIGNAL_COUNT (TENURE_REPORTED + 1)

extern const struct name_table tenure_signal_names;
