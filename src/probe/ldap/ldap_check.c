/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/ldap/ldap_check.h"

#include "probe/converse.h"
#include "proto/ldaptalk.h"

static const char *const ends[TALK_END_COUNT] = {
	[TALK_GOOD] = "ldap.ok",
	[TALK_UNAVAILABLE] = "ldap.unavailable",
	[TALK_MALFORMED] = "ldap.malformed",
	[TALK_REFUSED] = "ldap.refused_result",
	[TALK_NO_TLS] = "ldap.no_tls",
	[TALK_TLS_REFUSED] = "ldap.tls_refused",
	[TALK_LOGIN_OFF] = "ldap.login_off",
	[TALK_LOGIN_REFUSED] = "ldap.login_refused",
};

static struct converse_login login_of(const struct check_spec *spec)
{
	return (struct converse_login) { check_spec_text(spec, LDAP_USER),
		check_spec_text(spec, LDAP_PASSWORD) };
}

static void init(void *state, const struct check_spec *spec)
{
	struct ldaptalk *talk = state;
	struct converse_login login = login_of(spec);
	talk->want_tls = spec->tls_mode == CHECK_TLS_STARTTLS;
	talk->secured = spec->tls_mode == CHECK_TLS_AT_ONCE;
	talk->user = slice_str(login.user);
	talk->password = slice_str(login.password);
	talk->expect = slice_str(spec->expect_text);
	ldaptalk_init(talk);
}

static void begin(void *state, struct buf *out)
{
	ldaptalk_begin(state, out);
}

static enum talk_step feed(void *state, struct slice octets, struct buf *out)
{
	return ldaptalk_feed(state, octets, out);
}

static void secured(void *state, struct buf *out)
{
	struct ldaptalk *talk = state;
	talk->secured = true;
	ldaptalk_begin(talk, out);
}

static void fini(void *state)
{
	ldaptalk_fini(state);
}

static void judge(const void *state, const struct check_spec *spec, struct check_result *result)
{
	const struct ldaptalk *talk = state;
	if (talk->context[0] != '\0') {
		check_result_arg(result, "context", slice_str(talk->context));
	}
	if (talk->said[0] != '\0') {
		check_result_arg(result, "said", slice_str(talk->said));
	}
	check_result_arg_int(result, "result", talk->result);
	if (talk->end == TALK_GOOD && talk->expect.n > 0 && !talk->context_found) {
		check_result_arg(result, "expected", slice_str(spec->expect_text));
		check_result_set(result, CHECK_DOWN, "ldap.context_missing");
		return;
	}
	check_result_set(
		result, talk->end == TALK_GOOD ? CHECK_UP : CHECK_DOWN, ends[talk->end]);
}

static const struct converse_service service = { .state_octets = sizeof(struct ldaptalk),
	.out_max = LDAPTALK_OUT_MAX,
	.slow = "ldap.slow",
	.timeout = "ldap.timeout",
	.closed = "ldap.closed",
	.init = init,
	.begin = begin,
	.feed = feed,
	.secured = secured,
	.judge = judge,
	.fini = fini };

int ldap_check_start(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink)
{
	return converse_start(engines, &service, spec, login_of(spec), sink);
}
