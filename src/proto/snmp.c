/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/snmp.h"

#include "base/buf.h"
#include "base/err.h"
#include "proto/ber.h"
#include "proto/beroid.h"
#include "proto/mib_table.h"

enum { FLAG_ENCRYPTED = 2, MODEL_USER = 3 };

/* An INTEGER of 32 bits; what does not fit is as wrong as what is no number. */
static int take_i32(struct rd *rd, int32_t *ret_value)
{
	struct slice content;
	int64_t value = 0;
	int rc = ber_expect(rd, BER_INTEGER, &content);
	if (rc == 0) {
		rc = ber_int(content, &value);
	}
	if (rc < 0) {
		return rc;
	}
	if (value < INT32_MIN || value > INT32_MAX) {
		return E_FORMAT;
	}
	*ret_value = (int32_t)value;
	return 0;
}

static int take_u32(struct rd *rd, uint8_t tag, uint32_t *ret_value)
{
	struct slice content;
	uint64_t value = 0;
	int rc = ber_expect(rd, tag, &content);
	if (rc == 0) {
		rc = ber_uint(content, &value);
	}
	if (rc < 0) {
		return rc;
	}
	if (value > UINT32_MAX) {
		return E_FORMAT;
	}
	*ret_value = (uint32_t)value;
	return 0;
}

static int parse_trap1(struct rd *rd, struct snmp_msg *msg)
{
	struct snmp_trap1 *trap = &msg->trap1;
	int rc = ber_expect(rd, BER_OID, &trap->enterprise);
	rc = rc < 0 ? rc : beroid_check(trap->enterprise);
	rc = rc < 0 ? rc : ber_expect(rd, MIB_IP_ADDRESS, &trap->agent);
	rc = rc < 0 ? rc : take_i32(rd, &trap->generic);
	rc = rc < 0 ? rc : take_i32(rd, &trap->specific);
	rc = rc < 0 ? rc : take_u32(rd, MIB_TIME_TICKS, &trap->uptime_ticks);
	if (rc < 0) {
		return rc == E_SHORT ? E_SHORT : E_FORMAT;
	}
	return trap->agent.n == 4 ? 0 : E_FORMAT;
}

static bool is_kind(uint8_t tag)
{
	return tag >= SNMP_GET && tag <= SNMP_REPORT;
}

static int parse_pdu(struct rd *rd, struct snmp_msg *msg)
{
	struct ber pdu;
	int rc = ber_next(rd, &pdu);
	if (rc < 0) {
		return rc;
	}
	if (!is_kind(pdu.tag)) {
		return E_FORMAT;
	}
	struct rd in = rd_of(pdu.content);
	msg->kind = (enum snmp_kind)pdu.tag;
	if (msg->kind == SNMP_TRAP_V1) {
		rc = parse_trap1(&in, msg);
	} else {
		rc = take_i32(&in, &msg->request_id);
		rc = rc < 0 ? rc : take_i32(&in, &msg->error_status);
		rc = rc < 0 ? rc : take_i32(&in, &msg->error_index);
	}
	return rc < 0 ? rc : ber_expect(&in, BER_SEQUENCE, &msg->varbinds);
}

int snmp_parse_scoped(struct slice scoped, struct snmp_msg *msg)
{
	struct rd rd = rd_of(scoped);
	struct slice content;
	int rc = ber_expect(&rd, BER_SEQUENCE, &content);
	if (rc < 0) {
		return rc;
	}
	rd = rd_of(content);
	rc = ber_expect(&rd, BER_OCTETS, &msg->v3.context_engine_id);
	rc = rc < 0 ? rc : ber_expect(&rd, BER_OCTETS, &msg->v3.context_name);
	return rc < 0 ? rc : parse_pdu(&rd, msg);
}

