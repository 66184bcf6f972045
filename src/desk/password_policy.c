/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/password_policy.h"

#include <stdbool.h>

#include "base/json.h"
#include "base/utf8.h"
#include "records/caller.h"
#include "sys/password.h"

enum {
	LENGTH_DEFAULT = 10,
	LENGTH_HIGHEST = 64,
	FAILURES_DEFAULT = 5,
	FAILURES_HIGHEST = 20,
	LOCK_DEFAULT_MIN = 15,
	LOCK_HIGHEST_MIN = 24 * 60,
	AGE_DEFAULT_DAYS = 180,
	AGE_HIGHEST_DAYS = 3650,
	FACT_LEAST_OCTETS = 3, /* one Han character, or three letters */
};
#define MINUTE_MS INT64_C(60000)
#define DAY_MS (24 * 60 * MINUTE_MS)

static int64_t within(const struct json *setting, const char *name, int64_t least, int64_t most,
	int64_t otherwise)
{
	int64_t value = json_get_int(setting, name, otherwise);
	return value < least ? least : value > most ? most : value;
}

int password_policy_load(struct db *db, struct arena *arena, struct password_policy *ret_policy)
{
	struct slice text = { 0 };
	const struct json *setting = NULL;
	int error = setting_load(db, arena, "password", &text);
	if (error < 0) {
		return error;
	}
	if (text.n > 0 && json_parse(arena, text, 0, &setting, NULL) < 0) {
		setting = NULL; /* written by us; an unreadable one counts as unset */
	}
	*ret_policy = (struct password_policy) {
		.length_min = within(
			setting, "length_min", LENGTH_DEFAULT, LENGTH_HIGHEST, LENGTH_DEFAULT),
		.failures_max =
			within(setting, "failures_max", 1, FAILURES_HIGHEST, FAILURES_DEFAULT),
		.lock_ms =
			within(setting, "lock_minutes", 1, LOCK_HIGHEST_MIN, LOCK_DEFAULT_MIN) *
			MINUTE_MS,
		.age_max_ms =
			within(setting, "age_max_days", 0, AGE_HIGHEST_DAYS, AGE_DEFAULT_DAYS) *
			DAY_MS,
	};
	return 0;
}

int64_t password_policy_lock_ms(const struct password_policy *policy, int64_t failures)
{
	if (failures < policy->failures_max || failures % policy->failures_max != 0) {
		return 0;
	}
	int64_t lock_ms = policy->lock_ms;
	for (int64_t times = failures / policy->failures_max; times > 1 && lock_ms < DAY_MS;
		times--) {
		lock_ms *= 2;
	}
	return lock_ms < DAY_MS ? lock_ms : DAY_MS;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static bool is_letter(uint8_t c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

static int classes_of(struct slice password)
{
	unsigned seen = 0;
	for (size_t i = 0; i < password.n; i++) {
		uint8_t c = password.p[i];
		seen |= c >= 'a' && c <= 'z'   ? 1U
			: c >= 'A' && c <= 'Z' ? 2U
			: c >= '0' && c <= '9' ? 4U
					       : 8U;
	}
	return __builtin_popcount(seen);
}

static bool holds(struct slice password, struct slice fact)
{
	for (size_t i = 0; i + fact.n <= password.n; i++) {
		if (slice_eq_nocase(slice_of(password.p + i, fact.n), fact)) {
			return true;
		}
	}
	return false;
}

/* The letter a figure or sign stands for where people write p@ssw0rd. */
static uint8_t plain(uint8_t c)
{
	static const char signs[] = "@4013!$57";
	static const char letters[] = "aaoleisst";
	for (size_t i = 0; signs[i] != '\0'; i++) {
		if (c == (uint8_t)signs[i]) {
			return (uint8_t)letters[i];
		}
	}
	return lower(c);
}

static bool plainly_is(struct slice word, const char *common)
{
	struct slice known = slice_str(common);
	bool same = word.n == known.n;
	for (size_t i = 0; same && i < word.n; i++) {
		same = plain(word.p[i]) == plain(known.p[i]);
	}
	return same;
}

/* "Admin@2026!": the word between the figures and signs that make it look strong. */
static bool is_common(struct slice password)
{
	static const char *const words[] = {
		"password",
		"passw",
		"pass",
		"admin",
		"administrator",
		"root",
		"system",
		"user",
		"guest",
		"test",
		"tester",
		"welcome",
		"hello",
		"letmein",
		"changeme",
		"default",
		"login",
		"manager",
		"master",
		"super",
		"superuser",
		"service",
		"server",
		"oracle",
		"mysql",
		"tomcat",
		"cisco",
		"huawei",
		"ruijie",
		"sangfor",
		"qwer",
		"qwert",
		"qwerty",
		"qwertyuiop",
		"asdf",
		"asdfgh",
		"zxcv",
		"zxcvbn",
		"zxcvbnm",
		"abc",
		"abcd",
		"abcdef",
		"iloveyou",
		"woaini",
		"wangluo",
		"xuexiao",
		"xxzx",
		"anquan",
		"mima",
		"fengsui",
		"1qaz2wsx",
		"1qaz2wsx3edc",
		"1qaz@wsx",
		"1qaz@wsx3edc",
		"1q2w3e4r",
		"1q2w3e4r5t",
		"qaz2wsx",
		"qaz@wsx",
		"qazwsx",
		"qazwsxedc",
		"q1w2e3r4",
	};
	struct slice stem = password;
	while (stem.n > 0 && !is_letter(stem.p[0]) && stem.p[0] != '@' && stem.p[0] != '$') {
		stem = slice_skip(stem, 1);
	}
	while (stem.n > 0 && !is_letter(stem.p[stem.n - 1])) {
		stem.n--;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (plainly_is(stem, words[i]) || plainly_is(password, words[i])) {
			return true;
		}
	}
	return false;
}

const char *password_policy_fault(const struct password_policy *policy, struct slice password,
	const struct password_facts *facts)
{
	if (password.n > PASSWORD_MAX_OCTETS) {
		return "password.long";
	}
	if ((int64_t)utf8_count(password) < policy->length_min) {
		return "password.short";
	}
	if (classes_of(password) < 3) {
		return "password.classes";
	}
	for (int i = 0; i < facts->count; i++) {
		if (facts->known[i].n >= FACT_LEAST_OCTETS &&
			holds(password, facts->known[i])) {
			return "password.personal";
		}
	}
	return is_common(password) ? "password.common" : NULL;
}
