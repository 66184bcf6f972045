/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/snmp_json.h"

#include "base/buf.h"
#include "base/jw.h"
#include "base/utf8.h"
#include "proto/beroid.h"
#include "proto/snmp.h"

enum { TEXT_MAX = 4096 };

static const struct {
	unsigned tag;
	const char *name;
} types[] = {
	{ MIB_INTEGER, "Integer32" },
	{ MIB_OCTETS, "OctetString" },
	{ MIB_NULL, "Null" },
	{ MIB_OID, "ObjectIdentifier" },
	{ MIB_IP_ADDRESS, "IpAddress" },
	{ MIB_COUNTER32, "Counter32" },
	{ MIB_GAUGE32, "Gauge32" },
	{ MIB_TIME_TICKS, "TimeTicks" },
	{ MIB_OPAQUE, "Opaque" },
	{ MIB_COUNTER64, "Counter64" },
	{ SNMP_NO_SUCH_OBJECT, "noSuchObject" },
	{ SNMP_NO_SUCH_INSTANCE, "noSuchInstance" },
	{ SNMP_END_OF_MIB_VIEW, "endOfMibView" },
};

static const char *type_name(unsigned tag)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].tag == tag) {
			return types[i].name;
		}
	}
	return "unknown";
}

static bool is_text(struct slice octets)
{
	for (size_t i = 0; i < octets.n; i++) {
		uint8_t c = octets.p[i];
		if ((c < ' ' && c != '\t' && c != '\r' && c != '\n') || c == 0x7f) {
			return false;
		}
	}
	return utf8_valid(octets);
}

static void put_octets(struct jw *jw, struct slice octets)
{
	if (is_text(octets)) {
		jw_str(jw, octets);
		return;
	}
	AUTO_BUF struct buf hex;
	buf_init(&hex, 2 * SNMP_MESSAGE_MAX);
	buf_put_hex(&hex, octets);
	jw_object(jw);
	jw_kv_str(jw, "hex", buf_slice(&hex));
	jw_end(jw);
}

static void put_address(struct jw *jw, struct slice octets)
{
	AUTO_BUF struct buf text;
	buf_init(&text, TEXT_MAX);
	for (size_t i = 0; i < octets.n && i < 4; i++) {
		buf_printf(&text, "%s%u", i > 0 ? "." : "", octets.p[i]);
	}
	jw_str(jw, buf_slice(&text));
}

static void put_head(struct jw *jw, struct slice oid, unsigned tag)
{
	jw_object(jw);
	jw_kv_str(jw, "oid", oid);
	jw_kv_str(jw, "type", slice_str(type_name(tag)));
	jw_key(jw, "value");
}

/* All but identifiers, which lie differently in a message and in a table. */
static void put_plain(struct jw *jw, unsigned tag, const struct mib_value *value)
{
	switch (tag) {
	case MIB_INTEGER:
		jw_int(jw, value->integer);
		break;
	case MIB_COUNTER32:
	case MIB_GAUGE32:
	case MIB_TIME_TICKS:
	case MIB_COUNTER64:
		jw_uint(jw, value->count);
		break;
	case MIB_OCTETS:
	case MIB_OPAQUE:
		put_octets(jw, value->octets);
		break;
	case MIB_IP_ADDRESS:
		put_address(jw, value->octets);
		break;
	default:
		jw_null(jw);
		break;
	}
}

void snmp_json_put(struct jw *jw, const struct snmp_varbind *varbind)
{
	AUTO_BUF struct buf text;
	buf_init(&text, TEXT_MAX);
	beroid_put_text(&text, varbind->name);
	put_head(jw, buf_slice(&text), varbind->tag);
	if (varbind->tag == MIB_OID) {
		buf_clear(&text);
		beroid_put_text(&text, varbind->octets);
		jw_str(jw, buf_slice(&text));
	} else {
		struct mib_value value = { .integer = varbind->integer,
			.count = varbind->count,
			.octets = varbind->octets };
		put_plain(jw, varbind->tag, &value);
	}
	jw_end(jw);
}

void snmp_json_put_object(struct jw *jw, struct oid oid, const struct mib_value *value)
{
	AUTO_BUF struct buf text;
	buf_init(&text, TEXT_MAX);
	oid_put(&text, oid);
	put_head(jw, buf_slice(&text), value->type);
	if (value->type == MIB_OID) {
		buf_clear(&text);
		oid_put(&text, value->oid);
		jw_str(jw, buf_slice(&text));
	} else {
		put_plain(jw, value->type, value);
	}
	jw_end(jw);
}