/* RFC 3414 section 2.4, an OCTET STRING that holds a sequence. */
static int parse_security(struct slice parameters, struct snmp_v3 *v3)
{
	struct rd rd = rd_of(parameters);
	struct slice content;
	int rc = ber_expect(&rd, BER_SEQUENCE, &content);
	if (rc < 0) {
		return rc;
	}
	rd = rd_of(content);
	rc = ber_expect(&rd, BER_OCTETS, &v3->engine_id);
	rc = rc < 0 ? rc : take_u32(&rd, BER_INTEGER, &v3->boots);
	rc = rc < 0 ? rc : take_u32(&rd, BER_INTEGER, &v3->time_s);
	rc = rc < 0 ? rc : ber_expect(&rd, BER_OCTETS, &v3->user);
	rc = rc < 0 ? rc : ber_expect(&rd, BER_OCTETS, &v3->auth);
	return rc < 0 ? rc : ber_expect(&rd, BER_OCTETS, &v3->priv);
}

static int parse_header(struct slice content, struct snmp_v3 *v3)
{
	struct rd rd = rd_of(content);
	struct slice flags = { 0 };
	int rc = take_i32(&rd, &v3->msg_id);
	rc = rc < 0 ? rc : take_i32(&rd, &v3->max_octets);
	rc = rc < 0 ? rc : ber_expect(&rd, BER_OCTETS, &flags);
	rc = rc < 0 ? rc : take_i32(&rd, &v3->model);
	if (rc < 0) {
		return rc;
	}
	if (flags.n != 1) {
		return E_FORMAT;
	}
	v3->flags = flags.p[0];
	return 0;
}

static int parse_v3(struct rd *rd, struct snmp_msg *msg)
{
	struct slice header;
	struct slice parameters;
	int rc = ber_expect(rd, BER_SEQUENCE, &header);
	rc = rc < 0 ? rc : parse_header(header, &msg->v3);
	rc = rc < 0 ? rc : ber_expect(rd, BER_OCTETS, &parameters);
	if (rc < 0) {
		return rc;
	}
	if (msg->v3.model != MODEL_USER) {
		return 0; /* its parameters are another model's */
	}
	rc = parse_security(parameters, &msg->v3);
	if (rc < 0) {
		return rc;
	}
	msg->v3.scoped = rd->left;
	if ((msg->v3.flags & FLAG_ENCRYPTED) != 0) {
		msg->kind = SNMP_SEALED;
		return ber_expect(rd, BER_OCTETS, &msg->v3.scoped);
	}
	return snmp_parse_scoped(rd->left, msg);
}

int snmp_parse(struct slice datagram, struct snmp_msg *ret_msg)
{
	struct snmp_msg msg = { 0 };
	struct rd rd = rd_of(datagram);
	struct slice content;
	int32_t version = 0;
	int rc = ber_expect(&rd, BER_SEQUENCE, &content);
	if (rc < 0) {
		return rc;
	}
	rd = rd_of(content);
	rc = take_i32(&rd, &version);
	if (rc < 0) {
		return rc;
	}
	msg.version = (enum snmp_version)version;
	if (version == SNMP_V3) {
		rc = parse_v3(&rd, &msg);
	} else if (version == SNMP_V1 || version == SNMP_V2C) {
		rc = ber_expect(&rd, BER_OCTETS, &msg.community);
		rc = rc < 0 ? rc : parse_pdu(&rd, &msg);
	} else {
		return E_VERSION;
	}
	if (rc < 0) {
		return rc;
	}
	*ret_msg = msg;
	return 0;
}

static int read_value(struct snmp_varbind *varbind)
{
	switch (varbind->tag) {
	case MIB_INTEGER:
		return ber_int(varbind->octets, &varbind->integer);
	case MIB_COUNTER32:
	case MIB_GAUGE32:
	case MIB_TIME_TICKS:
		if (ber_uint(varbind->octets, &varbind->count) < 0) {
			return E_FORMAT;
		}
		return varbind->count > UINT32_MAX ? E_FORMAT : 0;
	case MIB_COUNTER64:
		return ber_uint(varbind->octets, &varbind->count);
	case MIB_OID:
		/* 0.0 of no parts is how some agents say "none". */
		return varbind->octets.n == 0 ? 0 : beroid_check(varbind->octets);
	case MIB_IP_ADDRESS:
		return varbind->octets.n == 4 ? 0 : E_FORMAT;
	case MIB_OCTETS:
	case MIB_OPAQUE:
	case MIB_NULL:
	case SNMP_NO_SUCH_OBJECT:
	case SNMP_NO_SUCH_INSTANCE:
	case SNMP_END_OF_MIB_VIEW:
		return 0;
	default:
		return E_FORMAT;
	}
}

