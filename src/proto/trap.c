/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/trap.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "proto/beroid.h"
#include "proto/mib_table.h"
#include "proto/snmp_json.h"

enum { ENTERPRISE_SPECIFIC = 6, TEXT_MAX = 2048 };

#define UPTIME SLICE("\x2b\6\1\2\1\1\3\0")
#define TRAP_OID SLICE("\x2b\6\1\6\3\1\1\4\1\0")
#define ENTERPRISE SLICE("\x2b\6\1\6\3\1\1\4\3\0")
#define IF_INDEX SLICE("\x2b\6\1\2\1\2\2\1\1")

/* Traps that the standards name. */
static const struct {
	const char *name;
	const char *oid;
} names[] = {
	{ "coldStart", "1.3.6.1.6.3.1.1.5.1" },
	{ "warmStart", "1.3.6.1.6.3.1.1.5.2" },
	{ "linkDown", "1.3.6.1.6.3.1.1.5.3" },
	{ "linkUp", "1.3.6.1.6.3.1.1.5.4" },
	{ "authenticationFailure", "1.3.6.1.6.3.1.1.5.5" },
	{ "egpNeighborLoss", "1.3.6.1.6.3.1.1.5.6" },
	{ "ospfNbrStateChange", "1.3.6.1.2.1.14.16.2.2" },
	{ "bgpEstablishedNotification", "1.3.6.1.2.1.15.0.1" },
	{ "bgpBackwardTransNotification", "1.3.6.1.2.1.15.0.2" },
	{ "bgpEstablished", "1.3.6.1.2.1.15.7.1" },
	{ "bgpBackwardTransition", "1.3.6.1.2.1.15.7.2" },
	{ "risingAlarm", "1.3.6.1.2.1.16.0.1" },
	{ "fallingAlarm", "1.3.6.1.2.1.16.0.2" },
	{ "newRoot", "1.3.6.1.2.1.17.0.1" },
	{ "topologyChange", "1.3.6.1.2.1.17.0.2" },
	{ "upsTrapOnBattery", "1.3.6.1.2.1.33.2.1" },
	{ "upsTrapAlarmEntryAdded", "1.3.6.1.2.1.33.2.3" },
	{ "upsTrapAlarmEntryRemoved", "1.3.6.1.2.1.33.2.4" },
	{ "entConfigChange", "1.3.6.1.2.1.47.2.0.1" },
	{ "vrrpTrapNewMaster", "1.3.6.1.2.1.68.0.1" },
	{ "vrrpTrapAuthFailure", "1.3.6.1.2.1.68.0.2" },
	{ "lldpRemTablesChange", "1.0.8802.1.1.2.0.0.1" },
};

const char *trap_name(struct oid oid)
{
	AUTO_BUF struct buf text;
	buf_init(&text, TEXT_MAX);
	oid_put(&text, oid);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (slice_is(buf_slice(&text), names[i].oid)) {
			return names[i].name;
		}
	}
	return NULL;
}

static int set_old_oid(struct trap *trap)
{
	const struct snmp_trap1 *old = &trap->msg.trap1;
	uint32_t tail[2] = { 0, (uint32_t)old->specific };
	int rc = 0;
	if (old->generic >= 0 && old->generic < ENTERPRISE_SPECIFIC) {
		tail[0] = (uint32_t)old->generic + 1;
		rc = oid_parse(SLICE("1.3.6.1.6.3.1.1.5"), &trap->oid);
		return rc < 0 ? rc : oid_append(&trap->oid, (struct oid) { tail, 1 });
	}
	rc = beroid_unpack(old->enterprise, &trap->oid);
	return rc < 0 ? rc : oid_append(&trap->oid, (struct oid) { tail, 2 });
}

static int take_old(struct trap *trap)
{
	trap->enterprise = trap->msg.trap1.enterprise;
	trap->agent = trap->msg.trap1.agent;
	trap->uptime_ticks = trap->msg.trap1.uptime_ticks;
	trap->has_uptime = true;
	trap->objects = trap->msg.varbinds;
	return set_old_oid(trap) < 0 ? E_FORMAT : 0;
}

/* sysUpTime.0 and snmpTrapOID.0 stand in front; some senders turn them round or leave one out. */
static int take_new(struct trap *trap)
{
	struct snmp_varbind one;
	struct rd rd = rd_of(trap->msg.varbinds);
	trap->objects = trap->msg.varbinds;
	for (unsigned i = 0; i < 2; i++) {
		int rc = snmp_next(&rd, &one);
		if (rc < 0) {
			return rc;
		}
		if (rc == 1 && slice_eq(one.name, UPTIME) && one.tag == MIB_TIME_TICKS) {
			trap->uptime_ticks = (uint32_t)one.count;
			trap->has_uptime = true;
		} else if (rc == 1 && slice_eq(one.name, TRAP_OID) && one.tag == MIB_OID) {
			rc = beroid_unpack(one.octets, &trap->oid);
			if (rc < 0) {
				return E_FORMAT;
			}
		} else {
			break;
		}
		trap->objects = rd.left;
	}
	return trap->oid.n == 0 ? E_FORMAT : 0;
}

