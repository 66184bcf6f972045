/* SPDX-License-Identifier: Apache-2.0 */
#include "model/setting.h"

#include <assert.h>

#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/utf8.h"
#include "model/asset_key.h"
#include "model/caller.h"
#include "model/contact.h"
#include "model/expiry.h"
#include "model/network.h"
#include "model/target.h"

const char *const setting_keys[] = { "school", "address", "mail", "duty", "session", "password",
	"second_factor", "admin_from", "small_school", "sealed", "backup", "sweep", "reach",
	"time", "expiry", "setup", NULL };

enum kind { TEXT, NUMBER, FLAG, TLS_WORD, ZONE, URL, MAIL, HOST, PATH, DAYS, DEMAND, NETWORKS };

/* A member for every role. */
#define DEMANDED(role)                                                                         \
	{                                                                                      \
		"second_factor", role, DEMAND, 0, 0                                            \
	}

static const struct member {
	const char *key;
	const char *name;
	enum kind kind;
	int64_t min; /* of TEXT 1 = must not be empty */
	int64_t max;
} members[] = {
	{ "school", "name", TEXT, 1, 60 },
	{ "school", "short", TEXT, 0, 20 },
	{ "school", "number_prefix", TEXT, 0, 20 },
	{ "address", "base_url", URL, 0, 0 },
	{ "mail", "host", HOST, 0, 0 },
	{ "mail", "port", NUMBER, 1, 65535 },
	{ "mail", "tls", TLS_WORD, 0, 0 },
	{ "mail", "user", TEXT, 0, 254 },
	{ "mail", "from", MAIL, 0, 0 },
	{ "mail", "from_name", TEXT, 0, 60 },
	{ "mail", "verify", FLAG, 0, 0 },
	{ "duty", "person_id", NUMBER, 1, INT64_MAX },
	{ "session", "idle_s", NUMBER, 60, 43200 },
	{ "password", "length_min", NUMBER, 10, 64 },
	{ "password", "failures_max", NUMBER, 1, 20 },
	{ "password", "lock_minutes", NUMBER, 1, 1440 },
	{ "password", "age_max_days", NUMBER, 0, 3650 },
	DEMANDED("operator"),
	DEMANDED("reviewer"),
	DEMANDED("verifier"),
	DEMANDED("director"),
	DEMANDED("security_admin"),
	DEMANDED("response_lead"),
	DEMANDED("officer"),
	DEMANDED("specialist"),
	DEMANDED("unit_head"),
	DEMANDED("vice_president"),
	DEMANDED("leading_group"),
	DEMANDED("publicity"),
	DEMANDED("security_office"),
	DEMANDED("school_office"),
	DEMANDED("contractor"),
	DEMANDED("auditor"),
	DEMANDED("sysadmin"),
	{ "admin_from", "networks", NETWORKS, 0, 0 },
	{ "small_school", "on", FLAG, 0, 0 },
	{ "sealed", "photos", FLAG, 0, 0 },
	{ "backup", "target_dir", PATH, 0, 0 },
	{ "backup", "at_hour", NUMBER, -1, 23 },
	{ "sweep", "per_second", NUMBER, 1, 1000 },
	{ "sweep", "round_hours", NUMBER, 1, 720 },
	{ "sweep", "names", FLAG, 0, 0 },
	{ "reach", "settle_s", NUMBER, 0, SETTING_SETTLE_MAX_S },
	{ "time", "zone", ZONE, 0, 0 },
	{ "expiry", "days", DAYS, 0, 0 },
	{ "setup", "done", FLAG, 0, 0 },
};

static_assert(SECOND_DEMAND_COUNT == 3 && ROLE_PEOPLE_COUNT == 17,
	"a member of second_factor for every role a person can hold");

enum { MEMBER_COUNT = sizeof(members) / sizeof(members[0]) };

static bool one_line(struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < 0x20 || text.p[i] == 0x7f) {
			return false;
		}
	}
	return text.n <= SETTING_TEXT_MAX;
}

