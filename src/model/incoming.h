/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Papers that come from superiors 收文, how secret they are, and what the leading
 * group has others do 落实.
 *
 * Layer: model.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>

#include "model/name.h"

enum incoming_state {
	INCOMING_REGISTERED,
	INCOMING_PROPOSED,   /* 拟办 */
	INCOMING_INSTRUCTED, /* 批示 */
	INCOMING_HANDLING,   /* 承办 */
	INCOMING_ANSWERED,   /* 反馈 */
	INCOMING_ARCHIVED,
	INCOMING_VOIDED,
};

#define INCOMING_COUNT (INCOMING_VOIDED + 1)

extern const struct name_table incoming_state_names;

/** 密级, from open to most secret. */
enum secrecy {
	SECRECY_PUBLIC,
	SECRECY_INTERNAL, /* never into a message, a mail's text or a phone */
	SECRECY_CONFIDENTIAL,
	SECRECY_SECRET,
	SECRECY_TOP_SECRET,
};

#define SECRECY_COUNT (SECRECY_TOP_SECRET + 1)

extern const struct name_table secrecy_names;

/**
 * A state secret, of which nothing may be kept here but its number and place.
 *
 * Source:  保守国家秘密法: a system that is not classified neither stores nor processes state secrets.
 */
static inline bool secrecy_is_state_secret(enum secrecy secrecy)
{
	return secrecy >= SECRECY_CONFIDENTIAL;
}

enum task_state {
	TASK_OPEN,
	TASK_REPORTED, /* the unit says it is done */
	TASK_DONE,
	TASK_CANCELLED,
};

#define TASK_COUNT (TASK_CANCELLED + 1)

extern const struct name_table task_state_names;
