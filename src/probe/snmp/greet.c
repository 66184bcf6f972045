/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/snmp/greet.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "probe/ask.h"
#include "probe/snmp/device.h"
#include "proto/beroid.h"
#include "proto/mib_table.h"
#include "proto/snmp.h"
#include "sys/rand.h"

enum { QUESTION_MAX = 256, ARENA_OCTETS = 4 * 1024 * 1024 };

/* Nobody is told why one did not say who it is. */
static const struct ask_codes codes = { .refused = "snmp.timeout",
	.timeout = "snmp.timeout",
	.ignored = "snmp.timeout",
	.no_route = "snmp.timeout",
	.host_unreachable = "snmp.timeout",
	.failed = "snmp.timeout",
	.slow = "snmp.timeout" };

static const uint32_t objects[][9] = {
	{ 1, 3, 6, 1, 2, 1, 1, 1, 0 }, /* sysDescr */
	{ 1, 3, 6, 1, 2, 1, 1, 2, 0 }, /* sysObjectID */
	{ 1, 3, 6, 1, 2, 1, 1, 5, 0 }, /* sysName */
};

enum { OBJECT_COUNT = 3, OBJECT_ID = 1, PARTS = 9 };

struct matter {
	const struct profiles *profiles;
	int32_t request_id;
	size_t community_octets;
	uint8_t community[GREET_COMMUNITY_MAX];
};

/* Everything it says, or false when something of it cannot be read. */
static bool read_all(const struct snmp_msg *msg, struct mib_table *table)
{
	struct rd rd = rd_of(msg->varbinds);
	struct snmp_varbind varbind = { 0 };
	int more = 0;
	while ((more = snmp_next(&rd, &varbind)) == 1) {
		if (snmp_to_table(&varbind, table) < 0) {
			return false;
		}
	}
	(void)mib_table_seal(table);
	return more == 0;
}

static void arg_put(struct check_result *result, const char *name, struct slice text)
{
	if (text.n > 0) {
		check_result_arg(result, name, text);
	}
}

static void say(
	const struct matter *matter, const struct mib_table *table, struct check_result *result)
{
	AUTO_ARENA struct arena *arena = arena_create(ARENA_OCTETS);
	AUTO_BUF struct buf text;
	struct device device = { 0 };
	const struct mib_value *id =
		mib_table_get(table, (struct oid) { objects[OBJECT_ID], PARTS });
	if (matter->profiles != NULL) {
		device_identify(matter->profiles, table, arena, &device);
	}
	arg_put(result, "name", device.sysname);
	arg_put(result, "vendor", device.vendor);
	if (!slice_is(device.os, "generic")) {
		arg_put(result, "os", device.os);
	}
	buf_init(&text, CHECK_ARG_TEXT_MAX);
	if (id != NULL && id->type == MIB_OID) {
		oid_put(&text, id->oid);
		arg_put(result, "object_id", text.failed ? SLICE("") : buf_slice(&text));
	}
}

static bool take(const void *user, const struct check_spec *spec, struct slice datagram,
	int64_t at_us, struct check_result *result)
{
	const struct matter *matter = user;
	AUTO_MIB_TABLE struct mib_table *table = mib_table_create();
	struct snmp_msg msg;
	(void)spec;
	(void)at_us;
	if (snmp_parse(datagram, &msg) < 0 || msg.version != SNMP_V2C ||
		msg.kind != SNMP_RESPONSE || msg.request_id != matter->request_id ||
		!slice_eq(
			msg.community, slice_of(matter->community, matter->community_octets)) ||
		!read_all(&msg, table)) {
		return false;
	}
	say(matter, table, result);
	check_result_set(result, CHECK_UP, "snmp.ok");
	return true;
}

static int question_put(struct buf *question, const struct matter *matter)
{
	struct snmp_msg msg = { .version = SNMP_V2C,
		.kind = SNMP_GET,
		.community = slice_of(matter->community, matter->community_octets),
		.request_id = matter->request_id };
	struct snmp_writer writer = snmp_begin(question, &msg);
	for (size_t i = 0; i < OBJECT_COUNT; i++) {
		AUTO_BUF struct buf name;
		buf_init(&name, BEROID_OCTETS_MAX);
		if (beroid_put(&name, (struct oid) { objects[i], PARTS }) < 0) {
			return E_RANGE;
		}
		snmp_put_name(&writer, buf_slice(&name));
	}
	return snmp_end(&writer);
}

int greet_start(struct ask_set *set, const struct profiles *profiles,
	const struct probe_addr *address, struct slice community, struct check_sink sink)
{
	AUTO_BUF struct buf question;
	struct check_spec spec = { .kind = CHECK_SNMP,
		.addr = *address,
		.port = GREET_PORT,
		.timeout_ms = GREET_TIMEOUT_MS };
	struct matter matter = { .profiles = profiles,
		.request_id = (int32_t)(rand_u64() & INT32_MAX),
		.community_octets = community.n };
	if (community.n > sizeof(matter.community)) {
		return E_LIMIT;
	}
	memcpy(matter.community, community.p, community.n);
	buf_init(&question, QUESTION_MAX);
	int error = question_put(&question, &matter);
	struct ask_query query = { .spec = &spec,
		.codes = &codes,
		.octets = buf_slice(&question),
		.matter = &matter,
		.matter_octets = sizeof(matter),
		.take = take };
	error = error < 0 ? error : ask_start(set, &query, sink);
	explicit_bzero(&matter, sizeof(matter));
	return error;
}
