/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/pop3/pop3_check.h"

#include "probe/converse.h"
#include "probe/mail.h"

static const struct mail_codes codes = {
	.end = {
		[TALK_GOOD] = "pop3.ok",
		[TALK_UNAVAILABLE] = "pop3.unavailable",
		[TALK_MALFORMED] = "pop3.malformed",
		[TALK_REFUSED] = "pop3.command_refused",
		[TALK_NO_TLS] = "pop3.no_tls",
		[TALK_TLS_REFUSED] = "pop3.tls_refused",
		[TALK_LOGIN_OFF] = "pop3.login_off",
		[TALK_LOGIN_REFUSED] = "pop3.login_refused",
	},
	.greeting_wrong = "pop3.greeting_wrong",
};

static struct converse_login login_of(const struct check_spec *spec)
{
	return (struct converse_login) { check_spec_text(spec, POP3_USER),
		check_spec_text(spec, POP3_PASSWORD) };
}

static void init(void *state, const struct check_spec *spec)
{
	mail_init(state, spec, login_of(spec), MAILTALK_POP3);
}

static void judge(const void *state, const struct check_spec *spec, struct check_result *result)
{
	mail_judge(state, spec, &codes, result);
}

static const struct converse_service service = { .state_octets = sizeof(struct mailtalk),
	.out_max = MAILTALK_OUT_MAX,
	.slow = "pop3.slow",
	.timeout = "pop3.timeout",
	.closed = "pop3.closed",
	.init = init,
	.feed = mail_feed,
	.secured = mail_secured,
	.judge = judge,
	.fini = mail_fini };

int pop3_check_start(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink)
{
	return converse_start(engines, &service, spec, login_of(spec), sink);
}
