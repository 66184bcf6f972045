/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/outcome.h"

enum outcome outcome_of(bool done, enum outcome_step step, long reply)
{
	if (done) {
		return OUTCOME_ACCEPTED;
	}
	if (reply >= 500 && reply <= 599) {
		return step >= OUTCOME_RCPT ? OUTCOME_PERMANENT : OUTCOME_RETRY;
	}
	if (step < OUTCOME_BODY || (reply >= 400 && reply <= 499)) {
		return OUTCOME_RETRY;
	}
	return OUTCOME_UNKNOWN;
}

const char *outcome_text(enum outcome outcome)
{
	static const char *const text[] = { "accepted", "retry", "permanent", "unknown" };
	return text[outcome];
}

enum outcome_step outcome_step_of(struct slice line, enum outcome_step before)
{
	static const struct {
		const char *word;
		enum outcome_step step;
	} words[] = {
		{ "EHLO", OUTCOME_CONNECT },
		{ "AUTH", OUTCOME_AUTH },
		{ "MAIL", OUTCOME_MAIL },
		{ "RCPT", OUTCOME_RCPT },
		{ "DATA", OUTCOME_DATA },
	};
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (slice_starts(line, slice_str(words[i].word))) {
			return words[i].step;
		}
	}
	return before;
}

const char *outcome_step_text(enum outcome_step step)
{
	static const char *const text[] = { "connect", "auth", "mail", "rcpt", "data", "body" };
	return text[step];
}
