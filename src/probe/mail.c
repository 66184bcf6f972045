/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/mail.h"

void mail_init(struct mailtalk *talk, const struct check_spec *spec,
	struct converse_login login, enum mailtalk_kind kind)
{
	talk->kind = kind;
	talk->want_tls = spec->tls_mode == CHECK_TLS_STARTTLS;
	talk->secured = spec->tls_mode == CHECK_TLS_AT_ONCE;
	talk->user = slice_str(login.user);
	talk->password = slice_str(login.password);
	mailtalk_init(talk);
}

enum talk_step mail_feed(void *state, struct slice octets, struct buf *out)
{
	return mailtalk_feed(state, octets, out);
}

void mail_secured(void *state, struct buf *out)
{
	mailtalk_secured(state, out);
}

void mail_fini(void *state)
{
	mailtalk_fini(state);
}

void mail_judge(const struct mailtalk *talk, const struct check_spec *spec,
	const struct mail_codes *codes, struct check_result *result)
{
	bool greeted =
		spec->expect_text == NULL ||
		slice_find(slice_str(talk->greeting), slice_str(spec->expect_text)) != SIZE_MAX;
	check_result_arg(result, "greeting", slice_str(talk->greeting));
	if (talk->end == TALK_GOOD && !greeted) {
		check_result_arg(result, "expected", slice_str(spec->expect_text));
		check_result_set(result, CHECK_DOWN, codes->greeting_wrong);
		return;
	}
	if (talk->end == TALK_GOOD) {
		check_result_arg_int(result, "starttls", talk->tls_offered);
	} else {
		check_result_arg(result, "said", slice_str(talk->said));
	}
	check_result_set(
		result, talk->end == TALK_GOOD ? CHECK_UP : CHECK_DOWN, codes->end[talk->end]);
}
