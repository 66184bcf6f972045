/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/smtp/smtp_check.h"

#include "probe/converse.h"
#include "probe/mail.h"

static const struct mail_codes codes = {
	.end = {
		[TALK_GOOD] = "smtp.ok",
		[TALK_UNAVAILABLE] = "smtp.unavailable",
		[TALK_MALFORMED] = "smtp.malformed",
		[TALK_REFUSED] = "smtp.command_refused",
		[TALK_NO_TLS] = "smtp.no_tls",
		[TALK_TLS_REFUSED] = "smtp.tls_refused",
	},
	.greeting_wrong = "smtp.greeting_wrong",
};

static void init(void *state, const struct check_spec *spec)
{
	mail_init(state, spec, (struct converse_login) { 0 }, MAILTALK_SMTP);
}

static void judge(const void *state, const struct check_spec *spec, struct check_result *result)
{
	mail_judge(state, spec, &codes, result);
}

static const struct converse_service service = { .state_octets = sizeof(struct mailtalk),
	.out_max = MAILTALK_OUT_MAX,
	.slow = "smtp.slow",
	.timeout = "smtp.timeout",
	.closed = "smtp.closed",
	.init = init,
	.feed = mail_feed,
	.secured = mail_secured,
	.judge = judge,
	.fini = mail_fini };

int smtp_check_start(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink)
{
	return converse_start(engines, &service, spec, (struct converse_login) { 0 }, sink);
}