/* snmpTrapEnterprise.0, where a proxy or a careful sender has put it. */
static void find_enterprise(struct trap *trap)
{
	struct snmp_varbind one;
	struct rd rd = rd_of(trap->objects);
	while (trap->enterprise.n == 0 && snmp_next(&rd, &one) == 1) {
		if (slice_eq(one.name, ENTERPRISE) && one.tag == MIB_OID) {
			trap->enterprise = one.octets;
		}
	}
}

int trap_parse(struct slice datagram, struct trap *ret_trap)
{
	struct snmp_msg msg;
	int rc = snmp_parse(datagram, &msg);
	return rc < 0 ? rc : trap_of(&msg, ret_trap);
}

int trap_of(const struct snmp_msg *msg, struct trap *ret_trap)
{
	struct trap trap = { .msg = *msg };
	int rc = 0;
	switch (trap.msg.kind) {
	case SNMP_SEALED:
		trap.is_sealed = true;
		break;
	case SNMP_TRAP_V1:
		rc = trap.msg.version == SNMP_V1 ? take_old(&trap) : E_FORMAT;
		break;
	case SNMP_TRAP_V2:
	case SNMP_INFORM:
		trap.is_inform = trap.msg.kind == SNMP_INFORM;
		rc = take_new(&trap);
		find_enterprise(&trap);
		break;
	case SNMP_GET:
	case SNMP_GETNEXT:
	case SNMP_RESPONSE:
	case SNMP_SET:
	case SNMP_GETBULK:
	case SNMP_REPORT:
		rc = E_UNSUPPORTED;
		break;
	}
	if (rc == 0) {
		*ret_trap = trap;
	}
	return rc;
}

uint32_t trap_if_index(const struct trap *trap)
{
	struct snmp_varbind one;
	struct rd rd = rd_of(trap->objects);
	while (snmp_next(&rd, &one) == 1) {
		if (beroid_under(IF_INDEX, one.name) && one.tag == MIB_INTEGER &&
			one.integer > 0 && one.integer <= INT32_MAX) {
			return (uint32_t)one.integer;
		}
	}
	return 0;
}

static void put_oid(struct jw *jw, const char *key, struct slice encoded)
{
	AUTO_BUF struct buf text;
	buf_init(&text, TEXT_MAX);
	beroid_put_text(&text, encoded);
	jw_kv_str(jw, key, buf_slice(&text));
}

static void put_hex(struct jw *jw, const char *key, struct slice octets)
{
	AUTO_BUF struct buf text;
	buf_init(&text, TEXT_MAX);
	buf_put_hex(&text, slice_head(octets, TEXT_MAX / 2));
	jw_kv_str(jw, key, buf_slice(&text));
}

/* A community is a password; that it is one everybody knows is a finding. */
static void put_sender(struct jw *jw, const struct snmp_msg *msg)
{
	if (msg->version == SNMP_V3) {
		jw_kv_str(jw, "version", SLICE("3"));
		put_hex(jw, "engine_id", msg->v3.engine_id);
		jw_kv_str(jw, "user", msg->v3.user);
		return;
	}
	bool known = slice_is(msg->community, "public") || slice_is(msg->community, "private");
	jw_kv_str(jw, "version", msg->version == SNMP_V1 ? SLICE("1") : SLICE("2c"));
	jw_kv_str(jw, "community", SLICE("***"));
	jw_kv_bool(jw, "community_known", known);
}

static void put_trap(struct jw *jw, const struct trap *trap)
{
	AUTO_BUF struct buf text;
	buf_init(&text, TEXT_MAX);
	if (trap->enterprise.n > 0) {
		put_oid(jw, "enterprise", trap->enterprise);
	}
	if (trap->agent.n == 4) {
		buf_printf(&text, "%u.%u.%u.%u", trap->agent.p[0], trap->agent.p[1],
			trap->agent.p[2], trap->agent.p[3]);
		jw_kv_str(jw, "agent", buf_slice(&text));
		buf_clear(&text);
	}
	oid_put(&text, oid_of(&trap->oid));
	jw_kv_str(jw, "trap", buf_slice(&text));
	const char *name = trap_name(oid_of(&trap->oid));
	if (name != NULL) {
		jw_kv_str(jw, "name", slice_str(name));
	}
	if (trap->has_uptime) {
		jw_kv_int(jw, "uptime", trap->uptime_ticks);
	}
}

int trap_put_json(struct jw *jw, const struct trap *trap)
{
	int rc = 0;
	put_sender(jw, &trap->msg);
	jw_kv_bool(jw, "inform", trap->is_inform);
	if (trap->is_sealed) {
		jw_kv_bool(jw, "encrypted", true);
		return 0;
	}
	put_trap(jw, trap);
	jw_key(jw, "varbinds");
	jw_array(jw);
	struct snmp_varbind one;
	struct rd rd = rd_of(trap->objects);
	while ((rc = snmp_next(&rd, &one)) == 1) {
		snmp_json_put(jw, &one);
	}
	jw_end(jw);
	return rc < 0 ? E_FORMAT : 0;
}

int trap_put_answer(struct buf *buf, const struct trap *trap)
{
	struct snmp_msg reply = trap->msg;
	struct snmp_varbind one;
	struct rd rd = rd_of(trap->msg.varbinds);
	reply.kind = SNMP_RESPONSE;
	struct snmp_writer writer = snmp_begin(buf, &reply);
	while (snmp_next(&rd, &one) == 1) {
		snmp_put(&writer, one.name, one.tag, one.octets);
	}
	return snmp_end(&writer);
}