/* Links are made by putting a path behind it. */
static bool base_url(struct slice text)
{
	struct target target;
	return target_parse(CHECK_HTTP, text, &target) == 0 && !slice_ends(text, SLICE("/")) &&
	       slice_find(text, SLICE("?")) == SIZE_MAX &&
	       slice_find(text, SLICE("#")) == SIZE_MAX;
}

static bool text_fits(const struct member *m, struct slice text)
{
	struct network network;
	struct expiry_steps steps;
	switch (m->kind) {
	case DAYS:
		return expiry_parse(text, &steps) == 0;
	case DEMAND:
		return name_parse(&second_demand_names, text) >= 0;
	case TEXT:
		return utf8_count(text) <= (size_t)m->max &&
		       (m->min == 0 || slice_trim(text).n > 0);
	case TLS_WORD:
		return slice_is(text, "none") || slice_is(text, "starttls") ||
		       slice_is(text, "tls");
	case ZONE:
		return slice_is(text, "Asia/Shanghai");
	case URL:
		return base_url(text);
	case MAIL:
		return mail_plausible(text);
	case HOST:
		return host_name_valid(text) ||
		       (network_parse(text, &network) == 0 && network.prefix == 128);
	case PATH:
		return slice_starts(text, SLICE("/")) &&
		       slice_find(text, SLICE("/../")) == SIZE_MAX &&
		       !slice_ends(text, SLICE("/.."));
	case NUMBER:
	case FLAG:
	case NETWORKS:
		break;
	}
	return false;
}

static bool networks_fit(const struct json *value)
{
	for (const struct json *n = json_first(value); n != NULL; n = json_next(n)) {
		struct network network;
		if (network_parse(json_str(n), &network) < 0) {
			return false;
		}
	}
	return json_type(value) == JSON_ARRAY && json_count(value) <= SETTING_NETWORKS_MAX;
}

static bool member_fits(const struct member *m, const struct json *value)
{
	int64_t number = 0;
	switch (m->kind) {
	case NUMBER:
		return json_int(value, &number) && number >= m->min && number <= m->max;
	case FLAG:
		return json_type(value) == JSON_BOOL;
	case NETWORKS:
		return networks_fit(value);
	case TEXT:
	case TLS_WORD:
	case ZONE:
	case URL:
	case MAIL:
	case HOST:
	case PATH:
	case DAYS:
	case DEMAND:
		break;
	}
	return json_type(value) == JSON_STRING && one_line(json_str(value)) &&
	       text_fits(m, json_str(value));
}

static const struct member *member_of(struct slice key, struct slice name)
{
	for (size_t i = 0; i < MEMBER_COUNT; i++) {
		if (slice_is(key, members[i].key) && slice_is(name, members[i].name)) {
			return &members[i];
		}
	}
	return NULL;
}

static bool key_known(struct slice key)
{
	for (size_t i = 0; setting_keys[i] != NULL; i++) {
		if (slice_is(key, setting_keys[i])) {
			return true;
		}
	}
	return false;
}

/* An empty text and null are as if left out. */
static bool blank(const struct json *value)
{
	return json_type(value) <= JSON_NULL ||
	       (json_type(value) == JSON_STRING && json_str(value).n == 0);
}

int setting_read(
	struct slice key, const struct json *value, struct buf *out, const char **ret_member)
{
	*ret_member = "value";
	if (!key_known(key)) {
		return E_ABSENT;
	}
	if (json_type(value) != JSON_OBJECT) {
		return E_INPUT;
	}
	for (const struct json *v = json_first(value); v != NULL; v = json_next(v)) {
		const struct member *m = member_of(key, json_name(v));
		*ret_member = m != NULL ? m->name : "value";
		if (m == NULL || (!blank(v) && !member_fits(m, v))) {
			return E_INPUT;
		}
	}
	struct jw jw;
	jw_init(&jw, out);
	jw_object(&jw);
	for (size_t i = 0; i < MEMBER_COUNT; i++) {
		const struct json *v = json_get(value, members[i].name);
		if (slice_is(key, members[i].key) && !blank(v)) {
			jw_key(&jw, members[i].name);
			jw_value(&jw, v);
		}
	}
	jw_end(&jw);
	return 0;
}
