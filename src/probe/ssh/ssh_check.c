/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/ssh/ssh_check.h"

#include "probe/converse.h"
#include "proto/sshtalk.h"
#include "sys/rand.h"

static const char *const ends[TALK_END_COUNT] = {
	[TALK_GOOD] = "ssh.ok",
	[TALK_UNAVAILABLE] = "ssh.unavailable",
	[TALK_MALFORMED] = "ssh.malformed",
	[TALK_OLD] = "ssh.old_protocol",
};

static void init(void *state, const struct check_spec *spec)
{
	struct sshtalk *talk = state;
	(void)spec;
	rand_octets(talk->cookie, sizeof(talk->cookie));
	rand_octets(talk->ephemeral, sizeof(talk->ephemeral));
	sshtalk_init(talk);
}

static void begin(void *state, struct buf *out)
{
	sshtalk_begin(state, out);
}

static enum talk_step feed(void *state, struct slice octets, struct buf *out)
{
	return sshtalk_feed(state, octets, out);
}

/* "Not allowed at this time" and the like: a line, and it hangs up. */
static enum talk_step ended(void *state, bool hung_up)
{
	return hung_up ? TALK_MORE : sshtalk_end(state);
}

static void fini(void *state)
{
	sshtalk_fini(state);
}

static void judge(const void *state, const struct check_spec *spec, struct check_result *result)
{
	const struct sshtalk *talk = state;
	const char *key = check_spec_text(spec, SSH_FINGERPRINT);
	bool named =
		spec->expect_text == NULL ||
		slice_find(slice_str(talk->banner), slice_str(spec->expect_text)) != SIZE_MAX;
	check_result_arg(result, "banner", slice_str(talk->banner));
	if (talk->fingerprint[0] != '\0') {
		check_result_arg(result, "host_key", slice_str(talk->fingerprint));
	}
	if (talk->kex[0] != '\0') {
		check_result_arg(result, "kex", slice_str(talk->kex));
		check_result_arg(result, "host_keys", slice_str(talk->host_keys));
	}
	if (talk->end != TALK_GOOD) {
		check_result_set(result, CHECK_DOWN, ends[talk->end]);
	} else if (!named) {
		check_result_arg(result, "expected", slice_str(spec->expect_text));
		check_result_set(result, CHECK_DOWN, "ssh.banner_wrong");
	} else if (key != NULL && talk->fingerprint[0] == '\0') {
		check_result_set(result, CHECK_DEGRADED, "ssh.host_key_unseen");
	} else if (key != NULL && !slice_is(slice_str(key), talk->fingerprint)) {
		check_result_arg(result, "expected", slice_str(key));
		check_result_set(result, CHECK_DOWN, "ssh.host_key_changed");
	} else {
		check_result_set(result, CHECK_UP, ends[TALK_GOOD]);
	}
}

static const struct converse_service service = { .state_octets = sizeof(struct sshtalk),
	.out_max = SSHTALK_OUT_MAX,
	.slow = "ssh.slow",
	.timeout = "ssh.timeout",
	.closed = "ssh.closed",
	.init = init,
	.begin = begin,
	.feed = feed,
	.ended = ended,
	.judge = judge,
	.fini = fini };

int ssh_check_start(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink)
{
	return converse_start(engines, &service, spec, (struct converse_login) { 0 }, sink);
}