int snmp_next(struct rd *rd, struct snmp_varbind *ret_varbind)
{
	if (!rd->failed && rd->left.n == 0) {
		return 0;
	}
	struct snmp_varbind varbind = { 0 };
	struct ber value;
	struct slice content;
	int rc = ber_expect(rd, BER_SEQUENCE, &content);
	if (rc < 0) {
		return rc;
	}
	struct rd in = rd_of(content);
	rc = ber_expect(&in, BER_OID, &varbind.name);
	rc = rc < 0 ? rc : ber_next(&in, &value);
	if (rc == 0) {
		varbind.tag = value.tag;
		varbind.octets = value.content;
		rc = beroid_check(varbind.name) < 0 || read_value(&varbind) < 0 ? E_FORMAT : 0;
	}
	if (rc < 0) {
		rd->failed = true;
		return rc;
	}
	*ret_varbind = varbind;
	return 1;
}

struct snmp_writer snmp_begin_pdu(struct buf *buf, const struct snmp_msg *msg)
{
	struct snmp_writer writer = { .buf = buf };
	writer.pdu = ber_begin(buf, (uint8_t)msg->kind);
	if (msg->kind == SNMP_TRAP_V1) {
		ber_put(buf, BER_OID, msg->trap1.enterprise);
		ber_put(buf, MIB_IP_ADDRESS, msg->trap1.agent);
		ber_put_int(buf, BER_INTEGER, msg->trap1.generic);
		ber_put_int(buf, BER_INTEGER, msg->trap1.specific);
		ber_put_uint(buf, MIB_TIME_TICKS, msg->trap1.uptime_ticks);
	} else {
		ber_put_int(buf, BER_INTEGER, msg->request_id);
		ber_put_int(buf, BER_INTEGER, msg->error_status);
		ber_put_int(buf, BER_INTEGER, msg->error_index);
	}
	writer.list = ber_begin(buf, BER_SEQUENCE);
	return writer;
}

struct snmp_writer snmp_begin(struct buf *buf, const struct snmp_msg *msg)
{
	size_t message = ber_begin(buf, BER_SEQUENCE);
	ber_put_int(buf, BER_INTEGER, msg->version);
	ber_put(buf, BER_OCTETS, msg->community);
	struct snmp_writer writer = snmp_begin_pdu(buf, msg);
	writer.message = message;
	return writer;
}

void snmp_put(struct snmp_writer *writer, struct slice name, uint8_t tag, struct slice octets)
{
	size_t n = ber_octets(name.n) + ber_octets(octets.n);
	ber_put_head(writer->buf, BER_SEQUENCE, n);
	ber_put(writer->buf, BER_OID, name);
	ber_put(writer->buf, tag, octets);
}

void snmp_put_name(struct snmp_writer *writer, struct slice name)
{
	snmp_put(writer, name, BER_NULL, (struct slice) { 0 });
}

int snmp_end(struct snmp_writer *writer)
{
	ber_end(writer->buf, writer->list);
	ber_end(writer->buf, writer->pdu);
	if (writer->message != 0) {
		ber_end(writer->buf, writer->message);
	}
	return writer->buf->failed ? E_LIMIT : 0;
}

int snmp_to_table(const struct snmp_varbind *varbind, struct mib_table *table)
{
	struct oid_room name;
	struct oid_room object = { .n = 0 };
	if (varbind->tag >= SNMP_NO_SUCH_OBJECT || varbind->tag == BER_NULL) {
		return 0;
	}
	if (beroid_unpack(varbind->name, &name) < 0) {
		return E_FORMAT;
	}
	struct mib_value value = { .type = (enum mib_type)varbind->tag,
		.integer = varbind->integer,
		.count = varbind->count };
	if (varbind->tag == MIB_OID) {
		if (varbind->octets.n > 0 && beroid_unpack(varbind->octets, &object) < 0) {
			return E_FORMAT;
		}
		value.oid = oid_of(&object);
	} else {
		value.octets = varbind->octets;
	}
	int rc = mib_table_put(table, oid_of(&name), &value);
	return rc < 0 ? rc : 1;
}
