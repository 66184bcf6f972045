/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What SMTP, IMAP and POP3 have alike as services to converse with.
 *
 * Layer: probe.  Threading: the loop's thread.
 */
#pragma once

#include "probe/check.h"
#include "probe/converse.h"
#include "proto/mailtalk.h"

/** The kind's code for each end; static. */
struct mail_codes {
	const char *end[TALK_END_COUNT];
	const char *greeting_wrong;
};

void mail_init(struct mailtalk *talk, const struct check_spec *spec,
	struct converse_login login, enum mailtalk_kind kind);
/** As converse_service's, for a state that is a struct mailtalk. */
enum talk_step mail_feed(void *state, struct slice octets, struct buf *out);
void mail_secured(void *state, struct buf *out);
void mail_fini(void *state);
void mail_judge(const struct mailtalk *talk, const struct check_spec *spec,
	const struct mail_codes *codes, struct check_result *result);
