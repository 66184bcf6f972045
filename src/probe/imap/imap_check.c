/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/imap/imap_check.h"

#include "probe/converse.h"
#include "probe/mail.h"

static const struct mail_codes codes = {
	.end = {
		[TALK_GOOD] = "imap.ok",
		[TALK_UNAVAILABLE] = "imap.unavailable",
		[TALK_MALFORMED] = "imap.malformed",
		[TALK_REFUSED] = "imap.command_refused",
		[TALK_NO_TLS] = "imap.no_tls",
		[TALK_TLS_REFUSED] = "imap.tls_refused",
		[TALK_LOGIN_OFF] = "imap.login_off",
		[TALK_LOGIN_REFUSED] = "imap.login_refused",
	},
	.greeting_wrong = "imap.greeting_wrong",
};

static struct converse_login login_of(const struct check_spec *spec)
{
	return (struct converse_login) { check_spec_text(spec, IMAP_USER),
		check_spec_text(spec, IMAP_PASSWORD) };
}

static void init(void *state, const struct check_spec *spec)
{
	mail_init(state, spec, login_of(spec), MAILTALK_IMAP);
}

static void judge(const void *state, const struct check_spec *spec, struct check_result *result)
{
	mail_judge(state, spec, &codes, result);
}

static const struct converse_service service = { .state_octets = sizeof(struct mailtalk),
	.out_max = MAILTALK_OUT_MAX,
	.slow = "imap.slow",
	.timeout = "imap.timeout",
	.closed = "imap.closed",
	.init = init,
	.feed = mail_feed,
	.secured = mail_secured,
	.judge = judge,
	.fini = mail_fini };

int imap_check_start(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink)
{
	return converse_start(engines, &service, spec, login_of(spec), sink);
}
